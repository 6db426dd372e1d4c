//! Finding and opening patients.
use super::{Route, Who, route};
use crate::pages::{self, patients};
use axum::routing::{get, post};
use karute_identity::Capability;

const REGISTER: Who = Who::May(Capability::RegisterPatients);
const MERGE: Who = Who::May(Capability::MergePatients);

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/patients", Who::Search, false, || get(pages::search::show)),
    route("POST", "/patients/search", Who::Search, true, || post(pages::search::find)),
    route("GET", "/p/{patient}", Who::Chart, true, || get(pages::patient::show)),
    route("POST", "/p/{patient}/paper-note", Who::May(Capability::RegisterPatients), true, || {
        post(pages::patient::paper::write)
    }),
    route("POST", "/p/{patient}/emergency", Who::May(Capability::OpenInEmergency), false, || {
        post(pages::emergency::open)
    }),
    route("GET", "/me/emergency", Who::May(Capability::OpenInEmergency), false, || get(pages::emergency::show)),
    route("POST", "/me/emergency", Who::May(Capability::OpenInEmergency), false, || post(pages::emergency::explain)),
    route("GET", "/patients/new", REGISTER, false, || get(patients::new::show)),
    route("POST", "/patients/new/begin", REGISTER, false, || post(patients::new::begin)),
    route("POST", "/patients/read", REGISTER, false, || post(patients::new::read)),
    route("POST", "/patients", REGISTER, true, || post(patients::new::register)),
    route("POST", "/patients/unknown", REGISTER, true, || post(patients::new::unknown)),
    route("GET", "/p/{patient}/edit", REGISTER, true, || get(patients::edit::show)),
    route("POST", "/p/{patient}/edit", REGISTER, true, || post(patients::edit::amend)),
    route("POST", "/p/{patient}/insurance", REGISTER, true, || post(patients::edit::card)),
    route("POST", "/p/{patient}/public", REGISTER, true, || post(patients::edit::public)),
    route("GET", "/p/{patient}/merge", MERGE, true, || get(patients::merge::show)),
    route("POST", "/p/{patient}/merge/find", MERGE, true, || post(patients::merge::find)),
    route("GET", "/p/{patient}/merge/{other}", MERGE, true, || get(patients::merge::compare)),
    route("POST", "/p/{patient}/merge", MERGE, true, || post(patients::merge::merge)),
    route("POST", "/p/{patient}/unmerge", MERGE, true, || post(patients::merge::unmerge)),
];
