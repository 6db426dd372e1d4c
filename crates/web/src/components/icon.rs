//! Icons: our own 20×20 drawings in one inline sprite, always hidden from assistive technology and beside a word.
use maud::{Markup, PreEscaped, html};

/// The sprite; once on every page. The only markup of this crate that is not escaped by the template.
const SPRITE: &str = include_str!("../../assets/icons.svg");

/// An icon of the sprite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    List,
    Chart,
    Letter,
    Send,
    Eye,
    Search,
    Check,
    Triangle,
    Octagon,
    Info,
    Plus,
    Right,
    Left,
    Pill,
    Flask,
    Wheelchair,
    Sync,
    Link,
    User,
    Undo,
    Out,
    Gear,
    Lock,
    Graph,
    Pen,
    Clip,
    Calendar,
    Inbox,
}

impl Icon {
    /// All of them, for the page of components.
    pub(crate) const ALL: [Icon; 28] = [
        Icon::List,
        Icon::Chart,
        Icon::Letter,
        Icon::Send,
        Icon::Eye,
        Icon::Search,
        Icon::Check,
        Icon::Triangle,
        Icon::Octagon,
        Icon::Info,
        Icon::Plus,
        Icon::Right,
        Icon::Left,
        Icon::Pill,
        Icon::Flask,
        Icon::Wheelchair,
        Icon::Sync,
        Icon::Link,
        Icon::User,
        Icon::Undo,
        Icon::Out,
        Icon::Gear,
        Icon::Lock,
        Icon::Graph,
        Icon::Pen,
        Icon::Clip,
        Icon::Calendar,
        Icon::Inbox,
    ];

    fn symbol(self) -> &'static str {
        match self {
            Icon::List => "#i-list",
            Icon::Chart => "#i-chart",
            Icon::Letter => "#i-letter",
            Icon::Send => "#i-send",
            Icon::Eye => "#i-eye",
            Icon::Search => "#i-search",
            Icon::Check => "#i-check",
            Icon::Triangle => "#i-tri",
            Icon::Octagon => "#i-oct",
            Icon::Info => "#i-info",
            Icon::Plus => "#i-plus",
            Icon::Right => "#i-cr",
            Icon::Left => "#i-cl",
            Icon::Pill => "#i-pill",
            Icon::Flask => "#i-flask",
            Icon::Wheelchair => "#i-wheel",
            Icon::Sync => "#i-sync",
            Icon::Link => "#i-link",
            Icon::User => "#i-user",
            Icon::Undo => "#i-undo",
            Icon::Out => "#i-out",
            Icon::Gear => "#i-gear",
            Icon::Lock => "#i-lock",
            Icon::Graph => "#i-graph",
            Icon::Pen => "#i-pen",
            Icon::Clip => "#i-clip",
            Icon::Calendar => "#i-cal",
            Icon::Inbox => "#i-inbox",
        }
    }
}

/// The sprite.
pub(crate) fn sprite() -> Markup {
    PreEscaped(SPRITE.trim_end().to_owned())
}

/// An icon at its usual size.
pub(crate) fn icon(icon: Icon) -> Markup {
    html! { svg class="ic" aria-hidden="true" { use href=(icon.symbol()) {} } }
}

/// A small icon, beside text.
pub(crate) fn small(icon: Icon) -> Markup {
    html! { svg class="ic ic-s" aria-hidden="true" { use href=(icon.symbol()) {} } }
}

/// A small green tick: confirmed.
pub(crate) fn tick() -> Markup {
    html! { svg class="ic ic-s t-ok" aria-hidden="true" { use href=(Icon::Check.symbol()) {} } }
}

/// A large icon, for empty states.
pub(crate) fn large(icon: Icon) -> Markup {
    html! { svg class="ic ic-l" aria-hidden="true" { use href=(icon.symbol()) {} } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_is_in_the_sprite_and_the_sprite_holds_nothing_else() {
        for icon in Icon::ALL {
            let id = icon.symbol().trim_start_matches('#');
            assert!(SPRITE.contains(&format!("<symbol id=\"{id}\"")), "{id}");
        }
        assert_eq!(SPRITE.matches("<symbol ").count(), Icon::ALL.len());
    }
}
