//! 予約 on the screen.
use crate::clinic::{Browser, Clinic, Reply};
use karute_identity::Profession;

const BOOK: [(&str, &str); 5] =
    [("schedule", "s-1"), ("at", "2026-12-18T09:15"), ("patient", "pt-1"), ("kind", "再診"), ("reason", "血圧 定期")];

async fn book(desk: &Browser) -> String {
    let there = desk.post("/appointments", &BOOK).await.expect(303).header("location").to_owned();
    assert!(there.starts_with("/appointments?date=2026-12-18&a=") && there.ends_with("&did=booked"), "{there}");
    there.split("a=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

fn back(reply: &Reply) -> String {
    reply.header("location").to_owned()
}

#[tokio::test]
async fn a_day_shows_slots_appointments_and_why_nothing_can_be_booked() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/appointments").await.expect(200).holds(&[
        "2026年11月20日（金）",
        "森 さやか",
        "9:15",
        "高橋 和夫",
        "そのほか",
    ]);
    clerk.get("/appointments?date=2026-11-23").await.expect(200).holds(&["勤労感謝の日　休診"]);
    clerk.get("/appointments?date=2026-11-21").await.expect(200).holds(&["予約枠のない日"]);
    let week = clerk.get("/appointments?week=2026-W48").await.expect(200);
    week.holds(&["11/23（月）", "勤労感謝の日　休診", "11/24（火）", "11/29（日）"]);
    for bad in ["date=tomorrow", "week=47", "a=%E6%B8%A1", "date=2226-01-01"] {
        clerk.get(&format!("/appointments?{bad}")).await.expect(400);
    }
}

#[tokio::test]
async fn an_appointment_is_made_moved_and_taken_back_and_no_address_names_the_patient() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/appointments/new").await.expect(200).holds(&["いつ", "だれ", "選択中", "11/20（金）10:45"]);
    let slot = [("schedule", "s-1"), ("at", "2026-12-18T09:15"), ("q", "わたなべ")];
    clerk.post("/appointments/find", &slot).await.expect(200).holds(&[
        "渡邊 真弓",
        "S56.5.2",
        "12/18（金）9:15 に予約する",
    ]);
    let id = book(&clerk).await;
    let day = format!("/appointments?date=2026-12-18&a={id}&did=booked");
    let page = clerk.get(&day).await.expect(200).holds(&[
        "渡邊 真弓さん　9:15：予約しました",
        "元に戻す",
        "血圧 定期",
        "空き 1/2",
    ]);
    for address in page.text.split("href=\"").skip(1).chain(page.text.split("action=\"").skip(1)) {
        let address = address.split('"').next().unwrap();
        assert!(address.is_ascii() && !address.contains("003307"), "{address}");
    }
    let carry = clerk.get(&format!("/appointments?date=2026-12-21&a={id}&move=1")).await.expect(200);
    carry.holds(&["渡邊 真弓さんの予約を移します", "ここへ"]);
    let path = format!("/appointments/{id}/move");
    let to = [("version", "1"), ("schedule", "s-1"), ("at", "2026-12-21T10:00"), ("date", "2026-12-18")];
    let moved = clerk.post(&path, &to).await.expect(303);
    assert_eq!(back(&moved), format!("/appointments?date=2026-12-21&a={id}&did=moved&fs=s-1&ft=2026-12-18T09:15"));
    let page = clerk.get(&back(&moved)).await.expect(200).holds(&["予約を移しました", "value=\"2026-12-18T09:15\""]);
    assert!(page.text.contains("data-undo"));
    clerk.post(&path, &to).await.expect(409).holds(&["ほかの端末で先に変わりました"]);
    let undone = [("version", "2"), ("schedule", "s-1"), ("at", "2026-12-18T09:15"), ("week", "2026-W51")];
    let there = back(&clerk.post(&path, &undone).await.expect(303));
    assert!(there.starts_with("/appointments?week=2026-W51&a="), "{there}");
}

#[tokio::test]
async fn what_cannot_be_booked_says_why_and_keeps_what_was_typed() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let table: [(&str, &str, &str); 5] = [
        ("at", "2026-11-23T09:15", "この時刻に予約枠はありません"),
        ("at", "2026-11-20T09:15", "過ぎた時刻です"),
        ("at", "2032-11-19T09:15", "先すぎる日付です"),
        ("at", "", "時刻を選んでください"),
        ("patient", "", "患者を選んでください"),
    ];
    for (name, value, words) in table {
        let mut form: Vec<(&str, &str)> = BOOK.to_vec();
        form.push(("comment", "朝食抜き <b>"));
        for field in &mut form {
            if field.0 == name {
                field.1 = value;
            }
        }
        let reply = clerk.post("/appointments", &form).await.expect(422).holds(&[words, "role=\"alert\""]);
        if name == "at" {
            reply.holds(&["血圧 定期", "朝食抜き &lt;b&gt;", "渡邊 真弓"]);
        }
    }
    book(&clerk).await;
    clerk.post("/appointments", &BOOK).await.expect(422).holds(&["この方には同じ時間に別の予約があります"]);
    let unknown = [("schedule", "s-1"), ("at", "2026-12-18T09:15"), ("patient", "pt-9")];
    clerk.post("/appointments", &unknown).await.expect(404);
}

#[tokio::test]
async fn cancelling_asks_for_a_reason_and_stays_in_the_list_of_the_cancelled() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let id = book(&clerk).await;
    let path = format!("/appointments/{id}/cancel");
    clerk.post(&path, &[("version", "1")]).await.expect(400);
    clerk.post(&path, &[("version", "1"), ("reason", "whim")]).await.expect(400);
    let form = [("version", "1"), ("reason", "ill"), ("words", "入院"), ("date", "2026-12-18")];
    let there = back(&clerk.post(&path, &form).await.expect(303));
    clerk.get(&there).await.expect(200).holds(&[
        "予約を取り消しました",
        "取り消し 1件",
        "体調不良・入院：入院",
        "予約に戻す",
    ]);
    let restored = clerk.post(&format!("/appointments/{id}/restore"), &[("version", "2")]).await.expect(303);
    clerk.get(&back(&restored)).await.expect(200).holds(&["予約を元に戻しました"]).lacks(&["取り消し 1件"]);
    clerk.post("/appointments/ap-2/no-show", &[("version", "1")]).await.expect(409);
    clerk.get("/appointments/calls?date=2026-12-18").await.expect(200).holds(&["渡邊 真弓", "記録なし"]);
}

#[tokio::test]
async fn the_return_visit_is_one_press_from_the_chart() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let part = doctor.part("/p/pt-1/next-visit", &[("schedule", "s-1"), ("at", "2026-12-18T10:00")]).await.expect(200);
    part.holds(&["id=\"next-visit\"", "次回 12/18（金）10:00 を予約しました", "元に戻す", "もう1件予約する"])
        .lacks(&["<html"]);
    let panel = doctor.get("/p/pt-1/next-visit").await.expect(200).holds(&["渡邊 真弓", "12/18（金）10:00", "変える"]);
    assert!(!panel.text.contains("data-next"), "booked already: no suggestions");
    let full = doctor.part("/p/pt-1/next-visit", &[("schedule", "s-1"), ("at", "2026-11-23T10:00")]).await.expect(422);
    full.holds(&["この時刻に予約枠はありません", "id=\"next-visit\""]);
    let panel = doctor.get("/p/pt-2/next-visit").await.expect(200);
    panel.holds(&["週後 同じ曜日", "カレンダーから選ぶ", "/p/pt-2/next-visit"]);
}

#[tokio::test]
async fn another_institution_sees_and_changes_nothing() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    let id = book(&clerk).await;
    let foreign = clinic.signed_in_at(&clinic.other, Profession::Clerk).await;
    foreign.get(&format!("/appointments?date=2026-12-18&a={id}")).await.expect(200).lacks(&["渡邊", "森 さやか</a>"]);
    foreign.post("/appointments", &BOOK).await.expect(404);
    let to = [("version", "1"), ("schedule", "s-1"), ("at", "2026-12-21T10:00")];
    foreign.post(&format!("/appointments/{id}/move"), &to).await.expect(404);
    foreign.post(&format!("/appointments/{id}/cancel"), &[("version", "1"), ("reason", "patient")]).await.expect(404);
    foreign.get("/p/pt-1/next-visit").await.expect(404);
    foreign.get("/appointments/calls?date=2026-12-18").await.expect(200).lacks(&["渡邊"]);
}

#[tokio::test]
async fn an_administrator_makes_the_schedules_of_a_clinic() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/appointments").await.expect(200).holds(&["予約枠がまだありません", "管理者が設定で"]);
    admin.get("/settings/booking").await.expect(200).holds(&["よくある枠で始める", "国民の祝日は休診"]);
    admin.post("/settings/booking/usual", &[]).await.expect(303);
    let page =
        admin.get("/settings/booking").await.expect(200).holds(&["森 さやか", "予防接種", "採血・検査", "9:00〜12:00"]);
    let base =
        page.text.split("action=\"/settings/booking/").find_map(|t| t.split_once("/rules\"")).unwrap().0.to_owned();
    let rules = format!("/settings/booking/{base}/rules");
    let rule = |from: &'static str, capacity: &'static str| {
        vec![
            ("seen", "1"),
            ("day", "sun"),
            ("day", "sat"),
            ("from", from),
            ("until", "12:00"),
            ("minutes", "30"),
            ("capacity", capacity),
            ("label", "発熱枠"),
        ]
    };
    admin.post(&rules, &rule("13:00", "1")).await.expect(422).holds(&["曜日と時間を加えられませんでした"]);
    admin.post(&rules, &rule("9:00", "0")).await.expect(422);
    admin.post(&rules, &rule("9:00", "2")).await.expect(303);
    admin.post(&rules, &rule("9:00", "2")).await.expect(409).holds(&["ほかの端末で先に変わりました"]);
    admin.get("/settings/booking").await.expect(200).holds(&["発熱枠"]);
    let closed = [
        ("whose", ""),
        ("seen", ""),
        ("from", "2026-12-29"),
        ("until", "2027-01-03"),
        ("effect", "closed"),
        ("words", "年末年始"),
    ];
    admin.post("/settings/booking/exceptions", &closed).await.expect(303);
    admin.get("/settings/booking").await.expect(200).holds(&["2026/12/29〜2027/1/3", "年末年始　休診"]);
    doctor.get("/appointments?date=2026-12-30").await.expect(200).holds(&["年末年始　休診"]);
    let wrong = [("whose", ""), ("seen", "1"), ("from", "2026-12-29"), ("until", "2026-12-01"), ("effect", "closed")];
    admin.post("/settings/booking/exceptions", &wrong).await.expect(422).holds(&["登録できませんでした"]);
}
