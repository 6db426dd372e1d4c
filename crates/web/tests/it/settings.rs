use crate::clinic::{Clinic, Reply};
use karute_identity::Profession;
use karute_ledger::NewMaster;

const AMLODIPINE: (&str, &str) = ("2171022F1274", "アムロジピン錠5mg「試」");

fn seen(reply: &Reply) -> String {
    reply.hidden("seen")
}

#[tokio::test]
async fn an_administrator_is_told_that_only_the_starter_set_is_loaded_and_what_is_missing() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let warning = "お試し用の小さなマスターだけが入っています";
    admin.get("/settings/masters").await.expect(200).holds(&[
        warning,
        "処方・電子処方箋",
        "足りない機能 8件",
        "医薬品マスター</a>、<a href=\"#generic-name\">一般名処方マスタ</a>",
        "お試し用",
        "ssk-act",
    ]);
    for path in ["/settings/drugs", "/settings/sets"] {
        admin.get(path).await.expect(200).holds(&[warning]);
    }
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/settings/drugs").await.expect(200).lacks(&[warning, "マスター</a>"]);

    let new = NewMaster {
        kind: "postal".into(),
        expected: None,
        content: crate::words::postal().encode().unwrap(),
        report: r#"{"file":"utf_ken_all.csv","edition":"2026-10-01","read":124505,"added":124500,"changed":0,"rejected":[{"line":3}]}"#.into(),
        by: "システム（cli: 保守）".into(),
    };
    clinic.ledger.put_master(new).await.unwrap();
    admin.get("/settings/masters").await.expect(200).lacks(&[warning]).holds(&[
        "一部はまだお試し用のマスターです",
        "薬価基準収載品目リスト。これらの",
        "足りない機能 7件",
        "第1版",
        "2026/10/1",
        "utf_ken_all.csv",
        "読込 124,505",
        "除外 1",
        "11/20 10:42",
    ]);
}

#[tokio::test]
async fn a_drug_is_found_adopted_given_up_and_brought_back() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.get("/settings/drugs").await.expect(200).holds(&["採用薬はまだありません"]);
    let found = admin.post("/settings/drugs/search", &[("kind", "drug"), ("q", "あむろ")]).await.expect(200);
    let found = found.holds(&["アムロジピン錠5mg「試」", "採用する", "value=\"あむろ\"", "<mark>アムロ</mark>"]);
    assert_eq!(found.hidden("nhi"), "", "the form of the script comes first and is empty");
    let adopted = admin.post("/settings/drugs", &[("nhi", AMLODIPINE.0), ("display", "偽の名前")]).await.expect(200);
    adopted.holds(&["アムロジピン錠5mg「試」 を採用薬に入れました", "元に戻す", "1品目"]).lacks(&["偽の名前"]);
    // What is not in the masters keeps the name it came with and is marked.
    let form = [("nhi", "9999999X9999"), ("display", "院内製剤")];
    admin.post("/settings/drugs", &form).await.expect(200).holds(&["院内製剤", "マスターにありません"]);

    let doctor = clinic.signed_in(Profession::Doctor).await;
    let part = doctor.part("/terminology/search", &[("kind", "drug"), ("q", "あむろ")]).await.expect(200);
    part.holds(&["採用薬", "role=\"option\"", "data-nhi=\"2171022F1274\""]);
    doctor
        .get("/settings/drugs")
        .await
        .expect(200)
        .holds(&["アムロジピン錠5mg「試」", "2品目"])
        .lacks(&["外す", "data-terms"]);

    let dropped = admin.post("/settings/drugs/drop", &[("nhi", AMLODIPINE.0), ("display", AMLODIPINE.1)]).await;
    dropped.expect(200).holds(&["採用薬から外しました", "元に戻す", "1品目"]);
    let part = doctor.part("/terminology/search", &[("kind", "drug"), ("q", "あむろ")]).await.expect(200);
    part.lacks(&["採用薬"]);
    admin
        .post("/settings/drugs", &[("nhi", AMLODIPINE.0), ("display", AMLODIPINE.1)])
        .await
        .expect(200)
        .holds(&["2品目"]);
    for (nhi, display) in [("", "x"), ("2171022F127", "x"), ("2171022F1275", "")] {
        let refused = admin.post("/settings/drugs", &[("nhi", nhi), ("display", display)]).await.expect(422);
        refused.holds(&["登録できませんでした", "2品目"]);
    }
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Admin).await;
    foreign.get("/settings/drugs").await.expect(200).lacks(&["アムロジピン錠"]);
}

#[tokio::test]
async fn a_set_is_made_filled_and_put_away_and_the_slower_of_two_is_told() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.post("/settings/sets", &[("title", "　")]).await.expect(422).holds(&["登録できませんでした"]);
    let made = admin.post("/settings/sets", &[("title", "糖尿病の検査")]).await.expect(303);
    let set = made.header("location").to_owned();
    let page = admin.get(&set).await.expect(200).holds(&["糖尿病の検査", "項目はまだありません"]);
    let first = seen(&page);
    let search = format!("{set}/search");
    let found = admin.post(&search, &[("kind", "lab"), ("q", "hba")]).await.expect(200);
    found.holds(&["HbA1c", "加える", "<option value=\"lab\" selected>"]);
    let item = |seen: &str| {
        vec![
            ("seen", seen.to_owned()),
            ("system", "urn:test:lab".to_owned()),
            ("code", "3D046".to_owned()),
            ("display", "HbA1c".to_owned()),
        ]
    };
    let post = async |path: &str, form: Vec<(&'static str, String)>| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.post(&format!("{set}{path}"), &form).await
    };
    let page = post("/items", item(&first)).await.expect(200).holds(&["HbA1c を加えました", "1項目"]);
    let second = seen(&page);
    // The other desk still shows the first version.
    post("/items", item(&first)).await.expect(409).holds(&["ほかの端末で先に変わりました", "1項目"]);
    post(
        "/items",
        vec![("seen", second.clone()), ("system", String::new()), ("code", "a b".into()), ("display", "x".into())],
    )
    .await
    .expect(422);
    let page =
        post("/title", vec![("seen", second), ("title", "DM".into())]).await.expect(200).holds(&["名前を変えました"]);
    let page = post("/items/remove", vec![("seen", seen(&page)), ("position", "0".into())]).await.expect(200);
    let page = page.holds(&["HbA1c を外しました", "元に戻す", "0項目"]);
    assert_eq!((page.hidden("position").as_str(), page.hidden("code").as_str()), ("0", "3D046"));
    let mut back = item(&seen(&page));
    back.push(("position", "0".into()));
    back.push(("note", String::new()));
    let page = post("/items", back).await.expect(200).holds(&["1項目"]);
    admin.get("/settings/sets").await.expect(200).holds(&["DM", "HbA1c"]);
    let page =
        post("/retire", vec![("seen", seen(&page))]).await.expect(200).holds(&["使わないようにしました", "元に戻す"]);
    admin.get("/settings/sets").await.expect(200).lacks(&["DM"]);
    post("/restore", vec![("seen", seen(&page))]).await.expect(200).holds(&["また使えるようにしました"]);
    admin.get("/settings/sets").await.expect(200).holds(&["DM"]);
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Admin).await;
    foreign.get(&set).await.expect(404);
    foreign.get("/settings/sets").await.expect(200).lacks(&["DM"]);
}

#[tokio::test]
async fn the_list_per_key_says_what_it_found_and_never_what_was_typed() {
    let clinic = Clinic::open().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let ask = async |kind: &str, q: &str| clerk.part("/terminology/search", &[("kind", kind), ("q", q)]).await;
    ask("lab", "hba").await.expect(200).holds(&["検査の候補", "HbA1c", "全件 1", "data-enter"]).lacks(&["<html"]);
    ask("drug", "のるばで").await.expect(200).holds(&["pop-look", "tag-danger"]).lacks(&["data-enter"]);
    let none = ask("drug", "そんな薬はない").await.expect(200);
    none.holds(&["見つかりません", "data-count=\"0\""]).lacks(&["そんな薬"]);
    ask("nonsense", "x").await.expect(400);
    let long = "あ".repeat(1_500);
    ask("disease", &long).await.expect(200);
    ask("usage", "読み込み中").await.expect(200).holds(&["マスターを読み込んでいます"]);
    // Without script the same is a page.
    clerk.post("/terminology/search", &[("kind", "lab"), ("q", "hba")]).await.expect(200).holds(&["<html", "HbA1c"]);
}

#[tokio::test]
async fn adopted_drugs_are_not_read_again_for_every_key() {
    let clinic = Clinic::open().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for _ in 0..3 {
        doctor.part("/terminology/search", &[("kind", "drug"), ("q", "あむろ")]).await.expect(200);
    }
    let reads = |events: &[(u64, String)], words: &str| events.iter().filter(|(_, e)| e.contains(words)).count();
    let events = clinic.audit().await;
    assert_eq!((reads(&events, "採用薬"), reads(&events, "この医師がよく使う")), (1, 1));
    clinic.clock.advance_ms(60_001);
    doctor.part("/terminology/search", &[("kind", "drug"), ("q", "あむろ")]).await.expect(200);
    let events = clinic.audit().await;
    assert_eq!((reads(&events, "採用薬"), reads(&events, "この医師がよく使う")), (2, 1));
}
