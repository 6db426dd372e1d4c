//! Papers of a prescription that was issued: 処方内容（控え） as the service made it, and what the paper form says of it.
use crate::{WebState, error::WebError, guard::Signed, input::NamedTwo, pages::print};
use axum::{extract::State, response::Response};
use karute_eprescription::flow::{Form, State as At};
use karute_eprescription::jobs::record::{self, Kept};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::prescription::{Leftover, Prescription, RemarkKind};
use karute_forms::mapping::Issue;
use karute_forms::{OfPart, Residual};
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
/// content as a 2-D symbol. Of a divided prescription `issued` holds all parts in order, and each has its own.
pub(crate) fn issued(issued: &[(Kept, Prescription)], profile: &Profile) -> Issue {
    let Some((first, what)) = issued.first() else { return Issue::default() };
    let each: Vec<OfPart> = issued.iter().map(|(kept, what)| own(kept, what, profile)).collect();
    let alone = each.first().cloned().unwrap_or_default();
    let divided = first.stored.part.is_some();
    // What the form of a part says by itself is no remark.
    let remarks = what.remarks.iter().filter(|remark| remark.kind != Some(RemarkKind::Split));
    Issue {
        valid_until: what.until,
        refill: what.refill,
        parts: what.split.map(|split| split.total),
        residual: what.leftover.map(|leftover| match leftover {
            Leftover::Ask => Residual::Inquire,
            Leftover::Report => Residual::Inform,
        }),
        remarks: remarks.map(|remark| remark.text.clone()).collect(),
        narcotic_licence: what.narcotic.as_ref().map(|narcotic| narcotic.licence.clone()),
        exchange_number: alone.exchange_number.filter(|_| !divided),
        symbols: if divided { Vec::new() } else { alone.symbols },
        each: if divided { each } else { Vec::new() },
        is_reprint: false,
    }
}

/// Number and symbol of one registration.
fn own(kept: &Kept, what: &Prescription, profile: &Profile) -> OfPart {
    let numbered = kept.stored.life.form == Form::Paper && kept.stored.life.state == At::Registered;
    let number = kept.stored.life.access_code.clone().filter(|_| numbered);
    // A form without its symbol is read by eye; it is printed all the same.
    let symbol = what.to_symbol(number.as_deref(), profile).unwrap_or_else(|faults| {
        tracing::warn!(%faults, "a prescription has no 2-D symbol");
        None
    });
    OfPart { exchange_number: number, symbols: symbol.into_iter().collect() }
}
