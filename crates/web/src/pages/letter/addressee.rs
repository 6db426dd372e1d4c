//! 宛先: favourites and recent ones first, the clinic's address book, and a new one typed.
use super::{refusal, way};
use crate::components::{
    field::{hidden, key},
    icon::{Icon, small},
    notice::alert,
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
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
use karute_chart::letter::{self, Destination, HeadChange, Used};
use karute_chart::summary::{Face, face};
use karute_fhir::Id;
use karute_ledger::{Action, Reader};
use maud::{Markup, html};
use serde::Deserialize;

/// What was chosen or typed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    /// `find`, `typed`, `star`, `unstar`; empty when a destination was pressed.
    pub(crate) act: String,
    /// A destination as the page wrote it.
    pub(crate) to: String,
    /// Words to search the address book by.
    pub(crate) q: String,
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) doctor: String,
    pub(crate) code: String,
    pub(crate) address: String,
    pub(crate) phone: String,
    pub(crate) fax: String,
    pub(crate) other: Option<String>,
    pub(crate) keep: Option<String>,
    /// Of a new letter: its id, its kind, the visit.
    pub(crate) id: String,
    pub(crate) kind: String,
    pub(crate) visit: String,
}

impl Asked {
    /// The destination that was pressed.
    pub(crate) fn pressed(&self) -> Result<Destination, WebError> {
        let to: Destination = serde_json::from_str(&self.to).map_err(|_| WebError::BadRequest)?;
        to.read().map_err(|_| WebError::BadRequest)
    }

    /// The destination that was typed.
    fn typed(&self) -> Result<Destination, ChartError> {
        let to = Destination {
            book: None,
            code: self.code.clone(),
            name: self.name.clone(),
            department: self.department.clone(),
            doctor: self.doctor.clone(),
            address: self.address.clone(),
            phone: self.phone.clone(),
            fax: self.fax.clone(),
            is_other: self.other.is_some(),
        };
        to.read()
    }

    /// The destination that is meant, kept in the address book where that was asked for; `None` when the page is shown
    /// again instead.
    pub(crate) async fn chosen(
        &self,
        state: &WebState,
        signed: &Signed,
    ) -> Result<Result<Option<Destination>, &'static str>, WebError> {
        let access = state.access(&signed.caller);
        let person = signed.author()?.person;
        match self.act.as_str() {
            "" if self.to.is_empty() => Ok(Ok(None)),
            "" => Ok(Ok(Some(self.pressed()?))),
            "find" => Ok(Ok(None)),
            "star" | "unstar" => {
                letter::set_favourite(&access, &person, &self.pressed()?, self.act == "star", state.now()).await?;
                Ok(Ok(None))
            }
            "typed" => {
                let Ok(mut to) = self.typed() else {
                    return Ok(Err("名称を入れてください。医療機関コードは10桁の数字です（分からなければ空のまま）。"));
                };
                if self.keep.is_some() {
                    let entry = letter::put(&access, &state.new_id()?, None, &to).await?;
                    to.book = Some(entry.id.to_string());
                }
                Ok(Ok(Some(to)))
            }
            _ => Err(WebError::BadRequest),
        }
    }
}

/// What the choice is drawn from.
pub(super) struct Choice<'a> {
    /// Where the forms go.
    pub(super) action: &'a str,
    /// What goes with every press.
    pub(super) with: Markup,
    pub(super) known: &'a [Used],
    pub(super) found: &'a [letter::Entry],
    pub(super) asked: &'a Asked,
    /// Why the last press did nothing.
    pub(super) wrong: Option<&'a str>,
}

/// What of the address book answers a search; the whole beginning of it when nothing was asked.
pub(super) async fn found(reader: &Reader, asked: &Asked) -> Result<Vec<letter::Entry>, ChartError> {
    letter::find(reader, &asked.q).await
}

fn words(to: &Destination) -> Markup {
    html! {
        b { (to.name) @if !to.department.is_empty() { "　" (to.department) } }
        span class="t-13 t-mute" { @if !to.doctor.is_empty() { (to.doctor) " 先生　" } @if to.code.is_empty() { "医療機関コードなし" } @else { (to.code) } @if !to.address.is_empty() { "　" (to.address) } }
    }
}

/// The choice.
pub(super) fn choice(choice: &Choice<'_>) -> Markup {
    let json = |to: &Destination| serde_json::to_string(to).unwrap_or_default();
    let pick = |to: &Destination, number: Option<usize>| {
        html! {
            form method="post" action=(choice.action) class="grow" {
                (choice.with) (hidden("to", &json(to)))
                button type="submit" class="opt opt-b" data-key=[number.map(|n| n.to_string())] { (words(to)) @if let Some(n) = number { (key(&n.to_string())) } }
            }
        }
    };
    let asked = choice.asked;
    html! {
        @if let Some(wrong) = choice.wrong { (alert("宛先を決めていません", &[wrong])) }
        div class="cols" {
            div class="stack-3" {
                @if !choice.known.is_empty() {
                    section class="panel pn-card" aria-labelledby="known-h" {
                        h2 id="known-h" { "よく使う宛先" }
                        @for (n, used) in choice.known.iter().take(9).enumerate() {
                            div class="row" {
                                (pick(&used.to, Some(n + 1)))
                                form method="post" action=(choice.action) {
                                    (choice.with) (hidden("to", &json(&used.to))) (hidden("act", if used.favourite { "unstar" } else { "star" }))
                                    button type="submit" class="btn btn-g btn-sm" aria-pressed=(used.favourite) { @if used.favourite { "★" } @else { "☆" } span class="vh" { "お気に入り：" (used.to.name) } }
                                }
                            }
                        }
                    }
                }
                section class="panel pn-card" aria-labelledby="book-h" {
                    h2 id="book-h" { "宛先帳" }
                    form method="post" action=(choice.action) class="row" role="search" {
                        (choice.with) (hidden("act", "find"))
                        div class="field grow" { (small(Icon::Search)) input type="text" name="q" value=(asked.q) maxlength="60" autocomplete="off" aria-label="宛先帳を探す：名称、医療機関コード" placeholder="名称・医療機関コード" autofocus[choice.known.is_empty()]; }
                        button type="submit" class="btn" { "探す" }
                    }
                    @for entry in choice.found.iter().take(12) { (pick(&entry.to, None)) }
                    @if choice.found.is_empty() { p class="t-13 t-mute" { @if asked.q.is_empty() { "宛先帳はまだ空です。右で入れた宛先を登録できます。" } @else { "見つかりません。右で新しく入れられます。" } } }
                }
            }
            (typed(choice))
        }
    }
}

fn typed(choice: &Choice<'_>) -> Markup {
    let asked = choice.asked;
    let field = |name: &str, label: &str, value: &str, hint: &str| {
        html! { div class="fld" { label for=(name) { (label) } input id=(name) name=(name) type="text" value=(value) maxlength="120" autocomplete="off" placeholder=(hint); } }
    };
    html! {
        form method="post" action=(choice.action) class="panel pn-card" {
            h2 { "新しい宛先" }
            (choice.with) (hidden("act", "typed"))
            (field("name", "名称", &asked.name, "例 県立みどり野病院"))
            (field("department", "診療科", &asked.department, "例 循環器内科"))
            (field("doctor", "医師", &asked.doctor, "空なら「担当医」"))
            (field("code", "医療機関コード", &asked.code, "10桁。分からなければ空のまま"))
            (field("address", "所在地", &asked.address, ""))
            (field("phone", "電話", &asked.phone, ""))
            (field("fax", "FAX", &asked.fax, ""))
            label class="check" { input type="checkbox" name="other" value="1" checked[asked.other.is_some()]; "保険医療機関ではない（薬局・市町村・学校など）" }
            label class="check" { input type="checkbox" name="keep" value="1" checked[asked.keep.is_some()]; "宛先帳に登録する" }
            button type="submit" class="btn btn-p" { "この宛先にする" }
        }
    }
}

/// The page on which the destination of a letter is changed.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, named: NamedTwo) -> Result<Response, WebError> {
    drawn(&state, &signed, &named, &Asked::default(), None).await
}

async fn drawn(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    asked: &Asked,
    wrong: Option<&str>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let person = signed.author()?.person;
    letter::draft(&access, named.of(), &person).await?;
    let known = letter::known(&access, &person).await?;
    let reader = access.reader(Action::View);
    reader.describe("診療情報提供書の宛先");
    let read = (face(&reader, &named.0, state.today()).await?, found(&reader, asked).await?);
    let (face, found) = reader.release(read).await?;
    let action = format!("{}/to", named.base());
    let body = choice(&Choice { action: &action, with: html! {}, known: &known, found: &found, asked, wrong });
    let page = page(signed, &face, &named.1, &body);
    Ok((if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, page).into_response())
}

fn page(signed: &Signed, face: &Face, of: &Id, body: &Markup) -> Markup {
    let body = html! {
        h1 class="vh" { "宛先を選ぶ" }
        div class="row" { a class="btn" href=(links::letter(&face.person.id, of)) { (small(Icon::Left)) "紹介状へ戻る" } (tag(Tone::Line, None, "宛先を選ぶと紹介状へ戻ります")) }
        (body)
    };
    super::framed(signed, face, "宛先を選ぶ", "pane scroll", body)
}

/// Changes it.
pub(crate) async fn change(
    State(state): State<WebState>,
    signed: Signed,
    named: NamedTwo,
    Filled(asked): Filled<Asked>,
) -> Result<Response, WebError> {
    let to = match asked.chosen(&state, &signed).await? {
        Ok(Some(to)) => to,
        Ok(None) => return drawn(&state, &signed, &named, &asked, None).await,
        Err(wrong) => return drawn(&state, &signed, &named, &asked, Some(wrong)).await,
    };
    let access = state.access(&signed.caller);
    let by = signed.author()?;
    match letter::change(&access, named.of(), HeadChange::To(to), &by, state.now()).await {
        Ok(draft) => {
            Box::pin(way::settle(&state, &signed, named.of(), &draft)).await?;
            Ok(named.page().into_response())
        }
        Err(error) => {
            let words = refusal(error)?;
            drawn(&state, &signed, &named, &asked, Some(words)).await
        }
    }
}
