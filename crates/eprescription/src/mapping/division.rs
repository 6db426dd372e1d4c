//! 分割指示: what one part of a divided prescription says. Each part is a prescription of its own at the service.
use super::width::wide;
use crate::profile::SplitRules;
use crate::wire::prescription::{DosageForm, Group, Prescription, Remark, RemarkKind, Split};
use jiff::ToSpan as _;
use karute_chart::prescription::divided;

/// Which part of how many, and how the service wants it said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// 総分割回数 and 回.
    pub split: Split,
    /// The profile's rules.
    pub rules: SplitRules,
}

impl Division {
    /// Makes a whole prescription this part of it: days divided as equally as they can be, what cannot be divided with
    /// the first part alone, 分割 among the remarks. `None` when nothing of it can be divided.
    pub(super) fn apply(self, mut what: Prescription) -> Option<Prescription> {
        let Split { total, this } = self.split;
        let longest = what.groups.iter().filter_map(|group| parts(group, total).map(|_| group.quantity)).max()?;
        let first = this == 1;
        what.groups = what.groups.into_iter().filter_map(|group| self.part(group, first)).collect();
        // What is told of a drug goes where the drug goes.
        let names: Vec<&str> =
            what.groups.iter().flat_map(|group| &group.drugs).map(|drug| drug.name.as_str()).collect();
        what.notes.retain(|note| note.drug.is_empty() || names.contains(&note.drug.as_str()));
        if !first && self.rules.later_for_whole_period {
            let period = what.issued.saturating_add(i64::from(longest).days());
            what.until = Some(what.until.map_or(period, |until| until.max(period)));
        }
        let words = format!("分割指示 {total}回のうち{this}回目");
        what.remarks.push(Remark { kind: Some(RemarkKind::Split), text: wide(&words) });
        what.split = Some(self.split);
        Some(what)
    }

    fn part(self, mut group: Group, first: bool) -> Option<Group> {
        let Some(days) = parts(&group, self.split.total) else { return first.then_some(group) };
        let part = days.get(usize::from(self.split.this).checked_sub(1)?).copied()?;
        group.split_quantity = Some((part, group.quantity));
        if !self.rules.whole_quantity {
            group.quantity = part;
        }
        Some(group)
    }
}

/// The days of each part; `None` when the group goes with the first part alone.
fn parts(group: &Group, total: u8) -> Option<Vec<u16>> {
    let days = if group.form == DosageForm::Internal { divided(group.quantity, total) } else { Vec::new() };
    (!days.is_empty()).then_some(days)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::profile::Profile;
    use crate::wire::rules::{DrugBook, DrugFacts, check};
    use karute_japan::Date;

    struct Any;
    impl DrugBook for Any {
        fn facts(&self, _: crate::wire::prescription::CodeKind, _: &str, _: Date) -> Option<DrugFacts> {
            Some(DrugFacts::default())
        }
    }

    #[test]
    fn the_parts_together_are_the_whole_and_what_cannot_be_divided_goes_first() {
        let profile = Profile::built_in();
        let csv = include_bytes!("../../tests/fixtures/prescription-1.csv");
        let whole = Prescription::from_csv(csv, &profile).unwrap();
        let part = |this, rules| Division { split: Split { total: 3, this }, rules }.apply(whole.clone()).unwrap();
        let rules = profile.split_rules();
        let all: Vec<Prescription> = (1..=3).map(|this| part(this, rules)).collect();
        let days: Vec<_> = all.iter().map(|part| (part.groups[0].quantity, part.groups[0].split_quantity)).collect();
        assert_eq!(days, [(5, Some((5, 14))), (5, Some((5, 14))), (4, Some((4, 14)))]);
        assert_eq!(all.iter().map(|part| part.groups.len()).collect::<Vec<_>>(), [3, 1, 1]);
        assert_eq!(all[0].until, None);
        assert_eq!(all[2].until, Some(whole.issued.saturating_add(14.days())));
        for (n, part) in (1_u8..).zip(&all) {
            let text = String::from_utf8(part.to_csv(&profile).unwrap()).unwrap();
            assert!(text.contains(&format!("\n63,3,{n}\n")), "{text}");
            assert!(text.contains(&format!(",3,{}\n", wide(&format!("分割指示 3回のうち{n}回目")))), "{text}");
            assert_eq!(text.matches("\n102,").count(), 1, "{text}");
            check(part, &Any).unwrap();
            assert_eq!(Prescription::from_csv(text.as_bytes(), &profile).unwrap(), *part);
        }
        // Where the service wants the whole in record 101, it gets it.
        let other = part(2, SplitRules { whole_quantity: true, later_for_whole_period: false });
        assert_eq!((other.groups[0].quantity, other.groups[0].split_quantity), (14, Some((5, 14))));
        assert_eq!(other.until, None);
    }

    #[test]
    fn what_has_too_few_days_is_not_divided() {
        let profile = Profile::built_in();
        let mut what =
            Prescription::from_csv(include_bytes!("../../tests/fixtures/prescription-1.csv"), &profile).unwrap();
        what.groups[0].quantity = 2;
        let split = Split { total: 3, this: 1 };
        assert!(Division { split, rules: profile.split_rules() }.apply(what).is_none());
    }
}
