//! A value set: the whole of a code system of the masters, or a `ValueSet` resource.
use super::codes::{Codes, Word, of_master};
use super::input::{Input, at};
use super::{stored, unknown};
use crate::outcome::Failure;
use crate::request::{Call, Ctx};
use futures_util::future::BoxFuture;
use http::StatusCode;
use karute_japan::{Date, search_key};
use karute_terminology::{CodeSystem, Masters};
use serde_json::Value;
use std::collections::HashSet;

/// How deep value sets may include one another.
const MAX_DEPTH: usize = 5;
/// Most codes that are put together from several parts; the whole of one system has no such limit.
const MAX_CODES: usize = 20_000;

/// A value set, resolved: nothing of it has to be read any more.
#[derive(Default)]
pub(super) struct Set {
    /// Canonical address, where it has one.
    pub(super) url: Option<String>,
    include: Vec<Part>,
    exclude: Vec<Part>,
}

enum Part {
    /// Codes that are named; the display may be empty.
    Listed(String, Vec<(String, String)>),
    /// A whole system.
    Whole(Codes),
    /// Another value set.
    Set(Set),
}

/// A page of an expansion.
#[derive(Default)]
pub(super) struct Expansion {
    pub(super) words: Vec<Word>,
    pub(super) total: usize,
}

/// What of a value set is wanted.
pub(super) struct Wanted<'w> {
    pub(super) day: Date,
    pub(super) active_only: bool,
    pub(super) filter: &'w str,
    pub(super) offset: usize,
    pub(super) count: usize,
}

impl Set {
    /// The set an operation is asked about: of the id in the address, sent along, or by `url`.
    pub(super) async fn asked(ctx: &Ctx, masters: &Masters, call: &Call, input: &Input) -> Result<Set, Failure> {
        if let Some(id) = &call.id {
            let resource = stored::by_id(ctx, "ValueSet", id).await?;
            return Set::of_resource(ctx, masters, &resource, 0).await;
        }
        if let Some(resource) = input.resource("valueSet") {
            return Set::of_resource(ctx, masters, resource, 0).await;
        }
        Set::of_url(ctx, masters, input.require("url")?, 0).await
    }

    fn of_url<'f>(
        ctx: &'f Ctx,
        masters: &'f Masters,
        url: &'f str,
        depth: usize,
    ) -> BoxFuture<'f, Result<Set, Failure>> {
        Box::pin(async move {
            let bare = url.split('|').next().unwrap_or_default();
            // Whole systems of the masters come first, so that nobody can put something else under their addresses.
            let whole = if let Some(system) = CodeSystem::of_value_set(bare) {
                Codes::of_url(ctx, masters, system.url(), "url").await?
            } else if let Some(resource) = stored::by_url(ctx, "ValueSet", url).await? {
                return Set::of_resource(ctx, masters, &resource, depth).await;
            } else if let Some(own) = bare.strip_suffix("?fhir_vs") {
                Codes::of_url(ctx, masters, own, "url").await?
            } else {
                return Err(unknown("値セット", "url"));
            };
            Ok(Set { url: Some(bare.to_owned()), include: vec![Part::Whole(whole)], exclude: Vec::new() })
        })
    }

    fn of_resource<'f>(
        ctx: &'f Ctx,
        masters: &'f Masters,
        resource: &'f Value,
        depth: usize,
    ) -> BoxFuture<'f, Result<Set, Failure>> {
        Box::pin(async move {
            if resource["resourceType"] != "ValueSet" {
                return Err(at(Failure::invalid("valueSet には ValueSet リソースを入れてください。"), "valueSet"));
            }
            let mut set = Set { url: resource["url"].as_str().map(str::to_owned), ..Set::default() };
            if resource["compose"].is_object() {
                set.include = parts(ctx, masters, &resource["compose"]["include"], depth).await?;
                set.exclude = parts(ctx, masters, &resource["compose"]["exclude"], depth).await?;
            } else {
                contained(&resource["expansion"]["contains"], &mut set.include);
            }
            Ok(set)
        })
    }

    /// A code when it belongs to the set.
    pub(super) fn word(&self, masters: &Masters, system: &str, code: &str, day: Date) -> Option<Word> {
        let any = |parts: &[Part]| parts.iter().find_map(|part| part.word(masters, system, code, day));
        any(&self.include).filter(|_| any(&self.exclude).is_none())
    }

    /// A page of its codes.
    pub(super) fn expand(&self, masters: &Masters, wanted: &Wanted<'_>) -> Result<Expansion, Failure> {
        if let ([Part::Whole(Codes::Master(system))], true) = (self.include.as_slice(), self.exclude.is_empty()) {
            let Wanted { day, active_only, filter, offset, count } = *wanted;
            let listed = masters.expand(*system, day, active_only, filter, offset, count);
            return Ok(Expansion { words: listed.concepts.iter().map(of_master).collect(), total: listed.total });
        }
        let mut words = Vec::new();
        self.gather(masters, wanted, &mut words)?;
        let keys: Vec<String> = wanted.filter.split_whitespace().map(search_key).collect();
        let fits = |word: &Word| {
            let text: Vec<String> =
                std::iter::once(&word.display).chain(&word.others).chain([&word.code]).map(|t| search_key(t)).collect();
            keys.iter().all(|key| text.iter().any(|t| t.contains(key.as_str())))
        };
        words.retain(|word| (!wanted.active_only || !word.inactive) && fits(word));
        let total = words.len();
        Ok(Expansion { words: words.into_iter().skip(wanted.offset).take(wanted.count).collect(), total })
    }

    fn gather(&self, masters: &Masters, wanted: &Wanted<'_>, words: &mut Vec<Word>) -> Result<(), Failure> {
        let mut own = Vec::new();
        for part in &self.include {
            part.gather(masters, wanted, &mut own)?;
        }
        let mut seen = HashSet::new();
        own.retain(|word| {
            let excluded = |part: &Part| part.word(masters, &word.system, &word.code, wanted.day).is_some();
            !self.exclude.iter().any(excluded) && seen.insert((word.system.clone(), word.code.clone()))
        });
        words.append(&mut own);
        if words.len() > MAX_CODES { Err(too_costly()) } else { Ok(()) }
    }
}

impl Part {
    fn word(&self, masters: &Masters, system: &str, code: &str, day: Date) -> Option<Word> {
        match self {
            Part::Set(set) => set.word(masters, system, code, day),
            Part::Whole(codes) => same(system, codes.url()).then(|| codes.word(masters, code, day))?,
            Part::Listed(listed, codes) => {
                let (_, display) = codes.iter().find(|(c, _)| c == code).filter(|_| same(system, listed))?;
                Some(named(masters, listed, code, display, day))
            }
        }
    }

    fn gather(&self, masters: &Masters, wanted: &Wanted<'_>, words: &mut Vec<Word>) -> Result<(), Failure> {
        match self {
            Part::Set(set) => set.gather(masters, wanted, words)?,
            Part::Whole(Codes::Master(system)) => {
                let listed =
                    masters.mapping().list(*system, wanted.day, wanted.active_only, wanted.filter, 0, MAX_CODES + 1);
                words.extend(listed.concepts.iter().map(of_master));
            }
            Part::Whole(Codes::Stored(resource)) => words.extend(Codes::own_words(resource)),
            Part::Listed(system, codes) => {
                words.extend(codes.iter().map(|(code, display)| named(masters, system, code, display, wanted.day)));
            }
        }
        if words.len() > MAX_CODES { Err(too_costly()) } else { Ok(()) }
    }
}

/// A code that a value set names, with what the masters know of it.
fn named(masters: &Masters, system: &str, code: &str, display: &str, day: Date) -> Word {
    let known = CodeSystem::of_url(system).and_then(|s| masters.mapping().concept(s, code, day));
    let mut word = known.as_ref().map(of_master).unwrap_or_default();
    if !display.is_empty() && word.display != display {
        word.others.push(std::mem::take(&mut word.display));
        word.others.retain(|name| !name.is_empty());
        display.clone_into(&mut word.display);
    }
    system.clone_into(&mut word.system);
    code.clone_into(&mut word.code);
    word
}

/// Whether two addresses mean the same system, older spellings included.
fn same(a: &str, b: &str) -> bool {
    a == b || CodeSystem::of_url(a).is_some_and(|system| CodeSystem::of_url(b) == Some(system))
}

async fn parts(ctx: &Ctx, masters: &Masters, clauses: &Value, depth: usize) -> Result<Vec<Part>, Failure> {
    let mut found = Vec::new();
    for clause in clauses.as_array().into_iter().flatten() {
        if clause["filter"].as_array().is_some_and(|f| !f.is_empty()) {
            return Err(too_hard("filter"));
        }
        let system = clause["system"].as_str().unwrap_or_default();
        let concepts = clause["concept"].as_array().filter(|c| !c.is_empty());
        let sets: Vec<&str> = clause["valueSet"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        match (system.is_empty(), sets.as_slice()) {
            (true, [url]) => {
                if depth == MAX_DEPTH {
                    return Err(too_hard("valueSet"));
                }
                found.push(Part::Set(Set::of_url(ctx, masters, url, depth + 1).await?));
            }
            (false, []) => found.push(match concepts {
                Some(concepts) => {
                    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
                    let codes = concepts.iter().map(|c| (text(&c["code"]), text(&c["display"]))).collect();
                    Part::Listed(system.to_owned(), codes)
                }
                None => Part::Whole(Codes::of_url(ctx, masters, system, "url").await?),
            }),
            _ => return Err(too_hard("valueSet")),
        }
    }
    Ok(found)
}

/// The codes of an expansion that was stored as it is.
fn contained(contains: &Value, parts: &mut Vec<Part>) {
    for entry in contains.as_array().into_iter().flatten() {
        let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
        if !text("code").is_empty() && entry["abstract"] != Value::Bool(true) {
            parts.push(Part::Listed(text("system"), vec![(text("code"), text("display"))]));
        }
        contained(&entry["contains"], parts);
    }
}

fn too_hard(what: &str) -> Failure {
    Failure::not_supported(format!(
        "この値セットの {what} の使い方には対応していません。コードの列挙、コード体系の全体、ほかの値セット一つの取り込みが使えます。"
    ))
    .at(format!("ValueSet.compose.include.{what}"))
}

fn too_costly() -> Failure {
    let text =
        format!("この値セットは {MAX_CODES} 件を超えるため展開できません。filter で絞るか、値セットを分けてください。");
    Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "too-costly", text)
}
