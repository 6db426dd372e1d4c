//! search by GET and by POST `_search`.
use crate::fhir::shape::Shape;
use crate::fhir::write_bundle::BundleWriter;
use crate::fhir::{audit_event, cursor, scope};
use crate::http::{body, negotiate, query};
use crate::outcome::{Failure, Issue, outcome};
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::ResourceType;
use karute_fhir::search::{ParseContext, Query, SearchError, Summary, Total};
use karute_identity::Interaction;
use karute_ledger::Action;

/// Longest search in bytes, so that the sealed link to its next page still fits into an address.
const MAX_SEARCH_BYTES: usize = 40 << 10;

/// `GET /fhir/{type}?…`
pub(crate) async fn get(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let bundle = search(&ctx, call.kind()?, &call.query, call.prefer.lenient).await?;
    Ok(reply::json(StatusCode::OK, call.format, bundle))
}

/// `POST /fhir/{type}/_search` with a form; parameters in the address count too.
pub(crate) async fn post(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let form = "application/x-www-form-urlencoded";
    let sent = body::read(&call.headers, call.take_body(), query::MAX_QUERY_BYTES).await?;
    if !sent.is_empty() {
        negotiate::require_content_type(&call.headers, &[form])?;
    }
    let sent = std::str::from_utf8(&sent).map_err(|_| Failure::invalid("検索条件の文字が UTF-8 ではありません。"))?;
    let raw = match (call.query.is_empty(), sent.is_empty()) {
        (true, _) => sent.to_owned(),
        (_, true) => call.query.clone(),
        _ => format!("{}&{sent}", call.query),
    };
    let bundle = search(&ctx, call.kind()?, &raw, call.prefer.lenient).await?;
    Ok(reply::json(StatusCode::OK, call.format, bundle))
}

/// One page of a search as a `searchset` Bundle; `raw` is the query string of the first or of a following page.
pub(crate) async fn search(ctx: &Ctx, kind: ResourceType, raw: &str, lenient: bool) -> Result<String, Failure> {
    ctx.require(kind, Interaction::Search)?;
    if kind.name() == "AuditEvent" {
        return audit_event::search(ctx, raw).await;
    }
    let place = format!("search:{kind}");
    let page = Asked::of(ctx, &place, raw)?;
    let (mut query, passed_over) = parse_handling(ctx, kind, page.pairs, lenient)?;
    scope::restrict(ctx, &mut query.query)?;
    if query.query.summary == Summary::Count {
        (query.query.count, query.query.total) = (0, Total::Accurate);
    }
    let asked = encode(&query.pairs);

    let reader = ctx.reader(Action::Search);
    reader.describe(format!("{kind}?{asked}"));
    let found = reader.search(&query.query, page.after.as_deref()).await?;

    let mut links = vec![("self", page.address.unwrap_or_else(|| format!("{}/{kind}?{asked}", ctx.base.fhir())))];
    if let Some(after) = found.next {
        let sealed = cursor::seal(ctx, &place, &asked, after);
        links.push(("next", format!("{}/{kind}?_cursor={sealed}", ctx.base.fhir())));
    }
    let mut bundle = BundleWriter::new("searchset", found.total, &links);
    if query.query.summary != Summary::Count && query.query.count > 0 {
        let shape = Shape::of_search(&query.query);
        bundle.reserve(found.matches.iter().chain(&found.included).map(|v| v.body.len() + 160).sum());
        for version in &found.matches {
            let shaped = shape.apply(version)?;
            bundle.found(&ctx.base, version, shaped.as_deref().unwrap_or(&version.body), "match");
        }
        for version in found.included.iter().filter(|v| ctx.may(v.resource_type, Interaction::Read)) {
            bundle.found(&ctx.base, version, &version.body, "include");
        }
    }
    if !passed_over.is_empty() {
        bundle.loose(None, &outcome(&passed_over).to_json(), "outcome");
    }
    Ok(reader.release(bundle.finish()).await?)
}

/// What a request for a page asks: the parameters of the first page, and the position.
pub(crate) struct Asked {
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) after: Option<String>,
    /// The address of this page when it is not the first.
    pub(crate) address: Option<String>,
}

impl Asked {
    /// From the query string; `place` names what is paged (see [`cursor`]).
    pub(crate) fn of(ctx: &Ctx, place: &str, raw: &str) -> Result<Asked, Failure> {
        let pairs = query::pairs(raw)?;
        let Some(sealed) = query::first(&pairs, "_cursor") else {
            if raw.len() > MAX_SEARCH_BYTES {
                return Err(Failure::new(
                    StatusCode::URI_TOO_LONG,
                    "too-long",
                    format!("検索条件は {MAX_SEARCH_BYTES} バイトまでです。条件を分けてください。"),
                ));
            }
            return Ok(Asked { pairs, after: None, address: None });
        };
        if pairs.iter().any(|(name, _)| !matches!(name.as_str(), "_cursor" | "_format" | "_pretty")) {
            return Err(Failure::invalid(
                "_cursor には、ほかの条件を付けられません。次ページのリンクをそのまま使ってください。",
            ));
        }
        let cursor = cursor::open(ctx, place, sealed)?;
        let path = place.split_once(':').map_or(place, |(_, path)| path);
        let address = format!("{}/{path}?_cursor={sealed}", ctx.base.fhir());
        Ok(Asked { pairs: query::pairs(&cursor.query)?, after: Some(cursor.after), address: Some(address) })
    }
}

/// A query string with every name and value encoded anew.
pub(crate) fn encode(pairs: &[(String, String)]) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(&query::encode(name));
        out.push('=');
        out.push_str(&query::encode(value));
    }
    out
}

struct Parsed {
    query: Query,
    pairs: Vec<(String, String)>,
}

/// Strict unless the caller prefers lenient handling: then parameters we do not know are left out and named in an
/// outcome entry.
fn parse_handling(
    ctx: &Ctx,
    kind: ResourceType,
    mut pairs: Vec<(String, String)>,
    lenient: bool,
) -> Result<(Parsed, Vec<Issue>), Failure> {
    let mut passed_over = Vec::new();
    loop {
        match parse_pairs(ctx, kind, &pairs) {
            Ok(query) => return Ok((Parsed { query, pairs }, passed_over)),
            Err(error) => {
                let before = pairs.len();
                if lenient && error.code == "not-supported" {
                    pairs.retain(|(name, _)| *name != error.parameter);
                }
                if pairs.len() == before {
                    return Err(refusal(&error));
                }
                passed_over.push(Issue::warning("not-supported", error.message));
            }
        }
    }
}

fn parse_pairs(ctx: &Ctx, kind: ResourceType, pairs: &[(String, String)]) -> Result<Query, SearchError> {
    let context = ParseContext { base: ctx.base.fhir(), now: ctx.state.now() };
    karute_fhir::search::parse(kind, pairs, &context)
}

/// Strictly.
pub(crate) fn parse(ctx: &Ctx, kind: ResourceType, pairs: &[(String, String)]) -> Result<Query, Failure> {
    parse_pairs(ctx, kind, pairs).map_err(|error| refusal(&error))
}

fn refusal(error: &SearchError) -> Failure {
    let mut failure = Failure::new(StatusCode::BAD_REQUEST, error.code, error.message.clone());
    if let Some(issue) = failure.issues.first_mut() {
        // The name as it was sent may be anything; only what looks like a parameter is repeated.
        let plain = error.parameter.len() <= 100
            && error.parameter.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-:.".contains(&b));
        issue.expression = plain.then(|| format!("http.{}", error.parameter));
    }
    failure
}
