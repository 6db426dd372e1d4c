//! 診療情報提供書: the composer, a letter on record, the letters of a patient (ux §4.5).

pub(crate) mod act;
pub(crate) mod addressee;
mod compose;
mod kept;
mod list;
mod material;
pub(crate) mod open;
mod paper;
pub(crate) mod print;
pub(crate) mod save;
mod side;
pub(crate) mod sign;
mod way;

pub(crate) use compose::show;
pub(crate) use list::show as of_patient;
pub(crate) use material::size;

use crate::components::{
    banner::full,
    field::key,
    frame::{Page, Place},
    icon::{Icon, small},
};
use crate::{error::WebError, guard::Signed, input::NamedTwo, links};
use axum::response::Redirect;
use karute_chart::ChartError;
use karute_chart::letter::Of;
use karute_chart::summary::Face;
use karute_fhir::Id;
use maud::{Markup, html};

impl NamedTwo {
    /// A letter of a patient.
    fn of(&self) -> Of<'_> {
        Of { patient: &self.0, letter: &self.1 }
    }
    /// Its address.
    fn base(&self) -> String {
        links::letter(&self.0, &self.1)
    }
    fn page(&self) -> Redirect {
        Redirect::to(&self.base())
    }
}

/// The button on the chart.
pub(crate) fn button(patient: &Id, visit: Option<&Id>) -> Markup {
    html! {
        a class="btn" href=(links::new_letter(patient, visit)) data-key="l" { (small(Icon::Letter)) "紹介状 " (key("L")) }
    }
}

/// A page about one letter.
fn framed(signed: &Signed, face: &Face, title: &str, class: &str, body: Markup) -> Markup {
    let id = &face.person.id;
    let aside = html! {
        div class="row pt-here" {
            @if let Some((_, state, number)) = &face.today {
                span class="t-12 t-mute nw" { @if let Some(number) = number { "No." (number) br; } (state.word()) }
            }
            a class="btn" href=(links::letters(id)) { "紹介状の一覧" }
        }
    };
    Page { title, place: Place::Patient, header: full(face, &aside), class, body }.draw(&signed.viewer())
}

/// Why something was not done, in words; what is no refusal of this kind is an error of its own.
fn refusal(error: ChartError) -> Result<&'static str, WebError> {
    Ok(match error {
        ChartError::Conflict => "表示したあとで内容が変わりました。今の内容を確かめて、もう一度操作してください",
        ChartError::TooMany => "文字数か添付の数が上限を超えています。短くするか減らしてください",
        ChartError::Invalid => "内容を読み取れません。名称や理由を確かめてください",
        ChartError::Step => "今の状態からはできない操作です。状態を確かめてください",
        other => return Err(other.into()),
    })
}
