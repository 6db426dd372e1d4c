//! The search parameters of each resource type and the Patient compartment.
use super::definitions::{Definitions, items, text, texts};
use super::errata::corrected;
use super::model::Type;
use super::source::{SourceFile, header, quote, quote_all};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

/// A parameter as it applies to one type.
struct Param<'a> {
    definition: &'a Value,
    expression: String,
    /// (code of the component parameter, expression below the composite's element)
    components: Vec<(String, String)>,
}

/// `search_params.rs`
pub(crate) fn generate(definitions: &Definitions, types: &BTreeMap<String, Type>) -> Result<SourceFile> {
    let by_type = by_type(definitions)?;
    prove_keys(&by_type)?;
    let mut targets = Targets::new(&definitions.resource_types);
    let mut body = String::new();
    for name in &definitions.resource_types {
        let Some(params) = by_type.get(name.as_str()) else {
            body.push_str("&[],\n");
            continue;
        };
        let _ = writeln!(body, "// {name}\n&[");
        for (code, param) in params {
            let definition = param.definition;
            let components: Vec<String> =
                param.components.iter().map(|(c, e)| format!("({},{})", quote(c), quote(e))).collect();
            let _ = writeln!(
                body,
                "p({:#010x},{},{},{},{},{},&[{}]),",
                fnv1a(&format!("{name}.{code}")),
                quote(code),
                quote(text(definition, "url")),
                kind(text(definition, "type"))?,
                quote(&param.expression),
                targets.name(&narrowed(types, name, &param.expression, texts(definition, "target"))),
                components.join(","),
            );
        }
        body.push_str("],\n");
    }
    let mut out = header("Search parameters by resource type (index of `ResourceType`), each list sorted by code.");
    out.push_str("use crate::search::{ParamKey, ParamType, SearchParam};\n");
    out.push_str("use ParamType::{Composite, Date, Number, Quantity, Reference, String, Token, Uri};\n");
    out.push_str(
        "const fn p(key: u32, code: &'static str, url: &'static str, kind: ParamType, expression: &'static str, \
         targets: &'static [&'static str], components: &'static [(&'static str, &'static str)]) -> SearchParam {\n\
         SearchParam { key: ParamKey(key), code, url, kind, expression, targets, components }\n}\n",
    );
    out.push_str(&targets.declarations);
    let count = definitions.resource_types.len();
    let _ = write!(out, "pub(crate) static SEARCH_PARAMS: [&[SearchParam]; {count}] = [\n{body}];\n");
    out.push_str("/// Codes of the parameters that put a resource into a patient's compartment.\n");
    let _ = writeln!(out, "pub(crate) static PATIENT_COMPARTMENT: [&[&str]; {count}] = [");
    let compartment: HashMap<&str, Vec<&str>> = items(&definitions.patient_compartment, "resource")
        .iter()
        .map(|r| (text(r, "code"), texts(r, "param")))
        .collect();
    for name in &definitions.resource_types {
        let codes = compartment.get(name.as_str()).cloned().unwrap_or_default();
        for code in &codes {
            let known = by_type.get(name.as_str()).is_some_and(|p| p.contains_key(code));
            if !known {
                bail!("compartment names unknown parameter {name}.{code}");
            }
        }
        let _ = writeln!(out, "{}, // {name}", quote_all(&codes));
    }
    out.push_str("];\n");
    Ok(SourceFile { name: "search_params.rs", text: out })
}

type ByType<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Param<'a>>>;

fn by_type(definitions: &Definitions) -> Result<ByType<'_>> {
    let by_url: HashMap<&str, &Value> = definitions.search_parameters.iter().map(|p| (text(p, "url"), p)).collect();
    let mut by_type = ByType::new();
    for definition in &definitions.search_parameters {
        let (code, url, published) =
            (text(definition, "code"), text(definition, "url"), text(definition, "expression"));
        // `_…` belong to the server itself; without expression there is nothing to index; the only special
        // parameter with an expression is `Location.near`, which needs geometry.
        if code.starts_with('_') || published.is_empty() || text(definition, "type") == "special" {
            continue;
        }
        let bases = texts(definition, "base");
        for base in &bases {
            let mut components = Vec::new();
            for component in items(definition, "component") {
                let target = text(component, "definition");
                let named = by_url.get(target).with_context(|| format!("{url}: unknown component {target}"))?;
                if !texts(named, "base").contains(base) {
                    bail!("{url}: component {target} does not apply to {base}");
                }
                let expression = corrected(target, text(component, "expression"));
                components.push((text(named, "code").to_owned(), corrected(url, &expression)));
            }
            let expression = value_of_extension(&corrected(url, &for_base(published, base, &bases)));
            if expression.is_empty() {
                bail!("{url}: no expression for {base}");
            }
            let param = Param { definition, expression, components };
            if by_type.entry(base).or_default().insert(code, param).is_some() {
                bail!("{base}.{code} is defined twice");
            }
        }
    }
    Ok(by_type)
}

/// The parts of a union that apply to `base`: those that start with its name, and those that name no type.
fn for_base(expression: &str, base: &str, bases: &[&str]) -> String {
    let parts: Vec<&str> = union_parts(expression)
        .into_iter()
        .filter(|part| {
            let head = part.trim_start_matches('(');
            let head = &head[..head.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(head.len())];
            head == base || !bases.contains(&head)
        })
        .collect();
    parts.join(" | ")
}

/// Splits at `|` outside parentheses and quotes.
fn union_parts(expression: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut quoted, mut start) = (Vec::new(), 0, false, 0);
    for (i, c) in expression.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 0 => {
                parts.push(expression[start..i].trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(expression[start..].trim());
    parts
}

/// A parameter that ends at an extension means the extension's value.
fn value_of_extension(expression: &str) -> String {
    let ends_at_extension = expression
        .rfind(".extension('")
        .is_some_and(|at| expression[at..].find("')") == Some(expression.len() - at - 2));
    if ends_at_extension { format!("{expression}.value") } else { expression.to_owned() }
}

/// The targets a parameter can have in this type. Definitions shared by many types list the targets of all of them,
/// so the list is narrowed to what the elements themselves may point to, or to what the expression keeps.
fn narrowed<'a>(
    types: &'a BTreeMap<String, Type>,
    base: &str,
    expression: &'a str,
    published: Vec<&'a str>,
) -> Vec<&'a str> {
    let mut possible = BTreeSet::new();
    for part in union_parts(expression) {
        if let Some((_, kept)) = part.split_once(".where(resolve() is ") {
            possible.insert(kept.trim_end_matches(')'));
        } else {
            match targets_of_path(types, base, part) {
                Some(targets) if !targets.is_empty() => possible.extend(targets.iter().map(String::as_str)),
                // Anything, or a path that is not simple.
                _ => return published,
            }
        }
    }
    let narrowed: Vec<&str> = published.iter().copied().filter(|t| possible.contains(t)).collect();
    if narrowed.is_empty() { published } else { narrowed }
}

/// What the reference at the end of a simple path may point to.
fn targets_of_path<'a>(types: &'a BTreeMap<String, Type>, base: &str, path: &str) -> Option<&'a [String]> {
    let path = path.trim_start_matches('(').trim_end_matches(')').trim_end_matches(" as Reference");
    let mut steps = path.split('.');
    let mut here = types.get(steps.next().filter(|root| *root == base)?)?;
    let mut steps = steps.peekable();
    while let Some(step) = steps.next() {
        let element = here.elements.iter().find(|e| e.name == step)?;
        if steps.peek().is_none() {
            return element.types.iter().find(|t| t.name == "Reference").map(|t| t.targets.as_slice());
        }
        let [only] = element.types.as_slice() else { return None };
        here = types.get(&only.name)?;
    }
    None
}

fn kind(published: &str) -> Result<&'static str> {
    Ok(match published {
        "number" => "Number",
        "date" => "Date",
        "string" => "String",
        "token" => "Token",
        "reference" => "Reference",
        "composite" => "Composite",
        "quantity" => "Quantity",
        "uri" => "Uri",
        other => bail!("unknown search parameter type {other}"),
    })
}

/// Lists of target types, each declared once.
struct Targets<'a> {
    all: &'a [String],
    names: HashMap<Vec<String>, String>,
    declarations: String,
}

impl<'a> Targets<'a> {
    fn new(all: &'a [String]) -> Targets<'a> {
        let declarations = "/// Any type: the list of all.\nconst ANY: &[&str] = &super::RESOURCE_TYPES;\n".to_owned();
        Targets { all, names: HashMap::new(), declarations }
    }

    fn name(&mut self, targets: &[&str]) -> String {
        if targets.is_empty() {
            return "&[]".to_owned();
        }
        // "Any" is published as the list of every type (but the one a definition forgets).
        if targets.len() + 1 >= self.all.len() {
            return "ANY".to_owned();
        }
        let mut sorted: Vec<String> = targets.iter().map(|&t| t.to_owned()).collect();
        sorted.sort();
        if let Some(name) = self.names.get(&sorted) {
            return name.clone();
        }
        let name = format!("T{}", self.names.len());
        let _ = writeln!(self.declarations, "const {name}: &[&str] = {};", quote_all(&sorted));
        self.names.insert(sorted, name.clone());
        name
    }
}

/// FNV-1a 32, as `ParamKey::of`.
fn fnv1a(name: &str) -> u32 {
    name.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Fails when two index names share a key.
fn prove_keys(by_type: &ByType<'_>) -> Result<()> {
    let mut seen: HashMap<u32, String> = HashMap::new();
    let mut add = |name: String| match seen.insert(fnv1a(&name), name.clone()) {
        Some(other) => bail!("{name} and {other} have the same key"),
        None => Ok(()),
    };
    add("compartment:Patient".to_owned())?;
    for (base, params) in by_type {
        // The parameters every type has.
        for control in ["_tag", "_profile", "_security", "_source"] {
            add(format!("{base}.{control}"))?;
        }
        for (code, param) in params {
            add(format!("{base}.{code}"))?;
            match text(param.definition, "type") {
                "reference" => add(format!("{base}.{code}:identifier"))?,
                "token" => add(format!("{base}.{code}:of-type"))?,
                _ => {}
            }
        }
    }
    Ok(())
}
