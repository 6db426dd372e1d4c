//! 病名.
use super::element::{date, display};
use karute_japan::Date;
use karute_json::Value;

/// A disease name on the patient's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Name as recorded.
    pub name: String,
    /// 開始日
    pub start: Option<Date>,
    /// 転帰日
    pub end: Option<Date>,
    /// Whether it is active.
    pub active: bool,
    /// 疑い
    pub suspected: bool,
    /// 主病名
    pub main: bool,
}

impl Problem {
    /// Reads a Condition; `None` when it was entered in error or names nothing.
    pub fn read(condition: &Value<'_>) -> Option<Problem> {
        let verification = condition.at(&["verificationStatus", "coding", "code"]).and_then(Value::as_str);
        if verification.as_deref() == Some("entered-in-error") {
            return None;
        }
        let clinical = condition.at(&["clinicalStatus", "coding", "code"]).and_then(Value::as_str);
        let name = display(condition.get("code")?)?;
        let categories = condition.get("category").map_or(&[][..], Value::items);
        Some(Problem {
            suspected: matches!(verification.as_deref(), Some("provisional" | "differential" | "unconfirmed"))
                || name.contains("疑い"),
            main: categories.iter().filter_map(display).any(|c| c.contains('主')),
            name,
            start: date(condition, &["onsetDateTime"]).or_else(|| date(condition, &["recordedDate"])),
            end: date(condition, &["abatementDateTime"]),
            active: matches!(clinical.as_deref(), None | Some("active" | "recurrence" | "relapse"))
                && condition.get("abatementDateTime").is_none(),
        })
    }
    /// The name as shown, with 「の疑い」 where it is only suspected.
    pub fn label(&self) -> String {
        if self.suspected && !self.name.contains("疑い") {
            format!("{}の疑い", self.name)
        } else {
            self.name.clone()
        }
    }
}
