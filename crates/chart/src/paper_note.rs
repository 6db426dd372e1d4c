//! 紙カルテ参照: where the paper chart tells more, for clinics that keep paper. It is a note like any other, so it
//! stands in the timeline when the clinic grows into the full chart.
use crate::ChartError;
use crate::author::Author;
use crate::note::narrative;
use crate::query::resource_type;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup};

/// Title of its section.
pub const TITLE: &str = "紙カルテ参照";
/// Longest note, in characters.
pub const LONGEST: usize = 500;

/// Writes one under the id `new`. [`ChartError::Invalid`] when it is empty or too long, [`ChartError::NotFound`] when
/// the patient is not of this institution.
pub fn write<'a>(
    access: &'a Access,
    patient: &'a Id,
    text: &'a str,
    author: &'a Author,
    new: Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let text: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
        if text.is_empty() || text.chars().count() > LONGEST {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::Read);
        let Lookup::Found(_) = reader.read(resource_type("Patient")?, patient).await? else {
            return Err(ChartError::NotFound);
        };
        reader.release(()).await?;
        let mut body = composition(patient, &text, author, now);
        author.mark(&mut body);
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some(TITLE.to_owned());
        commit.changes.push(Change::Put {
            resource_type: resource_type("Composition")?,
            id: new,
            body,
            expect: Expect::Absent,
        });
        access.commit(commit).await?;
        Ok(())
    })
}

fn composition(patient: &Id, text: &str, author: &Author, now: Timestamp) -> Value<'static> {
    let word = |text: &str| Value::string(text.to_owned());
    let coding = |system: &str, code: &str, display: &str| {
        Value::object([("system", word(system)), ("code", word(code)), ("display", word(display))])
    };
    let section = Value::object([("title", word(TITLE)), ("text", narrative(text))]);
    Value::object([
        ("resourceType", word("Composition")),
        ("status", word("final")),
        (
            "type",
            Value::object([
                ("coding", Value::Array(vec![coding("http://loinc.org", "11506-3", "Progress note")])),
                ("text", word("診療録")),
            ]),
        ),
        ("subject", Value::object([("reference", Value::string(format!("Patient/{patient}")))])),
        ("date", Value::string(now.to_fhir())),
        ("author", Value::Array(vec![author.reference()])),
        ("title", word(TITLE)),
        ("section", Value::Array(vec![section])),
    ])
}
