//! What arrives: matched, compared, imported once, watched over. On both databases.
use crate::clinic::{Clinic, KAZUO};
use crate::letters::chart;
use crate::notes::doctor;
use bytes::Bytes;
use karute_chart::ChartError;
use karute_chart::inbox::{
    self, Block, Filter, Import, Kind, Matching, Receipt, Received, Review, Sender, Shown, State, Taken, Verdict, Who,
};
use karute_chart::outside::{self, Item, Origin, Viewed};
use karute_chart::view::Sex;
use karute_chart::{letter, problem};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Limits;
use karute_ledger::{Action, Commit, HistoryScope};
use serde_json::{Value, json};

const MEMBER: &str = "06139998:12:345:01";

fn items(resources: &[Value]) -> Vec<Item> {
    let read = |v: &Value| Item::read(&karute_json::parse(v.to_string().as_bytes(), &Limits::FHIR).unwrap());
    resources.iter().flat_map(read).collect()
}

/// The letter of mock-up 04, with our patient.
pub(crate) fn arrived() -> Received {
    let active = json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active", "display": "Active"}]});
    let disease = |name: &str, key: &str, since: &str| {
        json!({"resourceType": "Condition", "clinicalStatus": active, "onsetDateTime": since,
            "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-disease-keyNumber", "code": key, "display": name}], "text": name}})
    };
    let drug = |name: &str, code: &str, dose: f64| {
        json!({"resourceType": "MedicationRequest", "status": "completed", "authoredOn": "2026-11-18T10:00:00.000+09:00",
            "medicationCodeableConcept": {"coding": [{"system": "http://capstandard.jp/iyaku.info/CodeSystem/YJ-code", "code": code}], "text": name},
            "dosageInstruction": [{"text": "1日1回 朝食後", "doseAndRate": [{"doseQuantity": {"value": dose, "unit": "錠"}}]}],
            "dispenseRequest": {"expectedSupplyDuration": {"value": 14}}})
    };
    let value = |name: &str, code: &str, number: f64, unit: &str, flag: &str| {
        json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-18T09:00:00+09:00",
            "code": {"coding": [{"system": "http://jpfhir.jp/fhir/clins/CodeSystem/JP_CLINS_ObsLabResult_LocalCode_CS", "code": "X1"},
                {"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": code}], "text": name},
            "performer": [{"reference": "#p1", "display": "検査 技師"}],
            "interpretation": [{"coding": [{"code": flag}]}], "valueQuantity": {"value": number, "unit": unit}})
    };
    Received {
        kind: Kind::Referral,
        title: "診療情報提供書".to_owned(),
        identifier: "1310000029^2026^RF-1".to_owned(),
        sender: Sender {
            institution: "県立みどり野病院".to_owned(),
            code: "1310000029".to_owned(),
            department: "循環器内科".to_owned(),
            doctor: "大野 健".to_owned(),
            ..Sender::default()
        },
        addressee: "森 さやか".to_owned(),
        written: Timestamp::parse("2026-11-18T10:00:00+09:00"),
        who: Who {
            name: "高橋 和夫".to_owned(),
            kana: "タカハシ カズオ".to_owned(),
            birth: "1958-03-14".parse().ok(),
            sex: Sex::Female,
            member: MEMBER.to_owned(),
            address: String::new(),
        },
        sections: vec![Shown {
            code: "950".to_owned(),
            title: "紹介目的".to_owned(),
            depth: 1,
            blocks: vec![Block::Text("術後経過良好のため、今後の定期診療をお願いいたします。".to_owned())],
            empty: None,
        }],
        items: items(&[
            json!({"resourceType": "AllergyIntolerance", "category": ["medication"], "clinicalStatus": {"coding": [{"code": "active"}]},
                "code": {"coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS", "code": "GCM7219415A1ZZZ", "display": "ヨード造影剤"}], "text": "ヨード造影剤"},
                "reaction": [{"manifestation": [{"text": "蕁麻疹"}]}], "onsetDateTime": "2026-11-06"}),
            disease("発作性心房細動", "20058923", "2026-10-01"),
            disease("高血圧症", "20061452", "2014-06-02"),
            drug("エドキサバン錠30mg", "3339002F2020", 1.0),
            drug("アムロジピンOD錠5mg「架空」", "2171022F4999", 2.0),
            value("eGFR", "8A065000002391901", 55.6, "mL/min/1.73m²", "N"),
            value("カリウム", "3H015000002326101", 4.4, "mmol/L", "N"),
        ]),
        files: Vec::new(),
        inside: Vec::new(),
        gaps: Vec::new(),
    }
}

async fn insured(clinic: &Clinic, patient: &Id, branch: &str) {
    let extension = |name: &str, value: &str| json!({"url": format!("http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPerson{name}"), "valueString": value});
    clinic
        .put(json!({"resourceType": "Coverage", "status": "active", "beneficiary": {"reference": format!("Patient/{patient}")},
            "extension": [extension("Symbol", "12"), extension("Number", "345"), extension("SubNumber", branch)],
            "payor": [{"identifier": {"system": "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber", "value": "06139998"}}]}))
        .await;
}

async fn take(clinic: &Clinic, received: &Received, original: &'static [u8]) -> Taken {
    let mut writer = clinic.access.blob_writer().await.unwrap();
    writer.write(Bytes::from_static(original)).await.unwrap();
    let info = writer.finish().await.unwrap();
    let receipt = Receipt { original: info, media: "application/fhir+json", received, jobs: Vec::new() };
    inbox::receive(&clinic.access, receipt, clinic.now()).await.unwrap()
}

async fn page(clinic: &Clinic, id: &Id) -> inbox::Page {
    let reader = clinic.access.reader(Action::View);
    let page = inbox::page(&reader, id).await.unwrap();
    reader.release(page).await.unwrap()
}

async fn list(clinic: &Clinic, filter: Filter) -> Vec<inbox::Listed> {
    let reader = clinic.access.reader(Action::View);
    let found = inbox::list(&reader, filter).await.unwrap();
    reader.release(found).await.unwrap()
}

async fn imported_once(clinic: Clinic) {
    let (patient, _) = chart(&clinic).await;
    insured(&clinic, &patient, "01").await;
    let received = arrived();
    let taken = take(&clinic, &received, b"{\"a\":1}").await;
    assert_eq!(
        (taken.state, taken.patient.as_ref(), taken.already),
        (State::Unread, Some(&patient), false),
        "everything agrees"
    );
    let again = take(&clinic, &received, b"{\"a\":1}").await;
    assert!(again.already && again.id == taken.id, "the same bytes are the same document");
    assert_eq!(list(&clinic, Filter::Open).await.len(), 1);

    let shown = page(&clinic, &taken.id).await;
    assert_eq!(shown.row.summary, "術後経過良好のため、今後の定期診療をお願いいたします。");
    let own = shown.own.unwrap();
    let compared = inbox::compare(&received.items, &own, clinic.now());
    let verdicts: Vec<Verdict> = compared.iter().map(|c| c.verdict).collect();
    assert_eq!(
        verdicts,
        [
            Verdict::Unregistered,
            Verdict::New,
            Verdict::Same,
            Verdict::New,
            Verdict::Differs,
            Verdict::New,
            Verdict::New
        ]
    );
    assert!(compared[4].ours.contains("1回1錠"), "{}", compared[4].ours);
    assert_eq!(compared.iter().filter(|c| c.ticked).count(), 6);

    // Before: apart from our record.
    let problems = async || {
        let reader = clinic.access.reader(Action::View);
        let list = problem::list(&reader, &patient).await.unwrap();
        reader.release(list).await.unwrap()
    };
    assert_eq!(problems().await.active.len(), 3);
    let reader = clinic.access.reader(Action::View);
    let apart = outside::read(&reader, &patient).await.unwrap();
    reader.release(()).await.unwrap();
    assert_eq!((apart.len(), apart[0].origin, apart[0].items.len()), (1, Origin::Letter, 7));

    let chosen: Vec<usize> = compared.iter().filter(|c| c.ticked).map(|c| c.at).collect();
    let asked = |version, review| Import {
        document: (&taken.id, version),
        items: &received.items,
        chosen: &chosen,
        author: Box::leak(Box::new(doctor())),
        review,
        now: clinic.now(),
    };
    let done = inbox::import(&clinic.access, asked(shown.row.version, Review::Now)).await.unwrap();
    assert_eq!((done.made, done.already, done.row.state), (6, 0, State::Reviewed));
    assert_eq!(done.row.done.last().unwrap().by, "森 さやか");
    let stale = inbox::import(&clinic.access, asked(shown.row.version, Review::Later)).await;
    assert!(matches!(stale, Err(ChartError::Conflict)));
    let twice = inbox::import(&clinic.access, asked(done.row.version, Review::Later)).await.unwrap();
    assert_eq!((twice.made, twice.already), (0, 6), "nothing is imported twice");

    // After: onto our lists, drugs as 他院の薬, values with their institution, all with their source.
    assert!(problems().await.active.iter().any(|e| e.problem.label() == "発作性心房細動"));
    let reader = clinic.access.reader(Action::View);
    let all = reader.compartment(&patient, &[], None, 200, None).await.unwrap().matches;
    reader.release(()).await.unwrap();
    let of = |kind: &str| {
        all.iter().filter(|v| v.resource_type.name() == kind).map(|v| v.body.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(of("MedicationRequest").len(), 1, "never a prescription of ours");
    let statements = of("MedicationStatement");
    assert_eq!(statements.len(), 3);
    assert!(statements.iter().any(|s| s.contains("エドキサバン") && s.contains("県立みどり野病院")));
    let values: Vec<String> = of("Observation").into_iter().filter(|o| o.contains("urn:karute:imported")).collect();
    assert!(
        values.len() == 2 && values.iter().all(|v| v.contains("県立みどり野病院") && !v.contains("検査 技師")),
        "{values:?}"
    );
    let scope = HistoryScope::Type(karute_fhir::ResourceType::parse("Provenance").unwrap());
    let reader = clinic.access.reader(Action::View);
    let provenance = reader.history(scope, 10, None, None).await.unwrap().matches;
    reader.release(()).await.unwrap();
    assert_eq!(provenance.len(), 1);
    assert!(provenance[0].body.contains(&format!("DocumentReference/{}", taken.id)));
    let own = page(&clinic, &taken.id).await.own.unwrap();
    let now: Vec<Verdict> = inbox::compare(&received.items, &own, clinic.now()).iter().map(|c| c.verdict).collect();
    assert!(now[..3].iter().all(|v| *v == Verdict::Same) && now[5..].iter().all(|v| *v == Verdict::Same), "{now:?}");
    let (to, answers) = inbox::reply_to(&done.row);
    assert_eq!((to.doctor.as_str(), answers.words.as_str()), ("大野 健", "県立みどり野病院 11/18 診療情報提供書"));
    assert!(letter::is_code(&to.code));
}

#[tokio::test]
async fn a_letter_is_matched_compared_and_imported_once() {
    imported_once(Clinic::open().await).await;
}

#[tokio::test]
async fn a_letter_is_matched_compared_and_imported_once_on_postgres() {
    imported_once(Clinic::open_on_postgres().await).await;
}

#[tokio::test]
async fn anything_less_than_everything_asks_a_person() {
    let clinic = Clinic::open().await;
    let (patient, _) = chart(&clinic).await;
    insured(&clinic, &patient, "02").await;
    let taken = take(&clinic, &arrived(), b"{}").await;
    assert_eq!((taken.state, taken.patient.clone()), (State::Unmatched, None), "枝番 differs");
    let shown = page(&clinic, &taken.id).await;
    assert_eq!(shown.candidates.len(), 1);
    let differences: Vec<_> = shown.candidates[0].differences.iter().map(|d| (d.what, d.ours.as_str())).collect();
    assert_eq!(differences, [("被保険者番号", "06139998:12:345:02")]);
    let reviewed = inbox::review(&clinic.access, (&taken.id, shown.row.version), None, &doctor(), clinic.now()).await;
    assert!(matches!(reviewed, Err(ChartError::Step)), "nobody has said whose it is");
    let nobody =
        inbox::link(&clinic.access, (&taken.id, shown.row.version), &clinic.id(), &doctor(), clinic.now()).await;
    assert!(matches!(nobody, Err(ChartError::NotFound)));
    let row =
        inbox::link(&clinic.access, (&taken.id, shown.row.version), &patient, &doctor(), clinic.now()).await.unwrap();
    assert_eq!((row.state, row.patient.as_ref()), (State::Unread, Some(&patient)));
    let reader = clinic.access.reader(Action::View);
    assert_eq!(outside::read(&reader, &patient).await.unwrap().len(), 1, "its items went along");
    reader.release(()).await.unwrap();
    // Two who agree in everything: nobody is linked.
    let twin = clinic.patient(&KAZUO, "1958-03-14", "").await;
    insured(&clinic, &twin, "01").await;
    insured(&clinic, &patient, "01").await;
    let reader = clinic.access.reader(Action::Search);
    let found = inbox::matching(&reader, &arrived().who).await.unwrap();
    reader.release(()).await.unwrap();
    assert!(matches!(found, Matching::Candidates(all) if all.len() == 2));
}

/// Somebody whose name and birth date were written otherwise there is found by the card, kept with its own identifier or
/// (of old) without.
#[tokio::test]
async fn a_card_finds_whom_neither_name_nor_birth_date_find() {
    let clinic = Clinic::open().await;
    let (patient, _) = chart(&clinic).await;
    let mut elsewhere = arrived();
    elsewhere.who.name = "髙橋 一男".to_owned();
    elsewhere.who.kana = "タカバシ イチオ".to_owned();
    elsewhere.who.birth = "1958-03-24".parse().ok();
    // In full width, as some systems write it.
    elsewhere.who.member = "06139998:１２:３４５:01".to_owned();
    let found = async |who: &karute_chart::inbox::Who| {
        let reader = clinic.access.reader(Action::Search);
        let found = inbox::matching(&reader, who).await.unwrap();
        match reader.release(found).await.unwrap() {
            Matching::Candidates(all) => all,
            Matching::Exact(id) => panic!("{id} is not meant for certain"),
        }
    };
    assert!(found(&elsewhere.who).await.is_empty(), "no card yet");
    insured(&clinic, &patient, "02").await;
    assert!(found(&elsewhere.who).await.is_empty(), "another branch is another person");
    insured(&clinic, &patient, "01").await;
    let by_insurer = found(&elsewhere.who).await;
    assert_eq!(by_insurer.iter().map(|c| &c.person.id).collect::<Vec<_>>(), [&patient]);
    let differs: Vec<_> = by_insurer[0].differences.iter().map(|d| d.what).collect();
    assert!(
        differs.contains(&"カナ") && differs.contains(&"生年月日") && !differs.contains(&"被保険者番号"),
        "{differs:?}"
    );
    // A card that was entered at the desk has its identifier.
    let other = clinic.patient(&crate::clinic::MAYUMI, "1981-05-02", "").await;
    let form = karute_chart::registration::CardForm {
        card_insurer: "138057".to_owned(),
        card_symbol: "一二".to_owned(),
        card_number: "77".to_owned(),
        card_branch: "03".to_owned(),
        ..Default::default()
    };
    let card = form.read("1981-05-02".parse().ok(), clinic.today()).unwrap();
    karute_chart::registration::put_card(&clinic.access, &other, &clinic.id(), None, &card).await.unwrap();
    elsewhere.who.member = "00138057:一二:７７:03".to_owned();
    assert_eq!(found(&elsewhere.who).await.iter().map(|c| &c.person.id).collect::<Vec<_>>(), [&other]);
    for nobody in ["", "00138057", "00138057:::", "00138057:一二:78:03"] {
        elsewhere.who.member = nobody.to_owned();
        assert!(found(&elsewhere.who).await.is_empty(), "{nobody}");
    }
}

#[tokio::test]
async fn a_critical_value_stays_until_somebody_says_what_was_done() {
    let clinic = Clinic::open().await;
    let (patient, _) = chart(&clinic).await;
    insured(&clinic, &patient, "01").await;
    let mut received = arrived();
    received.kind = Kind::Laboratory;
    received.items = items(&[
        json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-19",
        "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": "3H015000002326101"}], "text": "K"},
        "interpretation": [{"coding": [{"code": "H"}]}], "valueQuantity": {"value": 5.6, "unit": "mmol/L"}}),
    ]);
    let taken = take(&clinic, &received, b"[]").await;
    let row = list(&clinic, Filter::Open).await.remove(0).row;
    assert_eq!(
        (row.state, row.values.as_slice(), row.critical.as_slice()),
        (State::ToDo, &["K 5.6".to_owned()][..], &["K 5.6".to_owned()][..])
    );
    let read = inbox::review(&clinic.access, (&taken.id, row.version), None, &doctor(), clinic.now()).await;
    assert!(matches!(read, Err(ChartError::Invalid)), "having read it is not enough");
    let row = inbox::review(&clinic.access, (&taken.id, row.version), Some("電話した"), &doctor(), clinic.now())
        .await
        .unwrap();
    assert_eq!((row.state, row.done.last().unwrap().words.as_str()), (State::Reviewed, "電話した"));
    assert!(list(&clinic, Filter::Open).await.is_empty());
    assert_eq!(list(&clinic, Filter::Only(State::Reviewed)).await[0].person.as_ref().unwrap().name, "高橋 和夫");
    // The limits are the clinic's own.
    let limit =
        inbox::Limit { code: "3H015".into(), word: "K".into(), unit: "mmol/L".into(), low: None, high: Some(6.0) };
    inbox::set_limits(&clinic.access, std::slice::from_ref(&limit)).await.unwrap();
    assert_eq!(take(&clinic, &received, b"[1]").await.state, State::Unread);
    let wrong = inbox::Limit { low: Some(7.0), ..limit };
    assert!(matches!(inbox::set_limits(&clinic.access, &[wrong]).await, Err(ChartError::Invalid)));
}

#[tokio::test]
async fn a_newer_version_takes_the_place_of_the_first() {
    let clinic = Clinic::open().await;
    let (patient, _) = chart(&clinic).await;
    insured(&clinic, &patient, "01").await;
    let first = take(&clinic, &arrived(), b"1").await;
    let second = take(&clinic, &arrived(), b"2").await;
    assert_ne!(first.id, second.id);
    let open = list(&clinic, Filter::Open).await;
    assert_eq!(open.iter().map(|l| l.row.id.clone()).collect::<Vec<_>>(), [second.id]);
    assert_eq!(page(&clinic, &first.id).await.row.state, State::Replaced);
    let mut stranger = arrived();
    stranger.sender.code = "1310000037".to_owned();
    take(&clinic, &stranger, b"3").await;
    assert_eq!(list(&clinic, Filter::Open).await.len(), 2, "another institution replaces nothing");
}

#[tokio::test]
async fn what_was_viewed_is_kept_apart_and_replaced_by_the_next_view() {
    let clinic = Clinic::open().await;
    let (patient, _) = chart(&clinic).await;
    let all = arrived().items;
    let keep = async |items: &[Item]| {
        let viewed =
            Viewed {
                patient: &patient, institution: "県立みどり野病院", code: "1310000029", items, answer: None
            };
        let change = outside::viewed_change(&clinic.access, viewed, clinic.now()).await.unwrap();
        let Some(change) = change else { return false };
        let mut commit = Commit::new(Action::Update);
        commit.changes.push(change);
        clinic.access.commit(commit).await.unwrap();
        true
    };
    assert!(keep(&all).await && !keep(&all).await, "the same view changes nothing");
    assert!(keep(&all[..2]).await);
    let reader = clinic.access.reader(Action::View);
    let found = outside::read(&reader, &patient).await.unwrap();
    reader.release(()).await.unwrap();
    assert_eq!((found.len(), found[0].origin, found[0].items.len()), (1, Origin::Viewed, 2));
    assert_eq!(found[0].code, "1310000029");
}
