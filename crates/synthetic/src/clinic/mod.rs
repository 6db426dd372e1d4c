//! The clinic's own tables: diseases, drugs, tests.
pub(crate) mod acute;
pub(crate) mod chronic;
pub(crate) mod drugs;
pub(crate) mod labs;
