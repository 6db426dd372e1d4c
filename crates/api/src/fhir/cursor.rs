//! Links to the next page. A link holds the parameters and the position sealed, so that no patient data stands in an
//! address, and it opens only for the institution and the search it was made for, until the end of the next day.
use crate::outcome::Failure;
use crate::request::Ctx;
use serde::{Deserialize, Serialize};

const DAY_MICROS: i64 = 86_400_000_000;

/// What a link holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// The query string of the first page.
    #[serde(rename = "q")]
    pub(crate) query: String,
    /// The ledger's position.
    #[serde(rename = "a")]
    pub(crate) after: String,
    /// Day since the epoch on which it was made.
    #[serde(rename = "d")]
    day: i64,
}

/// The value of `_cursor` for the page after `after` of what `place` names (`search:Patient`).
pub(crate) fn seal(ctx: &Ctx, place: &str, query: &str, after: String) -> String {
    let day = ctx.state.now().as_micros().div_euclid(DAY_MICROS);
    let cursor = Cursor { query: query.to_owned(), after, day };
    let plain = serde_json::to_vec(&cursor).unwrap_or_default();
    sealer(ctx).seal(&plain, &context(ctx, place))
}

/// Opens a link made by [`seal`] for the same institution and place.
pub(crate) fn open(ctx: &Ctx, place: &str, sealed: &str) -> Result<Cursor, Failure> {
    let plain = sealer(ctx).open(sealed, &context(ctx, place)).map_err(|_| Failure::cursor())?;
    let cursor: Cursor = serde_json::from_slice(&plain).map_err(|_| Failure::cursor())?;
    let today = ctx.state.now().as_micros().div_euclid(DAY_MICROS);
    if (cursor.day..=cursor.day + 1).contains(&today) { Ok(cursor) } else { Err(Failure::cursor()) }
}

fn sealer(ctx: &Ctx) -> karute_crypto::Sealer {
    ctx.state.inner.config.key.sealer("fhir.cursor", ctx.caller.tenant.0)
}

fn context(ctx: &Ctx, place: &str) -> String {
    format!("{}|{place}", ctx.caller.tenant.0)
}
