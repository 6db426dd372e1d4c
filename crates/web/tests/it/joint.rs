//! Where the parts of the open chart meet.
use crate::clinic::{Clinic, Reply};
use karute_identity::Profession;

/// The first form that posts to an address ending so: its address and hidden fields.
fn form_to(page: &Reply, end: &str) -> (String, Vec<(String, String)>) {
    let form = page
        .text
        .split("<form ")
        .skip(1)
        .find(|form| form.split("action=\"").nth(1).and_then(|a| a.split('"').next()).is_some_and(|a| a.ends_with(end)))
        .unwrap_or_else(|| panic!("no form to {end}"));
    let form = form.split("</form>").next().unwrap();
    let attribute = |text: &str, name: &str| {
        let begin = format!("{name}=\"");
        text.split(begin.as_str()).nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    let hidden = form.split("<input type=\"hidden\"").skip(1);
    (attribute(form, "action"), hidden.map(|field| (attribute(field, "name"), attribute(field, "value"))).collect())
}

#[tokio::test]
async fn do_of_a_visit_in_the_course_copies_its_prescription() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let page = doctor.get("/p/pt-1").await.expect(200).holds(&["この回をDo", "今日のオーダー", "診察を終える"]);
    let (action, fields) = form_to(&page, "/v/v-0/do");
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    doctor.part(&action, &fields).await.expect(200).holds(&["チアマゾール"]);
}

#[tokio::test]
async fn a_panel_or_set_chosen_by_its_name_is_ordered_by_its_items() {
    let clinic = Clinic::open().await;
    clinic.a_day().await;
    let doctor = clinic.signed_in(Profession::Doctor).await;
    let path = "/p/pt-1/v/v-1/requests";
    let panel = [("system", "urn:karute:lab-panel"), ("code", "lipids"), ("display", "脂質"), ("when", "next")];
    doctor.post(path, &panel).await.expect(200).holds(&["HDL", "項目を加えました"]).lacks(&["lab-panel"]);
    let unknown = [("system", "urn:karute:lab-panel"), ("code", "nothing"), ("display", "x"), ("when", "next")];
    doctor.post(path, &unknown).await.expect(404);
    let other = [("system", "urn:karute:order-set"), ("code", "no-such-set"), ("display", "x"), ("when", "next")];
    doctor.post(path, &other).await.expect(404);
}
