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
use karute_terminology::mapping::{Ask, Concept};
use karute_terminology::{CodeSystem, Masters};
use serde_json::{Value, json};
use std::sync::Arc;

/// Items when `limit` says nothing, and at most.
const LIMIT: usize = 10;
const MAX_LIMIT: usize = 50;

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Domain {
    Drug,
    Disease,
    Lab,
    Usage,
    Act,
    Allergen,
}

impl Domain {
    fn parse(name: &str) -> Option<Domain> {
        Some(match name {
            "drug" => Domain::Drug,
            "disease" => Domain::Disease,
            "lab" => Domain::Lab,
            "usage" => Domain::Usage,
            "act" => Domain::Act,
            "allergen" => Domain::Allergen,
            _ => return None,
        })
    }

    /// Its systems, best first.
    fn systems(self) -> &'static [CodeSystem] {
        match self {
            Domain::Drug => &[CodeSystem::Yj, CodeSystem::GenericName, CodeSystem::NhiDrug],
            Domain::Disease => &[CodeSystem::DiseaseKey, CodeSystem::ReceiptDisease],
            Domain::Lab => &[CodeSystem::ClinsItem, CodeSystem::Jlac10],
            Domain::Usage => &[CodeSystem::EPrescriptionUsage, CodeSystem::Usage],
            Domain::Act => &[CodeSystem::Act],
            Domain::Allergen => &[CodeSystem::FoodAllergen, CodeSystem::OtherAllergen, CodeSystem::DrugAllergen],
        }
    }

    /// What of a record tells like-named items apart.
    fn detail(self) -> &'static [&'static str] {
        match self {
            Domain::Drug => &["ingredient", "strength", "maker"],
            Domain::Disease => &["icd10"],
            Domain::Lab => &["specimen", "method", "category", "units"],
            Domain::Usage | Domain::Allergen => &["class"],
            Domain::Act => &["points", "unit"],
        }
    }
}

/// What is asked of a search.
struct Question {
    domain: Domain,
    text: String,
    day: Date,
    limit: usize,
    used_by_patient: Arc<Counts>,
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
    let question = Question { domain, text, day: ctx.state.now().day_in_japan(), limit, used_by_patient };
    let masters = ctx.state.masters();
    let found = tokio::task::spawn_blocking(move || search(&masters, &question)).await.map_err(|error| {
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

/// The items for what was typed, best first: what this patient was given, then names that begin so, then the others.
fn search(masters: &Masters, question: &Question) -> Value {
    let mut items: Vec<(u32, Value)> = Vec::new();
    let mut total = 0;
    for system in question.domain.systems() {
        let listed = masters.mapping().list(*system, question.day, true, &question.text, 0, usize::MAX);
        total += listed.total;
        for concept in &listed.concepts {
            if is_listed_already(masters, concept, question.day) {
                total -= 1;
                continue;
            }
            let used = question.used_by_patient.get(&concept.code).copied().unwrap_or_default();
            if used > 0 || items.len() < question.limit {
                items.push((used, item(question.domain, concept, used)));
            }
        }
    }
    // Stable: within the same count the order of the masters stays.
    items.sort_by_key(|(used, _)| std::cmp::Reverse(*used));
    let items: Vec<Value> = items.into_iter().take(question.limit).map(|(_, item)| item).collect();
    json!({ "items": items, "total": total })
}

/// Most codes of the price list are those of a product, most diseases of 支払基金 have a 病名管理番号: they are listed under
/// the better system.
fn is_listed_already(masters: &Masters, concept: &Concept<'_>, day: Date) -> bool {
    match concept.system {
        CodeSystem::NhiDrug => masters.mapping().concept(CodeSystem::Yj, &concept.code, day).is_some(),
        CodeSystem::ReceiptDisease => {
            let ask = Ask { from: concept.system, code: &concept.code, to: CodeSystem::DiseaseKey, day, local: &[] };
            !masters.mapping().translate(&ask).matches().is_empty()
        }
        _ => false,
    }
}

fn item(domain: Domain, concept: &Concept<'_>, used: u32) -> Value {
    let value = |name: &&str| concept.properties.iter().find(|(n, _)| n == name).map(|(_, value)| *value);
    let detail: Vec<&str> = domain.detail().iter().filter_map(value).collect();
    json!({
        "system": concept.system.url(),
        "code": concept.code,
        "display": concept.display,
        "kana": concept.kana,
        "detail": detail.join(" "),
        "group": if used > 0 { "patient" } else { "other" },
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
            let complete = status.table.is_some() && !status.starter_only;
            json!({
                "kind": status.kind.name(),
                "label": status.kind.label(),
                "rows": status.table.map_or(0, karute_terminology::Table::len),
                "starter_only": status.starter_only,
                "missing_for": if complete { &[][..] } else { status.needed_for },
                "editions": editions
                    .iter()
                    .map(|e| json!({ "date": e.date.to_string(), "part": e.part, "file": e.file, "sha256": e.digest, "rows": e.rows }))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(reply::json(StatusCode::OK, call.format, json!({ "items": items }).to_string()))
}
