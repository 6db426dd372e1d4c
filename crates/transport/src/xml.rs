//! Reading small XML documents that come from outside, within bounds: no DTD, no entities but the five of XML, no
//! processing instructions, nothing deeper, longer or more than the bounds allow.
//!
//! quick-xml (its DOM-free reader) tells events; the tree is ours because bounds and refusals must be: stack.md
//! section 5 names roxmltree as well, which would be a second parser beside the one that is in the build already.
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Bounds of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes.
    pub max_bytes: usize,
    /// Depth of elements.
    pub max_depth: usize,
    /// Elements and comments.
    pub max_nodes: usize,
}

/// Why a document is refused. No text of the document is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XmlError {
    /// More bytes than allowed.
    #[error("XMLが大きすぎます。")]
    TooLarge,
    /// Deeper than allowed.
    #[error("XMLの入れ子が深すぎます。")]
    TooDeep,
    /// More elements than allowed.
    #[error("XMLの要素が多すぎます。")]
    TooMany,
    /// Not UTF-8, or declared as something else.
    #[error("XMLの文字コードがUTF-8ではありません。")]
    Encoding,
    /// A document type declaration: entities and external files are never followed.
    #[error("XMLに文書型宣言（DTD）があります。")]
    Dtd,
    /// An entity other than the five of XML.
    #[error("XMLに未定義の実体参照があります。")]
    Entity,
    /// A processing instruction.
    #[error("XMLに処理命令があります。")]
    Instruction,
    /// Not well formed.
    #[error("XMLの形式が正しくありません。")]
    Malformed,
    /// The root or a needed element is missing or stands twice.
    #[error("XMLに必要な要素がないか、重複しています。")]
    Structure,
}

/// An element.
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    /// Name with its prefix.
    pub name: String,
    /// Attributes in their order.
    pub attributes: Vec<(String, String)>,
    /// Elements in it.
    pub children: Vec<Element>,
    /// Its own text, put together.
    pub text: String,
    /// Where it stands in the document: from its `<` to behind its end tag.
    pub span: std::ops::Range<usize>,
}

impl std::fmt::Debug for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "<{}> with {} elements", self.name, self.children.len())
    }
}

impl Element {
    /// The first element of this name in it.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The one element of this name in it.
    ///
    /// # Errors
    /// [`XmlError::Structure`] when there is none or more than one.
    pub fn only(&self, name: &str) -> Result<&Element, XmlError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        match (found.next(), found.next()) {
            (Some(child), None) => Ok(child),
            _ => Err(XmlError::Structure),
        }
    }

    /// The text of the element of this name in it; `None` when it is not there.
    ///
    /// # Errors
    /// [`XmlError::Structure`] when it stands twice or holds elements.
    pub fn text_of(&self, name: &str) -> Result<Option<&str>, XmlError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some(child), None) if child.children.is_empty() => Ok(Some(&child.text)),
            _ => Err(XmlError::Structure),
        }
    }

    /// The element of this name in it, where it stands.
    ///
    /// # Errors
    /// [`XmlError::Structure`] when there is more than one.
    pub fn at_most_one(&self, name: &str) -> Result<Option<&Element>, XmlError> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        match (found.next(), found.next()) {
            (first, None) => Ok(first),
            _ => Err(XmlError::Structure),
        }
    }

    /// Whether it holds elements of these names and no text.
    pub fn holds_only(&self, known: &[impl AsRef<str>]) -> bool {
        let known = |child: &Element| known.iter().any(|name| name.as_ref() == child.name);
        self.text.trim().is_empty() && self.children.iter().all(known)
    }

    /// Whether every id in it stands once: an element that stands twice under one id is how signatures are wrapped
    /// around something else.
    pub fn ids_are_unique(&self) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        let mut waiting = vec![self];
        while let Some(element) = waiting.pop() {
            for (name, value) in &element.attributes {
                if matches!(name.as_str(), "id" | "Id" | "ID") && !seen.insert(value.as_str()) {
                    return false;
                }
            }
            waiting.extend(&element.children);
        }
        true
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads a document.
///
/// # Errors
/// See [`XmlError`].
pub fn read(bytes: &[u8], bounds: &Bounds) -> Result<Element, XmlError> {
    if bytes.len() > bounds.max_bytes {
        return Err(XmlError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| XmlError::Encoding)?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let skipped = bytes.len() - text.len();
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    let mut nodes = 0usize;
    loop {
        let before = place(&reader) + skipped;
        let event = reader.read_event().map_err(|_| XmlError::Malformed)?;
        let after = place(&reader) + skipped;
        match event {
            Event::Decl(declaration) => {
                if before != skipped {
                    return Err(XmlError::Malformed);
                }
                let utf8 = match declaration.encoding() {
                    None => true,
                    Some(encoding) => encoding.map_err(|_| XmlError::Malformed)?.eq_ignore_ascii_case("utf-8"),
                };
                if !utf8 {
                    return Err(XmlError::Encoding);
                }
            }
            Event::Start(_) | Event::Empty(_) if root.is_some() && open.is_empty() => {
                return Err(XmlError::Malformed);
            }
            Event::Start(start) => {
                count(&mut nodes, bounds)?;
                if open.len() >= bounds.max_depth {
                    return Err(XmlError::TooDeep);
                }
                open.push(element(&start, before, bounds)?);
            }
            Event::Empty(start) => {
                count(&mut nodes, bounds)?;
                if open.len() >= bounds.max_depth {
                    return Err(XmlError::TooDeep);
                }
                let mut made = element(&start, before, bounds)?;
                made.span.end = after;
                close(made, &mut open, &mut root);
            }
            Event::End(_) => {
                let mut made = open.pop().ok_or(XmlError::Malformed)?;
                made.span.end = after;
                close(made, &mut open, &mut root);
            }
            Event::Text(text) => add_text(&mut open, &text.xml10_content())?,
            Event::CData(text) => add_text(&mut open, &text.xml10_content())?,
            Event::GeneralRef(reference) => {
                let resolved = match reference.resolve_char_ref().map_err(|_| XmlError::Entity)? {
                    Some(character) => character.to_string(),
                    None => resolve_xml_entity(&reference).ok_or(XmlError::Entity)?.to_owned(),
                };
                match open.last_mut() {
                    Some(element) => element.text.push_str(&resolved),
                    None => return Err(XmlError::Malformed),
                }
            }
            Event::Comment(_) => count(&mut nodes, bounds)?,
            Event::DocType(_) => return Err(XmlError::Dtd),
            Event::PI(_) => return Err(XmlError::Instruction),
            Event::Eof => break,
        }
    }
    if open.is_empty() { root.ok_or(XmlError::Malformed) } else { Err(XmlError::Malformed) }
}

fn place(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn count(nodes: &mut usize, bounds: &Bounds) -> Result<(), XmlError> {
    *nodes += 1;
    if *nodes > bounds.max_nodes { Err(XmlError::TooMany) } else { Ok(()) }
}

fn element(start: &BytesStart<'_>, at: usize, bounds: &Bounds) -> Result<Element, XmlError> {
    let name = start.name().into_inner().to_owned();
    let mut attributes: Vec<(String, String)> = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| XmlError::Malformed)?;
        let key = attribute.key.into_inner().to_owned();
        let value = attribute.normalized_value(quick_xml::XmlVersion::Implicit1_0).map_err(|_| XmlError::Entity)?;
        if attributes.len() >= bounds.max_depth {
            return Err(XmlError::TooMany);
        }
        attributes.push((key, value.into_owned()));
    }
    Ok(Element { name, attributes, children: Vec::new(), text: String::new(), span: at..at })
}

fn close(made: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(made),
        None => *root = Some(made),
    }
}

/// Text outside the root may only be blank.
fn add_text(open: &mut [Element], text: &str) -> Result<(), XmlError> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => {}
        None => return Err(XmlError::Malformed),
    }
    Ok(())
}

/// Text with the signs of XML escaped.
pub fn escaped(text: &str) -> std::borrow::Cow<'_, str> {
    quick_xml::escape::partial_escape(text)
}
