//! Electronic prescriptions: issuing, and what became of them.
use super::{Route, Who, route};
use crate::pages::issue;
use axum::routing::{get, post};
use karute_identity::Capability as C;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/p/{patient}/v/{visit}/issue", Who::May(C::ConfirmNotes), true, || get(issue::show)),
    route("GET", "/p/{patient}/v/{visit}/issue/check", Who::May(C::ConfirmNotes), true, || get(issue::checked)),
    route("POST", "/p/{patient}/v/{visit}/issue", Who::May(C::ConfirmNotes), true, || post(issue::issue)),
    route("POST", "/p/{patient}/v/{visit}/issue/consent", Who::May(C::ConfirmNotes), true, || post(issue::consent)),
    route("POST", "/p/{patient}/v/{visit}/issue/answer", Who::May(C::ConfirmNotes), true, || post(issue::answer)),
    route("POST", "/p/{patient}/v/{visit}/issue/remove", Who::May(C::ConfirmNotes), true, || post(issue::remove)),
    route("GET", "/p/{patient}/prescriptions", Who::May(C::ViewChart), true, || get(issue::state::of_patient)),
    route("GET", "/p/{patient}/rx/{task}", Who::May(C::ViewChart), true, || get(issue::state::show)),
    route("POST", "/p/{patient}/rx/{task}/act", Who::May(C::ConfirmNotes), true, || post(issue::state::act)),
    route("GET", "/p/{patient}/rx/{task}/copy.pdf", Who::May(C::PrintRecords), true, || get(issue::paper::copy)),
    route("GET", "/prescriptions", Who::May(C::ViewChart), true, || get(issue::today::show)),
    route("GET", "/unregistered", Who::Reception, true, || get(issue::list::show)),
];
