//! What became of a prescription: its state, its number, the ways on, what the pharmacy did.
use super::{View, result};
use crate::components::{
    banner,
    field::{hidden, key},
    frame::{Page, Place},
    icon::{Icon, icon, small},
    notice::{Severity, notice},
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::{Fragment, Signed},
    input::{Filled, Named, NamedTwo},
    links,
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::summary::{Face, face};
use karute_eprescription::desk::{Desk, DeskError};
use karute_eprescription::flow::{Event, Form, State as At, Why};
use karute_eprescription::jobs::record::{self, Kept};
use karute_eprescription::jobs::{in_house_job, status_job};
use karute_eprescription::wire::dispensing::Dispensing;
use karute_eprescription::wire::prescription::Prescription;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Commit, LedgerError};
use maud::{Markup, html};
use serde::Deserialize;

/// Prescriptions of a patient that a chart shows.
const MOST: usize = 6;

/// The state with its colour.
pub(crate) fn chip(kept: &Kept) -> Markup {
    let state = kept.stored.life.state;
    let (tone, mark) = match state {
        At::Registered | At::Received => (Tone::Ai, Icon::Check),
        At::Dispensed => (Tone::Ok, Icon::Check),
        At::Unregistered { .. } => (Tone::Danger, Icon::Triangle),
        At::Returned | At::Unsure | At::ChangeUnsure | At::OnPaper => (Tone::Warn, Icon::Triangle),
        At::Cancelled | At::Expired | At::Draft | At::Checked => (Tone::Line, Icon::Info),
        _ => (Tone::Line, Icon::Sync),
    };
    tag(tone, Some(mark), record::words(state))
}

/// Whether it will change by itself in the next moments.
fn moves(kept: &Kept) -> bool {
    use At::{Cancelling, ChangeUnsure, Changing, Registering, Signed, UndoingCancel, UndoingChange, Unsure};
    let life = &kept.stored.life;
    let under_way = matches!(
        life.state,
        Signed | Registering | Unsure | Changing | ChangeUnsure | Cancelling | UndoingCancel | UndoingChange
    );
    under_way || (life.state == At::Registered && life.form == Form::Electronic && !kept.stored.copy)
}

/// Notices in words.
fn told(code: &str) -> &'static str {
    match code {
        "unregistered" => "登録できませんでした。もう一度送るか、紙で出してください。",
        "already-received" => {
            "薬局が受け付けているため、取消・変更はできませんでした。薬局へ連絡してください（疑義照会）。"
        }
        "change-declined" => "変更は受け付けられませんでした。登録済みの処方箋はそのまま有効です。",
        "change-unsure" => "変更が届いたか確認しています。しばらくしてから確かめてください。",
        "not-cancelled" => "取消は成立していません。処方箋はまだ有効です。",
        "not-undone" => "元に戻せませんでした。",
        "cancelled-elsewhere" => "サービス側で取り消されています。",
        _ => "お知らせがあります。",
    }
}

/// What the dialog shows of a prescription that was issued.
pub(crate) fn part(view: &View, signed: &Signed, kept: &Kept, said: Option<&str>) -> Markup {
    let changed =
        kept.stored.life.state == At::Registered && !view.sheet.lines.is_empty() && view.seen() != kept.stored.lines;
    let parts = kept.with_parts(&view.kept);
    body(&Shown { face: &view.face, kept, parts: &parts, results: &[], given: None, changed, said }, signed)
}

/// What is drawn of one prescription.
struct Shown<'s> {
    face: &'s Face,
    kept: &'s Kept,
    /// All parts of a divided prescription in order; else itself alone.
    parts: &'s [Kept],
    results: &'s [Dispensing],
    given: Option<&'s Prescription>,
    /// Its lines were changed after it was issued.
    changed: bool,
    said: Option<&'s str>,
}

fn body(shown: &Shown<'_>, signed: &Signed) -> Markup {
    let Shown { face, kept, parts, results, given, changed, said } = shown;
    let life = &kept.stored.life;
    let url = links::about(&kept.patient, &format!("rx/{}", kept.id));
    let again = format!("{}?again=1", links::of_visit(&kept.patient, &kept.visit, "issue"));
    let word = match life.form {
        Form::Electronic => "電子処方箋",
        Form::Paper => "紙の処方箋（引換番号つき）",
        Form::InHouse => "院内処方",
    };
    html! {
        div id="issue" class="iss iss-1" data-again=[parts.iter().any(moves).then_some(url.as_str())] {
            header class="iss-h" {
                h2 id="dialog-title" { @if kept.is_in_house() { "院内処方の登録" } @else { "処方箋の発行" } }
                b { (face.person.name) }
                span { (face.person.sex.word()) "　" (format::age(&face.person, face.date)) "　" (banner::born(&face.person)) }
                div class="iss-k" { (banner::risk(&face.allergy)) }
            }
            div class="iss-b scroll" tabindex="0" role="region" aria-label="処方箋の状態" {
                @if let Some(said) = said { div role="alert" { (notice(Severity::Warn, said, &[])) } }
                div class="row row-w" role="status" { (chip(kept)) b { (word) } @if let (Some(day), false) = (last_day(kept), kept.is_in_house()) { span class="t-sub" { "使用期間 " (format::near(day, face.date)) "まで" } } }
                @if parts.len() > 1 { (divided(parts, kept, signed)) }
                @else if kept.is_in_house() { (in_house(kept)) }
                @else if let (Some(code), false) = (&life.access_code, super::is_over(kept)) {
                    p class="iss-n" { span { "引換番号" } b { (code) } }
                }
                (ways(kept, signed, &url, &again))
                @for code in &kept.stored.notices { (notice(Severity::Warn, told(code), &[])) }
                @if !kept.stored.faults.is_empty() {
                    @let faults: Vec<String> = kept.stored.faults.iter().map(|(code, words)| if code.is_empty() { words.clone() } else { format!("{code}　{words}") }).collect();
                    @let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
                    (notice(Severity::Danger, if kept.is_in_house() && kept.stored.sends == 0 { "登録に必要な項目がありません" } else { "サービスが受け付けなかった理由" }, &faults))
                }
                @if *changed {
                    (notice(Severity::Warn, "発行のあとで処方が変わりました", &["サービスにあるのは変わる前の内容です。"]))
                    @if signed.rights.confirms && kept.stored.part.is_none() { div class="row" { a class="btn btn-p" href=(again) data-part { "変更を署名して送る" } } }
                }
                @if let Some(name) = &kept.stored.pharmacy { p { "薬局：" b { (name) } } }
                @for made in *results { (result::result(*given, made)) }
                @if let Some(record) = &kept.stored.signed {
                    p class="row t-13 t-mute" { (small(Icon::Lock)) span { "署名 " (record.holder) "　" (record.kind.name()) "　証明書 " (record.serial) } }
                }
            }
            footer class="iss-f" {
                a class="btn btn-lg" href=(links::visit(&kept.patient, &kept.visit)) data-close { "カルテへ戻る " (key("Esc")) }
                @if signed.rights.reception { a class="btn btn-p btn-lg" href="/reception?status=waiting" { "次の患者へ " (small(Icon::Right)) } }
            }
        }
    }
}

/// What is registered of 院内処方, and that it follows the chart.
fn in_house(kept: &Kept) -> Markup {
    let at = kept.stored.life.id.as_deref();
    html! {
        p class="t-sub" { "院内で渡した薬を、電子処方箋管理サービスに登録します。処方を変えて診察を終えると、登録も変わります。" }
        @if let Some(id) = at { p class="t-13 t-mute" { "院内処方等ID " (id) } }
    }
}

/// The parts of a divided prescription: each has its number, its state and its copy.
fn divided(parts: &[Kept], shown: &Kept, signed: &Signed) -> Markup {
    html! {
        ul class="stack" aria-label="分割" {
            @for kept in parts {
                @let url = links::about(&kept.patient, &format!("rx/{}", kept.id));
                li class="row row-w" {
                    b { (part_words(kept)) }
                    @if kept.id == shown.id { (chip(kept)) } @else { a class="rx-chip" href=(url) data-part { (chip(kept)) span class="vh" { (part_words(kept)) "を開く" } } }
                    @if let (Some(code), false) = (&kept.stored.life.access_code, super::is_over(kept)) { span class="iss-n" { span { "引換番号" } b { (code) } } }
                    @if kept.id != shown.id && has_copy(kept, signed) {
                        a class="btn btn-sm" href={ (url) "/copy.pdf" } target="_blank" rel="noopener" { (part_words(kept)) "の控え" span class="vh" { "（新しいタブで PDF を開く）" } }
                    }
                }
            }
        }
    }
}

/// 分割 1/3; nothing where it is not divided.
fn part_words(kept: &Kept) -> String {
    kept.stored.part.as_ref().map(|part| format!("分割 {}/{}", part.this, part.total)).unwrap_or_default()
}

/// Whether 処方内容（控え） can be printed.
fn has_copy(kept: &Kept, signed: &Signed) -> bool {
    kept.stored.copy && matches!(kept.stored.life.state, At::Registered | At::Received) && signed.rights.prints
}

fn last_day(kept: &Kept) -> Option<karute_japan::Date> {
    kept.stored.last_day.parse().ok()
}

/// The ways on from where it stands.
fn ways(kept: &Kept, signed: &Signed, url: &str, again: &str) -> Markup {
    let life = &kept.stored.life;
    let act = |act: &str, word: &str, class: &str| {
        html! {
            form method="post" action={ (url) "/act" } {
                (hidden("act", act)) (hidden("seen", &kept.version.to_string()))
                button type="submit" class=(class) { (word) }
            }
        }
    };
    // What cannot be taken back asks once more, by its own press.
    let sure = |name: &str, word: &str, sure: &str| {
        html! { details class="od-why" { summary class="btn" { (word) } (act(name, sure, "btn btn-p")) } }
    };
    let waits = matches!(life.state, At::Signed | At::Unsure | At::Registering);
    let may = signed.rights.confirms;
    if kept.is_in_house() {
        return html! {
            div class="row row-w" {
                @if may && matches!(life.state, At::Unregistered { .. }) {
                    (act("retry", "登録し直す", "btn btn-p"))
                    (sure("withdraw", "登録をやめる…", "登録しないことにする"))
                }
                @if life.id.is_some() && !super::is_over(kept) { (act("ask", "状態を問い合わせる", "btn btn-g")) }
            }
        };
    }
    // The parts of a divided prescription stand and fall together; to change them is to issue them anew.
    let split = kept.stored.part.is_some();
    html! {
        div class="row row-w" {
            @if has_copy(kept, signed) {
                a class="btn btn-p" href={ (url) "/copy.pdf" } target="_blank" rel="noopener" { "処方内容（控え）を印刷" span class="vh" { "（新しいタブで PDF を開く）" } }
            }
            @if (life.form == Form::Paper && life.state == At::Registered || life.state == At::OnPaper) && signed.rights.prints {
                a class="btn btn-p" href=(links::of_visit(&kept.patient, &kept.visit, "prescription.pdf")) target="_blank" rel="noopener" { "処方箋を印刷" span class="vh" { "（新しいタブで PDF を開く）" } }
            }
            @if may && matches!(life.state, At::Unregistered { .. }) {
                @if !matches!(life.state, At::Unregistered { why: Why::Declined }) { (act("retry", "もう一度送る", "btn btn-p")) }
                @if !split { a class="btn" href=(again) data-part { "直して発行する" } }
            }
            @if may && (waits || matches!(life.state, At::Unregistered { .. })) {
                (sure("paper", "紙で出す（引換番号なし）…", "紙で出すことにする"))
                (sure("withdraw", "発行をやめる…", "発行をやめる"))
            }
            @if may && life.state == At::Registered { (sure("cancel", if split { "すべての回を取り消す…" } else { "取り消す…" }, "取消を送る")) @if !split { a class="btn" href=(again) data-part { "変更する" } } }
            @if may && (life.state == At::Cancelled && life.id.is_some() || life.state == At::Registered && life.before.is_some()) {
                (act("undo", if life.state == At::Cancelled { "取消を元に戻す" } else { "変更を元に戻す" }, "btn"))
            }
            @if may && super::is_over(kept) && life.state != At::Dispensed { a class="btn" href=(again) data-part { "あらためて発行する" } }
            @if life.id.is_some() && !super::is_over(kept) { (act("ask", "状態を問い合わせる", "btn btn-g")) }
        }
    }
}

/// What is read of one prescription.
struct Read {
    face: Face,
    kept: Kept,
    parts: Vec<Kept>,
    results: Vec<Dispensing>,
    given: Option<Prescription>,
}

/// Everything of one prescription, read as one audit event.
async fn read(state: &WebState, signed: &Signed, patient: &Id, task: &Id) -> Result<Read, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("電子処方箋の状態");
    let face = face(&reader, patient, state.today()).await?;
    let kept = record::read(&reader, task).await?.filter(|kept| kept.patient == *patient).ok_or(WebError::NotFound)?;
    let profile = state.office().profile();
    let mut results = Vec::new();
    for id in &kept.stored.results {
        results.extend(record::read_result(&reader, id, profile).await?);
    }
    let given = record::read_document(&reader, &kept, profile).await?.map(|document| document.what);
    let parts = match &kept.stored.part {
        Some(_) => kept.with_parts(&record::read_of_patient(&reader, patient).await?),
        None => vec![kept.clone()],
    };
    Ok(reader.release(Read { face, kept, parts, results, given }).await?)
}

/// One prescription: in the dialog, or a page.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    fragment: Fragment,
    NamedTwo(patient, task): NamedTwo,
) -> Result<Response, WebError> {
    one(&state, &signed, fragment, &patient, &task, StatusCode::OK, None).await
}

async fn one(
    state: &WebState,
    signed: &Signed,
    fragment: Fragment,
    patient: &Id,
    task: &Id,
    status: StatusCode,
    said: Option<&str>,
) -> Result<Response, WebError> {
    let Read { face, kept, parts, results, given } = read(state, signed, patient, task).await?;
    let shown = Shown {
        face: &face,
        kept: &kept,
        parts: &parts,
        results: &results,
        given: given.as_ref(),
        changed: false,
        said,
    };
    let part = body(&shown, signed);
    if fragment.0 {
        return Ok((status, part).into_response());
    }
    let back = html! { div class="row pt-here" { a class="btn" href=(links::patient(patient)) { "カルテへ" } } };
    let page = Page {
        title: "電子処方箋",
        place: Place::Patient,
        header: banner::full(&face, &back),
        class: "scroll iss-page",
        body: part,
    };
    Ok((status, page.draw(&signed.viewer())).into_response())
}

/// An act on a prescription that was issued.
#[derive(Deserialize)]
pub(crate) struct Acted {
    act: String,
    seen: u32,
}

/// Carries it out.
pub(crate) async fn act(
    State(state): State<WebState>,
    signed: Signed,
    fragment: Fragment,
    NamedTwo(patient, task): NamedTwo,
    Filled(form): Filled<Acted>,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let kept = record::load(&access, &task).await?;
    if kept.patient != patient {
        return Err(WebError::NotFound);
    }
    let event = match form.act.as_str() {
        // What is dispensed in house follows the chart; there is no paper and no undo.
        "cancel" | "undo" | "paper" if kept.is_in_house() => return Err(WebError::BadRequest),
        "cancel" => Some((Event::CancelAsked, "取消")),
        "undo" => Some((Event::UndoAsked, "取消・変更を元に戻す")),
        "retry" => Some((Event::Retry, "もう一度送る")),
        "paper" => Some((Event::PaperWithoutNumber, "紙で出す（引換番号なし）")),
        "withdraw" => Some((Event::Edited, "発行をやめる")),
        "ask" => None,
        _ => return Err(WebError::BadRequest),
    };
    let done = match event {
        // While it is tried again and again its version moves on; who gives it out on paper means it all the same.
        Some((event @ (Event::PaperWithoutNumber | Event::Edited), detail)) => {
            settled(&state, &access, kept, &event, detail).await
        }
        Some((Event::Retry, _)) if kept.is_in_house() => {
            let mut commit = Commit::new(Action::Update);
            commit.detail = Some("電子処方箋: 院内処方を登録し直す".to_owned());
            commit.jobs.push(in_house_job(&kept.patient, &kept.visit, state.now()));
            access.commit(commit).await.map(drop).map_err(DeskError::from)
        }
        _ if kept.version != form.seen => Err(DeskError::Ledger(LedgerError::Exists)),
        Some((event, detail)) if kept.stored.part.is_some() => settled(&state, &access, kept, &event, detail).await,
        Some((event, detail)) => desk(&state, &access).act(kept, &event, detail).await.map(drop),
        None => {
            let mut commit = Commit::new(Action::Update);
            commit.detail = Some("電子処方箋: 状態の問い合わせ".to_owned());
            commit.jobs.push(status_job(&kept));
            access.commit(commit).await.map(drop).map_err(DeskError::from)
        }
    };
    state.kept().unregistered_changed(signed.caller.tenant);
    let (status, said) = match done {
        Ok(()) if !fragment.0 => {
            return Ok(Redirect::to(&links::about(&patient, &format!("rx/{task}"))).into_response());
        }
        Ok(()) => (StatusCode::OK, None),
        Err(DeskError::Ledger(LedgerError::Conflict { .. } | LedgerError::Exists)) => {
            (StatusCode::CONFLICT, Some("状態が先に変わりました。今の状態を確かめてください".to_owned()))
        }
        Err(DeskError::NotNow(why)) => (StatusCode::CONFLICT, Some(why.to_string())),
        Err(DeskError::Ledger(error)) => return Err(error.into()),
        Err(_) => return Err(WebError::Internal),
    };
    one(&state, &signed, fragment, &patient, &task, status, said.as_deref()).await
}

fn desk<'d>(state: &'d WebState, access: &'d Access) -> Desk<'d> {
    Desk { access, profile: state.office().profile(), now: state.now() }
}

/// Acts on the prescription as it stands now; the worker may be a step ahead.
async fn settled(
    state: &WebState,
    access: &Access,
    mut kept: Kept,
    event: &Event,
    detail: &str,
) -> Result<(), DeskError> {
    let mut left = 5_u8;
    loop {
        let id = kept.id.clone();
        let parts = match &kept.stored.part {
            Some(_) => kept.with_parts(&record::of_patient(access, &kept.patient).await?),
            None => vec![kept],
        };
        match desk(state, access).act_on_parts(parts, event, detail).await {
            Err(DeskError::Ledger(LedgerError::Conflict { .. })) if left > 0 => left -= 1,
            done => return done,
        }
        kept = record::load(access, &id).await?;
    }
}

/// The newest prescriptions of a patient with their states and what pharmacies said; a part of the chart, or a page.
pub(crate) async fn of_patient(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    Named(patient): Named,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("電子処方箋の状態");
    let face = face(&reader, &patient, state.today()).await?;
    let mut all = record::read_of_patient(&reader, &patient).await?;
    all.retain(|kept| kept.stored.life.state != At::Draft);
    // Newest first, and what was dispensed in house after what the patient carries.
    all.sort_by_key(|kept| !kept.is_in_house());
    let most = if fragment { MOST } else { usize::MAX };
    let profile = state.office().profile();
    let mut shown = Vec::new();
    for kept in all.into_iter().rev().take(most) {
        let given = if kept.stored.results.is_empty() {
            None
        } else {
            record::read_document(&reader, &kept, profile).await?.map(|document| document.what)
        };
        let mut words = Vec::new();
        for id in &kept.stored.results {
            if let Some(made) = record::read_result(&reader, id, profile).await? {
                words.extend(result::short(given.as_ref(), &made));
            }
        }
        shown.push((kept, words));
    }
    let (face, shown) = reader.release((face, shown)).await?;
    if fragment {
        return Ok(newest(&patient, &shown).into_response());
    }
    let list = list(&patient, &shown, &face);
    let back = html! { div class="row pt-here" { a class="btn" href=(links::patient(&patient)) { "カルテへ" } } };
    let body = html! { section class="panel" aria-labelledby="rx-h" { div class="panel-h" { h2 id="rx-h" { "電子処方箋" } } (list) } };
    let page = Page {
        title: "電子処方箋",
        place: Place::Patient,
        header: banner::full(&face, &back),
        class: "pane scroll",
        body,
    };
    Ok(page.draw(&signed.viewer()).into_response())
}

/// On the chart: one line of fixed height, so that nothing moves when it comes.
fn newest(patient: &Id, shown: &[(Kept, Vec<String>)]) -> Markup {
    let lacks = |(kept, _): &&(Kept, Vec<String>)| matches!(kept.stored.life.state, At::Unregistered { .. });
    let open = |(kept, _): &&(Kept, Vec<String>)| !super::is_over(kept);
    let first = shown.iter().find(lacks).or_else(|| shown.iter().find(open)).or(shown.first());
    html! {
        section id="rx-states" class="rx-states" aria-label="電子処方箋" {
            @match first {
                Some((kept, words)) => {
                    a class="rx-chip" href=(links::about(patient, &format!("rx/{}", kept.id))) data-dialog { (chip(kept)) span class="vh" { "処方箋の状態を開く" } }
                    span class="t-13 rx-line" { (line(kept)) @for each in words { "　" (each) } }
                    @if shown.len() > 1 { a class="t-13 end nw" href=(links::about(patient, "prescriptions")) { "ほか" (shown.len() - 1) "件" } }
                }
                None => a class="btn btn-g btn-sm" href=(links::about(patient, "prescriptions")) { "電子処方箋の状態" },
            }
        }
    }
}

/// Its number and its pharmacy in a few words.
fn line(kept: &Kept) -> Markup {
    let life = &kept.stored.life;
    html! {
        (match life.form { Form::Electronic => "電子", Form::Paper => "紙", Form::InHouse => "院内" })
        @if kept.stored.part.is_some() { "　" (part_words(kept)) }
        @if let (Some(code), false) = (&life.access_code, super::is_over(kept) || kept.is_in_house()) { "　引換番号 " b { (code) } }
        @if let Some(name) = &kept.stored.pharmacy { "　" (name) }
    }
}

/// All of them, on a page.
fn list(patient: &Id, shown: &[(Kept, Vec<String>)], face: &Face) -> Markup {
    html! {
        ul class="pane" {
            @for (kept, words) in shown {
                li class="rx-state" {
                    a href=(links::about(patient, &format!("rx/{}", kept.id))) data-dialog { (chip(kept)) span class="vh" { "処方箋の状態を開く" } }
                    span { (line(kept)) @if let Some(day) = last_day(kept) { "　" (format::near(day, face.date)) "まで" } }
                    @for each in words { p class="t-13 iss-m" { (icon(Icon::Pill)) span { (each) } } }
                }
            }
        }
        @if shown.is_empty() { p class="t-sub pane" { "電子処方箋はまだ発行していません。" } }
    }
}
