//! Which charts a person opened lately, and in which visits they left work: marks that expire by themselves. From the first
//! follows who could be taken for whom (SAFE-03), from the second what still waits in the rail (SAFE-04).
use crate::ChartError;
use crate::reception::similar;
use crate::view::{Person, Sex};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Doc, Reader};
use serde::{Deserialize, Serialize};

/// Keys are `person/patient`.
const OPENED: &str = "chart.opened";
/// Keys are `person/visit`.
const WORK: &str = "chart.work";
/// How long a chart counts as just opened, in milliseconds: within the hour (SAFE-03).
const LATELY_MS: i64 = 60 * 60_000;
/// How long a mark is kept, in milliseconds: a day's work.
const KEPT_MS: i64 = 12 * 60 * 60_000;
/// Marks of a person looked at, at most.
const MOST: u32 = 200;
/// Visits shown in the rail at most, the newest first.
const SHOWN: usize = 3;

/// What of a patient must be known to compare.
#[derive(Serialize, Deserialize)]
struct Mark {
    name: String,
    kana: Option<String>,
    family: String,
    birth: Option<String>,
    /// When, in microseconds.
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct Work {
    patient: String,
    /// When, in microseconds.
    at: i64,
}

fn json<T: Serialize>(value: &T) -> String {
    // A plain structure of texts and numbers always has a JSON text.
    serde_json::to_string(value).unwrap_or_default()
}

/// Remembers, with the reader's audit event, that a person opened a patient's chart.
pub fn opens(reader: &Reader, by: &Id, person: &Person, now: Timestamp) {
    let mark = Mark {
        name: person.name.clone(),
        kana: person.kana.clone(),
        family: person.family.clone(),
        birth: person.birth.map(|b| b.to_string()),
        at: now.as_micros(),
    };
    reader.keep(Doc::Put {
        space: OPENED,
        key: format!("{by}/{}", person.id),
        value: json(&mark),
        expires: Some(now.plus_ms(KEPT_MS)),
    });
}

/// The patients whose charts a person opened within the hour, as far as is needed to compare them.
pub fn lately<'a>(access: &'a Access, by: &'a Id, now: Timestamp) -> BoxFuture<'a, Result<Vec<Person>, ChartError>> {
    Box::pin(async move {
        let since = now.plus_ms(-LATELY_MS).as_micros();
        let marks = access.docs(OPENED, &format!("{by}/"), MOST).await?;
        Ok(marks
            .iter()
            .filter_map(|(key, value)| read(key, value))
            .filter(|(at, _)| *at >= since)
            .map(|(_, p)| p)
            .collect())
    })
}

/// Those a person opened within the hour that could be taken for this patient.
pub fn confusable<'a>(
    access: &'a Access,
    by: &'a Id,
    person: &'a Person,
    now: Timestamp,
) -> BoxFuture<'a, Result<Vec<Person>, ChartError>> {
    Box::pin(async move {
        let mut found = lately(access, by, now).await?;
        found.retain(|other| similar(person, other).is_some());
        Ok(found)
    })
}

fn read(key: &str, value: &str) -> Option<(i64, Person)> {
    let (_, patient) = key.split_once('/')?;
    let mark: Mark = serde_json::from_str(value).ok()?;
    let person = Person {
        id: Id::new(patient).ok()?,
        name: mark.name,
        kana: mark.kana,
        family: mark.family,
        sex: Sex::Unknown,
        birth: mark.birth.and_then(|b| b.parse().ok()),
        number: None,
        phone: None,
        language: None,
        died: None,
        dead: false,
        caution: None,
    };
    Some((mark.at, person))
}

/// The mark that a person wrote something in a visit; it goes with what was written.
pub(crate) fn works(by: &Id, patient: &Id, visit: &Id, now: Timestamp) -> Doc {
    let value = json(&Work { patient: patient.to_string(), at: now.as_micros() });
    Doc::Put { space: WORK, key: format!("{by}/{visit}"), value, expires: Some(now.plus_ms(KEPT_MS)) }
}

/// Takes the mark away: the visit is finished, or handed in.
pub(crate) fn done(by: &str, visit: &Id) -> Doc {
    Doc::Delete { space: WORK, key: format!("{by}/{visit}") }
}

/// A visit in which a person left work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Whose.
    pub patient: Id,
    /// The visit.
    pub visit: Id,
    /// Family name, for the rail.
    pub family: String,
}

/// Where a person left work unfinished, the newest first; not the patient whose chart is `open`.
pub fn left<'a>(access: &'a Access, by: &'a Id, open: Option<&'a Id>) -> BoxFuture<'a, Result<Vec<Left>, ChartError>> {
    Box::pin(async move {
        let prefix = format!("{by}/");
        let mut work: Vec<(i64, Id, Id)> = Vec::new();
        for (key, value) in access.docs(WORK, &prefix, MOST).await? {
            let visit = key.strip_prefix(&prefix).and_then(|v| Id::new(v).ok());
            let found = serde_json::from_str::<Work>(&value).ok();
            let patient = found.as_ref().and_then(|w| Id::new(&w.patient).ok());
            if let (Some(visit), Some(work_at), Some(patient)) = (visit, found.map(|w| w.at), patient)
                && open != Some(&patient)
            {
                work.push((work_at, patient, visit));
            }
        }
        if work.is_empty() {
            return Ok(Vec::new());
        }
        work.sort_by_key(|(at, ..)| std::cmp::Reverse(*at));
        let mut all = Vec::new();
        for (_, patient, visit) in work.into_iter().take(SHOWN) {
            let mark = access.doc(OPENED, &format!("{prefix}{patient}")).await?;
            let family = mark.and_then(|m| serde_json::from_str::<Mark>(&m).ok()).map(|m| m.family);
            all.push(Left {
                patient,
                visit,
                family: family.filter(|f| !f.is_empty()).unwrap_or_else(|| "患者".to_owned()),
            });
        }
        Ok(all)
    })
}
