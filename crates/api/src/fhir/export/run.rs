//! The job: reads the tenant page by page and writes one attachment for each type. Memory is bounded by a page.
use super::{DROPPED, Manifest, Order, OutputFile};
use crate::state::ApiState;
use bytes::Bytes;
use karute_fhir::ResourceType;
use karute_ledger::{Access, Action, Actor, ActorKind, BlobWriter, Commit, LedgerError, Origin, TenantId, Version};

/// Resources per page.
const PAGE: u32 = 500;

/// An export carried out.
pub struct Finished {
    /// To be written together with the job's completion.
    pub commit: Commit,
    /// What the job leaves behind.
    pub result: String,
}

/// An export that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportError {
    /// Words for operators; no patient data.
    pub message: String,
    /// Trying again is pointless.
    pub permanent: bool,
}

impl From<LedgerError> for ExportError {
    fn from(error: LedgerError) -> ExportError {
        let permanent = matches!(error, LedgerError::Suspended | LedgerError::Integrity(_) | LedgerError::Limit(_));
        ExportError { message: error.to_string(), permanent }
    }
}

/// Carries out a job of kind [`KIND`](super::KIND) with this key and payload. May run more than once for the same job:
/// an attempt leaves nothing behind but attachments that nothing refers to, which are swept. The caller keeps the
/// lease alive.
pub async fn run(state: &ApiState, tenant: TenantId, key: &str, payload: &str) -> Result<Finished, ExportError> {
    let broken =
        |_| ExportError { message: "the payload or result cannot be read or written".to_owned(), permanent: true };
    let order: Order = serde_json::from_str(payload).map_err(broken)?;
    let access = state.ledger().access(tenant, actor(&order));
    let manifest = write_files(state, &access, key, &order).await?;
    let result = serde_json::to_string(&manifest).map_err(broken)?;
    let commit = Commit { detail: Some("export finished".to_owned()), ..Commit::new(Action::Export) };
    Ok(Finished { commit, result })
}

fn actor(order: &Order) -> Actor {
    Actor {
        kind: ActorKind::Client,
        id: order.actor.clone(),
        name: order.name.clone(),
        role: "client".to_owned(),
        origin: Origin { request_id: order.request_id.clone(), method: "token", ..Origin::default() },
    }
}

async fn write_files(state: &ApiState, access: &Access, key: &str, order: &Order) -> Result<Manifest, LedgerError> {
    let transaction_time = state.now().to_fhir();
    let mut output = Vec::new();
    for kind in order.types.iter().filter_map(|name| ResourceType::parse(name)) {
        if access.doc(DROPPED, key).await?.is_some() {
            output.clear();
            break;
        }
        output.extend(write_type(state, access, order, kind).await?);
    }
    Ok(Manifest { transaction_time, output })
}

/// All current resources of a type, in as many files as their size asks for.
async fn write_type(
    state: &ApiState,
    access: &Access,
    order: &Order,
    kind: ResourceType,
) -> Result<Vec<OutputFile>, LedgerError> {
    // Half of what an attachment may hold: a page always fits into the other half.
    let full = state.inner.config.max_blob_bytes / 2;
    let mut files = Vec::new();
    let mut open: Option<OpenFile> = None;
    let mut after: Option<String> = None;
    loop {
        let reader = access.reader(Action::Export);
        let page = reader.scan(&[kind], order.since, PAGE, after.as_deref()).await?;
        let page = reader.release(page).await?;
        if !page.matches.is_empty() {
            let mut file = match open.take() {
                Some(file) => file,
                None => OpenFile { writer: access.blob_writer().await?, bytes: 0, count: 0 },
            };
            let lines = lines(&page.matches);
            file.bytes += lines.len() as u64;
            file.count += page.matches.len() as u64;
            file.writer.write(lines).await?;
            if file.bytes >= full {
                files.push(file.finish(kind).await?);
            } else {
                open = Some(file);
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    if let Some(file) = open {
        files.push(file.finish(kind).await?);
    }
    Ok(files)
}

/// A file that is being written.
struct OpenFile {
    writer: BlobWriter,
    bytes: u64,
    count: u64,
}

impl OpenFile {
    async fn finish(self, kind: ResourceType) -> Result<OutputFile, LedgerError> {
        let info = self.writer.finish().await?;
        Ok(OutputFile { kind: kind.name().to_owned(), hash: info.hash.to_hex(), count: self.count })
    }
}

fn lines(versions: &[Version]) -> Bytes {
    let mut out = String::with_capacity(versions.iter().map(|v| v.body.len() + 1).sum());
    for version in versions {
        out.push_str(&version.body);
        out.push('\n');
    }
    Bytes::from(out)
}
