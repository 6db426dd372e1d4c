use crate::strategy::json;
use karute_json::{Limits, Text, Value, parse};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_compact_text_comes_out_to_the_byte(text in json()) {
        let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
        prop_assert_eq!(value.to_json(), text.as_str());
        let owned = value.clone().into_owned();
        prop_assert_eq!(owned.to_json(), text.as_str());
        prop_assert!(value.same_value(&owned));
    }

    #[test]
    fn any_plain_text_survives_being_a_string(plain in any::<String>()) {
        let text = Value::string(plain.as_str()).to_json();
        let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
        prop_assert_eq!(value.as_str().unwrap(), plain.as_str());
        let fresh = Text::new(plain.as_str());
        prop_assert_eq!(fresh.decode(), plain.as_str());
    }

    #[test]
    fn space_between_tokens_changes_no_meaning(text in json()) {
        let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
        let pretty = spaced(&value);
        prop_assert_eq!(parse(pretty.as_bytes(), &Limits::FHIR).unwrap(), value);
    }

    #[test]
    fn every_text_cut_short_is_refused(text in json(), cut in 0.0f64..1.0) {
        let at = (text.len() as f64 * cut) as usize;
        let bytes = &text.as_bytes()[..at];
        // A number cut short may be a number still.
        if let Ok(value) = parse(bytes, &Limits::FHIR) {
            prop_assert!(value.as_number().is_some());
        }
    }
}

fn spaced(value: &Value<'_>) -> String {
    match value {
        Value::Array(items) => {
            format!("[ {}\n]", items.iter().map(spaced).collect::<Vec<_>>().join(" ,\t"))
        }
        Value::Object(object) => {
            let member = |(key, value): (&Text<'_>, &Value<'_>)| format!("\"{}\" :\r\n{}", key.raw(), spaced(value));
            format!("{{ {} }}", object.iter().map(member).collect::<Vec<_>>().join(" , "))
        }
        other => other.to_json(),
    }
}
