//! `GET /api/v1/terminology/search`: what was typed, best first; `GET /api/v1/terminology/masters`: what is loaded.
//!
//! What was typed is a clinical word. It stands in the address and nowhere else: neither in the log, which knows the
//! route only, nor in an audit event.
use super::habits::{self, Counts};
use crate::fhir::terminology::MAX_FILTER;
use crate::http::query;
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use karute_japan::Date;
use karute_terminology::search::shorthand::{Amount, Sig};
use karute_terminology::{Domain, Extra, Function, Habits, Item, LabSets, Masters, Question};
use serde_json::{Value, json};
use std::sync::Arc;

/// Items when `limit` says nothing, and at most.
const LIMIT: usize = 10;
const MAX_LIMIT: usize = 50;

/// What is asked of a search, owned so that it can go to another thread.
struct Asked {
    domain: Domain,
    text: String,
    day: Date,
    limit: usize,
    used_by_patient: Arc<Counts>,
    lab_sets: Arc<LabSets>,
}

/// `GET /api/v1/terminology/search?kind=drug&q=…&limit=10&patient=…`
pub(crate) async fn find(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    require(&ctx)?;
    let pairs = call.pairs()?;
    let names = ["kind", "q", "limit", "patient"];
    if let Some((name, _)) = pairs.iter().find(|(name, _)| !names.contains(&name.as_str())) {
        let plain = name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
        let failure = Failure::not_supported("使える条件は kind、q、limit、patient です。");
        return Err(if plain { failure.at(format!("http.{name}")) } else { failure });
    }
    let domain = query::first(&pairs, "kind").and_then(Domain::parse).ok_or_else(|| {
        let text = "kind は drug、disease、lab、usage、act、allergen のどれかにしてください。";
        Failure::invalid(text).at("http.kind")
    })?;
    let text = query::first(&pairs, "q").unwrap_or_default().to_owned();
    if text.trim().is_empty() || text.chars().count() > MAX_FILTER {
        return Err(Failure::invalid(format!("q には 1〜{MAX_FILTER} 文字の語を書いてください。")).at("http.q"));
    }
    let limit = match query::first(&pairs, "limit").map(str::parse::<usize>) {
        None => LIMIT,
        Some(Ok(n)) if (1..=MAX_LIMIT).contains(&n) => n,
        Some(_) => {
            return Err(Failure::invalid(format!("limit は 1〜{MAX_LIMIT} の整数にしてください。")).at("http.limit"));
        }
    };
    let used_by_patient = match (query::first(&pairs, "patient"), domain) {
        (Some(patient), Domain::Drug) => habits::of_patient(&ctx, "MedicationRequest", patient).await?,
        (Some(patient), Domain::Disease) => habits::of_patient(&ctx, "Condition", patient).await?,
        _ => Arc::default(),
    };
    let lab_sets = if domain == Domain::Lab { habits::lab_sets(&ctx).await? } else { Arc::default() };
    let asked = Asked { domain, text, day: ctx.state.now().day_in_japan(), limit, used_by_patient, lab_sets };
    let masters = ctx.state.masters();
    let found = tokio::task::spawn_blocking(move || search(&masters, &asked)).await.map_err(|error| {
        tracing::error!(%error, "search failed");
        Failure::from(karute_ledger::LedgerError::Closed)
    })?;
    Ok(reply::json(StatusCode::OK, call.format, found.to_string()))
}

/// The words of the masters that everybody may read who may read code systems.
fn require(ctx: &Ctx) -> Result<(), Failure> {
    let kind = ResourceType::parse("CodeSystem").ok_or_else(Failure::not_found)?;
    ctx.require(kind, Interaction::Read)
}

/// The items for what was typed, best first.
fn search(masters: &Masters, asked: &Asked) -> Value {
    let habits =
        Habits { used_by_patient: Some(&asked.used_by_patient), lab_sets: Some(&asked.lab_sets), ..Habits::default() };
    let Asked { domain, day, limit, .. } = *asked;
    let question = Question { domain, text: &asked.text, day, limit, habits, include_ended: false };
    let answer = masters.catalogue().search(&question);
    json!({ "items": answer.items.iter().map(item).collect::<Vec<_>>(), "total": answer.total })
}

fn item(item: &Item) -> Value {
    let mut out = json!({
        "system": item.system,
        "code": item.code,
        "display": item.display,
        "kana": item.kana,
        "detail": item.detail,
        "group": item.group.name(),
        "class": item.class_tag,
        "high_risk": item.high_risk,
    });
    let more = match &item.extra {
        Extra::None => None,
        Extra::Drug(facts) => Some(json!({
            "nhi_code": facts.nhi_code,
            "yj_code": facts.yj_code,
            "receipt_code": facts.receipt_code,
            "unit": facts.unit,
            "price": facts.price,
            "general_code": facts.general_code,
            "general_name": facts.general_name,
            "is_generic": facts.is_generic,
            "look_alikes": facts.look_alikes,
        })),
        Extra::Disease(parts) => Some(json!({
            "receipt_code": parts.receipt_code,
            "key_number": parts.key_number,
            "exchange_code": parts.exchange_code,
            "icd10": parts.icd10,
            "lacks_modifier": parts.lacks_modifier,
            "exceeds_receipt_name": parts.exceeds_receipt_name,
            "modifiers": parts
                .modifiers
                .iter()
                .map(|m| json!({ "code": m.code, "key_number": m.key_number, "name": m.name, "is_suffix": m.is_suffix }))
                .collect::<Vec<_>>(),
        })),
        Extra::Lab { unit, codes } => Some(json!({ "unit": unit, "codes": codes })),
        Extra::Set { parts } => Some(json!({
            "parts": parts
                .iter()
                .map(|part| json!({ "system": part.system, "code": part.code, "display": part.display }))
                .collect::<Vec<_>>(),
        })),
        Extra::Act { points, points_kind, table_number } => {
            Some(json!({ "points": points, "points_kind": points_kind, "table_number": table_number }))
        }
        Extra::Usage(sig) => Some(sig_facts(sig)),
    };
    if let (Value::Object(out), Some(Value::Object(more))) = (&mut out, more) {
        out.extend(more);
    }
    out
}

/// What was read out of a shorthand such as `3t3x 7`.
fn sig_facts(sig: &Sig) -> Value {
    let amount = |amount: Option<Amount>| amount.map(|a| a.to_string());
    json!({
        "times": sig.times,
        "dose": amount(sig.dose),
        "daily": amount(sig.daily),
        "unit": sig.unit,
        "days": sig.days,
        "count": sig.count,
        "most_a_day": sig.most_a_day,
        "is_timing_assumed": sig.is_timing_assumed,
        "doubt": sig.doubt,
    })
}

/// `GET /api/v1/terminology/masters`
pub(crate) async fn masters(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    require(&ctx)?;
    if !call.query.is_empty() {
        return Err(Failure::not_supported("この場所に条件はありません。"));
    }
    let masters = ctx.state.masters();
    let items: Vec<Value> = masters
        .status()
        .iter()
        .map(|status| {
            let editions = status.table.map(karute_terminology::Table::editions).unwrap_or_default();
            json!({
                "kind": status.kind.name(),
                "label": status.kind.label(),
                "rows": status.table.map_or(0, karute_terminology::Table::len),
                "starter_only": status.starter_only,
                "missing_for": status.missing_for().map(Function::name).collect::<Vec<_>>(),
                "editions": editions
                    .iter()
                    .map(|e| json!({ "date": e.date.to_string(), "part": e.part, "file": e.file, "sha256": e.digest, "rows": e.rows }))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(reply::json(StatusCode::OK, call.format, json!({ "items": items }).to_string()))
}
