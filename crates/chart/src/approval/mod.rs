//! 承認: what proxies entered (代行) waits here for a doctor, and visits of earlier days whose record nobody confirmed.

mod decide;
mod queue;

pub(crate) use decide::stamp;
pub use decide::{Entry, approve, reject};
pub use queue::{Item, Kind, Open, Queue, count, queue};
