//! 設定: what a clinic decides for itself, and what its administrators look after.
pub(crate) mod booking;
pub(crate) mod clinic;
pub(crate) mod department;
pub(crate) mod drugs;
pub(crate) mod masters;
pub(crate) mod patients;
pub(crate) mod people;
pub(crate) mod phrases;
pub(crate) mod set;
pub(crate) mod sets;

use crate::components::{
    frame::{Page, Place},
    notice::{Severity, alert, notice, toast},
};
use crate::{WebState, error::WebError, guard::Signed, habits};
use axum::response::Redirect;
use karute_chart::masters::{MastersStatus, status};
use karute_terminology::{Answer, Domain};
use maud::{Markup, html};

/// Rows of a page without script.
const ROWS_ON_PAGE: usize = 30;

/// Which part of the settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Masters,
    Drugs,
    Sets,
    Phrases,
    Booking,
    Patients,
    Clinic,
    People,
}

impl Part {
    const ALL: [(Part, &'static str, &'static str); 8] = [
        (Part::Masters, "/settings/masters", "マスター"),
        (Part::Drugs, "/settings/drugs", "採用薬"),
        (Part::Sets, "/settings/sets", "セット"),
        (Part::Phrases, "/settings/phrases", "定型文"),
        (Part::Booking, "/settings/booking", "予約枠"),
        (Part::Patients, "/settings/patients", "患者番号"),
        (Part::Clinic, "/settings/clinic", "院内"),
        (Part::People, "/settings/people", "職員"),
    ];
}

/// What is said on a page after something was done.
enum Told {
    Nothing,
    /// Done, with the form that takes it back.
    Done(String, Option<Markup>),
    /// Not done, and why.
    Refused(&'static str, &'static str),
}

impl Told {
    fn draw(&self) -> Markup {
        match self {
            Told::Nothing => html! {},
            Told::Done(words, undo) => toast(words, undo.clone()),
            Told::Refused(title, words) => alert(title, &[words]),
        }
    }
}

/// Somebody else was faster.
const OVERTAKEN: Told = Told::Refused(
    "ほかの端末で先に変わりました",
    "何も変えていません。下の新しい状態を確かめて、もう一度操作してください。",
);
/// What was given cannot be kept.
const UNUSABLE: Told =
    Told::Refused("登録できませんでした", "名前かコードの形が正しくありません。探し直して選んでください。");
/// As many as there may be.
const FULL: Told = Told::Refused("これ以上は登録できません", "使わないものを外してから、もう一度お試しください。");

/// The settings begin with what this person may see.
pub(crate) async fn home(signed: Signed) -> Redirect {
    Redirect::to(if signed.rights.settings { "/settings/masters" } else { "/settings/drugs" })
}

/// A page of the settings. Administrators are told on each of them where the starter set still serves.
async fn page(state: &WebState, signed: &Signed, part: Part, body: Markup) -> Result<Markup, WebError> {
    let rights = signed.rights;
    let starter = if rights.settings {
        starter_notice(&status(state.ledger(), &state.masters()).await?)
    } else {
        html! {}
    };
    let title = Part::ALL.iter().find(|(p, _, _)| *p == part).map_or("設定", |(_, _, word)| word);
    let header = html! {
        header class="head" {
            h1 { "設定" }
            nav class="tabs" aria-label="設定の種類" {
                @for (each, path, word) in Part::ALL {
                    @let open = match each {
                        Part::Drugs => rights.drugs,
                        Part::Phrases => rights.writes,
                        Part::Sets => rights.sets(),
                        Part::Masters | Part::Booking | Part::Patients | Part::Clinic | Part::People => rights.settings,
                    };
                    @if open { a href=(path) aria-current=[(each == part).then_some("page")] { (word) } }
                }
            }
        }
    };
    let body = html! {
        (starter)
        (body)
    };
    Ok(Page { title, place: Place::Settings, header, class: "pane scroll", body }.draw(&signed.viewer()))
}

/// What administrators must know of the starter set: that nothing else is loaded, or for which kinds it still serves.
fn starter_notice(now: &MastersStatus) -> Markup {
    const ADVICE: &str = "ごく一部しか探せません。診療に使う前に、運用担当者が公式のマスターファイルを取り込んでください（karute masters import）。";
    if now.starter_only {
        return notice(
            Severity::Warn,
            "お試し用の小さなマスターだけが入っています",
            &[&format!("薬・病名・検査の{ADVICE}")],
        );
    }
    let still = now.kinds.iter().filter(|kind| kind.number.is_none() && kind.rows > 0);
    let labels: Vec<&str> = still.map(|kind| kind.label).collect();
    if labels.is_empty() {
        return html! {};
    }
    notice(Severity::Warn, "一部はまだお試し用のマスターです", &[&format!("{}。これらの{ADVICE}", labels.join("、"))])
}

/// Searches for a page without script.
async fn look(state: &WebState, signed: &Signed, kind: Domain, text: &str) -> Result<Option<Answer>, WebError> {
    habits::find(state, signed, kind, text, None, ROWS_ON_PAGE).await
}
