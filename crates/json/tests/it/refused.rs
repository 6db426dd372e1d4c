//! Texts that are not JSON, in the spirit of JSONTestSuite's `n_` cases, and those left open (`i_`) that we refuse.
use karute_json::{ErrorKind, Limits, ParseError, parse};

fn refusal(text: &[u8]) -> ParseError {
    match parse(text, &Limits::FHIR) {
        Err(error) => error,
        Ok(value) => panic!("{} was read as {}", String::from_utf8_lossy(text), value.to_json()),
    }
}

#[track_caller]
fn refused(text: &str, kind: &ErrorKind, line: usize, column: usize) {
    let error = refusal(text.as_bytes());
    assert_eq!((&error.kind, error.line, error.column), (kind, line, column), "{text}");
    assert!(error.to_string().starts_with(&format!("{line}行{column}文字目")), "{error}");
}

#[test]
fn what_stands_in_the_wrong_place_is_named_with_its_place() {
    for (text, found, column) in [
        ("[1 true]", 't', 4),
        ("[a]", 'a', 2),
        ("[1,]", ']', 4),
        ("[,1]", ',', 2),
        ("[1,,2]", ',', 4),
        ("[1:2]", ':', 3),
        ("{,}", ',', 2),
        (r#"{"a":1,}"#, '}', 8),
        (r#"{"a" 1}"#, '1', 6),
        (r#"{"a":}"#, '}', 6),
        (r#"{"a",1}"#, ',', 5),
        ("{a:1}", 'a', 2),
        ("{'a':1}", '\'', 2),
        ("{1:1}", '1', 2),
        (r#"{"a":1 "b":2}"#, '"', 8),
        ("['a']", '\'', 2),
        ("nul]", ']', 4),
        ("tru3", '3', 4),
        ("True", 'T', 1),
        ("NaN", 'N', 1),
        ("Infinity", 'I', 1),
        ("-Infinity", '-', 1),
        ("+1", '+', 1),
        (".5", '.', 1),
        ("}", '}', 1),
        ("]", ']', 1),
        ("[1}", '}', 3),
        (r#"{"a":1]"#, ']', 7),
        ("*", '*', 1),
        ("// x", '/', 1),
        ("[1 /* x */]", '/', 4),
        ("\u{3000}1", '\u{3000}', 1),
        ("\u{a0}1", '\u{a0}', 1),
        ("１", '１', 1),
        ("\u{c}[]", '\u{c}', 1),
        ("[\u{0}]", '\u{0}', 2),
        ("あ", 'あ', 1),
        ("[1\u{2060}]", '\u{2060}', 3),
        ("\\u0031", '\\', 1),
        ("<null>", '<', 1),
        ("[undefined]", 'u', 2),
        ("[nULL]", 'U', 3),
    ] {
        let error = refusal(text.as_bytes());
        let expected =
            if text == "-Infinity" { ErrorKind::InvalidNumber } else { ErrorKind::UnexpectedCharacter(found) };
        let column = if text == "-Infinity" { 2 } else { column };
        assert_eq!((error.kind, error.line, error.column), (expected, 1, column), "{text}");
    }
}

#[test]
fn texts_that_stop_too_early_are_refused_at_their_end() {
    for text in [
        "",
        " ",
        "[",
        "{",
        "[1",
        "[1,",
        "[\"a",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "\"",
        "\"a",
        "\"\\",
        "\"\\u",
        "\"\\u00",
        "\"\\ud83d\\u",
        "t",
        "tru",
        "fals",
        "nul",
        "-",
        "1.",
        "1e",
        "1e+",
        "[[[",
        "[{\"a\":[",
    ] {
        refused(text, &ErrorKind::UnexpectedEnd, 1, text.chars().count() + 1);
    }
}

#[test]
fn only_one_value_may_stand_in_a_text() {
    for (text, column) in
        [("1 2", 3), ("[] []", 4), ("{}}", 3), ("[]]", 3), ("null,", 5), ("\"a\"b", 4), ("{}#", 3), ("1\u{0}", 2)]
    {
        refused(text, &ErrorKind::TrailingCharacters, 1, column);
    }
}

#[test]
fn numbers_follow_the_grammar() {
    for (text, column) in [
        ("01", 2),
        ("-01", 3),
        ("00", 2),
        ("1.e5", 3),
        ("1.x", 3),
        ("1eE2", 3),
        ("1e1.5x", 4),
        ("--1", 2),
        ("-a", 2),
        ("0.e1", 3),
        ("-.5", 2),
        ("1e+-2", 4),
        ("0x10", 2),
        ("1_000", 2),
        ("1.2.3", 4),
    ] {
        let error = refusal(text.as_bytes());
        assert!(matches!(error.kind, ErrorKind::InvalidNumber | ErrorKind::TrailingCharacters), "{text} {error:?}");
        assert_eq!((error.line, error.column), (1, column), "{text}");
    }
}

#[test]
fn numbers_beyond_the_bounds_are_refused_where_they_begin() {
    for text in [
        "1e401",
        "1E-401",
        "-1e+999999999999999999999999",
        &"9".repeat(65),
        &format!("0.{}", "1".repeat(63)),
        "1e000000000000000000000000000000000000000000000000000000000000000001",
    ] {
        refused(text, &ErrorKind::NumberOutOfBounds, 1, 1);
        refused(&format!("[0,{text}]"), &ErrorKind::NumberOutOfBounds, 1, 4);
    }
}

#[test]
fn a_repeated_key_is_refused_however_it_is_spelled() {
    let twice = |key: &str| ErrorKind::DuplicateKey(key.to_owned());
    refused(r#"{"a":1,"a":1}"#, &twice("a"), 1, 8);
    refused(r#"{"a":1,"\u0061":1}"#, &twice("a"), 1, 8);
    refused(r#"{"\u0061":1,"a":1}"#, &twice("a"), 1, 13);
    refused(r#"{"\/":1,"/":1}"#, &twice("/"), 1, 9);
    refused("{\"x\":{\"山\":1,\n \"山\":2}}", &twice("山"), 2, 2);
    refused(r#"{"":1,"":2}"#, &twice(""), 1, 7);
}

#[test]
fn a_repeated_key_is_found_among_many() {
    for count in [15, 16, 17, 18, 40, 500] {
        let members: Vec<String> = (0..count).map(|i| format!("\"k{i}\":{i}")).collect();
        for repeated in [0, 1, 14.min(count - 1), count / 2, count - 1] {
            let text = format!("{{{},\"k{repeated}\":0}}", members.join(","));
            assert_eq!(
                refusal(text.as_bytes()).kind,
                ErrorKind::DuplicateKey(format!("k{repeated}")),
                "{count} {repeated}"
            );
        }
        let text = format!("{{{}}}", members.join(","));
        assert!(parse(text.as_bytes(), &Limits::FHIR).is_ok());
    }
}

#[test]
fn half_a_surrogate_pair_is_refused() {
    for (text, column) in [
        (r#""\ud83d""#, 2),
        (r#""\ude00""#, 2),
        (r#""\ud83dx""#, 2),
        (r#""\ud83d\n""#, 2),
        (r#""a\ud83d\ud83d\ude00""#, 3),
        (r#""\ud83d\u0041""#, 2),
        (r#""\uDFFF""#, 2),
        (r#"{"\udc00":1}"#, 3),
    ] {
        refused(text, &ErrorKind::LoneSurrogate, 1, column);
    }
}

#[test]
fn unknown_escapes_are_refused() {
    for (text, column) in [
        (r#""\x41""#, 2),
        (r#""\a""#, 2),
        (r#""\0""#, 2),
        (r#""\'""#, 2),
        (r#""a\u00g0""#, 3),
        (r#""\u 041""#, 2),
        (r#""\U0041""#, 2),
        (r#""\あ""#, 2),
        (r#""\u00あ""#, 2),
        (r#""\u+041""#, 2),
        ("\"\\\n\"", 2),
        (r#""\ud83d\u12x4""#, 8),
    ] {
        refused(text, &ErrorKind::InvalidEscape, 1, column);
    }
}

#[test]
fn raw_control_characters_in_strings_are_refused() {
    for code in 0u8..0x20 {
        for lead in 0..10 {
            let text = format!("\"{}{}\"", "x".repeat(lead), char::from(code));
            refused(&text, &ErrorKind::ControlCharacter, 1, lead + 2);
        }
    }
}

#[test]
fn anything_but_plain_utf8_is_refused() {
    for text in [
        &b"\xff"[..],
        b"\xef\xbb\xbf{}",
        b"\xfe\xff\x00{\x00}",
        b"\"\xc3\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf4\x90\x80\x80\"",
        b"\"\xc0\xaf\"",
        b"\"\xe3\x81\"",
        b"[\"\x93\xfa\x96\x7b\"]",
    ] {
        assert_eq!(refusal(text).kind, ErrorKind::Encoding, "{text:x?}");
    }
    let error = refusal("[\"あ\",\n\"い".as_bytes().iter().copied().chain([0xff]).collect::<Vec<u8>>().as_slice());
    assert_eq!((error.kind, error.line, error.column), (ErrorKind::Encoding, 2, 3));
}

#[test]
fn lines_and_columns_count_characters() {
    refused("{\n  \"名前\": \"山田\",\n  \"x\": ?\n}", &ErrorKind::UnexpectedCharacter('?'), 3, 8);
    refused("[\"😀\", x]", &ErrorKind::UnexpectedCharacter('x'), 1, 7);
    refused("[\r\n1,\r\nx]", &ErrorKind::UnexpectedCharacter('x'), 3, 1);
    refused("{\"住所\":\"東京都\t\"}", &ErrorKind::ControlCharacter, 1, 11);
}

#[test]
fn depth_beyond_the_limit_is_refused_where_it_begins() {
    refused(&format!("{}{}", "[".repeat(65), "]".repeat(65)), &ErrorKind::TooDeep, 1, 65);
    refused(&"[".repeat(100_000), &ErrorKind::TooDeep, 1, 65);
    refused(&r#"{"a":"#.repeat(100_000), &ErrorKind::TooDeep, 1, 64 * 5 + 1);
    let unbounded = Limits { max_depth: usize::MAX, ..Limits::FHIR };
    let error = parse("[".repeat(1_000_000).as_bytes(), &unbounded).unwrap_err();
    assert_eq!((error.kind, error.column), (ErrorKind::TooDeep, Limits::DEEPEST + 1));
}

#[test]
fn a_text_beyond_the_size_is_refused_unread() {
    let small = Limits { max_bytes: 10, ..Limits::FHIR };
    assert_eq!(parse(b"[1,2,3,4,5]", &small).unwrap_err().kind, ErrorKind::TooLarge);
    assert!(parse(b"[1,2,3,45]", &small).is_ok());
}

#[test]
fn words_for_people_quote_no_text_of_the_record() {
    let error = refusal("{\"氏名\":\"山田花子\" \"x\"}".as_bytes());
    assert!(!error.to_string().contains("山田"), "{error}");
    let long = "k".repeat(500);
    let error = refusal(format!("{{\"{long}\":1,\"{long}\":2}}").as_bytes());
    assert!(error.to_string().chars().count() < 200, "{error}");
}
