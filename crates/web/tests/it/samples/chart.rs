//! The record of a visit.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/p/{patient}/v/{visit}/note" => vec![("N", "採血済"), ("N_base", "")],
        "/p/{patient}/v/{visit}/hand-in" => vec![("N", "採血済"), ("N_base", ""), ("seen", "")],
        "/p/{patient}/v/{visit}/finish" => vec![("S", "変わりない"), ("S_base", ""), ("seen", "")],
        "/p/{patient}/v/{visit}/note/choose" => vec![("choice", "N.1.1")],
        "/p/{patient}/v/{visit}/phrases" => vec![("id", "none"), ("section", "N")],
        "/p/{patient}/v/{visit}/correct" => vec![("seen", "1"), ("N", "採血 2回"), ("reason", "書き落とし")],
        "/p/{patient}/v/{visit}/reopen" | "/p/{patient}/v/{visit}/delete" => {
            vec![("seen", "2"), ("reason", "取り違え")]
        }
        "/approvals/reject" => vec![("entry", "Condition/none/1"), ("reason", "x")],
        "/settings/phrases" => vec![("title", "変わりない"), ("text", "変わりない。")],
        "/settings/phrases/drop" => vec![("id", "none")],
        _ => return None,
    })
}

/// What is confirmed is corrected: the visit before today's.
pub(super) fn confirmed(path: &str) -> bool {
    ["/correct", "/reopen", "/delete"].iter().any(|end| path.ends_with(end))
}
