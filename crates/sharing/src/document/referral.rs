//! 診療情報提供書 (HS038, digest jp-fhir 5.2): the letter's text section by section, with the data that it was made of.
use super::bundle::{Entries, Made, Stamp};
use super::condition::{Way, condition};
use super::json::{Json, concept, extension, identifier, items, list, meta, reference, text, word, words};
use super::narrative::narrative;
use super::people::{
    addressee, class, doctor, institution_lacking, organization, outside_practitioner, patient, practitioner,
};
use super::source::Stored;
use super::{Lacking, Source, allergy, ids, laboratory, medication, names};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_chart::letter::{Letter, Section};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_terminology::Masters;

/// Sections inside of 構造情報 in the order of the guide.
const STRUCTURED: [Section; 20] = [
    Section::Purpose,
    Section::Diseases,
    Section::PresentIllness,
    Section::PastHistory,
    Section::Allergies,
    Section::FamilyHistory,
    Section::Findings,
    Section::Infections,
    Section::Social,
    Section::Immunizations,
    Section::Surgery,
    Section::Transfusions,
    Section::Treatments,
    Section::Drugs,
    Section::Results,
    Section::Course,
    Section::Plan,
    Section::Devices,
    Section::Directives,
    Section::Research,
];

/// A letter as a document. What still stands in its text of what the chart filled in goes along as data; text alone is
/// valid where it was written by hand. The contents of its
/// files are given by [`Source::with_file`]; to see what is missing before they are read, clear `files` of a preview.
///
/// # Errors
/// Everything that is missing, each with where it is mended.
pub fn referral(source: &Source, masters: &Masters, letter: &Letter, stamp: Stamp<'_>) -> Result<Made, Vec<Lacking>> {
    let mut lacking = institution_lacking(source, true);
    if source.institution.contact.as_ref().is_none_or(|contact| contact.address.is_empty()) {
        lacking.push(Lacking::Address);
    }
    if letter.to.code.is_empty() {
        lacking.push(Lacking::Addressee);
    }
    for section in [Section::Purpose, Section::Diseases, Section::PresentIllness] {
        if letter.text(section).trim().is_empty() {
            lacking.push(Lacking::Section(section));
        }
    }
    if letter.doctor.trim().is_empty() {
        lacking.push(Lacking::Doctor);
    }
    let member = ids::member(source, stamp.at.day_in_japan()).map_err(|error| lacking.push(error)).ok();
    let placeholder = ids::MemberId { system: names::MEMBER, value: String::new() };
    let about = patient(source, member.as_ref().unwrap_or(&placeholder), stamp.at);
    let about = about.map_err(|errors| lacking.extend(errors)).ok();
    let (Some(member), Some(about), true) = (member, about, lacking.is_empty()) else { return Err(lacking) };

    let mut entries = Entries::new(&stamp);
    let at = stamp.at;
    let patient = entries.add(about);
    let own = doctor(source, letter.doctor_id.as_ref().map_or("", Id::as_str), &letter.doctor);
    let author = entries.add(practitioner(source, &own, at));
    let from = entries.add(organization(source, at));
    let to = entries.add(addressee(&letter.to, at));
    let to_doctor = (!letter.to.doctor.is_empty()).then(|| entries.add(outside_practitioner(&letter.to.doctor, at)));
    let way = Way { source, masters, patient: &patient, unit: false, today: at.day_in_japan(), at };
    let mut parts = Parts { way, entries: &mut entries, known: Vec::new(), lacking: Vec::new() };

    let mut sections = vec![section(
        "920",
        "紹介元情報",
        &institution(&source.institution.name, &letter.doctor),
        [reference(&from, "紹介元医療機関"), reference(&author, "紹介元医師")],
    )];
    let mut addressees = vec![reference(&to, "紹介先医療機関")];
    addressees.extend(to_doctor.map(|to| reference(&to, "紹介先医師")));
    sections.push(section("910", "紹介先情報", &institution(&letter.to.name, &letter.to.doctor), addressees));
    let structured: Vec<Json> = STRUCTURED.into_iter().filter_map(|part| parts.section(part, letter)).collect();
    let mut whole = titled("300", "構造情報");
    whole.insert("section", list(structured));
    sections.push(Value::Object(whole));
    let files = parts.files(letter);
    if !files.is_empty() {
        sections.push(section("210", "添付情報", "", files));
    }
    let remarks = letter.text(Section::Remarks).trim();
    if !remarks.is_empty() {
        sections.push(section("220", "備考・連絡情報", remarks, []));
    }
    let lacking = parts.lacking;
    if !lacking.is_empty() {
        return Err(lacking);
    }
    let composition = composition(letter, &stamp, (&patient, &author, &from), sections);
    entries.first(composition);
    entries.finish(names::BUNDLE_REFERRAL, "document", None, (member.value, 1)).map_err(|error| vec![error])
}

fn institution(name: &str, doctor: &str) -> String {
    if doctor.is_empty() { name.to_owned() } else { format!("{name}\n{doctor}") }
}

pub(super) fn titled(code: &str, title: &str) -> Object<'static> {
    Object::new().with("title", word(title)).with("code", concept(names::SECTIONS, code, &format!("{title}セクション")))
}

fn section(code: &str, title: &str, text: &str, entries: impl IntoIterator<Item = Json>) -> Json {
    let mut made = titled(code, title);
    if !text.trim().is_empty() {
        made.insert("text", narrative(text));
    }
    let entries: Vec<Json> = entries.into_iter().collect();
    if !entries.is_empty() {
        made.insert("entry", list(entries));
    }
    Value::Object(made)
}

fn composition(
    letter: &Letter,
    stamp: &Stamp<'_>,
    (patient, author, from): (&str, &str, &str),
    sections: Vec<Json>,
) -> Json {
    let at = stamp.at;
    let issued = letter.signed.unwrap_or(at);
    let (category, shown) = letter.kind.category();
    Value::object([
        ("resourceType", word("Composition")),
        ("meta", meta(names::COMPOSITION_REFERRAL, at)),
        ("extension", list([extension(names::VERSION, "valueString", word(letter.issue.to_string()))])),
        ("identifier", identifier(names::INSTANCE, &stamp.id.document())),
        ("status", word("final")),
        ("type", concept(names::DOCUMENT_TYPES, "57133-1", "診療情報提供書")),
        ("category", list([concept(names::DOCUMENT_KINDS, category, shown)])),
        ("subject", reference(patient, "")),
        ("date", word(issued.to_fhir())),
        ("author", list([reference(author, ""), reference(from, "")])),
        ("title", word("診療情報提供書")),
        ("custodian", reference(from, "")),
        (
            "event",
            list([Value::object([
                ("code", list([words("診療情報提供書発行")])),
                ("period", Value::object([("start", word(issued.day_in_japan().to_string()))])),
            ])]),
        ),
        ("section", list(sections)),
    ])
}

struct Parts<'w, 'e, 's> {
    way: Way<'w>,
    entries: &'e mut Entries<'s>,
    /// Resources that are entries already: several sections may name one.
    known: Vec<(String, String)>,
    lacking: Vec<Lacking>,
}

impl Parts<'_, '_, '_> {
    /// A section with its data; none where nothing was written.
    fn section(&mut self, part: Section, letter: &Letter) -> Option<Json> {
        let text = letter.text(part).trim();
        if text.is_empty() {
            return None;
        }
        let body = letter.sections.iter().find(|(each, _)| *each == part).map(|(_, body)| body)?;
        let mut entries = Vec::new();
        if part == Section::Purpose {
            let asked = encounter(self.way.source, letter, text, self.way.at);
            let address = self.entries.add(asked);
            entries.push(reference(&address, "紹介目的"));
        }
        for source in body.sources() {
            entries.extend(self.resource(part, source).map(|address| reference(&address, part.title())));
        }
        if part == Section::Course {
            // The guide wants 臨床経過 as a document too.
            let whole = Value::object([
                ("resourceType", word("DocumentReference")),
                ("meta", meta(names::DOCUMENT_REFERENCE, self.way.at)),
                ("status", word("current")),
                ("subject", reference(self.way.patient, "")),
                ("description", word(text)),
                ("content", list([Value::object([("attachment", plain(text))])])),
            ]);
            let address = self.entries.add(whole);
            entries.push(reference(&address, part.title()));
        }
        Some(section(part.code(), part.title(), text, entries))
    }

    /// Adds a resource of the chart, where the section takes its kind.
    fn resource(&mut self, part: Section, source: &str) -> Option<String> {
        if let Some((_, address)) = self.known.iter().find(|(each, _)| each == source) {
            return Some(address.clone());
        }
        let (kind, id) = source.split_once('/')?;
        let of = |all: &[Stored]| all.iter().find(|stored| stored.id.as_str() == id).cloned();
        let made = match (part, kind) {
            (Section::Diseases | Section::PresentIllness | Section::PastHistory, "Condition") => {
                let stored = of(&self.way.source.conditions)?;
                // 未提供 is for no other institution: its name stands in the letter only if the doctor wrote it.
                if super::json::has_tag(&stored.body, names::FLAGS, Some("UNDELIVERED")) {
                    return None;
                }
                condition(self.way, &stored).map_err(|error| self.lacking.push(error)).ok()?
            }
            (Section::Allergies, "AllergyIntolerance") => allergy::allergy(self.way, &of(&self.way.source.allergies)?),
            (Section::Drugs, "MedicationRequest") => {
                medication::medication(self.way, &of(&self.way.source.prescriptions)?)?
            }
            (Section::Results | Section::Infections, "Observation") => {
                let stored = of(&self.way.source.observations)?;
                match laboratory::result(self.way, &stored) {
                    Ok(made) => made?,
                    // The words of it stand in the letter; a result without a doctor is no reason to send none.
                    Err(Lacking::Doctor) => return None,
                    Err(error) => {
                        self.lacking.push(error);
                        return None;
                    }
                }
            }
            (Section::Findings, "Observation") => finding(self.way, &of(&self.way.source.observations)?)?,
            _ => return None,
        };
        let address = self.entries.add(made);
        self.known.push((source.to_owned(), address.clone()));
        Some(address)
    }

    /// Files as documents with their content inside.
    fn files(&mut self, letter: &Letter) -> Vec<Json> {
        let mut entries = Vec::new();
        for file in &letter.files {
            // A letter never leaves without a file that its writer put in.
            let Some(content) = self.way.source.files.get(&file.binary) else {
                self.lacking.push(Lacking::File(file.title.clone()));
                continue;
            };
            let attachment = Value::object([
                ("contentType", word(file.media.clone())),
                ("data", word(STANDARD.encode(content))),
                ("title", word(file.title.clone())),
            ]);
            let whole = Value::object([
                ("resourceType", word("DocumentReference")),
                ("meta", meta(names::DOCUMENT_REFERENCE, self.way.at)),
                ("status", word("current")),
                ("subject", reference(self.way.patient, "")),
                ("description", word(file.title.clone())),
                ("content", list([Value::object([("attachment", attachment)])])),
            ]);
            let address = self.entries.add(whole);
            entries.push(reference(&address, &file.title));
        }
        entries
    }
}

fn plain(text: &str) -> Json {
    Value::object([("contentType", word("text/plain;charset=utf-8")), ("data", word(STANDARD.encode(text)))])
}

/// 紹介目的 as a visit with its reason.
fn encounter(source: &Source, letter: &Letter, purpose: &str, at: Timestamp) -> Json {
    let class = class(source, letter.visit.as_ref().map(Id::as_str));
    Value::object([
        ("resourceType", word("Encounter")),
        ("meta", meta(names::ENCOUNTER, at)),
        ("status", word("finished")),
        ("class", super::json::coding(names::ACT, class.0, class.1)),
        ("reasonCode", list([words(purpose)])),
    ])
}

/// 身体所見: a vital sign in words and numbers.
fn finding(way: Way<'_>, stored: &Stored) -> Option<Json> {
    let body = &stored.body;
    let name = body.get("code").and_then(super::json::display)?;
    let taken = text(body, &["effectiveDateTime"])?;
    let mut told: Vec<String> = Vec::new();
    let value = |node: &Value<'_>| {
        let number = node.at(&["valueQuantity", "value"])?.as_number()?.as_str().to_owned();
        let unit = text(node, &["valueQuantity", "unit"]).unwrap_or_default();
        Some(format!("{number} {unit}").trim_end().to_owned())
    };
    told.extend(value(body));
    for part in items(body, "component") {
        let part_name = part.get("code").and_then(super::json::display).unwrap_or_default();
        told.extend(value(part).map(|value| format!("{part_name} {value}")));
    }
    if told.is_empty() {
        return None;
    }
    let own = ids::instance(way.source, "OB", stored.id.as_str());
    Some(Value::object([
        ("resourceType", word("Observation")),
        ("meta", meta(names::OBSERVATION, way.at)),
        ("identifier", list([identifier(names::INSTANCE, &own)])),
        ("status", word("final")),
        ("category", list([concept(names::CATEGORY, "exam", "Exam")])),
        ("code", words(&name)),
        ("subject", reference(way.patient, "")),
        ("effectiveDateTime", word(taken)),
        ("valueString", word(told.join("、"))),
    ]))
}
