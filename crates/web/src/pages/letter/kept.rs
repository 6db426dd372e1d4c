//! A letter on record: the paper as it was signed, where it stands, everything that happened to it.
use super::paper;
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::{Severity, alert, notice},
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, input::NamedTwo, links, pages::record::lines};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::clinic::{self, Contact};
use karute_chart::letter::{self, Delivery, Event, OnRecord, Route, State};
use karute_chart::registration;
use karute_chart::summary::{Face, face};
use karute_japan::Date;
use karute_ledger::Action;
use maud::{Markup, html};

struct View {
    face: Face,
    found: OnRecord,
    history: Vec<Event>,
    contact: Option<Contact>,
    address: String,
    base: String,
}

/// The page; with why something was not done.
pub(super) async fn show(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    told: Option<(StatusCode, &str)>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let contact = clinic::contact(&access).await?;
    let file = registration::file(&access, &named.0).await?;
    let reader = access.reader(Action::View);
    reader.describe("診療情報提供書");
    let face = face(&reader, &named.0, state.today()).await?;
    let found = letter::read(&reader, named.of()).await?;
    let history = letter::history(&reader, named.of()).await?;
    let (face, found, history) = reader.release((face, found, history)).await?;
    let address = [&file.form.state, &file.form.city, &file.form.line].map(String::as_str).concat();
    let view = View { face, found, history, contact, address, base: named.base() };
    let (status, told) = told.map_or((StatusCode::OK, None), |(status, told)| (status, Some(told)));
    let body = html! {
        h1 class="vh" { "診療情報提供書" }
        (sheet(&view, signed, told))
        (side(&view, signed))
    };
    let page = super::framed(signed, &view.face, "診療情報提供書", "rl rl-2", body);
    Ok((status, page).into_response())
}

fn sheet(view: &View, signed: &Signed, told: Option<&str>) -> Markup {
    let letter = &view.found.letter;
    html! {
        section class="paper-bg scroll" tabindex="0" aria-label="診療情報提供書の本文" {
            @if let Some(told) = told { (alert("していません", &[told])) }
            article class="paper" {
                h2 { "診療情報提供書" }
                div class="paper-to" {
                    div { (paper::addressee(&letter.to)) }
                    div {
                        @if let Some(at) = letter.signed { (paper::written(at.day_in_japan())) br; }
                        (signed.info.tenant_display) "　" b { (letter.doctor) }
                        @if let Some(contact) = &view.contact { br; (paper::place(contact)) }
                    }
                }
                dl class="fm" {
                    dt { "患者" } dd { (paper::patient(&view.face.person, &view.address, view.face.date)) }
                    @for (section, body) in &letter.sections { dt { (section.word()) } dd { (lines(&body.text)) } }
                    @if !letter.files.is_empty() {
                        dt { "添付" }
                        dd { ul { @for file in &letter.files { li { a href=(document(view, &file.document)) { (file.title) } "　" span class="t-mute" { (super::material::size(file.bytes)) } } } } }
                    }
                }
            }
        }
    }
}

fn document(view: &View, id: &str) -> String {
    karute_fhir::Id::new(id)
        .map_or_else(|_| links::documents(&view.face.person.id), |id| links::document(&view.face.person.id, &id))
}

/// The state as a tag.
pub(super) fn chip(delivery: Option<&Delivery>) -> Markup {
    let Some(delivery) = delivery else { return tag(Tone::Line, None, "確定") };
    let (tone, mark) = match delivery.state {
        State::Received | State::Printed => (Tone::Ok, Icon::Check),
        State::Registered => (Tone::Ai, Icon::Check),
        State::Failed => (Tone::Danger, Icon::Triangle),
        State::Expired => (Tone::Warn, Icon::Triangle),
        State::Cancelled => (Tone::Line, Icon::Info),
        State::Ready | State::Sending | State::Checking | State::Cancelling => (Tone::Line, Icon::Sync),
    };
    tag(tone, Some(mark), delivery.state.word())
}

fn side(view: &View, signed: &Signed) -> Markup {
    let (letter, today) = (&view.found.letter, view.face.date);
    let state = view.found.delivery.as_ref().map(|delivery| delivery.state);
    html! {
        aside class="rl-side" aria-label="この紹介状" {
            div class="rl-sb scroll" tabindex="0" role="region" aria-label="状態と履歴" {
                div class="stack" {
                    h3 class="sec-t" { "状態" }
                    p class="row row-w" { (chip(view.found.delivery.as_ref())) span class="t-13" { (letter.kind.word()) @if letter.issue > 1 { "　第" (letter.issue) "版" } } }
                    @if let Some(words) = view.found.delivery.as_ref().and_then(|delivery| delivery.words.as_deref()) { (notice(Severity::Warn, words, &[])) }
                    dl class="dl" {
                        dt { "送り方" } dd { @if letter.route == Route::Paper { "紙で渡す・FAX" } @else { "情報共有サービス" } }
                        dt { "同意" } dd { @match &view.found.consent { Some(consent) => { (consent.choice.word()) "（" (consent.name) " " (format::moment(consent.given(), today)) "）" } None => "記録なし" } }
                        @if let Some(answers) = &letter.answers { dt { "返書" } dd { (answers.words) } }
                    }
                }
                div class="stack" {
                    h3 class="sec-t" { "履歴" }
                    ol class="stack t-13" { @for event in &view.history { li { (event_words(event, today)) } } }
                }
            }
            div class="rl-sf" {
                @if signed.rights.prints { a class="btn btn-p btn-lg" href=(format!("{}/print.pdf", view.base)) target="_blank" rel="noopener" data-key="p" { (small(Icon::Letter)) "印刷 " (crate::components::field::key("P")) span class="vh" { "（新しいタブで PDF を開く）" } } }
                @if signed.rights.confirms && state == Some(State::Ready) {
                    form method="post" action=(format!("{}/after", view.base)) class="stack" {
                        (hidden("act", "undo"))
                        button type="submit" class="btn btn-lg" data-key="z" { "送信を取り消して直す " (crate::components::field::key("Z")) }
                        p class="t-12 t-mute" { "10秒のあいだは取り消せます" }
                    }
                }
                @if signed.rights.confirms && state == Some(State::Registered) {
                    details class="od-why" {
                        summary class="btn" { "取り消す…" }
                        form method="post" action=(format!("{}/after", view.base)) class="stack" {
                            (hidden("act", "cancel"))
                            div class="field" { input type="text" name="reason" required maxlength="200" autocomplete="off" aria-label="取り消す理由" placeholder="理由（例 患者の希望）"; }
                            button type="submit" class="btn btn-d" { "サービスから取り消す" }
                        }
                    }
                }
                @if signed.rights.confirms && matches!(state, Some(State::Printed | State::Failed | State::Cancelled | State::Registered)) {
                    details class="od-why" {
                        summary class="btn" { @if state == Some(State::Registered) { "差し替える…" } @else { "訂正する…" } }
                        form method="post" action=(format!("{}/after", view.base)) class="stack" {
                            (hidden("act", "reopen"))
                            div class="field" { input type="text" name="reason" required maxlength="200" autocomplete="off" aria-label="訂正の理由" placeholder="理由（例 検査値の追加）"; }
                            button type="submit" class="btn btn-p" { "下書きに戻して直す" }
                        }
                    }
                }
                a class="btn" href=(letter.visit.as_ref().map_or_else(|| links::patient(&letter.patient), |visit| links::visit(&letter.patient, visit))) data-key="o" { "カルテへ戻る " (crate::components::field::key("O")) }
            }
        }
    }
}

fn event_words(event: &Event, today: Date) -> Markup {
    let at = |moment: Option<karute_japan::Timestamp>| html! { @if let Some(at) = moment { span class="t-mute nw" { (format::moment(at, today)) "　" } } };
    match event {
        Event::Text(letter) if letter.status == "entered-in-error" => {
            html! { (at(letter.revision.as_ref().and_then(|r| r.at))) "送信を取り消し、下書きへ戻した" }
        }
        Event::Text(letter) => html! {
            (at(letter.signed)) @if letter.issue > 1 { "訂正して確定（第" (letter.issue) "版）" } @else { "確定" } "　" (letter.doctor)
            @if let Some(revision) = &letter.revision { "　" span class="t-mute" { "理由：" (revision.reason) } }
        },
        Event::Way(delivery) => {
            html! { (at(delivery.since)) (delivery.state.word()) @if let Some(words) = &delivery.words { "　" span class="t-mute" { (words) } } }
        }
    }
}
