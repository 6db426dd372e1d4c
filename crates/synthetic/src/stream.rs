//! The clinic's resources, in batches, one patient at a time.
use crate::course::{Visit, history};
use crate::people::Person;
use crate::resource::{self, Stay};
use crate::{Author, Params};
use karute_japan::Timestamp;
use karute_json::Value;

/// Resources of one batch at most.
pub(crate) const BATCH: usize = 50;

/// A fictitious clinic.
#[derive(Clone, Debug)]
pub struct Clinic {
    params: Params,
}

impl Clinic {
    /// From its parameters; nothing is made yet.
    pub fn new(params: Params) -> Clinic {
        Clinic { params }
    }
    /// What it follows from.
    pub fn params(&self) -> &Params {
        &self.params
    }
    /// The whole history up to yesterday: first the clinic, then each patient followed by what belongs to them. Every
    /// resource has its id. Batches hold at most 50 resources and may be written one by one: a reference points to
    /// the same or an earlier batch.
    pub fn bundles(&self) -> impl Iterator<Item = Vec<Value<'static>>> + '_ {
        let mut resources = self.resources();
        std::iter::from_fn(move || {
            let batch: Vec<Value<'static>> = resources.by_ref().take(BATCH).collect();
            if batch.is_empty() { None } else { Some(batch) }
        })
    }
    /// The same, one by one.
    pub fn resources(&self) -> impl Iterator<Item = Value<'static>> + '_ {
        let people = (0..self.params.patients).flat_map(|index| self.patient(index));
        resource::institution(&self.params).into_iter().chain(people)
    }
    /// The day of [`Params::now`] as it stands at that moment; written after the history. The conventions stand in
    /// the table of the crate's `today` module and in [`crate::QUEUE_SYSTEM`], [`crate::VISIT_TAG_SYSTEM`].
    pub fn today(&self) -> Vec<Value<'static>> {
        self.today_at(self.params.now)
    }
    /// The same cast on another day or at another hour: a demo that is started again tomorrow shows a today again,
    /// over the history that was made for [`Params::now`].
    pub fn today_at(&self, now: Timestamp) -> Vec<Value<'static>> {
        crate::today::today(&self.params, now)
    }
    /// One patient and everything that belongs to them up to yesterday.
    fn patient(&self, index: u32) -> Vec<Value<'static>> {
        let params = &self.params;
        let person = Person::of(params, index);
        let doctors = resource::doctors(params);
        let mut out = vec![resource::patient(params, &person)];
        out.extend(resource::coverages(params, &person));
        out.extend(resource::allergies(params, &person));
        for (number, (problem, onset)) in person.problems.iter().enumerate() {
            out.push(resource::problem(params, &person, number as u64, problem, *onset));
        }
        for visit in history(params, &person) {
            if visit.day < params.today() {
                let doctor = doctor_of(&doctors, visit.doctor);
                out.push(past_encounter(params, &person, &visit, &doctor));
                out.extend(examined(params, &person, &visit));
                out.extend(treated(params, &person, &visit, &doctor));
            }
        }
        out
    }
}

/// Who saw the patient.
pub(crate) fn doctor_of(doctors: &[Author], number: u32) -> Author {
    let index = number as usize % doctors.len().max(1);
    doctors.get(index).cloned().unwrap_or_else(|| Author { id: "unknown".to_owned(), name: "不明".to_owned() })
}

/// Id of the visit's `Encounter`.
pub(crate) fn encounter_id(params: &Params, person: &Person, visit: &Visit) -> String {
    params.id("encounter", u64::from(person.index), u64::from(visit.index), visit.day)
}

fn past_encounter(params: &Params, person: &Person, visit: &Visit, doctor: &Author) -> Value<'static> {
    let stay = Stay {
        id: encounter_id(params, person, visit),
        patient: &person.id,
        status: "finished",
        kind: visit.kind,
        reason: &visit.reason,
        arrived: visit.arrived,
        since: None,
        left: Some(visit.left),
        queue_number: None,
        appointment: None,
        tags: Value::Null,
    };
    resource::encounter(params, &stay, doctor)
}

/// What was measured.
pub(crate) fn examined(params: &Params, person: &Person, visit: &Visit) -> Vec<Value<'static>> {
    let encounter = encounter_id(params, person, visit);
    let mut out = Vec::new();
    out.extend(visit.pressure.map(|values| resource::pressure(params, person, visit, &encounter, values)));
    for (number, (vital, value)) in visit.vitals.iter().enumerate() {
        out.push(resource::vital(params, person, visit, &encounter, 50 + number as u64, vital, *value));
    }
    for (number, measured) in visit.labs.iter().enumerate() {
        out.push(resource::laboratory(params, person, visit, &encounter, number as u64, measured));
    }
    out
}

/// What was found, prescribed and written.
pub(crate) fn treated(params: &Params, person: &Person, visit: &Visit, doctor: &Author) -> Vec<Value<'static>> {
    let encounter = encounter_id(params, person, visit);
    let mut out = Vec::new();
    out.extend(visit.disease.iter().map(|disease| resource::condition(params, person, visit, &encounter, disease)));
    for (number, prescribed) in visit.prescriptions.iter().enumerate() {
        out.push(resource::medication_request(params, person, visit, &encounter, number as u64, prescribed, doctor));
    }
    if visit.vaccinated {
        out.push(resource::immunization(params, person, visit, &encounter, doctor));
    }
    out.extend(resource::composition(params, person, visit, &encounter, doctor));
    out.extend(visit.letter.iter().map(|letter| resource::letter(params, person, visit, &encounter, letter, doctor)));
    out
}
