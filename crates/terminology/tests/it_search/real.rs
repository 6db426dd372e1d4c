//! Cases over the published lists.
use crate::{run_cases, support};
use karute_terminology::{Catalogue, Domain, Group};

#[test]
fn cases_over_the_published_lists() {
    let Some(shared) = karute_testkit::shared() else {
        return karute_testkit::skipped("cases_over_the_published_lists", "no shared folder beside the checkout");
    };
    let catalogue = Catalogue::build(support::real(&shared));
    let count = run_cases(&catalogue, include_str!("../data/search/cases.tsv"));
    assert!(count >= 150, "{count}");
    look_alikes_are_held_apart(&catalogue);
}

/// Typed, the high-risk line that may not be the default, and its class.
fn look_alikes_are_held_apart(catalogue: &Catalogue) {
    for (typed, dangerous, class, other) in
        [("ノルバ", "ノルバデックス", "抗がん薬", "ノルバスク"), ("マイス", "マイスタン", "抗てんかん薬", "マイスリー")]
    {
        let answer = crate::ask(catalogue, Domain::Drug, typed);
        let line = answer.items.iter().find(|item| item.display.starts_with(dangerous)).unwrap();
        assert_eq!((line.group, line.class_tag.as_str(), line.high_risk), (Group::LookAlike, class, true), "{typed}");
        assert!(!line.selectable_by_enter);
        let line = answer.items.iter().find(|item| item.display.starts_with(other)).unwrap();
        assert!(!line.high_risk && line.class_tag != class, "{typed}");
    }
    for typed in ["アマリール", "テグレトール", "ワーファリン", "リクシアナ"] {
        let answer = crate::ask(catalogue, Domain::Drug, typed);
        assert!(answer.items[0].high_risk && !answer.items.iter().any(|item| item.selectable_by_enter), "{typed}");
    }
}
