//! `GET /api/v1/patients/{id}/summary`: what the patient page shows, as JSON.
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_chart::ChartError;
use karute_chart::summary::{Depth, DrugGroup, Entry, EntryKind, ResultRow, Results, Series, Summary, summary};
use karute_chart::view::{Allergy, Flag, Insurance, Measurement, Medication, Person, Problem, Sex};
use karute_fhir::ResourceType;
use karute_identity::Interaction;
use serde_json::{Value, json};

/// The types a summary is made of; the token must be allowed to search all of them.
const TYPES: &[&str] = &[
    "Patient",
    "AllergyIntolerance",
    "Condition",
    "Coverage",
    "DocumentReference",
    "Encounter",
    "Immunization",
    "MedicationRequest",
    "Observation",
];

pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    let id = call.id()?;
    for kind in TYPES.iter().filter_map(|name| ResourceType::parse(name)) {
        ctx.require(kind, Interaction::Read)?;
        ctx.require(kind, Interaction::Search)?;
    }
    let notes = ResourceType::parse("Composition").is_some_and(|t| ctx.may(t, Interaction::Search));
    let depth = if notes { Depth::Notes } else { Depth::Outline };
    let today = ctx.state.now().day_in_japan();
    let summary = summary(&ctx.access, &id, today, depth).await.map_err(failure)?;
    Ok(reply::json(StatusCode::OK, call.format, whole(&summary).to_string()))
}

fn failure(error: ChartError) -> Failure {
    match error {
        ChartError::NotFound => Failure::not_found(),
        ChartError::Ledger(error) => error.into(),
        _ => Failure::contention(),
    }
}

fn whole(summary: &Summary) -> Value {
    json!({
        "date": summary.date.to_string(),
        "patient": person(&summary.person),
        "insurance": summary.insurance.iter().map(insurance).collect::<Vec<_>>(),
        "allergy": allergy(&summary.allergy),
        "problems": summary.problems.iter().map(problem).collect::<Vec<_>>(),
        "past_problems": summary.past_problems.iter().map(problem).collect::<Vec<_>>(),
        "drugs": summary.drugs.iter().map(drugs).collect::<Vec<_>>(),
        "trends": summary.trends.iter().map(series).collect::<Vec<_>>(),
        "results": results(&summary.results),
        "course": summary.course.iter().map(entry).collect::<Vec<_>>(),
        "today": summary.today.as_ref().map(|(id, state, number)| {
            json!({ "encounter": id.as_str(), "state": state.word(), "number": number })
        }),
    })
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|v| v.to_string())
}

fn person(person: &Person) -> Value {
    json!({
        "id": person.id.as_str(),
        "name": person.name,
        "kana": person.kana,
        "sex": match person.sex { Sex::Male => "male", Sex::Female => "female", Sex::Unknown => "unknown" },
        "birth_date": text(person.birth),
        "number": person.number,
        "phone": person.phone,
        "language": person.language,
        "deceased": person.dead,
        "deceased_date": text(person.died),
    })
}

fn insurance(insurance: &Insurance) -> Value {
    json!({
        "name": insurance.short,
        "payer_number": insurance.payer_number,
        "from": text(insurance.from),
        "until": text(insurance.until),
    })
}

fn allergy(allergy: &Allergy) -> Value {
    match allergy {
        Allergy::Unconfirmed => json!({ "state": "unconfirmed", "items": [] }),
        Allergy::NoneKnown { confirmed, by } => {
            json!({ "state": "none-known", "confirmed": text(*confirmed), "by": by, "items": [] })
        }
        Allergy::Present(entries) => {
            let items: Vec<Value> = entries
                .iter()
                .map(|e| {
                    let when = text(e.when).or_else(|| e.year.clone());
                    json!({ "substance": e.substance, "reaction": e.reaction, "when": when, "coded": e.coded })
                })
                .collect();
            json!({ "state": "present", "items": items })
        }
    }
}

fn problem(problem: &Problem) -> Value {
    json!({
        "name": problem.name,
        "start": text(problem.start),
        "end": text(problem.end),
        "active": problem.active,
        "suspected": problem.suspected,
        "main": problem.main,
    })
}

fn drugs(group: &DrugGroup) -> Value {
    json!({
        "drugs": group.drugs.iter().map(drug).collect::<Vec<_>>(),
        "usage": group.sig,
        "supply": group.supply,
        "written": text(group.written),
        "until": text(group.until),
    })
}

fn drug(drug: &Medication) -> Value {
    json!({ "name": drug.name, "code": drug.code, "dose": drug.dose })
}

fn results(results: &Results) -> Value {
    let row = |row: &ResultRow| {
        let values: Vec<Value> = row.cells.iter().map(|v| v.as_ref().map_or(Value::Null, measurement)).collect();
        json!({ "name": row.name, "unit": row.unit, "values": values })
    };
    json!({
        "dates": results.dates.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rows": results.rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn series(series: &Series) -> Value {
    json!({
        "name": series.name,
        "unit": series.unit,
        "points": series.points.iter().map(measurement).collect::<Vec<_>>(),
        "second": series.second.iter().map(measurement).collect::<Vec<_>>(),
    })
}

fn measurement(m: &Measurement) -> Value {
    json!({
        "code": m.code,
        "name": m.name,
        "value": m.value,
        "unit": m.unit,
        "flag": match m.flag { Flag::High => Some("H"), Flag::Low => Some("L"), Flag::None => None },
        "low": m.range.0,
        "high": m.range.1,
        "date": text(m.date),
        "source": m.source,
    })
}

fn entry(entry: &Entry) -> Value {
    let date = entry.date.to_string();
    match &entry.kind {
        EntryKind::Visit { kind, reason, author, note, drugs, vaccines, .. } => json!({
            "date": date,
            "type": "visit",
            "kind": kind,
            "reason": reason,
            "author": author,
            "note": note.iter().map(|(title, text)| json!({ "title": title, "text": text })).collect::<Vec<_>>(),
            "drugs": drugs.iter().map(drug).collect::<Vec<_>>(),
            "vaccines": vaccines.iter().map(|v| v.line.as_str()).collect::<Vec<_>>(),
        }),
        EntryKind::Labs { items } => json!({
            "date": date,
            "type": "labs",
            "items": items.iter().map(measurement).collect::<Vec<_>>(),
        }),
        EntryKind::Document(document) => json!({
            "date": date,
            "type": "document",
            "title": document.title,
            "source": document.source,
            "summary": document.summary,
            "outside": document.outside,
        }),
        EntryKind::Outside(outside) => json!({
            "date": date,
            "type": "outside",
            "source": outside.institution,
            "items": outside.values.iter().map(measurement).collect::<Vec<_>>(),
            "others": outside.others.iter().map(|(kind, text)| json!({ "kind": kind, "text": text })).collect::<Vec<_>>(),
        }),
    }
}
