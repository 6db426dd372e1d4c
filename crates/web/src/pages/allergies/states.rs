//! なし, and pregnancy and breast-feeding with their day.
use super::{Told, answered};
use crate::components::field::{hidden, line, radios};
use crate::{
    WebState,
    error::WebError,
    format,
    guard::Signed,
    input::{Filled, Named},
    links,
};
use axum::{extract::State, response::Response};
use karute_chart::ChartError;
use karute_chart::allergy::{self, Breastfeeding, Pregnancy, Record};
use karute_chart::summary::Face;
use karute_chart::view::Sex;
use karute_fhir::Id;
use karute_japan::era;
use maud::{Markup, html};
use serde::Deserialize;

/// The id of a statement.
#[derive(Deserialize)]
pub(crate) struct Fresh {
    new: String,
}

/// Somebody asked, and there is none.
pub(crate) async fn confirm_none(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(fresh): Filled<Fresh>,
) -> Result<Response, WebError> {
    let id = Id::new(&fresh.new).map_err(|_| WebError::BadRequest)?;
    let access = state.access(&signed.caller);
    let told = match allergy::confirm_none(&access, &signed.author()?, &patient, &id, state.now()).await {
        Ok(()) => Told::Done("アレルギーなしを記録しました".to_owned(), None),
        Err(ChartError::Step) => {
            Told::Refused("登録されているアレルギーがあります。先にそれを終了か削除にしてください。")
        }
        Err(other) => return Err(other.into()),
    };
    answered(&state, &signed, &patient, told, None).await
}

/// What is wrong with a due date.
const DUE: Told = Told::Refused("出産予定日は、妊娠中のときだけ、これからの日付で入れてください。");

/// What is said.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    new: String,
    new2: String,
    pregnancy: String,
    due: String,
    breastfeeding: String,
}

/// Records it.
pub(crate) async fn set(
    State(state): State<WebState>,
    signed: Signed,
    Named(patient): Named,
    Filled(said): Filled<Said>,
) -> Result<Response, WebError> {
    let id = |text: &str| Id::new(text).map_err(|_| WebError::BadRequest);
    let (first, second) = (id(&said.new)?, id(&said.new2)?);
    let due = match said.due.trim() {
        "" => Ok(None),
        typed => era::parse(typed).map(Some),
    };
    let Ok(due) = due else { return answered(&state, &signed, &patient, DUE, None).await };
    let pregnancy = Pregnancy::parse(&said.pregnancy).map(|value| (value, due));
    let breastfeeding = Breastfeeding::parse(&said.breastfeeding);
    if pregnancy.is_none() && breastfeeding.is_none() {
        let told = Told::Refused("妊娠か授乳の状態を選んでください。");
        return answered(&state, &signed, &patient, told, None).await;
    }
    let (access, author) = (state.access(&signed.caller), signed.author()?);
    let done =
        allergy::set_state(&access, &author, (&patient, [&first, &second]), pregnancy, breastfeeding, state.now())
            .await;
    let told = match done {
        Ok(()) => Told::Done("今日の状態として記録しました".to_owned(), None),
        Err(ChartError::Invalid) => DUE,
        Err(other) => return Err(other.into()),
    };
    answered(&state, &signed, &patient, told, None).await
}

/// What stands, and the form. Not for men, unless somebody recorded something.
pub(super) fn forms(record: &Record, face: &Face, may: bool, [new, new2]: [&Id; 2]) -> Markup {
    let (pregnancy, breastfeeding) = (&record.alerts.pregnancy, &record.alerts.breastfeeding);
    if face.person.sex == Sex::Male && pregnancy.is_none() && breastfeeding.is_none() {
        return html! {};
    }
    let on = |day: Option<karute_japan::Date>| day.map(|d| format!("{} 確認", format::full(d))).unwrap_or_default();
    html! {
        section class="panel" aria-labelledby="pregnancy-h" {
            div class="panel-h" { h2 id="pregnancy-h" { "妊娠・授乳" } }
            dl class="dl pn-p" {
                dt { "妊娠" }
                dd {
                    @if let Some(state) = pregnancy {
                        b { (state.value.word()) } @if let Some(due) = state.due { "　予定日 " (format::full(due)) }
                        "　" span class="t-mute" { (on(state.on)) " " (state.by.as_deref().unwrap_or_default()) }
                    } @else { "未確認" }
                }
                dt { "授乳" }
                dd {
                    @if let Some(state) = breastfeeding { b { (state.value.word()) } "　" span class="t-mute" { (on(state.on)) } } @else { "未確認" }
                }
            }
            @if may {
                form method="post" action=(format!("{}/state", links::allergies(&face.person.id))) class="stack-3 pn-p" {
                    (hidden("new", new.as_str())) (hidden("new2", new2.as_str()))
                    (radios("pregnancy", "妊娠", Pregnancy::ALL.iter().map(|p| (p.code(), p.word(), false))))
                    (line("due", "出産予定日（分かれば）", "", "例 2027/5/1", None))
                    (radios("breastfeeding", "授乳", Breastfeeding::ALL.iter().map(|b| (b.code(), b.word(), false))))
                    div { button type="submit" class="btn" { "今日の状態として記録" } }
                }
            }
        }
    }
}
