//! What is written in a search.
use super::{context, of, parsed};
use crate::search::{Filter, Match, ParamKey, Prefix, Sort, SortBy, Summary, SystemMatch, Total, parse};
use karute_japan::{Timestamp, search_key};

fn only(name: &str, query: &str) -> Filter {
    let mut filters = parsed(name, query).unwrap_or_else(|error| panic!("{query}: {error:?}")).filters;
    assert_eq!(filters.len(), 1, "{query}");
    filters.remove(0)
}

fn alternatives(name: &str, query: &str) -> Vec<String> {
    match only(name, query) {
        Filter::Any { any, .. } | Filter::None { any, .. } => any.iter().map(show).collect(),
        other => panic!("{query}: {other:?}"),
    }
}

fn show(one: &Match) -> String {
    let system = |system: &SystemMatch| match system {
        SystemMatch::Any => String::new(),
        SystemMatch::Absent => "(none)|".to_owned(),
        SystemMatch::Is(system) => format!("{system}|"),
    };
    let at = |micros: i64| Timestamp::from_micros(micros).to_fhir().replace("+09:00", "");
    match one {
        Match::Token { system: s, code } => format!("{}{}", system(s), code.as_deref().unwrap_or("*")),
        Match::Text { mode, value } => format!("{mode:?} {value}"),
        Match::Local { target, id } => match target {
            Some(target) => format!("{target}/{id}"),
            None => format!("?/{id}"),
        },
        Match::Uri { mode, value } => format!("{mode:?} {value}"),
        Match::Date { prefix, lo, hi } => format!("{prefix:?} {}..{}", at(*lo), at(*hi)),
        Match::Number { prefix, value, lo, hi } => format!("{prefix:?} {value} {lo}..{hi}"),
        Match::Quantity { prefix, value, lo, hi, system: s, unit } => {
            format!("{prefix:?} {value} {lo}..{hi} {}{}", system(s), unit.as_deref().unwrap_or("*"))
        }
        Match::Composite(parts) => parts.iter().map(show).collect::<Vec<_>>().join(" $ "),
    }
}

#[test]
fn values_are_read_by_the_type_of_the_parameter() {
    let yamada = format!("StartsWith {}", search_key("やまだ"));
    for (name, query, expected) in [
        ("Patient", "name=ヤマダ", vec![yamada.as_str()]),
        ("Patient", "name:exact=ヤマダ", vec!["Exact ヤマダ"]),
        ("Patient", r"name:exact=a\,b,c\\", vec!["Exact a,b", r"Exact c\"]),
        ("Patient", "name:contains=TARO", vec!["Contains taro"]),
        ("Patient", "identifier=urn:oid:1.2|0001", vec!["urn:oid:1.2|0001"]),
        ("Patient", "identifier=|0001", vec!["(none)|0001"]),
        ("Patient", "identifier=urn:oid:1.2|", vec!["urn:oid:1.2|*"]),
        ("Patient", r"identifier=a\|b", vec!["a|b"]),
        ("Patient", "identifier:of-type=urn:t|MR|12", vec!["urn:t|MR|12"]),
        ("Patient", "gender=male,female", vec!["male", "female"]),
        (
            "Patient",
            "gender=http://hl7.org/fhir/administrative-gender|male",
            vec!["(none)|male", "http://hl7.org/fhir/administrative-gender|male"],
        ),
        ("Patient", "gender=urn:x|male", vec!["urn:x|male"]),
        (
            "Patient",
            "active=http://terminology.hl7.org/CodeSystem/special-values|true",
            vec!["(none)|true", "http://terminology.hl7.org/CodeSystem/special-values|true"],
        ),
        ("Patient", "birthdate=1970-03", vec!["Eq 1970-03-01T00:00:00.000..1970-03-31T23:59:59.999"]),
        ("Patient", "birthdate=ge1970", vec!["Ge 1970-01-01T00:00:00.000..1970-12-31T23:59:59.999"]),
        (
            "Observation",
            "date=lt2026-11-22T10:25:00 09:00",
            vec!["Lt 2026-11-22T10:25:00.000..2026-11-22T10:25:00.999"],
        ),
        ("Observation", "date=sa2026-11-22T01:25Z", vec!["Sa 2026-11-22T10:25:00.000..2026-11-22T10:25:59.999"]),
        // 100 days before now: ten days to each side.
        (
            "Observation",
            "date=ap2026-08-14T10:00:00+09:00",
            vec!["Ap 2026-08-04T10:00:00.100..2026-08-24T10:00:00.899"],
        ),
        ("RiskAssessment", "probability=gt0.8", vec!["Gt 0.8 0.75..0.85"]),
        ("RiskAssessment", "probability=100", vec!["Eq 100 99.5..100.5"]),
        (
            "Observation",
            "value-quantity=5.4|http://unitsofmeasure.org|mg",
            vec!["Eq 5.4 5.35..5.45 http://unitsofmeasure.org|mg"],
        ),
        ("Observation", "value-quantity=le5.40||mg", vec!["Le 5.4 5.395..5.405 mg"]),
        ("Observation", "value-quantity=ap100", vec!["Ap 100 90..110 *"]),
        ("Observation", "subject=Patient/p1", vec!["Patient/p1"]),
        ("Observation", "subject=p1", vec!["?/p1"]),
        ("Observation", "patient=p1", vec!["Patient/p1"]),
        ("Observation", "subject:Group=p1", vec!["Group/p1"]),
        ("Observation", "subject:Group=Group/p1", vec!["Group/p1"]),
        ("Observation", "subject=https://karute.example/fhir/Patient/p1", vec!["Patient/p1"]),
        ("Observation", "subject=https://x.example/Patient/p1", vec!["Exact https://x.example/Patient/p1"]),
        ("Observation", "subject=urn:uuid:1", vec!["Exact urn:uuid:1"]),
        ("Observation", "subject:identifier=urn:i|7", vec!["urn:i|7"]),
        ("CarePlan", "instantiates-canonical=http://x.example/p|1.0", vec!["Exact http://x.example/p|1.0"]),
        ("ValueSet", "url=http://x.example/v", vec!["Exact http://x.example/v"]),
        ("ValueSet", "url:below=http://x.example/", vec!["Below http://x.example/"]),
        ("ValueSet", "url:above=http://x.example/a/b", vec!["Above http://x.example/a/b"]),
        (
            "Observation",
            "code-value-quantity=http://loinc.org|8480-6$gt90",
            vec!["http://loinc.org|8480-6 $ Gt 90 89.5..90.5 *"],
        ),
        ("Observation", r"code-value-string=a\$b$c", vec!["a$b $ StartsWith c"]),
        ("Observation", "code-value-date=a$2026", vec!["a $ Eq 2026-01-01T00:00:00.000..2026-12-31T23:59:59.999"]),
        ("Observation", "_tag=urn:t|a", vec!["urn:t|a"]),
        ("Observation", "_profile=http://x.example/p", vec!["Exact http://x.example/p"]),
        ("Observation", "_source=urn:s", vec!["Exact urn:s"]),
        ("Observation", "code:not=a,b", vec!["a", "b"]),
    ] {
        assert_eq!(alternatives(name, query), expected, "{query}");
    }
}

#[test]
fn filters_carry_the_right_key() {
    let key = |name: &str, code: &str| ParamKey::of_param(of(name), code);
    let any_key = |query: &str| match only("Observation", query) {
        Filter::Any { param, .. } => param,
        other => panic!("{other:?}"),
    };
    assert_eq!(any_key("code=a"), key("Observation", "code"));
    assert_eq!(any_key("_tag=a"), key("Observation", "_tag"));
    assert_eq!(any_key("subject:identifier=a"), ParamKey::of("Observation.subject:identifier"));
    assert_eq!(any_key("identifier:of-type=a|b|c"), ParamKey::of("Observation.identifier:of-type"));
    assert!(
        matches!(only("Observation", "code:not=a"), Filter::None { param, .. } if param == key("Observation", "code"))
    );
    assert!(
        matches!(only("Observation", "code:missing=true"), Filter::Missing { missing: true, param } if param == key("Observation", "code"))
    );
    assert!(matches!(only("Observation", "code:missing=false"), Filter::Missing { missing: false, .. }));
    assert!(matches!(only("Observation", "_id=a,b"), Filter::Ids(ids) if ids.len() == 2));
    assert!(
        matches!(only("Observation", "_lastUpdated=ge2026,lt2020"), Filter::LastUpdated(any) if any[0].0 == Prefix::Ge && any[1].0 == Prefix::Lt)
    );
}

#[test]
fn chains_lead_one_step_on() {
    let targets = |query: &str| match only("Observation", query) {
        Filter::Chain { param, any } => {
            assert_eq!(param, ParamKey::of("Observation.subject"));
            any.into_iter()
                .map(|(target, filter)| match filter {
                    Filter::Any { param, .. } | Filter::None { param, .. } | Filter::Missing { param, .. } => {
                        (target.to_string(), param)
                    }
                    other => panic!("{other:?}"),
                })
                .collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let keys = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(name, key)| ((*name).to_owned(), ParamKey::of(key))).collect::<Vec<_>>()
    };
    assert_eq!(targets("subject:Patient.name=a"), keys(&[("Patient", "Patient.name")]));
    assert_eq!(targets("subject:Patient.name:exact=a"), keys(&[("Patient", "Patient.name")]));
    assert_eq!(targets("subject:Patient.active:missing=true"), keys(&[("Patient", "Patient.active")]));
    // Of Device, Group, Location and Patient, two have names, and all have identifiers.
    assert_eq!(targets("subject.name=a"), keys(&[("Location", "Location.name"), ("Patient", "Patient.name")]));
    assert_eq!(targets("subject.identifier=a").len(), 4);
    assert!(
        matches!(only("Observation", "subject:Patient._id=a"), Filter::Chain { any, .. } if matches!(any[0].1, Filter::Ids(_)))
    );
    let Filter::Has { source, param, filter } = only("Patient", "_has:Observation:patient:code:not=a") else {
        panic!("no _has")
    };
    assert_eq!((source, param), (of("Observation"), ParamKey::of("Observation.patient")));
    assert!(matches!(*filter, Filter::None { .. }));
}

#[test]
fn control_parameters_shape_the_answer() {
    let query = parsed(
        "Observation",
        "_sort=-date,code,_id,-_lastUpdated,value-quantity&_count=50&_total=accurate&_summary=text&_elements=code,status\
         &_include=Observation:subject:Patient,Observation:encounter&_include:iterate=Patient:organization\
         &_revinclude=Provenance:target&_include=*&_format=json&_pretty=true&_contained=false",
    )
    .unwrap();
    let key = |code: &str| ParamKey::of(&format!("Observation.{code}"));
    let sort: Vec<(SortBy, bool)> = query.sort.iter().map(|Sort { by, descending }| (*by, *descending)).collect();
    assert_eq!(
        sort,
        [
            (SortBy::Date(key("date")), true),
            (SortBy::Token(key("code")), false),
            (SortBy::Id, false),
            (SortBy::LastUpdated, true),
            (SortBy::Number(key("value-quantity")), false),
        ]
    );
    assert_eq!((query.count, query.total, query.summary), (50, Total::Accurate, Summary::Text));
    assert_eq!(query.elements, ["code", "status"]);
    let includes: Vec<String> = query
        .includes
        .iter()
        .map(|i| format!("{} {} {:?} {:?} {}", i.reverse, i.source, i.param, i.target, i.iterate))
        .collect();
    assert_eq!(
        includes,
        [
            format!("false Observation {:?} {:?} false", Some(key("subject")), Some(of("Patient"))),
            format!("false Observation {:?} None false", Some(key("encounter"))),
            format!("false Patient {:?} None true", Some(ParamKey::of("Patient.organization"))),
            format!("true Provenance {:?} None false", Some(ParamKey::of("Provenance.target"))),
            "false Observation None None false".to_owned(),
        ]
    );
    let plain = parse(of("Patient"), &[], &context()).unwrap();
    assert_eq!((plain.count, plain.total, plain.summary), (20, Total::IfKnown, Summary::None));
    assert_eq!(parsed("Patient", "_count=0").unwrap().count, 0);
    assert_eq!(parsed("Patient", "_count=9999").unwrap().count, 500);
    assert_eq!(parsed("Patient", "_total=estimate").unwrap().total, Total::Accurate);
}

#[test]
fn what_cannot_be_done_is_refused_with_the_name_of_the_parameter() {
    for (name, query, code) in [
        ("Patient", "unknown=1", "not-supported"),
        ("Patient", "_unknown=1", "not-supported"),
        ("Patient", "_text=a", "not-supported"),
        ("Patient", "_content=a", "not-supported"),
        ("Patient", "_list=a", "not-supported"),
        ("Patient", "_query=a", "not-supported"),
        ("Patient", "_filter=a", "not-supported"),
        ("Patient", "_has:Observation:patient:subject.name=a", "not-supported"),
        ("Patient", "_has:Observation:patient:_has:Provenance:target:agent=a", "not-supported"),
        ("Patient", "_has:Observation:patient=a", "invalid"),
        ("Patient", "_has:Nothing:patient:code=a", "invalid"),
        ("Patient", "_has:Observation:code:code=a", "invalid"),
        ("Patient", "_has:Observation:encounter:code=a", "invalid"),
        ("Patient", "_has:Observation:patient:nothing=a", "not-supported"),
        ("Observation", "subject:Patient.general-practitioner.name=a", "not-supported"),
        ("Observation", "subject:Medication.code=a", "invalid"),
        ("Observation", "subject:Nothing.code=a", "invalid"),
        ("Observation", "subject.nothing=a", "not-supported"),
        ("Observation", "code.name=a", "invalid"),
        ("Observation", "focus._id=a", "invalid"),
        ("Patient", "name:text=a", "not-supported"),
        ("Patient", "name:not=a", "not-supported"),
        ("Patient", "name:nothing=a", "not-supported"),
        ("Patient", "gender:exact=a", "not-supported"),
        ("Observation", "code:in=a", "not-supported"),
        ("Observation", "code:below=a", "not-supported"),
        ("Observation", "code:of-type=a|b|c", "not-supported"),
        ("Observation", "subject:Medication=a", "invalid"),
        ("Patient", "identifier:of-type=a|b", "value"),
        ("Patient", "active:missing=1", "value"),
        ("Patient", "name=", "invalid"),
        ("Patient", "name=a,,b", "invalid"),
        ("Patient", r"name=a\n", "invalid"),
        ("Patient", r"name=a\", "invalid"),
        ("Patient", "name=\u{3000}", "value"),
        ("Patient", "name=a\u{0}", "invalid"),
        ("Patient", "name=a\nb", "invalid"),
        ("Patient", "identifier=a|b|c", "value"),
        ("Patient", "identifier=|", "value"),
        ("Patient", "birthdate=2026-13", "value"),
        ("Patient", "birthdate=xx2026", "value"),
        ("Patient", "birthdate=soon", "value"),
        ("RiskAssessment", "probability=a", "value"),
        ("RiskAssessment", "probability=1e999", "value"),
        ("Observation", "value-quantity=5|mg", "value"),
        ("Observation", "value-quantity=|a|b", "value"),
        ("Observation", "subject=Practitioner/1", "value"),
        ("Observation", "subject:Group=Patient/1", "value"),
        ("Observation", "subject=Patient/1/_history/2", "not-supported"),
        ("Observation", "subject=#a", "value"),
        ("Observation", "subject=Patient?name%3Da", "value"),
        ("Observation", "subject=a b", "value"),
        ("Observation", "code-value-quantity=a", "value"),
        ("Observation", "code-value-quantity=a$b$c", "value"),
        ("Observation", "code-value-quantity=$1", "value"),
        ("Patient", "_id=a b", "value"),
        ("Patient", "_id:not=a", "not-supported"),
        ("Patient", "_count=-1", "value"),
        ("Patient", "_count=a", "value"),
        ("Patient", "_count=1&_count=2", "invalid"),
        ("Patient", "_total=maybe", "value"),
        ("Patient", "_summary=maybe", "value"),
        ("Patient", "_elements=a b", "value"),
        ("Patient", "_contained=true", "not-supported"),
        ("Patient", "_sort=unknown", "not-supported"),
        ("Observation", "_sort=code-value-quantity", "not-supported"),
        ("Patient", "_sort=name,family,given,gender,birthdate,active", "invalid"),
        ("Observation", "_include=Observation", "invalid"),
        ("Observation", "_include=Observation:code", "not-supported"),
        ("Observation", "_include=Patient:organization", "invalid"),
        ("Observation", "_include=Observation:subject:Medication", "invalid"),
        ("Observation", "_include:recurse=Observation:subject", "not-supported"),
        ("Observation", "_revinclude=*", "invalid"),
        ("Medication", "_revinclude=Observation:subject", "invalid"),
    ] {
        let error = parsed(name, query).err().unwrap_or_else(|| panic!("{query} was taken"));
        let last = query.rsplit('&').next().unwrap();
        let (parameter, value) = last.split_once('=').unwrap();
        assert_eq!((error.parameter.as_str(), error.code), (parameter, code), "{query}: {}", error.message);
        assert!(value.chars().count() < 4 || !error.message.contains(value), "{query}: {}", error.message);
        assert!(!error.message.is_ascii(), "{query}: {}", error.message);
    }
}

#[test]
fn bounds_are_kept() {
    let pair = |name: &str, value: String| vec![(name.to_owned(), value)];
    let refused = |pairs: &[(String, String)]| parse(of("Patient"), pairs, &context()).err().map(|e| e.code);
    assert_eq!(refused(&vec![("name".to_owned(), "a".to_owned()); 65]), Some("invalid"));
    assert_eq!(refused(&vec![("name".to_owned(), "a".to_owned()); 64]), None);
    assert_eq!(refused(&pair("name", "a".repeat(2001))), Some("invalid"));
    assert_eq!(refused(&pair("name", "山".repeat(2000))), None);
    assert_eq!(refused(&pair("name", "a,".repeat(200) + "a")), Some("invalid"));
    assert_eq!(refused(&pair("name", "a,".repeat(199) + "a")), None);
    assert_eq!(refused(&pair(&"n".repeat(201), "a".to_owned())), Some("invalid"));
}

#[test]
fn long_values_are_cut_alike_on_both_sides() {
    let long = "あ".repeat(700);
    let code = alternatives("Patient", &format!("identifier={long}"));
    let indexed = super::entries(&format!(r#"{{"resourceType":"Patient","identifier":[{{"value":"{long}"}}]}}"#));
    let key = ParamKey::of_param(of("Patient"), "identifier");
    let stored = indexed.iter().find(|entry| entry.param == key).unwrap();
    assert!(matches!(&stored.value, crate::search::IndexValue::Token { code: own, .. } if *own == code[0]));
}
