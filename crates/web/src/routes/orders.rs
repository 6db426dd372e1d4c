//! Orders: prescriptions, tests, treatments.
use super::{Route, Who, route};
use crate::pages::{orders, print, requests};
use axum::routing::{get, post};
use karute_identity::Capability as C;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/p/{patient}/v/{visit}/orders", Who::May(C::ViewChart), true, || get(orders::show)),
    route("POST", "/p/{patient}/v/{visit}/orders/find", Who::May(C::Order), true, || post(orders::find)),
    route("POST", "/p/{patient}/v/{visit}/orders/drugs", Who::May(C::Order), true, || post(orders::add)),
    route("POST", "/p/{patient}/v/{visit}/orders/days", Who::May(C::Order), true, || post(orders::change_days)),
    route("POST", "/p/{patient}/v/{visit}/orders/set", Who::May(C::Order), true, || post(orders::apply_set)),
    route("POST", "/p/{patient}/v/{visit}/orders/undo", Who::May(C::Order), true, || post(orders::undo)),
    route("POST", "/p/{patient}/v/{visit}/orders/answer", Who::May(C::Order), true, || post(orders::answer)),
    route("GET", "/p/{patient}/v/{visit}/orders/lines/{line}", Who::May(C::Order), true, || get(orders::edit_line)),
    route("POST", "/p/{patient}/v/{visit}/orders/lines/{line}", Who::May(C::Order), true, || post(orders::change_line)),
    route("POST", "/p/{patient}/v/{visit}/orders/lines/{dosed}/dose", Who::May(C::Order), true, || {
        post(orders::change_dose)
    }),
    route("POST", "/p/{patient}/v/{visit}/orders/lines/{removed}/remove", Who::May(C::Order), true, || {
        post(orders::remove)
    }),
    route("POST", "/p/{patient}/v/{visit}/orders/lines/{moved}/move", Who::May(C::Order), true, || {
        post(orders::move_line)
    }),
    route("POST", "/p/{patient}/v/{visit}/orders/lines/{stopped}/stop", Who::May(C::Order), true, || {
        post(orders::stop)
    }),
    route("POST", "/p/{patient}/v/{from}/do", Who::May(C::Order), true, || post(orders::repeat)),
    route("GET", "/p/{patient}/v/{visit}/prescription.pdf", Who::May(C::PrintRecords), true, || {
        get(print::prescription::show)
    }),
    route("GET", "/p/{patient}/v/{visit}/requests", Who::May(C::ViewChart), true, || get(requests::show)),
    route("POST", "/p/{patient}/v/{visit}/requests", Who::May(C::Order), true, || post(requests::add)),
    route("POST", "/p/{patient}/v/{visit}/requests/search", Who::May(C::Order), true, || post(requests::search)),
    route("POST", "/p/{patient}/v/{visit}/requests/undo", Who::May(C::Order), true, || post(requests::undo)),
    route("POST", "/p/{patient}/v/{visit}/requests/{altered}/alter", Who::May(C::Order), true, || {
        post(requests::alter)
    }),
    route("POST", "/p/{patient}/v/{visit}/requests/{request}/remove", Who::May(C::Order), true, || {
        post(requests::remove)
    }),
    route("POST", "/p/{patient}/v/{visit}/requests/{revoked}/restore", Who::May(C::Order), true, || {
        post(requests::restore)
    }),
    route("GET", "/worklist", Who::May(C::Perform), true, || get(requests::work::show)),
    route("GET", "/worklist/changes", Who::May(C::Perform), false, || get(requests::work::changes)),
    route("POST", "/worklist/errands/{asked}/answer", Who::May(C::Perform), true, || post(requests::errand::answer)),
    route("POST", "/worklist/{due}/perform", Who::May(C::Perform), true, || post(requests::work::perform)),
    route("POST", "/worklist/{done}/undo", Who::May(C::Perform), true, || post(requests::work::undo)),
    route("GET", "/worklist/{lab}/result", Who::May(C::Perform), true, || get(requests::result::show)),
    route("POST", "/worklist/{lab}/result", Who::May(C::Perform), true, || post(requests::result::enter)),
    route("GET", "/print/labels/{visit}", Who::May(C::Perform), true, || get(requests::labels::show)),
];
