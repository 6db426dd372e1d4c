//! Drugs that do not go together: among the lines, and against what still runs.
//!
//! Source: 添付文書 併用禁忌・併用注意, in `interactions.tsv`.
use super::Checked;
use crate::check::finding::Finding;
use crate::check::table::{lines, text};
use crate::check::{Facts, RuleId};
use std::sync::LazyLock;

struct Pair {
    a: &'static str,
    b: &'static str,
    rule: RuleId,
    words: &'static str,
}

/// Gravest first, so that the first match of two drugs is the gravest.
static PAIRS: LazyLock<Vec<Pair>> = LazyLock::new(|| {
    let mut pairs: Vec<Pair> = lines(text("interactions"))
        .filter_map(|f| {
            let rule = match f.text(2) {
                "forbidden" => RuleId::InteractionForbidden,
                "caution" => RuleId::InteractionCaution,
                "minor" => RuleId::InteractionMinor,
                _ => return None,
            };
            Some(Pair { a: f.text(0), b: f.text(1), rule, words: f.text(3) })
        })
        .collect();
    pairs.sort_by_key(|p| p.rule);
    pairs
});

/// Findings of interactions; of each two drugs the gravest.
pub(in crate::check) fn find(facts: &Facts, checked: &[Checked<'_>]) -> Vec<Finding> {
    let running: Vec<Checked<'_>> = facts
        .running
        .iter()
        .filter(|l| l.until.is_some_and(|until| until >= facts.day))
        .filter(|l| !checked.iter().any(|c| c.line.identity() == l.identity()))
        .map(Checked::of)
        .collect();
    let mut found = Vec::new();
    for (at, one) in checked.iter().enumerate() {
        found.extend(checked.iter().take(at).filter_map(|other| between(one, other, "今回")));
        found.extend(running.iter().filter_map(|other| between(one, other, "院内")));
    }
    found
}

fn between(one: &Checked<'_>, other: &Checked<'_>, label: &str) -> Option<Finding> {
    let meets = |p: &&Pair| (one.known.is(p.a) && other.known.is(p.b)) || (one.known.is(p.b) && other.known.is(p.a));
    let pair = PAIRS.iter().find(meets)?;
    let kind = if pair.rule == RuleId::InteractionForbidden { "併用禁忌" } else { "併用注意" };
    let words = format!("{kind}: {}", pair.words);
    Some(Finding::new(pair.rule, one.line, words).against(other.line.identity(), other.line.side(label)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::testing::{facts, fired, tablet};
    use super::PAIRS;
    use crate::check::Facts;
    use crate::check::table::{lines, text};

    type Drug = (&'static str, &'static str);

    #[test]
    fn pairs_are_found_in_either_order_and_against_what_still_runs() {
        let clarithromycin = ("クラリス錠200", "6149003F2038");
        let cases: [(Drug, Drug, &[&str]); 9] = [
            (("ベルソムラ錠15mg", "1190023F1024"), clarithromycin, &["interaction-forbidden"]),
            (("デエビゴ錠5mg", "1190027F2029"), clarithromycin, &["interaction-caution"]),
            (("ノルバスク錠5mg", "2171022F2025"), clarithromycin, &["interaction-minor"]),
            (("シグマート錠5mg", "2171017F2024"), ("ザルティア錠5mg", "2590016F2020"), &["interaction-forbidden"]),
            (("ワーファリン錠1mg", "3332001F1024"), ("ロキソニン錠60mg", "1149019F1560"), &["interaction-caution"]),
            (("ワーファリン錠1mg", "3332001F1024"), ("ロキソニンテープ100mg", "2649735S3020"), &[]),
            (
                ("エックスフォージ配合錠", "2149114F1020"),
                ("アルダクトンA錠50mg", "2133001F2057"),
                &["interaction-caution"],
            ),
            (("フェブリク錠20mg", "3949003F2020"), ("イムラン錠50mg", "3999005F1024"), &["interaction-forbidden"]),
            (("ノルバスク錠5mg", "2171022F2025"), ("リピトール錠10mg", "2189015F2020"), &[]),
        ];
        for (a, b, expected) in cases {
            let (a, b) = (tablet(a.0, a.1), tablet(b.0, b.1));
            assert_eq!(fired(&facts(), &[a.clone(), b.clone()], "interaction"), expected, "{} {}", a.name, b.name);
            assert_eq!(fired(&facts(), &[b.clone(), a.clone()], "interaction"), expected, "{} {}", b.name, a.name);
            let mut old = b.clone();
            old.until = Some("2026-11-25".parse().unwrap());
            let before = Facts { running: vec![old], ..facts() };
            assert_eq!(fired(&before, std::slice::from_ref(&a), "interaction"), expected, "{} running", b.name);
        }
    }

    #[test]
    fn every_line_of_the_table_is_a_pair() {
        assert_eq!(PAIRS.len(), lines(text("interactions")).count());
    }
}
