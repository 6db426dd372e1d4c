//! Allergies in three states, and what stands beside them.
use crate::clinic::{Clinic, KAZUO, MAYUMI};
use karute_chart::ChartError;
use karute_chart::allergy::{self, Breastfeeding, Kind, New, Pregnancy, Record, Severity, Substance};
use karute_chart::author::{Author, Standing};
use karute_chart::check;
use karute_chart::view::Allergy;
use karute_fhir::Id;
use karute_japan::era_partial::{PartialDate, parse_partial};
use karute_ledger::Action;

fn nurse() -> Author {
    Author { person: Id::new("ns-1").unwrap(), name: "佐藤 恵".to_owned(), standing: Standing::Own }
}

async fn record(clinic: &Clinic, patient: &Id) -> Record {
    let reader = clinic.access.reader(Action::View);
    let found = allergy::record(&reader, patient).await.unwrap();
    reader.release(found).await.unwrap()
}

fn new(clinic: &Clinic, patient: &Id, kind: Kind, substance: Substance, when: Option<PartialDate>) -> New {
    New {
        id: clinic.id(),
        patient: patient.clone(),
        kind,
        substance,
        reaction: Some("皮疹".to_owned()),
        severity: Some(Severity::Severe),
        when,
    }
}

#[tokio::test]
async fn safe_02_the_state_is_one_of_three_and_never_blank() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    assert_eq!(record(&clinic, &patient).await.state, Allergy::Unconfirmed);
    allergy::confirm_none(&clinic.access, &nurse(), &patient, &clinic.id(), clinic.now()).await.unwrap();
    let Allergy::NoneKnown { confirmed, by } = record(&clinic, &patient).await.state else { panic!() };
    assert_eq!((confirmed, by.as_deref()), (Some(clinic.today()), Some("佐藤 恵")));
    // Confirmed again: the same statement, with today's name; not a second one.
    allergy::confirm_none(&clinic.access, &nurse(), &patient, &clinic.id(), clinic.now()).await.unwrap();
    let drug = Substance::of_drug("6131001F2010", "アモキシシリン").unwrap();
    let entry = new(&clinic, &patient, Kind::Drug, drug, Some(PartialDate::Year(2019)));
    allergy::add(&clinic.access, &nurse(), entry, clinic.now()).await.unwrap();
    let now = record(&clinic, &patient).await;
    let Allergy::Present(shown) = &now.state else { panic!() };
    assert_eq!((shown.len(), shown[0].year.as_deref(), shown[0].coded), (1, Some("2019"), true));
    assert_eq!(now.entries[0].code.as_ref().unwrap().1, "GCM6131001F2ZZZ", "by ingredient, whatever the brand");
    // None cannot be confirmed while one stands; after it was taken away nobody has asked again.
    let refused = allergy::confirm_none(&clinic.access, &nurse(), &patient, &clinic.id(), clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Step)));
    let target = (&patient, &now.entries[0].id, now.entries[0].version);
    let version = allergy::delete(&clinic.access, &nurse(), target, "別の患者", clinic.now()).await.unwrap();
    assert_eq!(record(&clinic, &patient).await.state, Allergy::Unconfirmed);
    allergy::restore(&clinic.access, &nurse(), (&patient, target.1, version), clinic.now()).await.unwrap();
    assert!(matches!(record(&clinic, &patient).await.state, Allergy::Present(_)));
}

#[tokio::test]
async fn words_without_code_are_said_to_be_beyond_checking() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let words = Substance::Words("市販の湿布\u{202E}".to_owned());
    allergy::add(&clinic.access, &nurse(), new(&clinic, &patient, Kind::Drug, words, None), clinic.now())
        .await
        .unwrap();
    let found = record(&clinic, &patient).await;
    assert_eq!(found.entries[0].shown.substance, "市販の湿布");
    assert!(!found.entries[0].shown.coded);
    for (substance, when) in [
        (Substance::Words("  ".to_owned()), None),
        (Substance::Words("そば".to_owned()), Some(parse_partial("2027").unwrap())),
    ] {
        let refused =
            allergy::add(&clinic.access, &nurse(), new(&clinic, &patient, Kind::Food, substance, when), clinic.now())
                .await;
        assert!(matches!(refused, Err(ChartError::Invalid)));
    }
}

#[tokio::test]
async fn a_contraindication_an_infection_and_a_pregnancy_stand_with_the_allergies() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1996-03-14", "").await;
    let drug = Substance::of_drug("1149019F1560", "ロキソプロフェンNa錠60mg").unwrap();
    allergy::add(&clinic.access, &nurse(), new(&clinic, &patient, Kind::Contraindication, drug, None), clinic.now())
        .await
        .unwrap();
    allergy::note_infection(&clinic.access, &nurse(), (&patient, &clinic.id()), "HBs抗原 陽性", clinic.now())
        .await
        .unwrap();
    let due = "2027-05-01".parse().unwrap();
    let said = Some((Pregnancy::Pregnant, Some(due)));
    let ids = [&clinic.id(), &clinic.id()];
    allergy::set_state(&clinic.access, &nurse(), (&patient, ids), said, Some(Breastfeeding::No), clinic.now())
        .await
        .unwrap();
    let found = record(&clinic, &patient).await;
    assert_eq!(found.entries[0].kind, Kind::Contraindication);
    assert_eq!(found.alerts.infections[0].words, "HBs抗原 陽性");
    let pregnancy = found.alerts.pregnancy.as_ref().unwrap();
    assert_eq!((pregnancy.value, pregnancy.due, pregnancy.on), (Pregnancy::Pregnant, Some(due), Some(clinic.today())));
    assert_eq!(found.alerts.breastfeeding.as_ref().unwrap().value, Breastfeeding::No);
    // What is said later counts.
    clinic.clock.advance_ms(3_600_000);
    let ids = [&clinic.id(), &clinic.id()];
    allergy::set_state(
        &clinic.access,
        &nurse(),
        (&patient, ids),
        Some((Pregnancy::Possible, None)),
        None,
        clinic.now(),
    )
    .await
    .unwrap();
    let infection = &found.alerts.infections[0];
    let target = (&patient, &infection.id, infection.version);
    allergy::withdraw_infection(&clinic.access, &nurse(), target, clinic.now()).await.unwrap();
    let later = record(&clinic, &patient).await;
    assert_eq!(later.alerts.pregnancy.unwrap().value, Pregnancy::Possible);
    assert!(later.alerts.infections.is_empty());
    // A due date without pregnancy, or years away, is a slip.
    for said in [(Pregnancy::No, Some(due)), (Pregnancy::Pregnant, Some("2030-01-01".parse().unwrap()))] {
        let ids = [&clinic.id(), &clinic.id()];
        let refused =
            allergy::set_state(&clinic.access, &nurse(), (&patient, ids), Some(said), None, clinic.now()).await;
        assert!(matches!(refused, Err(ChartError::Invalid)));
    }
}

#[tokio::test]
async fn what_is_recorded_here_is_what_the_checks_of_a_prescription_read() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&MAYUMI, "1981-05-02", "").await;
    let drug = Substance::of_drug("6131001F2010", "アモキシシリン").unwrap();
    let entry = new(&clinic, &patient, Kind::Contraindication, drug, None);
    allergy::add(&clinic.access, &nurse(), entry, clinic.now()).await.unwrap();
    let (ids, said) = ([&clinic.id(), &clinic.id()], Some((Pregnancy::Possible, None)));
    allergy::set_state(&clinic.access, &nurse(), (&patient, ids), said, None, clinic.now()).await.unwrap();
    let reader = clinic.access.reader(Action::View);
    let facts = check::facts(&reader, &patient, None, clinic.today()).await.unwrap();
    let facts = reader.release(facts).await.unwrap();
    assert_eq!(facts.pregnancy, check::Pregnancy::Pregnant, "a possible pregnancy is one until it is known better");
    let line = check::Line::new("l-1", "アモキシシリンカプセル250mg", Some("6131001M1ZZZ"));
    let found = check::findings(&facts, &[line]);
    assert!(found.iter().any(|f| f.level == check::Level::Stop && f.is_open()), "{found:?}");
}

#[tokio::test]
async fn an_entry_is_changed_in_place_and_its_substance_stays() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let drug = Substance::of_drug("6131001F2010", "アモキシシリン").unwrap();
    let made = new(&clinic, &patient, Kind::Drug, drug, None);
    allergy::add(&clinic.access, &nurse(), made, clinic.now()).await.unwrap();
    let words = new(&clinic, &patient, Kind::Other, Substance::Words("しっぷ".to_owned()), None);
    allergy::add(&clinic.access, &nurse(), words, clinic.now()).await.unwrap();
    for entry in record(&clinic, &patient).await.entries {
        let said = allergy::Edit {
            kind: Some(Kind::Contraindication),
            words: (!entry.shown.coded).then(|| "湿布（ケトプロフェン）".to_owned()),
            reaction: Some("発赤 ".to_owned()),
            severity: Some(Severity::Mild),
            when: Some(PartialDate::Year(2019)),
        };
        let target = (&patient, &entry.id, entry.version);
        allergy::edit(&clinic.access, &nurse(), target, &said, clinic.now()).await.unwrap();
        let stale = allergy::edit(&clinic.access, &nurse(), target, &said, clinic.now()).await;
        assert!(matches!(stale, Err(ChartError::Conflict)));
        let stored =
            clinic.access.read(karute_fhir::ResourceType::parse("AllergyIntolerance").unwrap(), &entry.id).await;
        let karute_ledger::Lookup::Found(version) = stored.unwrap() else { panic!() };
        let body = karute_json::parse(version.body.as_bytes(), &karute_json::Limits::FHIR).unwrap();
        let issues = karute_fhir::validate::validate(&body);
        assert!(issues.is_empty(), "{issues:?} {}", version.body);
    }
    let now = record(&clinic, &patient).await.entries;
    for entry in &now {
        assert_eq!((entry.kind, entry.severity), (Kind::Contraindication, Some(Severity::Mild)));
        assert_eq!((entry.shown.reaction.as_deref(), entry.when.as_deref()), (Some("発赤"), Some("2019")));
    }
    let names: Vec<&str> = now.iter().map(|e| e.shown.substance.as_str()).collect();
    assert!(names.contains(&"アモキシシリン") && names.contains(&"湿布（ケトプロフェン）"), "{names:?}");
    let tomorrow = allergy::Edit { when: Some(PartialDate::Year(2027)), ..allergy::Edit::default() };
    let target = (&patient, &now[0].id, now[0].version);
    let refused = allergy::edit(&clinic.access, &nurse(), target, &tomorrow, clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Invalid)));
}
