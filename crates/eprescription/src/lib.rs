//! Connector to the electronic prescription service (電子処方箋管理サービス).
//!
//! * [`profile`]: the wire profile, everything assumed or versioned, as data; production refuses assumed entries.
//! * [`wire`]: messages as data: the CSV by its record table, envelopes, requests and results.
//! * [`client`]: a typed client over the transports of `karute-transport`.
//! * [`flow`]: the life of a prescription as a pure state machine.
//! * [`signature`]: the signature of a prescription, by whichever signer of `signing` the doctor has.
//! * [`mapping`]: the chart's lines, cards and people in the service's words.
//! * [`desk`]: what a person does with a prescription; [`jobs`]: what the worker carries out on it.
//! * [`precheck`]: what is asked of the service when a patient is received.
//! * [`office`]: the settings of each institution, and what is made of them; [`consent`]: 口頭同意.
//!
//! Libraries: rust_decimal carries amounts; XML and network are `karute-transport`'s. The CSV is ours: the format has no
//! quoting and its items are checked by a table.
//!
//! Source: the specification digests `e-prescription` and `onshi` (transport), made of public texts; what they mark as
//! assumed is marked in `profile.toml`.

pub mod client;
pub mod consent;
pub mod desk;
pub mod flow;
pub mod jobs;
pub mod mapping;
pub mod office;
pub mod precheck;
pub mod profile;
pub mod signature;
pub mod wire;

pub use signature::{Hpki, LAYOUT, SignError, Signature, Signer, sign};
