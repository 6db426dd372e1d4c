//! The simulated record sharing service (digest `clins-service` section 14), on the connector's wire modules: a central
//! repository by key, checks with rule numbers, insured persons, letters with consent and delivery between institutions,
//! a robot hospital that answers, checks that come later, faults, a journal. All doors of [`crate::national`] lead to it.
//! Its memory ends with the process.
mod accept;
mod answer;
mod judge;
mod neighbours;
mod robot;
mod told;
mod view;
mod world;

pub use judge::{Judge, Profiles, Rules};
pub use neighbours::{NEIGHBOURS, Neighbour};
pub use robot::{ROBOT, ROBOT_NAME};
pub use told::Standing;
pub use world::Person;

pub(crate) use told::routes;

use crate::national::{Asked, Delivery, Door, National, ServiceFaults, Weather, deal};
use karute_crypto::SeededEntropy;
use karute_japan::Timestamp;
use karute_sharing::profile::Profile;
use karute_sharing::wire::content::{Content, ContentError};
use karute_sharing::wire::message::Function;
use std::sync::{Arc, Mutex};
use world::World;

/// What a service of this kind stands on.
pub struct Settings {
    /// Wire profile.
    pub profile: Arc<Profile>,
    /// How FHIR documents are checked.
    pub judge: Arc<dyn Judge>,
    /// Tokens follow from it.
    pub seed: u64,
    /// How long a document is checked before its state is known, in milliseconds; 0 = at once.
    pub checks_ms: i64,
}

impl Default for Settings {
    /// The built-in profile, the basic rules, seed 1, documents known at once.
    fn default() -> Settings {
        Settings { profile: Profile::built_in(), judge: Arc::new(Rules), seed: 1, checks_ms: 0 }
    }
}

impl Settings {
    /// As the service is: the guide's profiles and numbered rules, not only the basic ones.
    pub fn strict() -> Settings {
        Settings { judge: Arc::new(Profiles), ..Settings::default() }
    }
}

/// The service.
pub struct Service {
    pub(crate) settings: Settings,
    pub(crate) entropy: SeededEntropy,
    world: Mutex<World>,
    door: Door,
}

impl Service {
    /// A service with the robot hospital alone.
    pub fn new(settings: Settings) -> Service {
        let entropy = SeededEntropy::new(settings.seed);
        Service { settings, entropy, world: Mutex::new(World::new()), door: Door::default() }
    }

    /// Changes the faults.
    pub fn set_faults(&self, faults: ServiceFaults) {
        crate::lock(&self.world).weather.faults = faults;
    }

    /// This many of the next documents are taken, and fail when they are checked.
    pub fn fail_later(&self, next: u32) {
        crate::lock(&self.world).fail_later = next;
    }

    /// An institution takes part: letters can be addressed to it.
    pub fn takes_part(&self, code: &str, name: &str) {
        crate::lock(&self.world).participants.insert(code.to_owned(), name.to_owned());
    }

    /// An insured person and the day of birth; from then on another day of birth is refused.
    pub fn knows_person(&self, person: Person) {
        crate::lock(&self.world).persons.insert(person.insured.clone(), person);
    }

    /// An insured number that is not valid.
    pub fn does_not_know(&self, insured: &str) {
        crate::lock(&self.world).unknown.insert(insured.to_owned());
    }

    /// The patient consents at the reader of the addressee, or by the portal: documents for this institution that wait
    /// for it can be fetched. Answers how many there were.
    pub fn consent(&self, institution: &str, insured: &str) -> usize {
        crate::lock(&self.world).consent(institution, insured)
    }

    /// The patient consents at the reader of this institution that it views what others registered: for 24 hours.
    pub fn lets_view(&self, institution: &str, insured: &str, now: Timestamp) {
        let until = now.plus_ms(self.settings.profile.timing_ms("view_consent_ms"));
        crate::lock(&self.world).viewers.insert((institution.to_owned(), insured.to_owned()), until);
    }

    /// The patient takes that back. Answers whether there was something to take back.
    pub fn lets_view_no_more(&self, institution: &str, insured: &str) -> bool {
        crate::lock(&self.world).viewers.remove(&(institution.to_owned(), insured.to_owned())).is_some()
    }

    /// From now on whoever asks without a consent finds the patient at the reader, saying yes: for demonstrations, which
    /// have no card reader.
    pub fn reader_says_yes(&self) {
        crate::lock(&self.world).reader_says_yes = true;
    }

    /// Puts a unit as an institution outside would, without asking for its rules: for the fictitious past.
    ///
    /// # Errors
    /// When it is no unit.
    pub fn holds(&self, document: Vec<u8>, now: Timestamp) -> Result<(), ContentError> {
        let content = Content::read(&document)?;
        let unit = world::Unit { kind: content.kind, document, others: content.others, puts: 1, registered: now };
        crate::lock(&self.world).units.insert(content.target, unit);
        Ok(())
    }

    /// Does what time brings: checks that end, documents that expire, and the robot hospital's answers to letters that
    /// reached it `walk_ms` ago.
    pub fn pass(&self, now: Timestamp, walk_ms: i64) {
        let mut world = crate::lock(&self.world);
        world.ripen(now);
        robot::answer_letters(self, &mut world, now, walk_ms);
    }
}

impl National for Service {
    fn name(&self) -> &'static str {
        "sharing"
    }
    fn knows(&self, api: &str) -> bool {
        Function::by_api(api, &self.settings.profile).is_some()
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
            &|world, asked, at| {
                world.ripen(at);
                self.answer(world, asked, at)
            },
            &|asked| self.injected(asked),
        )
    }
}
