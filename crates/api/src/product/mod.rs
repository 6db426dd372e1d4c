//! The product's own API at `/api/v1`.

pub(crate) mod habits;
mod idempotency;
pub(crate) mod openapi;
pub(crate) mod outgoing;
pub(crate) mod summary;
pub(crate) mod terminology;
