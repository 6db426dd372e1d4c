//! The API from outside, through the router, on both databases.
#![allow(clippy::unwrap_used, missing_docs)]

mod audit;
mod binary;
mod bundle;
mod conditional;
mod crud;
mod export;
mod hostile;
mod isolation;
mod masters;
mod metadata;
mod operations;
mod patch;
mod product;
mod scopes;
mod search;
mod support;
mod terminology;
