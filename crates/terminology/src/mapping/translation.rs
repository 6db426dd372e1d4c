//! What a translation answers.
use crate::{CodeSystem, Edition, Kind};
use karute_japan::Date;

/// How the target relates to the source, in the words of FHIR R4 (`ConceptMapEquivalence`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Equivalence {
    /// The very same code.
    Equal,
    /// One code for the same thing.
    Equivalent,
    /// The target means more than the source.
    Wider,
    /// The target means less than the source.
    Narrower,
    /// They overlap; a person must look.
    Inexact,
}

impl Equivalence {
    /// The code of FHIR.
    pub const fn code(self) -> &'static str {
        match self {
            Equivalence::Equal => "equal",
            Equivalence::Equivalent => "equivalent",
            Equivalence::Wider => "wider",
            Equivalence::Narrower => "narrower",
            Equivalence::Inexact => "inexact",
        }
    }

    /// The relation as it is seen from the target.
    #[must_use]
    pub const fn reversed(self) -> Equivalence {
        match self {
            Equivalence::Wider => Equivalence::Narrower,
            Equivalence::Narrower => Equivalence::Wider,
            same => same,
        }
    }
}

/// One step from code to code: which master says so, of which edition, by which rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The master; `None`: pairs that the clinic gave.
    pub kind: Option<Kind>,
    /// Date and file of the edition that held on the day asked about.
    pub edition: Option<(Date, String)>,
    /// A rule beyond "stands in the same record"; empty for none.
    pub rule: &'static str,
}

impl Step {
    pub(crate) fn of(kind: Kind, edition: Option<&Edition>, rule: &'static str) -> Step {
        Step { kind: Some(kind), edition: edition.map(|e| (e.date, e.file.clone())), rule }
    }

    fn text(&self) -> String {
        let mut text = self.kind.map_or("施設の対応表", Kind::label).to_owned();
        if let Some((date, _)) = &self.edition {
            text = format!("{text} {date} 版");
        }
        if self.rule.is_empty() { text } else { format!("{text}（{}）", self.rule) }
    }
}

/// One code of the target system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// System of the code.
    pub system: CodeSystem,
    /// The code as its system writes it.
    pub code: String,
    /// Its name on that day; empty where no loaded master names it.
    pub display: String,
    /// How it relates to the source.
    pub equivalence: Equivalence,
    /// Whether the code can be used for something new on that day.
    pub active: bool,
    /// How it was found, first step first.
    pub provenance: Vec<Step>,
}

impl Match {
    /// The provenance for people, for example `HOTコードマスター 2026-10-31 版`.
    pub fn source(&self) -> String {
        self.provenance.iter().map(Step::text).collect::<Vec<_>>().join(" → ")
    }
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Translation {
    /// Codes that can be used on that day first.
    Matches(Vec<Match>),
    /// There is none, and why.
    NoMapping(NoMapping),
}

impl Translation {
    /// The matches; empty where there is no mapping.
    pub fn matches(&self) -> &[Match] {
        match self {
            Translation::Matches(matches) => matches,
            Translation::NoMapping(_) => &[],
        }
    }
}

/// Why there is no mapping.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoMapping {
    /// The system of the code is none of the masters'.
    UnknownSource,
    /// The target system is none of the masters'.
    UnknownTarget,
    /// No loaded master has the code.
    UnknownCode(CodeSystem),
    /// The masters that could tell are not loaded.
    NotLoaded(Vec<Kind>),
    /// These two systems have nothing to do with each other.
    Unrelated(CodeSystem, CodeSystem),
    /// The masters have the code and name nothing for it.
    NotListed(CodeSystem, CodeSystem),
}

impl NoMapping {
    /// In Japanese, without the code itself.
    pub fn reason(&self) -> String {
        match self {
            NoMapping::UnknownSource => "変換元のコード体系は、取り込めるマスターにありません。".to_owned(),
            NoMapping::UnknownTarget => "変換先のコード体系は、取り込めるマスターにありません。".to_owned(),
            NoMapping::UnknownCode(system) => format!("{}に、このコードはありません。", system.label()),
            NoMapping::NotLoaded(kinds) => {
                let names: Vec<&str> = kinds.iter().map(|k| k.label()).collect();
                format!("{}が取り込まれていないため、変換できません。", names.join("・"))
            }
            NoMapping::Unrelated(from, to) => {
                format!("{}と{}の間には、対応表がありません。", from.label(), to.label())
            }
            NoMapping::NotListed(from, to) => {
                format!("この{}に対応する{}は、取り込まれたマスターにありません。", from.label(), to.label())
            }
        }
    }
}
