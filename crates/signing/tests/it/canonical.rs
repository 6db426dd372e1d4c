//! Both canonicalisations against libxml2, over generated documents.
use crate::setting::{run, skipped};
use karute_signing::c14n::{Method, canonical_form};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use std::fmt::Write as _;

/// An element to write down in one of many ways.
#[derive(Clone, Debug)]
struct Element {
    prefix: usize,
    name: usize,
    /// (prefix, URI); the prefix is an index, 0 the default namespace.
    declarations: Vec<(usize, usize)>,
    attributes: Vec<(usize, usize, String)>,
    children: Vec<Content>,
    spaced: bool,
}

#[derive(Clone, Debug)]
enum Content {
    Element(Element),
    Text(String),
    Cdata(String),
}

const PREFIXES: &[&str] = &["", "a", "b", "xs"];
/// Absolute and without characters that need escaping: libxml2 refuses relative ones and writes the others down as they
/// are, against Canonical XML 1.0 section 2.3.
const URIS: &[&str] = &["urn:one", "http://www.w3.org/2000/09/xmldsig#", "urn:two?x=1", "http://example.org/%E3%81%82"];
const NAMES: &[&str] = &["e", "Document", "処方"];
const ATTRIBUTES: &[&str] = &["id", "Value", "薬", "z"];

fn text() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            Just("&amp;"),
            Just("&lt;"),
            Just("&gt;"),
            Just("&#13;"),
            Just("&#xA;"),
            Just("&#9;"),
            Just("\r\n"),
            Just("\n"),
            Just(" "),
            Just("\t"),
            Just("あ"),
            Just("𠮷"),
            Just("x"),
            Just("&quot;"),
            Just("&apos;"),
            Just(">"),
        ],
        0..6,
    )
    .prop_map(|parts| parts.concat())
}

fn element() -> impl Strategy<Value = Element> {
    let leaf = parts(Just(Vec::new()));
    leaf.prop_recursive(4, 24, 4, |inner| {
        parts(proptest::collection::vec(
            prop_oneof![
                3 => inner.prop_map(Content::Element),
                2 => text().prop_map(Content::Text),
                1 => "[a-zあ<&>]{0,4}".prop_map(Content::Cdata),
            ],
            0..4,
        ))
    })
}

fn parts(children: impl Strategy<Value = Vec<Content>>) -> impl Strategy<Value = Element> {
    (
        0..PREFIXES.len(),
        0..NAMES.len(),
        proptest::collection::vec((0..PREFIXES.len(), 0..=URIS.len()), 0..3),
        proptest::collection::vec((0..=PREFIXES.len(), 0..ATTRIBUTES.len(), text()), 0..4),
        children,
        any::<bool>(),
    )
        .prop_map(|(prefix, name, declarations, attributes, children, spaced)| Element {
            prefix,
            name,
            declarations,
            attributes,
            children,
            spaced,
        })
}

/// Writes an element; prefixes that are not bound are bound on the spot, and what would be declared or stated twice is
/// left out.
fn write(element: &Element, scope: &[(usize, usize)], out: &mut String) {
    let mut own: Vec<(usize, usize)> = Vec::new();
    for (prefix, uri) in &element.declarations {
        // Only the default namespace can be taken back.
        let known = own.iter().any(|(other, _)| other == prefix);
        if !known && (*uri < URIS.len() || *prefix == 0) {
            own.push((*prefix, *uri));
        }
    }
    let bound = |own: &[(usize, usize)], prefix: usize| {
        own.iter().chain(scope.iter().rev()).find(|(other, _)| *other == prefix).map(|(_, uri)| *uri)
    };
    let used = element.attributes.iter().map(|(prefix, ..)| *prefix).chain([element.prefix]);
    for prefix in used.filter(|prefix| (1..PREFIXES.len()).contains(prefix)) {
        if bound(&own, prefix).is_none() {
            own.push((prefix, 0));
        }
    }
    let qualified = |prefix: usize, name: &str| match PREFIXES.get(prefix) {
        Some(&"") => name.to_owned(),
        Some(prefix) => format!("{prefix}:{name}"),
        None => format!("xml:{name}"),
    };
    let name = qualified(element.prefix, NAMES[element.name]);
    write!(out, "<{name}").unwrap();
    let mut seen: Vec<(String, &str)> = Vec::new();
    for (prefix, attribute, value) in &element.attributes {
        let namespace = match *prefix {
            0 => String::new(),
            4 => "xml".to_owned(),
            prefix => bound(&own, prefix).unwrap().to_string(),
        };
        let attribute = if *prefix == 4 { "space" } else { ATTRIBUTES[*attribute] };
        let value = if *prefix == 4 { "preserve" } else { value };
        if !seen.contains(&(namespace.clone(), attribute)) {
            seen.push((namespace, attribute));
            let gap = if element.spaced { "\n  " } else { " " };
            write!(out, "{gap}{}='{value}'", qualified(*prefix, attribute)).unwrap();
        }
    }
    for (prefix, uri) in &own {
        let uri = URIS.get(*uri).copied().unwrap_or_default();
        match PREFIXES[*prefix] {
            "" => write!(out, " xmlns=\"{uri}\"").unwrap(),
            prefix => write!(out, " xmlns:{prefix} = \"{uri}\"").unwrap(),
        }
    }
    if element.children.is_empty() && element.spaced {
        out.push_str(" />");
        return;
    }
    out.push('>');
    let mut inner = scope.to_vec();
    inner.extend(&own);
    for child in &element.children {
        match child {
            Content::Element(child) => write(child, &inner, out),
            Content::Text(text) => out.push_str(text),
            Content::Cdata(text) => write!(out, "<![CDATA[{text}]]>").unwrap(),
        }
    }
    write!(out, "</{name}>").unwrap();
}

fn document(root: &Element) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    write(root, &[], &mut out);
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whole_documents_come_out_as_from_libxml2(root in element()) {
        let document = document(&root);
        for (method, option) in [(Method::Inclusive, "--c14n"), (Method::Exclusive, "--exc-c14n")] {
            let Some(output) = run("xmllint", &[option, "-"], document.as_bytes()) else { return Ok(()) };
            prop_assert!(output.status.success(), "{}\n{document}", String::from_utf8_lossy(&output.stderr));
            let ours = canonical_form(document.as_bytes(), None, method).unwrap();
            prop_assert_eq!(String::from_utf8_lossy(&ours), String::from_utf8_lossy(&output.stdout), "{}", document);
        }
    }
}

/// Digests of parts inside other parts, with everything that the outside brings into scope, from `xmlsec1`.
#[test]
fn parts_of_documents_come_out_as_from_xmlsec1() {
    use base64::Engine as _;
    let folder = tempfile::tempdir().unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let reference = |algorithm: &str| {
        format!(
            "<ds:Reference URI=\"#target\"><ds:Transforms><ds:Transform Algorithm=\"{algorithm}\"/></ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue/></ds:Reference>"
        )
    };
    for _ in 0..48 {
        let inner = document(&element().new_tree(&mut runner).unwrap().current());
        let inner = inner.split_once("?>\n").unwrap().1;
        let text = format!(
            "<r xmlns:a='urn:one' xmlns='urn:outside' xml:lang='ja' xmlns:unused='urn:u'><m xml:space='default' xmlns:b='urn:b'><target id=\"target\">{inner}</target></m><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"{0}\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#hmac-sha256\"/>{1}{2}</ds:SignedInfo><ds:SignatureValue/><ds:KeyInfo/></ds:Signature></r>",
            Method::Exclusive.uri(),
            reference(Method::Inclusive.uri()),
            reference(Method::Exclusive.uri()),
        );
        let (key, file) = (folder.path().join("key"), folder.path().join("in.xml"));
        std::fs::write(&key, b"0123456789abcdef0123456789abcdef").unwrap();
        std::fs::write(&file, &text).unwrap();
        let args = ["--sign", "--hmackey", key.to_str().unwrap(), "--id-attr:id", "target", file.to_str().unwrap()];
        let Some(output) = run("xmlsec1", &args, b"") else {
            skipped("xmlsec1");
            return;
        };
        let signed = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
        let theirs: Vec<&str> =
            signed.split("<ds:DigestValue>").skip(1).map(|rest| rest.split_once('<').unwrap().0).collect();
        let ours: Vec<String> = [Method::Inclusive, Method::Exclusive]
            .map(|method| canonical_form(text.as_bytes(), Some("target"), method).unwrap())
            .map(|octets| base64::engine::general_purpose::STANDARD.encode(karute_crypto::sha256(&octets).0))
            .to_vec();
        assert_eq!(ours, theirs, "{text}");
    }
}
