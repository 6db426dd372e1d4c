//! Sending: the answers become part of the record, the visit is marked 問診 済, the invitation dies, in one transaction.
use super::answers::Answers;
use super::invitation::{Opened, SHEET, Stored, of_secret, open, text};
use super::resource;
use crate::query::{parse, resource_type};
use crate::view::element::text as text_at;
use crate::view::{Encounter, TAG_SYSTEM, VisitState};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, LedgerError, Lookup};

/// How often the visit may be moved on meanwhile before we give up.
const TRIES: usize = 8;

/// Sends the answers as the response `new`. What was sent already stays as it is ([`Opened::Sent`]); with a required answer
/// missing nothing is sent ([`Opened::Sheet`]); when the visit is over, [`Opened::Nothing`].
pub fn submit<'a>(
    access: &'a Access,
    secret: &'a str,
    new: &'a Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<Opened, ChartError>> {
    Box::pin(async move {
        for _ in 0..TRIES {
            let sheet = match open(access, secret, now).await? {
                Opened::Sheet(sheet) => sheet,
                other => return Ok(other),
            };
            let Some(language) = sheet.language else { return Ok(Opened::Sheet(sheet)) };
            if sheet.first_open().is_some() {
                return Ok(Opened::Sheet(sheet));
            }
            let encounter = resource_type("Encounter")?;
            let Lookup::Found(version) = access.read(encounter, &sheet.visit).await? else {
                return Ok(Opened::Nothing);
            };
            let mut body = parse(&version)?.into_owned();
            let visit = Encounter::read(version.id.clone(), version.version, &body);
            let patient = visit.patient.clone().filter(|p| p.as_str() == sheet.stored.patient);
            let (Some(patient), false) =
                (patient, matches!(visit.state, None | Some(VisitState::Finished | VisitState::Cancelled)))
            else {
                return Ok(Opened::Nothing);
            };
            mark_done(&mut body);
            let mut commit = Commit::new(Action::Create);
            commit.detail = Some("問診票の送信".to_owned());
            commit.changes.push(Change::Put {
                resource_type: resource_type("QuestionnaireResponse")?,
                id: new.clone(),
                body: resource::response(&sheet.visit, &patient, sheet.about, language, &sheet.answers, now),
                expect: Expect::Absent,
            });
            commit.changes.push(Change::Put {
                resource_type: encounter,
                id: sheet.visit.clone(),
                body,
                expect: Expect::Version(version.version),
            });
            let done = Stored { answers: Answers::default(), sent: true, ..sheet.stored.clone() };
            commit.docs.push(Doc::Swap {
                space: SHEET,
                key: of_secret(secret),
                was: sheet.was,
                value: text(&done)?,
                expires: Some(Timestamp::from_micros(done.expires)),
            });
            let day = visit.arrived.unwrap_or(now).day_in_japan();
            commit.docs.push(reception::changed(day, &sheet.visit, now));
            match access.commit(commit).await {
                Ok(_) => return Ok(Opened::Sent(Some(language))),
                // The visit moved on, or the same answers were sent twice: look again.
                Err(LedgerError::Conflict { .. } | LedgerError::Exists) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(ChartError::Conflict)
    })
}

/// 問診 済 in the place of 問診 未; other tags stay.
fn mark_done(body: &mut Value<'static>) {
    let Some(object) = body.as_object_mut() else { return };
    if object.get("meta").is_none() {
        object.insert("meta", Value::Object(Object::new()));
    }
    let Some(meta) = object.get_mut("meta").and_then(Value::as_object_mut) else { return };
    let mut tags: Vec<Value<'static>> = match meta.remove("tag") {
        Some(Value::Array(tags)) => tags,
        _ => Vec::new(),
    };
    let ours = |tag: &Value<'_>| {
        text_at(tag, &["system"]).as_deref() == Some(TAG_SYSTEM)
            && text_at(tag, &["code"]).is_some_and(|c| c.starts_with("questionnaire-"))
    };
    tags.retain(|tag| !ours(tag));
    tags.push(Value::object([("system", Value::string(TAG_SYSTEM)), ("code", Value::string("questionnaire-done"))]));
    meta.insert("tag", Value::Array(tags));
}
