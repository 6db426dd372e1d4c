//! Dates, habits, look-alikes, composed names, bounds.
use crate::support::day;
use crate::{ask, fixture, run_cases};
use karute_terminology::{Answer, Catalogue, Domain, Extra, Group, Habits, Item, Question};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

static SMALL: LazyLock<Catalogue> = LazyLock::new(fixture::catalogue);

fn names(answer: &Answer) -> Vec<&str> {
    answer.items.iter().map(|item| item.display.as_str()).collect()
}

fn first(domain: Domain, text: &str) -> Item {
    ask(&SMALL, domain, text).items.into_iter().next().unwrap_or_else(|| panic!("nothing for {text}"))
}

#[test]
fn cases_over_small_masters() {
    let count = run_cases(&SMALL, include_str!("../data/search/small.tsv"));
    assert!(count >= 40, "{count}");
}

#[test]
fn the_day_decides_what_is_offered() {
    let ask = |text: &str, on: &str, include_ended| {
        let habits = Habits::default();
        SMALL.search(&Question { domain: Domain::Drug, text, day: day(on), limit: 9, habits, include_ended })
    };
    let text = "ロキソプロフェンＮａ錠";
    assert_eq!(ask(text, "2025-12-31", false).total, 1);
    assert_eq!(ask(text, "2026-01-01", false).total, 0);
    let ended = ask(text, "2026-01-01", true);
    assert!(ended.items[0].is_ended);
    assert!(!ask(text, "2025-12-31", true).items[0].is_ended);
}

#[test]
fn the_patients_drugs_come_first_then_the_clinics() {
    let adopted = HashSet::from(["1149019F1420".to_owned(), "2171022F1193".to_owned()]);
    let patient = HashMap::from([("2649735S3020".to_owned(), 3)]);
    let doctor = HashMap::from([("1149019F1560".to_owned(), 9)]);
    let habits = Habits {
        adopted: Some(&adopted),
        used_by_patient: Some(&patient),
        used_by_doctor: Some(&doctor),
        lab_sets: None,
    };
    let on = day("2025-11-20");
    let ask =
        |text| SMALL.search(&Question { domain: Domain::Drug, text, day: on, limit: 9, habits, include_ended: false });
    let answer = ask("ろきそ");
    let shown: Vec<(Group, &str)> = answer.items.iter().map(|item| (item.group, item.display.as_str())).collect();
    assert_eq!(
        shown,
        [
            (Group::Patient, "ロキソニンテープ１００ｍｇ"),
            (Group::Adopted, "ロキソプロフェンＮａ錠６０ｍｇ「トーワ」"),
            (Group::Frequent, "ロキソニン錠６０ｍｇ"),
        ]
    );
    // One or two characters find only what patient and clinic use.
    assert_eq!(
        names(&ask("ろ")),
        [
            "ロキソニンテープ１００ｍｇ",
            "ロキソプロフェンＮａ錠６０ｍｇ「トーワ」",
            "アムロジピン錠２．５ｍｇ「サワイ」",
            "ロキソニン錠６０ｍｇ"
        ]
    );
    assert_eq!(names(&ask("あむ")), ["アムロジピン錠２．５ｍｇ「サワイ」"]);
}

#[test]
fn a_prescription_by_general_name_is_remembered_for_its_products() {
    let patient = HashMap::from([("2171022F2ZZZ".to_owned(), 1)]);
    let habits = Habits { used_by_patient: Some(&patient), ..Habits::default() };
    let on = day("2025-11-20");
    let question =
        Question { domain: Domain::Drug, text: "あむろ", day: on, limit: 9, habits, include_ended: false };
    let answer = SMALL.search(&question);
    let groups: Vec<Group> = answer.items.iter().map(|item| item.group).collect();
    assert_eq!(groups, [Group::Patient, Group::Patient, Group::Other], "{:?}", names(&answer));
}

#[test]
fn look_alikes_are_under_their_own_heading_and_never_the_default_when_dangerous() {
    let answer = ask(&SMALL, Domain::Drug, "ノルバ");
    let shown: Vec<(Group, &str, bool, bool)> = answer
        .items
        .iter()
        .map(|item| (item.group, item.class_tag.as_str(), item.high_risk, item.selectable_by_enter))
        .collect();
    assert_eq!(shown, [(Group::LookAlike, "降圧薬", false, true), (Group::LookAlike, "抗がん薬", true, false)]);
    let adopted = HashSet::from(["2171022F2025".to_owned()]);
    let habits = Habits { adopted: Some(&adopted), ..Habits::default() };
    let on = day("2025-11-20");
    let question =
        Question { domain: Domain::Drug, text: "ノルバ", day: on, limit: 9, habits, include_ended: false };
    let groups: Vec<Group> = SMALL.search(&question).items.iter().map(|item| item.group).collect();
    assert_eq!(groups, [Group::Adopted, Group::LookAlike]);
    // アルマール is not in what アマリール finds, but exists: Enter alone never orders アマリール.
    let alone = first(Domain::Drug, "アマリール");
    assert!(alone.high_risk && !alone.selectable_by_enter && alone.group == Group::Other);
    let Extra::Drug(facts) = &alone.extra else { panic!("no facts") };
    assert_eq!(facts.look_alikes, ["アルマール"]);
    assert!(first(Domain::Drug, "アルマール").selectable_by_enter);
    // What is dangerous and like nothing else may be chosen.
    assert!(first(Domain::Drug, "メトグルコ").selectable_by_enter);
}

#[test]
fn only_a_beginning_is_the_default_of_enter() {
    for (domain, text, expected) in [
        (Domain::Drug, "たけきゃ", true),
        (Domain::Drug, "タケキャブ20", true),
        (Domain::Drug, "20 タケ", true),
        (Domain::Drug, "けきゃぶ", false),
        (Domain::Drug, "あむろじひん", false),
        (Domain::Disease, "とうにょう", true),
        (Domain::Disease, "とうにょう うたがい", true),
        (Domain::Disease, "にょうびょう", false),
        (Domain::Disease, "骨折", false),
        (Domain::Usage, "3t3x 7", true),
        (Domain::Usage, "1t3x 7", false),
    ] {
        let answer = ask(&SMALL, domain, text);
        assert_eq!(answer.items[0].selectable_by_enter, expected, "{text}");
        assert!(answer.items.iter().skip(1).all(|item| !item.selectable_by_enter), "{text}");
    }
}

#[test]
fn a_drug_knows_its_facts_and_codes() {
    let item = first(Domain::Drug, "ノルバスク");
    let Extra::Drug(facts) = &item.extra else { panic!("no facts") };
    assert_eq!(
        (item.system, item.code.as_str()),
        ("http://capstandard.jp/iyaku.info/CodeSystem/YJ-code", "2171022F2025")
    );
    assert_eq!((facts.hot9.as_str(), facts.receipt_code.as_str()), ("103835401", "620000001"));
    assert_eq!(
        (facts.general_code.as_str(), facts.general_name.as_str()),
        ("2171022F2ZZZ", "【般】アムロジピン錠５ｍｇ")
    );
    assert_eq!((facts.form, facts.unit.as_str(), facts.price.as_str()), ("内用", "錠", "10.40"));
    assert!(facts.is_brand && !facts.is_generic && !facts.is_narcotic);
    assert_eq!(item.detail, "アムロジピンベシル酸塩　５ｍｇ１錠");
    let Extra::Drug(facts) = first(Domain::Drug, "msこん").extra else { panic!("no facts") };
    assert!(facts.is_narcotic && facts.controlled == "麻");
    // 統一名: the code is no YJ code.
    let item = first(Domain::Drug, "ブロモバレリル");
    assert_eq!((item.system, item.code.as_str()), ("urn:oid:1.2.392.100495.20.2.72", "1121001X1018"));
}

#[test]
fn composed_names_carry_their_parts() {
    let item = first(Domain::Disease, "うたがい みぎ ひざ へんけい");
    let Extra::Disease(parts) = &item.extra else { panic!("no parts") };
    assert_eq!(item.display, "右変形性膝関節症の疑い");
    assert_eq!((item.code.as_str(), parts.receipt_code.as_str()), ("20072346", "7153018"));
    let modifiers: Vec<(&str, bool)> = parts.modifiers.iter().map(|m| (m.code.as_str(), m.is_suffix)).collect();
    assert_eq!(modifiers, [("2056", false), ("8002", true)]);
    assert_eq!(
        (parts.base_name.as_str(), parts.receipt_length, parts.exceeds_receipt_name),
        ("変形性膝関節症", 11, false)
    );
}

#[test]
fn what_may_not_stand_alone_says_so() {
    let lacks = |text| {
        let Extra::Disease(parts) = first(Domain::Disease, text).extra else { panic!("no parts") };
        (parts.base_name.clone(), parts.lacks_modifier)
    };
    assert_eq!(lacks("骨折"), ("骨折".to_owned(), true));
    assert_eq!(lacks("骨折 疑い"), ("骨折".to_owned(), true));
    assert_eq!(lacks("左 骨折"), ("骨折".to_owned(), false));
    assert_eq!(lacks("大腿骨骨折"), ("大腿骨骨折".to_owned(), false));
}

#[test]
fn a_receipt_name_has_twenty_characters() {
    let Extra::Disease(parts) = first(Domain::Disease, "遺伝性出血性").extra else { panic!("no parts") };
    assert_eq!((parts.receipt_length, parts.exceeds_receipt_name), (19, false));
    let item = first(Domain::Disease, "遺伝性出血性 疑い");
    let Extra::Disease(parts) = &item.extra else { panic!("no parts") };
    assert_eq!((parts.receipt_length, parts.exceeds_receipt_name), (22, true));
    assert!(item.detail.contains("20文字"));
}

#[test]
fn usages_have_the_code_of_the_list() {
    let item = first(Domain::Usage, "3t3x 7");
    assert_eq!(item.code, "1013044400000000");
    assert_eq!(item.system, "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationUsage_ePrescription");
    assert!(item.detail.contains("1回1錠（1日3錠）"));
    // The notation has a code for it, the list does not.
    let item = first(Domain::Usage, "1日3回毎食前");
    assert_eq!(item.code, "");
    assert!(item.detail.contains("用法コードなし"));
}

#[test]
fn matched_letters_are_underlined_as_shown() {
    for (domain, text, expected) in [
        (Domain::Drug, "あむ 5", &["アム", "５"][..]),
        (Domain::Drug, "takeky", &["タケキャ"]),
        (Domain::Disease, "みぎ へんけい", &["右"]),
        (Domain::Disease, "糖尿 疑い", &["糖尿", "の疑い"]),
    ] {
        let item = first(domain, text);
        let shown: Vec<&str> = item.matched.iter().map(|range| &item.display[range.clone()]).collect();
        assert_eq!(shown, expected, "{text}");
    }
    let item = first(Domain::Disease, "とうにょう");
    let shown: Vec<&str> = item.kana_matched.iter().map(|range| &item.kana[range.clone()]).collect();
    assert_eq!(shown, ["トウニョウ"]);
}

#[test]
fn an_empty_catalogue_answers_nothing() {
    let empty = Catalogue::build([]);
    for domain in Domain::ALL {
        assert_eq!(ask(&empty, domain, "あ").items.len(), 0);
    }
    assert_eq!(ask(&empty, Domain::Usage, "3t3x 7").items.len(), 1);
}

#[test]
fn long_text_is_cut_and_quick() {
    let long = "あむろ ".repeat(100_000);
    assert_eq!(ask(&SMALL, Domain::Drug, &long).items.len(), 3);
    for text in ["ー".repeat(50_000), "\u{3099}".repeat(10_000), "n'".repeat(10_000), "左".repeat(10_000)] {
        for domain in Domain::ALL {
            assert!(ask(&SMALL, domain, &text).items.len() <= 9);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in any::<String>(), domain in 0..6_usize, limit in 0..200_usize, ended in any::<bool>()) {
        let question = Question {
            domain: Domain::ALL[domain],
            text: &text,
            day: day("2025-11-20"),
            limit,
            habits: Habits::default(),
            include_ended: ended,
        };
        let answer = SMALL.search(&question);
        prop_assert!(answer.items.len() <= limit.min(100));
        prop_assert!(answer.total as usize >= answer.items.len());
        for item in &answer.items {
            for range in &item.matched {
                prop_assert!(item.display.get(range.clone()).is_some());
            }
        }
    }

    #[test]
    fn words_of_the_masters_in_any_order_are_answered(words in proptest::collection::vec(
        prop_oneof!["みぎ", "ひざ", "へんけい", "うたがい", "とうにょう", "右", "膝OA", "骨折", "急性", "の", "DM"], 0..8)) {
        let text = words.join(" ");
        let answer = ask(&SMALL, Domain::Disease, &text);
        prop_assert!(answer.items.len() <= 9);
    }
}
