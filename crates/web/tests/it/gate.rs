//! Who may pass: the route table, walked.
use crate::clinic::{Browser, Clinic, HOST, encoded};
use crate::samples;
use axum::body::Body;
use http::Request;
use karute_identity::Profession;
use karute_web::{ROUTES, Route, Who};

async fn ask(browser: &Browser, route: &Route) -> crate::clinic::Reply {
    let (path, form) = samples::call(route);
    if let (Some((kind, body)), "POST") = (samples::results::file(route.path), route.method) {
        return browser.upload(&path, &kind, body).await;
    }
    if route.method == "GET" { browser.get(&path).await } else { browser.post(&path, &form).await }
}

#[tokio::test]
async fn every_route_but_signing_in_refuses_strangers() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let mut forged = clinic.stranger();
    forged.cookie = Some(format!("{}.{}", clinic.tenant.id.0, "A".repeat(43)));
    for route in ROUTES.iter().copied().flatten().filter(|r| r.who != Who::Anyone) {
        for browser in [&clinic.stranger(), &forged] {
            let reply = ask(browser, route).await;
            let shown = format!("{} {}", route.method, route.path);
            if route.method == "GET" {
                assert_eq!((reply.status.as_u16(), reply.header("location")), (303, "/sign-in"), "{shown}");
            } else {
                assert_eq!(reply.status.as_u16(), 401, "{shown}");
            }
            assert!(!reply.text.contains("渡邊"), "{shown}");
        }
    }
    let anyone: Vec<&str> = ROUTES.iter().copied().flatten().filter(|r| r.who == Who::Anyone).map(|r| r.path).collect();
    assert_eq!(
        anyone,
        [
            "/sign-in",
            "/sign-in",
            "/sign-in/code",
            "/demo/sign-in",
            "/signing/callback",
            "/intake/{token}",
            "/intake/{token}"
        ]
    );
}

#[tokio::test]
async fn each_profession_gets_what_the_table_gives_and_nothing_else() {
    use Profession as P;
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    // reception, move visits, search, chart, jobs, audit, adopted drugs, settings, internal
    let table = [
        (P::Doctor, "yyyyy-y--"),
        (P::Nurse, "yyyy--y--"),
        (P::Clerk, "yyyyy-y--"),
        (P::Scribe, "y-yy--y--"),
        (P::Technician, "y-yy-----"),
        (P::Admin, "y-y-y-yyy"),
        (P::Auditor, "-----y---"),
    ];
    let columns = [
        Who::Reception,
        Who::MoveVisits,
        Who::Search,
        Who::Chart,
        Who::Jobs,
        Who::Audit,
        Who::Drugs,
        Who::Settings,
        Who::Internal,
    ];
    for (profession, row) in table {
        let browser = clinic.signed_in(profession).await;
        for (column, mark) in columns.iter().zip(row.chars()) {
            for route in ROUTES.iter().copied().flatten().filter(|r| r.who == *column) {
                let reply = ask(&browser, route).await;
                let shown = format!("{profession:?} {} {}: {}", route.method, route.path, reply.status);
                assert_eq!(reply.status.as_u16() == 403, mark == '-', "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn a_route_for_a_capability_is_open_to_whom_the_policy_gives_it() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    for profession in [Profession::Doctor, Profession::Nurse, Profession::Clerk, Profession::Scribe, Profession::Admin]
    {
        let browser = clinic.signed_in(profession).await;
        for route in ROUTES.iter().copied().flatten() {
            let Who::May(capability) = route.who else { continue };
            let reply = ask(&browser, route).await;
            let shown = format!("{profession:?} {} {}: {}", route.method, route.path, reply.status);
            assert_eq!(reply.status.as_u16() == 403, !karute_identity::may(profession, capability), "{shown}");
        }
    }
}

#[tokio::test]
async fn a_refusal_is_an_audit_event() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.get("/p/pt-1").await.expect(403).lacks(&["渡邊"]);
    let events = clinic.audit().await;
    assert!(events.iter().any(|(_, e)| e.contains("\"outcome\":\"refused\"") && e.contains("/p/{patient}")));
}

#[tokio::test]
async fn every_route_with_patient_data_writes_an_audit_event() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let auditor = clinic.signed_in(Profession::Auditor).await;
    for route in ROUTES.iter().copied().flatten().filter(|r| r.patient_data) {
        let browser = if route.who == Who::Audit { &auditor } else { &doctor };
        let before = clinic.audit().await[0].0;
        let reply = ask(browser, route).await;
        assert!(reply.status.is_success() || reply.status.is_redirection(), "{} {}", route.path, reply.text);
        let events = clinic.audit().await;
        let made: Vec<_> =
            events.iter().filter(|(seq, e)| *seq > before && e.contains("\"kind\":\"person\"")).collect();
        assert!(!made.is_empty(), "{} {}", route.method, route.path);
        assert!(made.iter().any(|(_, e)| e.contains("\"outcome\":\"success\"")), "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_post_from_elsewhere_changes_nothing() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for route in ROUTES.iter().copied().flatten().filter(|r| r.method == "POST") {
        let (path, form) = samples::call(route);
        let foreign: [&[(&str, &str)]; 4] = [
            &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[],
        ];
        for headers in foreign {
            let mut request = Request::post(&path).header("content-type", "application/x-www-form-urlencoded");
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            let reply = doctor.send(request.body(Body::from(encoded(&form))).unwrap()).await;
            assert_eq!(reply.status.as_u16(), 403, "{path} {headers:?}");
        }
    }
    doctor.get("/reception").await.expect(200).holds(&["呼び出す", "渡邊 真弓"]);
}

#[tokio::test]
async fn a_first_password_must_be_changed_before_anything_else() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let secret = clinic.person("mori", &[Profession::Doctor]).await;
    let by = clinic.system(&clinic.tenant);
    clinic.identity.reset_password(&by, "mori", "hana5saku-yama8").await.unwrap();
    let begun =
        clinic.identity.begin("midori", "mori", "hana5saku-yama8", karute_ledger::Origin::default()).await.unwrap();
    let code = clinic.code(&secret);
    let made = clinic.identity.finish(&begun.token, &code, karute_ledger::Origin::default()).await.unwrap();
    let mut browser = clinic.stranger();
    browser.cookie = Some(made.cookie);
    for path in ["/", "/reception", "/p/pt-1", "/patients"] {
        let reply = browser.get(path).await.expect(303);
        assert_eq!(reply.header("location"), "/me");
    }
    browser.get("/me").await.expect(200).holds(&["はじめにパスワードを変えてください"]);
    let form = [("old", "hana5saku-yama8"), ("new", "kaze2fuku-umi99"), ("again", "kaze2fuku-umi98")];
    browser.post("/me/password", &form).await.expect(422).holds(&["2回で違います"]);
    let form = [("old", "hana5saku-yama8"), ("new", "kaze2fuku-umi99"), ("again", "kaze2fuku-umi99")];
    browser.post("/me/password", &form).await.expect(303);
    browser.get("/reception").await.expect(200);
}

#[tokio::test]
async fn addresses_that_do_not_exist_say_so_in_japanese() {
    let clinic = Clinic::open().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for path in ["/nothing", "/p/no%20id", "/p/unknown", "/reception/nothing", "/assets/old/app.js", "/p/"] {
        let reply = doctor.get(path).await;
        assert_eq!(reply.status.as_u16(), 404, "{path}");
    }
    doctor.get("/nothing").await.holds(&["見つかりません"]);
    let reply = doctor
        .send(Request::delete("/reception").header("origin", format!("https://{HOST}")).body(Body::empty()).unwrap())
        .await;
    assert!(reply.status.is_client_error());
}
