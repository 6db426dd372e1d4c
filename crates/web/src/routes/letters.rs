//! 診療情報提供書 and 返書 of a patient.
use super::{Route, Who, route};
use crate::WebState;
use crate::pages::letter::{self, act, addressee, open, print, save, sign};
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, get, post};
use karute_identity::Capability as C;

/// Largest form of a letter, in bytes: what the printed form takes, with the text it began with, every character three
/// bytes of three characters each.
const MAX_LETTER_BYTES: usize = 1 << 20;

fn long(router: MethodRouter<WebState>) -> MethodRouter<WebState> {
    router.layer(DefaultBodyLimit::max(MAX_LETTER_BYTES))
}

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/p/{patient}/letters", Who::Chart, true, || get(letter::of_patient)),
    route("POST", "/p/{patient}/letters", Who::May(C::WriteNotes), true, || post(open::open)),
    route("GET", "/p/{patient}/letters/new", Who::May(C::WriteNotes), true, || get(open::new)),
    route("GET", "/p/{patient}/letters/{letter}", Who::Chart, true, || get(letter::show)),
    route("POST", "/p/{patient}/letters/{letter}/note", Who::May(C::WriteNotes), true, || long(post(save::save))),
    route("POST", "/p/{patient}/letters/{letter}/note/here", Who::May(C::WriteNotes), true, || post(save::here)),
    route("POST", "/p/{patient}/letters/{letter}/note/choose", Who::May(C::WriteNotes), true, || {
        long(post(save::choose))
    }),
    route("POST", "/p/{patient}/letters/{letter}/act", Who::May(C::WriteNotes), true, || long(post(act::act))),
    route("GET", "/p/{patient}/letters/{letter}/to", Who::May(C::WriteNotes), true, || get(addressee::show)),
    route("POST", "/p/{patient}/letters/{letter}/to", Who::May(C::WriteNotes), true, || post(addressee::change)),
    route("POST", "/p/{patient}/letters/{letter}/sign", Who::May(C::ConfirmNotes), true, || long(post(sign::sign))),
    route("POST", "/p/{patient}/letters/{letter}/after", Who::May(C::ConfirmNotes), true, || post(sign::after)),
    route("GET", "/p/{patient}/letters/{letter}/print.pdf", Who::May(C::PrintRecords), true, || get(print::show)),
];
