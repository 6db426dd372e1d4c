//! Finding and opening patients.
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/patients", Who::Search, false, || get(pages::search::show)),
    route("POST", "/patients/search", Who::Search, true, || post(pages::search::find)),
    route("GET", "/p/{patient}", Who::Chart, true, || get(pages::patient::show)),
];
