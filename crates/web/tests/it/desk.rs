//! 受付: what is done with a visit beside moving it on; receiving somebody.
use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn somebody_is_found_looked_at_and_received_with_kind_reason_and_slip() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/reception").await.holds(&["href=\"/reception/arrivals/new\" data-key=\"n\" data-dialog"]);
    clerk.get("/reception/arrivals/new").await.expect(200).holds(&["<html", "/reception/arrivals/find"]);
    let found = clerk.part("/reception/arrivals/find", &[("q", "たかはし")]).await.expect(200);
    found.lacks(&["<html"]).holds(&[
        "高橋 和夫",
        "S33.3.14",
        "004821",
        "/p/pt-2/arrive",
        "新しい患者「たかはし」を登録",
    ]);
    // An appointment of today is kept, and needs one press.
    clerk.get("/p/pt-2/arrive").await.expect(200).holds(&["11:00", "name=\"appointment\" value=\"ap-2\"", "受付する"]);
    let page = clerk.get("/p/pt-8/arrive").await.expect(200);
    page.holds(&[
        "似た氏名の方が今日来院しています：渡邊 真弓",
        "生年月日を確かめてください",
        "当院ははじめて",
        "name=\"kind\"",
    ]);
    clerk
        .get("/p/pt-1/arrive")
        .await
        .expect(200)
        .holds(&["すでに受付済みです（診察待ち No.17）"])
        .lacks(&["name=\"kind\""]);
    let form = [("patient", "pt-8"), ("kind", "健診"), ("reason", " 血圧　測定 "), ("slip", "1")];
    let reply = clerk.post("/reception/arrivals", &form).await.expect(303);
    let slip = reply.header("location").to_owned();
    assert!(slip.starts_with("/print/slip/"), "{slip}");
    clerk.get(&slip).await.expect(200).holds(&["受付票", ">18<", "ワタナベ マユミ 様", "健診", "みどり内科クリニック"]);
    clerk.get("/reception").await.holds(&["血圧 測定", "action=\"/intake/new/", "問診を渡す"]);
}

#[tokio::test]
async fn an_arrival_is_cancelled_with_a_reason_and_comes_back_from_the_list_of_ended_ones() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/reception/visits/v-1/change").await.expect(200).holds(&[
        "渡邊 真弓さんの受付を取り消す",
        "S56.5.2",
        "先頭へ",
    ]);
    let refused = clerk.post("/reception/visits/v-1/cancel", &[("version", "1"), ("reason", "　")]).await.expect(422);
    refused.holds(&["取り消す理由を入力してください。", "aria-invalid=\"true\""]);
    let form = [("version", "1"), ("reason", "帰宅した")];
    let part = clerk.part("/reception/visits/v-1/cancel", &form).await.expect(200);
    part.holds(&["渡邊 真弓さん：受付を取り消しました", "元に戻す", "/reception/visits/v-1/restore"]);
    clerk.get("/reception").await.lacks(&["渡邊 真弓"]);
    clerk.get("/reception?status=finished").await.holds(&["渡邊 真弓", "取り消し：帰宅した", "受付に戻す"]);
    clerk.post("/reception/visits/v-1/cancel", &form).await.expect(409);
    clerk.post("/reception/visits/v-1/restore", &[("version", "2"), ("status", "finished")]).await.expect(303);
    clerk.get("/reception").await.holds(&["渡邊 真弓"]);
}

#[tokio::test]
async fn the_order_is_changed_by_buttons_and_undone_from_the_answer() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let order = |text: &str| {
        let mut at: Vec<(usize, &str)> =
            ["v-1", "v-8", "v-9"].iter().map(|v| (text.find(&format!("data-visit=\"{v}\"")).unwrap(), *v)).collect();
        at.sort_unstable();
        at.into_iter().map(|(_, v)| v.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(order(&clerk.get("/reception").await.text), ["v-1", "v-8", "v-9"]);
    let form = [("version", "1"), ("shift", "up"), ("reason", "つらそう")];
    let part = clerk.part("/reception/visits/v-9/order", &form).await.expect(200);
    assert_eq!(order(&part.text), ["v-1", "v-9", "v-8"]);
    let done = part.text.split("id=\"done\"").nth(1).unwrap();
    assert!(done.contains("value=\"down\"") && done.contains("name=\"version\" value=\"2\""), "{done}");
    let part = clerk.part("/reception/visits/v-9/order", &[("version", "2"), ("shift", "down")]).await.expect(200);
    assert_eq!(order(&part.text), ["v-1", "v-8", "v-9"]);
    clerk.part("/reception/visits/v-9/order", &[("version", "2"), ("shift", "down")]).await.expect(409);
    clerk.part("/reception/visits/v-9/order", &[("version", "3"), ("shift", "sideways")]).await.expect(400);
    let events = clinic.audit().await;
    assert!(events.iter().any(|(_, e)| e.contains("順番を変える：1つ上へ（つらそう）")));
}

#[tokio::test]
async fn tags_are_switched_by_one_press_and_shown_in_the_row() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let form = [("version", "1"), ("tag", "isolation"), ("on", "1")];
    let part = nurse.part("/reception/visits/v-1/tag", &form).await.expect(200);
    part.holds(&["隔離</span>", "aria-pressed=\"true\"", "「隔離」をつけました", "元に戻す"]);
    nurse
        .part("/reception/visits/v-1/tag", &[("version", "2"), ("tag", "questionnaire-done"), ("on", "1")])
        .await
        .expect(400);
    nurse
        .post("/reception/visits/v-1/assign", &[("version", "2"), ("doctor", ""), ("room", "診察室1")])
        .await
        .expect(303);
    nurse.get("/reception").await.holds(&["診察室1"]);
    nurse
        .post("/reception/visits/v-1/assign", &[("version", "3"), ("doctor", "nobody"), ("room", "")])
        .await
        .expect(400);
}

#[tokio::test]
async fn another_desk_is_told_who_did_what_and_the_own_is_not() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let desk = clinic.signed_in(Profession::Clerk).await;
    let other = clinic.signed_in(Profession::Nurse).await;
    desk.part("/reception/visits/v-1/step", &[("step", "call"), ("version", "1")])
        .await
        .expect(200)
        .lacks(&["森 さやかさんが"]);
    other.get("/reception/rows?v=v-1").await.holds(&["森 さやかさんが呼び出しました"]);
    clinic.clock.advance_ms(6_000);
    other.get("/reception/rows?v=v-1").await.lacks(&["森 さやかさんが"]);
}

#[tokio::test]
async fn the_display_of_the_waiting_room_names_nobody() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.post("/reception/visits/v-1/step", &[("step", "call"), ("version", "1")]).await.expect(303);
    let page = clerk.get("/reception/board").await.expect(200);
    page.holds(&["診察室へどうぞ", "<b>17</b>", "<li>8</li>"]).lacks(&["渡邊", "ワタナベ", "小川", "pt-1"]);
}
