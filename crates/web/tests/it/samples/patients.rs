//! Registering, changing, merging.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/patients/new/begin" => vec![("q", "もり")],
        "/patients/read" => vec![("birth", "S56.5.2")],
        "/patients" => vec![
            ("family", "森"),
            ("given", "愛"),
            ("family_kana", "モリ"),
            ("given_kana", "アイ"),
            ("birth", "H2.4.1"),
            ("sex", "female"),
        ],
        "/patients/unknown" => vec![("sex", "male"), ("words", "")],
        "/p/{patient}/edit" => vec![
            ("version", "1"),
            ("family", "渡邊"),
            ("given", "真弓"),
            ("family_kana", "ワタナベ"),
            ("given_kana", "マユミ"),
            ("birth", "S56.5.2"),
            ("sex", "female"),
            ("phone", "03-1234-5678"),
        ],
        "/p/{patient}/insurance" => vec![("card_kind", "self-pay")],
        "/p/{patient}/public" => vec![("public_payer", "8013"), ("public_recipient", "1"), ("sure", "1")],
        "/p/{patient}/merge/find" => vec![("q", "わたなべ")],
        "/p/{patient}/merge" => {
            vec![("other", "pt-8"), ("version", "2"), ("other_version", "1"), ("keep", "left"), ("reason", "同じ方")]
        }
        "/p/{patient}/unmerge" => vec![("version", "2"), ("reason", "別の方")],
        _ => return None,
    })
}
