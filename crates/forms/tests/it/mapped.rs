//! From the chart to the form.
use karute_chart::clinic::Contact;
use karute_chart::prescription::{
    Amount, Coding, Dispensing, Drug, Form, Line, OnPaper, Preparation, Prescribed, Status, Substitution, Usage,
};
use karute_chart::registration::{CardForm, Kept, KeptPublic, PublicForm};
use karute_chart::view::{Insurance, Person, Sex};
use karute_forms::mapping::{Clinic, Issue, prescription};
use karute_forms::{Forms, Mark, Paper, Supply};
use karute_japan::Date;

const DAY: Date = Date::constant(2026, 11, 20);

fn id(text: &str) -> karute_fhir::Id {
    karute_fhir::Id::new(text).unwrap()
}

fn line(name: &str, form: Form, usage: &str, rp: u32) -> Line {
    let amount = |number| Some(Amount::whole(number));
    Line {
        id: id(&format!("rx-{rp}")),
        version: 1,
        status: Status::Active,
        rp,
        order: 1,
        what: Prescribed {
            drug: Drug { name: name.into(), codes: Vec::<Coding>::new() },
            form,
            dose: amount(1).filter(|_| form != Form::External),
            unit: if form == Form::External { "g".into() } else { "錠".into() },
            usage: Usage { text: usage.into(), times: Some(3), ..Usage::default() },
            days: Some(28).filter(|_| form == Form::Internal),
            count: Some(10).filter(|_| form == Form::AsNeeded),
            total: amount(50).filter(|_| form == Form::External),
            preparation: Preparation::default(),
            comment: None,
            purpose: None,
            dispensing: Dispensing::Outside,
        },
        written: Some(DAY),
        prior: None,
        visit: Some(id("v-1")),
        by: None,
        awaits_approval: false,
    }
}

fn insurance() -> Insurance {
    let (from, until) = (None, None);
    Insurance { patient: None, short: String::new(), payer_number: None, from, until, active: true, order: 1 }
}

fn card(kind: &str, insurer: &str, share: &str) -> Kept {
    let form = CardForm {
        card_kind: kind.into(),
        card_insurer: insurer.into(),
        card_symbol: "12".into(),
        card_number: "345".into(),
        card_branch: "01".into(),
        card_relation: "family".into(),
        card_share: share.into(),
        ..CardForm::default()
    };
    Kept { id: id("c-1"), version: 1, insurance: insurance(), form, ceiling: None }
}

fn found() -> OnPaper {
    OnPaper {
        person: Person {
            id: id("pt-1"),
            name: "渡邊 真弓".into(),
            kana: Some("ワタナベ マユミ".into()),
            family: "渡邊".into(),
            sex: Sex::Female,
            birth: Some(Date::constant(1981, 5, 2)),
            number: Some("003307".into()),
            phone: None,
            language: None,
            died: None,
            dead: false,
            caution: None,
        },
        address: "東京都千代田区架空町９".into(),
        date: DAY,
        lines: vec![
            line("【般】アムロジピン錠5mg", Form::Internal, "1日3回 毎食後", 1),
            line("【般】アセトアミノフェン錠200mg", Form::AsNeeded, "頓用 発熱時", 2),
            line("【般】ヘパリン類似物質クリーム0.3%", Form::External, "1日2回 塗布", 3),
        ],
        is_confirmed: true,
        has_narcotic: false,
        doctor: Some("森 さやか".into()),
        card: Some(card("association", "01139997", "3")),
        publics: Vec::new(),
    }
}

fn contact() -> Contact {
    Contact { address: "東京都千代田区架空町１".into(), phone: "03-0000-0001".into(), ..Contact::default() }
}

fn mapped(found: &OnPaper, issue: Issue) -> karute_forms::Prescription {
    let contact = contact();
    let clinic = Clinic { name: "みどり内科クリニック", code: "1311234566", contact: Some(&contact) };
    prescription(found, &clinic, issue)
}

#[test]
fn a_narcotic_is_refused_without_the_licence_of_the_doctor() {
    let found = OnPaper { has_narcotic: true, ..found() };
    let refused = Forms::new(None).prescription(&mapped(&found, Issue::default()), Paper::A5, crate::fixture::made());
    assert!(refused.unwrap_err().to_string().contains("麻薬処方箋には免許番号"));
    let licensed = Issue { narcotic_licence: Some("第12345号".into()), ..Issue::default() };
    assert!(Forms::new(None).prescription(&mapped(&found, licensed), Paper::A5, crate::fixture::made()).is_ok());
}

#[test]
fn lines_become_groups_with_the_amounts_a_pharmacist_reads() {
    let mut found = found();
    found.lines[0].what.preparation =
        Preparation { one_pack: true, crushed: false, substitution: Substitution::Refused };
    found.lines[0].what.comment = Some("残薬を確認してください".into());
    found.lines[2].what.usage.site = Some("両下腿".into());
    let form = mapped(&found, Issue::default());
    let rows: Vec<(&str, &str, Supply)> =
        form.groups.iter().map(|g| (g.drugs[0].amount.as_str(), g.usage.as_str(), g.supply)).collect();
    assert_eq!(
        rows,
        [
            ("1回1錠（1日3錠）", "1日3回 毎食後", Supply::Days(28)),
            ("1回1錠", "頓用 発熱時", Supply::Times(10)),
            ("50g", "1日2回 塗布　両下腿", Supply::Total),
        ]
    );
    assert_eq!(form.groups[0].drugs[0].notes, ["一包化", "残薬を確認してください"]);
    assert_eq!(form.groups[0].drugs[0].substitution, karute_forms::Substitution::Refused);
    assert_eq!((form.institution.prefecture.as_str(), form.institution.table.as_str()), ("13", "1"));
    assert_eq!((form.institution.code.as_str(), form.mark), ("1234566", Mark::None));
    assert_eq!(form.insurance.as_ref().unwrap().own, Some(false));
    let printed = Forms::new(None).prescription(&form, Paper::A5, crate::fixture::made()).unwrap();
    assert_eq!(printed.pages, 1);
}

#[test]
fn what_is_not_confirmed_is_a_sample() {
    let draft = OnPaper { is_confirmed: false, ..found() };
    assert_eq!(mapped(&draft, Issue { is_reprint: true, ..Issue::default() }).mark, Mark::Sample);
    assert_eq!(mapped(&found(), Issue { is_reprint: true, ..Issue::default() }).mark, Mark::Reprint);
}

#[test]
fn what_is_missing_is_told_by_name() {
    let nobody = OnPaper { doctor: None, ..found() };
    let clinic = Clinic { name: "みどり内科クリニック", code: "1311234566", contact: None };
    let form = prescription(&nobody, &clinic, Issue::default());
    let error = Forms::new(None).prescription(&form, Paper::A5, crate::fixture::made()).unwrap_err().to_string();
    assert!(error.contains("所在地") && error.contains("保険医の氏名"), "{error}");
}

#[test]
fn remarks_follow_from_age_and_share() {
    let cases = [
        ((2021, 4, 2), "association", "2", "６歳"),
        ((2020, 4, 1), "association", "3", ""),
        ((1981, 5, 2), "association", "3", ""),
        ((1955, 5, 2), "national", "2", "高一"),
        ((1955, 5, 2), "national", "3", "高７"),
        ((1945, 5, 2), "late-elderly", "1", "高一"),
        ((1945, 5, 2), "late-elderly", "2", "高８"),
        ((1945, 5, 2), "late-elderly", "3", "高７"),
        ((1981, 5, 2), "work-accident", "0", "労災"),
    ];
    for ((year, month, day), kind, share, expected) in cases {
        let mut found = found();
        found.person.birth = Some(Date::constant(year, month, day));
        found.card = Some(card(kind, "01139997", share));
        assert_eq!(mapped(&found, Issue::default()).remarks.join("、"), expected, "{year} {kind} {share}");
    }
}

#[test]
fn public_payers_stand_in_order_and_welfare_is_one() {
    let mut found = found();
    found.card = Some(Kept {
        form: CardForm { card_number: "7654321".into(), ..card("welfare", "12131006", "0").form },
        ..card("welfare", "12131006", "0")
    });
    found.publics = vec![KeptPublic {
        id: id("c-2"),
        version: 1,
        insurance: insurance(),
        form: PublicForm {
            public_payer: "21136011".into(),
            public_recipient: "1234567".into(),
            ..PublicForm::default()
        },
    }];
    let form = mapped(&found, Issue::default());
    assert_eq!(form.insurance, None);
    let numbers: Vec<(&str, Option<&str>)> =
        form.public.iter().map(|p| (p.payer.as_str(), p.recipient.as_deref())).collect();
    assert_eq!(numbers, [("12131006", Some("7654321")), ("21136011", Some("1234567"))]);
}

#[test]
fn a_divided_prescription_loses_no_day() {
    let mut found = found();
    found.lines[0].what.days = Some(40);
    let form = mapped(&found, Issue { parts: Some(3), ..Issue::default() });
    assert_eq!(form.groups[0].parts, [14, 13, 13]);
    assert!(form.groups[1].parts.is_empty() && form.check().is_ok());
}
