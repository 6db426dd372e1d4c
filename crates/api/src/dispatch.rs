//! From the table of routes to a router; what every request has in common.
use crate::http::{etag, negotiate, negotiate::Format, query};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, ClientAddress, Ctx, Parts, RequestId};
use crate::route::{Handler, ROUTES, Role, Route, Visitor, serves};
use crate::state::ApiState;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts as _, RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request};
use karute_fhir::{Id, ResourceType};
use karute_identity::{Caller, IdentityError};
use karute_ledger::{Origin, Outcome};
use std::sync::Arc;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The FHIR face at `/fhir` and the product API at `/api`.
pub fn router(state: ApiState) -> Router {
    let mut by_path: Vec<(String, MethodRouter<ApiState>)> = Vec::new();
    for route in ROUTES {
        let Ok(filter) = MethodFilter::try_from(route.method.clone()) else { continue };
        // Some clients write the `$` of an operation as `%24`.
        let spellings = if route.path.contains('$') {
            vec![route.path.to_owned(), route.path.replace('$', "%24")]
        } else {
            vec![route.path.to_owned()]
        };
        for path in spellings {
            let handler = move |state: State<ApiState>, request: Request| serve(route, state.0, request);
            match by_path.iter_mut().find(|(p, _)| *p == path) {
                Some((_, methods)) => *methods = std::mem::take(methods).on(filter, handler),
                None => by_path.push((path, on(filter, handler))),
            }
        }
    }
    let mut router = Router::new();
    let mut faces = [("/fhir", Router::new()), ("/api", Router::new())];
    for (path, methods) in by_path {
        let methods = methods.fallback(wrong_method);
        let below = faces.iter_mut().find_map(|(prefix, face)| Some((path.strip_prefix(*prefix)?, face)));
        match below {
            Some(("", face)) => *face = std::mem::take(face).route("/", methods),
            Some((inner, face)) if inner != "/" => *face = std::mem::take(face).route(inner, methods),
            _ => router = router.route(&path, methods),
        }
    }
    // Each face answers for every address below it, so that what is unknown is told in its own words.
    for (prefix, face) in faces {
        router = router.nest(prefix, face.fallback(unknown_path));
    }
    router.with_state(state)
}

async fn unknown_path(State(state): State<ApiState>, request: Request) -> Response {
    let id = request_id(&state, &request);
    finish(&id, reply::failure(&Failure::not_found(), Format::Fhir))
}

async fn wrong_method(State(state): State<ApiState>, request: Request) -> Response {
    let id = request_id(&state, &request);
    finish(&id, reply::failure(&method_not_allowed(), Format::Fhir))
}

fn method_not_allowed() -> Failure {
    let text = "この場所では、このメソッドは使えません。CapabilityStatement (/fhir/metadata) を確かめてください。";
    Failure::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", text)
}

fn request_id(state: &ApiState, request: &Request) -> Arc<str> {
    request.extensions().get::<RequestId>().map_or_else(|| state.new_uuid().into(), |id| Arc::clone(&id.0))
}

async fn serve(route: &'static Route, state: ApiState, request: Request) -> Response {
    let id = request_id(&state, &request);
    let mut format = Format::Fhir;
    let response = match carry_out(route, state, request, &id, &mut format).await {
        Ok(response) => response,
        Err(failure) => reply::failure(&failure, format),
    };
    finish(&id, response)
}

fn finish(id: &str, mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID.clone(), etag::value(id));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

async fn carry_out(
    route: &'static Route,
    state: ApiState,
    request: Request,
    id: &Arc<str>,
    format: &mut Format,
) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let base = state.base(&parts.headers);
    let handler = match route.handler {
        Handler::Signed(handler) => handler,
        Handler::Public(handler) => {
            *format = negotiated(route, &parts.headers, parts.uri.query().unwrap_or_default())?;
            return Ok(handler(&Visitor { state, base, format: *format }));
        }
    };
    let caller = identify(&state, &parts, id).await?;
    let access = caller.access(state.ledger());
    let ctx = Ctx { state, caller: Arc::new(caller), access, base };
    let call = take_apart(route, &mut parts, body, format).await?;
    let touched = (call.resource_type, call.id.clone());
    let access = ctx.access.clone();
    let result = handler(ctx, call).await;
    if let Err(failure) = &result
        && failure.status == StatusCode::FORBIDDEN
    {
        let entities = match touched {
            (Some(resource_type), Some(id)) => vec![karute_ledger::Entity { resource_type, id, version: None }],
            _ => Vec::new(),
        };
        access.note(route.action, Outcome::Refused, route.summary, entities).await?;
    }
    result
}

/// The format of the answer. Attachments are given in any type the caller accepts; their handlers look for themselves.
fn negotiated(route: &Route, headers: &http::HeaderMap, raw_query: &str) -> Result<Format, Failure> {
    let wanted = if raw_query.contains("_format") {
        query::pairs(raw_query)?.into_iter().find(|(name, _)| name == "_format").map(|(_, value)| value)
    } else {
        None
    };
    if !route.path.starts_with("/fhir") || route.role == Role::Other("export-file") {
        return Ok(Format::Plain);
    }
    negotiate::format(headers, wanted.as_deref())
}

async fn take_apart(
    route: &'static Route,
    parts: &mut request::Parts,
    body: Body,
    format: &mut Format,
) -> Result<Call, Failure> {
    let raw = RawPathParams::from_request_parts(parts, &())
        .await
        .map_err(|_| Failure::invalid("URL の文字が UTF-8 ではありません。"))?;
    let params: Vec<(String, String)> = raw.iter().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
    let param = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
    let query = parts.uri.query().unwrap_or_default().to_owned();

    let resource_type = match param("type") {
        None => None,
        Some(name) => Some(ResourceType::parse(name).ok_or_else(unknown_type)?),
    };
    *format = match negotiated(route, &parts.headers, &query) {
        Ok(format) => format,
        // The raw content of an attachment has its own type.
        Err(_) if resource_type.is_some_and(|t| t.name() == "Binary") => Format::Fhir,
        Err(failure) => return Err(failure),
    };
    if let (Some(resource_type), Role::Type(interaction)) = (resource_type, route.role)
        && !serves(resource_type, interaction)
    {
        return Err(method_not_allowed());
    }
    let id = match param("id").map(Id::new) {
        None => None,
        Some(Ok(id)) => Some(id),
        Some(Err(_)) if route.method == Method::PUT => {
            return Err(Failure::invalid("ID は英数字と - . だけで 64 文字までにしてください。"));
        }
        Some(Err(_)) => return Err(Failure::not_found()),
    };
    let head = Parts { headers: std::mem::take(&mut parts.headers), query, params, resource_type, id, format: *format };
    Ok(Call::new(head, body))
}

fn unknown_type() -> Failure {
    let text = "FHIR R4 にない種類です。大文字と小文字も含めて、種類の名前を確かめてください。";
    Failure::new(StatusCode::NOT_FOUND, "not-supported", text)
}

async fn identify(state: &ApiState, parts: &request::Parts, id: &Arc<str>) -> Result<Caller, Failure> {
    let bearer = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim());
    let Some(bearer) = bearer else {
        return Err(unauthorized(
            "アクセストークンがありません。Authorization: Bearer … を付けて送ってください。",
            "Bearer",
        ));
    };
    let origin = Origin {
        address: parts.extensions.get::<ClientAddress>().map(|a| a.0),
        request_id: id.to_string(),
        session: None,
        method: "token",
    };
    let caller = state.inner.config.identity.token(bearer, origin).await.map_err(|error| match error {
        IdentityError::Ledger(error) => Failure::from(error),
        IdentityError::Suspended => Failure::from(karute_ledger::LedgerError::Suspended),
        other => {
            tracing::error!(error = %other, "token check failed");
            Failure::from(karute_ledger::LedgerError::Closed)
        }
    })?;
    caller.ok_or_else(|| {
        let text =
            "アクセストークンが正しくないか、期限が切れています。管理者に新しいトークンを発行してもらってください。";
        unauthorized(text, "Bearer error=\"invalid_token\"")
    })
}

fn unauthorized(text: &str, challenge: &'static str) -> Failure {
    Failure::new(StatusCode::UNAUTHORIZED, "login", text)
        .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}
