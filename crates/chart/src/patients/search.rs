//! Searching patients.
use super::merged::replaced_by;
use super::question::{Question, parse as read};
use crate::ChartError;
use crate::query::{joined, parse, query, search_all, within};
use crate::reception::{insurance, similar, valid};
use crate::registration::PHONE_END;
use crate::view::{Appointment, Encounter, Insurance, Person, VisitState};
use futures_util::future::BoxFuture;
use karute_fhir::{
    Id,
    search::{Filter, Match, ParamKey, Query, TextMode},
};
use karute_japan::{Date, search_key};
use karute_ledger::{Access, Action, Reader, Version};
use std::collections::{BTreeMap, BTreeSet};

/// Patients shown at most; longer typing beats browsing (SRCH-04).
const MOST: usize = 20;
/// Telephone numbers are searched whole from this many digits on.
const WHOLE_PHONE: usize = 10;

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// At most twenty patients.
    pub hits: Vec<Hit>,
    /// Whether there are more: type more.
    pub more: bool,
}

/// A patient found, always with two identifiers beside the name.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Who.
    pub person: Person,
    /// Insurance valid on the day.
    pub insurance: Option<Insurance>,
    /// Where today's visit stands, with its number, when there is one.
    pub today: Option<(VisitState, Option<u32>)>,
    /// Whether another patient of this answer could be taken for this one.
    pub similar: bool,
}

/// Searches patients by what was typed. One audit event, which keeps the words.
pub fn search<'a>(access: &'a Access, text: &'a str, date: Date) -> BoxFuture<'a, Result<Found, ChartError>> {
    Box::pin(async move {
        let question = read(text);
        if question.is_empty() {
            return Ok(Found::default());
        }
        let reader = access.reader(Action::Search);
        reader.describe(format!("患者検索: {}", text.trim().chars().take(60).collect::<String>()));
        let found = find(&reader, &question, date).await?;
        Ok(reader.release(found).await?)
    })
}

async fn find(reader: &Reader, question: &Question, date: Date) -> Result<Found, ChartError> {
    let mut people = BTreeMap::new();
    for query in queries(question)? {
        collect(&mut people, reader.search(&query, None).await?.matches)?;
    }
    if people.is_empty()
        && let [one] = question.names.as_slice()
    {
        // Family and given name typed in one: わたなべまゆみ.
        for query in splits(one, question)? {
            collect(&mut people, reader.search(&query, None).await?.matches)?;
        }
    }
    if let Some(end) = question.digits.as_deref().filter(|d| d.len() == 4 && question.names.is_empty()) {
        let tag = format!("{PHONE_END}|{end}");
        collect(&mut people, reader.search(&query_patients(&[("_tag", &tag)])?, None).await?.matches)?;
        // Records from elsewhere have no tag of it: among those who are expected or here on the day.
        let ids = patients_of_day(reader, date).await?;
        for (id, person) in crate::reception::people(reader, &ids.iter().collect()).await? {
            let digits: String = person.phone.iter().flat_map(|p| p.chars()).filter(char::is_ascii_digit).collect();
            if digits.ends_with(end) {
                people.insert(id, person);
            }
        }
    }
    let mut people: Vec<Person> = people.into_values().collect();
    people.sort_by_key(|p| (search_key(p.kana.as_deref().unwrap_or(&p.name)), p.birth));
    let more = people.len() > MOST;
    people.truncate(MOST);
    let ids: BTreeSet<&Id> = people.iter().map(|p| &p.id).collect();
    let insured = insurance(reader, &ids).await?;
    let visits = visits_of(reader, &ids, date).await?;
    let hits = people
        .iter()
        .map(|person| Hit {
            insurance: valid(insured.get(&person.id), date),
            today: visits.get(&person.id).copied(),
            similar: people.iter().any(|other| similar(person, other).is_some()),
            person: person.clone(),
        })
        .collect();
    Ok(Found { hits, more })
}

fn collect(people: &mut BTreeMap<Id, Person>, versions: Vec<Version>) -> Result<(), ChartError> {
    for version in versions {
        let body = parse(&version)?;
        // A record that was merged leads to another, which is found by the same name and by the old number.
        if replaced_by(&body).is_some() {
            continue;
        }
        let person = Person::read(version.id.clone(), &body);
        people.insert(version.id.clone(), person);
    }
    Ok(())
}

/// Where the visit of the day of each of these patients stands. Only theirs are read: what a search does not show
/// does not appear as touched by it.
async fn visits_of(
    reader: &Reader,
    ids: &BTreeSet<&Id>,
    date: Date,
) -> Result<BTreeMap<Id, (VisitState, Option<u32>)>, ChartError> {
    let mut found = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let (from, to) = within(date);
    let list = joined(ids.iter().copied());
    let pairs = [("patient", list.as_str()), ("date", from.as_str()), ("date", to.as_str()), ("_count", "100")];
    for version in search_all(reader, "Encounter", &pairs, 200).await? {
        let visit = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        let of_day = visit.arrived.is_some_and(|a| a.day_in_japan() == date);
        if let (true, Some(patient), Some(state)) = (of_day, visit.patient, visit.state)
            && state != VisitState::Cancelled
        {
            found.insert(patient, (state, visit.queue_number));
        }
    }
    Ok(found)
}

/// Patients with a visit or an appointment on the day.
async fn patients_of_day(reader: &Reader, date: Date) -> Result<BTreeSet<Id>, ChartError> {
    let (from, to) = within(date);
    let pairs = [("date", from.as_str()), ("date", to.as_str()), ("_count", "200")];
    let mut found = BTreeSet::new();
    for version in search_all(reader, "Appointment", &pairs, 600).await? {
        found.extend(Appointment::read(version.id.clone(), version.version, &parse(&version)?).patient);
    }
    for version in search_all(reader, "Encounter", &pairs, 600).await? {
        found.extend(Encounter::read(version.id.clone(), version.version, &parse(&version)?).patient);
    }
    Ok(found)
}

/// The searches a question becomes; what any of them finds is found.
fn queries(question: &Question) -> Result<Vec<Query>, ChartError> {
    let mut queries = Vec::new();
    let birth = question.birth.map(|b| b.to_string());
    if let Some(digits) = &question.digits {
        // A number is typed with or without its leading zeros.
        let mut numbers = vec![digits.clone()];
        numbers.extend((digits.len()..8).map(|width| format!("{digits:0>width$}", width = width + 1)));
        numbers.push(digits.trim_start_matches('0').to_owned());
        numbers.retain(|n| !n.is_empty());
        let mut query = query_patients(&[("identifier", &numbers.join(","))])?;
        query.filters.extend(question.names.iter().map(|n| name("name", n)));
        queries.push(query);
        if digits.len() >= WHOLE_PHONE {
            queries.push(query_patients(&[("phone", &phones(digits).join(","))])?);
        }
    }
    if question.names.is_empty() {
        if let Some(birth) = &birth {
            queries.push(query_patients(&[("birthdate", birth)])?);
        }
    } else if question.digits.is_none() {
        let pairs: Vec<(&str, &str)> = birth.iter().map(|b| ("birthdate", b.as_str())).collect();
        let mut query = query_patients(&pairs)?;
        query.filters.extend(question.names.iter().map(|n| name("name", n)));
        queries.push(query);
    }
    Ok(queries)
}

fn query_patients(pairs: &[(&str, &str)]) -> Result<Query, ChartError> {
    let count = (MOST + 1).to_string();
    let mut all = pairs.to_vec();
    all.push(("_count", &count));
    query("Patient", &all)
}

/// A name begins with this, in any of its forms (the key is folded already).
fn name(param: &str, key: &str) -> Filter {
    let param = ParamKey::of(&format!("Patient.{param}"));
    Filter::Any { param, any: vec![Match::Text { mode: TextMode::StartsWith, value: key.to_owned() }] }
}

/// `090-1234-5678` as clinics write it.
fn phones(digits: &str) -> Vec<String> {
    let cut = |a: usize, b: usize| Some(format!("{}-{}-{}", digits.get(..a)?, digits.get(a..b)?, digits.get(b..)?));
    let mut forms = vec![digits.to_owned()];
    let end = digits.len().saturating_sub(4);
    forms.extend((2..=5).filter(|a| *a < end).filter_map(|a| cut(a, end)));
    forms
}

/// Family and given name, wherever the one ends and the other begins.
fn splits(joined: &str, question: &Question) -> Result<Vec<Query>, ChartError> {
    let birth = question.birth.map(|b| b.to_string());
    let pairs: Vec<(&str, &str)> = birth.iter().map(|b| ("birthdate", b.as_str())).collect();
    let mut queries = Vec::new();
    for (at, _) in joined.char_indices().skip(1).take(7) {
        let (family, given) = joined.split_at(at);
        let mut query = query_patients(&pairs)?;
        query.filters.push(name("family", family));
        query.filters.push(name("given", given));
        queries.push(query);
    }
    Ok(queries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_is_tried_in_the_forms_clinics_write() {
        let forms = phones("09012345678");
        assert!(forms.contains(&"09012345678".to_owned()));
        assert!(forms.contains(&"090-1234-5678".to_owned()));
        assert!(phones("0312345678").contains(&"03-1234-5678".to_owned()));
        assert!(phones("0476123456").contains(&"0476-12-3456".to_owned()));
    }
}
