//! 受付, patients, work.
use super::Form;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/reception/visits/{visit}/step" => vec![("step", "call"), ("version", "1")],
        "/reception/arrivals" => vec![("patient", "pt-2")],
        "/patients/search" | "/audit/find" | "/palette" => vec![("q", "わたなべ")],
        "/outgoing/{job}/discard" => vec![("reason", "x")],
        "/unlock" => vec![("proof", "x"), ("next", "/")],
        "/p/{patient}/paper-note" => vec![("text", "3冊目 12ページ")],
        "/me/emergency" => vec![("patient", "pt-1"), ("reason", "x")],
        "/me/screen" => vec![("density", "large"), ("keys", "off")],
        "/me/password" => vec![("old", "a"), ("new", "b"), ("again", "c")],
        _ => return None,
    })
}
