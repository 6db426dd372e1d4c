//! 様式第一号(一)の1: payer, patient, diseases.
use crate::view::element::{code, date, display, number, reference, text};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// Insurance or public payer, as the sheet lists it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payer {
    /// 公費 rather than insurance.
    pub public: bool,
    /// 保険者番号 or 公費負担者番号
    pub number: Option<String>,
    /// Name of the insurer.
    pub name: Option<String>,
    /// 記号・番号（枝番）, or 受給者番号
    pub insured: Option<String>,
    /// 被保険者氏名
    pub subscriber: Option<String>,
    /// 続柄
    pub relation: Option<String>,
    /// 資格取得日
    pub from: Option<Date>,
    /// 有効期限
    pub until: Option<Date>,
}

/// A disease name with its course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disease {
    /// Name with modifiers, 疑い marked.
    pub name: String,
    /// 主病名
    pub main: bool,
    /// 開始
    pub start: Option<Date>,
    /// 終了
    pub end: Option<Date>,
    /// 転帰
    pub outcome: Option<&'static str>,
}

/// What stands on the front sheet beside name and birth date.
#[derive(Clone, Debug, Default)]
pub struct Cover {
    /// 住所
    pub address: Option<String>,
    /// 電話
    pub phones: Vec<String>,
    /// 職業
    pub occupation: Option<String>,
    /// Payers, main one first.
    pub payers: Vec<Payer>,
    /// Diseases, main one first, ended ones too.
    pub diseases: Vec<Disease>,
}

/// Extension of JP Core for 記号, 番号 and 枝番 of an insurance.
const INSURED: [(&str, &str); 3] = [
    ("http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol", ""),
    ("http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber", "・"),
    ("http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber", "枝番 "),
];

/// Reads a Coverage.
pub(super) fn payer(coverage: &Value<'_>) -> Option<(i64, Payer)> {
    if text(coverage, &["status"]).as_deref() == Some("entered-in-error") {
        return None;
    }
    let kind = coverage.get("type").and_then(display).unwrap_or_default();
    let extensions = coverage.get("extension").map_or(&[][..], Value::items);
    let mut insured = String::new();
    for (url, front) in INSURED {
        let found = extensions.iter().find(|e| text(e, &["url"]).as_deref() == Some(url));
        if let Some(value) = found.and_then(|e| text(e, &["valueString"])) {
            if !insured.is_empty() && !front.is_empty() {
                insured.push_str(if front == "・" { "・" } else { "　枝番 " });
            }
            insured.push_str(&value);
        }
    }
    let order = coverage.get("order").and_then(Value::as_number).and_then(karute_json::Number::as_i64).unwrap_or(1);
    Some((
        order,
        Payer {
            public: kind.contains("公費") || kind.contains("生活保護"),
            number: text(coverage, &["payor", "0", "identifier", "value"]),
            name: text(coverage, &["payor", "0", "display"]).or_else(|| (!kind.is_empty()).then_some(kind)),
            insured: if insured.is_empty() { text(coverage, &["subscriberId"]) } else { Some(insured) },
            subscriber: text(coverage, &["subscriber", "display"]),
            relation: coverage.get("relationship").and_then(relation),
            from: date(coverage, &["period", "start"]),
            until: date(coverage, &["period", "end"]),
        },
    ))
}

fn relation(concept: &Value<'_>) -> Option<String> {
    let coded = code(concept, "http://terminology.hl7.org/CodeSystem/subscriber-relationship");
    Some(match coded.as_deref() {
        Some("self") => "本人".to_owned(),
        Some("spouse" | "child" | "parent" | "other" | "common") => "家族".to_owned(),
        _ => display(concept)?,
    })
}

/// Reads a Condition; `None` when it was entered in error.
pub(super) fn disease(condition: &Value<'_>) -> Option<Disease> {
    let problem = crate::view::Problem::read(condition)?;
    Some(Disease {
        name: problem.label(),
        main: problem.main,
        start: problem.start,
        end: problem.end,
        outcome: outcome(condition),
    })
}

/// 転帰: 治ゆ, 死亡 or 中止; what JP Core says by its extension, else what FHIR's clinical status means.
fn outcome(condition: &Value<'_>) -> Option<&'static str> {
    let extensions = condition.get("extension").map_or(&[][..], Value::items);
    let named = extensions.iter().find(|e| text(e, &["url"]).is_some_and(|u| u.to_lowercase().contains("outcome")));
    let words = named.and_then(|e| {
        e.get("valueCodeableConcept")
            .and_then(display)
            .or_else(|| text(e, &["valueCode"]))
            .or_else(|| text(e, &["valueString"]))
    });
    let word = |words: &str| {
        [("治", "治ゆ"), ("死亡", "死亡"), ("中止", "中止"), ("転医", "中止"), ("R", "治ゆ"), ("D", "死亡")]
            .into_iter()
            .find(|(part, _)| words.contains(part))
            .map(|(_, shown)| shown)
    };
    if let Some(found) = words.as_deref().and_then(word) {
        return Some(found);
    }
    match text(condition, &["clinicalStatus", "coding", "code"]).as_deref() {
        Some("resolved") => Some("治ゆ"),
        Some("inactive" | "remission") => Some("中止"),
        _ => None,
    }
}

/// Address, telephone numbers and occupation of a Patient.
pub(super) fn cover(patient: &Value<'_>) -> Cover {
    let address = patient.get("address").and_then(|a| a.items().first());
    let lines = address.and_then(|a| a.get("line")).map_or(&[][..], Value::items);
    let parts = ["state", "city"].iter().filter_map(|name| address.and_then(|a| text(a, &[name])));
    let joined: String = parts.chain(lines.iter().filter_map(|l| l.as_str().map(|l| l.trim().to_owned()))).collect();
    let postal = address.and_then(|a| text(a, &["postalCode"])).map(|p| format!("〒{p} ")).unwrap_or_default();
    let written = if joined.is_empty() { address.and_then(|a| text(a, &["text"])) } else { Some(joined) };
    let telecom = patient.get("telecom").map_or(&[][..], Value::items);
    let extensions = patient.get("extension").map_or(&[][..], Value::items);
    let occupation = extensions.iter().find(|e| text(e, &["url"]).is_some_and(|u| u.contains("ccupation")));
    Cover {
        address: written.map(|w| format!("{postal}{w}")),
        phones: telecom
            .iter()
            .filter(|t| text(t, &["system"]).as_deref() == Some("phone"))
            .filter_map(|t| text(t, &["value"]))
            .collect(),
        occupation: occupation
            .and_then(|e| text(e, &["valueString"]).or_else(|| e.get("valueCodeableConcept").and_then(display))),
        payers: Vec::new(),
        diseases: Vec::new(),
    }
}

/// Whose a Coverage, a Condition or a visit is, for reading one patient's.
pub(super) fn visit_of(resource: &Value<'_>) -> Option<Id> {
    reference(resource, &["encounter", "reference"], "Encounter")
}

/// A quantity in words: `28 日`.
pub(super) fn amount(node: &Value<'_>, path: &[&str]) -> Option<String> {
    let quantity = node.at(path)?;
    Some(format!("{}{}", number(quantity, &["value"])?, text(quantity, &["unit"]).unwrap_or_default()))
}
