//! A letter by the record sharing service, as the doctor sends it.
use crate::clinic::{Browser, Clinic};
use crate::samples;
use karute_fhir::Id;
use karute_fhir::profile::{Level, Package, ProfileSet};
use karute_identity::Profession;
use karute_japan::Clock as _;
use karute_ledger::{Action, Commit};
use karute_sandbox::sharing::ROBOT;
use karute_sharing::jobs::kept::InboxState;
use karute_sharing::jobs::record::Kept;
use karute_sharing::office::{Connection, Way, set_connection};
use serde_json::json;

async fn clinic() -> (Clinic, Browser) {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let system = clinic.system(&clinic.tenant);
    clinic.sandbox.sharing().takes_part(&clinic.tenant.institution_code, "みどり内科クリニック");
    let way = Way::WebApi {
        base: "http://127.0.0.1:8081/sharing".to_owned(),
        user: "karute".to_owned(),
        password: clinic.sharing.seal(clinic.tenant.id, b"sandbox"),
        trust: None,
        certificate: None,
    };
    set_connection(&system, Some(&Connection { way, sandbox: true, units: Vec::new() })).await.unwrap();
    let admin = clinic.signed_in_as("head", Profession::Admin).await;
    let contact = [("postal", "1000000"), ("address", "東京都千代田区架空町１－２－３"), ("phone", "0300000001")];
    admin.post("/settings/clinic/contact", &contact).await.expect(200);
    admin.get("/settings/clinic").await.expect(200).holds(&["模擬環境に接続しています", "診療科"]);
    admin.post("/settings/clinic/department", &[("name", ""), ("code", "01")]).await.expect(422);
    admin
        .post("/settings/clinic/department", &[("name", "内科"), ("code", "01")])
        .await
        .expect(200)
        .holds(&["「内科」"]);
    let doctor = clinic.signed_in(Profession::Doctor).await;
    (clinic, doctor)
}

/// Opens a letter to an addressee of this code; answers its address.
async fn opened(doctor: &Browser, code: &str) -> String {
    let new = doctor.get("/p/pt-6/letters/new").await.expect(200);
    let id = new.hidden("id");
    let form = [("id", id.as_str()), ("visit", "v-8"), ("act", "typed"), ("name", "架空総合病院"), ("code", code)];
    doctor.post("/p/pt-6/letters", &form).await.expect(303).header("location").to_owned()
}

/// The patient has a card with its branch, and an address.
async fn insured(clinic: &Clinic) {
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let card = [
        ("card_insurer", "01139997"),
        ("card_symbol", "12345678"),
        ("card_number", "9001"),
        ("card_branch", "01"),
        ("card_relation", "self"),
    ];
    let reply = clerk.post("/p/pt-6/insurance", &card).await;
    assert!(reply.status.is_success() || reply.status.is_redirection(), "{}", reply.text);
    let address = json!([{"text": "東京都千代田区架空町９－９", "state": "東京都", "city": "千代田区", "line": ["架空町９－９"]}]);
    clinic.alter("Patient", "pt-6", |patient| patient["address"] = address).await;
}

/// Loaded definitions that ask every patient for something that no document of ours has.
fn demanding() -> ProfileSet {
    let definition = r#"{"resourceType":"StructureDefinition","name":"JP_Patient_eCS","type":"Patient","derivation":"constraint",
        "url":"http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Patient_eCS",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","differential":{"element":[
        {"id":"Patient","path":"Patient"},{"id":"Patient.maritalStatus","path":"Patient.maritalStatus","min":1}]}}"#;
    let mut package = Package::new();
    package.add("package/StructureDefinition-a.json", definition.as_bytes()).unwrap();
    ProfileSet::with_packages(&[package], Level::default())
}

#[tokio::test]
async fn what_the_profiles_refuse_is_said_in_the_composer_and_leaves_on_paper() {
    let (clinic, doctor) = clinic().await;
    insured(&clinic).await;
    let at = opened(&doctor, ROBOT).await;
    let form = [
        ("950", "精査をお願いいたします。"),
        ("950_base", ""),
        ("340", "高血圧症"),
        ("340_base", ""),
        ("360", "以前より通院中です。"),
        ("360_base", ""),
    ];
    doctor.part(&format!("{at}/note"), &form).await.expect(200);
    doctor.part(&format!("{at}/act"), &[("act", "consent.oral")]).await.expect(200);
    doctor.get(&at).await.expect(200).holds(&["共有サービスの規則どおり", "文書を確かめ直す"]);
    // Other definitions are loaded while the letter is open.
    clinic.profiles.replace(demanding());
    let refused = ["JP_Patient_eCS#maritalStatus:min", "文書の作り方の不具合", "「紙で渡す・FAX」に切り替えて"];
    // A pause of the typing judges nothing: what was found before stays on the screen.
    doctor.part(&format!("{at}/note"), &[]).await.expect(200).holds(&["id=\"let-doc\" data-stays"]).lacks(&refused);
    doctor.part(&format!("{at}/act"), &[("act", "check")]).await.expect(200).holds(&refused).lacks(&["data-stays"]);
    let page = doctor.get(&at).await.expect(200).holds(&refused);
    let seen = page.hidden("seen");
    doctor
        .post(&format!("{at}/sign"), &[("seen", &seen)])
        .await
        .expect(422)
        .holds(&refused)
        .holds(&["まだ確定していません"]);
    let paper = doctor.part(&format!("{at}/act"), &[("act", "route.paper")]).await.expect(200);
    paper.lacks(&refused).lacks(&["文書を確かめ直す"]);
    let seen = doctor.get(&at).await.expect(200).hidden("seen");
    doctor.post(&format!("{at}/sign"), &[("seen", &seen)]).await.expect(303);
    doctor.get(&at).await.expect(200).holds(&["紙で発行"]);
}

#[tokio::test]
async fn the_way_follows_the_addressee_and_says_why_it_is_paper() {
    let (_clinic, doctor) = clinic().await;
    let by_service = "value=\"route.service\" class=\"opt opt-b\" aria-pressed=\"true\"";
    let there = opened(&doctor, ROBOT).await;
    doctor.get(&there).await.expect(200).holds(&[by_service, "送る "]);
    let unknown = opened(&doctor, "1310000037").await;
    doctor
        .get(&unknown)
        .await
        .expect(200)
        .holds(&["宛先は情報共有サービスを利用していません", "確定して印刷へ"])
        .lacks(&[by_service]);
    let uncoded = opened(&doctor, "").await;
    doctor.get(&uncoded).await.expect(200).holds(&["医療機関コードがないため"]).lacks(&[by_service]);
    // Pressing it all the same asks again, and says the same.
    doctor.part(&format!("{unknown}/act"), &[("act", "route.service")]).await.expect(200).holds(&["利用していません"]);
    // The other way round a letter that could go by the service leaves on paper when that is chosen.
    doctor.part(&format!("{there}/act"), &[("act", "route.paper")]).await.expect(200).lacks(&[by_service]);
}

#[tokio::test]
async fn what_is_missing_is_said_before_it_leaves_and_for_ten_seconds_it_can_be_taken_back() {
    let (clinic, doctor) = clinic().await;
    let at = opened(&doctor, ROBOT).await;
    let form = |seen: String| {
        vec![
            ("seen".to_owned(), seen),
            ("950".to_owned(), "精査をお願いいたします。".to_owned()),
            ("950_base".to_owned(), String::new()),
            ("340".to_owned(), "高血圧症".to_owned()),
            ("340_base".to_owned(), String::new()),
            ("360".to_owned(), "以前より通院中です。".to_owned()),
            ("360_base".to_owned(), String::new()),
        ]
    };
    let press = |form: Vec<(String, String)>| {
        let (doctor, at) = (&doctor, at.clone());
        async move {
            let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            doctor.post(&format!("{at}/sign"), &form).await
        }
    };
    // Neither insured nor asked: both are said, and nothing left.
    let seen = doctor.get(&at).await.expect(200).hidden("seen");
    press(form(seen)).await.expect(422).holds(&["まだ確定していません", "保険"]);
    insured(&clinic).await;
    doctor.part(&format!("{at}/act"), &[("act", "consent.oral")]).await.expect(200);
    let page = doctor.get(&at).await.expect(200);
    let missing: Vec<&str> =
        page.text.split("chk t-danger").skip(1).map(|part| part.split("</li>").next().unwrap()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let seen = page.hidden("seen");
    press(vec![("seen".to_owned(), seen)]).await.expect(303);
    let kept = doctor.get(&at).await.expect(200);
    kept.holds(&["送信待ち", "送信を取り消して直す", "10秒のあいだは取り消せます"]);
    assert!(clinic.sandbox.journal().iter().all(|entry| !format!("{entry:?}").contains("DOC01")), "nothing left yet");
    let after = format!("{at}/after");
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.post(&after, &[("act", "undo")]).await.expect(403);
    doctor.post(&after, &[("act", "undo")]).await.expect(303);
    doctor.get(&at).await.expect(200).holds(&["note-form", "精査をお願いいたします。"]);
    // Too late, or never: said, not done.
    doctor.post(&after, &[("act", "cancel"), ("reason", "")]).await.expect(409);
}

#[tokio::test]
async fn what_could_not_be_laid_into_the_inbox_is_seen_there_and_tells_nothing_of_the_patient() {
    let (clinic, doctor) = clinic().await;
    let mut commit = Commit::new(Action::Create);
    let states = [
        ("in-1", InboxState::Quarantined { why: "宛先が自施設ではない文書です。".to_owned() }),
        ("in-2", InboxState::AwaitingConsent),
        ("in-3", InboxState::Listed),
    ];
    for (id, state) in states {
        let kept = Kept::new(Id::new(id).unwrap(), None, samples::received::held(state));
        commit.changes.push(kept.change(clinic.clock.now()).unwrap());
    }
    clinic.system(&clinic.tenant).commit(commit).await.unwrap();
    let list = doctor.get("/inbox?box=failed").await.expect(200);
    list.holds(&["受け取れません", "宛先が自施設ではない文書です。", "同意待ち", "架空総合病院"])
        .lacks(&["ヒミツ", "01139997"]);
    doctor.get("/inbox").await.expect(200).lacks(&["宛先が自施設ではない文書です。"]);
}

#[tokio::test]
async fn what_could_not_be_taken_in_is_told_safely_tried_again_and_put_aside_with_a_reason() {
    let (clinic, doctor) = clinic().await;
    let at = |name: &str| format!("/inbox/held/in-{name}");
    doctor
        .get("/inbox?box=failed")
        .await
        .expect(200)
        .holds(&["/inbox/held/in-held", "受け取れません"])
        .lacks(&["ヒミツ"]);
    let page = doctor.get(&at("held")).await.expect(200).holds(&[
        "受信箱へ取り込めませんでした",
        "種類と中身が異なります",
        "健診結果報告書",
        "ヒミツ タロウ",
        "もう一度取り込む",
        "取り込まない理由",
        "原文",
    ]);
    let page = page.lacks(&["01139997", "<script>alert"]);
    let original = doctor.get(&format!("{}/original", at("held"))).await.expect(200);
    assert!(original.header("content-type").starts_with("text/plain"));
    assert!(original.header("content-security-policy").contains("sandbox") && original.text.contains("<script>"));
    doctor.get(&format!("{}/original", at("tried"))).await.expect(404);
    doctor.get("/inbox/held/none").await.expect(404);
    // Not for who only registers, nor for another institution; a pharmacist reads and decides nothing.
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get(&at("held")).await.expect(403);
    clerk.post(&format!("{}/again", at("tried")), &[("seen", "1")]).await.expect(403);
    // Still the same: it is fetched once more, and whoever is late is told.
    let seen = page.hidden("seen");
    doctor.post(&format!("{}/again", at("held")), &[("seen", &seen)]).await.expect(303);
    doctor.get(&at("held")).await.expect(200).holds(&["サービスから受け取っています"]).lacks(&["もう一度取り込む "]);
    doctor.post(&format!("{}/again", at("held")), &[("seen", &seen)]).await.expect(409).holds(&["状態が変わりました"]);
    let aside = format!("{}/review", at("aside"));
    doctor.post(&aside, &[("seen", "1"), ("reason", " ")]).await.expect(422).holds(&["理由を書いてください"]);
    doctor.post(&aside, &[("seen", "1"), ("reason", "差出元に送り直しを頼んだ")]).await.expect(303);
    doctor.get(&at("aside")).await.expect(200).holds(&["差出元に送り直しを頼んだ", "森 さやか"]);
    doctor.get("/inbox?box=failed").await.expect(200).lacks(&["in-aside", "in-held"]).holds(&["in-tried"]);
    let events = clinic.audit().await;
    assert!(events.iter().any(|(_, event)| event.contains("取り込めない文書を確認済に")));
    assert!(events.iter().any(|(_, event)| event.contains("受け取った文書をもう一度取り込む")));
}

#[tokio::test]
async fn what_is_for_somebody_else_is_not_opened() {
    let (clinic, doctor) = clinic().await;
    let profile = karute_sharing::profile::Profile::built_in();
    let envelope = samples::received::envelope("1399999999").write(&profile);
    let mut stored = samples::received::held(InboxState::Quarantined {
        why: "宛先が自施設ではない文書です。".to_owned(),
    });
    stored.binary = "in-other-doc".to_owned();
    stored.sha256 = karute_crypto::sha256(&envelope).to_hex();
    let mut commit = Commit::new(Action::Create);
    let place = Id::new("in-other-doc").unwrap();
    commit.changes.push(karute_sharing::jobs::record::binary(place, None, "application/xml", &envelope).unwrap());
    commit.changes.push(Kept::new(Id::new("in-other").unwrap(), None, stored).change(clinic.clock.now()).unwrap());
    clinic.system(&clinic.tenant).commit(commit).await.unwrap();
    let page = doctor.get("/inbox/held/in-other").await.expect(200);
    page.holds(&["1399999999", "当院ではありません"]).lacks(&["ヒミツ", "HC-1", "健診結果報告書", "/original"]);
    doctor.get("/inbox/held/in-other/original").await.expect(404);
}
