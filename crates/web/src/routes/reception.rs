//! 受付
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/reception", Who::Reception, true, || get(pages::reception::show)),
    route("GET", "/reception/rows", Who::Reception, true, || get(pages::reception::rows)),
    route("GET", "/reception/changes", Who::Reception, false, || get(pages::reception::changes)),
    route("POST", "/reception/visits/{visit}/step", Who::MoveVisits, true, || post(pages::reception::step)),
    route("GET", "/reception/arrivals/new", Who::MoveVisits, false, || get(pages::reception::arrive::show)),
    route("POST", "/reception/arrivals/find", Who::MoveVisits, true, || post(pages::reception::arrive::find)),
    route("GET", "/p/{patient}/arrive", Who::MoveVisits, true, || get(pages::reception::arrive::chosen)),
    route("GET", "/reception/visits/{visit}/change", Who::MoveVisits, true, || get(pages::reception::change::show)),
    route("POST", "/reception/visits/{visit}/order", Who::MoveVisits, true, || post(pages::reception::change::order)),
    route("POST", "/reception/visits/{visit}/tag", Who::MoveVisits, true, || post(pages::reception::change::tag)),
    route("POST", "/reception/visits/{visit}/assign", Who::MoveVisits, true, || post(pages::reception::change::assign)),
    route("POST", "/reception/visits/{visit}/cancel", Who::MoveVisits, true, || post(pages::reception::change::cancel)),
    route("POST", "/reception/visits/{visit}/restore", Who::MoveVisits, true, || {
        post(pages::reception::change::restore)
    }),
    route("GET", "/print/slip/{visit}", Who::MoveVisits, true, || get(pages::reception::slip::show)),
    route("GET", "/reception/board", Who::Reception, true, || get(pages::reception::board::show)),
    route("POST", "/reception/arrivals", Who::MoveVisits, true, || post(pages::reception::arrive)),
];
