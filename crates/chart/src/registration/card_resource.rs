//! Insurance as FHIR (JP Core Coverage), and back into the form.
use super::card::{Card, Ceiling, Kind, Public};
use super::card_form::{CardForm, PublicForm};
use crate::inbox::{MEMBER, member_key};
use crate::view::Insurance;
use crate::view::element::{extension, text};
use karute_fhir::Id;
use karute_japan::insured::member_id;
use karute_japan::{Date, era};
use karute_json::{Number, Object, Value};

const INSURER: &str = "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber";
const PUBLIC_PAYER: &str = "http://jpfhir.jp/fhir/core/mhlw/IdSystem/PublicPayerNumber";
const SYMBOL: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol";
const NUMBER: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber";
const BRANCH: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber";
const RELATIONSHIP: &str = "http://terminology.hl7.org/CodeSystem/subscriber-relationship";
const MAJOR_CATEGORY: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/InsuranceMajorCategory";
const COPAY: &str = "http://terminology.hl7.org/CodeSystem/coverage-copay-type";
/// 限度額適用認定: `class` (code of OQSCD012) and `period`.
const CEILING: &str = "urn:karute:ceiling";
/// 高齢受給者証
const ELDERLY: &str = "urn:karute:elderly-recipient";

/// A card of the main insurance as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Coverage id.
    pub id: Id,
    /// Coverage version.
    pub version: u32,
    /// In short words.
    pub insurance: Insurance,
    /// As the form shows it.
    pub form: CardForm,
    /// 限度額適用認定
    pub ceiling: Option<Ceiling>,
}

/// 公費 as it is kept.
#[derive(Clone, Debug)]
pub struct KeptPublic {
    /// Coverage id.
    pub id: Id,
    /// Coverage version.
    pub version: u32,
    /// In short words.
    pub insurance: Insurance,
    /// As the form shows it.
    pub form: PublicForm,
}

fn string(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

fn extend(object: &mut Object<'static>, url: &'static str, value: Option<(&'static str, Value<'static>)>) {
    let mut all: Vec<Value<'static>> = match object.remove("extension") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    all.retain(|e| text(e, &["url"]).as_deref() != Some(url));
    all.extend(value.map(|(name, value)| Object::new().with("url", url).with(name, value).into()));
    if !all.is_empty() {
        object.insert("extension", Value::Array(all));
    }
}

fn period(from: Option<Date>, until: Option<Date>) -> Option<Value<'static>> {
    let mut object = Object::new();
    for (key, day) in [("start", from), ("end", until)] {
        if let Some(day) = day {
            object.insert(key, string(day.to_string()));
        }
    }
    (!object.is_empty()).then(|| object.into())
}

fn start(body: Option<Value<'static>>, patient: &Id) -> Object<'static> {
    if let Some(Value::Object(object)) = body {
        return object;
    }
    let beneficiary = Object::new().with("reference", format!("Patient/{patient}"));
    Object::new()
        .with("resourceType", "Coverage")
        .with("status", "active")
        .with("beneficiary", Value::from(beneficiary))
}

fn set_period(object: &mut Object<'static>, from: Option<Date>, until: Option<Date>) {
    object.remove("period");
    if let Some(period) = period(from, until) {
        object.insert("period", period);
    }
}

fn payor(system: &'static str, number: Option<&str>, name: &str) -> Value<'static> {
    let mut payor = Object::new();
    if let Some(number) = number {
        let identifier = Object::new().with("system", system).with("value", number.to_owned());
        payor.insert("identifier", identifier.into());
    }
    payor.insert("display", string(name));
    Value::Array(vec![payor.into()])
}

/// The coverage of a card; `body` is what is kept so far.
pub(super) fn with_card(body: Option<Value<'static>>, patient: &Id, card: &Card) -> Value<'static> {
    let mut object = start(body, patient);
    for (url, value) in [(SYMBOL, &card.symbol), (NUMBER, &card.number), (BRANCH, &card.branch)] {
        extend(&mut object, url, value.as_ref().map(|v| ("valueString", string(v.clone()))));
    }
    extend(&mut object, CEILING, card.ceiling.as_ref().map(|c| ("extension", ceiling(c))));
    extend(&mut object, ELDERLY, card.elderly.then_some(("valueBoolean", Value::Bool(true))));
    set_member(&mut object, card);
    object.insert("type", Object::new().with("text", card.kind.word()).into());
    let (code, word) = if card.own { ("self", "本人") } else { ("other", "家族") };
    let coding = Object::new().with("system", RELATIONSHIP).with("code", code).with("display", word);
    object.insert("relationship", Object::new().with("coding", vec![coding.into()]).into());
    set_period(&mut object, card.from, card.until);
    let name = card.insurer_name.as_deref().unwrap_or(card.kind.word());
    object.insert("payor", payor(INSURER, card.insurer.as_deref(), name));
    object.insert("order", Value::from(1));
    let copay = Object::new().with("system", COPAY).with("code", "copaypct").with("display", "Copay Percentage");
    let percent = Object::new()
        .with("value", Number::from_i64(i64::from(card.share) * 10))
        .with("unit", "%")
        .with("system", "http://unitsofmeasure.org")
        .with("code", "%");
    let cost = Object::new()
        .with("type", Value::from(Object::new().with("coding", vec![copay.into()])))
        .with("valueQuantity", Value::from(percent));
    object.insert("costToBeneficiary", Value::Array(vec![cost.into()]));
    Value::Object(object)
}

/// 被保険者個人識別子 of the card, so that a document can be matched by it whatever its widths.
fn set_member(object: &mut Object<'static>, card: &Card) {
    let mut all: Vec<Value<'static>> = match object.remove("identifier") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    all.retain(|identifier| text(identifier, &["system"]).as_deref() != Some(MEMBER));
    if let (Some(insurer), Some(number)) = (&card.insurer, &card.number) {
        let member = member_id(insurer, card.symbol.as_deref(), number, card.branch.as_deref());
        all.push(Object::new().with("system", MEMBER).with("value", member_key(&member)).into());
    }
    if !all.is_empty() {
        object.insert("identifier", Value::Array(all));
    }
}

fn ceiling(ceiling: &Ceiling) -> Value<'static> {
    let mut parts = vec![Object::new().with("url", "class").with("valueCode", ceiling.class.clone()).into()];
    parts.extend(
        period(ceiling.from, ceiling.until).map(|p| Object::new().with("url", "period").with("valuePeriod", p).into()),
    );
    Value::Array(parts)
}

/// The coverage of 公費, after the main insurance and those before it.
pub(super) fn with_public(body: Option<Value<'static>>, patient: &Id, public: &Public, order: i64) -> Value<'static> {
    let mut object = start(body, patient);
    let coding = Object::new().with("system", MAJOR_CATEGORY).with("code", "8").with("display", "公費");
    object.insert("type", Object::new().with("coding", vec![coding.into()]).with("text", public.word()).into());
    object.insert("subscriberId", string(public.recipient.clone()));
    set_period(&mut object, public.from, public.until);
    object.insert("payor", payor(PUBLIC_PAYER, Some(&public.payer), "公費負担者"));
    object.insert("order", Value::from(order));
    Value::Object(object)
}

/// Whether a coverage is 公費.
pub(super) fn is_public(coverage: &Value<'_>) -> bool {
    let codings = coverage.at(&["type", "coding"]).map_or(&[][..], Value::items);
    text(coverage, &["payor", "0", "identifier", "system"]).as_deref() == Some(PUBLIC_PAYER)
        || codings.iter().any(|c| {
            text(c, &["system"]).as_deref() == Some(MAJOR_CATEGORY) && text(c, &["code"]).as_deref() == Some("8")
        })
}

/// `R8.4.1`; what is no whole date stays as it is kept.
fn day(value: &Value<'_>, path: &[&str]) -> String {
    let kept = text(value, path).unwrap_or_default();
    kept.parse::<Date>().map_or(kept, era::short)
}

/// A card as it is kept.
pub(super) fn kept(id: Id, version: u32, coverage: &Value<'_>) -> Kept {
    let part = |url| extension(coverage, url).and_then(|e| text(e, &["valueString"])).unwrap_or_default();
    let of = |path: &[&str]| text(coverage, path).unwrap_or_default();
    let ceiling = extension(coverage, CEILING);
    let inner = |url| ceiling.and_then(|c| extension(c, url));
    let relation = of(&["relationship", "coding", "0", "code"]);
    let kind = of(&["type", "text"]);
    let percent = coverage.at(&["costToBeneficiary", "0", "valueQuantity", "value"]).and_then(Value::as_number);
    let share = percent.and_then(|n| n.as_str().parse::<f64>().ok()).map(|p| format!("{:.0}", p / 10.0));
    let named = of(&["payor", "0", "display"]);
    let form = CardForm {
        card_kind: Kind::of_word(&kind).map_or_else(String::new, |k| k.code().to_owned()),
        card_insurer: of(&["payor", "0", "identifier", "value"]),
        card_insurer_name: if named == kind { String::new() } else { named },
        card_symbol: part(SYMBOL),
        card_number: part(NUMBER),
        card_branch: part(BRANCH),
        card_relation: if matches!(relation.as_str(), "self" | "1" | "") { "self" } else { "family" }.to_owned(),
        card_share: share.unwrap_or_default(),
        card_elderly: if extension(coverage, ELDERLY).is_some() { "1".to_owned() } else { String::new() },
        card_from: day(coverage, &["period", "start"]),
        card_until: day(coverage, &["period", "end"]),
        ceiling_class: inner("class").and_then(|c| text(c, &["valueCode"])).unwrap_or_default(),
        ceiling_from: inner("period").map(|p| day(p, &["valuePeriod", "start"])).unwrap_or_default(),
        ceiling_until: inner("period").map(|p| day(p, &["valuePeriod", "end"])).unwrap_or_default(),
    };
    let date = |text: &str| era::parse(text).ok();
    let kept_ceiling = (!form.ceiling_class.is_empty()).then(|| Ceiling {
        class: form.ceiling_class.clone(),
        from: date(&form.ceiling_from),
        until: date(&form.ceiling_until),
    });
    Kept { id, version, insurance: Insurance::read(coverage), form, ceiling: kept_ceiling }
}

/// 公費 as it is kept.
pub(super) fn kept_public(id: Id, version: u32, coverage: &Value<'_>) -> KeptPublic {
    let form = PublicForm {
        public_payer: text(coverage, &["payor", "0", "identifier", "value"]).unwrap_or_default(),
        public_recipient: text(coverage, &["subscriberId"]).unwrap_or_default(),
        public_from: day(coverage, &["period", "start"]),
        public_until: day(coverage, &["period", "end"]),
    };
    KeptPublic { id, version, insurance: Insurance::read(coverage), form }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn patient() -> Id {
        Id::new("pt-1").unwrap()
    }

    #[test]
    fn a_card_comes_back_from_the_record_and_is_valid_fhir() {
        let text = str::to_owned;
        let form = CardForm {
            card_kind: text("society"),
            card_insurer: text("06139998"),
            card_insurer_name: text("みどり健康保険組合"),
            card_symbol: text("12"),
            card_number: text("345"),
            card_branch: text("01"),
            card_relation: text("family"),
            card_share: text("2"),
            card_elderly: text("1"),
            card_from: text("R8.4.1"),
            card_until: text("R9.3.31"),
            ceiling_class: text("A03"),
            ceiling_from: text("R8.8.1"),
            ceiling_until: text("R9.7.31"),
        };
        let card = form.read(None, Date::constant(2026, 11, 20)).unwrap();
        let body = with_card(None, &patient(), &card);
        assert!(karute_fhir::validate::validate(&body).is_empty(), "{:?}", karute_fhir::validate::validate(&body));
        let back = kept(patient(), 1, &body);
        assert_eq!(back.form, form);
        assert_eq!(back.insurance.short, "社保 家族 2割");
        assert_eq!(back.ceiling.unwrap().word(), "ウ");
        assert!(with_card(Some(body.clone()), &patient(), &card).same_value(&body));
    }

    #[test]
    fn public_funds_come_back_after_the_main_insurance() {
        let form = PublicForm {
            public_payer: "21136011".to_owned(),
            public_recipient: "1234567".to_owned(),
            public_from: "R8.4.1".to_owned(),
            public_until: String::new(),
        };
        let body = with_public(None, &patient(), &form.read().unwrap(), 2);
        assert!(karute_fhir::validate::validate(&body).is_empty(), "{:?}", karute_fhir::validate::validate(&body));
        assert!(is_public(&body));
        let back = kept_public(patient(), 1, &body);
        assert_eq!(back.form, form);
        assert_eq!((back.insurance.short.as_str(), back.insurance.order), ("公費 21", 2));
    }
}
