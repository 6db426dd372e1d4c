//! RFC 6901 and RFC 6902.
use karute_json::{Limits, PatchError, Value, apply_patch, parse, pointer};
use std::fmt::Write as _;

fn json(text: &str) -> Value<'_> {
    parse(text.as_bytes(), &Limits::FHIR).unwrap()
}

fn patched(document: &str, patch: &str) -> Result<String, PatchError> {
    let mut target = json(document);
    let before = target.clone();
    let result = apply_patch(&mut target, &json(patch));
    if result.is_err() {
        assert_eq!(target, before, "a refused patch changes nothing");
    }
    result.map(|()| target.to_json())
}

#[test]
fn pointers_are_resolved_as_rfc_6901_section_5_shows() {
    let text = r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#;
    let document = json(text);
    for (at, found) in [
        ("", text),
        ("/foo", r#"["bar","baz"]"#),
        ("/foo/0", r#""bar""#),
        ("/", "0"),
        ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"),
        ("/g|h", "4"),
        ("/i\\j", "5"),
        ("/k\"l", "6"),
        ("/ ", "7"),
        ("/m~0n", "8"),
    ] {
        assert_eq!(pointer(&document, at).map(Value::to_json).as_deref(), Some(found), "{at}");
    }
    for at in [
        "foo",
        "/foo/2",
        "/foo/-",
        "/foo/00",
        "/foo/01",
        "/foo/+1",
        "/foo/1 ",
        "/foo/0/x",
        "/m~n",
        "/m~2n",
        "/x",
        "/foo/99999999999999999999",
    ] {
        assert_eq!(pointer(&document, at), None, "{at}");
    }
}

#[test]
fn every_operation_does_what_the_examples_of_rfc_6902_show() {
    for (document, patch, expected) in [
        (r#"{"foo":"bar"}"#, r#"[{"op":"add","path":"/baz","value":"qux"}]"#, r#"{"foo":"bar","baz":"qux"}"#),
        (
            r#"{"foo":["bar","baz"]}"#,
            r#"[{"op":"add","path":"/foo/1","value":"qux"}]"#,
            r#"{"foo":["bar","qux","baz"]}"#,
        ),
        (r#"{"baz":"qux","foo":"bar"}"#, r#"[{"op":"remove","path":"/baz"}]"#, r#"{"foo":"bar"}"#),
        (r#"{"foo":["bar","qux","baz"]}"#, r#"[{"op":"remove","path":"/foo/1"}]"#, r#"{"foo":["bar","baz"]}"#),
        (
            r#"{"baz":"qux","foo":"bar"}"#,
            r#"[{"op":"replace","path":"/baz","value":"boo"}]"#,
            r#"{"baz":"boo","foo":"bar"}"#,
        ),
        (
            r#"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
            r#"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
            r#"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#,
        ),
        (
            r#"{"foo":["all","grass","cows","eat"]}"#,
            r#"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
            r#"{"foo":["all","cows","eat","grass"]}"#,
        ),
        (
            r#"{"baz":"qux","foo":["a",2,"c"]}"#,
            r#"[{"op":"test","path":"/foo/1","value":2.0}]"#,
            r#"{"baz":"qux","foo":["a",2,"c"]}"#,
        ),
        (
            r#"{"foo":"bar"}"#,
            r#"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
            r#"{"foo":"bar","child":{"grandchild":{}}}"#,
        ),
        (r#"{"foo":"bar"}"#, r#"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, r#"{"foo":"bar","baz":"qux"}"#),
        (r#"{"/":9,"~1":10}"#, r#"[{"op":"test","path":"/~01","value":10}]"#, r#"{"/":9,"~1":10}"#),
        (
            r#"{"foo":["bar"]}"#,
            r#"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#,
            r#"{"foo":["bar",["abc","def"]]}"#,
        ),
        (r#"{"a":1}"#, r#"[{"op":"copy","from":"/a","path":"/b"}]"#, r#"{"a":1,"b":1}"#),
        (r#"{"a":[1]}"#, r#"[{"op":"copy","from":"/a/0","path":"/a/0"}]"#, r#"{"a":[1,1]}"#),
        (r#"{"a":1}"#, r#"[{"op":"add","path":"","value":[2]}]"#, "[2]"),
        (r#"{"a":1}"#, r#"[{"op":"replace","path":"","value":null}]"#, "null"),
        (r#"{"a":1}"#, r#"[{"op":"move","from":"/a","path":"/a"}]"#, r#"{"a":1}"#),
        (r#"{"a":{"b":1}}"#, r#"[{"op":"move","from":"/a/b","path":"/a"}]"#, r#"{"a":1}"#),
        (r#"{"a":1}"#, r#"[{"op":"add","path":"/a","value":2.50}]"#, r#"{"a":2.50}"#),
        (r#"{"a":[]}"#, r#"[{"op":"add","path":"/a/0","value":1}]"#, r#"{"a":[1]}"#),
        (r#"{"\u0061":1}"#, r#"[{"op":"replace","path":"/a","value":2}]"#, r#"{"\u0061":2}"#),
        (r#"{"a":1}"#, "[]", r#"{"a":1}"#),
    ] {
        assert_eq!(patched(document, patch).as_deref(), Ok(expected), "{patch}");
    }
}

#[test]
fn tests_compare_meaning() {
    for (document, value) in [
        (r#"{"v":{"a":1,"b":[1.50,"\u3042"]}}"#, r#"{"b":[15e-1,"あ"],"a":1.0}"#),
        (r#"{"v":null}"#, "null"),
        (r#"{"v":"/"}"#, r#""\/""#),
    ] {
        let patch = format!(r#"[{{"op":"test","path":"/v","value":{value}}}]"#);
        assert!(patched(document, &patch).is_ok(), "{patch}");
    }
    for (document, value) in [
        (r#"{"v":"10"}"#, "10"),
        (r#"{"v":[1,2]}"#, "[2,1]"),
        (r#"{"v":{"a":1}}"#, r#"{"a":1,"b":1}"#),
        (r#"{"v":{"a":1}}"#, r#"{"b":1}"#),
        (r#"{"v":1}"#, "1.0000000000000000000000001"),
        (r#"{"v":null}"#, "false"),
    ] {
        let error = patched(document, &format!(r#"[{{"op":"test","path":"/v","value":{value}}}]"#)).unwrap_err();
        assert!(error.test_failed, "{value}");
        assert_eq!(error.operation, 0);
    }
}

#[test]
fn a_patch_is_applied_whole_or_not_at_all() {
    let patch =
        r#"[{"op":"add","path":"/b","value":2},{"op":"remove","path":"/a"},{"op":"test","path":"/b","value":3}]"#;
    let error = patched(r#"{"a":1}"#, patch).unwrap_err();
    assert_eq!((error.operation, error.test_failed), (2, true));
    assert!(error.to_string().starts_with("3番目の操作"), "{error}");
}

#[test]
fn what_cannot_be_done_is_refused_and_named() {
    for (patch, named) in [
        (r#"[{"op":"remove","path":"/x"}]"#, "/x"),
        (r#"[{"op":"replace","path":"/x","value":1}]"#, "/x"),
        (r#"[{"op":"add","path":"/x/y","value":1}]"#, "/x/y"),
        (r#"[{"op":"add","path":"/l/5","value":1}]"#, "/l/5"),
        (r#"[{"op":"add","path":"/l/01","value":1}]"#, "/l/01"),
        (r#"[{"op":"add","path":"/a/b","value":1}]"#, "/a/b"),
        (r#"[{"op":"remove","path":"/l/-"}]"#, "/l/-"),
        (r#"[{"op":"remove","path":"/l/2"}]"#, "/l/2"),
        (r#"[{"op":"remove","path":""}]"#, "文書全体"),
        (r#"[{"op":"copy","from":"/x","path":"/y"}]"#, "/x"),
        (r#"[{"op":"move","from":"/o","path":"/o/p"}]"#, "/o"),
        (r#"[{"op":"move","from":"","path":"/o"}]"#, "内側"),
        (r#"[{"op":"test","path":"/x","value":null}]"#, "/x"),
        (r#"[{"op":"jump","path":"/a"}]"#, "jump"),
        (r#"[{"path":"/a"}]"#, "op"),
        (r#"[{"op":1,"path":"/a"}]"#, "op"),
        (r#"[{"op":"add"}]"#, "path"),
        (r#"[{"op":"add","path":"/b"}]"#, "value"),
        (r#"[{"op":"replace","path":"/a"}]"#, "value"),
        (r#"[{"op":"test","path":"/a"}]"#, "value"),
        (r#"[{"op":"move","path":"/a"}]"#, "from"),
        (r#"[{"op":"add","path":"a","value":1}]"#, "ポインタ"),
        (r#"[{"op":"add","path":"/~2","value":1}]"#, "ポインタ"),
        ("[1]", "オブジェクト"),
        ("{}", "配列"),
        ("null", "配列"),
    ] {
        let error = patched(r#"{"a":1,"l":[1,2],"o":{}}"#, patch).unwrap_err();
        assert!(error.message.contains(named), "{patch}: {}", error.message);
        assert!(!error.test_failed, "{patch}");
    }
}

#[test]
fn a_patch_cannot_grow_a_document_without_end() {
    // Each copy doubles the document: 10,000 of them would make 2^10000 elements.
    let mut patch = String::from("[");
    for index in 0..10_000 {
        let _ = write!(patch, r#"{}{{"op":"copy","from":"","path":"/x/{index}"}}"#, if index == 0 { "" } else { "," });
    }
    patch.push(']');
    assert!(patched(r#"{"x":[]}"#, &patch).is_err());
}

#[test]
fn a_patch_cannot_nest_deeper_than_what_can_be_read() {
    let copies: Vec<String> = (0..70).map(|_| r#"{"op":"copy","from":"/a","path":"/a/a"}"#.to_owned()).collect();
    assert!(patched(r#"{"a":{}}"#, &format!("[{}]", copies.join(","))).is_err());
    let inner = format!("{}{}", "[".repeat(60), "]".repeat(60));
    let value = |path: &str| format!(r#"[{{"op":"add","path":"{path}","value":{inner}}}]"#);
    let deep = r#"{"a":{"a":{"a":{"a":{"a":{}}}}}}"#;
    assert!(patched(deep, &value("/a/a/a/a")).is_ok());
    assert!(patched(deep, &value("/a/a/a/a/a")).is_err());
    let read_again = patched(deep, &value("/a/a/a/a")).unwrap();
    assert!(parse(read_again.as_bytes(), &Limits::FHIR).is_ok());
    assert!(patched("{}", &format!(r#"[{{"op":"add","path":"{}","value":1}}]"#, "/a".repeat(65))).is_err());
}

#[test]
fn a_patch_cannot_keep_the_server_busy() {
    // 10,000 insertions at the front of half a million elements would move 5 * 10^9 of them.
    let document = format!("[{}0]", "0,".repeat(500_000));
    let operations = vec![r#"{"op":"add","path":"/0","value":0}"#; 10_000];
    let error = patched(&document, &format!("[{}]", operations.join(","))).unwrap_err();
    assert!(error.message.contains("処理量"), "{}", error.message);
    let many = vec![r#"{"op":"test","path":"/0","value":0}"#; 10_001];
    assert!(patched("[0]", &format!("[{}]", many.join(","))).is_err());
}
