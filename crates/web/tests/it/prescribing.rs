//! The column of orders as a doctor works with it.
use crate::clinic::{Browser, Clinic};
use karute_identity::Profession;

const ORDERS: &str = "/p/pt-1/v/v-1/orders";

async fn doctor() -> (Clinic, Browser) {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    (clinic, doctor)
}

#[tokio::test]
async fn the_column_stands_in_the_chart_and_on_a_page_that_works_without_script() {
    let (_clinic, doctor) = doctor().await;
    let words = ["処方（院外）", "6剤", "試験薬0錠", "1日1回 朝食後", "前回Do", "data-key=\"r\"", "全部の日数"];
    doctor.get("/p/pt-1").await.expect(200).holds(&words).holds(&["渡邊 真弓"]);
    doctor.get(ORDERS).await.expect(200).holds(&words).holds(&["渡邊 真弓", "アレルギー"]);
}

#[tokio::test]
async fn who_may_not_order_reads_and_changes_nothing() {
    let (clinic, _) = doctor().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get(ORDERS).await.expect(200).holds(&["試験薬", "0錠5mg"]).lacks(&[
        "前回Do",
        "name=\"dose\"",
        "data-key=\"r\"",
    ]);
    nurse.post(&format!("{ORDERS}/lines/rx-1/remove"), &[("seen", "1")]).await.expect(403);
}

#[tokio::test]
async fn srch_15_a_line_is_echoed_before_it_is_kept_and_then_kept_by_one_press() {
    let (_clinic, doctor) = doctor().await;
    let typed = "あむろ 1T 夕 30";
    doctor
        .part(&format!("{ORDERS}/find"), &[("q", typed)])
        .await
        .expect(200)
        .holds(&["1日1回夕食後 1回1錠 30日分", "2171022F1274"]);
    let form = [("intent", "one"), ("code", "2171022F1274"), ("q", typed)];
    doctor.part(&format!("{ORDERS}/drugs"), &form).await.expect(200).holds(&[
        "7剤",
        "1日1回 夕食後",
        "を加えました",
        "元に戻す",
    ]);
    // SAFE-14: the same press once more.
    doctor.part(&format!("{ORDERS}/drugs"), &form).await.expect(200).holds(&["7剤"]).lacks(&["8剤"]);
}

#[tokio::test]
async fn a_drug_without_a_usage_opens_the_form_and_mistakes_are_told_at_their_field() {
    let (_clinic, doctor) = doctor().await;
    let drugs = format!("{ORDERS}/drugs");
    let chosen = [("intent", "one"), ("code", "2171022F1274"), ("q", "あむろ")];
    doctor.part(&drugs, &chosen).await.expect(200).holds(&["薬を加える", "name=\"usage\"", "6剤"]);
    let wrong = [
        ("intent", "one"),
        ("code", "2171022F1274"),
        ("filled", "1"),
        ("dose", "1"),
        ("unit", "錠"),
        ("usage", "朝"),
        ("days", "たくさん"),
    ];
    let told = doctor.part(&drugs, &wrong).await.expect(422);
    told.holds(&["value=\"たくさん\"", "aria-invalid=\"true\"", "1 から 999 まで"]).lacks(&["7剤"]);
}

#[tokio::test]
async fn a_dose_is_changed_and_taken_back_and_an_older_view_changes_nothing() {
    let (_clinic, doctor) = doctor().await;
    let dose = format!("{ORDERS}/lines/rx-1/dose");
    let reply = doctor.part(&dose, &[("seen", "1"), ("dose", "2")]).await.expect(200);
    let steps = reply.hidden("steps");
    reply.holds(&["value=\"2\""]);
    doctor.part(&dose, &[("seen", "1"), ("dose", "3")]).await.expect(409).holds(&["ほかの端末で先に変わりました"]);
    doctor
        .part(&format!("{ORDERS}/undo"), &[("steps", &steps)])
        .await
        .expect(200)
        .holds(&["元に戻しました"])
        .lacks(&["value=\"2\""]);
    doctor.part(&dose, &[("seen", "1"), ("dose", "-1")]).await.expect(422).holds(&["数を読み取れません"]);
}

#[tokio::test]
async fn do_tells_what_it_does_not_copy_and_offers_a_search() {
    let (_clinic, doctor) = doctor().await;
    let reply = doctor.part("/p/pt-1/v/v-0/do", &[("into", "v-1"), ("intent", "again")]).await.expect(200);
    reply.holds(&["チアマゾール錠5mg は写していません", "代わりの薬を探す", "value=\"チアマゾール\""]);
}
