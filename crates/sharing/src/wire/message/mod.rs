//! Requests and results (digest 7.1): one type for each function. Names, order, lengths and API ids are the profile's.
mod answer;
mod outcome;
mod question;
mod view;
mod write;

pub use answer::{Answer, Facilities, File, Participant, Reply, Row, ServiceState};
pub use karute_transport::message::MessageError;
pub use outcome::{Finding, Outcome};
pub use question::{Function, Group, ListQuery, Question, Received, Request};
pub use view::{Told, ViewKind, ViewQuery};
pub(crate) use write::moment as write_moment;
