//! A letter from an empty press to its answer, on both databases.
use crate::clinic::{Clinic, KAZUO};
use crate::notes::{doctor, scribe};
use karute_chart::ChartError;
use karute_chart::letter::{
    self, At, Choice, Destination, Draft, Edit, File, HeadChange, Kind, Known, Level, Mark, New, Of, Place, Route,
    Section, Seen, Sign, Signed, State, Step,
};
use karute_chart::note::{self, Copied};
use karute_chart::view::VisitState;
use karute_fhir::{Id, ResourceType};
use karute_ledger::{Action, Lookup};
use serde_json::json;

pub(crate) struct Writing {
    pub(crate) clinic: Clinic,
    pub(crate) patient: Id,
    pub(crate) visit: Id,
    letter: Id,
}

fn hospital() -> Destination {
    Destination {
        code: "1310000029".to_owned(),
        name: "県立みどり野病院".to_owned(),
        department: "糖尿病・腎臓内科".to_owned(),
        doctor: "斎藤 学".to_owned(),
        ..Destination::default()
    }
}

/// The record of a patient with everything that a letter is filled with.
pub(crate) async fn chart(clinic: &Clinic) -> (Id, Id) {
    let patient = clinic.patient(&KAZUO, "1958-03-14", "0312345678").await;
    let visit = clinic.visit(&patient, VisitState::InConsultation, "2026-11-20T10:06:00+09:00", 14).await;
    let subject = json!({"reference": format!("Patient/{patient}")});
    let condition = |id: &str, key: &str, name: &str, since: &str, suspected: bool| {
        json!({"resourceType": "Condition", "id": id, "subject": subject,
            "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
            "verificationStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status",
                "code": if suspected { "unconfirmed" } else { "confirmed" }}]},
            "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-disease-keyNumber", "code": key, "display": name}], "text": name},
            "onsetDateTime": since})
    };
    clinic.put(condition("cd-dm", "20059557", "2型糖尿病", "2012-04-02", false)).await;
    clinic.put(condition("cd-ht", "20061452", "高血圧症", "2010-06-01", false)).await;
    clinic.put(condition("cd-dn", "20064321", "糖尿病性腎症の疑い", "2026-11-20", true)).await;
    clinic
        .put(json!({"resourceType": "AllergyIntolerance", "id": "al-pen", "patient": subject, "category": ["medication"],
            "clinicalStatus": {"coding": [{"code": "active"}]}, "criticality": "low",
            "code": {"coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS", "code": "GCM6131001M1ZZZ", "display": "ペニシリン系"}], "text": "ペニシリン系"},
            "onsetDateTime": "2019", "reaction": [{"manifestation": [{"text": "皮疹"}]}]}))
        .await;
    for (n, (day, value)) in
        [("2026-05-15", "61"), ("2026-08-14", "58"), ("2026-09-25", "55"), ("2026-11-13", "52")].iter().enumerate()
    {
        clinic
            .put(json!({"resourceType": "Observation", "id": format!("lb-egfr-{n}"), "status": "final", "subject": subject,
                "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
                "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": "8A065000002391901"}], "text": "eGFR"},
                "effectiveDateTime": format!("{day}T09:00:00+09:00"), "valueQuantity": {"value": value.parse::<i64>().unwrap(), "unit": "mL/min/1.73m²"},
                "interpretation": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "code": "L"}]}]}))
            .await;
    }
    clinic
        .put(json!({"resourceType": "MedicationRequest", "id": "rx-aml", "status": "active", "intent": "order", "subject": subject,
            "encounter": {"reference": format!("Encounter/{visit}")}, "authoredOn": "2026-11-20T10:30:00+09:00",
            "medicationCodeableConcept": {"coding": [{"system": "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun", "code": "2171022F4ZZZ"}], "text": "【般】アムロジピン口腔内崩壊錠5mg"},
            "dosageInstruction": [{"text": "1日1回 朝食後", "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "錠"}}]}],
            "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "unit": "日"}}}))
        .await;
    clinic
        .put(json!({"resourceType": "MedicationStatement", "id": "ms-lox", "status": "active", "subject": subject,
            "medicationCodeableConcept": {"text": "ロキソプロフェンNa錠60mg"}, "dosage": [{"text": "1日3錠"}],
            "informationSource": {"display": "あおば整形外科"}, "effectivePeriod": {"start": "2026-11-12"}}))
        .await;
    (patient, visit)
}

impl Writing {
    async fn open(clinic: Clinic) -> (Writing, Draft) {
        let (patient, visit) = chart(&clinic).await;
        let place = note::Place { patient: &patient, visit: &visit };
        let plan = "処方は継続。尿アルブミンの増加と腎機能低下の精査をお願いいたします。次回 4週後";
        let edits = [("S", note::Section::Subjective, "浮腫・血尿なし"), ("P", note::Section::Plan, plan)].map(
            |(_, section, text)| note::Edit { section, text: text.to_owned(), base: String::new(), copied: Copied::No },
        );
        note::save(&clinic.access, place, &edits, &doctor(), clinic.now()).await.unwrap();
        let letter = clinic.id();
        let w = Writing { clinic, patient, visit, letter };
        let draft = w.press(New { id: w.letter.clone(), kind: Kind::Referral, to: None, answers: None }).await;
        (w, draft)
    }
    async fn press(&self, new: New) -> Draft {
        let place = Place { patient: &self.patient, visit: Some(&self.visit) };
        letter::open(&self.clinic.access, place, new, &doctor(), self.clinic.now()).await.unwrap()
    }
    fn of(&self) -> Of<'_> {
        Of { patient: &self.patient, letter: &self.letter }
    }
    async fn change(&self, change: HeadChange) -> Draft {
        letter::change(&self.clinic.access, self.of(), change, &doctor(), self.clinic.now()).await.unwrap()
    }
    async fn page(&self) -> letter::Page {
        let reader = self.clinic.access.reader(Action::View);
        let day = self.clinic.today();
        let page = letter::page(&self.clinic.access, &reader, self.of(), &doctor().person, day).await.unwrap();
        reader.release(page).await.unwrap()
    }
    async fn write(&self, section: Section, text: &str, taken: Vec<Mark>) -> Draft {
        let base = self.page().await.draft.text(section).to_owned();
        let edit = Edit { section, text: text.to_owned(), base, taken };
        letter::save(&self.clinic.access, self.of(), &[edit], &doctor(), self.clinic.now()).await.unwrap()
    }
    async fn sign(&self, known: &Known) -> Result<Signed, ChartError> {
        let seen = match letter::draft(&self.clinic.access, self.of(), &doctor().person).await {
            Ok(draft) => Seen::parse(&draft.seen()),
            Err(_) => Seen::default(),
        };
        self.sign_as(known, seen, &doctor()).await
    }
    async fn sign_as(
        &self,
        known: &Known,
        seen: Seen,
        author: &karute_chart::author::Author,
    ) -> Result<Signed, ChartError> {
        let asked = Sign { of: self.of(), seen, author, known, jobs: Vec::new(), now: self.clinic.now() };
        letter::sign(&self.clinic.access, asked).await
    }
    /// Addressee and consent, so that nothing stops it.
    async fn ready(&self) {
        self.change(HeadChange::To(hospital())).await;
        self.change(HeadChange::Consent(Choice::Oral)).await;
    }
    async fn step(&self, to: State) {
        letter::step(&self.clinic.access, &self.letter, &Step::to(to), self.clinic.now()).await.unwrap();
    }
}

async fn filled(clinic: Clinic) {
    let (w, draft) = Writing::open(clinic).await;
    for (section, expected) in [
        (Section::Diseases, &["高血圧症", "2型糖尿病", "糖尿病性腎症の疑い", "、"][..]),
        (Section::Purpose, &["尿アルブミンの増加と腎機能低下の精査をお願いいたします。"]),
        (Section::PresentIllness, &["2010年より高血圧症", "2012年より2型糖尿病", "浮腫・血尿なし"]),
        (Section::Results, &["11/13：eGFR 52 mL/min/1.73m²（L）", "推移：eGFR 61→58→55→52"]),
        (
            Section::Drugs,
            &[
                "アムロジピン口腔内崩壊錠5mg 1回1錠 1日1回 朝食後（28日分）",
                "他院：ロキソプロフェンNa錠60mg 1日3錠（あおば整形外科、11/12〜）",
            ],
        ),
        (Section::Allergies, &["ペニシリン系 皮疹（2019年）"]),
    ] {
        for words in expected {
            assert!(draft.text(section).contains(words), "{section:?}: {}", draft.text(section));
        }
    }
    assert!(!draft.text(Section::Purpose).contains("処方は継続"), "only what asks somebody");
    assert_eq!(draft.head.consent, None, "consent starts unselected");
    let again = w.press(New { id: w.letter.clone(), kind: Kind::Consult, to: None, answers: None }).await;
    assert_eq!(again.head, draft.head, "the same press twice is one letter");

    // What stops it, each at its place.
    let page = w.page().await;
    let codes = |findings: &[letter::Finding]| {
        findings.iter().filter(|f| f.level == Level::Stop).map(|f| f.code).collect::<Vec<_>>()
    };
    assert_eq!(codes(&letter::check(&page.draft, &page.material, &Known::default())), ["no-addressee", "no-consent"]);
    w.change(HeadChange::To(Destination { code: String::new(), ..hospital() })).await;
    let page = w.page().await;
    assert_eq!(codes(&letter::check(&page.draft, &page.material, &Known::default())), ["no-code", "no-consent"]);
    let wrong = HeadChange::To(Destination { code: "12".to_owned(), ..hospital() });
    let refused = letter::change(&w.clinic.access, w.of(), wrong, &doctor(), w.clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Invalid)));
    w.ready().await;
    let other =
        Destination { code: "1310000037".to_owned(), name: "別の病院".to_owned(), ..Destination::default() };
    assert_eq!(w.change(HeadChange::To(other)).await.head.consent, None, "consent was given for the other one");
    w.ready().await;
    let page = w.page().await;
    let takes_no_part = Known { takes_part: Some(false), ..Known::default() };
    assert_eq!(codes(&letter::check(&page.draft, &page.material, &takes_no_part)), ["takes-no-part"]);
    let file = File {
        document: "d".into(),
        title: "CT".into(),
        media: "image/png".into(),
        bytes: 8_000_000,
        binary: "b".into(),
    };
    w.change(HeadChange::Attach(file)).await;
    let page = w.page().await;
    assert_eq!(codes(&letter::check(&page.draft, &page.material, &Known::default())), ["too-large"], "base64 grows it");
    w.change(HeadChange::Detach("d".into())).await;
    w.write(Section::Purpose, "", Vec::new()).await;
    let page = w.page().await;
    let findings = letter::check(&page.draft, &page.material, &Known::default());
    assert_eq!(findings[0].at, At::Section(Section::Purpose));
    assert!(matches!(w.sign(&Known::default()).await.unwrap(), Signed::Open(_)), "nothing is signed that stops");
}

#[tokio::test]
async fn a_letter_opens_filled_and_says_what_stops_it() {
    filled(Clinic::open().await).await;
}

#[tokio::test]
async fn a_letter_opens_filled_and_says_what_stops_it_on_postgres() {
    filled(Clinic::open_on_postgres().await).await;
}

async fn life(clinic: Clinic) {
    let (w, _) = Writing::open(clinic).await;
    w.ready().await;
    assert!(
        matches!(w.sign_as(&Known::default(), Seen::default(), &doctor()).await, Err(ChartError::Conflict)),
        "unseen"
    );
    let seen = Seen::parse(&w.page().await.draft.seen());
    assert!(
        matches!(w.sign_as(&Known::default(), seen, &scribe()).await, Err(ChartError::Step)),
        "a proxy signs nothing"
    );
    let Signed::Done(signed) = w.sign(&Known::default()).await.unwrap() else { panic!("signed") };
    assert_eq!((signed.status.as_str(), signed.issue, signed.doctor.as_str()), ("final", 1, "森 さやか"));
    assert_eq!(signed.to, hospital());
    assert!(matches!(w.sign(&Known::default()).await.unwrap(), Signed::Already(_)), "pressed twice");
    let standing = letter::one(&w.clinic.access, w.of()).await.unwrap();
    assert_eq!(standing.delivery.as_ref().unwrap().state, State::Ready);
    assert_eq!(standing.consent.as_ref().map(|c| (c.choice, c.name.as_str())), Some((Choice::Oral, "森 さやか")));
    let diseases = standing.letter.sections.iter().find(|(s, _)| *s == Section::Diseases).unwrap();
    assert_eq!(diseases.1.sources(), ["Condition/cd-ht", "Condition/cd-dm", "Condition/cd-dn"].map(String::from));
    // The record of the visit is not confused with it.
    let reader = w.clinic.access.reader(Action::View);
    let place = note::Place { patient: &w.patient, visit: &w.visit };
    let record = note::record(&w.clinic.access, &reader, place, &doctor().person).await.unwrap();
    assert!(reader.release(record).await.unwrap().note.is_none(), "a letter is no note");

    // Ten seconds: taken back, and the text is a draft again.
    let draft = letter::undo(&w.clinic.access, w.of(), &doctor(), w.clinic.now()).await.unwrap();
    assert_eq!(draft.text(Section::Diseases), standing.letter.text(Section::Diseases));
    assert_eq!(draft.part(Section::Diseases).unwrap().marks.len(), 3, "sources are still known");
    let Signed::Done(signed) = w.sign(&Known::default()).await.unwrap() else { panic!("signed again") };
    assert_eq!((signed.status.as_str(), signed.issue), ("final", 1), "it had never left");

    // On its way; then replaced, cancelled.
    for state in [State::Sending, State::Checking, State::Registered] {
        w.step(state).await;
    }
    assert!(matches!(letter::undo(&w.clinic.access, w.of(), &doctor(), w.clinic.now()).await, Err(ChartError::Step)));
    let no_reason = letter::reopen(&w.clinic.access, w.of(), " ", &doctor(), w.clinic.now()).await;
    assert!(matches!(no_reason, Err(ChartError::Invalid)));
    letter::reopen(&w.clinic.access, w.of(), "検査値の追記", &doctor(), w.clinic.now()).await.unwrap();
    w.write(Section::Remarks, "造影剤は使用できます。", Vec::new()).await;
    let Signed::Done(second) = w.sign(&Known::default()).await.unwrap() else { panic!("replaced") };
    assert_eq!((second.status.as_str(), second.issue), ("amended", 2));
    assert_eq!(second.revision.unwrap().reason, "検査値の追記");
    for state in [State::Sending, State::Registered] {
        w.step(state).await;
    }
    let asked = letter::cancel(&w.clinic.access, w.of(), "患者の希望", Vec::new(), w.clinic.now()).await.unwrap();
    assert_eq!((asked.state, asked.words.as_deref()), (State::Cancelling, Some("患者の希望")));
    w.step(State::Received).await;
    let received = letter::reopen(&w.clinic.access, w.of(), "遅すぎた", &doctor(), w.clinic.now()).await;
    assert!(matches!(received, Err(ChartError::Step)), "after it was received a new letter is written");

    let reader = w.clinic.access.reader(Action::History);
    let events = letter::history(&reader, w.of()).await.unwrap();
    let (_, letters) = letter::list(&w.clinic.access, &reader, &w.patient).await.unwrap();
    reader.release(()).await.unwrap();
    let texts = events.iter().filter(|e| matches!(e, letter::Event::Text(_))).count();
    assert_eq!((texts, events.len() > 9, letters.len()), (4, true, 1), "signed, taken back, signed, replaced");
    assert_eq!(letters[0].delivery.as_ref().unwrap().state, State::Received);
    // Who was written to is offered first.
    let known = letter::known(&w.clinic.access, &doctor().person).await.unwrap();
    assert_eq!((known[0].to.name.as_str(), known[0].times), ("県立みどり野病院", 3));
}

#[tokio::test]
async fn a_letter_is_signed_taken_back_replaced_and_cancelled() {
    life(Clinic::open().await).await;
}

#[tokio::test]
async fn a_letter_is_signed_taken_back_replaced_and_cancelled_on_postgres() {
    life(Clinic::open_on_postgres().await).await;
}

#[tokio::test]
async fn what_changes_in_the_chart_is_flagged_at_its_line() {
    let (w, _) = Writing::open(Clinic::open().await).await;
    w.ready().await;
    let kind = ResourceType::parse("Condition").unwrap();
    let Lookup::Found(version) = w.clinic.access.read(kind, &Id::new("cd-dn").unwrap()).await.unwrap() else {
        panic!()
    };
    let mut body: serde_json::Value = serde_json::from_str(&version.body).unwrap();
    body["code"]["text"] = json!("糖尿病性腎症");
    body["code"]["coding"][0]["display"] = json!("糖尿病性腎症");
    body["verificationStatus"]["coding"][0]["code"] = json!("confirmed");
    w.clinic.put(body).await;
    let subject = json!({"reference": format!("Patient/{}", w.patient)});
    w.clinic
        .put(json!({"resourceType": "AllergyIntolerance", "id": "al-new", "patient": subject, "category": ["food"],
            "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "そば"}}))
        .await;
    let page = w.page().await;
    let findings = letter::check(&page.draft, &page.material, &Known::default());
    let changed = findings.iter().find(|f| f.code == "changed").unwrap();
    assert_eq!(changed.at, At::Words(Section::Diseases, "糖尿病性腎症の疑い".to_owned()));
    assert!(changed.words.contains("「糖尿病性腎症」"), "{}", changed.words);
    assert!(findings.iter().any(|f| f.code == "new" && f.words.contains("そば")), "{findings:?}");
    // What the writer rewrote is theirs and is flagged no more; data go only for what still stands.
    let text = page.draft.text(Section::Diseases).replace("糖尿病性腎症の疑い", "腎症（疑い）");
    w.write(Section::Diseases, &text, Vec::new()).await;
    let page = w.page().await;
    assert_eq!(page.draft.part(Section::Diseases).unwrap().marks.len(), 2);
    let findings = letter::check(&page.draft, &page.material, &Known::default());
    assert!(!findings.iter().any(|f| f.code == "changed"), "{findings:?}");
    // A press on the left side takes the words with their source.
    let new = page.material.iter().find(|m| m.label.contains("そば")).unwrap();
    let text = format!("{}\n{}", page.draft.text(Section::Allergies), new.text);
    let draft = w.write(Section::Allergies, &text, vec![new.mark()]).await;
    assert_eq!(draft.part(Section::Allergies).unwrap().marks.len(), 2);
}

#[tokio::test]
async fn two_people_write_one_letter_and_lose_nothing() {
    let (w, draft) = Writing::open(Clinic::open().await).await;
    let base = draft.text(Section::Course).to_owned();
    let edit =
        |text: &str| Edit { section: Section::Course, text: text.to_owned(), base: base.clone(), taken: Vec::new() };
    let save = |edit: Edit, by| {
        let w = &w;
        async move { letter::save(&w.clinic.access, w.of(), &[edit], &by, w.clinic.now()).await.unwrap() }
    };
    save(edit("医師の文"), doctor()).await;
    let clashed = save(edit("事務の文"), scribe()).await;
    assert_eq!(clashed.clashes.len(), 1);
    assert_eq!(clashed.text(Section::Course), "医師の文");
    let findings = letter::check(&clashed, &[], &Known::default());
    assert!(findings.iter().any(|f| f.code == "clash"));
    let asked = (Section::Course, note::Choice::Both, clashed.part(Section::Course).unwrap().revision);
    let settled = letter::resolve(&w.clinic.access, w.of(), asked, &scribe(), w.clinic.now()).await.unwrap();
    assert_eq!(settled.text(Section::Course), "医師の文\n事務の文");
    assert!(settled.part(Section::Course).unwrap().proxy && settled.clashes.is_empty());
}

#[tokio::test]
async fn on_paper_it_needs_no_code_and_no_consent_and_a_reply_knows_its_addressee() {
    let (w, _) = Writing::open(Clinic::open().await).await;
    w.change(HeadChange::To(Destination { code: String::new(), ..hospital() })).await;
    w.change(HeadChange::Route(Route::Paper, Some("紹介先が利用していません".to_owned()))).await;
    let Signed::Done(letter) = w.sign(&Known::default()).await.unwrap() else { panic!("printed") };
    assert_eq!(letter.route, Route::Paper);
    assert_eq!(letter::one(&w.clinic.access, w.of()).await.unwrap().delivery.unwrap().state, State::Printed);
    let answers = letter::Answers {
        document: "rx-1".to_owned(),
        words: "県立みどり野病院 11/18 診療情報提供書".to_owned(),
    };
    let reply = w.press(New::reply(w.clinic.id(), hospital(), answers)).await;
    assert_eq!(reply.head.to.as_ref().unwrap().name, "県立みどり野病院");
    assert!(reply.text(Section::Purpose).starts_with("ご紹介いただき"));
    let other = letter::draft(&w.clinic.other, w.of(), &doctor().person).await;
    assert!(matches!(other, Err(ChartError::NotFound)), "another institution sees nothing");
}

#[tokio::test]
async fn the_address_book_finds_by_name_and_code() {
    let clinic = Clinic::open().await;
    let id = clinic.id();
    let entry = letter::put(&clinic.access, &id, None, &hospital()).await.unwrap();
    let find = async |words: &str| {
        let reader = clinic.access.reader(Action::Search);
        let found = letter::find(&reader, words).await.unwrap();
        reader.release(found).await.unwrap().into_iter().map(|e| e.to.name).collect::<Vec<_>>()
    };
    for words in ["みどり野", "県立", "1310000029", "１３１００００029", ""] {
        assert_eq!(find(words).await, ["県立みどり野病院"], "{words}");
    }
    assert!(find("ひばり").await.is_empty());
    let favourites =
        letter::set_favourite(&clinic.access, &doctor().person, &hospital(), true, clinic.now()).await.unwrap();
    assert!(favourites[0].favourite);
    letter::drop_entry(&clinic.access, &id, entry.version).await.unwrap();
    assert!(find("みどり野").await.is_empty());
}

#[tokio::test]
async fn the_department_of_the_clinic_is_kept_and_checked() {
    use karute_chart::clinic::{Department, department, set_department};
    let clinic = Clinic::open().await;
    assert_eq!(department(&clinic.access).await.unwrap(), None);
    let of = |name: &str, code: &str| Department { name: name.to_owned(), code: code.to_owned() };
    for (name, code) in [("", "01"), ("内科", "99")] {
        let refused = set_department(&clinic.access, &of(name, code)).await;
        assert!(matches!(refused, Err(ChartError::Invalid)), "{name} {code}");
    }
    set_department(&clinic.access, &of(" 循内 ", "08")).await.unwrap();
    assert_eq!(department(&clinic.access).await.unwrap(), Some(of("循内", "08")));
    assert_eq!(department(&clinic.other).await.unwrap(), None);
}
