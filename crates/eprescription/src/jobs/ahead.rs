//! 重複投薬等チェック事前処理: what the worker does of it.
use super::{Attempt, Failure, Jobs, words};
use crate::client::ClientError;
use crate::mapping;
use crate::precheck::{Precheck, Stand, of_visit};
use karute_chart::view::Encounter;
use karute_chart::{ChartError, registration};
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_json::{Limits, parse};
use karute_ledger::{Access, Action, Commit, LedgerError, Lookup};

impl Jobs {
    /// Asks the service to gather what is active. Asked once: what is settled for the visit is not asked again, and on
    /// another day it is too late. Giving up is no error: the check works without it.
    pub(super) async fn precheck(&self, access: &Access, visit: &Id, attempt: Attempt) -> Result<Commit, Failure> {
        let asked = of_visit(access, visit).await?;
        if asked.is_none_or(|known| known.stand != Stand::Asked) {
            return Ok(Commit::new(Action::Update));
        }
        let today = self.now().day_in_japan();
        let Some((patient, date)) = whose(access, visit).await?.filter(|(_, date)| *date == today) else {
            return Ok(Commit::new(Action::Update));
        };
        let file = match registration::file(access, &patient).await {
            Ok(file) => file,
            Err(ChartError::Ledger(error)) => return Err(error.into()),
            Err(error) => return Err(Failure::later(error)),
        };
        let birth = file.person.birth;
        let card = file.cards.iter().find(|card| card.insurance.valid_on(date));
        let publics: Vec<_> = file.publics.iter().filter(|public| public.insurance.valid_on(date)).collect();
        let Some(insured) = mapping::insured_person(card, &publics, birth, date) else {
            return self.noted(visit, Stand::NotInsured);
        };
        match self.client.precheck(insured, date, &self.asking(visit)).await {
            Ok(()) => self.noted(visit, Stand::Ready),
            Err(ClientError::Declined(outcome)) => self.noted(visit, Stand::Failed { code: outcome.code }),
            Err(error) if attempt.last() => {
                tracing::info!(%visit, %error, "e-prescription pre-processing given up");
                self.noted(visit, Stand::Failed { code: String::new() })
            }
            Err(error) => Err(Failure::later(words(&error))),
        }
    }

    fn noted(&self, visit: &Id, stand: Stand) -> Result<Commit, Failure> {
        let now = self.now();
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("電子処方箋: 重複投薬等チェック事前処理".to_owned());
        commit.docs.push(Precheck::now(stand, now).note(visit, now)?);
        Ok(commit)
    }
}

/// The patient of a visit and its day; `None` when there is no such visit any longer.
async fn whose(access: &Access, visit: &Id) -> Result<Option<(Id, Date)>, LedgerError> {
    let reader = access.reader(Action::Read);
    reader.describe("重複投薬等チェック事前処理");
    let found = match reader.read(super::record::kind("Encounter")?, visit).await? {
        Lookup::Found(version) => {
            let body = parse(version.body.as_bytes(), &Limits::FHIR)
                .map_err(|_| LedgerError::Integrity("a visit cannot be read".to_owned()))?;
            let encounter = Encounter::read(visit.clone(), version.version, &body);
            encounter.patient.zip(encounter.arrived.map(Timestamp::day_in_japan))
        }
        _ => None,
    };
    reader.release(found).await
}
