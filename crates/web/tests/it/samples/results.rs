//! Disease names, results, attachments.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/p/{patient}/problems" => vec![("new", "pb-new"), ("words", "腰痛症")],
        "/p/{patient}/problems/search" | "/p/{patient}/problems/{problem}/search" => vec![("q", "とうにょう")],
        "/p/{patient}/problems/{problem}" => vec![("act", "change"), ("seen", "1"), ("start", "2026/11/1")],
        "/p/{patient}/problems/{problem}/billing" => vec![("act", "main")],
        "/p/{patient}/allergies" => vec![("new", "al-new"), ("words", "湿布"), ("kind", "drug")],
        "/p/{patient}/allergies/choose" => vec![("kind", "allergen"), ("q", "そば")],
        "/p/{patient}/allergies/words" => vec![("words", "湿布")],
        "/p/{patient}/allergies/none" => vec![("new", "al-none")],
        "/p/{patient}/allergies/state" => vec![("new", "st-1"), ("new2", "st-2"), ("pregnancy", "no")],
        "/p/{patient}/allergies/infections" => vec![("new", "in-1"), ("words", "HBs抗原 陽性")],
        "/p/{patient}/allergies/{entry}" => vec![("act", "end"), ("seen", "1"), ("reason", "再投与で問題なし")],
        "/p/{patient}/results/target" => vec![("measure", "3D046000001927101"), ("name", "HbA1c"), ("high", "7.0")],
        "/p/{patient}/documents/{document}" => vec![("act", "delete"), ("seen", "1"), ("reason", "別の患者")],
        "/p/{patient}/schema" => vec![("id", "sk-new"), ("template", "knee"), ("caption", "右膝に圧痛")],
        "/p/{patient}/search" | "/records/search" => vec![("q", "動悸")],
        _ => return None,
    })
}

/// What goes with a route that takes a file: its content type and body.
pub(crate) fn file(path: &str) -> Option<(String, Vec<u8>)> {
    (path == "/p/{patient}/documents").then(|| multipart("scan", "同意書", &picture()))
}

/// A picture of one point.
pub(crate) fn picture() -> Vec<u8> {
    b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;".to_vec()
}

/// A form with a file.
pub(crate) fn multipart(category: &str, title: &str, file: &[u8]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in [("category", category), ("title", title)] {
        body.extend(format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    body.extend(b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"photo.jpg\"\r\ncontent-type: image/jpeg\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--b--\r\n");
    ("multipart/form-data; boundary=b".to_owned(), body)
}
