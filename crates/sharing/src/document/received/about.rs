//! Who wrote, and about whom.
use super::resolve::Entries;
use crate::document::json::{display, items, text};
use crate::document::names;
use karute_chart::inbox::{Sender, Who};
use karute_chart::view::Sex;
use karute_json::Value;

/// Longest name or address taken over, in characters.
const LONGEST: usize = 200;

fn line(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    let kept: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").chars().take(LONGEST).collect()
}

fn department(organization: &Value<'_>) -> Option<String> {
    // Older tables print the extension under clins/.
    let found = items(organization, "extension")
        .iter()
        .find(|e| text(e, &["url"]).is_some_and(|u| u.ends_with("JP_eCS_Department")));
    found.and_then(|e| e.get("valueCodeableConcept")).and_then(display)
}

fn institution_code(body: &Value<'_>) -> Option<String> {
    let own = items(body, "identifier").iter().find(|i| text(i, &["system"]).as_deref() == Some(names::INSTITUTION));
    own.and_then(|i| text(i, &["value"]))
}

/// Who wrote: author and custodian of a document; of a unit the institution that its entries name.
pub(super) fn sender<'b, 'a>(entries: &Entries<'b, 'a>, composition: Option<&'b Value<'a>>) -> Sender {
    let Some(composition) = composition else { return of_unit(entries) };
    let mut sender = Sender::default();
    let authors = items(composition, "author").iter().chain(composition.get("custodian"));
    for author in authors {
        let Some(found) = entries.resolve(composition, author) else {
            if sender.institution.is_empty() {
                sender.institution = text(author, &["display"]).map(|t| line(&t)).unwrap_or_default();
            }
            continue;
        };
        match text(found, &["resourceType"]).as_deref() {
            Some("Organization") => organization(&mut sender, found),
            Some("Practitioner") if sender.doctor.is_empty() => sender.doctor = person(found),
            Some("PractitionerRole") => {
                for (name, kind) in [("practitioner", "Practitioner"), ("organization", "Organization")] {
                    let Some(told) = found.get(name).and_then(|r| text(r, &["reference"])) else { continue };
                    let target =
                        entries.of(kind).find(|each| text(each, &["id"]).is_some_and(|id| told.ends_with(&id)));
                    match (target, kind) {
                        (Some(target), "Organization") => organization(&mut sender, target),
                        (Some(target), _) if sender.doctor.is_empty() => sender.doctor = person(target),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    if sender.institution.is_empty() {
        "差出元不明".clone_into(&mut sender.institution);
    }
    sender
}

fn organization(sender: &mut Sender, body: &Value<'_>) {
    if sender.institution.is_empty() {
        sender.institution = text(body, &["name"]).map(|t| line(&t)).unwrap_or_default();
    }
    if sender.code.is_empty() {
        sender.code = institution_code(body).unwrap_or_default();
    }
    if sender.department.is_empty() {
        sender.department = department(body).map(|t| line(&t)).unwrap_or_default();
    }
    if sender.address.is_empty() {
        sender.address = text(body, &["address", "0", "text"]).map(|t| line(&t)).unwrap_or_default();
    }
    if sender.phone.is_empty() {
        let phone = items(body, "telecom").iter().find(|t| text(t, &["system"]).as_deref() == Some("phone"));
        sender.phone = phone.and_then(|t| text(t, &["value"])).map(|t| line(&t)).unwrap_or_default();
    }
}

fn of_unit(entries: &Entries<'_, '_>) -> Sender {
    let mut sender = Sender::default();
    for resource in entries.all() {
        for extension in items(resource, "extension") {
            let url = text(extension, &["url"]).unwrap_or_default();
            if url.ends_with("JP_eCS_InstitutionNumber") && sender.code.is_empty() {
                sender.code = text(extension, &["valueIdentifier", "value"]).unwrap_or_default();
            }
        }
        if sender.department.is_empty() {
            sender.department = department(resource).map(|t| line(&t)).unwrap_or_default();
        }
    }
    if let Some(found) = entries.of("Organization").next() {
        organization(&mut sender, found);
    }
    if sender.institution.is_empty() {
        sender.institution =
            if sender.code.is_empty() { "差出元不明".to_owned() } else { format!("医療機関 {}", sender.code) };
    }
    sender
}

fn names_of(body: &Value<'_>, kana: bool) -> Option<String> {
    let script = |name: &Value<'_>| {
        let all = items(name, "extension");
        let found = all.iter().find(|e| text(e, &["url"]).as_deref() == Some(names::REPRESENTATION));
        found.and_then(|e| text(e, &["valueCode"]))
    };
    let all = items(body, "name");
    let found = all.iter().find(|name| (script(name).as_deref() == Some("SYL")) == kana)?;
    text(found, &["text"]).or_else(|| {
        let family = text(found, &["family"])?;
        Some(format!("{family} {}", text(found, &["given", "0"]).unwrap_or_default()))
    })
}

fn person(body: &Value<'_>) -> String {
    names_of(body, false).or_else(|| names_of(body, true)).map(|t| line(&t)).unwrap_or_default()
}

/// About whom.
pub(super) fn who(patient: &Value<'_>) -> Who {
    let identifiers = items(patient, "identifier");
    let member = identifiers
        .iter()
        .find(|i| text(i, &["system"]).is_some_and(|s| s == names::MEMBER || s == names::WELFARE_MEMBER));
    Who {
        name: person(patient),
        kana: names_of(patient, true).map(|t| line(&t)).unwrap_or_default(),
        birth: text(patient, &["birthDate"]).and_then(|day| day.parse().ok()),
        sex: match text(patient, &["gender"]).as_deref() {
            Some("male") => Sex::Male,
            Some("female") => Sex::Female,
            _ => Sex::Unknown,
        },
        member: member.and_then(|i| text(i, &["value"])).map(|t| line(&t)).unwrap_or_default(),
        address: text(patient, &["address", "0", "text"]).map(|t| line(&t)).unwrap_or_default(),
    }
}
