//! What is refused, and what ends.
use super::{PATIENT, json, shown};
use crate::path::Expression;

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
