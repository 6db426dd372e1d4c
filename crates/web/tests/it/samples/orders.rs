//! Orders.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/p/{patient}/v/{visit}/requests" => vec![
            ("when", "next"),
            ("system", "urn:karute:codesystem:ssk-act"),
            ("code", "140022710"),
            ("display", "ネブライザ"),
        ],
        "/p/{patient}/v/{visit}/requests/search" => vec![("kind", "lab"), ("q", "hba")],
        "/p/{patient}/v/{visit}/requests/{request}/remove" | "/p/{patient}/v/{visit}/requests/{revoked}/restore" => {
            vec![("seen", "1")]
        }
        "/work/{due}/perform" => vec![("seen", "1"), ("outcome", "done")],
        "/work/{done}/undo" => vec![("seen", "1"), ("record", "pr-1")],
        "/work/{lab}/result" => vec![("seen", "1"), ("value", "7.4"), ("unit", "%"), ("low", "4.9"), ("high", "6.0")],
        _ => return None,
    })
}
