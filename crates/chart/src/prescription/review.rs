//! Safety findings at the lines of a prescription, and the answers that are kept (ux §9).
use super::resource::{object, object_of, reference, text, word};
use super::{Desk, Sheet};
use crate::ChartError;
use crate::author::Standing;
use crate::check::{self, ANSWER_SYSTEM, Exit, Finding, Level};
use crate::query::resource_type;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Action, Change, Commit, Expect, LedgerError, Reader};

/// What the rules find about the lines of a sheet on a day, gravest first.
pub fn review<'a>(reader: &'a Reader, sheet: &'a Sheet, day: Date) -> BoxFuture<'a, Result<Vec<Finding>, ChartError>> {
    Box::pin(async move {
        if sheet.checked.is_empty() {
            return Ok(Vec::new());
        }
        let facts = check::facts(reader, &sheet.patient, Some(&sheet.visit), day).await?;
        Ok(check::findings(&facts, &sheet.checked))
    })
}

/// Why something is prescribed in spite of a finding.
#[derive(Clone, Copy, Debug)]
pub struct Reason<'r> {
    /// The reason, chosen or written.
    pub words: &'r str,
    /// Whether the prescriber said once more, with the patient named, that this is meant (本人の再確認).
    pub confirmed: bool,
}

/// What [`answer`] notes beside the reason where a stop was overridden.
const CONFIRMED: &str = "患者と処方を処方者本人が再確認";

/// Keeps the reason for prescribing in spite of a finding, as a `DetectedIssue` with its mitigation (SAFE-06). It holds
/// for the same finding of the same patient for 90 days (SAFE-05). `id` is that of the intent: pressed twice, kept once.
///
/// A stop (level 1) is overridden by the prescriber in person and confirmed once more (ux §9): without that
/// [`ChartError::Invalid`], for a proxy [`ChartError::Step`].
pub fn answer<'a>(
    desk: Desk<'a>,
    sheet: &'a Sheet,
    finding: &'a Finding,
    given: Reason<'a>,
    id: Id,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let reason = super::usage::tidy(given.words);
        let stops = finding.level == Level::Stop;
        let may = finding.exits.iter().any(|exit| matches!(exit, Exit::Override { .. }));
        let line = sheet.lines.iter().find(|line| line.id.as_str() == finding.line).ok_or(ChartError::NotFound)?;
        if reason.is_empty() || !may || stops && !given.confirmed {
            return Err(ChartError::Invalid);
        }
        if !sheet.is_open || stops && desk.author.standing == Standing::Proxy {
            return Err(ChartError::Step);
        }
        let severity = match finding.level {
            Level::Stop => "high",
            Level::Decide => "moderate",
            Level::Note | Level::Record => "low",
        };
        let identifier = object([("system", word(ANSWER_SYSTEM)), ("value", text(finding.key.clone()))]);
        let mitigation = |action: Value<'static>| {
            object([
                ("action", object_of("text", action)),
                ("date", text(desk.now.to_fhir())),
                ("author", desk.author.reference()),
            ])
        };
        let mut mitigations = vec![mitigation(text(reason))];
        if stops {
            mitigations.push(mitigation(word(CONFIRMED)));
        }
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
            ("mitigation", Value::Array(mitigations)),
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
    })
}
