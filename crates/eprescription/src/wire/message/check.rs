//! Result of 重複投薬等チェック (digest 4.11).
use super::outcome::{MessageError, entries, entry_item};
use crate::profile::{ItemError, Profile, item_day};
use karute_japan::Date;
use karute_transport::xml::Element;

/// What the check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckResult {
    /// What was found; empty when nothing was.
    pub details: Vec<CheckDetail>,
}

/// One hit.
#[derive(Clone, PartialEq, Eq)]
pub struct CheckDetail {
    /// Number of the message.
    pub id: String,
    /// 重複投薬, 併用禁忌.
    pub category: String,
    /// 成分名; empty without consent.
    pub ingredient: String,
    /// Words of the service.
    pub message: String,
    /// The drug of the draft.
    pub target: Option<Medicine>,
    /// The drug it collides with; none without consent.
    pub past: Option<PastMedicine>,
}

impl std::fmt::Debug for CheckDetail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CheckDetail({}, past told: {})", self.id, self.past.is_some())
    }
}

/// A drug as the check tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Medicine {
    /// 薬品コード種別
    pub code_kind: String,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// 調剤数量
    pub quantity: String,
    /// 用法
    pub usage: String,
    /// 剤形
    pub form: String,
}

/// A drug prescribed or dispensed before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PastMedicine {
    /// Day.
    pub date: Option<Date>,
    /// The drug.
    pub medicine: Medicine,
    /// Institution.
    pub institution: String,
    /// Pharmacy; empty when it was not dispensed.
    pub pharmacy: String,
}

impl CheckResult {
    /// `outcome` is 0 when something was found, 2 when nothing was.
    pub(super) fn read(outcome: &str, body: &Element, profile: &Profile) -> Result<CheckResult, MessageError> {
        let entries = entries(body, "check", profile)?;
        let consistent = match outcome {
            "0" => !entries.is_empty(),
            "2" => entries.is_empty(),
            _ => false,
        };
        // A hit without details, or details without a hit, must never look like "nothing found".
        if !consistent {
            return Err(MessageError::Item { element: "CheckResult".to_owned(), error: ItemError::Code });
        }
        let details = entries.into_iter().map(|entry| detail(entry, profile)).collect::<Result<_, _>>()?;
        Ok(CheckResult { details })
    }
}

fn detail(entry: &Element, profile: &Profile) -> Result<CheckDetail, MessageError> {
    let text = |key: &str| entry_item(entry, "check", key, profile);
    let name = |list: &str| profile.list(list).map(|list| list.child.clone()).ok_or(MessageError::Unknown);
    let past = entry.child(&name("past")?);
    let past = past.map(|past| {
        let text = |key: &str| entry_item(past, "past", key, profile);
        Ok::<_, MessageError>(PastMedicine {
            date: item_day(&text("date")?),
            medicine: medicine(past, "past", profile)?,
            institution: text("institution")?,
            pharmacy: text("pharmacy")?,
        })
    });
    Ok(CheckDetail {
        id: text("id")?,
        category: text("category")?,
        ingredient: text("ingredient")?,
        message: text("message")?,
        target: entry.child(&name("target")?).map(|target| medicine(target, "target", profile)).transpose()?,
        past: past.transpose()?,
    })
}

fn medicine(entry: &Element, list: &str, profile: &Profile) -> Result<Medicine, MessageError> {
    let text = |key: &str| entry_item(entry, list, key, profile);
    Ok(Medicine {
        code_kind: text("code-kind")?,
        code: text("code")?,
        name: text("name")?,
        quantity: text("quantity")?,
        usage: text("usage")?,
        form: text("form")?,
    })
}
