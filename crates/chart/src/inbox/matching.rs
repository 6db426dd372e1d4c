//! Whose it is: linked by itself only when everything agrees, otherwise candidates side by side.
use super::Who;
use crate::ChartError;
use crate::patients::replaced_by;
use crate::query::{parse, search, search_all};
use crate::registration::fold_kana;
use crate::view::element::{extension, text};
use crate::view::{Person, Sex};
use karute_fhir::Id;
use karute_japan::insured::{branch, member_id, symbol};
use karute_japan::search_key;
use karute_json::Value;
use karute_ledger::Reader;

const SYMBOL: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol";
const NUMBER: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber";
const BRANCH: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber";
/// Candidates shown at most.
const MOST: usize = 6;

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
    let parts = |text: &str| -> Vec<String> {
        text.split(':').map(|part| karute_japan::half_width_code(part).into_owned()).collect()
    };
    let (a, b) = (parts(theirs), parts(ours));
    let equal = |n: usize| a.get(n).is_some() && a.get(n) == b.get(n);
    a.len() == 4 && b.len() == 4 && equal(0) && equal(1) && equal(2) && equal(3)
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
