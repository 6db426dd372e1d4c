//! Giving contents out. What a browser may show was made by us; the file as it came is a download that nothing opens here.
use super::may_see;
use crate::{WebState, error::WebError, guard::Signed, input::NamedTwo};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, header},
    response::Response,
};
use karute_chart::attachment::{Content, FileKind, one, stored};
use karute_crypto::Digest;
use karute_ledger::Action;

/// Nothing may run, load or be framed: pictures and downloads need nothing.
const NOTHING: &str = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The preview.
pub(crate) async fn preview(
    State(state): State<WebState>,
    signed: Signed,
    named: NamedTwo,
) -> Result<Response, WebError> {
    give(&state, &signed, named, Content::Preview).await
}

/// The file as it came.
pub(crate) async fn original(
    State(state): State<WebState>,
    signed: Signed,
    named: NamedTwo,
) -> Result<Response, WebError> {
    give(&state, &signed, named, Content::Original).await
}

async fn give(
    state: &WebState,
    signed: &Signed,
    NamedTwo(patient, id): NamedTwo,
    wanted: Content,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("添付文書の内容");
    let document = one(&reader, &patient, &id).await?;
    let Some((_, binary, media, size)) = document.content(wanted).cloned() else {
        reader.release(()).await?;
        return Err(WebError::NotFound);
    };
    let hash = stored(&reader, &binary).await?;
    let (document, hash) = reader.release((document, hash)).await?;
    if !may_see(&document, signed.rights) {
        return Err(WebError::NotFound);
    }
    let hash = Digest::from_hex(&hash).ok_or(WebError::Internal)?;
    let (_, stream) = access.blob(hash).await?.ok_or(WebError::NotFound)?;
    let mut response = Response::new(Body::from_stream(stream));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&media).map_err(|_| WebError::Internal)?);
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(NOTHING));
    if wanted == Content::Original {
        // A name without anybody's name: it lies about in folders of downloads.
        let ending = FileKind::of_media(&media).map_or("bin", FileKind::ending);
        let name = format!("attachment; filename=\"karute-document.{ending}\"");
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(|_| WebError::Internal)?);
    }
    Ok(response)
}
