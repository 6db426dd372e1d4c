//! What a prescription on paper says beside its lines: who the patient is, how they are insured, which doctor issues it.
use super::choice::is_narcotic;
use super::sheet::{load, newest};
use super::{Dispensing, Line, Status};
use crate::ChartError;
use crate::registration::{Kept, KeptPublic, read_file};
use crate::view::Person;
use crate::view::element::text;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_ledger::{Access, Action, Reader};
use karute_terminology::Masters;

/// A prescription to print.
#[derive(Clone, Debug)]
pub struct OnPaper {
    /// Whose.
    pub person: Person,
    /// Address of the patient; empty when none is known.
    pub address: String,
    /// Day of the visit.
    pub date: Date,
    /// What is dispensed outside, in the order of Rp.
    pub lines: Vec<Line>,
    /// Whether all of it is confirmed (確定) and approved. What is not is no prescription yet.
    pub is_confirmed: bool,
    /// Whether one of the lines is a 麻薬 by the masters of that day: the form then asks for what the law adds.
    pub has_narcotic: bool,
    /// Name of the doctor who prescribes; none when the record does not say.
    pub doctor: Option<String>,
    /// The main insurance on that day.
    pub card: Option<Kept>,
    /// 公費 on that day, in their order.
    pub publics: Vec<KeptPublic>,
}

/// Reads it, as one audit event of printing. [`ChartError::NotFound`] when the visit is not this patient's or nothing is
/// dispensed outside.
pub fn on_paper<'a>(
    access: &'a Access,
    masters: &'a Masters,
    patient: &'a Id,
    visit: &'a Id,
) -> BoxFuture<'a, Result<OnPaper, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Print);
        reader.describe("処方箋の印刷");
        match read_on_paper(&reader, masters, patient, visit).await {
            Ok(found) => Ok(reader.release(found).await?),
            // What was looked at is told, though nothing is dispensed outside.
            Err(error) => {
                reader.release(()).await?;
                Err(error)
            }
        }
    })
}

/// The same through the caller's reader.
pub fn read_on_paper<'a>(
    reader: &'a Reader,
    masters: &'a Masters,
    patient: &'a Id,
    visit: &'a Id,
) -> BoxFuture<'a, Result<OnPaper, ChartError>> {
    Box::pin(async move {
        let narcotic = |line: &Line, date| is_narcotic(masters, &line.what.drug, date);
        let wanted = |line: &Line| line.status.counts() && line.what.dispensing == Dispensing::Outside;
        of_visit(reader, patient, visit, &wanted, &narcotic).await
    })
}

/// What is in force of a visit and dispensed in house (院内処方), for a service that is told of it. Drafts are no
/// prescription yet. Whether there is a 麻薬 is no matter here and not looked for.
pub fn read_in_house<'a>(
    reader: &'a Reader,
    patient: &'a Id,
    visit: &'a Id,
) -> BoxFuture<'a, Result<OnPaper, ChartError>> {
    Box::pin(async move {
        let wanted = |line: &Line| {
            line.status.counts() && line.status != Status::Draft && line.what.dispensing == Dispensing::InHouse
        };
        of_visit(reader, patient, visit, &wanted, &|_, _| false).await
    })
}

/// The lines of a visit that are wanted, with who and how insured the patient is.
fn of_visit<'a>(
    reader: &'a Reader,
    patient: &'a Id,
    visit: &'a Id,
    wanted: &'a (dyn Fn(&Line) -> bool + Sync),
    narcotic: &'a (dyn Fn(&Line, Date) -> bool + Sync),
) -> BoxFuture<'a, Result<OnPaper, ChartError>> {
    Box::pin(async move {
        let loaded = load(reader, Some(patient), visit).await?;
        let file = read_file(reader, patient).await?;
        let date = loaded.sheet.date;
        let stored: Vec<_> = loaded.all.into_iter().filter(|stored| wanted(&stored.line)).collect();
        // Who is asked for a line prescribes it; a proxy's line names the doctor of the visit.
        let doctor = stored.iter().find_map(|stored| text(&stored.body, &["requester", "display"]));
        let doctor = doctor.or_else(|| loaded.doctor.as_ref().and_then(|doctor| text(doctor, &["display"])));
        let lines: Vec<Line> = stored.into_iter().map(|stored| stored.line).collect();
        let is_confirmed = lines.iter().all(|line| line.status != Status::Draft && !line.awaits_approval);
        let form = &file.form;
        let address = [&form.state, &form.city, &form.line].map(String::as_str).concat();
        let found = OnPaper {
            address,
            date,
            is_confirmed,
            has_narcotic: lines.iter().any(|line| narcotic(line, date)),
            doctor,
            card: file.cards.into_iter().find(|card| card.insurance.valid_on(date)),
            publics: file.publics.into_iter().filter(|public| public.insurance.valid_on(date)).collect(),
            person: file.person,
            lines,
        };
        if found.lines.is_empty() { Err(ChartError::NotFound) } else { Ok(found) }
    })
}

/// The newest visit with something that is dispensed outside. One audit event. [`ChartError::NotFound`] when there is none.
pub fn newest_on_paper<'a>(access: &'a Access, patient: &'a Id) -> BoxFuture<'a, Result<Id, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        reader.describe("最も新しい院外処方を探す");
        let lines = newest(&reader, patient).await?;
        let lines = reader.release(lines).await?;
        let mut outside =
            lines.into_iter().filter(|line| line.status.counts() && line.what.dispensing == Dispensing::Outside);
        outside.find_map(|line| line.visit).ok_or(ChartError::NotFound)
    })
}
