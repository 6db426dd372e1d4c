//! 予約枠: what can be booked when, and the days that differ.
use super::{FULL, OVERTAKEN, Part, Told, UNUSABLE, page};
use crate::components::{
    field::hidden,
    icon::{Icon, small},
    notice::empty,
    tag::{Tone, tag},
};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Weekday;
use karute_chart::ChartError;
use karute_chart::booking::{
    self, Doctor, Effect, Exception, LONGEST_WORDS, Plan, Rule, Schedule, ScheduleKind, TimeOfDay, weekday_code,
    weekday_parse,
};
use karute_fhir::Id;
use karute_identity::Profession;
use maud::{Markup, html};
use serde::Deserialize;

const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "月"),
    (Weekday::Tuesday, "火"),
    (Weekday::Wednesday, "水"),
    (Weekday::Thursday, "木"),
    (Weekday::Friday, "金"),
    (Weekday::Saturday, "土"),
    (Weekday::Sunday, "日"),
];
const HERE: &str = "/settings/booking";

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    drawn(&state, &signed, &Told::Nothing).await
}

async fn doctors(state: &WebState, signed: &Signed) -> Result<Vec<Doctor>, WebError> {
    let people = state.identity().people(&state.access(&signed.caller)).await?;
    let doctors = people.into_iter().filter(|p| p.professions.contains(&Profession::Doctor));
    Ok(doctors.filter_map(|p| Some(Doctor { id: Id::new(&p.id).ok()?, name: p.name })).collect())
}

async fn answer(
    state: &WebState,
    signed: &Signed,
    done: Result<(), ChartError>,
    unusable: Told,
) -> Result<Response, WebError> {
    let (status, told) = match done {
        Ok(()) => return Ok(Redirect::to(HERE).into_response()),
        Err(ChartError::Conflict) => (StatusCode::CONFLICT, OVERTAKEN),
        Err(ChartError::Invalid) => (StatusCode::UNPROCESSABLE_ENTITY, unusable),
        Err(ChartError::TooMany) => (StatusCode::UNPROCESSABLE_ENTITY, FULL),
        Err(other) => return Err(other.into()),
    };
    Ok((status, drawn(state, signed, &told).await?).into_response())
}

/// A new schedule.
#[derive(Deserialize)]
pub(crate) struct New {
    title: String,
    kind: String,
    doctor: Option<String>,
}

/// Makes it.
pub(crate) async fn create(
    State(state): State<WebState>,
    signed: Signed,
    Filled(new): Filled<New>,
) -> Result<Response, WebError> {
    let kind = ScheduleKind::parse(&new.kind).ok_or(WebError::BadRequest)?;
    let all = doctors(&state, &signed).await?;
    let doctor = all.iter().find(|d| Some(d.id.as_str()) == new.doctor.as_deref());
    // A doctor's column bears the doctor's name unless another one is written.
    let title = if new.title.trim().is_empty() { doctor.map_or("", |d| d.name.as_str()) } else { new.title.as_str() };
    let doctor = doctor.filter(|_| kind == ScheduleKind::Doctor).map(|d| d.id.clone());
    let done = booking::create_schedule(&state.access(&signed.caller), state.new_id()?, title, kind, doctor).await;
    let unusable = Told::Refused("予約枠を作れませんでした", "名前を1〜40文字で入れるか、医師を選んでください。");
    answer(&state, &signed, done.map(drop), unusable).await
}

/// Begins with the usual schedules.
pub(crate) async fn usual(State(state): State<WebState>, signed: Signed) -> Result<Response, WebError> {
    let doctors = doctors(&state, &signed).await?;
    let access = state.access(&signed.caller);
    let done = booking::usual_schedules(&access, &doctors, || state.new_id().ok()).await;
    // Pressed twice: they are there.
    let done = if matches!(done, Err(ChartError::Step)) { Ok(()) } else { done };
    answer(&state, &signed, done, UNUSABLE).await
}

/// 祝日は休診
#[derive(Deserialize)]
pub(crate) struct Holidays {
    seen: Option<String>,
    closed: Option<String>,
}

fn version(seen: Option<&str>) -> Result<Option<u32>, WebError> {
    seen.filter(|s| !s.is_empty()).map(|s| s.parse().map_err(|_| WebError::BadRequest)).transpose()
}

/// Sets it.
pub(crate) async fn holidays(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Holidays>,
) -> Result<Response, WebError> {
    let seen = version(form.seen.as_deref())?;
    let done = booking::set_closed_on_holidays(&state.access(&signed.caller), seen, form.closed.is_some()).await;
    answer(&state, &signed, done, UNUSABLE).await
}

/// Days that differ, for one schedule or all.
#[derive(Deserialize)]
pub(crate) struct Except {
    /// `schedule id.version`, or empty for the clinic.
    whose: String,
    seen: Option<String>,
    from: Option<String>,
    until: Option<String>,
    effect: Option<String>,
    words: Option<String>,
    position: Option<usize>,
}

/// `id:version` of a schedule.
fn whose(text: &str) -> Result<Option<(Id, u32)>, WebError> {
    if text.is_empty() {
        return Ok(None);
    }
    let (id, seen) = text.rsplit_once(':').ok_or(WebError::BadRequest)?;
    let id = Id::new(id).map_err(|_| WebError::BadRequest)?;
    Ok(Some((id, seen.parse().map_err(|_| WebError::BadRequest)?)))
}

/// Adds them.
pub(crate) async fn except(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Except>,
) -> Result<Response, WebError> {
    let schedule = whose(&form.whose)?;
    let seen = schedule.as_ref().map_or_else(|| version(form.seen.as_deref()), |(_, seen)| Ok(Some(*seen)))?;
    let day = |text: &Option<String>| text.as_deref().filter(|t| !t.is_empty()).and_then(|t| t.parse().ok());
    let from = day(&form.from);
    let exception = from.zip(form.effect.as_deref().and_then(Effect::parse)).map(|(from, effect)| Exception {
        from,
        until: day(&form.until).unwrap_or(from),
        effect,
        words: form.words.clone().filter(|w| !w.trim().is_empty()),
    });
    let access = state.access(&signed.caller);
    let done = match &exception {
        Some(exception) => booking::add_exception(&access, schedule.as_ref().map(|(id, _)| id), seen, exception).await,
        None => Err(ChartError::Invalid),
    };
    let unusable = Told::Refused(
        "登録できませんでした",
        "はじめの日を入れ、終わりの日はその日より後、1年以内にしてください。理由は40文字までです。",
    );
    answer(&state, &signed, done, unusable).await
}

/// Takes one out.
pub(crate) async fn remove_exception(
    State(state): State<WebState>,
    signed: Signed,
    Filled(form): Filled<Except>,
) -> Result<Response, WebError> {
    let schedule = whose(&form.whose)?;
    let seen = schedule.as_ref().map_or_else(|| version(form.seen.as_deref()), |(_, seen)| Ok(Some(*seen)))?;
    let position = form.position.ok_or(WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let done = booking::remove_exception(&access, schedule.as_ref().map(|(id, _)| id), seen, position).await;
    answer(&state, &signed, done, UNUSABLE).await
}

/// Adds a rule for some days of the week.
pub(crate) async fn add_rules(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let text = |name: &str| form.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
    let days: Vec<Weekday> = form.iter().filter(|(n, _)| n == "day").filter_map(|(_, v)| weekday_parse(v)).collect();
    let seen: u32 = text("seen").parse().map_err(|_| WebError::BadRequest)?;
    let times = TimeOfDay::parse(text("from")).zip(TimeOfDay::parse(text("until")));
    let numbers = text("minutes").parse().ok().zip(text("capacity").parse().ok());
    let label = text("label");
    let rule = times.zip(numbers).map(|((from, until), (minutes, capacity))| Rule {
        weekday: Weekday::Monday,
        from,
        until,
        minutes,
        capacity,
        label: (!label.is_empty()).then(|| label.to_owned()),
    });
    let done = match rule {
        Some(rule) => booking::add_rules(&state.access(&signed.caller), &id, seen, &days, &rule).await.map(drop),
        None => Err(ChartError::Invalid),
    };
    let unusable = Told::Refused(
        "曜日と時間を加えられませんでした",
        "曜日を1つ以上選び、終わりははじめより後、1枠は5〜240分、人数は1〜20人にしてください。",
    );
    answer(&state, &signed, done, unusable).await
}

/// A rule, by its place.
#[derive(Deserialize)]
pub(crate) struct At {
    seen: u32,
    position: usize,
}

/// Takes it out.
pub(crate) async fn remove_rule(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<At>,
) -> Result<Response, WebError> {
    let done = booking::remove_rules(&state.access(&signed.caller), &id, form.seen, form.position).await;
    answer(&state, &signed, done.map(drop), UNUSABLE).await
}

/// Whether it is offered.
#[derive(Deserialize)]
pub(crate) struct Offer {
    seen: u32,
    offered: String,
}

/// Sets it.
pub(crate) async fn offer(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    Filled(form): Filled<Offer>,
) -> Result<Response, WebError> {
    let done = booking::set_offered(&state.access(&signed.caller), &id, form.seen, form.offered == "yes").await;
    answer(&state, &signed, done.map(drop), UNUSABLE).await
}

async fn drawn(state: &WebState, signed: &Signed, told: &Told) -> Result<Markup, WebError> {
    let plan = booking::plan(&state.access(&signed.caller)).await?;
    let doctors = doctors(state, signed).await?;
    let body = html! {
        (told.draw())
        @if plan.schedules.is_empty() {
            section class="panel" aria-label="はじめに" {
                (empty(Icon::Calendar, "予約枠がまだありません", "医師ごとの枠・予防接種・採血を、よくある曜日と時間で作ります。あとから変えられます。", Some(html! {
                    form method="post" action="/settings/booking/usual" { button type="submit" class="btn btn-p" { "よくある枠で始める" } }
                })))
            }
        }
        @for schedule in &plan.schedules { (one(schedule)) }
        (create_form(&doctors))
        (days(&plan))
    };
    page(state, signed, Part::Booking, body).await
}

fn create_form(doctors: &[Doctor]) -> Markup {
    html! {
        section class="panel" aria-labelledby="new-h" {
            div class="panel-h" { h2 id="new-h" { "予約枠を加える" } }
            form method="post" action=(HERE) class="row row-w bk-p" {
                select class="sel" name="kind" aria-label="種類" { @for kind in ScheduleKind::ALL { option value=(kind.code()) { (kind.word()) } } }
                select class="sel" name="doctor" aria-label="医師" {
                    option value="" { "医師を選ばない" }
                    @for doctor in doctors { option value=(doctor.id) { (doctor.name) } }
                }
                div class="field term-t" { input type="text" name="title" maxlength=(LONGEST_WORDS) autocomplete="off" placeholder="名前（例 予防接種、エコー）" aria-label="予約枠の名前"; }
                button type="submit" class="btn" { (small(Icon::Plus)) "加える" }
            }
        }
    }
}

fn one(schedule: &Schedule) -> Markup {
    let base = format!("{HERE}/{}", schedule.id);
    let seen = || hidden("seen", &schedule.version.to_string());
    let heading = format!("s-{}", schedule.id);
    html! {
        section class="panel" aria-labelledby=(heading) {
            div class="panel-h" {
                h2 id=(heading) { (schedule.title) } span class="t-13 t-mute" { (schedule.kind.word()) }
                @if !schedule.active { (tag(Tone::Line, None, "使っていない")) }
                form class="end" method="post" action={ (base) "/offered" } {
                    (seen()) (hidden("offered", if schedule.active { "no" } else { "yes" }))
                    button type="submit" class="btn btn-g btn-sm" { (if schedule.active { "使うのをやめる" } else { "また使う" }) span class="vh" { "：" (schedule.title) } }
                }
            }
            @if schedule.rules.is_empty() { p class="bk-p t-mute" { "曜日と時間がまだありません。下で加えてください。" } }
            @else {
                table class="grid-t" {
                    thead { tr { th scope="col" { "曜日" } th scope="col" { "時間" } th scope="col" { "1枠" } th scope="col" { "人数" } th scope="col" { "専用" } th scope="col" { span class="vh" { "操作" } } } }
                    tbody { @for (position, rule) in schedule.rules.iter().enumerate() { (rule_row(&base, &seen(), position, rule)) } }
                }
            }
            @if schedule.active {
                form method="post" action={ (base) "/rules" } class="row row-w bk-p" {
                    (seen())
                    fieldset class="bk-days" {
                        legend class="vh" { "曜日：" (schedule.title) }
                        @for (weekday, word) in WEEKDAYS { label { input type="checkbox" name="day" value=(weekday_code(weekday)); (word) } }
                    }
                    input class="sel" type="time" name="from" value="09:00" required aria-label="はじめ";
                    "〜"
                    input class="sel" type="time" name="until" value="12:00" required aria-label="終わり";
                    label class="row" { input class="sel" type="number" name="minutes" min="5" max="240" step="5" value="15" required; "分ごとに" }
                    label class="row" { input class="sel" type="number" name="capacity" min="1" max="20" value="1" required; "人" }
                    div class="field" { input type="text" name="label" maxlength=(LONGEST_WORDS) autocomplete="off" placeholder="専用（例 発熱枠）" aria-label="専用の名前（なくてもよい）"; }
                    button type="submit" class="btn" { "曜日と時間を加える" }
                }
            }
            (exceptions(&format!("{}:{}", schedule.id, schedule.version), None, &schedule.exceptions))
        }
    }
}

fn rule_row(base: &str, seen: &Markup, position: usize, rule: &Rule) -> Markup {
    let weekday = WEEKDAYS.iter().find(|(w, _)| *w == rule.weekday).map_or("", |(_, word)| word);
    html! {
        tr {
            th scope="row" { (weekday) }
            td { (rule.from) "〜" (rule.until) }
            td { (rule.minutes) "分" }
            td { (rule.capacity) "人" }
            td { (rule.label.as_deref().unwrap_or("")) }
            td class="num" {
                form method="post" action={ (base) "/rules/remove" } {
                    (seen) (hidden("position", &position.to_string()))
                    button type="submit" class="btn btn-sm" { "外す" span class="vh" { "：" (weekday) " " (rule.from) "から" } }
                }
            }
        }
    }
}

/// Days that differ, with the form that takes each out.
fn exceptions(whose: &str, seen: Option<u32>, all: &[Exception]) -> Markup {
    html! {
        @if !all.is_empty() {
            ul class="bk-p stack" {
                @for (position, each) in all.iter().enumerate() {
                    li class="row row-w" {
                        span class="nw" { (format::full(each.from)) @if each.until != each.from { "〜" (format::full(each.until)) } }
                        b { (each.says()) }
                        form method="post" action="/settings/booking/exceptions/remove" {
                            (hidden("whose", whose)) (hidden("position", &position.to_string()))
                            (hidden("seen", &seen.map(|s| s.to_string()).unwrap_or_default()))
                            button type="submit" class="btn btn-sm" { "外す" span class="vh" { "：" (format::full(each.from)) } }
                        }
                    }
                }
            }
        }
    }
}

fn days(plan: &Plan) -> Markup {
    let calendar = &plan.calendar;
    let seen = calendar.version.map(|v| v.to_string()).unwrap_or_default();
    html! {
        section class="panel" aria-labelledby="days-h" {
            div class="panel-h" { h2 id="days-h" { "休診日" } span class="t-13 t-mute" { "医院全体と、枠ごと" } }
            form method="post" action="/settings/booking/holidays" class="row bk-p" {
                (hidden("seen", &seen))
                label class="row" { input type="checkbox" name="closed" value="yes" checked[calendar.closed_on_holidays]; "国民の祝日は休診" }
                button type="submit" class="btn btn-sm" { "祝日の扱いを保存" }
            }
            (exceptions("", calendar.version, &calendar.exceptions))
            form method="post" action="/settings/booking/exceptions" class="row row-w bk-p" {
                (hidden("seen", &seen))
                select class="sel" name="whose" aria-label="どの枠" {
                    option value="" { "医院全体" }
                    @for schedule in &plan.schedules { option value={ (schedule.id) ":" (schedule.version) } { (schedule.title) } }
                }
                input class="sel" type="date" name="from" required aria-label="はじめの日";
                "〜"
                input class="sel" type="date" name="until" aria-label="終わりの日（1日だけなら空けておく）";
                select class="sel" name="effect" aria-label="扱い" { @for effect in Effect::ALL { option value=(effect.code()) { (effect.word()) } } }
                div class="field" { input type="text" name="words" maxlength=(LONGEST_WORDS) autocomplete="off" placeholder="理由（例 年末年始）" aria-label="理由（なくてもよい）"; }
                button type="submit" class="btn" { (small(Icon::Plus)) "加える" }
            }
        }
    }
}
