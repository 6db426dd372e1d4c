//! 他院の情報 as people see it: consent first, then the six kinds on one page and in the course.
use crate::clinic::{Browser, Clinic};
use karute_fhir::Id;
use karute_identity::Profession;
use karute_japan::Clock as _;
use karute_ledger::{Action, RetryPolicy};
use karute_sandbox::national::ServiceFaults;
use karute_sandbox::sharing::Neighbour;
use karute_sharing::document::{LevelSwitches, insured};
use karute_sharing::jobs::{Attempt, VIEW};
use karute_sharing::office::{Connection, Way, set_connection};

const PAGE: &str = "/p/pt-6/outside";

/// A clinic that uses the service, with an insured patient of whom three institutions know.
async fn clinic() -> (Clinic, Browser) {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let system = clinic.system(&clinic.tenant);
    let service = clinic.sandbox.sharing();
    service.takes_part(&clinic.tenant.institution_code, "みどり内科クリニック");
    let way = Way::WebApi {
        base: "http://127.0.0.1:8081/sharing".to_owned(),
        user: "karute".to_owned(),
        password: clinic.sharing.seal(clinic.tenant.id, b"sandbox"),
        trust: None,
        certificate: None,
    };
    set_connection(&system, Some(&Connection { way, sandbox: true, units: Vec::new() })).await.unwrap();
    let clerk = clinic.signed_in_as("desk", Profession::Clerk).await;
    let card = [
        ("card_insurer", "01139997"),
        ("card_symbol", "12345678"),
        ("card_number", "9001"),
        ("card_branch", "01"),
        ("card_relation", "self"),
    ];
    let reply = clerk.post("/p/pt-6/insurance", &card).await;
    assert!(reply.status.is_success() || reply.status.is_redirection(), "{}", reply.text);
    let reader = system.reader(Action::Read);
    let (patient, today) = (Id::new("pt-6").unwrap(), clinic.clock.now().day_in_japan());
    let member = insured(&reader, &patient, LevelSwitches::default(), today).await.unwrap().unwrap().value;
    reader.release(()).await.unwrap();
    let person = Neighbour { insured: member.clone(), birth: "1960-04-01".to_owned(), sex: "male".to_owned() };
    service.neighbours_know(&person, clinic.sandbox.now()).unwrap();
    service.lets_view(&clinic.tenant.institution_code, &member, clinic.sandbox.now());
    let doctor = clinic.signed_in(Profession::Doctor).await;
    (clinic, doctor)
}

/// What the worker does with the question.
async fn asked(clinic: &Clinic) {
    let system = clinic.system(&clinic.tenant);
    let queue = clinic.ledger.jobs("worker");
    for job in queue.claim(&[VIEW], 8, 60_000).await.unwrap() {
        let reached = clinic.sharing.reach(&system).await.unwrap().unwrap();
        let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
        let (kind, payload) = (job.job.kind.clone(), job.job.payload.clone());
        match reached.jobs.run(&system, &kind, &payload, attempt).await {
            Ok(commit) => drop(queue.complete(job, &system, commit, None).await.unwrap()),
            Err(failure) => {
                let policy = RetryPolicy::default();
                queue.fail(job, &failure.message, failure.permanent, policy).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn consent_is_unselected_and_the_six_kinds_stand_on_one_page() {
    let (clinic, doctor) = clinic().await;
    let empty = doctor.get(PAGE).await.expect(200);
    empty.holds(&["他院の情報はまだありません", "name=\"consent\" value=\"1\">", "同意を記録して照会"]);
    doctor.post(PAGE, &[("act", "consent")]).await.expect(422).holds(&["印を付けてください"]);
    doctor.post(PAGE, &[("act", "again")]).await.expect(409).holds(&["有効な同意がありません"]);
    asked(&clinic).await;
    assert!(clinic.sandbox.journal().is_empty(), "nobody was asked");
    doctor.post(PAGE, &[("act", "consent"), ("consent", "1")]).await.expect(303);
    let waiting = doctor.get(PAGE).await.expect(200).holds(&["照会中", "閲覧の同意を取り消す"]);
    assert_eq!(waiting.header("refresh"), "2", "the page comes again by itself");
    asked(&clinic).await;
    let page = doctor.get(PAGE).await.expect(200).holds(&[
        "照会済",
        "3施設",
        "架空市民病院",
        "架空皮膚科クリニック",
        "架空整形外科医院",
        "薬剤アレルギー・薬剤禁忌",
        "ヨード造影剤",
        "HCV抗体",
        "変形性膝関節症",
        "ロキソプロフェン錠60mg",
        "HbA1c-NGSP",
        "当院の記録には入っていません",
    ]);
    let place = |words: &str| page.text.find(words).unwrap();
    assert!(place("HCV抗体") < place("HBs抗原"), "what was found stands above what was not");
    // In the course they stand beside our own record, in 藤; the desk does not see them.
    doctor.get("/p/pt-6").await.expect(200).holds(&[
        "tl-a tl-o",
        "ほかの医療機関の記録を1ページで見る",
        "架空整形外科医院",
    ]);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/pt-6").await.expect(200).lacks(&["架空整形外科医院", "ほかの医療機関の記録を1ページで見る"]);
    clerk.get(PAGE).await.expect(403).lacks(&["架空"]);
    clerk.post(PAGE, &[("act", "consent"), ("consent", "1")]).await.expect(403);
    // Who enters for a doctor reads them, and asks nobody in their own name.
    let scribe = clinic.signed_in(Profession::Scribe).await;
    scribe.get(PAGE).await.expect(200).lacks(&["閲覧の同意を取り消す"]);
    scribe.post(PAGE, &[("act", "withdraw")]).await.expect(403);
    let told = clinic.audit().await;
    for detail in ["他院の情報（6情報）", "カードリーダーでの閲覧同意を記録", "他院の情報を照会（3施設）"]
    {
        assert!(told.iter().any(|(_, event)| event.contains(detail)), "{detail}");
    }
}

#[tokio::test]
async fn a_service_that_is_away_and_a_consent_that_is_taken_back_are_said() {
    let (clinic, doctor) = clinic().await;
    doctor.post(PAGE, &[("act", "consent"), ("consent", "1")]).await.expect(303);
    asked(&clinic).await;
    clinic.sandbox.sharing().set_faults(ServiceFaults { maintenance: true, ..ServiceFaults::default() });
    doctor.post(PAGE, &[("act", "again")]).await.expect(303);
    asked(&clinic).await;
    doctor.get(PAGE).await.expect(200).holds(&[
        "サービスが応答していません",
        "に照会した内容を表示しています",
        "変形性膝関節症",
    ]);
    doctor.post(PAGE, &[("act", "withdraw")]).await.expect(303);
    doctor.get(PAGE).await.expect(200).holds(&["閲覧の同意は取り消されています", "森 さやか が記録", "変形性膝関節症"]);
    doctor.post(PAGE, &[("act", "again")]).await.expect(409);
    doctor.post(PAGE, &[("act", "other")]).await.expect(400);
    doctor.post("/p/pt-0/outside", &[("act", "withdraw")]).await.expect(404);
    // Without the connection nobody can be asked; what was seen is still there.
    set_connection(&clinic.system(&clinic.tenant), None).await.unwrap();
    clinic.clock.advance_ms(61_000);
    doctor.get(PAGE).await.expect(200).holds(&["接続が設定されていません", "変形性膝関節症"]);
    doctor.post(PAGE, &[("act", "consent"), ("consent", "1")]).await.expect(409);
}
