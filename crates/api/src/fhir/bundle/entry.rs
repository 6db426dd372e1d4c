//! The entries of a Bundle, taken apart.
use super::MAX_ENTRIES;
use crate::http::etag;
use crate::outcome::Failure;
use http::StatusCode;
use karute_fhir::{Id, ResourceType};
use karute_json::{Object, Value};
use karute_ledger::Expect;

/// What an entry asks for.
pub(super) struct Entry<'b> {
    pub(super) full_url: Option<String>,
    pub(super) method: Method,
    pub(super) resource: Option<Value<'b>>,
    pub(super) if_none_exist: Option<String>,
    pub(super) if_match: Option<String>,
    pub(super) if_none_match: Option<String>,
}

/// Method and address of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Post(ResourceType),
    Put(Place),
    Patch(ResourceType, Id),
    Delete(Place),
    Get(Read),
}

/// A resource by its id, or by a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Instance(ResourceType, Id),
    Where(ResourceType, String),
}

/// What a GET entry reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Read {
    Instance(ResourceType, Id),
    Version(ResourceType, Id, u32),
    Search(ResourceType, String),
    HistoryOf(ResourceType, Id, String),
    HistoryOfType(ResourceType, String),
}

impl Entry<'_> {
    /// What `ifMatch` (or `ifNoneMatch: *`) asks of the write.
    pub(super) fn expect(&self) -> Result<Expect, Failure> {
        match (&self.if_match, self.if_none_match.as_deref().map(str::trim)) {
            (Some(value), _) => etag::if_match(value),
            (None, Some("*")) => Ok(Expect::Absent),
            _ => Ok(Expect::Any),
        }
    }
}

/// Takes the entries out of a Bundle. Each is either understood or says why not; its place is its index.
pub(super) fn take_apart<'b>(bundle: Value<'b>, base: &str) -> Result<Vec<Result<Entry<'b>, Failure>>, Failure> {
    let Value::Object(mut bundle) = bundle else { return Ok(Vec::new()) };
    let entries = match bundle.remove("entry") {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => return Err(Failure::invalid("Bundle.entry は配列にしてください。").at("Bundle.entry")),
    };
    if entries.len() > MAX_ENTRIES {
        let text = format!("一つの Bundle に入れられるのは {MAX_ENTRIES} 件までです。分けて送ってください。");
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "too-costly", text).at("Bundle.entry"));
    }
    Ok(entries.into_iter().map(|entry| one(entry, base)).collect())
}

fn one<'b>(entry: Value<'b>, base: &str) -> Result<Entry<'b>, Failure> {
    let Value::Object(mut entry) = entry else {
        return Err(Failure::invalid("entry は オブジェクトにしてください。"));
    };
    let resource = entry.remove("resource");
    let full_url = text(&entry, "fullUrl");
    let Some(request) = entry.get("request").and_then(Value::as_object) else {
        return Err(Failure::invalid("entry.request がありません。"));
    };
    let url = text(request, "url").ok_or_else(|| Failure::invalid("entry.request.url がありません。"))?;
    let method = text(request, "method").ok_or_else(|| Failure::invalid("entry.request.method がありません。"))?;
    let method = parse_method(&method, &url, base)?;
    let needs_resource = matches!(method, Method::Post(_) | Method::Put(_) | Method::Patch(..));
    if needs_resource && resource.is_none() {
        return Err(Failure::invalid("entry.resource がありません。"));
    }
    Ok(Entry {
        full_url,
        method,
        resource,
        if_none_exist: text(request, "ifNoneExist"),
        if_match: text(request, "ifMatch"),
        if_none_match: text(request, "ifNoneMatch"),
    })
}

fn text(object: &Object<'_>, key: &str) -> Option<String> {
    object.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned)
}

fn parse_method(method: &str, url: &str, base: &str) -> Result<Method, Failure> {
    let wrong = || Failure::invalid("entry.request.url は Type、Type/id、Type?条件 のどれかで書いてください。");
    let relative = url.strip_prefix(base).unwrap_or(url);
    let relative = relative.strip_prefix('/').unwrap_or(relative);
    let (path, query) = match relative.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (relative, None),
    };
    let segments: Vec<&str> = path.split('/').collect();
    let kind = segments.first().and_then(|name| ResourceType::parse(name)).ok_or_else(wrong)?;
    let id = match segments.get(1) {
        Some(&segment) if segment != "_history" => Some(Id::new(segment).map_err(|_| wrong())?),
        _ => None,
    };
    let place = |id: Option<Id>, query: Option<String>| match (id, query, segments.len()) {
        (Some(id), None, 2) => Ok(Place::Instance(kind, id)),
        (None, Some(query), 1) => Ok(Place::Where(kind, query)),
        _ => Err(wrong()),
    };
    match method {
        "POST" if segments.len() == 1 && query.is_none() => Ok(Method::Post(kind)),
        "PUT" => Ok(Method::Put(place(id, query)?)),
        "DELETE" => Ok(Method::Delete(place(id, query)?)),
        "PATCH" => match place(id, query)? {
            Place::Instance(kind, id) => Ok(Method::Patch(kind, id)),
            Place::Where(..) => {
                Err(Failure::not_supported("条件付きの PATCH には対応していません。id を指定してください。"))
            }
        },
        "GET" | "HEAD" => {
            let query = query.unwrap_or_default();
            Ok(Method::Get(match (id, segments.get(1..).unwrap_or_default()) {
                (None, []) => Read::Search(kind, query),
                (None, ["_history"]) => Read::HistoryOfType(kind, query),
                (Some(id), [_]) => Read::Instance(kind, id),
                (Some(id), [_, "_history"]) => Read::HistoryOf(kind, id, query),
                (Some(id), [_, "_history", version]) => Read::Version(kind, id, version.parse().map_err(|_| wrong())?),
                _ => return Err(wrong()),
            }))
        }
        "POST" => Err(wrong()),
        _ => Err(Failure::invalid(
            "entry.request.method は GET、HEAD、POST、PUT、PATCH、DELETE のどれかにしてください。",
        )),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn kind(name: &str) -> ResourceType {
        ResourceType::parse(name).unwrap()
    }

    fn id(text: &str) -> Id {
        Id::new(text).unwrap()
    }

    #[test]
    fn addresses_are_told_apart() {
        let base = "http://localhost/fhir";
        let patient = kind("Patient");
        let cases = [
            ("POST", "Patient", Method::Post(patient)),
            ("PUT", "Patient/1", Method::Put(Place::Instance(patient, id("1")))),
            ("PUT", "http://localhost/fhir/Patient/1", Method::Put(Place::Instance(patient, id("1")))),
            ("PUT", "/Patient?identifier=a|b", Method::Put(Place::Where(patient, "identifier=a|b".to_owned()))),
            ("DELETE", "Patient/1", Method::Delete(Place::Instance(patient, id("1")))),
            ("PATCH", "Patient/1", Method::Patch(patient, id("1"))),
            ("GET", "Patient/1", Method::Get(Read::Instance(patient, id("1")))),
            ("GET", "Patient/1/_history/2", Method::Get(Read::Version(patient, id("1"), 2))),
            (
                "GET",
                "Patient/1/_history?_count=2",
                Method::Get(Read::HistoryOf(patient, id("1"), "_count=2".to_owned())),
            ),
            ("GET", "Patient?name=x", Method::Get(Read::Search(patient, "name=x".to_owned()))),
            ("GET", "Patient", Method::Get(Read::Search(patient, String::new()))),
        ];
        for (method, url, want) in cases {
            assert_eq!(parse_method(method, url, base).unwrap(), want, "{method} {url}");
        }
        let bad = [
            ("POST", "Patient/1"),
            ("POST", "Patient?x=1"),
            ("PUT", "Patient"),
            ("PUT", "Patient/1/2"),
            ("PUT", ""),
            ("DELETE", "Nothing/1"),
            ("GET", "http://elsewhere/fhir/Patient/1"),
            ("GET", "Patient/1/x"),
            ("GET", "Patient/1/_history/x"),
            ("TRACE", "Patient/1"),
            ("get", "Patient/1"),
            ("PUT", "Patient/a b"),
        ];
        for (method, url) in bad {
            assert!(parse_method(method, url, base).is_err(), "{method} {url}");
        }
    }
}
