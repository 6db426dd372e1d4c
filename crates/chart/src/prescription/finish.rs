//! 診察を終える: what the prescription has to say and to do.
use super::resource::write;
use super::sheet::load;
use super::{Line, Status, review};
use crate::ChartError;
use crate::check::Finding;
use crate::finish::{Finishing, OpenPoint};
use crate::query::resource_type;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Change, Expect, Reader};

/// Drafts become active. What a proxy entered keeps its mark until a doctor approves it. A prescription is not issued
/// here: that is an act of its own.
pub fn finishing<'a>(reader: &'a Reader, visit: &'a Id) -> BoxFuture<'a, Result<Finishing, ChartError>> {
    Box::pin(async move {
        let loaded = load(reader, None, visit).await?;
        let mut finishing = Finishing::default();
        // What must be decided is asked again here, whatever was shown before (ux §9, levels 1 and 2).
        let sheet = &loaded.sheet;
        for finding in review(reader, sheet, sheet.date).await?.into_iter().filter(Finding::is_open) {
            let name = sheet.lines.iter().find(|line| line.id.as_str() == finding.line);
            let name = name.map_or("", |line| line.what.drug.name.as_str());
            finishing.open.push(OpenPoint {
                message: format!("{name}：{}", finding.message),
                link: format!("/p/{}/v/{visit}/orders", sheet.patient),
            });
        }
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
    })
}
