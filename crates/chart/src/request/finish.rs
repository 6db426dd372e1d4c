//! 診察を終える: what requests have to say and to do.
use super::change::{of_visit, put};
use super::item::When;
use super::resource::{Request, Status};
use crate::ChartError;
use crate::author::set_awaiting;
use crate::finish::{Finishing, OpenPoint};
use crate::query::{parse, resource_type};
use crate::view::element::instant;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Lookup, Reader};

/// Drafts come into force. Open are: what is for today and was not done (a forgotten blood sample would be paid for and
/// never taken), and what a proxy entered and nobody looked at.
pub fn finishing<'a>(reader: &'a Reader, visit: &'a Id) -> BoxFuture<'a, Result<Finishing, ChartError>> {
    Box::pin(async move {
        let requests = of_visit(reader, visit).await?;
        let mut finishing = Finishing::default();
        if requests.is_empty() {
            return Ok(finishing);
        }
        let Lookup::Found(encounter) = reader.read(resource_type("Encounter")?, visit).await? else {
            return Err(ChartError::NotFound);
        };
        let body = parse(&encounter)?;
        let day = instant(&body, &["period", "start"]).map(karute_japan::Timestamp::day_in_japan);
        finishing.open = open(&requests, day);
        for request in requests.iter().filter(|r| r.status == Status::Draft) {
            let Lookup::Found(version) = reader.read(resource_type("ServiceRequest")?, &request.id).await? else {
                continue;
            };
            let mut body = parse(&version)?.into_owned();
            if let Some(object) = body.as_object_mut() {
                object.insert("status", Value::string(Status::Active.code()));
            }
            set_awaiting(&mut body, request.awaiting);
            finishing.changes.push(put(request.id.clone(), body, version.version)?);
        }
        Ok(finishing)
    })
}

/// What is still open of these.
fn open(requests: &[Request], day: Option<Date>) -> Vec<OpenPoint> {
    let mut points = Vec::new();
    let link = |r: &Request| match (&r.patient, &r.visit) {
        (Some(patient), Some(visit)) => format!("/p/{patient}/v/{visit}/requests"),
        _ => "/worklist".to_owned(),
    };
    let mut say = |found: Vec<&Request>, words: &str| {
        if let Some(first) = found.first() {
            let names: Vec<&str> = found.iter().take(3).map(|r| r.asked.display.as_str()).collect();
            let more = if found.len() > 3 { format!(" ほか{}件", found.len() - 3) } else { String::new() };
            points.push(OpenPoint { message: format!("{}{more} {words}", names.join("、")), link: link(first) });
        }
    };
    let live = |r: &&Request| matches!(r.status, Status::Draft | Status::Active);
    say(requests.iter().filter(live).filter(|r| r.awaiting).collect(), "は代行入力のまま、承認されていません");
    let today = |r: &&Request| matches!((r.asked.when, day), (When::On(on), Some(day)) if on == day);
    let due = requests.iter().filter(live).filter(today).filter(|r| r.asked.kind.is_work() && !r.awaiting);
    say(due.collect(), "は今日の指示ですが、まだ実施されていません");
    points
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::request::NewRequest;

    fn request(status: Status, code: &str, when: When, awaiting: bool) -> Request {
        let asked = NewRequest::coded("urn:karute:codesystem:ssk-act", code, code, when).unwrap();
        let id = || Id::new("x").unwrap();
        Request {
            id: id(),
            version: 1,
            status,
            asked,
            group: None,
            specimen: None,
            patient: Some(id()),
            visit: Some(id()),
            written: None,
            by: None,
            principal: None,
            awaiting,
        }
    }

    #[test]
    fn open_is_what_is_due_today_and_what_nobody_approved() {
        let day: Date = "2026-11-20".parse().unwrap();
        let today = When::On(day);
        let cases = [
            (Status::Active, "160010010", today, false, 1),
            (Status::Completed, "160010010", today, false, 0),
            (Status::Revoked, "160010010", today, false, 0),
            (Status::Draft, "160010010", When::NextVisit, false, 0),
            (Status::Active, "113001810", today, false, 0),
            (Status::Draft, "160010010", today, true, 1),
            (Status::Draft, "160010010", When::NextVisit, true, 1),
        ];
        for (status, code, when, awaiting, expected) in cases {
            let found = open(&[request(status, code, when, awaiting)], Some(day));
            assert_eq!(found.len(), expected, "{status:?} {code} {when:?} {awaiting}");
        }
        let many: Vec<Request> = (0..5).map(|_| request(Status::Active, "160010010", today, false)).collect();
        assert!(open(&many, Some(day))[0].message.contains("ほか2件"));
    }
}
