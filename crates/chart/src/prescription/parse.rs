//! Reading a line from a FHIR `MedicationRequest`: ours, those of the clinic's past, those of others. What is missing is
//! concluded from the words where they are plain, and absent otherwise.
use super::resource::{CATEGORY, FORM, INSTRUCTION, ORDER, REPEAT, RP};
use super::usage::{times_of, times_of_code};
use super::{Amount, Coding, Dispensing, Drug, Form, Line, Preparation, Prescribed, Status, Substitution, Usage};
use crate::author::awaits_approval;
use crate::view::element::{code, date, display, number, reference, text};
use karute_fhir::Id;
use karute_json::Value;

impl Line {
    /// Reads one; `None` when it was entered in error or names no drug.
    pub fn read(id: Id, version: u32, request: &Value<'_>) -> Option<Line> {
        let status = Status::parse(&text(request, &["status"])?)?;
        let by = text(request, &["recorder", "display"]).or_else(|| text(request, &["requester", "display"]));
        Some(Line {
            id,
            version,
            status,
            rp: numbered(request, RP),
            order: numbered(request, ORDER),
            what: Prescribed::read(request)?,
            written: date(request, &["authoredOn"]),
            prior: reference(request, &["priorPrescription", "reference"], "MedicationRequest"),
            visit: reference(request, &["encounter", "reference"], "Encounter"),
            by,
            awaits_approval: awaits_approval(request),
        })
    }
}

impl Prescribed {
    /// What a `MedicationRequest` prescribes; `None` when it names no drug.
    pub(super) fn read(request: &Value<'_>) -> Option<Prescribed> {
        let concept = request.get("medicationCodeableConcept")?;
        let drug = Drug { name: display(concept)?, codes: codings(concept) };
        let dosage = request.at(&["dosageInstruction", "0"]);
        let words = dosage.and_then(|d| text(d, &["text"]).or_else(|| d.at(&["timing", "code"]).and_then(display)));
        let (words, said) = split_count(words.unwrap_or_default());
        let dispense = request.get("dispenseRequest");
        let whole = |at: &[&str]| dispense.and_then(|d| number(d, at)).and_then(|n| n.parse::<u16>().ok());
        let days = whole(&["expectedSupplyDuration", "value"]);
        let as_needed = dosage.is_some_and(|d| d.get("asNeededBoolean").and_then(Value::as_bool) == Some(true));
        let form = category(request, FORM).as_deref().and_then(Form::parse).unwrap_or(match (as_needed, days) {
            (true, _) => Form::AsNeeded,
            (false, Some(_)) => Form::Internal,
            (false, None) => Form::External,
        });
        let quantity = dispense.and_then(|d| d.get("quantity"));
        let rate = dosage.and_then(|d| d.get("doseAndRate"));
        let dose_quantity = rate.and_then(|r| r.at(&["doseQuantity"]));
        let is_total = matches!(form, Form::External | Form::Injection);
        let total = quantity.and_then(amount).filter(|_| is_total);
        // Where the total is dispensed, a "dose" of as much is the total said once more.
        let dose = dose_quantity.and_then(amount).filter(|dose| Some(*dose) != total);
        let unit = dose_quantity.or(quantity).and_then(|q| text(q, &["unit"])).unwrap_or_default();
        let repeats = dispense.and_then(|d| repeat_count(d)).or(said);
        Some(Prescribed {
            drug,
            form,
            dose,
            unit,
            usage: usage(dosage, words),
            days,
            count: repeats.filter(|_| form == Form::AsNeeded),
            total,
            preparation: preparation(request, dispense),
            comment: text(request, &["note", "text"]),
            purpose: request.at(&["reasonCode", "0"]).and_then(display),
            dispensing: category(request, CATEGORY).as_deref().and_then(Dispensing::parse).unwrap_or_default(),
        })
    }
}

fn usage(dosage: Option<&Value<'_>>, text_: String) -> Usage {
    let concept = dosage.and_then(|d| d.at(&["timing", "code"]));
    let known = concept.map(codings).unwrap_or_default().into_iter().next();
    let additional = dosage.and_then(|d| d.get("additionalInstruction")).map_or(&[][..], Value::items);
    Usage {
        times: times_of(&text_).or_else(|| known.as_ref().and_then(|k| times_of_code(&k.code))),
        code: known,
        site: dosage.and_then(|d| d.get("site")).and_then(display),
        uneven: additional.iter().filter_map(|i| uneven(&text(i, &["text"])?)).collect(),
        text: text_,
    }
}

/// `疼痛時 10回分`: the words and the number of doses that earlier records write into them.
fn split_count(words: String) -> (String, Option<u16>) {
    let found = words.rsplit_once(' ').and_then(|(front, last)| {
        let count: u16 = last.strip_suffix("回分")?.parse().ok()?;
        Some((front.trim_end().to_owned(), Some(count)))
    });
    found.unwrap_or((words, None))
}

/// The amount in `不均等・1回目・4錠`.
fn uneven(words: &str) -> Option<Amount> {
    let plain: String = words.chars().map(super::amount::half_width).collect();
    let mut parts = plain.strip_prefix("不均等・")?.split('・');
    let amount = parts.nth(1)?;
    let digits: String = amount.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    Amount::parse(&digits)
}

fn preparation(request: &Value<'_>, dispense: Option<&Value<'_>>) -> Preparation {
    let extensions = dispense.and_then(|d| d.get("extension")).map_or(&[][..], Value::items);
    let says = |wanted: &str| {
        extensions.iter().any(|e| {
            text(e, &["url"]).as_deref() == Some(INSTRUCTION)
                && e.get("valueCodeableConcept").and_then(display).as_deref() == Some(wanted)
        })
    };
    let allowed = request.at(&["substitution", "allowedCodeableConcept"]);
    let substitution = match allowed.and_then(|c| text(c, &["coding", "code"])).as_deref() {
        Some("1" | "2" | "3") => Substitution::Refused,
        Some("8") => Substitution::Wished,
        _ => Substitution::Allowed,
    };
    Preparation { one_pack: says("一包化"), crushed: says("粉砕"), substitution }
}

fn repeat_count(dispense: &Value<'_>) -> Option<u16> {
    let extensions = dispense.get("extension").map_or(&[][..], Value::items);
    let found = extensions.iter().find(|e| text(e, &["url"]).as_deref() == Some(REPEAT))?;
    number(found, &["valueInteger"])?.parse().ok()
}

fn amount(quantity: &Value<'_>) -> Option<Amount> {
    Amount::read(quantity.get("value")?.as_number()?)
}

fn category(request: &Value<'_>, system: &str) -> Option<String> {
    request.get("category")?.items().iter().find_map(|concept| code(concept, system))
}

fn numbered(request: &Value<'_>, system: &str) -> u32 {
    let identifiers = request.get("identifier").map_or(&[][..], Value::items);
    let found = identifiers.iter().find(|i| text(i, &["system"]).as_deref() == Some(system));
    found.and_then(|i| text(i, &["value"])).and_then(|n| n.parse().ok()).unwrap_or(0)
}

fn codings(concept: &Value<'_>) -> Vec<Coding> {
    let items = concept.get("coding").map_or(&[][..], Value::items);
    let read = |coding: &Value<'_>| {
        Some(Coding {
            system: text(coding, &["system"]).unwrap_or_default(),
            code: text(coding, &["code"])?,
            display: text(coding, &["display"]).unwrap_or_default(),
        })
    };
    items.iter().filter_map(read).collect()
}
