//! The simulated electronic prescription service (digest `e-prescription` section 14), on the connector's wire modules:
//! strict in what it takes, the duplicate check of section 8, a pharmacy robot, time travel, faults, a journal. Both
//! transports drive the same core. Its memory ends with the process.
mod accept;
mod answer;
mod book;
mod check;
mod copy;
mod faults;
mod folder;
mod held;
mod pharmacy;
mod signature;
mod web;

pub use book::Book;
pub use faults::EpsFaults;
pub use folder::Folders;
pub use pharmacy::{Action, Handed, Order, RobotError};
pub use signature::{DocumentDigest, Hpki, SignatureFault, Signatures};

use faults::Fate;
use held::World;
use karute_crypto::SeededEntropy;
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::message::Function;
use karute_japan::Timestamp;
use std::sync::{Arc, Mutex};

pub(crate) use web::routes;

/// What a service of this kind stands on.
pub struct Settings {
    /// Wire profile.
    pub profile: Arc<Profile>,
    /// Drugs and usages it knows.
    pub book: Book,
    /// How signatures are verified.
    pub signatures: Arc<dyn Signatures>,
    /// Numbers and ids follow from it.
    pub seed: u64,
    /// 16 digits as 引換番号 instead of 6.
    pub long_codes: bool,
}

impl Default for Settings {
    /// The built-in profile, the product's starter masters, digests of documents checked, seed 1, short numbers.
    fn default() -> Settings {
        Settings {
            profile: Profile::built_in(),
            book: Book::starter(),
            signatures: Arc::new(DocumentDigest),
            seed: 1,
            long_codes: false,
        }
    }
}

/// The service.
pub struct Service {
    pub(crate) settings: Settings,
    pub(crate) entropy: SeededEntropy,
    pub(crate) world: Mutex<World>,
}

/// What leaves the service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// A result.
    Answer(Vec<u8>),
    /// The answer is lost.
    Lost,
    /// The answer comes when the clock has reached this.
    Late(Timestamp, Vec<u8>),
    /// The same answer twice.
    Twice(Vec<u8>),
    /// Something that is no answer.
    Garbage(Vec<u8>),
    /// Maintenance.
    Unavailable,
    /// Failed without effect.
    Failed,
}

impl Delivery {
    /// Its word in the journal.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Delivery::Answer(_) => "answered",
            Delivery::Lost => "answer-lost",
            Delivery::Late(..) => "answer-late",
            Delivery::Twice(_) => "answer-doubled",
            Delivery::Garbage(_) => "answer-garbage",
            Delivery::Unavailable => "maintenance",
            Delivery::Failed => "failed",
        }
    }
}

/// How late a late answer or effect is, in milliseconds (digest section 14).
const LATE_MS: i64 = 120_000;

impl Service {
    /// A service without any prescription.
    pub fn new(settings: Settings) -> Service {
        let entropy = SeededEntropy::new(settings.seed);
        Service { settings, entropy, world: Mutex::default() }
    }

    /// Changes the faults.
    pub fn set_faults(&self, faults: EpsFaults) {
        crate::lock(&self.world).faults = faults;
    }

    /// How many registrations stand that were not cancelled.
    pub fn standing(&self) -> usize {
        crate::lock(&self.world).held.values().filter(|held| held.stands()).count()
    }

    /// Takes a request; `now` is the service's time.
    pub(crate) fn take(&self, api: &str, body: &[u8], institution: Option<&str>, now: Timestamp) -> Delivery {
        let mut world = crate::lock(&self.world);
        let world = &mut *world;
        self.ripen(world, now);
        let fate = world.faults.next();
        let answered = |world: &mut World| self.answer(world, api, body, institution, now);
        match fate {
            Fate::Maintenance => Delivery::Unavailable,
            Fate::Failed => Delivery::Failed,
            Fate::Error => Delivery::Answer(self.injected(api, body)),
            Fate::Served => Delivery::Answer(answered(world)),
            Fate::AnswerLost => {
                answered(world);
                Delivery::Lost
            }
            Fate::RequestLost => Delivery::Lost,
            Fate::LateAnswer => Delivery::Late(now.plus_ms(LATE_MS), answered(world)),
            Fate::LateEffect => {
                let institution = institution.map(str::to_owned);
                world.ripening.push((now.plus_ms(LATE_MS), api.to_owned(), body.to_vec(), institution));
                Delivery::Lost
            }
            Fate::RequestDoubled => {
                let first = answered(world);
                answered(world);
                Delivery::Answer(first)
            }
            Fate::AnswerDoubled => Delivery::Twice(answered(world)),
            Fate::Garbage => {
                answered(world);
                Delivery::Garbage(b"<html><body>502 Bad Gateway</body></html>".to_vec())
            }
        }
    }

    /// Lets requests take effect whose time has come.
    fn ripen(&self, world: &mut World, now: Timestamp) {
        while let Some(at) = world.ripening.iter().position(|(due, ..)| *due <= now) {
            let (due, api, body, institution) = world.ripening.remove(at);
            self.answer(world, &api, &body, institution.as_deref(), due);
        }
    }

    /// Whether the request at hand changes something, for the journal.
    pub(crate) fn function(&self, api: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| {
            let id = self.settings.profile.message(function.name()).map(|message| message.id.as_str());
            api.strip_suffix("req").is_some_and(|api| Some(api) == id)
        })
    }
}
