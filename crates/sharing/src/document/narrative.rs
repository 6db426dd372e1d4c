//! Text of a section as XHTML: lines and nothing else.
use super::json::{Json, word};
use karute_json::Value;

/// Lines of plain text as a narrative.
pub(super) fn narrative(text: &str) -> Json {
    let mut div = String::with_capacity(text.len() + 64);
    div.push_str(r#"<div xmlns="http://www.w3.org/1999/xhtml">"#);
    for (n, line) in text.lines().enumerate() {
        if n > 0 {
            div.push_str("<br/>");
        }
        for c in line.chars() {
            match c {
                '<' => div.push_str("&lt;"),
                '>' => div.push_str("&gt;"),
                '&' => div.push_str("&amp;"),
                '"' => div.push_str("&quot;"),
                c if c.is_control() => {}
                c => div.push(c),
            }
        }
    }
    div.push_str("</div>");
    Value::object([("status", word("additional")), ("div", word(div))])
}
