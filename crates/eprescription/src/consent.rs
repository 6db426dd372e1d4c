//! 口頭同意: the patient lets the doctor see what others prescribed, for the checks of this visit on this day.
use karute_chart::author::Author;
use karute_fhir::{Id, ResourceType};
use karute_japan::{Date, Timestamp};
use karute_json::{Limits, Value, parse};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError, Lookup, Reader};

/// A consent that was given.
#[derive(Clone, Debug)]
pub struct Consented {
    /// Who heard it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

fn kind() -> Result<ResourceType, LedgerError> {
    ResourceType::parse("Consent").ok_or_else(|| LedgerError::Unsupported("Consent".to_owned()))
}

fn id(visit: &Id) -> Result<Id, LedgerError> {
    Id::new(&format!("oral-{visit}")).map_err(|_| LedgerError::Limit("id"))
}

/// The consent of this visit, while its day lasts.
///
/// # Errors
/// When the ledger cannot be read.
pub async fn read(reader: &Reader, visit: &Id, today: Date) -> Result<Option<Consented>, LedgerError> {
    let Lookup::Found(version) = reader.read(kind()?, &id(visit)?).await? else { return Ok(None) };
    let body = parse(version.body.as_bytes(), &Limits::FHIR)
        .map_err(|_| LedgerError::Integrity("a consent cannot be read".to_owned()))?;
    let text = |path: &[&str]| body.at(path).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let at = text(&["dateTime"]).and_then(|at| Timestamp::parse(&at));
    let by = text(&["performer", "0", "display"]).unwrap_or_default();
    Ok(at.filter(|at| at.day_in_japan() == today).map(|at| Consented { by, at }))
}

/// Keeps that it was given now.
///
/// # Errors
/// When it cannot be written.
pub async fn keep(
    access: &Access,
    patient: &Id,
    visit: &Id,
    author: &Author,
    now: Timestamp,
) -> Result<(), LedgerError> {
    let word = |plain: &str| Value::string(plain.to_owned());
    let coded = |system: &str, code: &str, display: &str| {
        let coding = Value::object([("system", word(system)), ("code", word(code))]);
        Value::object([("coding", Value::Array(vec![coding])), ("text", word(display))])
    };
    let whose = Value::object([("reference", Value::string(format!("Patient/{patient}")))]);
    let body = Value::object([
        ("resourceType", word("Consent")),
        ("status", word("active")),
        ("scope", coded("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy", "情報の閲覧")),
        (
            "category",
            Value::Array(vec![coded("urn:karute:consent", "eprescription-oral", "重複投薬等チェックの口頭同意")]),
        ),
        ("patient", whose),
        ("dateTime", Value::string(now.to_fhir())),
        ("performer", Value::Array(vec![author.reference()])),
        ("policyRule", coded("urn:karute:consent", "oral", "口頭")),
    ]);
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("電子処方箋: 口頭同意を記録".to_owned());
    commit.changes.push(Change::Put { resource_type: kind()?, id: id(visit)?, body, expect: Expect::Any });
    access.commit(commit).await.map(drop)
}
