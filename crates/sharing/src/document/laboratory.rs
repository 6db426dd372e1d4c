//! 検査, 感染症 (digest jp-fhir 6.8, 8.1).
use super::condition::Way;
use super::json::{
    Json, coding, concept, day, display, has_tag, id_in, identifier, items, list, reference, text, word,
};
use super::lab_item::{self, Item};
use super::lab_value;
use super::people::{class, contained_encounter, contained_practitioner, doctor, ours};
use super::source::{Stored, counts, doctor_of};
use super::{Lacking, Source, ids, names};
use karute_japan::{Date, Timestamp, full_width_kana};
use karute_json::{Object, Value};
use karute_terminology::CodeSystem;

const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

/// Results of one report: what was taken from the patient at one time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Names it, always the same: the moment the samples were taken.
    pub key: String,
    /// Its day.
    pub day: Date,
    /// `Observation` ids.
    pub observations: Vec<String>,
}

/// Whether an observation is a laboratory value of ours.
fn is_ours(body: &Json) -> bool {
    let laboratory = items(body, "category")
        .iter()
        .any(|c| items(c, "coding").iter().any(|c| text(c, &["code"]).as_deref() == Some("laboratory")));
    // What another institution measured is not registered as ours.
    laboratory
        && counts(body)
        && !has_tag(body, "urn:karute:imported", None)
        // A performer that is only a name is another institution.
        && (text(body, &["performer", "0", "reference"]).is_some() || text(body, &["performer", "0", "display"]).is_none())
}

/// The reports of a patient, newest first.
pub fn reports(source: &Source) -> Vec<Report> {
    let mut all: Vec<Report> = Vec::new();
    for stored in source.observations.iter().filter(|stored| is_ours(&stored.body)) {
        let (Some(key), Some(day)) =
            (text(&stored.body, &["effectiveDateTime"]), day(&stored.body, &["effectiveDateTime"]))
        else {
            continue;
        };
        match all.iter_mut().find(|report| report.key == key) {
            Some(report) => report.observations.push(stored.id.to_string()),
            None => all.push(Report { key, day, observations: vec![stored.id.to_string()] }),
        }
    }
    all.sort_by(|a, b| b.key.cmp(&a.key));
    all
}

/// One result; `Ok(None)` for what is out of scope (an observation that only groups others).
pub(super) fn result(way: Way<'_>, stored: &Stored) -> Result<Option<Json>, Lacking> {
    let (source, body) = (way.source, &stored.body);
    let name = body.get("code").and_then(display).unwrap_or_default();
    let lacking = || Lacking::Result(name.clone());
    if body.get("hasMember").is_some() && lab_value::value(body, None).is_none() {
        return Ok(None);
    }
    let taken = text(body, &["effectiveDateTime"]).or_else(|| text(body, &["effectivePeriod", "start"]));
    let taken = taken.ok_or_else(lacking)?;
    let item = lab_item::item(way.masters, body, &name);
    let infection = item.as_ref().is_some_and(|item| item.infection);
    let encounter = id_in(body, &["encounter", "reference"], "Encounter");
    let class = class(source, encounter.as_deref());
    // The doctor who asked for it: of the visit, else who recorded it.
    let asked = encounter.as_ref().and_then(|id| source.encounters.get(id)).and_then(doctor_of);
    let asked = asked.or_else(|| Some((id_in(body, &["performer", "0", "reference"], "Practitioner")?, String::new())));
    let (doctor_id, shown) = asked.ok_or(Lacking::Doctor)?;
    let doctor = doctor(source, &doctor_id, &shown);
    if doctor.0.is_empty() {
        return Err(Lacking::Doctor);
    }
    let mut meta = super::json::meta(names::LABORATORY, way.at);
    if infection
        && has_tag(body, names::FLAGS, Some("LTS"))
        && let Some(object) = meta.as_object_mut()
    {
        object.insert("tag", list([coding(names::FLAGS, "LTS", "長期保存")]));
    }
    let mut made = Object::new().with("resourceType", "Observation").with("meta", meta);
    made.insert("contained", list([contained_encounter("e1", class), contained_practitioner(source, "p1", &doctor)]));
    made.insert("extension", list(ours(source)));
    let own = ids::instance(source, "LB", stored.id.as_str());
    made.insert("identifier", list([identifier(names::INSTANCE, &own)]));
    let status = text(body, &["status"])
        .filter(|s| matches!(s.as_str(), "registered" | "preliminary" | "corrected" | "cancelled"));
    let status = status.unwrap_or_else(|| {
        if text(body, &["status"]).as_deref() == Some("amended") { "corrected" } else { "final" }.to_owned()
    });
    made.insert("status", word(status));
    made.insert("category", list([concept(names::CATEGORY, "laboratory", "Laboratory")]));
    made.insert("code", code(body, &name, item.as_ref()));
    made.insert("subject", reference(way.patient, ""));
    made.insert("encounter", reference("#e1", class.1));
    made.insert("effectiveDateTime", word(moment(&taken)));
    made.insert("performer", list([reference("#p1", &doctor.0)]));
    let found = lab_value::value(body, item.as_ref());
    let unit = found.as_ref().and_then(|found| found.unit.clone());
    if let Some(found) = found {
        made.insert(found.name, found.value);
    } else {
        let reason = body.get("dataAbsentReason").and_then(display).unwrap_or_else(|| "結果なし".to_owned());
        made.insert("dataAbsentReason", super::json::words(&reason));
    }
    let flags = items(body, "interpretation").iter().filter_map(|i| super::json::code(i, INTERPRETATION));
    if let Some(flag) = flags.into_iter().find(|flag| matches!(flag.as_str(), "H" | "L" | "N" | "HH" | "LL")) {
        let shown = match flag.as_str() {
            "H" => "High",
            "L" => "Low",
            "HH" => "Critical high",
            "LL" => "Critical low",
            _ => "Normal",
        };
        made.insert("interpretation", list([concept(INTERPRETATION, &flag, shown)]));
    }
    made.insert("specimen", specimen(body));
    if let Some(range) = lab_value::range(body, unit.as_ref()) {
        made.insert("referenceRange", list([range]));
    }
    Ok(Some(Value::Object(made)))
}

/// A moment as the guide writes it; a day stays a day.
fn moment(text: &str) -> String {
    match Timestamp::parse(text) {
        Some(at) if text.len() > 10 => at.to_fhir(),
        _ => text.chars().take(10).collect(),
    }
}

/// Patterns 1 to 4 of 8.1: the institution's own code always, then that of the shared item, else JLAC10, else none.
fn code(body: &Value<'_>, name: &str, item: Option<&Item>) -> Json {
    let concept = body.get("code").unwrap_or(&Value::Null);
    let given = |system: CodeSystem| super::json::code(concept, system.url());
    let jlac = given(CodeSystem::Jlac10)
        .or_else(|| given(CodeSystem::ClinsCore10))
        .or_else(|| given(CodeSystem::ClinsInfection10));
    let local =
        given(CodeSystem::LocalLab).or_else(|| jlac.clone()).or_else(|| text(concept, &["coding", "0", "code"]));
    let local: String = local
        .unwrap_or_else(|| "none".to_owned())
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' })
        .take(60)
        .collect();
    let plain = lab_name(name);
    let mut codings = vec![coding(CodeSystem::LocalLab.url(), &local, &plain)];
    match (item, &jlac) {
        (Some(item), _) => codings.push(coding(item.system, &item.code, &item.display)),
        (None, Some(jlac)) if jlac.len() == 17 => codings.push(coding(CodeSystem::Jlac10.url(), jlac, &plain)),
        _ => codings.push(coding(names::UNCODED_LAB, "99999999999999999", "未標準化コード項目(JLAC)")),
    }
    Value::object([("coding", list(codings)), ("text", word(plain))])
}

/// A name of an item: full-width kana, half-width letters, digits and signs, no blanks that are not seen (digest 3.6).
pub(super) fn lab_name(name: &str) -> String {
    let narrow = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    let plain: String = full_width_kana(name).chars().map(narrow).filter(|c| !c.is_control()).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join("");
    if plain.is_empty() { "名称なし".to_owned() } else { plain }
}

/// Materials of JLAC10, characters 10 to 12.
const MATERIALS: [(&str, &str); 10] = [
    ("001", "尿"),
    ("004", "蓄尿"),
    ("015", "便"),
    ("018", "全血"),
    ("019", "全血"),
    ("022", "血漿"),
    ("023", "血清"),
    ("041", "髄液"),
    ("061", "喀痰"),
    ("099", "その他"),
];

fn specimen(body: &Value<'_>) -> Json {
    let told = text(body, &["specimen", "display"]);
    let codings = body.get("code").map_or(&[][..], |c| items(c, "coding"));
    let jlac = codings.iter().filter_map(|c| text(c, &["code"])).find(|code| code.len() == 17);
    let material = jlac.and_then(|code| {
        let of = code.get(9..12)?;
        MATERIALS.iter().find(|(code, _)| *code == of).map(|(_, word)| (*word).to_owned())
    });
    let shown = told.or(material).unwrap_or_else(|| "不明".to_owned());
    Value::object([("type", word("Specimen")), ("display", word(shown))])
}
