//! Information units made of the record.
use super::Chart;
use crate::document::{self, BundleId, Lacking, Part, Report, Source, Stamp, reports};
use crate::jobs::{BuildError, Built, UnitAsk, UnitKey, Units};
use crate::wire::content::entry_of;
use crate::wire::envelope::Kind;
use crate::wire::message::Finding;
use futures_util::future::BoxFuture;
use jiff::ToSpan as _;
use karute_chart::ChartError;
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_ledger::{Access, Action, LedgerError};

/// Days back that results are registered: what is older is not shown by the service (digest clins-service §8).
const RESULT_DAYS: i64 = 365;

impl Chart {
    async fn whole(&self, access: &Access, patient: &Id) -> Result<Source, BuildError> {
        let reader = access.reader(Action::Read);
        reader.describe("臨床情報を作る");
        let source = self.source(access, &reader, patient).await.map_err(unreadable)?;
        let source = reader.release(source).await?;
        Ok(source.ok_or(LedgerError::NotFound)?)
    }
}

impl Units for Chart {
    fn keys<'u>(&'u self, access: &'u Access, patient: &'u Id) -> BoxFuture<'u, Result<Vec<UnitKey>, BuildError>> {
        Box::pin(async move {
            let source = self.whole(access, patient).await?;
            let mut keys =
                vec![UnitKey { kind: Kind::Conditions, report: None }, UnitKey { kind: Kind::Allergies, report: None }];
            let all = reports(&source);
            // Counted from the newest: time itself is an argument of the making, not of the looking.
            let since = all.first().map(|newest| newest.day.saturating_sub(RESULT_DAYS.days()));
            for report in all.iter().filter(|report| since.is_some_and(|since| report.day >= since)) {
                keys.push(UnitKey { kind: Kind::Results, report: Some(named(report)?) });
            }
            Ok(keys)
        })
    }

    fn build<'u>(&'u self, access: &'u Access, ask: &'u UnitAsk) -> BoxFuture<'u, Result<Built, BuildError>> {
        Box::pin(async move {
            let source = self.whole(access, &ask.patient).await?;
            let masters = self.masters.current();
            let id = BundleId::parse(&ask.identifier)
                .ok_or_else(|| BuildError::Content(vec![finding(&Lacking::InstitutionCode)]))?;
            let stamp = Stamp { id: &id, at: ask.now, entropy: self.entropy.as_ref() };
            let made = match ask.key.kind {
                Kind::Conditions => document::condition_unit(&source, &masters, stamp),
                Kind::Allergies => document::allergy_unit(&source, &masters, stamp),
                Kind::Results => {
                    let all = reports(&source);
                    let of = |report: &&Report| named(report).ok() == ask.key.report;
                    // A report that is no more: an empty set under its key.
                    let gone = Report { key: String::new(), day: ask.now.day_in_japan(), observations: Vec::new() };
                    let report = all.iter().find(of).unwrap_or(&gone);
                    document::laboratory_unit(&source, &masters, report, Part::Whole, stamp)
                }
                Kind::Referral | Kind::Checkup | Kind::Summary => {
                    return Err(LedgerError::Unsupported("not an information unit".to_owned()).into());
                }
            };
            match made {
                // An emptied set is no document that leaves: what stands at the service is deleted.
                Ok(made) if made.count == 0 => Ok(Built::Bundle(made.text.into_bytes())),
                Ok(made) => {
                    let judged = document::judge(&made.bundle, &self.profiles.current());
                    let refused: Vec<Finding> =
                        judged.iter().filter(|each| each.stops).map(|f| judgement(f, &made.text)).collect();
                    if refused.is_empty() {
                        Ok(Built::Bundle(made.text.into_bytes()))
                    } else {
                        Err(BuildError::Content(refused))
                    }
                }
                Err(lacking) if lacking.iter().any(is_outside) => Ok(Built::Outside),
                Err(lacking) => Err(BuildError::Content(lacking.iter().map(finding).collect())),
            }
        })
    }
}

/// Whether the service does not know such a patient: nobody pays by an insurance that it has.
fn is_outside(lacking: &Lacking) -> bool {
    matches!(lacking, Lacking::NotInsured | Lacking::InsuredNumber | Lacking::Welfare)
}

/// The id of a report: its key is a moment.
fn named(report: &Report) -> Result<Id, BuildError> {
    let hash = sha256(report.key.as_bytes()).to_hex();
    Ok(crate::jobs::record::id(&format!("lab-{}", hash.get(..24).unwrap_or_default()))?)
}

/// What the profiles find, with the entry that is meant.
fn judgement(judged: &document::Judged, text: &str) -> Finding {
    Finding {
        code: judged.rule.clone(),
        message: judged.words(),
        location: judged.location.clone(),
        entry: entry_of(&judged.location, text.as_bytes()).unwrap_or_default(),
    }
}

fn finding(lacking: &Lacking) -> Finding {
    Finding { code: "karute".to_owned(), message: lacking.words(), location: String::new(), entry: String::new() }
}

fn unreadable(error: ChartError) -> BuildError {
    match error {
        ChartError::Ledger(error) => BuildError::Ledger(error),
        other => BuildError::Ledger(LedgerError::Integrity(other.to_string())),
    }
}
