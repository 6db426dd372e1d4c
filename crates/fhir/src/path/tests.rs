//! Evaluation cases, and the expressions of R4 itself.
#![allow(clippy::unwrap_used)]
use super::{EvalError, Expression, Item, Node, Scope};
use crate::generated::INVARIANTS;
use crate::model::TypeId;
use crate::search::params_of;
use crate::{ResourceType, path::types};
use karute_json::{Limits, Value, parse};

const PATIENT: &str = r##"{
  "resourceType": "Patient", "id": "p1", "active": true,
  "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">山田</div>"},
  "contained": [
    {"resourceType": "Organization", "id": "org", "name": "院"},
    {"resourceType": "Practitioner", "id": "dr"}
  ],
  "extension": [
    {"url": "http://example.jp/race", "valueCode": "x"},
    {"url": "http://example.jp/blood", "valueCodeableConcept": {"text": "A"}}
  ],
  "identifier": [
    {"system": "urn:oid:1.2", "value": "0001"},
    {"system": "urn:oid:1.3", "value": "0002", "type": {"coding": [{"code": "MR"}]}}
  ],
  "name": [
    {"use": "official", "family": "山田", "given": ["太郎", "一郎"]},
    {"use": "usual", "family": "ヤマダ", "given": ["タロウ"], "_given": [{"id": "g1"}]}
  ],
  "telecom": [{"system": "phone", "value": "03-1234-5678"}, {"system": "email", "value": "a@example.jp"}],
  "birthDate": "1970-03-30", "_birthDate": {"extension": [{"url": "http://example.jp/time", "valueDateTime": "1970-03-30T10:00:00+09:00"}]},
  "_gender": {"extension": [{"url": "http://example.jp/unknown", "valueBoolean": true}]},
  "deceasedBoolean": false,
  "multipleBirthInteger": 2,
  "contact": [{"name": {"text": "花子"}, "period": {"start": "2020", "end": "2021-05"}}],
  "generalPractitioner": [{"reference": "#dr"}, {"reference": "Organization/o9"}, {"reference": "https://x.example/fhir/Practitioner/7"}],
  "managingOrganization": {"reference": "#org"},
  "link": [{"other": {"type": "Patient", "identifier": {"value": "z"}}, "type": "refer"}]
}"##;

const OBSERVATION: &str = r#"{
  "resourceType": "Observation", "id": "o1", "status": "final",
  "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}, {"system": "urn:x", "code": "bp"}], "text": "血圧"},
  "subject": {"reference": "Patient/p1"},
  "effectiveDateTime": "2026-11-22T10:25:00+09:00",
  "issued": "2026-11-22T01:25:00.000Z",
  "valueQuantity": {"value": 72.50, "unit": "mmHg", "system": "http://unitsofmeasure.org", "code": "mm[Hg]"},
  "referenceRange": [{"low": {"value": 1, "unit": "mmHg"}, "high": {"value": 2.0, "unit": "mmHg"}}],
  "component": [
    {"code": {"text": "a"}, "valueInteger": 1},
    {"code": {"text": "b"}, "valueString": "x"},
    {"code": {"text": "c"}, "valueTime": "10:30:00"},
    {"code": {"text": "d"}, "valuePeriod": {"start": "2026-01", "end": "2026-02-10"}}
  ]
}"#;

fn json(text: &str) -> Value<'static> {
    parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned()
}

/// The result as text: items by commas, texts without quotes, trees as JSON.
fn shown(resource: &Value<'_>, expression: &str) -> String {
    let expression = match Expression::parse(expression) {
        Ok(expression) => expression,
        Err(error) => return format!("parse: {}", error.offset),
    };
    let scope = Scope::of(resource);
    let shown = |item: &Item<'_>| match item {
        Item::Node(node) => match node.value() {
            None => "(no value)".to_owned(),
            Some(Value::String(text)) => text.decode().into_owned(),
            Some(value) => value.to_json(),
        },
        Item::Bool(value) => value.to_string(),
        Item::Integer(value) => value.to_string(),
        Item::Decimal(value) => value.to_string(),
        Item::Text(text) => text.to_string(),
        Item::Resource(resource_type) => format!("a {resource_type}"),
        Item::Temporal(temporal) => format!("@{}", temporal.1),
        Item::Quantity(quantity) => format!("{} {}", quantity.0.value, quantity.0.unit),
    };
    match expression.eval(&scope) {
        Ok(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        Err(EvalError::Budget) => "error: budget".to_owned(),
        Err(EvalError::Singleton) => "error: singleton".to_owned(),
        Err(EvalError::Type) => "error: type".to_owned(),
    }
}

fn check(resource: &str, cases: &[(&str, &str)]) {
    let resource = json(resource);
    let wrong: Vec<String> = cases
        .iter()
        .filter_map(|(expression, expected)| {
            let actual = shown(&resource, expression);
            (actual != *expected).then(|| format!("{expression}\n   gives    {actual}\n   expected {expected}"))
        })
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn paths_lead_to_elements() {
    check(
        PATIENT,
        &[
            ("Patient.name.family", "山田, ヤマダ"),
            ("name.given", "太郎, 一郎, タロウ"),
            ("Patient.name[0].given[1]", "一郎"),
            ("name[9].given", ""),
            ("Observation.name", ""),
            ("Resource.id", "p1"),
            ("DomainResource.id", "p1"),
            ("Patient.`name`.`family`", "山田, ヤマダ"),
            ("Patient.deceased", "false"),
            ("Patient.multipleBirth", "2"),
            ("Patient.nothing", ""),
            ("Patient.resourceType", ""),
            ("birthDate.extension.value", "1970-03-30T10:00:00+09:00"),
            ("birthDate.extension('http://example.jp/time').value is dateTime", "true"),
            ("gender", "(no value)"),
            ("gender.exists()", "true"),
            ("gender.hasValue()", "false"),
            ("gender.extension.value", "true"),
            ("name.given.id", "g1"),
            ("extension('http://example.jp/blood').value.text", "A"),
            ("extension('http://example.jp/none').value", ""),
            ("hasExtension('http://example.jp/race')", "true"),
            ("extension.url", "http://example.jp/race, http://example.jp/blood"),
            ("%resource.id", "p1"),
            ("%context.id & %rootResource.id", "p1p1"),
            ("%ucum", "http://unitsofmeasure.org"),
            ("%loinc", "http://loinc.org"),
            ("%sct", "http://snomed.info/sct"),
            ("%`vs-administrative-gender`", "http://hl7.org/fhir/ValueSet/administrative-gender"),
            ("%\"vs-administrative-gender\"", "http://hl7.org/fhir/ValueSet/administrative-gender"),
            ("%'ext-birthPlace'", "http://hl7.org/fhir/StructureDefinition/birthPlace"),
            ("$this.id", "p1"),
            ("text.children().count()", "2"),
            ("contact.children().count()", "2"),
            ("contained.id", "org, dr"),
            ("descendants().where($this is Period).start", "2020"),
            ("{}", ""),
        ],
    );
}

#[test]
fn choices_know_their_type() {
    check(
        OBSERVATION,
        &[
            ("Observation.value.value", "72.50"),
            ("(Observation.value as Quantity).unit", "mmHg"),
            ("Observation.value.as(Quantity).unit", "mmHg"),
            ("Observation.value.ofType(string)", ""),
            ("value is Quantity", "true"),
            ("value is System.Quantity", "true"),
            ("value is FHIR.Range", "false"),
            ("effective is dateTime", "true"),
            ("effective is DateTime", "true"),
            ("issued is instant", "true"),
            ("effective.as(Period)", ""),
            ("component.value.ofType(integer)", "1"),
            ("component.value.ofType(string)", "x"),
            ("component.value.ofType(time)", "10:30:00"),
            ("component.value.ofType(Period).start", "2026-01"),
            ("component.value.count()", "4"),
            ("status is code", "true"),
            ("status is string", "true"),
            ("status is uri", "false"),
            ("nothing is string", ""),
            ("component is string", "error: singleton"),
            ("Observation is Resource", "true"),
            ("$this is Observation and $this is DomainResource", "true"),
            ("1 is Integer", "true"),
            ("'a' is String", "true"),
            ("@2026-01-01 is Date", "true"),
            ("@2026-01-01T10:00 is DateTime", "true"),
            ("@T10:00 is Time", "true"),
            ("true is Boolean", "true"),
            ("1.0 is Decimal", "true"),
        ],
    );
}

#[test]
fn logic_has_three_values() {
    let mut cases = Vec::new();
    let values = ["true", "false", "{}"];
    let tables = [
        ("and", ["true", "false", "", "false", "false", "false", "", "false", ""]),
        ("or", ["true", "true", "true", "true", "false", "", "true", "", ""]),
        ("xor", ["false", "true", "", "true", "false", "", "", "", ""]),
        ("implies", ["true", "false", "", "true", "true", "true", "true", "", ""]),
    ];
    for (operator, expected) in tables {
        for (row, left) in values.iter().enumerate() {
            for (column, right) in values.iter().enumerate() {
                cases.push((format!("{left} {operator} {right}"), expected[row * 3 + column]));
            }
        }
    }
    let cases: Vec<(&str, &str)> = cases.iter().map(|(text, expected)| (text.as_str(), *expected)).collect();
    check(PATIENT, &cases);
    check(
        PATIENT,
        &[
            ("active.not()", "false"),
            ("{}.not()", ""),
            ("name.first() and true", "true"),
            ("name and true", "error: singleton"),
            ("true or name", "true"),
            ("false and name", "false"),
            ("active and deceased", "false"),
            ("true and false or true", "true"),
            ("true or false and false", "true"),
            ("false implies false implies false", "false"),
        ],
    );
}

#[test]
fn equality_and_order() {
    check(
        OBSERVATION,
        &[
            ("1 = 1.0", "true"),
            ("1 != 2", "true"),
            ("{} = 1", ""),
            ("(1 | 2) = (1 | 2)", "true"),
            ("(1 | 2) = (2 | 1)", "false"),
            ("(1 | 2) ~ (2 | 1)", "true"),
            ("{} ~ {}", "true"),
            ("'Ab  c' ~ 'aB C'", "true"),
            ("1.12 ~ 1.1", "true"),
            ("'a' !~ 'b'", "true"),
            ("'a' = 'A'", "false"),
            ("'a' < 'b'", "true"),
            ("value.value = 72.5", "true"),
            ("value.value > 72", "true"),
            ("value.value >= 72.50", "true"),
            ("value.value < 1", "false"),
            ("1 < 'a'", "error: type"),
            ("(1|2) < 3", "error: singleton"),
            ("1 < {}", ""),
            ("status = 'final'", "true"),
            ("status = code", "false"),
            ("@2026-01 < @2026-02-15", "true"),
            ("@2026-02 < @2026-02-15", ""),
            ("@2026-02 = @2026-02-15", ""),
            ("@2026-01 = @2026-02-15", "false"),
            ("@2026-02-15 = @2026-02-15", "true"),
            ("@2026-11-22T10:25:00+09:00 = @2026-11-22T01:25:00Z", "true"),
            ("@2026-11-22T10:25:00.5+09:00 > @2026-11-22T01:25:00Z", "true"),
            ("@2026-11-22T10 < @2026-11-22T11:00", "true"),
            ("@2026-11-22T10 < @2026-11-22T10:30", ""),
            ("effective = issued", "true"),
            ("effective > @2026-11-21", "true"),
            ("effective > @2026-11-22", ""),
            ("@T10:30 < @T10:31", "true"),
            ("@T10:30 = @T10:30:15", ""),
            ("@T10 < @T11:30:15.250", "true"),
            ("component.value.ofType(time) = @T10:30", ""),
            ("component.value.ofType(time) = @T10:30:00", "true"),
            ("@T10:30 = @2026-01-01", ""),
            ("component.value.ofType(Period).select(start <= end)", "true"),
            ("referenceRange.low <= referenceRange.high", "true"),
            ("5 'mg' < 6 'mg'", "true"),
            ("5 'mg' < 6 'g'", ""),
            ("7 days = 7 'd'", "true"),
            ("5 'mg' = 5.0 'mg'", "true"),
            ("value > 70 'mm[Hg]'", "true"),
            ("code.coding.first() = code.coding.last()", "false"),
            ("code.coding.first() = code.coding.first()", "true"),
            ("8 in (1 | 8)", "true"),
            ("8 in {}", "false"),
            ("{} in (1|2)", ""),
            ("(1 | 8) contains 8", "true"),
            ("status in ('final' | 'amended')", "true"),
            ("code.coding.code contains 'bp'", "true"),
            ("(1|2) in (1|2)", "error: singleton"),
        ],
    );
}

#[test]
fn arithmetic_is_exact() {
    check(
        PATIENT,
        &[
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("0.1 + 0.2", "0.3"),
            ("5 / 2", "2.5"),
            ("5 div 2", "2"),
            ("5 mod 2", "1"),
            ("5.5 div 2", "2"),
            ("5.5 mod 2", "1.5"),
            ("1 / 0", ""),
            ("1 div 0", ""),
            ("-5 + 3", "-2"),
            ("- - 5", "5"),
            ("1 - -1", "2"),
            ("9223372036854775807 + 1", ""),
            ("'a' + 'b'", "ab"),
            ("'a' & {}", "a"),
            ("'a' + {}", ""),
            ("1 + {}", ""),
            ("1 + 'a'", "error: type"),
            ("multipleBirth * 2", "4"),
            ("-multipleBirth", "-2"),
            ("99999999999999999999", "parse: 0"),
        ],
    );
}

#[test]
fn functions_on_collections() {
    check(
        PATIENT,
        &[
            ("name.count()", "2"),
            ("name.where(use = 'usual').family", "ヤマダ"),
            ("name.where($index = 0).family", "山田"),
            ("name.exists(use = 'old')", "false"),
            ("name.exists()", "true"),
            ("nothing.empty()", "true"),
            ("name.all(family.exists())", "true"),
            ("nothing.all(false)", "true"),
            ("(true | false).allTrue()", "false"),
            ("(false).allFalse()", "true"),
            ("(true | false).anyTrue()", "true"),
            ("(true | false).anyFalse()", "true"),
            ("{}.allTrue()", "true"),
            ("name.first().family & name.last().family", "山田ヤマダ"),
            ("name.tail().family", "ヤマダ"),
            ("name.skip(1).family", "ヤマダ"),
            ("name.take(1).family", "山田"),
            ("name.take(-1)", ""),
            ("name.single()", "error: singleton"),
            ("name.select(given)", "太郎, 一郎, タロウ"),
            ("name.select(given.count())", "2, 1"),
            ("(1 | 2 | 1).count()", "2"),
            ("(1).combine(1).count()", "2"),
            ("(1).combine(1).distinct()", "1"),
            ("(1).combine(1).isDistinct()", "false"),
            ("name.use.isDistinct()", "true"),
            ("(1 | 2).intersect(2 | 3)", "2"),
            ("(1 | 2).exclude(2 | 3)", "1"),
            ("(1 | 2 | 3 | 4 | 5 | 6).exclude(6 | 5 | 4 | 3 | 2)", "1"),
            ("(1 | 2).union(2 | 3)", "1, 2, 3"),
            ("(1).subsetOf(1 | 2)", "true"),
            ("(1 | 3).subsetOf(1 | 2)", "false"),
            ("(1 | 2).supersetOf(1)", "true"),
            ("{}.subsetOf(1)", "true"),
            ("identifier.type.coding.code", "MR"),
            ("identifier.repeat(type | coding).code", "MR"),
            ("(1 | 2 | 3).aggregate($total + $this, 0)", "6"),
            ("iif(active, 'a', 'b')", "a"),
            ("iif(false, 'a')", ""),
            ("name.iif(count() > 1, 'many', 'one')", "many"),
            ("name.trace('names').count()", "2"),
            ("active.hasValue()", "true"),
            ("name.hasValue()", "false"),
            ("text.div.htmlChecks()", ""),
            ("gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", ""),
            ("name.family.select($this.length())", "2, 3"),
            ("name[0].descendants().count()", "4"),
            ("contact.period.select(start <= end)", "true"),
        ],
    );
}

#[test]
fn references_are_resolved_within_the_resource_and_otherwise_tell_their_type() {
    check(
        PATIENT,
        &[
            ("managingOrganization.resolve().name", "院"),
            ("managingOrganization.resolve() is Organization", "true"),
            (
                "generalPractitioner.where(resolve() is Practitioner).reference",
                "#dr, https://x.example/fhir/Practitioner/7",
            ),
            ("generalPractitioner[1].resolve()", "a Organization"),
            ("generalPractitioner[1].resolve().name", ""),
            ("link.other.resolve() is Patient", "true"),
            ("generalPractitioner.resolve().ofType(Practitioner).exists()", "true"),
            ("nothing.resolve().iif(empty(), true, ofType(Practitioner).exists())", "true"),
        ],
    );
}

#[test]
fn functions_on_texts() {
    check(
        PATIENT,
        &[
            ("'abc'.startsWith('ab')", "true"),
            ("'abc'.endsWith('bc')", "true"),
            ("'abc'.contains('d')", "false"),
            ("{}.contains('d')", ""),
            ("'山田太郎'.substring(2)", "太郎"),
            ("'山田太郎'.substring(1, 2)", "田太"),
            ("'abc'.substring(3)", ""),
            ("'abc'.substring(-1)", ""),
            ("'山田太郎'.indexOf('太')", "2"),
            ("'abc'.indexOf('x')", "-1"),
            ("'山田'.length()", "2"),
            ("'abc'.upper()", "ABC"),
            ("'ABC'.lower()", "abc"),
            ("' a '.trim()", "a"),
            ("'abab'.replace('a', 'x')", "xbxb"),
            ("'a.b.c'.replaceMatches('\\\\..*', '')", "a"),
            ("'abc'.matches('^[a-c]+$')", "true"),
            ("'abc'.matches('^[a-b]+$')", "false"),
            ("'abc'.matches('[')", "error: type"),
            ("name.given.join(' ')", "太郎 一郎 タロウ"),
            ("name.given.join()", "太郎一郎タロウ"),
            ("'a\\'b\\n\\u3042'.length()", "5"),
            ("12.toString()", "12"),
            ("active.toString()", "true"),
            ("birthDate.toString().length() >= 8", "true"),
            ("@2026-01-01.toString()", "2026-01-01"),
            ("'12'.toInteger()", "12"),
            ("'x'.toInteger()", ""),
            ("'1.50'.toDecimal()", "1.50"),
            ("'yes'.toBoolean()", "true"),
            ("'maybe'.toBoolean()", ""),
            ("'12'.convertsToInteger()", "true"),
            ("'x'.convertsToDecimal()", "false"),
            ("name.startsWith('a')", "error: singleton"),
            ("name.first().startsWith('a')", "error: type"),
            ("gender.startsWith('a')", ""),
        ],
    );
}

#[test]
fn what_is_no_expression_is_refused_with_its_place() {
    for (text, offset) in [
        ("", 0),
        ("a.", 2),
        ("a b", 2),
        ("(a", 2),
        ("a[1", 3),
        ("a + ", 4),
        ("'a", 0),
        ("'\\q'", 1),
        ("a.unknown()", 2),
        ("a.where()", 2),
        ("a.first(1)", 2),
        ("%nothing", 0),
        ("$nothing", 0),
        ("@2026-13", 0),
        ("@T25", 0),
        ("#", 0),
        ("{a}", 1),
        ("a is", 4),
        ("/* a", 0),
        ("山", 0),
    ] {
        assert_eq!(Expression::parse(text).map_err(|error| error.offset).err(), Some(offset), "{text}");
    }
    assert!(Expression::parse("a // b\n /* c */ .d").is_ok());
    for deep in [
        format!("{}1{}", "(".repeat(5000), ")".repeat(5000)),
        format!("a{}", ".b".repeat(4000)),
        format!("1{}", "+1".repeat(4000)),
        "-".repeat(9000),
        format!("{}1", "a[".repeat(4000)),
        format!("{}1", "not(".repeat(2000)),
        "a".repeat(10_001),
    ] {
        assert!(Expression::parse(&deep).is_err());
    }
    assert!(Expression::parse(&format!("{}1", "-".repeat(9000))).is_ok());
}

#[test]
fn the_deepest_expressions_can_be_evaluated() {
    let patient = json(PATIENT);
    for (open, inner, close) in
        [("(", "1", ")"), ("iif(true, ", "1", ")"), ("name.select(", "id", ")"), ("1 + (", "1", ")"), ("a[", "0", "]")]
    {
        let nested = |depth: usize| format!("{}{inner}{}", open.repeat(depth), close.repeat(depth));
        let deepest = (1..200).take_while(|depth| Expression::parse(&nested(*depth)).is_ok()).last().unwrap();
        assert!((20..150).contains(&deepest), "{open} {deepest}");
        assert!(!shown(&patient, &nested(deepest)).starts_with("parse"));
    }
}

#[test]
fn nothing_hangs_or_grows_without_bound() {
    let wide = format!(
        r#"{{"resourceType":"List","entry":[{}]}}"#,
        (0..3000).map(|i| format!(r#"{{"flag":{{"text":"{i}"}}}}"#)).collect::<Vec<_>>().join(",")
    );
    let wide = json(&wide);
    for expression in [
        "entry.where(%resource.entry.where(%resource.entry.exists()).exists())",
        "entry.aggregate($total.combine($total), 1)",
        "entry.aggregate($total & $total, 'a')",
        "entry.select(%resource.entry)",
        "descendants().select(%resource.descendants())",
        "entry.repeat(%resource.entry.flag.text & $this.toString())",
    ] {
        let result = shown(&wide, expression);
        assert!(result.starts_with("error: "), "{expression}: {}", result.len());
    }
    let long = json(&format!(r#"{{"resourceType":"Basic","id":"{}"}}"#, "a".repeat(70_000)));
    assert_eq!(shown(&long, "id.matches('^b+$')"), "error: budget");
    assert_eq!(shown(&long, "id.replace('a', 'aaaaaaaaaaaaaaaa').length()"), "error: budget");
    assert_eq!(shown(&wide, "entry.flag.text.isDistinct()"), "true");
    assert_eq!(shown(&wide, "entry.distinct().count()"), "3000");
}

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
