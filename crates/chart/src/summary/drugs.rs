//! Which drugs a patient takes now, and how they are written together.
use crate::view::Medication;
use karute_japan::Date;

/// Drugs that share one 用法, as on paper (Rp).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrugGroup {
    /// The drugs.
    pub drugs: Vec<Medication>,
    /// 用法
    pub sig: Option<String>,
    /// Supply.
    pub supply: Option<String>,
    /// When they were prescribed.
    pub written: Option<Date>,
    /// Last day covered.
    pub until: Option<Date>,
}

/// Drugs that a prescription covers on `day`: the newest order of each drug, unless it was stopped or its supply ran
/// out more than 14 days ago (patients come a little late, and keep some at home).
pub fn current(mut all: Vec<Medication>, day: Date) -> Vec<Medication> {
    all.sort_by_key(|m| std::cmp::Reverse(m.written));
    // What is not confirmed yet, or was withdrawn before anybody took it, says nothing of what the patient takes.
    all.retain(|m| !matches!(m.status.as_str(), "draft" | "cancelled"));
    let mut newest: Vec<Medication> = Vec::new();
    for drug in all {
        let same = |m: &Medication| match (&m.code, &drug.code) {
            (Some(a), Some(b)) => a == b,
            _ => m.name == drug.name,
        };
        if drug.written.is_none_or(|w| w <= day) && !newest.iter().any(same) {
            newest.push(drug);
        }
    }
    newest.retain(|m| {
        let stopped = matches!(m.status.as_str(), "stopped" | "on-hold");
        let over = m.until.is_some_and(|u| day.since(u).is_ok_and(|s| s.get_days() > GRACE_DAYS));
        let unknown_and_done = m.until.is_none() && m.status != "active";
        !stopped && !over && !unknown_and_done
    });
    newest
}

/// How many days after the end of its supply a drug still counts as taken.
pub(super) const GRACE_DAYS: i32 = 14;

/// Groups drugs of the same day, 用法 and supply, in the order they came.
pub fn grouped(drugs: Vec<Medication>) -> Vec<DrugGroup> {
    let mut groups: Vec<DrugGroup> = Vec::new();
    for drug in drugs {
        let found =
            groups.iter_mut().find(|g| g.sig == drug.sig && g.supply == drug.supply && g.written == drug.written);
        if let Some(group) = found {
            group.drugs.push(drug);
        } else {
            groups.push(DrugGroup {
                sig: drug.sig.clone(),
                supply: drug.supply.clone(),
                written: drug.written,
                until: drug.until,
                drugs: vec![drug],
            });
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn drug(name: &str, written: &str, until: Option<&str>, status: &str) -> Medication {
        Medication {
            name: name.to_owned(),
            code: None,
            dose: Some("1錠".to_owned()),
            sig: Some("1日1回 朝食後".to_owned()),
            supply: Some("28日分".to_owned()),
            rp: None,
            written: Some(written.parse().unwrap()),
            until: until.map(|u| u.parse().unwrap()),
            status: status.to_owned(),
            encounter: None,
        }
    }

    #[test]
    fn a_drug_is_current_while_its_newest_order_covers_the_day_or_ended_two_weeks_ago() {
        let day = "2026-11-22".parse().unwrap();
        let cases = [
            ("covered", "2026-11-01", Some("2026-11-28"), "completed", true),
            ("just over", "2026-10-12", Some("2026-11-08"), "completed", true),
            ("long over", "2026-10-11", Some("2026-11-07"), "completed", false),
            ("stopped", "2026-11-01", Some("2026-11-28"), "stopped", false),
            ("no supply, active", "2026-01-01", None, "active", true),
            ("no supply, done", "2026-01-01", None, "completed", false),
            ("written tomorrow", "2026-11-23", Some("2026-12-20"), "active", false),
        ];
        for (name, written, until, status, expected) in cases {
            let found = current(vec![drug(name, written, until, status)], day);
            assert_eq!(!found.is_empty(), expected, "{name}");
        }
    }

    #[test]
    fn a_newer_order_replaces_the_older_one_of_the_same_drug() {
        let day = "2026-11-22".parse().unwrap();
        let old = drug("アムロジピンOD錠5mg", "2026-10-25", Some("2026-11-21"), "completed");
        let mut new = drug("アムロジピンOD錠5mg", "2026-11-20", Some("2026-12-17"), "active");
        new.dose = Some("2錠".to_owned());
        let found = current(vec![old, new.clone()], day);
        assert_eq!(found, vec![new]);
    }

    #[test]
    fn a_stopped_drug_does_not_come_back_through_its_older_order() {
        let day = "2026-11-22".parse().unwrap();
        let old = drug("A錠", "2026-10-25", Some("2026-11-21"), "active");
        let stopped = drug("A錠", "2026-11-20", Some("2026-12-17"), "stopped");
        assert!(current(vec![old, stopped], day).is_empty());
    }

    #[test]
    fn a_draft_and_a_withdrawn_line_leave_what_the_patient_takes_as_it_is() {
        let day = "2026-11-22".parse().unwrap();
        let old = drug("A錠", "2026-10-25", Some("2026-11-21"), "active");
        for status in ["draft", "cancelled"] {
            let mut new = drug("A錠", "2026-11-22", Some("2026-12-19"), status);
            new.dose = Some("2錠".to_owned());
            assert_eq!(current(vec![old.clone(), new], day), std::slice::from_ref(&old), "{status}");
            assert!(current(vec![drug("B錠", "2026-11-22", Some("2026-12-19"), status)], day).is_empty(), "{status}");
        }
    }

    #[test]
    fn drugs_of_one_day_and_one_usage_stand_in_one_group() {
        let mut c = drug("C錠", "2026-11-20", Some("2026-12-17"), "active");
        c.sig = Some("1日1回 夕食後".to_owned());
        let a = drug("A錠", "2026-11-20", Some("2026-12-17"), "active");
        let b = drug("B錠", "2026-11-20", Some("2026-12-17"), "active");
        let groups = grouped(vec![a, c, b]);
        let names: Vec<Vec<&str>> = groups.iter().map(|g| g.drugs.iter().map(|d| d.name.as_str()).collect()).collect();
        assert_eq!(names, vec![vec!["A錠", "B錠"], vec!["C錠"]]);
    }
}
