//! A small random clinic and the meaning of searches in it, worked out in memory from what
//! `karute_fhir::search::matches` says of single resources.
use crate::stage::{Stage, changes, delete, json, kind, put};
use karute_fhir::ResourceType;
use karute_fhir::search::{Filter, IndexEntry, IndexValue, ParseContext, Prefix, Query, extract, matches, parse};
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Expect, Page};
use std::collections::BTreeMap;

/// A generator of numbers that are the same every time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % n as u64) as usize
    }
    pub fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

pub const FAMILY: [&str; 8] = ["山田", "山本", "渡邊", "渡辺", "髙橋", "佐藤", "Yamada", "田"];
pub const KANA: [&str; 8] = ["ヤマダ", "やまもと", "ﾜﾀﾅﾍﾞ", "ワタナベ", "タカハシ", "さとう", "ヤマ", "タ"];
pub const GIVEN: [&str; 6] = ["太郎", "花子", "一", "Taro", "タロウ", "ヴィクトル"];
pub const DATES: [&str; 9] = [
    "2026",
    "2026-11",
    "2026-11-22",
    "2026-11-22T10:25:00+09:00",
    "2026-11-22T10:25:00.123+09:00",
    "2026-11-21T23:59:59Z",
    "2026-10-31",
    "2025-12-31",
    "1954-03",
];
pub const NUMBERS: [&str; 9] = ["5", "5.0", "5.4", "5.40", "-3", "0", "100", "1e2", "0.000001"];
pub const CODES: [&str; 5] = ["a", "b", "A", "c|d", "長い名前のコード"];
pub const SYSTEMS: [&str; 3] = ["http://s/1", "http://s/2", ""];
pub const UNITS: [&str; 3] = ["mg", "g", "個"];
pub const URIS: [&str; 6] = ["http://a/b", "http://a/b/c", "http://a/bc", "http://a/b/", "urn:oid:1.2.3", "http://a"];

fn coding(dice: &mut Dice) -> String {
    let (system, code) = (dice.one(&SYSTEMS), dice.one(&CODES));
    let system = if system.is_empty() { String::new() } else { format!(r#""system":"{system}","#) };
    format!(r#"{{{system}"code":"{code}"}}"#)
}

fn concept(dice: &mut Dice) -> String {
    if dice.chance(10) {
        return r#"{"text":"言葉だけ"}"#.into();
    }
    let codings: Vec<String> = (0..=dice.below(2)).map(|_| coding(dice)).collect();
    format!(r#"{{"coding":[{}]}}"#, codings.join(","))
}

fn quantity(dice: &mut Dice) -> String {
    let comparator = match dice.below(8) {
        0 => r#""comparator":"<","#,
        1 => r#""comparator":">=","#,
        _ => "",
    };
    let unit = dice.one(&UNITS);
    let unit = match dice.below(3) {
        0 => format!(r#","unit":"{unit}""#),
        1 => format!(r#","unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}""#),
        _ => String::new(),
    };
    format!(r#"{{{comparator}"value":{}{unit}}}"#, dice.one(&NUMBERS))
}

fn meta(dice: &mut Dice) -> String {
    if dice.chance(60) {
        return String::new();
    }
    format!(r#","meta":{{"profile":["{}"],"tag":[{}]}}"#, dice.one(&URIS), coding(dice))
}

fn patient(dice: &mut Dice) -> String {
    let names: Vec<String> = (0..dice.below(3))
        .map(|_| {
            let (family, kana, given) = (dice.one(&FAMILY), dice.one(&KANA), dice.one(&GIVEN));
            let long = if dice.chance(5) { "長".repeat(150) } else { String::new() };
            format!(
                r#"{{"text":"{family} {given}","family":"{family}{long}","given":["{given}"]}},{{"family":"{kana}"}}"#
            )
        })
        .collect();
    let birth = match dice.below(4) {
        0 => String::new(),
        _ => format!(r#","birthDate":"{}""#, dice.one(&["1954", "1954-03", "1954-03-01", "2026-11-22"])),
    };
    let gender =
        if dice.chance(70) { format!(r#","gender":"{}""#, dice.one(&["male", "female"])) } else { String::new() };
    let organization = if dice.chance(50) {
        format!(r#","managingOrganization":{{"reference":"Organization/o{}"}}"#, dice.below(3))
    } else {
        String::new()
    };
    format!(
        r#"{{"resourceType":"Patient"{},"identifier":[{{"system":"http://s/1","value":"{}"}}],"name":[{}]{birth}{gender}{organization}}}"#,
        meta(dice),
        dice.below(30),
        names.join(",")
    )
}

fn observation(dice: &mut Dice) -> String {
    let subject = match dice.below(6) {
        0 => String::new(),
        1 => r#","subject":{"reference":"http://elsewhere.example/fhir/Patient/p1"}"#.into(),
        2 => r#","subject":{"identifier":{"system":"http://s/1","value":"7"}}"#.into(),
        _ => format!(r#","subject":{{"reference":"Patient/p{}"}}"#, dice.below(20)),
    };
    let effective = match dice.below(4) {
        0 => String::new(),
        1 => format!(
            r#","effectivePeriod":{{"start":"{}"{}}}"#,
            dice.one(&DATES),
            if dice.chance(50) { format!(r#","end":"{}""#, "2027-01-01") } else { String::new() }
        ),
        _ => format!(r#","effectiveDateTime":"{}""#, dice.one(&DATES)),
    };
    let value = match dice.below(4) {
        0 => String::new(),
        1 => format!(r#","valueCodeableConcept":{}"#, concept(dice)),
        _ => format!(r#","valueQuantity":{}"#, quantity(dice)),
    };
    let component = if dice.chance(30) {
        format!(r#","component":[{{"code":{},"valueQuantity":{}}}]"#, concept(dice), quantity(dice))
    } else {
        String::new()
    };
    format!(
        r#"{{"resourceType":"Observation"{},"status":"{}","code":{}{subject}{effective}{value}{component}}}"#,
        meta(dice),
        dice.one(&["final", "preliminary"]),
        concept(dice)
    )
}

fn risk(dice: &mut Dice) -> String {
    format!(
        r#"{{"resourceType":"RiskAssessment","status":"final","subject":{{"reference":"Patient/p{}"}},"prediction":[{{"probabilityDecimal":{}}}]}}"#,
        dice.below(20),
        dice.one(&NUMBERS)
    )
}

fn value_set(dice: &mut Dice) -> String {
    format!(r#"{{"resourceType":"ValueSet","status":"draft","url":"{}"}}"#, dice.one(&URIS))
}

fn organization(dice: &mut Dice) -> String {
    format!(r#"{{"resourceType":"Organization","name":"{}クリニック"}}"#, dice.one(&FAMILY))
}

/// One current resource.
pub struct Thing {
    pub entries: Vec<IndexEntry>,
    pub updated: Timestamp,
    pub seq: u64,
}

/// All current resources of a tenant.
pub struct World {
    pub access: Access,
    pub things: BTreeMap<(ResourceType, String), Thing>,
}

/// Number of places per type that the random clinic fills, changes and empties.
const PLACES: [(&str, &str, usize); 5] = [
    ("Patient", "p", 24),
    ("Observation", "b", 120),
    ("RiskAssessment", "r", 12),
    ("ValueSet", "v", 12),
    ("Organization", "o", 3),
];

impl World {
    /// Writes some hundred versions, among them later versions and deletions.
    pub async fn random(stage: &Stage, access: Access, seed: u64) -> World {
        let mut world = World { access, things: BTreeMap::new() };
        let mut dice = Dice::new(seed);
        for round in 0..3 {
            for (type_name, prefix, count) in PLACES {
                let mut batch = Vec::new();
                for n in 0..count {
                    if round > 0 && !dice.chance(30) {
                        continue;
                    }
                    let name = format!("{prefix}{n}");
                    if round > 0 && dice.chance(25) && world.things.contains_key(&(kind(type_name), name.clone())) {
                        batch.push((name, None));
                        continue;
                    }
                    let text = match type_name {
                        "Patient" => patient(&mut dice),
                        "Observation" => observation(&mut dice),
                        "RiskAssessment" => risk(&mut dice),
                        "ValueSet" => value_set(&mut dice),
                        _ => organization(&mut dice),
                    };
                    batch.push((name, Some(text)));
                }
                for part in batch.chunks(10) {
                    world.write(type_name, part).await;
                    stage.clock.advance_ms(7_000);
                }
            }
        }
        world
    }

    /// Writes (or deletes) resources in one commit.
    pub async fn write(&mut self, type_name: &str, batch: &[(String, Option<String>)]) {
        if batch.is_empty() {
            return;
        }
        let list = batch
            .iter()
            .map(|(name, text)| match text {
                Some(text) => put(type_name, name, text, Expect::Any),
                None => delete(type_name, name, Expect::Any),
            })
            .collect();
        let committed = self.access.commit(changes(list)).await.unwrap();
        for ((name, text), version) in batch.iter().zip(&committed.versions) {
            let place = (kind(type_name), name.clone());
            if text.is_none() {
                self.things.remove(&place);
                continue;
            }
            let entries = extract(&json(&version.body));
            self.things.insert(place, Thing { entries, updated: version.updated, seq: version.seq });
        }
    }

    /// Whether a resource fulfils a filter.
    pub fn fulfils(&self, filter: &Filter, place: &(ResourceType, String)) -> bool {
        let thing = &self.things[place];
        match filter {
            Filter::Ids(ids) => ids.iter().any(|id| id.as_str() == place.1),
            Filter::LastUpdated(any) => any.iter().any(|(prefix, lo, hi)| {
                let at = thing.updated.as_micros();
                match prefix {
                    Prefix::Eq | Prefix::Ap => (*lo..=*hi).contains(&at),
                    Prefix::Ne => !(*lo..=*hi).contains(&at),
                    Prefix::Gt | Prefix::Sa => at > *hi,
                    Prefix::Lt | Prefix::Eb => at < *lo,
                    Prefix::Ge => at >= *lo,
                    Prefix::Le => at <= *hi,
                }
            }),
            Filter::Chain { param, any } => thing.entries.iter().filter(|e| e.param == *param).any(|entry| {
                let IndexValue::Local { target, id } = &entry.value else { return false };
                let there = (*target, id.to_string());
                self.things.contains_key(&there)
                    && any.iter().any(|(of, filter)| of == target && self.fulfils(filter, &there))
            }),
            Filter::Has { source, param, filter } => self.things.iter().any(|(from, thing)| {
                from.0 == *source
                    && thing.entries.iter().any(|entry| {
                        entry.param == *param
                            && matches!(&entry.value, IndexValue::Local { target, id }
                                if *target == place.0 && id.as_str() == place.1)
                    })
                    && self.fulfils(filter, from)
            }),
            other => matches(other, &thing.entries).unwrap(),
        }
    }

    /// The right answer in chain order.
    pub fn answer(&self, query: &Query) -> Vec<String> {
        let mut found: Vec<(u64, String)> = self
            .things
            .iter()
            .filter(|(place, _)| place.0 == query.target)
            .filter(|(place, _)| query.filters.iter().all(|f| self.fulfils(f, place)))
            .map(|(place, thing)| (thing.seq, place.1.clone()))
            .collect();
        found.sort();
        found.into_iter().map(|(_, id)| id).collect()
    }
}

/// A query as a client writes it: `code=a&date=ge2026`.
pub fn query(type_name: &str, text: &str) -> Query {
    try_query(type_name, text).unwrap_or_else(|error| panic!("{type_name}?{text}: {error:?}"))
}

pub fn try_query(type_name: &str, text: &str) -> Result<Query, karute_fhir::search::SearchError> {
    let pairs: Vec<(String, String)> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            pair.split_once('=').map_or((pair.to_owned(), String::new()), |(n, v)| (n.to_owned(), v.to_owned()))
        })
        .collect();
    let now = Timestamp::parse("2026-11-22T12:00:00+09:00").unwrap();
    parse(kind(type_name), &pairs, &ParseContext { base: "", now })
}

pub async fn page(access: &Access, query: &Query, after: Option<&str>) -> Page {
    let reader = access.reader(Action::Search);
    let page = reader.search(query, after).await.unwrap();
    reader.release(page).await.unwrap()
}

pub fn ids(page: &Page) -> Vec<String> {
    page.matches.iter().map(|v| v.id.to_string()).collect()
}

/// Every page of a search, put together.
pub async fn all_pages(access: &Access, query: &Query) -> Vec<String> {
    let mut out = Vec::new();
    let mut after = None;
    for _ in 0..1_000 {
        let page = page(access, query, after.as_deref()).await;
        assert!(page.matches.len() <= query.count as usize);
        out.extend(ids(&page));
        after = page.next;
        if after.is_none() {
            return out;
        }
    }
    panic!("pages without end");
}
