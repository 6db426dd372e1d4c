//! セット: the clinic's sets, kept by its administrators, and everybody's own beside them.
use super::{Part, Told, UNUSABLE, page};
use crate::components::{
    icon::{Icon, small},
    notice::empty,
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, guard::Signed, input::Filled, links};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::sets::{self, OrderSet};
use maud::{Markup, html};
use serde::Deserialize;

/// Items named in a row; the rest is counted.
const NAMED: usize = 4;

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, &Told::Nothing).await
}

/// The name of a new set.
#[derive(Deserialize)]
pub(crate) struct New {
    title: String,
    #[serde(default)]
    whose: String,
}

/// Makes a set and opens it.
pub(crate) async fn create(
    State(state): State<WebState>,
    signed: Signed,
    Filled(new): Filled<New>,
) -> Result<Response, WebError> {
    let (access, id) = (state.access(&signed.caller), state.new_id()?);
    // Who only orders keeps sets of their own; who only administers, the clinic's.
    let own = signed.rights.orders && (!signed.rights.settings || new.whose == "own");
    let made = if own {
        sets::create_own(&access, id, &new.title, &signed.author()?).await
    } else {
        sets::create(&access, id, &new.title).await
    };
    match made {
        Ok(set) => Ok(Redirect::to(&links::set(&set.id)).into_response()),
        Err(ChartError::Invalid) => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, drawn(&state, &signed, &UNUSABLE).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

async fn drawn(state: &WebState, signed: &Signed, told: &Told) -> Result<Markup, WebError> {
    let all = sets::offered(&state.access(&signed.caller), &signed.author()?.person).await?;
    let body = html! {
        (told.draw())
        form method="post" action="/settings/sets" class="row row-w" {
            div class="field term-t" {
                (small(Icon::Plus))
                input type="text" name="title" maxlength="60" required autocomplete="off" placeholder="新しいセットの名前（例 糖尿病の検査）" aria-label="新しいセットの名前";
            }
            @if signed.rights.settings && signed.rights.orders {
                select name="whose" class="sel" aria-label="だれのセットか" { option value="own" { "自分で使う" } option value="clinic" { "医院の全員で使う" } }
            }
            button type="submit" class="btn btn-p" { @if signed.rights.settings { "セットを作る" } @else { "自分のセットを作る" } }
        }
        section class="panel" aria-labelledby="sets-h" {
            div class="panel-h" { h2 id="sets-h" { "セット" } span class="t-13 t-mute" { (all.len()) "件・一緒にオーダーするものの組" } }
            @if all.is_empty() {
                (empty(Icon::Flask, "セットはまだありません", "検査や処置の組に名前をつけておくと、一度に選べます。", None))
            } @else {
                table class="grid-t" {
                    thead { tr { th scope="col" { "名前" } th scope="col" { "だれの" } th scope="col" class="num" { "項目" } th scope="col" { "内容" } } }
                    tbody { @for set in &all { (row(set)) } }
                }
            }
        }
    };
    page(state, signed, Part::Sets, body).await
}

fn row(set: &OrderSet) -> Markup {
    html! {
        tr {
            th scope="row" { a class="t-b" href=(links::set(&set.id)) { (set.title) } }
            td { @if set.owner.is_some() { (tag(Tone::Line, None, "自分")) } @else { (tag(Tone::Ai, None, "医院")) } }
            td class="num" { (set.items.len()) }
            td class="t-13" {
                @for (n, item) in set.items.iter().take(NAMED).enumerate() { @if n > 0 { "、" } (item.display) }
                @if set.items.len() > NAMED { " ほか" (set.items.len() - NAMED) "件" }
            }
        }
    }
}
