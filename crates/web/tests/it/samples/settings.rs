//! Masters and 設定.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/terminology/search" | "/settings/drugs/search" | "/settings/sets/{set}/search" => {
            vec![("kind", "drug"), ("q", "あむろ")]
        }
        "/settings/drugs" | "/settings/drugs/drop" => vec![("nhi", "2171022F1274"), ("display", "x")],
        "/settings/clinic" => vec![("mode", "full")],
        "/settings/clinic/contact" => vec![("address", "東京都千代田区架空町１－２－３"), ("phone", "03-1234-5678")],
        "/settings/clinic/department" => vec![("name", "内科"), ("code", "01")],
        "/settings/clinic/naming" => vec![("naming", "product")],
        "/settings/people" => vec![("name", "x"), ("kana", "x"), ("login", "x")],
        "/settings/people/{person}" => vec![("act", "unlock")],
        "/settings/patients" => vec![("digits", "6")],
        "/settings/sets" => vec![("title", "x")],
        "/settings/sets/{set}/title" => vec![("seen", "1"), ("title", "x")],
        "/settings/sets/{set}/items" => vec![("seen", "1"), ("system", ""), ("code", "1"), ("display", "x")],
        "/settings/sets/{set}/items/note" => vec![("seen", "1"), ("position", "0"), ("note", "x")],
        "/settings/sets/{set}/items/remove" => vec![("seen", "1"), ("position", "0")],
        "/settings/sets/{set}/retire" | "/settings/sets/{set}/restore" => vec![("seen", "1")],
        _ => return None,
    })
}
