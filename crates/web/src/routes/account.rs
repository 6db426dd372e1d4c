//! Signing in and out, the person's own page.
use super::{Route, Who, always, locked_too, route};
use crate::pages;
use axum::routing::{get, post};

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
    route("POST", "/palette", Who::SignedIn, true, || post(pages::palette::find)),
    always(route("POST", "/me/password", Who::SignedIn, false, || post(pages::account::change_password))),
    route("GET", "/", Who::SignedIn, false, || get(pages::account::home)),
];
