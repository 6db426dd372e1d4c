//! Changes of a later release to the definitions of an earlier one, as a file beside them: a JSON object with `changes`,
//! each with `profile` (canonical), `element` (id), `since` and what to do: `set` {`min`, `max`}, `addTypeProfiles`,
//! `dropConstraints`, `addConstraints`. For releases of which no package can be had.
use super::structure::constraint;
use crate::profile::definition::{ConstraintDef, Definition, ElementDef, MANY};
use crate::profile::level::Level;
use crate::profile::read::{list, text};
use karute_json::Value;

/// One change.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) profile: String,
    pub(super) since: Level,
    element: String,
    min: Option<u32>,
    max: Option<u32>,
    profiles: Vec<String>,
    dropped: Vec<String>,
    added: Vec<ConstraintDef>,
}

/// Reads a file of changes; empty for any other JSON.
pub(super) fn read(file: &Value<'_>) -> Vec<Change> {
    list(file, "changes").iter().filter_map(change).collect()
}

fn change(one: &Value<'_>) -> Option<Change> {
    let since = text(one, "since")?;
    // `1.11.0` is of the level 1.11.
    let since = Level::ALL.into_iter().rev().find(|level| since.starts_with(level.name()))?;
    let set = one.get("set");
    let texts = |member: &str| list(one, member).iter().filter_map(Value::as_str).map(|text| text.into_owned()).collect();
    let max = set.and_then(|set| text(set, "max")).map(|max| max.parse().unwrap_or(MANY));
    let min = set.and_then(|set| set.get("min")?.as_number()?.as_i64());
    let element = text(one, "element")?;
    Some(Change {
        profile: text(one, "profile")?.into_owned(),
        since,
        element: element.split_once('.').map_or("", |(_, rest)| rest).to_owned(),
        min: min.and_then(|min| u32::try_from(min).ok()),
        max,
        profiles: texts("addTypeProfiles"),
        dropped: texts("dropConstraints"),
        added: list(one, "addConstraints").iter().filter_map(constraint).collect(),
    })
}

impl Change {
    /// Makes the change.
    pub(super) fn apply(&self, definition: &mut Definition) {
        let element = at(definition, &self.element);
        if let Some(min) = self.min {
            element.min = min;
        }
        if let Some(max) = self.max {
            element.max = max;
        }
        for one in &mut element.types {
            let list = if one.targets.is_empty() { &mut one.profiles } else { &mut one.targets };
            list.extend(self.profiles.iter().cloned());
        }
        element.constraints.retain(|constraint| !self.dropped.contains(&constraint.key));
        element.constraints.extend(self.added.iter().filter(|new| !new.key.starts_with("d-meta")).cloned());
        // That meta must be complete is said as an invariant; as counts the place of what is missing is told.
        for new in self.added.iter().filter(|new| new.key.starts_with("d-meta")) {
            if new.key == "d-meta" {
                at(definition, "meta.lastUpdated").min = 1;
            }
            at(definition, "meta.profile").min = 1;
            at(definition, "meta").min = 1;
        }
    }
}

/// The element of an id, made where there is none.
fn at<'d>(definition: &'d mut Definition, id: &str) -> &'d mut ElementDef {
    let elements = &mut definition.elements;
    let place = elements.iter().position(|element| element.id == id).unwrap_or_else(|| {
        elements.push(ElementDef::new(id));
        elements.len() - 1
    });
    &mut elements[place]
}
