//! The two canonicalisations of the profile, without comments: Canonical XML 1.0 (W3C REC-xml-c14n-20010315) and
//! Exclusive XML Canonicalization 1.0 (W3C REC-xml-exc-c14n-20020718), of one element with all that is in it.
use crate::names::{C14N, EXC_C14N, XML};
use crate::{Refusal, xml};
use roxmltree::{Attribute, Node};

/// Which canonicalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every namespace in scope is written, and `xml:` attributes of the ancestors are taken along.
    Inclusive,
    /// Only the namespaces that are used are written: the result does not depend on where the element stands.
    Exclusive,
}

impl Method {
    /// By its identifier. The variants with comments and version 1.1 are outside the profile.
    pub fn from_uri(uri: &str) -> Option<Method> {
        match uri {
            C14N => Some(Method::Inclusive),
            EXC_C14N => Some(Method::Exclusive),
            _ => None,
        }
    }
    /// Its identifier.
    pub const fn uri(self) -> &'static str {
        match self {
            Method::Inclusive => C14N,
            Method::Exclusive => EXC_C14N,
        }
    }
}

/// The canonical form of a document's root element, or of the element that carries an id.
///
/// # Errors
/// When the document cannot be read, or no or more than one element carries the id.
pub fn canonical_form(document: &[u8], id: Option<&str>, method: Method) -> Result<Vec<u8>, Refusal> {
    let tree = xml::parse(document)?;
    let node = match id {
        None => tree.root_element(),
        Some(id) => xml::by_id(&tree, id)?.ok_or_else(|| Refusal::WrongReference { uri: Refusal::quote(id) })?,
    };
    Ok(canonicalize(node, method))
}

/// The canonical octets of an element.
pub(crate) fn canonicalize(apex: Node<'_, '_>, method: Method) -> Vec<u8> {
    let mut writer = Writer { out: String::new(), method, rendered: Vec::new() };
    writer.element(apex, true);
    writer.out.into_bytes()
}

struct Writer<'a> {
    out: String,
    method: Method,
    /// Prefixes (empty for the default) and what they were last declared as in the output, innermost last.
    rendered: Vec<(&'a str, &'a str)>,
}

impl<'a> Writer<'a> {
    fn element(&mut self, node: Node<'a, '_>, apex: bool) {
        let mark = self.rendered.len();
        let name = qualified_name(node);
        self.out.push('<');
        self.out.push_str(name);
        let own: Vec<Attribute<'a, '_>> = node.attributes().collect();
        let mut declarations = match self.method {
            Method::Inclusive => self.in_scope(node),
            Method::Exclusive => self.used(node, name, &own),
        };
        declarations.sort_unstable();
        for (prefix, uri) in declarations {
            self.out.push_str(" xmlns");
            if !prefix.is_empty() {
                self.out.push(':');
                self.out.push_str(prefix);
            }
            self.out.push_str("=\"");
            escape_attribute(uri, &mut self.out);
            self.out.push('"');
            self.rendered.push((prefix, uri));
        }
        let mut attributes = own;
        if apex && self.method == Method::Inclusive {
            inherit(node, &mut attributes);
        }
        attributes
            .sort_by(|a, b| (a.namespace().unwrap_or(""), a.name()).cmp(&(b.namespace().unwrap_or(""), b.name())));
        for attribute in attributes {
            self.out.push(' ');
            self.out.push_str(attribute_name(node, &attribute));
            self.out.push_str("=\"");
            escape_attribute(attribute.value(), &mut self.out);
            self.out.push('"');
        }
        self.out.push('>');
        for child in node.children() {
            if child.is_element() {
                self.element(child, false);
            } else if child.is_text() {
                escape_text(child.text().unwrap_or_default(), &mut self.out);
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.rendered.truncate(mark);
    }

    fn last(&self, prefix: &str) -> Option<&'a str> {
        self.rendered.iter().rev().find(|(own, _)| *own == prefix).map(|(_, uri)| *uri)
    }

    /// Whether the declaration has to be written: it differs from what the output says so far.
    fn changes(&self, prefix: &str, uri: &str) -> bool {
        self.last(prefix).unwrap_or("") != uri
    }

    fn in_scope(&self, node: Node<'a, '_>) -> Vec<(&'a str, &'a str)> {
        let mut out: Vec<(&str, &str)> = Vec::new();
        for namespace in node.namespaces() {
            let (prefix, uri) = (namespace.name().unwrap_or(""), namespace.uri());
            if uri != XML && self.changes(prefix, uri) {
                out.push((prefix, uri));
            }
        }
        out
    }

    fn used(&self, node: Node<'a, '_>, name: &'a str, attributes: &[Attribute<'a, '_>]) -> Vec<(&'a str, &'a str)> {
        let mut prefixes = vec![prefix(name)];
        // An attribute without prefix has no namespace and uses none.
        prefixes.extend(attributes.iter().map(|a| prefix(attribute_name(node, a))).filter(|prefix| !prefix.is_empty()));
        prefixes.sort_unstable();
        prefixes.dedup();
        prefixes
            .into_iter()
            .filter(|prefix| *prefix != "xml")
            .map(|prefix| {
                let uri = node.lookup_namespace_uri((!prefix.is_empty()).then_some(prefix)).unwrap_or("");
                (prefix, uri)
            })
            .filter(|(prefix, uri)| self.changes(prefix, uri))
            .collect()
    }
}

/// Canonical XML 1.0 section 2.4: the apex takes the `xml:` attributes of its ancestors, the nearest first.
fn inherit<'a, 'i>(apex: Node<'a, 'i>, attributes: &mut Vec<Attribute<'a, 'i>>) {
    for ancestor in apex.ancestors().skip(1) {
        for attribute in ancestor.attributes().filter(|attribute| attribute.namespace() == Some(XML)) {
            let known = attributes.iter().any(|own| own.namespace() == Some(XML) && own.name() == attribute.name());
            if !known {
                attributes.push(attribute);
            }
        }
    }
}

/// The name of an element as it stands in the source; the tree keeps no prefixes. No entity ever moved the text,
/// because documents with a document type are refused.
fn qualified_name<'a>(node: Node<'a, '_>) -> &'a str {
    let source = node.document().input_text();
    let tail = source.get(node.range().start + 1..node.range().end).unwrap_or_default();
    let end = tail.find([' ', '\t', '\r', '\n', '/', '>']).unwrap_or(tail.len());
    tail.get(..end).unwrap_or_default()
}

fn attribute_name<'a>(node: Node<'a, '_>, attribute: &Attribute<'a, '_>) -> &'a str {
    node.document().input_text().get(attribute.range_qname()).unwrap_or_default()
}

fn prefix(name: &str) -> &str {
    name.split_once(':').map_or("", |(prefix, _)| prefix)
}

fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape_attribute(text: &str, out: &mut String) {
    escape(text, out, |c| match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '"' => Some("&quot;"),
        '\t' => Some("&#x9;"),
        '\n' => Some("&#xA;"),
        '\r' => Some("&#xD;"),
        _ => None,
    });
}

fn escape(text: &str, out: &mut String, replacement: impl Fn(char) -> Option<&'static str>) {
    out.reserve(text.len());
    let mut from = 0;
    // Everything replaced is one byte long.
    for (at, c) in text.char_indices() {
        if let Some(entity) = replacement(c) {
            out.push_str(text.get(from..at).unwrap_or_default());
            out.push_str(entity);
            from = at + 1;
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str, path: &[&str], method: Method) -> String {
        let document = xml::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        let node = xml::at_path(&document, path).unwrap_or_else(|| panic!("no element"));
        String::from_utf8(canonicalize(node, method)).unwrap_or_default()
    }

    #[test]
    fn the_vectors_of_the_specification_come_out() {
        // e-prescription.md section 12: both digests of the same element.
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"Document\" xsi:noNamespaceSchemaLocation=\"EP.xsd\"><D id=\"D\">x</D></Document>";
        assert_eq!(
            canonical(text, &["Document", "D"], Method::Inclusive),
            "<D xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" id=\"D\">x</D>"
        );
        assert_eq!(canonical(text, &["Document", "D"], Method::Exclusive), "<D id=\"D\">x</D>");
    }

    #[test]
    fn names_spaces_and_entities_are_written_in_one_way() {
        let text = "<a  z = '1' xmlns:q='u:q' q:b='&#9;&quot;&lt;' xml:lang='ja'\n xmlns='u:d'><!-- c --><b xmlns=''/>\r\n&#13;<![CDATA[<&]]>&gt;</a\n>";
        let document = xml::parse(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
        let out = |method| String::from_utf8(canonicalize(document.root_element(), method)).unwrap_or_default();
        let expected = "<a xmlns=\"u:d\" xmlns:q=\"u:q\" z=\"1\" xml:lang=\"ja\" q:b=\"&#x9;&quot;&lt;\"><b xmlns=\"\"></b>\n&#xD;&lt;&amp;&gt;</a>";
        assert_eq!(out(Method::Inclusive), expected);
        assert_eq!(out(Method::Exclusive), expected);
    }

    #[test]
    fn only_the_inclusive_form_takes_along_what_stands_outside() {
        let text = "<a xmlns:n='u' xml:lang='ja' xml:space='preserve'><b xml:lang='en'><c n:x='1' y='2'/></b></a>";
        assert_eq!(
            canonical(text, &["a", "b", "c"], Method::Inclusive),
            "<c xmlns:n=\"u\" y=\"2\" xml:lang=\"en\" xml:space=\"preserve\" n:x=\"1\"></c>"
        );
        assert_eq!(canonical(text, &["a", "b", "c"], Method::Exclusive), "<c xmlns:n=\"u\" y=\"2\" n:x=\"1\"></c>");
    }
}
