//! From a letter of the chart to the printed form.
use karute_chart::clinic::Contact;
use karute_chart::letter::{Body, Destination, File, Kind, Letter, Route, Section};
use karute_chart::view::{Person, Sex};
use karute_fhir::Id;
use karute_forms::mapping::{About, Clinic, letter};
use karute_forms::{FormError, Forms, Mark};
use karute_japan::Timestamp;

fn now() -> Timestamp {
    Timestamp::parse("2026-11-20T10:42:00+09:00").unwrap()
}

fn person() -> Person {
    Person {
        id: Id::new("pt-1").unwrap(),
        name: "渡邊󠄀 真弓".into(),
        kana: Some("ワタナベ マユミ".into()),
        family: "渡邊󠄀".into(),
        sex: Sex::Female,
        birth: "1958-03-14".parse().ok(),
        number: Some("004821".into()),
        phone: Some("03-0000-0009".into()),
        language: None,
        died: None,
        dead: false,
        caution: None,
    }
}

fn found() -> Letter {
    let sections = [
        (Section::Diseases, "2型糖尿病、高血圧症"),
        (Section::Purpose, "腎機能低下の精査をお願いいたします。"),
        (Section::PresentIllness, "2012年より通院中です。"),
        (Section::Results, "11/13：HbA1c 7.4 %\n推移：eGFR 66→64→61"),
        (Section::Course, "メトホルミンを増量しました。"),
        (Section::Drugs, "アムロジピンOD錠5mg 1回1錠"),
        (Section::Allergies, "ペニシリン系 皮疹"),
        (Section::PastHistory, "2001年 虫垂切除術"),
        (Section::FamilyHistory, "母：胃がん"),
        (Section::Remarks, "次回 4週後"),
    ];
    Letter {
        id: Id::new("letter-1").unwrap(),
        version: 1,
        patient: Id::new("pt-1").unwrap(),
        visit: None,
        kind: Kind::Referral,
        route: Route::Paper,
        status: "final".into(),
        to: Destination {
            name: "県立みどり野病院".into(),
            department: "腎臓内科".into(),
            doctor: "斎藤 学".into(),
            ..Destination::default()
        },
        doctor: "森 さやか".into(),
        doctor_id: None,
        signed: Some(now()),
        issue: 1,
        sections: sections.map(|(s, text)| (s, Body { text: text.into(), marks: Vec::new() })).to_vec(),
        files: vec![File {
            document: "d".into(),
            title: "心電図".into(),
            media: "application/pdf".into(),
            bytes: 1,
            binary: "b".into(),
        }],
        answers: None,
        revision: None,
    }
}

fn made(found: &Letter, address: &str, reprint: bool) -> karute_forms::Letter {
    let contact = Contact {
        postal: "100-0001".into(),
        address: "東京都千代田区架空町１－２－３".into(),
        phone: "03-0000-0001".into(),
        fax: String::new(),
    };
    let person = person();
    let about = About { person: &person, address, occupation: None };
    let clinic = Clinic { name: "みどり坂クリニック", code: "1310000011", contact: Some(&contact) };
    letter(found, &about, &clinic, reprint, now())
}

#[test]
fn every_section_stands_in_its_box_of_the_form() {
    let form = made(&found(), "東京都新宿区架空１－１－１", false);
    for (text, words) in [
        (&form.diseases, "2型糖尿病、高血圧症"),
        (&form.purpose, "腎機能低下の精査をお願いいたします。"),
        (&form.history, "【既往歴】2001年 虫垂切除術\n【家族歴】母：胃がん"),
        (&form.course, "2012年より通院中です。\n【検査結果】\n11/13：HbA1c 7.4 %\n推移：eGFR 66→64→61"),
        (&form.treatment, "メトホルミンを増量しました。"),
        (&form.drugs, "アムロジピンOD錠5mg 1回1錠"),
        (&form.remarks, "【アレルギー】ペニシリン系 皮疹\n次回 4週後\n添付：心電図"),
    ] {
        assert_eq!(text, words);
    }
    assert_eq!((form.to.department.as_deref(), form.to.doctor.as_deref()), (Some("腎臓内科"), Some("斎藤 学")));
    assert_eq!((form.mark, form.issued.to_string().as_str()), (Mark::None, "2026-11-20"));
    let printed = Forms::new(None).letter(&form, now()).unwrap();
    assert_eq!(printed.pages, 1);
    assert_eq!(made(&found(), "", true).mark, Mark::Reprint);
    let taken_back = Letter { status: "entered-in-error".into(), ..found() };
    assert_eq!(made(&taken_back, "", false).mark, Mark::Sample);
}

#[test]
fn to_others_than_medical_institutions_address_and_telephone_must_stand() {
    let mut to_a_city = found();
    to_a_city.to.is_other = true;
    to_a_city.to.department.clear();
    to_a_city.to.doctor.clear();
    let refused = Forms::new(None).letter(&made(&to_a_city, "", false), now());
    assert!(matches!(refused, Err(FormError::Unusable(_))));
    Forms::new(None).letter(&made(&to_a_city, "東京都新宿区架空１－１－１", false), now()).unwrap();
}
