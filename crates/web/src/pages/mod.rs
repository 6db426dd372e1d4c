//! The screens. A screen has a file (or a folder), a handler is short: what was asked, one call into a room below,
//! one page out.

pub(crate) mod account;
pub(crate) mod allergies;
pub(crate) mod appointments;
pub(crate) mod approvals;
pub(crate) mod attachments;
pub(crate) mod audit;
pub(crate) mod components;
pub(crate) mod emergency;
pub(crate) mod inbox;
pub(crate) mod intake;
pub(crate) mod issue;
pub(crate) mod letter;
pub(crate) mod lock;
pub(crate) mod orders;
pub(crate) mod outgoing;
pub(crate) mod outside;
pub(crate) mod palette;
pub(crate) mod patient;
pub(crate) mod patients;
pub(crate) mod print;
pub(crate) mod problems;
pub(crate) mod reception;
pub(crate) mod record;
pub(crate) mod records;
pub(crate) mod requests;
pub(crate) mod results;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod signing;
pub(crate) mod terms;
