//! Insurance in the clinic's short words: 社保 本人 3割, 国保 3割, 後期 1割 (ux §11).
use super::element::{code, date, display, number, reference, text};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;

/// Insurance of a patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insurance {
    /// Whose.
    pub patient: Option<Id>,
    /// Short words.
    pub short: String,
    /// 保険者番号
    pub payer_number: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day.
    pub until: Option<Date>,
    /// `Coverage.status` is active.
    pub active: bool,
    /// 公費 and other payers beside the main one come later in the order.
    pub order: i64,
}

impl Insurance {
    /// Reads a Coverage.
    pub fn read(coverage: &Value<'_>) -> Insurance {
        let class = coverage.get("type").and_then(display).map(|c| short_class(&c));
        // 国保 and 後期 know no insured and dependent; only 社保 says which.
        let employed = class.as_deref() == Some("社保");
        let relation = coverage.get("relationship").filter(|_| employed).and_then(relation);
        let words = [class, relation, share(coverage)];
        let short = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
        Insurance {
            patient: reference(coverage, &["beneficiary", "reference"], "Patient"),
            short: if short.is_empty() { "保険 未登録".to_owned() } else { short },
            payer_number: text(coverage, &["payor", "0", "identifier", "value"]),
            from: date(coverage, &["period", "start"]),
            until: date(coverage, &["period", "end"]),
            active: text(coverage, &["status"]).as_deref() == Some("active"),
            order: coverage.get("order").and_then(Value::as_number).and_then(karute_json::Number::as_i64).unwrap_or(1),
        }
    }
    /// Whether it holds on a day.
    pub fn valid_on(&self, day: Date) -> bool {
        self.active && self.from.is_none_or(|f| f <= day) && self.until.is_none_or(|u| day <= u)
    }
}

fn short_class(class: &str) -> String {
    let found = [
        ("後期", "後期"),
        ("国民健康", "国保"),
        ("国保", "国保"),
        ("協会", "社保"),
        ("組合", "社保"),
        ("共済", "社保"),
        ("社保", "社保"),
        ("被用者", "社保"),
        ("生活保護", "生保"),
        ("生保", "生保"),
        ("自費", "自費"),
        ("労災", "労災"),
        ("自賠責", "自賠責"),
    ];
    found.iter().find(|(word, _)| class.contains(word)).map_or_else(|| class.to_owned(), |(_, s)| (*s).to_owned())
}

fn relation(concept: &Value<'_>) -> Option<String> {
    let by_code = code(concept, "http://terminology.hl7.org/CodeSystem/subscriber-relationship");
    let word = by_code.or_else(|| text(concept, &["coding", "code"])).or_else(|| display(concept))?;
    match word.as_str() {
        "self" | "1" | "本人" => Some("本人".to_owned()),
        "child" | "spouse" | "parent" | "other" | "common" | "2" | "家族" => Some("家族".to_owned()),
        _ => None,
    }
}

/// 負担割合: `costToBeneficiary` in per cent.
fn share(coverage: &Value<'_>) -> Option<String> {
    let costs = coverage.get("costToBeneficiary").map_or(&[][..], Value::items);
    let percent = costs.iter().find_map(|c| number(c, &["valueQuantity", "value"]))?;
    let percent: f64 = percent.parse().ok()?;
    (0.0..=100.0).contains(&percent).then(|| format!("{}割", (percent / 10.0).round() as i64))
}
