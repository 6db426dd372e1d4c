//! The Bundle itself: profile, tag, Bundle-ID.
use super::{Case, Report};
use crate::profile::names;
use crate::profile::read::{declared, declares, is, is_digits, is_institution, kind, list, of_system, text};
use karute_json::Value;

/// A Bundle that declares nothing but carries the tag or the Bundle-ID of the 5情報.
pub(super) fn looks_like_five_info(bundle: &Value<'_>) -> bool {
    let tagged = || bundle.get("meta").is_some_and(|meta| of_system(list(meta, "tag"), is_kind_tag).next().is_some());
    let has_id = || bundle.get("identifier").is_some_and(|id| is(id, "system", names::BUNDLE_ID));
    let jp = |profile: &str| profile.contains("/JP_Bundle_");
    is(bundle, "type", "collection") && !declared(bundle).any(|p| jp(&p)) && (tagged() || has_id())
}

fn is_kind_tag(system: &str) -> bool {
    system == names::RESOURCE_TYPE_TAG
}

/// R02151 and R2152 for every Bundle of the service; R0211 to R02143 for 5情報.
pub(super) fn check(bundle: &Value<'_>, case: &Case<'_>, report: &mut Report<'_>) {
    let five_info = case.is(bundle, names::BUNDLE_CLINS) || looks_like_five_info(bundle);
    let documents = [names::BUNDLE_REFERRAL, names::BUNDLE_DISCHARGE, names::BUNDLE_PCS, names::BUNDLE_CHECKUP];
    if five_info || documents.into_iter().any(|canonical| case.is(bundle, canonical)) {
        identifier(bundle, report);
    }
    if five_info {
        if !declares(bundle, names::BUNDLE_CLINS) {
            report.say("R0213", ".meta.profile");
        }
        first_entry(bundle, report);
        tag(bundle, report);
    }
}

fn identifier(bundle: &Value<'_>, report: &mut Report<'_>) {
    let identifier = bundle.get("identifier");
    if !identifier.is_some_and(|id| is(id, "system", names::BUNDLE_ID)) {
        return report.say("R02151", ".identifier");
    }
    let value = identifier.and_then(|id| text(id, "value"));
    if !value.is_some_and(|value| is_bundle_id(&value)) {
        report.say("R2152", ".identifier.value");
    }
}

/// `institution ^ year ^ local id`.
pub(in crate::profile) fn is_bundle_id(value: &str) -> bool {
    let parts: Vec<&str> = value.split('^').collect();
    let [institution, year, local] = parts.as_slice() else { return false };
    is_institution(institution)
        && is_digits(year, 4)
        && matches!(year.get(..3), Some("202" | "203"))
        && (1..=36).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn first_entry(bundle: &Value<'_>, report: &mut Report<'_>) {
    let first = list(bundle, "entry").first().and_then(|entry| entry.get("resource"));
    match first.filter(|resource| kind(resource) == "Patient") {
        None => report.say("R0211", ".entry[0].resource"),
        Some(patient) if !declares(patient, &format!("{}JP_Patient_eCS", names::ECS)) => {
            report.say("R0212", ".entry[0].resource.meta.profile");
        }
        Some(_) => {}
    }
}

/// The type the tag names, where it names one.
pub(super) fn tagged_kind<'v>(bundle: &'v Value<'_>) -> Option<std::borrow::Cow<'v, str>> {
    let meta = bundle.get("meta")?;
    let mut tags = of_system(list(meta, "tag"), is_kind_tag);
    let code = text(tags.next()?.1, "code")?;
    matches!(&*code, "AllergyIntolerance" | "Condition" | "Observation").then_some(code)
}

fn tag(bundle: &Value<'_>, report: &mut Report<'_>) {
    let tags = bundle.get("meta").map_or(&[] as &[_], |meta| list(meta, "tag"));
    let mut kinds = of_system(tags, is_kind_tag);
    let Some((place, first)) = kinds.next() else {
        return report.say("R02141", ".meta.tag");
    };
    if let Some((second, _)) = kinds.next() {
        return report.say("R02142", &format!(".meta.tag[{second}]"));
    }
    let code = text(first, "code").unwrap_or_default();
    if !matches!(&*code, "AllergyIntolerance" | "Condition" | "Observation") {
        return report.say("R02142", &format!(".meta.tag[{place}].code"));
    }
    let resources = list(bundle, "entry").iter().filter_map(|entry| entry.get("resource"));
    if !resources.into_iter().any(|resource| kind(resource) == code) {
        report.say("R02143", ".entry");
    }
}

#[cfg(test)]
mod tests {
    use super::is_bundle_id;

    #[test]
    fn a_bundle_id_has_three_parts() {
        assert!(is_bundle_id("2717654321^2026^CND-20260521-0001"));
        for wrong in [
            "2717654321^2026",
            "2717654321^2026^",
            "2717654321^2016^A",
            "5717654321^2026^A",
            "2747654321^2026^A",
            "2717654321^2026^A_1",
            "2717654321^2026^A^B",
            "27176543211^2026^A",
            "2717654321-2026-A",
            "2717654321^2026^1234567890123456789012345678901234567",
        ] {
            assert!(!is_bundle_id(wrong), "{wrong}");
        }
    }
}
