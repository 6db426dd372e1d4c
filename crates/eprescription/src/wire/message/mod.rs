//! Requests and results (digest section 4): the envelope `XmlMsg` with header and body, and one type for each
//! function. Names, order, lengths and API ids come from the profile.
mod check;
mod outcome;
mod request;
mod result;
mod write;

pub use check::{CheckDetail, CheckResult, Medicine, PastMedicine};
pub use outcome::{Finding, MessageError, Outcome, Verification, VerificationFailure};
pub use request::{Consent, DateRange, Function, Insured, Question, Received, Request};
pub use result::{Answer, Found, Ids, Reply, Row, ServiceStatus, StatusReport};
