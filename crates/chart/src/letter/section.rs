//! Sections of a letter: those of the national document (JP-CLINS 5.2), which the paper form groups (別紙様式11).

/// System of the codes of sections.
pub const SYSTEM: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/document-section";
/// Longest text of a section, in characters: what the printed form takes.
pub const LONGEST: usize = 6_000;

/// A part of a letter that is written on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// 紹介目的
    Purpose,
    /// 傷病名・主訴
    Diseases,
    /// 現病歴 (症状経過)
    PresentIllness,
    /// 検査結果
    Results,
    /// 臨床経過 (治療経過)
    Course,
    /// 投薬指示 (現在の処方)
    Drugs,
    /// アレルギー・不耐性反応
    Allergies,
    /// 既往歴
    PastHistory,
    /// 家族歴
    FamilyHistory,
    /// 感染症情報
    Infections,
    /// 身体所見
    Findings,
    /// 社会歴・生活習慣
    Social,
    /// 予防接種歴
    Immunizations,
    /// 手術
    Surgery,
    /// 輸血歴
    Transfusions,
    /// 処置
    Treatments,
    /// 診療方針指示
    Plan,
    /// 医療機器
    Devices,
    /// 事前指示
    Directives,
    /// 臨床研究参加
    Research,
    /// 備考・連絡情報
    Remarks,
}

/// What the paper form calls a group of sections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Box {
    /// 傷病名
    Diseases,
    /// 紹介目的
    Purpose,
    /// 既往歴及び家族歴
    History,
    /// 症状経過及び検査結果
    Course,
    /// 治療経過
    Treatment,
    /// 現在の処方
    Drugs,
    /// 備考
    Remarks,
}

impl Section {
    /// All, in the order of the screen.
    pub const ALL: [Section; 21] = [
        Section::Diseases,
        Section::Purpose,
        Section::PresentIllness,
        Section::Results,
        Section::Course,
        Section::Drugs,
        Section::Allergies,
        Section::PastHistory,
        Section::FamilyHistory,
        Section::Infections,
        Section::Findings,
        Section::Social,
        Section::Immunizations,
        Section::Surgery,
        Section::Transfusions,
        Section::Treatments,
        Section::Plan,
        Section::Devices,
        Section::Directives,
        Section::Research,
        Section::Remarks,
    ];
    /// Those that a letter always shows; the others appear when something stands in them or somebody adds them.
    pub const SHOWN: [Section; 10] = [
        Section::Diseases,
        Section::Purpose,
        Section::PresentIllness,
        Section::Results,
        Section::Course,
        Section::Drugs,
        Section::Allergies,
        Section::PastHistory,
        Section::FamilyHistory,
        Section::Remarks,
    ];

    /// Code of the document's section, also the code of forms and of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Section::Purpose => "950",
            Section::Diseases => "340",
            Section::PresentIllness => "360",
            Section::Results => "620",
            Section::Course => "330",
            Section::Drugs => "430",
            Section::Allergies => "510",
            Section::PastHistory => "370",
            Section::FamilyHistory => "550",
            Section::Infections => "520",
            Section::Findings => "610",
            Section::Social => "640",
            Section::Immunizations => "530",
            Section::Surgery => "730",
            Section::Transfusions => "740",
            Section::Treatments => "720",
            Section::Plan => "420",
            Section::Devices => "810",
            Section::Directives => "410",
            Section::Research => "830",
            Section::Remarks => "220",
        }
    }

    /// Title in the document, to the letter.
    pub const fn title(self) -> &'static str {
        match self {
            Section::Purpose => "紹介目的",
            Section::Diseases => "傷病名・主訴",
            Section::PresentIllness => "現病歴",
            Section::Results => "検査結果",
            Section::Course => "臨床経過",
            Section::Drugs => "投薬指示",
            Section::Allergies => "アレルギー・不耐性反応",
            Section::PastHistory => "既往歴",
            Section::FamilyHistory => "家族歴",
            Section::Infections => "感染症情報",
            Section::Findings => "身体所見",
            Section::Social => "社会歴・生活習慣",
            Section::Immunizations => "予防接種歴",
            Section::Surgery => "手術",
            Section::Transfusions => "輸血歴",
            Section::Treatments => "処置",
            Section::Plan => "診療方針指示",
            Section::Devices => "医療機器",
            Section::Directives => "事前指示",
            Section::Research => "臨床研究参加",
            Section::Remarks => "備考・連絡情報",
        }
    }

    /// The word of the screen, as doctors know it from the paper form.
    pub const fn word(self) -> &'static str {
        match self {
            Section::Diseases => "傷病名",
            Section::PresentIllness => "症状経過",
            Section::Course => "治療経過",
            Section::Drugs => "現在の処方",
            Section::Allergies => "アレルギー",
            Section::Infections => "感染症",
            Section::Social => "生活歴",
            Section::Plan => "診療方針",
            Section::Remarks => "備考",
            other => other.title(),
        }
    }

    /// Where it stands on the paper form.
    pub const fn on_paper(self) -> Box {
        match self {
            Section::Diseases => Box::Diseases,
            Section::Purpose => Box::Purpose,
            Section::PastHistory | Section::FamilyHistory | Section::Social | Section::Immunizations => Box::History,
            Section::PresentIllness | Section::Results | Section::Findings | Section::Infections => Box::Course,
            Section::Course | Section::Surgery | Section::Transfusions | Section::Treatments | Section::Plan => {
                Box::Treatment
            }
            Section::Drugs => Box::Drugs,
            Section::Allergies | Section::Devices | Section::Directives | Section::Research | Section::Remarks => {
                Box::Remarks
            }
        }
    }

    /// Whether a document must hold it (紹介目的, 傷病名・主訴, 現病歴).
    pub const fn is_required(self) -> bool {
        matches!(self, Section::Purpose | Section::Diseases | Section::PresentIllness)
    }

    /// What stands between two things that the chart puts into it.
    pub const fn joint(self) -> &'static str {
        match self {
            Section::Diseases => "、",
            _ => "\n",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Section> {
        Section::ALL.into_iter().find(|section| section.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_are_each_once() {
        for section in Section::ALL {
            assert_eq!(Section::parse(section.code()), Some(section));
        }
        assert!(Section::SHOWN.iter().all(|section| Section::ALL.contains(section)));
        assert_eq!(Section::ALL.iter().filter(|section| section.is_required()).count(), 3);
    }
}
