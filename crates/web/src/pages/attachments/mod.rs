//! 文書・画像: what was scanned, photographed, signed or drawn.
mod content;
mod draw;
mod one;
mod upload;

use crate::components::{
    field::{hidden, radios},
    icon::{Icon, icon, small},
    notice::{alert, empty, toast},
    patient::{Part, screen},
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::Named, links, rights::Rights};
use axum::extract::State;
use karute_chart::attachment::{Attached, Category, Content, MAX_BYTES, list, schema::Template};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_ledger::Action;
use maud::{Markup, html};

pub(crate) use content::{original, preview};
pub(crate) use draw::{again, new as draw_new, save as draw_save};
pub(crate) use one::{act_on, show as show_one};
pub(crate) use upload::upload;

/// Largest upload, in bytes: the file and what is said of it.
pub(crate) const MAX_UPLOAD_BYTES: usize = MAX_BYTES + 64 * 1024;

/// What is said above the page.
enum Told {
    Nothing,
    Done(String, Option<Markup>),
    Refused(String),
}

/// The gallery.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
) -> Result<Markup, WebError> {
    drawn(&state, &signed, &patient, &Told::Nothing, &upload::Said::default()).await
}

/// Drawings are part of the written record; who may not read that does not see them.
fn may_see(document: &Attached, rights: Rights) -> bool {
    rights.notes || !matches!(document.category, Category::Schema | Category::Paper)
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    patient: &Id,
    told: &Told,
    said: &upload::Said,
) -> Result<Markup, WebError> {
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("文書・画像");
    let read = (face(&reader, patient, state.today()).await?, list(&reader, patient).await?);
    let (face, documents) = reader.release(read).await?;
    let shown: Vec<&Attached> = documents.iter().filter(|d| may_see(d, signed.rights)).collect();
    let body = html! {
        @match told {
            Told::Nothing => {}
            Told::Done(words, undo) => { (toast(words, undo.clone())) }
            Told::Refused(words) => { (alert("保存していません", &[words.as_str()])) }
        }
        div class="cols" {
            section class="panel" aria-labelledby="documents-h" {
                div class="panel-h" { h2 id="documents-h" { "文書・画像" } span class="t-13 t-mute" { (shown.len()) "件・新しい順" } }
                @if shown.is_empty() {
                    (empty(Icon::Clip, "文書・画像はまだありません", "スキャンした紙、写真、同意書、シェーマがここに並びます。", None))
                } @else { ul class="gal" { @for document in shown { (card(document, &face)) } } }
            }
            div class="stack-3" {
                @if signed.rights.attach { (form(&face, said)) }
                @if signed.rights.draw { (templates(patient)) }
            }
        }
    };
    Ok(screen(signed, &face, Part::Documents, "", &body))
}

fn card(document: &Attached, face: &Face) -> Markup {
    let id = &face.person.id;
    let day = document.date.map(|day| format::near(day, face.date)).unwrap_or_default();
    html! {
        li class=[document.awaiting.then_some("is-wait")] {
            a href=(links::document(id, &document.id)) {
                span class="gal-p" {
                    @if document.content(Content::Preview).is_some() {
                        img src=(links::preview(id, &document.id)) alt="" loading="lazy" width="200" height="150";
                    } @else { (icon(Icon::Letter)) "PDF" }
                }
                b { (document.title) }
                span class="t-12 t-mute" { (day) "　" (document.author.as_deref().unwrap_or_default()) }
            }
            span class="row row-w" {
                (tag(Tone::Line, None, document.category.word()))
                @if document.awaiting { (tag(Tone::Line, None, "承認待ち")) }
            }
        }
    }
}

fn form(face: &Face, said: &upload::Said) -> Markup {
    let chosen = Category::parse(&said.category).unwrap_or(Category::Scan);
    html! {
        form method="post" action=(links::documents(&face.person.id)) enctype="multipart/form-data" class="panel pn-card" {
            h2 { "追加する" }
            (radios("category", "種類", Category::FILES.iter().map(|c| (c.code(), c.word(), *c == chosen))))
            div class="fld" { label for="title" { "題名" } input id="title" name="title" type="text" maxlength="120" value=(said.title) autocomplete="off" placeholder="空なら種類の名前"; }
            @if let Some((visit, _, _)) = &face.today { (hidden("visit", visit.as_str())) }
            div class="fld" {
                label for="file" { "ファイル" }
                p class="t-12 t-mute" id="file-hint" { "画像（JPEG・PNG・GIF・WebP・BMP・TIFF）か PDF、" (MAX_BYTES >> 20) " MB まで。撮影もできます。" }
                input id="file" name="file" type="file" required accept="image/*,application/pdf" aria-describedby="file-hint";
            }
            div class="row row-w" { button type="submit" class="btn btn-p" { "保存する" } }
        }
        form method="post" action=(links::documents(&face.person.id)) enctype="multipart/form-data" class="panel pn-card" {
            h2 { "カメラで撮る" }
            (hidden("category", Category::Picture.code()))
            @if let Some((visit, _, _)) = &face.today { (hidden("visit", visit.as_str())) }
            div class="row row-w" {
                input name="file" type="file" required accept="image/*" capture="environment" aria-label="カメラで撮る";
                button type="submit" class="btn" { "写真を保存" }
            }
        }
    }
}

fn templates(patient: &Id) -> Markup {
    html! {
        section class="panel pn-card" aria-labelledby="draw-h" {
            h2 id="draw-h" { "シェーマを描く" }
            div class="row row-w" {
                @for template in Template::ALL { a class="btn btn-sm" href=(links::schema(patient, template.code())) { (small(Icon::Pen)) (template.word()) } }
            }
        }
    }
}
