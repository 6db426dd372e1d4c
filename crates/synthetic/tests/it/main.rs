//! What the demo, the bench and the screens may rely on.
#![allow(clippy::unwrap_used, missing_docs)]

mod believable;
mod coherent;
mod load;
mod today;
mod valid;

use karute_japan::Timestamp;
use karute_json::Value;
use karute_synthetic::{Clinic, Params};
use std::sync::LazyLock;

/// A clinic of this many patients with three years of history.
fn clinic(seed: u64, patients: u32) -> Clinic {
    let now = Timestamp::parse("2026-11-20T10:42:00+09:00").unwrap();
    Clinic::new(Params::new(seed, patients, 3, now, "1419990015", "みどり野内科クリニック"))
}

/// The history of 250 patients, made once.
fn history() -> &'static [Value<'static>] {
    static HISTORY: LazyLock<Vec<Value<'static>>> = LazyLock::new(|| clinic(1, 250).resources().collect());
    &HISTORY
}

fn text(value: &Value<'_>, path: &[&str]) -> String {
    value.at(path).and_then(Value::as_str).map(std::borrow::Cow::into_owned).unwrap_or_default()
}

fn kind(value: &Value<'_>) -> String {
    text(value, &["resourceType"])
}

/// All references of a resource, wherever they stand.
fn references(value: &Value<'_>, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Object(object) => {
            for (key, item) in object.iter() {
                match (key.raw(), item) {
                    ("reference", Value::String(target)) => found.push(target.decode().into_owned()),
                    _ => references(item, found),
                }
            }
        }
        _ => {}
    }
}
