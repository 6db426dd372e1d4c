//! 分割指示: what the specification does not say of the parts.
use super::{Assumption, Noted};
use serde::Deserialize;

/// How parts of a divided prescription are said to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitRules {
    /// Record 101 holds the quantity of the whole, not of the part.
    pub whole_quantity: bool,
    /// Parts after the first may be taken to a pharmacy until the days of the whole are over.
    pub later_for_whole_period: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Quantity {
    This,
    Whole,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Until {
    Period,
    Usual,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    quantity: Noted<Quantity>,
    later_until: Noted<Until>,
}

impl Written {
    pub(super) fn read(&self, assumed: &mut Vec<Assumption>) -> SplitRules {
        self.quantity.note("split.quantity", assumed);
        self.later_until.note("split.later_until", assumed);
        SplitRules {
            whole_quantity: *self.quantity.value() == Quantity::Whole,
            later_for_whole_period: *self.later_until.value() == Until::Period,
        }
    }
}
