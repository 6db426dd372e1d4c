//! Binary: attachments, raw or as FHIR JSON.
//!
//! A Binary that comes as JSON is stored as it came, `data` included, like every other resource. Raw content is
//! streamed into the ledger's attachments, and the version that stands for it is
//! `{"resourceType":"Binary",…,"meta":{…,"tag":[{"system":"urn:karute:content-sha256","code":"<hex>"}]},
//! "contentType":"…"}`: Binary knows no extensions, a tag is the place FHIR leaves for such a mark, and so the chain
//! covers the content's hash. The mark is ours alone: resources that come with it are refused, so that nobody can
//! reach an attachment by naming its hash. Read as JSON, the mark gives way to `data`.
use crate::fhir::check;
use crate::fhir::create::{Written, answer, create as create_resource, one};
use crate::fhir::update::update as update_resource;
use crate::http::body::too_large;
use crate::http::negotiate::{RESOURCE_TYPES, content_type};
use crate::http::{body, etag, query};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::{HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt as _;
use karute_crypto::Digest;
use karute_fhir::{Id, ResourceType};
use karute_json::{Limits, Value};
use karute_ledger::{Action, Change, Expect, LedgerError, Version};

/// System of the tag that names the content's hash.
const CONTENT_TAG: &str = "urn:karute:content-sha256";

/// 422 when a client sets the mark that only this server sets.
pub(crate) fn refuse_reserved_tag(resource: &Value<'_>) -> Result<(), Failure> {
    if resource.get("resourceType").and_then(Value::as_str).as_deref() != Some("Binary")
        || content_hash(resource).is_none()
    {
        return Ok(());
    }
    let text =
        format!("meta.tag の {CONTENT_TAG} はサーバーだけが付けます。取り除いて、内容を data に入れてください。");
    Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "business-rule", text).at("Binary.meta.tag"))
}

/// The hash in the mark, as written.
fn content_hash(resource: &Value<'_>) -> Option<String> {
    let tags = resource.get("meta")?.get("tag")?.items();
    let tag = tags.iter().find(|t| t.get("system").and_then(Value::as_str).as_deref() == Some(CONTENT_TAG))?;
    Some(tag.get("code").and_then(Value::as_str).unwrap_or_default().into_owned())
}

/// `POST /fhir/Binary`
pub(crate) async fn create(ctx: Ctx, call: Call, criteria: Option<&str>) -> Result<Response, Failure> {
    let written = match take(&ctx, &call).await? {
        Taken::Resource(body) => create_resource(&ctx, call.kind()?, body, criteria).await?,
        Taken::Content(_) if criteria.is_some() => {
            let text = "If-None-Exist は、JSON の Binary リソースを送るときだけ使えます。";
            return Err(Failure::not_supported(text));
        }
        Taken::Content(body) => {
            let id = ctx.state.new_id();
            Written::of(put(&ctx, call.kind()?, id, body, Expect::Absent, Action::Create).await?)
        }
    };
    Ok(answer(&ctx, &call, &written))
}

/// `PUT /fhir/Binary/{id}`
pub(crate) async fn update(ctx: Ctx, call: Call, id: Id) -> Result<Response, Failure> {
    let expect = etag::write_condition(&call.headers)?;
    let kind = call.kind()?;
    let written = match take(&ctx, &call).await? {
        Taken::Resource(body) => {
            check::same_id(&body, kind, &id)?;
            update_resource(&ctx, kind, id, body, expect).await?
        }
        Taken::Content(body) => Written::of(put(&ctx, kind, id, body, expect, Action::Update).await?),
    };
    Ok(answer(&ctx, &call, &written))
}

async fn put(
    ctx: &Ctx,
    resource_type: ResourceType,
    id: Id,
    body: Value<'static>,
    expect: Expect,
    action: Action,
) -> Result<Version, LedgerError> {
    one(ctx, action, Vec::new(), Change::Put { resource_type, id, body, expect }).await
}

enum Taken {
    Resource(Value<'static>),
    Content(Value<'static>),
}

/// JSON that is a Binary resource is one; everything else is content (R4 Binary §2.44.3).
async fn take(ctx: &Ctx, call: &Call) -> Result<Taken, Failure> {
    let kind = call.kind()?;
    let media = content_type(&call.headers)?;
    if let Some(media) = media.as_deref().filter(|m| RESOURCE_TYPES.contains(m)) {
        let bytes = call.bytes(ctx).await?;
        match body::parse(&bytes) {
            Ok(value) if check::kind(&value, kind).is_ok() => {
                check::content(&value)?;
                return Ok(Taken::Resource(value.into_owned()));
            }
            Err(failure) if media != "application/json" => return Err(failure),
            _ => return store(ctx, call, Body::from(bytes)).await.map(Taken::Content),
        }
    }
    let content = call.take_body();
    store(ctx, call, content).await.map(Taken::Content)
}

/// Streams content into an attachment and gives the resource that stands for it.
async fn store(ctx: &Ctx, call: &Call, mut content: Body) -> Result<Value<'static>, Failure> {
    let limit = ctx.state.inner.config.max_blob_bytes;
    let refused = || too_large(usize::try_from(limit).unwrap_or(usize::MAX));
    let mut writer = ctx.access.blob_writer().await?;
    let mut size = 0_u64;
    let mut over = false;
    while let Some(frame) = content.frame().await {
        let frame = frame.map_err(|_| Failure::invalid("本文が途中で途切れました。もう一度送ってください。"))?;
        let Ok(data) = frame.into_data() else { continue };
        size = size.saturating_add(data.len() as u64);
        // What is over the limit is read to its end, so that the caller gets the answer.
        over |= size > limit;
        if over {
            if size > limit.saturating_mul(2) {
                break;
            }
            continue;
        }
        match writer.write(data).await {
            Err(LedgerError::Limit(_)) => over = true,
            other => other?,
        }
    }
    if over {
        return Err(refused());
    }
    if size == 0 {
        return Err(Failure::new(StatusCode::BAD_REQUEST, "structure", "本文がありません。"));
    }
    let info = writer.finish().await?;
    let tag = Value::object([("system", Value::string(CONTENT_TAG)), ("code", Value::string(info.hash.to_hex()))]);
    let meta = Value::object([("tag", Value::Array(vec![tag]))]);
    Ok(Value::object([
        ("resourceType", Value::string("Binary")),
        ("meta", meta),
        ("contentType", Value::string(media_type(&call.headers)?)),
    ]))
}

/// The content type as sent; without one, plain bytes.
fn media_type(headers: &http::HeaderMap) -> Result<String, Failure> {
    let sent = etag::text(headers, &header::CONTENT_TYPE)?.map(str::trim).unwrap_or_default();
    if sent.is_empty() {
        return Ok("application/octet-stream".to_owned());
    }
    let plausible = sent.len() <= 200 && sent.split_once('/').is_some_and(|(a, b)| !a.is_empty() && !b.is_empty());
    if plausible {
        return Ok(sent.to_owned());
    }
    let text = "本文の種類 (Content-Type) の書き方が正しくありません (例: application/pdf)。";
    Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid", text))
}

/// A version as JSON or as content, whichever the caller asked for.
pub(crate) async fn respond(ctx: &Ctx, call: &Call, version: &Version) -> Result<Response, Failure> {
    let stored = karute_json::parse(version.body.as_bytes(), &Limits::FHIR)
        .map_err(|_| LedgerError::Integrity("a stored resource cannot be parsed".to_owned()))?;
    let hash = match content_hash(&stored) {
        Some(hex) => Some(
            Digest::from_hex(&hex).ok_or_else(|| LedgerError::Integrity("a content hash is malformed".to_owned()))?,
        ),
        None => None,
    };
    let mut response = match (wants_resource(call)?, hash) {
        (true, None) => reply::json(StatusCode::OK, call.format, reply::stored(&version.body)),
        (true, Some(hash)) => {
            let data = whole(ctx, hash).await?;
            reply::json(StatusCode::OK, call.format, with_data(stored, &data).to_json())
        }
        (false, None) => {
            let data = stored.get("data").and_then(Value::as_str).unwrap_or_default();
            let data = STANDARD
                .decode(data.as_bytes())
                .map_err(|_| LedgerError::Integrity("stored base64 is malformed".to_owned()))?;
            attachment(&stored, Body::from(data))
        }
        (false, Some(hash)) => {
            let (info, stream) = blob(ctx, hash).await?;
            let mut response = attachment(&stored, Body::from_stream(stream.map_err(std::io::Error::other)));
            response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(info.size));
            response
        }
    };
    reply::version_headers(&mut response, version);
    Ok(response)
}

type Blob = (karute_ledger::BlobInfo, futures_util::stream::BoxStream<'static, Result<bytes::Bytes, LedgerError>>);

async fn blob(ctx: &Ctx, hash: Digest) -> Result<Blob, Failure> {
    let found = ctx.access.blob(hash).await?;
    Ok(found.ok_or_else(|| LedgerError::Integrity(format!("attachment {} is missing", hash.to_hex())))?)
}

/// The whole content, when it is small enough to go into a JSON text.
async fn whole(ctx: &Ctx, hash: Digest) -> Result<Vec<u8>, Failure> {
    let (info, mut stream) = blob(ctx, hash).await?;
    if info.size > ctx.state.inner.config.max_body_bytes as u64 / 2 {
        let text = "内容が大きいため JSON では返せません。Accept に */* を指定して、そのままの形で受け取ってください。";
        return Err(Failure::new(StatusCode::NOT_ACCEPTABLE, "too-long", text));
    }
    let mut data = Vec::with_capacity(usize::try_from(info.size).unwrap_or_default());
    while let Some(piece) = stream.next().await {
        data.extend_from_slice(&piece?);
    }
    Ok(data)
}

/// The resource with its content in `data` and without our mark.
fn with_data<'v>(mut stored: Value<'v>, data: &[u8]) -> Value<'v> {
    let Some(object) = stored.as_object_mut() else { return stored };
    if let Some(meta) = object.get_mut("meta").and_then(Value::as_object_mut) {
        meta.remove("tag");
    }
    object.insert("data", Value::string(STANDARD.encode(data)));
    stored
}

/// Whether the caller named a JSON form. Without a wish, content is given as it is.
fn wants_resource(call: &Call) -> Result<bool, Failure> {
    if let Some(format) = query::first(&call.pairs()?, "_format") {
        return Ok(format.contains("json"));
    }
    let accept = etag::text(&call.headers, &header::ACCEPT)?.unwrap_or_default();
    Ok(accept.split(',').filter_map(|part| part.split(';').next()).any(|name| RESOURCE_TYPES.contains(&name.trim())))
}

/// Content that no browser will run: downloaded, not sniffed, sandboxed.
fn attachment(stored: &Value<'_>, body: Body) -> Response {
    let media = stored.get("contentType").and_then(Value::as_str).unwrap_or_default();
    let media = HeaderValue::from_str(&media).unwrap_or_else(|_| HeaderValue::from_static("application/octet-stream"));
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin"));
    response
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_mark_of_the_server_is_refused_from_clients() {
        let body = r#"{"resourceType":"Binary","meta":{"tag":[{"system":"urn:karute:content-sha256","code":"00"}]},"contentType":"a/b"}"#;
        let value = karute_json::parse(body.as_bytes(), &Limits::FHIR).unwrap();
        assert_eq!(refuse_reserved_tag(&value).unwrap_err().status, StatusCode::UNPROCESSABLE_ENTITY);
        let other = Value::object([("resourceType", Value::string("Binary"))]);
        assert!(refuse_reserved_tag(&other).is_ok());
    }

    #[test]
    fn read_as_json_the_mark_gives_way_to_the_data() {
        let body = r#"{"resourceType":"Binary","id":"a","meta":{"versionId":"1","tag":[{"system":"urn:karute:content-sha256","code":"00"}]},"contentType":"a/b"}"#;
        let value = karute_json::parse(body.as_bytes(), &Limits::FHIR).unwrap();
        let want = r#"{"resourceType":"Binary","id":"a","meta":{"versionId":"1"},"contentType":"a/b","data":"aGk="}"#;
        assert_eq!(with_data(value, b"hi").to_json(), want);
    }
}
