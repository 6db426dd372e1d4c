//! Texts that are JSON, in the spirit of JSONTestSuite's `y_` cases.
use karute_json::{Limits, Value, parse};

fn exact(text: &str) {
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    assert_eq!(value.to_json(), text);
}

#[test]
fn what_is_compact_comes_out_to_the_byte() {
    for text in [
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-1",
        "0.0",
        "72.50",
        "1.00E-2",
        "1e5",
        "1E+05",
        "-0.0e-0",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827021181583404541015625",
        "1e400",
        "1e-400",
        r#""""#,
        r#""a""#,
        r#""山田太郎""#,
        r#""\u5c71\u7530""#,
        r#""\u0000""#,
        r#""\"\\\/\b\f\n\r\t""#,
        r#""\ud83d\ude00""#,
        r#""\uD842\uDFB7野家""#,
        r#""😀""#,
        "\"\u{7f}\"",
        "\"\u{2028}\u{2029}\"",
        "\"\u{FEFF}\"",
        "\"\u{10FFFF}\"",
        r#""\uFFFF""#,
        "[]",
        "{}",
        "[[]]",
        "[{}]",
        r#"{"a":[]}"#,
        r#"[null,1,"1",{}]"#,
        r#"{"":0}"#,
        r#"{"a":1,"A":2}"#,
        r#"{"b":1,"a":2}"#,
        r#"{"a":{"a":{"a":null}}}"#,
        r#"{"_birthDate":{"extension":[{"url":"x","valueBoolean":true}]},"birthDate":null}"#,
        r#"{"\u0061":1,"b":2}"#,
        r#"{"__proto__":1,"constructor":2}"#,
        "[1.0,1,1.00,10e-1]",
    ] {
        exact(text);
    }
}

#[test]
fn space_between_tokens_is_dropped_and_nothing_else() {
    let text = " \t\r\n{ \"a\" : [ 1 , 2 ,\n3 ] , \"b\" : \" x \" , \"c\" : { } , \"d\" : [ ] } \n";
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    assert_eq!(value.to_json(), r#"{"a":[1,2,3],"b":" x ","c":{},"d":[]}"#);
}

#[test]
fn depth_up_to_the_limit_is_read() {
    let text = format!("{}{}", "[".repeat(64), "]".repeat(64));
    exact(&text);
    let text = format!("{}1{}", r#"{"a":"#.repeat(64), "}".repeat(64));
    exact(&text);
    let wide = format!("[{}]", vec!["[]"; 10_000].join(","));
    exact(&wide);
}

#[test]
fn strings_of_every_length_end_where_they_end() {
    // The scan looks at eight bytes at a time: every alignment of the closing quote and of an escape is tried.
    for length in 0..40 {
        exact(&format!("\"{}\"", "x".repeat(length)));
        exact(&format!("\"{}\"", "あ".repeat(length)));
        exact(&format!("\"{}\\n{}\"", "x".repeat(length), "y".repeat(40 - length)));
    }
}

#[test]
fn numbers_and_texts_are_given_as_they_were_written() {
    let value =
        parse(r#"{"n":1.00E-2,"i":-5,"big":9223372036854775808,"s":"\u3042い","e":""}"#.as_bytes(), &Limits::FHIR)
            .unwrap();
    assert_eq!(value.get("n").and_then(Value::as_number).unwrap().as_str(), "1.00E-2");
    assert_eq!(value.get("n").and_then(Value::as_number).unwrap().as_i64(), None);
    assert_eq!(value.get("i").and_then(Value::as_number).unwrap().as_i64(), Some(-5));
    assert_eq!(value.get("big").and_then(Value::as_number).unwrap().as_i64(), None);
    assert_eq!(value.get("s").and_then(Value::as_str).unwrap(), "あい");
    assert_eq!(value.get("e").and_then(Value::as_str).unwrap(), "");
    assert!(value.get("absent").is_none());
}

#[test]
fn paths_enter_arrays_at_their_first_element_or_where_told() {
    let text = r#"{"name":[{"family":"山田","given":["太郎","次郎"]},{"family":"ヤマダ"}],"codes":[[1,2],[3]]}"#;
    let value = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    let text_at = |path: &[&str]| value.at(path).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    assert_eq!(text_at(&["name", "family"]).as_deref(), Some("山田"));
    assert_eq!(text_at(&["name", "1", "family"]).as_deref(), Some("ヤマダ"));
    assert_eq!(text_at(&["name", "given", "1"]).as_deref(), Some("次郎"));
    assert_eq!(value.at(&["name", "2", "family"]), None);
    assert_eq!(value.at(&["name", "family", "x"]), None);
    assert_eq!(value.at(&["codes", "1", "0"]).map(Value::to_json).as_deref(), Some("3"));
    assert_eq!(value.at(&[]), Some(&value));
}

#[test]
fn detaching_from_the_text_changes_nothing() {
    let text = r#"{"a":[1.0,"\u3042",{"b":null,"c":true}]}"#.to_owned();
    let owned = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
    let again = text.clone();
    drop(text);
    assert_eq!(owned.to_json(), again);
}
