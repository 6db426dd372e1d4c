//! The route table: the only way to a handler. The router is built from it, and the tests walk it to prove that every
//! route refuses strangers and that every route with patient data writes an audit event.
mod account;
mod booking;
mod chart;
mod inbox;
mod issue;
mod letters;
mod orders;
mod patient;
mod reception;
mod results;
mod settings;
mod work;

use crate::{WebState, error, guard::guard, headers, rights::Rights};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{MethodRouter, get},
};
use karute_identity::{Caller, Capability};
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
    /// Who may keep sets: the clinic's or their own.
    Sets,
    /// Administrators: pages about the product itself.
    Internal,
    /// Who may say what a patient has: not the desk, which only orders disease names for billing.
    Problems,
    /// Who may attach documents.
    Attach,
    /// Who may review what arrived and take it into the chart.
    Reviews,
    /// Who may say whose something is that arrived.
    Matches,
    /// Who has a capability by the table of `identity`.
    May(Capability),
}

impl Who {
    pub(crate) fn lets(self, caller: &Caller, rights: Rights) -> bool {
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
            Who::Sets => rights.sets(),
            Who::Internal => rights.internal,
            Who::Problems => rights.problems,
            Who::Attach => rights.attach,
            Who::Reviews => rights.reviews,
            Who::Matches => rights.matches,
            Who::May(capability) => caller.may(capability),
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
    /// Whether it works while the session is locked.
    pub while_locked: bool,
    handler: fn() -> MethodRouter<WebState>,
}

const fn route(
    method: &'static str,
    path: &'static str,
    who: Who,
    patient_data: bool,
    handler: fn() -> MethodRouter<WebState>,
) -> Route {
    Route { method, path, who, patient_data, while_password_is_new: false, while_locked: false, handler }
}

const fn locked_too(mut route: Route) -> Route {
    route.while_locked = true;
    always(route)
}

const fn always(mut route: Route) -> Route {
    route.while_password_is_new = true;
    route
}

/// Every route but the assets, by subject.
pub static ROUTES: &[&[Route]] = &[
    account::ROUTES,
    reception::ROUTES,
    booking::ROUTES,
    patient::ROUTES,
    chart::ROUTES,
    orders::ROUTES,
    issue::ROUTES,
    results::ROUTES,
    letters::ROUTES,
    inbox::ROUTES,
    work::ROUTES,
    settings::ROUTES,
];

/// The screens.
pub fn router(state: WebState) -> Router {
    let mut router: Router<WebState> = Router::new();
    for route in ROUTES.iter().copied().flatten() {
        let guarded = middleware::from_fn_with_state((state.clone(), route), guard);
        router = router.route(route.path, (route.handler)().layer(guarded));
    }
    router
        .route(
            "/assets/{edition}/{name}",
            // Asked once per browser and edition, so that squeezing them well costs little; pages are asked all day.
            get(crate::assets::serve).layer(CompressionLayer::new().quality(CompressionLevel::Precise(9))),
        )
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::not_found)
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::map_response(headers::add))
        .with_state(state)
}
