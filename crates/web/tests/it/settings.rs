use crate::clinic::{Clinic, Reply};
use karute_identity::Profession;
use karute_ledger::NewMaster;

const NORVASC: (&str, &str) = ("2171022F2025", "ノルバスク錠５ｍｇ");

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
        "薬価基準収載品目リスト、",
        "。これらの",
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
async fn the_masters_page_counts_every_direction_and_tells_what_hinders_newer_ones() {
    let masters = crate::words::masters();
    // Counted before anybody looks, so that the page does not depend on how fast this machine counts.
    let counted = masters.current().coverage("2026-11-20".parse().unwrap());
    let clinic = Clinic::with_masters(masters).await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let told = "新しいマスターを読み込めていません";
    let page = admin.get("/settings/masters").await.expect(200);
    let page = page.lacks(&[told]).holds(&["コードの対応", "薬価基準収載医薬品コード", "→ 一般名コード", "→ JLAC11"]);
    // As many rows as there are directions, each with both counts.
    assert!(counted.len() > 20 && counted.iter().any(|c| c.mapped > 0) && counted.iter().any(|c| c.unmapped > 0));
    for each in counted.iter() {
        let row = format!(
            "<th scope=\"row\">{}</th><td>→ {}</td><td class=\"num\">{}</td><td class=\"num\">{}</td>",
            each.from.label(),
            each.to.label(),
            each.mapped,
            each.unmapped
        );
        assert!(page.text.contains(&row), "{row}");
    }
    *clinic.problem.lock().unwrap() = Some("ssk-drug: the content is damaged".to_owned());
    admin.get("/settings/masters").await.expect(200).holds(&[told, "ssk-drug: the content is damaged"]);
    admin.get("/settings/sets").await.expect(200).lacks(&[told]);
    *clinic.problem.lock().unwrap() = None;
    admin.get("/settings/masters").await.expect(200).lacks(&[told]);
}

#[tokio::test]
async fn a_drug_is_found_adopted_given_up_and_brought_back() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.get("/settings/drugs").await.expect(200).holds(&["採用薬はまだありません"]);
    let found = admin.post("/settings/drugs/search", &[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    let found = found.holds(&["ノルバスク錠5mg", "採用する", "value=\"のるば\"", "<mark>ノルバ</mark>"]);
    assert_eq!(found.hidden("nhi"), "", "the form of the script comes first and is empty");
    let adopted = admin.post("/settings/drugs", &[("nhi", NORVASC.0), ("display", "偽の名前")]).await.expect(200);
    adopted.holds(&["ノルバスク錠5mg を採用薬に入れました", "元に戻す", "1品目"]).lacks(&["偽の名前"]);
    // What is not in the masters keeps the name it came with and is marked.
    let form = [("nhi", "9999999X9999"), ("display", "院内製剤")];
    admin.post("/settings/drugs", &form).await.expect(200).holds(&["院内製剤", "マスターにありません"]);

    let doctor = clinic.signed_in(Profession::Doctor).await;
    let part = doctor.part("/terminology/search", &[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    part.holds(&["採用薬", "role=\"option\"", "data-nhi=\"2171022F2025\""]);
    doctor.get("/settings/drugs").await.expect(200).holds(&["ノルバスク錠5mg", "2品目"]).lacks(&["外す", "data-terms"]);

    let dropped = admin.post("/settings/drugs/drop", &[("nhi", NORVASC.0), ("display", NORVASC.1)]).await;
    dropped.expect(200).holds(&["採用薬から外しました", "元に戻す", "1品目"]);
    let part = doctor.part("/terminology/search", &[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    part.lacks(&["採用薬"]);
    admin.post("/settings/drugs", &[("nhi", NORVASC.0), ("display", NORVASC.1)]).await.expect(200).holds(&["2品目"]);
    for (nhi, display) in [("", "x"), ("2171022F127", "x"), ("2171022F1275", "")] {
        let refused = admin.post("/settings/drugs", &[("nhi", nhi), ("display", display)]).await.expect(422);
        refused.holds(&["登録できませんでした", "2品目"]);
    }
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Admin).await;
    foreign.get("/settings/drugs").await.expect(200).lacks(&["ノルバスク錠"]);
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
    let page = post("/title", vec![("seen", second), ("title", "DM".into())])
        .await
        .expect(200)
        .holds(&["名前とよみを変えました"]);
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
async fn a_set_has_readings_and_notes_takes_in_other_sets_and_is_found_among_laboratory_items() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let made = admin.post("/settings/sets", &[("title", "花粉の時期")]).await.expect(303);
    let set = made.header("location").to_owned();
    let id = set.rsplit('/').next().unwrap().to_owned();
    let page = admin.get(&set).await.expect(200);
    // A panel goes in as its items.
    let found = admin.post(&format!("{set}/search"), &[("kind", "lab"), ("q", "けっさん")]).await.expect(200);
    let found = found.holds(&["末梢血液一般", "セット", "WBC、RBC、Hb、PLT（4項目）"]);
    let panel = |seen: &str| {
        let form = [("seen", seen), ("system", "urn:karute:lab-panel"), ("code", "cbc"), ("display", "末梢血液一般")];
        form.map(|(name, value)| (name, value.to_owned()))
    };
    let post = async |path: &str, form: &[(&str, String)]| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        admin.post(&format!("{set}{path}"), &form).await
    };
    drop(found);
    let page = post("/items", &panel(&seen(&page))).await.expect(200).holds(&["末梢血液一般 を加えました", "4項目"]);
    let page = post("/items", &panel(&seen(&page))).await.expect(200).holds(&["の項目はすべて入っています", "4項目"]);
    let unknown = [
        ("seen", seen(&page)),
        ("system", "urn:karute:lab-panel".into()),
        ("code", "x".into()),
        ("display", "x".into()),
    ];
    post("/items", &unknown).await.expect(404);

    let note = |seen: String, position: &str, note: &str| {
        [("seen", seen), ("position", position.to_owned()), ("note", note.to_owned())]
    };
    let first = seen(&page);
    let page = post("/items/note", &note(first.clone(), "1", "早朝　空腹時")).await.expect(200);
    let page = page.holds(&["メモを変えました", "value=\"早朝　空腹時\""]);
    post("/items/note", &note(first, "1", "遅れた端末")).await.expect(409).holds(&["ほかの端末で先に", "早朝　空腹時"]);
    post("/items/note", &note(seen(&page), "9", "x")).await.expect(404);
    let long = "あ".repeat(201);
    post("/items/note", &note(seen(&page), "1", &long)).await.expect(422).holds(&["早朝　空腹時"]).lacks(&[&long]);
    let page = post("/items/note", &note(seen(&page), "1", " ")).await.expect(200).lacks(&["早朝　空腹時"]);

    let doctor = clinic.signed_in(Profession::Doctor).await;
    let search = async |q: &str| doctor.part("/terminology/search", &[("kind", "lab"), ("q", q)]).await.expect(200);
    search("かふん").await.lacks(&[&id]);
    let name = [("seen", seen(&page)), ("title", "花粉の時期".into()), ("reading", "かふん 杉".into())];
    let page = post("/title", &name).await.expect(200).holds(&["value=\"かふん 杉\""]);
    // At once, in this process; with its items, and Enter does not take it.
    for q in ["かふん", "kafun", "杉", "花粉"] {
        search(q).await.holds(&[&id, "花粉の時期", "WBC、RBC、Hb、PLT（4項目）", "セット"]).lacks(&["data-enter"]);
    }
    post("/retire", &[("seen", seen(&page))]).await.expect(200);
    search("かふん").await.lacks(&[&id]);
    // Another institution's sets are not found.
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Doctor).await;
    let page = admin.get(&set).await.expect(200);
    post("/restore", &[("seen", seen(&page))]).await.expect(200);
    search("かふん").await.holds(&[&id]);
    let part = foreign.part("/terminology/search", &[("kind", "lab"), ("q", "かふん")]).await.expect(200);
    part.lacks(&[&id]);
}

#[tokio::test]
async fn the_list_per_key_says_what_it_found_and_never_what_was_typed() {
    let clinic = Clinic::open().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let ask = async |kind: &str, q: &str| clerk.part("/terminology/search", &[("kind", kind), ("q", q)]).await;
    ask("lab", "hba").await.expect(200).holds(&["検査の候補", "HbA1c", "全件 5", "data-enter"]).lacks(&["<html"]);
    let none = ask("drug", "そんな薬はない").await.expect(200);
    none.holds(&["見つかりません", "data-count=\"0\""]).lacks(&["そんな薬"]);
    ask("nonsense", "x").await.expect(400);
    let long = "あ".repeat(1_500);
    ask("disease", &long).await.expect(200);
    // Without script the same is a page.
    clerk.post("/terminology/search", &[("kind", "lab"), ("q", "hba")]).await.expect(200).holds(&["<html", "HbA1c"]);
}

#[tokio::test]
async fn safe_srch_12_13_a_name_that_resembles_another_stands_apart_and_enter_does_not_take_it() {
    let clinic = Clinic::with_masters(crate::words::look_alikes()).await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let ask = async |q: &str| doctor.part("/terminology/search", &[("kind", "drug"), ("q", q)]).await.expect(200);
    let both = ["pop-look", "tag-danger", "抗がん薬", "名前が似ています", "ノルバスク錠５ｍｇ"];
    ask("のるば").await.holds(&both);
    // Alone it is no less easily taken for the other.
    ask("のるばで").await.holds(&["tag-danger", "抗がん薬"]).lacks(&["data-enter"]);
}

#[tokio::test]
async fn before_the_masters_are_in_place_a_search_says_so() {
    let clinic = Clinic::with_masters(crate::words::none()).await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for kind in ["drug", "disease", "lab", "usage", "act", "allergen"] {
        let part = doctor.part("/terminology/search", &[("kind", kind), ("q", "のるば")]).await.expect(200);
        part.holds(&["マスターを読み込んでいます"]);
    }
}

/// A prescription of ノルバスク for the patient `pt-1`.
fn prescription() -> serde_json::Value {
    serde_json::json!({
        "resourceType": "MedicationRequest", "id": "mr-1", "status": "active", "intent": "order",
        "subject": { "reference": "Patient/pt-1" }, "authoredOn": "2026-10-01",
        "medicationCodeableConcept": {
            "coding": [{ "system": "urn:oid:1.2.392.100495.20.1.73", "code": "2171022F2025" }]
        }
    })
}

#[tokio::test]
async fn what_a_patient_was_given_comes_first_for_those_who_may_see_it() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    clinic.put(prescription()).await;
    let of = async |profession, patient: &str| {
        let form = [("kind", "drug"), ("q", "のるばすく 5"), ("patient", patient)];
        clinic.signed_in(profession).await.part("/terminology/search", &form).await
    };
    let heading = "この患者に使った薬";
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let form = [("kind", "drug"), ("q", "のるばすく 5"), ("patient", "pt-1")];
    for _ in 0..3 {
        doctor.part("/terminology/search", &form).await.expect(200).holds(&[heading, "ノルバスク錠５ｍｇ"]);
    }
    let read = async || clinic.audit().await.iter().filter(|(_, e)| e.contains("この患者に使った薬と病名")).count();
    assert_eq!(read().await, 1, "kept for the keys of a minute");
    // Somebody else's first look leaves an event of its own.
    of(Profession::Nurse, "pt-1").await.expect(200).holds(&[heading]);
    assert_eq!(read().await, 2);
    // Who may not open charts is not shown what was prescribed.
    of(Profession::Admin, "pt-1").await.expect(200).holds(&["ノルバスク錠５ｍｇ"]).lacks(&[heading]);
    assert_eq!(read().await, 2);
    of(Profession::Pharmacist, "pt-2").await.expect(200).lacks(&[heading]);
    of(Profession::Scribe, "<b>").await.expect(400);
}

#[tokio::test]
async fn adopted_drugs_are_not_read_again_for_every_key() {
    let clinic = Clinic::open().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    for _ in 0..3 {
        doctor.part("/terminology/search", &[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    }
    let reads = |events: &[(u64, String)], words: &str| events.iter().filter(|(_, e)| e.contains(words)).count();
    let events = clinic.audit().await;
    assert_eq!((reads(&events, "採用薬"), reads(&events, "この医師がよく使う")), (1, 1));
    clinic.clock.advance_ms(60_001);
    doctor.part("/terminology/search", &[("kind", "drug"), ("q", "のるば")]).await.expect(200);
    let events = clinic.audit().await;
    assert_eq!((reads(&events, "採用薬"), reads(&events, "この医師がよく使う")), (2, 1));
}

#[tokio::test]
async fn a_doctor_keeps_sets_of_their_own_beside_the_clinics() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/settings/sets").await.expect(403);
    let clinics =
        admin.post("/settings/sets", &[("title", "医院の検査")]).await.expect(303).header("location").to_owned();
    let own = doctor.post("/settings/sets", &[("title", "私のかぜ")]).await.expect(303).header("location").to_owned();
    doctor.get("/settings/sets").await.expect(200).holds(&[
        "私のかぜ",
        "自分",
        "医院の検査",
        "医院",
        "自分のセットを作る",
    ]);
    admin.get("/settings/sets").await.expect(200).lacks(&["私のかぜ"]);
    admin.get(&own).await.expect(404);
    // The clinic's set is the administrator's: a doctor looks at it and changes nothing.
    doctor
        .get(&clinics)
        .await
        .expect(200)
        .holds(&["医院のセットです"])
        .lacks(&["名前とよみを変える", "使うのをやめる"]);
    doctor.post(&format!("{clinics}/title"), &[("seen", "1"), ("title", "x")]).await.expect(403);
    let item = [
        ("seen", "1"),
        ("system", "urn:oid:1.2.392.100495.20.2.72"),
        ("code", "2171022F1274"),
        ("display", "アムロジピン錠5mg「試」"),
        ("note", "1T 夕 14"),
    ];
    doctor.post(&format!("{own}/items"), &item).await.expect(200).holds(&["を加えました"]);
    let id = own.rsplit('/').next().unwrap();
    let orders = "/p/pt-1/v/v-1/orders";
    doctor.get(orders).await.expect(200).holds(&["私のかぜ", "自分"]);
    doctor
        .part(&format!("{orders}/set"), &[("set", id), ("intent", "own-1")])
        .await
        .expect(200)
        .holds(&["セット「私のかぜ」を入れました"]);
    let scribe = clinic.signed_in(Profession::Scribe).await;
    scribe.get(orders).await.expect(200).lacks(&["私のかぜ"]);
    scribe.part(&format!("{orders}/set"), &[("set", id), ("intent", "own-2")]).await.expect(404);
    doctor.post(&format!("{own}/retire"), &[("seen", "2")]).await.expect(200);
    doctor.get(orders).await.expect(200).lacks(&["私のかぜ"]);
}

#[tokio::test]
async fn srch_14_the_clinic_decides_whether_drugs_go_by_their_general_names() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let (admin, doctor) = (clinic.signed_in(Profession::Admin).await, clinic.signed_in(Profession::Doctor).await);
    admin.get("/settings/clinic").await.expect(200).holds(&["value=\"general\" checked", "一般名で書く"]);
    admin.post("/settings/clinic/naming", &[("naming", "x")]).await.expect(400);
    doctor.post("/settings/clinic/naming", &[("naming", "product")]).await.expect(403);
    let add = async |intent: &str| {
        let form = [("intent", intent), ("code", "1149019F1560"), ("q", "ろき 1T 毎食後 5")];
        doctor.part("/p/pt-1/v/v-1/orders/drugs", &form).await.expect(200)
    };
    add("as-general").await.holds(&["【般】ロキソプロフェンNa錠60mg を加えました"]);
    let told = admin.post("/settings/clinic/naming", &[("naming", "product")]).await.expect(200);
    told.holds(&["value=\"product\" checked", "これから書く処方は「販売名で書く」にします"]);
    add("as-product").await.lacks(&["【般】ロキソプロフェンNa錠60mg を加えました"]).holds(&["を加えました"]);
}
