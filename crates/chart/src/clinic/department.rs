//! 診療科: what stands in documents that leave the clinic (JP-CLINS 3.3).
use super::SPACE;
use crate::ChartError;
use crate::clean::line;
use karute_ledger::{Access, Action, Commit, Doc};
use serde::{Deserialize, Serialize};

const DEPARTMENT: &str = "department";
/// Longest name, in characters.
const LONGEST: usize = 20;

/// Departments of SS-MIX2 that clinics have: code and name.
pub const DEPARTMENTS: [(&str, &str); 22] = [
    ("01", "内科"),
    ("02", "精神科"),
    ("03", "神経科"),
    ("05", "呼吸器科"),
    ("06", "消化器科"),
    ("08", "循環器科"),
    ("09", "小児科"),
    ("10", "外科"),
    ("11", "整形外科"),
    ("12", "形成外科"),
    ("14", "脳神経外科"),
    ("18", "皮膚泌尿器科"),
    ("19", "皮膚科"),
    ("20", "泌尿器科"),
    ("23", "産婦人科"),
    ("24", "産科"),
    ("25", "婦人科"),
    ("26", "眼科"),
    ("27", "耳鼻咽喉科"),
    ("30", "放射線科"),
    ("31", "麻酔科"),
    ("36", "アレルギー科"),
];

/// The department of the clinic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Department {
    /// Its own name, as short as can be.
    pub name: String,
    /// Code of [`DEPARTMENTS`]; empty for none of them.
    pub code: String,
}

/// The department; `None` where nobody entered it.
pub async fn department(access: &Access) -> Result<Option<Department>, ChartError> {
    let stored = access.doc(SPACE, DEPARTMENT).await?;
    Ok(stored.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Keeps it. [`ChartError::Invalid`] without a name, or with a code that is none of [`DEPARTMENTS`].
pub async fn set_department(access: &Access, wanted: &Department) -> Result<Department, ChartError> {
    let name: String = line(&wanted.name).chars().take(LONGEST).collect();
    let known = wanted.code.is_empty() || DEPARTMENTS.iter().any(|(code, _)| *code == wanted.code);
    if name.is_empty() || !known {
        return Err(ChartError::Invalid);
    }
    let kept = Department { name, code: wanted.code.clone() };
    let mut commit = Commit::new(Action::Administer);
    commit.detail = Some("clinic department".to_owned());
    let value = serde_json::to_string(&kept).map_err(|_| ChartError::Invalid)?;
    commit.docs.push(Doc::Put { space: SPACE, key: DEPARTMENT.to_owned(), value, expires: None });
    access.commit(commit).await?;
    Ok(kept)
}
