//! For an institution whose chart another system keeps: a folder in which that system lays FHIR documents, and from which
//! it takes what was sent to the institution. Registering and receiving are the same jobs as everywhere else.
//!
//! | Folder | Holds |
//! |---|---|
//! | `in/` | what is to be registered: one FHIR Bundle (JSON) in each `*.json`; letters here ask for the patient's consent at the addressee |
//! | `in/consented/` | letters to which the patient consented here |
//! | `taken/` | what is on its way |
//! | `accepted/` | what the service has, beside it `….result.json` |
//! | `rejected/` | what it does not have, beside it `….result.json` with the reasons |
//! | `out/` | what was sent to the institution, to the byte, beside it `….receipt.json`, which is written last |
//!
//! Files are moved and named by the hash of their content, never by a patient; what is being written has a name that
//! begins with a dot or ends in `.tmp` or `.part` and is left alone. A step that was interrupted is done again and finds
//! what it did before: the content's hash is the id under which it stands in the record, so that nothing is registered
//! twice. Only FHIR comes in; files of SS-MIX2 (HL7) are refused with the reason.
//!
//! The folder is local: [`Connector::round`] blocks for as long as reading and moving files takes.
mod addressee;
mod intake;
mod kept;
mod outbox;
mod outcome;
mod place;
mod result;
mod units;

pub use kept::{Intake, IntakeState};
pub use place::PlaceError;
pub use result::Reason;
pub use units::FolderUnits;

use crate::client::Client;
use karute_japan::Timestamp;
use karute_ledger::{Access, LedgerError};
use place::Place;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why a round ended early; the next one goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum ConnectorError {
    /// The record.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The folder.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A letter that cannot be handed to the service's connector.
    #[error(transparent)]
    Desk(#[from] crate::desk::DeskError),
}

/// What a round did: numbers alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Files taken into the record.
    pub taken: usize,
    /// Files refused before the service was asked.
    pub refused: usize,
    /// Files of which the service's answer was told.
    pub told: usize,
    /// Documents laid into `out/`.
    pub laid_out: usize,
    /// Files whose answer is still awaited.
    pub open: usize,
}

/// The folder of one institution.
pub struct Connector {
    place: Place,
    /// What could not be read at the last look, with its size and time: refused when it is the same at the next.
    doubtful: HashMap<PathBuf, (u64, Option<std::time::SystemTime>)>,
}

impl Connector {
    /// On this folder; its parts are made where they are missing.
    ///
    /// # Errors
    /// When a part cannot be made.
    pub fn open(folder: &Path) -> Result<Connector, PlaceError> {
        Ok(Connector { place: Place::open(folder)?, doubtful: HashMap::new() })
    }

    /// Takes in what lies there for the institution of this client, tells what became of what was taken before, lays out what was received.
    ///
    /// # Errors
    /// See [`ConnectorError`].
    pub async fn round(&mut self, client: &Client, access: &Access, now: Timestamp) -> Result<Round, ConnectorError> {
        let mut round = Round::default();
        self.take_in(access, client, now, &mut round).await?;
        self.tell(access, now, &mut round).await?;
        self.lay_out(access, client.profile(), now, &mut round).await?;
        Ok(round)
    }
}
