//! 受付, patients, work.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/reception/visits/{visit}/step" => vec![("step", "call"), ("version", "1")],
        "/reception/visits/{visit}/order" => vec![("version", "1"), ("shift", "up")],
        "/reception/visits/{visit}/tag" => vec![("version", "2"), ("tag", "fever"), ("on", "1")],
        "/reception/visits/{visit}/assign" => vec![("version", "3"), ("doctor", ""), ("room", "診察室1")],
        "/reception/visits/{visit}/cancel" => vec![("version", "4"), ("reason", "帰宅")],
        "/reception/visits/{visit}/restore" => vec![("version", "5")],
        "/reception/arrivals" => vec![("patient", "pt-2")],
        "/patients/search" | "/audit/find" | "/palette" | "/reception/arrivals/find" => vec![("q", "わたなべ")],
        "/outgoing/{job}/discard" => vec![("reason", "x")],
        "/unlock" => vec![("proof", "x"), ("next", "/")],
        "/p/{patient}/paper-note" => vec![("text", "3冊目 12ページ")],
        "/me/emergency" => vec![("patient", "pt-1"), ("reason", "x")],
        "/me/screen" => vec![("density", "large"), ("keys", "off")],
        "/me/signing" => vec![("by", "file")],
        "/me/signing/card" => vec![("pin", "1")],
        "/me/password" => vec![("old", "a"), ("new", "b"), ("again", "c")],
        _ => return None,
    })
}
