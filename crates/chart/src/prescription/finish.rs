//! 診察を終える: what the prescription has to do.
use super::resource::write;
use super::sheet::load;
use super::{Line, Status};
use crate::ChartError;
use crate::finish::Finishing;
use crate::query::resource_type;
use karute_fhir::Id;
use karute_ledger::{Change, Expect, Reader};

/// Drafts become active. What a proxy entered keeps its mark until a doctor approves it. A prescription is not issued
/// here: that is an act of its own.
pub async fn finishing(reader: &Reader, visit: &Id) -> Result<Finishing, ChartError> {
    let loaded = load(reader, None, visit).await?;
    let mut finishing = Finishing::default();
    for stored in loaded.all.into_iter().filter(|stored| stored.line.status == Status::Draft) {
        let line = Line { status: Status::Active, ..stored.line };
        let mut body = stored.body;
        write(&mut body, &line, visit);
        finishing.changes.push(Change::Put {
            resource_type: resource_type("MedicationRequest")?,
            id: line.id,
            body,
            expect: Expect::Version(line.version),
        });
    }
    Ok(finishing)
}
