//! What findings of profiles say.
use super::model::{Link, Profile, Rule, Wanted};
use super::{Finding, Severity};
use crate::validate::Location;
use karute_json::Value;

/// What an element does wrong.
pub(super) enum Fault<'f> {
    /// Too few; so many are needed.
    Min(u32),
    /// Too many; so many are allowed.
    Max(u32),
    /// Not the value it must have.
    Value(&'f Wanted),
    /// Not of the value set.
    Binding,
    /// Not one of these types.
    Type,
    /// A reference to a type that is not allowed.
    Target(&'f [Link]),
    /// A reference to a resource that does not fit any of these profiles.
    TargetProfile(&'f [Link]),
    /// Belongs to no slice, and there may be nothing else.
    Closed,
    /// An invariant is broken.
    Constraint { key: &'f str, error: bool, human: &'f str },
}

/// A finding about an element of a profile.
pub(super) fn finding(profile: &Profile, rule: &Rule, fault: &Fault<'_>, at: &Location<'_>) -> Finding {
    let name = &profile.name;
    let element = element_name(rule);
    let mut severity = Severity::Error;
    let (kind, message, remedy) = match fault {
        Fault::Min(1) => (
            "min",
            format!("{name} では {element} が必須です。"),
            format!("{element} を入れてください。"),
        ),
        Fault::Min(count) => (
            "min",
            format!("{name} では {element} が {count} 個以上必要です。"),
            format!("{element} を {count} 個以上入れてください。"),
        ),
        Fault::Max(0) => (
            "max",
            format!("{name} では {element} を使えません。"),
            format!("{element} を取り除いてください。"),
        ),
        Fault::Max(count) => (
            "max",
            format!("{name} では {element} は {count} 個までです。"),
            format!("{element} を {count} 個までに減らしてください。"),
        ),
        Fault::Value(wanted) => (
            "value",
            format!("{name} では {element} の値が決まっています。"),
            format!("「{}」にしてください。", shown(wanted)),
        ),
        Fault::Binding => (
            "binding",
            format!("{element} のコードが、{name} の定める値の集合 (必須) にありません。"),
            "定められたコード体系とコードに直してください。".to_owned(),
        ),
        Fault::Type => (
            "type",
            format!("{name} では {element} にこの型を使えません。"),
            match types(rule) {
                types if types.is_empty() => "プロファイルの定める型に直してください。".to_owned(),
                types => format!("型を {types} にしてください。"),
            },
        ),
        Fault::Target(links) => (
            "target",
            format!("{name} では {element} からこの種類のリソースを参照できません。"),
            format!("{} を参照してください。", link_names(links)),
        ),
        Fault::TargetProfile(links) => (
            "target-profile",
            format!("{element} の参照先が、{name} の定めるプロファイルに合っていません。"),
            format!("参照先を {} に合わせ、meta.profile に書いてください。", link_names(links)),
        ),
        Fault::Closed => (
            "closed",
            format!("{name} の {element} に、決められたもの以外が入っています。"),
            match slices(rule) {
                slices if slices.is_empty() => "取り除いてください。".to_owned(),
                slices => format!("入れられるのは {slices} だけです。直すか取り除いてください。"),
            },
        ),
        Fault::Constraint { key, error, human } => {
            if !error {
                severity = Severity::Warning;
            }
            let text = human.trim().trim_end_matches(['。', '.']);
            let text = if text.is_empty() { "プロファイルの規則を満たしていません" } else { text };
            return Finding {
                rule: format!("{name}#{}:{key}", rule.id),
                severity,
                location: at.to_string(),
                message: format!("{name} の規則 {key} を満たしていません: {text}。"),
                remedy: "この規則を満たすように直してください。".to_owned(),
            };
        }
    };
    Finding { rule: format!("{name}#{}:{kind}", rule.id), severity, location: at.to_string(), message, remedy }
}

/// The element as people read it: with the slice it belongs to, without `[x]`.
fn element_name(rule: &Rule) -> String {
    if rule.id.is_empty() { "リソース".to_owned() } else { rule.id.replace("[x]", "") }
}

fn shown(wanted: &Wanted) -> String {
    match wanted {
        Wanted::Fixed(value) | Wanted::Pattern(value) => match value {
            Value::String(text) => text.decode().into_owned(),
            other => other.to_json(),
        },
    }
}

fn types(rule: &Rule) -> String {
    let codes: Vec<&str> = rule.types.iter().map(|one| &*one.code).collect();
    codes.join("・")
}

fn link_names(links: &[Link]) -> String {
    let names: Vec<&str> = links.iter().take(6).map(|l| l.url.rsplit('/').next().unwrap_or(&l.url)).collect();
    names.join("・")
}

fn slices(rule: &Rule) -> String {
    let slices = rule.slicing.iter().flat_map(|slicing| &slicing.slices).take(12);
    let names: Vec<&str> = slices.filter_map(|slice| slice.rule.id.rsplit(':').next()).collect();
    names.join("・")
}

/// How to mend what the base definitions refuse, by their issue type.
pub(super) fn base_remedy(code: &str) -> &'static str {
    match code {
        "required" => "この要素を入れてください。",
        "code-invalid" => "FHIR R4 の定めるコードにしてください。",
        "value" => "値を正しい形に直してください。",
        "structure" => "FHIR R4 の構造に合わせて直してください。",
        _ => "この規則を満たすように直してください。",
    }
}
