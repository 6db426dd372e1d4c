//! 診療情報提供書.
use super::Form;

/// What was seen of a letter whose sections are as the chart filled them.
const SEEN: &str = "h-1.h-2.h-3.340-1.950-1.360-1.620-1.330-1.430-1.510-1.370-1.550-1.520-1.610-1.640-1";

/// The letter on which a route is tried: one that is given out, one to be signed, one being written.
pub(super) fn which(path: &str) -> &'static str {
    match path {
        path if path.ends_with("/after") => "lt-2",
        path if path.ends_with("/sign") => "lt-3",
        _ => "lt-1",
    }
}

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/p/{patient}/letters" => vec![("id", "lt-new"), ("act", "open")],
        "/p/{patient}/letters/{letter}/note" => vec![("220", "紹介先の指定あり"), ("220_base", "")],
        "/p/{patient}/letters/{letter}/note/choose" => {
            vec![("choice", "220.1.1"), ("550", "父：高血圧症"), ("550_base", "")]
        }
        "/p/{patient}/letters/{letter}/act" => vec![("act", "consent.oral")],
        "/p/{patient}/letters/{letter}/to" => vec![("act", "typed"), ("name", "さくら耳鼻咽喉科")],
        "/p/{patient}/letters/{letter}/sign" => {
            vec![("950", "精査をお願いいたします。"), ("950_base", ""), ("seen", SEEN)]
        }
        "/p/{patient}/letters/{letter}/after" => vec![("act", "reopen"), ("reason", "検査値の追加")],
        _ => return None,
    })
}
