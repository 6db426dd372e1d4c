//! Primitive values and what stands beside them.
use super::container::Container;
use super::location::Location;
use super::walk::Walk;
use super::xhtml::{self, XhtmlError};
use super::{binding, format, message};
use crate::model::{Element, Primitive};
use karute_json::Value;

impl Walk {
    /// A primitive member: its value, its `_` sibling, or both.
    pub(super) fn primitive(
        &mut self,
        element: &'static Element,
        primitive: Primitive,
        main: Option<&Value<'_>>,
        sibling: Option<&Value<'_>>,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        if element.is_many() {
            return self.primitives(element, primitive, main, sibling, at, container);
        }
        match main {
            Some(Value::Null) => self.report("structure", at, message::NULL),
            Some(Value::Array(_)) => self.report("structure", at, message::AN_ARRAY),
            Some(value) => self.value(element, primitive, value, at, container),
            None => {}
        }
        match sibling {
            Some(Value::Array(_)) => self.report("structure", at, message::AN_ARRAY),
            Some(_) if primitive == Primitive::Xhtml => self.report("structure", at, message::NO_SIBLING),
            Some(sibling) => self.sibling(sibling, main.is_some(), at, container),
            None => {}
        }
    }

    /// A repeating primitive: two arrays side by side, with `null` where one has nothing.
    fn primitives(
        &mut self,
        element: &'static Element,
        primitive: Primitive,
        main: Option<&Value<'_>>,
        sibling: Option<&Value<'_>>,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        for side in [main, sibling].into_iter().flatten() {
            let complaint = match side {
                Value::Array(items) if items.is_empty() => message::EMPTY_ARRAY,
                Value::Array(_) => continue,
                Value::Null => message::NULL,
                _ => message::NOT_AN_ARRAY,
            };
            return self.report("structure", at, complaint);
        }
        let [values, siblings] = [main, sibling].map(|side| side.map_or(0, |s| s.items().len()));
        if main.is_some() && sibling.is_some() && values != siblings {
            return self.report("structure", at, message::NOT_ALIGNED);
        }
        for index in 0..values.max(siblings) {
            if self.is_full() {
                return;
            }
            let here = at.item(index);
            let (value, beside) = (item(main, index), item(sibling, index));
            if value.is_none() && beside.is_none() {
                self.report("structure", &here, message::NULL);
            }
            if let Some(value) = value {
                self.value(element, primitive, value, &here, container);
            }
            if let Some(beside) = beside {
                self.sibling(beside, value.is_some(), &here, container);
            }
        }
    }

    /// One value.
    fn value(
        &mut self,
        element: &'static Element,
        primitive: Primitive,
        value: &Value<'_>,
        at: &Location<'_>,
        container: &mut Container<'_>,
    ) {
        match value {
            Value::String(text) => {
                let text = text.decode();
                if primitive == Primitive::Xhtml {
                    if let Err(error) = xhtml::check(&text) {
                        self.report("invariant", at, narrative(error));
                    }
                } else if !format::is_well_formed(primitive, &text) {
                    let is_text = format::is_number(primitive, "0").is_none() && primitive != Primitive::Boolean;
                    let (code, complaint) =
                        if is_text { ("value", form(primitive)) } else { ("structure", message::WRONG_JSON_TYPE) };
                    self.report(code, at, complaint);
                } else if primitive == Primitive::Code {
                    if !binding::allows(element.binding(), &text) {
                        self.report("code-invalid", at, message::CODE_NOT_ALLOWED);
                    }
                } else if let Some(fragment) = text.strip_prefix('#') {
                    // `Reference.reference` is looked at where its targets are known.
                    if matches!(primitive, Primitive::Uri | Primitive::Url | Primitive::Canonical) {
                        // A uri may name anything; only the tie matters here.
                        let _ = container.refer(fragment);
                    }
                }
            }
            Value::Number(number) => match format::is_number(primitive, number.as_str()) {
                Some(true) => {}
                Some(false) => self.report("value", at, form(primitive)),
                None => self.report("structure", at, message::WRONG_JSON_TYPE),
            },
            Value::Bool(_) if primitive == Primitive::Boolean => {}
            Value::Null => self.report("structure", at, message::NULL),
            Value::Array(_) => self.report("structure", at, message::AN_ARRAY),
            _ => self.report("structure", at, message::WRONG_JSON_TYPE),
        }
    }
}

/// An item that is not `null`.
fn item<'v, 'a>(side: Option<&'v Value<'a>>, index: usize) -> Option<&'v Value<'a>> {
    side?.items().get(index).filter(|v| !matches!(v, Value::Null))
}

/// What a malformed value should look like.
fn form(primitive: Primitive) -> &'static str {
    match primitive {
        Primitive::String | Primitive::Markdown => {
            "文字列が空か、制御文字を含むか、長すぎます。1 文字以上 1,048,576 文字以内で、改行・タブ以外の制御文字を除いてください。"
        }
        Primitive::Code => "コードの形ではありません。前後の空白や続いた空白を除いてください。",
        Primitive::Id => "ID は英数字・「-」・「.」の 1〜64 文字です。形を直してください。",
        Primitive::Uri | Primitive::Url | Primitive::Canonical => {
            "URI に空白は使えず、空にもできません。形を直してください。"
        }
        Primitive::Date => "実在する日付を 2026、2026-11、2026-11-22 のいずれかの形で入れてください。",
        Primitive::DateTime => {
            "実在する日時を 2026、2026-11、2026-11-22、2026-11-22T10:25:00+09:00 のいずれかの形で入れてください。"
        }
        Primitive::Instant => "時刻を 2026-11-22T10:25:00.000+09:00 の形 (秒と時差まで) で入れてください。",
        Primitive::Time => "時刻を 10:25:00 の形 (24 時間制、秒まで) で入れてください。",
        Primitive::Base64Binary => "Base64 の形ではありません。正しく符号化し直してください。",
        Primitive::Oid => "OID を urn:oid:1.2.392 の形で入れてください。",
        Primitive::Uuid => "UUID を urn:uuid: に続けて小文字の 8-4-4-4-12 桁で入れてください。",
        Primitive::Integer => "-2147483648 から 2147483647 までの整数を、小数点や指数なしで入れてください。",
        Primitive::UnsignedInt => "0 から 2147483647 までの整数を、小数点や指数なしで入れてください。",
        Primitive::PositiveInt => "1 から 2147483647 までの整数を、小数点や指数なしで入れてください。",
        Primitive::Boolean | Primitive::Decimal | Primitive::Xhtml => message::WRONG_JSON_TYPE,
    }
}

fn narrative(error: XhtmlError) -> &'static str {
    match error {
        XhtmlError::Frame => {
            "説明文 (text.div) は <div xmlns=\"http://www.w3.org/1999/xhtml\"> で始まる一つの div にしてください (規則 txt-1)。"
        }
        XhtmlError::Malformed => {
            "説明文 (text.div) の XHTML が壊れています。タグの対応と & の書き方を直してください (規則 txt-1)。"
        }
        XhtmlError::Forbidden => {
            "説明文 (text.div) に使えない要素や属性 (script、フォーム、on… など) があります。取り除いてください (規則 txt-1)。"
        }
        XhtmlError::Address => {
            "説明文 (text.div) のリンクや書式に実行される宛先があります。取り除いてください (規則 txt-1)。"
        }
        XhtmlError::Empty => {
            "説明文 (text.div) に文字も画像もありません。内容を入れるか text を省いてください (規則 txt-2)。"
        }
    }
}
