//! What the rules find.

/// The rules. The level of each stands in the versioned table `levels.tsv` (ux §9), not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleId {
    /// The patient is allergic to the ingredient.
    AllergyIngredient,
    /// The patient is allergic to a drug of the same class.
    AllergyClass,
    /// An allergen was written in words that no rule can read (自動チェック対象外).
    AllergyUnreadable,
    /// 併用禁忌
    InteractionForbidden,
    /// 併用注意
    InteractionCaution,
    /// Minor interaction, kept and never shown by itself.
    InteractionMinor,
    /// The same ingredient twice.
    DuplicateIngredient,
    /// Two drugs of one class of effect.
    DuplicateClass,
    /// More than the maximum of a day or a take.
    DoseMaximum,
    /// More than twice the maximum.
    DoseExcessive,
    /// Three times or a third of the usual dose (SAFE-10).
    DoseUnusual,
    /// 投与日数制限
    DaysLimit,
    /// 禁忌 at this kidney function.
    KidneyForbidden,
    /// Less is advised at this kidney function.
    KidneyReduce,
    /// No kidney function is known for a drug that depends on it.
    KidneyUnknown,
    /// 妊婦 禁忌
    PregnancyForbidden,
    /// 妊婦 caution.
    PregnancyCaution,
    /// 授乳婦 caution.
    BreastFeeding,
    /// Not for this age.
    AgeForbidden,
    /// With care at this age.
    AgeCaution,
    /// 禁忌 with a disease of the patient.
    DiseaseForbidden,
    /// No active 病名 explains the drug.
    ProblemMissing,
    /// The drug has no code that the rules can read.
    NotChecked,
}

impl RuleId {
    /// All of them.
    pub const ALL: [RuleId; 23] = [
        RuleId::AllergyIngredient,
        RuleId::AllergyClass,
        RuleId::AllergyUnreadable,
        RuleId::InteractionForbidden,
        RuleId::InteractionCaution,
        RuleId::InteractionMinor,
        RuleId::DuplicateIngredient,
        RuleId::DuplicateClass,
        RuleId::DoseMaximum,
        RuleId::DoseExcessive,
        RuleId::DoseUnusual,
        RuleId::DaysLimit,
        RuleId::KidneyForbidden,
        RuleId::KidneyReduce,
        RuleId::KidneyUnknown,
        RuleId::PregnancyForbidden,
        RuleId::PregnancyCaution,
        RuleId::BreastFeeding,
        RuleId::AgeForbidden,
        RuleId::AgeCaution,
        RuleId::DiseaseForbidden,
        RuleId::ProblemMissing,
        RuleId::NotChecked,
    ];
    /// Stable word in tables, forms and kept answers.
    pub const fn code(self) -> &'static str {
        match self {
            RuleId::AllergyIngredient => "allergy-ingredient",
            RuleId::AllergyClass => "allergy-class",
            RuleId::AllergyUnreadable => "allergy-unreadable",
            RuleId::InteractionForbidden => "interaction-forbidden",
            RuleId::InteractionCaution => "interaction-caution",
            RuleId::InteractionMinor => "interaction-minor",
            RuleId::DuplicateIngredient => "duplicate-ingredient",
            RuleId::DuplicateClass => "duplicate-class",
            RuleId::DoseMaximum => "dose-maximum",
            RuleId::DoseExcessive => "dose-excessive",
            RuleId::DoseUnusual => "dose-unusual",
            RuleId::DaysLimit => "days-limit",
            RuleId::KidneyForbidden => "kidney-forbidden",
            RuleId::KidneyReduce => "kidney-reduce",
            RuleId::KidneyUnknown => "kidney-unknown",
            RuleId::PregnancyForbidden => "pregnancy-forbidden",
            RuleId::PregnancyCaution => "pregnancy-caution",
            RuleId::BreastFeeding => "breast-feeding",
            RuleId::AgeForbidden => "age-forbidden",
            RuleId::AgeCaution => "age-caution",
            RuleId::DiseaseForbidden => "disease-forbidden",
            RuleId::ProblemMissing => "problem-missing",
            RuleId::NotChecked => "not-checked",
        }
    }
    /// By its word.
    pub fn parse(code: &str) -> Option<RuleId> {
        RuleId::ALL.into_iter().find(|rule| rule.code() == code)
    }
    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            RuleId::AllergyIngredient => "アレルギー",
            RuleId::AllergyClass => "アレルギー（同系統）",
            RuleId::AllergyUnreadable => "アレルギー（自動チェック対象外）",
            RuleId::InteractionForbidden => "併用禁忌",
            RuleId::InteractionCaution | RuleId::InteractionMinor => "併用注意",
            RuleId::DuplicateIngredient => "重複投薬",
            RuleId::DuplicateClass => "同じ薬効の重複",
            RuleId::DoseMaximum | RuleId::DoseExcessive => "最大用量",
            RuleId::DoseUnusual => "用量の確認",
            RuleId::DaysLimit => "投与日数の上限",
            RuleId::KidneyForbidden | RuleId::KidneyReduce | RuleId::KidneyUnknown => "腎機能",
            RuleId::PregnancyForbidden | RuleId::PregnancyCaution => "妊娠",
            RuleId::BreastFeeding => "授乳",
            RuleId::AgeForbidden | RuleId::AgeCaution => "年齢",
            RuleId::DiseaseForbidden => "病名との禁忌",
            RuleId::ProblemMissing => "病名なし",
            RuleId::NotChecked => "自動チェック対象外",
        }
    }
}

/// How grave a finding is (ux §9). The order is that of gravity: [`Level::Stop`] is the least value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// 1 禁止: interrupts at entry and again at issue.
    Stop,
    /// 2 判断が必要: interrupts at issue, shown in the line from entry.
    Decide,
    /// 3 注意: never interrupts.
    Note,
    /// 4 記録のみ: counted, folded.
    Record,
}

impl Level {
    /// 1 to 4.
    pub const fn number(self) -> u8 {
        match self {
            Level::Stop => 1,
            Level::Decide => 2,
            Level::Note => 3,
            Level::Record => 4,
        }
    }
    /// From 1 to 4.
    pub const fn from_number(number: u8) -> Option<Level> {
        Some(match number {
            1 => Level::Stop,
            2 => Level::Decide,
            3 => Level::Note,
            4 => Level::Record,
            _ => return None,
        })
    }
    /// The word shown; the shape beside it is the screen's.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Stop => "禁止",
            Level::Decide => "判断が必要",
            Level::Note => "注意",
            Level::Record => "記録のみ",
        }
    }
    /// Whether it must be answered before a prescription is issued or a visit is finished.
    pub const fn interrupts(self) -> bool {
        matches!(self, Level::Stop | Level::Decide)
    }
}

/// One of the two things a finding compares; shown one above the other, aligned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// 今回, 院内, アレルギー, 病名, 検査 …
    pub label: String,
    /// The drug, allergen, disease or value.
    pub what: String,
    /// Dose, days, date.
    pub detail: String,
}

/// A way out of a finding, the safe one first (SAFE-07).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 外す
    Remove,
    /// Shorten to so many days.
    Days(u32),
    /// Put a 病名 on the list.
    AddProblem,
    /// Prescribe all the same, with a reason that is kept (SAFE-06).
    Override {
        /// The doctor must identify again (level 1).
        again: bool,
    },
}

impl Exit {
    /// What the button says.
    pub fn label(&self) -> String {
        match self {
            Exit::Remove => "外す".to_owned(),
            Exit::Days(days) => format!("{days}日分にする"),
            Exit::AddProblem => "病名をつける".to_owned(),
            Exit::Override { .. } => "理由を書いて処方する".to_owned(),
        }
    }
}

/// The four one-tap reasons of an override (SAFE-06).
pub const REASONS: [&str; 4] =
    ["用量・期間を確認した", "治療上の必要がある", "本人に説明し同意を得た", "他院と調整済み"];

/// Something a rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// How grave.
    pub level: Level,
    /// [`Line::key`](super::Line::key) of the line it is about.
    pub line: String,
    /// One sentence: what is wrong.
    pub message: String,
    /// The line, and what it is compared with.
    pub this: Side,
    /// The other side; none where a rule compares with a limit only.
    pub other: Option<Side>,
    /// Where the rule comes from, for example `添付文書`.
    pub source: String,
    /// Ways out, safe exit first. Empty for levels that need no answer.
    pub exits: Vec<Exit>,
    /// Identity over time: same rule, same drug, same other side. Two lines of one drug share it.
    pub key: String,
    /// 回答済み: the answer given to the same finding within 90 days; such a finding is shown and not asked again
    /// (SAFE-05).
    pub answered: Option<super::Answer>,
}

impl Finding {
    /// Whether it stands in the way of issuing.
    pub fn is_open(&self) -> bool {
        self.level.interrupts() && self.answered.is_none()
    }
}

/// Where most rules come from.
pub(super) const PACKAGE_INSERT: &str = "添付文書";

impl Finding {
    /// A finding about a line with the level of the table and the exits of that level.
    pub(super) fn new(rule: RuleId, line: &super::Line, message: String) -> Finding {
        let level = super::level::of(rule);
        let exits = match level {
            Level::Stop => vec![Exit::Remove, Exit::Override { again: true }],
            Level::Decide => vec![Exit::Remove, Exit::Override { again: false }],
            Level::Note | Level::Record => Vec::new(),
        };
        Finding {
            rule,
            level,
            line: line.key.clone(),
            message,
            this: line.side("今回"),
            other: None,
            source: PACKAGE_INSERT.to_owned(),
            exits,
            key: format!("{}:{}", rule.code(), line.identity()),
            answered: None,
        }
    }
    /// The other side, which is part of the identity.
    pub(super) fn against(mut self, identity: &str, other: Side) -> Finding {
        self.key = format!("{}:{identity}", self.key);
        self.other = Some(other);
        self
    }
    pub(super) fn sourced(mut self, source: impl Into<String>) -> Finding {
        self.source = source.into();
        self
    }
}
