//! Kick-off.
use super::{KIND, Order};
use crate::fhir::everything::visible;
use crate::fhir::history::{instant, types};
use crate::http::etag;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::{StatusCode, header};
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use karute_ledger::{Action, Commit, NewJob};

/// `GET /fhir/$export`
pub(crate) async fn kickoff_system(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let all = ResourceType::all().filter(|t| t.name() != "AuditEvent");
    kickoff(ctx, call, all.collect(), "$export").await
}

/// `GET /fhir/Patient/$export`: what belongs to patients.
pub(crate) async fn kickoff_patients(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let patient = |t: &ResourceType| t.name() == "Patient" || !t.patient_compartment().is_empty();
    let all = ResourceType::all().filter(|t| t.name() != "AuditEvent").filter(patient);
    kickoff(ctx, call, all.collect(), "Patient/$export").await
}

async fn kickoff(ctx: Ctx, call: Call, offered: Vec<ResourceType>, path: &str) -> Result<Response, Failure> {
    if !call.prefer.respond_async {
        return Err(Failure::invalid(
            "$export には Prefer: respond-async を付けてください。結果はあとから受け取れます。",
        ));
    }
    let mut asked: Vec<ResourceType> = Vec::new();
    let mut since = None;
    for (name, value) in call.pairs()? {
        match name.as_str() {
            "_type" => asked.extend(types(&value)?),
            "_since" => since = Some(instant(&name, &value)?),
            "_outputFormat" => output_format(&value)?,
            "_format" | "_pretty" => {}
            _ => return Err(Failure::not_supported("$export に使える条件は _type、_since、_outputFormat です。")),
        }
    }
    if let Some(other) = asked.iter().find(|t| !offered.contains(t)) {
        return Err(Failure::not_supported(format!("{other} はこの $export では取り出せません。")).at("http._type"));
    }
    for kind in &asked {
        ctx.require(*kind, Interaction::Read)?;
        ctx.require(*kind, Interaction::Search)?;
    }
    let wanted = if asked.is_empty() { offered } else { asked };
    let mut kinds = visible(&ctx, wanted).unwrap_or_default();
    kinds.retain(|t| ctx.may(*t, Interaction::Search));
    kinds.sort();
    kinds.dedup();
    if kinds.is_empty() {
        ctx.require_all(Interaction::Search)?;
    }
    let request = if call.query.is_empty() {
        format!("{}/{path}", ctx.base.fhir())
    } else {
        format!("{}/{path}?{}", ctx.base.fhir(), call.query)
    };
    let order = Order {
        actor: ctx.caller.actor.id.clone(),
        name: ctx.caller.actor.name.clone(),
        request_id: ctx.caller.actor.origin.request_id.clone(),
        request,
        types: kinds.iter().map(|t| t.name().to_owned()).collect(),
        since,
    };
    let key = ctx.state.new_uuid();
    let payload = serde_json::to_string(&order).map_err(|_| Failure::not_found())?;
    let job = NewJob { kind: KIND.to_owned(), key: key.clone(), lane: None, payload, run_at: None, max_attempts: 5 };
    let commit = Commit { jobs: vec![job], detail: Some(path.to_owned()), ..Commit::new(Action::Export) };
    ctx.access.commit(commit).await?;
    let mut response = reply::empty(StatusCode::ACCEPTED);
    let place = format!("{}/_export/{key}", ctx.base.fhir());
    response.headers_mut().insert(header::CONTENT_LOCATION, etag::value(&place));
    Ok(response)
}

fn output_format(value: &str) -> Result<(), Failure> {
    let value = value.replace(' ', "+");
    if matches!(value.as_str(), "application/fhir+ndjson" | "application/ndjson" | "ndjson") {
        return Ok(());
    }
    Err(Failure::not_supported("_outputFormat は application/fhir+ndjson だけです。").at("http._outputFormat"))
}
