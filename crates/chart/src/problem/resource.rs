//! The `Condition` of a disease name, written and read.
use super::name::{Modifier, Named};
use super::outcome::Outcome;
use crate::author::Author;
use crate::parts::{coding, concept, reference, words};
use crate::view::element::{code, text};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::{Number, Object, Value};
use karute_terminology::CodeSystem;

/// 未コード化傷病名 of the receipt.
pub(super) const UNCODED_RECEIPT: &str = "0000999";
/// 未コード化傷病名 of the sharing service (JP-CLINS §6.6).
pub(super) const UNCODED_KEY: &str = "99999999";
const UNCODED_WORDS: &str = "未コード化傷病名";

const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const VERIFICATION: &str = "http://terminology.hl7.org/CodeSystem/condition-ver-status";
const CATEGORY: &str = "http://terminology.hl7.org/CodeSystem/condition-category";
const PREFIX: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Condition_DiseasePrefixModifier";
const POSTFIX: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Condition_DiseasePostfixModifier";
/// Extension: 転帰, as [`Outcome::code`].
const OUTCOME: &str = "urn:karute:problem-outcome";
/// Extension: place in the list for billing, from 1.
const ORDER: &str = "urn:karute:problem-order";
/// Word of the category that marks the main name.
const MAIN: &str = "主病名";

/// A new Condition.
pub(crate) fn new(
    patient: &Id,
    visit: Option<&Id>,
    named: &Named,
    start: Date,
    author: &Author,
    now: Timestamp,
) -> Object<'static> {
    let mut body = Object::new().with("resourceType", Value::string("Condition"));
    body.insert("clinicalStatus", concept(CLINICAL, "active", "Active"));
    set_verification(&mut body, named.is_suspected());
    // A name that stays on the list and a diagnosis of a visit are kept alike; the visit is told by `encounter`.
    let category = if visit.is_some() {
        ("encounter-diagnosis", "Encounter Diagnosis")
    } else {
        ("problem-list-item", "Problem List Item")
    };
    body.insert("category", Value::Array(vec![concept(CATEGORY, category.0, category.1)]));
    body.insert("code", written(named));
    body.insert("subject", reference("Patient", patient));
    if let Some(visit) = visit {
        body.insert("encounter", reference("Encounter", visit));
    }
    body.insert("onsetDateTime", Value::string(start.to_string()));
    body.insert("recordedDate", Value::string(now.to_fhir()));
    body.insert("recorder", author.reference());
    body.insert("asserter", author.reference());
    body
}

/// `Condition.code` of a name.
pub(super) fn written(named: &Named) -> Value<'static> {
    let mut codings = Vec::new();
    let mut push = |system: &str, code: &str, display: &str| {
        if !code.is_empty() {
            codings.push(coding(system, code, display));
        }
    };
    let base = if named.is_uncoded() { UNCODED_WORDS } else { named.base.as_str() };
    push(CodeSystem::ReceiptDisease.url(), &named.receipt_code, base);
    push(CodeSystem::DiseaseKey.url(), &named.key_number, base);
    push(CodeSystem::DiseaseExchange.url(), &named.exchange_code, base);
    push(CodeSystem::Icd10.url(), &named.icd10, base);
    push(CodeSystem::Icd10Who.url(), &pointed(&named.icd10), "");
    let extension = |modifier: &Modifier| {
        let mut codings = Vec::new();
        for (system, code) in
            [(CodeSystem::ModifierKey, &modifier.key_number), (CodeSystem::ReceiptModifier, &modifier.code)]
        {
            if !code.is_empty() {
                codings.push(coding(system.url(), code, &modifier.name));
            }
        }
        let value =
            Object::new().with("coding", Value::Array(codings)).with("text", Value::string(modifier.name.clone()));
        Value::object([
            ("url", Value::string(if modifier.is_suffix { POSTFIX } else { PREFIX })),
            ("valueCodeableConcept", Value::Object(value)),
        ])
    };
    let mut code = Object::new();
    if !named.modifiers.is_empty() {
        code.insert("extension", Value::Array(named.modifiers.iter().map(extension).collect()));
    }
    code.insert("coding", Value::Array(codings));
    code.insert("text", Value::string(named.text()));
    Value::Object(code)
}

/// ICD-10 with its point: `M171` is `M17.1`.
fn pointed(icd10: &str) -> String {
    match icd10.split_at_checked(3) {
        Some((front, rest)) if !rest.is_empty() => format!("{front}.{rest}"),
        _ => icd10.to_owned(),
    }
}

/// The name of a stored Condition; what carries no code of the receipt's masters counts as without code.
pub(crate) fn named(condition: &Value<'_>) -> Option<Named> {
    let concept = condition.get("code")?;
    let own = |system: CodeSystem| code(concept, system.url()).unwrap_or_default();
    let whole = crate::view::element::display(concept)?;
    let modifiers: Vec<Modifier> =
        concept.get("extension").map_or(&[][..], Value::items).iter().filter_map(modifier).collect();
    let (mut receipt_code, key_number) = (own(CodeSystem::ReceiptDisease), own(CodeSystem::DiseaseKey));
    if receipt_code.is_empty() && key_number.is_empty() {
        UNCODED_RECEIPT.clone_into(&mut receipt_code);
    }
    // What is left of the whole name without its modifiers; of those behind it the last is cut off first.
    let mut base = whole.as_str();
    for modifier in modifiers.iter().filter(|m| !m.is_suffix) {
        base = base.strip_prefix(modifier.name.as_str()).unwrap_or(base);
    }
    for modifier in modifiers.iter().rev().filter(|m| m.is_suffix) {
        base = base.strip_suffix(modifier.name.as_str()).unwrap_or(base);
    }
    Some(Named {
        receipt_code,
        key_number,
        exchange_code: own(CodeSystem::DiseaseExchange),
        icd10: match own(CodeSystem::Icd10) {
            plain if plain.is_empty() => own(CodeSystem::Icd10Who).replace('.', ""),
            plain => plain,
        },
        base: base.to_owned(),
        modifiers,
    })
}

fn modifier(extension: &Value<'_>) -> Option<Modifier> {
    let url = text(extension, &["url"])?;
    if url != PREFIX && url != POSTFIX {
        return None;
    }
    let value = extension.get("valueCodeableConcept")?;
    let key_number = code(value, CodeSystem::ModifierKey.url()).unwrap_or_default();
    Some(Modifier {
        code: code(value, CodeSystem::ReceiptModifier.url()).unwrap_or_default(),
        key_number,
        name: crate::view::element::display(value)?,
        is_suffix: url == POSTFIX,
    })
}

/// `verificationStatus`: 疑い is `unconfirmed` (JP-CLINS §6.6).
pub(super) fn set_verification(body: &mut Object<'static>, suspected: bool) {
    let status = if suspected { ("unconfirmed", "Unconfirmed") } else { ("confirmed", "Confirmed") };
    body.insert("verificationStatus", concept(VERIFICATION, status.0, status.1));
}

/// Ends it.
pub(super) fn set_end(body: &mut Object<'static>, outcome: Outcome, on: Date) {
    let (code, display) = outcome.status();
    body.insert("clinicalStatus", concept(CLINICAL, code, display));
    body.insert("abatementDateTime", Value::string(on.to_string()));
    set_extension(body, OUTCOME, Some(("valueCode", Value::string(outcome.code()))));
}

/// Makes it active again.
pub(super) fn set_active(body: &mut Object<'static>) {
    body.insert("clinicalStatus", concept(CLINICAL, "active", "Active"));
    for name in ["abatementDateTime", "abatementString", "abatementAge", "abatementPeriod", "abatementRange"] {
        body.remove(name);
    }
    set_extension(body, OUTCOME, None);
}

/// 転帰 of an ended name.
pub(super) fn outcome(condition: &Value<'_>) -> Option<Outcome> {
    let own = extension(condition, OUTCOME).and_then(|e| text(e, &["valueCode"])).and_then(|c| Outcome::parse(&c));
    own.or_else(|| Outcome::of_status(&text(condition, &["clinicalStatus", "coding", "0", "code"])?))
}

/// Marks it as entered in error: it stays in the record with the reason (R4 con-5: without a clinical status).
pub(super) fn set_error(body: &mut Object<'static>, reason: &str, author: &Author, now: Timestamp) {
    body.remove("clinicalStatus");
    body.insert("verificationStatus", concept(VERIFICATION, "entered-in-error", "Entered in Error"));
    let note = Value::object([
        ("authorReference", author.reference()),
        ("time", Value::string(now.to_fhir())),
        ("text", Value::string(format!("削除の理由：{reason}"))),
    ]);
    let mut notes = match body.remove("note") {
        Some(Value::Array(notes)) => notes,
        _ => Vec::new(),
    };
    notes.push(note);
    body.insert("note", Value::Array(notes));
}

/// Marks it as the main name, or no longer.
pub(super) fn set_main(body: &mut Object<'static>, main: bool) {
    let mut categories = match body.remove("category") {
        Some(Value::Array(categories)) => categories,
        _ => Vec::new(),
    };
    categories.retain(|c| text(c, &["text"]).is_none_or(|t| !t.contains('主')));
    if main {
        categories.push(words(MAIN));
    }
    if !categories.is_empty() {
        body.insert("category", Value::Array(categories));
    }
}

/// Its place in the list.
pub(super) fn order(condition: &Value<'_>) -> Option<i64> {
    extension(condition, ORDER)?.get("valueInteger")?.as_number()?.as_i64()
}

/// Sets its place in the list.
pub(super) fn set_order(body: &mut Object<'static>, place: i64) {
    set_extension(body, ORDER, Some(("valueInteger", Value::Number(Number::from_i64(place)))));
}

fn extension<'v, 'a>(condition: &'v Value<'a>, url: &str) -> Option<&'v Value<'a>> {
    condition.get("extension")?.items().iter().find(|e| text(e, &["url"]).as_deref() == Some(url))
}

fn set_extension(body: &mut Object<'static>, url: &'static str, value: Option<(&'static str, Value<'static>)>) {
    let mut extensions = match body.remove("extension") {
        Some(Value::Array(extensions)) => extensions,
        _ => Vec::new(),
    };
    extensions.retain(|e| text(e, &["url"]).as_deref() != Some(url));
    if let Some((name, value)) = value {
        extensions.push(Value::object([("url", Value::string(url)), (name, value)]));
    }
    if !extensions.is_empty() {
        body.insert("extension", Value::Array(extensions));
    }
}
