//! Who a letter of another system is addressed to: what its 紹介先情報 (section 910) names.
use karute_json::{Limits, Value, parse};

const INSTITUTION: &str = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
const TO: &str = "910";

/// 医療機関コード and name; `None` when the document names nobody.
pub(super) fn addressee(document: &[u8]) -> Option<(String, String)> {
    let bundle = parse(document, &Limits::FHIR).ok()?;
    let entries = bundle.get("entry").map_or(&[][..], Value::items);
    let text = |value: Option<&Value<'_>>| value.and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let composition = entries.first()?.get("resource")?;
    let sections = composition.get("section").map_or(&[][..], Value::items);
    let section = sections.iter().find(|section| {
        let codings = section.at(&["code", "coding"]).map_or(&[][..], Value::items);
        codings.iter().any(|coding| text(coding.get("code")).as_deref() == Some(TO))
    })?;
    let named = section.get("entry").map_or(&[][..], Value::items).iter().filter_map(|e| text(e.get("reference")));
    for reference in named {
        let entry = entries.iter().find(|entry| text(entry.get("fullUrl")).as_deref() == Some(reference.as_str()));
        let Some(resource) = entry.and_then(|entry| entry.get("resource")) else { continue };
        if text(resource.get("resourceType")).as_deref() != Some("Organization") {
            continue;
        }
        let identifiers = resource.get("identifier").map_or(&[][..], Value::items);
        let code = identifiers.iter().find(|i| text(i.get("system")).as_deref() == Some(INSTITUTION));
        if let Some(code) = code.and_then(|identifier| text(identifier.get("value"))) {
            return Some((code, text(resource.get("name")).unwrap_or_default()));
        }
    }
    None
}
