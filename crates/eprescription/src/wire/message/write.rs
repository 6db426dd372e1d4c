//! Results written, as the service writes them: for the sandbox and for round trips.
use super::check::{CheckDetail, Medicine};
use super::outcome::{Finding, Verification};
use super::request::Function;
use super::result::{Answer, Found, Reply, Row};
use super::{MessageError, PastMedicine};
use crate::profile::Profile;
use crate::wire::prescription::date_text;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::Timestamp;
use karute_transport::message::{END, Ending, begin_result, items};

impl Reply {
    /// Writes the result to the request `file_id` (digest 12).
    ///
    /// # Errors
    /// When the profile lacks a part.
    pub fn write(&self, function: Function, file_id: &str, profile: &Profile) -> Result<Vec<u8>, MessageError> {
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
        findings(&mut out, "xml", &outcome.xml, profile)?;
        findings(&mut out, "csv", &outcome.csv, profile)?;
        verifications(&mut out, &outcome.signatures, profile)?;
        out.push_str(END);
        Ok(out.into_bytes())
    }
}

fn list(out: &mut String, name: &str, entries: &[String], profile: &Profile) -> Result<(), MessageError> {
    let list = profile.list(name).ok_or(MessageError::Unknown)?;
    out.push_str(&karute_transport::message::list(list, entries));
    Ok(())
}

fn entry(name: &str, values: &[(&str, String)], profile: &Profile) -> Result<String, MessageError> {
    Ok(items(&profile.list(name).ok_or(MessageError::Unknown)?.items, values))
}

fn findings(out: &mut String, name: &str, found: &[Finding], profile: &Profile) -> Result<(), MessageError> {
    let entries = found
        .iter()
        .map(|finding| entry(name, &[("code", finding.code.clone()), ("message", finding.message.clone())], profile))
        .collect::<Result<Vec<_>, _>>()?;
    list(out, name, &entries, profile)
}

fn verifications(out: &mut String, found: &[Verification], profile: &Profile) -> Result<(), MessageError> {
    let mut entries = Vec::new();
    for one in found {
        let values = [("status", one.status.clone()), ("message", one.message.clone()), ("sign", one.sign.clone())];
        let mut text = entry("verify", &values, profile)?;
        let failures = one
            .failures
            .iter()
            .map(|failure| {
                let values = [
                    ("key", failure.key.clone()),
                    ("code", failure.code.clone()),
                    ("message", failure.message.clone()),
                ];
                entry("failure", &values, profile)
            })
            .collect::<Result<Vec<_>, _>>()?;
        list(&mut text, "failure", &failures, profile)?;
        entries.push(text);
    }
    list(out, "verify", &entries, profile)
}

fn flag(message: bool) -> String {
    if message { "2" } else { "1" }.to_owned()
}

fn body(out: &mut String, answer: &Answer, function: Function, profile: &Profile) -> Result<(), MessageError> {
    let message = profile.message(function.name()).ok_or(MessageError::Unknown)?;
    let mut put = |values: &[(&str, String)]| out.push_str(&items(&message.result, values));
    match answer {
        Answer::Done => {}
        Answer::Ids(ids) if matches!(function, Function::InHouseRegister | Function::InHouseChange) => {
            put(&[("id", ids.id.clone())]);
        }
        Answer::Ids(ids) => put(&[("id", ids.id.clone()), ("code", ids.access_code.clone())]),
        Answer::Copy(pdf) => put(&[("file", STANDARD.encode(pdf))]),
        Answer::Dispensing(envelope, left) => {
            put(&[("result", STANDARD.encode(envelope)), ("message", flag(*left))]);
        }
        Answer::Status(report) => put(&[
            ("status", report.status.text().to_owned()),
            ("pharmacy-code", report.pharmacy_code.clone()),
            ("pharmacy-name", report.pharmacy_name.clone()),
            ("message", flag(report.message)),
            ("result", report.dispensing.as_ref().map(|bytes| STANDARD.encode(bytes)).unwrap_or_default()),
        ]),
        Answer::Rows(rows) => {
            let entries = rows.iter().map(|each| row(each, profile)).collect::<Result<Vec<_>, _>>()?;
            list(out, "rows", &entries, profile)?;
        }
        Answer::Found(all) if function == Function::InHouseSearch => {
            let one = |each: &Found| {
                let created = each.created.map(moment).unwrap_or_default();
                entry("in-house-found", &[("id", each.ids.id.clone()), ("created", created)], profile)
            };
            list(out, "in-house-found", &all.iter().map(one).collect::<Result<Vec<_>, _>>()?, profile)?;
        }
        Answer::Found(all) => {
            let entries = all.iter().map(|each| found(each, profile)).collect::<Result<Vec<_>, _>>()?;
            list(out, "found", &entries, profile)?;
        }
        Answer::Check(result) => {
            put(&[("outcome", if result.details.is_empty() { "2" } else { "0" }.to_owned())]);
            let entries = result.details.iter().map(|each| detail(each, profile)).collect::<Result<Vec<_>, _>>()?;
            list(out, "check", &entries, profile)?;
        }
    }
    Ok(())
}

fn row(row: &Row, profile: &Profile) -> Result<String, MessageError> {
    let values = [
        ("id", row.id.clone()),
        ("dispensing", row.dispensing.clone().unwrap_or_default()),
        ("status", row.status.text().to_owned()),
        ("date", row.date.map(date_text).unwrap_or_default()),
        ("pharmacy-code", row.pharmacy_code.clone()),
        ("pharmacy-name", row.pharmacy_name.clone()),
        ("message", flag(row.message)),
        ("updated", row.updated.map(moment).unwrap_or_default()),
    ];
    entry("rows", &values, profile)
}

fn found(found: &Found, profile: &Profile) -> Result<String, MessageError> {
    let values = [
        ("id", found.ids.id.clone()),
        ("code", found.ids.access_code.clone()),
        ("created", found.created.map(moment).unwrap_or_default()),
    ];
    entry("found", &values, profile)
}

fn detail(detail: &CheckDetail, profile: &Profile) -> Result<String, MessageError> {
    let values = [
        ("id", detail.id.clone()),
        ("category", detail.category.clone()),
        ("ingredient", detail.ingredient.clone()),
        ("message", detail.message.clone()),
    ];
    let mut text = entry("check", &values, profile)?;
    let mut part = |name: &str, content: &str| -> Result<(), MessageError> {
        let child = &profile.list(name).ok_or(MessageError::Unknown)?.child;
        text.push_str(&format!("<{child}>{content}</{child}>"));
        Ok(())
    };
    if let Some(target) = &detail.target {
        part("target", &entry("target", &medicine(target), profile)?)?;
    }
    if let Some(PastMedicine { date, medicine: drug, institution, pharmacy }) = &detail.past {
        let mut values = medicine(drug);
        values.push(("date", date.map(date_text).unwrap_or_default()));
        values.push(("institution", institution.clone()));
        values.push(("pharmacy", pharmacy.clone()));
        part("past", &entry("past", &values, profile)?)?;
    }
    Ok(text)
}

fn medicine(drug: &Medicine) -> Vec<(&'static str, String)> {
    vec![
        ("code-kind", drug.code_kind.clone()),
        ("code", drug.code.clone()),
        ("name", drug.name.clone()),
        ("quantity", drug.quantity.clone()),
        ("usage", drug.usage.clone()),
        ("form", drug.form.clone()),
    ]
}

/// `yyyyMMddHHmmss`, Japan time.
fn moment(at: Timestamp) -> String {
    at.to_fhir().chars().take(19).filter(char::is_ascii_digit).collect()
}
