//! Narratives of others: XHTML in, words out. Tags give structure (paragraph, list, table) and nothing else; attributes,
//! links, pictures, styles, scripts and whatever nobody knows leave no trace. Broken markup is read as far as it goes.
use karute_chart::inbox::Block;

/// Characters of one narrative at most.
const LONGEST: usize = 200_000;
/// Characters of a tag at most, and bytes of a narrative that are looked at.
const LONGEST_TAG: usize = 1_000;
const LONGEST_SOURCE: usize = 600_000;
/// Rows of a table, cells of a row, points of a list at most.
const MOST: usize = 2_000;
const MOST_CELLS: usize = 60;

/// Elements whose content is no text for people.
const SKIPPED: [&str; 10] =
    ["script", "style", "head", "title", "iframe", "object", "embed", "svg", "math", "template"];

/// Text for people: without control characters and without marks that turn the direction of writing.
pub(super) fn safe(text: &str) -> String {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    text.chars().filter(|c| !hidden(*c)).collect()
}

#[derive(Default)]
struct Reading {
    blocks: Vec<Block>,
    text: String,
    list: Option<Vec<String>>,
    table: Option<Vec<Vec<String>>>,
    /// Tables inside of a cell are read as its text.
    tables: usize,
    lists: usize,
    in_cell: bool,
    in_point: bool,
    preformatted: usize,
    length: usize,
}

/// A narrative as blocks of words.
pub fn blocks(div: &str) -> Vec<Block> {
    let mut reading = Reading::default();
    let mut rest = div.get(..div.floor_char_boundary(LONGEST_SOURCE)).unwrap_or(div);
    let mut skipping: Option<String> = None;
    while !rest.is_empty() && reading.length < LONGEST {
        let Some(open) = rest.find('<') else {
            if skipping.is_none() {
                reading.words(rest);
            }
            break;
        };
        let (before, tag) = rest.split_at(open);
        if skipping.is_none() {
            reading.words(before);
        }
        if let Some(after) = tag.strip_prefix("<!--") {
            rest = after.find("-->").and_then(|end| after.get(end + 3..)).unwrap_or_default();
            continue;
        }
        if let Some(after) = tag.strip_prefix("<![CDATA[") {
            let end = after.find("]]>").unwrap_or(after.len());
            if skipping.is_none() {
                reading.literal(after.get(..end).unwrap_or_default());
            }
            rest = after.get(end + 3..).unwrap_or_default();
            continue;
        }
        let Some(end) = tag_end(tag) else {
            // A sign that somebody forgot to escape.
            if skipping.is_none() {
                reading.literal("<");
            }
            rest = tag.get(1..).unwrap_or_default();
            continue;
        };
        let inner = tag.get(1..end).unwrap_or_default();
        rest = tag.get(end + 1..).unwrap_or_default();
        let closing = inner.starts_with('/');
        let own = inner.trim_end().ends_with('/');
        let name: String = inner
            .trim_start_matches('/')
            .chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == ':' || *c == '-')
            .collect::<String>()
            .to_ascii_lowercase();
        let name = name.rsplit(':').next().unwrap_or_default().to_owned();
        if let Some(until) = &skipping {
            if closing && name == *until {
                skipping = None;
            }
            continue;
        }
        if SKIPPED.contains(&name.as_str()) {
            if !closing && !own {
                skipping = Some(name);
            }
            continue;
        }
        if closing { reading.close(&name) } else { reading.open(&name, own) }
    }
    reading.flush();
    reading.end_list();
    reading.end_table();
    reading.blocks
}

/// Where a tag ends; `>` inside of quotes does not end it. None for what is no tag.
fn tag_end(tag: &str) -> Option<usize> {
    let begins = |c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
    if !tag.chars().nth(1).is_some_and(begins) {
        return None;
    }
    let mut quote = None;
    for (at, c) in tag.char_indices().skip(1).take(LONGEST_TAG) {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

impl Reading {
    fn words(&mut self, raw: &str) {
        let decoded = decode(raw);
        self.literal(&decoded);
    }

    fn literal(&mut self, text: &str) {
        let clean = safe(text);
        if self.preformatted > 0 {
            self.text.push_str(&clean);
        } else {
            for c in clean.chars() {
                let blank = c == ' ' || c == '\n' || c == '\t';
                if !blank {
                    self.text.push(c);
                } else if !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                    self.text.push(' ');
                }
            }
        }
        self.length += clean.len();
    }

    fn open(&mut self, name: &str, own: bool) {
        match name {
            "br" => {
                while self.text.ends_with(' ') {
                    self.text.pop();
                }
                self.text.push('\n');
            }
            "hr" => self.paragraph(),
            "pre" if !own => {
                self.paragraph();
                self.preformatted += 1;
            }
            "table" if !own => {
                self.tables += 1;
                if self.tables == 1 && !self.in_point {
                    self.paragraph();
                    self.end_list();
                    self.table = Some(Vec::new());
                }
            }
            "tr" if self.tables == 1 && self.table.is_some() => {
                self.end_cell();
                if let Some(table) = self.table.as_mut().filter(|table| table.len() < MOST) {
                    table.push(Vec::new());
                }
            }
            "td" | "th" if self.tables == 1 && self.table.is_some() => {
                self.end_cell();
                self.in_cell = !own;
                if own {
                    self.cell(String::new());
                }
            }
            "tr" | "td" | "th" => self.text.push(' '),
            "ul" | "ol" | "dl" if !own => {
                self.lists += 1;
                if self.lists == 1 && !self.in_cell {
                    self.paragraph();
                    self.list = Some(Vec::new());
                }
            }
            "li" | "dt" | "dd" if self.list.is_some() && !self.in_cell => {
                self.end_point();
                self.in_point = true;
            }
            _ if is_block(name) => self.paragraph(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "pre" => {
                self.paragraph();
                self.preformatted = self.preformatted.saturating_sub(1);
            }
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                if self.tables == 0 {
                    self.end_cell();
                    self.end_table();
                }
            }
            "td" | "th" if self.tables == 1 => self.end_cell(),
            "ul" | "ol" | "dl" => {
                self.lists = self.lists.saturating_sub(1);
                if self.lists == 0 && !self.in_cell {
                    self.end_point();
                    self.end_list();
                }
            }
            "li" | "dt" | "dd" if self.lists <= 1 && !self.in_cell => self.end_point(),
            _ if is_block(name) => self.paragraph(),
            _ => {}
        }
    }

    fn taken(&mut self) -> String {
        let taken = std::mem::take(&mut self.text);
        let lines: Vec<&str> = taken.lines().map(|line| line.trim_end_matches(' ')).collect();
        lines.join("\n").trim_matches(['\n', ' ']).to_owned()
    }

    /// Ends a paragraph; inside of a cell or a point, a line.
    fn paragraph(&mut self) {
        if self.in_cell || self.in_point {
            if !self.text.is_empty() && !self.text.ends_with('\n') {
                self.text.push('\n');
            }
            return;
        }
        self.flush();
    }

    fn flush(&mut self) {
        let text = self.taken();
        if text.is_empty() {
            return;
        }
        if self.in_cell {
            self.in_cell = false;
            self.cell(text);
        } else if self.in_point {
            self.in_point = false;
            self.point(text);
        } else {
            self.blocks.push(Block::Text(text));
        }
    }

    fn cell(&mut self, text: String) {
        let Some(table) = &mut self.table else { return };
        if table.is_empty() {
            table.push(Vec::new());
        }
        if let Some(row) = table.last_mut().filter(|row| row.len() < MOST_CELLS) {
            row.push(text);
        }
    }

    fn end_cell(&mut self) {
        if self.in_cell {
            let text = self.taken();
            self.in_cell = false;
            self.cell(text);
        } else if self.table.is_some() {
            // Words between cells belong to none: they are shown before the table.
            let text = self.taken();
            if !text.is_empty() {
                self.blocks.push(Block::Text(text));
            }
        }
    }

    fn end_table(&mut self) {
        if let Some(mut table) = self.table.take() {
            table.retain(|row| row.iter().any(|cell| !cell.is_empty()));
            if !table.is_empty() {
                self.blocks.push(Block::Table(table));
            }
        }
        self.in_cell = false;
    }

    fn point(&mut self, text: String) {
        if let Some(list) = self.list.as_mut().filter(|list| list.len() < MOST) {
            list.push(text);
        }
    }

    fn end_point(&mut self) {
        let text = self.taken();
        if self.in_point && !text.is_empty() {
            self.point(text);
        } else if !text.is_empty() {
            self.blocks.push(Block::Text(text));
        }
        self.in_point = false;
    }

    fn end_list(&mut self) {
        if let Some(list) = self.list.take()
            && !list.is_empty()
        {
            self.blocks.push(Block::List(list));
        }
        self.in_point = false;
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "p" | "div"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "blockquote"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "address"
            | "caption"
            | "thead"
            | "tbody"
            | "tfoot"
    )
}

/// Character references; unknown ones stay as they are written.
fn decode(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        let end = after.char_indices().take(12).find(|(_, c)| *c == ';').map(|(end, _)| end);
        let decoded = end.and_then(|end| Some((named(after.get(..end)?)?, end)));
        if let Some((c, end)) = decoded {
            out.push(c);
            rest = after.get(end + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn named(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{A0}',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(words: &str) -> Block {
        Block::Text(words.to_owned())
    }

    #[test]
    fn structure_stays_and_everything_else_goes() {
        for (div, expected) in [
            (r#"<div xmlns="http://www.w3.org/1999/xhtml">上腹部痛、腰痛</div>"#, vec![text("上腹部痛、腰痛")]),
            ("<div>一行目<br/>二行目<br/><br/>四行目</div>", vec![text("一行目\n二行目\n\n四行目")]),
            ("<div><p>段落</p><p>次</p></div>", vec![text("段落"), text("次")]),
            (
                "<div><ul><li>身長 162.3 cm</li><li>体重 <b>65.5</b> kg</li></ul></div>",
                vec![Block::List(vec!["身長 162.3 cm".to_owned(), "体重 65.5 kg".to_owned()])],
            ),
            (
                "<table><tr><th>項目</th><th>値</th></tr><tr><td>K</td><td>4.1</td></tr></table>",
                vec![Block::Table(vec![
                    vec!["項目".to_owned(), "値".to_owned()],
                    vec!["K".to_owned(), "4.1".to_owned()],
                ])],
            ),
            ("血圧 &lt;140 &amp; 脈&gt;60 &#x25CB;", vec![text("血圧 <140 & 脈>60 ○")]),
            ("", vec![]),
        ] {
            assert_eq!(blocks(div), expected, "{div}");
        }
    }

    #[test]
    fn hostile_narratives_leave_words_only() {
        for div in [
            "<div>本文<script>alert('x')</script></div>",
            "<div>本文<SCRIPT src=//evil></SCRIPT></div>",
            "<div onclick=\"alert(1)\">本文<img src=x onerror=alert(1)/></div>",
            "<div>本文<style>body{display:none}</style></div>",
            "<div>本文<svg><script>alert(1)</script></svg></div>",
            "<div>本文<iframe src='https://evil'>x</iframe></div>",
            "<div>本文<!-- <script>alert(1)</script> --></div>",
            "<div title=\"a>b<script>\">本文</div>",
            "<div>本文<object data=x><param name=y/></object></div>",
            "<div>本\u{202E}文\u{200B}</div>",
            "<html:div>本文</html:div>",
        ] {
            assert_eq!(blocks(div), [text("本文")], "{div}");
        }
        // Escaped markup is words, and is shown as words.
        assert_eq!(blocks("&lt;script&gt;alert(1)&lt;/script&gt;"), [text("<script>alert(1)</script>")]);
        assert_eq!(blocks("<![CDATA[<b>文</b>]]>"), [text("<b>文</b>")]);
    }

    #[test]
    fn broken_and_endless_narratives_are_read_as_far_as_they_go() {
        assert_eq!(blocks("<div>途中<p>で切れ"), [text("途中"), text("で切れ")]);
        assert_eq!(blocks("<div>a < b のとき</div>"), [text("a < b のとき")]);
        assert_eq!(blocks("値<3 <img src=x"), [text("値<3 <img src=x")], "words, not markup");
        let deep = "<div>".repeat(50_000) + "深い";
        let quotes = "<x \"".repeat(150_000);
        assert!(blocks(&quotes).len() <= 1);
        assert_eq!(blocks(&deep), [text("深い")]);
        let long = "あ".repeat(LONGEST);
        assert_eq!(blocks(&long).len(), 1);
        let rows = format!("<table>{}</table>", "<tr><td>1</td></tr>".repeat(10_000));
        let Some(Block::Table(table)) = blocks(&rows).pop() else { panic!("a table") };
        assert!(table.len() <= MOST);
    }
}
