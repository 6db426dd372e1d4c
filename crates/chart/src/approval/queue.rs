//! The queue.
use crate::ChartError;
use crate::author::{AWAITING_APPROVAL, ENTRY_SYSTEM, principal_in, proxy_in};
use crate::note::{self, Unconfirmed};
use crate::query::{parse, resource_type, search};
use crate::view::element::{display, instant, reference, text};
use crate::view::{Encounter, Medication, Note, Person, Problem};
use futures_util::future::BoxFuture;
use karute_fhir::{Id, ResourceType};
use karute_japan::{Date, Timestamp};
use karute_json::Value;
use karute_ledger::{Access, Action, Page, Reader, Version};

/// What kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 記録
    Note,
    /// 病名
    Problem,
    /// 処方
    Prescription,
    /// オーダー
    Request,
    /// アレルギー
    Allergy,
    /// 感染症などの注意
    Alert,
    /// 妊娠・授乳
    Pregnancy,
    /// 文書・画像
    Document,
}

impl Kind {
    /// All of them, in the order shown.
    pub const ALL: [Kind; 8] = [
        Kind::Note,
        Kind::Problem,
        Kind::Prescription,
        Kind::Request,
        Kind::Allergy,
        Kind::Alert,
        Kind::Pregnancy,
        Kind::Document,
    ];

    /// Word shown.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Note => "記録",
            Kind::Problem => "病名",
            Kind::Prescription => "処方",
            Kind::Request => "オーダー",
            Kind::Allergy => "アレルギー",
            Kind::Alert => "注意",
            Kind::Pregnancy => "妊娠・授乳",
            Kind::Document => "文書",
        }
    }
    /// Resource type; also the code in forms.
    pub fn type_name(self) -> &'static str {
        match self {
            Kind::Note => "Composition",
            Kind::Problem => "Condition",
            Kind::Prescription => "MedicationRequest",
            Kind::Request => "ServiceRequest",
            Kind::Allergy => "AllergyIntolerance",
            Kind::Alert => "Flag",
            Kind::Pregnancy => "Observation",
            Kind::Document => "DocumentReference",
        }
    }
    pub(super) fn resource_type(self) -> Result<ResourceType, ChartError> {
        resource_type(self.type_name())
    }
    /// What of its resource type is decided by itself: vital signs are decided with their note.
    fn waiting(self, count: &'static str) -> Vec<(&'static str, String)> {
        let tag = ("_tag", format!("{ENTRY_SYSTEM}|{AWAITING_APPROVAL}"));
        let mut pairs = vec![tag, ("_count", count.to_owned())];
        if self == Kind::Pregnancy {
            pairs.push(("category", "social-history".to_owned()));
        }
        pairs
    }
    /// By its resource type.
    pub fn parse(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.type_name() == name)
    }
}

/// An entry that waits.
#[derive(Clone, Debug)]
pub struct Item {
    /// Kind.
    pub kind: Kind,
    /// Id.
    pub id: Id,
    /// Version that was read; approving names it.
    pub version: u32,
    /// What it says.
    pub words: Vec<String>,
    /// The proxy who entered or changed it.
    pub author: Option<String>,
    /// For whom (依頼医): the doctor of the visit.
    pub principal: Option<String>,
    /// When.
    pub at: Option<Timestamp>,
    /// The visit it belongs to.
    pub visit: Option<Id>,
    /// Whose.
    pub person: Person,
}

/// A visit nobody confirmed.
#[derive(Clone, Debug)]
pub struct Open {
    /// The visit and its drafts.
    pub visit: Unconfirmed,
    /// Whose.
    pub person: Person,
}

/// What waits for a doctor.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Entries of proxies, oldest first.
    pub items: Vec<Item>,
    /// Visits of earlier days whose record is not confirmed.
    pub visits: Vec<Open>,
    /// Whether there are more entries than are shown.
    pub more: bool,
}

/// Entries of one kind shown at most.
const MOST: &str = "100";

/// What waits for this doctor on a day: every proxy's entry of the clinic, and the doctor's own unconfirmed visits of
/// earlier days (those nobody is named for belong to everybody). One audit event.
pub fn queue<'a>(access: &'a Access, doctor: &'a Id, today: Date) -> BoxFuture<'a, Result<Queue, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("承認待ち");
        let mut queue = Queue::default();
        let mut found = Vec::new();
        for kind in Kind::ALL {
            let page = search_for(&reader, kind, MOST).await?;
            queue.more |= page.next.is_some();
            for version in page.matches {
                found.extend(read(kind, &version)?);
            }
        }
        let open = own(&reader, note::unconfirmed(access, today).await?, doctor).await?;
        let people = people(&reader, found.iter().map(|(_, p)| p).chain(open.iter().map(|u| &u.patient))).await?;
        let who = |id: &Id| people.iter().find(|p| &p.id == id).cloned();
        for (item, patient) in found {
            if let Some(person) = who(&patient) {
                queue.items.push(Item { person, ..item });
            }
        }
        queue.visits = open.into_iter().filter_map(|u| Some(Open { person: who(&u.patient)?, visit: u })).collect();
        queue.items.sort_by_key(|i| (i.at, i.kind, i.id.clone()));
        Ok(reader.release(queue).await?)
    })
}

/// How many entries of proxies wait. Nothing of them is read; one audit event says that they were counted.
pub fn count(access: &Access) -> BoxFuture<'_, Result<u64, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("承認待ちの件数");
        let mut count = 0;
        for kind in Kind::ALL {
            let page = search_for(&reader, kind, "0").await?;
            count += page.total.unwrap_or_default();
        }
        Ok(reader.release(count).await?)
    })
}

async fn search_for(reader: &Reader, kind: Kind, count: &'static str) -> Result<Page, ChartError> {
    let pairs = kind.waiting(count);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    search(reader, kind.type_name(), &pairs).await
}

async fn people<'i>(reader: &Reader, ids: impl Iterator<Item = &'i Id>) -> Result<Vec<Person>, ChartError> {
    let patient = resource_type("Patient")?;
    let mut wanted: Vec<(ResourceType, Id)> = ids.map(|id| (patient, id.clone())).collect();
    wanted.sort_by(|a, b| a.1.cmp(&b.1));
    wanted.dedup_by(|a, b| a.1 == b.1);
    let mut people = Vec::new();
    for version in reader.read_many(&wanted).await? {
        people.push(Person::read(version.id.clone(), &parse(&version)?));
    }
    Ok(people)
}

/// Those of this doctor: who saw the patient, or wrote; everybody's when the visit names no doctor.
async fn own(reader: &Reader, all: Vec<Unconfirmed>, doctor: &Id) -> Result<Vec<Unconfirmed>, ChartError> {
    let encounter = resource_type("Encounter")?;
    let wanted: Vec<_> = all.iter().map(|u| (encounter, u.visit.clone())).collect();
    let mut theirs = Vec::new();
    for version in reader.read_many(&wanted).await? {
        let body = parse(&version)?;
        let names = body.get("participant").map_or(&[][..], Value::items);
        let mut doctors = names.iter().filter_map(|p| reference(p, &["individual", "reference"], "Practitioner"));
        let visit = Encounter::read(version.id.clone(), version.version, &body);
        if visit.practitioner.is_none() || doctors.any(|d| &d == doctor) {
            theirs.push(version.id.clone());
        }
    }
    Ok(all
        .into_iter()
        .filter(|u| theirs.contains(&u.visit) || u.authors.iter().any(|(id, _)| id == doctor.as_str()))
        .collect())
}

fn read(kind: Kind, version: &Version) -> Result<Option<(Item, Id)>, ChartError> {
    let body = parse(version)?;
    if !crate::author::awaits_approval(&body) {
        return Ok(None);
    }
    let subject = reference(&body, &["subject", "reference"], "Patient");
    let Some(patient) = subject.or_else(|| reference(&body, &["patient", "reference"], "Patient")) else {
        return Ok(None);
    };
    let hands = [
        ["author", "0", "display"].as_slice(),
        &["recorder", "display"],
        &["requester", "display"],
        &["author", "display"],
        &["performer", "0", "display"],
    ];
    // What was entered before a proxy's entry named the doctor, and what has none, says nothing.
    let item = Item {
        kind,
        id: version.id.clone(),
        version: version.version,
        words: said(kind, &body),
        author: proxy_in(&body).or_else(|| hands.iter().find_map(|path| text(&body, path))),
        principal: principal_in(&body),
        at: instant(&body, &["meta", "lastUpdated"]).or(Some(version.updated)),
        visit: reference(&body, &["encounter", "reference"], "Encounter"),
        person: Person::read(patient.clone(), &Value::object::<&str, 0>([])),
    };
    Ok(Some((item, patient)))
}

/// What an entry says; of one that was taken back, that it was.
fn said(kind: Kind, body: &Value<'_>) -> Vec<String> {
    let mut words = words(kind, body);
    let taken_back = matches!(text(body, &["status"]).as_deref(), Some("revoked" | "cancelled" | "stopped"));
    if let (true, Some(first)) = (taken_back, words.first_mut()) {
        *first = format!("取り消し：{first}");
    }
    words
}

fn words(kind: Kind, body: &Value<'_>) -> Vec<String> {
    let found = match kind {
        Kind::Note => Note::of(body).map(|n| n.sections.into_iter().map(|(t, b)| format!("{t}　{b}")).collect()),
        Kind::Problem => Problem::read(body).map(|p| vec![p.label()]),
        Kind::Prescription => Medication::read(body).map(|m| {
            let parts = [Some(m.name), m.dose.map(|d| format!("1回{d}")), m.sig, m.supply];
            vec![parts.into_iter().flatten().collect::<Vec<_>>().join("　")]
        }),
        Kind::Request | Kind::Allergy | Kind::Alert => body.get("code").and_then(display).map(|d| vec![d]),
        Kind::Pregnancy => {
            let said = [body.get("code"), body.get("valueCodeableConcept")].into_iter().flatten();
            Some(vec![said.filter_map(display).collect::<Vec<_>>().join("　")])
        }
        Kind::Document => {
            let said = [body.get("type").and_then(display), text(body, &["description"])];
            Some(vec![said.into_iter().flatten().collect::<Vec<_>>().join("　")])
        }
    };
    found.unwrap_or_else(|| vec!["（内容なし）".to_owned()])
}
