//! Masters and 設定.
use super::{Route, Who, route};
use crate::pages;
use axum::routing::{get, post};

pub(super) static ROUTES: &[Route] = &[
    route("POST", "/terminology/search", Who::SignedIn, false, || post(pages::terms::find)),
    route("GET", "/settings", Who::Drugs, false, || get(pages::settings::home)),
    route("GET", "/settings/masters", Who::Settings, false, || get(pages::settings::masters::show)),
    route("GET", "/settings/drugs", Who::Drugs, false, || get(pages::settings::drugs::show)),
    route("POST", "/settings/drugs", Who::Settings, false, || post(pages::settings::drugs::adopt)),
    route("POST", "/settings/drugs/search", Who::Settings, false, || post(pages::settings::drugs::search)),
    route("POST", "/settings/drugs/drop", Who::Settings, false, || post(pages::settings::drugs::drop_drug)),
    route("GET", "/settings/clinic", Who::Settings, false, || get(pages::settings::clinic::show)),
    route("POST", "/settings/clinic", Who::Settings, false, || post(pages::settings::clinic::set)),
    route("GET", "/settings/people", Who::Settings, false, || get(pages::settings::people::show)),
    route("POST", "/settings/people", Who::Settings, false, || post(pages::settings::people::create)),
    route("GET", "/settings/people/new", Who::Settings, false, || get(pages::settings::people::new_form)),
    route("GET", "/settings/people/{person}", Who::Settings, false, || get(pages::settings::people::one)),
    route("POST", "/settings/people/{person}", Who::Settings, false, || post(pages::settings::people::act)),
    route("GET", "/settings/sets", Who::Settings, false, || get(pages::settings::sets::show)),
    route("POST", "/settings/sets", Who::Settings, false, || post(pages::settings::sets::create)),
    route("GET", "/settings/sets/{set}", Who::Settings, false, || get(pages::settings::set::show)),
    route("POST", "/settings/sets/{set}/search", Who::Settings, false, || post(pages::settings::set::search)),
    route("POST", "/settings/sets/{set}/title", Who::Settings, false, || post(pages::settings::set::rename)),
    route("POST", "/settings/sets/{set}/items", Who::Settings, false, || post(pages::settings::set::add)),
    route("POST", "/settings/sets/{set}/items/remove", Who::Settings, false, || post(pages::settings::set::remove)),
    route("POST", "/settings/sets/{set}/retire", Who::Settings, false, || post(pages::settings::set::retire)),
    route("POST", "/settings/sets/{set}/restore", Who::Settings, false, || post(pages::settings::set::restore)),
    route("GET", "/internal/components", Who::Internal, false, || get(pages::components::show)),
];
