//! What the chart has for a letter, by relevance; a press puts it into the right field.
use super::compose::View;
use crate::components::{
    icon::{Icon, small},
    tag::{Tone, tag},
};
use crate::format;
use karute_chart::attachment::{Attached, Content};
use karute_chart::letter::{Group, Material};
use maud::{Markup, html};

const GROUPS: [Group; 6] =
    [Group::Diseases, Group::Results, Group::Drugs, Group::Course, Group::History, Group::Allergies];

/// The column. The chips are plain radio buttons and the style sheet hides what they leave out.
pub(super) fn column(view: &View) -> Markup {
    let chip = |value: &str, word: &str, first: bool| {
        html! { label class="fil" { input type="radio" name="show" class="vh" value=(value) checked[first] autocomplete="off"; (word) } }
    };
    html! {
        section class="rl-src" aria-label="カルテから入れる" {
            div class="panel-h" { h2 { "カルテから入れる" } span class="end t-12 t-mute" { "押すと右へ入ります" } }
            fieldset class="ib-fil" {
                legend class="vh" { "表示するもの" }
                (chip("all", "おすすめ", true)) (chip("lab", "検査", false)) (chip("course", "経過", false)) (chip("file", "画像・添付", false))
            }
            (list(view))
        }
    }
}

/// The list alone.
pub(super) fn list(view: &View) -> Markup {
    html! {
        div class="scroll" id="let-list" tabindex="0" role="region" aria-label="カルテにあるもの" {
            @for group in GROUPS {
                @let own: Vec<&Material> = view.page.material.iter().filter(|each| each.group == group).collect();
                @if !own.is_empty() {
                    section data-is=(what(group)) {
                        h3 class="sec-t" { (group.word()) }
                        ul { @for each in own { (piece(view, each)) } }
                    }
                }
            }
            section data-is="file" {
                h3 class="sec-t" { "画像・添付" }
                ul { @for file in &view.files { (attachable(view, file)) } }
                @if view.files.is_empty() { p class="t-13 t-mute src" { "文書・画像はまだありません。" } }
            }
        }
    }
}

const fn what(group: Group) -> &'static str {
    match group {
        Group::Results => "lab",
        Group::Course | Group::History => "course",
        Group::Diseases | Group::Drugs | Group::Allergies => "other",
    }
}

fn piece(view: &View, each: &Material) -> Markup {
    html! {
        @if view.holds(&each.key) {
            li class="src t-mute" { span { (each.label) } (tag(Tone::Ok, Some(Icon::Check), "記載済")) }
        } @else {
            li class="src" {
                span { (each.label) @if each.label != each.text { span class="vh" { "：" (each.text) } } }
                button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value=(format!("insert.{}", each.key)) class="btn btn-s btn-sm"
                    data-put=(each.text) data-into=(each.section.code()) data-joint=(each.section.joint()) { (small(Icon::Plus)) span class="vh" { "「" (each.label) "」を" (each.section.word()) "へ入れる" } }
            }
        }
    }
}

fn attachable(view: &View, file: &Attached) -> Markup {
    let Some((_, _, media, bytes)) = file.content(Content::Original) else { return html! {} };
    let is_in = view.page.draft.head.files.iter().any(|each| each.document == file.id.as_str());
    let day = file.date.map(|day| format::near(day, view.face.date)).unwrap_or_default();
    html! {
        li class="src" {
            span { (file.title) "　" span class="t-mute" { (day) "・" (size(*bytes)) @if media == "application/pdf" { "・PDF" } } }
            @if is_in { (tag(Tone::Ok, Some(Icon::Check), "添付済")) }
            @else {
                button type="submit" form="note-form" formaction=(format!("{}/act", view.base)) name="act" value=(format!("attach.{}", file.id)) class="btn btn-s btn-sm" data-act {
                    (small(Icon::Clip)) span class="vh" { "「" (file.title) "」を添付する" }
                }
            }
        }
    }
}

/// `1.2 MB`, `38 KB`
pub(crate) fn size(bytes: u64) -> String {
    if bytes >= 1_000_000 {
        format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000)
    } else {
        format!("{} KB", bytes.div_ceil(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_told_as_people_say_them() {
        for (bytes, words) in
            [(1, "1 KB"), (38_000, "38 KB"), (999_001, "1000 KB"), (1_000_000, "1.0 MB"), (9_999_999, "9.9 MB")]
        {
            assert_eq!(size(bytes), words);
        }
    }
}
