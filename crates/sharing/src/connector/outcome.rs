//! What became of what was taken in, told in a file beside it.
use super::kept::{Intake, IntakeState};
use super::place::Part;
use super::result::{Outcome, Reason, at, document_name};
use super::{Connector, ConnectorError, Round, units};
use crate::flow::{letter, unit};
use crate::jobs::kept::{Letter, Unit};
use crate::jobs::record::{Kept, Which, find, id};
use crate::wire::message::Group;
use crate::wire::target::BUNDLE_ID;
use karute_japan::Timestamp;
use karute_ledger::Access;

/// What is known of one.
enum Known {
    /// Nothing yet.
    Open,
    /// Its end.
    Ended { state: IntakeState, receipt: String, reasons: Vec<Reason> },
}

impl Connector {
    /// The result first, then the document moves, then the record says that it was told.
    pub(super) async fn tell(&self, access: &Access, now: Timestamp, round: &mut Round) -> Result<(), ConnectorError> {
        for mut kept in units::all(access, &Which { states: &["taken"], ..Which::default() }).await? {
            let Known::Ended { state, receipt, reasons } = known(access, &kept).await? else {
                round.open += 1;
                continue;
            };
            let part = if state == IntakeState::Rejected { Part::Rejected } else { Part::Accepted };
            let stored = &kept.stored;
            let outcome = Outcome {
                state: match state {
                    IntakeState::Rejected => "rejected",
                    IntakeState::Superseded => "superseded",
                    IntakeState::Accepted | IntakeState::Taken => "accepted",
                },
                file: &stored.file,
                sha256: &stored.sha256,
                kind: Some(stored.kind),
                bundle_id: Some(&stored.value),
                at: at(now),
                receipt: Some(receipt.as_str()).filter(|receipt| !receipt.is_empty()),
                reasons: &reasons,
            };
            self.place.written(part, &Outcome::name(&stored.sha256), &outcome.bytes())?;
            self.place.passed_on(Part::Taken, part, &document_name(&stored.sha256))?;
            kept.stored.state = state;
            kept.keep(access, now).await?;
            round.told += 1;
        }
        Ok(())
    }
}

async fn known(access: &Access, kept: &Kept<Intake>) -> Result<Known, ConnectorError> {
    let stored = &kept.stored;
    let carrier = id(&stored.carrier)?;
    if Group::of(stored.kind) == Group::Unit {
        let number = Some((BUNDLE_ID, stored.value.as_str()));
        let all = units::all(access, &Which { number, patient: kept.patient.as_ref(), ..Which::default() }).await?;
        let newer = units::newest(&all).is_some_and(|newest| newest.stored.turn > stored.turn);
        let unit = find::<Unit>(access, &carrier).await?;
        return Ok(match unit {
            Some(unit) => of_unit(stored, &unit.stored, newer),
            // Nothing to register, and nothing of it was ever registered.
            None if stored.empty => {
                Known::Ended { state: IntakeState::Accepted, receipt: String::new(), reasons: Vec::new() }
            }
            None => Known::Open,
        });
    }
    let letter = find::<Letter>(access, &carrier).await?;
    Ok(letter.map_or(Known::Open, |letter| of_letter(&letter.stored)))
}

fn of_unit(stored: &Intake, unit: &Unit, newer: bool) -> Known {
    let ended = |state, faults: &[crate::wire::message::Finding]| Known::Ended {
        state,
        receipt: String::new(),
        reasons: faults.iter().map(Reason::from).collect(),
    };
    match &unit.life.state {
        unit::State::Registered if unit.shape == stored.shape => ended(IntakeState::Accepted, &[]),
        _ if newer => ended(IntakeState::Superseded, &[]),
        // It may still take effect, or what it says is of another file.
        _ if unit.life.unsure || unit.tried != stored.shape => Known::Open,
        unit::State::Invalid => ended(IntakeState::Rejected, &unit.faults),
        unit::State::Rejected { .. } => {
            let mut told = unit.faults.clone();
            if told.is_empty() {
                told.push(crate::jobs::fault("KARUTE-UNSENT", "サービスに登録できませんでした。"));
            }
            ended(IntakeState::Rejected, &told)
        }
        // Nothing to register and nothing there: what was asked for is so.
        unit::State::Clean if stored.empty => ended(IntakeState::Accepted, &[]),
        _ => Known::Open,
    }
}

fn of_letter(stored: &Letter) -> Known {
    let ended = |state| Known::Ended {
        state,
        receipt: stored.receipt.clone(),
        reasons: stored.faults.iter().map(Reason::from).collect(),
    };
    match stored.life.state {
        letter::State::Registered | letter::State::Received => ended(IntakeState::Accepted),
        letter::State::Error { .. } if stored.life.unsure => Known::Open,
        letter::State::Error { .. } | letter::State::Expired | letter::State::Cancelled | letter::State::Withdrawn => {
            let Known::Ended { state, receipt, mut reasons } = ended(IntakeState::Rejected) else {
                return Known::Open;
            };
            if reasons.is_empty() {
                reasons.push(Reason::own("UNSENT", "サービスに登録できませんでした。"));
            }
            Known::Ended { state, receipt, reasons }
        }
        _ => Known::Open,
    }
}
