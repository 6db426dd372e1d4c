//! A document judged before it leaves: by the guide's profiles and the numbered rules of the service, as `$validate` and
//! the simulated service judge. Each finding names the part of the letter it concerns and where the record is mended. What
//! nothing in the record explains is a defect in how the document was made, and says so.
use super::json::{Json, display, items, text};
use karute_chart::letter::{At, Finding, Level, Section};
use karute_fhir::profile::{self, ProfileSet, Severity};

/// Names told of one finding.
const NAMED: usize = 3;
/// Sections within sections that are looked into.
const DEPTH: usize = 4;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judged {
    /// Number of the rule, or profile and element.
    pub rule: String,
    /// FHIRPath of the place in the document.
    pub location: String,
    /// Whether the document cannot be sent so.
    pub stops: bool,
    /// The part of the letter it concerns.
    pub at: At,
    /// The thing of the chart that is meant, by its name there; empty where it has none. Patient data.
    pub about: String,
    /// What is wrong. Contains no value of the record.
    pub message: String,
    /// Where the clinic mends it; `None`: the record is not at fault, the making of the document is.
    pub remedy: Option<&'static str>,
}

impl Judged {
    /// What is wrong, how it is mended, and the rule; without patient data.
    pub fn words(&self) -> String {
        let mend = match (self.remedy, self.stops) {
            (Some(remedy), _) => remedy,
            (None, true) => {
                "カルテの内容では直せない、文書の作り方の不具合です。「紙で渡す・FAX」に切り替えて渡し、規則の番号を管理者に伝えてください。"
            }
            (None, false) => "このまま送れます。",
        };
        format!("{}{mend}（規則 {}）", self.message, self.rule)
    }
}

/// Judges a document or a unit. Errors come first.
pub fn judge(bundle: &Json, set: &ProfileSet) -> Vec<Judged> {
    let entries = items(bundle, "entry");
    let composition = entries.first().and_then(|entry| entry.get("resource"));
    profile::validate(bundle, set)
        .into_iter()
        .map(|found| {
            let place = Place::of(&found.location, entries, composition);
            let remedy = remedy(&place, &found.rule);
            Judged {
                // What the clinic cannot mend leaves on paper.
                at: if remedy.is_some() { place.at() } else { At::Route },
                about: place.about(),
                remedy,
                rule: found.rule,
                location: found.location,
                stops: found.severity == Severity::Error,
                message: found.message,
            }
        })
        .collect()
}

/// For the composer's 送る前の確認: what stops the letter and what is worth knowing, the same thing once for each part.
/// Warnings that nobody in the clinic can act on are left out.
pub fn findings(judged: &[Judged]) -> Vec<Finding> {
    let mut groups: Vec<(&Judged, Vec<&str>)> = Vec::new();
    for each in judged.iter().filter(|each| each.stops || each.remedy.is_some()) {
        let same = |(first, _): &&mut (&Judged, Vec<&str>)| {
            first.rule == each.rule && first.at == each.at && first.message == each.message
        };
        match groups.iter_mut().find(same) {
            Some((_, about)) => about.push(&each.about),
            None => groups.push((each, vec![&each.about])),
        }
    }
    let told = |(first, mut about): (&Judged, Vec<&str>)| {
        about.retain(|name| !name.is_empty());
        about.dedup();
        let more = about.len().saturating_sub(NAMED);
        about.truncate(NAMED);
        let named: String = about.iter().map(|name| format!("「{name}」")).collect();
        let more = if more > 0 { format!("ほか{more}件") } else { String::new() };
        let joint = if named.is_empty() { "" } else { "：" };
        let level = if first.stops { Level::Stop } else { Level::Warn };
        let words = format!("{named}{more}{joint}{}", first.words());
        Finding { code: "rule", level, at: first.at.clone(), words }
    };
    groups.into_iter().map(told).collect()
}

/// Where something is in a document.
struct Place<'b> {
    /// Type of the entry's resource.
    kind: String,
    /// The resource.
    resource: Option<&'b Json>,
    /// First element below it.
    element: &'b str,
    /// Code of the section that holds it: of the Composition's own path, else of who refers to the entry.
    section: Option<String>,
    /// Whether the path leads to the words of a section.
    words: bool,
}

impl<'b> Place<'b> {
    fn of(location: &'b str, entries: &'b [Json], composition: Option<&'b Json>) -> Place<'b> {
        let nowhere = Place { kind: String::new(), resource: None, element: "", section: None, words: false };
        let Some((at, path)) = entry_of(location) else { return nowhere };
        let Some(entry) = entries.get(at) else { return nowhere };
        let resource = entry.get("resource");
        let kind = resource.and_then(|resource| text(resource, &["resourceType"])).unwrap_or_default();
        let element = path.split(['.', '[']).next().unwrap_or_default();
        let section = if kind == "Composition" {
            resource.and_then(|resource| section_on(resource, path))
        } else {
            let own = text(entry, &["fullUrl"]).unwrap_or_default();
            composition.and_then(|composition| section_with(composition, &own, DEPTH))
        };
        Place { kind, resource, element, section, words: path.contains(".text") }
    }

    fn at(&self) -> At {
        let section = self.section.as_deref();
        match (self.kind.as_str(), section) {
            ("Patient", _) => At::Patient,
            (_, Some("910")) => At::To,
            (_, Some("920")) | ("Organization" | "Practitioner", _) => At::Institution,
            (_, Some("210")) => At::Files,
            (_, Some(code)) => Section::parse(code).map_or(At::Route, At::Section),
            // Where the paper is chosen instead.
            (_, None) => At::Route,
        }
    }

    fn about(&self) -> String {
        let Some(resource) = self.resource else { return String::new() };
        match self.kind.as_str() {
            "Condition" | "AllergyIntolerance" | "Observation" => resource.get("code").and_then(display),
            "MedicationRequest" => resource.get("medicationCodeableConcept").and_then(display),
            "DocumentReference" => text(resource, &["description"]).filter(|_| self.at() == At::Files),
            _ => None,
        }
        .unwrap_or_default()
    }
}

/// `Bundle.entry[3].resource.code.text` → 3 and `code.text`.
fn entry_of(location: &str) -> Option<(usize, &str)> {
    let (at, path) = location.strip_prefix("Bundle.entry[")?.split_once(']')?;
    Some((at.parse().ok()?, path.strip_prefix(".resource").unwrap_or(path).trim_start_matches('.')))
}

/// Code of the deepest section that a path inside of a Composition goes through.
fn section_on(composition: &Json, path: &str) -> Option<String> {
    let (mut here, mut path, mut code) = (composition, path, None);
    while let Some((at, rest)) = path.strip_prefix("section[").and_then(|rest| rest.split_once(']')) {
        here = items(here, "section").get(at.parse::<usize>().ok()?)?;
        code = text(here, &["code", "coding", "0", "code"]).or(code);
        path = rest.trim_start_matches('.');
    }
    code
}

/// Code of the section that names an entry.
fn section_with(parent: &Json, address: &str, depth: usize) -> Option<String> {
    items(parent, "section").iter().find_map(|section| {
        let named = items(section, "entry").iter().any(|e| text(e, &["reference"]).as_deref() == Some(address));
        if named {
            return text(section, &["code", "coding", "0", "code"]);
        }
        depth.checked_sub(1).and_then(|left| section_with(section, address, left))
    })
}

/// Where the clinic mends it. What is put together by us alone (profiles, identifiers, references, codes of sections) is
/// mended nowhere in the record.
fn remedy(place: &Place<'_>, rule: &str) -> Option<&'static str> {
    let element = place.element;
    let begins = |names: &[&str]| names.iter().any(|name| element.starts_with(name));
    match place.kind.as_str() {
        "Patient" if matches!(rule, "R1012" | "R1013") => Some("患者情報の保険を確かめ、資格確認をしてください。"),
        "Patient" if begins(&["name"]) => Some("患者情報の氏名（漢字・カナ）を直してください。"),
        "Patient" if begins(&["birthDate", "gender"]) => Some("患者情報の生年月日・性別を直してください。"),
        "Patient" if begins(&["address", "telecom"]) => {
            Some("患者情報の住所（都道府県・市区町村）と電話を直してください。")
        }
        "Organization" | "Practitioner" if begins(&["name", "telecom", "address"]) || rule == "R1021" => {
            Some(if place.at() == At::To {
                "宛先を編集してください。"
            } else {
                "設定の院内（名称・所在地・電話・医療機関コード）と職員の氏名を直してください。"
            })
        }
        "Condition" if begins(&["code", "onset", "abatement", "clinicalStatus", "verificationStatus"]) => {
            Some("病名の名称・開始日・転帰を直すか、この病名を本文から消してください。")
        }
        "AllergyIntolerance" if begins(&["code", "reaction", "criticality", "onset"]) => {
            Some("アレルギーの記録を直すか、本文から消してください。")
        }
        "Observation" if begins(&["code", "value", "effective", "referenceRange", "interpretation", "specimen"]) => {
            Some("検査結果の項目名・コード・単位を直すか、この検査を本文から消してください。")
        }
        "MedicationRequest" if begins(&["medication", "dosage", "dispense"]) => {
            Some("処方の薬・用法のコードを確かめるか、この薬を本文から消してください。")
        }
        "DocumentReference" if begins(&["content"]) && place.at() == At::Files => {
            Some("添付を外すか、PDF・JPEG・PNGで添付し直してください。")
        }
        "Composition" if place.words && matches!(place.at(), At::Section(_)) => Some("この欄の文を直してください。"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_json::{Limits, parse};

    const LETTER: &str = r#"{"entry":[
        {"resource":{"resourceType":"Composition","section":[
            {"code":{"coding":[{"code":"910"}]},"entry":[{"reference":"urn:o"}]},
            {"code":{"coding":[{"code":"300"}]},"section":[
                {"code":{"coding":[{"code":"950"}]}},
                {"code":{"coding":[{"code":"620"}]},"entry":[{"reference":"urn:l"}]}]}]}},
        {"fullUrl":"urn:p","resource":{"resourceType":"Patient"}},
        {"fullUrl":"urn:o","resource":{"resourceType":"Organization"}},
        {"fullUrl":"urn:l","resource":{"resourceType":"Observation","code":{"text":"血糖"}}}]}"#;

    fn at(location: &str, rule: &str) -> (At, String, bool) {
        let letter = parse(LETTER.as_bytes(), &Limits::FHIR).unwrap();
        let entries = items(&letter, "entry");
        let place = Place::of(location, entries, entries[0].get("resource"));
        (place.at(), place.about(), remedy(&place, rule).is_some())
    }

    #[test]
    fn a_place_in_the_document_is_a_part_of_the_letter() {
        for (location, rule, wanted, about, mended) in [
            ("Bundle.entry[1].resource.name[0].text", "R1113", At::Patient, "", true),
            ("Bundle.entry[1].resource.identifier[0].value", "R1013", At::Patient, "", true),
            ("Bundle.entry[1].resource.identifier[1].system", "R1010", At::Patient, "", false),
            ("Bundle.entry[2].resource.name", "X#name:min", At::To, "", true),
            ("Bundle.entry[3].resource.code.text", "CLINS-LAB-TEXT", At::Section(Section::Results), "血糖", true),
            ("Bundle.entry[3].resource.meta.profile", "X", At::Section(Section::Results), "血糖", false),
            (
                "Bundle.entry[0].resource.section[1].section[0].text.div",
                "R4:value",
                At::Section(Section::Purpose),
                "",
                true,
            ),
            ("Bundle.entry[0].resource.section[1].code", "X", At::Route, "", false),
            ("Bundle.identifier.value", "R2152", At::Route, "", false),
            ("Bundle.entry[99].resource", "X", At::Route, "", false),
        ] {
            assert_eq!(at(location, rule), (wanted, about.to_owned(), mended), "{location}");
        }
    }

    #[test]
    fn the_same_thing_is_told_once_and_what_nobody_can_mend_says_whose_fault_it_is() {
        let one = |about: &str, stops, remedy| Judged {
            rule: "R3010".to_owned(),
            location: "Bundle".to_owned(),
            stops,
            at: At::Section(Section::Drugs),
            about: about.to_owned(),
            message: "コードがありません。".to_owned(),
            remedy,
        };
        let many: Vec<Judged> = ["甲", "乙", "丙", "丁", "戊"].map(|name| one(name, false, Some("直す。"))).into();
        let told = findings(&many);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].words, "「甲」「乙」「丙」ほか2件：コードがありません。直す。（規則 R3010）");
        assert_eq!(told[0].level, Level::Warn);
        assert_eq!(findings(&[one("", false, None)]), [], "a warning that nobody can act on");
        let ours = findings(&[one("", true, None)]);
        assert!(ours[0].level == Level::Stop && ours[0].words.contains("不具合") && ours[0].words.contains("紙で渡す"));
    }
}
