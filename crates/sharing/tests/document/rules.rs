//! What the profiles and the numbered rules of the service ask for.
use karute_fhir::profile::{ProfileSet, passes, validate};
use karute_json::Value;

/// Holds for everything we make: no error by the product's own rules.
pub(crate) fn hold(bundle: &Value<'_>) {
    let findings = validate(bundle, ProfileSet::own());
    assert!(passes(&findings), "{findings:#?}");
}
