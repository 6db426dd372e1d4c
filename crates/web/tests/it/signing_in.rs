use crate::clinic::{Clinic, PASSWORD};
use karute_identity::Profession;

#[tokio::test]
async fn the_password_alone_opens_nothing_and_the_code_opens_a_session() {
    let clinic = Clinic::open().await;
    let secret = clinic.person("mori", &[Profession::Doctor]).await;
    let mut browser = clinic.stranger();
    browser.get("/sign-in").await.expect(200).holds(&["施設名", "ログイン名", "パスワード"]);
    let known = [("tenant", "midori"), ("login", "mori"), ("password", PASSWORD)];
    let asked = browser.post("/sign-in", &known).await.expect(200);
    assert_eq!(asked.header("set-cookie"), "");
    let pending = asked.hidden("pending");
    browser.cookie = Some(pending.clone());
    browser.get("/reception").await.expect(303);
    browser.cookie = None;

    browser.post("/sign-in/code", &[("pending", &pending), ("code", "000000")]).await.expect(422);
    let begun = browser.post("/sign-in", &known).await.hidden("pending");
    let code = clinic.code(&secret);
    let reply = browser.post("/sign-in/code", &[("pending", &begun), ("code", &code)]).await.expect(303);
    assert_eq!(reply.header("location"), "/");
    let cookie = reply.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("karute=") && cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    browser.cookie = Some(cookie["karute=".len()..].split(';').next().unwrap().to_owned());
    browser.get("/reception").await.expect(200).holds(&["みどり内科クリニック"]);
    browser.get("/me").await.expect(200).holds(&["森 さやか", "医師"]);

    let out = browser.post("/sign-out", &[]).await.expect(303);
    assert!(out.header("set-cookie").contains("Max-Age=0"));
    browser.get("/reception").await.expect(303);
}

#[tokio::test]
async fn wrong_institution_login_and_password_are_one_answer_that_keeps_what_was_typed() {
    let clinic = Clinic::open().await;
    clinic.person("mori", &[Profession::Doctor]).await;
    let browser = clinic.stranger();
    let mut pages = Vec::new();
    for (tenant, login, password) in
        [("nowhere", "mori", PASSWORD), ("midori", "nobody", PASSWORD), ("midori", "mori", "wrong-password-1")]
    {
        let form = [("tenant", tenant), ("login", login), ("password", password)];
        let reply = browser.post("/sign-in", &form).await.expect(422);
        assert!(reply.text.contains(&format!("value=\"{login}\"")) && !reply.text.contains(password));
        pages.push(reply.text.replace(tenant, "T").replace(login, "L").replace(" autofocus", ""));
    }
    assert_eq!(pages[0], pages[1]);
    assert_eq!(pages[1], pages[2]);
}

#[tokio::test]
async fn repeated_failures_lock_the_door_and_say_for_how_long() {
    let clinic = Clinic::open().await;
    clinic.person("mori", &[Profession::Doctor]).await;
    let browser = clinic.stranger();
    let wrong = [("tenant", "midori"), ("login", "mori"), ("password", "wrong-password-1")];
    for _ in 0..5 {
        browser.post("/sign-in", &wrong).await;
    }
    let right = [("tenant", "midori"), ("login", "mori"), ("password", PASSWORD)];
    let reply = browser.post("/sign-in", &right).await.expect(429);
    assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
}

#[tokio::test]
async fn demonstration_links_work_in_demonstrations_only() {
    let demo = Clinic::demo().await;
    demo.person("mori", &[Profession::Doctor]).await;
    let token = demo.identity.demo_link(&demo.system(&demo.tenant), "mori").await.unwrap();
    let reply = demo.stranger().get(&format!("/demo/sign-in?token={token}")).await.expect(303);
    assert!(reply.header("set-cookie").starts_with("karute="));
    demo.stranger().get("/demo/sign-in?token=1.wrong").await.expect(422);

    let real = Clinic::open().await;
    real.stranger().get(&format!("/demo/sign-in?token={token}")).await.expect(404);
}
