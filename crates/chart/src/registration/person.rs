//! Who somebody is: name, reading, birth date, address, telephone, whom to call.
use super::text::{NAME, date, fold_kana, optional};
use super::{Fault, resource};
use crate::clean::line;
use crate::view::{Sex, Tag};
use karute_japan::{Date, contact, era};
use karute_json::Value;
use serde::Deserialize;

/// Languages the desk can note: code of BCP 47 and word.
pub const LANGUAGES: [(&str, &str); 8] = [
    ("en", "英語"),
    ("zh", "中国語"),
    ("ko", "韓国語"),
    ("vi", "ベトナム語"),
    ("pt", "ポルトガル語"),
    ("tl", "タガログ語"),
    ("ne", "ネパール語"),
    ("es", "スペイン語"),
];
/// Nobody has become older.
const OLDEST_YEARS: i16 = 125;

/// The words of a form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct PersonForm {
    pub family: String,
    pub given: String,
    pub family_kana: String,
    pub given_kana: String,
    /// 旧姓・旧名
    pub former: String,
    /// 本人の希望する呼び方
    pub called: String,
    pub birth: String,
    /// `male`, `female`, `unknown`
    pub sex: String,
    pub postal: String,
    pub state: String,
    pub city: String,
    pub line: String,
    pub phone: String,
    pub phone2: String,
    pub contact_name: String,
    pub contact_relation: String,
    pub contact_phone: String,
    /// Code of [`LANGUAGES`], empty for Japanese.
    pub language: String,
    /// `1` when a helper is needed.
    pub interpreter: String,
    /// See `interpreter`.
    pub wheelchair: String,
    /// See `interpreter`: infection, waits apart.
    pub isolation: String,
    /// 受付で気をつけること
    pub caution: String,
}

/// What is kept of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Details {
    pub family: String,
    pub given: Option<String>,
    /// Full-width katakana.
    pub family_kana: String,
    pub given_kana: Option<String>,
    pub former: Option<String>,
    pub called: Option<String>,
    /// `None` only for somebody who has not been identified.
    pub birth: Option<Date>,
    pub sex: Sex,
    /// `123-4567`
    pub postal: Option<String>,
    pub state: Option<String>,
    pub city: Option<String>,
    pub line: Option<String>,
    /// As shown; the first is called first.
    pub phones: Vec<String>,
    pub contact: Option<Contact>,
    /// Code of [`LANGUAGES`].
    pub language: Option<String>,
    /// 通訳, 車椅子, 隔離
    pub tags: Vec<Tag>,
    pub caution: Option<String>,
}

/// 緊急連絡先
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Contact {
    pub name: String,
    pub relation: Option<String>,
    pub phone: Option<String>,
}

impl PersonForm {
    /// Reads the form; `today` bounds the birth date.
    pub fn read(&self, today: Date) -> Result<Details, Vec<Fault>> {
        let mut faults = Vec::new();
        let f = &mut faults;
        let family = optional(f, "family", "姓", &self.family, NAME);
        if line(&self.family).is_empty() {
            f.push(Fault::new("family", "姓を入力してください。姓のない方は、名前をここに入力してください。"));
        }
        let given = optional(f, "given", "名", &self.given, NAME);
        let family_kana = kana(f, "family_kana", &self.family_kana, true);
        let given_kana = kana(f, "given_kana", &self.given_kana, given.is_some());
        let former = optional(f, "former", "旧姓・旧名", &self.former, NAME);
        let called = optional(f, "called", "呼び方", &self.called, NAME);
        let birth = birth(f, &self.birth, today);
        let sex = sex(f, &self.sex);
        let postal = postal(f, &self.postal);
        let state = optional(f, "state", "都道府県", &self.state, 10);
        let city = optional(f, "city", "市区町村", &self.city, 60);
        let address = optional(f, "line", "番地・建物", &self.line, 120);
        let phones = [("phone", &self.phone), ("phone2", &self.phone2)];
        let phones = phones.into_iter().filter_map(|(field, text)| phone(f, field, text)).collect();
        let contact = self.contact(f);
        let language = LANGUAGES.iter().find(|(code, _)| *code == self.language).map(|(code, _)| (*code).to_owned());
        let caution = optional(f, "caution", "気をつけること", &self.caution, 200);
        let marks = [
            (&self.interpreter, Tag::Interpreter),
            (&self.wheelchair, Tag::Wheelchair),
            (&self.isolation, Tag::Isolation),
        ];
        let tags = marks.into_iter().filter(|(on, _)| *on == "1").map(|(_, tag)| tag).collect();
        match (family, family_kana) {
            (Some(family), Some(family_kana)) if faults.is_empty() => Ok(Details {
                family,
                given,
                family_kana,
                given_kana,
                former,
                called,
                birth,
                sex,
                postal,
                state,
                city,
                line: address,
                phones,
                contact,
                language,
                tags,
                caution,
            }),
            _ => Err(faults),
        }
    }

    fn contact(&self, f: &mut Vec<Fault>) -> Option<Contact> {
        let name = optional(f, "contact_name", "緊急連絡先の氏名", &self.contact_name, NAME);
        let relation = optional(f, "contact_relation", "続柄", &self.contact_relation, 20);
        let number = phone(f, "contact_phone", &self.contact_phone);
        if name.is_none() && (relation.is_some() || number.is_some()) {
            f.push(Fault::new("contact_name", "緊急連絡先の氏名も入力してください。"));
        }
        name.map(|name| Contact { name, relation, phone: number })
    }

    /// The form filled with what is kept of a patient.
    pub fn of(patient: &Value<'_>) -> PersonForm {
        resource::form(patient)
    }
}

fn kana(f: &mut Vec<Fault>, field: &'static str, text: &str, required: bool) -> Option<String> {
    if line(text).is_empty() {
        if required {
            f.push(Fault::new(field, "読みをカナで入力してください。探すときと呼び出すときに使います。"));
        }
        return None;
    }
    let folded = fold_kana(text).filter(|kana| kana.chars().count() <= NAME);
    if folded.is_none() {
        f.push(Fault::new(field, format!("読みはカナで{NAME}文字までです。ひらがなでも入力できます。")));
    }
    folded
}

fn birth(f: &mut Vec<Fault>, text: &str, today: Date) -> Option<Date> {
    if line(text).is_empty() {
        f.push(Fault::new(
            "birth",
            "生年月日を入力してください。S33.3.14、3330314、1958-3-14 のどれでも読み取れます。",
        ));
        return None;
    }
    let date = date(f, "birth", text)?;
    if date > today {
        f.push(Fault::new(
            "birth",
            format!("{}はまだ来ていない日です。元号か西暦を確かめてください。", era::long(date)),
        ));
        return None;
    }
    if today.year() - date.year() > OLDEST_YEARS {
        let words = format!(
            "{}（{}年）では{OLDEST_YEARS}歳を超えます。元号か西暦を確かめてください。",
            era::long(date),
            date.year()
        );
        f.push(Fault::new("birth", words));
        return None;
    }
    Some(date)
}

fn sex(f: &mut Vec<Fault>, text: &str) -> Sex {
    match text {
        "male" => Sex::Male,
        "female" => Sex::Female,
        "unknown" => Sex::Unknown,
        _ => {
            f.push(Fault::new("sex", "性別を選んでください。保険証の記載に合わせます。"));
            Sex::Unknown
        }
    }
}

fn postal(f: &mut Vec<Fault>, text: &str) -> Option<String> {
    let line = line(text);
    if line.is_empty() {
        return None;
    }
    let found = contact::postal_code(&line);
    if found.is_none() {
        f.push(Fault::new("postal", "郵便番号は7桁の数字です（例 123-4567）。"));
    }
    found
}

fn phone(f: &mut Vec<Fault>, field: &'static str, text: &str) -> Option<String> {
    let line = line(text);
    if line.is_empty() {
        return None;
    }
    let found = contact::phone(&line);
    if found.is_none() {
        f.push(Fault::new(field, "電話番号は0から始まる10桁か11桁の数字です（例 03-1234-5678）。"));
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn filled() -> PersonForm {
        let text = str::to_owned;
        PersonForm {
            family: text("渡邊"),
            given: text("真弓"),
            family_kana: text("わたなべ"),
            given_kana: text("ﾏﾕﾐ"),
            birth: text("s56.5.2"),
            sex: text("female"),
            postal: text("１２３４５６７"),
            phone: text("０９０１２３４５６７８"),
            ..PersonForm::default()
        }
    }

    #[test]
    fn a_form_is_kept_in_one_spelling() {
        let details = filled().read(Date::constant(2026, 11, 20)).unwrap();
        assert_eq!((details.family_kana.as_str(), details.given_kana.as_deref()), ("ワタナベ", Some("マユミ")));
        assert_eq!(details.birth, Some(Date::constant(1981, 5, 2)));
        assert_eq!(details.postal.as_deref(), Some("123-4567"));
        assert_eq!(details.phones, ["090-1234-5678"]);
    }

    #[test]
    fn every_field_that_cannot_be_kept_has_its_own_words() {
        type Change = fn(&mut PersonForm, &str);
        let cases: [(Change, &str, &[&str]); 17] = [
            (|f, v| f.family = v.into(), "", &["family"]),
            (|f, v| f.family = v.into(), "\u{202E}", &["family"]),
            (|f, v| f.family_kana = v.into(), "", &["family_kana"]),
            (|f, v| f.family_kana = v.into(), "渡辺", &["family_kana"]),
            (|f, v| f.given_kana = v.into(), "", &["given_kana"]),
            (|f, v| f.birth = v.into(), "", &["birth"]),
            (|f, v| f.birth = v.into(), "H31.5.1", &["birth"]),
            (|f, v| f.birth = v.into(), "2026-11-21", &["birth"]),
            (|f, v| f.birth = v.into(), "1890-1-1", &["birth"]),
            (|f, v| f.birth = v.into(), "きのう", &["birth"]),
            (|f, v| f.sex = v.into(), "", &["sex"]),
            (|f, v| f.postal = v.into(), "12345", &["postal"]),
            (|f, v| f.phone = v.into(), "12", &["phone"]),
            (|f, v| f.contact_phone = v.into(), "03-1234-5678", &["contact_name"]),
            (|f, v| f.contact_phone = v.into(), "x", &["contact_phone"]),
            (|f, v| f.language = v.into(), "tlh", &[]),
            (|f, v| f.caution = v.into(), "MRSA", &[]),
        ];
        for (change, value, expected) in cases {
            let mut form = filled();
            change(&mut form, value);
            let faults = form.read(Date::constant(2026, 11, 20)).err().unwrap_or_default();
            let fields: Vec<&str> = faults.iter().map(|fault| fault.field).collect();
            assert_eq!(fields, expected, "{value:?}");
        }
        let mut long = filled();
        long.given = "長".repeat(41);
        assert_eq!(long.read(Date::constant(2026, 11, 20)).unwrap_err()[0].field, "given");
    }
}
