//! Disease names, allergies, results, documents and search as browsers see them.
use crate::clinic::Clinic;
use crate::samples::results::{multipart, picture};
use karute_identity::Profession;
use serde_json::json;

#[tokio::test]
async fn a_disease_name_is_added_told_apart_from_an_active_one_and_taken_back() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let form = [("new", "n-1"), ("words", "腰痛症")];
    let block = doctor.part("/p/pt-1/problems", &form).await.expect(200);
    assert!(!block.text.contains("<html"), "a part of a page");
    let block = block.holds(&["id=\"problems-block\"", "腰痛症 を追加しました", "元に戻す", "今日"]);
    // SRCH-22: the same disease again is offered as going on or ending, and nothing is added.
    let again = [("new", "n-2"), ("words", "腰痛症")];
    doctor.post("/p/pt-1/problems", &again).await.expect(409).holds(&[
        "すでに有効です",
        "このまま継続",
        "転帰をつける",
    ]);
    let undo = [("act", "delete"), ("seen", "1"), ("reason", "追加の取り消し")];
    doctor.part("/p/pt-1/problems/n-1", &undo).await.expect(200).holds(&["病名を削除しました"]).lacks(&["腰痛症</a>"]);
    drop(block);
}

#[tokio::test]
async fn refused_input_says_what_to_do_and_keeps_what_was_typed() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for (path, form, words) in [
        ("/p/pt-1/problems", vec![("new", "x-1")], &["病名を選んでください"][..]),
        ("/p/pt-1/problems", vec![("new", "x-2"), ("words", "胃炎"), ("start", "あした")], &["開始日を今日まで"]),
        (
            "/p/pt-1/problems/pb-1",
            vec![("act", "change"), ("seen", "1"), ("start", "R9.1.1")],
            &["開始日を今日まで", "value=\"R9.1.1\""],
        ),
        (
            "/p/pt-1/problems/pb-1",
            vec![("act", "end"), ("seen", "1"), ("end", "2026/11/1")],
            &["転帰を選んで", "value=\"2026/11/1\""],
        ),
        (
            "/p/pt-1/problems/pb-1",
            vec![("act", "end"), ("seen", "1"), ("outcome", "cured"), ("end", "2026/1/1")],
            &["開始日から今日まで"],
        ),
        ("/p/pt-1/problems/pb-1", vec![("act", "delete"), ("seen", "1"), ("reason", " ")], &["理由を入れて"]),
        (
            "/p/pt-1/allergies",
            vec![("new", "x-3"), ("words", "湿布"), ("when", "むかし"), ("reaction", "かぶれ")],
            &["分かる範囲", "value=\"かぶれ\"", "value=\"むかし\""],
        ),
        ("/p/pt-1/allergies", vec![("new", "x-4")], &["何に対する"]),
        ("/p/pt-1/allergies/none", vec![("new", "x-5")], &["登録されているアレルギーがあります"]),
        ("/p/pt-1/allergies/state", vec![("new", "x-6"), ("new2", "x-7")], &["選んでください"]),
        ("/p/pt-1/allergies/infections", vec![("new", "x-8"), ("words", "\u{7}")], &["感染症の名前"]),
        (
            "/p/pt-1/results/target",
            vec![("measure", "3D046000001927101"), ("name", "HbA1c"), ("high", "七")],
            &["数字で"],
        ),
        ("/p/pt-1/schema", vec![("id", "x-9"), ("template", "knee")], &["まだ何も描かれていません"]),
        ("/p/pt-1/documents/doc-1", vec![("act", "delete"), ("seen", "1")], &["理由を入れて"]),
    ] {
        doctor.post(path, &form).await.expect(422).holds(words);
    }
}

#[tokio::test]
async fn the_desk_orders_names_and_changes_none_of_them() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/pt-1/problems").await.expect(200).holds(&["主にする"]).lacks(&["problem-take", "有効に戻す"]);
    clerk
        .post("/p/pt-1/problems/pb-1/billing", &[("act", "main")])
        .await
        .expect(200)
        .holds(&["主病名にしました", "主を外す"]);
    for (path, form) in [
        ("/p/pt-1/problems", [("new", "c-1"), ("words", "胃炎")]),
        ("/p/pt-1/problems/pb-1", [("act", "reopen"), ("seen", "1")]),
    ] {
        clerk.post(path, &form).await.expect(403);
    }
    clerk.get("/p/pt-1/problems/pb-1").await.expect(200).lacks(&["転帰をつける"]);
}

#[tokio::test]
async fn a_scribes_names_wait_for_approval() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let scribe = clinic.signed_in(Profession::Scribe).await;
    scribe.part("/p/pt-1/problems", &[("new", "s-1"), ("words", "腰痛症")]).await.expect(200).holds(&["承認待ち"]);
}

#[tokio::test]
async fn allergies_are_in_one_of_three_states_on_every_screen() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/p/pt-2/allergies").await.expect(200).holds(&["アレルギー 未確認", "聞き取って、アレルギーは無い"]);
    nurse.post("/p/pt-2/allergies/none", &[("new", "a-none")]).await.expect(200).holds(&["アレルギー なし", "が確認"]);
    let form =
        [("new", "a-2"), ("words", "市販の湿布"), ("kind", "drug"), ("reaction", "かぶれ"), ("severity", "mild")];
    nurse.post("/p/pt-2/allergies", &form).await.expect(200).holds(&["市販の湿布", "自動チェック対象外", "かぶれ"]);
    let infection = [("new", "i-1"), ("words", "HBs抗原 陽性")];
    nurse.post("/p/pt-2/allergies/infections", &infection).await.expect(200).holds(&["HBs抗原 陽性"]);
    for path in ["/p/pt-2", "/p/pt-2/problems", "/p/pt-2/results", "/p/pt-2/documents"] {
        nurse.get(path).await.expect(200).holds(&["市販の湿布", "感染症　HBs抗原 陽性", "高橋 和夫"]);
    }
}

#[tokio::test]
async fn results_stand_in_a_table_beside_their_graph() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    for (n, (date, value)) in [("2026-08-21", "7.9"), ("2026-11-13", "7.4")].into_iter().enumerate() {
        clinic.put(json!({"resourceType": "Observation", "id": format!("ob-{n}"), "status": "final", "subject": {"reference": "Patient/pt-1"},
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
            "code": {"coding": [{"code": "3D046000001927101"}], "text": "HbA1c"}, "effectiveDateTime": date,
            "valueQuantity": {"value": value.parse::<f64>().unwrap(), "unit": "%"},
            "interpretation": [{"coding": [{"code": "H"}]}], "referenceRange": [{"low": {"value": 4.9}, "high": {"value": 6.0}}]})).await;
    }
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let page = doctor.get("/p/pt-1/results?set=all&span=2y").await.expect(200);
    let (newest, older) = (page.text.find(">11/13<").unwrap(), page.text.find(">8/21<").unwrap());
    assert!(newest < older, "the newest column stands first");
    page.holds(&["<caption", "gr-p gr-h", "HbA1cのグラフ", "2026/11/13は7.4", "v-h"]);
    let form = [("measure", "3D046000001927101"), ("name", "HbA1c"), ("unit", "%"), ("high", "7.0"), ("set", "all")];
    doctor.post("/p/pt-1/results/target", &form).await.expect(200).holds(&["目標 7.0 以下", "gr-o"]);
    doctor.get("/p/pt-1/results?m=%3Cscript%3E&set=x&span=y&view=table").await.expect(200).lacks(&["<script>", "gr-s"]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/p/pt-1/results").await.expect(200).lacks(&["目標を決める", "目標を変える"]);
}

#[tokio::test]
async fn a_picture_is_kept_to_the_byte_and_shown_as_we_wrote_it_anew() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let (kind, body) = multipart("consent", "内視鏡 同意書", &picture());
    let page =
        clerk.upload("/p/pt-2/documents", &kind, body).await.expect(200).holds(&["保存しました", "内視鏡 同意書"]);
    let at = page.text.find("/preview").unwrap();
    let start = page.text[..at].rfind("src=\"").unwrap() + 5;
    let path = page.text[start..at].to_owned();
    let preview = clerk.get(&format!("{path}/preview")).await.expect(200);
    assert_eq!(preview.header("content-type"), "image/png");
    assert!(preview.header("content-security-policy").contains("sandbox"));
    assert_eq!(preview.header("x-content-type-options"), "nosniff");
    let original = clerk.get(&format!("{path}/original")).await.expect(200);
    assert_eq!(original.header("content-type"), "image/gif");
    assert!(original.header("content-disposition").starts_with("attachment; filename=\"karute-document.gif\""));
    assert!(original.text.starts_with("GIF89a"));
    // Under another patient's address it does not exist.
    clerk.get(&path.replace("pt-2", "pt-1")).await.expect(404);
}

#[tokio::test]
async fn what_is_no_picture_and_no_pdf_is_refused_in_plain_words() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-", "STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
    let huge = vec![b'x'; (20 << 20) + 1];
    for (file, words) in [
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>".to_vec(), "この種類のファイル"),
        (b"<html><script>".to_vec(), "この種類のファイル"),
        (eicar.into_bytes(), "安全でない内容"),
        (b"\x89PNG\r\n\x1a\nbroken".to_vec(), "画像を読めません"),
        (Vec::new(), "ファイルを選んでください"),
        (huge, "大きすぎます"),
    ] {
        let (kind, body) = multipart("scan", "題名は残る", &file);
        doctor.upload("/p/pt-1/documents", &kind, body).await.expect(422).holds(&[words, "value=\"題名は残る\""]);
    }
}

#[tokio::test]
async fn a_drawing_goes_on_as_a_new_version_and_is_not_for_the_desk() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-1/schema/knee").await.expect(200).holds(&["data-paper", "<noscript>", "圧痛"]);
    let line = r#"{"strokes":[{"ink":"red","width":3,"points":[[10,10,0.5],[20,20,0.7]]}],"words":[]}"#;
    let form = [("id", "sk-1"), ("template", "knee"), ("caption", "右膝に圧痛"), ("drawing", line), ("visit", "v-1")];
    let saved = doctor.post("/p/pt-1/schema", &form).await.expect(303);
    assert_eq!(saved.header("location"), "/p/pt-1/documents/sk-1");
    let shown =
        doctor.get("/p/pt-1/documents/sk-1/preview").await.expect(200).holds(&["<svg ", "#b42318", "右膝に圧痛"]);
    assert_eq!(shown.header("content-type"), "image/svg+xml");
    assert!(shown.header("content-security-policy").contains("default-src 'none'"));
    let again = doctor.get("/p/pt-1/documents/sk-1/draw").await.expect(200);
    assert_eq!(again.hidden("seen"), "1");
    let form = [("id", "sk-1"), ("seen", "1"), ("template", "knee"), ("caption", "2週後、圧痛なし"), ("drawing", "")];
    doctor.post("/p/pt-1/schema", &form).await.expect(303);
    doctor.post("/p/pt-1/schema", &form).await.expect(409);
    doctor.get("/p/pt-1/documents/sk-1").await.expect(200).holds(&["2週後、圧痛なし", "前の版も残っています"]);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/pt-1/documents").await.expect(200).holds(&["同意書"]).lacks(&["圧痛"]);
    clerk.get("/p/pt-1/documents/sk-1").await.expect(404);
    clerk.get("/p/pt-1/documents/sk-1/preview").await.expect(404);
}

#[tokio::test]
async fn charts_are_searched_by_what_they_say_and_every_hit_tells_whose() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.post("/p/pt-1/search", &[("q", "ﾄﾞｳｷ 減った")]).await.expect(200).lacks(&["<mark>"]);
    doctor.post("/p/pt-1/search", &[("q", "動悸 減")]).await.expect(200).holds(&["<mark>動悸</mark>", "診療録"]);
    doctor
        .post("/p/pt-1/search", &[("q", "ちあまぞーる")])
        .await
        .expect(200)
        .holds(&["<mark>チアマゾール</mark>", "処方"]);
    let found = doctor.post("/records/search", &[("q", "動悸")]).await.expect(200);
    found.holds(&["渡邊 真弓", "ワタナベ マユミ", "003307", "<mark>動悸</mark>", "すべての記録を見ました"]);
    doctor.post("/records/search", &[("q", "あ")]).await.expect(200).holds(&["言葉が短すぎます"]);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.post("/records/search", &[("q", "動悸")]).await.expect(403);
    clerk.post("/p/pt-1/search", &[("q", "動悸")]).await.expect(200).lacks(&["<mark>動悸"]);
}
