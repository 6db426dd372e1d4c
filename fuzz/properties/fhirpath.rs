//! Any expression is parsed or refused; one that is parsed is evaluated on a small patient without harm.
use karute_fhir::path::{Expression, Scope};
use karute_json::{Limits, parse};

const PATIENT: &str = r#"{"resourceType":"Patient","id":"1","name":[{"family":"山田","given":["太郎","次郎"]}],"birthDate":"1958-03-14","multipleBirthInteger":2,"contact":[{"name":{"family":"山田"}}]}"#;

pub(crate) fn holds(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Ok(expression) = Expression::parse(text) else { return };
    let Ok(patient) = parse(PATIENT.as_bytes(), &Limits::FHIR) else { return };
    let scope = Scope::of(&patient);
    let _ = expression.eval(&scope);
    let _ = expression.test(&scope);
}
