//! How open screens learn that the list changed, without reading it.
use crate::ChartError;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Doc};

/// Where the mark of each day lies. It tells nothing about anybody, so asking for it is not audited.
const SPACE: &str = "chart.reception";
/// How long a day's mark is kept after the last change, in milliseconds.
const KEPT_MS: i64 = 3 * 24 * 3_600_000;

/// The mark of a day: another text whenever a visit of the day was moved on, by whichever process. Changes made by
/// other ways (the FHIR face) do not show in it.
pub async fn change_mark(access: &Access, date: Date) -> Result<String, ChartError> {
    let found = access.doc(SPACE, &date.to_string()).await?;
    Ok(found.map(|text| text.trim_matches('"').to_owned()).unwrap_or_default())
}

/// The document that goes into the transaction of a change.
pub(crate) fn changed(date: Date, visit: &Id, now: Timestamp) -> Doc {
    Doc::Put {
        space: SPACE,
        key: date.to_string(),
        value: format!("\"{}-{visit}\"", now.as_micros()),
        expires: Some(now.plus_ms(KEPT_MS)),
    }
}
