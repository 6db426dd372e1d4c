//! 発行: what a prescription that leaves the clinic does to its lines.
use super::resource::write;
use super::sheet::load;
use super::{Line, Status};
use crate::ChartError;
use crate::approval::stamp;
use crate::author::{Author, Standing, set_awaiting};
use crate::query::resource_type;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Change, Expect, Reader};

/// The lines of a visit that are issued, in force and approved: drafts become orders, and what a proxy entered (in a
/// clinic that keeps paper charts, mostly all of it) is approved by the doctor who issues it. Lines that are both already
/// are left alone. [`ChartError::Step`] when a proxy would issue.
pub fn issuing<'a>(
    reader: &'a Reader,
    visit: &'a Id,
    lines: &'a [Id],
    by: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Vec<Change>, ChartError>> {
    Box::pin(async move {
        if by.standing == Standing::Proxy {
            return Err(ChartError::Step);
        }
        let loaded = load(reader, None, visit).await?;
        let mut changes = Vec::new();
        for stored in loaded.all.into_iter().filter(|stored| lines.contains(&stored.line.id)) {
            let awaits = stored.line.awaits_approval;
            let drafted = stored.line.status == Status::Draft;
            if !awaits && !drafted {
                continue;
            }
            let status = if drafted { Status::Active } else { stored.line.status };
            let line = Line { status, awaits_approval: false, ..stored.line };
            let mut body = stored.body;
            write(&mut body, &line, visit);
            if awaits {
                set_awaiting(&mut body, false);
                stamp(&mut body, by, now);
            }
            changes.push(Change::Put {
                resource_type: resource_type("MedicationRequest")?,
                id: line.id,
                body,
                expect: Expect::Version(line.version),
            });
        }
        Ok(changes)
    })
}
