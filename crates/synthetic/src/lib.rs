//! The fictitious clinic: believable patients, years of visits whose values, drugs and notes belong together, and a
//! today. The same seed gives the same clinic to the byte, at any size, one patient at a time.
//!
//! Nobody is meant: names are drawn from lists of common ones, the town does not exist, telephone and insurer numbers
//! lie in ranges that are not given out. Frequencies are those of a general clinic in Japan where statistics say them
//! and assumptions elsewhere.
//!
//! ```
//! use karute_synthetic::{Clinic, Params};
//!
//! let now = karute_japan::Timestamp::parse("2026-11-20T10:42:00+09:00").ok_or("not an instant")?;
//! let clinic = Clinic::new(Params::new(1, 10, 2, now, "1419990015", "みどり野内科クリニック"));
//! let resources: usize = clinic.bundles().map(|batch| batch.len()).sum();
//! assert!(resources > 10);
//! # Ok::<(), &str>(())
//! ```

mod clinic;
mod course;
mod load;
mod people;
mod random;
mod resource;
mod stream;
mod today;

pub use load::{LoadError, Loaded, load};
pub use stream::Clinic;
pub use today::{QUEUE_SYSTEM, VISIT_TAG_SYSTEM};

use karute_crypto::{SeededEntropy, uuid_v7};
use karute_japan::{Date, Timestamp, identifier};
use random::Random;

/// What kind of clinic: how often people come and what happens then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// A general clinic with about 40 patients a day.
    #[default]
    Typical,
    /// A busy one: more acute visits, shorter notes, fewer tests.
    Busy,
}

/// A doctor who signs visits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Id of the `Practitioner`.
    pub id: String,
    /// Name as shown.
    pub name: String,
}

/// What a clinic follows from.
#[derive(Clone, Debug)]
pub struct Params {
    /// Same seed, same clinic.
    pub seed: u64,
    /// Number of patients.
    pub patients: u32,
    /// Years of history, at most 20.
    pub years: u32,
    /// The present: history ends the day before, [`Clinic::today`] plays around it.
    pub now: Timestamp,
    /// 医療機関コード, 10 digits.
    pub institution_code: String,
    /// Name of the clinic.
    pub institution_name: String,
    /// Kind of clinic.
    pub profile: Profile,
    /// Doctors that exist already. When empty, the clinic brings its own.
    pub authors: Vec<Author>,
}

impl Params {
    /// A typical clinic with its own doctors.
    pub fn new(seed: u64, patients: u32, years: u32, now: Timestamp, code: &str, name: &str) -> Params {
        Params {
            seed,
            patients,
            years: years.min(20),
            now,
            institution_code: code.to_owned(),
            institution_name: name.to_owned(),
            profile: Profile::Typical,
            authors: Vec::new(),
        }
    }
    fn today(&self) -> Date {
        self.now.day_in_japan()
    }
    /// First day of the history.
    fn history_begins(&self) -> Date {
        people::later(self.today(), -(i64::from(self.years.min(20)) * 365))
    }
    /// Number and name of the prefecture; Kanagawa when the code has none.
    fn prefecture(&self) -> (u8, &'static str) {
        let number = self.institution_code.get(..2).and_then(|two| two.parse().ok()).unwrap_or(14);
        identifier::prefecture(number).map_or((14, "神奈川県"), |name| (number, name))
    }
    /// The id of a resource: a UUID version 7 whose time is the day it belongs to and whose rest follows from seed,
    /// kind and numbers. Known before the resource is made, so that others can refer to it.
    fn id(&self, kind: &str, first: u64, second: u64, day: Date) -> String {
        let at = Timestamp::in_japan(day, 9, 0, 0);
        let mut random = Random::stream(self.seed, kind, first << 24 | second);
        uuid_v7(at.as_millis(), &SeededEntropy::new(random.next()))
    }
}
