//! Any JSON is validated and indexed without harm, with a bounded number of findings.
use karute_fhir::{search::extract, validate::validate};
use karute_json::{Limits, parse};

pub(crate) fn holds(bytes: &[u8]) {
    let Ok(value) = parse(bytes, &Limits::FHIR) else { return };
    assert!(validate(&value).len() <= 100);
    let _ = extract(&value);
}
