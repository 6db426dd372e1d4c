//! 予約 and 問診.
use super::{Route, Who, route};
use crate::pages::{appointments, intake};
use axum::routing::{get, post};
use karute_identity::Capability;

const BOOK: Who = Who::May(Capability::Book);
/// 問診 is for doctors, nurses, reception and scribes (ux §2.3): those who register patients.
const ASK: Who = Who::May(Capability::RegisterPatients);

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/appointments", BOOK, true, || get(appointments::show)),
    route("GET", "/appointments/new", BOOK, true, || get(appointments::new::show)),
    route("GET", "/appointments/calls", BOOK, true, || get(appointments::calls::show)),
    route("POST", "/appointments/find", BOOK, true, || post(appointments::new::find)),
    route("POST", "/appointments", BOOK, true, || post(appointments::new::book)),
    route("POST", "/appointments/{appointment}/move", BOOK, true, || post(appointments::act::move_to)),
    route("POST", "/appointments/{appointment}/cancel", BOOK, true, || post(appointments::act::cancel)),
    route("POST", "/appointments/{appointment}/no-show", BOOK, true, || post(appointments::act::no_show)),
    route("POST", "/appointments/{appointment}/restore", BOOK, true, || post(appointments::act::restore)),
    route("GET", "/p/{patient}/next-visit", BOOK, true, || get(appointments::next::show)),
    route("POST", "/p/{patient}/next-visit", BOOK, true, || post(appointments::next::book)),
    route("POST", "/intake/new/{visit}", ASK, true, || post(intake::invite::make)),
    // The patient's own page: no session; the address holds the secret. Its audit events name the questionnaire.
    route("GET", "/intake/{token}", Who::Anyone, false, || get(intake::show)),
    route("POST", "/intake/{token}", Who::Anyone, false, || post(intake::answer)),
];
