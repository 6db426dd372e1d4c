//! 6情報の閲覧: consent, question, what is kept, faults, the end of the consent. Through the connector and the simulated service.
use crate::joint::{Meeting, doctor};
use crate::stage::{CODE, Stage};
use karute_chart::outside::{self, Batch, Origin, Section};
use karute_chart::summary::{self, Depth, EntryKind};
use karute_fhir::ResourceType;
use karute_ledger::{Action, Lookup};
use karute_sandbox::national::ServiceFaults;
use karute_sandbox::sharing::{NEIGHBOURS, Neighbour};
use karute_sharing::desk::viewing::{self, ViewingError};
use karute_sharing::document::{LevelSwitches, insured};
use karute_sharing::jobs::record::Kept;
use karute_sharing::jobs::units_job;
use karute_sharing::jobs::viewing::{ViewState, Viewing, answer};
use karute_sharing::profile::Profile;
use serde_json::json;

impl Meeting {
    async fn member(&self) -> String {
        let reader = self.stage.access.reader(Action::Read);
        let today = self.now().day_in_japan();
        let found = insured(&reader, &self.stage.patient, LevelSwitches::default(), today).await.unwrap().unwrap();
        reader.release(found).await.unwrap().value
    }

    /// The neighbours have something to say of the patient.
    async fn neighbours(&self) {
        let insured = self.member().await;
        let person = Neighbour { insured, birth: "1950-01-01".to_owned(), sex: "male".to_owned() };
        self.sandbox.sharing().neighbours_know(&person, self.sandbox.now()).unwrap();
    }

    async fn at_the_reader(&self) {
        self.sandbox.sharing().lets_view(CODE, &self.member().await, self.sandbox.now());
    }

    async fn consented(&self) {
        let (access, patient) = (&self.stage.access, &self.stage.patient);
        viewing::consented(access, &Profile::built_in(), patient, &doctor(), self.now()).await.unwrap();
    }

    async fn again(&self) -> Result<(), ViewingError> {
        viewing::ask(&self.stage.access, &self.stage.patient, self.now()).await
    }

    async fn stands(&self) -> (Kept<Viewing>, Vec<Batch>) {
        let reader = self.stage.access.reader(Action::View);
        let kept = viewing::of_patient(&reader, &self.stage.patient).await.unwrap().unwrap();
        let batches = outside::read(&reader, &self.stage.patient).await.unwrap();
        reader.release((kept, batches)).await.unwrap()
    }

    fn asked(&self) -> usize {
        self.sandbox.journal().iter().filter(|entry| format!("{entry:?}").contains("CIPsiquc01")).count()
    }
}

async fn three_institutions_are_seen_with_consent(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    meeting.neighbours().await;
    // What our own record says is registered, too: it is not shown to us as somebody else's.
    meeting.add(vec![units_job(&meeting.stage.patient, meeting.now())]).await;
    meeting.pass(3, 10_000).await;
    assert!(matches!(meeting.again().await, Err(ViewingError::NoConsent)), "nothing is asked without consent");
    assert_eq!(meeting.asked(), 0);
    // Noted here, but not given at the card reader: the service refuses, and the person is told what to do.
    meeting.consented().await;
    meeting.pass(0, 0).await;
    let (kept, batches) = meeting.stands().await;
    let ViewState::Refused { why } = &kept.stored.state else { panic!("{:?}", kept.stored.state) };
    assert!(why.contains("カードリーダー") && batches.is_empty(), "{why}");
    meeting.at_the_reader().await;
    meeting.again().await.unwrap();
    meeting.pass(0, 0).await;
    let (kept, batches) = meeting.stands().await;
    assert_eq!(kept.stored.state, ViewState::Shown);
    assert_eq!((batches.len(), kept.stored.institutions, kept.stored.unreadable), (3, 3, 0));
    assert!(batches.iter().all(|batch| batch.origin == Origin::Viewed && batch.code != CODE));
    let sheet = outside::sheet(batches);
    assert_eq!(sheet.len(), usize::try_from(kept.stored.items).unwrap());
    for section in Section::ALL {
        assert!(!sheet.of(section).is_empty(), "{section:?}");
        for line in sheet.of(section) {
            assert!(line.day.is_some() && sheet.source(line).is_some());
        }
    }
    let first = &sheet.of(Section::Infections)[0];
    assert!(first.critical && first.item.name() == "HCV抗体", "what was found stands first");
    // In the course each stands on its day, and nothing of it is in our own lists.
    let today = meeting.now().day_in_japan();
    let (access, patient) = (&meeting.stage.access, &meeting.stage.patient);
    let page = summary::summary(access, patient, today, Depth::Notes).await.unwrap();
    let named = |name: &str| page.problems.iter().any(|problem| problem.name.contains(name));
    assert!(!named("発作性心房細動") && !named("変形性膝関節症"));
    let theirs: Vec<&str> = page
        .course
        .iter()
        .filter_map(|entry| match &entry.kind {
            EntryKind::Outside(outside) => Some(outside.institution.as_str()),
            _ => None,
        })
        .collect();
    assert!(NEIGHBOURS.iter().any(|(_, name)| theirs.contains(name)), "{theirs:?}");
    let outline = summary::summary(access, patient, today, Depth::Outline).await.unwrap();
    assert!(outline.course.iter().all(|entry| !matches!(entry.kind, EntryKind::Outside(_))), "not for the desk");
    // What came is kept to the byte, and asking again for the same changes nothing of it.
    let reader = access.reader(Action::View);
    let raw = answer(&reader, &kept).await.unwrap().unwrap();
    reader.release(()).await.unwrap();
    assert!(String::from_utf8(raw).unwrap().contains(NEIGHBOURS[2].1));
    meeting.again().await.unwrap();
    meeting.pass(0, 0).await;
    let (_, before) = (kept, outside::sheet(meeting.stands().await.1));
    assert_eq!(before, sheet);
}

async fn a_service_that_is_away_leaves_what_was_seen(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    meeting.neighbours().await;
    meeting.at_the_reader().await;
    meeting.consented().await;
    meeting.pass(0, 0).await;
    let (first, seen) = meeting.stands().await;
    assert_eq!((&first.stored.state, seen.len()), (&ViewState::Shown, 3));
    meeting.sandbox.sharing().set_faults(ServiceFaults { maintenance: true, ..ServiceFaults::default() });
    meeting.stage.clock.advance_ms(60_000);
    meeting.again().await.unwrap();
    meeting.pass(0, 0).await;
    let (away, kept) = meeting.stands().await;
    assert!(matches!(away.stored.state, ViewState::Away { .. }), "{:?}", away.stored.state);
    assert_eq!((&kept, &away.stored.shown), (&seen, &first.stored.shown), "what was seen last, with its time");
    // It comes back by itself; garbage is no answer either.
    let faults = ServiceFaults { garbage_next: 1, ..ServiceFaults::default() };
    meeting.sandbox.sharing().set_faults(faults);
    meeting.pass(8, 30_000).await;
    let (back, _) = meeting.stands().await;
    assert_eq!(back.stored.state, ViewState::Shown);
    assert_ne!(back.stored.shown, first.stored.shown);
}

async fn a_consent_ends(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    let (access, patient) = (&meeting.stage.access, &meeting.stage.patient);
    meeting.neighbours().await;
    meeting.at_the_reader().await;
    meeting.consented().await;
    meeting.pass(0, 0).await;
    let until = meeting.stands().await.0.stored.consent.until;
    // Pressed again the time is not lengthened.
    meeting.stage.clock.advance_ms(3_600_000);
    meeting.consented().await;
    assert_eq!(meeting.stands().await.0.stored.consent.until, until);
    // Taken back while a question is under way: it brings nothing, and no other is put.
    let asked = meeting.asked();
    viewing::withdrawn(access, patient, &doctor(), meeting.now()).await.unwrap();
    meeting.pass(2, 10_000).await;
    let (kept, batches) = meeting.stands().await;
    assert_eq!((&kept.stored.state, meeting.asked()), (&ViewState::Withdrawn, asked));
    assert_eq!(batches.len(), 3, "what was seen stays, with where it came from");
    assert!(matches!(meeting.again().await, Err(ViewingError::NoConsent)));
    viewing::withdrawn(access, patient, &doctor(), meeting.now()).await.unwrap();
    let consent = ResourceType::parse("Consent").unwrap();
    let id = karute_fhir::Id::new(&format!("c-{}", kept.id)).unwrap();
    let Lookup::Found(found) = access.read(consent, &id).await.unwrap() else { panic!("no consent on record") };
    assert!(found.body.contains("\"inactive\"") && found.version >= 2);
    // Given anew it counts again; after a day it does not.
    meeting.consented().await;
    meeting.pass(0, 0).await;
    assert_eq!(meeting.stands().await.0.stored.state, ViewState::Shown);
    meeting.stage.clock.advance_ms(24 * 3_600_000);
    assert!(matches!(meeting.again().await, Err(ViewingError::NoConsent)));
}

async fn what_is_not_for_us_is_not_seen_and_what_ends_goes(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    let insured = meeting.member().await;
    let of = |name: &str, tag: &str| {
        let tags = if tag.is_empty() { json!([]) } else { json!([{ "code": tag }]) };
        json!({ "resource": {
            "resourceType": "Condition", "meta": { "tag": tags }, "code": { "text": name }, "onsetDateTime": "2020-01-01",
            "clinicalStatus": { "coding": [{ "code": "active" }] },
        } })
    };
    let unit = |entries: Vec<serde_json::Value>| {
        let who = json!({ "resource": { "resourceType": "Patient", "birthDate": "1950-01-01", "identifier": [
            { "system": "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID", "value": insured },
        ] } });
        let all: Vec<_> = std::iter::once(who).chain(entries).collect();
        json!({
            "resourceType": "Bundle", "type": "collection", "meta": { "tag": [{ "code": "Condition" }] },
            "identifier": { "system": "http://jpfhir.jp/fhir/clins/bundle-identifier", "value": "1319900028^2026^CD-1" },
            "entry": all,
        })
        .to_string()
        .into_bytes()
    };
    let service = meeting.sandbox.sharing();
    let now = meeting.sandbox.now();
    service
        .holds(unit(vec![of("隠さない病", ""), of("未告知の病", "UNINFORMED"), of("未提供の病", "UNDELIVERED")]), now)
        .unwrap();
    meeting.at_the_reader().await;
    meeting.consented().await;
    meeting.pass(0, 0).await;
    let names = |batches: &[Batch]| {
        let mut names: Vec<String> = batches.iter().flat_map(|b| &b.items).map(outside::Item::name).collect();
        names.sort();
        names
    };
    assert_eq!(names(&meeting.stands().await.1), ["未告知の病", "隠さない病"]);
    // An emptied unit: nothing of it is shown any longer, and its past stays in the history.
    service.holds(unit(Vec::new()), now).unwrap();
    meeting.again().await.unwrap();
    meeting.pass(0, 0).await;
    let (kept, batches) = meeting.stands().await;
    assert_eq!((kept.stored.state, names(&batches)), (ViewState::Shown, Vec::<String>::new()));
}

on_both! {
    the_six_kinds_are_viewed_with_consent viewed_on_postgres three_institutions_are_seen_with_consent;
    a_service_that_is_away_leaves_what_was_viewed viewed_before_on_postgres a_service_that_is_away_leaves_what_was_seen;
    a_consent_to_viewing_ends viewing_ends_on_postgres a_consent_ends;
    what_is_not_for_us_is_not_viewed not_for_us_on_postgres what_is_not_for_us_is_not_seen_and_what_ends_goes;
}
