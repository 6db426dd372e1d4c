//! 受信箱, and what other institutions say of a patient.
use super::{Route, Who, route};
use crate::pages::inbox::{self, act, errand, held, source};
use crate::pages::outside;
use axum::routing::{get, post};
use karute_identity::Capability as C;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/inbox", Who::Chart, true, || get(inbox::show)),
    route("GET", "/inbox/{received}", Who::Chart, true, || get(inbox::one)),
    route("GET", "/inbox/{received}/original", Who::May(C::ReadNotes), true, || get(source::original)),
    route("GET", "/inbox/{received}/files/{file}", Who::May(C::ReadNotes), true, || get(source::file)),
    route("GET", "/print/inbox/{received}", Who::May(C::ReadNotes), true, || get(source::print)),
    route("GET", "/inbox/held/{held}", Who::May(C::ReadNotes), true, || get(held::show)),
    route("GET", "/inbox/held/{held}/original", Who::May(C::ReadNotes), true, || get(held::original)),
    route("POST", "/inbox/held/{tried}/again", Who::Reviews, true, || post(held::again)),
    route("POST", "/inbox/held/{aside}/review", Who::Reviews, true, || post(held::review)),
    route("POST", "/inbox/{received}/errand", Who::Reviews, true, || post(errand::ask)),
    route("POST", "/inbox/errands/{errand}/withdraw", Who::Reviews, true, || post(errand::withdraw)),
    route("POST", "/inbox/find", Who::May(C::ReadNotes), true, || post(inbox::find)),
    route("POST", "/inbox/{taken}/import", Who::Reviews, true, || post(act::import)),
    route("POST", "/inbox/{looked}/review", Who::Reviews, true, || post(act::review)),
    route("POST", "/inbox/{received}/reply", Who::May(C::WriteNotes), true, || post(act::reply)),
    route("POST", "/inbox/{unmatched}/link", Who::Matches, true, || post(act::link)),
    route("POST", "/inbox/{unmatched}/search", Who::Matches, true, || post(act::search)),
    // Asking is for licensed staff in their own name (onshi §10); what was seen is read like the notes.
    route("GET", "/p/{patient}/outside", Who::May(C::ReadNotes), true, || get(outside::show)),
    route("POST", "/p/{patient}/outside", Who::Reviews, true, || post(outside::act)),
];
