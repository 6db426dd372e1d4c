//! JSON Pointer (RFC 6901) and JSON Patch (RFC 6902).
use crate::{Limits, Value};
use std::borrow::Cow;

/// Why a patch could not be applied; the document is then unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchError {
    /// Index of the operation, from 0.
    pub operation: usize,
    /// What was wrong, in Japanese, naming the pointer.
    pub message: String,
    /// Whether a `test` operation failed (as opposed to a malformed patch).
    pub test_failed: bool,
}

impl std::fmt::Display for PatchError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}番目の操作: {}", self.operation + 1, self.message)
    }
}

impl std::error::Error for PatchError {}

/// More operations than this are refused.
const MAX_OPERATIONS: usize = 10_000;
/// Bound on the work of one patch, counted in members looked at, elements moved and bytes copied or compared. What
/// an honest patch needs is far below; what copies itself again and again ends here after a fraction of a second.
const MAX_WORK: usize = 64 << 20;

/// Resolves a JSON Pointer.
pub fn pointer<'v, 'a>(value: &'v Value<'a>, pointer: &str) -> Option<&'v Value<'a>> {
    let mut here = value;
    for token in tokens(pointer)? {
        here = match here {
            Value::Object(object) => object.get(&token?)?,
            Value::Array(items) => items.get(array_index(&token?)?)?,
            _ => return None,
        };
    }
    Some(here)
}

/// Applies a JSON Patch: all of it or nothing.
///
/// The work is bounded: 10,000 operations, results no deeper than [`Limits::FHIR`], and a budget for everything that
/// is searched, moved, copied or compared, so that a small hostile patch cannot grow a document without end.
pub fn apply_patch<'a>(target: &mut Value<'a>, patch: &Value<'a>) -> Result<(), PatchError> {
    let refuse = |operation, message: &str| PatchError { operation, message: message.to_owned(), test_failed: false };
    let Value::Array(operations) = patch else {
        return Err(refuse(0, "JSON Patchは操作の配列で書いてください。"));
    };
    if operations.len() > MAX_OPERATIONS {
        return Err(refuse(MAX_OPERATIONS, "操作が多すぎます。10,000件以下に分けてください。"));
    }
    let mut work = Work { left: MAX_WORK };
    let mut copy = target.clone();
    for (index, operation) in operations.iter().enumerate() {
        apply_one(&mut copy, operation, &mut work).map_err(|fault| PatchError {
            operation: index,
            message: fault.message,
            test_failed: fault.test_failed,
        })?;
    }
    *target = copy;
    Ok(())
}

struct Fault {
    message: String,
    test_failed: bool,
}

fn fault(message: impl Into<String>) -> Fault {
    Fault { message: message.into(), test_failed: false }
}

/// A pointer as it may stand in a message.
fn shown(pointer: &str) -> String {
    pointer.chars().take(200).flat_map(char::escape_debug).collect()
}

fn missing(pointer: &str) -> Fault {
    fault(format!("「{}」が見つかりません。", shown(pointer)))
}

struct Work {
    left: usize,
}

impl Work {
    fn spend(&mut self, amount: usize) -> Result<(), Fault> {
        self.left = self
            .left
            .checked_sub(amount)
            .ok_or_else(|| fault("パッチの処理量が大きすぎます。分けて送ってください。"))?;
        Ok(())
    }
    /// Accounts for a whole value and returns its depth (a scalar has depth 0).
    fn spend_value(&mut self, value: &Value<'_>) -> Result<usize, Fault> {
        match value {
            Value::Null | Value::Bool(_) => self.spend(4).map(|()| 0),
            Value::Number(number) => self.spend(number.as_str().len()).map(|()| 0),
            Value::String(text) => self.spend(text.raw().len() + 2).map(|()| 0),
            Value::Array(items) => {
                self.spend(2 + items.len())?;
                items.iter().try_fold(1, |deepest: usize, item| Ok(deepest.max(1 + self.spend_value(item)?)))
            }
            Value::Object(object) => {
                self.spend(2 + object.len())?;
                object.iter().try_fold(1, |deepest: usize, (key, item)| {
                    self.spend(key.raw().len() + 3)?;
                    Ok(deepest.max(1 + self.spend_value(item)?))
                })
            }
        }
    }
}

/// The tokens of a pointer, unescaped; `None` when it is not a pointer, a token is `None` when its escape is wrong.
fn tokens(pointer: &str) -> Option<impl Iterator<Item = Option<Cow<'_, str>>>> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    Some(pointer.split('/').skip(1).map(unescape))
}

/// `~1` is `/`, `~0` is `~`; any other `~` is an error.
fn unescape(token: &str) -> Option<Cow<'_, str>> {
    if !token.contains('~') {
        return Some(Cow::Borrowed(token));
    }
    let mut out = String::with_capacity(token.len());
    let mut chars = token.chars();
    while let Some(c) = chars.next() {
        out.push(match c {
            '~' => match chars.next() {
                Some('0') => '~',
                Some('1') => '/',
                _ => return None,
            },
            c => c,
        });
    }
    Some(Cow::Owned(out))
}

/// An array index: digits without leading zero.
fn array_index(token: &str) -> Option<usize> {
    let plain = token.bytes().all(|b| b.is_ascii_digit()) && (token == "0" || !token.starts_with('0'));
    if plain { token.parse().ok() } else { None }
}

/// A checked pointer: its text and its tokens.
struct Path<'p> {
    text: Cow<'p, str>,
    tokens: Vec<String>,
}

fn path_of<'p>(operation: &'p Value<'_>, member: &str) -> Result<Path<'p>, Fault> {
    let text = operation
        .get(member)
        .and_then(Value::as_str)
        .ok_or_else(|| fault(format!("「{member}」にJSONポインタを書いてください。")))?;
    let parsed: Option<Vec<String>> =
        tokens(&text).and_then(|all| all.map(|token| token.map(Cow::into_owned)).collect());
    match parsed {
        // Nothing can be deeper than the limit, the new member included.
        Some(tokens) if tokens.len() <= Limits::FHIR.max_depth => Ok(Path { text, tokens }),
        Some(_) => Err(fault(format!("「{}」は深すぎます。", shown(&text)))),
        None => Err(fault(format!("「{}」はJSONポインタではありません。", shown(&text)))),
    }
}

fn value_of<'o, 'a>(operation: &'o Value<'a>) -> Result<&'o Value<'a>, Fault> {
    operation.get("value").ok_or_else(|| fault("「value」がありません。"))
}

fn apply_one<'a>(target: &mut Value<'a>, operation: &Value<'a>, work: &mut Work) -> Result<(), Fault> {
    if operation.as_object().is_none() {
        return Err(fault("操作はオブジェクトで書いてください。"));
    }
    let Some(op) = operation.get("op").and_then(Value::as_str) else {
        return Err(fault("「op」がありません。"));
    };
    let path = path_of(operation, "path")?;
    match op.as_ref() {
        "add" => {
            let value = value_of(operation)?;
            let depth = work.spend_value(value)?;
            add(target, &path, value.clone(), depth, work)
        }
        "remove" => remove(target, &path, work).map(|_| ()),
        "replace" => {
            let value = value_of(operation)?;
            let depth = work.spend_value(value)?;
            check_depth(&path, depth)?;
            *resolve(target, &path, work)? = value.clone();
            Ok(())
        }
        "move" => {
            let from = path_of(operation, "from")?;
            if path.tokens.len() > from.tokens.len() && path.tokens.starts_with(&from.tokens) {
                return Err(fault(format!("「{}」をその内側へは移せません。", shown(&from.text))));
            }
            if path.tokens == from.tokens {
                return resolve(target, &from, work).map(|_| ());
            }
            let value = remove(target, &from, work)?;
            let depth = work.spend_value(&value)?;
            add(target, &path, value, depth, work)
        }
        "copy" => {
            let from = path_of(operation, "from")?;
            let source = resolve(target, &from, work)?;
            let depth = work.spend_value(source)?;
            let value = source.clone();
            add(target, &path, value, depth, work)
        }
        "test" => {
            let value = value_of(operation)?;
            work.spend_value(value)?;
            let found = resolve(target, &path, work)?;
            work.spend_value(found)?;
            if found.same_value(value) {
                Ok(())
            } else {
                let message =
                    format!("「{}」の値が想定と異なります。最新の内容を確かめてください。", shown(&path.text));
                Err(Fault { message, test_failed: true })
            }
        }
        other => Err(fault(format!("操作「{}」はありません。", shown(other)))),
    }
}

fn check_depth(path: &Path<'_>, value_depth: usize) -> Result<(), Fault> {
    if path.tokens.len() + value_depth > Limits::FHIR.max_depth {
        return Err(fault(format!("「{}」の下の入れ子が深すぎます。", shown(&path.text))));
    }
    Ok(())
}

fn resolve<'v, 'a>(target: &'v mut Value<'a>, path: &Path<'_>, work: &mut Work) -> Result<&'v mut Value<'a>, Fault> {
    descend(target, &path.tokens, work)?.ok_or_else(|| missing(&path.text))
}

fn descend<'v, 'a>(
    target: &'v mut Value<'a>,
    tokens: &[String],
    work: &mut Work,
) -> Result<Option<&'v mut Value<'a>>, Fault> {
    let mut here = target;
    for token in tokens {
        let next = match here {
            Value::Object(object) => {
                work.spend(1 + object.len())?;
                object.get_mut(token)
            }
            Value::Array(items) => {
                work.spend(1)?;
                array_index(token).and_then(|index| items.get_mut(index))
            }
            _ => None,
        };
        match next {
            Some(next) => here = next,
            None => return Ok(None),
        }
    }
    Ok(Some(here))
}

fn add<'a>(
    target: &mut Value<'a>,
    path: &Path<'_>,
    value: Value<'a>,
    value_depth: usize,
    work: &mut Work,
) -> Result<(), Fault> {
    check_depth(path, value_depth)?;
    let Some((last, parents)) = path.tokens.split_last() else {
        *target = value;
        return Ok(());
    };
    match descend(target, parents, work)? {
        Some(Value::Object(object)) => {
            work.spend(1 + object.len())?;
            object.insert(last, value);
            Ok(())
        }
        Some(Value::Array(items)) => {
            let index = if last == "-" { Some(items.len()) } else { array_index(last) };
            match index.filter(|index| *index <= items.len()) {
                Some(index) => {
                    work.spend(1 + items.len() - index)?;
                    items.insert(index, value);
                    Ok(())
                }
                None => Err(fault(format!("「{}」は配列の範囲の外です。", shown(&path.text)))),
            }
        }
        _ => Err(missing(&path.text)),
    }
}

fn remove<'a>(target: &mut Value<'a>, path: &Path<'_>, work: &mut Work) -> Result<Value<'a>, Fault> {
    let Some((last, parents)) = path.tokens.split_last() else {
        return Err(fault("文書全体は取り除けません。"));
    };
    let removed = match descend(target, parents, work)? {
        Some(Value::Object(object)) => {
            work.spend(1 + object.len())?;
            object.remove(last)
        }
        Some(Value::Array(items)) => match array_index(last).filter(|index| *index < items.len()) {
            Some(index) => {
                work.spend(items.len() - index)?;
                Some(items.remove(index))
            }
            None => None,
        },
        _ => None,
    };
    removed.ok_or_else(|| missing(&path.text))
}
