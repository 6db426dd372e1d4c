//! A letter of the chart to another institution and what comes back, through the connector and the simulated service;
//! and the record's information units.
use crate::judged::demanding;
use crate::stage::{CODE, Stage, institution};
use karute_chart::author::{Author, Standing};
use karute_chart::clinic::{self, Department};
use karute_chart::inbox::{self, Filter};
use karute_chart::letter::{
    self, At, Choice, Delivery, Destination, Edit, HeadChange, Kind, Known, Level, New, Of, Place, Route, Section,
    Sign, Signed, State,
};
use karute_crypto::{MasterKey, SystemEntropy};
use karute_fhir::Id;
use karute_fhir::profile::{Level as ProfileLevel, ProfileSet, ProfilesHandle};
use karute_japan::{Clock, Timestamp};
use karute_ledger::{Action, Commit, NewJob, RetryPolicy};
use karute_sandbox::eprescription;
use karute_sandbox::sharing::{ROBOT, Settings};
use karute_sandbox::{InProcess, Sandbox};
use karute_sharing::desk;
use karute_sharing::flow::unit;
use karute_sharing::jobs::kept::InboxState;
use karute_sharing::jobs::{Attempt, KINDS, list_job, units_job, waiting};
use karute_sharing::joint::{Chart, hand_over_job};
use karute_sharing::office::{Connection, Office, Parts, Way, set_connection};
use karute_sharing::profile::Profile;
use karute_sharing::wire::Kind as Sent;
use karute_terminology::{Masters, MastersHandle};
use std::sync::Arc;

const LETTER: &str = "letter-1";

pub(crate) fn doctor() -> Author {
    Author { person: Id::new("dr-mori").unwrap(), name: "森 健吾".to_owned(), standing: Standing::Own }
}

/// A clinic that takes part, and the world around it.
pub(crate) struct Meeting {
    pub(crate) stage: Stage,
    pub(crate) office: Office,
    pub(crate) sandbox: Sandbox,
    pub(crate) profiles: ProfilesHandle,
}

impl Meeting {
    pub(crate) async fn of(stage: Stage) -> Meeting {
        let time = Arc::clone(&stage.clock) as Arc<dyn Clock>;
        let sandbox = Sandbox::of(Arc::clone(&time), eprescription::Settings::default(), Settings::strict()).unwrap();
        sandbox.sharing().takes_part(CODE, "みどり野内科クリニック");
        let world = sandbox.clone();
        let office = Office::new(Parts {
            ledger: stage.ledger.clone(),
            profile: Profile::built_in(),
            clock: time,
            key: MasterKey::from_bytes([5; 32]),
            dial: Box::new(move |_| Ok(Arc::new(InProcess(world.clone())))),
            units: None,
        });
        let masters = MastersHandle::new(Masters::starter());
        let profiles = ProfilesHandle::default();
        office.serve_charts(Chart::new(stage.ledger.clone(), masters, profiles.clone(), Arc::new(SystemEntropy)));
        let way = Way::WebApi {
            base: "http://127.0.0.1:8081/sharing".to_owned(),
            user: "karute".to_owned(),
            password: office.seal(stage.access.tenant(), b"sandbox"),
            trust: None,
            certificate: None,
        };
        let units = vec![Sent::Conditions, Sent::Allergies, Sent::Results];
        set_connection(&stage.access, Some(&Connection { way, sandbox: true, units })).await.unwrap();
        clinic::set_contact(&stage.access, &institution().contact.unwrap()).await.unwrap();
        let department = Department { name: "内科".to_owned(), code: "01".to_owned() };
        clinic::set_department(&stage.access, &department).await.unwrap();
        Meeting { stage, office, sandbox, profiles }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.stage.clock.now()
    }

    fn of_letter<'a>(&'a self, id: &'a Id) -> Of<'a> {
        Of { patient: &self.stage.patient, letter: id }
    }

    /// Written to the robot hospital and signed, with the job that hands it over.
    async fn signed(&self, id: &Id) {
        let (access, of) = (&self.stage.access, self.of_letter(id));
        let place = Place { patient: &self.stage.patient, visit: None };
        let new = New { id: id.clone(), kind: Kind::Referral, to: None, answers: None };
        letter::open(access, place, new, &doctor(), self.now()).await.unwrap();
        for (section, text) in
            [(Section::Purpose, "精査をお願いいたします。"), (Section::PresentIllness, "以前より通院中です。")]
        {
            let base = letter::draft(access, of, &doctor().person).await.unwrap().text(section).to_owned();
            let edit = Edit { section, text: text.to_owned(), base, taken: Vec::new() };
            letter::save(access, of, &[edit], &doctor(), self.now()).await.unwrap();
        }
        let to =
            Destination { code: ROBOT.to_owned(), name: "架空総合病院".to_owned(), ..Destination::default() };
        for change in [HeadChange::To(to), HeadChange::Route(Route::Service, None), HeadChange::Consent(Choice::Oral)] {
            letter::change(access, of, change, &doctor(), self.now()).await.unwrap();
        }
        self.sign(id, "1").await;
    }

    async fn sign(&self, id: &Id, press: &str) {
        let of = self.of_letter(id);
        let draft = letter::draft(&self.stage.access, of, &doctor().person).await.unwrap();
        let seen = letter::Seen::parse(&draft.seen());
        let jobs = vec![hand_over_job(id, press, Some(self.now().plus_ms(10_000)))];
        let asked = Sign { of, seen, author: &doctor(), known: &Known::default(), jobs, now: self.now() };
        let signed = letter::sign(&self.stage.access, asked).await.unwrap();
        assert!(matches!(signed, Signed::Done(_)), "{signed:?}");
    }

    async fn delivery(&self, id: &Id) -> Delivery {
        letter::one(&self.stage.access, self.of_letter(id)).await.unwrap().delivery.unwrap()
    }

    pub(crate) async fn add(&self, jobs: Vec<NewJob>) {
        let mut commit = Commit::new(Action::Update);
        commit.jobs = jobs;
        self.stage.access.commit(commit).await.unwrap();
    }

    /// What the worker does while so many milliseconds pass, step by step.
    pub(crate) async fn pass(&self, steps: usize, ms: i64) {
        let (queue, access) = (self.stage.ledger.jobs("worker"), &self.stage.access);
        for _ in 0..=steps {
            loop {
                let claimed = queue.claim(&KINDS, 8, 60_000).await.unwrap();
                if claimed.is_empty() {
                    break;
                }
                for job in claimed {
                    let reached = self.office.reach(access).await.unwrap().unwrap();
                    let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
                    let (kind, payload) = (job.job.kind.clone(), job.job.payload.clone());
                    match reached.jobs.run(access, &kind, &payload, attempt).await {
                        Ok(commit) => drop(queue.complete(job, access, commit, None).await.unwrap()),
                        Err(failure) => {
                            let (words, permanent) = (failure.message.clone(), failure.permanent);
                            assert!(!permanent, "{kind}: {words}");
                            queue.fail(job, &words, permanent, RetryPolicy::default()).await.unwrap();
                        }
                    }
                }
            }
            self.stage.clock.advance_ms(ms);
            // The store is told that time has passed by the next commit.
            self.add(Vec::new()).await;
        }
    }
}

async fn there_and_back(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    let id = Id::new(LETTER).unwrap();
    meeting.signed(&id).await;
    meeting.pass(0, 0).await;
    assert_eq!(meeting.delivery(&id).await.state, State::Ready, "for ten seconds it can be taken back");
    assert!(meeting.sandbox.journal().is_empty());
    meeting.pass(6, 10_000).await;
    let delivery = meeting.delivery(&id).await;
    assert_eq!(delivery.state, State::Registered, "{delivery:?}");
    assert!(delivery.output("bundle-id").unwrap().starts_with(CODE));
    // The hospital reads it and answers; the rounds bring both.
    meeting.sandbox.sharing().pass(meeting.sandbox.now(), 0);
    let today = meeting.now().day_in_japan();
    meeting.add(vec![list_job(today, today)]).await;
    meeting.add(waiting(&meeting.stage.access).await.unwrap()).await;
    meeting.pass(3, 5_000).await;
    assert_eq!(meeting.delivery(&id).await.state, State::Received);
    let reader = meeting.stage.access.reader(Action::View);
    let rows = inbox::list(&reader, Filter::Open).await.unwrap();
    let kept = desk::inbox::of_patient(&reader, &meeting.stage.patient).await.unwrap();
    let left = desk::inbox::open(&reader).await.unwrap();
    reader.release(()).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].row.sender.code, ROBOT);
    assert!(left.is_empty(), "what lies in the inbox waits nowhere else: {left:?}");
    if let Some(patient) = &rows[0].row.patient {
        assert_eq!(patient, &meeting.stage.patient);
        assert!(matches!(kept[0].stored.state, InboxState::TakenIn { .. }));
    }
    // Listed again it is not there twice.
    meeting.add(vec![list_job(today.yesterday().unwrap(), today)]).await;
    meeting.pass(2, 5_000).await;
    let reader = meeting.stage.access.reader(Action::View);
    assert_eq!(inbox::list(&reader, Filter::All).await.unwrap().len(), 1);
    reader.release(()).await.unwrap();
}

async fn taken_back_replaced_and_cancelled(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    let (id, access) = (Id::new(LETTER).unwrap(), &meeting.stage.access);
    meeting.signed(&id).await;
    letter::undo(access, meeting.of_letter(&id), &doctor(), meeting.now()).await.unwrap();
    meeting.pass(3, 10_000).await;
    assert_eq!(meeting.delivery(&id).await.state, State::Cancelled);
    assert!(meeting.sandbox.journal().is_empty(), "its first byte never left");
    meeting.sign(&id, "2").await;
    meeting.pass(6, 10_000).await;
    assert_eq!(meeting.delivery(&id).await.state, State::Registered);
    // 差し替え
    letter::reopen(access, meeting.of_letter(&id), "薬の誤り", &doctor(), meeting.now()).await.unwrap();
    meeting.sign(&id, "3").await;
    meeting.pass(8, 10_000).await;
    let replaced = meeting.delivery(&id).await;
    assert_eq!(replaced.state, State::Registered, "{replaced:?}");
    // 取消
    let jobs = vec![hand_over_job(&id, "4", None)];
    letter::cancel(access, meeting.of_letter(&id), "患者の希望", jobs, meeting.now()).await.unwrap();
    meeting.pass(4, 10_000).await;
    assert_eq!(meeting.delivery(&id).await.state, State::Cancelled);
}

async fn what_fails_late_is_said_at_the_letter(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    let id = Id::new(LETTER).unwrap();
    meeting.signed(&id).await;
    meeting.sandbox.sharing().fail_later(1);
    meeting.pass(8, 10_000).await;
    let delivery = meeting.delivery(&id).await;
    assert_eq!(delivery.state, State::Failed, "{delivery:?}");
    assert!(delivery.words.is_some_and(|words| !words.is_empty()));
}

async fn units_are_made_of_the_record(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    meeting.add(vec![units_job(&meeting.stage.patient, meeting.now())]).await;
    meeting.pass(4, 10_000).await;
    let reader = meeting.stage.access.reader(Action::View);
    let units = desk::units::of_patient(&reader, &meeting.stage.patient).await.unwrap();
    reader.release(()).await.unwrap();
    assert!(units.len() >= 3, "{units:?}");
    for unit in &units {
        assert_eq!(unit.stored.life.state, unit::State::Registered, "{:?}", unit.stored);
    }
    // Nothing changed: nothing is sent again.
    let sent = meeting.sandbox.journal().len();
    meeting.stage.clock.advance_ms(120_000);
    meeting.add(vec![units_job(&meeting.stage.patient, meeting.now())]).await;
    meeting.pass(2, 10_000).await;
    assert_eq!(meeting.sandbox.journal().len(), sent);
}

async fn what_the_profiles_refuse_does_not_leave(stage: Stage) {
    let meeting = Meeting::of(stage).await;
    let id = Id::new(LETTER).unwrap();
    meeting.signed(&id).await;
    let found = letter::one(&meeting.stage.access, meeting.of_letter(&id)).await.unwrap();
    let (access, patient) = (&meeting.stage.access, &meeting.stage.patient);
    let clean = meeting.office.against(access, patient, &found.letter, meeting.now()).await.unwrap();
    assert!(clean.lacking.is_empty() && clean.judged.iter().all(|f| f.level != Level::Stop), "{clean:?}");
    // Loaded definitions ask for something that no document of ours has.
    meeting.profiles.replace(demanding("maritalStatus"));
    let refused = meeting.office.against(access, patient, &found.letter, meeting.now()).await.unwrap();
    let stops: Vec<_> = refused.judged.iter().filter(|finding| finding.level == Level::Stop).collect();
    assert_eq!(stops.len(), 1, "{refused:?}");
    assert!(stops[0].at == At::Route && stops[0].words.contains("紙で渡す"), "{stops:?}");
    meeting.pass(3, 10_000).await;
    let delivery = meeting.delivery(&id).await;
    assert_eq!(delivery.state, State::Failed);
    let words = delivery.words.unwrap();
    assert!(words.contains("JP_Patient_eCS#maritalStatus:min") && words.contains("不具合"), "{words}");
    // The record's units neither; each says why.
    meeting.add(vec![units_job(patient, meeting.now())]).await;
    meeting.pass(2, 10_000).await;
    let reader = access.reader(Action::View);
    let units = desk::units::of_patient(&reader, patient).await.unwrap();
    reader.release(()).await.unwrap();
    assert!(units.len() >= 3, "{units:?}");
    for unit in &units {
        assert_eq!(unit.stored.life.state, unit::State::Invalid, "{:?}", unit.stored);
        let fault = &unit.stored.faults[0];
        assert!(fault.code.contains("maritalStatus") && fault.entry.starts_with("Patient/"), "{fault:?}");
    }
    assert!(meeting.sandbox.journal().is_empty(), "nothing left");
    // With the definitions of before everything goes.
    meeting.profiles.replace(ProfileSet::with_packages(&[], ProfileLevel::default()));
    meeting.stage.clock.advance_ms(120_000);
    meeting.add(vec![units_job(patient, meeting.now())]).await;
    meeting.pass(3, 10_000).await;
    let reader = access.reader(Action::View);
    let units = desk::units::of_patient(&reader, patient).await.unwrap();
    reader.release(()).await.unwrap();
    assert!(units.iter().all(|unit| unit.stored.life.state == unit::State::Registered), "{units:?}");
}

on_both! {
    a_letter_goes_out_and_its_answer_lies_in_the_inbox a_letter_goes_out_on_postgres there_and_back;
    a_letter_is_taken_back_replaced_and_cancelled a_letter_is_replaced_on_postgres taken_back_replaced_and_cancelled;
    what_the_service_refuses_is_said_at_the_letter refused_on_postgres what_fails_late_is_said_at_the_letter;
    what_the_profiles_refuse_stays profiles_refuse_on_postgres what_the_profiles_refuse_does_not_leave;
    units_follow_the_record units_follow_the_record_on_postgres units_are_made_of_the_record;
}
