//! What the chart has for a letter, piece by piece: what the left side of the screen lists, what a new letter is filled
//! with, and what every filled-in line is compared with before it is sent.
use super::{Place, Section};
use crate::note;
use crate::query::{parse, search};
use crate::summary::{current, grouped};
use crate::view::element::{date, display, text};
use crate::view::{Allergy, Encounter, Flag, Measurement, Medication, Note};
use crate::{ChartError, allergy, asked, problem};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Access, Reader};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Words of P that say that somebody is referred.
const REFERRING: [&str; 6] = ["紹介", "精査", "高診", "コンサルト", "加療をお願い", "加療目的"];
/// Values of the line of newest results at most.
const VALUES: usize = 14;
/// Trends put in without being asked.
const TRENDS: usize = 3;
/// Points of a trend.
const POINTS: usize = 6;

/// What came from the chart: its key in the material and the words that stand in the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Key of the material.
    pub key: String,
    /// Words as they were put in.
    pub text: String,
    /// Resources it is made of: `Condition/a`; what a document carries as data.
    #[serde(default)]
    pub sources: Vec<String>,
}

/// Where a piece stands on the left side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// 病名
    Diseases,
    /// 検査
    Results,
    /// 処方
    Drugs,
    /// 経過
    Course,
    /// 既往・生活
    History,
    /// アレルギー
    Allergies,
}

impl Group {
    /// The heading.
    pub const fn word(self) -> &'static str {
        match self {
            Group::Diseases => "病名",
            Group::Results => "検査",
            Group::Drugs => "処方",
            Group::Course => "経過",
            Group::History => "既往・生活",
            Group::Allergies => "アレルギー",
        }
    }
}

/// A piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Material {
    /// Names it: the same thing has the same key tomorrow, though its words may differ.
    pub key: String,
    /// Where it is listed.
    pub group: Group,
    /// The section a press puts it into.
    pub section: Section,
    /// Short words for the list.
    pub label: String,
    /// Words for the letter.
    pub text: String,
    /// Resources it is made of.
    pub sources: Vec<String>,
    /// Whether a new letter holds it already.
    pub prefilled: bool,
    /// Whether what it names has no standard code, so that a document can carry it as words only.
    pub uncoded: bool,
}

impl Material {
    /// As a mark of the text it was put into.
    pub fn mark(&self) -> Mark {
        Mark { key: self.key.clone(), text: self.text.clone(), sources: self.sources.clone() }
    }

    fn new(key: impl Into<String>, group: Group, section: Section, text: impl Into<String>) -> Material {
        let text = text.into();
        Material {
            key: key.into(),
            group,
            section,
            label: text.clone(),
            text,
            sources: Vec::new(),
            prefilled: true,
            uncoded: false,
        }
    }

    fn of(mut self, sources: impl IntoIterator<Item = String>) -> Material {
        self.sources.extend(sources);
        self
    }

    fn offered(mut self) -> Material {
        self.prefilled = false;
        self
    }
}

/// A measured value with its resource.
#[derive(Clone, Debug)]
struct Valued {
    id: Id,
    measured: Measurement,
}

/// What is read of a patient.
struct Facts {
    day: Date,
    problems: problem::List,
    allergy: allergy::Record,
    drugs: Vec<(Id, Medication, bool)>,
    outside: Vec<(Id, String)>,
    values: Vec<Valued>,
    vitals: Vec<Valued>,
    family: Vec<(Id, String)>,
    /// S, O, A, P of the visit.
    written: Vec<(&'static str, String)>,
    previous: Option<Note>,
}

/// The material of a patient on a day; what is written in the visit counts as it stands, confirmed or not.
pub async fn material(
    access: &Access,
    reader: &Reader,
    place: Place<'_>,
    person: &Id,
    day: Date,
) -> Result<Vec<Material>, ChartError> {
    let facts = read(access, reader, place, person, day).await?;
    let mut found = Vec::new();
    diseases(&facts, &mut found);
    written(&facts, place, &mut found);
    results(&facts, &mut found);
    drugs(&facts, &mut found);
    allergies(&facts, &mut found);
    history(&facts, &mut found);
    Ok(found)
}

async fn read(access: &Access, reader: &Reader, place: Place<'_>, person: &Id, day: Date) -> Result<Facts, ChartError> {
    let patient = place.patient;
    let of = |count: &'static str| [("patient", patient.as_str()), ("_count", count)];
    let mut drugs = Vec::new();
    for version in asked::drugs(reader, patient).await? {
        let body = parse(&version)?;
        let Some(mut drug) = Medication::read(&body) else { continue };
        // What is written in this very visit counts, though it is confirmed a moment later.
        if drug.status == "draft" && drug.encounter.as_ref() == place.visit {
            "active".clone_into(&mut drug.status);
        }
        drugs.push((version.id.clone(), drug, has_code(&body)));
    }
    let mut outside = Vec::new();
    for version in search(reader, "MedicationStatement", &of("50")).await?.matches {
        outside.extend(statement(&parse(&version)?).map(|words| (version.id.clone(), words)));
    }
    let mut family = Vec::new();
    for version in search(reader, "FamilyMemberHistory", &of("50")).await?.matches {
        family.extend(relative(&parse(&version)?).map(|words| (version.id.clone(), words)));
    }
    let mut values = Vec::new();
    let newest = [("patient", patient.as_str()), ("category", "laboratory"), ("_sort", "-date"), ("_count", "300")];
    for version in search(reader, "Observation", &newest).await?.matches {
        let measured = Measurement::read(&parse(&version)?);
        values.extend(measured.into_iter().map(|measured| Valued { id: version.id.clone(), measured }));
    }
    let mut vitals = Vec::new();
    let newest = [("patient", patient.as_str()), ("category", "vital-signs"), ("_sort", "-date"), ("_count", "12")];
    for version in search(reader, "Observation", &newest).await?.matches {
        let measured = Measurement::read(&parse(&version)?);
        vitals.extend(measured.into_iter().map(|measured| Valued { id: version.id.clone(), measured }));
    }
    let (mut written, mut previous) = (Vec::new(), None);
    if let Some(visit) = place.visit {
        let place = note::Place { patient, visit };
        let record = note::record(access, reader, place, person).await?;
        for section in note::Section::NOTE {
            let code = section.code();
            let stands = record.note.as_ref().filter(|note| !note.is_deleted()).and_then(|note| note.section(code));
            let text = if record.is_open() { record.text(section).to_owned() } else { String::new() };
            let text = if text.is_empty() { stands.unwrap_or_default().to_owned() } else { text };
            if !text.is_empty() {
                written.push((code, text));
            }
        }
        previous = note::previous(reader, place).await?;
    }
    Ok(Facts {
        day,
        problems: problem::list(reader, patient).await?,
        allergy: allergy::record(reader, patient).await?,
        drugs,
        outside,
        values,
        vitals,
        family,
        written,
        previous,
    })
}

/// Whether a prescribed drug has a code that documents take.
fn has_code(body: &Value<'_>) -> bool {
    let codings = body.at(&["medicationCodeableConcept", "coding"]).map_or(&[][..], Value::items);
    codings.iter().filter_map(|coding| text(coding, &["code"])).any(|code| code.len() == 12)
}

/// A drug of another institution, in words.
fn statement(body: &Value<'_>) -> Option<String> {
    if text(body, &["status"]).as_deref() != Some("active") {
        return None;
    }
    let name = body.get("medicationCodeableConcept").and_then(display)?;
    let usage = text(body, &["dosage", "0", "text"]).map(|usage| format!(" {usage}")).unwrap_or_default();
    let source = text(body, &["informationSource", "display"]);
    let since = date(body, &["effectivePeriod", "start"]).or_else(|| date(body, &["effectiveDateTime"]));
    let since = since.map(|day| format!("{}/{}〜", day.month(), day.day()));
    let aside: Vec<String> = source.into_iter().chain(since).collect();
    let aside = if aside.is_empty() { String::new() } else { format!("（{}）", aside.join("、")) };
    Some(format!("他院：{name}{usage}{aside}"))
}

fn relative(body: &Value<'_>) -> Option<String> {
    if text(body, &["status"]).as_deref() == Some("entered-in-error") {
        return None;
    }
    let who = body.get("relationship").and_then(display)?;
    let what: Vec<String> = body
        .get("condition")
        .map_or(&[][..], Value::items)
        .iter()
        .filter_map(|condition| condition.get("code").and_then(display))
        .collect();
    if what.is_empty() { None } else { Some(format!("{who}：{}", what.join("、"))) }
}

fn diseases(facts: &Facts, found: &mut Vec<Material>) {
    for entry in &facts.problems.active {
        let source = format!("Condition/{}", entry.id);
        let mut one = Material::new(&source, Group::Diseases, Section::Diseases, entry.problem.label());
        one.uncoded = entry.named.is_uncoded();
        found.push(one.of([source]));
    }
    let since: Vec<(i16, String)> = facts
        .problems
        .active
        .iter()
        .filter(|entry| !entry.problem.suspected)
        .filter_map(|entry| Some((entry.problem.start?.year(), entry.problem.label())))
        .filter(|(year, _)| *year < facts.day.year())
        .take(3)
        .collect();
    if !since.is_empty() {
        let words: Vec<String> = since.iter().map(|(year, name)| format!("{year}年より{name}")).collect();
        let text = format!("{}で通院中です。", words.join("、"));
        found.push(Material::new("Since", Group::Course, Section::PresentIllness, text));
    }
}

/// Sentences of a text, each with its end.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split_inclusive('。')).map(str::trim).filter(|sentence| !sentence.is_empty())
}

fn written(facts: &Facts, place: Place<'_>, found: &mut Vec<Material>) {
    let of = |code: &str| facts.written.iter().find(|(each, _)| *each == code).map(|(_, text)| text.as_str());
    if let Some(plan) = of("P") {
        let asks = |sentence: &&str| REFERRING.iter().any(|word| sentence.contains(word));
        let asked: Vec<&str> = sentences(plan).filter(asks).collect();
        if !asked.is_empty() {
            let source = place.visit.map(|visit| format!("Encounter/{visit}"));
            let one = Material::new("Note/P", Group::Course, Section::Purpose, asked.join("\n"));
            found.push(one.of(source));
        }
    }
    for (code, label, section, prefilled) in [
        ("S", "今日の S", Section::PresentIllness, true),
        ("O", "今日の O", Section::Findings, false),
        ("A", "今日の A", Section::PresentIllness, false),
        ("P", "今日の P", Section::Course, false),
    ] {
        if let Some(text) = of(code) {
            let mut one = Material::new(format!("Today/{code}"), Group::Course, section, text);
            label.clone_into(&mut one.label);
            one.prefilled = prefilled;
            found.push(one);
        }
    }
    if let Some(previous) = &facts.previous {
        let day = previous.date.map(|day| format!("{}/{}", day.month(), day.day())).unwrap_or_default();
        for code in ["A", "P"] {
            if let Some(text) = previous.section(code) {
                let mut one = Material::new(format!("Previous/{code}"), Group::Course, Section::Course, text).offered();
                one.label = format!("{day} の {code}");
                found.push(one);
            }
        }
    }
}

/// `HbA1c 7.4 %`
fn value(measured: &Measurement) -> String {
    let unit = measured.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
    let flag = match measured.flag {
        Flag::High => "（H）",
        Flag::Low => "（L）",
        Flag::None => "",
    };
    format!("{} {}{unit}{flag}", measured.name, measured.value)
}

fn results(facts: &Facts, found: &mut Vec<Material>) {
    let own = |each: &&Valued| each.measured.source.is_none() && each.measured.date.is_some_and(|d| d <= facts.day);
    let values: Vec<&Valued> = facts.values.iter().filter(own).collect();
    let Some(newest) = values.iter().filter_map(|each| each.measured.date).max() else {
        return vitals(facts, found);
    };
    let mut of_day: Vec<&&Valued> = values.iter().filter(|each| each.measured.date == Some(newest)).collect();
    // Abnormal values first; the order of the report otherwise.
    of_day.sort_by_key(|each| each.measured.flag == Flag::None);
    of_day.truncate(VALUES);
    let day = format!("{}/{}", newest.month(), newest.day());
    let words: Vec<String> = of_day.iter().map(|each| value(&each.measured)).collect();
    let text = format!("{day}：{}", words.join("、"));
    let sources = of_day.iter().map(|each| format!("Observation/{}", each.id));
    let mut all = Material::new("Results/newest", Group::Results, Section::Results, text).of(sources);
    all.label = format!("検査 {day}");
    found.push(all);

    let mut rows: BTreeMap<(String, Option<&str>), Vec<&Valued>> = BTreeMap::new();
    for each in &values {
        let row = (crate::graph::key(&each.measured.code), each.measured.unit.as_deref());
        rows.entry(row).or_default().push(each);
    }
    let mut trends = 0;
    for each in of_day {
        let row = (crate::graph::key(&each.measured.code), each.measured.unit.as_deref());
        let Some(mut row_values) = rows.get(&row).cloned() else { continue };
        row_values.sort_by_key(|each| std::cmp::Reverse(each.measured.date));
        row_values.truncate(POINTS);
        row_values.reverse();
        if row_values.len() >= 3 {
            let points: Vec<&str> = row_values.iter().map(|each| each.measured.value.as_str()).collect();
            let unit = each.measured.unit.as_deref().map(|unit| format!(" {unit}")).unwrap_or_default();
            let text = format!("推移：{} {}{unit}", each.measured.name, points.join("→"));
            let sources: Vec<String> = row_values.iter().map(|each| format!("Observation/{}", each.id)).collect();
            let mut trend =
                Material::new(format!("Trend/{}", row.0), Group::Results, Section::Results, text).of(sources);
            trend.label = format!("{} の{}回分の推移", each.measured.name, row_values.len());
            trend.prefilled = each.measured.flag != Flag::None && trends < TRENDS;
            trends += usize::from(trend.prefilled);
            found.push(trend);
        }
    }
    vitals(facts, found);
}

fn vitals(facts: &Facts, found: &mut Vec<Material>) {
    let Some(newest) = facts.vitals.iter().filter_map(|each| each.measured.date).max() else { return };
    let of_day: Vec<&Valued> = facts.vitals.iter().filter(|each| each.measured.date == Some(newest)).collect();
    let words: Vec<String> = of_day.iter().map(|each| value(&each.measured)).collect();
    let mut sources: Vec<String> = of_day.iter().map(|each| format!("Observation/{}", each.id)).collect();
    sources.dedup();
    let text = format!("{}/{}：{}", newest.month(), newest.day(), words.join("、"));
    let mut one = Material::new("Vitals", Group::Results, Section::Findings, text).of(sources).offered();
    one.label = format!("バイタル {}/{}", newest.month(), newest.day());
    found.push(one);
}

fn drugs(facts: &Facts, found: &mut Vec<Material>) {
    let known = |drug: &Medication| {
        facts.drugs.iter().find(|(_, each, _)| each == drug).map(|(id, _, coded)| (id.clone(), *coded))
    };
    let all: Vec<Medication> = facts.drugs.iter().map(|(_, drug, _)| drug.clone()).collect();
    for group in grouped(current(all, facts.day)) {
        for drug in &group.drugs {
            let Some((id, coded)) = known(drug) else { continue };
            let dose = drug.dose.as_deref().map(|dose| format!(" 1回{dose}")).unwrap_or_default();
            let sig = drug.sig.as_deref().map(|sig| format!(" {sig}")).unwrap_or_default();
            let supply = drug.supply.as_deref().map(|supply| format!("（{supply}）")).unwrap_or_default();
            let text = format!("{}{dose}{sig}{supply}", drug.name);
            let key = format!("Drug/{}", drug.code.as_deref().unwrap_or(&drug.name));
            let mut one = Material::new(key, Group::Drugs, Section::Drugs, text);
            one.label.clone_from(&drug.name);
            one.uncoded = !coded;
            found.push(one.of([format!("MedicationRequest/{id}")]));
        }
    }
    for (id, words) in &facts.outside {
        let source = format!("MedicationStatement/{id}");
        found.push(Material::new(&source, Group::Drugs, Section::Drugs, words).of([source]));
    }
}

fn allergies(facts: &Facts, found: &mut Vec<Material>) {
    match &facts.allergy.state {
        Allergy::Present(_) => {
            for entry in &facts.allergy.entries {
                let reaction = entry.shown.reaction.as_deref().map(|words| format!(" {words}")).unwrap_or_default();
                let year = entry.shown.year.as_deref().map(|year| format!("（{year}年）")).unwrap_or_default();
                let source = format!("AllergyIntolerance/{}", entry.id);
                let text = format!("{}{reaction}{year}", entry.shown.substance);
                let mut one = Material::new(&source, Group::Allergies, Section::Allergies, text);
                one.uncoded = !entry.shown.coded;
                found.push(one.of([source]));
            }
        }
        Allergy::NoneKnown { confirmed, .. } => {
            let on = confirmed.map(|day| format!("（{}/{}/{} 確認）", day.year(), day.month(), day.day()));
            let text = format!("なし{}", on.unwrap_or_default());
            found.push(Material::new("NoAllergy", Group::Allergies, Section::Allergies, text));
        }
        Allergy::Unconfirmed => {}
    }
    for infection in &facts.allergy.alerts.infections {
        let source = format!("Flag/{}", infection.id);
        found.push(Material::new(&source, Group::Allergies, Section::Infections, &infection.words).of([source]));
    }
}

fn history(facts: &Facts, found: &mut Vec<Material>) {
    for entry in facts.problems.past.iter().take(12) {
        let from = entry.problem.start.map(|day| format!("{}年 ", day.year())).unwrap_or_default();
        let end = entry.outcome.map(|outcome| format!("（{}）", outcome.word())).unwrap_or_default();
        let source = format!("Condition/{}", entry.id);
        let text = format!("{from}{}{end}", entry.problem.label());
        let mut one = Material::new(format!("Past/{}", entry.id), Group::History, Section::PastHistory, text);
        one.uncoded = entry.named.is_uncoded();
        // A cold of last spring is no past history that a hospital asks for.
        let long = entry
            .problem
            .start
            .zip(entry.problem.end)
            .is_none_or(|(from, to)| to.since(from).map_or(0, |span| span.get_days()) >= 60);
        one.prefilled = long;
        found.push(one.of([source]));
    }
    for (id, words) in &facts.family {
        let source = format!("FamilyMemberHistory/{id}");
        found.push(Material::new(&source, Group::History, Section::FamilyHistory, words).of([source]));
    }
}

/// The visit a letter is written in, when it is the patient's.
pub(super) async fn visit(reader: &Reader, place: Place<'_>) -> Result<Option<Encounter>, ChartError> {
    match place.visit {
        Some(visit) => Ok(Some(note::visit_of(reader, note::Place { patient: place.patient, visit }).await?)),
        None => Ok(None),
    }
}

/// Id in a source of this type.
pub fn source_id(source: &str, kind: &str) -> Option<Id> {
    source.strip_prefix(kind)?.strip_prefix('/').and_then(|id| Id::new(id).ok())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_purpose_is_what_the_plan_asks_others_for() {
        let plan = "処方は継続。腎機能低下の精査をお願いいたします。次回 4週後\nみどり野病院へ紹介";
        let asked: Vec<&str> = sentences(plan).filter(|s| REFERRING.iter().any(|word| s.contains(word))).collect();
        assert_eq!(asked, ["腎機能低下の精査をお願いいたします。", "みどり野病院へ紹介"]);
    }

    #[test]
    fn values_stand_with_unit_and_flag() {
        let mut one = Measurement::sample("HbA1c", "%", "2026-11-13", "7.4");
        one.flag = Flag::High;
        assert_eq!(value(&one), "HbA1c 7.4 %（H）");
    }
}
