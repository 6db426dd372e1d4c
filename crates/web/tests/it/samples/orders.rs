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
        "/p/{patient}/v/{visit}/requests/undo" => vec![("made", "rq-undone:1")],
        "/p/{patient}/v/{visit}/requests/{altered}/alter" => vec![("seen", "1"), ("note", "坐位で")],
        "/p/{patient}/v/{visit}/requests/search" => vec![("kind", "lab"), ("q", "hba")],
        "/p/{patient}/v/{visit}/requests/{request}/remove" | "/p/{patient}/v/{visit}/requests/{revoked}/restore" => {
            vec![("seen", "1")]
        }
        "/p/{patient}/v/{visit}/orders/find" => vec![("q", "あむろ 1T 朝 28")],
        "/p/{patient}/v/{visit}/orders/drugs" => vec![
            ("intent", "rx-new"),
            ("code", "2171022F1274"),
            ("filled", "1"),
            ("dose", "1"),
            ("unit", "錠"),
            ("usage", "1日1回 夕食後"),
            ("days", "28"),
        ],
        "/p/{patient}/v/{visit}/orders/days" => vec![("lines", "rx-days:1"), ("days", "14")],
        "/p/{patient}/v/{visit}/orders/set" => vec![("set", "set-rx"), ("intent", "rx-set")],
        "/p/{patient}/v/{visit}/orders/undo" => vec![("steps", "rx-undone:1:")],
        "/p/{patient}/v/{visit}/orders/answer" => {
            vec![("intent", "di-1"), ("key", "none"), ("reason", "治療上の必要がある")]
        }
        "/p/{patient}/v/{visit}/orders/lines/{line}" => {
            vec![("seen", "1"), ("dose", "2"), ("unit", "錠"), ("usage", "1日1回 朝食後"), ("days", "28")]
        }
        "/p/{patient}/v/{visit}/orders/lines/{dosed}/dose" => vec![("seen", "1"), ("dose", "0.5")],
        "/p/{patient}/v/{visit}/orders/lines/{removed}/remove"
        | "/p/{patient}/v/{visit}/orders/lines/{moved}/move"
        | "/p/{patient}/v/{visit}/orders/lines/{stopped}/stop" => vec![("seen", "1")],
        // Of the prescription that was issued already: pressed once more, what became of it is shown.
        "/p/{patient}/v/{visit}/issue" => vec![("intent", "rx-task"), ("form", "paper")],
        "/p/{patient}/v/{visit}/issue/answer" => {
            vec![("intent", "di-2"), ("key", "none"), ("reason", "治療上の必要がある")]
        }
        "/p/{patient}/v/{visit}/issue/remove" => vec![("line", "rx-1:3")],
        "/p/{patient}/rx/{task}/act" => vec![("act", "ask"), ("seen", "1")],
        "/p/{patient}/v/{from}/do" => vec![("into", "v-1")],
        "/worklist/{due}/perform" => vec![("seen", "1"), ("outcome", "done")],
        "/worklist/{done}/undo" => vec![("seen", "1"), ("record", "pr-1")],
        "/worklist/{lab}/result" => {
            vec![("seen", "1"), ("value", "7.4"), ("unit", "%"), ("low", "4.9"), ("high", "6.0")]
        }
        _ => return None,
    })
}
