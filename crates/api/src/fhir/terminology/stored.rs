//! Terminology resources of the caller's institution, by canonical address or by id.
use crate::fhir::search;
use crate::outcome::Failure;
use crate::request::Ctx;
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_ledger::{Action, Lookup, Version};
use serde_json::Value;

/// Most resources under one address that are looked at.
const MAX_SAME: u32 = 20;

/// The resource of a canonical address (`url` or `url|version`). Of several, an active one wins, then the one that was
/// written last.
pub(super) async fn by_url(ctx: &Ctx, kind: &str, canonical: &str) -> Result<Option<Value>, Failure> {
    let (url, version) = canonical.split_once('|').map_or((canonical, None), |(url, v)| (url, Some(v)));
    let found = search_by(ctx, kind, "url", url).await?;
    let fits = |r: &Value| version.is_none_or(|v| r["version"] == v) && r["url"] == url;
    Ok(found.into_iter().filter(fits).max_by_key(|r| (r["status"] == "active", updated(r))))
}

fn updated(resource: &Value) -> String {
    resource["meta"]["lastUpdated"].as_str().unwrap_or_default().to_owned()
}

/// Resources by one search parameter.
pub(super) async fn search_by(ctx: &Ctx, kind: &str, parameter: &str, value: &str) -> Result<Vec<Value>, Failure> {
    let kind = of(kind)?;
    ctx.require(kind, Interaction::Read)?;
    // A comma or a bar of the address would be read as part of the search.
    let escaped = ['\\', ',', '|', '$'].iter().fold(value.to_owned(), |text, c| text.replace(*c, &format!("\\{c}")));
    let pairs = [(parameter.to_owned(), escaped), ("_count".to_owned(), MAX_SAME.to_string())];
    let query = search::parse(ctx, kind, &pairs)?;
    let reader = ctx.reader(Action::Read);
    let page = reader.search(&query, None).await?;
    let found = page.matches.iter().map(tree).collect::<Result<Vec<_>, _>>()?;
    Ok(reader.release(found).await?)
}

/// The resource of an id.
pub(super) async fn by_id(ctx: &Ctx, kind: &str, id: &Id) -> Result<Value, Failure> {
    let kind = of(kind)?;
    ctx.require(kind, Interaction::Read)?;
    let reader = ctx.reader(Action::Read);
    match reader.read(kind, id).await? {
        Lookup::Found(version) => {
            let found = tree(&version)?;
            Ok(reader.release(found).await?)
        }
        Lookup::Gone(_) => Err(reader.release(Failure::gone()).await?),
        Lookup::Missing => Err(reader.release(Failure::not_found()).await?),
    }
}

/// The type of a terminology resource.
pub(super) fn of(kind: &str) -> Result<ResourceType, Failure> {
    ResourceType::parse(kind).ok_or_else(Failure::not_found)
}

fn tree(version: &Version) -> Result<Value, Failure> {
    serde_json::from_str(&version.body).map_err(|_| Failure::invalid("登録されたリソースを読めません。"))
}
