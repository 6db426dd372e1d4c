//! Steps of a visit.
use super::resource;
use crate::query::{parse, resource_type};
use crate::view::{Encounter, VisitState};
use crate::{ChartError, reception};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup};

/// A step somebody at the desk or in the consulting room takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// 呼び出す
    Call,
    /// 検査・処置へ
    ToTreatment,
    /// 会計へ
    ToPayment,
    /// 終了する
    Finish,
    /// 診察待ちに戻す
    BackToWaiting,
    /// 診察に戻す
    BackToConsultation,
    /// 検査・処置に戻す
    BackToTreatment,
    /// 会計待ちに戻す
    BackToPayment,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 8] = [
        Step::Call,
        Step::ToTreatment,
        Step::ToPayment,
        Step::Finish,
        Step::BackToWaiting,
        Step::BackToConsultation,
        Step::BackToTreatment,
        Step::BackToPayment,
    ];

    /// Where it leads.
    pub fn target(self) -> VisitState {
        match self {
            Step::Call | Step::BackToConsultation => VisitState::InConsultation,
            Step::ToTreatment | Step::BackToTreatment => VisitState::InTreatment,
            Step::ToPayment | Step::BackToPayment => VisitState::AwaitingPayment,
            Step::Finish => VisitState::Finished,
            Step::BackToWaiting => VisitState::Waiting,
        }
    }
    /// Whether it may be taken from a state.
    pub fn from(self, state: VisitState) -> bool {
        use VisitState as S;
        match self {
            Step::Call => state == S::Waiting,
            Step::ToTreatment => matches!(state, S::Waiting | S::InConsultation),
            Step::ToPayment => matches!(state, S::InConsultation | S::InTreatment),
            Step::Finish | Step::BackToTreatment => state == S::AwaitingPayment,
            Step::BackToWaiting => matches!(state, S::InConsultation | S::InTreatment),
            Step::BackToConsultation => matches!(state, S::InTreatment | S::AwaitingPayment),
            Step::BackToPayment => state == S::Finished,
        }
    }
    /// The word on the button: the act.
    pub fn word(self) -> &'static str {
        match self {
            Step::Call => "呼び出す",
            Step::ToTreatment => "検査・処置へ",
            Step::ToPayment => "会計へ",
            Step::Finish => "終了する",
            Step::BackToWaiting => "診察待ちに戻す",
            Step::BackToConsultation => "診察に戻す",
            Step::BackToTreatment => "検査・処置に戻す",
            Step::BackToPayment => "会計待ちに戻す",
        }
    }
    /// What was done, in a sentence about a patient.
    pub fn done(self) -> &'static str {
        match self {
            Step::Call => "呼び出しました",
            Step::ToTreatment => "検査・処置へ進めました",
            Step::ToPayment => "会計へ進めました",
            Step::Finish => "終了しました",
            Step::BackToWaiting => "診察待ちに戻しました",
            Step::BackToConsultation => "診察に戻しました",
            Step::BackToTreatment => "検査・処置に戻しました",
            Step::BackToPayment => "会計待ちに戻しました",
        }
    }
    /// Code in forms.
    pub fn code(self) -> &'static str {
        match self {
            Step::Call => "call",
            Step::ToTreatment => "treatment",
            Step::ToPayment => "payment",
            Step::Finish => "finish",
            Step::BackToWaiting => "back-to-waiting",
            Step::BackToConsultation => "back-to-consultation",
            Step::BackToTreatment => "back-to-treatment",
            Step::BackToPayment => "back-to-payment",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// The one step that normally comes next.
pub fn next_step(state: VisitState) -> Option<Step> {
    match state {
        VisitState::Waiting => Some(Step::Call),
        VisitState::InConsultation | VisitState::InTreatment => Some(Step::ToPayment),
        VisitState::AwaitingPayment => Some(Step::Finish),
        VisitState::Finished | VisitState::Cancelled => None,
    }
}

/// The other steps possible from a state.
pub fn other_steps(state: VisitState) -> impl Iterator<Item = Step> {
    Step::ALL.into_iter().filter(move |s| s.from(state) && next_step(state) != Some(*s))
}

/// The step that leads back to where a step began (ux SAFE-09).
pub fn undo_of(before: VisitState, step: Step) -> Option<Step> {
    Step::ALL.into_iter().find(|back| back.target() == before && back.from(step.target()))
}

/// A visit that was moved on.
#[derive(Clone, Debug)]
pub struct Moved {
    /// Where it stood.
    pub before: VisitState,
    /// The visit as it is now.
    pub visit: Encounter,
}

/// Takes a step. `seen` is the version the person saw: when somebody else moved the visit on meanwhile, nothing
/// happens and the answer is [`ChartError::Conflict`].
pub fn take<'a>(
    access: &'a Access,
    id: &'a Id,
    seen: u32,
    step: Step,
    now: Timestamp,
) -> BoxFuture<'a, Result<Moved, ChartError>> {
    Box::pin(async move {
        let encounter = resource_type("Encounter")?;
        let Lookup::Found(version) = access.read(encounter, id).await? else { return Err(ChartError::NotFound) };
        let mut body = parse(&version)?.into_owned();
        let before = Encounter::read(id.clone(), version.version, &body);
        if version.version != seen {
            return Err(ChartError::Conflict);
        }
        let stood = before.state.filter(|s| step.from(*s)).ok_or(ChartError::Step)?;
        resource::set_state(&mut body, &before, step.target(), now);
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(step.word().to_owned());
        commit.changes.push(Change::Put {
            resource_type: encounter,
            id: id.clone(),
            body,
            expect: Expect::Version(version.version),
        });
        let day = before.arrived.unwrap_or(now).day_in_japan();
        commit.docs.push(reception::changed(day, id, now));
        commit.docs.push(reception::acted(access, day, id, step.done(), now));
        let made = access.commit(commit).await?;
        let made = made.versions.first().ok_or_else(|| LedgerError::Integrity("no version made".to_owned()))?;
        Ok(Moved { before: stood, visit: Encounter::read(id.clone(), made.version, &parse(made)?) })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use VisitState as S;

    const STATES: [S; 6] =
        [S::Waiting, S::InConsultation, S::InTreatment, S::AwaitingPayment, S::Finished, S::Cancelled];

    #[test]
    fn every_state_offers_the_steps_of_the_table() {
        let table: [(S, Option<Step>, &[Step]); 6] = [
            (S::Waiting, Some(Step::Call), &[Step::ToTreatment]),
            (S::InConsultation, Some(Step::ToPayment), &[Step::ToTreatment, Step::BackToWaiting]),
            (S::InTreatment, Some(Step::ToPayment), &[Step::BackToWaiting, Step::BackToConsultation]),
            (S::AwaitingPayment, Some(Step::Finish), &[Step::BackToConsultation, Step::BackToTreatment]),
            (S::Finished, None, &[Step::BackToPayment]),
            (S::Cancelled, None, &[]),
        ];
        for (state, next, others) in table {
            assert_eq!(next_step(state), next, "{state:?}");
            assert_eq!(other_steps(state).collect::<Vec<_>>(), others, "{state:?}");
        }
    }

    #[test]
    fn no_step_stands_still_and_every_next_step_is_allowed() {
        for state in STATES {
            assert!(next_step(state).is_none_or(|s| s.from(state)), "{state:?}");
            for step in Step::ALL {
                assert!(!(step.from(state) && step.target() == state), "{step:?} from {state:?}");
            }
        }
    }

    #[test]
    fn every_step_can_be_undone_exactly() {
        for state in STATES {
            for step in Step::ALL.into_iter().filter(|s| s.from(state)) {
                let back = undo_of(state, step).unwrap_or_else(|| panic!("{step:?} from {state:?}"));
                assert!(back.from(step.target()) && back.target() == state, "{step:?} from {state:?}");
            }
        }
    }

    #[test]
    fn codes_read_back() {
        for step in Step::ALL {
            assert_eq!(Step::parse(step.code()), Some(step));
        }
        assert_eq!(Step::parse("delete"), None);
    }
}
