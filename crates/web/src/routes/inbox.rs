//! 受信箱, and what other institutions say of a patient.
use super::{Route, Who, route};
use crate::pages::inbox::{self, act, source};
use crate::pages::outside;
use axum::routing::{get, post};
use karute_identity::Capability as C;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/inbox", Who::Chart, true, || get(inbox::show)),
    route("GET", "/inbox/{received}", Who::Chart, true, || get(inbox::one)),
    route("GET", "/inbox/{received}/original", Who::May(C::ReadNotes), true, || get(source::original)),
    route("GET", "/inbox/{received}/files/{file}", Who::May(C::ReadNotes), true, || get(source::file)),
    route("GET", "/print/inbox/{received}", Who::May(C::ReadNotes), true, || get(source::print)),
    route("POST", "/inbox/{taken}/import", Who::Reviews, true, || post(act::import)),
    route("POST", "/inbox/{looked}/review", Who::Reviews, true, || post(act::review)),
    route("POST", "/inbox/{received}/reply", Who::May(C::WriteNotes), true, || post(act::reply)),
    route("POST", "/inbox/{unmatched}/link", Who::Matches, true, || post(act::link)),
    route("POST", "/inbox/{unmatched}/search", Who::Matches, true, || post(act::search)),
    // Asking is for licensed staff in their own name (onshi §10); what was seen is read like the notes.
    route("GET", "/p/{patient}/outside", Who::May(C::ReadNotes), true, || get(outside::show)),
    route("POST", "/p/{patient}/outside", Who::Reviews, true, || post(outside::act)),
];
