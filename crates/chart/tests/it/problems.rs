//! 病名 on a real ledger.
use crate::clinic::{Clinic, KAZUO};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::problem::{self, Added, Billing, List, Named, New, Outcome, uncoded};
use karute_fhir::{Id, ResourceType};
use karute_japan::Date;
use karute_ledger::{Action, Lookup};
use karute_terminology::{CodeSystem, Domain, Habits, Masters, Question};

fn doctor() -> Author {
    Author { person: Id::new("dr-1").unwrap(), name: "森 さやか".to_owned(), standing: Standing::Own }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The first line that the search offers, as the screens hand it over: system, code, modifiers.
fn chosen(masters: &Masters, typed: &str) -> Named {
    let question = Question {
        domain: Domain::Disease,
        text: typed,
        day: day("2026-11-20"),
        limit: 3,
        habits: Habits::default(),
        include_ended: false,
    };
    let item = masters.catalogue().search(&question).items.remove(0);
    let karute_terminology::Extra::Disease(parts) = &item.extra else { panic!("{typed}") };
    let modifiers: Vec<&str> = parts.modifiers.iter().map(|m| m.code.as_str()).collect();
    Named::of(masters, item.system, &item.code, &modifiers, day("2026-11-20")).unwrap()
}

async fn list(clinic: &Clinic, patient: &Id) -> List {
    let reader = clinic.access.reader(Action::View);
    let list = problem::list(&reader, patient).await.unwrap();
    reader.release(list).await.unwrap()
}

async fn add(clinic: &Clinic, patient: &Id, named: Named) -> Added {
    let new = New { id: clinic.id(), patient: patient.clone(), visit: None, named, start: clinic.today(), main: false };
    problem::add(&clinic.access, &doctor(), new, clinic.now()).await.unwrap()
}

async fn body(clinic: &Clinic, id: &Id) -> String {
    let kind = ResourceType::parse("Condition").unwrap();
    let Lookup::Found(version) = clinic.access.read(kind, id).await.unwrap() else { panic!() };
    version.body.to_string()
}

#[tokio::test]
async fn srch_20_one_line_becomes_a_name_with_its_modifiers_as_codes() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let masters = Masters::starter();
    for (typed, label, receipt, modifiers, suspected) in [
        ("みぎ ひざ へんけい", "右変形性膝関節症", "7153018", &["2056"][..], false),
        ("とうにょう うたがい", "糖尿病の疑い", "2500013", &["8002"], true),
    ] {
        let Added::New(entry) = add(&clinic, &patient, chosen(&masters, typed)).await else { panic!("{typed}") };
        assert_eq!((entry.problem.label().as_str(), entry.problem.suspected), (label, suspected), "{typed}");
        assert_eq!(entry.named.receipt_code, receipt, "{typed}");
        let codes: Vec<&str> = entry.named.modifiers.iter().map(|m| m.code.as_str()).collect();
        assert_eq!(codes, modifiers, "{typed}");
        let stored = body(&clinic, &entry.id).await;
        assert!(stored.contains("DiseasePrefixModifier") || stored.contains("DiseasePostfixModifier"), "{stored}");
        assert!(stored.contains(CodeSystem::ReceiptModifier.url()) && stored.contains(label), "{stored}");
        let verification = if suspected { "unconfirmed" } else { "confirmed" };
        assert!(stored.contains(&format!("\"code\":\"{verification}\"")), "{stored}");
    }
    let names: Vec<String> = list(&clinic, &patient).await.active.iter().map(|e| e.problem.label()).collect();
    assert_eq!(names.len(), 2);
}

#[tokio::test]
async fn srch_22_the_same_disease_is_not_added_twice_and_another_side_is_another_disease() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let masters = Masters::starter();
    let Added::New(right) = add(&clinic, &patient, chosen(&masters, "みぎ ひざ へんけい")).await else {
        panic!()
    };
    let suspected = chosen(&masters, "みぎ ひざ へんけい").suspected(&masters, true, clinic.today());
    let Added::Already(known) = add(&clinic, &patient, suspected).await else {
        panic!("suspected is the same disease")
    };
    assert_eq!(known.id, right.id);
    let left = add(&clinic, &patient, chosen(&masters, "ひだり ひざ へんけい")).await;
    assert!(matches!(left, Added::New(_)));
    // Once it ended it may begin anew.
    let target = (&patient, &right.id, right.version);
    problem::end(&clinic.access, &doctor(), target, (Outcome::Cured, clinic.today()), clinic.now()).await.unwrap();
    assert!(matches!(add(&clinic, &patient, chosen(&masters, "みぎ ひざ へんけい")).await, Added::New(_)));
}

#[tokio::test]
async fn safe_14_the_same_press_twice_makes_one_entry() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let named = uncoded("院内で使う仮の病名").unwrap();
    let new = New { id: clinic.id(), patient: patient.clone(), visit: None, named, start: clinic.today(), main: true };
    for _ in 0..2 {
        let added = problem::add(&clinic.access, &doctor(), new.clone(), clinic.now()).await.unwrap();
        assert!(matches!(added, Added::New(entry) if entry.id == new.id));
    }
    let list = list(&clinic, &patient).await;
    assert_eq!(list.active.len(), 1);
    assert!(list.active[0].named.is_uncoded() && list.active[0].problem.main);
    assert!(body(&clinic, &new.id).await.contains("99999999"));
}

#[tokio::test]
async fn every_outcome_ends_a_name_and_reopening_takes_it_back() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let Added::New(entry) = add(&clinic, &patient, uncoded("急性上気道炎").unwrap()).await else { panic!() };
    let mut seen = entry.version;
    for (outcome, status) in [
        (Outcome::Cured, "resolved"),
        (Outcome::Improved, "remission"),
        (Outcome::Stopped, "inactive"),
        (Outcome::Died, "inactive"),
        (Outcome::Passed, "inactive"),
    ] {
        let target = (&patient, &entry.id, seen);
        let ended =
            problem::end(&clinic.access, &doctor(), target, (outcome, clinic.today()), clinic.now()).await.unwrap();
        assert_eq!((ended.problem.active, ended.outcome), (false, Some(outcome)));
        assert!(body(&clinic, &entry.id).await.contains(&format!("\"code\":\"{status}\"")));
        let open = problem::reopen(&clinic.access, &doctor(), (&patient, &entry.id, ended.version), clinic.now())
            .await
            .unwrap();
        assert!(open.problem.active && open.outcome.is_none() && open.problem.end.is_none());
        seen = open.version;
    }
    // Not before it began, and not tomorrow.
    for on in ["2026-11-19", "2026-11-21"] {
        let target = (&patient, &entry.id, seen);
        let refused = problem::end(&clinic.access, &doctor(), target, (Outcome::Cured, day(on)), clinic.now()).await;
        assert!(matches!(refused, Err(ChartError::Invalid)), "{on}");
    }
}

#[tokio::test]
async fn a_deletion_needs_a_reason_stays_in_the_record_and_can_be_taken_back() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let Added::New(entry) = add(&clinic, &patient, uncoded("別人の病名").unwrap()).await else { panic!() };
    let target = (&patient, &entry.id, entry.version);
    let refused = problem::delete(&clinic.access, &doctor(), target, "  ", clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Invalid)));
    let version = problem::delete(&clinic.access, &doctor(), target, "別の患者", clinic.now()).await.unwrap();
    assert!(list(&clinic, &patient).await.active.is_empty());
    let stored = body(&clinic, &entry.id).await;
    assert!(stored.contains("entered-in-error") && stored.contains("別の患者") && stored.contains("別人の病名"));
    problem::restore(&clinic.access, &doctor(), (&patient, &entry.id, version), clinic.now()).await.unwrap();
    assert_eq!(list(&clinic, &patient).await.active.len(), 1);
}

#[tokio::test]
async fn who_was_slower_changes_nothing_and_another_patients_entry_does_not_exist() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let Added::New(entry) = add(&clinic, &patient, uncoded("胃炎").unwrap()).await else { panic!() };
    let named = uncoded("慢性胃炎").unwrap();
    let edit = |whose: Id, seen| {
        let (access, named, id, now) = (clinic.access.clone(), named.clone(), entry.id.clone(), clinic.now());
        async move { problem::edit(&access, &doctor(), (&whose, &id, seen), (&named, day("2026-11-01")), now).await }
    };
    assert!(edit(patient.clone(), entry.version).await.is_ok());
    assert!(matches!(edit(patient.clone(), entry.version).await, Err(ChartError::Conflict)));
    assert!(matches!(edit(Id::new("somebody").unwrap(), 2).await, Err(ChartError::NotFound)));
    assert_eq!(list(&clinic, &patient).await.active[0].problem.start, Some(day("2026-11-01")));
}

#[tokio::test]
async fn the_desk_orders_the_list_and_marks_the_main_name() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let mut ids = Vec::new();
    for name in ["一", "二", "三"] {
        let Added::New(entry) = add(&clinic, &patient, uncoded(&format!("病名{name}")).unwrap()).await else {
            panic!()
        };
        ids.push(entry.id);
    }
    let names = |list: List| list.active.iter().map(|e| e.problem.name.clone()).collect::<Vec<_>>();
    problem::billing(&clinic.access, &patient, &ids[2], Billing::Up).await.unwrap();
    assert_eq!(names(list(&clinic, &patient).await), ["病名一", "病名三", "病名二"]);
    problem::billing(&clinic.access, &patient, &ids[0], Billing::Down).await.unwrap();
    assert_eq!(names(list(&clinic, &patient).await), ["病名三", "病名一", "病名二"]);
    problem::billing(&clinic.access, &patient, &ids[1], Billing::Main(true)).await.unwrap();
    let marked = list(&clinic, &patient).await;
    assert!(marked.active[2].problem.main && !marked.active[0].problem.main, "marking does not move");
}

#[tokio::test]
async fn a_proxys_entry_waits_for_approval_until_the_doctor_touches_it() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let scribe = Author { person: Id::new("sc-1").unwrap(), name: "井上".to_owned(), standing: Standing::Proxy };
    let named = uncoded("腰痛症").unwrap();
    let new = New {
        id: clinic.id(),
        patient: patient.clone(),
        visit: None,
        named: named.clone(),
        start: clinic.today(),
        main: false,
    };
    let Added::New(entry) = problem::add(&clinic.access, &scribe, new, clinic.now()).await.unwrap() else { panic!() };
    assert!(entry.awaiting);
    let target = (&patient, &entry.id, entry.version);
    let done = problem::edit(&clinic.access, &doctor(), target, (&named, clinic.today()), clinic.now()).await.unwrap();
    assert!(!done.awaiting && done.recorder.as_deref() == Some("井上"), "who entered it stays known");
}
