//! シェーマ: drawing on a template. Without script a caption alone is written under it.
use super::upload::blob;
use crate::components::{
    field::hidden,
    notice::alert,
    patient::{Part, screen},
};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{Filled, Named, NamedTwo},
    links,
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use karute_chart::attachment::{
    self, Category, Content, Kept, New, one,
    schema::{Drawing, HEIGHT, Ink, Schema, Template, Unusable, WIDTH, svg},
    stored,
};
use karute_chart::summary::{Face, face};
use karute_crypto::Digest;
use karute_fhir::Id;
use karute_ledger::{Access, Action};
use maud::{Markup, PreEscaped, html};
use serde::Deserialize;

/// A new drawing.
pub(crate) async fn new(
    State(state): State<WebState>,
    signed: Signed,
    Path((patient, template)): Path<(String, String)>,
) -> Result<Markup, WebError> {
    let patient = Id::new(&patient).map_err(|_| WebError::NotFound)?;
    let template = Template::parse(&template).ok_or(WebError::NotFound)?;
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("シェーマを描く");
    let found = face(&reader, &patient, state.today()).await?;
    let face = reader.release(found).await?;
    let blank = Schema { template: template.code().to_owned(), caption: String::new(), drawing: Drawing::default() };
    Ok(page(&signed, &face, &blank, (&state.new_id()?, None), None))
}

/// An old drawing goes on as a new version.
pub(crate) async fn again(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("シェーマを描き足す");
    let face = face(&reader, &patient, state.today()).await?;
    let document = one(&reader, &patient, &id).await?;
    let Some((_, binary, ..)) = document.content(Content::Strokes).cloned() else {
        reader.release(()).await?;
        return Err(WebError::NotFound);
    };
    let hash = stored(&reader, &binary).await?;
    let (face, document, hash) = reader.release((face, document, hash)).await?;
    let schema = kept(&access, &hash).await?;
    Ok(page(&signed, &face, &schema, (&id, Some(document.version)), None))
}

/// The lines of a kept drawing.
async fn kept(access: &Access, hash: &str) -> Result<Schema, WebError> {
    let hash = Digest::from_hex(hash).ok_or(WebError::Internal)?;
    let (_, stream) = access.blob(hash).await?.ok_or(WebError::NotFound)?;
    let bytes: Vec<Bytes> = stream.try_collect().await?;
    let text = String::from_utf8(bytes.concat()).map_err(|_| WebError::Internal)?;
    Schema::from_json(&text).map_err(|_| WebError::Internal)
}

/// What was drawn.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Drawn {
    /// Id of the document; of an old one when `seen` is given.
    id: String,
    seen: Option<u32>,
    template: String,
    caption: String,
    drawing: String,
    visit: String,
}

/// Keeps it.
pub(crate) async fn save(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(drawn): Filled<Drawn>,
) -> Result<Response, WebError> {
    let id = Id::new(&drawn.id).map_err(|_| WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let schema = match Schema::of(&drawn.template, &drawn.caption, &drawn.drawing) {
        Ok(schema) => schema,
        Err(unusable) => {
            let reader = access.reader(Action::View);
            reader.describe("シェーマを描く");
            let found = face(&reader, &patient, state.today()).await?;
            let face = reader.release(found).await?;
            let words = match unusable {
                Unusable::Empty => "まだ何も描かれていません。描くか、説明を書いてから保存してください。",
                Unusable::TooLarge => "線が多すぎます。2枚に分けてください。",
                Unusable::Form => "描いた内容を読み取れませんでした。",
            };
            let template = Template::parse(&drawn.template).unwrap_or(Template::Blank);
            let shown = Schema {
                template: template.code().to_owned(),
                caption: drawn.caption.clone(),
                drawing: Drawing::default(),
            };
            let page = page(&signed, &face, &shown, (&id, drawn.seen), Some(words));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let picture = blob(&access, Bytes::from(svg(&schema))).await?;
    let strokes = blob(&access, Bytes::from(schema.to_json())).await?;
    let contents = vec![
        Kept { id: state.new_id()?, content: Content::Preview, media: "image/svg+xml".to_owned(), info: picture },
        Kept { id: state.new_id()?, content: Content::Strokes, media: "application/json".to_owned(), info: strokes },
    ];
    let title = if schema.caption.is_empty() { schema.template().word().to_owned() } else { schema.caption.clone() };
    let new = New {
        id: id.clone(),
        replaces: drawn.seen,
        patient: patient.clone(),
        visit: Id::new(&drawn.visit).ok(),
        category: Category::Schema,
        title,
        contents,
    };
    attachment::keep(&access, &signed.author()?, new, state.now()).await?;
    Ok(Redirect::to(&links::document(&patient, &id)).into_response())
}

/// The paper and its tools. The lines of the template are ours and hold nothing of anybody.
fn page(signed: &Signed, face: &Face, schema: &Schema, (id, seen): (&Id, Option<u32>), wrong: Option<&str>) -> Markup {
    let template = schema.template();
    let patient = &face.person.id;
    let drawing = serde_json::to_string(&schema.drawing).unwrap_or_default();
    let body = html! {
        @if let Some(words) = wrong { (alert("保存していません", &[words])) }
        form method="post" action=(format!("/p/{patient}/schema")) class="panel sk-f" data-schema {
            div class="panel-h" { h2 { "シェーマ：" (template.word()) } }
            (hidden("id", id.as_str())) (hidden("template", template.code()))
            @if let Some(seen) = seen { (hidden("seen", &seen.to_string())) }
            @if let Some((visit, _, _)) = &face.today { (hidden("visit", visit.as_str())) }
            (hidden("drawing", &drawing))
            div class="row row-w sk-t" data-tools hidden {
                fieldset class="row" {
                    legend class="vh" { "色" }
                    @for (n, ink) in Ink::ALL.iter().enumerate() {
                        label class="check" { input type="radio" name="ink" value=(ink.code()) checked[n == 1]; (ink.word()) }
                    }
                }
                label class="row" { "太さ" input type="range" name="width" min="1" max="12" value="3" aria-label="線の太さ"; }
                button type="button" class="btn btn-sm" data-tool="pen" aria-pressed="true" { "ペン" }
                button type="button" class="btn btn-sm" data-tool="eraser" aria-pressed="false" { "消しゴム" }
                button type="button" class="btn btn-sm" data-tool="text" aria-pressed="false" { "文字" }
                div class="field" { input type="text" name="stamp" maxlength="60" autocomplete="off" aria-label="置く文字" placeholder="置く文字（例 圧痛）" list="stamps"; }
                datalist id="stamps" { @for word in ["圧痛", "腫脹", "発赤", "熱感", "しびれ", "創", "可動域制限"] { option value=(word) {} } }
                button type="button" class="btn btn-sm" data-undo { "1つ戻す" }
            }
            noscript { p class="pn-p t-13 t-mute" { "描くにはスクリプトが要ります。下の説明だけでも保存できます。" } }
            svg class="sk" viewBox=(format!("0 0 {WIDTH} {HEIGHT}")) role="img" aria-label=(format!("{}の図。説明は下の欄に書けます", template.word())) data-paper {
                g class="sk-l" { (PreEscaped(template.lines())) }
            }
            div class="row row-w pn-p" {
                div class="field grow" { input type="text" name="caption" value=(schema.caption) maxlength="120" autocomplete="off" aria-label="説明" placeholder="説明（例 右膝内側に圧痛、腫脹なし）"; }
                button type="submit" class="btn btn-p" { "記録に保存" }
                a class="btn btn-g" href=(links::documents(patient)) { "やめる" }
            }
        }
    };
    screen(signed, face, Part::Documents, "", &body)
}
