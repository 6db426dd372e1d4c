//! Sets among laboratory items: the clinic's own, and the panels everybody knows.
use crate::support::day;
use karute_terminology::search::{OWN_SET, PANEL};
use karute_terminology::{Answer, Domain, Extra, Habits, Item, LabSet, LabSets, Masters, Question, SetPart};

const CLINS: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS";
const ACT: &str = "urn:karute:codesystem:ssk-act";

fn part(system: &str, code: &str, display: &str) -> SetPart {
    SetPart { system: system.into(), code: code.into(), display: display.into() }
}

fn set(id: &str, title: &str, reading: &str, parts: &[SetPart]) -> LabSet {
    LabSet { id: id.into(), title: title.into(), reading: reading.into(), parts: parts.to_vec() }
}

fn own() -> LabSets {
    let a1c = part(CLINS, "3D046000001921002", "HbA1c-NGSP");
    let glucose = part(CLINS, "3D010000002227101", "BG");
    let drug = part("http://capstandard.jp/iyaku.info/CodeSystem/YJ-code", "2171022F2025", "ノルバスク錠５ｍｇ");
    LabSets::new([
        set("s-1", "糖尿病の検査", "", &[a1c.clone(), glucose.clone()]),
        set("s-2", "渡邉先生セット", "わたなべ、WS", std::slice::from_ref(&glucose)),
        set("s-3", "院内の項目", "", &[part("", "L-001", "フェリチン")]),
        set("s-4", "降圧薬", "", &[drug]),
        set("s-5", "何もない", "", &[]),
    ])
}

fn ask(masters: &Masters, sets: &LabSets, domain: Domain, text: &str, limit: usize) -> Answer {
    let habits = Habits { lab_sets: Some(sets), ..Habits::default() };
    let day = day("2026-11-20");
    masters.catalogue().search(&Question { domain, text, day, limit, habits, include_ended: false })
}

fn sets_of(answer: &Answer) -> Vec<(&str, &str)> {
    let sets = answer.items.iter().filter(|item| matches!(item.extra, Extra::Set { .. }));
    sets.map(|item: &Item| (item.system, item.code.as_str())).collect()
}

#[test]
fn sets_are_found_by_kana_romaji_abbreviation_kanji_variants_and_what_is_in_them() {
    let (masters, own) = (Masters::starter(), own());
    let found = |text: &str| {
        let answer = ask(&masters, &own, Domain::Lab, text, 30);
        sets_of(&answer).into_iter().map(|(_, code)| code.to_owned()).collect::<Vec<_>>()
    };
    for (typed, first) in [
        ("とうにょう", "s-1"),
        ("tounyou", "s-1"),
        ("トウニョウ", "s-1"),
        ("糖尿", "s-1"),
        ("けんさ", "s-1"),
        ("渡辺", "s-2"),
        ("わたな", "s-2"),
        ("watanabe", "s-2"),
        ("ws", "s-2"),
        ("ふぇりちん", "s-3"),
        ("かんきのう", "liver"),
        ("kankino", "liver"),
        ("肝機", "liver"),
        ("lft", "liver"),
        ("けっさん", "cbc"),
        ("CBC", "cbc"),
        ("じんきのう", "kidney"),
        ("でんかい", "electrolytes"),
        ("ししつ", "lipids"),
        ("seika", "biochemistry"),
        ("術前", "preoperative"),
        ("けんしん", "checkup"),
        ("かんせんしょう", "infection"),
        ("にょういっぱん", "urine"),
    ] {
        assert_eq!(found(typed).first().map(String::as_str), Some(first), "{typed}: {:?}", found(typed));
    }
    for typed in ["降圧", "何もない", "のるばすく", "zzz", "", "  "] {
        assert!(found(typed).is_empty(), "{typed}: {:?}", found(typed));
    }
    // All words must be in one set.
    assert_eq!(found("とうにょう ばいたる"), Vec::<String>::new());
    assert_eq!(found("とうにょう hba1c"), ["s-1", "glucose"]);
}

#[test]
fn an_item_stands_before_the_sets_that_hold_it_and_enter_takes_no_set() {
    let (masters, own) = (Masters::starter(), own());
    let answer = ask(&masters, &own, Domain::Lab, "hba1", 9);
    assert_eq!(answer.items[0].display, "HbA1c-NGSP");
    assert!(answer.items[0].selectable_by_enter);
    assert_eq!(sets_of(&answer), [(OWN_SET, "s-1"), (PANEL, "glucose"), (PANEL, "checkup")]);
    assert_eq!(answer.total as usize, answer.items.len());

    let answer = ask(&masters, &own, Domain::Lab, "とうにょう", 9);
    let first = &answer.items[0];
    assert_eq!((first.display.as_str(), first.class_tag.as_str()), ("糖尿病の検査", "セット"));
    assert_eq!(first.detail, "HbA1c-NGSP、BG（2項目）");
    let Extra::Set { parts } = &first.extra else { panic!("no set") };
    assert_eq!(parts.iter().map(|p| p.code.as_str()).collect::<Vec<_>>(), ["3D046000001921002", "3D010000002227101"]);
    assert!(answer.items.iter().all(|item| !item.selectable_by_enter || matches!(item.extra, Extra::Lab { .. })));
    assert!(!first.selectable_by_enter);
}

#[test]
fn sets_stay_within_their_domain_and_within_the_limit() {
    let (masters, own) = (Masters::starter(), own());
    assert_eq!(own.len(), 3);
    for domain in Domain::ALL.into_iter().filter(|domain| *domain != Domain::Lab) {
        assert!(sets_of(&ask(&masters, &own, domain, "糖尿病", 50)).is_empty(), "{domain:?}");
    }
    for limit in [0, 1, 2] {
        let answer = ask(&masters, &own, Domain::Lab, "とうにょう", limit);
        assert_eq!(answer.items.len(), limit);
        assert!(answer.total >= 2);
    }
    // More sets than anybody has, each with more items than anybody orders: bounded.
    let many = LabSets::new((0..3_000).map(|n| {
        let parts: Vec<SetPart> = (0..500).map(|at| part("", &at.to_string(), "x")).collect();
        set(&n.to_string(), "たくさん", "", &parts)
    }));
    assert_eq!(many.len(), 1_000);
    let answer = ask(&masters, &many, Domain::Lab, "たくさん", 100);
    assert_eq!((answer.items.len(), answer.total), (100, 1_000));
    let acts = LabSets::new([set("a", "処置", "", &[part(ACT, "1", "創傷処置")])]);
    assert!(acts.is_empty(), "an act is no laboratory item");
}
