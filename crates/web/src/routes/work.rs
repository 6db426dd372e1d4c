//! Work of the institution: what waits to be sent, the audit trail.
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/outgoing", Who::Jobs, false, || get(pages::outgoing::show)),
    route("POST", "/outgoing/{job}/retry", Who::Jobs, false, || post(pages::outgoing::retry)),
    route("POST", "/outgoing/{job}/discard", Who::Jobs, false, || post(pages::outgoing::discard)),
    route("GET", "/audit", Who::Audit, true, || get(pages::audit::show)),
    route("POST", "/audit/find", Who::Audit, true, || post(pages::audit::find)),
];
