//! With what a doctor signs: chosen on the person's own page, a sign-in that serves a day, and one that ends in the middle.
use crate::clinic::{Browser, Clinic};
use crate::eprescription::{ISSUE, clinic, kept, press, work, world};
use http::Request;
use karute_eprescription::flow::State;
use karute_eprescription::office::{Ready, RemoteSetting, SignerKind, SigningSetting, set_signing};
use karute_identity::Profession;
use karute_sandbox::hpki::KeyService;
use tower::ServiceExt as _;

/// The clinic with cardless signing, which its doctor has chosen and not signed in with.
async fn cardless() -> (Clinic, Browser) {
    let (clinic, doctor) = clinic().await;
    clinic.sandbox.hpki().enroll("森　さやか", world().1.local_key().unwrap()).unwrap();
    let profile = KeyService::profile("http://127.0.0.1:8081", "https://karute.example/signing/callback");
    let setting = SigningSetting {
        remote: Some(RemoteSetting { profile, sandbox: true, trust: None }),
        ..SigningSetting::default()
    };
    set_signing(&clinic.system(&clinic.tenant), &setting).await.unwrap();
    doctor.get("/me/signing").await.expect(200).holds(&[
        "証明書ファイル",
        "カードレス署名",
        "署名の準備ができています",
    ]);
    let chosen = doctor.post("/me/signing", &[("by", "remote")]).await.expect(200);
    chosen.holds(&["署名はカードレス署名で行います", "署名の認証が必要です", "スマートフォン（生体認証）"]);
    (clinic, doctor)
}

/// Where a browser at the simulated service is sent.
async fn at_service(clinic: &Clinic, url: &str) -> String {
    let path = url.strip_prefix("http://127.0.0.1:8081").unwrap();
    let page =
        clinic.sandbox.router().oneshot(Request::get(path).body(axum::body::Body::empty()).unwrap()).await.unwrap();
    assert_eq!(page.status(), 200);
    let chosen = format!("{}&person=0", path.replace("/authorize?", "/choose?"));
    let answer =
        clinic.sandbox.router().oneshot(Request::get(&chosen).body(axum::body::Body::empty()).unwrap()).await.unwrap();
    answer.headers()["location"].to_str().unwrap().to_owned()
}

/// The whole sign-in; answers the address that ends it.
async fn sign_in(clinic: &Clinic, doctor: &Browser) -> String {
    let away = doctor.get("/me/signing/sign-in?method=fido").await.expect(303);
    let back = at_service(clinic, away.header("location")).await;
    let back = back.strip_prefix("https://karute.example").unwrap();
    // Our cookie does not come along from another site: the page that it comes back to is nobody's.
    let between = clinic.stranger().get(back).await.expect(200);
    between.holds(&["http-equiv=\"refresh\"", "続ける"]);
    back.replace("/signing/callback", "/me/signing/finish")
}

#[tokio::test]
async fn one_sign_in_serves_the_day_and_one_that_ends_is_done_again_without_losing_anything() {
    let (clinic, doctor) = cardless().await;
    doctor.part_of(ISSUE).await.expect(200).holds(&["署名の認証が必要です", "認証して発行", "でサインイン"]);
    let told = press(&doctor, &[("remark", "朝の分から")]).await.expect(422);
    told.holds(&["署名の認証が必要です", "選んだ内容はそのまま残っています", "value=\"朝の分から\""]);
    assert!(kept(&clinic).await.is_empty());

    let finish = sign_in(&clinic, &doctor).await;
    assert_eq!(doctor.get(&finish).await.expect(303).header("location"), "/me/signing/ready");
    let ready = doctor.get("/me/signing/ready").await.expect(200);
    ready.holds(&["署名の準備ができています（本日 ", "このタブを閉じて"]);
    // A code serves once.
    doctor.get(&finish).await.expect(422).holds(&["サインインを確認できませんでした"]);
    doctor.part_of(ISSUE).await.expect(200).holds(&[
        "署名の準備ができています（本日 ",
        "カードレス署名",
        "署名して発行",
    ]);
    press(&doctor, &[]).await.expect(200).holds(&["送信待ち"]);
    work(&clinic).await;
    let first = kept(&clinic).await.pop().unwrap();
    assert_eq!(first.stored.life.state, State::Registered);
    assert_eq!(first.stored.signed.as_ref().unwrap().kind, SignerKind::Remote);

    // The service ends the session while the doctor changes the prescription.
    clinic.sandbox.hpki().end_sessions();
    let again = doctor.part_of(&format!("{ISSUE}?again=1")).await.expect(200);
    let (task, intent, lines) = (again.hidden("task"), again.hidden("intent"), again.hidden("lines"));
    let form =
        [("intent", intent.as_str()), ("lines", &lines), ("task", &task), ("form", "electronic"), ("remark", "夕へ")];
    let told = doctor.part(ISSUE, &form).await.expect(422);
    told.holds(&["署名の認証が必要です", "value=\"夕へ\"", "でサインイン", "署名して変更を送る"]);
    assert_eq!(kept(&clinic).await.pop().unwrap().version, first.version, "nothing was changed");
    let finish = sign_in(&clinic, &doctor).await;
    doctor.get(&finish).await.expect(303);
    doctor.part(ISSUE, &form).await.expect(200);
    work(&clinic).await;
    let changed = kept(&clinic).await.pop().unwrap();
    assert_ne!(changed.stored.life.id, first.stored.life.id);

    // The evening: the session is over by itself.
    let system = clinic.system(&clinic.tenant);
    let people = clinic.identity.people(&system).await.unwrap();
    let person = people.iter().find(|person| person.professions.contains(&Profession::Doctor)).unwrap();
    let ready = async || clinic.office.signing(&system, &person.id).await.unwrap().ready;
    assert!(matches!(ready().await, Ready::Now(Some(_))));
    clinic.clock.advance_ms(10 * 3_600_000);
    assert_eq!(ready().await, Ready::SignIn);
}

#[tokio::test]
async fn what_is_not_the_sign_in_that_was_begun_opens_nothing() {
    let (clinic, doctor) = cardless().await;
    let finish = sign_in(&clinic, &doctor).await;
    let (path, _) = finish.split_once("&state=").unwrap();
    doctor.get(&format!("{path}&state=other")).await.expect(422).holds(&["サインインを確認できませんでした"]);
    // Nor does somebody else's code.
    let other = clinic.signed_in_as("dr2", Profession::Doctor).await;
    other.get(&finish).await.expect(422);
    doctor.get("/me/signing/ready").await.expect(200).lacks(&["準備ができています"]);
    doctor.get("/signing/callback?code=%3Cscript%3E&state=x").await.expect(400);
    // A service that does not answer is said, and no session is lost for it.
    let finish = sign_in(&clinic, &doctor).await;
    doctor.get(&finish).await.expect(303);
    clinic.sandbox.hpki().set_silent(true);
    press(&doctor, &[]).await.expect(422).holds(&["カードレス署名サービスに接続できません", "署名して発行"]);
    clinic.sandbox.hpki().set_silent(false);
    press(&doctor, &[]).await.expect(200).holds(&["送信待ち"]);
    // Signed out, the next signature asks again.
    doctor.post("/me/signing/sign-out", &[]).await.expect(200).holds(&["署名の認証が必要です"]);
}

#[tokio::test]
async fn a_card_without_its_reader_and_a_file_that_is_none_are_refused_in_words() {
    let (clinic, doctor) = clinic().await;
    doctor.post("/me/signing/card", &[("pin", "1234")]).await.expect(422).holds(&["カードドライバー"]);
    let setting = SigningSetting { card: Some("/nowhere/libhpki.so".into()), ..SigningSetting::default() };
    set_signing(&clinic.system(&clinic.tenant), &setting).await.unwrap();
    doctor.get("/me/signing").await.expect(200).holds(&["PINは保存しません"]);
    let refused = doctor.post("/me/signing/card", &[("pin", "9182")]).await.expect(422);
    refused.holds(&["カードドライバー"]).lacks(&["9182"]);
    let body = "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"x.p12\"\r\n\r\nnot a key\r\n\
                --b\r\ncontent-disposition: form-data; name=\"password\"\r\n\r\nsecret-word\r\n--b--\r\n";
    let kind = "multipart/form-data; boundary=b";
    let refused = doctor.upload("/me/signing/file", kind, body.as_bytes().to_vec()).await.expect(422);
    refused.holds(&["証明書ファイル"]).lacks(&["secret-word"]);
    // An institution's profile with assumed entries is for the sandbox alone.
    let profile = KeyService::profile("https://sign.example", "https://karute.example/signing/callback");
    let setting = SigningSetting {
        remote: Some(RemoteSetting { profile, sandbox: false, trust: None }),
        ..SigningSetting::default()
    };
    let refused = set_signing(&clinic.system(&clinic.tenant), &setting).await.unwrap_err();
    assert!(refused.to_string().contains("未確認の項目"), "{refused}");
}
