//! A real address and form for every route, so that tests can walk the route table. One file a subject.
mod booking;
mod chart;
pub(crate) mod letters;
mod orders;
mod patients;
pub(crate) mod received;
mod reception;
pub(crate) mod results;
mod settings;

use karute_web::Route;

pub(crate) type Form = Vec<(&'static str, &'static str)>;

/// A drawing to go on with, a document to delete, one to look at: the walk must not delete what it looks at next.
fn document(route: &Route) -> &'static str {
    match (route.method, route.path) {
        (_, path) if path.ends_with("/draw") => "doc-2",
        ("POST", _) => "doc-3",
        _ => "doc-1",
    }
}

/// The address and the form of a route.
pub(crate) fn call(route: &Route) -> (String, Form) {
    // What is done with a visit beside moving it on has one of its own, so that neither disturbs the other.
    let visit = match route.path {
        path if path.starts_with("/reception/visits/") && !path.ends_with("/step") => "v-9",
        // Visits in which nothing is ordered can be finished.
        path if path.ends_with("/hand-in") => "v-9",
        path if path.ends_with("/finish") => "v-8",
        _ => "v-1",
    };
    let patient = match route.path {
        path if path.ends_with("/unmerge") => "pt-8",
        path if path.ends_with("/allergies/none") => "pt-2",
        path if path.ends_with("/hand-in") => "pt-7",
        path if path.ends_with("/finish") => "pt-6",
        _ => "pt-1",
    };
    let path = route
        .path
        .replace("{visit}", if chart::confirmed(route.path) { "v-0" } else { visit })
        .replace("{patient}", patient)
        .replace("{other}", "pt-8")
        .replace("{job}", "1")
        .replace("{set}", "set-1")
        .replace("{from}", "v-0")
        .replace("{line}", "rx-1")
        .replace("{dosed}", "rx-dosed")
        .replace("{moved}", "rx-moved")
        .replace("{removed}", "rx-removed")
        .replace("{stopped}", "m-1")
        .replace("{request}", "rq-draft")
        .replace("{altered}", "rq-altered")
        .replace("{revoked}", "rq-revoked")
        .replace("{due}", "rq-due")
        .replace("{done}", "rq-done")
        .replace("{lab}", "rq-lab")
        .replace("{person}", "nobody")
        .replace("{problem}", "pb-1")
        .replace("{entry}", "a-1")
        .replace("{document}", document(route))
        .replace("{task}", "rx-task")
        .replace("{template}", "knee")
        .replace("{letter}", letters::which(route.path))
        .replace("{file}", "0.0");
    let path = received::named(&path);
    let path = booking::named(&path);
    let path = if path == "/me/signing/sign-in" { format!("{path}?method=fido") } else { path };
    let path = if path.ends_with("/changes") { format!("{path}?mark=none") } else { path };
    let subjects = [
        reception::form,
        patients::form,
        booking::form,
        chart::form,
        orders::form,
        results::form,
        settings::form,
        letters::form,
        received::form,
    ];
    (path, subjects.iter().find_map(|form| form(route.path)).unwrap_or_default())
}
