//! Terminology operations of R4 on the masters and on what an institution has stored itself.
//!
//! The masters are the same for all institutions: operations on them touch no record and leave no audit event. A
//! canonical address that is none of the masters' is looked for among the resources of the caller's institution, and of
//! no other.

mod codes;
pub(crate) mod expand;
mod input;
pub(crate) mod lookup;
mod set;
mod stored;
pub(crate) mod translate;
pub(crate) mod validate_code;

use crate::outcome::Failure;
use http::StatusCode;
use karute_terminology::{CodeSystem, Kind, Mapping};
use serde_json::{Value, json};

/// Longest text to search for, in characters.
pub(crate) const MAX_FILTER: usize = 200;

/// `Parameters` as they are answered.
#[derive(Default)]
struct Parameters(Vec<Value>);

impl Parameters {
    fn with(mut self, name: &str, kind: &str, value: impl Into<Value>) -> Parameters {
        let mut parameter = serde_json::Map::new();
        parameter.insert("name".to_owned(), json!(name));
        parameter.insert(format!("value{kind}"), value.into());
        self.0.push(Value::Object(parameter));
        self
    }

    /// A parameter made of parts.
    fn part(mut self, name: &str, Parameters(parts): Parameters) -> Parameters {
        let mut parameter = serde_json::Map::new();
        parameter.insert("name".to_owned(), json!(name));
        parameter.insert("part".to_owned(), Value::Array(parts));
        self.0.push(Value::Object(parameter));
        self
    }

    fn finish(self) -> String {
        json!({ "resourceType": "Parameters", "parameter": self.0 }).to_string()
    }
}

/// 404: no master and no resource of the institution has this address.
fn unknown(what: &str, parameter: &str) -> Failure {
    let text = format!("この{what}は、取り込まれたマスターにも、この医療機関の登録にもありません。");
    Failure::new(StatusCode::NOT_FOUND, "not-found", text).at(format!("http.{parameter}"))
}

/// 404: the system is known, but the file that defines it has not been taken in.
fn not_loaded(system: CodeSystem, parameter: &str) -> Failure {
    let kinds: Vec<&str> = Mapping::sources(system).into_iter().map(Kind::label).collect();
    if kinds.is_empty() {
        // Codes that only the institution itself can define, such as those of its laboratory.
        return unknown("コード体系", parameter);
    }
    let text = format!(
        "{}のもとになるマスター（{}）が取り込まれていません。管理者に取り込みを頼んでください。",
        system.label(),
        kinds.join("・")
    );
    Failure::new(StatusCode::NOT_FOUND, "not-found", text).at(format!("http.{parameter}"))
}
