//! Layout of every form: what a pharmacist would see at once.
#![allow(clippy::unwrap_used)]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use crate::drawing::check::faults;
use crate::drawing::{Drawing, Op};
use crate::fonts::Fonts;
use crate::letter;
use crate::prescription;
use crate::{Drug, FormError, Group, Letter, Mark, OfPart, Paper, Prescription, Substitution, Supply, versions};
use karute_japan::Date;
use std::sync::LazyLock;

static FONTS: LazyLock<Fonts> = LazyLock::new(|| Fonts::load(None).unwrap());

fn drawn(form: &Prescription, paper: Paper) -> Drawing {
    prescription::prescription(&FONTS, form, paper).unwrap()
}

/// All words of a page, in the order in which they were drawn.
fn words(drawing: &Drawing, page: usize) -> Vec<String> {
    let texts = drawing.pages[page].ops.iter().filter_map(|op| match op {
        Op::Text(text) => Some(text.shaped.text.clone()),
        _ => None,
    });
    texts.collect()
}

fn holds(drawing: &Drawing, page: usize, wanted: &str) -> bool {
    words(drawing, page).iter().any(|text| text.contains(wanted))
}

fn every_form() -> Vec<Prescription> {
    let base = [fixture::usual(), fixture::rich(), fixture::long(), fixture::divided()];
    let mut all = Vec::new();
    for form in base {
        for version in versions() {
            all.push(Prescription { issued: version.from, valid_until: None, ..form.clone() });
        }
        all.push(Prescription { mark: Mark::Sample, ..form.clone() });
        all.push(Prescription {
            mark: Mark::Reprint,
            exchange_number: Some("1234567890123456".into()),
            symbols: vec![fixture::payload(300); 5],
            ..form.clone()
        });
    }
    all
}

#[test]
fn nothing_overlaps_on_any_form() {
    for form in every_form() {
        for paper in [Paper::A5, Paper::A4] {
            let drawing = drawn(&form, paper);
            assert_eq!(faults(&drawing), Vec::<String>::new(), "{} {paper:?} {:?}", form.issued, form.parts);
            assert!(drawing.missing.is_empty(), "{:?}", drawing.missing);
        }
    }
    for form in [fixture::rich(), Prescription { exchange_number: Some("4829134829134829".into()), ..fixture::long() }]
    {
        for paper in [Paper::A5, Paper::A4] {
            let drawing = prescription::slip(&FONTS, &form, paper).unwrap();
            assert_eq!(faults(&drawing), Vec::<String>::new(), "{paper:?}");
        }
    }
}

#[test]
fn the_check_sees_letters_over_letters() {
    let mut drawing = drawn(&fixture::usual(), Paper::A5);
    let doubled = drawing.pages[0].ops.iter().find(|op| matches!(op, Op::Text(_))).unwrap().clone();
    drawing.pages[0].ops.push(doubled);
    assert_eq!(faults(&drawing).len(), 1);
}

#[test]
fn the_longest_names_and_addresses_fit_or_are_refused_by_name() {
    let mut form = fixture::usual();
    form.patient.name = "長宗我部 ヴァレンティーナ・アレクサンドラ・マリア".into();
    form.institution.address =
        "東京都千代田区架空町一丁目二番地三号みどり総合医療ビルディング東館１２階南側１２０３号室".into();
    form.institution.name = "医療法人社団みどり会みどり総合内科循環器消化器クリニック架空駅前分院".into();
    assert_eq!(faults(&drawn(&form, Paper::A5)), Vec::<String>::new());
    form.patient.name = "長".repeat(150);
    let refused = prescription::prescription(&FONTS, &form, Paper::A5);
    assert!(matches!(refused, Err(FormError::TooLong("氏名"))));
}

#[test]
fn many_drugs_flow_onto_further_pages_and_every_page_is_closed() {
    let form = fixture::long();
    let drawing = drawn(&form, Paper::A5);
    let count = drawing.pages.len();
    assert!(count > 3, "{count}");
    for page in 0..count {
        assert!(holds(&drawing, page, &format!("{}／{count} ページ", page + 1)), "page {page}");
        assert!(holds(&drawing, page, "渡邊 真弓"), "the head stands on every page");
        let (continued, closed) = (holds(&drawing, page, "次ページに続く"), holds(&drawing, page, "以下余白"));
        assert_eq!((continued, closed), (page + 1 < count, page + 1 == count), "page {page}");
    }
    let all: Vec<String> = (0..count).flat_map(|page| words(&drawing, page)).collect();
    for n in 1..=20 {
        assert_eq!(all.iter().filter(|text| **text == format!("Rp{n}")).count(), 1, "Rp{n} stands once");
    }
    assert_eq!(all.iter().filter(|text| text.contains("架空散10%")).count(), 20, "no drug is lost");
}

#[test]
fn an_rp_stays_together_where_a_page_holds_it() {
    let mut form = fixture::usual();
    let group = |n: u16| fixture::days("1日1回 朝食後", n, vec![fixture::drug("架空錠1mg", "1回1錠"); 5]);
    form.groups = (1..=6).map(group).collect();
    let drawing = drawn(&form, Paper::A5);
    for page in 0..drawing.pages.len() {
        let texts = words(&drawing, page);
        let count = |wanted: &str| texts.iter().filter(|text| text.contains(wanted)).count();
        assert_eq!(count("架空錠1mg"), 5 * count("【用法】"), "page {page}");
    }
}

#[test]
fn the_marks_of_substitution_stand_in_their_columns() {
    let mut form = fixture::usual();
    form.residual = None;
    let ticks = |form: &Prescription| -> Vec<f32> {
        let drawing = drawn(form, Paper::A5);
        let found = drawing.pages[0].ops.iter().filter_map(|op| match op {
            Op::Text(text) if text.shaped.text == "レ" => Some(text.at.0),
            _ => None,
        });
        found.collect()
    };
    let [wished] = ticks(&form)[..] else { panic!("one is wished") };
    form.groups[0].drugs[1].substitution = Substitution::Refused;
    let [refused] = ticks(&form)[..] else { panic!("one is refused") };
    assert!((12.0..25.0).contains(&refused) && (25.0..35.0).contains(&wished), "{refused} {wished}");
    form.groups[0].drugs[1].substitution = Substitution::Allowed;
    assert_eq!(ticks(&form), Vec::<f32>::new());
}

#[test]
fn who_refuses_a_substitution_signs_for_it() {
    let names = |form: &Prescription| words(&drawn(form, Paper::A5), 0).iter().filter(|t| *t == "佐藤 健一").count();
    let mut form = fixture::usual();
    assert_eq!(names(&form), 1);
    form.groups[0].drugs[0].substitution = Substitution::Refused;
    assert_eq!(names(&form), 2);
}

#[test]
fn every_part_of_a_divided_prescription_has_its_sheet() {
    let drawing = drawn(&fixture::divided(), Paper::A5);
    assert_eq!(drawing.pages.len(), 4);
    for (page, (days, second)) in [(30, 14), (30, 13), (30, 13)].into_iter().enumerate() {
        assert!(holds(&drawing, page, &format!("分割の {} 回目 ／ 3 回", page + 1)));
        assert!(holds(&drawing, page, &format!("{days}日分（総量 90日分）")));
        assert!(holds(&drawing, page, &format!("{second}日分（総量 40日分）")));
        assert!(!holds(&drawing, page, "リフィル可") && !holds(&drawing, page, "調剤実施回数"));
    }
    assert!(holds(&drawing, 3, "分割指示に係る処方箋（別紙）") && holds(&drawing, 3, "3回目を受け付けた保険薬局"));
}

#[test]
fn a_symbol_stands_among_the_remarks_or_on_a_sheet_of_its_own() {
    let symbols = |form: &Prescription, paper: Paper| -> Vec<usize> {
        let count = |ops: &[Op]| ops.iter().filter(|op| matches!(op, Op::Modules(_))).count();
        drawn(form, paper).pages.iter().map(|page| count(&page.ops)).collect()
    };
    let with = |symbols: Vec<Vec<u8>>| Prescription { symbols, ..fixture::usual() };
    assert_eq!(symbols(&with(vec![fixture::payload(500)]), Paper::A5), [1]);
    assert_eq!(symbols(&with(vec![fixture::payload(2_000)]), Paper::A5), [0, 1], "its modules would be too small");
    assert_eq!(symbols(&with(vec![fixture::payload(300); 5]), Paper::A5), [0, 4, 1]);
    assert_eq!(symbols(&with(vec![fixture::payload(300); 2]), Paper::A4), [2], "beside the form");
}

type Spoil = fn(&mut Prescription);

#[test]
fn what_the_law_asks_for_is_asked_for() {
    let cases: [(Spoil, &str); 16] = [
        (|f| f.institution.name.clear(), "医療機関の名称"),
        (|f| f.institution.address.clear(), "医療機関の所在地"),
        (|f| f.institution.code = "123".into(), "医療機関コード"),
        (|f| f.prescriber.name.clear(), "保険医の氏名"),
        (|f| f.patient.name = " ".into(), "患者の氏名"),
        (|f| f.patient.birth = None, "患者の生年月日"),
        (|f| f.groups.clear(), "処方された薬がありません"),
        (|f| f.groups[0].usage.clear(), "用法のない薬"),
        (|f| f.groups[1].drugs[0].amount.clear(), "分量のない薬"),
        (|f| f.insurance.as_mut().unwrap().insurer = "1".into(), "保険者番号"),
        (|f| f.refill = Some(4), "リフィル"),
        (|f| f.exchange_number = Some("12a".into()), "引換番号"),
        (|f| f.valid_until = Some(Date::constant(2026, 11, 19)), "使用期間"),
        (|f| f.groups[0].parts = vec![14, 14], "分割指示のない"),
        (|f| (f.parts, f.refill) = (Some(2), Some(2)), "同時に"),
        (
            |f| {
                f.groups = vec![Group {
                    drugs: vec![Drug::default(); 41],
                    usage: "x".into(),
                    supply: Supply::Total,
                    parts: vec![],
                }];
            },
            "40",
        ),
    ];
    for (spoil, words) in cases {
        let mut form = fixture::usual();
        assert!(form.check().is_ok());
        spoil(&mut form);
        let error = form.check().unwrap_err().to_string();
        assert!(error.contains(words), "{error} / {words}");
    }
    assert!(prescription::slip(&FONTS, &fixture::usual(), Paper::A5).is_err(), "a 控え has a 引換番号");
}

#[test]
fn every_part_carries_its_own_number_and_symbol() {
    let part =
        |n: usize| OfPart { exchange_number: Some(format!("48291{n}")), symbols: vec![fixture::payload(300 + n)] };
    let mut form = Prescription { each: (1..=3).map(part).collect(), ..fixture::divided() };
    form.groups.push(Group {
        usage: "1日2回 塗布".into(),
        drugs: vec![fixture::drug("架空軟膏", "10g")],
        ..Group::default()
    });
    for paper in [Paper::A5, Paper::A4] {
        let drawing = drawn(&form, paper);
        assert_eq!(faults(&drawing), Vec::<String>::new(), "{paper:?}");
        let numbers = |page: usize| (1..=3).filter(|n| holds(&drawing, page, &format!("48291{n}"))).collect::<Vec<_>>();
        assert_eq!((0..3).map(numbers).collect::<Vec<_>>(), [vec![1], vec![2], vec![3]], "{paper:?}");
        assert!((0..3).all(|page| holds(&drawing, page, "1回目に交付")), "{paper:?}");
    }
    form.each.pop();
    assert!(form.check().unwrap_err().to_string().contains("回ごとの番号"));
}

fn sent(form: &Letter) -> Drawing {
    letter::letter(&FONTS, form).unwrap()
}

#[test]
fn a_letter_fills_one_sheet_and_a_long_one_goes_on() {
    let usual = fixture::letter();
    let long = Letter {
        course: "経過は良好で、症状の再燃はありません。\n".repeat(120), ..fixture::letter()
    };
    let crowded = Letter {
        history: "既往の詳細。".repeat(300),
        drugs: "架空錠1mg　1回1錠　1日1回 朝食後\n".repeat(60),
        remarks: String::new(),
        ..fixture::letter()
    };
    for (form, goes_on) in [(&usual, false), (&long, true), (&crowded, true)] {
        let drawing = sent(form);
        assert_eq!(faults(&drawing), Vec::<String>::new());
        let sheets = drawing.pages.len();
        assert_eq!(sheets > 1, goes_on, "{sheets} sheets");
        for page in 1..sheets {
            assert!(holds(&drawing, page, "（続紙）") && holds(&drawing, page, "渡邊 真弓"));
        }
        let all: Vec<String> = (0..sheets).flat_map(|page| words(&drawing, page)).collect();
        assert_eq!(all.iter().filter(|text| text.contains("以下余白")).count(), 1);
        let lines = form.course.lines().count();
        assert!(all.iter().filter(|text| text.contains("経過は良好")).count() == lines || form.course == usual.course);
        assert_eq!(
            all.iter().filter(|text| text.contains("架空錠1mg")).count(),
            form.drugs.matches("架空錠1mg").count()
        );
    }
}

#[test]
fn a_letter_that_lacks_something_is_refused_by_name() {
    type Spoil = fn(&mut Letter);
    let cases: [(Spoil, &str); 5] = [
        (|l| l.to.institution.clear(), "紹介先"),
        (|l| l.purpose.clear(), "紹介目的"),
        (|l| l.diseases = " ".into(), "傷病名"),
        (|l| (l.to.is_medical, l.phone) = (false, None), "住所と電話番号"),
        (|l| l.course = "長".repeat(6_001), "6,000文字"),
    ];
    for (spoil, words) in cases {
        let mut form = fixture::letter();
        assert!(form.check().is_ok());
        spoil(&mut form);
        let error = form.check().unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn lines_break_where_japanese_may() {
    let mut drawing = Drawing::default();
    let mut pen = crate::drawing::Pen::new(&FONTS, &mut drawing);
    let broken = pen.broken("朝食後、「1回1錠」を12.5mgずつ（毎日）服用。", 10.0, 25.0);
    for line in &broken {
        assert!(!line.text.starts_with(['、', '」', '）', '。']), "{}", line.text);
        assert!(!line.text.ends_with(['「', '（']), "{}", line.text);
        assert!(!line.text.ends_with("12."), "{}", line.text);
    }
    assert_eq!(
        broken.iter().map(|line| line.text.as_str()).collect::<String>(),
        "朝食後、「1回1錠」を12.5mgずつ（毎日）服用。"
    );
    assert!(broken.len() > 2);
}

#[test]
fn rare_kanji_are_drawn_and_what_no_font_has_is_told() {
    let mut form = fixture::usual();
    form.patient.name = "𠮷野 辻\u{E0100}子 髙﨑".into();
    let drawing = drawn(&form, Paper::A5);
    assert!(drawing.missing.is_empty() && drawing.plain.is_empty(), "{drawing:?}");
    assert!(holds(&drawing, 0, "𠮷野 辻\u{E0100}子 髙﨑"));
    // A shape that no font has, a character of a private set, a script that no prescription is written in.
    form.patient.name = "辺\u{E01EF} \u{E000}子 か\u{3099}ኢ".into();
    let drawing = drawn(&form, Paper::A5);
    assert_eq!(drawing.plain.into_iter().collect::<String>(), "辺");
    assert_eq!(drawing.missing.iter().collect::<String>(), "\u{12A2}\u{E000}");
    assert!(
        words(&Drawing { plain: std::collections::BTreeSet::new(), ..drawing }, 0)
            .iter()
            .any(|t| t.contains("辺 〓子 が〓"))
    );
}
