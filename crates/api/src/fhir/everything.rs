//! `Patient/{id}/$everything`: the patient and all that belongs to the patient's compartment, in chain order.
use crate::fhir::cursor;
use crate::fhir::history::{count, instant, types};
use crate::fhir::search::{Asked, encode};
use crate::fhir::write_bundle::BundleWriter;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use karute_ledger::{Action, Lookup};

/// Resources per page when `_count` says nothing, and at most.
const MAX_COUNT: u32 = 1000;

/// `GET /fhir/Patient/{id}/$everything?_since&_type&_count`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    if kind.name() != "Patient" {
        return Err(Failure::not_found());
    }
    ctx.require(kind, Interaction::Read)?;
    let path = format!("Patient/{id}/$everything");
    let place = format!("everything:{path}");
    let asked = Asked::of(&ctx, &place, &call.query)?;
    let parameters = Parameters::of(&asked.pairs)?;
    let types = visible(&ctx, parameters.types);

    let reader = ctx.reader(Action::Search);
    if asked.after.is_none() {
        match reader.read(kind, &id).await? {
            Lookup::Found(_) => {}
            Lookup::Gone(_) => return Err(reader.release(Failure::gone()).await?),
            Lookup::Missing => return Err(reader.release(Failure::not_found()).await?),
        }
    }
    reader.describe(path.clone());
    let page = match &types {
        Some(types) if types.is_empty() => karute_ledger::Page::default(),
        types => {
            let types = types.as_deref().unwrap_or_default();
            reader.compartment(&id, types, parameters.since, parameters.count, asked.after.as_deref()).await?
        }
    };
    let encoded = encode(&asked.pairs);
    let own = if encoded.is_empty() { path.clone() } else { format!("{path}?{encoded}") };
    let mut links = vec![("self", asked.address.unwrap_or_else(|| format!("{}/{own}", ctx.base.fhir())))];
    if let Some(after) = page.next {
        let sealed = cursor::seal(&ctx, &place, &encoded, after);
        links.push(("next", format!("{}/{path}?_cursor={sealed}", ctx.base.fhir())));
    }
    let mut bundle = BundleWriter::new("searchset", page.total, &links);
    bundle.reserve(page.matches.iter().map(|v| v.body.len() + 160).sum());
    for version in &page.matches {
        bundle.found(&ctx.base, version, &version.body, "match");
    }
    let bundle = reader.release(bundle.finish()).await?;
    Ok(reply::json(StatusCode::OK, call.format, bundle))
}

/// The types to give: `None` = all. What the token may not read is left out.
pub(crate) fn visible(ctx: &Ctx, asked: Vec<ResourceType>) -> Option<Vec<ResourceType>> {
    let everything = ctx.caller.scopes().is_some_and(|s| s.allows_all(Interaction::Read));
    if asked.is_empty() {
        return if everything {
            None
        } else {
            Some(ResourceType::all().filter(|t| ctx.may(*t, Interaction::Read)).collect())
        };
    }
    Some(asked.into_iter().filter(|t| ctx.may(*t, Interaction::Read)).collect())
}

struct Parameters {
    types: Vec<ResourceType>,
    since: Option<i64>,
    count: u32,
}

impl Parameters {
    fn of(pairs: &[(String, String)]) -> Result<Parameters, Failure> {
        let mut parameters = Parameters { types: Vec::new(), since: None, count: MAX_COUNT };
        for (name, value) in pairs {
            match name.as_str() {
                "_type" => parameters.types.extend(types(value)?),
                "_since" => parameters.since = Some(instant(name, value)?),
                "_count" => parameters.count = count(value, MAX_COUNT)?,
                "_format" | "_pretty" => {}
                _ => return Err(Failure::not_supported("$everything に使える条件は _type、_since、_count です。")),
            }
        }
        Ok(parameters)
    }
}
