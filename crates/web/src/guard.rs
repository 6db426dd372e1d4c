//! Who may pass: before every handler, by the route table.
use crate::{
    WebState,
    components::frame::Viewer,
    error::{self, WebError, anonymous},
    preferences::{self, Preferences},
    rights::Rights,
    routes::{Route, Who},
    session,
};
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::approval;
use karute_chart::author::{Author, Standing};
use karute_chart::clinic::{self, Mode};
use karute_chart::inbox;
use karute_chart::opened::{self, Left};
use karute_eprescription::jobs::record::count_unregistered;
use karute_eprescription::office;
use karute_fhir::Id;
use karute_identity::{BrowserKeys, Caller, Profession, SessionInfo};
use karute_ledger::{Action, Outcome};
use std::sync::Arc;

/// A person who signed in and may use the route.
#[derive(Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting or a state of its own")]
pub(crate) struct Signed {
    pub(crate) caller: Caller,
    pub(crate) info: Arc<SessionInfo>,
    pub(crate) rights: Rights,
    pub(crate) preferences: Preferences,
    /// How much of the product the clinic uses.
    pub(crate) mode: Mode,
    /// Whether a reason for an emergency is owed.
    pub(crate) owes_reason: bool,
    /// How many entries of proxies wait for this person's kind; 0 for who does not approve.
    pub(crate) awaiting: u64,
    /// Whether the clinic issues electronic prescriptions.
    pub(crate) issues: bool,
    /// Whether the clinic sends letters by the record sharing service.
    pub(crate) shares: bool,
    /// How many prescriptions are not registered; 0 for who does not see the reception list.
    pub(crate) unregistered: u64,
    /// How much of the inbox waits for this kind of person.
    pub(crate) waiting: u64,
    /// Visits of other patients in which this person left work.
    pub(crate) left: Vec<Left>,
    /// Keys for what the browser keeps while we cannot be reached; whole pages only.
    pub(crate) browser_keys: Option<Arc<BrowserKeys>>,
    /// Which half of the chart this device shows when it is held upright: 経過, or the record with the orders.
    pub(crate) past_first: bool,
}

impl Signed {
    /// As the frame shows them.
    pub(crate) fn viewer(&self) -> Viewer<'_> {
        let professions: Vec<&str> = self.info.professions.iter().map(|p| p.label()).collect();
        Viewer {
            name: &self.info.name,
            role: professions.join("・"),
            rights: self.rights,
            idle_ms: self.info.idle_ms,
            preferences: self.preferences,
            mode: self.mode,
            owes_reason: self.owes_reason,
            awaiting: self.awaiting,
            unregistered: self.unregistered,
            waiting: self.waiting,
            left: &self.left,
            browser_keys: self.browser_keys.as_deref(),
        }
    }
    /// As an author of entries: scribes enter for a doctor (代行), everybody else in their own name.
    pub(crate) fn author(&self) -> Result<Author, WebError> {
        let person = Id::new(&self.info.person).map_err(|_| WebError::Internal)?;
        let has = |wanted| self.info.professions.contains(&wanted);
        let proxy = has(Profession::Scribe) && !has(Profession::Doctor);
        let standing = if proxy { Standing::Proxy } else { Standing::Own };
        Ok(Author { person, name: self.info.name.clone(), standing })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Signed {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Signed, WebError> {
        parts.extensions.get::<Signed>().cloned().ok_or(WebError::SignIn)
    }
}

/// Whether a script asks for a part of a page.
#[derive(Clone, Copy)]
pub(crate) struct Fragment(pub(crate) bool);

impl<S: Send + Sync> FromRequestParts<S> for Fragment {
    type Rejection = std::convert::Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Fragment, Self::Rejection> {
        Ok(Fragment(is_fragment(&parts.headers)))
    }
}

fn is_fragment(headers: &HeaderMap) -> bool {
    headers.contains_key("x-fragment")
}

/// The middleware in front of one route.
pub(crate) async fn guard(
    State((state, route)): State<(WebState, &'static Route)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    if parts.method == Method::POST
        && !from_our_pages(&parts.headers, parts.uri.authority().map(http::uri::Authority::as_str))
    {
        return WebError::Foreign.into_response();
    }
    if route.who != Who::Anyone {
        match identify(&state, route, &parts).await {
            Ok(signed) => {
                parts.extensions.insert(signed);
            }
            Err(response) => return response,
        }
    }
    next.run(Request::from_parts(parts, body)).await
}

async fn identify(state: &WebState, route: &Route, parts: &Parts) -> Result<Signed, Response> {
    let nobody = || anonymous(is_fragment(&parts.headers), parts.method == Method::GET);
    let Some(cookie) = session::cookie(state, &parts.headers) else { return Err(nobody()) };
    // What a screen asks by itself does not keep the session open.
    let origin = state.origin(parts);
    let found = if parts.headers.contains_key("x-background") {
        state.identity().session_in_background(cookie, origin).await
    } else {
        state.identity().session(cookie, origin).await
    };
    let caller = match found {
        Ok(Some(caller)) => caller,
        Ok(None) => return Err(nobody()),
        Err(error) => return Err(WebError::from(error).into_response()),
    };
    let karute_identity::Rights::Person(info) = &caller.rights else { return Err(nobody()) };
    let info = Arc::clone(info);
    let rights = Rights::of(&caller);
    // A page says whose it is. When somebody else signed in meanwhile in the same browser, nothing of it is done in
    // their name.
    if let Some(owner) = parts.headers.get("x-owner")
        && !owner.to_str().is_ok_and(|owner| state.identity().is_browser_owner(&caller, owner))
    {
        return Err(error::somebody_else());
    }
    if info.locked && !route.while_locked {
        return Err(crate::pages::lock::refusal(parts, is_fragment(&parts.headers)));
    }
    // A first password must be changed before anything else (the identity room refuses everything meanwhile).
    if info.must_change_password && !route.while_password_is_new {
        return Err(Redirect::to("/me").into_response());
    }
    if !route.who.lets(&caller, rights) {
        let detail = format!("権限がないため断りました: {} {}", route.method, route.path);
        let noted = state.access(&caller).note(Action::View, Outcome::Refused, &detail, Vec::new()).await;
        return Err(match noted {
            Ok(()) => WebError::Forbidden.into_response(),
            Err(error) => WebError::from(error).into_response(),
        });
    }
    let mut signed = Signed {
        caller,
        info,
        rights,
        preferences: Preferences::default(),
        mode: Mode::default(),
        owes_reason: false,
        awaiting: 0,
        issues: false,
        shares: false,
        unregistered: 0,
        waiting: 0,
        left: Vec::new(),
        browser_keys: None,
        past_first: session::shows_past(&parts.headers),
    };
    // Parts of the letter composer ask for it, too.
    signed.shares = shares(state, &signed).await.map_err(IntoResponse::into_response)?;
    // Only whole pages show them.
    if parts.method == Method::GET || !is_fragment(&parts.headers) {
        signed.preferences = preferences::of(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.mode = mode(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.owes_reason = owes(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.awaiting = awaiting(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.issues = issues(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.unregistered = unregistered(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.waiting = waiting(state, &signed).await.map_err(IntoResponse::into_response)?;
        signed.left = left(state, &signed, parts.uri.path()).await.map_err(IntoResponse::into_response)?;
        signed.browser_keys = state.identity().browser_keys(&signed.caller).map(Arc::new);
    }
    Ok(signed)
}

/// How much of the product the clinic uses.
pub(crate) async fn mode(state: &WebState, signed: &Signed) -> Result<Mode, WebError> {
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().mode(tenant, now) {
        return Ok(kept);
    }
    let found = clinic::mode(&state.access(&signed.caller)).await?;
    state.kept().keep_mode(tenant, found, now);
    Ok(found)
}

/// Counted for who approves.
async fn awaiting(state: &WebState, signed: &Signed) -> Result<u64, WebError> {
    if !signed.rights.confirms || signed.mode == Mode::PaperChart {
        return Ok(0);
    }
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().awaiting(tenant, now) {
        return Ok(kept);
    }
    let found = approval::count(&state.access(&signed.caller)).await?;
    state.kept().keep_awaiting(tenant, found, now);
    Ok(found)
}

/// Whether the clinic issues electronic prescriptions: a setting of its own.
async fn issues(state: &WebState, signed: &Signed) -> Result<bool, WebError> {
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().issues(tenant, now) {
        return Ok(kept);
    }
    let found = office::connection(&state.access(&signed.caller)).await?.is_some();
    state.kept().keep_issues(tenant, found, now);
    Ok(found)
}

/// Whether the clinic sends letters by the record sharing service: a setting of its own.
pub(crate) async fn shares(state: &WebState, signed: &Signed) -> Result<bool, WebError> {
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().shares(tenant, now) {
        return Ok(kept);
    }
    let found = karute_sharing::office::connection(&state.access(&signed.caller)).await?.is_some();
    state.kept().keep_shares(tenant, found, now);
    Ok(found)
}

/// Counted for who sees the patients in the building, where prescriptions are issued at all.
async fn unregistered(state: &WebState, signed: &Signed) -> Result<u64, WebError> {
    if !signed.issues || !signed.rights.reception {
        return Ok(0);
    }
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().unregistered(tenant, now) {
        return Ok(kept);
    }
    let found = count_unregistered(&state.access(&signed.caller)).await?;
    state.kept().keep_unregistered(tenant, found, now);
    Ok(found)
}

/// Counted for who sees the inbox: reception waits for patients to be named, everybody else for all.
async fn waiting(state: &WebState, signed: &Signed) -> Result<u64, WebError> {
    if !signed.rights.inbox {
        return Ok(0);
    }
    let (key, now) = ((signed.caller.tenant, signed.rights.notes), state.now());
    if let Some(kept) = state.kept().waiting(key, now) {
        return Ok(kept);
    }
    let found = inbox::count(&state.access(&signed.caller), !signed.rights.notes).await?;
    state.kept().keep_waiting(key, found, now);
    Ok(found)
}

/// Where the person left work (SAFE-04); not the patient whose page this is.
async fn left(state: &WebState, signed: &Signed, path: &str) -> Result<Vec<Left>, WebError> {
    if !(signed.rights.writes || signed.rights.orders) {
        return Ok(Vec::new());
    }
    let Ok(person) = Id::new(&signed.info.person) else { return Ok(Vec::new()) };
    let open = path.strip_prefix("/p/").and_then(|rest| rest.split('/').next()).and_then(|id| Id::new(id).ok());
    Ok(opened::left(&state.access(&signed.caller), &person, open.as_ref()).await?)
}

/// Only who may see charts and no notes can owe one.
async fn owes(state: &WebState, signed: &Signed) -> Result<bool, WebError> {
    if !signed.rights.emergency {
        return Ok(false);
    }
    let (key, now) = ((signed.caller.tenant, signed.info.person.clone()), state.now());
    if let Some(kept) = state.kept().owed(&key, now) {
        return Ok(kept);
    }
    let found = !state.identity().owed_reasons(&signed.caller).await?.is_empty();
    state.kept().keep_owed(key, found, now);
    Ok(found)
}

/// Whether a POST was made by our own pages: browsers say so in `Sec-Fetch-Site` and `Origin`. The session cookie is
/// `SameSite=Strict` besides.
fn from_our_pages(headers: &HeaderMap, authority: Option<&str>) -> bool {
    let text = |name: header::HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site"))
        && site != "same-origin"
        && site != "none"
    {
        return false;
    }
    let Some(host) = text(header::HOST).or(authority) else { return false };
    match text(header::ORIGIN) {
        Some(origin) => origin.split_once("://").is_some_and(|(_, o)| o.eq_ignore_ascii_case(host)),
        // Browsers send `Origin` with every POST; what sends neither is not a browser and carries no stolen cookie.
        None => headers.contains_key("sec-fetch-site"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_post_passes_only_when_the_browser_says_it_came_from_our_pages() {
        let cases: [(&[(&str, &str)], bool); 9] = [
            (&[("host", "k.example"), ("origin", "https://k.example"), ("sec-fetch-site", "same-origin")], true),
            (&[("host", "k.example"), ("origin", "https://k.example")], true),
            (&[("host", "k.example"), ("sec-fetch-site", "same-origin")], true),
            (&[("host", "k.example"), ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")], false),
            (&[("host", "k.example"), ("origin", "https://evil.example")], false),
            (&[("host", "k.example"), ("origin", "https://k.example"), ("sec-fetch-site", "same-site")], false),
            (&[("host", "k.example"), ("origin", "null")], false),
            (&[("host", "k.example")], false),
            (&[("origin", "https://k.example")], false),
        ];
        for (given, expected) in cases {
            let mut headers = HeaderMap::new();
            for (name, value) in given {
                headers.insert(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
            }
            assert_eq!(from_our_pages(&headers, None), expected, "{given:?}");
        }
    }
}
