//! Safety findings at the lines of a prescription, and the answers that are kept (ux §9).
use super::resource::{object, object_of, reference, text, word};
use super::{Desk, Sheet};
use crate::ChartError;
use crate::check::{self, ANSWER_SYSTEM, Exit, Finding, Level};
use crate::query::resource_type;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Action, Change, Commit, Expect, LedgerError, Reader};

/// What the rules find about the lines of a sheet on a day, gravest first.
pub async fn review(reader: &Reader, sheet: &Sheet, day: Date) -> Result<Vec<Finding>, ChartError> {
    if sheet.checked.is_empty() {
        return Ok(Vec::new());
    }
    let facts = check::facts(reader, &sheet.patient, Some(&sheet.visit), day).await?;
    Ok(check::findings(&facts, &sheet.checked))
}

/// Keeps the reason for prescribing in spite of a finding, as a `DetectedIssue` with its mitigation (SAFE-06). It holds
/// for the same finding of the same patient for 90 days (SAFE-05). `id` is that of the intent: pressed twice, kept once.
pub async fn answer(desk: Desk<'_>, sheet: &Sheet, finding: &Finding, reason: &str, id: Id) -> Result<(), ChartError> {
    let reason = super::usage::tidy(reason);
    let may = finding.exits.iter().any(|exit| matches!(exit, Exit::Override { .. }));
    let line = sheet.lines.iter().find(|line| line.id.as_str() == finding.line).ok_or(ChartError::NotFound)?;
    if reason.is_empty() || !may {
        return Err(ChartError::Invalid);
    }
    if !sheet.is_open {
        return Err(ChartError::Step);
    }
    let severity = match finding.level {
        Level::Stop => "high",
        Level::Decide => "moderate",
        Level::Note | Level::Record => "low",
    };
    let identifier = object([("system", word(ANSWER_SYSTEM)), ("value", text(finding.key.clone()))]);
    let mitigation = object([
        ("action", object_of("text", text(reason))),
        ("date", text(desk.now.to_fhir())),
        ("author", desk.author.reference()),
    ]);
    let mut body = object([
        ("resourceType", word("DetectedIssue")),
        ("identifier", Value::Array(vec![identifier])),
        ("status", word("final")),
        ("code", object_of("text", word(finding.rule.label()))),
        ("severity", word(severity)),
        ("patient", reference("Patient", &sheet.patient)),
        ("identifiedDateTime", text(desk.now.to_fhir())),
        ("author", desk.author.reference()),
        ("implicated", Value::Array(vec![reference("MedicationRequest", &line.id)])),
        ("detail", text(finding.message.clone())),
        ("mitigation", Value::Array(vec![mitigation])),
    ]);
    desk.author.mark(&mut body);
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("処方: 確認事項に答える".to_owned());
    let resource_type = resource_type("DetectedIssue")?;
    commit.changes.push(Change::Put { resource_type, id, body, expect: Expect::Absent });
    match desk.access.commit(commit).await {
        Ok(_) | Err(LedgerError::Exists) => Ok(()),
        Err(error) => Err(error.into()),
    }
}
