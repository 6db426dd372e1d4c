//! Tags: a word on a ground; the colour never stands alone.
use super::icon::{Icon, icon};
use maud::{Markup, html};

/// What a tag says beside its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Neutral, with a line.
    Line,
    /// Chosen, ours.
    Ai,
    /// Confirmed.
    Ok,
    /// Needs judgement.
    Warn,
    /// Abnormal or forbidden.
    Danger,
    /// From outside.
    Fuji,
}

impl Tone {
    fn class(self) -> &'static str {
        match self {
            Tone::Line => "tag tag-line",
            Tone::Ai => "tag tag-ai",
            Tone::Ok => "tag tag-ok",
            Tone::Warn => "tag tag-warn",
            Tone::Danger => "tag tag-danger",
            Tone::Fuji => "tag tag-fuji",
        }
    }
}

/// A tag.
pub(crate) fn tag(tone: Tone, mark: Option<Icon>, word: &str) -> Markup {
    html! { span class=(tone.class()) { @if let Some(mark) = mark { (icon(mark)) } (word) } }
}
