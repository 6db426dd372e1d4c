//! The screens as a browser meets them: whole requests against the router, on a real ledger (SQLite in a directory of
//! its own).
#![allow(clippy::unwrap_used, missing_docs)]

mod audit;
mod booking;
mod chart_pages;
mod clinic;
mod components;
mod desk;
mod emergency;
mod eprescription;
mod gate;
mod headers;
mod inbox;
mod intake;
mod isolation;
mod jobs;
mod joint;
mod joints;
mod letters;
mod locking;
mod merging;
mod offline;
mod palette;
mod people;
mod prescribing;
mod printing;
mod reception;
mod record;
mod registration;
mod requests;
mod samples;
mod search;
mod settings;
mod signing_in;
mod summary;
mod words;
