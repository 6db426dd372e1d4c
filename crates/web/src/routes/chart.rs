//! The record of a visit: notes, confirmation, correction, printing.
use super::{Route, Who, route};
use crate::WebState;
use crate::pages::{approvals, patient, print, record};
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use karute_identity::Capability as C;

/// Largest form of a record, in bytes: six sections of 4,000 characters with the text they began with, every character
/// three bytes of three characters each.
const MAX_NOTE_BYTES: usize = 512 * 1024;

fn long(router: MethodRouter<WebState>) -> MethodRouter<WebState> {
    router.layer(DefaultBodyLimit::max(MAX_NOTE_BYTES))
}

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/p/{patient}/v/{visit}", Who::May(C::ReadNotes), true, || get(patient::visit)),
    route("GET", "/p/{patient}/v/{visit}/history", Who::May(C::ReadNotes), true, || get(record::history::show)),
    route("POST", "/p/{patient}/v/{visit}/note", Who::May(C::WriteNotes), true, || long(post(record::save::save))),
    route("POST", "/p/{patient}/v/{visit}/note/here", Who::May(C::WriteNotes), true, || post(record::save::here)),
    route("POST", "/p/{patient}/v/{visit}/note/copy", Who::May(C::WriteNotes), true, || long(post(record::save::copy))),
    route("POST", "/p/{patient}/v/{visit}/note/choose", Who::May(C::WriteNotes), true, || {
        long(post(record::save::choose))
    }),
    route("GET", "/p/{patient}/v/{visit}/phrases", Who::May(C::WriteNotes), true, || get(record::phrases::show)),
    route("POST", "/p/{patient}/v/{visit}/phrases", Who::May(C::WriteNotes), true, || post(record::phrases::insert)),
    route("POST", "/p/{patient}/v/{visit}/hand-in", Who::May(C::WriteNotes), true, || {
        long(post(record::finish::hand_in))
    }),
    route("POST", "/p/{patient}/v/{visit}/finish", Who::May(C::ConfirmNotes), true, || {
        long(post(record::finish::finish))
    }),
    route("GET", "/p/{patient}/v/{visit}/correct", Who::May(C::WriteNotes), true, || get(record::correct::show)),
    route("POST", "/p/{patient}/v/{visit}/correct", Who::May(C::WriteNotes), true, || {
        long(post(record::correct::correct))
    }),
    route("POST", "/p/{patient}/v/{visit}/reopen", Who::May(C::ConfirmNotes), true, || post(record::correct::reopen)),
    route("POST", "/p/{patient}/v/{visit}/delete", Who::May(C::ConfirmNotes), true, || post(record::correct::delete)),
    route("GET", "/approvals", Who::May(C::ConfirmNotes), true, || get(approvals::show)),
    route("POST", "/approvals", Who::May(C::ConfirmNotes), false, || long(post(approvals::approve))),
    route("POST", "/approvals/reject", Who::May(C::ConfirmNotes), false, || post(approvals::reject)),
    route("GET", "/print/chart/{patient}", Who::May(C::PrintRecords), true, || get(print::chart::show)),
    route("GET", "/settings/phrases", Who::May(C::WriteNotes), false, || get(crate::pages::settings::phrases::show)),
    route("POST", "/settings/phrases", Who::May(C::WriteNotes), false, || post(crate::pages::settings::phrases::add)),
    route("POST", "/settings/phrases/drop", Who::May(C::WriteNotes), false, || {
        post(crate::pages::settings::phrases::drop_one)
    }),
];
