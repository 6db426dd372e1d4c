use crate::clinic::Clinic;
use karute_identity::Profession;
use serde_json::json;

const PAGE: &str = "/p/pt-1/v/v-1/requests";
const JLAC10: &str = "http://medis.or.jp/CodeSystem/master-JLAC10-17digits";

/// A set of the clinic with two tests and a drug, which is not for this page.
async fn a_set(clinic: &Clinic) {
    let action = |system: &str, code: &str, name: &str| json!({"title": name, "code": [{"coding": [{"system": system, "code": code, "display": name}]}]});
    clinic
        .put(json!({"resourceType": "PlanDefinition", "id": "set-dm", "status": "active", "title": "糖尿病セット",
            "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "order-set"}]},
            "action": [action(JLAC10, "3D046000001927102", "HbA1c（NGSP）"), action(JLAC10, "3D010000002227101", "グルコース"),
                action("urn:oid:1.2.392.100495.20.2.72", "3962002F3023", "メトグルコ錠500mg")]}))
        .await;
}

#[tokio::test]
async fn a_set_is_ordered_for_the_next_visit_with_two_presses() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    a_set(&clinic).await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    // One: 「追加」 opens the form (a details with its key); it holds the clinic's sets, and 次回 is chosen.
    let part = doctor.part_of(PAGE).await.expect(200);
    let part =
        part.holds(&["data-key=\"t\"", "name=\"set\" value=\"set-dm\"", "value=\"next\" checked", "糖尿病セット"]);
    assert!(!part.text.contains("<html"), "a part of a page");
    // Two: the set.
    let form = [("when", "next"), ("venue", "outside"), ("set", "set-dm"), ("back", "chart")];
    let done = doctor.post(PAGE, &form).await.expect(303);
    assert_eq!(done.header("location"), "/p/pt-1");
    doctor.part_of(PAGE).await.expect(200).holds(&["糖尿病セット 2項目", "次回・院外"]).lacks(&["メトグルコ"]);
    doctor.get(PAGE).await.expect(200).holds(&["HbA1c（NGSP）", "グルコース", "血漿", "診察の終了で有効", "渡邊 真弓"]);
    let again = [("when", "next"), ("venue", "outside"), ("set", "set-dm")];
    doctor.post(PAGE, &again).await.expect(200).holds(&["すでに出ているため"]);
}

#[tokio::test]
async fn what_is_taken_back_can_be_undone_and_an_old_page_changes_nothing() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let remove = format!("{PAGE}/rq-draft/remove");
    doctor.post(&remove, &[("seen", "9")]).await.expect(409).holds(&["先に変わりました", "クレアチニン"]);
    let gone = doctor.post(&remove, &[("seen", "1")]).await.expect(200);
    let gone = gone.holds(&["クレアチニン を外しました", "rq-draft/restore", "元に戻す"]);
    assert_eq!(gone.text.matches("クレアチニン").count(), 1, "in the toast only");
    doctor.post(&remove, &[("seen", "2")]).await.expect(409).holds(&["今の状態からはできません"]);
    doctor.post(&format!("{PAGE}/rq-draft/restore"), &[("seen", "2")]).await.expect(200).holds(&["を戻しました"]);
    doctor.post("/p/pt-2/v/v-1/requests/rq-draft/remove", &[("seen", "3")]).await.expect(404);
}

#[tokio::test]
async fn bad_input_is_told_in_words() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let item = [("system", "urn:karute:codesystem:ssk-act"), ("code", "130003510"), ("display", "静脈内注射")];
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[("when", "day"), ("day", "2026-11-19")], "日付を選んでください"),
        (&[("when", "day"), ("day", "x")], "日付を選んでください"),
        (&[("when", "today"), ("amount", "いっぽん")], "用量を数字で入れてください"),
        (&[("when", "today"), ("code", "111000110")], "ここでは出せないものです"),
    ];
    for (given, words) in cases {
        let mut form: Vec<(&str, &str)> =
            item.iter().filter(|(n, _)| !given.iter().any(|(g, _)| g == n)).copied().collect();
        form.extend(given);
        doctor.post(PAGE, &form).await.expect(422).holds(&[words, "渡邊 真弓"]);
    }
    doctor
        .post(&format!("{PAGE}/search"), &[("kind", "lab"), ("q", "hba")])
        .await
        .expect(200)
        .holds(&["次回に追加", "HbA"]);
}

#[tokio::test]
async fn the_nurse_records_what_was_done_and_why_not() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/worklist").await.expect(200).holds(&[
        "渡邊 真弓",
        "ワタナベ マユミ",
        "心電図検査",
        "実施した",
        "採取した",
        "アレルギー",
        "青木 看護師",
        "残り 4件",
    ]);
    nurse
        .post("/worklist/rq-due/perform", &[("seen", "1"), ("outcome", "not-done")])
        .await
        .expect(422)
        .holds(&["理由を入れてください"]);
    let form = [("seen", "1"), ("outcome", "partly"), ("reason", "肢誘導のみ")];
    let done = nurse.post("/worklist/rq-due/perform", &form).await.expect(200);
    let done = done.holds(&["心電図検査 を記録しました", "一部のみ", "肢誘導のみ", "元に戻す", "残り 3件"]);
    let record = done.hidden("record");
    nurse.post("/worklist/rq-due/perform", &form).await.expect(409).holds(&["先に変わりました"]);
    let back = [("seen", "2"), ("record", record.as_str())];
    nurse.post("/worklist/rq-due/undo", &back).await.expect(200).holds(&["取り消しました", "残り 4件"]);
    // A nurse carries out; she does not order.
    nurse.get(PAGE).await.expect(200).lacks(&["オーダーを追加", "外す"]);
    nurse.post(PAGE, &[("when", "next")]).await.expect(403);
}

#[tokio::test]
async fn a_value_entered_by_hand_becomes_a_result_of_the_patient() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/worklist/rq-lab/result").await.expect(200).holds(&["HbA1c（NGSP）", "渡邊 真弓", "autofocus"]);
    let wrong: [(&[(&str, &str)], &str); 3] = [
        (&[("seen", "1"), ("value", " ")], "結果を入れてください"),
        (&[("seen", "1"), ("value", "7.4"), ("low", "ひくい")], "数字で入れてください"),
        (&[("seen", "1"), ("value", "7.4"), ("low", "9"), ("high", "１")], "上限は下限より大きく"),
    ];
    for (form, words) in wrong {
        let reply = nurse.post("/worklist/rq-lab/result", form).await.expect(422).holds(&[words, "aria-invalid"]);
        if let Some((_, typed)) = form.iter().find(|(name, value)| *name == "low" && !value.is_empty()) {
            assert!(reply.text.contains(typed), "what was typed stays");
        }
    }
    let form = [("seen", "1"), ("value", "７．４"), ("unit", "%"), ("low", "4.9"), ("high", "6.0")];
    assert_eq!(nurse.post("/worklist/rq-lab/result", &form).await.expect(303).header("location"), "/worklist");
    nurse.get("/p/pt-1").await.expect(200).holds(&["HbA1c（NGSP）", "7.4", "v-h"]);
    // A treatment has no value.
    nurse.get("/worklist/rq-due/result").await.expect(404);
}

#[tokio::test]
async fn labels_name_the_patient_and_carry_a_barcode() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get("/print/labels/v-1").await.expect(200).holds(&[
        "ワタナベ マユミ",
        "S56.5.2",
        "採血日 2026/11/20",
        "バーコード 261120001701",
        "検査・処置の指示",
        "心電図検査",
    ]);
    nurse.get("/print/labels/v-unknown").await.expect(404);
}
