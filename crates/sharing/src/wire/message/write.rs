//! Results written, as the service writes them: for the sandbox and for round trips.
use super::answer::{Answer, Reply, Row};
use super::{Function, MessageError, view};
use crate::profile::Profile;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::Timestamp;
use karute_transport::message::{END, Ending, begin_result, items, list};

impl Reply {
    /// Writes the result to the request `file_id`.
    ///
    /// # Errors
    /// When the profile lacks a part.
    pub fn write(&self, function: Function, file_id: &str, profile: &Profile) -> Result<Vec<u8>, MessageError> {
        if function == Function::View {
            return view::write(self, file_id, profile);
        }
        let outcome = &self.outcome;
        let ending = Ending {
            done: outcome.done,
            in_progress: outcome.in_progress,
            code: outcome.code.clone(),
            message: outcome.message.clone(),
        };
        let mut out = begin_result(file_id, &ending);
        if let (Some(answer), true) = (&self.answer, outcome.done) {
            body(&mut out, answer, function, profile)?;
        }
        let spec = profile.list("fhir").ok_or(MessageError::Unknown)?;
        let findings: Vec<String> = outcome
            .findings
            .iter()
            .map(|finding| {
                let values = [
                    ("code", finding.code.clone()),
                    ("message", finding.message.clone()),
                    ("location", finding.location.clone()),
                ];
                items(&spec.items, &values)
            })
            .collect();
        out.push_str(&list(spec, &findings));
        out.push_str(END);
        Ok(out.into_bytes())
    }
}

fn body(out: &mut String, answer: &Answer, function: Function, profile: &Profile) -> Result<(), MessageError> {
    let message = profile.message(function.name()).ok_or(MessageError::Unknown)?;
    let mut put = |values: &[(&str, String)]| out.push_str(&items(&message.result, values));
    match answer {
        Answer::Done | Answer::Viewed(_) => {}
        Answer::Accepted(receipt) => put(&[("receipt", receipt.clone())]),
        Answer::State(state) => put(&[("state", profile.text(&format!("states.{}", state.name())).to_owned())]),
        Answer::Document(envelope) => put(&[("info", STANDARD.encode(envelope))]),
        Answer::File(file) => put(&[
            ("type", file.content_type.clone()),
            ("name", file.name.clone()),
            ("data", STANDARD.encode(&file.data)),
        ]),
        Answer::Master(version, file) => {
            let file = file.as_ref().map(|file| STANDARD.encode(file)).unwrap_or_default();
            put(&[("version", version.clone()), ("file", file)]);
        }
        Answer::Rows(rows, pages) => {
            put(&[("pages", pages.to_string())]);
            let spec = profile.list("documents").ok_or(MessageError::Unknown)?;
            let entries: Vec<String> = rows.iter().map(|each| items(&spec.items, &row(each, profile))).collect();
            out.push_str(&list(spec, &entries));
        }
        Answer::Facilities(all) => {
            let spec = profile.list("facilities").ok_or(MessageError::Unknown)?;
            let entries: Vec<String> = all
                .iter()
                .map(|one| {
                    let values =
                        [("code", one.code.clone()), ("name", one.name.clone()), ("takes-part", flag(one.takes_part))];
                    items(&spec.items, &values)
                })
                .collect();
            out.push_str(&list(spec, &entries));
        }
    }
    Ok(())
}

fn flag(yes: bool) -> String {
    if yes { "1" } else { "0" }.to_owned()
}

fn row(row: &Row, profile: &Profile) -> Vec<(&'static str, String)> {
    vec![
        ("key", row.key.clone()),
        ("sender-code", row.sender.clone()),
        ("sender-name", row.sender_name.clone()),
        ("kana", row.kana.clone()),
        ("birth", row.birth.map(|day| day.to_string().replace('-', "")).unwrap_or_default()),
        ("sex", row.sex.clone()),
        ("insured", row.insured.clone()),
        ("kind", row.kind.code(profile).to_owned()),
        ("at", row.at.map(moment).unwrap_or_default()),
        ("consent", flag(row.consent)),
        ("received", flag(row.received)),
        ("attachments", row.attachments.to_string()),
        ("size", row.size.to_string()),
    ]
}

/// `yyyyMMddHHmmss`, Japan time.
pub(crate) fn moment(at: Timestamp) -> String {
    let digits: String = at.to_fhir().chars().take(19).filter(char::is_ascii_digit).collect();
    // Instants are written in Japan time.
    digits
}
