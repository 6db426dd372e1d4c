//! A text is refused with a place inside it, or is read, and what is written is read again as the same.
use karute_json::{Limits, apply_patch, parse, pointer};

pub(crate) fn holds(bytes: &[u8]) {
    match parse(bytes, &Limits::FHIR) {
        Ok(value) => {
            let text = value.to_json();
            let again = parse(text.as_bytes(), &Limits::FHIR).expect("what was written is read");
            assert_eq!(again, value);
            assert_eq!(again.to_json(), text);
            assert!(text.len() <= bytes.len());
            assert!(value.same_value(&again));
            let _ = pointer(&value, "/a/0/~1");
            let mut target = value.clone();
            match apply_patch(&mut target, &value) {
                Ok(()) => assert!(parse(target.to_json().as_bytes(), &Limits::FHIR).is_ok(), "a result can be read"),
                Err(_) => assert_eq!(target, value, "a refused patch changes nothing"),
            }
        }
        Err(error) => {
            let lines = bytes.split(|byte| *byte == b'\n').count();
            assert!((1..=lines).contains(&error.line) && (1..=bytes.len() + 1).contains(&error.column));
        }
    }
}
