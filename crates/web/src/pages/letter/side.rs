//! How a letter leaves: the way, the patient's consent, files, what is checked before, and the one press.
use super::compose::View;
use super::material::size;
use super::paper;
use crate::components::{
    field::key,
    icon::{Icon, small},
};
use crate::guard::Signed;
use karute_chart::letter::{At, Choice, Consent, Finding, Level, MAX_BYTES, Route};
use karute_fhir::Id;
use maud::{Markup, html};

/// The column.
pub(super) fn column(view: &View, signed: &Signed) -> Markup {
    let head = &view.page.draft.head;
    html! {
        aside class="rl-side" id="let-side" aria-label="送り方" {
            div class="rl-sb scroll" tabindex="0" role="region" aria-label="送り方と確認" {
                (ways(view, signed))
                (consents(view, head.consent.as_ref()))
                (files(view))
                (checks(view))
            }
            div class="rl-sf" {
                @if signed.rights.confirms {
                    button type="submit" form="note-form" formaction=(format!("{}/sign", view.base)) class="btn btn-p btn-lg" data-finish aria-keyshortcuts="Control+Enter" {
                        @if view.page.draft.head.route == Route::Service { (small(Icon::Send)) "送る " } @else { (small(Icon::Letter)) "確定して印刷へ " } (key("Ctrl+Enter"))
                    }
                } @else { p class="t-13" { "確定は医師が行います。書いたものは下書きとして残ります。" } }
                div class="row" {
                    @if signed.rights.prints { a class="btn grow" href=(format!("{}/print.pdf", view.base)) target="_blank" rel="noopener" { "見本を印刷" span class="vh" { "（新しいタブで PDF を開く）" } } }
                    a class="btn grow" href=(back(view)) data-back { "カルテへ戻る " (key("Esc")) }
                }
                div class="row" {
                    (paper::saved(view))
                    details class="od-why end" {
                        summary class="btn btn-g btn-sm" { "下書きを捨てる…" }
                        button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value="discard" class="btn btn-sm" data-leave { "元に戻せません。捨てる" }
                    }
                }
            }
        }
    }
}

/// The chart, at the visit in which the letter is written.
pub(super) fn back(view: &View) -> String {
    let patient = &view.face.person.id;
    let visit = view.page.draft.head.visit.as_deref().and_then(|visit| Id::new(visit).ok());
    visit.map_or_else(|| crate::links::patient(patient), |visit| crate::links::visit(patient, &visit))
}

/// One of several: a button that says whether it is the one.
fn option(view: &View, act: &str, key: Option<&str>, chosen: bool, (word, hint): (&str, &str)) -> Markup {
    html! {
        button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value=(act) class="opt opt-b" aria-pressed=(chosen) data-key=[key] data-act {
            b { (word) @if let Some(cap) = key { " " (crate::components::field::key(cap)) } }
            small { (hint) }
        }
    }
}

fn ways(view: &View, signed: &Signed) -> Markup {
    let head = &view.page.draft.head;
    html! {
        div class="stack" role="group" aria-labelledby="way-h" id="let-route" {
            h3 class="sec-t" id="way-h" { "送り方" }
            @if signed.shares {
                (option(view, "route.service", None, head.route == Route::Service, ("情報共有サービスで送る", "紹介先が利用しているかを確かめて送ります")))
            }
            (option(view, "route.paper", None, head.route == Route::Paper, ("紙で渡す・FAX", "A4で印刷して渡します")))
            @if let (Route::Paper, Some(why)) = (head.route, &head.because) { p class="row t-13 t-sub" role="status" { (small(Icon::Info)) span { (why) } } }
        }
    }
}

fn consents(view: &View, given: Option<&Consent>) -> Markup {
    let chosen = |choice| given.is_some_and(|consent| consent.choice == choice);
    let paper = view.page.draft.head.route == Route::Paper;
    html! {
        div class="stack" role="group" aria-labelledby="consent-h" id="let-consent" {
            h3 class="sec-t" id="consent-h" { "患者の同意" }
            (option(view, "consent.oral", Some("Alt+1"), chosen(Choice::Oral), ("今、口頭で同意", if paper { "紙では任意です。持参でも同意になります" } else { "紹介先はすぐに閲覧できます" })))
            @if !paper || chosen(Choice::Later) { (option(view, "consent.later", Some("Alt+2"), chosen(Choice::Later), ("あとで患者が選ぶ", "マイナポータル または 紹介先のカードリーダー"))) }
            @if let Some(consent) = given {
                p class="row t-12 t-mute" {
                    span { (consent.name) "が記録（" (crate::format::moment(consent.given(), view.face.date)) "）" }
                    button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value="consent.none" class="btn btn-g btn-sm end" data-act { "選び直す" }
                }
            }
        }
    }
}

fn files(view: &View) -> Markup {
    let head = &view.page.draft.head;
    html! {
        div class="stack" id="let-files" {
            h3 class="sec-t" { "添付" }
            @if head.files.is_empty() { p class="t-13 t-mute" { "なし。左の「画像・添付」から選べます。" } }
            ul {
                @for file in &head.files {
                    li class="src" {
                        span { (small(Icon::Clip)) (file.title) "　" span class="t-mute" { (size(file.bytes)) } }
                        button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value=(format!("detach.{}", file.document)) class="btn btn-g btn-sm" data-act { "外す" span class="vh" { "：" (file.title) } }
                    }
                }
            }
            @if !head.files.is_empty() { p class="t-12 t-mute" { "合計 " (size(head.bytes())) "／" (size(MAX_BYTES)) "（送るときの大きさ）" } }
        }
    }
}

fn link(finding: &Finding) -> String {
    match &finding.at {
        At::To => "#let-to".to_owned(),
        At::Route => "#let-route".to_owned(),
        At::Consent => "#let-consent".to_owned(),
        At::Files => "#let-files".to_owned(),
        At::Patient => "#main".to_owned(),
        At::Institution => "/settings/clinic".to_owned(),
        At::Section(section) | At::Words(section, _) => format!("#s-{}", section.code()),
    }
}

fn line(finding: &Finding) -> Markup {
    html! {
        li class=(match finding.level { Level::Stop => "chk t-danger", Level::Warn => "chk t-warn", Level::Hint => "chk t-sub" }) {
            (small(match finding.level { Level::Stop => Icon::Octagon, Level::Warn => Icon::Triangle, Level::Hint => Icon::Info }))
            a href=(link(finding)) data-line { (finding.words) }
        }
    }
}

fn is_of_document(finding: &Finding) -> bool {
    matches!(finding.code, "document" | "rule")
}

/// What was found in the document itself. An answer to a pause of the typing leaves what the screen has.
fn of_document(view: &View) -> Markup {
    html! {
        ul class="stack" id="let-doc" data-stays[!view.judged] {
            @for finding in view.findings.iter().filter(|finding| is_of_document(finding)) { (line(finding)) }
            @if view.judged && !view.findings.iter().any(is_of_document) {
                li class="chk" { (crate::components::icon::tick()) span { "文書の形式　" span class="t-mute" { "共有サービスの規則どおり" } } }
            }
        }
    }
}

/// 送る前の確認: what speaks against it leads to the line; what is well has its tick.
fn checks(view: &View) -> Markup {
    let has = |wanted: fn(&Finding) -> bool| view.findings.iter().any(wanted);
    let well = [
        (!has(|f| f.level == Level::Stop && matches!(f.at, At::Section(_))), "必須項目", "すべて記載"),
        (!has(|f| matches!(f.code, "uncoded")), "標準コード", "変換できます"),
        (!has(|f| matches!(f.code, "changed" | "gone")), "カルテとの一致", "元の記録と同じ"),
        (!has(|f| matches!(f.at, At::To)), "宛先", "選択済み"),
    ];
    let service = view.page.draft.head.route == Route::Service;
    html! {
        div class="stack" {
            div class="row" {
                h3 class="sec-t" { "送る前の確認" }
                // A field that was left presses it, too.
                @if service { button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value="check" class="btn btn-g btn-sm end" data-act { "文書を確かめ直す" } }
            }
            @if service { (of_document(view)) }
            ul class="stack" {
                @for finding in view.findings.iter().filter(|finding| !service || !is_of_document(finding)) { (line(finding)) }
                @for (_, word, words) in well.into_iter().filter(|(is, ..)| *is) {
                    li class="chk" { (crate::components::icon::tick()) span { (word) "　" span class="t-mute" { (words) } } }
                }
            }
        }
    }
}
