//! 患者の登録・変更・統合.

pub(crate) mod edit;
pub(crate) mod form;
pub(crate) mod insurance;
pub(crate) mod merge;
pub(crate) mod new;

use crate::components::frame::{Page, Place, head};
use crate::guard::Signed;
use maud::{Markup, html};

/// A page of this part, under a title row.
fn page(signed: &Signed, title: &str, aside: &Markup, body: Markup) -> Markup {
    let header = head(title, &html! { (aside) });
    Page { title, place: Place::Reception, header, class: "pane scroll", body }.draw(&signed.viewer())
}
