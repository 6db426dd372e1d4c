//! The product's own compact rules: the files in `data/`, read into the same definitions as official packages.
//!
//! A file is read line by line; `#` begins a comment line. Names of other profiles are their last part.
//!
//! | Line | Meaning |
//! |---|---|
//! | `alias NAME URL` | `NAME` at the start of a value or URL stands for `URL` |
//! | `valueset NAME SYSTEM CODE …` | members of a value set; several lines add up |
//! | `profile URL TYPE [base=PROFILE]` | begins a profile; the rules of the base apply too |
//! | `PATH [MIN..MAX] [attribute …]` | an element, slices as `name:slice`; `a.{b,c}` is two elements |
//! | `section CODE "TITLE" MIN..MAX [entry=MIN..MAX] [ref=…]` | a section of a document; `subsection`: of section 300 |
//! | `entry NAME MIN..MAX PROFILE` | an entry of a Bundle |
//!
//! Attributes: `="…"` this value; `~"…"` the same, written as a pattern; `~concept="SYSTEM#CODE"` a CodeableConcept with
//! that coding; `bind=VALUESET` required; `type=T(PROFILE)|…`; `ref=PROFILE|…` targets; `open=` or
//! `closed=KIND:PATH,…` slicing; `@1.11` only from that level on; `!1.12` no more from that level on.

use super::definition::{Definition, Discriminator, ElementDef, MANY, SlicingDef, TypeUse};
use super::level::Level;
use super::model::{Codes, Members, Wanted};
use super::set::ProfileSet;
use karute_json::{Number, Object, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// JP Core first: the others derive from it.
const FILES: [&str; 3] = [
    include_str!("../../data/jp_core.rules"),
    include_str!("../../data/jp_clins.rules"),
    include_str!("../../data/jp_checkup.rules"),
];

/// Compiles the files at a level.
pub(super) fn compile(level: Level) -> ProfileSet {
    let mut reader = Reader { level, ..Reader::default() };
    for file in FILES {
        // A test sees to it that every line is read.
        let _ = reader.file(file);
    }
    reader.link();
    let sets = reader.value_sets;
    ProfileSet::new(reader.definitions, &|name| sets.get(name).map(Arc::clone), level)
}

/// Number of a line that is not understood, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotUnderstood(usize);

#[derive(Default)]
struct Reader {
    level: Level,
    aliases: Vec<(String, String)>,
    value_sets: HashMap<String, Arc<Codes>>,
    definitions: Vec<Definition>,
}

impl Reader {
    fn file(&mut self, text: &str) -> Result<(), NotUnderstood> {
        self.aliases.clear();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if !line.is_empty() && !line.starts_with('#') {
                self.line(line).ok_or(NotUnderstood(number + 1))?;
            }
        }
        Ok(())
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let tokens = tokens(line)?;
        let (first, rest) = tokens.split_first()?;
        match (*first, rest) {
            ("alias", [name, url]) => self.aliases.push(((*name).to_owned(), (*url).to_owned())),
            ("valueset", [name, system, codes @ ..]) => {
                let system = self.whole(system);
                let set = self.value_sets.entry((*name).to_owned()).or_default();
                let codes = codes.iter().map(|code| Box::from(*code)).collect();
                Arc::get_mut(set)?.systems.insert(system.into(), Members::Only(codes));
            }
            ("profile", [url, kind, base @ ..]) => {
                let url = self.whole(url);
                let base = match base {
                    [] => None,
                    [base] => Some(base.strip_prefix("base=")?.to_owned()),
                    _ => return None,
                };
                let name = url.rsplit('/').next()?.to_owned();
                let type_name = (*kind).to_owned();
                self.definitions.push(Definition { url, name, type_name, base, complete: false, elements: Vec::new() });
            }
            ("section" | "subsection", [code, title, count, more @ ..]) if count.contains("..") => {
                let parent = if *first == "section" { "section" } else { "section:300.section" };
                self.section(parent, code, title.trim_matches('"'), count, more)?;
            }
            ("entry", [name, count, profile]) if count.contains("..") => {
                self.element(&format!("entry:{name}"), &[count])?;
                self.element(&format!("entry:{name}.fullUrl"), &["1..1"])?;
                let kind = kind_of(profile);
                let use_of = if kind == *profile { kind.to_owned() } else { format!("{kind}({profile})") };
                self.element(&format!("entry:{name}.resource"), &["1..1", &format!("type={use_of}")])?;
                self.element(&format!("entry:{name}.{{search,request,response}}"), &["0..0"])?;
            }
            (path, attributes) => self.element(path, attributes)?,
        }
        Some(())
    }

    fn section(&mut self, parent: &str, code: &str, title: &str, count: &str, more: &[&str]) -> Option<()> {
        let at = format!("{parent}:{code}");
        let quoted = |sign: char, text: &str| format!("{sign}\"{text}\"");
        self.element(&at, &[count])?;
        self.element(&format!("{at}.title"), &["1..1", &quoted('=', title)])?;
        self.element(&format!("{at}.code"), &["1..1"])?;
        self.element(&format!("{at}.code.text"), &["0..0"])?;
        self.element(&format!("{at}.code.coding"), &["1..1"])?;
        self.element(&format!("{at}.code.coding.system"), &["1..1", &quoted('=', super::names::SECTION)])?;
        self.element(&format!("{at}.code.coding.code"), &["1..1", &quoted('=', code)])?;
        let display = format!("{title}セクション");
        self.element(&format!("{at}.code.coding.display"), &["0..1", &quoted('~', &display)])?;
        if parent != "section" {
            self.element(&format!("{at}.{{mode,orderedBy,section}}"), &["0..0"])?;
        }
        let mut entry: Vec<&str> = Vec::new();
        for word in more {
            entry.push(word.strip_prefix("entry=").unwrap_or(word));
        }
        if entry.is_empty() { Some(()) } else { self.element(&format!("{at}.entry"), &entry) }
    }

    /// An element, or several: `a.{b,c}`.
    fn element(&mut self, path: &str, attributes: &[&str]) -> Option<()> {
        if let Some((before, rest)) = path.split_once('{') {
            let (names, after) = rest.split_once('}')?;
            for name in names.split(',') {
                self.element(&format!("{before}{name}{after}"), attributes)?;
            }
            return Some(());
        }
        let level = |word: &str, sign: char| word.strip_prefix(sign).map(|name| Level::parse(name).ok_or(()));
        for word in attributes {
            if let Some(since) = level(word, '@')
                && self.level < since.ok()?
            {
                return Some(());
            }
            if let Some(until) = level(word, '!')
                && self.level >= until.ok()?
            {
                return Some(());
            }
        }
        let mut new = ElementDef::new(path);
        let mut counted = false;
        for word in attributes.iter().filter(|word| !word.starts_with(['@', '!'])) {
            counted |= self.attribute(word, &mut new)?;
        }
        let definition = self.definitions.last_mut()?;
        let Some(old) = definition.elements.iter_mut().find(|old| old.id == path) else {
            definition.elements.push(new);
            return Some(());
        };
        // A second line on the same element adds to the first and overrides its count.
        if counted {
            (old.min, old.max) = (new.min, new.max);
        }
        if !new.types.is_empty() {
            old.types = new.types;
        }
        old.wanted = new.wanted.or(old.wanted.take());
        old.value_set = new.value_set.or(old.value_set.take());
        old.slicing = new.slicing.or(old.slicing.take());
        Some(())
    }

    /// Takes one attribute; whether it was the count.
    fn attribute(&self, word: &str, element: &mut ElementDef) -> Option<bool> {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            let (min, max) = word.split_once("..")?;
            element.min = min.parse().ok()?;
            element.max = if max == "*" { MANY } else { max.parse().ok()? };
            return Some(true);
        }
        if let Some(concept) = word.strip_prefix("~concept=") {
            let whole = self.whole(concept.trim_matches('"'));
            let (system, code) = whole.rsplit_once('#')?;
            let coding = Object::new().with("system", system.to_owned()).with("code", code.to_owned());
            let concept = Object::new().with("coding", vec![Value::from(coding)]);
            element.wanted = Some(Wanted::Pattern(Value::from(concept).into_owned()));
        } else if let Some(value) = word.strip_prefix('=') {
            element.wanted = Some(Wanted::Fixed(self.value(value)?));
        } else if let Some(value) = word.strip_prefix('~') {
            element.wanted = Some(Wanted::Pattern(self.value(value)?));
        } else if let Some(name) = word.strip_prefix("bind=") {
            element.value_set = Some(name.to_owned());
        } else if let Some(targets) = word.strip_prefix("ref=") {
            let targets = targets.split('|').map(str::to_owned).collect();
            element.types = vec![TypeUse { code: "Reference".to_owned(), profiles: Vec::new(), targets }];
        } else if let Some(types) = word.strip_prefix("type=") {
            for one in types.split('|') {
                let (code, profiles) = match one.split_once('(') {
                    Some((code, profile)) => (code, vec![profile.strip_suffix(')')?.to_owned()]),
                    None => (one, Vec::new()),
                };
                element.types.push(TypeUse { code: code.to_owned(), profiles, targets: Vec::new() });
            }
        } else {
            let (rules, by) = word.split_once('=')?;
            let closed = match rules {
                "open" => false,
                "closed" => true,
                _ => return None,
            };
            let one = |by: &str| {
                let (kind, path) = by.split_once(':')?;
                Some((Discriminator::parse(kind)?, path.to_owned()))
            };
            let discriminators = by.split(',').map(one).collect::<Option<Vec<_>>>()?;
            element.slicing = Some(SlicingDef { closed, discriminators });
        }
        Some(false)
    }

    fn value(&self, written: &str) -> Option<Value<'static>> {
        match written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(text) => Some(Value::string(self.whole(text))),
            None => Number::from_lexeme(written).map(Value::Number),
        }
    }

    /// With the alias at its start spelled out.
    fn whole(&self, text: &str) -> String {
        for (name, url) in &self.aliases {
            if let Some(rest) = text.strip_prefix(name.as_str()) {
                return format!("{url}{rest}");
            }
        }
        text.to_owned()
    }

    /// Puts the URLs of profiles in place of their names.
    fn link(&mut self) {
        let urls: HashMap<String, String> =
            self.definitions.iter().map(|one| (one.name.clone(), one.url.clone())).collect();
        let url = |name: &mut String| {
            *name = match urls.get(name.as_str()) {
                Some(url) => url.clone(),
                None => format!("http://hl7.org/fhir/StructureDefinition/{name}"),
            };
        };
        for definition in &mut self.definitions {
            definition.base.iter_mut().for_each(url);
            for use_of in definition.elements.iter_mut().flat_map(|element| &mut element.types) {
                use_of.profiles.iter_mut().for_each(url);
                use_of.targets.iter_mut().for_each(url);
            }
        }
    }
}

/// Words, divided by spaces that are not inside quotes.
fn tokens(line: &str) -> Option<Vec<&str>> {
    let mut quoted = false;
    let words: Vec<&str> = line
        .split(|c: char| {
            quoted ^= c == '"';
            c == ' ' && !quoted
        })
        .filter(|word| !word.is_empty())
        .collect();
    (!quoted).then_some(words)
}

/// The resource type in the name of a profile: `JP_Observation_LabResult_eCS` is of Observation.
fn kind_of(profile: &str) -> &str {
    profile.strip_prefix("JP_").map_or(profile, |rest| rest.split('_').next().unwrap_or(rest))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read_at_every_level_and_every_name_leads_somewhere() {
        for level in Level::ALL {
            let mut reader = Reader { level, ..Reader::default() };
            for file in FILES {
                assert_eq!(reader.file(file), Ok(()));
            }
            reader.link();
            let known: Vec<&str> = reader.definitions.iter().map(|one| one.url.as_str()).collect();
            for definition in &reader.definitions {
                assert!(crate::path::types::of_name(&definition.type_name).is_some(), "{}", definition.url);
                let of_r4 = |url: &str| {
                    let name = url.strip_prefix("http://hl7.org/fhir/StructureDefinition/");
                    name.is_some_and(|name| {
                        ["SimpleQuantity", "Resource"].contains(&name) || crate::path::types::of_name(name).is_some()
                    })
                };
                let uses = definition.elements.iter().flat_map(|element| &element.types);
                let names = uses.flat_map(|one| one.profiles.iter().chain(&one.targets)).chain(&definition.base);
                for url in names {
                    let extension = url.contains("JP_Coverage_") || url.contains("JP_Organization_");
                    assert!(known.contains(&url.as_str()) || of_r4(url) || extension, "{}: {url}", definition.name);
                }
            }
            assert!(known.len() > 100, "{}", known.len());
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for bad in ["a 1..x", "a =x", "a open=value", "a @2.0", "a bind", "a ~\"x", "profile x", "a.{b 1..1"] {
            let mut reader = Reader::default();
            let text = format!("profile http://x/A Patient\n{bad}");
            assert_eq!(reader.file(&text), Err(NotUnderstood(2)), "{bad}");
        }
        assert_eq!(Reader::default().file("a 1..1"), Err(NotUnderstood(1)));
    }

    #[test]
    fn a_second_line_overrides_the_count_at_its_level() {
        let text = "profile http://x/A Patient\nname 0..1 @1.11\nname.text ~\"x\"\nname.text 1..1 !1.12";
        let counts = |level| {
            let mut reader = Reader { level, ..Reader::default() };
            reader.file(text).unwrap();
            let elements = &reader.definitions.first().unwrap().elements;
            elements.iter().map(|one| (one.id.clone(), one.min, one.max)).collect::<Vec<_>>()
        };
        assert_eq!(counts(Level::V1_10), [("name.text".to_owned(), 1, 1)]);
        assert_eq!(counts(Level::V1_12), [("name".to_owned(), 0, 1), ("name.text".to_owned(), 0, MANY)]);
    }
}
