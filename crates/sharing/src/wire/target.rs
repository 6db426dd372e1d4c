//! The key of what is registered (digest 5.2, 5.3): 被保険者個人識別子 and Bundle-ID.
use serde::{Deserialize, Serialize};

/// System of Bundle-IDs.
pub const BUNDLE_ID: &str = "http://jpfhir.jp/fhir/clins/bundle-identifier";
/// System of 被保険者個人識別子.
pub const MEMBER_ID: &str = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";

/// Longest 被保険者個人識別子 in characters.
const MAX_INSURED: usize = 200;

/// Why a key is refused. The key itself, which names a person, is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// R1013
    #[error("被保険者個人識別子の形式が正しくありません（R1013）。")]
    Insured,
    /// The branch number did not come with the card's data.
    #[error("被保険者個人識別子に枝番がありません。保険資格を確認し直してください。")]
    Branch,
    /// R02151
    #[error("Bundle-IDのsystemが正しくありません（R02151）。")]
    System,
    /// R2152
    #[error("Bundle-IDの形式が正しくありません（R2152）。")]
    Value,
}

/// The key: all three must match when something is deleted or replaced.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// 被保険者個人識別子, `保険者番号:記号:番号:枝番`.
    pub insured: String,
    /// `Bundle.identifier.system`
    pub system: String,
    /// `Bundle.identifier.value`, `医療機関コード^年^番号`.
    pub value: String,
}

/// The insured person is not told.
impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Target({})", self.value)
    }
}

impl Target {
    /// Checks its form (R1013, R02151, R2152).
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), TargetError> {
        insured(&self.insured)?;
        if self.system != BUNDLE_ID {
            return Err(TargetError::System);
        }
        bundle_value(&self.value)
    }

    /// 医療機関コード of who registered it.
    pub fn institution(&self) -> &str {
        self.value.split('^').next().unwrap_or_default()
    }
}

/// Checks 被保険者個人識別子: `^[0-9]{8}:[^:\s　]*:[^:\s　]*:([0-9]{2})?$`.
///
/// # Errors
/// When it has another form.
pub fn insured(text: &str) -> Result<(), TargetError> {
    let parts: Vec<&str> = text.split(':').collect();
    let [insurer, symbol, number, branch] = parts[..] else { return Err(TargetError::Insured) };
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let free = |part: &str| part.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let fits = digits(insurer, 8)
        && free(symbol)
        && free(number)
        && (branch.is_empty() || digits(branch, 2))
        && text.chars().count() <= MAX_INSURED;
    if fits { Ok(()) } else { Err(TargetError::Insured) }
}

/// Whether 枝番 is there: without it the service does not know the person (digest section 0, problems of the model
/// project).
pub fn has_branch(insured: &str) -> bool {
    insured.rsplit(':').next().is_some_and(|branch| branch.len() == 2)
}

/// Checks a Bundle-ID: `^[0-4][0-9][1-3][0-9]{7}\^20[2-3][0-9]\^[A-Za-z0-9\-]{1,36}$`.
///
/// # Errors
/// When it has another form.
pub fn bundle_value(text: &str) -> Result<(), TargetError> {
    let parts: Vec<&str> = text.split('^').collect();
    let [institution, year, local] = parts[..] else { return Err(TargetError::Value) };
    let code = institution.as_bytes();
    let fits = code.len() == 10
        && code.iter().all(u8::is_ascii_digit)
        && matches!(code, [b'0'..=b'4', _, b'1'..=b'3', ..])
        && matches!(year.as_bytes(), [b'2', b'0', b'2' | b'3', b'0'..=b'9'])
        && (1..=36).contains(&local.len())
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if fits { Ok(()) } else { Err(TargetError::Value) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_the_specification_pass_and_others_do_not() {
        for (text, passes) in [
            ("00012345:あいう:１８７:05", true),
            ("00012345::１８７:", true),
            ("01139997:１２３４５６７８:9001:01", true),
            ("1139997:1:2:01", false),
            ("00012345:あ う:１８７:05", false),
            ("00012345:あ　う:１８７:05", false),
            ("00012345::１８７:5", false),
            ("00012345::１８７", false),
            ("00012345:::1:05", false),
            ("", false),
        ] {
            assert_eq!(insured(text).is_ok(), passes, "{text}");
        }
        assert!(has_branch("00012345::１８７:05") && !has_branch("00012345::１８７:"));
        for (text, passes) in [
            ("1311234566^2026^CD-01J0ABCDEF0000000000000001", true),
            ("1311234566^2019^CD-1", false),
            ("5311234566^2026^CD-1", false),
            ("1341234566^2026^CD-1", false),
            ("1311234566^2026^CD_1", false),
            ("1311234566^2026^", false),
            ("1311234566^2026^1234567890123456789012345678901234567", false),
            ("1311234566-2026-CD", false),
        ] {
            assert_eq!(bundle_value(text).is_ok(), passes, "{text}");
        }
    }
}
