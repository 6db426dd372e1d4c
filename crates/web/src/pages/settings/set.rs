//! One set: its name, its items, putting it away.
use super::{FULL, OVERTAKEN, Part, Told, UNUSABLE, look, page};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::{Severity, empty, notice},
    terms::{TermField, choices},
};
use crate::{
    WebState,
    error::WebError,
    format::half_width,
    guard::Signed,
    input::{Filled, Named},
    links,
    pages::terms::Typed,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::sets::{self, OrderSet, SetItem};
use karute_fhir::Id;
use karute_terminology::Domain;
use maud::{Markup, html};
use serde::Deserialize;

/// What a set can be made of, what is most common first.
const KINDS: [Domain; 6] = [Domain::Lab, Domain::Act, Domain::Drug, Domain::Disease, Domain::Usage, Domain::Allergen];

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, Named(id): Named) -> Result<Markup, WebError> {
    let set = looked_at(&state, &signed, &id).await?;
    drawn(&state, &signed, &set, &Told::Nothing, None).await
}

/// The set, when it is the clinic's or this person's own; another person's does not exist.
async fn looked_at(state: &WebState, signed: &Signed, id: &Id) -> Result<OrderSet, WebError> {
    let set = sets::set(&state.access(&signed.caller), id).await?;
    if set.is_for(&signed.author()?.person) { Ok(set) } else { Err(WebError::NotFound) }
}

/// Whether this person may change it: everybody their own, administrators the clinic's.
fn may_change(signed: &Signed, set: &OrderSet) -> bool {
    set.owner.is_some() || signed.rights.settings
}

/// The set, when this person may change it.
async fn changeable(state: &WebState, signed: &Signed, id: &Id) -> Result<OrderSet, WebError> {
    let set = looked_at(state, signed, id).await?;
    if may_change(signed, &set) { Ok(set) } else { Err(WebError::Forbidden) }
}

/// Searches without script.
pub(crate) async fn search(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(typed): Filled<Typed>,
) -> Result<Markup, WebError> {
    let kind = typed.kind()?;
    let set = changeable(&state, &signed, &id).await?;
    let answer = look(&state, &signed, kind, &typed.q).await?;
    let found = choices(kind, answer.as_ref(), &links::set_items(&id), "加える", &seen(&set));
    drawn(&state, &signed, &set, &Told::Nothing, Some((kind, &typed.q, found))).await
}

/// The version the person saw.
fn seen(set: &OrderSet) -> Markup {
    hidden("seen", &set.version.to_string())
}

/// An item that was chosen.
#[derive(Deserialize)]
pub(crate) struct Chosen {
    seen: u32,
    system: String,
    code: String,
    display: String,
    note: Option<String>,
    /// Where it stood, when something taken out comes back.
    position: Option<usize>,
}

/// Puts an item in.
pub(crate) async fn add(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(chosen): Filled<Chosen>,
) -> Result<Response, WebError> {
    let Chosen { seen, system, code, display, note, position } = chosen;
    let note = note.filter(|note| !note.is_empty());
    let access = state.access(&signed.caller);
    let name = half_width(&display);
    let set = changeable(&state, &signed, &id).await?;
    let items = match sets::behind(&access, &state.masters(), &signed.author()?.person, &system, &code).await? {
        Some((_, items)) => items,
        None => vec![SetItem { system, code, display, note }],
    };
    if items.len() != 1 && items.iter().all(|item| set.holds(item)) {
        let told = Told::Done(format!("{name} の項目はすべて入っています"), None);
        return Ok(drawn(&state, &signed, &set, &told, None).await?.into_response());
    }
    let done = sets::insert_all(&access, &id, seen, position.unwrap_or(usize::MAX), &items).await;
    answer(&state, &signed, &id, done, |_| Told::Done(format!("{name} を加えました"), None)).await
}

/// Words for an item.
#[derive(Deserialize)]
pub(crate) struct Noted {
    seen: u32,
    position: usize,
    note: String,
}

/// Writes what goes with an item.
pub(crate) async fn note(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Noted>,
) -> Result<Response, WebError> {
    changeable(&state, &signed, &id).await?;
    let done = sets::note(&state.access(&signed.caller), &id, form.seen, form.position, &form.note).await;
    answer(&state, &signed, &id, done, |_| Told::Done("メモを変えました".to_owned(), None)).await
}

/// An item to take out.
#[derive(Deserialize)]
pub(crate) struct Place {
    seen: u32,
    position: usize,
}

/// Takes an item out, with a way back.
pub(crate) async fn remove(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(place): Filled<Place>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let before = changeable(&state, &signed, &id).await?;
    let taken = before.items.get(place.position).filter(|_| before.version == place.seen).cloned();
    let done = sets::remove(&access, &id, place.seen, place.position).await;
    answer(&state, &signed, &id, done, |set| {
        let Some(item) = taken else { return Told::Nothing };
        let undo = html! {
            form method="post" action=(links::set_items(&id)) {
                (seen(set)) (hidden("position", &place.position.to_string()))
                (hidden("system", &item.system)) (hidden("code", &item.code)) (hidden("display", &item.display))
                (hidden("note", item.note.as_deref().unwrap_or_default()))
                button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
            }
        };
        Told::Done(format!("{} を外しました", half_width(&item.display)), Some(undo))
    })
    .await
}

/// Another name.
#[derive(Deserialize)]
pub(crate) struct Renamed {
    seen: u32,
    title: String,
    #[serde(default)]
    reading: String,
}

/// Renames it.
pub(crate) async fn rename(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Renamed>,
) -> Result<Response, WebError> {
    changeable(&state, &signed, &id).await?;
    let done = sets::rename(&state.access(&signed.caller), &id, form.seen, &form.title, &form.reading).await;
    answer(&state, &signed, &id, done, |_| Told::Done("名前とよみを変えました".to_owned(), None)).await
}

/// The version seen.
#[derive(Deserialize)]
pub(crate) struct Seen {
    seen: u32,
}

/// Puts it away.
pub(crate) async fn retire(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Seen>,
) -> Result<Response, WebError> {
    changeable(&state, &signed, &id).await?;
    let done = sets::retire(&state.access(&signed.caller), &id, form.seen).await;
    answer(&state, &signed, &id, done, |set| {
        Told::Done(format!("「{}」を使わないようにしました", set.title), Some(restore_form(set)))
    })
    .await
}

/// Brings it back.
pub(crate) async fn restore(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Seen>,
) -> Result<Response, WebError> {
    changeable(&state, &signed, &id).await?;
    let done = sets::restore(&state.access(&signed.caller), &id, form.seen).await;
    answer(&state, &signed, &id, done, |set| Told::Done(format!("「{}」をまた使えるようにしました", set.title), None))
        .await
}

fn restore_form(set: &OrderSet) -> Markup {
    html! {
        form method="post" action=(links::set_restore(&set.id)) {
            (seen(set))
            button type="submit" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" }
        }
    }
}

async fn answer(
    state: &WebState,
    signed: &Signed,
    id: &Id,
    done: Result<OrderSet, ChartError>,
    told: impl FnOnce(&OrderSet) -> Told,
) -> Result<Response, WebError> {
    let (status, told) = match done {
        Ok(set) => {
            state.kept().sets_changed(signed.caller.tenant);
            let told = told(&set);
            return Ok(drawn(state, signed, &set, &told, None).await?.into_response());
        }
        Err(ChartError::Conflict) => (StatusCode::CONFLICT, OVERTAKEN),
        Err(ChartError::Invalid) => (StatusCode::UNPROCESSABLE_ENTITY, UNUSABLE),
        Err(ChartError::TooMany) => (StatusCode::UNPROCESSABLE_ENTITY, FULL),
        Err(other) => return Err(other.into()),
    };
    let set = sets::set(&state.access(&signed.caller), id).await?;
    Ok((status, drawn(state, signed, &set, &told, None).await?).into_response())
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    set: &OrderSet,
    told: &Told,
    found: Option<(Domain, &str, Markup)>,
) -> Result<Markup, WebError> {
    let (kind, typed, found) = match found {
        Some((kind, typed, found)) => (kind, typed, Some(found)),
        None => (Domain::Lab, "", None),
    };
    let may = set.active && may_change(signed, set);
    let action = links::set_search(&set.id);
    let field = TermField {
        action: &action,
        kinds: &KINDS,
        kind,
        typed,
        example: "加えるものを探す（例 へもぐろびん／HbA1c／採血）",
        take: "take",
        patient: None,
    };
    let body = html! {
        (told.draw())
        p { a href="/settings/sets" { "セットの一覧へ" } }
        @if !set.active { (notice(Severity::Warn, "使っていないセットです", &["オーダーの画面には出ません。"])) @if may_change(signed, set) { (restore_form(set)) } }
        @if set.active && !may { (notice(Severity::Info, "医院のセットです", &["変えられるのは管理者だけです。自分のセットは一覧で作れます。"])) }
        @if may {
            form method="post" action=(links::set_title(&set.id)) class="row row-w" {
                (seen(set))
                div class="field term-t" { input type="text" name="title" value=(set.title) maxlength="60" required autocomplete="off" aria-label="セットの名前"; }
                div class="field term-t" { input type="text" name="reading" value=(set.reading) maxlength="100" autocomplete="off" placeholder="よみ・略称（例 とうにょうびょう DM）" aria-label="よみ・略称：探すときに使います。いくつかあるときは空白で区切ります"; }
                button type="submit" class="btn" { "名前とよみを変える" }
            }
            (field.draw())
            form id="take" method="post" action=(links::set_items(&set.id)) hidden {
                (seen(set)) (hidden("system", "")) (hidden("code", "")) (hidden("display", ""))
            }
            @if let Some(found) = found { section class="panel" aria-label="候補" { (found) } }
        }
        (items(set, may))
        @if may {
            form method="post" action=(links::set_retire(&set.id)) { (seen(set)) button type="submit" class="btn btn-g" { "このセットを使うのをやめる" } }
        }
    };
    page(state, signed, Part::Sets, body).await
}

fn items(set: &OrderSet, may: bool) -> Markup {
    html! {
        section class="panel" aria-labelledby="set-h" {
            div class="panel-h" { h2 id="set-h" { (set.title) } span class="t-13 t-mute" { (set.items.len()) "項目" } }
            @if set.items.is_empty() {
                (empty(Icon::Plus, "項目はまだありません", "上の欄で探して加えます。", None))
            } @else {
                table class="grid-t" {
                    thead { tr {
                        th scope="col" { "項目" } th scope="col" { "コード" } th scope="col" { "メモ" } @if may { th scope="col" { span class="vh" { "操作" } } }
                    } }
                    tbody { @for (position, item) in set.items.iter().enumerate() { (row(set, position, item, may)) } }
                }
            }
        }
    }
}

fn row(set: &OrderSet, position: usize, item: &SetItem, may: bool) -> Markup {
    html! {
        tr {
            th scope="row" class="t-b" { (half_width(&item.display)) }
            td class="t-13" { (item.code) }
            td class="t-13" {
                @if may { (note_form(set, position, item)) } @else { (item.note.as_deref().unwrap_or("－")) }
            }
            @if may {
                td class="num" {
                    form method="post" action=(links::set_remove(&set.id)) {
                        (seen(set)) (hidden("position", &position.to_string()))
                        button type="submit" class="btn btn-sm" { "外す" span class="vh" { "：" (half_width(&item.display)) } }
                    }
                }
            }
        }
    }
}

/// What goes with an item, in free words.
fn note_form(set: &OrderSet, position: usize, item: &SetItem) -> Markup {
    let label = format!("{} のメモ", half_width(&item.display));
    html! {
        form method="post" action=(links::set_note(&set.id)) class="row" {
            (seen(set)) (hidden("position", &position.to_string()))
            div class="field grow" { input type="text" name="note" value=(item.note.as_deref().unwrap_or_default()) maxlength="200" autocomplete="off" placeholder="例 空腹時" aria-label=(label); }
            button type="submit" class="btn btn-sm" { "書く" span class="vh" { "：" (label) } }
        }
    }
}
