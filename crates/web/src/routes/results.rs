//! Disease names, allergies, results, attachments, full-text search.
use super::{Route, Who, route};
use crate::pages::{allergies, attachments, problems, records, results};
use axum::{
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use karute_chart::attachment::schema;
use karute_identity::Capability as C;

/// Largest form of a drawing, in bytes: its JSON as a form encodes it.
const MAX_DRAWING_BYTES: usize = 3 * schema::MAX_BYTES;

pub(super) static ROUTES: &[Route] = &[
    route("GET", "/p/{patient}/problems", Who::Chart, true, || get(problems::show)),
    route("POST", "/p/{patient}/problems", Who::Problems, true, || post(problems::add)),
    route("POST", "/p/{patient}/problems/search", Who::Problems, true, || post(problems::search)),
    route("GET", "/p/{patient}/problems/{problem}", Who::Chart, true, || get(problems::one::show)),
    route("POST", "/p/{patient}/problems/{problem}", Who::Problems, true, || post(problems::one::act_on)),
    route("POST", "/p/{patient}/problems/{problem}/search", Who::Problems, true, || post(problems::one::search)),
    route("POST", "/p/{patient}/problems/{problem}/billing", Who::May(C::EnterProblems), true, || {
        post(problems::billing)
    }),
    route("GET", "/p/{patient}/allergies", Who::Chart, true, || get(allergies::show)),
    route("POST", "/p/{patient}/allergies", Who::May(C::EnterAllergies), true, || post(allergies::add)),
    route("POST", "/p/{patient}/allergies/choose", Who::May(C::EnterAllergies), true, || post(allergies::choose)),
    route("POST", "/p/{patient}/allergies/words", Who::May(C::EnterAllergies), true, || post(allergies::words)),
    route("POST", "/p/{patient}/allergies/none", Who::May(C::EnterAllergies), true, || post(allergies::confirm_none)),
    route("POST", "/p/{patient}/allergies/state", Who::May(C::EnterAllergies), true, || post(allergies::set)),
    route("POST", "/p/{patient}/allergies/infections", Who::May(C::EnterAllergies), true, || {
        post(allergies::infection)
    }),
    route("POST", "/p/{patient}/allergies/{entry}", Who::May(C::EnterAllergies), true, || post(allergies::act_on)),
    route("GET", "/p/{patient}/results", Who::Chart, true, || get(results::show)),
    route("POST", "/p/{patient}/results/target", Who::May(C::ConfirmNotes), true, || post(results::set_target)),
    route("POST", "/me/trend", Who::Chart, false, || post(results::keep_strip)),
    route("GET", "/p/{patient}/documents", Who::Chart, true, || get(attachments::show)),
    route("POST", "/p/{patient}/documents", Who::Attach, true, || {
        post(attachments::upload).layer(DefaultBodyLimit::max(attachments::MAX_UPLOAD_BYTES))
    }),
    route("GET", "/p/{patient}/documents/{document}", Who::Chart, true, || get(attachments::show_one)),
    route("POST", "/p/{patient}/documents/{document}", Who::Attach, true, || post(attachments::act_on)),
    route("GET", "/p/{patient}/documents/{document}/preview", Who::Chart, true, || get(attachments::preview)),
    route("GET", "/p/{patient}/documents/{document}/original", Who::Chart, true, || get(attachments::original)),
    route("GET", "/p/{patient}/documents/{document}/draw", Who::May(C::WriteNotes), true, || get(attachments::again)),
    route("GET", "/p/{patient}/schema/{template}", Who::May(C::WriteNotes), true, || get(attachments::draw_new)),
    route("POST", "/p/{patient}/schema", Who::May(C::WriteNotes), true, || {
        post(attachments::draw_save).layer(DefaultBodyLimit::max(MAX_DRAWING_BYTES))
    }),
    route("POST", "/p/{patient}/search", Who::Chart, true, || post(records::in_chart)),
    route("GET", "/records", Who::May(C::SearchRecords), false, || get(records::show)),
    route("POST", "/records/search", Who::May(C::SearchRecords), true, || post(records::search)),
];
