//! Connector to the record sharing service (電子カルテ情報共有サービス).
//!
//! * [`profile`]: the wire profile, everything assumed or versioned, as data; the real service is refused while an entry
//!   is assumed.
//! * [`wire`]: messages as data: the envelope around a FHIR document, requests and results, keys.
//! * [`client`]: a typed client over the transports of `karute-transport` (folders, Web API, link between clouds).
//! * [`flow`]: the life of a letter and of an information unit, as pure state machines.
//! * [`desk`]: what a person does; [`jobs`]: what the worker carries out on it.
//! * [`office`]: the setting of each institution, and what is made of it.
//! * [`connector`]: the folder of an institution whose chart another system keeps.
//! * [`joint`]: where letters and inbox of the chart meet all of this.
//! * [`document`]: the chart's content as JP-CLINS documents and information units, and what was received read back.
//!
//! # What screens call
//!
//! `desk::Desk` sends, takes back, replaces, corrects, cancels, retries and withdraws letters; each answers the letter as
//! it then stands (`Kept<Letter>`: `stored.life.state`, `.faults` with the entry that is meant, `.notices`).
//! `desk::letters`, `desk::inbox` and `desk::units` read them, count what needs a person, and mark what a person is done
//! with. Whether an addressee takes part is asked by `office.reach(access)` → `client.participation` or `.find`.
//!
//! Libraries: XML and network are `karute-transport`'s; `karute-json` reads FHIR documents, so that nothing of them is
//! changed; toml reads the profile.
//!
//! Source: the specification digests `clins-service`, `jp-fhir` and `onshi` (transport), made of public texts; what they
//! mark as assumed is marked in `profile.toml`.

pub mod client;
pub mod connector;
pub mod desk;
pub mod document;
pub mod flow;
pub mod jobs;
pub mod joint;
pub mod office;
pub mod profile;
pub mod wire;
