//! 転帰

/// How a disease ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// 治癒
    Cured,
    /// 軽快
    Improved,
    /// 中止: no longer treated here.
    Stopped,
    /// 死亡
    Died,
    /// 移行: goes on under another name.
    Passed,
}

impl Outcome {
    /// All, in the order shown.
    pub const ALL: [Outcome; 5] = [Outcome::Cured, Outcome::Improved, Outcome::Stopped, Outcome::Died, Outcome::Passed];

    /// Code of forms and of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Outcome::Cured => "cured",
            Outcome::Improved => "improved",
            Outcome::Stopped => "stopped",
            Outcome::Died => "died",
            Outcome::Passed => "passed",
        }
    }

    /// The word of the chart.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Cured => "治癒",
            Outcome::Improved => "軽快",
            Outcome::Stopped => "中止",
            Outcome::Died => "死亡",
            Outcome::Passed => "移行",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.code() == code)
    }

    /// `Condition.clinicalStatus` with its display (R4 con-4: what is abated is inactive, resolved or in remission).
    pub(super) const fn status(self) -> (&'static str, &'static str) {
        match self {
            Outcome::Cured => ("resolved", "Resolved"),
            Outcome::Improved => ("remission", "Remission"),
            Outcome::Stopped | Outcome::Died | Outcome::Passed => ("inactive", "Inactive"),
        }
    }

    /// What a clinical status says when nobody recorded the outcome itself.
    pub(super) fn of_status(code: &str) -> Option<Outcome> {
        match code {
            "resolved" => Some(Outcome::Cured),
            "remission" => Some(Outcome::Improved),
            "inactive" => Some(Outcome::Stopped),
            _ => None,
        }
    }
}
