//! `$validate`: what a create, update or delete would say, without doing it.
use crate::fhir::{binary, check};
use crate::http::negotiate::{RESOURCE_TYPES, require_content_type};
use crate::http::{body, query};
use crate::outcome::{Failure, Issue, outcome};
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::profile::ProfileSet;
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_json::{Limits, Value};
use karute_ledger::{Action, Lookup};

/// What is to be tried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Content,
    Create,
    Update,
    Delete,
}

/// `POST /fhir/{type}/$validate`
pub(crate) async fn on_type(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let kind = call.kind()?;
    if !may_use(&ctx, kind) {
        ctx.require(kind, Interaction::Read)?;
    }
    require_content_type(&call.headers, RESOURCE_TYPES)?;
    let bytes = call.bytes(&ctx).await?;
    let parsed = body::parse(&bytes)?;
    let asked = Asked::of(&call, &parsed)?;
    if matches!(asked.mode, Mode::Update | Mode::Delete) {
        return Err(Failure::invalid("更新と削除の検証は [種類]/[id]/$validate に送ってください。"));
    }
    let resource = asked.resource.ok_or_else(no_resource)?;
    let set = ctx.state.profiles();
    let issues = findings(&set, resource, kind, None, asked.profile.as_deref());
    Ok(answer(&call, issues))
}

/// `POST` or `GET /fhir/{type}/{id}/$validate`
pub(crate) async fn on_instance(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Read)?;
    let sent = call.bytes(&ctx).await?;
    if !sent.is_empty() {
        require_content_type(&call.headers, RESOURCE_TYPES)?;
    }
    let parsed = if sent.is_empty() { None } else { Some(body::parse(&sent)?) };
    let asked = match &parsed {
        Some(parsed) => Asked::of(&call, parsed)?,
        None => Asked::of(&call, &Value::Null)?,
    };
    let set = ctx.state.profiles();
    let reader = ctx.reader(Action::Read);
    let current = match reader.read(kind, &id).await? {
        Lookup::Found(version) => Some(version),
        Lookup::Gone(_) if asked.resource.is_some() => None,
        Lookup::Gone(_) => return Err(reader.release(Failure::gone()).await?),
        Lookup::Missing => return Err(reader.release(Failure::not_found()).await?),
    };
    let issues = match (asked.mode, asked.resource, &current) {
        (Mode::Create, _, Some(_)) => vec![Issue::error("duplicate", "この ID のものはすでにあります。")],
        (Mode::Delete, _, _) => Vec::new(),
        (_, Some(resource), _) => findings(&set, resource, kind, Some(&id), asked.profile.as_deref()),
        (_, None, Some(version)) => match karute_json::parse(version.body.as_bytes(), &Limits::FHIR) {
            Ok(stored) => findings(&set, &stored, kind, Some(&id), asked.profile.as_deref()),
            Err(error) => Failure::of_parse_error(&error).issues,
        },
        (_, None, None) => return Err(reader.release(no_resource()).await?),
    };
    let response = answer(&call, issues);
    Ok(reader.release(response).await?)
}

fn may_use(ctx: &Ctx, kind: ResourceType) -> bool {
    [Interaction::Create, Interaction::Update].into_iter().any(|i| ctx.may(kind, i))
}

fn no_resource() -> Failure {
    Failure::invalid("検証するリソースがありません。本文に、または Parameters の resource に入れてください。")
}

struct Asked<'v> {
    resource: Option<&'v Value<'v>>,
    mode: Mode,
    profile: Option<String>,
}

impl<'v> Asked<'v> {
    /// From a resource as it is, or from `Parameters`; `mode` and `profile` may stand in the address too.
    fn of(call: &Call, body: &'v Value<'v>) -> Result<Asked<'v>, Failure> {
        let pairs = call.pairs()?;
        let mut mode = query::first(&pairs, "mode").map(str::to_owned);
        let mut profile = query::first(&pairs, "profile").map(str::to_owned);
        let is_parameters = body.get("resourceType").and_then(Value::as_str).as_deref() == Some("Parameters")
            && call.resource_type.is_none_or(|t| t.name() != "Parameters");
        let mut resource = body.as_object().map(|_| body);
        if is_parameters {
            resource = None;
            for parameter in body.get("parameter").map(Value::items).unwrap_or_default() {
                let text = |key: &str| parameter.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
                match text("name").as_deref() {
                    Some("resource") => resource = parameter.get("resource"),
                    Some("mode") => mode = text("valueCode"),
                    Some("profile") => profile = text("valueUri").or_else(|| text("valueCanonical")),
                    _ => {}
                }
            }
        }
        let mode = match mode.as_deref() {
            None | Some("profile") => Mode::Content,
            Some("create") => Mode::Create,
            Some("update") => Mode::Update,
            Some("delete") => Mode::Delete,
            Some(_) => {
                return Err(Failure::invalid("mode は create、update、delete のどれかにしてください。")
                    .at("Parameters.parameter"));
            }
        };
        Ok(Asked { resource, mode, profile })
    }
}

fn findings(
    set: &ProfileSet,
    resource: &Value<'_>,
    kind: ResourceType,
    id: Option<&Id>,
    profile: Option<&str>,
) -> Vec<Issue> {
    let mut issues = Vec::new();
    let place = check::kind(resource, kind).and_then(|()| match (id, resource.get("id")) {
        (Some(id), Some(_)) => check::same_id(resource, kind, id),
        _ => Ok(()),
    });
    if let Err(failure) = place {
        issues.extend(failure.issues);
    }
    issues.extend(karute_fhir::validate::validate(resource).iter().map(Issue::of_finding));
    if let Err(failure) = binary::refuse_reserved_tag(resource) {
        issues.extend(failure.issues);
    }
    let base = format!("http://hl7.org/fhir/StructureDefinition/{kind}");
    let named = profile.filter(|p| p.split('|').next() != Some(base.as_str()));
    let known: Vec<&str> = named.into_iter().filter(|named| set.knows(named)).collect();
    // What the R4 definitions say stands above.
    let found = karute_fhir::profile::validate_as(resource, set, &known);
    issues.extend(found.iter().filter(|finding| !finding.rule.starts_with("R4:")).map(Issue::of_profile_finding));
    if named.is_some() && known.is_empty() {
        let text = "このプロファイルの定義は読み込まれていないため、プロファイルへの適合は検証していません。";
        issues.push(Issue::error("not-supported", text));
    }
    issues
}

fn answer(call: &Call, mut issues: Vec<Issue>) -> Response {
    if issues.is_empty() {
        issues.push(Issue::information("問題は見つかりませんでした。"));
    }
    reply::json(StatusCode::OK, call.format, outcome(&issues).to_json())
}
