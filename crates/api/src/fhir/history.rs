//! history of a resource, of a type, of the whole institution; newest first.
use crate::fhir::cursor;
use crate::fhir::search::{Asked, encode};
use crate::fhir::write_bundle::BundleWriter;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use karute_japan::PartialDateTime;
use karute_ledger::{Action, HistoryScope, Lookup};

const DEFAULT_COUNT: u32 = 50;
const MAX_COUNT: u32 = 500;

/// `GET /fhir/_history`; needs scopes on every type, because it shows every type.
pub(crate) async fn system(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require_all(Interaction::Read)?;
    ctx.require_all(Interaction::Search)?;
    let bundle = history(&ctx, HistoryScope::System, &call.query).await?;
    Ok(reply::json(StatusCode::OK, call.format, bundle))
}

/// `GET /fhir/{type}/_history`
pub(crate) async fn kind(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let kind = call.kind()?;
    ctx.require(kind, Interaction::Search)?;
    ctx.require(kind, Interaction::Read)?;
    let bundle = history(&ctx, HistoryScope::Type(kind), &call.query).await?;
    Ok(reply::json(StatusCode::OK, call.format, bundle))
}

/// `GET /fhir/{type}/{id}/_history`
pub(crate) async fn instance(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let (kind, id) = (call.kind()?, call.id()?);
    ctx.require(kind, Interaction::Read)?;
    let bundle = history(&ctx, HistoryScope::Instance(kind, id), &call.query).await?;
    Ok(reply::json(StatusCode::OK, call.format, bundle))
}

/// One page of a history.
pub(crate) async fn history(ctx: &Ctx, scope: HistoryScope, raw: &str) -> Result<String, Failure> {
    let path = match &scope {
        HistoryScope::Instance(kind, id) => format!("{kind}/{id}/_history"),
        HistoryScope::Type(kind) => format!("{kind}/_history"),
        HistoryScope::System => "_history".to_owned(),
    };
    let place = format!("history:{path}");
    let asked = Asked::of(ctx, &place, raw)?;
    let (count, since) = parameters(&asked.pairs)?;

    let reader = ctx.reader(Action::History);
    let page = reader.history(scope.clone(), count, since, asked.after.as_deref()).await?;
    if let HistoryScope::Instance(kind, id) = &scope
        && page.matches.is_empty()
        && matches!(reader.read(*kind, id).await?, Lookup::Missing)
    {
        return Err(reader.release(Failure::not_found()).await?);
    }
    let encoded = encode(&asked.pairs);
    let own = if encoded.is_empty() { path.clone() } else { format!("{path}?{encoded}") };
    let mut links = vec![("self", asked.address.unwrap_or_else(|| format!("{}/{own}", ctx.base.fhir())))];
    if let Some(after) = page.next {
        let sealed = cursor::seal(ctx, &place, &encoded, after);
        links.push(("next", format!("{}/{path}?_cursor={sealed}", ctx.base.fhir())));
    }
    let mut bundle = BundleWriter::new("history", page.total, &links);
    bundle.reserve(page.matches.iter().map(|v| v.body.len() + 300).sum());
    for version in &page.matches {
        bundle.version(&ctx.base, version, &version.body);
    }
    Ok(reader.release(bundle.finish()).await?)
}

fn parameters(pairs: &[(String, String)]) -> Result<(u32, Option<i64>), Failure> {
    let mut count = DEFAULT_COUNT;
    let mut since = None;
    for (name, value) in pairs {
        match name.as_str() {
            "_count" => count = self::count(value, MAX_COUNT)?,
            "_since" => since = Some(instant(name, value)?),
            "_format" | "_pretty" => {}
            _ => return Err(Failure::not_supported("履歴に使える条件は _count と _since です。")),
        }
    }
    Ok((count, since))
}

/// A `_count` from 1, cut to what the server gives at most.
pub(crate) fn count(value: &str, max: u32) -> Result<u32, Failure> {
    match value.parse::<u64>() {
        Ok(n) if n >= 1 => Ok(u32::try_from(n).unwrap_or(u32::MAX).min(max)),
        _ => Err(Failure::invalid("_count には 1 以上の整数を書いてください。").at("http._count")),
    }
}

/// Microseconds of an instant or of the beginning of a date.
pub(crate) fn instant(name: &str, value: &str) -> Result<i64, Failure> {
    // A `+` of a zone that was not encoded arrives as a space.
    PartialDateTime::parse(&value.replace(' ', "+")).map(|parsed| parsed.lo.as_micros()).map_err(|_| {
        Failure::invalid(format!("{name} は日時 (例: 2026-11-22T10:25:00+09:00) で書いてください。"))
            .at(format!("http.{name}"))
    })
}

/// Types of a comma-separated list.
pub(crate) fn types(value: &str) -> Result<Vec<karute_fhir::ResourceType>, Failure> {
    value
        .split(',')
        .filter(|name| !name.is_empty())
        .map(|name| {
            karute_fhir::ResourceType::parse(name)
                .ok_or_else(|| Failure::invalid("_type に FHIR R4 にない種類があります。").at("http._type"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn counts_and_instants_are_checked() {
        assert_eq!(count("7", 500).unwrap(), 7);
        assert_eq!(count("99999999999", 500).unwrap(), 500);
        for bad in ["0", "-1", "x", "", "1.5"] {
            assert!(count(bad, 500).is_err(), "{bad}");
        }
        assert_eq!(instant("_since", "1970-01-01T09:00:01 09:00").unwrap(), 1_000_000);
        assert!(instant("_since", "yesterday").is_err());
    }
}
