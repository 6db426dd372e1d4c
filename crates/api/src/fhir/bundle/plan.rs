//! What each entry of a transaction comes to, before anything is written.
use super::entry::{Entry, Method, Place, Read};
use super::links::Links;
use crate::fhir::find::{Found, find, several};
use crate::fhir::patch::patched;
use crate::fhir::{binary, check, update};
use crate::http::body;
use crate::outcome::Failure;
use crate::request::Ctx;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use karute_fhir::{Id, ResourceType};
use karute_identity::Interaction;
use karute_json::Value;
use karute_ledger::{Expect, Guard, Lookup, Reader, Version};
use std::collections::HashSet;

/// One entry's share of the transaction.
pub(super) enum Step<'b> {
    /// A new version.
    Put {
        kind: ResourceType,
        id: Id,
        body: Value<'b>,
        expect: Expect,
        /// By POST: carried out before the updates.
        post: bool,
        /// The server gave the id.
        renamed: bool,
    },
    /// A deletion.
    Delete { kind: ResourceType, id: Id, expect: Expect },
    /// A conditional create that found its resource.
    Exists(Version),
    /// A conditional delete that found nothing.
    Nothing,
    /// A read, after everything is written.
    Read(Read),
}

/// The whole transaction.
pub(super) struct Plan<'b> {
    pub(super) steps: Vec<Step<'b>>,
    pub(super) guards: Vec<Guard>,
    /// Patients and other things were looked up to decide.
    pub(super) looked: bool,
}

/// Decides every entry, gives out ids, rewrites references.
pub(super) async fn plan<'b>(ctx: &Ctx, reader: &Reader, entries: Vec<Entry<'b>>) -> Result<Plan<'b>, Failure> {
    let mut links = Links::default();
    let mut plan = Plan { steps: Vec::with_capacity(entries.len()), guards: Vec::new(), looked: false };
    for (index, entry) in entries.into_iter().enumerate() {
        let place = format!("Bundle.entry[{index}]");
        let full_url = entry.full_url.clone();
        let step = decide(ctx, reader, entry, &mut plan).await.map_err(|failure| failure.below(&place))?;
        match &step {
            Step::Put { kind, id, renamed, .. } => links.add(full_url.as_deref(), format!("{kind}/{id}"), *renamed),
            Step::Exists(v) => links.add(full_url.as_deref(), format!("{}/{}", v.resource_type, v.id), true),
            _ => {}
        }
        plan.steps.push(step);
    }
    refuse_duplicates(&plan.steps)?;
    for (index, step) in plan.steps.iter().enumerate() {
        if let Step::Put { body, .. } = step {
            links.resolve(ctx, reader, body, index).await?;
        }
    }
    for step in &mut plan.steps {
        if let Step::Put { body, .. } = step {
            links.rewrite(body);
        }
    }
    plan.looked |= !links.guards.is_empty();
    plan.guards.append(&mut links.guards);
    Ok(plan)
}

/// The same resource twice in one transaction has no meaning (R4 http §3.1.0.11.2).
fn refuse_duplicates(steps: &[Step<'_>]) -> Result<(), Failure> {
    let mut seen = HashSet::new();
    for (index, step) in steps.iter().enumerate() {
        let identity = match step {
            Step::Put { kind, id, .. } | Step::Delete { kind, id, .. } => (*kind, id),
            _ => continue,
        };
        if !seen.insert(identity) {
            let text = "同じリソースを変える entry が二つあります。一つにまとめるか、分けて送ってください。";
            let failure = Failure::new(StatusCode::BAD_REQUEST, "duplicate", text);
            return Err(failure.at(format!("Bundle.entry[{index}]")));
        }
    }
    Ok(())
}

async fn decide<'b>(ctx: &Ctx, reader: &Reader, entry: Entry<'b>, plan: &mut Plan<'b>) -> Result<Step<'b>, Failure> {
    let expect = entry.expect()?;
    let resource = entry.resource.unwrap_or(Value::Null);
    match entry.method {
        Method::Post(kind) => {
            writable(ctx, kind, Interaction::Create)?;
            check::kind(&resource, kind)?;
            binary::refuse_reserved_tag(&resource)?;
            if let Some(criteria) = &entry.if_none_exist {
                plan.looked = true;
                match find(ctx, reader, kind, criteria).await? {
                    Found::Many => return Err(several()),
                    Found::One(query, version) => {
                        plan.guards.push(Guard::OnlyMatch(query, version.id.clone()));
                        return Ok(Step::Exists(version));
                    }
                    Found::None(query) => plan.guards.push(Guard::NoMatch(query)),
                }
            }
            let id = ctx.state.new_id();
            Ok(Step::Put { kind, id, body: resource, expect: Expect::Absent, post: true, renamed: true })
        }
        Method::Put(Place::Instance(kind, id)) => {
            writable(ctx, kind, Interaction::Update)?;
            check::kind(&resource, kind)?;
            binary::refuse_reserved_tag(&resource)?;
            check::same_id(&resource, kind, &id)?;
            Ok(Step::Put { kind, id, body: resource, expect, post: false, renamed: false })
        }
        Method::Put(Place::Where(kind, criteria)) => {
            writable(ctx, kind, Interaction::Update)?;
            check::kind(&resource, kind)?;
            binary::refuse_reserved_tag(&resource)?;
            plan.looked = true;
            let found = find(ctx, reader, kind, &criteria).await?;
            let target = update::target(ctx, kind, &resource, found, expect)?;
            plan.guards.push(target.guard);
            Ok(Step::Put { kind, id: target.id, body: resource, expect: target.expect, post: false, renamed: true })
        }
        Method::Patch(kind, id) => {
            writable(ctx, kind, Interaction::Update)?;
            plan.looked = true;
            let (version, body) = patch(reader, kind, &id, &resource, expect).await?;
            let expect = Expect::Version(version);
            Ok(Step::Put { kind, id, body, expect, post: false, renamed: false })
        }
        Method::Delete(Place::Instance(kind, id)) => {
            writable(ctx, kind, Interaction::Delete)?;
            Ok(Step::Delete { kind, id, expect })
        }
        Method::Delete(Place::Where(kind, criteria)) => {
            writable(ctx, kind, Interaction::Delete)?;
            plan.looked = true;
            match find(ctx, reader, kind, &criteria).await? {
                Found::Many => Err(several()),
                Found::None(query) => {
                    plan.guards.push(Guard::NoMatch(query));
                    Ok(Step::Nothing)
                }
                Found::One(query, version) => {
                    plan.guards.push(Guard::OnlyMatch(query, version.id.clone()));
                    Ok(Step::Delete { kind, id: version.id, expect: Expect::Present })
                }
            }
        }
        Method::Get(read) => {
            super::reads::allowed(ctx, &read)?;
            Ok(Step::Read(read))
        }
    }
}

/// 403 or 405 unless this may be written by this caller.
pub(super) fn writable(ctx: &Ctx, kind: ResourceType, interaction: Interaction) -> Result<(), Failure> {
    if !crate::route::serves(kind, "update") {
        let text = "監査の記録はシステムだけが書きます。";
        return Err(Failure::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", text));
    }
    ctx.require(kind, interaction)
}

/// A patch travels as a Binary with the JSON Patch in `data` (R4 http §3.1.0.8.1). Gives the version it was made for.
async fn patch(
    reader: &Reader,
    kind: ResourceType,
    id: &Id,
    binary: &Value<'_>,
    expect: Expect,
) -> Result<(u32, Value<'static>), Failure> {
    let text = patch_text(binary)?;
    let patch = body::parse(&text)?;
    match reader.read(kind, id).await? {
        Lookup::Found(current) => Ok((current.version, patched(&current, &patch, expect)?)),
        Lookup::Gone(_) => Err(Failure::gone()),
        Lookup::Missing => Err(Failure::not_found()),
    }
}

/// The JSON Patch inside the Binary.
pub(super) fn patch_text(binary: &Value<'_>) -> Result<Vec<u8>, Failure> {
    let text = |key: &str| binary.get(key).and_then(Value::as_str).map(std::borrow::Cow::into_owned);
    let right = text("resourceType").as_deref() == Some("Binary")
        && text("contentType").as_deref() == Some("application/json-patch+json");
    let data = text("data").filter(|_| right).and_then(|data| STANDARD.decode(data).ok());
    data.ok_or_else(|| {
        Failure::invalid(
            "PATCH の entry.resource は、contentType が application/json-patch+json の Binary にしてください。",
        )
    })
}
