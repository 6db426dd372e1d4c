//! Masters and 設定.
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};

pub(super) static ROUTES: &[Route] = &[
    route("POST", "/terminology/search", Who::SignedIn, false, || post(pages::terms::find)),
    route("GET", "/settings", Who::Drugs, false, || get(pages::settings::home)),
    route("GET", "/settings/masters", Who::Settings, false, || get(pages::settings::masters::show)),
    route("GET", "/settings/patients", Who::Settings, false, || get(pages::settings::patients::show)),
    route("POST", "/settings/patients", Who::Settings, false, || post(pages::settings::patients::set)),
    route("GET", "/settings/drugs", Who::Drugs, false, || get(pages::settings::drugs::show)),
    route("POST", "/settings/drugs", Who::Settings, false, || post(pages::settings::drugs::adopt)),
    route("POST", "/settings/drugs/search", Who::Settings, false, || post(pages::settings::drugs::search)),
    route("POST", "/settings/drugs/drop", Who::Settings, false, || post(pages::settings::drugs::drop_drug)),
    route("GET", "/settings/clinic", Who::Settings, false, || get(pages::settings::clinic::show)),
    route("POST", "/settings/clinic", Who::Settings, false, || post(pages::settings::clinic::set)),
    route("POST", "/settings/clinic/contact", Who::Settings, false, || post(pages::settings::clinic::set_contact)),
    route("POST", "/settings/clinic/department", Who::Settings, false, || post(pages::settings::department::set)),
    route("POST", "/settings/clinic/naming", Who::Settings, false, || post(pages::settings::clinic::set_naming)),
    route("GET", "/settings/people", Who::Settings, false, || get(pages::settings::people::show)),
    route("POST", "/settings/people", Who::Settings, false, || post(pages::settings::people::create)),
    route("GET", "/settings/people/new", Who::Settings, false, || get(pages::settings::people::new_form)),
    route("GET", "/settings/people/{person}", Who::Settings, false, || get(pages::settings::people::one)),
    route("POST", "/settings/people/{person}", Who::Settings, false, || post(pages::settings::people::act)),
    route("GET", "/settings/sets", Who::Sets, false, || get(pages::settings::sets::show)),
    route("POST", "/settings/sets", Who::Sets, false, || post(pages::settings::sets::create)),
    route("GET", "/settings/sets/{set}", Who::Sets, false, || get(pages::settings::set::show)),
    route("POST", "/settings/sets/{set}/search", Who::Sets, false, || post(pages::settings::set::search)),
    route("POST", "/settings/sets/{set}/title", Who::Sets, false, || post(pages::settings::set::rename)),
    route("POST", "/settings/sets/{set}/items", Who::Sets, false, || post(pages::settings::set::add)),
    route("POST", "/settings/sets/{set}/items/note", Who::Sets, false, || post(pages::settings::set::note)),
    route("POST", "/settings/sets/{set}/items/remove", Who::Sets, false, || post(pages::settings::set::remove)),
    route("POST", "/settings/sets/{set}/retire", Who::Sets, false, || post(pages::settings::set::retire)),
    route("POST", "/settings/sets/{set}/restore", Who::Sets, false, || post(pages::settings::set::restore)),
    route("GET", "/settings/booking", Who::Settings, false, || get(pages::settings::booking::show)),
    route("POST", "/settings/booking", Who::Settings, false, || post(pages::settings::booking::create)),
    route("POST", "/settings/booking/usual", Who::Settings, false, || post(pages::settings::booking::usual)),
    route("POST", "/settings/booking/holidays", Who::Settings, false, || post(pages::settings::booking::holidays)),
    route("POST", "/settings/booking/exceptions", Who::Settings, false, || post(pages::settings::booking::except)),
    route("POST", "/settings/booking/exceptions/remove", Who::Settings, false, || {
        post(pages::settings::booking::remove_exception)
    }),
    route("POST", "/settings/booking/{schedule}/rules", Who::Settings, false, || {
        post(pages::settings::booking::add_rules)
    }),
    route("POST", "/settings/booking/{schedule}/rules/remove", Who::Settings, false, || {
        post(pages::settings::booking::remove_rule)
    }),
    route("POST", "/settings/booking/{schedule}/offered", Who::Settings, false, || {
        post(pages::settings::booking::offer)
    }),
    route("GET", "/internal/components", Who::Internal, false, || get(pages::components::show)),
];
