//! Signing in and out, the person's own page.
use super::{Route, Who, always, locked_too, route};
use crate::pages;
use axum::routing::{get, post};
use karute_identity::Capability as C;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/sign-in", Who::Anyone, false, || get(pages::sign_in::show)),
    route("POST", "/sign-in", Who::Anyone, false, || post(pages::sign_in::first_step)),
    route("POST", "/sign-in/code", Who::Anyone, false, || post(pages::sign_in::second_step)),
    route("GET", "/demo/sign-in", Who::Anyone, false, || get(pages::sign_in::demo)),
    locked_too(route("POST", "/sign-out", Who::SignedIn, false, || post(pages::sign_in::sign_out))),
    locked_too(route("POST", "/lock", Who::SignedIn, false, || post(pages::lock::lock))),
    locked_too(route("GET", "/locked", Who::SignedIn, false, || get(pages::lock::show))),
    locked_too(route("POST", "/unlock", Who::SignedIn, false, || post(pages::lock::unlock))),
    always(route("GET", "/me", Who::SignedIn, false, || get(pages::account::show))),
    route("POST", "/me/screen", Who::SignedIn, false, || post(pages::account::change_screen)),
    route("GET", "/me/signing", Who::May(C::ConfirmNotes), false, || get(pages::signing::show)),
    route("POST", "/me/signing", Who::May(C::ConfirmNotes), false, || post(pages::signing::choose)),
    route("GET", "/me/signing/sign-in", Who::May(C::ConfirmNotes), false, || get(pages::signing::sign_in)),
    route("GET", "/signing/callback", Who::Anyone, false, || get(pages::signing::callback)),
    route("GET", "/me/signing/finish", Who::May(C::ConfirmNotes), false, || get(pages::signing::finish)),
    route("GET", "/me/signing/ready", Who::May(C::ConfirmNotes), false, || get(pages::signing::ready)),
    route("POST", "/me/signing/card", Who::May(C::ConfirmNotes), false, || post(pages::signing::card)),
    route("POST", "/me/signing/file", Who::May(C::ConfirmNotes), false, || post(pages::signing::file)),
    route("POST", "/me/signing/sign-out", Who::May(C::ConfirmNotes), false, || post(pages::signing::sign_out)),
    route("POST", "/palette", Who::SignedIn, true, || post(pages::palette::find)),
    always(route("POST", "/me/password", Who::SignedIn, false, || post(pages::account::change_password))),
    route("GET", "/", Who::SignedIn, false, || get(pages::account::home)),
];
