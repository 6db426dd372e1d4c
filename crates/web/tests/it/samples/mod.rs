//! A real address and form for every route, so that tests can walk the route table. One file a subject.
mod booking;
mod chart;
mod orders;
mod reception;
mod results;
mod settings;

use karute_web::Route;

pub(crate) type Form = Vec<(&'static str, &'static str)>;

/// The address and the form of a route.
pub(crate) fn call(route: &Route) -> (String, Form) {
    let path = route
        .path
        .replace("{visit}", "v-1")
        .replace("{patient}", "pt-1")
        .replace("{job}", "1")
        .replace("{set}", "set-1")
        .replace("{from}", "v-0")
        .replace("{line}", "rx-1")
        .replace("{dosed}", "rx-dosed")
        .replace("{moved}", "rx-moved")
        .replace("{removed}", "rx-removed")
        .replace("{stopped}", "m-1")
        .replace("{request}", "rq-draft")
        .replace("{revoked}", "rq-revoked")
        .replace("{due}", "rq-due")
        .replace("{done}", "rq-done")
        .replace("{lab}", "rq-lab")
        .replace("{person}", "nobody");
    let path = if path == "/reception/changes" { format!("{path}?mark=none") } else { path };
    let subjects = [reception::form, booking::form, chart::form, orders::form, results::form, settings::form];
    (path, subjects.iter().find_map(|form| form(route.path)).unwrap_or_default())
}
