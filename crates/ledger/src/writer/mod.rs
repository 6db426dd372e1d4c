//! The one way data get in. Each tenant has a queue; whoever finds it idle starts a task that drains it. One round
//! takes what has come together meanwhile and writes it in one transaction with one flush to disk (group commit):
//! while a group is on its way to the disk, the next one gathers.
//!
//! A commit whose conditions fail, fails alone. When a whole transaction fails for another reason, its commits are
//! tried one by one, so that one which the database cannot take does no harm to its neighbours. Only when it is
//! unknown whether a transaction became durable, nothing is tried again.

mod append;
mod body;
mod group;
mod plan;
mod prepare;
mod queue;
mod rows;

pub(crate) use group::lock_chain;
pub(crate) use prepare::Prepared;
pub(crate) use queue::Writer;
