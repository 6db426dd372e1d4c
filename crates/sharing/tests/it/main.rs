//! The connector: wire, flows, all transports against the sandbox, the tables of faults on both databases.
#![allow(clippy::unwrap_used, missing_docs)]

mod flow;
mod hostile;
mod inbox;
mod letters;
mod office;

mod sample;
mod stage;
mod transports;
mod units;
mod wire;

/// Every case on SQLite and on PostgreSQL.
macro_rules! on_both {
    ($($case:ident),+ $(,)?) => {
        mod sqlite { $(#[tokio::test] async fn $case() { Box::pin(super::$case(false)).await; })+ }
        mod postgres { $(#[tokio::test] async fn $case() { Box::pin(super::$case(true)).await; })+ }
    };
}
pub(crate) use on_both;
