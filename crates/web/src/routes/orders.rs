//! Orders: prescriptions, tests, treatments.
use super::{Route, Who, route};
use crate::pages::requests;
use axum::routing::{get, post};
use karute_identity::Capability as C;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/p/{patient}/v/{visit}/requests", Who::May(C::ViewChart), true, || get(requests::show)),
    route("POST", "/p/{patient}/v/{visit}/requests", Who::May(C::Order), true, || post(requests::add)),
    route("POST", "/p/{patient}/v/{visit}/requests/search", Who::May(C::Order), true, || post(requests::search)),
    route("POST", "/p/{patient}/v/{visit}/requests/{request}/remove", Who::May(C::Order), true, || {
        post(requests::remove)
    }),
    route("POST", "/p/{patient}/v/{visit}/requests/{revoked}/restore", Who::May(C::Order), true, || {
        post(requests::restore)
    }),
    route("GET", "/work", Who::May(C::Perform), true, || get(requests::work::show)),
    route("POST", "/work/{due}/perform", Who::May(C::Perform), true, || post(requests::work::perform)),
    route("POST", "/work/{done}/undo", Who::May(C::Perform), true, || post(requests::work::undo)),
    route("GET", "/work/{lab}/result", Who::May(C::Perform), true, || get(requests::result::show)),
    route("POST", "/work/{lab}/result", Who::May(C::Perform), true, || post(requests::result::enter)),
    route("GET", "/print/labels/{visit}", Who::May(C::Perform), true, || get(requests::labels::show)),
];
