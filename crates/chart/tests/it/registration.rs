//! Patients registered, changed, found twice, unknown.
use crate::clinic::{Clinic, KAZUO, MAYUMI, SYSTEM};
use karute_chart::ChartError;
use karute_chart::registration::{
    CardForm, NewPatient, Numbering, PersonForm, PublicForm, alike, amend, file, numbering, put_card, put_public,
    register, register_unknown, set_digits, system,
};
use karute_chart::view::Sex;
use karute_fhir::ResourceType;
use karute_ledger::{Action, HistoryScope};

fn form() -> PersonForm {
    let text = str::to_owned;
    PersonForm {
        family: text("森"),
        given: text("愛"),
        family_kana: text("もり"),
        given_kana: text("あい"),
        birth: text("H2.4.1"),
        sex: text("female"),
        phone: text("090-1111-7890"),
        ..PersonForm::default()
    }
}

fn card() -> CardForm {
    let text = str::to_owned;
    CardForm { card_insurer: text("138057"), card_number: text("77"), card_from: text("R8.4.1"), ..CardForm::default() }
}

fn new(clinic: &Clinic) -> NewPatient {
    let details = form().read(clinic.today()).unwrap();
    let card = card().read(details.birth, clinic.today()).unwrap();
    NewPatient { id: clinic.id(), details, card: Some((clinic.id(), card)), public: None }
}

#[test]
fn numbers_have_the_system_of_the_institution() {
    assert_eq!(system("1399000011"), SYSTEM);
}

#[tokio::test]
async fn a_patient_is_registered_with_the_next_free_number_and_an_insurance_in_one_write() {
    let clinic = Clinic::open().await;
    clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    clinic.patient(&KAZUO, "1958-03-14", "03-1111-3333").await;
    let first = new(&clinic);
    assert_eq!(register(&clinic.access, &first, SYSTEM).await.unwrap(), "004822", "after the largest");
    assert_eq!(register(&clinic.access, &new(&clinic), SYSTEM).await.unwrap(), "004823");
    let kept = file(&clinic.access, &first.id).await.unwrap();
    assert_eq!((kept.person.name.as_str(), kept.person.kana.as_deref()), ("森 愛", Some("モリ アイ")));
    assert_eq!(kept.person.number.as_deref(), Some("004822"));
    assert_eq!(kept.cards[0].insurance.short, "国保 3割");
    let made: Vec<_> = clinic.audit().await.into_iter().filter(|e| e.contains("患者の登録")).collect();
    assert_eq!(made.len(), 2, "one event each");
    assert!(made[0].contains("Coverage/") && made[0].contains("Patient/"));
}

#[tokio::test]
async fn a_number_that_is_taken_is_left_out_and_the_clinic_chooses_the_digits() {
    let clinic = Clinic::open().await;
    assert_eq!(numbering(&clinic.access).await.unwrap(), Numbering { digits: 6, last: None });
    set_digits(&clinic.access, 5).await.unwrap();
    assert_eq!(register(&clinic.access, &new(&clinic), SYSTEM).await.unwrap(), "00001");
    clinic.patient(&crate::clinic::Named("森 太郎", "モリ タロウ", "00002"), "1990-01-01", "03-1111-3333").await;
    assert_eq!(register(&clinic.access, &new(&clinic), SYSTEM).await.unwrap(), "00003");
    for digits in [0, 3, 11] {
        assert!(matches!(set_digits(&clinic.access, digits).await, Err(ChartError::Invalid)));
    }
}

#[tokio::test]
async fn six_desks_at_once_give_six_numbers() {
    let clinic = Clinic::open().await;
    let desks: Vec<_> = (0..6)
        .map(|_| {
            let (access, new) = (clinic.access.clone(), new(&clinic));
            tokio::spawn(async move { register(&access, &new, SYSTEM).await.unwrap() })
        })
        .collect();
    let mut numbers = Vec::new();
    for desk in desks {
        numbers.push(desk.await.unwrap());
    }
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 6, "{numbers:?}");
}

#[tokio::test]
async fn changed_details_are_a_new_version_and_nothing_is_lost() {
    let clinic = Clinic::open().await;
    let new = new(&clinic);
    register(&clinic.access, &new, SYSTEM).await.unwrap();
    let mut changed = form();
    changed.family = "佐藤".to_owned();
    changed.family_kana = "サトウ".to_owned();
    changed.former = "森 愛".to_owned();
    let details = changed.read(clinic.today()).unwrap();
    amend(&clinic.access, &new.id, 1, &details).await.unwrap();
    amend(&clinic.access, &new.id, 2, &details).await.unwrap();
    let overtaken = amend(&clinic.access, &new.id, 1, &details).await;
    assert!(matches!(overtaken, Err(ChartError::Conflict)), "{overtaken:?}");
    let kept = file(&clinic.access, &new.id).await.unwrap();
    assert_eq!((kept.version, kept.person.name.as_str()), (2, "佐藤 愛"), "saving the same twice makes no version");
    assert_eq!(kept.person.number.as_deref(), Some("000001"));
    let reader = clinic.access.reader(Action::History);
    let scope = HistoryScope::Instance(ResourceType::parse("Patient").unwrap(), new.id.clone());
    let versions = reader.history(scope, 10, None, None).await.unwrap().matches;
    let versions = reader.release(versions).await.unwrap();
    assert_eq!(versions.len(), 2);
    assert!(versions[1].body.contains("森"));
    let found = karute_chart::patients::search(&clinic.access, "森", clinic.today()).await.unwrap();
    assert_eq!(found.hits.len(), 1, "found by the former name too");
    let foreign = amend(&clinic.other, &new.id, 2, &details).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)), "{foreign:?}");
}

#[tokio::test]
async fn cards_and_public_funds_are_added_and_changed_for_their_own_patient_only() {
    let clinic = Clinic::open().await;
    let patient = new(&clinic);
    register(&clinic.access, &patient, SYSTEM).await.unwrap();
    let other = new(&clinic);
    register(&clinic.access, &other, SYSTEM).await.unwrap();
    let text = str::to_owned;
    let public =
        PublicForm { public_payer: text("21136011"), public_recipient: text("1234567"), ..PublicForm::default() };
    let public = public.read().unwrap();
    let (one, two) = (clinic.id(), clinic.id());
    put_public(&clinic.access, &patient.id, &one, None, &public).await.unwrap();
    put_public(&clinic.access, &patient.id, &two, None, &public).await.unwrap();
    let mut newer = card();
    newer.card_from = text("R8.10.1");
    newer.card_insurer = text("06139998");
    let newer = newer.read(patient.details.birth, clinic.today()).unwrap();
    put_card(&clinic.access, &patient.id, &clinic.id(), None, &newer).await.unwrap();
    let kept = file(&clinic.access, &patient.id).await.unwrap();
    assert_eq!(kept.publics.iter().map(|p| p.insurance.order).collect::<Vec<_>>(), [2, 3]);
    assert_eq!(
        kept.cards.iter().map(|c| c.insurance.short.as_str()).collect::<Vec<_>>(),
        ["社保 本人 3割", "国保 3割"]
    );
    put_public(&clinic.access, &patient.id, &one, Some(1), &public).await.unwrap();
    let overtaken = put_public(&clinic.access, &patient.id, &one, Some(1), &public).await;
    assert!(matches!(overtaken, Err(ChartError::Conflict)), "{overtaken:?}");
    let foreign = put_card(&clinic.access, &other.id, &kept.cards[0].id, Some(1), &newer).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)), "{foreign:?}");
    let found = karute_chart::patients::search(&clinic.access, "森", clinic.today()).await.unwrap();
    let hit = found.hits.iter().find(|h| h.person.id == patient.id).unwrap();
    assert_eq!(hit.insurance.as_ref().unwrap().short, "社保 本人 3割", "the card that began later counts");
}

#[tokio::test]
async fn the_same_reading_and_birth_date_is_found_before_a_second_record_is_made() {
    let clinic = Clinic::open().await;
    let mayumi = clinic.patient(&MAYUMI, "1981-05-02", "090-1111-2222").await;
    let birth = "1981-05-02".parse().unwrap();
    let ask = |family, given| alike(&clinic.access, birth, (family, given), None);
    let found = ask("わたなべ", Some("まゆみ")).await.unwrap();
    assert_eq!(found.iter().map(|a| (&a.person.id, a.same_reading)).collect::<Vec<_>>(), [(&mayumi, true)]);
    assert!(!ask("タナカ", Some("マユミ")).await.unwrap()[0].same_reading);
    assert!(ask("タナカ", Some("アイ")).await.unwrap().is_empty());
    let other_day = alike(&clinic.access, "1981-05-03".parse().unwrap(), ("ワタナベ", Some("マユミ")), None).await;
    assert!(other_day.unwrap().is_empty());
    assert!(alike(&clinic.access, birth, ("ワタナベ", Some("マユミ")), Some(&mayumi)).await.unwrap().is_empty());
}

#[tokio::test]
async fn somebody_unknown_has_a_number_at_once_and_is_identified_later() {
    let clinic = Clinic::open().await;
    let id = clinic.id();
    let number = register_unknown(&clinic.access, &id, Sex::Male, "推定40代\u{202E} 青い上着", SYSTEM).await.unwrap();
    assert_eq!(number, "000001");
    let kept = file(&clinic.access, &id).await.unwrap();
    assert_eq!((kept.person.name.as_str(), kept.provisional), ("不明 推定40代 青い上着", true));
    amend(&clinic.access, &id, 1, &form().read(clinic.today()).unwrap()).await.unwrap();
    let kept = file(&clinic.access, &id).await.unwrap();
    assert_eq!(
        (kept.person.name.as_str(), kept.provisional, kept.person.number.as_deref()),
        ("森 愛", false, Some("000001"))
    );
    assert!(clinic.audit().await.iter().any(|e| e.contains("仮登録の本人確認")));
}
