//! What a line of a prescription says.
use super::Amount;
use karute_fhir::Id;
use karute_japan::Date;

/// A code of a drug or a usage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coding {
    /// Address of the system.
    pub system: String,
    /// Code.
    pub code: String,
    /// As the system names it; empty when it was not written down.
    pub display: String,
}

/// A drug as it is prescribed: by general name, or a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drug {
    /// The name with strength that stands on the prescription; `【般】…` for a general name.
    pub name: String,
    /// Its codes: 一般名コード and 規格別薬剤成分, or YJ and 薬価基準コード.
    pub codes: Vec<Coding>,
}

impl Drug {
    /// Ingredient, form and strength: the first nine characters that YJ, 薬価基準 and 一般名 codes share.
    pub fn nine(&self) -> Option<&str> {
        self.codes.iter().find_map(|coding| coding.code.get(..9).filter(|_| coding.code.len() == 12))
    }

    /// Ingredient and route: the first seven characters.
    pub fn ingredient(&self) -> Option<&str> {
        self.nine()?.get(..7)
    }

    /// Whether both are the same drug in the same strength: by code where both have one, by name otherwise.
    pub fn is_same(&self, other: &Drug) -> bool {
        match (self.nine(), other.nine()) {
            (Some(a), Some(b)) => a == b,
            _ => bare(&self.name) == bare(&other.name),
        }
    }
}

/// A name without 【般】, in half width.
pub(super) fn bare(name: &str) -> String {
    name.trim_start_matches("【般】").chars().map(super::amount::half_width).filter(|c| !c.is_whitespace()).collect()
}

/// The leading words of a name, without form and strength; at most twelve characters.
pub(super) fn head(name: &str) -> String {
    let name = bare(name);
    let letters = |c: &char| matches!(c, 'ァ'..='ヶ' | 'ー' | 'ぁ'..='ん' | '一'..='龠');
    let head: String = name.chars().take_while(letters).collect();
    let forms = ["錠", "カプセル", "テープ", "軟膏", "クリーム", "点眼液", "点鼻液", "坐剤", "口腔内崩壊"];
    let cut = forms.iter().filter_map(|form| head.find(form)).filter(|at| *at > 0).min().unwrap_or(head.len());
    head.get(..cut).unwrap_or(&head).chars().take(12).collect()
}

/// 剤形区分: decides what the amounts mean (JAHIS 院外処方箋 2 次元シンボル, 101 剤形レコード).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// 内服: so much a dose, so many days.
    Internal,
    /// 頓服: so much a dose, so many doses.
    AsNeeded,
    /// 外用: a total.
    External,
    /// 注射 (自己注射): a total.
    Injection,
}

impl Form {
    /// All.
    pub const ALL: [Form; 4] = [Form::Internal, Form::AsNeeded, Form::External, Form::Injection];

    /// Code of 剤形区分.
    pub const fn code(self) -> &'static str {
        match self {
            Form::Internal => "1",
            Form::AsNeeded => "2",
            Form::External => "3",
            Form::Injection => "5",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Form> {
        Form::ALL.into_iter().find(|form| form.code() == code)
    }

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Form::Internal => "内服",
            Form::AsNeeded => "頓用",
            Form::External => "外用",
            Form::Injection => "自己注射",
        }
    }
}

/// Where it is dispensed. One prescription of a visit for each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dispensing {
    /// 院外処方
    #[default]
    Outside,
    /// 院内処方
    InHouse,
}

impl Dispensing {
    /// Both, in the order shown.
    pub const ALL: [Dispensing; 2] = [Dispensing::Outside, Dispensing::InHouse];

    /// Code of `JP_MedicationCategoryMERIT9_CS`.
    pub const fn code(self) -> &'static str {
        match self {
            Dispensing::Outside => "OHO",
            Dispensing::InHouse => "OHI",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Dispensing> {
        Dispensing::ALL.into_iter().find(|place| place.code() == code)
    }

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Dispensing::Outside => "院外",
            Dispensing::InHouse => "院内",
        }
    }
}

/// Whether the pharmacy may choose another product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Substitution {
    /// It may.
    #[default]
    Allowed,
    /// 変更不可（医療上必要）
    Refused,
    /// 先発医薬品（患者希望）: the patient pays the 選定療養 charge.
    Wished,
}

impl Substitution {
    /// Codes of 薬品補足区分: 3 and 8; nothing when it is allowed.
    pub const fn code(self) -> &'static str {
        match self {
            Substitution::Allowed => "",
            Substitution::Refused => "3",
            Substitution::Wished => "8",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Substitution> {
        [Substitution::Allowed, Substitution::Refused, Substitution::Wished].into_iter().find(|s| s.code() == code)
    }

    /// The word; nothing when it is allowed.
    pub const fn word(self) -> &'static str {
        match self {
            Substitution::Allowed => "",
            Substitution::Refused => "変更不可（医療上必要）",
            Substitution::Wished => "先発医薬品（患者希望）",
        }
    }
}

/// How it is prepared and whether it may be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Preparation {
    /// 一包化
    pub one_pack: bool,
    /// 粉砕
    pub crushed: bool,
    /// 変更不可, 患者希望
    pub substitution: Substitution,
}

impl Preparation {
    /// Words, for a line.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let words = [
            if self.one_pack { "一包化" } else { "" },
            if self.crushed { "粉砕" } else { "" },
            self.substitution.word(),
        ];
        words.into_iter().filter(|word| !word.is_empty())
    }
}

/// 用法
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// As printed: `1日1回 朝食後`, `頓用 発熱時`, `1日2回 塗布`.
    pub text: String,
    /// 電子処方箋用法コード or 標準用法コード; none for free words.
    pub code: Option<Coding>,
    /// Times a day; none when it is not said so.
    pub times: Option<u8>,
    /// 部位 (外用).
    pub site: Option<String>,
    /// 不均等: the amount of each time of the day; empty when all are alike.
    pub uneven: Vec<Amount>,
}

/// What is prescribed: a line without its place in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prescribed {
    /// The drug.
    pub drug: Drug,
    /// 剤形区分
    pub form: Form,
    /// 1回量; none for 外用 by total, and where amounts are uneven.
    pub dose: Option<Amount>,
    /// Unit of all amounts: 錠, g ….
    pub unit: String,
    /// 用法
    pub usage: Usage,
    /// 日数 (内服; told for others when it is known).
    pub days: Option<u16>,
    /// 頓用の回数.
    pub count: Option<u16>,
    /// 全量 (外用, 自己注射).
    pub total: Option<Amount>,
    /// Preparation.
    pub preparation: Preparation,
    /// Comment for the pharmacy.
    pub comment: Option<String>,
    /// What it is for, where a similar name made us ask (SRCH-13).
    pub purpose: Option<String>,
    /// 院外, 院内
    pub dispensing: Dispensing,
}

/// Where a line stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Written in the open visit, not confirmed.
    Draft,
    /// Confirmed.
    Active,
    /// Its time is over.
    Completed,
    /// 中止 after it was confirmed.
    Stopped,
    /// Taken out before it was confirmed, or withdrawn.
    Cancelled,
}

impl Status {
    /// `MedicationRequest.status`.
    pub const fn code(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Active => "active",
            Status::Completed => "completed",
            Status::Stopped => "stopped",
            Status::Cancelled => "cancelled",
        }
    }

    /// By its code; what FHIR knows besides reads as the nearest.
    pub fn parse(code: &str) -> Option<Status> {
        Some(match code {
            "draft" => Status::Draft,
            "active" | "on-hold" | "unknown" => Status::Active,
            "completed" => Status::Completed,
            "stopped" => Status::Stopped,
            "cancelled" => Status::Cancelled,
            _ => return None,
        })
    }

    /// Whether it is on the prescription of its visit.
    pub const fn counts(self) -> bool {
        matches!(self, Status::Draft | Status::Active | Status::Completed)
    }
}

/// A line of a prescription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// `MedicationRequest` id.
    pub id: Id,
    /// Its version, for `If-Match`; 0 while it has none.
    pub version: u32,
    /// Where it stands.
    pub status: Status,
    /// Rp number.
    pub rp: u32,
    /// Order in the Rp.
    pub order: u32,
    /// What is prescribed.
    pub what: Prescribed,
    /// Day it was written.
    pub written: Option<Date>,
    /// The line it was copied from (Do).
    pub prior: Option<Id>,
    /// The visit.
    pub visit: Option<Id>,
    /// Who entered it, by name.
    pub by: Option<String>,
    /// Entered by proxy and not approved (承認待ち).
    pub awaits_approval: bool,
}

impl Line {
    /// Where it stands among the lines of a visit.
    pub(super) fn place(&self) -> (Dispensing, u32, u32, &Id) {
        (self.what.dispensing, self.rp, self.order, &self.id)
    }
}
