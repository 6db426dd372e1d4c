//! What the service keeps.
use crate::national::Weather;
use karute_eprescription::wire::in_house::InHouse;
use karute_eprescription::wire::message::{Insured, ServiceStatus};
use karute_eprescription::wire::prescription::Prescription;
use karute_japan::{Date, Timestamp};
use std::collections::BTreeMap;

/// Prescriptions kept; registrations beyond are refused.
pub(crate) const MAX_HELD: usize = 100_000;

/// Everything the service remembers.
#[derive(Default)]
pub(crate) struct World {
    /// By 処方箋ID.
    pub(crate) held: BTreeMap<String, Held>,
    /// 院内処方 by 院内処方等ID.
    pub(crate) in_house: BTreeMap<String, InHouseHeld>,
    /// Past drugs told by the tester, beside what was registered here.
    pub(crate) past: Vec<PastDrug>,
    /// Insured persons the service does not know, told by the tester.
    pub(crate) unknown: Vec<Insured>,
    /// For whom and which day the check was prepared (事前処理).
    pub(crate) prepared: Vec<(Insured, String)>,
    pub(crate) weather: Weather,
}

/// What was handed out in a house.
pub(crate) struct InHouseHeld {
    /// 医療機関コード, 10 digits.
    pub(crate) institution: String,
    pub(crate) given: InHouse,
    pub(crate) created: Timestamp,
    /// Neither cancelled nor replaced.
    pub(crate) stands: bool,
}

/// One registered prescription.
pub(crate) struct Held {
    pub(crate) id: String,
    pub(crate) access_code: String,
    /// 医療機関コード, 10 digits.
    pub(crate) institution: String,
    /// As it was sent.
    pub(crate) csv: Vec<u8>,
    pub(crate) what: Prescription,
    pub(crate) electronic: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) status: ServiceStatus,
    /// The pharmacy that has it.
    pub(crate) pharmacy: Option<super::pharmacy::Shop>,
    pub(crate) dispensed: Vec<Result>,
    /// When the next refill is planned.
    pub(crate) next_refill: Option<Date>,
    /// Replaced by this one (change).
    pub(crate) replaced_by: Option<String>,
    /// Took the place of this one (change).
    pub(crate) replaces: Option<String>,
}

/// A dispensing result.
pub(crate) struct Result {
    pub(crate) id: String,
    pub(crate) envelope: Vec<u8>,
    pub(crate) date: Date,
    pub(crate) message: bool,
}

/// A drug somebody else prescribed before.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PastDrug {
    pub(crate) insurer: String,
    #[serde(default)]
    pub(crate) symbol: String,
    pub(crate) number: String,
    #[serde(default)]
    pub(crate) branch: String,
    /// `yyyy-MM-dd`.
    pub(crate) date: String,
    /// Days of an oral drug; 0 for as needed and external.
    #[serde(default)]
    pub(crate) days: u16,
    pub(crate) code_kind: String,
    pub(crate) code: String,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) institution: String,
    #[serde(default)]
    pub(crate) pharmacy: String,
    #[serde(default)]
    pub(crate) usage: String,
}

impl Held {
    /// Registered and neither cancelled nor replaced.
    pub(crate) fn stands(&self) -> bool {
        self.status != ServiceStatus::Cancelled && self.replaced_by.is_none()
    }

    pub(crate) fn insured(&self) -> Insured {
        of(&self.what)
    }

    /// How often it may still be dispensed.
    pub(crate) fn refills_left(&self) -> usize {
        usize::from(self.what.refill.unwrap_or(1)).saturating_sub(self.dispensed.len())
    }
}

/// The insured person of a prescription; public assistance by its payer.
pub(crate) fn of(what: &Prescription) -> Insured {
    match (&what.insurance, what.payers.first()) {
        (Some(insurance), _) => Insured {
            insurer: insurance.insurer.clone(),
            symbol: insurance.symbol.clone(),
            number: insurance.number.clone(),
            branch: insurance.branch.clone(),
        },
        (None, Some(payer)) => Insured {
            insurer: payer.number.clone(),
            symbol: String::new(),
            number: payer.beneficiary.clone(),
            branch: String::new(),
        },
        (None, None) => {
            Insured { insurer: String::new(), symbol: String::new(), number: String::new(), branch: String::new() }
        }
    }
}

/// Whether both name the same person: numbers in any width; the branch only where both tell it.
pub(crate) fn same(one: &Insured, other: &Insured) -> bool {
    let folded = |text: &str| karute_japan::half_width_code(text).into_owned();
    let eight = |text: &str| format!("{:0>8}", folded(text).trim_start_matches(' '));
    let branch = one.branch.is_empty() || other.branch.is_empty() || folded(&one.branch) == folded(&other.branch);
    eight(&one.insurer) == eight(&other.insurer)
        && folded(&one.symbol) == folded(&other.symbol)
        && folded(&one.number) == folded(&other.number)
        && branch
}
