//! Every R4 resource type, as small as the tables allow: valid as it is, found out when one thing is wrong.
#![allow(clippy::unwrap_used)]
use super::{Severity, validate};
use crate::ResourceType;
use crate::model::{Binding, Element, Primitive, TypeDef, TypeId, TypeKind};
use karute_json::{Number, Object, Value};

/// What invariants demand beyond the required elements: (type, JSON members).
const BEYOND: &[(&str, &str)] = &[
    (
        "AllergyIntolerance",
        r#""clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"active"}]}"#,
    ),
    ("Appointment", r#""start":"2026-11-22T10:25:00+09:00","end":"2026-11-22T10:40:00+09:00""#),
    ("Appointment.participant", r#""type":[{"text":"A"}]"#),
    ("AppointmentResponse", r#""actor":{"reference":"Patient/1"}"#),
    ("CapabilityStatement", r#""software":{"name":"A"},"rest":[{"mode":"server"}]"#),
    ("Consent", r#""policyRule":{"text":"A"}"#),
    ("ImmunizationRecommendation.recommendation", r#""vaccineCode":[{"text":"A"}]"#),
    ("InsurancePlan", r#""name":"A""#),
    (
        "Linkage",
        r#""item":[{"resource":{"reference":"Patient/1"},"type":"source"},{"resource":{"reference":"Patient/2"},"type":"alternate"}]"#,
    ),
    ("Organization", r#""name":"A""#),
    ("Quantity", r#""code":"mg","system":"http://unitsofmeasure.org","value":1.50"#),
    ("StructureDefinition", r#""differential":{"element":[{"id":"A","path":"A"}]},"type":"A""#),
    ("TerminologyCapabilities", r#""software":{"name":"A"}"#),
    ("TriggerDefinition", r#""type":"named-event","name":"A""#),
];

/// A smallest object of a type.
fn smallest(type_id: TypeId) -> Value<'static> {
    let definition = type_id.definition();
    let mut object = Object::new();
    if definition.is_resource() {
        object.insert("resourceType", Value::string(definition.name));
    }
    let mut filled = 0_u128;
    for element in definition.elements().iter().filter(|e| e.is_required()) {
        if filled >> element.slot & 1 == 0 {
            filled |= 1 << element.slot;
            object.insert(element.name(), value_of(element));
        }
    }
    if filled == 0 && !definition.is_resource() {
        let simple = |e: &&Element| e.type_id().primitive().is_some() && e.name() != "id";
        let element = definition.elements().iter().find(simple).or_else(|| definition.elements().first()).unwrap();
        object.insert(element.name(), value_of(element));
    }
    if let Some((_, more)) = BEYOND.iter().find(|(name, _)| *name == definition.name) {
        let more =
            karute_json::parse(format!("{{{more}}}").as_bytes(), &karute_json::Limits::FHIR).unwrap().into_owned();
        for (key, value) in more.as_object().unwrap().iter() {
            object.insert(&key.decode(), value.clone());
        }
    }
    Value::Object(object)
}

fn value_of(element: &Element) -> Value<'static> {
    let value = match element.type_id().primitive() {
        Some(primitive) => sample(primitive, element.binding()),
        None => complex(element),
    };
    if element.is_many() { Value::Array(vec![value]) } else { value }
}

fn complex(element: &Element) -> Value<'static> {
    let definition: &TypeDef = element.type_id().definition();
    match (definition.kind, definition.name, element.binding()) {
        (TypeKind::AnyResource, ..) => smallest(ResourceType::parse("Patient").unwrap().type_id()),
        (_, "Reference", _) => {
            let target = ResourceType::all().find(|t| element.may_point_to(*t)).unwrap();
            Value::object([("reference", Value::string(format!("{target}/1")))])
        }
        (_, "CodeableConcept", Binding::Codes([(system, codes), ..])) => {
            let coding = Value::object([("system", Value::string(*system)), ("code", Value::string(codes[0]))]);
            Value::object([("coding", Value::Array(vec![coding]))])
        }
        (_, "CodeableConcept", Binding::Ucum) => {
            let coding = [("system", Value::string("http://unitsofmeasure.org")), ("code", Value::string("mg"))];
            Value::object([("coding", Value::Array(vec![Value::object(coding)]))])
        }
        _ => smallest(element.type_id()),
    }
}

fn sample(primitive: Primitive, binding: &Binding) -> Value<'static> {
    let text = match primitive {
        Primitive::Boolean => return Value::Bool(true),
        Primitive::Decimal => return Value::Number(Number::from_lexeme("1.50").unwrap()),
        Primitive::Integer | Primitive::PositiveInt | Primitive::UnsignedInt => {
            return Value::Number(Number::from_i64(1));
        }
        Primitive::Base64Binary => "AAAA",
        Primitive::Canonical | Primitive::Uri | Primitive::Url => "http://example.org/x",
        Primitive::Code => match binding {
            Binding::Codes([(_, codes), ..]) => codes[0],
            Binding::Language => "ja",
            Binding::Currency => "JPY",
            _ => "code",
        },
        Primitive::Date => "2026-11-22",
        Primitive::DateTime | Primitive::Instant => "2026-11-22T10:25:00+09:00",
        Primitive::Id => "id-1",
        Primitive::Markdown | Primitive::String => "A",
        Primitive::Oid => "urn:oid:1.2.392",
        Primitive::Time => "10:25:00",
        Primitive::Uuid => "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7",
        Primitive::Xhtml => "<div xmlns=\"http://www.w3.org/1999/xhtml\">A</div>",
    };
    Value::string(text)
}

/// (code, expression) of the errors.
fn errors(value: &Value<'_>) -> Vec<(&'static str, String)> {
    let all = validate(value).into_iter().filter(|f| f.severity == Severity::Error);
    all.map(|f| (f.code, f.expression)).collect()
}

#[test]
fn the_smallest_resource_of_every_type_is_valid() {
    let wrong: Vec<String> = ResourceType::all()
        .map(|t| smallest(t.type_id()))
        .filter(|value| !errors(value).is_empty())
        .map(|value| format!("{} {:?}", value.to_json(), errors(&value)))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_required_element_of_every_type_is_missed_when_it_is_gone() {
    for resource_type in ResourceType::all() {
        let whole = smallest(resource_type.type_id());
        for element in resource_type.type_id().definition().elements().iter().filter(|e| e.is_required()) {
            let mut less = whole.clone();
            if less.as_object_mut().unwrap().remove(element.name()).is_some() {
                let expected = ("required", format!("{resource_type}.{}", element.path_name()));
                assert!(errors(&less).contains(&expected), "{}", less.to_json());
            }
        }
    }
}

#[test]
fn an_unknown_element_of_every_type_is_refused() {
    for resource_type in ResourceType::all() {
        let mut more = smallest(resource_type.type_id());
        more.as_object_mut().unwrap().insert("karute", Value::Bool(true));
        assert_eq!(errors(&more), [("structure", format!("{resource_type}.karute"))]);
    }
}

#[test]
fn every_element_of_every_type_takes_a_value_of_its_type_and_no_other() {
    for resource_type in ResourceType::all() {
        for element in resource_type.type_id().definition().elements() {
            let place = format!("{resource_type}.{}", element.path_name());
            // Contained resources have rules of their own.
            if element.name() == "contained" {
                continue;
            }
            let mut object = smallest(resource_type.type_id());
            object.as_object_mut().unwrap().insert(element.name(), value_of(element));
            // A second type of a choice that is there already is the one thing to complain about.
            let expected = |code: &str| code == "invariant" || code == "structure" && element.is_choice();
            let more: Vec<_> = errors(&object).into_iter().filter(|(code, _)| !expected(code)).collect();
            assert_eq!(more, [], "{}", object.to_json());
            for wrong in [Value::Null, Value::Array(Vec::new()), Value::Object(Object::new())] {
                object.as_object_mut().unwrap().insert(element.name(), wrong);
                let found = errors(&object);
                assert!(found.iter().any(|(_, at)| at.starts_with(&place)), "{} {found:?}", object.to_json());
            }
        }
    }
}
