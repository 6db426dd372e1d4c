//! What can be asked for.
use crate::check::{Amount, DrugCode, Route};
use karute_japan::Date;

/// Requests of one press at most.
pub const MOST_AT_ONCE: usize = 60;

/// What kind of thing is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// 検体検査
    Lab,
    /// 画像
    Imaging,
    /// 生理検査
    Physiology,
    /// 処置
    Treatment,
    /// 注射
    Injection,
    /// 指導・管理
    Guidance,
}

impl Kind {
    /// All, in the order shown.
    pub const ALL: [Kind; 6] =
        [Kind::Lab, Kind::Treatment, Kind::Injection, Kind::Imaging, Kind::Physiology, Kind::Guidance];

    /// Code in `ServiceRequest.category` and in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Lab => "lab",
            Kind::Imaging => "imaging",
            Kind::Physiology => "physiology",
            Kind::Treatment => "treatment",
            Kind::Injection => "injection",
            Kind::Guidance => "guidance",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Kind::Lab => "検査",
            Kind::Imaging => "画像",
            Kind::Physiology => "生理検査",
            Kind::Treatment => "処置",
            Kind::Injection => "注射",
            Kind::Guidance => "指導",
        }
    }
    /// Whether somebody does it with the patient, so that it stands in the list of work. 指導 is the doctor's own.
    pub const fn is_work(self) -> bool {
        !matches!(self, Kind::Guidance)
    }
}

/// When it is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On a day: today, or the day of the next appointment.
    On(Date),
    /// 次回受診時
    NextVisit,
}

/// Where it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Venue {
    /// 院内
    InHouse,
    /// 院外
    Outside,
}

impl Venue {
    /// Code in `ServiceRequest.locationCode` and in forms.
    pub const fn code(self) -> &'static str {
        match self {
            Venue::InHouse => "in-house",
            Venue::Outside => "outside",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Venue> {
        [Venue::InHouse, Venue::Outside].into_iter().find(|venue| venue.code() == code)
    }
    /// The word shown.
    pub const fn label(self) -> &'static str {
        match self {
            Venue::InHouse => "院内",
            Venue::Outside => "院外",
        }
    }
}

/// One thing to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// What kind.
    pub kind: Kind,
    /// Code system; empty for free words.
    pub system: String,
    /// Code.
    pub code: String,
    /// Name.
    pub display: String,
    /// Name of the clinic's set it came with.
    pub set: Option<String>,
    /// When.
    pub when: When,
    /// Where.
    pub venue: Venue,
    /// 至急
    pub urgent: bool,
    /// 用量 of an injection.
    pub amount: Option<Amount>,
    /// 投与経路 of an injection: 静注, 筋注, 皮下注 …
    pub route: Option<String>,
    /// 部位
    pub site: Option<String>,
    /// Words to whoever does it.
    pub note: Option<String>,
}

impl NewRequest {
    /// Something by its code, in house, with nothing further said; its kind follows from the code.
    pub fn coded(system: &str, code: &str, display: &str, when: When) -> Option<NewRequest> {
        Some(NewRequest {
            kind: kind_of(system, code, display)?,
            system: system.to_owned(),
            code: code.to_owned(),
            display: display.to_owned(),
            set: None,
            when,
            venue: Venue::InHouse,
            urgent: false,
            amount: None,
            route: None,
            site: None,
            note: None,
        })
    }
}

/// Words in the name of an act of section 検査 that is done on the patient and not on a specimen (区分番号 D200–D325).
const PHYSIOLOGY: [&str; 16] = [
    "心電図",
    "超音波",
    "肺気量",
    "呼吸機能",
    "脳波",
    "筋電図",
    "聴力",
    "眼底",
    "眼圧",
    "視力",
    "視野",
    "脈波",
    "血圧測定",
    "内視鏡",
    "ファイバースコピー",
    "終夜睡眠",
];

/// The kind of something by its code; `None` for what is not asked for in this way (a drug to take, a 病名, 初診料).
///
/// Source: 診療報酬点数表: the first digits of a claims code are the section (113 医学管理, 130 注射, 140 処置, 150 手術, 160 検査,
/// 170 画像診断).
pub fn kind_of(system: &str, code: &str, display: &str) -> Option<Kind> {
    if system.contains("JLAC") || system.contains("jlac") || system.contains("clins-lab-item") {
        return Some(Kind::Lab);
    }
    if system.ends_with("ObsLabResult_LocalCode_CS") {
        return Some(Kind::Lab);
    }
    if system.ends_with("ssk-act") {
        return match code.get(..3)? {
            "113" | "114" | "180" => Some(Kind::Guidance),
            "130" => Some(Kind::Injection),
            "140" | "150" => Some(Kind::Treatment),
            "160" if display.contains("判断料") || display.ends_with("加算") => None,
            "160" if PHYSIOLOGY.iter().any(|word| display.contains(word)) => Some(Kind::Physiology),
            "160" => Some(Kind::Lab),
            "170" => Some(Kind::Imaging),
            _ => None,
        };
    }
    // A drug is asked for here only when it is injected.
    DrugCode::parse(code).filter(|c| c.route() == Route::Injection && code.len() == 12).map(|_| Kind::Injection)
}

/// What is taken for a test, by the material of its JLAC10 code (characters 10–12).
///
/// Source: 臨床検査マスター JLAC10, 材料コード.
pub fn specimen_of(system: &str, code: &str) -> Option<&'static str> {
    if !(system.contains("JLAC10") && code.len() == 17) {
        return None;
    }
    Some(match code.get(9..12)? {
        "001" | "002" | "003" | "004" => "尿",
        "015" => "便",
        "018" | "019" => "全血",
        "022" => "血漿",
        "023" => "血清",
        "041" => "髄液",
        "061" => "喀痰",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
    const ACT: &str = "urn:karute:codesystem:ssk-act";

    #[test]
    fn the_kind_follows_from_the_code() {
        let cases = [
            (JLAC10, "3D046000001927101", "HbA1c", Some(Kind::Lab)),
            (ACT, "160010010", "ヘモグロビンＡ１ｃ（ＨｂＡ１ｃ）", Some(Kind::Lab)),
            (ACT, "160068410", "心電図検査（四肢単極誘導及び胸部誘導を含む最低１２誘導）", Some(Kind::Physiology)),
            (ACT, "160093810", "胃・十二指腸ファイバースコピー", Some(Kind::Physiology)),
            (ACT, "160061910", "生化学的検査（１）判断料", None),
            (ACT, "170027910", "単純撮影（デジタル撮影）", Some(Kind::Imaging)),
            (ACT, "140022710", "ネブライザ", Some(Kind::Treatment)),
            (ACT, "130003510", "静脈内注射（１回につき）", Some(Kind::Injection)),
            (ACT, "113001810", "特定疾患療養管理料（診療所）", Some(Kind::Guidance)),
            (ACT, "111000110", "初診料", None),
            ("urn:oid:1.2.392.100495.20.2.72", "3136403A1140", "メチコバール注射液", Some(Kind::Injection)),
            ("urn:oid:1.2.392.100495.20.2.72", "2171022F2025", "ノルバスク錠5mg", None),
            ("", "", "なにか", None),
        ];
        for (system, code, display, expected) in cases {
            assert_eq!(kind_of(system, code, display), expected, "{display}");
        }
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
    }

    #[test]
    fn the_specimen_follows_from_the_code() {
        for (code, expected) in [
            ("2A990000001930952", Some("全血")),
            ("3C015000002327101", Some("血清")),
            ("3D010000002227101", Some("血漿")),
            ("3A015000000106101", Some("尿")),
            ("3D046000001927101", Some("全血")),
            ("9", None),
        ] {
            assert_eq!(specimen_of(JLAC10, code), expected, "{code}");
        }
        assert_eq!(specimen_of(ACT, "160010010"), None);
    }
}
