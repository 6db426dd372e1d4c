//! What is written is read again as it was, for anything the formats can carry.
use crate::any;
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::dispensing::Dispensing;
use karute_eprescription::wire::envelope::{DispensingEnvelope, Envelope, Opened, UnsignedEnvelope};
use karute_eprescription::wire::in_house::InHouseEnvelope;
use karute_eprescription::wire::message::{
    Answer, CheckDetail, CheckResult, Consent, DateRange, Finding, Found, Function, Ids, Insured, Medicine, Outcome,
    PastMedicine, Question, Reply, Request, Row, ServiceStatus, StatusReport, Verification, VerificationFailure,
};
use karute_eprescription::wire::prescription::Prescription;
use karute_japan::{Date, Timestamp};
use proptest::prelude::*;

const ID: &str = "0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01";

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_prescription_comes_back(given in any::prescription()) {
        let profile = Profile::built_in();
        let csv = given.to_csv(&profile).unwrap();
        prop_assert!(!csv.contains(&b'\r') && !csv.ends_with(b"\n") && csv.starts_with(b"SJ1\n"));
        let read = Prescription::from_csv(&csv, &profile).unwrap();
        prop_assert!(read == given);
        prop_assert_eq!(read.to_csv(&profile).unwrap(), csv.clone());
        let envelope = UnsignedEnvelope::new(&csv, &profile);
        prop_assert_eq!(Opened::read(envelope.bytes(), &profile).unwrap().csv, csv);
    }

    #[test]
    fn any_dispensing_result_comes_back(given in any::dispensing()) {
        let profile = Profile::built_in();
        let csv = given.to_csv(&profile).unwrap();
        prop_assert!(Dispensing::from_csv(&csv, &profile).unwrap() == given);
        let envelope = DispensingEnvelope {
            dispensing_id: ID.to_owned(),
            prescription_id: Some(ID.to_owned()),
            prescription: b"SJ1".to_vec(),
            csv,
            signed: false,
        };
        prop_assert!(DispensingEnvelope::read(&envelope.write(&profile), &profile).unwrap() == envelope);
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..1024) {
        let profile = Profile::built_in();
        // Rubbish, and the example with rubbish in it.
        let mut spoilt = crate::sample::FIRST.as_bytes().to_vec();
        for (offset, byte) in bytes.iter().take(8).enumerate() {
            let place = (at + offset * 37) % spoilt.len();
            if let Some(there) = spoilt.get_mut(place) {
                *there = *byte;
            }
        }
        for csv in [&bytes, &spoilt] {
            if let Ok(read) = Prescription::from_csv(csv, &profile) {
                let again = read.to_csv(&profile).unwrap();
                prop_assert!(Prescription::from_csv(&again, &profile).unwrap() == read);
            }
            let _ = Dispensing::from_csv(csv, &profile);
        }
        let _ = Opened::read(&bytes, &profile);
        let _ = DispensingEnvelope::read(&bytes, &profile);
        for function in Function::ALL {
            let _ = Reply::read(&request(function), &bytes, &profile);
        }
    }
}

fn request(function: Function) -> Request {
    let profile = Profile::built_in();
    let id = profile.message(function.name()).unwrap().id.clone();
    Request {
        function,
        api: format!("{id}req"),
        institution: "1311234566".to_owned(),
        file_id: "T-1".to_owned(),
        body: Vec::new(),
    }
}

fn insured() -> Insured {
    Insured {
        insurer: "138016".to_owned(),
        symbol: "記号＆１".to_owned(),
        number: "9001".to_owned(),
        branch: "01".to_owned(),
    }
}

#[test]
fn every_request_is_read_as_it_was_written() {
    let profile = Profile::built_in();
    let day = Date::constant(2026, 6, 15);
    let range = DateRange { from: day, to: day };
    let envelope = UnsignedEnvelope::new(b"SJ1\n", &profile);
    let paper = || Envelope::Paper(envelope.clone());
    let in_house = || Envelope::InHouse(InHouseEnvelope::new(b"HJ1\n", &profile));
    let id = || ID.to_owned();
    let questions = [
        Question::Precheck { insured: insured(), date: day },
        Question::Check { csv: b"SJ1".to_vec(), own_too: true, consent: Consent { online: true, oral: false } },
        Question::Register(paper()),
        Question::Cancel(id()),
        Question::Change { id: id(), envelope: paper() },
        Question::UndoCancel(id()),
        Question::UndoChange(id()),
        Question::Copy(id()),
        Question::List(range),
        Question::ByDispensing(id()),
        Question::Status(id()),
        Question::Search { insured: insured(), range: Some(range) },
        Question::Register(in_house()),
        Question::CancelInHouse(id()),
        Question::Change { id: id(), envelope: in_house() },
        Question::SearchInHouse { insured: insured(), range: Some(range) },
    ];
    assert_eq!(questions.each_ref().map(Question::function), Function::ALL);
    for question in questions {
        let written = Request::new(&question, "1311234566", "T-1", &profile).unwrap();
        let read = Request::read(&written.api, &written.body, &profile).unwrap();
        assert_eq!(
            (read.function, read.institution.as_str(), read.file_id.as_str()),
            (question.function(), "1311234566", "T-1")
        );
        match &question {
            Question::Precheck { .. } | Question::Search { .. } | Question::SearchInHouse { .. } => {
                assert_eq!(read.insured(), insured());
            }
            Question::Check { csv, .. } => {
                assert_eq!(&read.decoded("prescription").unwrap(), csv);
                assert_eq!((read.get("own"), read.get("online"), read.get("oral")), ("2", "1", "0"));
            }
            Question::Register(given @ Envelope::InHouse(_))
            | Question::Change { envelope: given @ Envelope::InHouse(_), .. } => {
                assert_eq!(read.decoded("prescription").unwrap(), given.bytes());
                assert_eq!(read.get("issue"), "");
            }
            Question::Register(_) | Question::Change { .. } => {
                assert_eq!(read.decoded("prescription").unwrap(), envelope.bytes());
                assert_eq!(read.get("issue"), "2");
            }
            Question::List(_) => assert_eq!((read.get("from"), read.get("to")), ("20260615", "20260615")),
            Question::ByDispensing(_) => assert_eq!(read.get("dispensing"), ID),
            _ => assert_eq!(read.get("id"), ID),
        }
    }
    // A 6-digit insurer number is padded with blanks on the wire.
    let question = Question::Precheck { insured: insured(), date: day };
    let written = Request::new(&question, "1311234566", "T-1", &profile).unwrap();
    assert!(String::from_utf8(written.body).unwrap().contains("<InsurerNumber>  138016</InsurerNumber>"));
}

#[test]
fn requests_that_do_not_fit_are_not_written() {
    let profile = Profile::built_in();
    let cancel = |id: &str| Question::Cancel(id.to_owned());
    assert!(Request::new(&cancel("not a uuid"), "1311234566", "T-1", &profile).is_err());
    assert!(Request::new(&cancel(""), "1311234566", "T-1", &profile).is_err());
    assert!(Request::new(&cancel(ID), "131123456", "T-1", &profile).is_err());
    for file_id in ["", "a b", "a<b", &"x".repeat(51)] {
        assert!(Request::new(&cancel(ID), "1311234566", file_id, &profile).is_err(), "{file_id}");
    }
}

#[test]
fn every_reply_is_read_as_it_was_written() {
    let profile = Profile::built_in();
    let unnumbered = || Ids { id: ID.to_owned(), access_code: String::new() };
    let ids = || Ids { id: ID.to_owned(), access_code: "0012345678901234".to_owned() };
    let at = Timestamp::parse("2026-06-15T10:15:30+09:00").unwrap();
    let medicine = Medicine {
        code_kind: "7".to_owned(),
        code: "2171022F2ZZZ".to_owned(),
        name: "【般】アムロジピン錠５ｍｇ".to_owned(),
        quantity: "14".to_owned(),
        usage: "１日１回朝食後　服用".to_owned(),
        form: "内服".to_owned(),
    };
    let detail = CheckDetail {
        id: "001".to_owned(),
        category: "重複投薬".to_owned(),
        ingredient: "成分 <&>".to_owned(),
        message: "同一成分の薬剤が処方されています。".to_owned(),
        target: Some(medicine.clone()),
        past: Some(PastMedicine {
            date: Some(Date::constant(2026, 6, 5)),
            medicine,
            institution: "見本病院".to_owned(),
            pharmacy: String::new(),
        }),
    };
    let masked = CheckDetail { ingredient: String::new(), target: None, past: None, ..detail.clone() };
    let row = Row {
        id: ID.to_owned(),
        dispensing: Some(ID.to_owned()),
        status: ServiceStatus::Dispensed,
        date: Some(Date::constant(2026, 6, 16)),
        pharmacy_code: "1347654320".to_owned(),
        pharmacy_name: "架空薬局".to_owned(),
        message: true,
        updated: Some(at),
    };
    let waiting = Row {
        dispensing: None,
        date: None,
        pharmacy_code: String::new(),
        pharmacy_name: String::new(),
        status: ServiceStatus::Issued,
        message: false,
        updated: None,
        ..row.clone()
    };
    let status = |status| StatusReport {
        status,
        pharmacy_code: "1347654320".to_owned(),
        pharmacy_name: "架空薬局".to_owned(),
        message: true,
        dispensing: Some(b"<Document/>".to_vec()),
    };
    let answers = [
        (Function::Precheck, Answer::Done),
        (Function::Cancel, Answer::Done),
        (Function::Register, Answer::Ids(ids())),
        (Function::Change, Answer::Ids(ids())),
        (Function::UndoCancel, Answer::Ids(ids())),
        (Function::UndoChange, Answer::Ids(ids())),
        (Function::Copy, Answer::Copy(b"%PDF-1.7".to_vec())),
        (Function::Status, Answer::Status(status(ServiceStatus::Issued))),
        (Function::Status, Answer::Status(status(ServiceStatus::InDispensing))),
        (Function::Status, Answer::Status(status(ServiceStatus::Dispensed))),
        (Function::Status, Answer::Status(status(ServiceStatus::Returned))),
        (Function::Status, Answer::Status(status(ServiceStatus::Cancelled))),
        (Function::ByDispensing, Answer::Dispensing(b"<Document/>".to_vec(), true)),
        (Function::List, Answer::Rows(vec![row, waiting])),
        (Function::List, Answer::Rows(Vec::new())),
        (Function::Search, Answer::Found(vec![Found { ids: ids(), created: Some(at) }])),
        (Function::Search, Answer::Found(Vec::new())),
        (Function::Check, Answer::Check(CheckResult { details: vec![detail, masked] })),
        (Function::Check, Answer::Check(CheckResult::default())),
        (Function::InHouseRegister, Answer::Ids(unnumbered())),
        (Function::InHouseChange, Answer::Ids(unnumbered())),
        (Function::InHouseCancel, Answer::Done),
        (Function::InHouseSearch, Answer::Found(vec![Found { ids: unnumbered(), created: Some(at) }])),
        (Function::InHouseSearch, Answer::Found(Vec::new())),
    ];
    for (function, answer) in answers {
        let reply = Reply { outcome: Outcome { done: true, ..Outcome::default() }, answer: Some(answer) };
        let written = reply.write(function, "T-1", &profile).unwrap();
        assert_eq!(Reply::read(&request(function), &written, &profile).unwrap(), reply, "{function:?}");
    }
    let finding = |code: &str| Finding { code: code.to_owned(), message: "誤り <1> & 2".to_owned() };
    let outcome = Outcome {
        code: "EPSB9020E".to_owned(),
        message: "電子署名を検証できません。".to_owned(),
        xml: vec![finding("X1"), finding("X2")],
        csv: vec![finding("C1")],
        signatures: vec![Verification {
            status: "9".to_owned(),
            message: "検証失敗".to_owned(),
            sign: "PrescriptionSign".to_owned(),
            failures: vec![VerificationFailure {
                key: "certificate.expired".to_owned(),
                code: "V01".to_owned(),
                message: "有効期限切れ".to_owned(),
            }],
        }],
        ..Outcome::default()
    };
    let reply = Reply { outcome, answer: None };
    let written = reply.write(Function::Register, "T-1", &profile).unwrap();
    assert_eq!(Reply::read(&request(Function::Register), &written, &profile).unwrap(), reply);
}
