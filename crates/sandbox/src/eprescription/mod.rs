//! The simulated electronic prescription service (digest `e-prescription` section 14), on the connector's wire modules:
//! strict in what it takes, the duplicate check of section 8, a pharmacy robot, time travel, faults, a journal. Both
//! transports drive the same core. Its memory ends with the process.
mod accept;
mod answer;
mod book;
mod check;
mod copy;
mod held;
mod in_house;
mod pharmacy;
mod signature;
mod web;

pub use crate::national::{Folders, ServiceFaults as EpsFaults};
pub use book::Book;
pub use pharmacy::{Action, Handed, Order, RobotError};
pub use signature::{DocumentDigest, Hpki, SignatureFault, Signatures};

use crate::national::{Asked, Delivery, Door, National, Weather, deal, ripen};
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
    door: Door,
}

impl Service {
    /// A service without any prescription.
    pub fn new(settings: Settings) -> Service {
        let entropy = SeededEntropy::new(settings.seed);
        Service { settings, entropy, world: Mutex::default(), door: Door::default() }
    }

    /// Changes the faults.
    pub fn set_faults(&self, faults: EpsFaults) {
        crate::lock(&self.world).weather.faults = faults;
    }

    /// How many registrations stand that were not cancelled.
    pub fn standing(&self) -> usize {
        crate::lock(&self.world).held.values().filter(|held| held.stands()).count()
    }

    /// How many 院内処方 stand that were neither cancelled nor replaced.
    pub fn standing_in_house(&self) -> usize {
        crate::lock(&self.world).in_house.values().filter(|held| held.stands).count()
    }

    /// For how many insured persons and days the duplicate check was prepared (事前処理).
    pub fn prepared(&self) -> usize {
        crate::lock(&self.world).prepared.len()
    }

    /// Carries a request out.
    fn asked(&self, world: &mut World, asked: &Asked, at: Timestamp) -> Vec<u8> {
        self.answer(world, &asked.api, &asked.body, asked.institution.as_deref(), at)
    }

    /// Lets requests take effect whose time has come.
    fn ripen(&self, world: &mut World, now: Timestamp) {
        ripen(world, |world| &mut world.weather, now, &|world, asked, at| self.asked(world, asked, at));
    }

    /// Which function a request is for.
    pub(crate) fn function(&self, api: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| {
            let id = self.settings.profile.message(function.name()).map(|message| message.id.as_str());
            api.strip_suffix("req").is_some_and(|api| Some(api) == id)
        })
    }
}

impl National for Service {
    fn name(&self) -> &'static str {
        "eprescription"
    }
    fn knows(&self, api: &str) -> bool {
        self.function(api).is_some()
    }
    fn door(&self) -> &Door {
        &self.door
    }
    fn entropy(&self) -> &SeededEntropy {
        &self.entropy
    }
    fn weather(&self, look: &mut dyn FnMut(&mut Weather) -> bool) -> bool {
        look(&mut crate::lock(&self.world).weather)
    }
    fn take(&self, api: &str, body: &[u8], institution: Option<&str>, now: Timestamp) -> Delivery {
        let mut world = crate::lock(&self.world);
        let asked = Asked::new(api, body, institution);
        deal(
            &mut *world,
            |world| &mut world.weather,
            (&asked, now),
            &|world, asked, at| self.asked(world, asked, at),
            &|asked| self.injected(&asked.api, &asked.body),
        )
    }
}
