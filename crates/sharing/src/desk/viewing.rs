//! 6情報の閲覧: the patient's consent, the question, its end. Unselected until somebody notes that the patient said yes at the
//! card reader; it counts for 24 hours and can be taken back at any moment.
use crate::jobs::record::{self, Kept, find};
use crate::jobs::viewing::{ViewConsent, ViewState, Viewing, view_job, viewing_task};
use crate::profile::Profile;
use karute_chart::author::Author;
use karute_fhir::{Id, ResourceType};
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Reader};

pub use crate::jobs::viewing::answer;

/// Why nothing was asked; nothing has changed then.
#[derive(Debug, thiserror::Error)]
pub enum ViewingError {
    /// The record; [`LedgerError::Conflict`] when somebody was quicker.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is no consent that counts.
    #[error("有効な同意がありません。患者さんの同意（カードリーダー）を記録してから照会してください。")]
    NoConsent,
}

/// Where a patient's viewing stands, through the caller's reader; `None` when nobody ever asked.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn of_patient(reader: &Reader, patient: &Id) -> Result<Option<Kept<Viewing>>, LedgerError> {
    record::read(reader, &viewing_task(patient)?).await
}

/// Notes that the patient consented at the card reader now, and asks. A consent that counts already is kept as it was
/// given: pressing again does not lengthen it.
///
/// # Errors
/// When it cannot be written.
pub async fn consented(
    access: &Access,
    profile: &Profile,
    patient: &Id,
    author: &Author,
    now: Timestamp,
) -> Result<(), ViewingError> {
    let task = viewing_task(patient)?;
    let before = find::<Viewing>(access, &task).await?;
    if before.as_ref().is_some_and(|kept| kept.stored.may_ask(now)) {
        return ask(access, patient, now).await;
    }
    let consent = ViewConsent {
        at: now.to_fhir(),
        until: now.plus_ms(profile.timing_ms("view_consent_ms")).to_fhir(),
        by: author.person.to_string(),
        name: author.name.clone(),
    };
    let mut kept = before.unwrap_or_else(|| Kept::new(task, Some(patient.clone()), Viewing::of(consent.clone())));
    kept.stored.consent = consent;
    kept.stored.withdrawn = None;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("他院の情報: カードリーダーでの閲覧同意を記録し、照会".to_owned());
    commit.changes.push(resource(patient, &kept.stored, Some(author))?);
    asked(&mut kept, &mut commit, patient, now)?;
    access.commit(commit).await?;
    Ok(())
}

/// Asks again while the consent counts.
///
/// # Errors
/// [`ViewingError::NoConsent`] when none does.
pub async fn ask(access: &Access, patient: &Id, now: Timestamp) -> Result<(), ViewingError> {
    let mut kept = find::<Viewing>(access, &viewing_task(patient)?).await?.ok_or(ViewingError::NoConsent)?;
    if !kept.stored.may_ask(now) {
        return Err(ViewingError::NoConsent);
    }
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("他院の情報: 再照会".to_owned());
    asked(&mut kept, &mut commit, patient, now)?;
    access.commit(commit).await?;
    Ok(())
}

/// Notes that the patient took the consent back: nothing more is asked for, and a question under way brings nothing
/// any more. What was seen stays in the chart, as the service's rules have it, with where it came from.
///
/// # Errors
/// When it cannot be written; what was never given or is taken back already stays as it is.
pub async fn withdrawn(access: &Access, patient: &Id, author: &Author, now: Timestamp) -> Result<(), ViewingError> {
    let Some(mut kept) = find::<Viewing>(access, &viewing_task(patient)?).await? else { return Ok(()) };
    if kept.stored.withdrawn.is_some() {
        return Ok(());
    }
    kept.stored.withdrawn = Some((now.to_fhir(), author.name.clone()));
    kept.stored.state = ViewState::Withdrawn;
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some("他院の情報: 閲覧同意の取消を記録".to_owned());
    commit.changes.push(resource(patient, &kept.stored, None)?);
    commit.changes.push(kept.change(now)?);
    access.commit(commit).await?;
    Ok(())
}

fn asked(kept: &mut Kept<Viewing>, commit: &mut Commit, patient: &Id, now: Timestamp) -> Result<(), LedgerError> {
    kept.stored.presses = kept.stored.presses.saturating_add(1);
    kept.stored.state = ViewState::Asked;
    kept.stored.asked = now.to_fhir();
    commit.changes.push(kept.change(now)?);
    commit.jobs.push(view_job(patient, kept.stored.presses));
    Ok(())
}

/// The consent as FHIR has it; each consent is one version of the same resource.
fn resource(patient: &Id, viewing: &Viewing, author: Option<&Author>) -> Result<Change, LedgerError> {
    let word = |plain: &str| Value::string(plain.to_owned());
    let coded = |system: &str, code: &str, display: &str| {
        let coding = Value::object([("system", word(system)), ("code", word(code))]);
        Value::object([("coding", Value::Array(vec![coding])), ("text", word(display))])
    };
    let whose = Value::object([("reference", Value::string(format!("Patient/{patient}")))]);
    let performer = author.map_or_else(
        || {
            let reference = Value::string(format!("Practitioner/{}", viewing.consent.by));
            Value::object([("reference", reference), ("display", word(&viewing.consent.name))])
        },
        Author::reference,
    );
    let until = viewing.withdrawn.as_ref().map_or(&viewing.consent.until, |(at, _)| at);
    let period = Value::object([("start", word(&viewing.consent.at)), ("end", word(until))]);
    let body = Value::object([
        ("resourceType", word("Consent")),
        ("status", word(if viewing.withdrawn.is_some() { "inactive" } else { "active" })),
        ("scope", coded("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "情報の閲覧")),
        ("category", Value::Array(vec![coded("urn:karute:consent", "sharing-view", "他院の診療情報の閲覧")])),
        ("patient", whose),
        ("dateTime", word(&viewing.consent.at)),
        ("performer", Value::Array(vec![performer])),
        ("policyRule", coded("urn:karute:consent", "card-reader", "顔認証付きカードリーダー")),
        ("provision", Value::object([("period", period)])),
    ]);
    let kind = ResourceType::parse("Consent").ok_or_else(|| LedgerError::Unsupported("Consent".to_owned()))?;
    let id = record::id(&format!("c-{}", viewing_task(patient)?))?;
    Ok(Change::Put { resource_type: kind, id, body, expect: Expect::Any })
}
