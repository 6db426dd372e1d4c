//! The command palette and what people set for their own screens.
use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn an_empty_palette_shows_who_is_in_the_building_and_the_screens() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.part("/palette", &[("q", "")]).await.expect(200).holds(&["院内の患者", "渡邊 真弓", "受付一覧"]);
}

#[tokio::test]
async fn a_verb_belongs_to_the_patient_whose_chart_is_open_and_to_nobody_else() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let form = [("q", "わた かる"), ("patient", "pt-1"), ("who", "ワタナベ マユミ 渡邊 真弓")];
    doctor.part("/palette", &form).await.expect(200).holds(&["この患者のカルテを開き直す", "/p/pt-1"]);
    let form = [("q", "さと かる"), ("patient", "pt-1"), ("who", "ワタナベ マユミ 渡邊 真弓")];
    doctor.part("/palette", &form).await.expect(200).lacks(&["開き直す"]);
    let form = [("q", "わた かる"), ("patient", ""), ("who", "")];
    doctor.part("/palette", &form).await.expect(200).lacks(&["開き直す"]);
}

#[tokio::test]
async fn nobody_is_offered_what_they_may_not_do() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let auditor = clinic.signed_in(Profession::Auditor).await;
    let reply = auditor.part("/palette", &[("q", "")]).await.expect(200);
    reply.holds(&["監査記録"]).lacks(&["渡邊", "受付一覧", "患者を探す"]);
    let reply = auditor.part("/palette", &[("q", "わたなべ")]).await.expect(200);
    reply.lacks(&["渡邊"]);
}

#[tokio::test]
async fn what_a_person_sets_for_the_screen_is_theirs_and_stays() {
    let clinic = Clinic::open().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    doctor.get("/me").await.expect(200).holds(&["data-single-keys=\"on\""]).lacks(&["data-density"]);
    let form = [("density", "large"), ("keys", "with-alt")];
    doctor.post("/me/screen", &form).await.expect(200).holds(&["画面の好みを変えました"]);
    doctor.get("/reception").await.holds(&["data-density=\"large\"", "data-single-keys=\"with-alt\""]);
    nurse.get("/reception").await.holds(&["data-single-keys=\"on\""]).lacks(&["data-density"]);
    doctor.post("/me/screen", &[("density", "huge"), ("keys", "on")]).await.expect(400);
}

/// Addresses without a patient that the palette offers.
fn offered(text: &str) -> Vec<String> {
    let hrefs = text.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    hrefs
        .filter(|href| href.starts_with('/') && !href.starts_with("/p/") && !href.starts_with("/print/"))
        .map(str::to_owned)
        .collect()
}

#[tokio::test]
async fn every_screen_is_offered_to_whom_it_opens_for_and_to_nobody_else() {
    // Parts of other screens, the ways in and out, and addresses that only lead on.
    const NOT_SCREENS: [&str; 12] = [
        "/",
        "/sign-in",
        "/demo/sign-in",
        "/signing/callback",
        "/me/signing/sign-in",
        "/me/signing/finish",
        "/me/signing/ready",
        "/locked",
        "/settings",
        "/reception/rows",
        "/reception/changes",
        "/worklist/changes",
    ];
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let screens: Vec<&str> = karute_web::ROUTES
        .iter()
        .copied()
        .flatten()
        .filter(|route| route.method == "GET" && !route.path.contains('{') && !NOT_SCREENS.contains(&route.path))
        .map(|route| route.path)
        .collect();
    assert!(screens.len() > 15, "{screens:?}");
    for profession in Profession::ALL {
        let person = clinic.signed_in(profession).await;
        let offered = offered(&person.part("/palette", &[("q", "")]).await.expect(200).text);
        for screen in &screens {
            let opens = person.get(screen).await.status != 403;
            assert_eq!(offered.iter().any(|path| path == screen), opens, "{profession}: {screen}");
        }
        for path in &offered {
            let status = person.get(path).await.status;
            assert!(status.as_u16() < 400, "{profession} is offered {path} and gets {status}");
        }
    }
}

#[tokio::test]
async fn what_can_be_done_with_the_open_chart_leads_to_screens_that_open() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    for profession in Profession::ALL {
        let person = clinic.signed_in(profession).await;
        let form = [("q", ""), ("patient", "pt-1"), ("who", "ワタナベ マユミ 渡邊 真弓")];
        let list = person.part("/palette", &form).await.expect(200).text;
        for href in list.split("data-act href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let status = person.get(href).await.status;
            assert!(status.as_u16() < 400, "{profession} is offered {href} and gets {status}");
        }
    }
}

#[tokio::test]
async fn a_clinic_that_keeps_paper_charts_is_not_led_to_screens_it_does_not_use() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.post("/settings/clinic", &[("mode", "paper-chart")]).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let list = nurse.part("/palette", &[("q", ""), ("patient", "pt-1"), ("who", "")]).await.expect(200);
    list.holds(&["/reception", "/p/pt-1/results"]).lacks(&["/appointments", "/worklist", "next-visit"]);
}
