//! What drugs do to values, and when treatment is stepped up.
use super::body::Body;
use crate::clinic::chronic::{Chronic, Kind};
use crate::clinic::drugs::Drug;
use karute_japan::Date;

/// Sum of what all drugs of a patient do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effect {
    /// mmHg lower.
    pub(crate) systolic: f64,
    /// Percentage points lower.
    pub(crate) hba1c: f64,
    /// Remaining share of LDL-C.
    pub(crate) ldl_factor: f64,
    /// mg/dL lower.
    pub(crate) urate: f64,
    /// g/dL higher.
    pub(crate) haemoglobin: f64,
    /// μIU/mL lower.
    pub(crate) tsh: f64,
    /// kg lower.
    pub(crate) weight: f64,
    /// Beats a minute fewer.
    pub(crate) pulse: f64,
}

impl Effect {
    pub(crate) fn of(drugs: &[Drug]) -> Effect {
        let mut sum = Effect {
            systolic: 0.0,
            hba1c: 0.0,
            ldl_factor: 1.0,
            urate: 0.0,
            haemoglobin: 0.0,
            tsh: 0.0,
            weight: 0.0,
            pulse: 0.0,
        };
        for drug in drugs {
            match drug.code9 {
                "2171022F1" => sum.systolic += 11.0,
                "2171022F2" => sum.systolic += 17.0,
                "2149042F2" | "2149040F3" => sum.systolic += 9.0,
                "2149048F1" => sum.systolic += 13.0,
                "2123016F1" => (sum.systolic, sum.pulse) = (sum.systolic + 5.0, sum.pulse + 9.0),
                "2139005F1" => (sum.systolic, sum.weight) = (sum.systolic + 3.0, sum.weight + 1.5),
                "3962002F3" => sum.hba1c += 1.0,
                "3962002F2" | "3969010F2" | "3969014F1" => sum.hba1c += 0.6,
                "3969019F1" | "3969023F1" => {
                    (sum.hba1c, sum.weight, sum.systolic) = (sum.hba1c + 0.6, sum.weight + 2.0, sum.systolic + 3.0);
                }
                "2189017F1" => sum.ldl_factor *= 0.62,
                "2189015F2" => sum.ldl_factor *= 0.60,
                "2189018F1" => sum.ldl_factor *= 0.82,
                "3949003F1" => sum.urate += 1.9,
                "3949003F2" => sum.urate += 2.9,
                "3222013F1" => sum.haemoglobin += 2.9,
                "2431004F1" => sum.tsh += 11.5,
                _ => {}
            }
        }
        sum
    }
}

/// Whether a problem is out of its goal.
pub(crate) fn out_of_goal(kind: Kind, body: &Body) -> bool {
    match kind {
        Kind::Hypertension => body.systolic >= 140.0,
        Kind::Diabetes => body.hba1c >= 7.2,
        Kind::Lipids => body.ldl >= 135.0,
        Kind::UricAcid => body.urate > 6.4,
        _ => false,
    }
}

/// Where a problem's treatment stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    pub(crate) problem: &'static Chronic,
    pub(crate) step: usize,
    /// When the problem became known.
    pub(crate) begun: Date,
    /// Visits in a row out of goal.
    pub(crate) misses: u8,
}

impl Stage {
    pub(crate) fn drugs(&self) -> &'static [Drug] {
        self.problem.steps.get(self.step).copied().unwrap_or_default()
    }
    /// Steps up after two visits out of goal, when there is a next step.
    pub(crate) fn review(&mut self, body: &Body) -> bool {
        if !out_of_goal(self.problem.kind, body) {
            self.misses = 0;
            return false;
        }
        self.misses += 1;
        let more = self.step + 1 < self.problem.steps.len();
        if self.misses >= 2 && more {
            (self.misses, self.step) = (0, self.step + 1);
            return true;
        }
        false
    }
}
