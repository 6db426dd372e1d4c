//! 受付
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/reception", Who::Reception, true, || get(pages::reception::show)),
    route("GET", "/reception/rows", Who::Reception, true, || get(pages::reception::rows)),
    route("GET", "/reception/changes", Who::Reception, false, || get(pages::reception::changes)),
    route("POST", "/reception/visits/{visit}/step", Who::MoveVisits, true, || post(pages::reception::step)),
    route("POST", "/reception/arrivals", Who::MoveVisits, true, || post(pages::reception::arrive)),
];
