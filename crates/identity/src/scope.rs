//! Scopes of API tokens, after SMART App Launch 2: `system/Patient.rs`, `system/*.cruds`.
use karute_fhir::ResourceType;

/// A FHIR interaction as scopes see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Interaction {
    /// `c`
    Create,
    /// `r`: read, vread, instance history
    Read,
    /// `u`: update, patch
    Update,
    /// `d`
    Delete,
    /// `s`: search, type history, export
    Search,
}

impl Interaction {
    /// All of them, in the order scopes name them.
    pub const ALL: [Interaction; 5] =
        [Interaction::Create, Interaction::Read, Interaction::Update, Interaction::Delete, Interaction::Search];

    const fn letter(self) -> char {
        match self {
            Interaction::Create => 'c',
            Interaction::Read => 'r',
            Interaction::Update => 'u',
            Interaction::Delete => 'd',
            Interaction::Search => 's',
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Not a scope this server grants.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "スコープ「{scope}」は使えません。`system/Patient.rs` や `system/*.cruds` の形で、c r u d s をこの順に書いてください。"
)]
pub struct ScopeError {
    /// The scope as it was given.
    pub scope: String,
}

/// The scopes of one token.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Scopes {
    /// Interactions for all types.
    any: u8,
    /// Interactions by type, further to `any`; sorted, one entry a type.
    by_type: Vec<(ResourceType, u8)>,
}

impl Scopes {
    /// Reads space-separated scopes. Version 1 spellings (`.read`, `.write`, `.*`) are understood; scopes with a query
    /// part, and those of patients or users, are refused rather than widened.
    pub fn parse(text: &str) -> Result<Scopes, ScopeError> {
        let mut scopes = Scopes::default();
        let mut none = true;
        for part in text.split_ascii_whitespace() {
            let (resource_type, bits) = parse_one(part).ok_or_else(|| ScopeError { scope: part.to_owned() })?;
            none = false;
            match resource_type {
                None => scopes.any |= bits,
                Some(t) => match scopes.by_type.binary_search_by_key(&t, |(t, _)| *t) {
                    Ok(i) => {
                        if let Some((_, b)) = scopes.by_type.get_mut(i) {
                            *b |= bits;
                        }
                    }
                    Err(i) => scopes.by_type.insert(i, (t, bits)),
                },
            }
        }
        if none { Err(ScopeError { scope: text.to_owned() }) } else { Ok(scopes) }
    }

    /// Everything.
    pub fn full() -> Scopes {
        Scopes { any: 0b1_1111, by_type: Vec::new() }
    }

    /// Whether `interaction` on `resource_type` is granted.
    pub fn allows(&self, resource_type: ResourceType, interaction: Interaction) -> bool {
        let own = self
            .by_type
            .binary_search_by_key(&resource_type, |(t, _)| *t)
            .ok()
            .and_then(|i| self.by_type.get(i))
            .map_or(0, |(_, b)| *b);
        (self.any | own) & interaction.bit() != 0
    }

    /// Whether `interaction` is granted on every type (system search, system history, system export).
    pub fn allows_all(&self, interaction: Interaction) -> bool {
        self.any & interaction.bit() != 0
    }
}

impl std::fmt::Display for Scopes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let letters =
            |bits: u8| Interaction::ALL.iter().filter(|i| bits & i.bit() != 0).map(|i| i.letter()).collect::<String>();
        let mut first = true;
        let any = (self.any != 0).then(|| format!("system/*.{}", letters(self.any)));
        let typed = self.by_type.iter().map(|(t, bits)| format!("system/{}.{}", t.name(), letters(*bits)));
        for scope in any.into_iter().chain(typed) {
            if !first {
                f.write_str(" ")?;
            }
            first = false;
            f.write_str(&scope)?;
        }
        Ok(())
    }
}

fn parse_one(scope: &str) -> Option<(Option<ResourceType>, u8)> {
    let (resource, permission) = scope.strip_prefix("system/")?.split_once('.')?;
    let resource_type = if resource == "*" { None } else { Some(ResourceType::parse(resource)?) };
    let bits = match permission {
        "read" => Interaction::Read.bit() | Interaction::Search.bit(),
        "write" => Interaction::Create.bit() | Interaction::Update.bit() | Interaction::Delete.bit(),
        "*" => Scopes::full().any,
        letters => ordered_bits(letters)?,
    };
    Some((resource_type, bits))
}

/// A non-empty subset of `cruds` in that order.
fn ordered_bits(letters: &str) -> Option<u8> {
    let mut bits = 0;
    let mut rest = Interaction::ALL.iter();
    for letter in letters.chars() {
        let interaction = rest.find(|i| i.letter() == letter)?;
        bits |= interaction.bit();
    }
    (bits != 0).then_some(bits)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rt(name: &str) -> ResourceType {
        ResourceType::parse(name).unwrap()
    }

    fn granted(scopes: &str, resource_type: &str) -> String {
        let scopes = Scopes::parse(scopes).unwrap();
        Interaction::ALL.iter().filter(|i| scopes.allows(rt(resource_type), **i)).map(|i| i.letter()).collect()
    }

    #[test]
    fn a_scope_grants_exactly_what_it_names() {
        assert_eq!(granted("system/Patient.rs", "Patient"), "rs");
        assert_eq!(granted("system/Patient.rs", "Observation"), "");
        assert_eq!(granted("system/*.cruds", "Observation"), "cruds");
        assert_eq!(granted("system/*.r system/Observation.cu", "Observation"), "cru");
        assert_eq!(granted("system/*.r system/Observation.cu", "Patient"), "r");
        assert_eq!(granted("system/Patient.c system/Patient.d", "Patient"), "cd");
    }

    #[test]
    fn version_one_spellings_are_understood() {
        assert_eq!(granted("system/Patient.read", "Patient"), "rs");
        assert_eq!(granted("system/Patient.write", "Patient"), "cud");
        assert_eq!(granted("system/*.*", "Patient"), "cruds");
    }

    #[test]
    fn whole_system_interactions_need_a_scope_for_all_types() {
        assert!(Scopes::parse("system/*.s").unwrap().allows_all(Interaction::Search));
        assert!(!Scopes::parse("system/Patient.s").unwrap().allows_all(Interaction::Search));
    }

    #[test]
    fn what_cannot_be_granted_exactly_is_refused() {
        for bad in [
            "",
            " ",
            "system/Patient",
            "system/Patient.",
            "system/Patient.sr",
            "system/Patient.rr",
            "system/Patient.x",
            "system/patient.r",
            "system/Nothing.r",
            "patient/*.r",
            "user/*.r",
            "system/Observation.rs?category=laboratory",
            "system/Patient.r openid",
            "System/Patient.r",
        ] {
            assert!(Scopes::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn scopes_are_written_so_that_they_read_back() {
        for (given, written) in [
            ("system/*.cruds", "system/*.cruds"),
            ("system/Patient.read system/*.d", "system/*.d system/Patient.rs"),
            ("system/Patient.r system/Observation.s", "system/Observation.s system/Patient.r"),
        ] {
            let scopes = Scopes::parse(given).unwrap();
            assert_eq!(scopes.to_string(), written);
            assert_eq!(Scopes::parse(written).unwrap(), scopes);
        }
        assert_eq!(Scopes::full().to_string(), "system/*.cruds");
    }
}
