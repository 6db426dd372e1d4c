//! What the service keeps.
use crate::national::Weather;
use karute_japan::Timestamp;
use karute_sharing::wire::envelope::Kind;
use karute_sharing::wire::message::{File, Finding, ServiceState};
use karute_sharing::wire::target::Target;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Documents and units kept; registrations beyond are refused.
pub(super) const MAX_HELD: usize = 100_000;
/// A letter that nobody fetches expires, in milliseconds: about six months (digest 6.6, assumed).
const EXPIRES_MS: i64 = 183 * 86_400_000;

/// An insured person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// 被保険者個人識別子
    pub insured: String,
    /// Day of birth, `yyyy-MM-dd`.
    pub birth: String,
}

/// Everything the service remembers.
pub(super) struct World {
    pub(super) weather: Weather,
    /// 医療機関コード → name.
    pub(super) participants: BTreeMap<String, String>,
    pub(super) persons: BTreeMap<String, Person>,
    pub(super) unknown: BTreeSet<String>,
    pub(super) documents: BTreeMap<Target, Held>,
    pub(super) units: BTreeMap<Target, Unit>,
    pub(super) numbers: u64,
    pub(super) fail_later: u32,
    /// 医療機関コード and insured number → until when the institution may view what others registered.
    pub(super) viewers: BTreeMap<(String, String), Timestamp>,
    /// Who asks without a consent finds the patient at the reader, saying yes (demonstrations).
    pub(super) reader_says_yes: bool,
}

/// A document.
pub(super) struct Held {
    pub(super) key: String,
    pub(super) kind: Kind,
    pub(super) sender: String,
    /// A letter's addressee.
    pub(super) destination: String,
    pub(super) consent: bool,
    /// As it came.
    pub(super) envelope: Vec<u8>,
    /// The FHIR document in it.
    pub(super) document: Vec<u8>,
    pub(super) birth: String,
    pub(super) sex: String,
    pub(super) kana: String,
    pub(super) files: BTreeMap<u32, File>,
    pub(super) registered: Timestamp,
    pub(super) state: ServiceState,
    /// When its checks end.
    pub(super) ready: Timestamp,
    /// What they will find.
    pub(super) found: Vec<Finding>,
    /// What dies with its registration.
    pub(super) supersedes: Option<Target>,
    pub(super) fetched: Option<Timestamp>,
    /// The robot has answered it.
    pub(super) answered: bool,
}

/// An information unit.
pub(super) struct Unit {
    pub(super) kind: Kind,
    pub(super) document: Vec<u8>,
    /// Resources beside the patient.
    pub(super) others: usize,
    /// How often it was put.
    pub(super) puts: u32,
    /// When it was put last: its time here counts from then.
    pub(super) registered: Timestamp,
}

impl World {
    pub(super) fn new() -> World {
        let robot = (super::ROBOT.to_owned(), super::ROBOT_NAME.to_owned());
        World {
            weather: Weather::default(),
            participants: BTreeMap::from([robot]),
            persons: BTreeMap::new(),
            unknown: BTreeSet::new(),
            documents: BTreeMap::new(),
            units: BTreeMap::new(),
            numbers: 0,
            fail_later: 0,
            viewers: BTreeMap::new(),
            reader_says_yes: false,
        }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    pub(super) fn consent(&mut self, institution: &str, insured: &str) -> usize {
        let mut given = 0;
        for (target, held) in &mut self.documents {
            if held.destination == institution && target.insured == insured && !held.consent {
                held.consent = true;
                given += 1;
            }
        }
        given
    }

    /// What time brings: checks end, letters expire.
    pub(super) fn ripen(&mut self, now: Timestamp) {
        let due: Vec<Target> = self
            .documents
            .iter()
            .filter(|(_, held)| held.state == ServiceState::Checking && held.ready <= now)
            .map(|(target, _)| target.clone())
            .collect();
        for target in due {
            self.check_ends(&target);
        }
        for held in self.documents.values_mut() {
            let over = held.registered.plus_ms(EXPIRES_MS) <= now;
            if held.state == ServiceState::Registered && over && !held.destination.is_empty() {
                held.state = ServiceState::Expired;
            }
        }
    }

    fn check_ends(&mut self, target: &Target) {
        let Some(held) = self.documents.get(target) else { return };
        let (fails, old) = (!held.found.is_empty(), held.supersedes.clone());
        // Cancel and register are one: what was fetched meanwhile cannot be replaced, and then neither happens.
        let gone = old.as_ref().and_then(|old| self.documents.get(old)).is_some_and(|old| !stands(old.state));
        if let Some(held) = self.documents.get_mut(target) {
            held.state = if fails || gone { ServiceState::Failed } else { ServiceState::Registered };
            if gone && !fails {
                held.found.push(super::judge::finding("変更元の文書は受領済か取消済です。", "Bundle", "CISB9031E"));
            }
        }
        if let (false, false, Some(old)) = (fails, gone, old)
            && let Some(old) = self.documents.get_mut(&old)
        {
            old.state = ServiceState::Cancelled;
        }
    }
}

/// Whether something can still be done with a document.
pub(super) fn stands(state: ServiceState) -> bool {
    matches!(state, ServiceState::Accepted | ServiceState::Checking | ServiceState::Registered)
}
