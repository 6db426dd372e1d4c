//! The product's own API at `/api/v1`.

mod idempotency;
pub(crate) mod openapi;
pub(crate) mod outgoing;
pub(crate) mod summary;
