//! Insurance as the desk types it from a card.
use super::Fault;
use super::card::{CEILINGS, Card, Ceiling, Kind, Public, kind_of};
use super::text::{NAME, date, optional};
use crate::clean::line;
use karute_japan::identifier::IdentifierError;
use karute_japan::{Date, age, era, insured};
use serde::Deserialize;

/// The words of a form for the main insurance; all empty means none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct CardForm {
    /// Code of [`Kind`]; when empty, told by 保険者番号.
    pub card_kind: String,
    pub card_insurer: String,
    pub card_insurer_name: String,
    pub card_symbol: String,
    pub card_number: String,
    pub card_branch: String,
    /// `self` or `family`
    pub card_relation: String,
    /// `0` to `3`; when empty, by age and kind.
    pub card_share: String,
    /// `1`: 高齢受給者証
    pub card_elderly: String,
    pub card_from: String,
    pub card_until: String,
    /// Code of [`CEILINGS`].
    pub ceiling_class: String,
    pub ceiling_from: String,
    pub ceiling_until: String,
}

/// The words of a form for 公費; all empty means none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct PublicForm {
    pub public_payer: String,
    pub public_recipient: String,
    pub public_from: String,
    pub public_until: String,
}

/// A period that does not end before it begins.
fn period(
    faults: &mut Vec<Fault>,
    (from_field, from): (&'static str, &str),
    (until_field, until): (&'static str, &str),
) -> (Option<Date>, Option<Date>) {
    let (from, until) = (date(faults, from_field, from), date(faults, until_field, until));
    if let (Some(first), Some(last)) = (from, until)
        && last < first
    {
        let words = format!("期限（{}）が始まり（{}）より前です。", era::long(last), era::long(first));
        faults.push(Fault::new(until_field, words));
    }
    (from, until)
}

impl CardForm {
    /// Whether nothing was filled in.
    pub fn is_empty(&self) -> bool {
        let all = [
            &self.card_kind,
            &self.card_insurer,
            &self.card_insurer_name,
            &self.card_symbol,
            &self.card_number,
            &self.card_branch,
            &self.card_from,
            &self.card_until,
            &self.ceiling_class,
        ];
        all.iter().all(|text| line(text).is_empty())
    }

    /// Reads the form. The birth date decides the share when none is chosen.
    pub fn read(&self, birth: Option<Date>, today: Date) -> Result<Card, Vec<Fault>> {
        let mut faults = Vec::new();
        let f = &mut faults;
        let insurer = line(&self.card_insurer);
        let checked = match insured::insurer_number(&insurer) {
            _ if insurer.is_empty() => None,
            Ok(checked) => Some(checked),
            Err(_) => {
                f.push(Fault::new("card_insurer", "保険者番号は8桁（国保は6桁）の数字です。"));
                None
            }
        };
        let told = checked.as_ref().and_then(|c| kind_of(&c.number));
        let kind = Kind::parse(&self.card_kind).or(told);
        if kind.is_none() {
            f.push(Fault::new("card_kind", "保険の種別を選んでください。"));
        }
        let with_numbers = kind.is_some_and(Kind::has_numbers);
        if with_numbers && insurer.is_empty() {
            f.push(Fault::new("card_insurer", "保険者番号を入力してください。"));
        }
        let symbol = insured::symbol(&self.card_symbol).unwrap_or_else(|_| {
            f.push(Fault::new("card_symbol", "記号は20文字までです。"));
            None
        });
        let number = insured::symbol(&self.card_number).unwrap_or_else(|_| {
            f.push(Fault::new("card_number", "番号は20文字までです。"));
            None
        });
        if with_numbers && line(&self.card_number).is_empty() {
            f.push(Fault::new("card_number", "番号を入力してください。"));
        }
        let branch = insured::branch(&self.card_branch).unwrap_or_else(|_| {
            f.push(Fault::new("card_branch", "枝番は2桁の数字です。"));
            None
        });
        let insurer_name = optional(f, "card_insurer_name", "保険者名", &self.card_insurer_name, NAME);
        let (from, until) = period(f, ("card_from", &self.card_from), ("card_until", &self.card_until));
        let ceiling = self.ceiling(f);
        let Some(kind) = kind.filter(|_| faults.is_empty()) else { return Err(faults) };
        let share = match self.card_share.as_str() {
            share @ ("0" | "1" | "2" | "3") => share.parse().unwrap_or(3),
            _ => usual_share(kind, birth, today),
        };
        Ok(Card {
            kind,
            doubt: checked.as_ref().and_then(|c| c.doubt),
            insurer: checked.map(|c| c.number),
            insurer_name,
            symbol,
            number,
            branch,
            own: self.card_relation != "family" || !kind.has_family(),
            share,
            elderly: self.card_elderly == "1",
            from,
            until,
            ceiling,
        })
    }

    fn ceiling(&self, f: &mut Vec<Fault>) -> Option<Ceiling> {
        let class = CEILINGS.iter().find(|(code, _)| *code == self.ceiling_class)?.0.to_owned();
        let (from, until) = period(f, ("ceiling_from", &self.ceiling_from), ("ceiling_until", &self.ceiling_until));
        Some(Ceiling { class, from, until })
    }
}

/// The share that a person of this age pays where the card says nothing else (健康保険法74条, 高齢者の医療の確保に関する
/// 法律67条): 2割 before school and from 70, 1割 from 75, otherwise 3割.
fn usual_share(kind: Kind, birth: Option<Date>, today: Date) -> u8 {
    let before_school = birth.and_then(age::last_day_before_school).is_some_and(|day| today <= day);
    let from_70 = birth.and_then(age::first_day_of_70s_share).is_some_and(|day| day <= today);
    match kind {
        Kind::Welfare | Kind::WorkAccident => 0,
        Kind::SelfPay | Kind::CarAccident => 10,
        Kind::LateElderly => 1,
        _ if before_school || from_70 => 2,
        _ => 3,
    }
}

impl PublicForm {
    /// Whether nothing was filled in.
    pub fn is_empty(&self) -> bool {
        [&self.public_payer, &self.public_recipient].iter().all(|text| line(text).is_empty())
    }

    /// Reads the form. Numbers that follow the law's form are checked; a municipality's own are kept as they are.
    pub fn read(&self) -> Result<Public, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut doubts = Vec::new();
        let (payer, recipient) = (line(&self.public_payer), line(&self.public_recipient));
        let mut read = |field, text: &str, lawful: fn(&str) -> Result<insured::Checked, IdentifierError>| {
            if text.is_empty() {
                return None;
            }
            if let Ok(checked) = lawful(text) {
                doubts.extend(checked.doubt.map(|doubt| (field, doubt)));
                return Some(checked.number);
            }
            let local = insured::local_number(text).ok();
            doubts.extend(local.is_some().then_some((field, IdentifierError::Form)));
            local
        };
        let kept_payer = read("public_payer", &payer, insured::public_payer_number);
        let kept_recipient = read("public_recipient", &recipient, insured::beneficiary_number);
        if kept_payer.is_none() {
            faults.push(Fault::new(
                "public_payer",
                "負担者番号を入力してください（8桁。自治体独自のものは20文字まで）。",
            ));
        }
        if kept_recipient.is_none() {
            faults.push(Fault::new(
                "public_recipient",
                "受給者番号を入力してください（7桁。自治体独自のものは20文字まで）。",
            ));
        }
        let (from, until) =
            period(&mut faults, ("public_from", &self.public_from), ("public_until", &self.public_until));
        match (kept_payer, kept_recipient) {
            (Some(payer), Some(recipient)) if faults.is_empty() => Ok(Public { payer, recipient, from, until, doubts }),
            _ => Err(faults),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn today() -> Date {
        Date::constant(2026, 11, 20)
    }

    fn society() -> CardForm {
        let text = str::to_owned;
        CardForm {
            card_insurer: text("０６１３９９９８"),
            card_symbol: text("12"),
            card_number: text("345"),
            card_branch: text("1"),
            card_relation: text("family"),
            ..CardForm::default()
        }
    }

    #[test]
    fn a_card_is_read_with_the_kind_and_share_it_implies() {
        let card = society().read(Some(Date::constant(1981, 5, 2)), today()).unwrap();
        assert_eq!((card.kind, card.share, card.own), (Kind::Society, 3, false));
        assert_eq!((card.insurer.as_deref(), card.branch.as_deref()), (Some("06139998"), Some("01")));
    }

    #[test]
    fn a_check_digit_that_does_not_fit_is_a_doubt_and_no_fault() {
        let doubted = |digit: u8| {
            let form = CardForm { card_insurer: format!("0613999{digit}"), ..society() };
            form.read(None, today()).unwrap().doubt.is_some()
        };
        assert_eq!((0..10).filter(|digit| !doubted(*digit)).count(), 1, "one of ten digits fits, and none is refused");
    }

    #[test]
    fn what_cannot_be_a_card_is_told_by_field() {
        type Change = fn(&mut CardForm);
        let cases: [(Change, &[&str]); 8] = [
            (|f| f.card_insurer = "12345".into(), &["card_insurer", "card_kind"]),
            (|f| f.card_insurer = String::new(), &["card_kind"]),
            (|f| f.card_number = String::new(), &["card_number"]),
            (|f| f.card_branch = "abc".into(), &["card_branch"]),
            (|f| f.card_symbol = "1".repeat(21), &["card_symbol"]),
            (|f| f.card_from = "R9.13.1".into(), &["card_from"]),
            (
                |f| {
                    f.card_from = "R8.4.1".into();
                    f.card_until = "R7.3.31".into();
                },
                &["card_until"],
            ),
            (
                |f| {
                    f.ceiling_class = "A03".into();
                    f.ceiling_from = "x".into();
                },
                &["ceiling_from"],
            ),
        ];
        for (change, expected) in cases {
            let mut form = society();
            change(&mut form);
            let faults = form.read(None, today()).unwrap_err();
            assert_eq!(faults.iter().map(|f| f.field).collect::<Vec<_>>(), expected);
        }
    }

    #[test]
    fn the_share_follows_age_and_kind_unless_the_card_says_otherwise() {
        let of = |kind: Kind, birth: &str| usual_share(kind, birth.parse().ok(), today());
        for (kind, birth, share) in [
            (Kind::Society, "1981-05-02", 3),
            (Kind::Society, "2021-04-02", 2),
            (Kind::National, "1956-10-31", 2),
            (Kind::National, "1956-11-20", 3),
            (Kind::LateElderly, "1940-01-01", 1),
            (Kind::Welfare, "1981-05-02", 0),
            (Kind::SelfPay, "1981-05-02", 10),
        ] {
            assert_eq!(of(kind, birth), share, "{kind:?} {birth}");
        }
        let chosen = CardForm { card_share: "1".to_owned(), ..society() };
        assert_eq!(chosen.read(None, today()).unwrap().share, 1);
    }

    #[test]
    fn public_numbers_of_the_law_are_checked_and_those_of_a_municipality_kept() {
        let read = |payer: &str, recipient: &str| {
            let form = PublicForm {
                public_payer: payer.to_owned(),
                public_recipient: recipient.to_owned(),
                ..PublicForm::default()
            };
            form.read().map(|p| p.doubts.len()).map_err(|faults| faults.len())
        };
        for (payer, recipient, expected) in [
            ("", "", Err(2)),
            ("21136011", "", Err(1)),
            ("8013", "A-1", Ok(2)),
            ("123456789012345678901", "1234567", Err(1)),
        ] {
            assert_eq!(read(payer, recipient), expected, "{payer} {recipient}");
        }
    }
}
