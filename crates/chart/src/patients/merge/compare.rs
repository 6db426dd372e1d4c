//! Two records side by side, before they are made one.
use super::compartment;
use crate::query::{parse, resource_type};
use crate::registration::PersonForm;
use crate::view::{Encounter, Insurance, Person, VisitState};
use crate::{ChartError, patients::replaced_by};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, Lookup, Reader};
use std::collections::BTreeMap;

/// How many records of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// What the clinic calls them.
    pub word: &'static str,
    /// How many.
    pub number: usize,
}

/// One of the two.
#[derive(Clone, Debug)]
pub struct Side {
    /// Who.
    pub person: Person,
    /// Patient version.
    pub version: u32,
    /// All that is kept of the person.
    pub form: PersonForm,
    /// Insurance, active ones.
    pub insurance: Vec<Insurance>,
    /// How many records of which kind.
    pub counts: Vec<Count>,
    /// Days of the first and the last visit.
    pub visits: Option<(Date, Date)>,
    /// Whether the person is in the building.
    pub inside: bool,
}

/// Both.
#[derive(Clone, Debug)]
pub struct Pair {
    /// The one whose page was opened.
    pub left: Side,
    /// The other.
    pub right: Side,
}

/// What the kinds are called, in the order shown; the rest is その他.
const WORDS: [(&str, &str); 11] = [
    ("Encounter", "受診"),
    ("Composition", "診療記録"),
    ("Condition", "病名"),
    ("MedicationRequest", "処方"),
    ("Observation", "検査・測定"),
    ("ServiceRequest", "依頼"),
    ("AllergyIntolerance", "アレルギー"),
    ("Coverage", "保険"),
    ("Appointment", "予約"),
    ("DocumentReference", "文書"),
    ("QuestionnaireResponse", "問診"),
];

/// The word of a kind.
pub(super) fn word(kind: &str) -> &'static str {
    WORDS.iter().find(|(name, _)| *name == kind).map_or("その他", |(_, word)| *word)
}

/// Reads both. One audit event.
pub fn pair<'a>(access: &'a Access, left: &'a Id, right: &'a Id) -> BoxFuture<'a, Result<Pair, ChartError>> {
    Box::pin(async move {
        if left == right {
            return Err(ChartError::Invalid);
        }
        let reader = access.reader(Action::View);
        reader.describe("統合前の比較");
        let pair = Pair { left: side(&reader, left).await?, right: side(&reader, right).await? };
        Ok(reader.release(pair).await?)
    })
}

async fn side(reader: &Reader, id: &Id) -> Result<Side, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Patient")?, id).await? else {
        return Err(ChartError::NotFound);
    };
    let body = parse(&version)?;
    if let Some(kept) = replaced_by(&body) {
        return Err(ChartError::Merged(kept));
    }
    let mut counted: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut insurance = Vec::new();
    let mut days: Vec<Date> = Vec::new();
    let mut inside = false;
    for found in compartment(reader, id).await? {
        // What is on its way is no record of its own.
        if found.resource_type.name() == "Task" {
            continue;
        }
        *counted.entry(word(found.resource_type.name())).or_default() += 1;
        match found.resource_type.name() {
            "Coverage" => insurance.push(Insurance::read(&parse(&found)?)),
            "Encounter" => {
                let visit = Encounter::read(found.id.clone(), found.version, &parse(&found)?);
                inside |= is_open(&visit);
                if visit.state != Some(VisitState::Cancelled) {
                    days.extend(visit.arrived.map(Timestamp::day_in_japan));
                }
            }
            _ => {}
        }
    }
    insurance.retain(|i| i.active);
    insurance.sort_by_key(|i| (i.order, std::cmp::Reverse(i.from)));
    let order = WORDS.iter().map(|(_, word)| *word).chain(["その他"]);
    Ok(Side {
        person: Person::read(id.clone(), &body),
        version: version.version,
        form: PersonForm::of(&body),
        insurance,
        counts: order.filter_map(|word| counted.get(word).map(|number| Count { word, number: *number })).collect(),
        visits: days.iter().min().copied().zip(days.iter().max().copied()),
        inside,
    })
}

/// Whether a visit has not ended.
pub(super) fn is_open(visit: &Encounter) -> bool {
    !matches!(visit.state, None | Some(VisitState::Finished | VisitState::Cancelled))
}
