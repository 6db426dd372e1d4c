//! Which tests, and how far back.
use jiff::ToSpan as _;
use karute_japan::Date;

/// Tests that belong together, by what they are looked at for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Set {
    /// Everything measured.
    All,
    /// 糖尿病
    Diabetes,
    /// 高血圧・腎
    Kidney,
    /// 脂質
    Lipid,
    /// 肝
    Liver,
    /// 甲状腺
    Thyroid,
    /// 血算・炎症
    Blood,
    /// 尿酸
    Urate,
    /// バイタル
    Vitals,
}

impl Set {
    /// All, in the order shown.
    pub const ALL: [Set; 9] = [
        Set::All,
        Set::Diabetes,
        Set::Kidney,
        Set::Lipid,
        Set::Liver,
        Set::Thyroid,
        Set::Blood,
        Set::Urate,
        Set::Vitals,
    ];

    /// Word of the address.
    pub const fn code(self) -> &'static str {
        match self {
            Set::All => "all",
            Set::Diabetes => "dm",
            Set::Kidney => "kidney",
            Set::Lipid => "lipid",
            Set::Liver => "liver",
            Set::Thyroid => "thyroid",
            Set::Blood => "blood",
            Set::Urate => "urate",
            Set::Vitals => "vitals",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Set::All => "すべての項目",
            Set::Diabetes => "糖尿病",
            Set::Kidney => "腎・血圧",
            Set::Lipid => "脂質",
            Set::Liver => "肝機能",
            Set::Thyroid => "甲状腺",
            Set::Blood => "血算・炎症",
            Set::Urate => "尿酸",
            Set::Vitals => "バイタル",
        }
    }

    /// By its word; everything for anything else.
    pub fn parse(code: &str) -> Set {
        Set::ALL.into_iter().find(|set| set.code() == code).unwrap_or(Set::All)
    }

    /// Beginnings of codes in the order shown: analytes of JLAC10 (five characters, a dot and the material where it
    /// matters), LOINC of vital signs. `None`: everything.
    pub(super) const fn codes(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Set::All => return None,
            Set::Diabetes => &["3D046", "3D010", "3A015", "8A065", "3C015", "3H015", "3F077", "29463-7"],
            Set::Kidney => {
                &["8A065", "3C015", "3C025", "3A015", "3H010", "3H015", "3H020", "3C020", "8480-6", "8462-4", "4Z272"]
            }
            Set::Lipid => &["3F077", "3F070", "3F015", "3F050"],
            Set::Liver => &["3B035", "3B045", "3B090", "3B070", "3J010", "3A010", "3A016", "2A990"],
            Set::Thyroid => &["4A055", "4B035", "4B015"],
            Set::Blood => &["2A990", "2A010", "2A020", "2A030", "2A040", "2A050", "5C070"],
            Set::Urate => &["3C020", "3C015", "8A065"],
            Set::Vitals => &["8480-6", "8462-4", "8867-4", "8310-5", "2708-6", "29463-7", "8302-2", "39156-5"],
        })
    }

    /// The set for active disease names, by the first that calls for one.
    pub fn for_problems<'n>(names: impl Iterator<Item = &'n str>) -> Set {
        const BY_NAME: [(&str, Set); 10] = [
            ("糖尿病", Set::Diabetes),
            ("腎", Set::Kidney),
            ("高血圧", Set::Kidney),
            ("脂質", Set::Lipid),
            ("コレステロール", Set::Lipid),
            ("肝", Set::Liver),
            ("甲状腺", Set::Thyroid),
            ("バセドウ", Set::Thyroid),
            ("貧血", Set::Blood),
            ("痛風", Set::Urate),
        ];
        let names: Vec<&str> = names.collect();
        let called = BY_NAME.iter().find(|(word, _)| names.iter().any(|name| name.contains(word)));
        called.map_or(Set::All, |(_, set)| *set)
    }
}

/// How far back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Span {
    /// 半年
    HalfYear,
    /// 1年
    Year,
    /// 2年
    TwoYears,
    /// 5年
    FiveYears,
    /// 10年
    TenYears,
}

impl Span {
    /// All, in the order shown.
    pub const ALL: [Span; 5] = [Span::HalfYear, Span::Year, Span::TwoYears, Span::FiveYears, Span::TenYears];

    /// Word of the address.
    pub const fn code(self) -> &'static str {
        match self {
            Span::HalfYear => "6m",
            Span::Year => "1y",
            Span::TwoYears => "2y",
            Span::FiveYears => "5y",
            Span::TenYears => "10y",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Span::HalfYear => "半年",
            Span::Year => "1年",
            Span::TwoYears => "2年",
            Span::FiveYears => "5年",
            Span::TenYears => "10年",
        }
    }

    /// By its word; two years for anything else.
    pub fn parse(code: &str) -> Span {
        Span::ALL.into_iter().find(|span| span.code() == code).unwrap_or(Span::TwoYears)
    }

    const fn months(self) -> i64 {
        match self {
            Span::HalfYear => 6,
            Span::Year => 12,
            Span::TwoYears => 24,
            Span::FiveYears => 60,
            Span::TenYears => 120,
        }
    }

    /// The first day of it.
    pub fn first(self, today: Date) -> Date {
        today.checked_sub(self.months().months()).unwrap_or(today)
    }
}
