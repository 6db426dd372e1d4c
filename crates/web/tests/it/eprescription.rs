//! Issuing an electronic prescription as a doctor does it, and what becomes of it.
use crate::clinic::{Browser, Clinic, Reply};
use http::Request;
use karute_eprescription::flow::{Form, State};
use karute_eprescription::jobs::record::{Kept, of_patient};
use karute_eprescription::jobs::{Attempt, KINDS};
use karute_eprescription::office::{Connection, Way, set_connection};
use karute_eprescription::profile::Profile;
use karute_eprescription::{Hpki, signature};
use karute_fhir::{Id, ResourceType};
use karute_identity::Profession;
use karute_japan::{Date, Timestamp};
use karute_ledger::{Lookup, RetryPolicy};
use karute_sandbox::eprescription::{Action, EpsFaults, Hpki as Verifier, Order, Settings};
use karute_signing::KeySigner;
use karute_signing::authority::{Holder, Issued, TestAuthority};
use serde_json::json;
use std::sync::{Arc, OnceLock};

pub(crate) const ISSUE: &str = "/p/pt-6/v/v-8/issue";

/// One authority and a doctor: keys are slow to make.
pub(crate) fn world() -> &'static (TestAuthority, Issued) {
    static WORLD: OnceLock<(TestAuthority, Issued)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let day = |year| Timestamp::in_japan(Date::new(year, 1, 1).unwrap(), 0, 0, 0);
        let authority = TestAuthority::new((day(2020), day(2040))).unwrap();
        let doctor = authority.issue(&Holder::doctor("MORI SAYAKA", "森　さやか", (day(2025), day(2030)))).unwrap();
        (authority, doctor)
    })
}

/// A clinic that issues: the simulated service verifies signatures in earnest.
pub(crate) async fn clinic() -> (Clinic, Browser) {
    let trust = world().0.trust(&[]).unwrap();
    let service = Settings { signatures: Arc::new(Verifier::new(trust)), ..Settings::default() };
    let clinic = Clinic::prescribing(service).await;
    clinic.a_day().await;
    let tenant = clinic.tenant.id;
    let connection = Connection {
        way: Way::WebApi {
            base: "http://127.0.0.1:8081/eprescription".to_owned(),
            user: "karute".to_owned(),
            password: clinic.office.seal_password(tenant, "sandbox"),
            trust: None,
            certificate: None,
        },
        sandbox: true,
        form: Form::Electronic,
    };
    let system = clinic.system(&clinic.tenant);
    set_connection(&system, Some(&connection)).await.unwrap();
    let admin = clinic.signed_in(Profession::Admin).await;
    let contact = [("postal", "1000000"), ("address", "東京都千代田区架空町１－２－３"), ("phone", "0300000001")];
    admin.post("/settings/clinic/contact", &contact).await.expect(200);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let card =
        [("card_insurer", "01139997"), ("card_symbol", "12345678"), ("card_number", "9001"), ("card_relation", "self")];
    let reply = clerk.post("/p/pt-6/insurance", &card).await;
    assert!(reply.status.is_success() || reply.status.is_redirection(), "{}", reply.text);
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let people = clinic.identity.people(&system).await.unwrap();
    let person = people.iter().find(|person| person.professions.contains(&Profession::Doctor)).unwrap();
    let signer = KeySigner::new(world().1.local_key().unwrap(), signature::rules()).unwrap();
    let signer = Hpki::new(Arc::new(signer), Profile::built_in());
    clinic.office.lend(tenant, &person.id, Arc::new(signer));
    prescribe(&clinic, "rx-a", "1", "【般】アムロジピン錠5mg", "2171022F2ZZZ").await;
    (clinic, doctor)
}

pub(crate) async fn prescribe(clinic: &Clinic, id: &str, rp: &str, name: &str, code: &str) {
    let tablet = json!({"value": 1, "unit": "錠"});
    let coding = json!([{"system": karute_terminology::CodeSystem::GenericName.url(), "code": code}]);
    clinic
        .put(json!({"resourceType": "MedicationRequest", "id": id, "status": "draft", "intent": "order",
            "identifier": [{"system": "urn:oid:1.2.392.100495.20.3.81", "value": rp},
                           {"system": "urn:oid:1.2.392.100495.20.3.82", "value": "1"}],
            "subject": {"reference": "Patient/pt-6"}, "encounter": {"reference": "Encounter/v-8"},
            "requester": {"reference": "Practitioner/p-1", "display": "森 さやか"},
            "authoredOn": "2026-11-20T10:30:00+09:00",
            "medicationCodeableConcept": {"text": name, "coding": coding},
            "dosageInstruction": [{"text": format!("1日1回 {}食後", if rp == "1" { "朝" } else { "夕" }),
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
                "doseAndRate": [{"doseQuantity": tablet}]}],
            "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "unit": "日"}}}))
        .await;
}

/// Another clinic gave the same ingredient nine days ago.
async fn given_elsewhere(clinic: &Clinic) {
    let past = json!({"insurer": "01139997", "symbol": "12345678", "number": "9001", "date": "2026-11-11", "days": 14,
        "code_kind": "7", "code": "1149019F1ZZZ", "name": "【般】ロキソプロフェンＮａ錠６０ｍｇ",
        "institution": "あおば整形外科", "pharmacy": "あおぞら薬局", "usage": "１日３回毎食後"});
    let request = Request::post("/sim/eprescription/past").header("content-type", "application/json");
    let world = clinic.sandbox.router();
    let reply =
        tower::ServiceExt::oneshot(world, request.body(axum::body::Body::from(past.to_string())).unwrap()).await;
    assert_eq!(reply.unwrap().status(), 201);
}

/// What the doctor presses: the dialog as it is, signed and issued.
pub(crate) async fn press(doctor: &Browser, more: &[(&str, &str)]) -> Reply {
    let dialog = doctor.part_of(ISSUE).await.expect(200);
    let (intent, lines) = (dialog.hidden("intent"), dialog.hidden("lines"));
    let mut form = vec![("intent", intent.as_str()), ("lines", lines.as_str()), ("form", "electronic")];
    form.extend(more.iter().filter(|(name, _)| *name != "form"));
    if let Some(chosen) = more.iter().find(|(name, _)| *name == "form") {
        form[2] = *chosen;
    }
    doctor.part(ISSUE, &form).await
}

/// What the worker does until nothing is left for now.
pub(crate) async fn work(clinic: &Clinic) {
    let queue = clinic.ledger.jobs("worker");
    let access = clinic.system(&clinic.tenant);
    loop {
        let claimed = queue.claim(&KINDS, 4, 60_000).await.unwrap();
        if claimed.is_empty() {
            return;
        }
        for job in claimed {
            let reached = clinic.office.reach(&access).await.unwrap().unwrap();
            let attempt = Attempt { number: job.job.attempts, most: job.job.max_attempts };
            let (kind, payload) = (job.job.kind.clone(), job.job.payload.clone());
            match reached.jobs.run(&access, &kind, &payload, attempt).await {
                Ok(commit) => drop(queue.complete(job, &access, commit, None).await.unwrap()),
                Err(failure) => {
                    queue.fail(job, &failure.message, failure.permanent, RetryPolicy::default()).await.unwrap();
                }
            }
        }
    }
}

pub(crate) async fn kept(clinic: &Clinic) -> Vec<Kept> {
    of_patient(&clinic.system(&clinic.tenant), &Id::new("pt-6").unwrap()).await.unwrap()
}

async fn only(clinic: &Clinic) -> Kept {
    let all = kept(clinic).await;
    assert_eq!(all.len(), 1);
    all.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_prescription_without_findings_is_signed_registered_and_its_copy_printed() {
    let (clinic, doctor) = clinic().await;
    doctor.get("/p/pt-6/v/v-8").await.expect(200).holds(&["処方箋を発行", "data-key=\"F8\"", "id=\"rx-states\""]);
    // It paints before the service is asked; then the service is asked.
    let painted = doctor.part_of(ISSUE).await.expect(200);
    painted.holds(&["署名して発行", "アムロジピン", "署名の準備ができています", "data-check=", "11/23"]);
    assert!(clinic.sandbox.journal().is_empty());
    doctor.part_of(&format!("{ISSUE}/check")).await.expect(200).holds(&["発行できます", "なし（他院の薬を含む）"]);
    let before = clinic.audit().await[0].0;
    press(&doctor, &[]).await.expect(200).holds(&["送信待ち", "data-again"]);
    let signed = |(seq, event): &&(u64, String)| *seq > before && event.contains("署名して発行");
    assert_eq!(clinic.audit().await.iter().filter(signed).count(), 1, "the signature is audited");
    work(&clinic).await;
    let now = only(&clinic).await;
    assert_eq!(now.stored.life.state, State::Registered);
    assert_eq!(clinic.sandbox.eprescription().standing(), 1);
    assert_eq!(now.stored.signed.as_ref().unwrap().roles, ["Medical Doctor"]);
    let code = now.stored.life.access_code.clone().unwrap();
    let page = doctor.part_of(&format!("/p/pt-6/rx/{}", now.id)).await.expect(200);
    page.holds(&["登録済", &code, "控え", "取り消す", "変更する"])
        .lacks(&["data-again", "発行のあとで処方が変わりました"]);
    doctor.part_of(ISSUE).await.expect(200).lacks(&["発行のあとで処方が変わりました"]);
    let copy = doctor.get(&format!("/p/pt-6/rx/{}/copy.pdf", now.id)).await.expect(200);
    assert_eq!(copy.header("content-type"), "application/pdf");
    // The line is an order now, and no paper stands beside the electronic original.
    doctor.get("/p/pt-6/v/v-8/prescription.pdf").await.expect(200).holds(&["電子処方箋が原本です"]);
    doctor.part_of("/p/pt-6/prescriptions").await.expect(200).holds(&["登録済", &code]);
    // Opened again it is what became of it; another patient's address does not lead to it.
    doctor.part_of(ISSUE).await.expect(200).holds(&["登録済", &code]);
    doctor.get(&format!("/p/pt-7/rx/{}", now.id)).await.expect(404);
    // That holds, too, when the clinic has stopped issuing electronically.
    set_connection(&clinic.system(&clinic.tenant), None).await.unwrap();
    clinic.clock.advance_ms(120_000);
    doctor.get("/p/pt-6/v/v-8/prescription.pdf").await.expect(200).holds(&["電子処方箋が原本です"]);
}

#[tokio::test]
async fn beside_paper_charts_the_staff_enters_and_the_doctor_signs_and_approves_in_one_press() {
    let (clinic, doctor) = clinic().await;
    let admin = clinic.signed_in_as("head", Profession::Admin).await;
    admin.post("/settings/clinic", &[("mode", "paper-chart")]).await.expect(200);
    clinic.clock.advance_ms(60_000);
    let scribe = clinic.signed_in(Profession::Scribe).await;
    let chart = scribe.get("/p/pt-6").await.expect(200);
    chart
        .holds(&["処方（院外）", "紙カルテ参照", "医師が内容を確かめて署名します"])
        .lacks(&["処方箋を発行", "id=\"note-form\""]);
    let typed = [("intent", "paper-1"), ("code", "2171022F1274"), ("q", "あむろ 1T 夕 14")];
    scribe.part("/p/pt-6/v/v-8/orders/drugs", &typed).await.expect(200).holds(&["を加えました"]);
    scribe
        .get("/prescriptions")
        .await
        .expect(200)
        .holds(&["小川 清", "代行入力", "14日分", "1件"])
        .lacks(&["確かめて署名"]);
    let waiting = doctor.get("/prescriptions").await.expect(200);
    waiting.holds(&["小川 清", "代行入力", "確かめて署名", "今日の電子処方箋"]);
    doctor.get("/p/pt-6").await.expect(200).holds(&["処方箋を発行", "data-key=\"F8\""]);
    doctor.part_of(ISSUE).await.expect(200).holds(&["代行入力の薬が1剤あります", "承認も記録されます"]);
    scribe.part(ISSUE, &[("intent", "no"), ("lines", "")]).await.expect(403);
    press(&doctor, &[]).await.expect(200).holds(&["送信待ち"]);
    work(&clinic).await;
    assert_eq!(only(&clinic).await.stored.life.state, State::Registered);
    let code = only(&clinic).await.stored.life.access_code.unwrap();
    let page = doctor.get("/prescriptions").await.expect(200);
    page.holds(&["署名を待っている処方はありません", "登録済", &code]);
    // What was signed is approved, and says by whom.
    doctor.get("/approvals").await.expect(200).lacks(&["アムロジピン"]);
    let lines = only(&clinic).await.stored.lines;
    let id = Id::new(lines[1].split(':').next().unwrap()).unwrap();
    let access = clinic.system(&clinic.tenant);
    let Lookup::Found(entered) = access.read(ResourceType::parse("MedicationRequest").unwrap(), &id).await.unwrap()
    else {
        panic!("{lines:?}")
    };
    let entered = String::from_utf8_lossy(entered.body.as_bytes()).into_owned();
    for word in ["urn:karute:entered-by", "urn:karute:approval", "\"active\""] {
        assert!(entered.contains(word), "{word}: {entered}");
    }
    assert!(!entered.contains("awaiting-approval"), "{entered}");
}

#[tokio::test]
async fn pressed_twice_it_is_issued_once_and_of_what_was_seen() {
    let (clinic, doctor) = clinic().await;
    let dialog = doctor.part_of(ISSUE).await.expect(200);
    let (intent, lines) = (dialog.hidden("intent"), dialog.hidden("lines"));
    let form = [("intent", intent.as_str()), ("lines", lines.as_str()), ("form", "electronic")];
    let stale = [("intent", intent.as_str()), ("lines", "rx-a:9"), ("form", "electronic")];
    doctor.part(ISSUE, &stale).await.expect(409).holds(&["処方が変わりました", "まだ発行していません"]);
    doctor.part(ISSUE, &form).await.expect(200);
    doctor.part(ISSUE, &form).await.expect(200).holds(&["送信待ち"]);
    work(&clinic).await;
    only(&clinic).await;
    assert_eq!(clinic.sandbox.eprescription().standing(), 1);
    // Without script the press leads to the page of what became of it.
    assert_eq!(doctor.post(ISSUE, &form).await.expect(303).header("location"), ISSUE);
}

#[tokio::test]
async fn a_duplicate_is_taken_out_or_prescribed_with_a_reason_that_goes_to_the_pharmacy() {
    let (clinic, doctor) = clinic().await;
    given_elsewhere(&clinic).await;
    prescribe(&clinic, "rx-b", "2", "【般】ロキソプロフェンNa錠60mg", "1149019F1ZZZ").await;
    // Without consent the names are hidden, and nothing is issued unseen.
    let check = format!("{ISSUE}/check");
    let found = doctor.part_of(&check).await.expect(200);
    found
        .holds(&[
            "判断が必要 1",
            "重複投薬",
            "伏せられています",
            "口頭で同意を得た",
            "data-key=\"2\"",
            "どの薬かは示されていません",
        ])
        // Which of the drugs it is nobody knows: none is offered to be taken out.
        .lacks(&["あおば整形外科", "data-key=\"1\"", "今回の処方から外す"]);
    press(&doctor, &[]).await.expect(422).holds(&["先に判断が必要です", "まだ発行していません"]);
    let told = doctor.part(&format!("{ISSUE}/consent"), &[]).await.expect(200);
    let told = told.holds(&[
        "data-key=\"1\"",
        "外す",
        "あおば整形外科",
        "あおぞら薬局",
        "残り5日分の見込み",
        "口頭同意 10:42",
        "森 さやか",
    ]);
    let key = told.hidden("key");
    doctor
        .part(&format!("{ISSUE}/answer"), &[("intent", "an-0"), ("key", &key)])
        .await
        .expect(422)
        .holds(&["理由を選ぶ"]);
    let form = [("intent", "an-1"), ("key", key.as_str()), ("reason", "治療上の必要がある")];
    doctor
        .part(&format!("{ISSUE}/answer"), &form)
        .await
        .expect(200)
        .holds(&["回答済み：治療上の必要がある", "発行できます"]);
    press(&doctor, &[]).await.expect(200).holds(&["送信待ち"]);
    work(&clinic).await;
    let now = only(&clinic).await;
    assert_eq!(now.stored.life.state, State::Registered);
    let access = clinic.system(&clinic.tenant);
    let document = karute_eprescription::jobs::record::document(&access, &now, &Profile::built_in()).await.unwrap();
    let notes: Vec<&str> = document.what.notes.iter().map(|note| note.comment.as_str()).collect();
    assert_eq!(notes, ["重複投薬：治療上の必要がある"]);
}

#[tokio::test]
async fn a_duplicate_that_is_taken_out_is_gone_from_dialog_and_prescription() {
    let (clinic, doctor) = clinic().await;
    given_elsewhere(&clinic).await;
    prescribe(&clinic, "rx-b", "2", "【般】ロキソプロフェンNa錠60mg", "1149019F1ZZZ").await;
    doctor.part(&format!("{ISSUE}/consent"), &[]).await.expect(200).holds(&["判断が必要 1"]);
    let removed = doctor.part(&format!("{ISSUE}/remove"), &[("line", "rx-b:1")]).await.expect(200);
    removed.holds(&["発行できます", "アムロジピン", "1剤"]).lacks(&["ロキソプロフェン"]);
    press(&doctor, &[]).await.expect(200);
    work(&clinic).await;
    assert_eq!(only(&clinic).await.stored.life.state, State::Registered);
}

#[tokio::test]
async fn what_a_pharmacy_dispensed_stands_in_the_chart() {
    let (clinic, doctor) = clinic().await;
    press(&doctor, &[("refill", "2"), ("remark", "飲みにくいときは連絡"), ("until", "2026-11-30")]).await.expect(200);
    work(&clinic).await;
    let code = only(&clinic).await.stored.life.access_code.unwrap();
    let order = Order {
        access_code: code,
        insurer: "01139997".to_owned(),
        symbol: "12345678".to_owned(),
        number: "9001".to_owned(),
        branch: String::new(),
        action: Action::Substitute,
    };
    clinic.sandbox.eprescription().robot(&order, clinic.sandbox.now()).unwrap();
    let id = only(&clinic).await.id;
    let act = format!("/p/pt-6/rx/{id}/act");
    let seen = only(&clinic).await.version.to_string();
    doctor.part(&act, &[("act", "ask"), ("seen", &seen)]).await.expect(200);
    work(&clinic).await;
    let now = only(&clinic).await;
    assert_eq!((now.stored.life.state, now.stored.last_day.as_str()), (State::Dispensed, "2026-11-30"));
    doctor.part_of(&format!("/p/pt-6/rx/{id}")).await.expect(200).holds(&[
        "調剤済",
        "架空薬局",
        "薬を変更",
        "後発医薬品に変更しました",
        "リフィル1回目",
    ]);
    doctor.part_of("/p/pt-6/prescriptions").await.expect(200).holds(&[
        "調剤済",
        "架空薬局",
        "→",
        "後発医薬品に変更しました",
    ]);
    // Over is over.
    let seen = now.version.to_string();
    doctor.part(&act, &[("act", "cancel"), ("seen", &seen)]).await.expect(409).holds(&["すでに終わっています"]);
}

#[tokio::test]
async fn a_prescription_is_cancelled_taken_back_and_changed() {
    let (clinic, doctor) = clinic().await;
    press(&doctor, &[]).await.expect(200);
    work(&clinic).await;
    let first = only(&clinic).await;
    let act = format!("/p/pt-6/rx/{}/act", first.id);
    let seen = |kept: &Kept| kept.version.to_string();
    doctor.part(&act, &[("act", "cancel"), ("seen", "1")]).await.expect(409).holds(&["状態が先に変わりました"]);
    doctor.part(&act, &[("act", "cancel"), ("seen", &seen(&first))]).await.expect(200).holds(&["取消中"]);
    work(&clinic).await;
    assert_eq!(
        (only(&clinic).await.stored.life.state, clinic.sandbox.eprescription().standing()),
        (State::Cancelled, 0)
    );
    doctor.part(&act, &[("act", "undo"), ("seen", &seen(&only(&clinic).await))]).await.expect(200);
    work(&clinic).await;
    assert_eq!(only(&clinic).await.stored.life.state, State::Registered);
    // The doctor changes the days; what the service has is replaced by a newly signed document.
    doctor.part("/p/pt-6/v/v-8/orders/days", &[("lines", "rx-a:2"), ("days", "14")]).await.expect(200);
    doctor.part_of(ISSUE).await.expect(200).holds(&["発行のあとで処方が変わりました"]);
    let dialog = doctor.part_of(&format!("{ISSUE}?again=1")).await.expect(200).holds(&["署名して変更を送る"]);
    let (intent, lines, task) = (dialog.hidden("intent"), dialog.hidden("lines"), dialog.hidden("task"));
    let form =
        [("intent", intent.as_str()), ("lines", lines.as_str()), ("task", task.as_str()), ("form", "electronic")];
    doctor.part(ISSUE, &form).await.expect(200).holds(&["変更中"]);
    work(&clinic).await;
    let changed = only(&clinic).await;
    assert_eq!((changed.stored.life.state, clinic.sandbox.eprescription().standing()), (State::Registered, 1));
    assert_ne!(changed.stored.life.id, first.stored.life.id);
    let access = clinic.system(&clinic.tenant);
    let document = karute_eprescription::jobs::record::document(&access, &changed, &Profile::built_in()).await.unwrap();
    assert_eq!(document.what.groups[0].quantity, 14);
}

#[tokio::test]
async fn while_the_service_is_away_nobody_misses_it_and_paper_is_the_way_on() {
    let (clinic, doctor) = clinic().await;
    clinic.sandbox.eprescription().set_faults(EpsFaults { maintenance: true, ..EpsFaults::default() });
    let away = doctor.part_of(&format!("{ISSUE}/check")).await.expect(200);
    away.holds(&["重複投薬等チェックができません", "メンテナンス", "照会できないことを確かめて発行する"]);
    press(&doctor, &[]).await.expect(422).holds(&["重複投薬等チェックができません"]);
    press(&doctor, &[("unchecked", "yes")]).await.expect(200).holds(&["送信待ち"]);
    work(&clinic).await;
    let clerk = clinic.signed_in_as("desk", Profession::Clerk).await;
    clerk.get("/unregistered").await.expect(200).holds(&["小川 清", "送信待ち", "対応する", "1件"]);
    doctor.get("/reception").await.expect(200).holds(&["href=\"/unregistered\""]);
    let now = only(&clinic).await;
    let act = format!("/p/pt-6/rx/{}/act", now.id);
    let seen = now.version.to_string();
    clerk.part(&act, &[("act", "paper"), ("seen", &seen)]).await.expect(403);
    let reply = doctor.part(&act, &[("act", "paper"), ("seen", &seen)]).await.expect(200);
    reply.holds(&["紙で発行（引換番号なし）", "処方箋を印刷"]);
    let printed = doctor.get("/p/pt-6/v/v-8/prescription.pdf").await.expect(200);
    assert_eq!(printed.header("content-type"), "application/pdf");
    clinic.sandbox.eprescription().set_faults(EpsFaults::default());
    clinic.clock.advance_ms(200_000);
    work(&clinic).await;
    assert_eq!((only(&clinic).await.stored.life.state, clinic.sandbox.eprescription().standing()), (State::OnPaper, 0));
    clerk.get("/unregistered").await.expect(200).holds(&["未登録の処方箋はありません"]);
    doctor.get("/reception").await.expect(200).lacks(&["href=\"/unregistered\""]);
}

#[tokio::test]
async fn paper_gets_a_number_without_a_signature_and_prints_it() {
    let (clinic, doctor) = clinic().await;
    press(&doctor, &[("form", "paper")]).await.expect(200);
    work(&clinic).await;
    let now = only(&clinic).await;
    assert_eq!(
        (now.stored.life.state, now.stored.life.form, &now.stored.signed),
        (State::Registered, Form::Paper, &None)
    );
    doctor.part_of(ISSUE).await.expect(200).holds(&["紙の処方箋（引換番号つき）", "処方箋を印刷"]);
    let printed = doctor.get("/p/pt-6/v/v-8/prescription.pdf").await.expect(200);
    assert_eq!(printed.header("content-type"), "application/pdf");
}

#[tokio::test]
async fn who_has_no_key_is_told_and_a_clinic_without_the_setting_is_not_asked() {
    let (clinic, _) = clinic().await;
    // A second doctor without a key.
    let other = clinic.signed_in_as("other-doctor", Profession::Doctor).await;
    other.part_of(ISSUE).await.expect(200).holds(&["署名の方法がありません", "署名の準備をする"]);
    press(&other, &[]).await.expect(422).holds(&["署名できません", "紙（引換番号つき）"]);
    assert!(kept(&clinic).await.is_empty());
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get(ISSUE).await.expect(403);
    set_connection(&clinic.system(&clinic.tenant), None).await.unwrap();
    clinic.clock.advance_ms(120_000);
    other.get("/p/pt-6/v/v-8").await.expect(200).lacks(&["data-key=\"F8\"", "rx-states"]);
    press(&other, &[("unchecked", "yes")]).await.expect(200).holds(&["発行できません", "設定になっていません"]);
}

#[tokio::test]
async fn the_real_service_is_not_called_while_anything_of_its_wire_is_assumed() {
    let (clinic, doctor) = clinic().await;
    let connection = Connection {
        way: Way::Folder { requests: "/nowhere/req".into(), results: "/nowhere/res".into() },
        sandbox: false,
        form: Form::Electronic,
    };
    set_connection(&clinic.system(&clinic.tenant), Some(&connection)).await.unwrap();
    doctor.part_of(&format!("{ISSUE}/check")).await.expect(200).holds(&["未確認の項目がある"]);
    press(&doctor, &[("unchecked", "yes")]).await.expect(200).holds(&["発行できません"]);
    assert!(kept(&clinic).await.is_empty());
}

#[tokio::test]
async fn receiving_a_patient_prepares_the_check_and_the_dialog_says_how_far_it_is() {
    let (clinic, doctor) = clinic().await;
    let clerk = clinic.signed_in_as("desk", Profession::Clerk).await;
    let card =
        [("card_insurer", "01139997"), ("card_symbol", "12345678"), ("card_number", "9002"), ("card_relation", "self")];
    clerk.post("/p/pt-2/insurance", &card).await;
    let received = clerk.post("/reception/arrivals", &[("patient", "pt-2")]).await.expect(303);
    let place = received.header("location").to_owned();
    let visit = place.split("v=").nth(1).and_then(|rest| rest.split('&').next()).unwrap().to_owned();
    let issue = format!("/p/pt-2/v/{visit}/issue");
    doctor.part_of(&issue).await.expect(200).holds(&["サービスが準備しています"]);
    work(&clinic).await;
    assert_eq!(clinic.sandbox.eprescription().prepared(), 1);
    doctor.part_of(&issue).await.expect(200).holds(&["済（サービスの準備ができています）"]);
    // A visit that began before the clinic was connected says nothing of it.
    doctor.part_of(ISSUE).await.expect(200).lacks(&["サービスの準備", "サービスが準備"]);
    doctor.part_of(&format!("{ISSUE}/check")).await.expect(200).lacks(&["事前処理"]);
    // Where the clinic does not use the service nothing is asked.
    set_connection(&clinic.system(&clinic.tenant), None).await.unwrap();
    let received = clerk.post("/reception/arrivals", &[("patient", "pt-8")]).await.expect(303);
    let visit = received.header("location").split("v=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    doctor.part_of(&format!("/p/pt-8/v/{visit}/issue")).await.expect(200).lacks(&["サービスが準備"]);
}
