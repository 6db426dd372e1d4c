//! 検体ラベル: one for each specimen, and the slip that goes with it.
use super::change::{Place, of_visit, open_visit};
use super::item::{Kind, When};
use super::resource::{Request, Status};
use crate::ChartError;
use crate::query::{parse, resource_type};
use crate::view::Person;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, Lookup};

/// A label for one specimen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// 検体: 血清, 尿 …
    pub specimen: String,
    /// 12 digits of the barcode: day (YYMMDD), number of reception (4), number of the specimen (2). Says nothing about
    /// the patient.
    pub number: String,
    /// What is tested.
    pub tests: Vec<String>,
    /// 至急
    pub urgent: bool,
}

/// What is printed for a visit.
#[derive(Clone, Debug)]
pub struct Labels {
    /// Who.
    pub person: Person,
    /// 採血日
    pub day: Date,
    /// One for each specimen.
    pub labels: Vec<Label>,
    /// Everything to be done, for the slip (検査・処置の指示).
    pub requests: Vec<Request>,
}

/// Labels and slip of a visit for `day`. One audit event.
pub fn labels<'a>(access: &'a Access, visit: &'a Id, day: Date) -> BoxFuture<'a, Result<Labels, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("検体ラベルの印刷");
        let Lookup::Found(version) = reader.read(resource_type("Encounter")?, visit).await? else {
            return Err(ChartError::NotFound);
        };
        let encounter = crate::view::Encounter::read(visit.clone(), version.version, &parse(&version)?);
        let patient = encounter.patient.clone().ok_or(ChartError::NotFound)?;
        open_visit(&reader, Place { patient: &patient, visit }).await?;
        let Lookup::Found(stored) = reader.read(resource_type("Patient")?, &patient).await? else {
            return Err(ChartError::NotFound);
        };
        let person = Person::read(patient, &parse(&stored)?);
        let mut requests = of_visit(&reader, visit).await?;
        requests.retain(|r| {
            let due = matches!(r.asked.when, When::On(on) if on == day);
            matches!(r.status, Status::Active | Status::Completed) && due && r.asked.kind.is_work()
        });
        let labels = for_specimens(&requests, day, encounter.queue_number.unwrap_or(0));
        Ok(reader.release(Labels { person, day, labels, requests }).await?)
    })
}

/// One label for each specimen, in the order in which tests ask for them. Tests of unknown specimen share one.
fn for_specimens(requests: &[Request], day: Date, queue: u32) -> Vec<Label> {
    let mut labels: Vec<Label> = Vec::new();
    for request in requests.iter().filter(|r| r.asked.kind == Kind::Lab) {
        let specimen = request.specimen.clone().unwrap_or_else(|| "検体".to_owned());
        let index = labels.iter().position(|l| l.specimen == specimen).unwrap_or_else(|| {
            let at = labels.len() + 1;
            let year = day.year().rem_euclid(100);
            let number = format!("{year:02}{:02}{:02}{:04}{:02}", day.month(), day.day(), queue % 10_000, at % 100);
            labels.push(Label { specimen, number, tests: Vec::new(), urgent: false });
            labels.len() - 1
        });
        if let Some(label) = labels.get_mut(index) {
            label.tests.push(request.asked.display.clone());
            label.urgent |= request.asked.urgent;
        }
    }
    labels
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::request::NewRequest;

    #[test]
    fn each_specimen_has_its_label_and_number() {
        let day: Date = "2026-11-20".parse().unwrap();
        let request = |name: &str, specimen: Option<&str>, urgent: bool| {
            let jlac10 = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";
            let mut asked = NewRequest::coded(jlac10, "x", name, When::On(day)).unwrap();
            asked.urgent = urgent;
            let id = Id::new("x").unwrap();
            let specimen = specimen.map(str::to_owned);
            let (patient, visit) = (None, None);
            Request {
                id,
                version: 1,
                status: Status::Active,
                asked,
                group: None,
                specimen,
                patient,
                visit,
                written: None,
                by: None,
                principal: None,
                awaiting: false,
            }
        };
        let requests = [
            request("HbA1c", Some("全血"), false),
            request("Cre", Some("血清"), false),
            request("LDL", Some("血清"), true),
            request("なにか", None, false),
        ];
        let found: Vec<(String, String, usize, bool)> = for_specimens(&requests, day, 14)
            .into_iter()
            .map(|l| (l.specimen, l.number, l.tests.len(), l.urgent))
            .collect();
        let expected =
            [("全血", "261120001401", 1, false), ("血清", "261120001402", 2, true), ("検体", "261120001403", 1, false)];
        assert_eq!(found, expected.map(|(s, n, t, u)| (s.to_owned(), n.to_owned(), t, u)));
    }
}
