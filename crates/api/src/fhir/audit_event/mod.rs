//! AuditEvent: a view of the audit records of the chain. They are written by the ledger alone; here they are only read,
//! newest first.

mod view;

use crate::fhir::cursor;
use crate::fhir::history::count;
use crate::fhir::search::{Asked, encode};
use crate::fhir::write_bundle::BundleWriter;
use crate::http::etag;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::{StatusCode, header};
use karute_fhir::{Id, Reference};
use karute_japan::{PartialDateTime, Timestamp};
use karute_ledger::{AuditFilter, AuditRecord};

/// Parameters a search understands: name and R4 type, for the CapabilityStatement.
pub(crate) const PARAMETERS: &[(&str, &str)] =
    &[("agent", "reference"), ("date", "date"), ("entity", "reference"), ("patient", "reference")];

const DEFAULT_COUNT: u32 = 50;
const MAX_COUNT: u32 = 500;
/// Records looked at for one page. When dates hide more than that, the page is short and the next link goes on.
const MAX_LOOKED_AT: u32 = 5_000;
/// Records fetched at a time.
const FETCH: u32 = 1_000;

/// An audit record as FHIR.
pub(crate) struct Event {
    pub(crate) body: String,
    at: Timestamp,
}

impl Event {
    fn of(record: &AuditRecord) -> Event {
        Event { body: view::resource(record), at: record.at }
    }
}

/// The event with this id (its position in the chain).
pub(crate) async fn find(ctx: &Ctx, id: &Id) -> Result<Event, Failure> {
    let seq: u64 = id.as_str().parse().map_err(|_| Failure::not_found())?;
    let filter = AuditFilter { before_seq: seq.checked_add(1), limit: 1, ..AuditFilter::default() };
    let records = ctx.access.audit_events(filter).await?;
    let record = records.first().filter(|record| record.seq == seq && record.seq.to_string() == id.as_str());
    record.map(Event::of).ok_or_else(Failure::not_found)
}

/// `GET /fhir/AuditEvent/{id}`
pub(crate) async fn read(ctx: Ctx, call: Call, id: Id) -> Result<Response, Failure> {
    let event = find(&ctx, &id).await?;
    if etag::not_modified(&call.headers, 1, event.at) {
        return Ok(reply::empty(StatusCode::NOT_MODIFIED));
    }
    let mut response = reply::json(StatusCode::OK, call.format, event.body);
    response.headers_mut().insert(header::ETAG, etag::value(&etag::etag(1)));
    response.headers_mut().insert(header::LAST_MODIFIED, etag::value(&etag::http_date(event.at)));
    Ok(response)
}

/// One page, newest first.
pub(crate) async fn search(ctx: &Ctx, raw: &str) -> Result<String, Failure> {
    let asked = Asked::of(ctx, "search:AuditEvent", raw)?;
    let mut wanted = Wanted::of(ctx, &asked.pairs)?;
    if let Some(after) = &asked.after {
        wanted.filter.before_seq = Some(after.parse().map_err(|_| Failure::cursor())?);
    }
    let (records, next) = page(ctx, &wanted).await?;
    let encoded = encode(&asked.pairs);
    let address = format!("{}/AuditEvent", ctx.base.fhir());
    let mut links = vec![("self", asked.address.unwrap_or_else(|| format!("{address}?{encoded}")))];
    if let Some(before) = next {
        let sealed = cursor::seal(ctx, "search:AuditEvent", &encoded, before.to_string());
        links.push(("next", format!("{address}?_cursor={sealed}")));
    }
    let mut bundle = BundleWriter::new("searchset", None, &links);
    for record in &records {
        bundle.loose(Some(&format!("{address}/{}", record.seq)), &Event::of(record).body, "match");
    }
    Ok(bundle.finish())
}

struct Wanted {
    filter: AuditFilter,
    count: u32,
    /// First and last instant, both inclusive.
    from: i64,
    to: i64,
    /// `_id`
    only: Option<u64>,
}

/// The records of a page and the position before which the next one begins.
async fn page(ctx: &Ctx, wanted: &Wanted) -> Result<(Vec<AuditRecord>, Option<u64>), Failure> {
    let mut filter = wanted.filter.clone();
    let bounded = wanted.from != i64::MIN || wanted.to != i64::MAX;
    filter.limit = if bounded { FETCH } else { wanted.count + 1 };
    if let Some(only) = wanted.only {
        filter.before_seq = only.checked_add(1);
        filter.limit = 1;
        let records = ctx.access.audit_events(filter).await?;
        return Ok((records.into_iter().filter(|r| r.seq == only).collect(), None));
    }
    let mut found: Vec<AuditRecord> = Vec::new();
    let mut looked_at = 0_u32;
    loop {
        let records = ctx.access.audit_events(filter.clone()).await?;
        let fetched = u32::try_from(records.len()).unwrap_or(u32::MAX);
        for record in records {
            let at = record.at.as_micros();
            if at < wanted.from {
                return Ok((found, None));
            }
            if found.len() >= wanted.count as usize {
                return Ok((found, filter.before_seq));
            }
            // The next page begins behind the last record looked at.
            filter.before_seq = Some(record.seq);
            if at <= wanted.to {
                found.push(record);
            }
        }
        looked_at += fetched;
        if fetched < filter.limit {
            return Ok((found, None));
        }
        if looked_at >= MAX_LOOKED_AT {
            return Ok((found, filter.before_seq));
        }
    }
}

impl Wanted {
    fn of(ctx: &Ctx, pairs: &[(String, String)]) -> Result<Wanted, Failure> {
        let mut wanted =
            Wanted { filter: AuditFilter::default(), count: DEFAULT_COUNT, from: i64::MIN, to: i64::MAX, only: None };
        for (name, value) in pairs {
            match name.as_str() {
                "_count" => wanted.count = count(value, MAX_COUNT)?,
                "_id" => wanted.only = Some(value.parse().unwrap_or(u64::MAX - 1)),
                "entity" => wanted.touching(entity(ctx, value, None)?)?,
                "patient" => wanted.touching(entity(ctx, value, Some("Patient"))?)?,
                "agent" => wanted.filter.actor = Some(value.strip_prefix("Practitioner/").unwrap_or(value).to_owned()),
                "date" => wanted.dated(value)?,
                "_format" | "_pretty" => {}
                _ => {
                    let text = "監査の記録の検索に使える条件は agent、date、entity、patient、_id、_count です。";
                    return Err(Failure::not_supported(text));
                }
            }
        }
        Ok(wanted)
    }

    fn touching(&mut self, entity: String) -> Result<(), Failure> {
        if self.filter.entity.as_ref().is_some_and(|other| *other != entity) {
            return Err(Failure::not_supported("entity と patient は、合わせて一つだけ指定できます。"));
        }
        self.filter.entity = Some(entity);
        Ok(())
    }

    fn dated(&mut self, value: &str) -> Result<(), Failure> {
        let wrong = || Failure::invalid("date は日付または日時で書いてください (例: ge2026-11-22)。").at("http.date");
        let digits = value.find(|c: char| c.is_ascii_digit()).ok_or_else(wrong)?;
        let (prefix, date) = value.split_at(digits);
        let date = PartialDateTime::parse(&date.replace(' ', "+")).map_err(|_| wrong())?;
        let (lo, hi) = (date.lo.as_micros(), date.hi.as_micros());
        let (from, to) = match prefix {
            "" | "eq" => (lo, hi),
            "ge" => (lo, i64::MAX),
            "gt" | "sa" => (hi.saturating_add(1), i64::MAX),
            "le" => (i64::MIN, hi),
            "lt" | "eb" => (i64::MIN, lo.saturating_sub(1)),
            _ => return Err(wrong()),
        };
        self.from = self.from.max(from);
        self.to = self.to.min(to);
        Ok(())
    }
}

/// `Type/id` of a reference value.
fn entity(ctx: &Ctx, value: &str, kind: Option<&str>) -> Result<String, Failure> {
    let wrong = || Failure::invalid("参照は Type/id の形で書いてください (例: Patient/123)。");
    let text = match kind {
        Some(kind) if !value.contains('/') => format!("{kind}/{value}"),
        _ => value.to_owned(),
    };
    match Reference::parse(&text, ctx.base.fhir()) {
        Ok(Reference::Local { resource_type, id, .. }) if kind.is_none_or(|k| k == resource_type.name()) => {
            Ok(format!("{resource_type}/{id}"))
        }
        _ => Err(wrong()),
    }
}
