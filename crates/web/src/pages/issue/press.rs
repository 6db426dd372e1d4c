//! What is pressed in the dialog.
use super::dialog::{self, Told, Typed};
use super::found::{Found, found};
use super::national::{self, Asked, Fresh};
use super::{View, drawn, is_over, read, state};
use crate::components::notice::Severity;
use crate::{
    error::WebError,
    guard::{Fragment, Signed},
    here::Here,
    input::Filled,
    links,
    pages::orders::Answered,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::prescription::{self, Act, Desk as Chart, Reason, Seen, issuing};
use karute_eprescription::SignError;
use karute_eprescription::consent;
use karute_eprescription::desk::{Desk, DeskError, Ordered};
use karute_eprescription::flow::Form;
use karute_eprescription::mapping::{Choices, Division};
use karute_eprescription::office::{Ready, SignerKind};
use karute_eprescription::wire::prescription::{Leftover, Prescription, Split};
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Action, Change, LedgerError};
use serde::Deserialize;

/// Days up to which 使用期間 may be extended; more is mistyped.
const MOST_DAYS: i32 = 92;

/// The form of the dialog.
#[derive(Deserialize)]
pub(crate) struct Pressed {
    intent: String,
    #[serde(default)]
    lines: String,
    /// `id:version` of the prescription that is changed or corrected.
    #[serde(default)]
    task: String,
    /// The person knows that the service could not be asked.
    unchecked: Option<String>,
    #[serde(flatten)]
    typed: Typed,
}

/// Signs and issues, or tells what stands in the way.
pub(crate) async fn issue(here: Here, Filled(pressed): Filled<Pressed>) -> Result<Response, WebError> {
    let Here { state, signed, at, fragment } = &here;
    let view = read(state, signed, &at.patient, &at.visit).await?;
    let intent = id(&pressed.intent)?;
    // Pressed twice, or a second screen was quicker: what became of it is shown.
    if let Some(kept) = view.kept.iter().find(|kept| kept.id == intent) {
        return Ok(became(here_of(&here), &view, StatusCode::OK, state::part(&view, signed, kept, None)));
    }
    let asked = national::ask(state, signed, &view, Fresh::Lately).await;
    let refuse = |status, told: Told<'_>| {
        let part = dialog::part(&view, signed, Some(&asked), &pressed.typed, Some(&told));
        Ok(drawn(signed, &view, *fragment, status, part))
    };
    if view.seen().join(",") != pressed.lines {
        let words = vec!["今の内容を確かめてから、もう一度押してください。まだ発行していません。".to_owned()];
        return refuse(StatusCode::CONFLICT, (Severity::Warn, "処方が変わりました", words));
    }
    if let Some((title, words)) = stands_in_the_way(&view, &asked, pressed.unchecked.is_some()) {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, (Severity::Warn, title, words));
    }
    let (form, choices) = match chosen(&pressed.typed, &view, state.today(), &asked) {
        Ok(chosen) => chosen,
        Err(words) => {
            return refuse(
                StatusCode::UNPROCESSABLE_ENTITY,
                (Severity::Warn, "発行のしかたを確かめてください", vec![words.to_owned()]),
            );
        }
    };
    let what = match drafted(&view, signed, &choices, pressed.typed.parts.as_str()) {
        Ok(what) => what,
        Err(missing) => {
            return refuse(
                StatusCode::UNPROCESSABLE_ENTITY,
                (Severity::Danger, "電子処方箋に書けないところがあります", missing),
            );
        }
    };
    match send(&here, &view, intent, &pressed, form, what).await {
        Ok(kept) => {
            state.kept().unregistered_changed(signed.caller.tenant);
            // What is shown is what is on record now.
            let view = read(state, signed, &at.patient, &at.visit).await?;
            let kept = view.kept.iter().find(|each| each.id == kept.id).unwrap_or(&kept);
            Ok(became(here_of(&here), &view, StatusCode::OK, state::part(&view, signed, kept, None)))
        }
        Err(Refused::SignIn) => {
            // A session that ended in the middle is over here, too, so that what is shown tells it.
            if view.may_sign() && view.signing.as_ref().is_some_and(|signing| signing.kind == Some(SignerKind::Remote))
            {
                let access = state.access(&signed.caller);
                state.office().session_refused(&access, &signed.info.person).await.map_err(|_| WebError::Internal)?;
            }
            let view = read(state, signed, &at.patient, &at.visit).await?;
            let (title, step) = match view.signing.as_ref().map(|signing| signing.ready) {
                Some(Ready::SignIn) => ("署名の認証が必要です", "左下からサインインして、もう一度押してください。"),
                _ => ("署名できません", "左下の「署名の準備をする」から方法を登録して、もう一度押してください。"),
            };
            let words = vec![
                format!("{step}選んだ内容はそのまま残っています。まだ発行していません。"),
                "「紙（引換番号つき）」を選ぶと、署名なしで発行できます。".to_owned(),
            ];
            let told: Told<'_> = (Severity::Warn, title, words);
            let part = dialog::part(&view, signed, Some(&asked), &pressed.typed, Some(&told));
            Ok(drawn(signed, &view, *fragment, StatusCode::UNPROCESSABLE_ENTITY, part))
        }
        Err(Refused::Page(error)) => Err(error),
        Err(Refused::Told(status, title, words)) => refuse(status, (Severity::Danger, title, vec![words])),
    }
}

fn here_of(here: &Here) -> (&Signed, Fragment) {
    (&here.signed, here.fragment)
}

/// With script the part; without, the page of the prescription, so that going back does not issue again.
fn became((signed, fragment): (&Signed, Fragment), view: &View, status: StatusCode, part: maud::Markup) -> Response {
    if fragment.0 {
        return drawn(signed, view, fragment, status, part);
    }
    Redirect::to(&links::of_visit(&view.sheet.patient, &view.sheet.visit, "issue")).into_response()
}

/// Why it is not issued yet: title and words.
fn stands_in_the_way(view: &View, asked: &Asked, unchecked: bool) -> Option<(&'static str, Vec<String>)> {
    let open: Vec<Found> = found(view, Some(asked)).into_iter().filter(|each| each.finding.is_open()).collect();
    if !open.is_empty() {
        let words = open.iter().map(|each| format!("{}：{}", each.finding.rule.label(), each.finding.message));
        return Some(("先に判断が必要です。まだ発行していません", words.collect()));
    }
    match asked {
        Asked::Unwritable(missing) => Some(("電子処方箋に書けないところがあります", missing.clone())),
        Asked::Away(words) if !unchecked => Some((
            "重複投薬等チェックができません",
            vec![words.clone(), "「照会できないことを確かめて発行する」に印をつけると発行できます。".to_owned()],
        )),
        _ => None,
    }
}

/// What was chosen; refused with words.
fn chosen(typed: &Typed, view: &View, today: Date, asked: &Asked) -> Result<(Form, Choices), &'static str> {
    let form = match typed.form.as_str() {
        "paper" => Form::Paper,
        "electronic" => Form::Electronic,
        _ => return Err("電子処方箋か紙かを選んでください。"),
    };
    let until = match typed.until.as_str() {
        "" => None,
        text => {
            let day: Date = text.parse().map_err(|_| "使用期間の最後の日を読み取れません。")?;
            let ahead = day.since(today).map_or(-1, |span| span.get_days());
            if !(0..=MOST_DAYS).contains(&ahead) {
                return Err("使用期間の最後の日は、今日から3か月以内にしてください。");
            }
            Some(day)
        }
    };
    let refill = match typed.refill.as_str() {
        "" => None,
        "2" => Some(2),
        "3" => Some(3),
        _ => return Err("リフィルの総使用回数は2回か3回です。"),
    };
    match (typed.parts.as_str(), refill) {
        ("2" | "3", Some(_)) => return Err("リフィルと分割は一緒に使えません。どちらかを選んでください。"),
        ("2" | "3", None) if view.paper.as_ref().is_some_and(|paper| paper.has_narcotic) => {
            return Err("麻薬を含む処方箋は分割できません。麻薬を別の処方箋に分けてください。");
        }
        ("", _) | ("2" | "3", None) => {}
        _ => return Err("分割は2回か3回です。"),
    }
    let leftover = match typed.leftover.as_str() {
        "" => None,
        code => Some(Leftover::parse(code).ok_or("残薬への対応を選び直してください。")?),
    };
    let remark: String = typed.remark.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(100).collect();
    // Reasons that were given to what was found go to the pharmacy with the drug.
    let reasons = found(view, Some(asked)).into_iter().filter_map(|each| {
        let answer = each.finding.answered.clone()?;
        let answered_for = view.answers.iter().any(|kept| kept.key == each.finding.key);
        answered_for
            .then(|| (each.finding.this.what.clone(), format!("{}：{}", each.finding.rule.label(), answer.reason)))
    });
    let choices = Choices {
        until,
        refill,
        division: None,
        leftover,
        remarks: Some(remark).filter(|remark| !remark.is_empty()).into_iter().collect(),
        reasons: reasons.collect(),
        licence: Some(typed.licence.trim().chars().take(20).collect::<String>()).filter(|licence| !licence.is_empty()),
    };
    Ok((form, choices))
}

/// The prescription in the service's words, and its further parts where it is divided (分割).
fn drafted(
    view: &View,
    signed: &Signed,
    choices: &Choices,
    parts: &str,
) -> Result<(Prescription, Vec<Prescription>), Vec<String>> {
    let Ok(total) = parts.parse::<u8>() else { return Ok((view.drafted(signed, choices)?, Vec::new())) };
    let part = |this: u8| {
        let division = Division { split: Split { total, this }, rules: view.split_rules };
        view.drafted(signed, &Choices { division: Some(division), ..choices.clone() })
    };
    Ok((part(1)?, (2..=total).map(part).collect::<Result<_, _>>()?))
}

/// Why it was not sent.
enum Refused {
    Page(WebError),
    Told(StatusCode, &'static str, String),
    /// The person must sign in first, or again.
    SignIn,
}

impl From<WebError> for Refused {
    fn from(error: WebError) -> Refused {
        Refused::Page(error)
    }
}

async fn send(
    here: &Here,
    view: &View,
    intent: Id,
    pressed: &Pressed,
    form: Form,
    (what, further): (Prescription, Vec<Prescription>),
) -> Result<karute_eprescription::jobs::record::Kept, Refused> {
    let Here { state, signed, .. } = here;
    let access = state.access(&signed.caller);
    let Some(reached) = &view.reached else {
        let words = view.away.clone().unwrap_or_else(|| "電子処方箋を使う設定になっていません。".to_owned());
        return Err(Refused::Told(StatusCode::OK, "発行できません", words));
    };
    let desk = Desk { access: &access, profile: reached.client.profile(), now: state.now() };
    let with = confirmed(here, view).await?;
    let ordered = Ordered { form, what: &what, further: &further, lines: after(view, &with), with };
    let signer = view.signing.as_ref().and_then(|signing| signing.signer.as_deref());
    let done = match pressed.task.split_once(':') {
        None => desk.issue(intent, (&view.sheet.patient, &view.sheet.visit), ordered, signer).await,
        Some((task, version)) => {
            let kept = view.kept.iter().find(|kept| kept.id.as_str() == task && !is_over(kept)).cloned();
            let kept = kept.filter(|kept| kept.version.to_string() == version);
            match kept {
                Some(kept) if kept.stored.part.is_some() => {
                    return Err(Refused::Told(
                        StatusCode::CONFLICT,
                        "分割した処方箋は変更できません",
                        "すべての回を取り消してから、あらためて発行してください。まだ発行していません。".to_owned(),
                    ));
                }
                Some(kept) => desk.replace(kept, ordered, signer).await,
                None => Err(DeskError::Ledger(LedgerError::Exists)),
            }
        }
    };
    done.map_err(|error| match error {
        DeskError::Ledger(LedgerError::Conflict { .. } | LedgerError::Exists) => Refused::Told(
            StatusCode::CONFLICT,
            "ほかの端末で先に変わりました",
            "今の内容を確かめてから、もう一度押してください。まだ発行していません。".to_owned(),
        ),
        DeskError::Ledger(error) => Refused::Page(error.into()),
        DeskError::Sign(SignError::NotReady) => Refused::SignIn,
        DeskError::Sign(error) => Refused::Told(
            StatusCode::UNPROCESSABLE_ENTITY,
            "署名できません",
            format!("{error} 「紙（引換番号つき）」を選ぶと、署名なしで発行できます。"),
        ),
        DeskError::NotNow(why) => Refused::Told(StatusCode::CONFLICT, "今はできません", why.to_string()),
        DeskError::Content(faults) => {
            Refused::Told(StatusCode::UNPROCESSABLE_ENTITY, "電子処方箋に書けないところがあります", faults.to_string())
        }
    })
}

/// Versions of the lines as they stand when the drafts among them have become orders.
fn after(view: &View, with: &[Change]) -> Vec<String> {
    let confirmed = |id: &Id| with.iter().any(|change| matches!(change, Change::Put { id: put, .. } if put == id));
    let lines = view.paper.iter().flat_map(|paper| &paper.lines);
    lines.map(|line| format!("{}:{}", line.id, line.version + u32::from(confirmed(&line.id)))).collect()
}

/// What was issued is in force and approved in the same write. Others stay drafts until the visit ends.
async fn confirmed(here: &Here, view: &View) -> Result<Vec<Change>, WebError> {
    let Here { state, signed, at, .. } = here;
    let author = signed.author()?;
    let lines: Vec<Id> = view.paper.iter().flat_map(|paper| &paper.lines).map(|line| line.id.clone()).collect();
    let reader = state.access(&signed.caller).reader(Action::Read);
    reader.describe("処方箋の発行");
    let changes = issuing(&reader, &at.visit, &lines, &author, state.now()).await?;
    Ok(reader.release(changes).await?)
}

fn id(text: &str) -> Result<Id, WebError> {
    Id::new(text).map_err(|_| WebError::BadRequest)
}

/// A line that was seen.
#[derive(Deserialize)]
pub(crate) struct Removed {
    line: String,
}

/// Takes the drug out; the check runs again by itself.
pub(crate) async fn remove(here: Here, Filled(form): Filled<Removed>) -> Result<Response, WebError> {
    let (line, version) = form.line.split_once(':').ok_or(WebError::BadRequest)?;
    let line = Seen { id: id(line)?, version: version.parse().map_err(|_| WebError::BadRequest)? };
    let author = here.signed.author()?;
    let access = here.state.access(&here.signed.caller);
    let desk = Chart { access: &access, author: &author, now: here.state.now() };
    match prescription::carry_out(desk, &here.at.patient, &here.at.visit, Act::Remove { line }).await {
        Ok(_) => again(&here, None).await,
        Err(ChartError::Conflict) => {
            again(&here, Some("ほかの端末で先に変わりました。今の内容を確かめてください。")).await
        }
        Err(ChartError::Step) => {
            again(&here, Some("この受診の処方は変えられません。診察に戻してから変えてください。")).await
        }
        Err(error) => Err(error.into()),
    }
}

/// Keeps the oral consent, and asks again.
pub(crate) async fn consent(here: Here) -> Result<Response, WebError> {
    let author = here.signed.author()?;
    let access = here.state.access(&here.signed.caller);
    // Only a visit of this patient.
    read(&here.state, &here.signed, &here.at.patient, &here.at.visit).await?;
    consent::keep(&access, &here.at.patient, &here.at.visit, &author, here.state.now()).await?;
    again(&here, None).await
}

/// Keeps the reason.
pub(crate) async fn answer(here: Here, Filled(form): Filled<Answered>) -> Result<Response, WebError> {
    let view = read(&here.state, &here.signed, &here.at.patient, &here.at.visit).await?;
    let asked = national::ask(&here.state, &here.signed, &view, Fresh::Lately).await;
    let all = found(&view, Some(&asked));
    let Some(each) = all.iter().find(|each| each.finding.key == form.key) else {
        // The question is gone: nothing to refuse.
        return again(&here, None).await;
    };
    let words = form.words();
    let author: Author = here.signed.author()?;
    let access = here.state.access(&here.signed.caller);
    let desk = Chart { access: &access, author: &author, now: here.state.now() };
    let reason = Reason { words: &words, confirmed: form.confirmed.is_some() };
    match prescription::answer(desk, &view.sheet, &each.finding, reason, id(&form.intent)?).await {
        Ok(()) => again(&here, None).await,
        Err(ChartError::Invalid) if words.is_empty() => again(&here, Some("理由を選ぶか書いてください。")).await,
        Err(ChartError::Invalid) => {
            again(&here, Some("禁止の薬です。氏名と生年月日を確かめて印をつけてください。")).await
        }
        Err(ChartError::Step) if author.standing == Standing::Proxy => {
            again(&here, Some("禁止の薬は、医師本人だけが処方できます。")).await
        }
        Err(ChartError::Step) => {
            again(&here, Some("この受診の処方は変えられません。診察に戻してから変えてください。")).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The dialog as it is now, the service asked.
async fn again(here: &Here, told: Option<&str>) -> Result<Response, WebError> {
    let view = read(&here.state, &here.signed, &here.at.patient, &here.at.visit).await?;
    let asked = national::ask(&here.state, &here.signed, &view, Fresh::Lately).await;
    let told = told.map(|words| (Severity::Warn, "まだ変えていません", vec![words.to_owned()]));
    let status = if told.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let part = dialog::part(&view, &here.signed, Some(&asked), &Typed::default(), told.as_ref());
    Ok(drawn(&here.signed, &view, here.fragment, status, part))
}
