//! A signed letter as a FHIR `Composition`, written and read; the patient's consent as a `Consent`.
use super::draft::{Draft, Part};
use super::head::{Answers, Choice, Consent, Destination, File, Head, Route};
use super::material::Mark;
use super::section::{SYSTEM, Section};
use super::{Kind, LOINC_LETTER};
use crate::ChartError;
use crate::author::Author;
use crate::note::narrative;
use crate::parts::{coding, concept, reference, words};
use crate::view::Revision;
use crate::view::element::{code, display, extension, instant, number, plain, reference as id_of, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Number, Object, Value};

const LOINC: &str = "http://loinc.org";
const TYPES: &str = "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes";
const CATEGORIES: &str = "http://jpfhir.jp/fhir/Common/CodeSystem/doc-subtypecodes";
const KIND: &str = "urn:karute:letter-kind";
const ROUTE: &str = "urn:karute:letter-route";
const MARK: &str = "urn:karute:letter-mark";
const FILE: &str = "urn:karute:letter-file";
const ASKED_BY: &str = "urn:karute:asked-by";
const VERSION: &str = "http://hl7.org/fhir/StructureDefinition/composition-clinicaldocument-versionNumber";
const INSTITUTION: &str = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
const BOOK: &str = "urn:karute:address-book";
const DEPARTMENT: &str = "http://jpfhir.jp/fhir/eCS/Extension/StructureDefinition/JP_eCS_Department";
const ORGANIZATION_TYPE: &str = "http://terminology.hl7.org/CodeSystem/organization-type";

/// A section of a signed letter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Text.
    pub text: String,
    /// What of it came from the chart.
    pub marks: Vec<Mark>,
}

impl Body {
    /// Resources that the text is made of.
    pub fn sources(&self) -> Vec<&str> {
        let mut all: Vec<&str> = self.marks.iter().flat_map(|mark| mark.sources.iter().map(String::as_str)).collect();
        all.dedup();
        all
    }
}

/// A letter on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Opaque id.
    pub id: Id,
    /// Version.
    pub version: u32,
    /// Whose.
    pub patient: Id,
    /// The visit it was written in.
    pub visit: Option<Id>,
    /// For what.
    pub kind: Kind,
    /// How it leaves.
    pub route: Route,
    /// `Composition.status`: final, amended (差し替えた), entered-in-error (送信を取り消した).
    pub status: String,
    /// To whom.
    pub to: Destination,
    /// The doctor who signed (医師氏名).
    pub doctor: String,
    /// Their `Practitioner` id.
    pub doctor_id: Option<Id>,
    /// When it was signed.
    pub signed: Option<Timestamp>,
    /// Which issue of it: 1, 2 after the first 差し替え.
    pub issue: u32,
    /// Sections in which something stands, in the order of the screen.
    pub sections: Vec<(Section, Body)>,
    /// Files.
    pub files: Vec<File>,
    /// The letter it answers.
    pub answers: Option<Answers>,
    /// Why this version was made.
    pub revision: Option<Revision>,
}

impl Letter {
    /// Text of a section.
    pub fn text(&self, section: Section) -> &str {
        self.sections.iter().find(|(each, _)| *each == section).map_or("", |(_, body)| body.text.as_str())
    }

    /// Reads one; `None` when it is another kind of document.
    pub fn read(id: Id, version: u32, body: &Value<'_>) -> Option<Letter> {
        let kind = body.get("type").and_then(|concept| code(concept, LOINC))?;
        if kind != LOINC_LETTER {
            return None;
        }
        let categories = body.get("category").map_or(&[][..], Value::items);
        let event = body.at(&["event", "0"]);
        let answers = body.get("relatesTo").map_or(&[][..], Value::items).iter().find_map(|related| {
            let document = id_of(related, &["targetReference", "reference"], "DocumentReference")?;
            let words = text(related, &["targetReference", "display"]).unwrap_or_default();
            Some(Answers { document: document.to_string(), words })
        });
        let sections = body.get("section").map_or(&[][..], Value::items);
        let of = |wanted: &str| {
            sections.iter().find(|section| section.get("code").and_then(|c| code(c, SYSTEM)).as_deref() == Some(wanted))
        };
        Some(Letter {
            id,
            version,
            patient: id_of(body, &["subject", "reference"], "Patient")?,
            visit: event.and_then(|event| id_of(event, &["detail", "0", "reference"], "Encounter")),
            kind: categories.iter().find_map(|each| code(each, KIND)).and_then(|k| Kind::parse(&k)).unwrap_or_default(),
            route: extension(body, ROUTE)
                .and_then(|e| text(e, &["valueCode"]))
                .and_then(|code| Route::parse(&code))
                .unwrap_or_default(),
            status: text(body, &["status"])?,
            to: addressee(body),
            doctor: text(body, &["attester", "0", "party", "display"])
                .or_else(|| text(body, &["author", "0", "display"]))
                .unwrap_or_default(),
            doctor_id: id_of(body, &["attester", "0", "party", "reference"], "Practitioner"),
            signed: instant(body, &["attester", "0", "time"]).or_else(|| instant(body, &["date"])),
            issue: extension(body, VERSION)
                .and_then(|e| text(e, &["valueString"]))
                .and_then(|n| n.parse().ok())
                .unwrap_or(1),
            sections: Section::ALL
                .into_iter()
                .filter_map(|section| Some((section, section_of(of(section.code())?)?)))
                .collect(),
            files: of("210")
                .and_then(|section| section.get("entry"))
                .map_or(&[][..], Value::items)
                .iter()
                .filter_map(file_of)
                .collect(),
            answers,
            revision: crate::view::Note::revision_in(body),
        })
    }
}

/// What a draft will be once this person signs it: for the preview as the receiver sees it, and for finding what a document
/// would lack before anybody signs.
///
/// # Errors
/// [`ChartError::Invalid`] when the draft names no patient of a possible id.
pub fn preview(draft: &Draft, author: &Author, now: Timestamp) -> Result<Letter, ChartError> {
    let head = &draft.head;
    let id = |text: &str| Id::new(text).map_err(|_| ChartError::Invalid);
    let body = |part: &Part| Body { text: part.text.clone(), marks: part.marks.clone() };
    let filled = draft.parts.iter().filter(|(_, part)| !part.text.trim().is_empty());
    Ok(Letter {
        id: id(&head.letter)?,
        version: 0,
        patient: id(&head.patient)?,
        visit: head.visit.as_deref().map(id).transpose()?,
        kind: head.kind,
        route: head.route,
        status: "preliminary".to_owned(),
        to: head.to.clone().unwrap_or_default(),
        doctor: author.name.clone(),
        doctor_id: Some(author.person.clone()),
        signed: Some(now),
        issue: 1,
        sections: filled.map(|(section, part)| (*section, body(part))).collect(),
        files: head.files.clone(),
        answers: head.answers.clone(),
        revision: None,
    })
}

fn string(plain: impl Into<String>) -> Value<'static> {
    Value::string(plain.into())
}

/// The `Composition` of a draft. `earlier`: number of the issue before and why it is replaced.
pub(super) fn composition(
    draft: &Draft,
    patient: &Id,
    author: &Author,
    earlier: Option<(u32, &str)>,
    now: Timestamp,
) -> Value<'static> {
    let head = &draft.head;
    let to = head.to.clone().unwrap_or_default();
    let issue = earlier.map_or(1, |(issue, _)| issue.saturating_add(1));
    let mut body = Object::new().with("resourceType", "Composition");
    body.insert("contained", Value::Array(contained(&to)));
    body.insert(
        "extension",
        Value::Array(vec![
            Value::object([("url", string(VERSION)), ("valueString", string(issue.to_string()))]),
            Value::object([("url", string(ROUTE)), ("valueCode", string(head.route.code()))]),
        ]),
    );
    body.insert("status", string(if issue > 1 { "amended" } else { "final" }));
    let codings = vec![coding(LOINC, LOINC_LETTER, "Referral note"), coding(TYPES, LOINC_LETTER, "診療情報提供書")];
    body.insert("type", Value::object([("coding", Value::Array(codings)), ("text", string("診療情報提供書"))]));
    let (category, name) = head.kind.category();
    let codings = vec![coding(CATEGORIES, category, name), coding(KIND, head.kind.code(), head.kind.word())];
    let category = Value::object([("coding", Value::Array(codings)), ("text", string(head.kind.word()))]);
    body.insert("category", Value::Array(vec![category]));
    body.insert("subject", reference("Patient", patient));
    body.insert("date", string(now.to_fhir()));
    body.insert("author", Value::Array(vec![author.reference()]));
    body.insert("title", string("診療情報提供書"));
    let attester = [("mode", string("legal")), ("time", string(now.to_fhir())), ("party", author.reference())];
    body.insert("attester", Value::Array(vec![Value::object(attester)]));
    if let Some(answers) = &head.answers {
        let target = Value::object([
            ("reference", string(format!("DocumentReference/{}", answers.document))),
            ("display", string(answers.words.clone())),
        ]);
        let related = Value::object([("code", string("appends")), ("targetReference", target)]);
        body.insert("relatesTo", Value::Array(vec![related]));
    }
    // The visit stands as an event: an encounter here would make it the record of that visit.
    let mut event = Object::new()
        .with("code", Value::Array(vec![words("診療情報提供書発行")]))
        .with("period", Value::object([("start", string(now.day_in_japan().to_string()))]));
    if let Some(visit) = head.visit.as_deref().and_then(|visit| Id::new(visit).ok()) {
        event.insert("detail", Value::Array(vec![reference("Encounter", &visit)]));
    }
    body.insert("event", Value::Array(vec![Value::Object(event)]));
    body.insert("section", Value::Array(sections(draft, &to)));
    let mut body = Value::Object(body);
    if let Some((_, reason)) = earlier {
        crate::note::because(&mut body, reason, author, now);
    }
    body
}

fn contained(to: &Destination) -> Vec<Value<'static>> {
    let mut organization = Object::new().with("resourceType", "Organization").with("id", "to");
    if !to.department.is_empty() {
        let department = Value::object([("url", string(DEPARTMENT)), ("valueCodeableConcept", words(&to.department))]);
        organization.insert("extension", Value::Array(vec![department]));
    }
    let mut identifiers = Vec::new();
    let mut identifier = |system: &'static str, value: &str| {
        if !value.is_empty() {
            identifiers.push(Value::object([("system", string(system)), ("value", string(value))]));
        }
    };
    identifier(INSTITUTION, &to.code);
    identifier(BOOK, to.book.as_deref().unwrap_or_default());
    if !identifiers.is_empty() {
        organization.insert("identifier", Value::Array(identifiers));
    }
    let kind = if to.is_other { ("other", "Other") } else { ("prov", "Healthcare Provider") };
    organization.insert("type", Value::Array(vec![concept(ORGANIZATION_TYPE, kind.0, kind.1)]));
    organization.insert("name", string(to.name.clone()));
    let telecom = |system: &'static str, value: &str| {
        let point = [("system", string(system)), ("value", string(value))];
        (!value.is_empty()).then(|| Value::object(point))
    };
    let telecoms: Vec<_> = telecom("phone", &to.phone).into_iter().chain(telecom("fax", &to.fax)).collect();
    if !telecoms.is_empty() {
        organization.insert("telecom", Value::Array(telecoms));
    }
    if !to.address.is_empty() {
        organization.insert("address", Value::Array(vec![words(&to.address)]));
    }
    let mut all = vec![Value::Object(organization)];
    if !to.doctor.is_empty() {
        let name = Value::Array(vec![words(&to.doctor)]);
        all.push(Value::object([
            ("resourceType", string("Practitioner")),
            ("id", string("to-doctor")),
            ("name", name),
        ]));
    }
    all
}

fn addressee(body: &Value<'_>) -> Destination {
    let all = body.get("contained").map_or(&[][..], Value::items);
    let of = |wanted: &str| all.iter().find(|each| text(each, &["id"]).as_deref() == Some(wanted));
    let Some(to) = of("to") else { return Destination::default() };
    let identifier = |system: &str| {
        let all = to.get("identifier").map_or(&[][..], Value::items);
        all.iter().find(|i| text(i, &["system"]).as_deref() == Some(system)).and_then(|i| text(i, &["value"]))
    };
    let telecom = |system: &str| {
        let all = to.get("telecom").map_or(&[][..], Value::items);
        let found = all.iter().find(|t| text(t, &["system"]).as_deref() == Some(system));
        found.and_then(|t| text(t, &["value"])).unwrap_or_default()
    };
    Destination {
        book: identifier(BOOK),
        code: identifier(INSTITUTION).unwrap_or_default(),
        name: text(to, &["name"]).unwrap_or_default(),
        department: extension(to, DEPARTMENT)
            .and_then(|e| e.get("valueCodeableConcept"))
            .and_then(display)
            .unwrap_or_default(),
        doctor: of("to-doctor").and_then(|d| text(d, &["name", "0", "text"])).unwrap_or_default(),
        address: text(to, &["address", "0", "text"]).unwrap_or_default(),
        phone: telecom("phone"),
        fax: telecom("fax"),
        is_other: to
            .get("type")
            .is_some_and(|t| t.items().iter().any(|t| code(t, ORGANIZATION_TYPE).as_deref() == Some("other"))),
    }
}

fn titled(code: &str, title: &str) -> Object<'static> {
    Object::new().with("title", title.to_owned()).with("code", concept(SYSTEM, code, &format!("{title}セクション")))
}

fn sections(draft: &Draft, to: &Destination) -> Vec<Value<'static>> {
    let mut entries = vec![Value::object([("reference", string("#to")), ("display", string(to.name.clone()))])];
    if !to.doctor.is_empty() {
        entries.push(Value::object([("reference", string("#to-doctor")), ("display", string(to.doctor.clone()))]));
    }
    let mut all = vec![Value::Object(titled("910", "紹介先情報").with("entry", Value::Array(entries)))];
    all.extend(draft.parts.iter().filter(|(_, part)| !part.text.trim().is_empty()).map(section));
    if !draft.head.files.is_empty() {
        let entries = draft.head.files.iter().map(file).collect();
        all.push(Value::Object(titled("210", "添付情報").with("entry", Value::Array(entries))));
    }
    all
}

fn section((section, part): &(Section, Part)) -> Value<'static> {
    let mut body = titled(section.code(), section.title());
    let marks: Vec<Value<'static>> = part.marks.iter().map(mark).collect();
    if !marks.is_empty() {
        body.insert("extension", Value::Array(marks));
    }
    body.insert("text", narrative(&part.text));
    let mut sources: Vec<&String> = part.marks.iter().flat_map(|mark| &mark.sources).collect();
    sources.sort();
    sources.dedup();
    if !sources.is_empty() {
        let entries = sources.into_iter().map(|source| Value::object([("reference", string(source))])).collect();
        body.insert("entry", Value::Array(entries));
    }
    Value::Object(body)
}

fn mark(mark: &Mark) -> Value<'static> {
    let part = |url: &'static str, value: &str| Value::object([("url", string(url)), ("valueString", string(value))]);
    let mut parts = vec![part("key", &mark.key), part("text", &mark.text)];
    parts.extend(mark.sources.iter().map(|source| part("source", source)));
    Value::object([("url", string(MARK)), ("extension", Value::Array(parts))])
}

fn section_of(section: &Value<'_>) -> Option<Body> {
    let div = section.at(&["text", "div"])?.as_str()?;
    let extensions = section.get("extension").map_or(&[][..], Value::items);
    let marks = extensions.iter().filter(|e| text(e, &["url"]).as_deref() == Some(MARK)).filter_map(|extension| {
        let parts = extension.get("extension").map_or(&[][..], Value::items);
        let named = |name: &'static str| {
            parts
                .iter()
                .filter(move |part| text(part, &["url"]).as_deref() == Some(name))
                .filter_map(|part| part.get("valueString")?.as_str().map(std::borrow::Cow::into_owned))
        };
        Some(Mark { key: named("key").next()?, text: named("text").next()?, sources: named("source").collect() })
    });
    Some(Body { text: plain(&div), marks: marks.collect() })
}

fn file(file: &File) -> Value<'static> {
    let size = Number::from_i64(i64::try_from(file.bytes).unwrap_or(i64::MAX));
    let attachment = Value::object([
        ("contentType", string(file.media.clone())),
        ("url", string(format!("Binary/{}", file.binary))),
        ("size", Value::Number(size)),
        ("title", string(file.title.clone())),
    ]);
    let extension = Value::object([("url", string(FILE)), ("valueAttachment", attachment)]);
    Value::object([
        ("extension", Value::Array(vec![extension])),
        ("reference", string(format!("DocumentReference/{}", file.document))),
        ("display", string(file.title.clone())),
    ])
}

fn file_of(entry: &Value<'_>) -> Option<File> {
    let attachment = extension(entry, FILE)?.get("valueAttachment")?;
    Some(File {
        document: id_of(entry, &["reference"], "DocumentReference")?.to_string(),
        title: text(attachment, &["title"]).unwrap_or_default(),
        media: text(attachment, &["contentType"])?,
        bytes: number(attachment, &["size"]).and_then(|n| n.parse().ok()).unwrap_or(0),
        binary: id_of(attachment, &["url"], "Binary")?.to_string(),
    })
}

/// The `Consent` of a letter: given orally it is active; left to the patient it is proposed.
pub(super) fn consent(head: &Head, letter: &Id, patient: &Id) -> Option<Value<'static>> {
    let consent = head.consent.as_ref()?;
    let asker = Value::object([
        ("reference", string(format!("Practitioner/{}", consent.person))),
        ("display", string(consent.name.clone())),
    ]);
    let data = Value::object([("meaning", string("instance")), ("reference", reference("Composition", letter))]);
    let policy = format!("診療情報提供書の提供：{}", consent.choice.word());
    Some(Value::object([
        ("resourceType", string("Consent")),
        ("extension", Value::Array(vec![Value::object([("url", string(ASKED_BY)), ("valueReference", asker)])])),
        ("status", string(if consent.choice == Choice::Oral { "active" } else { "proposed" })),
        ("scope", concept("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "Privacy Consent")),
        ("category", Value::Array(vec![concept(LOINC, "59284-0", "Consent Document")])),
        ("patient", reference("Patient", patient)),
        ("dateTime", string(consent.given().to_fhir())),
        ("performer", Value::Array(vec![reference("Patient", patient)])),
        ("policyRule", words(&policy)),
        ("provision", Value::object([("type", string("permit")), ("data", Value::Array(vec![data]))])),
    ]))
}

/// Reads it.
pub(super) fn consent_of(body: &Value<'_>) -> Option<Consent> {
    let asker = extension(body, ASKED_BY)?.get("valueReference")?;
    Some(Consent {
        choice: match text(body, &["status"])?.as_str() {
            "active" => Choice::Oral,
            "proposed" => Choice::Later,
            _ => return None,
        },
        person: id_of(asker, &["reference"], "Practitioner")?.to_string(),
        name: text(asker, &["display"]).unwrap_or_default(),
        at: instant(body, &["dateTime"])?.as_micros(),
    })
}
