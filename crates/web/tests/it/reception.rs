use crate::clinic::Clinic;
use karute_identity::Profession;

#[tokio::test]
async fn the_first_screen_shows_who_waits_and_the_card_of_the_next() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    assert_eq!(nurse.get("/").await.expect(303).header("location"), "/reception");
    nurse.get("/reception").await.expect(200).holds(&[
        "2026年11月20日（金）",
        "令和8年",
        "渡邊 真弓",
        "ワタナベ マユミ",
        "女 45歳",
        "36分",
        "甲状腺 定期",
        "呼び出してカルテを開く",
        "ペニシリン系",
        "チアマゾール錠5mg",
        "昭和56年5月2日（1981）",
    ]);
    nurse.get("/reception?status=expected").await.expect(200).holds(&["高橋 和夫", "11:00", "受付する"]);
    nurse.get("/reception?status=finished").await.expect(200).holds(&["終了の方はいません"]);
    nurse.get("/reception?date=2026-10-16").await.expect(200).holds(&["2026年10月16日（金）"]);
    nurse.get("/reception?date=tomorrow").await.expect(400);
}

#[tokio::test]
async fn a_row_is_moved_on_by_its_one_button() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let steps = [("call", "1", "診察中"), ("payment", "2", "会計待ち"), ("finish", "3", "終了")];
    for (step, version, state) in steps {
        let reply = clerk.post("/reception/visits/v-1/step", &[("step", step), ("version", version)]).await.expect(303);
        assert_eq!(reply.header("location"), "/reception?v=v-1");
        clerk.get("/reception?status=finished").await.expect(200);
        let page = clerk.get("/reception").await.expect(200).text;
        assert_eq!(page.contains(&format!("<b>{state}</b>")), state != "終了", "{state}");
    }
    clerk.get("/reception?status=finished").await.expect(200).holds(&["渡邊 真弓"]);
}

#[tokio::test]
async fn what_was_done_can_be_undone_from_the_answer() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let part = clerk.part("/reception/visits/v-1/step", &[("step", "call"), ("version", "1")]).await.expect(200);
    let part = part.holds(&["渡邊 真弓さん：呼び出しました", "元に戻す"]).lacks(&["<html"]);
    let done = part.text.split("id=\"done\"").nth(1).unwrap();
    assert!(done.contains("value=\"back-to-waiting\"") && done.contains("value=\"2\""), "{done}");
    clerk.part("/reception/visits/v-1/step", &[("step", "back-to-waiting"), ("version", "2")]).await.expect(200);
    clerk.get("/reception").await.expect(200).holds(&["<b>診察待ち</b>"]);
}

#[tokio::test]
async fn calling_from_the_card_opens_the_chart() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let form = [("step", "call"), ("version", "1"), ("open", "chart")];
    let reply = doctor.post("/reception/visits/v-1/step", &form).await.expect(303);
    assert_eq!(reply.header("location"), "/p/pt-1");
}

#[tokio::test]
async fn the_slower_desk_is_told_and_changes_nothing() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let form = [("step", "call"), ("version", "1")];
    clerk.post("/reception/visits/v-1/step", &form).await.expect(303);
    clerk
        .post("/reception/visits/v-1/step", &form)
        .await
        .expect(409)
        .holds(&["ほかの端末で先に変わりました", "何も変えていません"]);
    let skipped = [("step", "finish"), ("version", "2")];
    clerk.post("/reception/visits/v-1/step", &skipped).await.expect(409).holds(&["今の状態からはできない操作です"]);
    clerk.post("/reception/visits/v-1/step", &[("step", "fly"), ("version", "2")]).await.expect(400);
    clerk.post("/reception/visits/v-1/step", &[("step", "call")]).await.expect(400);
}

#[tokio::test]
async fn people_arrive_with_and_without_an_appointment() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let form = [("appointment", "ap-2"), ("version", "1"), ("status", "expected")];
    let reply = clerk.post("/reception/arrivals", &form).await.expect(303);
    assert!(reply.header("location").starts_with("/reception?status=expected&v="));
    clerk.get("/reception").await.expect(200).holds(&["高橋 和夫", "予約 11:00", "18"]);
    clerk.post("/reception/arrivals", &[("patient", "pt-2")]).await.expect(409);
    clerk.post("/reception/arrivals", &[("patient", "pt-9")]).await.expect(404);
    clerk.post("/reception/arrivals", &[]).await.expect(400);
}

#[tokio::test]
async fn an_open_screen_is_told_at_once_that_something_changed() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let desk = clinic.signed_in(Profession::Clerk).await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let asking = tokio::spawn(async move { desk.get("/reception/changes?mark=").await });
    doctor.post("/reception/visits/v-1/step", &[("step", "call"), ("version", "1")]).await.expect(303);
    let answer = asking.await.unwrap().expect(200);
    let mark: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    assert!(mark["mark"].as_str().unwrap().ends_with("-v-1"), "{}", answer.text);
    let parts = doctor.get("/reception/rows?v=v-1").await.expect(200).lacks(&["<html"]);
    assert!(parts.text.contains("id=\"reception-list\"") && parts.text.contains("id=\"reception-card\""));
}

#[tokio::test]
async fn who_only_reads_sees_no_buttons_and_the_administrator_no_clinical_text() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let scribe = clinic.signed_in(Profession::Scribe).await;
    scribe.get("/reception").await.expect(200).holds(&["渡邊 真弓"]).lacks(&["/step\"", "受付する"]);
    let admin = clinic.signed_in(Profession::Admin).await;
    admin.get("/reception").await.expect(200).holds(&["渡邊 真弓"]).lacks(&[
        "ペニシリン系",
        "チアマゾール",
        "甲状腺",
        "/p/pt-1",
        "/step\"",
    ]);
}

/// The hidden values of the form in the toast of an answer, and its address.
fn way_back(part: &str) -> (String, Vec<(String, String)>) {
    let done = part.split("class=\"toast\"").nth(1).unwrap();
    let form = done.split("<form").nth(1).expect("a way back").split("</form").next().unwrap();
    let value = |text: &str, name: &str| {
        text.split(&format!("{name}=\"")).nth(1).map(|rest| rest.split('"').next().unwrap().to_owned())
    };
    let fields = form.split("<input").skip(1).filter_map(|field| value(field, "name").zip(value(field, "value")));
    (value(form, "action").unwrap(), fields.collect())
}

#[tokio::test]
async fn arriving_and_assigning_are_taken_back_from_their_toasts() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let back = async |part: crate::clinic::Reply| {
        let (action, fields) = way_back(&part.text);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        clerk.part(&action, &fields).await.expect(200)
    };
    let part = clerk.part("/reception/arrivals", &[("patient", "pt-2")]).await.expect(200);
    back(part.holds(&["高橋 和夫さん：受付しました"])).await.holds(&["受付を取り消しました"]);
    clerk.get("/reception").await.lacks(&["高橋 和夫</a>"]);
    let part =
        clerk.part("/reception/visits/v-1/assign", &[("version", "1"), ("doctor", ""), ("room", "診察室1")]).await;
    let undone = back(part.expect(200).holds(&["担当・部屋を決めました"])).await.text;
    let (_, fields) = way_back(&undone);
    assert!(fields.contains(&("room".to_owned(), "診察室1".to_owned())), "undoing can be undone: {fields:?}");
}
