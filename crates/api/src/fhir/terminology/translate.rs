//! `ConceptMap/$translate` (`http://hl7.org/fhir/R4/conceptmap-operation-translate.html`): by the masters, by a
//! `ConceptMap` of the institution, and, for the codes of its laboratory, by both.
use super::input::{Coding, Input, at};
use super::{Parameters, stored, unknown};
use crate::outcome::Failure;
use crate::reply;
use crate::request::{Call, Ctx};
use axum::response::Response;
use http::StatusCode;
use karute_identity::Interaction;
use karute_japan::Date;
use karute_terminology::mapping::{Ask, LocalPair, Match, NoMapping, Translation};
use karute_terminology::{CodeSystem, Masters};
use serde_json::{Value, json};

const NAMES: &[&str] =
    &["url", "code", "system", "coding", "codeableConcept", "target", "targetsystem", "reverse", "date"];
/// The mappings of the masters as a concept map.
const MASTERS: &str = "urn:karute:conceptmap:masters";

/// One match on its way out.
struct Found {
    equivalence: String,
    system: String,
    code: String,
    display: String,
    /// Canonical of the map.
    source: String,
    /// How the masters know, for people.
    provenance: String,
}

/// `GET` and `POST /fhir/ConceptMap/$translate`, `/fhir/ConceptMap/{id}/$translate`
pub(crate) async fn serve(ctx: Ctx, call: Call) -> Result<Response, Failure> {
    ctx.require(stored::of("ConceptMap")?, Interaction::Read)?;
    let input = Input::of(&ctx, &call, NAMES).await?;
    let codings = input.codings()?;
    if codings.iter().any(|c| c.system.as_deref().unwrap_or_default().is_empty()) {
        return Err(at(Failure::invalid("code には system を付けてください。"), "system"));
    }
    let reverse = input.flag("reverse")?;
    let day = input.day(&ctx)?;
    let target = target(&input);
    let map = match (&call.id, input.get("url")) {
        (Some(id), _) => Some(stored::by_id(&ctx, "ConceptMap", id).await?),
        (None, None | Some(MASTERS)) => None,
        (None, Some(url)) => {
            Some(stored::by_url(&ctx, "ConceptMap", url).await?.ok_or_else(|| unknown("対応表", "url"))?)
        }
    };
    let (mut found, mut reasons) = (Vec::new(), Vec::new());
    if let Some(map) = &map {
        for coding in &codings {
            found.extend(by_map(map, coding, target.as_deref(), reverse));
        }
        if found.is_empty() {
            reasons.push("この対応表に、このコードの対応はありません。".to_owned());
        }
    } else {
        let masters = ctx.state.masters();
        let local = CodeSystem::LocalLab.url();
        let concerns = codings.iter().any(|c| c.system.as_deref() == Some(local)) || target.as_deref() == Some(local);
        let pairs = if concerns { local_pairs(&ctx).await? } else { Vec::new() };
        for coding in &codings {
            match by_masters(&masters, coding, target.as_deref(), reverse, day, &pairs) {
                Ok(matches) => found.extend(matches),
                Err(reason) => reasons.push(reason.reason()),
            }
        }
    }
    Ok(reply::json(StatusCode::OK, call.format, answer(&found, reasons)))
}

/// The system asked for: `targetsystem`, or the one of which `target` is the whole.
fn target(input: &Input) -> Option<String> {
    let of_set = |url: &str| CodeSystem::of_value_set(url).map_or_else(|| url.to_owned(), |s| s.url().to_owned());
    let named = input.get("targetsystem").map(str::to_owned).or_else(|| input.get("target").map(of_set));
    named.map(|url| CodeSystem::of_url(&url).map_or(url, |s| s.url().to_owned()))
}

fn answer(found: &[Found], mut reasons: Vec<String>) -> String {
    let result = found.iter().any(|f| f.equivalence != "unmatched" && f.equivalence != "disjoint");
    let mut answer = Parameters::default().with("result", "Boolean", result);
    if result {
        reasons.clear();
    }
    reasons.dedup();
    if !reasons.is_empty() {
        answer = answer.with("message", "String", reasons.join(" "));
    }
    for one in found {
        let mut part = Parameters::default().with("equivalence", "Code", one.equivalence.clone());
        if !one.code.is_empty() {
            let mut coding = json!({ "system": one.system, "code": one.code });
            if let (false, Some(members)) = (one.display.is_empty(), coding.as_object_mut()) {
                members.insert("display".to_owned(), json!(one.display));
            }
            part = part.with("concept", "Coding", coding);
        }
        if !one.source.is_empty() {
            part = part.with("source", "Uri", one.source.clone());
        }
        if !one.provenance.is_empty() {
            part = part.with("provenance", "String", one.provenance.clone());
        }
        answer = answer.part("match", part);
    }
    answer.finish()
}

fn by_masters(
    masters: &Masters,
    coding: &Coding,
    target: Option<&str>,
    reverse: bool,
    day: Date,
    local: &[LocalPair],
) -> Result<Vec<Found>, NoMapping> {
    let from = coding.system.as_deref().and_then(CodeSystem::of_url).ok_or(NoMapping::UnknownSource)?;
    let translate = |to| masters.mapping().translate(&Ask { from, code: &coding.code, to, day, local });
    let out = |m: &Match| {
        let equivalence = if reverse { m.equivalence.reversed() } else { m.equivalence };
        Found {
            equivalence: equivalence.code().to_owned(),
            system: m.system.url().to_owned(),
            code: m.code.clone(),
            display: m.display.clone(),
            source: MASTERS.to_owned(),
            provenance: m.source(),
        }
    };
    if let Some(target) = target {
        let to = CodeSystem::of_url(target).ok_or(NoMapping::UnknownTarget)?;
        return match translate(to) {
            Translation::Matches(matches) => Ok(matches.iter().map(out).collect()),
            Translation::NoMapping(reason) => Err(reason),
        };
    }
    // Without a target: everything that is known.
    let others = CodeSystem::ALL.iter().filter(|to| **to != from);
    let found: Vec<Found> =
        others.flat_map(|to| translate(*to).matches().iter().map(out).collect::<Vec<_>>()).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    match masters.mapping().concept(from, &coding.code, day) {
        Some(_) => Ok(Vec::new()),
        None => Err(NoMapping::UnknownCode(from)),
    }
}

/// By a concept map of the institution. Targets with `dependsOn` need what we are not told and are passed over.
fn by_map(map: &Value, coding: &Coding, wanted: Option<&str>, reverse: bool) -> Vec<Found> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let same = |a: &str, b: &str| a == b || CodeSystem::of_url(a).is_some_and(|s| CodeSystem::of_url(b) == Some(s));
    let system = coding.system.as_deref().unwrap_or_default();
    let mut found = Vec::new();
    for group in map["group"].as_array().into_iter().flatten() {
        let (source, target) = (text(&group["source"]), text(&group["target"]));
        let (ours, theirs) = if reverse { (&target, &source) } else { (&source, &target) };
        if !same(ours, system) || wanted.is_some_and(|w| !same(w, theirs)) {
            continue;
        }
        for element in group["element"].as_array().into_iter().flatten() {
            for to in element["target"].as_array().into_iter().flatten() {
                let (here, there) = if reverse { (to, element) } else { (element, to) };
                if here["code"] != coding.code || to["dependsOn"].as_array().is_some_and(|d| !d.is_empty()) {
                    continue;
                }
                found.push(Found {
                    equivalence: text(&to["equivalence"]),
                    system: theirs.clone(),
                    code: text(&there["code"]),
                    display: text(&there["display"]),
                    source: text(&map["url"]),
                    provenance: String::new(),
                });
            }
        }
    }
    found
}

/// What the clinic's own concept maps say of its laboratory's codes.
async fn local_pairs(ctx: &Ctx) -> Result<Vec<LocalPair>, Failure> {
    let local = CodeSystem::LocalLab.url();
    let maps = stored::search_by(ctx, "ConceptMap", "source-system", local).await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut pairs = Vec::new();
    for group in
        maps.iter().filter(|m| m["status"] == "active").flat_map(|m| m["group"].as_array().into_iter().flatten())
    {
        let standard = group["target"].as_str().and_then(CodeSystem::of_url);
        let Some(system @ (CodeSystem::Jlac10 | CodeSystem::Jlac11)) = standard else { continue };
        if group["source"] != local {
            continue;
        }
        for element in group["element"].as_array().into_iter().flatten() {
            let same = |t: &&Value| t["equivalence"] == "equal" || t["equivalence"] == "equivalent";
            for target in element["target"].as_array().into_iter().flatten().filter(same) {
                let (local, code) = (text(&element["code"]), text(&target["code"]));
                pairs.push(LocalPair { local, system, code, display: text(&element["display"]) });
            }
        }
    }
    Ok(pairs)
}
