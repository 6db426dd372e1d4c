//! The route table: the only way to a handler. The router is built from it, and the tests walk it to prove that every
//! route refuses strangers and that every route with patient data writes an audit event.
use crate::{WebState, error, guard::guard, headers, pages, rights::Rights};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodRouter, get, post},
};
use tower_http::{CompressionLevel, compression::CompressionLayer};

/// Largest form accepted, in bytes.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Who may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Everybody, before signing in too.
    Anyone,
    /// Every person of the institution.
    SignedIn,
    /// Who may see the reception list.
    Reception,
    /// Who may move visits on.
    MoveVisits,
    /// Who may search patients.
    Search,
    /// Who may open a patient.
    Chart,
    /// Who may see and retry what has not been sent.
    Jobs,
    /// Who may read the audit trail.
    Audit,
    /// Who may see the adopted drugs.
    Drugs,
    /// Who may change the settings of the clinic.
    Settings,
    /// Administrators: pages about the product itself.
    Internal,
}

impl Who {
    pub(crate) fn lets(self, rights: Rights) -> bool {
        match self {
            Who::Anyone | Who::SignedIn => true,
            Who::Reception => rights.reception,
            Who::MoveVisits => rights.move_visits,
            Who::Search => rights.search,
            Who::Chart => rights.chart,
            Who::Jobs => rights.jobs,
            Who::Audit => rights.audit,
            Who::Drugs => rights.drugs,
            Who::Settings => rights.settings,
            Who::Internal => rights.internal,
        }
    }
}

/// One route.
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Path with `{…}` for ids.
    pub path: &'static str,
    /// Who may use it.
    pub who: Who,
    /// Whether it shows or changes patient data; then it writes an audit event.
    pub patient_data: bool,
    /// Whether it works while the person must still change a first password.
    pub while_password_is_new: bool,
    handler: fn() -> MethodRouter<WebState>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    who: Who,
    patient_data: bool,
    handler: fn() -> MethodRouter<WebState>,
) -> Route {
    Route { method, path, who, patient_data, while_password_is_new: false, handler }
}

const fn always(mut route: Route) -> Route {
    route.while_password_is_new = true;
    route
}

/// Every route but the assets.
pub static ROUTES: &[Route] = &[
    // Signing in and out.
    route("GET", "/sign-in", Who::Anyone, false, || get(pages::sign_in::show)),
    route("POST", "/sign-in", Who::Anyone, false, || post(pages::sign_in::first_step)),
    route("POST", "/sign-in/code", Who::Anyone, false, || post(pages::sign_in::second_step)),
    route("GET", "/demo/sign-in", Who::Anyone, false, || get(pages::sign_in::demo)),
    always(route("POST", "/sign-out", Who::SignedIn, false, || post(pages::sign_in::sign_out))),
    always(route("GET", "/me", Who::SignedIn, false, || get(pages::account::show))),
    always(route("POST", "/me/password", Who::SignedIn, false, || post(pages::account::change_password))),
    route("GET", "/", Who::SignedIn, false, || get(pages::account::home)),
    // 受付
    route("GET", "/reception", Who::Reception, true, || get(pages::reception::show)),
    route("GET", "/reception/rows", Who::Reception, true, || get(pages::reception::rows)),
    route("GET", "/reception/changes", Who::Reception, false, || get(pages::reception::changes)),
    route("POST", "/reception/visits/{visit}/step", Who::MoveVisits, true, || post(pages::reception::step)),
    route("POST", "/reception/arrivals", Who::MoveVisits, true, || post(pages::reception::arrive)),
    // Patients
    route("GET", "/patients", Who::Search, false, || get(pages::search::show)),
    route("POST", "/patients/search", Who::Search, true, || post(pages::search::find)),
    route("GET", "/p/{patient}", Who::Chart, true, || get(pages::patient::show)),
    // Work of the institution
    route("GET", "/outgoing", Who::Jobs, false, || get(pages::outgoing::show)),
    route("POST", "/outgoing/{job}/retry", Who::Jobs, false, || post(pages::outgoing::retry)),
    route("POST", "/outgoing/{job}/discard", Who::Jobs, false, || post(pages::outgoing::discard)),
    route("GET", "/audit", Who::Audit, true, || get(pages::audit::show)),
    route("POST", "/audit/find", Who::Audit, true, || post(pages::audit::find)),
    // Masters
    route("POST", "/terminology/search", Who::SignedIn, false, || post(pages::terms::find)),
    // 設定
    route("GET", "/settings", Who::Drugs, false, || get(pages::settings::home)),
    route("GET", "/settings/masters", Who::Settings, false, || get(pages::settings::masters::show)),
    route("GET", "/settings/drugs", Who::Drugs, false, || get(pages::settings::drugs::show)),
    route("POST", "/settings/drugs", Who::Settings, false, || post(pages::settings::drugs::adopt)),
    route("POST", "/settings/drugs/search", Who::Settings, false, || post(pages::settings::drugs::search)),
    route("POST", "/settings/drugs/drop", Who::Settings, false, || post(pages::settings::drugs::drop_drug)),
    route("GET", "/settings/sets", Who::Settings, false, || get(pages::settings::sets::show)),
    route("POST", "/settings/sets", Who::Settings, false, || post(pages::settings::sets::create)),
    route("GET", "/settings/sets/{set}", Who::Settings, false, || get(pages::settings::set::show)),
    route("POST", "/settings/sets/{set}/search", Who::Settings, false, || post(pages::settings::set::search)),
    route("POST", "/settings/sets/{set}/title", Who::Settings, false, || post(pages::settings::set::rename)),
    route("POST", "/settings/sets/{set}/items", Who::Settings, false, || post(pages::settings::set::add)),
    route("POST", "/settings/sets/{set}/items/remove", Who::Settings, false, || post(pages::settings::set::remove)),
    route("POST", "/settings/sets/{set}/items/note", Who::Settings, false, || post(pages::settings::set::note)),
    route("POST", "/settings/sets/{set}/retire", Who::Settings, false, || post(pages::settings::set::retire)),
    route("POST", "/settings/sets/{set}/restore", Who::Settings, false, || post(pages::settings::set::restore)),
    route("GET", "/internal/components", Who::Internal, false, || get(pages::components::show)),
];

/// The screens.
pub fn router(state: WebState) -> Router {
    let mut router: Router<WebState> = Router::new();
    for route in ROUTES {
        let guarded = middleware::from_fn_with_state((state.clone(), route), guard);
        router = router.route(route.path, (route.handler)().layer(guarded));
    }
    router
        .route("/assets/{edition}/{name}", get(crate::assets::serve))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::not_found)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::map_response(headers::add))
        .with_state(state)
}
