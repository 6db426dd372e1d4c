//! Narrative (R4 narrative §2.31, rules txt-1 and txt-2): well-formed XHTML of plain formatting, nothing active.

/// Why a narrative is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum XhtmlError {
    /// Does not begin with `<div xmlns="http://www.w3.org/1999/xhtml"`, or something follows that `div`.
    Frame,
    /// Tags, attributes or character references are not well-formed.
    Malformed,
    /// An element or attribute that narratives may not have (scripts, forms, event handlers …).
    Forbidden,
    /// An address of a scheme that runs or fetches something (`javascript:` …).
    Address,
    /// Neither text nor image.
    Empty,
}

const NAMESPACE: &str = "http://www.w3.org/1999/xhtml";
/// Nesting of elements.
const MAX_DEPTH: usize = 100;

/// Elements of HTML 4.0 chapters 7 to 11 (without 9.4, insertions and deletions) and 15, links and images; sorted.
#[rustfmt::skip]
const ELEMENTS: &[&str] = &[
    "a", "abbr", "acronym", "address", "area", "b", "bdo", "big", "blockquote", "br", "caption", "center", "cite",
    "code", "col", "colgroup", "dd", "dfn", "div", "dl", "dt", "em", "font", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
    "i", "img", "kbd", "li", "map", "ol", "p", "pre", "q", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
];

/// Attributes that format or identify; sorted. Anything else, event handlers above all, is refused.
#[rustfmt::skip]
const ATTRIBUTES: &[&str] = &[
    "abbr", "accesskey", "align", "alt", "axis", "bgcolor", "border", "cellhalign", "cellpadding", "cellspacing",
    "cellvalign", "char", "charoff", "charset", "cite", "class", "clear", "color", "cols", "colspan", "compact",
    "coords", "datetime", "dir", "face", "frame", "headers", "height", "href", "hreflang", "hspace", "id", "lang",
    "longdesc", "name", "nohref", "noshade", "nowrap", "rel", "rev", "rowspan", "rules", "scope", "shape", "size",
    "span", "src", "start", "style", "summary", "tabindex", "target", "title", "type", "usemap", "valign", "value",
    "vlink", "vspace", "width", "xml:lang", "xml:space", "xmlns",
];

/// Checks the text of `Narrative.div`.
pub(super) fn check(text: &str) -> Result<(), XhtmlError> {
    let mut reader = Reader { rest: text.trim() };
    let mut open: Vec<&str> = Vec::new();
    let (mut started, mut has_content) = (false, false);
    while !reader.rest.is_empty() {
        if started && open.is_empty() {
            return Err(XhtmlError::Frame);
        }
        if let Some(comment) = reader.rest.strip_prefix("<!--") {
            let (inside, rest) = comment.split_once("-->").ok_or(XhtmlError::Malformed)?;
            if !started || inside.contains("--") {
                return Err(if started { XhtmlError::Malformed } else { XhtmlError::Frame });
            }
            reader.rest = rest;
        } else if let Some(rest) = reader.rest.strip_prefix("</") {
            reader.rest = rest;
            let name = reader.name();
            reader.space();
            reader.expect('>')?;
            if open.pop() != Some(name) {
                return Err(XhtmlError::Malformed);
            }
        } else if reader.rest.starts_with('<') {
            let (name, closed, namespace) = reader.tag()?;
            if !started && (name != "div" || !namespace) {
                return Err(XhtmlError::Frame);
            }
            started = true;
            has_content |= name == "img";
            if !closed {
                open.push(name);
                if open.len() > MAX_DEPTH {
                    return Err(XhtmlError::Malformed);
                }
            }
        } else if started {
            has_content |= reader.text()?;
        } else {
            return Err(XhtmlError::Frame);
        }
    }
    match (started, open.is_empty(), has_content) {
        (false, ..) => Err(XhtmlError::Frame),
        (_, false, _) => Err(XhtmlError::Malformed),
        (.., false) => Err(XhtmlError::Empty),
        _ => Ok(()),
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn name(&mut self) -> &'t str {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, ':' | '-' | '_' | '.'))
            .unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        name
    }

    /// Whether there was white space.
    fn space(&mut self) -> bool {
        let rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let any = rest.len() < self.rest.len();
        self.rest = rest;
        any
    }

    fn expect(&mut self, c: char) -> Result<(), XhtmlError> {
        self.rest = self.rest.strip_prefix(c).ok_or(XhtmlError::Malformed)?;
        Ok(())
    }

    /// A start tag: its name, whether it closes itself, whether it declares the XHTML namespace.
    fn tag(&mut self) -> Result<(&'t str, bool, bool), XhtmlError> {
        self.expect('<')?;
        let name = self.name();
        if name.is_empty() {
            return Err(XhtmlError::Malformed);
        }
        if ELEMENTS.binary_search(&name).is_err() {
            return Err(XhtmlError::Forbidden);
        }
        let mut namespace = false;
        let mut seen: Vec<&str> = Vec::new();
        loop {
            let space = self.space();
            if let Some(rest) = self.rest.strip_prefix("/>") {
                self.rest = rest;
                return Ok((name, true, namespace));
            }
            if let Some(rest) = self.rest.strip_prefix('>') {
                self.rest = rest;
                return Ok((name, false, namespace));
            }
            let attribute = self.name();
            if !space || attribute.is_empty() || seen.contains(&attribute) {
                return Err(XhtmlError::Malformed);
            }
            seen.push(attribute);
            self.space();
            self.expect('=')?;
            self.space();
            let value = self.value()?;
            if ATTRIBUTES.binary_search(&attribute).is_err() {
                return Err(XhtmlError::Forbidden);
            }
            if attribute == "xmlns" {
                if value != NAMESPACE {
                    return Err(XhtmlError::Frame);
                }
                namespace = true;
            }
            if matches!(attribute, "href" | "src" | "cite" | "longdesc" | "style") && is_active(attribute, value) {
                return Err(XhtmlError::Address);
            }
        }
    }

    fn value(&mut self) -> Result<&'t str, XhtmlError> {
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or(XhtmlError::Malformed)?;
        self.expect(quote)?;
        let (value, rest) = self.rest.split_once(quote).ok_or(XhtmlError::Malformed)?;
        self.rest = rest;
        if value.contains('<') {
            return Err(XhtmlError::Malformed);
        }
        check_references(value)?;
        Ok(value)
    }

    /// Character data up to the next tag; whether any of it can be seen.
    fn text(&mut self) -> Result<bool, XhtmlError> {
        let (text, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
        self.rest = rest;
        check_references(text)?;
        if text.contains("]]>") || text.chars().any(|c| c < ' ' && !matches!(c, '\t' | '\r' | '\n')) {
            return Err(XhtmlError::Malformed);
        }
        Ok(!text.chars().all(char::is_whitespace))
    }
}

/// Every `&` must begin `&name;`, `&#10;` or `&#xA;` (HTML's named characters are allowed by R4).
fn check_references(text: &str) -> Result<(), XhtmlError> {
    for (at, _) in text.match_indices('&') {
        let after = &text[at + 1..];
        let name = after.find(';').map(|end| &after[..end]).ok_or(XhtmlError::Malformed)?;
        let ok = match name.strip_prefix('#') {
            Some(number) => character(number).is_some_and(|c| c >= ' ' || matches!(c, '\t' | '\r' | '\n')),
            None => (2..=8).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric()),
        };
        if !ok {
            return Err(XhtmlError::Malformed);
        }
    }
    Ok(())
}

/// `10` or `xA` as a character.
fn character(number: &str) -> Option<char> {
    let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |hex| (hex, 16));
    if digits.len() > 8 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, radix).ok().and_then(char::from_u32)
}

/// Whether an address would run or hide something: browsers drop white space and control characters and decode
/// character references before they read the scheme.
fn is_active(attribute: &str, value: &str) -> bool {
    let mut plain = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(c) = rest.chars().next() {
        let reference = rest.strip_prefix('&').and_then(|r| r.split_once(';'));
        let (c, next) = match reference {
            Some((name, next)) => (named(name), next),
            None => (Some(c), &rest[c.len_utf8()..]),
        };
        plain.extend(c.filter(|c| !c.is_whitespace() && !c.is_control()).map(|c| c.to_ascii_lowercase()));
        rest = next;
    }
    if attribute == "style" {
        return ["url(", "expression(", "@import", "javascript:", "behavior:", "\\"]
            .iter()
            .any(|bad| plain.contains(bad));
    }
    let scheme = plain.split([':', '/', '?', '#']).next().unwrap_or_default();
    let has_scheme = plain[scheme.len()..].starts_with(':');
    let image = attribute == "src" && plain.starts_with("data:image/") && !plain.starts_with("data:image/svg");
    has_scheme && !image && !matches!(scheme, "http" | "https" | "mailto" | "tel" | "urn")
}

/// The characters by name that could hide a scheme.
fn named(name: &str) -> Option<char> {
    match name {
        "colon" => Some(':'),
        "Tab" | "NewLine" => None,
        "amp" => Some('&'),
        "sol" => Some('/'),
        "lpar" => Some('('),
        "bsol" => Some('\\'),
        _ => name.strip_prefix('#').and_then(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn div(inside: &str) -> Result<(), XhtmlError> {
        check(&format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{inside}</div>"))
    }

    #[test]
    fn plain_formatting_passes() {
        for inside in [
            "山田　太郎",
            "<p>a<br/>b</p><hr />",
            "<table class='grid'><tr><td colspan=\"2\" style=\"color: red\">&lt; 5 &nbsp;&#160;&#xA0;</td></tr></table>",
            "<a href=\"https://example.org/?a=1&amp;b=2\">x</a><a href=\"Patient/1\">y</a><a href='#z' name=\"z\">z</a>",
            "<img src=\"#binary\" alt=\"\"/>",
            "<img src=\"data:image/png;base64,AAAA\"/>",
            "<!-- note -->x",
            "<ul>\n <li>a</li>\n</ul>",
        ] {
            assert_eq!(div(inside), Ok(()), "{inside}");
        }
    }

    #[test]
    fn active_and_broken_content_is_refused() {
        use XhtmlError::{Address, Empty, Forbidden, Frame, Malformed};
        for (inside, expected) in [
            ("<script>alert(1)</script>", Forbidden),
            ("<SCRIPT>x</SCRIPT>", Forbidden),
            ("<p onclick=\"x()\">x</p>", Forbidden),
            ("<form><input/></form>", Forbidden),
            ("<iframe src=\"https://example.org\"/>", Forbidden),
            ("<style>p{}</style>", Forbidden),
            ("<object/>", Forbidden),
            ("<del>x</del>", Forbidden),
            ("<svg><a/></svg>", Forbidden),
            ("<a href=\"javascript:alert(1)\">x</a>", Address),
            ("<a href=\" JaVa&#115;cript&colon;alert(1)\">x</a>", Address),
            ("<a href=\"java&#x0A;script:alert(1)\">x</a>", Address),
            ("<a href=\"vbscript:x\">x</a>", Address),
            ("<a href=\"data:text/html;base64,AAAA\">x</a>", Address),
            ("<img src=\"data:image/svg+xml;base64,AAAA\"/>", Address),
            ("<p style=\"background: url(https://example.org/x)\">x</p>", Address),
            ("<p>x", Malformed),
            ("<p>x</b></p>", Malformed),
            ("<b><i>x</b></i>", Malformed),
            ("a & b", Malformed),
            ("&#0;", Malformed),
            ("a < b", Malformed),
            ("<p class=a>x</p>", Malformed),
            ("<p class=\"a\" class=\"b\">x</p>", Malformed),
            ("<p class=\"<\">x</p>", Malformed),
            ("<!-- a -- b -->x", Malformed),
            ("<![CDATA[x]]>", Malformed),
            ("", Empty),
            (" \n ", Empty),
            ("<p></p>", Empty),
            ("</div><div>x", Frame),
        ] {
            assert_eq!(div(inside), Err(expected), "{inside}");
        }
        for text in
            ["", "x", "<p xmlns=\"http://www.w3.org/1999/xhtml\">x</p>", "<div>x</div>", "<div xmlns=\"urn:x\">x</div>"]
        {
            assert_eq!(check(text), Err(Frame), "{text}");
        }
    }

    #[test]
    fn very_deep_nesting_is_refused_without_a_deep_stack() {
        assert_eq!(div(&format!("{}x{}", "<b>".repeat(100_000), "</b>".repeat(100_000))), Err(XhtmlError::Malformed));
    }

    #[test]
    fn lists_are_sorted_for_binary_search() {
        assert!(ELEMENTS.is_sorted() && ATTRIBUTES.is_sorted());
    }
}
