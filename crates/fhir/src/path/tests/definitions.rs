//! The expressions of the R4 definitions.
use super::{OBSERVATION, PATIENT, json, shown};
use crate::ResourceType;
use crate::generated::INVARIANTS;
use crate::model::TypeId;
use crate::path::{Expression, Node, Scope, types};
use crate::search::params_of;

#[test]
fn all_invariants_and_search_expressions_of_r4_parse() {
    for invariant in &INVARIANTS {
        assert!(Expression::parse(invariant.expression).is_ok(), "{}: {}", invariant.key, invariant.expression);
    }
    for resource_type in ResourceType::all() {
        for param in params_of(resource_type) {
            let expressions = param.components.iter().map(|(_, e)| *e).chain([param.expression]);
            for expression in expressions {
                assert!(Expression::parse(expression).is_ok(), "{}: {expression}", param.url);
            }
        }
    }
}

#[test]
fn patterns_of_all_invariants_are_understood() {
    let text = json(r#"{"resourceType":"Basic","id":"abc"}"#);
    for invariant in &INVARIANTS {
        for (start, _) in invariant.expression.match_indices("matches('") {
            let rest = invariant.expression.get(start..).unwrap();
            let end = rest.match_indices("')").map(|(at, _)| at).find(|at| !rest[..*at].ends_with('\\')).unwrap();
            let call = format!("'x'.{}", &rest[..end + 2]);
            assert!(matches!(shown(&text, &call).as_str(), "true" | "false"), "{}: {call}", invariant.key);
        }
    }
}

#[test]
fn invariants_are_tested_where_they_stand() {
    let observation = json(OBSERVATION);
    let holds = |expression: &str, node: Node<'_>| {
        Expression::parse(expression).unwrap().test(&Scope::of(&observation).at(node)).unwrap()
    };
    let typed = |name: &str, value| Node::element(Some(value), None, types::of_name(name));
    let effective = observation.get("effectiveDateTime").unwrap();
    let vs_1 = "($this as dateTime).toString().length() >= 8";
    assert_eq!(holds(vs_1, typed("dateTime", effective)), Some(true));
    let period = observation.at(&["component", "3", "valuePeriod"]).unwrap();
    let per_1 = "start.hasValue().not() or end.hasValue().not() or (start <= end)";
    assert_eq!(holds(per_1, typed("Period", period)), Some(true));
    let backwards = json(r#"{"start":"2026-03-02","end":"2026-03-01"}"#);
    assert_eq!(holds(per_1, typed("Period", &backwards)), Some(false));
    let unclear = json(r#"{"start":"2026-03-02","end":"2026-03"}"#);
    assert_eq!(holds(per_1, typed("Period", &unclear)), None);
    let obs_7 = "value.empty() or component.code.where(coding.intersect(%resource.code.coding).exists()).empty()";
    assert_eq!(holds(obs_7, Node::new(&observation)), Some(true));
    let same = json(
        r#"{"resourceType":"Observation","code":{"coding":[{"code":"a"}]},"valueString":"x",
            "component":[{"code":{"coding":[{"code":"a"}]}}]}"#,
    );
    assert_eq!(Expression::parse(obs_7).unwrap().is_true(&Scope::of(&same)), Ok(false));
}

#[test]
fn contained_resources_must_be_referred_to() {
    let dom_3 = "contained.where((('#'+id in (%resource.descendants().reference | %resource.descendants().as(canonical) | %resource.descendants().as(uri) | %resource.descendants().as(url))) or descendants().where(reference = '#').exists() or descendants().where(as(canonical) = '#').exists() or descendants().where(as(canonical) = '#').exists()).not()).trace('unmatched', id).empty()";
    let expression = Expression::parse(dom_3).unwrap();
    for (text, expected) in [
        (PATIENT.to_owned(), true),
        (r#"{"resourceType":"CarePlan","contained":[{"resourceType":"Goal","id":"g"}]}"#.to_owned(), false),
        (
            r##"{"resourceType":"CarePlan","instantiatesCanonical":["#g"],"contained":[{"resourceType":"PlanDefinition","id":"g"}]}"##
                .to_owned(),
            true,
        ),
    ] {
        let resource = json(&text);
        assert_eq!(expression.is_true(&Scope::of(&resource)), Ok(expected), "{text}");
    }
}

#[test]
fn a_type_of_an_element_is_told_by_the_definitions() {
    let resource = json(PATIENT);
    let kinds = |expression: &str| -> Vec<Option<&str>> {
        let expression = Expression::parse(expression).unwrap();
        let items = expression.eval(&Scope::of(&resource)).unwrap();
        items.iter().map(|item| item.as_node().unwrap().kind()).collect()
    };
    assert_eq!(kinds("name.family"), [Some("string"), Some("string")]);
    assert_eq!(kinds("contained"), [Some("Organization"), Some("Practitioner")]);
    assert_eq!(kinds("contact.period.start"), [Some("dateTime")]);
    assert_eq!(kinds("identifier.children()").first(), Some(&Some("uri")));
    let first: Option<TypeId> = types::of_name("Patient.contact");
    assert!(first.is_none());
    assert_eq!(kinds("contact"), [Some("Patient.contact")]);
}
