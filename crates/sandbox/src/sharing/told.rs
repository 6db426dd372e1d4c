//! What testers ask and tell the service.
use super::Service;
use super::world::Person;
use crate::{Sandbox, lock};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use karute_sharing::wire::message::ServiceState;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most persons and institutions told.
const MAX_TOLD: usize = 10_000;

/// What stands under a key, for testers: states and numbers, no content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Bundle-ID.
    pub value: String,
    /// Kind, as the profile names it.
    pub kind: String,
    /// State of a document, as the profile names it; `unit` of a unit.
    pub state: String,
    /// 医療機関コード of the addressee; empty without one.
    pub destination: String,
    /// Files beside it.
    pub files: usize,
    /// Resources beside the patient; of a unit.
    pub resources: usize,
    /// How often it was put; of a unit.
    pub puts: u32,
}

impl Service {
    /// Everything that is kept, by key.
    pub fn standing(&self) -> Vec<Standing> {
        let world = lock(&self.world);
        let documents = world.documents.iter().map(|(target, held)| Standing {
            value: target.value.clone(),
            kind: held.kind.name().to_owned(),
            state: held.state.name().to_owned(),
            destination: held.destination.clone(),
            files: held.files.len(),
            resources: 0,
            puts: 1,
        });
        let units = world.units.iter().map(|(target, unit)| Standing {
            value: target.value.clone(),
            kind: unit.kind.name().to_owned(),
            state: "unit".to_owned(),
            destination: String::new(),
            files: 0,
            resources: unit.others,
            puts: unit.puts,
        });
        documents.chain(units).collect()
    }

    /// How many letters stand that were neither cancelled nor failed.
    pub fn letters(&self) -> usize {
        let gone = [ServiceState::Cancelled.name(), ServiceState::Failed.name(), "unit"];
        self.standing().iter().filter(|one| !gone.contains(&one.state.as_str())).count()
    }

    /// The content of a unit, to the byte.
    pub fn unit(&self, value: &str) -> Option<Vec<u8>> {
        let world = lock(&self.world);
        world.units.iter().find(|(target, _)| target.value == value).map(|(_, unit)| unit.document.clone())
    }

    /// Puts other bytes in the place of a document that waits for its addressee, as a hostile sender would.
    pub fn spoil(&self, value: &str, spoil: impl FnOnce(Vec<u8>) -> Vec<u8>) -> bool {
        let mut world = lock(&self.world);
        let Some((_, held)) = world.documents.iter_mut().find(|(target, _)| target.value == value) else {
            return false;
        };
        held.envelope = spoil(std::mem::take(&mut held.envelope));
        true
    }
}

/// The tester's doors below `/sim`.
pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sim/sharing/standing", get(standing))
        .route("/sim/sharing/institutions", post(institution))
        .route("/sim/sharing/persons", post(person))
        .route("/sim/sharing/unknown", post(unknown))
        .route("/sim/sharing/pass", post(pass))
        .route("/sim/portal/consent", post(consent))
        .route("/sim/reader/consent_documents", post(consent))
        .route("/sim/reader/consent_view", post(view))
        .route("/sim/reader/withdraw_view", post(view_no_more))
}

async fn standing(State(sandbox): State<Sandbox>) -> Json<Vec<Standing>> {
    Json(sandbox.sharing().standing())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Institution {
    code: String,
    name: String,
}

async fn institution(State(sandbox): State<Sandbox>, Json(new): Json<Institution>) -> StatusCode {
    let fits = new.code.len() == 10 && new.code.bytes().all(|b| b.is_ascii_digit()) && new.name.len() <= 300;
    if !fits || lock(&sandbox.sharing().world).participants.len() >= MAX_TOLD {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    sandbox.sharing().takes_part(&new.code, &new.name);
    StatusCode::CREATED
}

async fn person(State(sandbox): State<Sandbox>, Json(person): Json<Person>) -> StatusCode {
    if lock(&sandbox.sharing().world).persons.len() >= MAX_TOLD {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    sandbox.sharing().knows_person(person);
    StatusCode::CREATED
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unknown {
    insured: String,
}

async fn unknown(State(sandbox): State<Sandbox>, Json(told): Json<Unknown>) -> StatusCode {
    if lock(&sandbox.sharing().world).unknown.len() >= MAX_TOLD {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    sandbox.sharing().does_not_know(&told.insured);
    StatusCode::CREATED
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pass {
    #[serde(default)]
    walk_ms: i64,
}

async fn pass(State(sandbox): State<Sandbox>, Json(told): Json<Pass>) -> StatusCode {
    sandbox.sharing().pass(sandbox.now(), told.walk_ms);
    StatusCode::OK
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consented {
    institution: String,
    insured: String,
}

async fn consent(State(sandbox): State<Sandbox>, Json(told): Json<Consented>) -> Json<serde_json::Value> {
    Json(json!({ "documents": sandbox.sharing().consent(&told.institution, &told.insured) }))
}

async fn view(State(sandbox): State<Sandbox>, Json(told): Json<Consented>) -> StatusCode {
    if lock(&sandbox.sharing().world).viewers.len() >= MAX_TOLD {
        return StatusCode::UNPROCESSABLE_ENTITY;
    }
    sandbox.sharing().lets_view(&told.institution, &told.insured, sandbox.now());
    StatusCode::OK
}

async fn view_no_more(State(sandbox): State<Sandbox>, Json(told): Json<Consented>) -> Json<serde_json::Value> {
    Json(json!({ "withdrawn": sandbox.sharing().lets_view_no_more(&told.institution, &told.insured) }))
}
