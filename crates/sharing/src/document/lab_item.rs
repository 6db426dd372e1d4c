//! Which of the shared items (43 指定検査項目, 5 指定感染症) a result is (digest jp-fhir 8.1).
use super::json::{code, text};
use karute_json::Value;
use karute_terminology::{CodeSystem, Kind, Masters, column::clins_lab};

/// An item by which a result is shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// System of its code.
    pub(super) system: &'static str,
    /// JLAC10 or JLAC11.
    pub(super) code: String,
    /// FHIR識別名, to the letter.
    pub(super) display: String,
    /// Key of the item: `ALB`, `U-TP`.
    pub(super) key: String,
    /// 感染症
    pub(super) infection: bool,
    /// Units of the master, best first.
    pub(super) units: Vec<String>,
}

/// The item of an observation; none when its code belongs to none. Where several items share a code (空腹時血糖, 随時血糖,
/// 血糖), the name and the form of the value decide, and nothing is claimed that they do not say.
pub(super) fn item(masters: &Masters, body: &Value<'_>, name: &str) -> Option<Item> {
    let concept = body.get("code")?;
    let given = |systems: &[CodeSystem]| systems.iter().find_map(|system| code(concept, system.url()));
    let ten = given(&[CodeSystem::Jlac10, CodeSystem::ClinsCore10, CodeSystem::ClinsInfection10]);
    let eleven = given(&[CodeSystem::Jlac11, CodeSystem::ClinsCore11, CodeSystem::ClinsInfection11]);
    let (code, column, is_ten) = match (ten, eleven) {
        (Some(code), _) => (code, clins_lab::JLAC10, true),
        (None, Some(code)) => (code, clins_lab::JLAC11, false),
        (None, None) => return None,
    };
    let is_number = body.get("valueQuantity").is_some();
    let fasting = name.contains("空腹");
    let any_time = name.contains("随時");
    let table = masters.table(Kind::ClinsLab)?;
    let mut best: Option<(u8, Item)> = None;
    for (_, record) in table.records() {
        let key = record.key();
        if !record.get(column).split(' ').any(|each| each == code) {
            continue;
        }
        let state = match key {
            "FBG" | "FTG" => Some(true),
            "CBG" | "CTG" => Some(false),
            _ => None,
        };
        let fits_state = match state {
            Some(true) => fasting,
            Some(false) => any_time,
            None => !(fasting || any_time) || !matches!(key, "BG" | "TG"),
        };
        let wants_number = record.get(clins_lab::DATA_TYPE).contains("数値");
        let score = u8::from(fits_state) * 2 + u8::from(wants_number == is_number);
        if state.is_some() && !fits_state {
            continue;
        }
        let infection = record.get(clins_lab::GROUP) == "infection";
        let system = match (infection, is_ten) {
            (false, true) => CodeSystem::ClinsCore10,
            (false, false) => CodeSystem::ClinsCore11,
            (true, true) => CodeSystem::ClinsInfection10,
            (true, false) => CodeSystem::ClinsInfection11,
        };
        let item = Item {
            system: system.url(),
            code: code.clone(),
            display: record.get(clins_lab::DISPLAY).to_owned(),
            key: key.to_owned(),
            infection,
            units: record.get(clins_lab::UNITS).split('|').filter(|u| !u.is_empty()).map(str::to_owned).collect(),
        };
        if best.as_ref().is_none_or(|(known, _)| *known < score) {
            best = Some((score, item));
        }
    }
    best.map(|(_, item)| item)
}

/// Whether an observation is a result of 感染症.
pub(super) fn is_infection(masters: &Masters, body: &Value<'_>) -> bool {
    let name = text(body, &["code", "text"]).unwrap_or_default();
    item(masters, body, &name).is_some_and(|item| item.infection)
}
