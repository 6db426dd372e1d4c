//! 未登録: prescriptions that the service does not have, with their ways on. Nobody can miss them: their number stands
//! beside every screen.
use super::state::chip;
use crate::components::{
    frame::{Page, Place, head},
    icon::Icon,
    notice::empty,
    tag::{Tone, tag},
};
use crate::{WebState, error::WebError, format, guard::Signed, links};
use axum::extract::State;
use karute_chart::summary::person;
use karute_chart::view::Person;
use karute_eprescription::flow::State as At;
use karute_eprescription::jobs::record::{self, Kept};
use karute_ledger::Action;
use maud::{Markup, html};

/// The screen.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("未登録の処方箋");
    let mut rows = Vec::new();
    for kept in record::read_unregistered(&reader).await? {
        let person = person(&reader, &kept.patient).await?;
        rows.push((kept, person));
    }
    let rows: Vec<(Kept, Person)> = reader.release(rows).await?;
    state.kept().unregistered_changed(signed.caller.tenant);
    let words = html! { p class="t-13 t-mute" { "電子処方箋管理サービスに登録できていない処方箋です（" (format::clock(state.now())) " 現在）" } };
    let body = html! {
        @if rows.is_empty() {
            section class="panel" aria-label="未登録" {
                (empty(Icon::Check, "未登録の処方箋はありません", "登録できなかった処方箋（院内処方を含む）があると、ここに出ます。患者が帰る前に、もう一度送るか紙で出します。", None))
            }
        } @else {
            section class="panel" aria-labelledby="unreg-h" {
                div class="panel-h" { h2 id="unreg-h" { "未登録の処方箋" } span class="t-13 t-mute" { (rows.len()) "件" } }
                table class="grid-t" {
                    thead { tr { th scope="col" { "患者" } th scope="col" { "状態" } th scope="col" { "理由" } th scope="col" { "使用期間" } th scope="col" { span class="vh" { "操作" } } } }
                    tbody { @for (kept, person) in &rows { (row(kept, person, signed.rights.chart)) } }
                }
            }
        }
    };
    Ok(Page {
        title: "未登録の処方箋",
        place: Place::Unregistered,
        header: head("未登録の処方箋", &words),
        class: "pane scroll",
        body,
    }
    .draw(&signed.viewer()))
}

fn row(kept: &Kept, person: &Person, opens: bool) -> Markup {
    let life = &kept.stored.life;
    let reason = match life.state {
        At::Unregistered { why } => match why {
            karute_eprescription::flow::Why::Declined if kept.is_in_house() && kept.stored.sends == 0 => {
                "登録に必要な項目がカルテにありません"
            }
            karute_eprescription::flow::Why::Declined => "サービスが内容を受け付けませんでした",
            karute_eprescription::flow::Why::Away => "サービスに届きませんでした",
            karute_eprescription::flow::Why::Refused => "医療機関の接続が拒否されました",
            karute_eprescription::flow::Why::Ambiguous => "登録を一つに定められませんでした",
        },
        _ if kept.is_in_house() => "送信しています",
        _ => "送信しています。届かないときは紙で出せます",
    };
    html! {
        tr {
            th scope="row" { (person.name) "さん" span class="t-13 t-mute" { "　" (person.number.as_deref().unwrap_or("")) } }
            td { (chip(kept)) @if kept.is_in_house() { " " (tag(Tone::Line, None, "院内")) } }
            td class="t-13" { (reason) @if let Some((code, words)) = kept.stored.faults.first() { "（" (code) " " (words) "）" } }
            td class="nw" { (kept.stored.last_day) }
            td { @if opens { a class="btn btn-p btn-sm" href=(links::about(&kept.patient, &format!("rx/{}", kept.id))) data-dialog { "対応する" span class="vh" { "：" (person.name) "さん" } } } }
        }
    }
}
