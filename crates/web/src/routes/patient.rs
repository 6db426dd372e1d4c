//! Finding and opening patients.
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};
use karute_identity::Capability;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/patients", Who::Search, false, || get(pages::search::show)),
    route("POST", "/patients/search", Who::Search, true, || post(pages::search::find)),
    route("GET", "/p/{patient}", Who::Chart, true, || get(pages::patient::show)),
    route("POST", "/p/{patient}/paper-note", Who::May(Capability::RegisterPatients), true, || {
        post(pages::patient::paper::write)
    }),
    route("POST", "/p/{patient}/emergency", Who::May(Capability::OpenInEmergency), false, || {
        post(pages::emergency::open)
    }),
    route("GET", "/me/emergency", Who::May(Capability::OpenInEmergency), false, || get(pages::emergency::show)),
    route("POST", "/me/emergency", Who::May(Capability::OpenInEmergency), false, || post(pages::emergency::explain)),
];
