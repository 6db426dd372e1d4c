//! `ValueSet/$expand` (`http://hl7.org/fhir/R4/valueset-operation-expand.html`).
use super::codes::Word;
use super::input::{Input, at};
use super::set::{Expansion, Set, Wanted};
use super::{MAX_FILTER, stored};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use serde_json::{Value, json};

const NAMES: &[&str] =
    &["url", "valueSet", "filter", "date", "offset", "count", "activeOnly", "includeDesignations", "excludeNested"];
/// Codes of a page when `count` says nothing, and at most.
const MAX_COUNT: usize = 1000;

/// `GET` and `POST /fhir/ValueSet/$expand`, `/fhir/ValueSet/{id}/$expand`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require(stored::of("ValueSet")?, Interaction::Read)?;
    let input = Input::of(&ctx, &call, NAMES).await?;
    let filter = input.get("filter").unwrap_or_default().to_owned();
    if filter.chars().count() > MAX_FILTER {
        return Err(at(Failure::invalid(format!("filter は {MAX_FILTER} 文字までです。")), "filter"));
    }
    let (offset, count) = (input.number("offset", 0, usize::MAX)?, input.number("count", MAX_COUNT, MAX_COUNT)?);
    let (active_only, designations) = (input.flag("activeOnly")?, input.flag("includeDesignations")?);
    let day = input.day(&ctx)?;
    let masters = ctx.state.masters();
    let set = Set::asked(&ctx, &masters, &call, &input).await?;
    let url = set.url.clone();
    let words = filter.clone();
    // Going through all codes of a master takes milliseconds, which others on this thread should not wait for.
    let expanded = tokio::task::spawn_blocking(move || {
        let wanted = Wanted { day, active_only, filter: &words, offset, count };
        set.expand(&masters, &wanted)
    });
    let Expansion { words, total } = expanded.await.map_err(|error| {
        tracing::error!(%error, "expansion failed");
        Failure::from(karute_ledger::LedgerError::Closed)
    })??;

    let mut parameters = vec![
        json!({ "name": "date", "valueDateTime": day.to_string() }),
        json!({ "name": "offset", "valueInteger": offset }),
        json!({ "name": "count", "valueInteger": count }),
        json!({ "name": "activeOnly", "valueBoolean": active_only }),
    ];
    if !filter.is_empty() {
        parameters.push(json!({ "name": "filter", "valueString": filter }));
    }
    let mut used: Vec<String> =
        words.iter().filter_map(|w| Some(format!("{}|{}", w.system, w.version.as_ref()?))).collect();
    used.sort_unstable();
    used.dedup();
    parameters.extend(used.into_iter().map(|uri| json!({ "name": "version", "valueUri": uri })));
    let mut expansion = json!({
        "identifier": format!("urn:uuid:{}", ctx.state.new_uuid()),
        "timestamp": ctx.state.now().to_fhir(),
        "total": total,
        "offset": offset,
        "parameter": parameters,
    });
    // FHIR knows no empty arrays.
    if let (false, Some(members)) = (words.is_empty(), expansion.as_object_mut()) {
        let contains: Vec<Value> = words.iter().map(|word| entry(word, designations)).collect();
        members.insert("contains".to_owned(), json!(contains));
    }
    let mut answer = json!({ "resourceType": "ValueSet", "status": "active", "expansion": expansion });
    if let (Some(url), Some(members)) = (url, answer.as_object_mut()) {
        members.insert("url".to_owned(), json!(url));
    }
    Ok(reply::json(StatusCode::OK, call.format, answer.to_string()))
}

fn entry(word: &Word, designations: bool) -> Value {
    let mut entry = json!({ "system": word.system, "code": word.code });
    let Some(members) = entry.as_object_mut() else { return entry };
    if let Some(version) = &word.version {
        members.insert("version".to_owned(), json!(version));
    }
    if word.inactive {
        members.insert("inactive".to_owned(), json!(true));
    }
    if !word.display.is_empty() {
        members.insert("display".to_owned(), json!(word.display));
    }
    if designations && !word.others.is_empty() {
        let others: Vec<Value> = word.others.iter().map(|o| json!({ "language": "ja", "value": o })).collect();
        members.insert("designation".to_owned(), json!(others));
    }
    entry
}
