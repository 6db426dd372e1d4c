//! The drugs the patient takes by our prescriptions.
use crate::components::{
    icon::{Icon, small},
    medication,
    notice::empty,
};
use karute_chart::summary::Summary;
use maud::{Markup, html};

/// 現在の薬
pub(super) fn drugs(summary: &Summary) -> Markup {
    let count: usize = summary.drugs.iter().map(|g| g.drugs.len()).sum();
    html! {
        section class="panel pn" aria-labelledby="drugs-h" {
            div class="panel-h" { (small(Icon::Pill)) h2 id="drugs-h" { "現在の薬" } span class="t-13 t-mute" { (count) "剤・当院の処方" } }
            div class="scroll" tabindex="0" role="region" aria-label="現在の薬の一覧" {
                @if summary.drugs.is_empty() {
                    (empty(Icon::Pill, "有効な処方はありません", "当院で処方した薬のうち、日数が残っているものがここに出ます。他院の薬は含みません。", None))
                } @else {
                    ol { @for (i, group) in summary.drugs.iter().enumerate() { (medication::group(i + 1, group, summary.date)) } }
                }
            }
        }
    }
}
