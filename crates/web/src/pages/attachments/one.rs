//! One document: what it is, the picture, the download, deletion with its reason.
use super::{Told, drawn, may_see, upload::Said};
use crate::components::{
    field::{hidden, line},
    icon::{Icon, small},
    notice::{Severity, alert, notice},
    patient::{Part, screen},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, NamedTwo},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::attachment::{self, Attached, Content, one};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_ledger::Action;
use maud::{Markup, html};
use serde::Deserialize;

/// The page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
) -> Result<Markup, WebError> {
    page(&state, &signed, (&patient, &id), None).await
}

async fn page(
    state: &WebState,
    signed: &Signed,
    (patient, id): (&Id, &Id),
    wrong: Option<&str>,
) -> Result<Markup, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("添付文書");
    let read = (face(&reader, patient, state.today()).await?, one(&reader, patient, id).await?);
    let (face, document) = reader.release(read).await?;
    if !may_see(&document, signed.rights) {
        return Err(WebError::NotFound);
    }
    let body = html! {
        @if let Some(words) = wrong { (alert("削除していません", &[words])) }
        div class="cols" {
            (picture(&document, &face))
            (facts(&document, &face, signed, wrong))
        }
    };
    Ok(screen(signed, &face, Part::Documents, "", &body))
}

fn picture(document: &Attached, face: &Face) -> Markup {
    html! {
        section class="panel doc-v" aria-label="内容" {
            @if document.content(Content::Preview).is_some() {
                img src=(links::preview(&face.person.id, &document.id)) alt=(format!("{}：{}", document.category.word(), document.title));
            } @else {
                (notice(Severity::Info, "この画面では開きません", &["PDF の中には動く部品が入っていることがあるため、ダウンロードして開いてください。"]))
            }
        }
    }
}

fn facts(document: &Attached, face: &Face, signed: &Signed, wrong: Option<&str>) -> Markup {
    let patient = &face.person.id;
    let size =
        document.content(Content::Original).map(|(_, _, media, size)| format!("{media}　{} KB", size.div_ceil(1024)));
    html! {
        div class="stack-3" {
            section class="panel pn-card" aria-labelledby="doc-h" {
                h2 id="doc-h" { (document.title) @if document.awaiting { " " (tag(Tone::Line, None, "承認待ち")) } }
                dl class="dl" {
                    dt { "種類" } dd { (document.category.word()) }
                    dt { "日付" } dd { (document.date.map(format::full).unwrap_or_default()) }
                    dt { "保存" } dd { (document.author.as_deref().unwrap_or("記録なし")) }
                    @if let Some(size) = size { dt { "ファイル" } dd { (size) } }
                    @if document.version > 1 { dt { "版" } dd { (document.version) "（前の版も残っています）" } }
                }
                div class="row row-w" {
                    @if document.content(Content::Strokes).is_some() {
                        @if signed.rights.draw { a class="btn" href=(format!("{}/draw", links::document(patient, &document.id))) { (small(Icon::Pen)) "描き足す" } }
                    } @else {
                        a class="btn" href=(format!("{}/original", links::document(patient, &document.id))) download { "元のファイルをダウンロード" }
                    }
                    a href=(links::documents(patient)) { "文書・画像の一覧へ" }
                }
            }
            @if signed.rights.attach {
                form method="post" action=(links::document(patient, &document.id)) class="panel pn-card" {
                    h2 { "削除" }
                    (hidden("act", "delete")) (hidden("seen", &document.version.to_string()))
                    (line("reason", "理由", "", "例 別の患者の書類だった", wrong))
                    button type="submit" class="btn" { "削除する" }
                    p class="t-12 t-mute" { "一覧から外れます。記録には理由とともに残ります。" }
                }
            }
        }
    }
}

/// What is done with it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Step {
    act: String,
    seen: u32,
    reason: String,
}

/// Does it.
pub(crate) async fn act_on(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, id): NamedTwo,
    Filled(form): Filled<Step>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let target = (&patient, &id, form.seen);
    let told = match form.act.as_str() {
        "delete" => match attachment::delete(&access, &signed.author()?, target, &form.reason, state.now()).await {
            Ok(version) => {
                let undo = html! {
                    form method="post" action=(links::document(&patient, &id)) {
                        (hidden("act", "restore")) (hidden("seen", &version.to_string()))
                        button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
                    }
                };
                Told::Done("削除しました。記録には理由とともに残ります".to_owned(), Some(undo))
            }
            Err(ChartError::Invalid) => {
                let page = page(&state, &signed, (&patient, &id), Some("削除の理由を入れてください。")).await?;
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
            }
            Err(other) => return Err(other.into()),
        },
        "restore" => {
            attachment::restore(&access, target).await?;
            Told::Done("元に戻しました".to_owned(), None)
        }
        _ => return Err(WebError::BadRequest),
    };
    Ok(drawn(&state, &signed, &patient, &told, &Said::default()).await?.into_response())
}
