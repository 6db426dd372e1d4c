//! Where a page ends and the next begins, as plain text: JSON `["1", position, key, …]`. A face seals it before it
//! leaves the product, so what is not of this form was not ours.
use super::sort::{Key, KeyValue, Kind};
use crate::LedgerError;
use serde_json::{Value, json};

/// A place in an order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Place {
    /// Position of the last resource of the page.
    pub(super) seq: i64,
    /// What it was sorted by.
    pub(super) keys: Vec<KeyValue>,
}

impl Place {
    /// As text.
    pub(super) fn encode(&self) -> String {
        let mut out = vec![json!("1"), json!(self.seq)];
        out.extend(self.keys.iter().map(|key| match key {
            KeyValue::Absent => Value::Null,
            KeyValue::Text(text) => json!(text),
            KeyValue::Int(n) => json!(n),
            // By its bits, so that it comes back exactly.
            KeyValue::Real(n) => json!(n.to_bits()),
        }));
        Value::Array(out).to_string()
    }

    /// From text, for an order by `keys`.
    pub(super) fn decode(text: &str, keys: &[Key]) -> Result<Place, LedgerError> {
        let parts: Vec<Value> = serde_json::from_str(text).map_err(|_| LedgerError::Cursor)?;
        let [Value::String(form), seq, rest @ ..] = parts.as_slice() else { return Err(LedgerError::Cursor) };
        if form != "1" || rest.len() != keys.len() {
            return Err(LedgerError::Cursor);
        }
        let seq = seq.as_i64().filter(|seq| *seq >= 0).ok_or(LedgerError::Cursor)?;
        let values = keys.iter().zip(rest).map(|(key, part)| {
            let value = match (key.kind(), part) {
                (_, Value::Null) if !key.always() => Some(KeyValue::Absent),
                (Kind::Text, Value::String(text)) if !text.contains('\0') => Some(KeyValue::Text(text.clone())),
                (Kind::Int, part) => part.as_i64().map(KeyValue::Int),
                (Kind::Real, part) => part.as_u64().map(f64::from_bits).filter(|n| !n.is_nan()).map(KeyValue::Real),
                _ => None,
            };
            value.ok_or(LedgerError::Cursor)
        });
        Ok(Place { seq, keys: values.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_fhir::search::{ParamKey, Sort, SortBy};

    fn keys() -> Vec<Key> {
        let param = ParamKey::of("X.y");
        [SortBy::Text(param), SortBy::Date(param), SortBy::Number(param)]
            .map(|by| Key(Sort { by, descending: false }))
            .to_vec()
    }

    #[test]
    fn a_place_comes_back_as_it_was() {
        for keys_of in [
            vec![KeyValue::Text("やま\u{1}\"田".into()), KeyValue::Int(i64::MIN), KeyValue::Real(0.1)],
            vec![KeyValue::Absent, KeyValue::Absent, KeyValue::Absent],
        ] {
            let place = Place { seq: 7, keys: keys_of };
            assert_eq!(Place::decode(&place.encode(), &keys()).unwrap(), place);
        }
    }

    #[test]
    fn what_is_not_a_place_in_this_order_is_refused() {
        for text in [
            "",
            "7",
            "[]",
            "[\"2\",7,null,null,null]",
            "[\"1\",7]",
            "[\"1\",-1,null,null,null]",
            "[\"1\",7,1,1,1]",
            "[\"1\",7,null,\"x\",null]",
            "[\"1\",7,\"a\\u0000\",null,null]",
        ] {
            assert!(matches!(Place::decode(text, &keys()), Err(LedgerError::Cursor)), "{text}");
        }
    }
}
