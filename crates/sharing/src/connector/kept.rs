//! What is kept of a file that was taken in.
use crate::jobs::record::Stored;
use crate::wire::envelope::Kind;
use crate::wire::target::BUNDLE_ID;
use serde::{Deserialize, Serialize};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntakeState {
    /// On its way.
    Taken,
    /// The service has it, and that was told.
    Accepted,
    /// The service does not have it, and that was told.
    Rejected,
    /// A newer file of the same Bundle-ID took its place before it was registered, and that was told.
    Superseded,
}

/// A file that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intake {
    /// Where it stands.
    pub state: IntakeState,
    /// Its name as the other system gave it, for the result alone.
    pub file: String,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Kind.
    pub kind: Kind,
    /// Bundle-ID.
    pub value: String,
    /// Counts files of one Bundle-ID: the highest is what is registered.
    pub turn: u32,
    /// `Binary` of its content, to the byte; of a unit.
    pub binary: String,
    /// Shape of its content, SHA-256; of a unit.
    pub shape: String,
    /// It says that there is nothing.
    pub empty: bool,
    /// The task that carries it: the letter's, or the unit's.
    pub carrier: String,
}

impl Stored for Intake {
    const CODE: &'static str = "sharing-intake";
    const WORDS: &'static str = "連携フォルダーから受け付けた文書";

    fn state(&self) -> &'static str {
        match self.state {
            IntakeState::Taken => "taken",
            IntakeState::Accepted => "accepted",
            IntakeState::Rejected => "rejected",
            IntakeState::Superseded => "superseded",
        }
    }

    fn words(&self) -> &'static str {
        match self.state {
            IntakeState::Taken => "登録中",
            IntakeState::Accepted => "登録済",
            IntakeState::Rejected => "登録できず",
            IntakeState::Superseded => "新しい内容に置換",
        }
    }

    fn status(&self) -> &'static str {
        match self.state {
            IntakeState::Taken => "in-progress",
            IntakeState::Accepted => "completed",
            IntakeState::Rejected => "failed",
            IntakeState::Superseded => "cancelled",
        }
    }

    fn numbers(&self) -> Vec<(&'static str, String)> {
        vec![(BUNDLE_ID, self.value.clone())]
    }

    fn focus(&self) -> Option<&str> {
        Some(self.binary.as_str()).filter(|binary| !binary.is_empty())
    }
}
