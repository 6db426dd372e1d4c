//! batch and transaction (R4 http §3.1.0.11).

mod answer;
mod batch;
mod entry;
mod links;
mod plan;
mod reads;
mod transaction;

use crate::http::body;
use crate::http::negotiate::{RESOURCE_TYPES, require_content_type};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_json::Value;

/// Most entries of one Bundle.
const MAX_ENTRIES: usize = 1000;

/// `POST /fhir`
pub(crate) async fn post(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    require_content_type(&call.headers, RESOURCE_TYPES)?;
    let bytes = call.bytes(&ctx).await?;
    let bundle = body::parse(&bytes)?;
    let kind = bundle_type(&bundle)?;
    let answer = match kind.as_str() {
        "transaction" => transaction::carry_out(&ctx, &bytes, bundle, call.prefer).await?,
        "batch" => batch::carry_out(&ctx, bundle, call.prefer).await?,
        _ => {
            let text = "ここで受け付ける Bundle は batch と transaction です。ほかの Bundle は /fhir/Bundle に送ってください。";
            return Err(Failure::not_supported(text).at("Bundle.type"));
        }
    };
    Ok(reply::json(StatusCode::OK, call.format, answer))
}

fn bundle_type(bundle: &Value<'_>) -> Result<String, Failure> {
    if bundle.get("resourceType").and_then(Value::as_str).as_deref() != Some("Bundle") {
        return Err(Failure::invalid("ここに送れるのは Bundle だけです。").at("resourceType"));
    }
    let kind = bundle.get("type").and_then(Value::as_str);
    kind.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Failure::invalid("Bundle.type がありません。").at("Bundle.type"))
}
