//! Request bodies: bounded, and read to the end even when they are refused, so that the answer arrives.
use crate::outcome::Failure;
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use karute_json::{Limits, Value};

/// How many times the limit is read and thrown away before the connection is given up.
const DRAIN_FACTOR: usize = 2;

/// The whole body, at most `limit` bytes.
pub(crate) async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Failure> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse::<usize>().ok())
        .unwrap_or_default();
    let mut body = body;
    if announced > limit {
        drain(&mut body, limit.saturating_mul(DRAIN_FACTOR)).await;
        return Err(too_large(limit));
    }
    let mut first: Option<Bytes> = None;
    let mut rest = BytesMut::new();
    let mut size = 0_usize;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Failure::invalid("本文が途中で途切れました。もう一度送ってください。"))?;
        let Ok(data) = frame.into_data() else { continue };
        size = size.saturating_add(data.len());
        if size > limit {
            drain(&mut body, limit.saturating_mul(DRAIN_FACTOR)).await;
            return Err(too_large(limit));
        }
        match (&first, rest.is_empty()) {
            (None, true) => first = Some(data),
            (Some(head), true) => {
                rest.reserve(announced.max(size));
                rest.extend_from_slice(head);
                rest.extend_from_slice(&data);
            }
            _ => rest.extend_from_slice(&data),
        }
    }
    Ok(if rest.is_empty() { first.unwrap_or_default() } else { rest.freeze() })
}

async fn drain(body: &mut Body, at_most: usize) {
    let mut drained = 0_usize;
    while let Some(Ok(frame)) = body.frame().await {
        drained = drained.saturating_add(frame.data_ref().map_or(0, Bytes::len));
        if drained > at_most {
            return;
        }
    }
}

/// 413
pub(crate) fn too_large(limit: usize) -> Failure {
    let text = format!("本文が大きすぎます。上限は {limit} バイトです。分けて送ってください。");
    Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too-long", text)
}

/// Parses a JSON body with the limits of the FHIR faces.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value<'_>, Failure> {
    if bytes.is_empty() {
        return Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "structure",
            "本文がありません。JSON のリソースを送ってください。",
        ));
    }
    karute_json::parse(bytes, &Limits::FHIR).map_err(|error| Failure::of_parse_error(&error))
}
