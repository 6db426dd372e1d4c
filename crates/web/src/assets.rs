//! Style sheets, scripts and the mark: inside the binary, under a path that names their content, so that browsers may
//! keep them for ever.
use axum::{
    body::Bytes,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use std::sync::LazyLock;

/// The style sheet: one file of several subjects, in the order of the layers.
pub(crate) const STYLE: &str = concat!(
    include_str!("../assets/css/tokens.css"),
    include_str!("../assets/css/base.css"),
    include_str!("../assets/css/frame.css"),
    include_str!("../assets/css/components.css"),
    include_str!("../assets/css/reception.css"),
    include_str!("../assets/css/chart.css"),
    include_str!("../assets/css/note.css"),
    include_str!("../assets/css/orders.css"),
    include_str!("../assets/css/issue.css"),
    include_str!("../assets/css/results.css"),
    include_str!("../assets/css/letters.css"),
    include_str!("../assets/css/booking.css"),
    include_str!("../assets/css/pages.css"),
    include_str!("../assets/css/settings.css"),
    include_str!("../assets/css/narrow.css"),
    include_str!("../assets/css/print.css"),
);

const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";

/// Name, type, content.
const FILES: &[(&str, &str, &str)] = &[
    ("karute.css", CSS, STYLE),
    ("app.js", JS, include_str!("../assets/js/app.js")),
    ("fragment.js", JS, include_str!("../assets/js/fragment.js")),
    ("reception.js", JS, include_str!("../assets/js/reception.js")),
    ("booking.js", JS, include_str!("../assets/js/booking.js")),
    ("search.js", JS, include_str!("../assets/js/search.js")),
    ("terms.js", JS, include_str!("../assets/js/terms.js")),
    ("record.js", JS, include_str!("../assets/js/record.js")),
    ("record-text.js", JS, include_str!("../assets/js/record-text.js")),
    ("record-keys.js", JS, include_str!("../assets/js/record-keys.js")),
    ("letter.js", JS, include_str!("../assets/js/letter.js")),
    ("insert.js", JS, include_str!("../assets/js/insert.js")),
    ("worklist.js", JS, include_str!("../assets/js/worklist.js")),
    ("dialog.js", JS, include_str!("../assets/js/dialog.js")),
    ("registration.js", JS, include_str!("../assets/js/registration.js")),
    ("problems.js", JS, include_str!("../assets/js/problems.js")),
    ("results.js", JS, include_str!("../assets/js/results.js")),
    ("schema.js", JS, include_str!("../assets/js/schema.js")),
    ("orders.js", JS, include_str!("../assets/js/orders.js")),
    ("order-drafts.js", JS, include_str!("../assets/js/order-drafts.js")),
    ("issue.js", JS, include_str!("../assets/js/issue.js")),
    ("keys.js", JS, include_str!("../assets/js/keys.js")),
    ("lock.js", JS, include_str!("../assets/js/lock.js")),
    ("palette.js", JS, include_str!("../assets/js/palette.js")),
    ("store.js", JS, include_str!("../assets/js/store.js")),
    ("net.js", JS, include_str!("../assets/js/net.js")),
    ("bar.js", JS, include_str!("../assets/js/bar.js")),
    ("unsent.js", JS, include_str!("../assets/js/unsent.js")),
    ("unsent-list.js", JS, include_str!("../assets/js/unsent-list.js")),
    ("leave.js", JS, include_str!("../assets/js/leave.js")),
    ("record-stand.js", JS, include_str!("../assets/js/record-stand.js")),
    ("recent.js", JS, include_str!("../assets/js/recent.js")),
    ("hold.js", JS, include_str!("../assets/js/hold.js")),
    ("sides.js", JS, include_str!("../assets/js/sides.js")),
    ("shelf.js", JS, include_str!("../assets/js/shelf.js")),
    ("mark.svg", "image/svg+xml", include_str!("../assets/mark.svg")),
];

/// The name of this edition of the files: scripts import one another by relative path, so they change together.
static EDITION: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = karute_crypto::Hasher::new();
    for &(name, _, content) in FILES {
        hasher.update(name.as_bytes());
        hasher.update(content.as_bytes());
    }
    hasher.finish().to_hex().chars().take(16).collect()
});

/// Address of a file.
pub(crate) fn url(name: &str) -> String {
    format!("/assets/{}/{name}", *EDITION)
}

/// A script as browsers get it: without its lines of comment, which are a fifth of it. The rest is served as it is written.
fn without_comments(script: &str) -> String {
    script
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |text, line| text + line + "\n")
}

/// What is served, by name.
static SERVED: LazyLock<Vec<(&str, &str, Bytes)>> = LazyLock::new(|| {
    let served = |kind, content: &'static str| match kind {
        JS => Bytes::from(without_comments(content)),
        _ => Bytes::from_static(content.as_bytes()),
    };
    FILES.iter().map(|&(name, kind, content)| (name, kind, served(kind, content))).collect()
});

/// Serves a file of this edition.
pub(crate) async fn serve(Path((edition, name)): Path<(String, String)>) -> Response {
    let found = SERVED.iter().find(|(n, _, _)| *n == name);
    match found {
        Some((_, kind, content)) if edition == *EDITION => (
            [(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")],
            content.clone(),
        )
            .into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn scripts_stay_small_enough_to_read() {
        for &(name, kind, content) in FILES {
            if kind == JS {
                assert!(content.lines().count() < 200, "{name}");
            }
        }
    }

    #[test]
    fn the_style_sheet_asks_for_nothing_from_elsewhere() {
        for word in ["url(", "@import", "expression("] {
            assert!(!STYLE.contains(word), "{word}");
        }
    }

    /// Rust sources of this crate and its scripts, as one text.
    fn sources(dir: &std::path::Path) -> String {
        let mut all = String::new();
        for entry in std::fs::read_dir(dir).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                all += &sources(&path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                all += &std::fs::read_to_string(path).unwrap();
            }
        }
        all
    }

    #[test]
    fn every_class_of_the_style_sheet_is_used() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let scripts: String = FILES.iter().filter(|(_, kind, _)| *kind == JS).map(|(_, _, text)| *text).collect();
        let used = sources(&root) + &scripts;
        let words: std::collections::BTreeSet<&str> =
            used.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').collect();
        let rules = STYLE.split("/*").map(|part| part.split_once("*/").map_or(part, |(_, rest)| rest));
        for part in rules.flat_map(|rule| rule.split('.').skip(1)) {
            let class: String = part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
            if class.starts_with(|c: char| c.is_ascii_alphabetic()) && class != "rem" {
                assert!(words.contains(class.as_str()), ".{class} is used nowhere");
            }
        }
    }

    /// A line within a template that looks like a comment would be lost.
    #[test]
    fn no_text_of_a_script_looks_like_a_comment() {
        for &(name, kind, content) in FILES {
            if kind == JS {
                for (at, template) in content.split('`').enumerate().filter(|(at, _)| at % 2 == 1) {
                    assert!(!template.lines().any(|line| line.trim_start().starts_with("//")), "{name}, template {at}");
                }
                assert!(!without_comments(content).contains("\n//"), "{name}");
            }
        }
    }

    #[test]
    fn scripts_build_no_code_from_text() {
        for &(name, kind, content) in FILES {
            if kind == JS {
                for word in ["eval(", "new Function", "document.write", "localStorage", "sessionStorage", ".style."] {
                    assert!(!content.contains(word), "{name}: {word}");
                }
            }
        }
    }
}
