//! Batches of items, written and read.
use super::Item;
use crate::ChartError;
use crate::parts::{concept, reference};
use crate::query::{parse, resource_type, search_all};
use crate::view::element::{date, reference as id_of, text};
use futures_util::future::BoxFuture;
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::{Object, Value};
use karute_ledger::{Access, Change, Expect, Lookup, Reader};

/// System of the origins.
const ORIGIN: &str = "urn:karute:outside";
const DOCUMENT: &str = "urn:karute:outside-document";
const ANSWER: &str = "urn:karute:outside-answer";
const INSTITUTION: &str = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
/// Items of a batch at most.
const MOST_ITEMS: usize = 2_000;
/// Batches of a patient read at most.
const MOST: usize = 300;

/// How it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// With a document that was sent to us.
    Letter,
    /// By viewing the six kinds of information with the patient's consent.
    Viewed,
}

impl Origin {
    /// Code of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Origin::Letter => "letter",
            Origin::Viewed => "viewed",
        }
    }
    /// As a search names it.
    pub(crate) fn token(self) -> String {
        format!("{ORIGIN}|{}", self.code())
    }
    fn parse(code: &str) -> Option<Origin> {
        [Origin::Letter, Origin::Viewed].into_iter().find(|origin| origin.code() == code)
    }
}

/// What one institution said at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// `List` id.
    pub id: Id,
    /// How it came.
    pub origin: Origin,
    /// Who said it.
    pub institution: String,
    /// Their 医療機関コード; empty when unknown.
    pub code: String,
    /// The day of the document, or of viewing.
    pub day: Option<Date>,
    /// The document it came with: `DocumentReference` id.
    pub document: Option<Id>,
    /// What they said.
    pub items: Vec<Item>,
}

/// The `List` of a batch.
pub(crate) fn list(
    origin: Origin,
    (institution, code): (&str, &str),
    day: Date,
    patient: Option<&Id>,
    document: Option<&Id>,
    items: &[Item],
) -> Value<'static> {
    let (mut contained, mut entries) = (Vec::new(), Vec::new());
    let mut last: Option<&Value<'static>> = None;
    for item in items.iter().take(MOST_ITEMS) {
        // Components of one observation are one resource.
        if last.is_some_and(|before| before.same_value(item.body())) {
            continue;
        }
        last = Some(item.body());
        let name = format!("i{}", contained.len() + 1);
        let mut body = item.body().clone();
        if let Some(object) = body.as_object_mut() {
            object.insert_at(1, "id", Value::string(name.clone()));
        }
        contained.push(body);
        entries.push(Value::object([("item", Value::object([("reference", Value::string(format!("#{name}")))]))]));
    }
    let mut body = Object::new().with("resourceType", "List");
    if !contained.is_empty() {
        body.insert("contained", Value::Array(contained));
    }
    let mut identifiers = Vec::new();
    if let Some(document) = document {
        identifiers.push(Value::Object(Object::new().with("system", DOCUMENT).with("value", document.to_string())));
    }
    if !code.is_empty() {
        identifiers.push(Value::Object(Object::new().with("system", INSTITUTION).with("value", code.to_owned())));
    }
    if !identifiers.is_empty() {
        body.insert("identifier", Value::Array(identifiers));
    }
    body.insert("status", Value::string("current"));
    body.insert("mode", Value::string("snapshot"));
    body.insert("title", Value::string(format!("他院の情報：{institution}")));
    body.insert("code", concept(ORIGIN, origin.code(), "他院の情報"));
    body.insert("date", Value::string(day.to_string()));
    body.insert("source", Value::object([("display", Value::string(institution.to_owned()))]));
    if !entries.is_empty() {
        body.insert("entry", Value::Array(entries));
    }
    with_patient(Value::Object(body), patient)
}

/// The same of another patient, or of nobody yet.
pub(crate) fn with_patient(mut body: Value<'static>, patient: Option<&Id>) -> Value<'static> {
    if let Some(object) = body.as_object_mut() {
        match patient {
            Some(patient) => object.insert("subject", reference("Patient", patient)),
            None => drop(object.remove("subject")),
        }
    }
    body
}

impl Batch {
    pub(crate) fn read(id: Id, body: &Value<'_>) -> Option<Batch> {
        let origin = body.get("code").and_then(|code| crate::view::element::code(code, ORIGIN))?;
        let identifiers = body.get("identifier").map_or(&[][..], Value::items);
        let of = |system: &str| {
            let found = identifiers.iter().find(|i| text(i, &["system"]).as_deref() == Some(system));
            found.and_then(|i| text(i, &["value"]))
        };
        let institution = text(body, &["source", "display"]).unwrap_or_default();
        let mut items: Vec<Item> =
            body.get("contained").map_or(&[][..], Value::items).iter().flat_map(Item::read).collect();
        for item in &mut items {
            if let super::What::Result(result) = &mut item.what {
                result.measured.source = Some(institution.clone());
            }
        }
        Some(Batch {
            id,
            origin: Origin::parse(&origin)?,
            code: of(INSTITUTION).unwrap_or_default(),
            day: date(body, &["date"]),
            document: of(DOCUMENT).and_then(|id| Id::new(&id).ok()),
            institution,
            items,
        })
    }
}

/// Everything other institutions said of a patient, newest first.
pub async fn read(reader: &Reader, patient: &Id) -> Result<Vec<Batch>, ChartError> {
    of_origins(reader, patient, &[Origin::Letter, Origin::Viewed]).await
}

async fn of_origins(reader: &Reader, patient: &Id, origins: &[Origin]) -> Result<Vec<Batch>, ChartError> {
    let code: Vec<String> = origins.iter().map(|origin| format!("{ORIGIN}|{}", origin.code())).collect();
    let code = code.join(",");
    let pairs = [("patient", patient.as_str()), ("code", code.as_str()), ("_sort", "-date"), ("_count", "100")];
    let mut found = Vec::new();
    for version in search_all(reader, "List", &pairs, MOST).await? {
        let body = parse(&version)?;
        if text(&body, &["status"]).as_deref() == Some("current") {
            found.extend(Batch::read(version.id.clone(), &body));
        }
    }
    Ok(found)
}

/// What a view of one institution's information brought.
#[derive(Clone, Copy, Debug)]
pub struct Viewed<'a> {
    /// Whose.
    pub patient: &'a Id,
    /// Name of the institution.
    pub institution: &'a str,
    /// Its 医療機関コード; empty when unknown.
    pub code: &'a str,
    /// Everything it says now; what it said the last time is replaced (and stays in the history). Empty for one that says
    /// nothing any longer.
    pub items: &'a [Item],
    /// `Binary` of the answer in which it came, to the byte.
    pub answer: Option<&'a Id>,
}

impl Viewed<'_> {
    /// The `List` that keeps it: the same for the same patient and institution.
    fn id(&self) -> Result<Id, ChartError> {
        let named = if self.code.is_empty() { self.institution } else { self.code };
        let hash = sha256(format!("viewed|{}|{named}", self.patient).as_bytes()).to_hex();
        Id::new(&format!("vw-{}", hash.get(..40).unwrap_or_default())).map_err(|_| ChartError::Invalid)
    }
}

/// What was viewed as a change, for a write that holds more; `None` when it is what was known already.
pub fn viewed_change<'a>(
    access: &'a Access,
    viewed: Viewed<'a>,
    now: Timestamp,
) -> BoxFuture<'a, Result<Option<Change>, ChartError>> {
    Box::pin(async move {
        let (id, kind) = (viewed.id()?, resource_type("List")?);
        let from = (viewed.institution, viewed.code);
        let (patient, day) = (Some(viewed.patient), now.day_in_japan());
        let mut body = list(Origin::Viewed, from, day, patient, None, viewed.items);
        if let (Some(answer), Some(object)) = (viewed.answer, body.as_object_mut()) {
            let mark = Value::Object(Object::new().with("system", ANSWER).with("value", answer.to_string()));
            let mut all = object.get("identifier").map_or_else(Vec::new, |known| known.items().to_vec());
            all.push(mark);
            object.insert("identifier", Value::Array(all));
        }
        let mut expect = Expect::Absent;
        if let Lookup::Found(version) = access.read(kind, &id).await? {
            let before = parse(&version)?;
            if before.get("contained").map(Value::items) == body.get("contained").map(Value::items)
                && id_of(&before, &["subject", "reference"], "Patient").as_ref() == Some(viewed.patient)
            {
                return Ok(None);
            }
            expect = Expect::Version(version.version);
        }
        Ok(Some(Change::Put { resource_type: kind, id, body, expect }))
    })
}

/// What was viewed of a patient, institution by institution, newest first; not what came with letters.
pub fn viewed<'a>(reader: &'a Reader, patient: &'a Id) -> BoxFuture<'a, Result<Vec<Batch>, ChartError>> {
    Box::pin(async move { of_origins(reader, patient, &[Origin::Viewed]).await })
}
