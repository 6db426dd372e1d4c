//! What all faces need to carry out Bundles. Pure.
use karute_json::{Text, Value};

/// Replaces references inside one resource while a transaction is carried out (R4 transaction rules): every
/// `Reference.reference`, and every element of type `uri`, `url` or `canonical` whose value begins with `urn:`, is
/// handed to `replacement`; where that gives a new text it takes the place of the old one. Everything else keeps its
/// exact spelling.
pub fn rewrite_references(resource: &mut Value<'_>, replacement: &dyn Fn(&str) -> Option<String>) {
    match resource {
        Value::Object(object) => {
            for (key, value) in object.values_mut() {
                let is_reference = key.decode() == "reference";
                match value {
                    Value::String(text) => rewrite(text, is_reference, replacement),
                    other => rewrite_references(other, replacement),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite_references(item, replacement)),
        _ => {}
    }
}

fn rewrite(text: &mut Text<'_>, is_reference: bool, replacement: &dyn Fn(&str) -> Option<String>) {
    let old = text.decode();
    if !is_reference && !old.starts_with("urn:") {
        return;
    }
    if let Some(new) = replacement(&old) {
        *text = Text::new(new);
    }
}
