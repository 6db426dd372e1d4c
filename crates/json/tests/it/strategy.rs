//! JSON texts at random.
use proptest::prelude::*;

fn number() -> impl Strategy<Value = String> {
    "-?(0|[1-9][0-9]{0,12})(\\.[0-9]{1,8})?([eE][+-]?[0-9]{1,2})?"
}

fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Z0-9 ]{1,12}",
        4 => "[ぁ-んァ-ヶ一-龠]{1,6}",
        1 => "\\PC",
        1 => Just("\\n".to_owned()),
        1 => Just("\\\"".to_owned()),
        1 => Just("\\\\".to_owned()),
        1 => Just("\\/".to_owned()),
        1 => Just("\\u3042".to_owned()),
        1 => Just("\\uD83D\\ude00".to_owned()),
        1 => Just("\u{10348}".to_owned()),
    ];
    prop::collection::vec(piece, 0..5).prop_map(|pieces| {
        // Raw quotes and backslashes that `\PC` may have given are escaped; escapes above are kept.
        let plain: String = pieces
            .iter()
            .map(|piece| if piece == "\"" || piece == "\\" { format!("\\{piece}") } else { piece.clone() })
            .collect();
        format!("\"{plain}\"")
    })
}

/// A compact JSON text.
pub(crate) fn json() -> impl Strategy<Value = String> {
    let leaf =
        prop_oneof![Just("null".to_owned()), Just("true".to_owned()), Just("false".to_owned()), number(), string()];
    leaf.prop_recursive(5, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::btree_map("[a-z_]{1,6}", inner, 0..20).prop_map(|members| {
                let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    })
}
