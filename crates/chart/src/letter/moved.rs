//! Drafts of letters when two records of one person become one, and two again.
use super::draft::{SPACE, kept_as, written};
use super::head::Head;
use crate::ChartError;
use karute_fhir::Id;
use karute_ledger::{Access, Doc};

/// Documents of one patient's drafts at most.
const MOST: u32 = 10_000;

/// The drafts of a record given up, as those of the record that stays. Each remembers where it came from.
pub(crate) async fn with_other_patient(access: &Access, from: &Id, to: &Id) -> Result<Vec<Doc>, ChartError> {
    let mut docs = Vec::new();
    for (key, value) in access.docs(SPACE, &format!("{from}/"), MOST).await? {
        let Some(rest) = key.strip_prefix(&format!("{from}/")) else { continue };
        let moved = if rest.ends_with("/head") {
            let mut head: Head = kept_as(&value)?;
            head.patient = to.to_string();
            head.came_from.push(from.to_string());
            head.revision = head.revision.saturating_add(1);
            written(&head)?
        } else {
            value.clone()
        };
        docs.extend(renamed(key.clone(), value, (format!("{to}/{rest}"), moved)));
    }
    Ok(docs)
}

/// Those that came from a record go back to it.
pub(crate) async fn given_back(access: &Access, kept: &Id, given_up: &Id) -> Result<Vec<Doc>, ChartError> {
    let all = access.docs(SPACE, &format!("{kept}/"), MOST).await?;
    let mut docs = Vec::new();
    for (key, value) in all.iter().filter(|(key, _)| key.ends_with("/head")) {
        let mut head: Head = kept_as(value)?;
        if head.came_from.last().map(String::as_str) != Some(given_up.as_str()) {
            continue;
        }
        head.came_from.pop();
        head.patient = given_up.to_string();
        head.revision = head.revision.saturating_add(1);
        let of_letter = format!("{kept}/{}/", head.letter);
        for (part, text) in all.iter().filter(|(part, _)| part.starts_with(&of_letter)) {
            let Some(rest) = part.strip_prefix(&format!("{kept}/")) else { continue };
            let moved = if part == key { written(&head)? } else { text.clone() };
            docs.extend(renamed(part.clone(), text.clone(), (format!("{given_up}/{rest}"), moved)));
        }
    }
    Ok(docs)
}

/// A document under another key, unless somebody wrote it meanwhile.
fn renamed(key: String, was: String, (new, value): (String, String)) -> [Doc; 3] {
    [
        Doc::Swap { space: SPACE, key: key.clone(), value: was.clone(), was, expires: None },
        Doc::Delete { space: SPACE, key },
        Doc::Insert { space: SPACE, key: new, value, expires: None },
    ]
}
