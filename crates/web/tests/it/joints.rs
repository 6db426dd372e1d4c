//! What one screen hands to the next: the questionnaire into the record, orders into the next visit, work left behind into
//! the rail.
use crate::clinic::{Clinic, Reply};
use karute_identity::Profession;
use serde_json::json;

const V: &str = "/p/pt-1/v/v-1";

/// A questionnaire that was answered before the visit.
async fn answered(clinic: &Clinic) {
    let item = |id: &str, answers: serde_json::Value| json!({"linkId": id, "answer": answers});
    clinic
        .put(json!({"resourceType": "QuestionnaireResponse", "id": "qr-1", "status": "completed",
            "questionnaire": "urn:karute:questionnaire", "subject": {"reference": "Patient/pt-1"},
            "encounter": {"reference": "Encounter/v-1"}, "authored": "2026-11-20T10:12:00+09:00",
            "item": [item("complaint", json!([{"valueString": "咳が出る"}])),
                item("allergies", json!([{"valueCoding": {"code": "yes"}}, {"valueString": "えび"}]))]}))
        .await;
    clinic
        .put(json!({"resourceType": "Encounter", "id": "v-1", "status": "arrived", "class": {"code": "AMB"},
            "meta": {"tag": [{"system": "https://karute.example/fhir/visit-tag", "code": "questionnaire-done"}]},
            "identifier": [{"system": "urn:karute:queue-number", "value": "17"}], "type": [{"text": "再診"}],
            "subject": {"reference": "Patient/pt-1"}, "period": {"start": "2026-11-20T10:06:00+09:00"}}))
        .await;
}

#[tokio::test]
async fn the_questionnaire_stands_above_s_and_its_words_go_in_by_one_press() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get(V).await.expect(200).lacks(&["id=\"questionnaire\""]);
    answered(&clinic).await;
    let page = doctor.get(V).await.expect(200).holds(&[
        "id=\"questionnaire\"",
        "咳が出る",
        "data-insert=\"咳が出る",
        "data-into=\"S\"",
    ]);
    let place = |words: &str| page.text.find(words).unwrap();
    assert!(place("id=\"questionnaire\"") < place("id=\"S\""), "above S");
    // Its own forms stand behind the form of the record: forms do not nest.
    assert!(place("form=\"in-allergy-0\"") < place("data-phrase-list"));
    assert!(place("</form><form id=\"in-allergy-0\"") > place("id=\"questionnaire\""));
    // Who writes no S reads it and puts nothing in.
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.get(V).await.expect(200).holds(&["id=\"questionnaire\"", "咳が出る"]).lacks(&["data-insert"]);
}

#[tokio::test]
async fn the_return_visit_is_offered_beside_finishing_and_after_it() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let place = "data-fetch=\"/p/pt-6/next-visit\"";
    doctor.get("/p/pt-6/v/v-8").await.expect(200).holds(&[place, "診察を終える"]);
    doctor.part_of("/p/pt-6/next-visit").await.expect(200).holds(&["週後", "data-key=\"Alt+N\"", "data-next"]);
    let form = [("S", "変わりない"), ("S_base", ""), ("seen", "")];
    doctor.post("/p/pt-6/v/v-8/finish", &form).await.expect(303);
    doctor.get("/p/pt-6/v/v-8").await.expect(200).holds(&[place, "次の患者へ"]);
    // A past visit books nothing.
    doctor.get("/p/pt-1/v/v-0").await.expect(200).lacks(&["data-fetch"]);
}

#[tokio::test]
async fn what_an_earlier_visit_asked_for_is_shown_today_and_can_be_taken_back() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    clinic
        .put(json!({"resourceType": "ServiceRequest", "id": "rq-next", "status": "active", "intent": "order",
            "category": [{"coding": [{"system": "urn:karute:request", "code": "lab"}]}],
            "code": {"coding": [{"system": "urn:test", "code": "1", "display": "TSH"}], "text": "TSH"},
            "subject": {"reference": "Patient/pt-1"}, "encounter": {"reference": "Encounter/v-0"},
            "occurrenceTiming": {"code": {"text": "次回受診時"}}, "authoredOn": "2026-10-16T10:30:00+09:00"}))
        .await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get(V).await.expect(200).holds(&["前回の指示", "TSH", "10/16 の指示"]);
    let page = format!("{V}/requests");
    doctor.get(&page).await.expect(200).holds(&["前回の指示（今日行うもの）", "rq-next/remove"]);
    let gone = doctor.post(&format!("{page}/rq-next/remove"), &[("seen", "1")]).await.expect(200);
    gone.holds(&["TSH を外しました", "rq-next/restore"]).lacks(&["前回の指示（今日行うもの）"]);
    doctor.post(&format!("{page}/rq-next/restore"), &[("seen", "2")]).await.expect(200).holds(&["10/16 の指示"]);
}

#[tokio::test]
async fn an_order_on_the_chart_is_answered_by_the_chart_with_a_way_back() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let page = format!("{V}/requests");
    let act = [
        ("when", "today"),
        ("system", "urn:karute:codesystem:ssk-act"),
        ("code", "140022710"),
        ("display", "ネブライザ"),
        ("back", "chart"),
    ];
    let done = doctor.part(&page, &act).await.expect(200);
    let done = done.holds(&["id=\"orders\"", "ネブライザ を加えました", "requests/undo", "data-toast", "data-orders"]);
    let made = done.hidden("made");
    let undone = doctor.part(&format!("{page}/undo"), &[("made", &made)]).await.expect(200);
    undone.holds(&["id=\"orders\"", "1項目を元に戻しました"]);
    doctor.part(&format!("{page}/undo"), &[("made", &made)]).await.expect(409).holds(&["先に変わりました"]);
    // Refused: what was chosen and typed stays, with the words at the field.
    let mut wrong = act.to_vec();
    wrong[0] = ("when", "day");
    wrong.push(("day", "2026-11-19"));
    wrong.push(("venue", "outside"));
    let refused = doctor.part(&page, &wrong).await.expect(422);
    refused.holds(&[
        "id=\"orders\"",
        "<details class=\"rq-open\" open>",
        "value=\"2026-11-19\"",
        "aria-invalid=\"true\"",
        "日付を選んでください",
        "この内容で加える",
        "value=\"140022710\"",
        "value=\"outside\" checked",
    ]);
}

#[tokio::test]
async fn amount_and_route_of_a_request_are_changed_in_its_row() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let alter = format!("{V}/requests/rq-altered/alter");
    doctor.get(&format!("{V}/requests")).await.expect(200).holds(&["rq-altered/alter", "この内容に変える"]);
    let wrong = [("seen", "1"), ("amount", "すこし"), ("route", "筋注")];
    let told = doctor.post(&alter, &wrong).await.expect(422);
    told.holds(&["value=\"すこし\"", "value=\"筋注\"", "用量を数字で入れてください", "aria-invalid", "autofocus"]);
    let right = [("seen", "1"), ("amount", "１"), ("unit", "管"), ("route", "筋注"), ("urgent", "yes")];
    doctor.post(&alter, &right).await.expect(200).holds(&["を変えました", "1管", "筋注", "至急"]);
    doctor.post(&alter, &right).await.expect(409).holds(&["先に変わりました"]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.post(&alter, &right).await.expect(403);
}

#[tokio::test]
async fn the_orders_page_is_one_look_in_the_audit_trail() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let page = format!("{V}/requests");
    // The first page counts what waits for approval; the second is the look alone.
    doctor.get(&page).await.expect(200);
    let before = clinic.audit().await.first().unwrap().0;
    doctor.get(&page).await.expect(200).holds(&["渡邊 真弓", "クレアチニン"]);
    let events: Vec<String> = clinic
        .audit()
        .await
        .into_iter()
        .filter(|(seq, e)| *seq > before && e.contains("\"view\"") && e.contains("Patient/pt-1"))
        .map(|(_, e)| e)
        .collect();
    assert_eq!(events.len(), 1, "{events:?}");
}

#[tokio::test]
async fn stopping_what_the_patient_has_at_home_can_be_taken_back() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let stopped = doctor.part(&format!("{V}/orders/lines/m-1/stop"), &[("seen", "1")]).await.expect(200);
    let stopped = stopped.holds(&["中止を記録しました", "元に戻す"]);
    let steps = stopped.hidden("steps");
    let undo = format!("{V}/orders/undo");
    doctor.part(&undo, &[("steps", &steps)]).await.expect(200).holds(&["元に戻しました"]);
    doctor.part(&undo, &[("steps", &steps)]).await.expect(404);
    doctor.part(&undo, &[("steps", "m-1:3:1")]).await.expect(404);
}

#[tokio::test]
async fn safe_03_the_second_similar_chart_shows_the_name_of_the_first() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-1").await.expect(200).lacks(&["pt-other"]);
    doctor.get("/p/pt-2").await.expect(200).lacks(&["pt-other"]);
    doctor.get("/p/pt-8").await.expect(200).holds(&["pt-other", "渡邊 真弓さん"]);
    clinic.clock.advance_ms(61 * 60_000);
    let doctor = clinic.signed_in(Profession::Nurse).await;
    doctor.get("/p/pt-8").await.expect(200).lacks(&["pt-other"]);
}

/// The rail of a page.
fn rail(page: &Reply) -> String {
    let start = page.text.find("<nav class=\"rail\"").unwrap();
    page.text[start..].split("</nav>").next().unwrap().to_owned()
}

#[tokio::test]
async fn safe_04_a_patient_left_with_work_stands_in_the_rail_until_finished() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let visit = "/p/pt-6/v/v-8";
    doctor.get(visit).await.expect(200);
    assert!(!rail(&doctor.get("/reception").await).contains("作業中"));
    doctor.part(&format!("{visit}/note"), &[("S", "咳"), ("S_base", "")]).await.expect(200);
    let shown = rail(&doctor.get("/reception").await);
    assert!(shown.contains(visit) && shown.contains("<b>小川</b>作業中"), "{shown}");
    assert!(!rail(&doctor.get(visit).await).contains("作業中"), "not on the patient's own page");
    let nurse = clinic.signed_in(Profession::Nurse).await;
    assert!(!rail(&nurse.get("/reception").await).contains("作業中"), "it is the doctor's work");
    let form = [("S", "咳"), ("S_base", "咳"), ("seen", "S1")];
    doctor.post(&format!("{visit}/finish"), &form).await.expect(303);
    assert!(!rail(&doctor.get("/reception").await).contains("作業中"));
}

#[tokio::test]
async fn the_rail_counts_what_waits_for_approval_for_who_approves() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    assert!(!rail(&doctor.get("/reception").await).contains("承認<span class=\"rail-n\""));
    clinic
        .put(json!({"resourceType": "Condition", "id": "pb-proxy", "subject": {"reference": "Patient/pt-1"}, "code": {"text": "腰痛症"},
            "meta": {"tag": [{"system": "urn:karute:entry", "code": "awaiting-approval"}]}, "clinicalStatus": {"coding": [{"code": "active"}]}}))
        .await;
    clinic.clock.advance_ms(21_000);
    let shown = rail(&doctor.get("/reception").await);
    assert!(shown.contains("承認<span class=\"rail-n\">1<span class=\"vh\">件</span></span>"), "{shown}");
    let nurse = clinic.signed_in(Profession::Nurse).await;
    assert!(!rail(&nurse.get("/reception").await).contains("承認<span class=\"rail-n\""));
    doctor.get("/approvals").await.expect(200).holds(&["依頼医 未定"]);
    doctor.post("/approvals", &[("entry", "Condition/pb-proxy/1")]).await.expect(303);
    assert!(
        !rail(&doctor.get("/reception").await).contains("承認<span class=\"rail-n\""),
        "at once where it was approved"
    );
}

#[tokio::test]
async fn cautions_of_the_desk_stand_in_the_banner_the_card_and_the_list_of_work() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let form = [
        ("version", "1"),
        ("family", "渡邊"),
        ("given", "真弓"),
        ("family_kana", "ワタナベ"),
        ("given_kana", "マユミ"),
        ("birth", "S56.5.2"),
        ("sex", "female"),
        ("caution", "採血で気分が悪くなる"),
    ];
    clerk.post("/p/pt-1/edit", &form).await.expect(303);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    for path in ["/p/pt-1", "/reception?v=v-1", "/worklist", "/p/pt-1/allergies"] {
        nurse.get(path).await.expect(200).holds(&["採血で気分が悪くなる"]);
    }
}

#[tokio::test]
async fn an_allergy_is_changed_in_its_row_and_what_was_typed_stays_when_it_is_refused() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let entry = "/p/pt-1/allergies/a-1";
    nurse.get("/p/pt-1/allergies").await.expect(200).holds(&["変える", "value=\"皮疹\""]);
    let wrong = [("act", "edit"), ("seen", "1"), ("reaction", "呼吸困難"), ("when", "来年")];
    let told = nurse.post(entry, &wrong).await.expect(422);
    told.holds(&["value=\"呼吸困難\"", "value=\"来年\"", "aria-invalid=\"true\"", "autofocus"]);
    let right = [
        ("act", "edit"),
        ("seen", "1"),
        ("kind", "drug"),
        ("reaction", "呼吸困難"),
        ("severity", "severe"),
        ("when", "H31"),
    ];
    nurse.post(entry, &right).await.expect(200).holds(&["変えました", "呼吸困難", "重症"]);
    nurse.post(entry, &right).await.expect(409);
}

#[tokio::test]
async fn the_list_of_work_is_followed_and_its_part_is_its_content_alone() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let part = nurse.part_of("/worklist").await.expect(200);
    let part =
        part.holds(&["id=\"worklist\"", "data-live=\"/worklist/changes\"", "心電図検査", "残り 4件"]).lacks(&["<html"]);
    let mark = part.text.split("data-mark=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    nurse.post("/worklist/rq-due/perform", &[("seen", "1"), ("outcome", "done")]).await.expect(200);
    let changed = nurse.get(&format!("/worklist/changes?mark={mark}")).await.expect(200);
    assert!(
        changed.text.starts_with("{\"mark\":\"") && !changed.text.contains(&format!("\"{mark}\"")),
        "{}",
        changed.text
    );
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/worklist/changes?mark=x").await.expect(403);
}
