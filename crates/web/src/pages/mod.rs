//! The screens. A screen has a file (or a folder), a handler is short: what was asked, one call into a room below,
//! one page out.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod components;
pub(crate) mod emergency;
pub(crate) mod lock;
pub(crate) mod orders;
pub(crate) mod outgoing;
pub(crate) mod palette;
pub(crate) mod patient;
pub(crate) mod reception;
pub(crate) mod requests;
pub(crate) mod search;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod terms;
