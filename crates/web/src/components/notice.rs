//! Callouts by severity (icon shape + word + colour), empty states and toasts.
use super::icon::{Icon, icon, large, small};
use maud::{Markup, html};

/// How serious a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    /// Worth knowing.
    Info,
    /// Done, safe.
    Ok,
    /// Needs judgement.
    Warn,
    /// Wrong or forbidden.
    Danger,
}

impl Severity {
    fn class(self) -> &'static str {
        match self {
            Severity::Info => "note note-info",
            Severity::Ok => "note note-ok",
            Severity::Warn => "note note-warn",
            Severity::Danger => "note note-danger",
        }
    }
    fn icon(self) -> Icon {
        match self {
            Severity::Info => Icon::Info,
            Severity::Ok => Icon::Check,
            Severity::Warn => Icon::Triangle,
            Severity::Danger => Icon::Octagon,
        }
    }
}

/// A notice with a bold first line and further lines.
pub(crate) fn notice(severity: Severity, title: &str, lines: &[&str]) -> Markup {
    html! {
        div class=(severity.class()) {
            (icon(severity.icon()))
            div { b { (title) } @for line in lines { p { (line) } } }
        }
    }
}

/// A notice that must be heard at once: what went wrong with a form.
pub(crate) fn alert(title: &str, lines: &[&str]) -> Markup {
    html! { div role="alert" { (notice(Severity::Danger, title, lines)) } }
}

/// An empty list or pane: what would be here, and one way forward.
pub(crate) fn empty(mark: Icon, title: &str, words: &str, forward: Option<Markup>) -> Markup {
    html! {
        div class="st" {
            (large(mark))
            b { (title) }
            p class="t-13 t-mute" { (words) }
            @if let Some(forward) = forward { (forward) }
        }
    }
}

/// A pane that is being fetched: shown after 200 ms, with words for those who hear the screen.
pub(crate) fn skeleton(words: &str) -> Markup {
    html! { div class="skel" { i {} i {} i {} i {} span class="vh" role="status" { (words) } } }
}

/// What was just done, with a way back.
pub(crate) fn toast(words: &str, undo: Option<Markup>) -> Markup {
    html! {
        div class="toast" role="status" {
            (small(Icon::Check)) span { (words) }
            @if let Some(undo) = undo { (undo) }
        }
    }
}
