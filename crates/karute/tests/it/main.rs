//! The executable as its users meet it: run as a process, spoken to over its sockets.
#![allow(clippy::unwrap_used, missing_docs)]

mod commands;
mod demo;
mod http;
mod masters;
mod postgres;
mod process;
mod serve;
mod tampering;
mod tls;
