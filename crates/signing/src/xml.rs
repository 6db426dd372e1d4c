//! Reading XML from outside within bounds, and finding places in it.
//!
//! A scan over the bytes comes before the parser: it refuses what we never want to see (document types, processing
//! instructions) and keeps the parser's costs linear (depth, attributes of an element, namespace declarations).
use crate::Refusal;
use roxmltree::{Document, Node, ParsingOptions};

/// Largest document in bytes. Prescriptions have a few kilobytes; revocation lists of a long-term signature may have
/// a megabyte each.
pub const MAX_DOCUMENT_BYTES: usize = 16 << 20;
/// Deepest nesting of elements.
const MAX_DEPTH: usize = 64;
/// Most attributes of one element, namespace declarations included.
const MAX_ATTRIBUTES: usize = 64;
/// Most namespace declarations of one document.
const MAX_NAMESPACES: usize = 512;
/// Most nodes of one document.
const MAX_NODES: u32 = 200_000;

/// Reads a document.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document<'_>, Refusal> {
    if bytes.len() > MAX_DOCUMENT_BYTES {
        return Err(Refusal::TooLarge { limit: MAX_DOCUMENT_BYTES });
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Refusal::NotUtf8)?;
    scan(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => Refusal::Doctype,
        roxmltree::Error::NodesLimitReached => Refusal::Bounds { what: "要素の数" },
        other => {
            let at = other.pos();
            Refusal::Malformed { line: at.row, column: at.col }
        }
    })?;
    // Namespaces in XML 1.0 section 2.2 knows no undeclaring of a prefix; the parser lets it pass.
    let undeclared = |node: Node<'_, '_>| node.namespaces().any(|ns| ns.name().is_some() && ns.uri().is_empty());
    if document.descendants().filter(Node::is_element).any(undeclared) {
        return Err(Refusal::Structure { what: "名前空間" });
    }
    Ok(document)
}

/// Walks over the markup without understanding it. What is not well-formed is left to the parser.
fn scan(text: &str) -> Result<(), Refusal> {
    let mut rest = declaration(text.strip_prefix('\u{FEFF}').unwrap_or(text))?;
    let (mut depth, mut namespaces) = (0usize, 0usize);
    while let Some(at) = rest.find('<') {
        rest = rest.get(at..).unwrap_or_default();
        let skipped = |text: &str, end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
        let length = if rest.starts_with("<!--") {
            skipped(rest, "-->")
        } else if rest.starts_with("<![CDATA[") {
            skipped(rest, "]]>")
        } else if rest.starts_with("<!") {
            return Err(Refusal::Doctype);
        } else if rest.starts_with("<?") {
            return Err(Refusal::ProcessingInstruction);
        } else {
            let tag = tag(rest)?;
            namespaces += tag.namespaces;
            if rest.starts_with("</") {
                depth = depth.saturating_sub(1);
            } else if !tag.empty {
                depth += 1;
            }
            if depth > MAX_DEPTH {
                return Err(Refusal::Bounds { what: "入れ子の深さ" });
            }
            if namespaces > MAX_NAMESPACES {
                return Err(Refusal::Bounds { what: "名前空間の数" });
            }
            tag.length
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// Skips the XML declaration; refuses one that names another encoding than UTF-8.
fn declaration(text: &str) -> Result<&str, Refusal> {
    if !text.starts_with("<?xml") {
        return Ok(text);
    }
    let end = text.find("?>").map_or(text.len(), |at| at + 2);
    let (declaration, rest) = text.split_at(end);
    match declaration.split_once("encoding").map(|(_, value)| value) {
        Some(value)
            if !value
                .trim_start_matches([' ', '\t', '\r', '\n', '='])
                .get(1..6)
                .is_some_and(|name| name.eq_ignore_ascii_case("utf-8")) =>
        {
            Err(Refusal::NotUtf8)
        }
        _ => Ok(rest),
    }
}

struct Tag {
    /// Bytes up to and including `>`.
    length: usize,
    /// Namespace declarations.
    namespaces: usize,
    /// `<a/>`.
    empty: bool,
}

fn tag(text: &str) -> Result<Tag, Refusal> {
    let bytes = text.as_bytes();
    let (mut quote, mut attributes, mut namespaces) = (None, 0usize, 0usize);
    for (at, byte) in bytes.iter().copied().enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), _) => quote = Some(open).filter(|_| open != byte),
            (None, b'"' | b'\'') => {
                quote = Some(byte);
                attributes += 1;
                if attributes > MAX_ATTRIBUTES {
                    return Err(Refusal::Bounds { what: "属性の数" });
                }
            }
            (None, b'>') => {
                let empty = at > 1 && bytes.get(at - 1) == Some(&b'/');
                return Ok(Tag { length: at + 1, namespaces, empty });
            }
            (None, b'x') if bytes.get(at..).is_some_and(|tail| tail.starts_with(b"xmlns")) => namespaces += 1,
            _ => {}
        }
    }
    Ok(Tag { length: bytes.len(), namespaces, empty: false })
}

/// The only element at the end of a path of local names without namespace, beginning with the root.
pub(crate) fn at_path<'a, 'i>(document: &'a Document<'i>, path: &[&str]) -> Option<Node<'a, 'i>> {
    let (first, rest) = path.split_first()?;
    let root = document.root_element();
    if !root.has_tag_name(*first) || root.tag_name().namespace().is_some() {
        return None;
    }
    rest.iter().try_fold(root, |node, name| only_child(node, None, name))
}

/// The child of that name when there is exactly one.
pub(crate) fn only_child<'a, 'i>(parent: Node<'a, 'i>, namespace: Option<&str>, name: &str) -> Option<Node<'a, 'i>> {
    let mut found = children(parent, namespace, name);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// All child elements of a name.
pub(crate) fn children<'a, 'i>(
    parent: Node<'a, 'i>,
    namespace: Option<&str>,
    name: &str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(move |node| {
        node.is_element() && node.tag_name().name() == name && node.tag_name().namespace() == namespace
    })
}

/// The child elements of any name.
pub(crate) fn elements<'a, 'i>(parent: Node<'a, 'i>) -> impl Iterator<Item = Node<'a, 'i>> {
    parent.children().filter(Node::is_element)
}

/// The names that mark an id in the schemas of the services (`id`) and of XML-DSig (`Id`), and the usual others.
const ID_NAMES: &[&str] = &["id", "Id", "ID"];

/// The ids that an element carries.
pub(crate) fn ids<'a>(node: Node<'a, '_>) -> impl Iterator<Item = &'a str> {
    node.attributes()
        .filter(|attribute| match attribute.namespace() {
            None => ID_NAMES.contains(&attribute.name()),
            Some(namespace) => namespace == crate::names::XML && attribute.name() == "id",
        })
        .map(|attribute| attribute.value())
}

/// The only element that carries the id.
pub(crate) fn by_id<'a, 'i>(document: &'a Document<'i>, id: &str) -> Result<Option<Node<'a, 'i>>, Refusal> {
    let mut found = document.descendants().filter(|node| node.is_element() && ids(*node).any(|own| own == id));
    let first = found.next();
    match found.next() {
        Some(_) => Err(Refusal::DuplicateId { id: Refusal::quote(id) }),
        None => Ok(first),
    }
}

/// All text below an element, comments left out.
pub(crate) fn text(node: Node<'_, '_>) -> String {
    node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect()
}

/// Base64 in an element, line breaks allowed.
pub(crate) fn base64(node: Node<'_, '_>, what: &'static str) -> Result<Vec<u8>, Refusal> {
    use base64::Engine as _;
    let mut encoded = text(node);
    encoded.retain(|c| !matches!(c, ' ' | '\t' | '\r' | '\n'));
    base64::engine::general_purpose::STANDARD.decode(encoded).map_err(|_| Refusal::unreadable(what))
}

/// Where the end tag of an element begins in the source; nothing for `<a/>`.
pub(crate) fn end_tag(node: Node<'_, '_>) -> Option<usize> {
    let range = node.range();
    let source = node.document().input_text().get(range.clone())?;
    if source.ends_with("/>") && node.first_child().is_none() {
        return None;
    }
    source.rfind("</").map(|at| range.start + at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> Refusal {
        parse(text.as_bytes()).err().unwrap_or_else(|| panic!("accepted"))
    }

    #[test]
    fn what_is_never_wanted_is_refused_by_name() {
        assert_eq!(refused("<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), Refusal::Doctype);
        assert_eq!(refused("<?xml version='1.0'?><!DOCTYPE a SYSTEM 'http://127.0.0.1/x.dtd'><a/>"), Refusal::Doctype);
        assert_eq!(refused("<a><?php echo ?></a>"), Refusal::ProcessingInstruction);
        assert_eq!(refused("<?xml version='1.0' encoding='Shift_JIS'?><a/>"), Refusal::NotUtf8);
        assert_eq!(parse(b"<a>\xff</a>").err(), Some(Refusal::NotUtf8));
        assert_eq!(refused("<a>&b;</a>"), Refusal::Malformed { line: 1, column: 4 });
        assert_eq!(refused("<a xmlns:b='x'><c xmlns:b=''/></a>"), Refusal::Structure { what: "名前空間" });
        assert!(matches!(refused("<a><b></a>"), Refusal::Malformed { .. }));
        assert!(matches!(refused(""), Refusal::Malformed { .. }));
    }

    #[test]
    fn bounds_are_kept_before_the_parser_pays_for_them() {
        assert_eq!(refused(&"<a>".repeat(100_000)), Refusal::Bounds { what: "入れ子の深さ" });
        let attributes: String = (0..100_000).map(|n| format!(" a{n}='1'")).collect();
        assert_eq!(refused(&format!("<a{attributes}/>")), Refusal::Bounds { what: "属性の数" });
        let namespaces: String = (0..1000).map(|n| format!("<b xmlns:n{n}='u{n}'/>")).collect();
        assert_eq!(refused(&format!("<a>{namespaces}</a>")), Refusal::Bounds { what: "名前空間の数" });
        assert_eq!(refused(&format!("<a>{}</a>", "<b/>".repeat(300_000))), Refusal::Bounds { what: "要素の数" });
        assert_eq!(
            parse(&vec![b' '; MAX_DOCUMENT_BYTES + 1]).err(),
            Some(Refusal::TooLarge { limit: MAX_DOCUMENT_BYTES })
        );
    }

    #[test]
    fn a_path_leads_to_one_element_or_nowhere() {
        let text = "<a><b><c id='1'/></b><d/><d/><n:e xmlns:n='u'/></a>";
        let document = parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        assert!(at_path(&document, &["a", "b", "c"]).is_some());
        for nowhere in [&["a", "d"][..], &["a", "e"], &["b"], &["a", "b", "x"], &[]] {
            assert!(at_path(&document, nowhere).is_none(), "{nowhere:?}");
        }
    }

    #[test]
    fn an_id_carried_twice_is_refused_under_any_of_its_names() {
        let document = parse(b"<a id='1'><b Id='1'/><c ID='2' xml:id='3'/></a>").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(by_id(&document, "1"), Err(Refusal::DuplicateId { id: "1".into() }));
        assert_eq!(by_id(&document, "2").map(|n| n.map(|n| n.tag_name().name())), Ok(Some("c")));
        assert_eq!(by_id(&document, "3").map(|n| n.map(|n| n.tag_name().name())), Ok(Some("c")));
        assert_eq!(by_id(&document, "4"), Ok(None));
    }
}
