//! The client against the sandbox, over both transports.
use crate::sample::{INSTITUTION, first, pretended};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use karute_eprescription::client::{
    Client, ClientError, Credentials, DirectoryRelay, FolderTransport, HttpNetwork, Network, Transport, TransportError,
    WebApi,
};
use karute_eprescription::profile::{Profile, Target};
use karute_eprescription::wire::dispensing::Dispensing;
use karute_eprescription::wire::envelope::{DispensingEnvelope, Envelope, UnsignedEnvelope};
use karute_eprescription::wire::message::{Consent, DateRange, Insured, ServiceStatus};
use karute_eprescription::wire::prescription::{DrugSupplement, DrugSupplementKind, Prescription};
use karute_japan::{Clock, Date, ManualClock, Timestamp};
pub(crate) use karute_sandbox::InProcess;
use karute_sandbox::Sandbox;
use karute_sandbox::eprescription::{Action, EpsFaults, Folders, Order, RobotError, Settings};
use std::sync::Arc;
use std::time::Duration;

pub(crate) const TODAY: Date = Date::constant(2026, 6, 15);

pub(crate) fn sandbox() -> (Sandbox, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()));
    (Sandbox::new(Arc::clone(&clock) as Arc<dyn Clock>).unwrap(), clock)
}

pub(crate) fn credentials() -> Credentials {
    Credentials {
        institution: INSTITUTION.to_owned(),
        user: "karute".to_owned(),
        password: "sandbox".to_owned().into(),
    }
}

/// The Web API by the built-in profile.
pub(crate) fn web_api(network: Arc<dyn Network>, clock: Arc<dyn Clock>, base: &str, given: Credentials) -> WebApi {
    let ways = Profile::built_in().ways();
    WebApi::new(network, clock, ways.web, ways.pace, base, given).unwrap()
}

pub(crate) fn web(sandbox: &Sandbox, clock: Arc<ManualClock>) -> Client {
    let profile = Profile::built_in();
    let network = Arc::new(InProcess(sandbox.clone()));
    let base = "http://127.0.0.1:8081/eprescription";
    let transport = web_api(network, clock, base, credentials());
    Client::new(Arc::new(transport), profile, INSTITUTION, Target::Sandbox).unwrap()
}

/// A terminal's folders, swept by the sandbox as long as the test runs.
fn folder(sandbox: &Sandbox, dir: &tempfile::TempDir) -> Client {
    let (requests, results) = (dir.path().join("req"), dir.path().join("res"));
    std::fs::create_dir_all(&requests).unwrap();
    std::fs::create_dir_all(&results).unwrap();
    let folders = Folders::new(requests.clone(), results.clone(), INSTITUTION);
    let world = sandbox.clone();
    tokio::spawn(async move {
        loop {
            folders.sweep(&world).await.unwrap();
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    });
    let profile = Profile::built_in();
    let ways = profile.ways();
    let relay = DirectoryRelay::new(requests, results, ways.files);
    let transport = FolderTransport::new(Arc::new(relay), ways.pace);
    Client::new(Arc::new(transport), profile, INSTITUTION, Target::Sandbox).unwrap()
}

pub(crate) fn electronic(given: &Prescription) -> Envelope {
    let profile = Profile::built_in();
    let unsigned = UnsignedEnvelope::new(&given.to_csv(&profile).unwrap(), &profile);
    Envelope::Electronic(pretended(&unsigned))
}

pub(crate) fn paper(given: &Prescription) -> Envelope {
    let profile = Profile::built_in();
    Envelope::Paper(UnsignedEnvelope::new(&given.to_csv(&profile).unwrap(), &profile))
}

pub(crate) fn insured() -> Insured {
    Insured {
        insurer: "01139997".to_owned(),
        symbol: "１２３４５６７８".to_owned(),
        number: "9001".to_owned(),
        branch: "01".to_owned(),
    }
}

fn order(access_code: &str, action: Action) -> Order {
    let Insured { insurer, symbol, number, branch } = insured();
    Order { access_code: access_code.to_owned(), insurer, symbol, number, branch, action }
}

fn may_have_happened(result: Result<impl std::fmt::Debug, ClientError>) -> bool {
    result.unwrap_err().may_have_happened()
}

type Spoil = fn(&mut Prescription);

/// A transport that leads nowhere.
struct Nowhere;
impl Transport for Nowhere {
    fn exchange<'t>(
        &'t self,
        _: karute_eprescription::client::Call<'t>,
    ) -> BoxFuture<'t, Result<Bytes, TransportError>> {
        Box::pin(async { Err(TransportError::NotSent("")) })
    }
}

/// A prescription from the press to the pharmacy and back.
async fn the_day(client: &Client, sandbox: &Sandbox) {
    let given = first(TODAY);
    client.precheck(insured(), TODAY, "a1").await.unwrap();
    let csv = given.to_csv(client.profile()).unwrap();
    assert!(client.check(csv, true, Consent::default(), "a2").await.unwrap().details.is_empty());
    let ids = client.register(electronic(&given), "a3").await.unwrap();
    assert!(ids.access_code.len() == 6 && ids.id.len() == 36);
    assert!(client.copy(&ids.id, "a4").await.unwrap().starts_with(b"%PDF-"));
    assert_eq!(client.status(&ids.id, "a5").await.unwrap().status, ServiceStatus::Issued);
    let today = DateRange { from: TODAY, to: TODAY };
    let found = client.search(insured(), Some(today), "a6").await.unwrap();
    assert_eq!(found.iter().map(|found| &found.ids).collect::<Vec<_>>(), [&ids]);

    // A change: the old one is dead, its undo brings it back; a cancel and its undo.
    let changed = client.change(&ids.id, electronic(&given), "a7").await.unwrap();
    assert_ne!(changed, ids);
    assert_eq!(client.status(&ids.id, "a8").await.unwrap().status, ServiceStatus::Cancelled);
    assert_eq!(client.undo_change(&changed.id, "a9").await.unwrap(), ids);
    assert_eq!(client.status(&changed.id, "b1").await.unwrap().status, ServiceStatus::Cancelled);
    client.cancel(&ids.id, "b2").await.unwrap();
    assert_eq!(client.cancel(&ids.id, "b3").await.unwrap_err().code(), "EPSB1032W");
    assert_eq!(client.undo_cancel(&ids.id, "b4").await.unwrap(), ids);

    // The pharmacy.
    let service = sandbox.eprescription();
    service.robot(&order(&ids.access_code, Action::Accept), sandbox.now()).unwrap();
    let status = client.status(&ids.id, "b5").await.unwrap();
    assert_eq!((status.status, status.pharmacy_name.as_str()), (ServiceStatus::InDispensing, "架空薬局"));
    assert_eq!(client.cancel(&ids.id, "b6").await.unwrap_err().code(), "EPSB9032E");
    assert_eq!(client.change(&ids.id, electronic(&given), "b7").await.unwrap_err().code(), "EPSB9032E");
    let handed = service.robot(&order(&ids.access_code, Action::Substitute), sandbox.now()).unwrap();
    let status = client.status(&ids.id, "b8").await.unwrap();
    assert!(status.status == ServiceStatus::Dispensed && status.message);
    let rows = client.list(today, "b9").await.unwrap();
    let row = rows.iter().find(|row| row.id == ids.id).unwrap();
    assert_eq!(row.dispensing, handed.dispensing);
    let (bytes, message) = client.dispensing(row.dispensing.as_ref().unwrap(), "c1").await.unwrap();
    assert!(message);
    assert_eq!(Some(&bytes), status.dispensing.as_ref());
    let envelope = DispensingEnvelope::read(&bytes, client.profile()).unwrap();
    assert_eq!(envelope.prescription_id.as_deref(), Some(ids.id.as_str()));
    assert_eq!(Prescription::from_csv(&envelope.prescription, client.profile()).unwrap(), given);
    let dispensed = Dispensing::from_csv(&envelope.csv, client.profile()).unwrap();
    let names: Vec<&str> =
        dispensed.groups.iter().flat_map(|group| &group.drugs).map(|drug| drug.name.as_str()).collect();
    // The general name became a product; the brand the patient asked for stayed.
    assert_eq!(names.first(), Some(&"アムロジピン錠５ｍｇ「試験」"));
    assert_eq!(names.get(1), Some(&"架空錠１０ｍｇ「試験」"));
    assert_eq!(dispensed.messages.first().unwrap().0, "後発医薬品に変更しました");
}

#[tokio::test]
async fn a_day_over_the_web_api() {
    let (sandbox, clock) = sandbox();
    the_day(&web(&sandbox, clock), &sandbox).await;
    assert!(sandbox.journal().iter().all(|entry| entry.outcome == "answered"));
}

#[tokio::test(start_paused = true)]
async fn a_day_over_the_folders() {
    let (sandbox, _) = sandbox();
    let dir = tempfile::tempdir().unwrap();
    the_day(&folder(&sandbox, &dir), &sandbox).await;
    // Nothing is left lying about.
    for name in ["req", "res"] {
        assert_eq!(std::fs::read_dir(dir.path().join(name)).unwrap().count(), 0, "{name}");
    }
}

#[tokio::test]
async fn over_a_real_connection_and_to_nobody() {
    let (sandbox, clock) = sandbox();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = sandbox.router();
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let profile = Profile::built_in();
    let network = Arc::new(HttpNetwork::new(Vec::new(), None).unwrap());
    let base = format!("http://{address}/eprescription");
    let transport = web_api(network, clock, &base, credentials());
    let client = Client::new(Arc::new(transport), profile, INSTITUTION, Target::Sandbox).unwrap();
    let ids = client.register(paper(&first(TODAY)), "a1").await.unwrap();
    assert_eq!(client.status(&ids.id, "a2").await.unwrap().status, ServiceStatus::Issued);
    server.abort();
    assert!(server.await.unwrap_err().is_cancelled());
    // Nobody listens any longer: whatever the reason, it is not told as a success, and a status has no effect.
    assert!(client.status(&ids.id, "a3").await.is_err());
}

#[tokio::test]
async fn the_sign_in_is_renewed_and_a_wrong_one_refused() {
    let (sandbox, clock) = sandbox();
    let client = web(&sandbox, Arc::clone(&clock));
    client.precheck(insured(), TODAY, "a1").await.unwrap();
    // The token's life is over; the next call signs in anew.
    clock.advance_ms(3_600_000);
    client.precheck(insured(), TODAY, "a2").await.unwrap();
    let profile = Profile::built_in();
    let wrong = Credentials { password: "wrong".to_owned().into(), ..credentials() };
    assert_eq!(format!("{wrong:?}"), "Credentials(…)");
    let network = Arc::new(InProcess(sandbox.clone()));
    let base = "http://127.0.0.1:8081/eprescription";
    let transport = web_api(network, clock, base, wrong);
    let client = Client::new(Arc::new(transport), Arc::clone(&profile), INSTITUTION, Target::Sandbox).unwrap();
    let error = client.precheck(insured(), TODAY, "a3").await.unwrap_err();
    assert!(matches!(error, ClientError::Transport(TransportError::Refused(_))), "{error}");
    // The real service is not called with assumptions left.
    assert!(Client::new(Arc::new(Nowhere), profile, INSTITUTION, Target::Service).is_err());
}

#[tokio::test]
async fn the_check_masks_without_consent_and_looks_at_the_day() {
    let (sandbox, clock) = sandbox();
    let client = web(&sandbox, clock);
    let given = first(TODAY);
    let csv = given.to_csv(client.profile()).unwrap();
    client.register(paper(&given), "a1").await.unwrap();
    let consent = Consent { online: false, oral: true };
    // The own prescriptions are counted when asked for.
    assert!(client.check(csv.clone(), false, consent, "a2").await.unwrap().details.is_empty());
    let told = client.check(csv.clone(), true, consent, "a3").await.unwrap();
    let detail = told.details.first().unwrap();
    assert_eq!(detail.category, "重複投薬");
    assert_eq!(detail.past.as_ref().unwrap().institution, "架空内科クリニック");
    let masked = client.check(csv.clone(), true, Consent::default(), "a4").await.unwrap();
    assert_eq!(masked.details.len(), told.details.len());
    assert!(masked.details.iter().all(|d| d.past.is_none() && d.target.is_none() && d.ingredient.is_empty()));
    // Fourteen days later the oral drugs are over, the others active for fifteen days are, too.
    let later = Date::constant(2026, 7, 1);
    let csv = first(later).to_csv(client.profile()).unwrap();
    assert!(client.check(csv, true, consent, "a5").await.unwrap().details.is_empty());
}

#[tokio::test]
async fn what_is_not_right_is_refused_with_its_place() {
    let (sandbox, clock) = sandbox();
    let client = web(&sandbox, clock);
    let right = first(TODAY);
    let cases: [(Spoil, &str, &str); 8] = [
        (
            |p| p.groups[0].drugs[0].code = "9999999F9ZZZ".into(),
            "EPSB9012E",
            "201,1,1: 医薬品コードがマスタにありません。",
        ),
        (
            |p| p.groups[0].usage_code = "1011999990000000".into(),
            "EPSB9013E",
            "111,1: 用法コードがマスタにありません。",
        ),
        (|p| p.groups[1].quantity = 0, "EPSB9011E", "101,2: 調剤数量は1から999までです。"),
        (|p| p.groups[2].quantity = 2, "EPSB9011E", "101,3: 外用・注射・医療材料の調剤数量は1です。"),
        (
            |p| p.insurance.as_mut().unwrap().insurer = "01139998".into(),
            "EPSB9011E",
            "22: 保険者番号の検証番号が合いません。",
        ),
        (|p| p.issued = Date::constant(2026, 6, 14), "EPSB9033E", ""),
        (|p| p.institution.code = "1234574".into(), "EPSB9002E", ""),
        (
            |p| {
                p.groups[0].drugs[1].supplements.push(DrugSupplement {
                    kind: Some(DrugSupplementKind::NoGeneric),
                    text: "後発品変更不可".into(),
                    code: String::new(),
                });
            },
            "EPSB9011E",
            "281,1,2: 変更不可（医療上必要）と患者希望は同時に指定できません。",
        ),
    ];
    for (number, (spoil, code, message)) in cases.into_iter().enumerate() {
        let mut given = right.clone();
        spoil(&mut given);
        let error = client.register(electronic(&given), &format!("a{number}")).await.unwrap_err();
        assert_eq!(error.code(), code, "{number}");
        let ClientError::Declined(outcome) = error else { panic!("{error}") };
        let found = outcome.csv.iter().any(|finding| finding.message == message);
        assert!(found || message.is_empty(), "{number}: {:?}", outcome.csv);
    }
    // Signed when it must not be, unsigned when it must.
    let Envelope::Electronic(signed) = electronic(&right) else { panic!("electronic") };
    let text = String::from_utf8(signed.bytes().to_vec()).unwrap();
    let from = text.find("<xs:DigestValue>").unwrap();
    let spoilt = text.replacen(&text[from..from + 24], "<xs:DigestValue>AAAAAAAA", 1);
    let spoilt = karute_eprescription::wire::envelope::SignedXml::new(spoilt.into_bytes(), client.profile()).unwrap();
    let error = client.register(Envelope::Electronic(spoilt), "b1").await.unwrap_err();
    assert_eq!(error.code(), "EPSB9020E");
    assert_eq!(sandbox.eprescription().standing(), 0);
    // What is right is taken.
    assert!(client.register(paper(&right), "b2").await.is_ok());
}

#[tokio::test]
async fn faults_say_whether_there_may_be_an_effect() {
    let (sandbox, clock) = sandbox();
    let client = web(&sandbox, clock);
    let service = sandbox.eprescription();
    let given = first(TODAY);
    let faults: [(EpsFaults, bool, usize); 7] = [
        (EpsFaults { lose_answer_next: 1, ..EpsFaults::default() }, true, 1),
        (EpsFaults { lose_request_next: 1, ..EpsFaults::default() }, true, 0),
        (EpsFaults { garbage_next: 1, ..EpsFaults::default() }, true, 1),
        (EpsFaults { late_answer_next: 1, ..EpsFaults::default() }, true, 1),
        (EpsFaults { fail_next: 1, ..EpsFaults::default() }, true, 0),
        (EpsFaults { error_next: 1, ..EpsFaults::default() }, false, 0),
        (EpsFaults { maintenance: true, ..EpsFaults::default() }, false, 0),
    ];
    let mut standing = 0;
    for (number, (faults, unknown, more)) in faults.into_iter().enumerate() {
        service.set_faults(faults);
        let result = client.register(paper(&given), &format!("a{number}")).await;
        assert_eq!(may_have_happened(result), unknown, "{number}");
        standing += more;
        assert_eq!(service.standing(), standing, "{number}");
    }
    // A request that reaches the service twice is registered twice; one that ripens takes effect two minutes later.
    service.set_faults(EpsFaults { double_request_next: 1, ..EpsFaults::default() });
    client.register(paper(&given), "b1").await.unwrap();
    assert_eq!(service.standing(), standing + 2);
    service.set_faults(EpsFaults { late_effect_next: 1, ..EpsFaults::default() });
    assert!(may_have_happened(client.register(paper(&given), "b2").await));
    assert_eq!(client.search(insured(), None, "b3").await.unwrap().len(), standing + 2);
    sandbox.travel_ms(120_000);
    assert_eq!(client.search(insured(), None, "b4").await.unwrap().len(), standing + 3);
}

#[tokio::test(start_paused = true)]
async fn a_terminal_that_stands_still_leaves_no_doubt_and_a_late_one_does() {
    let (sandbox, _) = sandbox();
    let dir = tempfile::tempdir().unwrap();
    let client = folder(&sandbox, &dir);
    let given = first(TODAY);
    let service = sandbox.eprescription();
    // Not picked up: taken back, certainly without effect.
    service.set_faults(EpsFaults { maintenance: true, ..EpsFaults::default() });
    let error = client.register(paper(&given), "a1").await.unwrap_err();
    assert!(matches!(error, ClientError::Transport(TransportError::NotSent(_))), "{error}");
    assert_eq!((service.standing(), std::fs::read_dir(dir.path().join("req")).unwrap().count()), (0, 0));
    // Picked up, no answer: it may have happened, and did.
    for (number, faults, more) in [
        (2, EpsFaults { lose_answer_next: 1, ..EpsFaults::default() }, 1),
        (3, EpsFaults { late_answer_next: 1, ..EpsFaults::default() }, 1),
        (4, EpsFaults { garbage_next: 1, ..EpsFaults::default() }, 1),
        (5, EpsFaults { lose_request_next: 1, ..EpsFaults::default() }, 0),
    ] {
        let before = service.standing();
        service.set_faults(faults);
        assert!(may_have_happened(client.register(paper(&given), &format!("a{number}")).await), "{number}");
        assert_eq!(service.standing(), before + more, "{number}");
    }
    // A doubled answer is one answer.
    service.set_faults(EpsFaults { double_answer_next: 1, ..EpsFaults::default() });
    let before = service.standing();
    client.register(paper(&given), "a6").await.unwrap();
    assert_eq!(service.standing(), before + 1);
}

#[tokio::test]
async fn days_run_out_and_refills_have_their_days() {
    let (sandbox, clock) = sandbox();
    let client = web(&sandbox, clock);
    let service = sandbox.eprescription();
    let day_ms = 86_400_000;
    let mut given = first(TODAY);
    given.refill = Some(2);
    let ids = client.register(paper(&given), "a1").await.unwrap();
    let single = client.register(paper(&first(TODAY)), "a2").await.unwrap();
    let robot = |code: &str, action| service.robot(&order(code, action), sandbox.now());
    assert_eq!(robot(&ids.access_code, Action::RefillNext), Err(RobotError::State));
    robot(&ids.access_code, Action::Dispense).unwrap();
    // Three days later is the last day, four days later is too late.
    sandbox.travel_ms(4 * day_ms);
    assert_eq!(robot(&single.access_code, Action::Accept), Err(RobotError::Expired));
    // The refill is planned for the fourteenth day, seven days around it are its days.
    assert_eq!(robot(&ids.access_code, Action::RefillNext), Err(RobotError::RefillDay));
    sandbox.travel_ms(4 * day_ms);
    let handed = robot(&ids.access_code, Action::RefillNext).unwrap();
    assert_eq!(robot(&ids.access_code, Action::RefillNext), Err(RobotError::State));
    let (envelope, _) = client.dispensing(handed.dispensing.as_ref().unwrap(), "a3").await.unwrap();
    let envelope = DispensingEnvelope::read(&envelope, client.profile()).unwrap();
    let refill = Dispensing::from_csv(&envelope.csv, client.profile()).unwrap().refill.unwrap();
    assert_eq!((refill.count, refill.over, refill.next), (2, true, None));
    assert_eq!(robot("000000", Action::Accept), Err(RobotError::NotFound));
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let run = async |seed: u64, long_codes: bool| {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()));
        let settings = Settings { seed, long_codes, ..Settings::default() };
        let sandbox = Sandbox::with(Arc::clone(&clock) as Arc<dyn Clock>, settings).unwrap();
        let client = web(&sandbox, clock);
        client.register(paper(&first(TODAY)), "a1").await.unwrap()
    };
    let one = run(1, false).await;
    assert_eq!(one, run(1, false).await);
    assert_ne!(one, run(2, false).await);
    assert_eq!(run(1, true).await.access_code.len(), 16);
}
