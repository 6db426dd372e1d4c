//! Papers of a prescription that was issued: 処方内容（控え） as the service made it, and what the paper form says of it.
use crate::{WebState, error::WebError, guard::Signed, input::NamedTwo, pages::print};
use axum::{extract::State, response::Response};
use karute_eprescription::flow::{Form, State as At};
use karute_eprescription::jobs::record::{self, Kept};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::prescription::{Leftover, Prescription};
use karute_forms::Residual;
use karute_forms::mapping::Issue;
use karute_ledger::Action;

/// 処方内容（控え）, unchanged.
pub(crate) async fn copy(
    State(state): State<WebState>,
    signed: Signed,
    NamedTwo(patient, task): NamedTwo,
) -> Result<Response, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::Print);
    reader.describe("処方内容（控え）の印刷");
    let kept = record::read(&reader, &task).await?.filter(|kept| kept.patient == patient).ok_or(WebError::NotFound)?;
    let copy = record::read_copy(&reader, &kept).await?;
    let copy = reader.release(copy).await?;
    copy.map(print::prescription::pdf).ok_or(WebError::NotFound)
}

/// What the form of a visit's prescription says when it was issued: on paper its number, its days and remarks, and its
/// content as a 2-D symbol.
pub(crate) fn issued(kept: Option<(&Kept, &Prescription)>, profile: &Profile) -> Issue {
    let Some((kept, what)) = kept else { return Issue::default() };
    let numbered = kept.stored.life.form == Form::Paper && kept.stored.life.state == At::Registered;
    let number = kept.stored.life.access_code.clone().filter(|_| numbered);
    // A form without its symbol is read by eye; it is printed all the same.
    let symbol = what.to_symbol(number.as_deref(), profile).unwrap_or_else(|faults| {
        tracing::warn!(%faults, "a prescription has no 2-D symbol");
        None
    });
    Issue {
        valid_until: what.until,
        refill: what.refill,
        residual: what.leftover.map(|leftover| match leftover {
            Leftover::Ask => Residual::Inquire,
            Leftover::Report => Residual::Inform,
        }),
        remarks: what.remarks.iter().map(|remark| remark.text.clone()).collect(),
        narcotic_licence: what.narcotic.as_ref().map(|narcotic| narcotic.licence.clone()),
        exchange_number: number,
        symbols: symbol.into_iter().collect(),
        ..Issue::default()
    }
}
