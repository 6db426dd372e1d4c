//! What each person sets for their own screens (ux A11Y-05, A11Y-11): one document per person, asked for with every
//! page and therefore kept for a while.
use crate::{WebState, error::WebError, guard::Signed};
use karute_ledger::{Action, Commit, Doc};
use serde::{Deserialize, Serialize};

/// Where they lie: key is the person's id.
const SPACE: &str = "web.preferences";

/// Keys of one character (`/`, `?`, `N`, `R` …), which get in the way of those who dictate (WCAG 2.2, 2.1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SingleKeys {
    /// They act.
    #[default]
    On,
    /// They act together with Alt.
    WithAlt,
    /// They do nothing.
    Off,
}

/// How closely things stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Density {
    /// 標準
    #[default]
    Standard,
    /// ゆったり: controls as high as for fingers.
    Roomy,
    /// 大きな文字: everything grows with an 18 px root.
    Large,
}

/// The preferences of a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Preferences {
    #[serde(default)]
    pub(crate) keys: SingleKeys,
    #[serde(default)]
    pub(crate) density: Density,
}

impl SingleKeys {
    pub(crate) const ALL: [(SingleKeys, &'static str, &'static str); 3] = [
        (SingleKeys::On, "on", "使う"),
        (SingleKeys::WithAlt, "with-alt", "Alt と一緒に押す"),
        (SingleKeys::Off, "off", "使わない"),
    ];
    /// As the script reads it.
    pub(crate) fn code(self) -> &'static str {
        SingleKeys::ALL.iter().find(|(each, _, _)| *each == self).map_or("on", |(_, code, _)| code)
    }
}

impl Density {
    pub(crate) const ALL: [(Density, &'static str, &'static str); 3] = [
        (Density::Standard, "standard", "標準"),
        (Density::Roomy, "roomy", "ゆったり"),
        (Density::Large, "large", "大きな文字"),
    ];
    /// As the style sheet reads it.
    pub(crate) fn code(self) -> &'static str {
        Density::ALL.iter().find(|(each, _, _)| *each == self).map_or("standard", |(_, code, _)| code)
    }
}

/// Reads them; what cannot be read any more counts as not set.
pub(crate) async fn of(state: &WebState, signed: &Signed) -> Result<Preferences, WebError> {
    let key = (signed.caller.tenant, signed.info.person.clone());
    if let Some(kept) = state.kept().preferences(&key, state.now()) {
        return Ok(*kept);
    }
    let stored = state.access(&signed.caller).doc(SPACE, &signed.info.person).await?;
    let found: Preferences = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    state.kept().keep_preferences(key, found, state.now());
    Ok(found)
}

/// Sets them.
pub(crate) async fn set(state: &WebState, signed: &Signed, preferences: Preferences) -> Result<(), WebError> {
    let value = serde_json::to_string(&preferences).map_err(|_| WebError::Internal)?;
    let mut commit = Commit::new(Action::Administer);
    commit.detail = Some("own screen preferences".to_owned());
    commit.docs.push(Doc::Put { space: SPACE, key: signed.info.person.clone(), value, expires: None });
    state.access(&signed.caller).commit(commit).await?;
    state.kept().keep_preferences((signed.caller.tenant, signed.info.person.clone()), preferences, state.now());
    Ok(())
}
