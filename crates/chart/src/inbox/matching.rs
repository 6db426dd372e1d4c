//! Whose it is: linked by itself only when everything agrees, otherwise candidates side by side.
use super::Who;
use super::find::through;
use crate::ChartError;
use crate::patients::replaced_by;
use crate::query::{parse, resource_type, search, search_all};
use crate::registration::fold_kana;
use crate::view::element::{extension, reference, text};
use crate::view::{Person, Sex};
use karute_fhir::Id;
use karute_japan::insured::{branch, member_id, symbol};
use karute_japan::search_key;
use karute_json::Value;
use karute_ledger::{Lookup, Reader, Version};

const SYMBOL: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol";
const NUMBER: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber";
const BRANCH: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber";
const INSURER: &str = "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber";
/// System of 被保険者個人識別子 as cards keep it to be found by: [`member_key`].
pub(crate) const MEMBER: &str = "urn:karute:member";
/// Candidates shown at most.
const MOST: usize = 6;
/// Cards of an insurer looked through at most, where none was kept with its own identifier.
const CARDS: usize = 1_000;

/// Something in which a candidate differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// 氏名, カナ, 生年月日, 性別, 被保険者番号
    pub what: &'static str,
    /// What the document says.
    pub theirs: String,
    /// What our record says.
    pub ours: String,
}

/// A patient who may be meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: Person,
    /// 被保険者個人識別子 of the cards on record.
    pub members: Vec<String>,
    /// In what they differ; empty when everything agrees.
    pub differences: Vec<Difference>,
}

/// Whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Matching {
    /// Reading, birth date, sex and insured number agree, with this patient alone.
    Exact(Id),
    /// A person must say.
    Candidates(Vec<Candidate>),
}

/// Looks for the patient of a document.
pub async fn matching(reader: &Reader, who: &Who) -> Result<Matching, ChartError> {
    let mut found: Vec<(Id, Person)> = Vec::new();
    let birth = who.birth.map(|day| day.to_string());
    let mut searches: Vec<[(&str, &str); 2]> = Vec::new();
    if let Some(birth) = &birth {
        searches.push([("birthdate", birth.as_str()), ("_count", "200")]);
    }
    let words: Vec<&str> = [who.kana.as_str(), who.name.as_str()]
        .into_iter()
        .filter_map(|name| name.split([' ', '　']).find(|part| !part.is_empty()))
        .collect();
    for word in &words {
        searches.push([("name", word), ("_count", "100")]);
    }
    for pairs in searches {
        for version in search(reader, "Patient", &pairs).await?.matches {
            let body = parse(&version)?;
            if replaced_by(&body).is_none() && !found.iter().any(|(id, _)| *id == version.id) {
                found.push((version.id.clone(), Person::read(version.id.clone(), &body)));
            }
        }
    }
    let mut candidates = Vec::new();
    for (id, person) in found {
        // Whoever shares neither birth date nor reading is not meant.
        let close = [differs_birth(who, &person), differs_kana(who, &person)].iter().filter(|d| d.is_none()).count();
        if close == 0 {
            continue;
        }
        let members = members(reader, &id).await?;
        let differences = differences(who, &person, &members);
        candidates.push(Candidate { person, members, differences });
    }
    // Somebody whose name or birth date was written otherwise: found by the card. Looked for only where nobody is meant
    // for certain.
    if !candidates.iter().any(|candidate| candidate.differences.is_empty()) {
        for id in by_member(reader, &who.member).await? {
            if !candidates.iter().any(|candidate| candidate.person.id == id) {
                candidates.extend(by_card(reader, who, &id).await?);
            }
        }
    }
    candidates.sort_by_key(|candidate| candidate.differences.len());
    candidates.truncate(MOST);
    let mut exact = candidates.iter().filter(|candidate| candidate.differences.is_empty());
    match (exact.next(), exact.next()) {
        (Some(one), None) if is_told(who) => Ok(Matching::Exact(one.person.id.clone())),
        _ => Ok(Matching::Candidates(candidates)),
    }
}

/// Whether a document says everything that a link by itself needs.
fn is_told(who: &Who) -> bool {
    who.birth.is_some() && !who.kana.is_empty() && !who.member.is_empty() && who.sex != Sex::Unknown
}

/// The patient of a card with the document's number.
async fn by_card(reader: &Reader, who: &Who, id: &Id) -> Result<Option<Candidate>, ChartError> {
    let Lookup::Found(version) = reader.read(resource_type("Patient")?, id).await? else { return Ok(None) };
    let body = parse(&version)?;
    if replaced_by(&body).is_some() {
        return Ok(None);
    }
    let person = Person::read(id.clone(), &body);
    let members = members(reader, id).await?;
    let differences = differences(who, &person, &members);
    Ok(Some(Candidate { person, members, differences }))
}

/// Patients with a card of this number: by its identifier, else among the cards of its insurer.
async fn by_member(reader: &Reader, theirs: &str) -> Result<Vec<Id>, ChartError> {
    let key = member_key(theirs);
    let Some((insurer, rest)) = key.split_once(':') else { return Ok(Vec::new()) };
    // Without 番号 it names nobody.
    if rest.split(':').count() != 3 || rest.split(':').nth(1).is_none_or(str::is_empty) {
        return Ok(Vec::new());
    }
    let token = format!("{MEMBER}|{key}");
    let own = [("identifier", token.as_str()), ("_count", "20")];
    let found = holders(reader, theirs, (&own, MOST)).await?;
    if !found.is_empty() {
        return Ok(found);
    }
    let short = insurer.trim_start_matches('0');
    let token = format!("{INSURER}|{insurer},{INSURER}|{short}");
    let of_insurer = [("payor:identifier", token.as_str()), ("_count", "200")];
    holders(reader, theirs, (&of_insurer, CARDS)).await
}

/// Whose cards of those asked for have the number.
async fn holders(reader: &Reader, theirs: &str, asked: (&[(&str, &str)], usize)) -> Result<Vec<Id>, ChartError> {
    let mut found: Vec<Id> = Vec::new();
    through(reader, "Coverage", asked, |version: &Version| {
        let body = parse(version)?;
        let whose = reference(&body, &["beneficiary", "reference"], "Patient");
        let is_it = member(&body).is_some_and(|ours| same_member(theirs, &ours));
        if let (Some(id), true) = (whose, is_it)
            && !found.contains(&id)
        {
            reader.shows(version);
            found.push(id);
        }
        Ok(true)
    })
    .await?;
    Ok(found)
}

/// A number as it is compared and found: every part in half width.
pub(crate) fn member_key(member: &str) -> String {
    let parts: Vec<String> = member.split(':').map(|part| karute_japan::half_width_code(part).into_owned()).collect();
    parts.join(":")
}

/// 被保険者個人識別子 of the cards of a patient.
pub(crate) async fn members(reader: &Reader, patient: &Id) -> Result<Vec<String>, ChartError> {
    let pairs = [("beneficiary", patient.as_str()), ("_count", "40")];
    let mut all = Vec::new();
    for version in search_all(reader, "Coverage", &pairs, 40).await? {
        all.extend(member(&parse(&version)?));
    }
    Ok(all)
}

fn member(coverage: &Value<'_>) -> Option<String> {
    let part = |url: &str| extension(coverage, url).and_then(|e| text(e, &["valueString"])).unwrap_or_default();
    let insurer = text(coverage, &["payor", "0", "identifier", "value"])?;
    let number = symbol(&part(NUMBER)).ok().flatten()?;
    Some(member_id(&insurer, symbol(&part(SYMBOL)).ok()?.as_deref(), &number, branch(&part(BRANCH)).ok()?.as_deref()))
}

fn kana(text: &str) -> String {
    search_key(&fold_kana(text).unwrap_or_else(|| text.to_owned())).replace(' ', "")
}

fn differs_kana(who: &Who, person: &Person) -> Option<Difference> {
    let ours = person.kana.clone().unwrap_or_default();
    let same = !who.kana.is_empty() && kana(&who.kana) == kana(&ours);
    (!same).then(|| Difference { what: "カナ", theirs: who.kana.clone(), ours })
}

fn differs_birth(who: &Who, person: &Person) -> Option<Difference> {
    let word = |day: Option<karute_japan::Date>| day.map_or_else(|| "不明".to_owned(), karute_japan::era::long);
    let same = who.birth.is_some() && who.birth == person.birth;
    (!same).then(|| Difference { what: "生年月日", theirs: word(who.birth), ours: word(person.birth) })
}

/// All four parts agree; widths differ between systems.
fn same_member(theirs: &str, ours: &str) -> bool {
    let (theirs, ours) = (member_key(theirs), member_key(ours));
    theirs == ours && theirs.split(':').count() == 4
}

fn differences(who: &Who, person: &Person, members: &[String]) -> Vec<Difference> {
    let mut all: Vec<Difference> = differs_kana(who, person).into_iter().chain(differs_birth(who, person)).collect();
    if who.sex != person.sex {
        let (theirs, ours) = (who.sex.word().to_owned(), person.sex.word().to_owned());
        all.push(Difference { what: "性別", theirs, ours });
    }
    if !members.iter().any(|ours| same_member(&who.member, ours)) {
        let ours = members.first().cloned().unwrap_or_else(|| "登録なし".to_owned());
        all.push(Difference { what: "被保険者番号", theirs: who.member.clone(), ours });
    }
    // Written names differ by 異体字 between institutions all the time: shown, and no reason not to link.
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_whatever_their_width_and_only_whole() {
        for (theirs, ours, same) in [
            ("00012345:あいう:１８７:05", "00012345:あいう:187:05", true),
            ("00012345:あいう:187:", "00012345:あいう:187:05", false),
            ("06139998:12:345:01", "06139998:12:345:02", false),
            ("", "", false),
        ] {
            assert_eq!(same_member(theirs, ours), same, "{theirs} {ours}");
        }
    }
}
