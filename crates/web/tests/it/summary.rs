use crate::clinic::Clinic;
use karute_identity::Profession;

const OUTLINE: [&str; 8] = [
    "渡邊 真弓",
    "ワタナベ マユミ",
    "S56.5.2",
    "003307",
    "アレルギー　ペニシリン系",
    "チアマゾール錠",
    "1日2回 朝夕食後",
    "10/16",
];

#[tokio::test]
async fn a_doctor_sees_the_patient_with_the_notes() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    doctor.get("/p/pt-1").await.expect(200).holds(&OUTLINE).holds(&["動悸が減った", "No.17", "診察待ち"]);
    doctor.get("/p/pt-2").await.expect(200).holds(&["アレルギー 未確認", "有効な処方はありません"]);
}

#[tokio::test]
async fn reception_sees_the_outline_without_notes() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let clerk = clinic.signed_in(Profession::Clerk).await;
    clerk.get("/p/pt-1").await.expect(200).holds(&OUTLINE).lacks(&["動悸が減った"]);
}
