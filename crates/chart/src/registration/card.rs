//! 保険: what a card says, as typed values.
use karute_japan::Date;
use karute_japan::identifier::IdentifierError;

/// 保険の種別
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 協会けんぽ
    Association,
    /// 健康保険組合
    Society,
    /// 共済組合
    MutualAid,
    /// 国民健康保険
    National,
    /// 後期高齢者医療
    LateElderly,
    /// 生活保護
    Welfare,
    /// 労災
    WorkAccident,
    /// 自賠責
    CarAccident,
    /// 自費
    SelfPay,
}

impl Kind {
    /// All of them, as offered.
    pub const ALL: [Kind; 9] = [
        Kind::Association,
        Kind::Society,
        Kind::MutualAid,
        Kind::National,
        Kind::LateElderly,
        Kind::Welfare,
        Kind::WorkAccident,
        Kind::CarAccident,
        Kind::SelfPay,
    ];

    /// Code in forms.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Association => "association",
            Kind::Society => "society",
            Kind::MutualAid => "mutual-aid",
            Kind::National => "national",
            Kind::LateElderly => "late-elderly",
            Kind::Welfare => "welfare",
            Kind::WorkAccident => "work-accident",
            Kind::CarAccident => "car-accident",
            Kind::SelfPay => "self-pay",
        }
    }
    /// The word shown and kept.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Association => "協会けんぽ",
            Kind::Society => "健康保険組合",
            Kind::MutualAid => "共済組合",
            Kind::National => "国民健康保険",
            Kind::LateElderly => "後期高齢者医療",
            Kind::Welfare => "生活保護",
            Kind::WorkAccident => "労災",
            Kind::CarAccident => "自賠責",
            Kind::SelfPay => "自費",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.code() == code)
    }
    /// By the word kept.
    pub(super) fn of_word(word: &str) -> Option<Kind> {
        let exact = Kind::ALL.into_iter().find(|k| k.word() == word);
        exact.or_else(|| {
            let parts = [
                ("後期", Kind::LateElderly),
                ("国保", Kind::National),
                ("国民健康", Kind::National),
                ("協会", Kind::Association),
                ("組合", Kind::Society),
                ("共済", Kind::MutualAid),
                ("生保", Kind::Welfare),
                ("社保", Kind::Society),
            ];
            parts.into_iter().find(|(part, _)| word.contains(part)).map(|(_, kind)| kind)
        })
    }
    /// Whether the card has 保険者番号 and 番号.
    pub fn has_numbers(self) -> bool {
        !matches!(self, Kind::WorkAccident | Kind::CarAccident | Kind::SelfPay)
    }
    /// Whether the card tells insured and dependants apart (被用者保険).
    pub fn has_family(self) -> bool {
        matches!(self, Kind::Association | Kind::Society | Kind::MutualAid)
    }
}

/// The kind that a 保険者番号 tells: by its 法別番号, the first two of eight digits; six digits are 国民健康保険
/// (診療報酬請求書等の記載要領 別添2). `None` for numbers that say nothing.
pub fn kind_of(number: &str) -> Option<Kind> {
    if number.len() == 6 {
        return Some(Kind::National);
    }
    Some(match number.get(..2).filter(|_| number.len() == 8)? {
        "01" => Kind::Association,
        "06" | "63" | "02" | "03" | "04" => Kind::Society,
        "31" | "32" | "33" | "34" | "72" | "73" | "74" | "75" | "07" => Kind::MutualAid,
        "39" => Kind::LateElderly,
        "12" => Kind::Welfare,
        "67" | "00" => Kind::National,
        _ => return None,
    })
}

/// 限度額適用認定の区分 (オンライン資格確認 OQSCD012): code and word.
pub const CEILINGS: [(&str, &str); 16] = [
    ("A01", "ア"),
    ("A02", "イ"),
    ("A03", "ウ"),
    ("A04", "エ"),
    ("A05", "オ"),
    ("A06", "オ（境界層）"),
    ("B01", "現役並みⅢ"),
    ("B02", "現役並みⅡ"),
    ("B03", "現役並みⅠ"),
    ("B04", "一般"),
    ("B09", "一般Ⅱ"),
    ("B10", "一般Ⅰ"),
    ("B05", "低所得Ⅱ"),
    ("B06", "低所得Ⅰ"),
    ("B07", "低所得Ⅰ（老福）"),
    ("B08", "低所得Ⅰ（境界層）"),
];

/// 限度額適用認定
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// Code of [`CEILINGS`].
    pub class: String,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
}

impl Ceiling {
    /// The word of its class.
    pub fn word(&self) -> &'static str {
        CEILINGS.iter().find(|(code, _)| *code == self.class).map_or("区分不明", |(_, word)| *word)
    }
}

/// A card of the main insurance.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Card {
    pub kind: Kind,
    /// 保険者番号
    pub insurer: Option<String>,
    pub insurer_name: Option<String>,
    /// 記号
    pub symbol: Option<String>,
    /// 番号
    pub number: Option<String>,
    /// 枝番
    pub branch: Option<String>,
    /// 本人
    pub own: bool,
    /// 負担割合 in tenths: 0 to 3, and 10 for 自費.
    pub share: u8,
    /// 高齢受給者証
    pub elderly: bool,
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub ceiling: Option<Ceiling>,
    /// What speaks against 保険者番号.
    pub doubt: Option<IdentifierError>,
}

/// 公費
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Public {
    /// 負担者番号
    pub payer: String,
    /// 受給者番号
    pub recipient: String,
    pub from: Option<Date>,
    pub until: Option<Date>,
    /// What speaks against one of the numbers: the field and the doubt.
    pub doubts: Vec<(&'static str, IdentifierError)>,
}

impl Public {
    /// The word kept: 公費 with 法別番号.
    pub(super) fn word(&self) -> String {
        match self.payer.get(..2).filter(|_| self.payer.len() == 8) {
            Some(law) => format!("公費 {law}"),
            None => "公費 地方".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_its_kind() {
        for (number, kind) in [
            ("01130012", Some(Kind::Association)),
            ("06132013", Some(Kind::Society)),
            ("32130338", Some(Kind::MutualAid)),
            ("138057", Some(Kind::National)),
            ("39131008", Some(Kind::LateElderly)),
            ("12131006", Some(Kind::Welfare)),
            ("99999999", None),
            ("0113001", None),
            ("", None),
        ] {
            assert_eq!(kind_of(number), kind, "{number}");
        }
    }

    #[test]
    fn kinds_are_found_by_what_other_records_call_them() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_word(kind.word()), Some(kind));
            assert_eq!(Kind::parse(kind.code()), Some(kind));
        }
        assert_eq!(Kind::of_word("国保"), Some(Kind::National));
        assert_eq!(Kind::of_word("x"), None);
    }
}
