//! A letter of a synthetic patient as a document, and back.
use crate::stage::{Stage, institution, now, resources, stamped, text};
use karute_chart::author::{Author, Standing};
use karute_chart::inbox::{self, Block, Kind as Came, Verdict};
use karute_chart::letter::{
    self, Choice, Destination, Edit, File, HeadChange, Kind, Known, New, Of, OnRecord, Place, Section, Sign, Signed,
};
use karute_fhir::Id;
use karute_ledger::Action;
use karute_sharing::document::{
    Institution, Lacking, LevelSwitches, Made, Plan, Source, UnitKind, patient_summary, received, referral, told,
};
use karute_terminology::Masters;

fn doctor() -> Author {
    Author { person: Id::new("dr-mori").unwrap(), name: "森 健吾".to_owned(), standing: Standing::Own }
}

/// A letter of the patient, written and not signed.
async fn written(stage: &Stage) -> letter::Draft {
    let id = Id::new("letter-1").unwrap();
    let place = Place { patient: &stage.patient, visit: None };
    let of = Of { patient: &stage.patient, letter: &id };
    let new = New { id: id.clone(), kind: Kind::Referral, to: None, answers: None };
    letter::open(&stage.access, place, new, &doctor(), now()).await.unwrap();
    let edits = [
        (Section::Purpose, "腎機能低下の精査を\nお願いいたします <至急> & よろしく。"),
        (Section::PresentIllness, "以前より通院中です。𠮷野家の近くにお住まいです。"),
        (Section::Course, "生活指導を続けています。"),
        (Section::Remarks, "次回 4週後"),
    ]
    .map(|(section, text)| Edit { section, text: text.to_owned(), base: String::new(), taken: Vec::new() });
    for edit in edits {
        let draft = letter::draft(&stage.access, of, &doctor().person).await.unwrap();
        let base = draft.text(edit.section).to_owned();
        letter::save(&stage.access, of, &[Edit { base, ..edit }], &doctor(), now()).await.unwrap();
    }
    let to = Destination {
        code: "1310000029".to_owned(),
        name: "県立みどり野病院".to_owned(),
        department: "腎臓内科".to_owned(),
        doctor: "斎藤 学".to_owned(),
        phone: "03-0000-0000".to_owned(),
        ..Destination::default()
    };
    let file = File {
        document: "doc-1".into(),
        title: "心電図".into(),
        media: "application/pdf".into(),
        bytes: 5,
        binary: "bin-1".into(),
    };
    for change in [HeadChange::To(to), HeadChange::Consent(Choice::Oral), HeadChange::Attach(file)] {
        letter::change(&stage.access, of, change, &doctor(), now()).await.unwrap();
    }
    letter::draft(&stage.access, of, &doctor().person).await.unwrap()
}

/// The same, signed.
pub(crate) async fn signed(stage: &Stage) -> letter::Letter {
    let draft = written(stage).await;
    let id = Id::new("letter-1").unwrap();
    let of = Of { patient: &stage.patient, letter: &id };
    let (seen, author, known) = (letter::Seen::parse(&draft.seen()), doctor(), Known::default());
    let asked = Sign { of, seen, author: &author, known: &known, jobs: Vec::new(), now: now() };
    match letter::sign(&stage.access, asked).await.unwrap() {
        Signed::Done(letter) => *letter,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn made(source: &Source, letter: &letter::Letter) -> Result<Made, Vec<Lacking>> {
    stamped(UnitKind::Referral, |stamp| referral(source, &Masters::starter(), letter, stamp))
}

async fn there_and_back(stage: Stage) {
    let letter = signed(&stage).await;
    let source = stage.source().await.with_file("bin-1", b"%PDF-".to_vec());
    let sent = made(&source, &letter).unwrap();
    let findings = karute_fhir::validate::validate(&sent.bundle);
    assert!(findings.is_empty(), "{findings:#?}");
    crate::rules::hold(&sent.bundle);
    assert_eq!(sent.text, made(&source, &letter).unwrap().text, "deterministic");
    let composition = resources(&sent.bundle, "Composition")[0];
    assert_eq!(text(composition, &["type", "coding", "0", "code"]), "57133-1");
    assert_eq!(text(composition, &["identifier", "value"]).split('^').count(), 3);
    for kind in [
        "Patient",
        "Practitioner",
        "Organization",
        "Condition",
        "AllergyIntolerance",
        "MedicationRequest",
        "Observation",
        "DocumentReference",
    ] {
        assert!(!resources(&sent.bundle, kind).is_empty(), "{kind}");
    }

    let back = received::read(sent.text.as_bytes()).unwrap();
    assert_eq!((back.kind, back.title.as_str()), (Came::Referral, "診療情報提供書"));
    assert_eq!((back.sender.institution.as_str(), back.sender.doctor.as_str()), ("みどり野内科クリニック", "森 健吾"));
    assert_eq!((back.sender.code.as_str(), back.addressee.as_str()), ("1419990015", "斎藤 学"));
    let section = |code: &str| back.sections.iter().find(|s| s.code == code).unwrap();
    let words = "腎機能低下の精査を\nお願いいたします <至急> & よろしく。".to_owned();
    assert_eq!(section("950").blocks, [Block::Text(words)], "line for line");
    let ours: Vec<&str> = ["920", "910", "950", "340", "360"].to_vec();
    assert_eq!(back.sections.iter().map(|s| s.code.as_str()).take(5).collect::<Vec<_>>(), ours, "in order");
    assert_eq!(
        back.files.iter().map(|f| (f.title.as_str(), f.content.as_slice())).collect::<Vec<_>>(),
        [("心電図", &b"%PDF-"[..])]
    );
    assert!(back.gaps.is_empty(), "{:?}", back.gaps);
    let reader = stage.access.reader(Action::View);
    let own = inbox::own(&reader, &stage.patient).await.unwrap();
    let own = reader.release(own).await.unwrap();
    let compared = inbox::compare(&back.items, &own, now());
    let odd: Vec<_> = compared
        .iter()
        .filter(|c| c.verdict != Verdict::Same)
        .map(|c| (back.items[c.at].name(), c.verdict, c.ours.clone()))
        .collect();
    assert!(odd.is_empty() && compared.len() >= 4, "{odd:#?}");
}

#[tokio::test]
async fn a_letter_goes_out_valid_and_comes_back_the_same() {
    there_and_back(Stage::sqlite().await).await;
}

#[tokio::test]
async fn a_letter_goes_out_valid_and_comes_back_the_same_on_postgres() {
    there_and_back(Stage::postgres().await).await;
}

#[tokio::test]
async fn what_a_letter_lacks_stands_at_its_place() {
    let stage = Stage::sqlite().await;
    let mut letter = signed(&stage).await;
    letter.to.code = String::new();
    letter.sections.retain(|(section, _)| *section != Section::PresentIllness);
    let bare = Institution { contact: None, ..institution() };
    let lacking = made(&stage.source_of(bare, LevelSwitches::default()).await, &letter).unwrap_err();
    assert_eq!(lacking, [Lacking::Address, Lacking::Addressee, Lacking::Section(Section::PresentIllness)]);
    let found = told(&lacking);
    assert_eq!(found[1].0, letter::At::To);
    assert_eq!(found[2].0, letter::At::Section(Section::PresentIllness));
}

#[tokio::test]
async fn more_than_ten_megabytes_are_refused_by_size() {
    let stage = Stage::sqlite().await;
    let letter = signed(&stage).await;
    let source = stage.source().await.with_file("bin-1", vec![7; 8_000_000]);
    assert!(matches!(made(&source, &letter).unwrap_err()[..], [Lacking::TooLarge(bytes)] if bytes > 10_000_000));
}

#[tokio::test]
async fn a_summary_tells_the_patient_nothing_that_nobody_told_them() {
    let stage = Stage::sqlite().await;
    stage
        .put(&serde_json::json!({"resourceType": "Condition", "id": "untold", "subject": {"reference": format!("Patient/{}", stage.patient)},
            "meta": {"tag": [{"system": "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication", "code": "UNINFORMED"}]},
            "clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "confirmed"}]},
            "code": {"text": "未告知の病名"}, "onsetDateTime": "2026-01-10"}))
        .await;
    let plan = Plan {
        id: Id::new("plan-1").unwrap(),
        text: "内服を続け、減塩に取り組みましょう。".to_owned(),
        from: now().day_in_japan(),
        visit: None,
        doctor: (doctor().person, doctor().name),
        conditions: Vec::new(),
    };
    let source = stage.source().await;
    let made = stamped(UnitKind::Plan, |stamp| patient_summary(&source, &Masters::starter(), &plan, stamp)).unwrap();
    let findings = karute_fhir::validate::validate(&made.bundle);
    assert!(findings.is_empty(), "{findings:#?}");
    crate::rules::hold(&made.bundle);
    assert!(made.count >= 1 && !made.text.contains("未告知の病名"));
    let back = received::read(made.text.as_bytes()).unwrap();
    assert_eq!(back.kind, Came::Plan);
    let empty = Plan { text: " ".to_owned(), ..plan };
    let refused = stamped(UnitKind::Plan, |stamp| patient_summary(&source, &Masters::starter(), &empty, stamp));
    assert_eq!(refused.unwrap_err(), [Lacking::Empty]);
}

#[tokio::test]
async fn what_is_previewed_and_what_is_on_record_is_what_is_sent() {
    let stage = Stage::sqlite().await;
    let preview = letter::preview(&written(&stage).await, &doctor(), now()).unwrap();
    let source = stage.source().await;
    assert_eq!(made(&source, &preview).unwrap_err(), [Lacking::File("心電図".to_owned())]);
    let source = source.with_file("bin-1", b"%PDF-".to_vec());
    let before = made(&source, &preview).unwrap();
    let letter = signed(&stage).await;
    assert_eq!(before.text, made(&source, &letter).unwrap().text);
    let of = Of { patient: &stage.patient, letter: &letter.id };
    let OnRecord { letter: kept, .. } = letter::one(&stage.access, of).await.unwrap();
    assert_eq!(kept, letter);
    assert!(kept.sections.iter().any(|(_, body)| !body.sources().is_empty()));
}
