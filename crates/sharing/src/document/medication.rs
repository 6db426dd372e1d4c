//! 処方 inside documents (digest jp-fhir 6.9): what the patient takes now, line by line.
use super::condition::Way;
use super::json::{Json, coding, concept, extension, id_in, identifier, list, reference, text, word};
use super::people::{class, contained_encounter, contained_practitioner, doctor, ours};
use super::source::{Stored, doctor_of};
use super::{ids, names};
use karute_chart::prescription::{Coding, Form, Line, Prescribed, Substitution};
use karute_japan::Timestamp;
use karute_json::{Number, Object, Value};
use karute_terminology::CodeSystem;

const CATEGORY: &str = "http://jpfhir.jp/fhir/core/CodeSystem/JP_MedicationCategoryMERIT9_CS";
const SUBSTITUTION: &str = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationSubstitutionProhibittedCategory";
const ROUTE: &str = "http://jpfhir.jp/fhir/core/CodeSystem/route-codes";

/// Units as people write them and as MERIT-9 abbreviates them; others go by their own name.
const UNITS: [(&str, &str); 13] = [
    ("錠", "TAB"),
    ("カプセル", "CAP"),
    ("包", "PCK"),
    ("g", "g"),
    ("mg", "mg"),
    ("mL", "mL"),
    ("本", "HON"),
    ("瓶", "BTL"),
    ("枚", "SHT"),
    ("個", "KO"),
    ("キット", "KIT"),
    ("滴", "DRP"),
    ("単位", "U"),
];

/// One line; `None` for what is no line of a prescription.
pub(super) fn medication(way: Way<'_>, stored: &Stored) -> Option<Json> {
    let (source, body) = (way.source, &stored.body);
    let line = Line::read(stored.id.clone(), 1, body)?;
    let what = &line.what;
    let encounter = id_in(body, &["encounter", "reference"], "Encounter");
    let class = class(source, encounter.as_deref());
    let asked = id_in(body, &["requester", "reference"], "Practitioner")
        .map(|id| (id, text(body, &["requester", "display"]).unwrap_or_default()))
        .or_else(|| encounter.as_ref().and_then(|id| source.encounters.get(id)).and_then(doctor_of));
    let requester = asked.map(|(id, shown)| doctor(source, &id, &shown)).filter(|(name, _)| !name.is_empty());
    let mut contained = vec![contained_encounter("e1", class)];
    contained.extend(requester.as_ref().map(|doctor| contained_practitioner(source, "p1", doctor)));
    let own = ids::instance(source, "MR", stored.id.as_str());
    let mut made = Object::new()
        .with("resourceType", "MedicationRequest")
        .with("meta", super::json::meta(names::MEDICATION, way.at))
        .with("contained", list(contained))
        .with("extension", list(ours(source)))
        .with(
            "identifier",
            list([
                identifier(names::RP, &line.rp.max(1).to_string()),
                identifier(names::RP_ORDER, &line.order.max(1).to_string()),
                identifier(names::INSTANCE, &own),
            ]),
        )
        .with("status", "completed")
        .with("intent", "order");
    let category = match what.dispensing.code() {
        "OHI" => ("OHI", "院内処方"),
        _ => ("OHO", "院外処方"),
    };
    made.insert("category", list([concept(CATEGORY, category.0, category.1)]));
    made.insert("medicationCodeableConcept", drug(what));
    made.insert("subject", reference(way.patient, ""));
    made.insert("encounter", reference("#e1", class.1));
    let written = text(body, &["authoredOn"]).and_then(|at| Timestamp::parse(&at));
    let day = line.written.unwrap_or(way.today);
    let written = written.unwrap_or_else(|| Timestamp::in_japan(day, 0, 0, 0));
    made.insert("authoredOn", word(written.to_fhir()));
    if let Some((name, _)) = &requester {
        made.insert("requester", reference("#p1", name));
    }
    made.insert("dosageInstruction", list([dosage(what, &day.to_string())]));
    if let Some(dispense) = dispense(what) {
        made.insert("dispenseRequest", dispense);
    }
    if what.preparation.substitution != Substitution::Allowed {
        let refused = concept(SUBSTITUTION, "1", "後発品変更不可");
        made.insert("substitution", Value::object([("allowedCodeableConcept", refused)]));
    }
    Some(Value::Object(made))
}

/// Exactly one of YJ and 規格別薬剤成分 (R3010); the general name's code in addition; none: 標準コードなし.
fn drug(what: &Prescribed) -> Json {
    let of = |system: CodeSystem| {
        what.drug.codes.iter().find(|c| CodeSystem::of_url(&c.system) == Some(system)).map(|c| c.code.clone())
    };
    let twelve = |code: &String| code.len() == 12;
    let name = &what.drug.name;
    let general = of(CodeSystem::GenericName).filter(twelve);
    let ingredient = of(CodeSystem::Ingredient).filter(twelve).or_else(|| {
        // A general name's code begins as 規格別薬剤成分 does where it ends so.
        general.clone().filter(|code| code.ends_with("ZZZ") && name.starts_with("【般】"))
    });
    let product = of(CodeSystem::Yj).or_else(|| of(CodeSystem::NhiDrug)).filter(twelve).filter(|c| !c.ends_with("ZZZ"));
    let mut codings = Vec::new();
    match (product, ingredient) {
        (Some(yj), _) if !name.starts_with("【般】") => codings.push(coding(CodeSystem::Yj.url(), &yj, name)),
        (_, Some(code)) => codings.push(coding(CodeSystem::Ingredient.url(), &code, name)),
        (Some(yj), None) => codings.push(coding(CodeSystem::Yj.url(), &yj, name)),
        (None, None) => codings.push(coding(names::UNCODED_DRUG, "NOCODED", "標準コードなし")),
    }
    if let Some(general) = general {
        codings.push(coding(CodeSystem::GenericName.url(), &general, name));
    }
    Value::object([("coding", list(codings)), ("text", word(name.clone()))])
}

fn quantity(amount: &str, unit: &str) -> Option<Json> {
    let code = UNITS.iter().find(|(shown, _)| *shown == unit).map_or(unit, |(_, code)| code);
    if code.is_empty() {
        return None;
    }
    Some(Value::object([
        ("value", Value::Number(Number::from_lexeme(amount)?)),
        ("unit", word(unit)),
        ("system", word(names::UNIT)),
        ("code", word(code)),
    ]))
}

fn days(count: u16) -> Json {
    Value::object([
        ("value", Value::Number(Number::from_i64(i64::from(count)))),
        ("unit", word("日")),
        ("system", word(names::UCUM)),
        ("code", word("d")),
    ])
}

fn dosage(what: &Prescribed, start: &str) -> Json {
    let usage = &what.usage;
    let shown = if usage.text.trim().is_empty() { "用法の指示なし".to_owned() } else { usage.text.clone() };
    let period = Value::object([("start", word(start))]);
    let mut made = Object::new()
        .with("extension", list([extension(names::PERIOD_OF_USE, "valuePeriod", period)]))
        .with("text", word(shown.clone()));
    // A code of the electronic prescription's list, else the dummy; exactly one of them (R5020, R5021).
    let known = usage.code.as_ref().filter(|c| CodeSystem::of_url(&c.system) == Some(CodeSystem::EPrescriptionUsage));
    let mut codings = vec![match known {
        Some(Coding { code, display, .. }) => {
            let display = if display.is_empty() { &shown } else { display };
            coding(CodeSystem::EPrescriptionUsage.url(), code, display)
        }
        None => coding(names::UNCODED_USAGE, "0X0XXXXXXXXX0000", "ダミー用法コード"),
    }];
    let jami = usage.code.as_ref().filter(|c| CodeSystem::of_url(&c.system) == Some(CodeSystem::Usage));
    codings.extend(jami.filter(|c| c.code.len() == 16).map(|c| {
        let display = if c.display.is_empty() { &shown } else { &c.display };
        coding(CodeSystem::Usage.url(), &c.code, display)
    }));
    let mut timing = Object::new();
    if let Some(count) = what.days {
        timing.insert("repeat", Value::object([("boundsDuration", days(count))]));
    }
    timing.insert("code", Value::object([("coding", list(codings)), ("text", word(shown))]));
    made.insert("timing", Value::Object(timing));
    if what.form == Form::AsNeeded {
        made.insert("asNeededBoolean", Value::Bool(true));
    }
    if let Some(site) = &usage.site {
        made.insert("site", super::json::words(site));
    }
    if matches!(what.form, Form::Internal | Form::AsNeeded) {
        made.insert("route", concept(ROUTE, "PO", "口"));
    }
    let mut dose = Object::new().with("type", concept(names::STRENGTH, "1", "製剤量"));
    if let Some(quantity) = what.dose.and_then(|dose| quantity(&dose.plain(), &what.unit)) {
        dose.insert("doseQuantity", quantity);
    }
    if let (Form::Internal, Some(day)) = (what.form, what.daily().and_then(|day| quantity(&day.plain(), &what.unit))) {
        let one = Value::object([
            ("value", Value::Number(Number::from_i64(1))),
            ("unit", word("日")),
            ("system", word(names::UCUM)),
            ("code", word("d")),
        ]);
        dose.insert("rateRatio", Value::object([("numerator", day), ("denominator", one)]));
    }
    if dose.len() > 1 {
        made.insert("doseAndRate", list([Value::Object(dose)]));
    }
    Value::Object(made)
}

fn dispense(what: &Prescribed) -> Option<Json> {
    let mut made = Object::new();
    if let (Form::AsNeeded, Some(count)) = (what.form, what.count) {
        let count = Value::Number(Number::from_i64(i64::from(count)));
        made.insert("extension", list([extension(names::REPEAT_COUNT, "valueInteger", count)]));
    }
    if let Some(all) = what.all().and_then(|all| quantity(&all.plain(), &what.unit)) {
        made.insert("quantity", all);
    }
    if let Some(count) = what.days {
        made.insert("expectedSupplyDuration", days(count));
    }
    (!made.is_empty()).then_some(Value::Object(made))
}
