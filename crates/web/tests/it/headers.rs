use crate::clinic::Clinic;
use axum::body::Body;
use http::Request;
use karute_identity::Profession;
use karute_web::ROUTES;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[tokio::test]
async fn every_page_forbids_what_is_inline_or_from_elsewhere_and_is_never_kept() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let mut paths: Vec<String> = ROUTES
        .iter()
        .copied()
        .flatten()
        .filter(|r| r.method == "GET")
        .map(|r| r.path.replace("{patient}", "pt-1"))
        .collect();
    paths.retain(|p| p != "/reception/changes");
    paths.push("/nothing".to_owned());
    for path in paths {
        let reply = doctor.get(&path).await;
        assert_eq!(reply.header("content-security-policy"), POLICY, "{path}");
        assert_eq!(reply.header("cache-control"), "no-store", "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(reply.header("referrer-policy"), "same-origin", "{path}");
        for inline in [" style=", " onclick=", "javascript:", "<style", "<script>"] {
            assert!(!reply.text.contains(inline), "{path}: {inline}");
        }
    }
}

#[tokio::test]
async fn no_name_number_or_birth_date_stands_in_an_address_of_a_page() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for path in ["/reception", "/reception?status=expected", "/p/pt-1", "/reception?v=v-1"] {
        let page = doctor.get(path).await.expect(200).text;
        for address in page.split("href=\"").skip(1).chain(page.split("action=\"").skip(1)) {
            let address = address.split('"').next().unwrap();
            assert!(address.is_ascii(), "{address}");
            for personal in ["003307", "004821", "1981", "1958"] {
                assert!(!address.contains(personal), "{address}");
            }
        }
        let title = page.split("<title>").nth(1).unwrap().split('<').next().unwrap();
        assert!(!title.contains("渡邊") && !title.contains("高橋"), "{title}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_under_the_name_of_their_content() {
    let clinic = Clinic::open().await;
    let page = clinic.stranger().get("/sign-in").await.expect(200);
    let sheet =
        page.text.split("href=\"").find(|t| t.contains("karute.css\"")).unwrap().split('"').next().unwrap().to_owned();
    let reply = clinic.stranger().get(&sheet).await.expect(200);
    assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(reply.header("content-type"), "text/css; charset=utf-8");
    clinic.stranger().get(&sheet.replace("/assets/", "/assets/x")).await.expect(404);
    assert!(squeezed(&clinic, &sheet).await < 16 * 1024, "style sheet");
}

async fn squeezed(clinic: &Clinic, path: &str) -> usize {
    let request = Request::get(path).header("accept-encoding", "br").header("host", "x").body(Body::empty()).unwrap();
    let squeezed = tower::ServiceExt::oneshot(clinic.app.clone(), request).await.unwrap();
    assert_eq!(squeezed.headers()["content-encoding"], "br", "{path}");
    http_body_util::BodyExt::collect(squeezed.into_body()).await.unwrap().to_bytes().len()
}

#[tokio::test]
async fn all_scripts_together_stay_under_their_budget() {
    let clinic = Clinic::open().await;
    let page = clinic.stranger().get("/sign-in").await.expect(200);
    let first =
        page.text.split("src=\"").find(|t| t.contains("app.js\"")).unwrap().split('"').next().unwrap().to_owned();
    let mut paths = vec![first];
    let (mut at, mut bytes) = (0, 0);
    while let Some(path) = paths.get(at).cloned() {
        let folder = path.rsplit_once('/').unwrap().0;
        let text = clinic.stranger().get(&path).await.expect(200).text;
        for name in text.split("from \"./").skip(1).filter_map(|rest| rest.split('"').next()) {
            let path = format!("{folder}/{name}");
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        bytes += squeezed(&clinic, &path).await;
        at += 1;
    }
    assert!(paths.len() > 20, "{paths:?}");
    assert!(bytes < 45 * 1024, "scripts are {bytes} bytes");
}
