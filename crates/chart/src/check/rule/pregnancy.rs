//! Pregnancy and breast-feeding.
//!
//! Source: 添付文書 妊婦・授乳婦, in `pregnancy.tsv`.
use super::Checked;
use crate::check::finding::{Finding, Side};
use crate::check::table::{lines, text};
use crate::check::{Facts, Pregnancy, RuleId};

/// Findings of pregnancy and breast-feeding; of each the gravest.
pub(in crate::check) fn find(facts: &Facts, one: &Checked<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut say = |effect: &str, rule: RuleId, state: &str| {
        let row = lines(text("pregnancy")).find(|f| f.text(1) == effect && one.known.is(f.text(0)));
        let Some(row) = row else { return false };
        let side = Side { label: "本人".to_owned(), what: state.to_owned(), detail: String::new() };
        found.push(Finding::new(rule, one.line, row.text(2).to_owned()).against(state, side));
        true
    };
    if facts.pregnancy == Pregnancy::Pregnant && !say("forbidden", RuleId::PregnancyForbidden, "妊娠中") {
        say("caution", RuleId::PregnancyCaution, "妊娠中");
    }
    if facts.breast_feeding {
        say("breast", RuleId::BreastFeeding, "授乳中");
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, fired, tablet};
    use crate::check::{Facts, Pregnancy};

    #[test]
    fn what_is_forbidden_in_pregnancy_stops_only_when_it_is_recorded() {
        let pregnant = Facts { pregnancy: Pregnancy::Pregnant, ..facts() };
        let not = Facts { pregnancy: Pregnancy::NotPregnant, ..facts() };
        let nursing = Facts { breast_feeding: true, ..facts() };
        for (who, name, code, expected) in [
            (&pregnant, "オルメテックOD錠20mg", "2149044F6026", &["pregnancy-forbidden"][..]),
            (&pregnant, "クレストール錠2.5mg", "2189017F1022", &["pregnancy-forbidden"]),
            (&pregnant, "ロキソニン錠60mg", "1149019F1560", &["pregnancy-caution"]),
            (&pregnant, "ボルタレン錠25mg", "1147002F1013", &["pregnancy-forbidden"]),
            (&pregnant, "カロナール錠200", "1141007F1063", &[]),
            (&not, "オルメテックOD錠20mg", "2149044F6026", &[]),
            (&facts(), "オルメテックOD錠20mg", "2149044F6026", &[]),
            (&nursing, "トラマドール錠25mg", "1149038F1020", &["breast-feeding"]),
            (&nursing, "オルメテックOD錠20mg", "2149044F6026", &[]),
        ] {
            let mut codes = fired(who, &[tablet(name, code)], "pregnancy");
            codes.extend(fired(who, &[tablet(name, code)], "breast"));
            assert_eq!(codes, expected, "{name}");
        }
    }
}
