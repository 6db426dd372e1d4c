//! Messages as data: the envelope around a FHIR document, requests and results; and what the connector itself must know
//! of a document: whose it is, under which key it stands, which of its entries a finding is about.
pub mod content;
pub mod envelope;
pub mod message;
pub mod target;

pub use content::{Content, ContentError, Shape};
pub use envelope::{Consent, Envelope, EnvelopeError, Kind};
pub use message::{
    Answer, File, Finding, Function, Group, ListQuery, MessageError, Outcome, Participant, Question, Received, Reply,
    Request, Row, ServiceState, Told, ViewKind, ViewQuery,
};
pub use target::{Target, TargetError};
