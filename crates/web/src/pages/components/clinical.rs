//! What is shown of a patient.
use super::Sample;
use crate::components::{
    banner::banner,
    graph, lab, medication,
    patient::{Part, tabs},
    sparkline::sparkline,
    timeline::timeline,
};
use karute_chart::graph::{Band, Cell, Row};
use karute_chart::summary::{DrugGroup, Entry, EntryKind, Series};
use karute_chart::view::{Allergy, AllergyEntry, Document, Flag, Insurance, Measurement, Medication, Person, Sex};
use karute_fhir::Id;
use karute_japan::Date;
use maud::{Markup, html};

pub(super) fn samples() -> Vec<Sample> {
    vec![
        Sample {
            title: "患者の見出し（常に最上部・隠さない）", wide: true, of: &["banner"], body: banners()
        },
        Sample { title: "患者の画面の札", wide: true, of: &["patient"], body: patient_tabs() },
        Sample { title: "検査値", wide: false, of: &["lab"], body: values() },
        Sample {
            title: "推移（基準の帯、▲高い ▼低い ●範囲内）", wide: false, of: &["sparkline"], body: graphs()
        },
        Sample { title: "薬", wide: false, of: &["medication"], body: drugs() },
        Sample { title: "経過（診察・検査・院外から）", wide: false, of: &["timeline"], body: course() },
        Sample {
            title: "グラフ（◇は他院の値、線の切れ目は測定法の変更）",
            wide: true,
            of: &["graph"],
            body: long_graph(),
        },
    ]
}

fn measured(name: &str, value: &str, month: i8, flag: Flag, range: (Option<f64>, Option<f64>)) -> Measurement {
    Measurement {
        code: name.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
        numeric: value.parse().ok(),
        unit: Some("%".to_owned()),
        flag,
        range,
        date: Date::new(2026, month, 13).ok(),
        source: None,
    }
}

fn values() -> Markup {
    html! {
        p class="lvs" {
            (lab::pair(&measured("HbA1c", "7.4", 11, Flag::High, (None, None))))
            (lab::pair(&measured("TSH", "0.02", 11, Flag::Low, (None, None))))
            (lab::pair(&measured("K", "4.6", 11, Flag::None, (None, None))))
        }
    }
}

fn person(name: &str, kana: &str, sex: Sex, birth: Option<Date>, number: &str) -> Option<Person> {
    Some(Person {
        id: Id::new("example").ok()?,
        name: name.to_owned(),
        kana: Some(kana.to_owned()),
        family: name.split(' ').next().unwrap_or_default().to_owned(),
        sex,
        birth,
        number: Some(number.to_owned()),
        phone: None,
        language: None,
        died: None,
        dead: false,
    })
}

fn insured(short: &str) -> Vec<Insurance> {
    vec![Insurance {
        patient: None,
        short: short.to_owned(),
        payer_number: None,
        from: None,
        until: None,
        active: true,
        order: 1,
    }]
}

fn banners() -> Markup {
    let today = Date::new(2026, 11, 20).unwrap_or_default();
    let penicillin = AllergyEntry {
        substance: "ペニシリン系".to_owned(),
        reaction: Some("皮疹".to_owned()),
        when: None,
        year: Some("2019".to_owned()),
        coded: true,
    };
    let none = Allergy::NoneKnown { confirmed: Date::new(2026, 6, 1).ok(), by: Some("井上".to_owned()) };
    let birth = |y, m, d| Date::new(y, m, d).ok();
    let shown = [
        (
            person("高橋 和夫", "タカハシ カズオ", Sex::Male, birth(1958, 3, 14), "004821"),
            "国保 3割",
            Allergy::Present(vec![penicillin]),
        ),
        (
            person("中村 陽菜", "ナカムラ ヒナ", Sex::Female, birth(2020, 7, 3), "005510"),
            "社保 家族 2割",
            Allergy::Unconfirmed,
        ),
        (person("伊藤 誠", "イトウ マコト", Sex::Male, birth(1974, 2, 20), "002215"), "社保 本人 3割", none),
    ];
    html! {
        div class="stack bx" {
            @for (person, short, allergy) in &shown {
                @if let Some(person) = person { (banner(person, &insured(short), allergy, today, &html! { span {} })) }
            }
        }
    }
}

fn drug(name: &str, dose: &str) -> Medication {
    Medication {
        name: name.to_owned(),
        code: None,
        dose: Some(dose.to_owned()),
        sig: Some("1日1回 朝食後".to_owned()),
        supply: Some("28日分".to_owned()),
        rp: None,
        written: None,
        until: None,
        status: "active".to_owned(),
        encounter: None,
    }
}

fn drugs() -> Markup {
    let today = Date::new(2026, 11, 20).unwrap_or_default();
    let group = DrugGroup {
        drugs: vec![drug("【般】アムロジピンOD錠5mg", "1錠"), drug("【般】テルミサルタン錠40mg", "1錠")],
        sig: Some("1日1回 朝食後".to_owned()),
        supply: Some("28日分".to_owned()),
        written: Date::new(2026, 10, 23).ok(),
        until: Date::new(2026, 11, 19).ok(),
    };
    html! { ol class="panel" { (medication::group(1, &group, today)) } }
}

fn graphs() -> Markup {
    let series = |values: &[(&str, Flag)], range| {
        let months = 6..;
        let points = values.iter().zip(months).map(|((v, f), m)| measured("HbA1c", v, m, *f, range)).collect();
        Series { name: "HbA1c".to_owned(), unit: Some("%".to_owned()), points, second: Vec::new(), target: None }
    };
    let band = (Some(4.6), Some(6.2));
    html! {
        div class="row row-w" {
            (sparkline(&series(&[("6.9", Flag::High), ("7.1", Flag::High), ("7.9", Flag::High), ("7.4", Flag::High)], band)))
            (sparkline(&series(&[("6.4", Flag::High), ("6.1", Flag::None), ("5.9", Flag::None)], band)))
            (sparkline(&series(&[("5.2", Flag::None), ("4.9", Flag::None), ("4.4", Flag::Low)], band)))
        }
    }
}

fn patient_tabs() -> Markup {
    html! { @if let Ok(id) = Id::new("example") { (tabs(&id, Part::Results, "")) } }
}

fn course() -> Markup {
    let today = Date::new(2026, 11, 20).unwrap_or_default();
    let day = |month, day| Date::new(2026, month, day).unwrap_or_default();
    let note = [("S", "食事は気をつけている。外食が週2回。"), ("O", "浮腫なし"), ("P", "運動を再開。4週後に採血")];
    let visit = EntryKind::Visit {
        visit: None,
        kind: Some("再診".to_owned()),
        reason: None,
        author: Some("森".to_owned()),
        note: note.map(|(title, text)| (title.to_owned(), text.to_owned())).to_vec(),
        record: None,
        repeats: false,
        drugs: vec![drug("アムロジピンOD錠5mg", "1錠")],
        vaccines: Vec::new(),
    };
    let labs = EntryKind::Labs {
        items: vec![
            measured("HbA1c", "7.4", 11, Flag::High, (None, None)),
            measured("eGFR", "52", 11, Flag::Low, (None, None)),
            measured("K", "4.6", 11, Flag::None, (None, None)),
        ],
    };
    let outside = EntryKind::Document(Document {
        title: "特定健診".to_owned(),
        source: Some("みどり市健診センター".to_owned()),
        date: Some(day(10, 5)),
        summary: Some("腹囲 91cm　血圧 146/88　LDL 124".to_owned()),
        outside: true,
    });
    let entries = [
        Entry { date: day(11, 13), kind: labs },
        Entry { date: day(10, 23), kind: visit },
        Entry { date: day(10, 5), kind: outside },
    ];
    html! { div class="panel tl" { (timeline(&entries, today, None, &|_| html! {})) } }
}

fn long_graph() -> Markup {
    let range = (Some(4.6), Some(6.2));
    let cell = |month, value, flag, source: Option<&str>, breaks| Cell {
        measured: Measurement {
            source: source.map(str::to_owned),
            ..measured("HbA1c（NGSP）", value, month, flag, range)
        },
        date: Date::new(2026, month, 13).unwrap_or_default(),
        breaks,
    };
    let row = Row {
        key: "example".to_owned(),
        name: "HbA1c（NGSP）".to_owned(),
        unit: Some("%".to_owned()),
        cells: vec![
            cell(11, "7.4", Flag::High, None, false),
            cell(9, "7.1", Flag::High, Some("みどり市健診センター"), false),
            cell(7, "6.1", Flag::None, None, true),
            cell(4, "6.0", Flag::None, None, false),
            cell(2, "4.4", Flag::Low, None, false),
        ],
        decimals: 1,
        unit_changed: false,
    };
    let day = |month, day| Date::new(2026, month, day).unwrap_or_default();
    let days = graph::Days { from: day(1, 1), until: day(11, 20) };
    let bands = [Band {
        name: "メトホルミン塩酸塩錠500mg".to_owned(),
        dose: "1回1錠 1日2回".to_owned(),
        stretches: vec![(day(3, 1), day(6, 30)), (day(8, 1), day(11, 20))],
    }];
    html! { div class="panel rs-g" { (graph::bands(&bands, days)) (graph::measure(&row, None, &[day(9, 25), day(11, 13)], days)) } }
}
