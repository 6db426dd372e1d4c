//! A clinic with people of every role, and browsers for them.
use crate::samples;
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use karute_chart::author::{Author, Standing};
use karute_chart::letter::Destination;
use karute_chart::{errand, inbox, letter};
use karute_crypto::{MasterKey, SystemEntropy};

use karute_eprescription::flow::{Form, State};
use karute_eprescription::jobs::record::{self, Kept};
use karute_eprescription::office::{Office, Parts};
use karute_eprescription::profile::Profile;
use karute_eprescription::wire::envelope::UnsignedEnvelope;
use karute_eprescription::wire::prescription::Prescription;
use karute_fhir::profile::ProfilesHandle;
use karute_fhir::{Id, ResourceType};
use karute_identity::{Identity, NewPerson, Profession, Settings, TotpSecret, system_actor};
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_json::{Limits, parse};
use karute_ledger::{
    Access, Action, AuditFilter, Backend, Change, Commit, Expect, Ledger, LedgerConfig, Lookup, NewTenant, Origin,
    Tenant, migrate,
};
use karute_sandbox::eprescription::Settings as Eps;
use karute_sandbox::{InProcess, Sandbox};
use karute_web::{WebConfig, WebState, router};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::sync::Arc;
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "kaze7fuku-nami3";
/// The address of an invitation that opens nothing: well-formed, never made.
pub(crate) const INVITED: &str = "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
pub(crate) const HOST: &str = "karute.example";

pub(crate) struct Clinic {
    pub(crate) app: Router,
    pub(crate) identity: Identity,
    pub(crate) ledger: Ledger,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: Tenant,
    pub(crate) other: Tenant,
    /// The connector, and the simulated service that it reaches in this process.
    pub(crate) office: Arc<Office>,
    pub(crate) sharing: Arc<karute_sharing::office::Office>,
    pub(crate) sandbox: Sandbox,
    /// What documents are judged by before they leave.
    pub(crate) profiles: ProfilesHandle,
    /// What hinders newer masters.
    pub(crate) problem: Arc<std::sync::Mutex<Option<String>>>,
    _dir: tempfile::TempDir,
}

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }
    /// Asserts that the page holds these words.
    #[track_caller]
    pub(crate) fn holds(self, words: &[&str]) -> Reply {
        for word in words {
            assert!(self.text.contains(word), "「{word}」 is missing in {}", self.text);
        }
        self
    }
    /// Asserts that the page holds none of these words.
    #[track_caller]
    pub(crate) fn lacks(self, words: &[&str]) -> Reply {
        for word in words {
            assert!(!self.text.contains(word), "「{word}」 must not be in {}", self.text);
        }
        self
    }
    /// The value of a hidden field.
    pub(crate) fn hidden(&self, name: &str) -> String {
        let at =
            self.text.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {}", self.text));
        self.text[at..].split('"').nth(3).unwrap().to_owned()
    }
}

/// A browser, signed in or not.
#[derive(Clone)]
pub(crate) struct Browser {
    app: Router,
    pub(crate) cookie: Option<String>,
}

impl Browser {
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Reply {
        request.headers_mut().insert("host", HOST.parse().unwrap());
        if let Some(cookie) = &self.cookie {
            request.headers_mut().insert("cookie", format!("karute={cookie}").parse().unwrap());
        }
        let response = self.app.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Reply { status, headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }
    /// A form of our own pages.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(filled(path).body(Body::from(encoded(form))).unwrap()).await
    }
    /// A part of a page, as our script asks for it.
    pub(crate) async fn part_of(&self, path: &str) -> Reply {
        self.send(Request::get(path).header("x-fragment", "1").body(Body::empty()).unwrap()).await
    }
    /// A form with a file.
    pub(crate) async fn upload(&self, path: &str, kind: &str, body: Vec<u8>) -> Reply {
        let mut request = filled(path).body(Body::from(body)).unwrap();
        request.headers_mut().insert("content-type", kind.parse().unwrap());
        self.send(request).await
    }
    /// The same, asked by our script for a part of a page.
    pub(crate) async fn part(&self, path: &str, form: &[(&str, &str)]) -> Reply {
        self.send(filled(path).header("x-fragment", "1").body(Body::from(encoded(form))).unwrap()).await
    }
}

/// The head of a form that one of our own pages posts.
pub(crate) fn filled(path: &str) -> http::request::Builder {
    Request::post(path)
        .header("origin", format!("https://{HOST}"))
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
}

pub(crate) fn encoded(form: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            let _ = write!(out, "%{byte:02X}");
            out
        })
    };
    form.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect::<Vec<_>>().join("&")
}

impl Clinic {
    /// It is 10:42 on Friday, 20 November 2026.
    pub(crate) async fn open() -> Clinic {
        Clinic::with(false, crate::words::masters()).await
    }
    pub(crate) async fn demo() -> Clinic {
        Clinic::with(true, crate::words::masters()).await
    }
    /// With other masters than the starter set.
    pub(crate) async fn with_masters(masters: karute_terminology::MastersHandle) -> Clinic {
        Clinic::with(false, masters).await
    }
    async fn with(demo: bool, masters: karute_terminology::MastersHandle) -> Clinic {
        Clinic::built(demo, masters, Eps::default()).await
    }
    /// With another prescription service.
    pub(crate) async fn prescribing(service: Eps) -> Clinic {
        Clinic::built(false, crate::words::masters(), service).await
    }
    async fn built(demo: bool, masters: karute_terminology::MastersHandle, service: Eps) -> Clinic {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-20T10:42:00+09:00").unwrap()));
        let key = MasterKey::from_bytes([6; 32]);
        let config = LedgerConfig {
            backend: Backend::Sqlite { dir: dir.path().to_owned() },
            key: key.clone(),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SystemEntropy),
            checkpoint_dir: None,
            checkpoint_every: 10_000,
            max_blob_bytes: 1 << 20,
        };
        migrate(&config, None).await.unwrap();
        let ledger = Ledger::open(config).await.unwrap();
        let settings = Settings { demo, ..Settings::default() };
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let sandbox = Sandbox::of(Arc::clone(&time), service, karute_sandbox::sharing::Settings::strict()).unwrap();
        let world = sandbox.clone();
        let office = Arc::new(Office::new(Parts {
            ledger: ledger.clone(),
            profile: Profile::built_in(),
            clock: Arc::clone(&time),
            key: key.clone(),
            dial: Box::new(move |_| Ok(Arc::new(InProcess(world.clone())))),
        }));
        let world = sandbox.clone();
        let sharing = Arc::new(karute_sharing::office::Office::new(karute_sharing::office::Parts {
            ledger: ledger.clone(),
            profile: karute_sharing::profile::Profile::built_in(),
            clock: Arc::clone(&time),
            key: key.clone(),
            dial: Box::new(move |_| Ok(Arc::new(InProcess(world.clone())))),
            units: None,
        }));
        let profiles = ProfilesHandle::default();
        sharing.serve_charts(karute_sharing::joint::Chart::new(
            ledger.clone(),
            masters.clone(),
            profiles.clone(),
            Arc::new(SystemEntropy),
        ));
        let identity = Identity::new(ledger.clone(), key, Arc::clone(&time), Arc::new(SystemEntropy), settings);
        let tenant = tenant(&ledger, "midori", "みどり内科クリニック", "1310000011").await;
        let other = tenant_of_others(&ledger).await;
        let shown = Arc::new(std::sync::Mutex::new(None::<String>));
        let problem = Arc::clone(&shown);
        let state = WebState::new(WebConfig {
            identity: identity.clone(),
            clock: time,
            entropy: Arc::new(SystemEntropy),
            masters,
            masters_problem: Arc::new(move || problem.lock().unwrap().clone()),
            forms: karute_forms::Forms::new(None),
            eprescription: Arc::clone(&office),
            sharing: Arc::clone(&sharing),
            secure: false,
            demo,
        });
        let app = router(state);
        Clinic {
            app,
            problem: shown,
            identity,
            ledger,
            clock,
            tenant,
            other,
            office,
            sharing,
            sandbox,
            profiles,
            _dir: dir,
        }
    }
    pub(crate) fn system(&self, tenant: &Tenant) -> Access {
        self.ledger.access(tenant.id, system_actor("test", Origin { method: "cli", ..Origin::default() }))
    }
    /// A browser nobody signed in with.
    pub(crate) fn stranger(&self) -> Browser {
        Browser { app: self.app.clone(), cookie: None }
    }
    /// Creates a person of the first institution.
    pub(crate) async fn person(&self, login: &str, professions: &[Profession]) -> TotpSecret {
        self.person_of(&self.tenant, login, professions).await
    }
    async fn person_of(&self, tenant: &Tenant, login: &str, professions: &[Profession]) -> TotpSecret {
        let new = NewPerson {
            login: login.to_owned(),
            name: "森 さやか".to_owned(),
            kana: "モリ サヤカ".to_owned(),
            professions: professions.to_vec(),
            password: PASSWORD.to_owned(),
            must_change_password: false,
        };
        let (_, secret) = self.identity.create_person(&self.system(tenant), new).await.unwrap();
        TotpSecret::from_base32(&secret).unwrap()
    }
    pub(crate) fn code(&self, secret: &TotpSecret) -> String {
        secret.code(u64::try_from(self.clock.now().as_millis() / 1000).unwrap())
    }
    /// A browser in which somebody of this profession signed in.
    pub(crate) async fn signed_in(&self, profession: Profession) -> Browser {
        self.signed_in_at(&self.tenant, profession).await
    }
    /// The same under a login of its own, where there is one of the profession already.
    pub(crate) async fn signed_in_as(&self, login: &str, profession: Profession) -> Browser {
        let secret = self.person(login, &[profession]).await;
        let begun = self.identity.begin(&self.tenant.name, login, PASSWORD, Origin::default()).await.unwrap();
        let made = self.identity.finish(&begun.token, &self.code(&secret), Origin::default()).await.unwrap();
        Browser { app: self.app.clone(), cookie: Some(made.cookie) }
    }
    pub(crate) async fn signed_in_at(&self, tenant: &Tenant, profession: Profession) -> Browser {
        let login = format!("{}-{}", profession.code(), tenant.name);
        let secret = self.person_of(tenant, &login, &[profession]).await;
        let begun = self.identity.begin(&tenant.name, &login, PASSWORD, Origin::default()).await.unwrap();
        let made = self.identity.finish(&begun.token, &self.code(&secret), Origin::default()).await.unwrap();
        Browser { app: self.app.clone(), cookie: Some(made.cookie) }
    }
    /// Stores a resource of the first institution.
    /// Changes what is stored of a resource.
    pub(crate) async fn alter(&self, kind: &str, id: &str, change: impl FnOnce(&mut Value)) {
        let access = self.system(&self.tenant);
        let Lookup::Found(version) =
            access.read(ResourceType::parse(kind).unwrap(), &Id::new(id).unwrap()).await.unwrap()
        else {
            panic!("{kind}/{id}")
        };
        let mut body: Value = serde_json::from_slice(version.body.as_bytes()).unwrap();
        change(&mut body);
        self.put(body).await;
    }
    pub(crate) async fn put(&self, resource: Value) -> Id {
        let text = resource.to_string();
        let body = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
        let id = Id::new(resource["id"].as_str().unwrap()).unwrap();
        let mut commit = Commit::new(Action::Create);
        commit.changes.push(Change::Put {
            resource_type: ResourceType::parse(resource["resourceType"].as_str().unwrap()).unwrap(),
            id: id.clone(),
            body,
            expect: Expect::Any,
        });
        self.system(&self.tenant).commit(commit).await.unwrap();
        id
    }
    /// A patient who waits since 10:06, was here before, and has a note, a drug, an allergy and an appointment for
    /// somebody else.
    pub(crate) async fn a_day(&self) {
        let number = "urn:oid:1.2.392.100495.20.3.51.11310000011";
        let mayumi = patient("pt-1", "渡邊 真弓", "ワタナベ マユミ", "003307", "1981-05-02", number);
        let kazuo = patient("pt-2", "高橋 和夫", "タカハシ カズオ", "004821", "1958-03-14", number);
        self.put(mayumi).await;
        self.put(kazuo).await;
        let encounter = |id: &str, patient: &str, status: &str, start: &str, number: &str| {
            json!({"resourceType": "Encounter", "id": id, "status": status, "class": {"code": "AMB"},
                   "identifier": [{"system": "urn:karute:queue-number", "value": number}],
                   "type": [{"text": "再診"}], "subject": {"reference": format!("Patient/{patient}")},
                   "period": {"start": start}, "reasonCode": [{"text": "甲状腺 定期"}]})
        };
        self.put(encounter("v-1", "pt-1", "arrived", "2026-11-20T10:06:00+09:00", "17")).await;
        // Two more who wait, for what the desk does beside moving visits on, and a second record of the first patient.
        for (id, visit, minute, queue) in [("pt-6", "v-8", "20", "8"), ("pt-7", "v-9", "25", "9")] {
            self.put(patient(id, "小川 清", "オガワ キヨシ", &format!("00{id}"), "1950-01-01", number)).await;
            self.put(encounter(visit, id, "arrived", &format!("2026-11-20T10:{minute}:00+09:00"), queue)).await;
        }
        self.put(patient("pt-8", "渡辺 真弓", "ワタナベ マユミ", "009001", "1981-05-02", number)).await;
        self.put(encounter("v-0", "pt-1", "finished", "2026-10-16T10:06:00+09:00", "3")).await;
        let subject = json!({"reference": "Patient/pt-1"});
        self.put(json!({"resourceType": "Composition", "id": "n-1", "status": "final", "type": {"text": "診療録"}, "title": "診療録",
            "subject": subject, "encounter": {"reference": "Encounter/v-0"}, "date": "2026-10-16T10:20:00+09:00", "author": [{"display": "森 さやか"}],
            "section": [{"title": "S", "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">動悸が減った</div>"}}]})).await;
        self.put(json!({"resourceType": "MedicationRequest", "id": "m-1", "status": "active", "intent": "order", "subject": subject,
            "encounter": {"reference": "Encounter/v-0"}, "authoredOn": "2026-10-16", "medicationCodeableConcept": {"text": "チアマゾール錠5mg"},
            "dosageInstruction": [{"text": "1日2回 朝夕食後"}], "dispenseRequest": {"expectedSupplyDuration": {"value": 56}}})).await;
        self.put(json!({"resourceType": "AllergyIntolerance", "id": "a-1", "patient": subject, "code": {"text": "ペニシリン系"},
            "clinicalStatus": {"coding": [{"code": "active"}]}, "reaction": [{"manifestation": [{"text": "皮疹"}]}]})).await;
        self.put(json!({"resourceType": "Appointment", "id": "ap-2", "status": "booked", "start": "2026-11-20T11:00:00+09:00",
            "participant": [{"actor": {"reference": "Patient/pt-2"}, "status": "accepted"}]})).await;
        self.put(json!({"resourceType": "Appointment", "id": "ap-0", "status": "booked", "start": "2026-11-19T11:00:00+09:00",
            "participant": [{"actor": {"reference": "Patient/pt-2"}, "status": "accepted"}]})).await;
        let part = |url: &str, kind: &str, value: Value| json!({"url": url, kind: value});
        let rule = |day: &str| {
            json!({"url": "urn:karute:schedule:weekly", "extension": [
                part("weekday", "valueCode", json!(day)), part("from", "valueTime", json!("09:00:00")),
                part("until", "valueTime", json!("12:00:00")), part("minutes", "valuePositiveInt", json!(15)),
                part("capacity", "valuePositiveInt", json!(2))]})
        };
        let week: Vec<Value> = ["mon", "tue", "wed", "thu", "fri"].into_iter().map(rule).collect();
        self.put(json!({"resourceType": "Schedule", "id": "s-1", "active": true, "extension": week, "actor": [{"display": "森 さやか"}],
            "serviceCategory": [{"coding": [{"system": "urn:karute:schedule-kind", "code": "doctor"}]}]})).await;
        self.requests().await;
        self.documents().await;
        self.lines().await;
        self.prescribed().await;
        self.letters().await;
        self.arrived().await;
        self.held().await;
    }
    /// Somebody of the clinic, as an author.
    pub(crate) fn author() -> Author {
        Author { person: Id::new("p-1").unwrap(), name: "森 さやか".to_owned(), standing: Standing::Own }
    }
    /// A letter being written, one to be signed, and one that was given out on paper.
    async fn letters(&self) {
        let access = self.system(&self.tenant);
        let (patient, now, author) = (Id::new("pt-1").unwrap(), self.clock.now(), Clinic::author());
        for name in ["lt-1", "lt-2", "lt-3"] {
            let id = Id::new(name).unwrap();
            let to = Destination {
                name: "県立みどり野病院".to_owned(),
                department: "循環器内科".to_owned(),
                ..Destination::default()
            };
            let new = letter::New { id: id.clone(), kind: letter::Kind::Referral, to: Some(to), answers: None };
            let place = letter::Place { patient: &patient, visit: None };
            letter::open(&access, place, new, &author, now).await.unwrap();
            let of = letter::Of { patient: &patient, letter: &id };
            let paper = letter::HeadChange::Route(letter::Route::Paper, None);
            letter::change(&access, of, paper, &author, now).await.unwrap();
            if name == "lt-2" {
                let edit = letter::Edit {
                    section: letter::Section::Purpose,
                    text: "精査をお願いいたします。".to_owned(),
                    base: String::new(),
                    taken: Vec::new(),
                };
                let draft = letter::save(&access, of, &[edit], &author, now).await.unwrap();
                let (seen, known) = (letter::Seen::parse(&draft.seen()), letter::Known::default());
                let sign = letter::Sign { of, seen, author: &author, known: &known, jobs: Vec::new(), now };
                let signed = letter::sign(&access, sign).await.unwrap();
                assert!(matches!(signed, letter::Signed::Done(_)), "{signed:?}");
            }
        }
    }
    /// Takes in a document that was sent to us; answers its id.
    pub(crate) async fn take(&self, bundle: &str) -> Id {
        let access = self.system(&self.tenant);
        let mut writer = access.blob_writer().await.unwrap();
        writer.write(bundle.to_owned().into()).await.unwrap();
        let original = writer.finish().await.unwrap();
        let received = karute_sharing::document::received::read(bundle.as_bytes()).unwrap();
        let receipt =
            inbox::Receipt { original, media: "application/fhir+json", received: &received, jobs: Vec::new() };
        inbox::receive(&access, receipt, self.clock.now()).await.unwrap().id
    }
    /// What arrived: documents of a patient, and one of which nobody has said whose it is.
    async fn arrived(&self) {
        let (patient, author, now) = (Id::new("pt-1").unwrap(), Clinic::author(), self.clock.now());
        for name in samples::received::NAMES {
            let id = self.take(&samples::received::bundle(name)).await;
            assert_eq!(id.as_str(), samples::received::id(name), "{name}");
            if name != "unmatched" {
                inbox::link(&self.system(&self.tenant), (&id, 1), &patient, &author, now).await.unwrap();
            }
        }
        let document = Id::new(&samples::received::id("received")).unwrap();
        for name in ["er-1", "er-2"] {
            let id = Id::new(name).unwrap();
            let about = (&document, &patient);
            errand::ask(&self.system(&self.tenant), &id, about, "電話で様子を聞いてください", &author, now)
                .await
                .unwrap();
        }
    }
    /// What came by the record sharing service and could not be laid into the inbox: nothing of it is here yet but its
    /// line in the service's list, and of the first also a document that names another kind than the list.
    async fn held(&self) {
        use karute_sharing::jobs::kept::InboxState;
        use karute_sharing::jobs::record::{Kept, binary};
        let (profile, now) = (karute_sharing::profile::Profile::built_in(), self.clock.now());
        let mut commit = Commit::new(Action::Create);
        for name in samples::received::HELD {
            let id = Id::new(&format!("in-{name}")).unwrap();
            let mut stored = samples::received::held(InboxState::Quarantined {
                why: "一覧に書かれた文書の種類と中身が異なります。".to_owned(),
            });
            if name == "held" {
                let envelope = samples::received::envelope(&self.tenant.institution_code).write(&profile);
                let place = Id::new("in-held-doc").unwrap();
                stored.binary = place.to_string();
                stored.sha256 = karute_crypto::sha256(&envelope).to_hex();
                commit.changes.push(binary(place, None, "application/xml", &envelope).unwrap());
            }
            commit.changes.push(Kept::new(id, None, stored).change(now).unwrap());
        }
        self.system(&self.tenant).commit(commit).await.unwrap();
    }
    /// A prescription of the visit of today that was registered, with its document and its copy.
    async fn prescribed(&self) {
        let profile = Profile::built_in();
        let csv = include_bytes!("../../../eprescription/tests/fixtures/prescription-1.csv");
        let what = Prescription::from_csv(csv, &profile).unwrap();
        let id = |text: &str| Id::new(text).unwrap();
        let mut kept = Kept::ready(id("rx-task"), id("pt-1"), id("v-1"), Form::Paper, &what);
        kept.stored.life.state = State::Registered;
        kept.stored.life.id = Some("0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01".to_owned());
        (kept.stored.life.access_code, kept.stored.copy) = (Some("123456".to_owned()), true);
        let mut commit = Commit::new(Action::Create);
        let document = UnsignedEnvelope::new(csv, &profile);
        let binary = |id: &Id, kind, bytes: &[u8]| record::binary(id, &kept.patient, kind, bytes, Expect::Any).unwrap();
        commit.changes.push(binary(&kept.id, "application/xml", document.bytes()));
        commit.changes.push(binary(&id("rx-task-copy"), "application/pdf", b"%PDF-1.7 copy"));
        commit.changes.push(kept.change(self.clock.now()).unwrap());
        self.system(&self.tenant).commit(commit).await.unwrap();
    }
    /// What is ordered in the visit of today, in every state.
    /// The prescription being written, one line for each act that is tried on it, and a set that prescribes.
    async fn lines(&self) {
        for (n, id) in ["rx-1", "rx-dosed", "rx-moved", "rx-removed", "rx-undone", "rx-days"].into_iter().enumerate() {
            let tablet = json!({"value": 1, "unit": "錠"});
            self.put(json!({"resourceType": "MedicationRequest", "id": id, "status": "draft", "intent": "order",
                "identifier": [{"system": "urn:oid:1.2.392.100495.20.3.81", "value": "1"},
                               {"system": "urn:oid:1.2.392.100495.20.3.82", "value": (n + 1).to_string()}],
                "subject": {"reference": "Patient/pt-1"}, "encounter": {"reference": "Encounter/v-1"},
                "authoredOn": "2026-11-20T10:30:00+09:00",
                "medicationCodeableConcept": {"text": format!("試験薬{n}錠5mg")},
                "dosageInstruction": [{"text": "1日1回 朝食後", "doseAndRate": [{"doseQuantity": tablet}]}],
                "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "unit": "日"}}}))
                .await;
        }
        let drug = json!([{"coding": [{"system": "urn:oid:1.2.392.100495.20.2.72", "code": "2171022F1274"}]}]);
        let kind = json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/plan-definition-type", "code": "order-set"}]});
        self.put(
            json!({"resourceType": "PlanDefinition", "id": "set-rx", "status": "active", "title": "血圧", "type": kind,
            "action": [{"title": "アムロジピン錠5mg「試」", "description": "1T 朝 28", "code": drug}]}),
        )
        .await;
    }
    async fn requests(&self) {
        for (id, status, kind, code, name) in [
            ("rq-draft", "draft", "lab", "3C015000002327101", "クレアチニン"),
            ("rq-revoked", "revoked", "lab", "3F077000002327101", "LDL-コレステロール"),
            ("rq-due", "active", "physiology", "160068410", "心電図検査"),
            ("rq-done", "completed", "treatment", "140022710", "ネブライザ"),
            ("rq-altered", "draft", "guidance", "113001810", "療養の指導"),
            ("rq-undone", "draft", "guidance", "113001811", "生活の指導"),
            ("rq-lab", "active", "lab", "3D046000001927101", "HbA1c（NGSP）"),
        ] {
            self.put(json!({"resourceType": "ServiceRequest", "id": id, "status": status, "intent": "order",
                "category": [{"coding": [{"system": "urn:karute:request", "code": kind}]}],
                "code": {"coding": [{"system": "urn:test", "code": code, "display": name}], "text": name},
                "subject": {"reference": "Patient/pt-1"}, "encounter": {"reference": "Encounter/v-1"},
                "occurrenceDateTime": "2026-11-20", "authoredOn": "2026-11-20T10:30:00+09:00",
                "requester": {"display": "森 さやか"}}))
                .await;
        }
        self.put(json!({"resourceType": "Procedure", "id": "pr-1", "status": "completed",
            "basedOn": [{"reference": "ServiceRequest/rq-done"}], "code": {"text": "ネブライザ"},
            "subject": {"reference": "Patient/pt-1"}, "encounter": {"reference": "Encounter/v-1"},
            "performedDateTime": "2026-11-20T10:40:00+09:00", "performer": [{"actor": {"display": "青木 看護師"}}]}))
            .await;
    }
    /// Stores a document with a picture, and a drawing.
    async fn documents(&self) {
        let hash = async |bytes: Vec<u8>| {
            let mut writer = self.system(&self.tenant).blob_writer().await.unwrap();
            writer.write(bytes.into()).await.unwrap();
            writer.finish().await.unwrap().hash.to_hex()
        };
        let binary = async |id: &str, kind: &str, bytes: Vec<u8>| {
            let tag = json!([{"system": "urn:karute:content-sha256", "code": hash(bytes).await}]);
            self.put(json!({"resourceType": "Binary", "id": id, "meta": {"tag": tag}, "contentType": kind})).await;
        };
        binary("bi-1", "image/png", vec![1, 2, 3]).await;
        binary("bi-2", "application/json", br#"{"template":"knee","caption":"x"}"#.to_vec()).await;
        let content = |format: &str, url: &str, kind: &str| {
            json!({"format": {"system": "urn:karute:document-content", "code": format},
                   "attachment": {"url": format!("Binary/{url}"), "contentType": kind, "size": 3}})
        };
        let document = |id: &str, category: &str, contents: Value| {
            json!({"resourceType": "DocumentReference", "id": id, "status": "current", "subject": {"reference": "Patient/pt-1"},
                   "category": [{"coding": [{"system": "urn:karute:document", "code": category}]}], "description": "同意書",
                   "date": "2026-11-13T10:00:00+09:00", "content": contents})
        };
        let both = json!([content("original", "bi-1", "image/png"), content("preview", "bi-1", "image/png")]);
        self.put(document("doc-1", "consent", both.clone())).await;
        self.put(document("doc-3", "scan", both)).await;
        self.put(document("doc-2", "schema", json!([content("strokes", "bi-2", "application/json")]))).await;
        self.put(json!({"resourceType": "Condition", "id": "pb-1", "subject": {"reference": "Patient/pt-1"}, "code": {"text": "甲状腺機能亢進症"},
            "clinicalStatus": {"coding": [{"code": "active"}]}, "onsetDateTime": "2026-08-03"})).await;
    }
    /// Bodies of the newest audit events, newest first.
    pub(crate) async fn audit(&self) -> Vec<(u64, String)> {
        let filter = AuditFilter { limit: 1_000, ..AuditFilter::default() };
        let records = self.system(&self.tenant).audit_events(filter).await.unwrap();
        records.into_iter().map(|r| (r.seq, r.body)).collect()
    }
}

fn patient(id: &str, name: &str, kana: &str, number: &str, birth: &str, system: &str) -> Value {
    let named = |text: &str, script: &str| {
        let (family, given) = text.split_once(' ').unwrap();
        json!({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": script}],
               "family": family, "given": [given]})
    };
    json!({"resourceType": "Patient", "id": id, "identifier": [{"system": system, "value": number}],
           "name": [named(name, "IDE"), named(kana, "SYL")], "gender": "female", "birthDate": birth})
}

async fn tenant(ledger: &Ledger, name: &str, display: &str, code: &str) -> Tenant {
    let new = NewTenant { name: name.to_owned(), display_name: display.to_owned(), institution_code: code.to_owned() };
    ledger.create_tenant(new).await.unwrap()
}

async fn tenant_of_others(ledger: &Ledger) -> Tenant {
    tenant(ledger, "aoba", "あおば整形外科", "1310000029").await
}
