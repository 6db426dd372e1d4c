//! Writing a line as a FHIR `MedicationRequest` (JP Core, specification jp-fhir 6.9).
use super::{Amount, Coding, Dispensing, Form, Line, Prescribed, Substitution, reckon};
use crate::author::Author;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};

pub(super) const RP: &str = "urn:oid:1.2.392.100495.20.3.81";
pub(super) const ORDER: &str = "urn:oid:1.2.392.100495.20.3.82";
pub(super) const PRESCRIPTION: &str = "urn:karute:prescription";
pub(super) const FORM: &str = "urn:karute:dosage-form-class";
pub(super) const CATEGORY: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_MedicationCategoryMERIT9_CS";
pub(super) const SUBSTITUTION: &str =
    "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationSubstitutionProhibittedCategory";
/// 薬品補足区分 8, which the system above does not hold.
pub(super) const WISHED: &str = "urn:karute:drug-supplement";
pub(super) const MERIT9: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUnitMERIT9Code";
pub(super) const ADDITIONAL: &str = "http://jami.jp/CodeSystem/MedicationUsageAdditional";
const STRENGTH_TYPE: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationIngredientStrengthType";
const METHOD: &str = "http://jami.jp/CodeSystem/MedicationMethodDetailUsage";
const UCUM: &str = "http://unitsofmeasure.org";
const PERIOD: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_MedicationDosage_PeriodOfUse";
const DURATION: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_MedicationDosage_UsageDuration";
pub(super) const REPEAT: &str =
    "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_MedicationRequest_DispenseRequest_ExpectedRepeatCount";
pub(super) const INSTRUCTION: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_MedicationRequest_DispenseRequest_InstructionForDispense";

/// Units as people write them and as MERIT-9 abbreviates them.
const UNITS: &[(&str, &str)] = &[
    ("錠", "TAB"),
    ("カプセル", "CAP"),
    ("包", "PCK"),
    ("g", "G"),
    ("mg", "MG"),
    ("mL", "ML"),
    ("本", "HON"),
    ("瓶", "BTL"),
    ("枚", "SHT"),
    ("個", "KO"),
    ("キット", "KIT"),
];

/// A line at its birth: whose, of which visit, asked for by whom.
pub(super) struct Birth<'b> {
    pub(super) patient: &'b Id,
    pub(super) visit: &'b Id,
    pub(super) author: &'b Author,
    /// The doctor of the visit, when a proxy enters it: reference and name.
    pub(super) doctor: Option<Value<'static>>,
    pub(super) now: Timestamp,
}

/// A new resource for a line; what the line says follows with [`write`].
pub(super) fn born(line: &Line, birth: &Birth<'_>) -> Value<'static> {
    let mut body = object([
        ("resourceType", word("MedicationRequest")),
        ("intent", word("order")),
        ("subject", reference("Patient", birth.patient)),
        ("encounter", reference("Encounter", birth.visit)),
        ("authoredOn", text(birth.now.to_fhir())),
        ("recorder", birth.author.reference()),
    ]);
    if let Some(object) = body.as_object_mut() {
        let requester = match birth.author.standing {
            crate::author::Standing::Own => Some(birth.author.reference()),
            crate::author::Standing::Proxy => birth.doctor.clone(),
        };
        if let Some(requester) = requester {
            object.insert("requester", requester);
        }
        if let Some(prior) = &line.prior {
            object.insert("priorPrescription", reference("MedicationRequest", prior));
        }
    }
    body
}

/// Writes what a line says into its resource; everything else of it stays.
pub(super) fn write(body: &mut Value<'static>, line: &Line, visit: &Id) {
    let what = &line.what;
    let start = line.written.map(|day| day.to_string());
    let Some(object) = body.as_object_mut() else { return };
    let others = kept(object.get("identifier"), |i| ![RP, ORDER].iter().any(|system| has_system(i, system)));
    let numbers = [identifier(RP, line.rp), identifier(ORDER, line.order)];
    object.insert("identifier", Value::Array(numbers.into_iter().chain(others).collect()));
    object.insert("status", word(line.status.code()));
    object.insert("category", Value::Array(vec![category(what.dispensing), form(what.form)]));
    object.insert("medicationCodeableConcept", drug(what));
    object.insert("groupIdentifier", group(visit, what.dispensing));
    object.insert("dosageInstruction", Value::Array(vec![dosage(what, start.as_deref())]));
    object.insert("dispenseRequest", dispense(what));
    let mut set = |name: &str, value: Option<Value<'static>>| match value {
        Some(value) => object.insert(name, value),
        None => drop(object.remove(name)),
    };
    set("substitution", substitution(what.preparation.substitution));
    set("reasonCode", what.purpose.as_ref().map(|words| Value::Array(vec![object_of("text", text(words.clone()))])));
    set("note", what.comment.as_ref().map(|words| Value::Array(vec![object_of("text", text(words.clone()))])));
}

/// Where all lines of a visit that are dispensed in one place belong.
fn group(visit: &Id, dispensing: Dispensing) -> Value<'static> {
    let place = match dispensing {
        Dispensing::Outside => "outside",
        Dispensing::InHouse => "in-house",
    };
    object([("system", word(PRESCRIPTION)), ("value", text(format!("{visit}-{place}")))])
}

fn category(dispensing: Dispensing) -> Value<'static> {
    let shown = format!("{}処方", dispensing.word());
    let coding =
        object([("system", word(CATEGORY)), ("code", word(dispensing.code())), ("display", text(shown.clone()))]);
    object([("coding", Value::Array(vec![coding])), ("text", text(shown))])
}

fn form(form: Form) -> Value<'static> {
    let coding = object([("system", word(FORM)), ("code", word(form.code())), ("display", word(form.word()))]);
    object([("coding", Value::Array(vec![coding])), ("text", word(form.word()))])
}

fn drug(what: &Prescribed) -> Value<'static> {
    let mut concept = Object::new();
    if !what.drug.codes.is_empty() {
        concept.insert("coding", Value::Array(what.drug.codes.iter().map(coding).collect()));
    }
    concept.insert("text", text(what.drug.name.clone()));
    Value::Object(concept)
}

fn dosage(what: &Prescribed, start: Option<&str>) -> Value<'static> {
    let usage = &what.usage;
    let mut dosage = Object::new();
    let mut extensions = Vec::new();
    if let Some(start) = start {
        let period = object_of("start", text(start.to_owned()));
        extensions.push(object([("url", word(PERIOD)), ("valuePeriod", period)]));
    }
    if let (Some(days), false) = (what.days, reckon::rhythm(&usage.text) == reckon::Rhythm::Daily) {
        let real = match reckon::rhythm(&usage.text) {
            reckon::Rhythm::EveryOtherDay => Some(days.div_ceil(2)),
            reckon::Rhythm::Weekly => Some(days.div_ceil(7)),
            _ => None,
        };
        extensions.extend(real.map(|real| object([("url", word(DURATION)), ("valueDuration", duration(real))])));
    }
    if !extensions.is_empty() {
        dosage.insert("extension", Value::Array(extensions));
    }
    dosage.insert("text", text(usage.text.clone()));
    if !usage.uneven.is_empty() {
        let each = (1_u32..).zip(&usage.uneven).map(|(n, amount)| uneven(n, *amount, &what.unit));
        dosage.insert("additionalInstruction", Value::Array(each.collect()));
    }
    let mut timing = Object::new();
    if let Some(days) = what.days {
        timing.insert("repeat", object_of("boundsDuration", duration(days)));
    }
    let mut code = Object::new();
    if let Some(known) = &usage.code {
        code.insert("coding", Value::Array(vec![coding(known)]));
    }
    code.insert("text", text(usage.text.clone()));
    timing.insert("code", Value::Object(code));
    dosage.insert("timing", Value::Object(timing));
    if what.form == Form::AsNeeded {
        dosage.insert("asNeededBoolean", Value::Bool(true));
    }
    if let Some(site) = &usage.site {
        dosage.insert("site", object_of("text", text(site.clone())));
    }
    if let Some(method) = usage.code.as_ref().and_then(|known| known.code.get(..2)) {
        let coding = object([("system", word(METHOD)), ("code", text(method.to_owned()))]);
        dosage.insert("method", object_of("coding", Value::Array(vec![coding])));
    }
    if let Some(rate) = rate(what) {
        dosage.insert("doseAndRate", Value::Array(vec![rate]));
    }
    Value::Object(dosage)
}

/// 1回量, and 1日量 where there is one; nothing for 外用 by total.
fn rate(what: &Prescribed) -> Option<Value<'static>> {
    let daily = what.daily();
    if what.dose.is_none() && daily.is_none() {
        return None;
    }
    let kind = object([("system", word(STRENGTH_TYPE)), ("code", word("1")), ("display", word("製剤量"))]);
    let mut rate = Object::new();
    rate.insert("type", object_of("coding", Value::Array(vec![kind])));
    if let Some(dose) = what.dose {
        rate.insert("doseQuantity", quantity(dose, &what.unit));
    }
    if let Some(daily) = daily {
        let ratio = [("numerator", quantity(daily, &what.unit)), ("denominator", duration(1))];
        rate.insert("rateRatio", object(ratio));
    }
    Some(Value::Object(rate))
}

/// 不均等・1回目・4錠, with its code of JAMI where the amount is a whole number below ten.
fn uneven(n: u32, amount: Amount, unit: &str) -> Value<'static> {
    let mut concept = Object::new();
    if let Some(whole) = amount.as_whole().filter(|whole| *whole < 10 && n < 10) {
        let coding = object([("system", word(ADDITIONAL)), ("code", text(format!("V{n}{whole}NNNNN")))]);
        concept.insert("coding", Value::Array(vec![coding]));
    }
    concept.insert("text", text(format!("不均等・{n}回目・{}{unit}", amount.plain())));
    Value::Object(concept)
}

fn dispense(what: &Prescribed) -> Value<'static> {
    let mut dispense = Object::new();
    let mut extensions = Vec::new();
    if let Some(count) = what.count {
        let count = Value::from(i64::from(count));
        extensions.push(object([("url", word(REPEAT)), ("valueInteger", count)]));
    }
    let prepared = [("一包化", what.preparation.one_pack), ("粉砕", what.preparation.crushed)];
    for (words, _) in prepared.into_iter().filter(|(_, wanted)| *wanted) {
        let concept = object_of("text", word(words));
        extensions.push(object([("url", word(INSTRUCTION)), ("valueCodeableConcept", concept)]));
    }
    if !extensions.is_empty() {
        dispense.insert("extension", Value::Array(extensions));
    }
    if let Some(all) = what.all() {
        dispense.insert("quantity", quantity(all, &what.unit));
    }
    if let Some(days) = what.days {
        dispense.insert("expectedSupplyDuration", duration(days));
    }
    Value::Object(dispense)
}

fn substitution(given: Substitution) -> Option<Value<'static>> {
    let (system, code, display) = match given {
        Substitution::Allowed => return None,
        Substitution::Refused => (SUBSTITUTION, "1", "後発品変更不可"),
        Substitution::Wished => (WISHED, "8", "先発医薬品患者希望"),
    };
    let coding = object([("system", word(system)), ("code", word(code)), ("display", word(display))]);
    let concept = object([("coding", Value::Array(vec![coding])), ("text", word(given.word()))]);
    Some(object_of("allowedCodeableConcept", concept))
}

pub(super) fn quantity(amount: Amount, unit: &str) -> Value<'static> {
    let mut quantity = Object::new();
    quantity.insert("value", amount.json());
    quantity.insert("unit", text(unit.to_owned()));
    if let Some((_, code)) = UNITS.iter().find(|(shown, _)| *shown == unit) {
        quantity.insert("system", word(MERIT9));
        quantity.insert("code", word(code));
    }
    Value::Object(quantity)
}

fn duration(days: u16) -> Value<'static> {
    object([("value", Value::from(i64::from(days))), ("unit", word("日")), ("system", word(UCUM)), ("code", word("d"))])
}

fn coding(given: &Coding) -> Value<'static> {
    let mut made = Object::new();
    made.insert("system", text(given.system.clone()));
    made.insert("code", text(given.code.clone()));
    if !given.display.is_empty() {
        made.insert("display", text(given.display.clone()));
    }
    Value::Object(made)
}

fn kept(list: Option<&Value<'static>>, keep: impl Fn(&Value<'_>) -> bool) -> Vec<Value<'static>> {
    list.map_or(&[][..], Value::items).iter().filter(|item| keep(item)).cloned().collect()
}

fn has_system(value: &Value<'_>, system: &str) -> bool {
    value.get("system").and_then(Value::as_str).is_some_and(|found| found == system)
}

fn identifier(system: &'static str, number: u32) -> Value<'static> {
    object([("system", word(system)), ("value", text(number.to_string()))])
}

pub(super) fn reference(kind: &str, id: &Id) -> Value<'static> {
    object_of("reference", text(format!("{kind}/{id}")))
}

pub(super) fn object<const N: usize>(members: [(&'static str, Value<'static>); N]) -> Value<'static> {
    Value::object(members)
}

pub(super) fn object_of(name: &'static str, value: Value<'static>) -> Value<'static> {
    Value::object([(name, value)])
}

pub(super) fn text(plain: String) -> Value<'static> {
    Value::string(plain)
}

pub(super) fn word(plain: &'static str) -> Value<'static> {
    Value::string(plain)
}
