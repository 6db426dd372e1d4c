//! 今日の記録 as a browser meets it.
use crate::clinic::{Browser, Clinic};
use karute_identity::Profession;

const V: &str = "/p/pt-1/v/v-1";

async fn at(path: &str, browser: &Browser) -> crate::clinic::Reply {
    browser.get(path).await.expect(200)
}

#[tokio::test]
async fn the_open_visit_of_today_is_written_beside_the_past() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    at("/p/pt-1", &doctor).await.holds(&[
        "今日の記録",
        "name=\"S\"",
        "動悸が減った",
        "前回を写す",
        "診察を終える",
        "この回をDo",
    ]);
    // Somebody who is not here today: the summary, the earlier note readable.
    at("/p/pt-2", &doctor).await.holds(&["患者の要約"]).lacks(&["name=\"S\""]);
    let clerk = clinic.signed_in(Profession::Clerk).await;
    at("/p/pt-1", &clerk).await.lacks(&["今日の記録", "動悸が減った", "name=\"S\""]);
    clerk.get(V).await.expect(403);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    at("/p/pt-1", &nurse).await.holds(&["name=\"N\"", "name=\"O\""]).lacks(&["name=\"S\"", "診察を終える"]);
    nurse.part(&format!("{V}/note"), &[("S", "x"), ("S_base", "")]).await.expect(403);
}

#[tokio::test]
async fn autosave_answers_with_the_time_and_the_sections_as_they_stand() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let saved = doctor.part(&format!("{V}/note"), &[("S", "咳\r\n夜に強い"), ("S_base", "")]).await.expect(200);
    saved.holds(&["10:42 自動保存", "data-seen=\"S1\"", "data-stands=\"S\"", "咳\n夜に強い"]).lacks(&["<html"]);
    let vitals = [("V", "138/82 72 71.2 36.5"), ("V_base", "")];
    doctor.part(&format!("{V}/note"), &vitals).await.expect(200).holds(&["血圧 <b>138/82</b>", "体重 <b>71.2</b>kg"]);
    let unclear = [("V", "36.5"), ("V_base", "138/82 72 71.2 36.5")];
    doctor.part(&format!("{V}/note"), &unclear).await.expect(200).holds(&["体重・体温のどれか決められません"]);
    // The page after a reload, in another browser, has it all; without script too.
    at("/p/pt-1", &doctor).await.holds(&["夜に強い", "value=\"36.5\""]);
    let plain = doctor.post(&format!("{V}/note"), &[("P", "採血"), ("P_base", "")]).await.expect(303);
    assert_eq!(plain.header("location"), V);
    let long = "長".repeat(4_001);
    let refused = doctor.part(&format!("{V}/note"), &[("A", &long), ("A_base", "")]).await.expect(422);
    refused.holds(&["4,000文字まで"]);
}

#[tokio::test]
async fn a_conflict_shows_both_and_nothing_is_lost() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let nurse = clinic.signed_in(Profession::Nurse).await;
    let note = format!("{V}/note");
    doctor.part(&note, &[("O", "浮腫なし"), ("O_base", "")]).await.expect(200);
    nurse.part(&note, &[("O", "浮腫あり"), ("O_base", "浮腫なし")]).await.expect(200);
    let clash = doctor.part(&note, &[("O", "浮腫わずか"), ("O_base", "浮腫なし")]).await.expect(200);
    clash.holds(&["あなた", "合わせる", "浮腫わずか", "浮腫あり", "value=\"O.3.2\""]);
    at("/p/pt-1", &doctor).await.holds(&["さんも O を書き換えました", "浮腫わずか", "浮腫あり"]);
    at("/p/pt-1", &nurse).await.holds(&["浮腫あり"]).lacks(&["浮腫わずか"]);
    let chosen = doctor.part(&format!("{V}/note/choose"), &[("choice", "O.3.2"), ("P", "再診"), ("P_base", "")]).await;
    chosen.expect(200).holds(&["浮腫あり\n浮腫わずか", "再診"]).lacks(&["あなた"]);
    doctor.part(&format!("{V}/note/choose"), &[("choice", "O.9.2")]).await.expect(400);
}

#[tokio::test]
async fn finishing_confirms_what_was_on_the_screen_and_a_second_press_shows_the_first_result() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    // Nothing is ordered in this visit.
    let place = "/p/pt-6/v/v-8";
    let finish = format!("{place}/finish");
    doctor.post(&finish, &[("S", ""), ("S_base", "")]).await.expect(422).holds(&["終える前に", "まだ書かれていません"]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    nurse.part(&format!("{place}/note"), &[("N", "転倒歴あり"), ("N_base", "")]).await.expect(200);
    let form = [("S", "変わりない"), ("S_base", ""), ("seen", "")];
    let open = doctor.post(&finish, &form).await.expect(422);
    open.holds(&["看護記録 を", "変わりない"]);
    let form = [("S", "変わりない"), ("S_base", "変わりない"), ("seen", "S1.N1")];
    let done = doctor.post(&finish, &form).await.expect(303);
    assert_eq!(done.header("location"), place);
    doctor.post(&finish, &form).await.expect(303);
    at(place, &doctor)
        .await
        .holds(&["確定", "変わりない", "転倒歴あり", "次の患者へ", "会計待ち", "第1版"])
        .lacks(&["name=\"S\""]);
    // What comes too late is not lost in silence.
    let late = doctor.part(&format!("{place}/note"), &[("S", "追記"), ("S_base", "変わりない")]).await.expect(422);
    late.holds(&["すでに確定"]);
    nurse.post(&finish, &form).await.expect(403);
}

#[tokio::test]
async fn a_correction_is_struck_through_and_asks_why() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let v0 = "/p/pt-1/v/v-0";
    at(&format!("{v0}/correct"), &doctor).await.holds(&["動悸が減った", "訂正の理由"]);
    let form = [("seen", "1"), ("S", "動悸が増えた"), ("reason", " ")];
    let asked = doctor.post(&format!("{v0}/correct"), &form).await.expect(422);
    asked.holds(&["訂正の理由を書いてください", "動悸が増えた", "autofocus"]);
    let form = [("seen", "1"), ("S", "動悸が増えた"), ("reason", "聞き違い")];
    doctor.post(&format!("{v0}/correct"), &form).await.expect(303);
    let shown = at(v0, &doctor).await;
    shown.holds(&[
        "<del>",
        "動悸が減った",
        "<ins>",
        "動悸が増えた",
        "訂正：聞き違い",
        "森 さやか 11/20 10:42",
        "訂正あり",
    ]);
    let form = [("seen", "1"), ("S", "動悸はない"), ("reason", "x")];
    let late = doctor.post(&format!("{v0}/correct"), &form).await.expect(422);
    late.holds(&["ほかの人が先に訂正しました", "動悸はない"]);
    at(&format!("{v0}/history"), &doctor).await.holds(&["第2版", "第1版", "聞き違い", "動悸が減った"]);
    doctor.post(&format!("{v0}/delete"), &[("seen", "2"), ("reason", "取り違え")]).await.expect(303);
    at("/p/pt-1", &doctor).await.holds(&["記録を削除", "取り違え"]);
    at(&format!("{v0}/history"), &doctor).await.holds(&["第3版", "動悸が減った"]);
}

#[tokio::test]
async fn a_proxys_entry_waits_and_is_approved_by_one_press() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let scribe = clinic.signed_in(Profession::Scribe).await;
    let form = [("S", "口述のとおり"), ("S_base", ""), ("seen", "")];
    at("/p/pt-1", &scribe).await.holds(&["医師の承認へ出す"]).lacks(&["診察を終える"]);
    scribe.post(&format!("{V}/finish"), &form).await.expect(403);
    scribe.post(&format!("{V}/hand-in"), &form).await.expect(303);
    scribe.get("/approvals").await.expect(403);
    let doctor = clinic.signed_in(Profession::Doctor).await;
    at("/p/pt-1", &doctor).await.holds(&["承認待ち", "is-proxy", "代行"]);
    let queue = at("/approvals", &doctor).await.holds(&["口述のとおり", "渡邊 真弓", "1件を承認する"]);
    let entry = queue.hidden("entry");
    let none = doctor.post("/approvals/reject", &[("entry", &entry), ("reason", "")]).await.expect(409);
    none.holds(&["理由を書いてください"]);
    doctor.post("/approvals", &[("entry", &entry)]).await.expect(303);
    doctor.post("/approvals", &[("entry", &entry)]).await.expect(409).holds(&["承認していません"]);
    at("/approvals", &doctor).await.holds(&["承認待ちはありません"]);
    at(V, &doctor).await.holds(&["確定", "代行"]);
}

#[tokio::test]
async fn copied_text_is_tinted_and_a_phrase_is_filled_from_the_record() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let copy = doctor.part(&format!("{V}/note/copy"), &[("S", ""), ("S_base", "")]).await.expect(200);
    copy.holds(&["data-stands=\"S\" data-copied", "動悸が減った"]);
    at("/p/pt-1", &doctor).await.holds(&["nt-x is-copied", "前回から写した文です"]);
    doctor.part(&format!("{V}/note"), &[("S", "動悸なし"), ("S_base", "動悸が減った")]).await.expect(200);
    at("/p/pt-1", &doctor).await.lacks(&["前回から写した文です"]);

    doctor.post("/settings/phrases", &[("title", ""), ("text", "x")]).await.expect(422).holds(&["名前と文の両方"]);
    doctor.post("/settings/phrases", &[("title", "定期"), ("text", "{今日} {年齢}、変わりない。")]).await.expect(303);
    at(&format!("{V}/phrases?section=P"), &doctor).await.holds(&["定期", "11/20 45歳、変わりない。"]);
    let nurse = clinic.signed_in(Profession::Nurse).await;
    at(&format!("{V}/phrases"), &nurse).await.lacks(&["定期"]);
    nurse.post("/settings/phrases", &[("title", "x"), ("text", "x"), ("clinic", "1")]).await.expect(400);
}

#[tokio::test]
async fn the_record_is_printed_with_identity_on_every_sheet() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    at("/p/pt-1", &doctor).await.holds(&["/print/chart/pt-1"]);
    let page = at("/print/chart/pt-1", &doctor).await;
    assert_eq!(page.text.matches("昭和56年5月2日生").count(), 3, "once a form, repeated by its head on every sheet");
    let page = page.holds(&[
        "様式第一号（一）の1",
        "動悸が減った",
        "チアマゾール錠5mg",
        "ペニシリン系",
        "以下余白",
        "みどり内科クリニック",
    ]);
    page.lacks(&["class=\"rail\""]);
    at("/print/chart/pt-1?from=2026-11-01&to=2026-11-30", &doctor).await.lacks(&["動悸が減った"]);
    doctor.get("/print/chart/pt-1?from=yesterday").await.expect(400);
    let form = [("seen", "1"), ("S", "動悸が増えた"), ("reason", "聞き違い")];
    doctor.post("/p/pt-1/v/v-0/correct", &form).await.expect(303);
    at("/print/chart/pt-1", &doctor).await.lacks(&["<del>動悸が減った"]).holds(&["訂正", "聞き違い"]);
    at("/print/chart/pt-1?versions=1", &doctor).await.holds(&["<del>動悸が減った", "<ins>動悸が増えた"]);
    let technician = clinic.signed_in(Profession::Technician).await;
    technician.get("/print/chart/pt-1").await.expect(403);
}

#[tokio::test]
async fn another_institution_finds_no_record_to_write_or_print() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Doctor).await;
    for path in [V, "/p/pt-1/v/v-0/history", "/print/chart/pt-1", "/p/pt-1/v/v-0/correct"] {
        foreign.get(path).await.expect(404).lacks(&["渡邊", "動悸"]);
    }
    foreign.part(&format!("{V}/note"), &[("S", "x"), ("S_base", "")]).await.expect(404);
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-2/v/v-1").await.expect(404);
}
