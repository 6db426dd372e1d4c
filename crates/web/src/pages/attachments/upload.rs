//! Taking a file: piece by piece, its kind told by its content, a preview made of what is a picture.
use super::{Told, drawn};
use crate::{WebState, error::WebError, guard::Signed, input::Named};
use axum::{
    extract::{Multipart, State, multipart::Field},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use karute_chart::attachment::{self, Category, Content, FileKind, Kept, MAX_BYTES, New, Preview, Refusal, sniff};
use karute_fhir::Id;
use karute_ledger::{Access, BlobInfo};

/// What is said of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    pub(super) category: String,
    pub(super) title: String,
    visit: String,
}

/// Takes a file.
pub(crate) async fn upload(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    mut form: Multipart,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let mut said = Said::default();
    let mut taken: Option<Result<Taken, Refusal>> = None;
    while let Some(field) = form.next_field().await.map_err(|_| WebError::BadRequest)? {
        match field.name().unwrap_or_default().to_owned().as_str() {
            "category" => said.category = short(field).await?,
            "title" => said.title = short(field).await?,
            "visit" => said.visit = short(field).await?,
            "file" if taken.is_none() => taken = Some(take(&access, field).await?),
            _ => return Err(WebError::BadRequest),
        }
    }
    let made = match taken {
        None => Err(Refusal::Empty),
        Some(Err(refusal)) => Err(refusal),
        Some(Ok(taken)) => store(&state, &access, taken).await?,
    };
    let contents = match made {
        Ok(contents) => contents,
        Err(refusal) => {
            let page = drawn(&state, &signed, &patient, &Told::Refused(words(refusal)), &said).await?;
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let category = Category::parse(&said.category).unwrap_or(Category::Other);
    let new = New {
        id: state.new_id()?,
        replaces: None,
        patient: patient.clone(),
        visit: Id::new(&said.visit).ok(),
        category,
        title: said.title.clone(),
        contents,
    };
    attachment::keep(&access, &signed.author()?, new, state.now()).await?;
    let told = Told::Done(format!("{}を保存しました", category.word()), None);
    Ok(drawn(&state, &signed, &patient, &told, &Said::default()).await?.into_response())
}

/// A short field.
async fn short(mut field: Field<'_>) -> Result<String, WebError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|_| WebError::BadRequest)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > 2_048 {
            return Err(WebError::BadRequest);
        }
    }
    String::from_utf8(bytes).map_err(|_| WebError::BadRequest)
}

/// A file whose bytes are with the ledger, not yet bound to anything.
struct Taken {
    bytes: Vec<u8>,
    kind: FileKind,
    writer: karute_ledger::BlobWriter,
}

/// Hands the pieces on as they come, and keeps them for looking at: nothing is bound before the whole was seen.
async fn take(access: &Access, mut field: Field<'_>) -> Result<Result<Taken, Refusal>, WebError> {
    let mut writer = access.blob_writer().await?;
    let mut bytes: Vec<u8> = Vec::new();
    let mut refused = None;
    while let Some(chunk) = field.chunk().await.map_err(|_| WebError::BadRequest)? {
        if refused.is_some() {
            continue;
        }
        if bytes.len() + chunk.len() > MAX_BYTES {
            refused = Some(Refusal::TooLarge);
            bytes.clear();
            continue;
        }
        bytes.extend_from_slice(&chunk);
        match writer.write(chunk).await {
            Err(karute_ledger::LedgerError::Limit(_)) => refused = Some(Refusal::TooLarge),
            other => other?,
        }
    }
    // A writer that is dropped leaves nothing behind: unfinished contents are swept.
    Ok(match (refused, sniff(&bytes)) {
        (Some(refusal), _) | (None, Err(refusal)) => Err(refusal),
        (None, Ok(kind)) => Ok(Taken { bytes, kind, writer }),
    })
}

/// Makes the preview, then binds both.
async fn store(state: &WebState, access: &Access, taken: Taken) -> Result<Result<Vec<Kept>, Refusal>, WebError> {
    let Taken { bytes, kind, writer } = taken;
    let mut made: Option<Preview> = None;
    if kind.is_picture() {
        // Decoding takes a processor for a while; the others go on meanwhile.
        let work = tokio::task::spawn_blocking(move || attachment::preview(&bytes, kind));
        match work.await.map_err(|_| WebError::Internal)? {
            Ok(preview) => made = Some(preview),
            Err(_) => return Ok(Err(Refusal::Picture)),
        }
    }
    let kept =
        |id: Id, content: Content, media: &str, info: BlobInfo| Kept { id, content, media: media.to_owned(), info };
    let mut contents = vec![kept(state.new_id()?, Content::Original, kind.media(), writer.finish().await?)];
    if let Some(preview) = made {
        let info = blob(access, Bytes::from(preview.bytes)).await?;
        contents.push(kept(state.new_id()?, Content::Preview, preview.media, info));
    }
    Ok(Ok(contents))
}

/// Stores bytes of our own making.
pub(super) async fn blob(access: &Access, bytes: Bytes) -> Result<BlobInfo, WebError> {
    let mut writer = access.blob_writer().await?;
    writer.write(bytes).await?;
    Ok(writer.finish().await?)
}

/// Why, and what to do.
fn words(refusal: Refusal) -> String {
    match refusal {
        Refusal::Empty => "ファイルを選んでください。".to_owned(),
        Refusal::TooLarge => format!("ファイルが大きすぎます。{} MB までに縮めてください。", MAX_BYTES >> 20),
        Refusal::Kind => {
            "この種類のファイルは保存できません。画像（JPEG・PNG・GIF・WebP・BMP・TIFF）か PDF にしてください。"
                .to_owned()
        }
        Refusal::Malware => {
            "安全でない内容が見つかったため保存できません。元のファイルを管理者に見せてください。".to_owned()
        }
        Refusal::Picture => "画像を読めません。壊れているか、縦横が大きすぎます（合計5,000万画素まで）。".to_owned(),
    }
}
