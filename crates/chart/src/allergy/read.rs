//! Reading what stands.
use super::resource;
use super::state::{Breastfeeding, Pregnancy, State};
use super::{Kind, Severity};
use crate::author::{awaits_approval, principal_in};
use crate::query::{parse, search};
use crate::view::element::{date, text};
use crate::view::{Allergy, AllergyEntry};
use crate::{ChartError, asked};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::Value;
use karute_ledger::{Reader, Version};

/// One allergy or contraindication with what is needed to change it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Opaque id.
    pub id: Id,
    /// Version the reader saw.
    pub version: u32,
    /// As every screen shows it.
    pub shown: AllergyEntry,
    /// What kind.
    pub kind: Kind,
    /// How bad.
    pub severity: Option<Severity>,
    /// Code of the substance: system, code.
    pub code: Option<(String, String)>,
    /// When it happened, as it is recorded: `2019`, `2019-04`, `2019-04-01`.
    pub when: Option<String>,
    /// Who entered it.
    pub recorder: Option<String>,
    /// When it was entered.
    pub recorded: Option<Date>,
    /// 承認待ち
    pub awaiting: bool,
    /// For whom a proxy entered or changed it (依頼医).
    pub principal: Option<String>,
}

/// An infection that those who treat the patient must mind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Infection {
    /// Opaque id.
    pub id: Id,
    /// Version the reader saw.
    pub version: u32,
    /// What: `HBs抗原 陽性`.
    pub words: String,
    /// Since when it is known.
    pub since: Option<Date>,
}

/// What stands beside the allergies in the banner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alerts {
    /// Infections to mind.
    pub infections: Vec<Infection>,
    /// Pregnancy, when somebody said something of it.
    pub pregnancy: Option<State<Pregnancy>>,
    /// Breast-feeding, when somebody said something of it.
    pub breastfeeding: Option<State<Breastfeeding>>,
}

/// Everything of the page.
#[derive(Clone, Debug)]
pub struct Record {
    /// The three states, as the banner shows them.
    pub state: Allergy,
    /// Active entries, worst first.
    pub entries: Vec<Entry>,
    /// Entries that no longer hold.
    pub ended: Vec<Entry>,
    /// The rest.
    pub alerts: Alerts,
}

/// Everything of a patient.
pub fn record<'a>(reader: &'a Reader, patient: &'a Id) -> BoxFuture<'a, Result<Record, ChartError>> {
    Box::pin(async move {
        let found = asked::allergies(reader, patient).await?;
        let mut bodies = Vec::with_capacity(found.len());
        for version in &found {
            bodies.push(parse(version)?);
        }
        let state = Allergy::read(bodies.iter());
        let (mut entries, mut ended) = (Vec::new(), Vec::new());
        for (version, body) in found.iter().zip(&bodies) {
            let Some((entry, active)) = entry(version, body) else { continue };
            if active { entries.push(entry) } else { ended.push(entry) }
        }
        entries.sort_by_key(|e: &Entry| (e.severity.map_or(1, |s| 3 - s as u8), e.shown.substance.clone()));
        Ok(Record { state, entries, ended, alerts: alerts(reader, patient).await? })
    })
}

/// Infections, pregnancy, breast-feeding.
pub(crate) async fn alerts(reader: &Reader, patient: &Id) -> Result<Alerts, ChartError> {
    let mut alerts = Alerts::default();
    for version in search(reader, "Flag", &[("patient", patient.as_str()), ("_count", "50")]).await?.matches {
        let body = parse(&version)?;
        let is_infection = body
            .get("category")
            .is_some_and(|c| c.items().iter().any(|c| crate::view::element::code(c, resource::FLAG).is_some()));
        if text(&body, &["status"]).as_deref() == Some("active") && is_infection {
            alerts.infections.push(Infection {
                id: version.id.clone(),
                version: version.version,
                words: body.get("code").and_then(crate::view::element::display).unwrap_or_default(),
                since: date(&body, &["period", "start"]),
            });
        }
    }
    let codes = format!("{},{}", resource::PREGNANCY, resource::BREASTFEEDING);
    let pairs = [("patient", patient.as_str()), ("code", codes.as_str()), ("_sort", "-date"), ("_count", "20")];
    for version in search(reader, "Observation", &pairs).await?.matches {
        let body = parse(&version)?;
        if text(&body, &["status"]).as_deref() == Some("entered-in-error") {
            continue;
        }
        let of = |code: &str| {
            body.get("code").and_then(|c| crate::view::element::code(c, resource::LOINC)).as_deref() == Some(code)
        };
        let (on, by) = (date(&body, &["effectiveDateTime"]), text(&body, &["performer", "0", "display"]));
        let answer = text(&body, &["valueCodeableConcept", "coding", "0", "code"]).unwrap_or_default();
        if of(resource::PREGNANCY) && alerts.pregnancy.is_none() {
            let value = Pregnancy::ALL.into_iter().find(|p| p.answer().1 == answer);
            let due = body.at(&["component", "0"]).and_then(|c| date(c, &["valueDateTime"]));
            alerts.pregnancy = value.map(|value| State { value, on, due, by });
        } else if of(resource::BREASTFEEDING) && alerts.breastfeeding.is_none() {
            let value = Breastfeeding::ALL.into_iter().find(|b| resource::breastfeeding_answer(*b).1 == answer);
            alerts.breastfeeding = value.map(|value| State { value, on, due: None, by });
        }
    }
    Ok(alerts)
}

/// An entry and whether it holds; `None` for statements that there is none, and for what was entered in error.
pub(super) fn entry(version: &Version, body: &Value<'_>) -> Option<(Entry, bool)> {
    let verification = text(body, &["verificationStatus", "coding", "0", "code"]);
    if matches!(verification.as_deref(), Some("entered-in-error" | "refuted")) {
        return None;
    }
    let shown = AllergyEntry::read(body)?;
    let active =
        !matches!(text(body, &["clinicalStatus", "coding", "0", "code"]).as_deref(), Some("inactive" | "resolved"));
    let categories: Vec<String> = body
        .get("category")
        .map_or(&[][..], Value::items)
        .iter()
        .filter_map(|c| c.as_str().map(std::borrow::Cow::into_owned))
        .collect();
    let has = |word: &str| categories.iter().any(|c| c == word);
    let kind = if resource::is_contraindication(body) {
        Kind::Contraindication
    } else if has("medication") {
        Kind::Drug
    } else if has("food") {
        Kind::Food
    } else {
        Kind::Other
    };
    let entry = Entry {
        id: version.id.clone(),
        version: version.version,
        shown,
        kind,
        severity: text(body, &["reaction", "0", "severity"]).and_then(|s| Severity::parse(&s)),
        code: text(body, &["code", "coding", "0", "system"]).zip(text(body, &["code", "coding", "0", "code"])),
        when: text(body, &["onsetDateTime"]),
        recorder: text(body, &["recorder", "display"]),
        recorded: date(body, &["recordedDate"]),
        awaiting: awaits_approval(body),
        principal: principal_in(body),
    };
    Some((entry, active))
}
