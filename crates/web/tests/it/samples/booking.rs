//! 予約 and 問診
use super::Form;
use crate::clinic::INVITED;

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/appointments/find" => vec![("schedule", "s-1"), ("at", "2026-12-18T09:15"), ("q", "わたなべ")],
        "/appointments" => vec![("schedule", "s-1"), ("at", "2026-12-18T09:15"), ("patient", "pt-1")],
        "/appointments/{appointment}/move" => vec![("version", "1"), ("schedule", "s-1"), ("at", "2026-12-18T09:30")],
        "/appointments/{appointment}/cancel" => vec![("version", "2"), ("reason", "patient")],
        "/appointments/{appointment}/no-show" => vec![("version", "1")],
        "/appointments/{appointment}/restore" => vec![("version", "3")],
        "/p/{patient}/next-visit" => vec![("schedule", "s-1"), ("at", "2026-12-21T09:15")],
        "/intake/{token}" => vec![("language", "en")],
        "/settings/booking" => vec![("kind", "room"), ("title", "エコー")],
        "/settings/booking/holidays" => vec![("seen", "")],
        "/settings/booking/exceptions" => {
            vec![("whose", ""), ("seen", ""), ("from", "2026-12-29"), ("effect", "closed")]
        }
        "/settings/booking/exceptions/remove" => vec![("whose", ""), ("seen", "1"), ("position", "0")],
        "/settings/booking/{schedule}/rules" => vec![
            ("seen", "1"),
            ("day", "sat"),
            ("from", "09:00"),
            ("until", "12:00"),
            ("minutes", "15"),
            ("capacity", "1"),
        ],
        "/settings/booking/{schedule}/rules/remove" => vec![("seen", "1"), ("position", "0")],
        "/settings/booking/{schedule}/offered" => vec![("seen", "1"), ("offered", "no")],
        _ => return None,
    })
}

/// Addresses of this subject with their ids.
pub(super) fn named(path: &str) -> String {
    // Who did not come had an appointment yesterday.
    let appointment = if path.ends_with("/no-show") { "ap-0" } else { "ap-2" };
    path.replace("{appointment}", appointment).replace("{schedule}", "s-1").replace("{token}", INVITED)
}
