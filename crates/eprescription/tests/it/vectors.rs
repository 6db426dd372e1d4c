//! The published vectors, byte for byte (specification digest section 12).
use crate::sample::{DISPENSING, FIRST, INSTITUTION, SECOND};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_crypto::sha256;
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::csv::Sheet;
use karute_eprescription::wire::dispensing::Dispensing;
use karute_eprescription::wire::envelope::{Canonical, Envelope, Opened, UnsignedEnvelope};
use karute_eprescription::wire::message::{Answer, Consent, Finding, Function, Ids, Outcome, Question, Reply, Request};
use karute_eprescription::wire::prescription::{
    CodeKind, DosageForm, DrugSupplementKind, Leftover, Prescription, RemarkKind, Sex,
};

const REGISTER_REQUEST: &str = include_str!("../fixtures/register-request.xml");
const REGISTER_RESULT: &str = include_str!("../fixtures/register-result.xml");
const REGISTER_REFUSED: &str = include_str!("../fixtures/register-refused.xml");
const CHECK_REQUEST: &str = include_str!("../fixtures/check-request.xml");
const CHECK_RESULT: &str = include_str!("../fixtures/check-result.xml");
const PAPER: &str = include_str!("../fixtures/paper-envelope.xml");

fn hex(bytes: &[u8]) -> String {
    sha256(bytes).to_hex()
}

#[test]
fn the_first_example_is_read_and_written_byte_for_byte() {
    let profile = Profile::built_in();
    assert_eq!(FIRST.len(), 1024);
    assert_eq!(hex(FIRST.as_bytes()), "7d37485fbf3e9483a868b5559fceb5f5874f94587ac0db2d5c409dcbd9c8b98a");
    let read = Prescription::from_csv(FIRST.as_bytes(), &profile).unwrap();
    assert_eq!(String::from_utf8(read.to_csv(&profile).unwrap()).unwrap(), FIRST);
    // What it says, against the text.
    assert_eq!(read.institution.ten_digits(), INSTITUTION);
    assert_eq!(read.institution.fax, "03-0000-0002");
    assert_eq!((read.patient.name.as_str(), read.patient.sex), ("試験　花子", Sex::Female));
    assert_eq!(read.patient.birth.to_string(), "1960-04-01");
    let insurance = read.insurance.as_ref().unwrap();
    assert_eq!(
        (insurance.insurer.as_str(), insurance.number.as_str(), insurance.dependant),
        ("01139997", "9001", false)
    );
    assert_eq!(insurance.rates, Some((30, 70)));
    assert_eq!(read.leftover, Some(Leftover::Ask));
    assert_eq!(read.remarks.first().unwrap().kind, Some(RemarkKind::OnePack));
    assert_eq!(
        read.groups.iter().map(|g| (g.form, g.quantity, g.drugs.len())).collect::<Vec<_>>(),
        [(DosageForm::Internal, 14, 2), (DosageForm::AsNeeded, 10, 1), (DosageForm::External, 1, 1),]
    );
    let brand = read.groups.first().unwrap().drugs.get(1).unwrap();
    assert_eq!(brand.code_kind, CodeKind::Yj);
    assert_eq!(brand.supplements.get(1).unwrap().kind, Some(DrugSupplementKind::PatientWantsBrand));
    assert_eq!(read.last_day().to_string(), "2026-06-18");
}

#[test]
fn the_second_example_is_read_and_written_byte_for_byte() {
    let profile = Profile::built_in();
    let read = Prescription::from_csv(SECOND.as_bytes(), &profile).unwrap();
    assert_eq!(String::from_utf8(read.to_csv(&profile).unwrap()).unwrap(), SECOND);
    assert_eq!(read.refill, Some(3));
    assert_eq!(read.payers.first().unwrap().number, "54139993");
    let drug = read.groups.first().unwrap().drugs.first().unwrap();
    let uneven: Vec<String> = drug.uneven.as_ref().unwrap().times.iter().map(|(each, _)| each.to_string()).collect();
    assert_eq!(uneven, ["2", "1", "1"]);
    assert_eq!(drug.payers.unwrap().first, Some(true));
    assert_eq!(read.notes.len(), 1);
    assert_eq!(read.findings, ["ｅＧＦＲ　４８　（２０２６年６月２０日）"]);
    // With an LF at the end it is the same prescription.
    assert_eq!(Prescription::from_csv(format!("{SECOND}\n").as_bytes(), &profile).unwrap(), read);
}

#[test]
fn the_dispensing_example_is_read_and_written_byte_for_byte() {
    let profile = Profile::built_in();
    let read = Dispensing::from_csv(DISPENSING.as_bytes(), &profile).unwrap();
    assert_eq!(String::from_utf8(read.to_csv(&profile).unwrap()).unwrap(), DISPENSING);
    assert_eq!(read.kana, "ｼｹﾝ ﾊﾅｺ");
    assert_eq!(read.prescription, "0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01");
    assert_eq!(read.groups.first().unwrap().drugs.first().unwrap().code, "620000001");
    assert_eq!(read.messages, [("後発医薬品に変更しました".to_owned(), "99".to_owned())]);
    assert_eq!(read.inquiries, [("999".to_owned(), "残薬３日分あり　医師に確認し日数変更なし".to_owned())]);
    // Some writers put a spare item before the kana; others leave empty items at the end out.
    let spare = DISPENSING.replace(",,,,,,,ｼ", ",,,,,,,,ｼ").replace("5,20260616,", "5,20260616");
    assert_eq!(Dispensing::from_csv(spare.as_bytes(), &profile).unwrap(), read);
    // The sheet keeps the records as they stand.
    let sheet = Sheet::read(DISPENSING.as_bytes(), profile.dispensing(), &profile).unwrap();
    let numbers: Vec<u16> = sheet.records.iter().map(|record| record.number).collect();
    assert_eq!(numbers, [1, 5, 6, 7, 11, 15, 51, 55, 201, 301, 411, 511]);
}

#[test]
fn base64_envelope_and_digests_are_those_of_the_specification() {
    let profile = Profile::built_in();
    let base64 = STANDARD.encode(FIRST);
    assert_eq!(base64.len(), 1368);
    let envelope = UnsignedEnvelope::new(FIRST.as_bytes(), &profile);
    assert_eq!(String::from_utf8(envelope.bytes().to_vec()).unwrap(), PAPER.replace("BASE64", &base64));
    assert_eq!(envelope.bytes().len(), 1736);
    assert_eq!(hex(envelope.bytes()), "76fc38fabe81ea1aa5fb61fdb068f4a06a2e2f91db97feaf29050f4d29693060");
    assert_eq!(STANDARD.encode(envelope.bytes()).len(), 2316);
    let digest = |form| STANDARD.encode(sha256(&UnsignedEnvelope::canonical_document(FIRST.as_bytes(), form)).0);
    assert_eq!(digest(Canonical::Inclusive), "uCfQBRLV/MgLw+wgRmkgHocDHf9Mo8TcsNaxuE5hXjg=");
    assert_eq!(digest(Canonical::Exclusive), "mUwKb49Qg0PYL16BWCxL+juE8YB32Bp697BAhDoMvac=");
    let opened = Opened::read(envelope.bytes(), &profile).unwrap();
    assert_eq!(opened.csv, FIRST.as_bytes());
    assert_eq!((opened.signature, opened.prescription_id, opened.additional), (None, None, false));
}

#[test]
fn requests_are_those_of_the_specification() {
    let profile = Profile::built_in();
    let envelope = UnsignedEnvelope::new(FIRST.as_bytes(), &profile);
    let signed = crate::sample::pretended(&envelope);
    let content = STANDARD.encode(signed.bytes());
    let question = Question::Register(Envelope::Electronic(signed));
    let request = Request::new(&question, INSTITUTION, "RX-000777-1", &profile).unwrap();
    assert_eq!(request.api, "EPSsiPIR01req");
    assert_eq!(String::from_utf8(request.body).unwrap(), REGISTER_REQUEST.replace('…', &content));

    let question = Question::Check {
        csv: FIRST.as_bytes().to_vec(),
        own_too: false,
        consent: Consent { online: false, oral: true },
    };
    let request = Request::new(&question, INSTITUTION, "CK-000777-1", &profile).unwrap();
    assert_eq!(String::from_utf8(request.body).unwrap(), CHECK_REQUEST.replace('…', &STANDARD.encode(FIRST)));
}

#[test]
fn results_are_those_of_the_specification() {
    let profile = Profile::built_in();
    let register = |file_id: &str| Request {
        function: Function::Register,
        api: "EPSsiPIR01req".to_owned(),
        institution: INSTITUTION.to_owned(),
        file_id: file_id.to_owned(),
        body: Vec::new(),
    };
    let reply = Reply::read(&register("RX-000777-1"), REGISTER_RESULT.as_bytes(), &profile).unwrap();
    let ids = Ids { id: "0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01".to_owned(), access_code: "482913".to_owned() };
    assert_eq!(reply.answer, Some(Answer::Ids(ids)));
    let written = reply.write(Function::Register, "RX-000777-1", &profile).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), REGISTER_RESULT);

    let reply = Reply::read(&register("RX-000778-1"), REGISTER_REFUSED.as_bytes(), &profile).unwrap();
    let faults = vec![Finding {
        code: "EPSB9012E".to_owned(),
        message: "201,1,1: 医薬品コードがマスタにありません。".to_owned(),
    }];
    let outcome = Outcome {
        code: "EPSB9012E".to_owned(),
        message: "記録内容に誤りがあります。".to_owned(),
        csv: faults,
        ..Outcome::default()
    };
    assert_eq!(reply, Reply { outcome, answer: None });
    let written = reply.write(Function::Register, "RX-000778-1", &profile).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), REGISTER_REFUSED);

    let check = Request {
        function: Function::Check,
        api: "EPSsiDMC01req".to_owned(),
        institution: INSTITUTION.to_owned(),
        file_id: "CK-000777-1".to_owned(),
        body: Vec::new(),
    };
    let reply = Reply::read(&check, CHECK_RESULT.as_bytes(), &profile).unwrap();
    let Some(Answer::Check(result)) = &reply.answer else { panic!("no check result") };
    let detail = result.details.first().unwrap();
    assert_eq!((detail.category.as_str(), detail.ingredient.as_str()), ("重複投薬", "アムロジピンベシル酸塩"));
    let past = detail.past.as_ref().unwrap();
    assert_eq!((past.pharmacy.as_str(), past.medicine.quantity.as_str()), ("架空薬局", "28"));
    let written = reply.write(Function::Check, "CK-000777-1", &profile).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), CHECK_RESULT);
    // An answer to another request is none.
    assert!(Reply::read(&register("RX-000779-1"), REGISTER_RESULT.as_bytes(), &profile).is_err());
}

#[test]
fn the_symbol_of_a_paper_form_holds_the_same_prescription_in_the_symbols_own_words() {
    let profile = Profile::built_in();
    let read = Prescription::from_csv(FIRST.as_bytes(), &profile).unwrap();
    let bytes = read.to_symbol(Some("123456"), &profile).unwrap().unwrap();
    let (text, _, damaged) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!damaged && bytes.windows(2).filter(|pair| pair == b"\r\n").count() == text.lines().count());
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "JAHIS10");
    let at = |prefix: &str| lines.iter().position(|line| line.starts_with(prefix));
    assert_eq!(at("82,1,123456").map(|at| at + 1), at("101,"), "the number stands before the first Rp");
    // Record by record what the CSV says; usages by their words.
    for line in
        FIRST.lines().skip(1).filter(|line| !["82,", "111,", "301,", "302,"].iter().any(|p| line.starts_with(p)))
    {
        assert!(lines.contains(&line), "{line}");
    }
    let usages: Vec<&str> = lines.iter().copied().filter(|line| line.starts_with("111,")).collect();
    assert!(!usages.is_empty() && usages.iter().all(|line| line.split(',').nth(2) == Some("1")), "{usages:?}");
    assert!(lines.iter().all(|line| !line.starts_with("301,") && !line.starts_with("302,")));
    assert!(!read.to_symbol(None, &profile).unwrap().unwrap().windows(5).any(|w| w == b"\r\n82,"));
    // A name beyond Shift_JIS, and more than one symbol holds: no symbol rather than a wrong one.
    let mut rare = read.clone();
    rare.doctor.name = "𠮷田　太郎".to_owned();
    assert!(rare.to_symbol(None, &profile).map_or(true, |symbol| symbol.is_none()));
    let mut long = read;
    long.groups = (0..40).flat_map(|_| long.groups.clone()).collect();
    assert_eq!(long.to_symbol(None, &profile).unwrap(), None);
}
