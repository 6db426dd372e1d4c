//! `CodeSystem/$lookup` (`http://hl7.org/fhir/R4/codesystem-operation-lookup.html`).
use super::codes::Codes;
use super::input::{Input, at};
use super::{Parameters, stored};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use serde_json::{Value, json};

const NAMES: &[&str] = &["code", "system", "version", "coding", "date", "property"];

/// `GET` and `POST /fhir/CodeSystem/$lookup`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require(stored::of("CodeSystem")?, Interaction::Read)?;
    let input = Input::of(&ctx, &call, NAMES).await?;
    let codings = input.codings()?;
    let coding = codings.first().ok_or_else(Failure::not_found)?;
    let Some(system) = coding.system.as_deref().filter(|s| !s.is_empty()) else {
        return Err(at(Failure::invalid("system を指定してください。"), "system"));
    };
    let day = input.day(&ctx)?;
    let masters = ctx.state.masters();
    let codes = Codes::of_url(&ctx, &masters, system, "system").await?;
    let word = codes.word(&masters, &coding.code, day).ok_or_else(|| {
        let text = format!("{}に、このコードはありません。", codes.name());
        Failure::new(StatusCode::NOT_FOUND, "not-found", text).at("http.code")
    })?;
    let version = word.version.clone().unwrap_or_default();
    if input.get("version").is_some_and(|wanted| wanted != version) {
        let text = "この版は読み込まれていません。date で日を指定すると、その日の内容を引けます。";
        return Err(at(Failure::new(StatusCode::NOT_FOUND, "not-found", text), "version"));
    }

    let asked: Vec<&str> = input.all("property").collect();
    let wanted = |name: &str| asked.is_empty() || asked.contains(&name);
    let mut answer = Parameters::default().with("name", "String", codes.name());
    if !version.is_empty() {
        answer = answer.with("version", "String", version);
    }
    answer = answer.with("display", "String", word.display.clone());
    if wanted("designation") {
        for other in &word.others {
            let part = Parameters::default().with("language", "Code", "ja").with("value", "String", other.clone());
            answer = answer.part("designation", part);
        }
    }
    for (name, value) in word.properties.iter().filter(|(name, _)| wanted(name)) {
        let part = Parameters::default().with("code", "Code", name.clone());
        let part = match value {
            Value::Bool(flag) => part.with("value", "Boolean", *flag),
            Value::Number(number) => part.with("value", "Decimal", json!(number)),
            Value::String(text) if name.starts_with("effective-") => part.with("value", "DateTime", text.clone()),
            other => part.with("value", "String", other.as_str().unwrap_or_default()),
        };
        answer = answer.part("property", part);
    }
    Ok(reply::json(StatusCode::OK, call.format, answer.finish()))
}
