//! What the tests stand on: a throw-away PostgreSQL cluster and the optional reference data beside the checkout.
//! A development dependency only; it knows no other room, so that every room can use it.

mod postgres;
mod reference;

pub use postgres::{PgUrls, postgres, shared_postgres};
pub use reference::{shared, skipped};
