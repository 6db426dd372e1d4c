//! 診療情報提供書 (診療報酬の算定方法に関する留意事項 別紙様式11): what it says, checked before it is drawn.

mod draw;

pub(crate) use draw::letter;

use crate::FormError;
use crate::prescription::{Institution, Mark, Patient};
use karute_japan::Date;

/// Longest section, in characters.
const LONGEST: usize = 6_000;
/// Longest text of a field, in characters.
const LONGEST_FIELD: usize = 120;

/// A letter of referral as it is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Day of issue.
    pub issued: Date,
    /// To whom.
    pub to: Addressee,
    /// From where.
    pub from: Institution,
    /// Name of the doctor who writes.
    pub doctor: String,
    /// About whom.
    pub patient: Patient,
    /// Address of the patient.
    pub address: Option<String>,
    /// Telephone of the patient.
    pub phone: Option<String>,
    /// 職業
    pub occupation: Option<String>,
    /// 傷病名
    pub diseases: String,
    /// 紹介目的
    pub purpose: String,
    /// 既往歴及び家族歴
    pub history: String,
    /// 症状経過及び検査結果
    pub course: String,
    /// 治療経過
    pub treatment: String,
    /// 現在の処方
    pub drugs: String,
    /// 備考
    pub remarks: String,
    /// 見本, 再
    pub mark: Mark,
}

/// 紹介先
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addressee {
    /// Institution; a pharmacy, municipality or health centre too.
    pub institution: String,
    /// 科
    pub department: Option<String>,
    /// 担当医
    pub doctor: Option<String>,
    /// Whether it is a 保険医療機関. Otherwise address and telephone of the patient must stand in it.
    pub is_medical: bool,
}

impl Letter {
    /// Its sections in the order of the form.
    pub(crate) fn sections(&self) -> [(&'static str, &str); 7] {
        [
            ("傷病名", &self.diseases),
            ("紹介目的", &self.purpose),
            ("既往歴及び\n家族歴", &self.history),
            ("症状経過及び\n検査結果", &self.course),
            ("治療経過", &self.treatment),
            ("現在の処方", &self.drugs),
            ("備　考", &self.remarks),
        ]
    }

    /// Whether it holds what the form asks for.
    ///
    /// # Errors
    ///
    /// [`FormError::Unusable`] with everything that is wrong, for people.
    pub fn check(&self) -> Result<(), FormError> {
        let empty = |text: &str| text.trim().is_empty();
        let reachable =
            self.address.as_deref().is_some_and(|a| !empty(a)) && self.phone.as_deref().is_some_and(|p| !empty(p));
        let fields = [&self.to.institution, &self.from.name, &self.from.address, &self.doctor, &self.patient.name];
        let optional = [&self.to.department, &self.to.doctor, &self.address, &self.phone, &self.occupation];
        let texts = fields.into_iter().chain(optional.into_iter().flatten());
        let is_long = |text: &str, most: usize| text.chars().count() > most;
        let rules = [
            (empty(&self.to.institution), "紹介先の名称がありません。"),
            (empty(&self.from.name) || empty(&self.from.address), "紹介元の名称か所在地がありません。"),
            (empty(&self.doctor), "医師の氏名がありません。"),
            (empty(&self.patient.name) || self.patient.birth.is_none(), "患者の氏名か生年月日がありません。"),
            (empty(&self.diseases), "傷病名がありません。"),
            (empty(&self.purpose), "紹介目的がありません。"),
            (!self.to.is_medical && !reachable, "保険医療機関以外への紹介には、患者の住所と電話番号が必要です。"),
            (self.sections().iter().any(|(_, text)| is_long(text, LONGEST)), "6,000文字を超える欄があります。"),
            (texts.into_iter().any(|text| is_long(text, LONGEST_FIELD)), "120文字を超える項目があります。"),
        ];
        let wrong: Vec<&'static str> =
            rules.into_iter().filter(|(broken, _)| *broken).map(|(_, words)| words).collect();
        if wrong.is_empty() { Ok(()) } else { Err(FormError::Unusable(wrong)) }
    }
}
