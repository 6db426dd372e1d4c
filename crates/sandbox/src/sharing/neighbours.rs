//! Three institutions in the neighbourhood and what they registered of a person: the same for the same person, so that
//! viewing has something to show in a demonstration. All of it is invented.
use super::Service;
use super::world::{Held, MAX_HELD};
use karute_crypto::sha256;
use karute_japan::Timestamp;
use karute_sharing::wire::content::ContentError;
use karute_sharing::wire::envelope::Kind;
use karute_sharing::wire::message::ServiceState;
use karute_sharing::wire::target::{BUNDLE_ID, MEMBER_ID, Target};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 医療機関コード and name of the institutions.
pub const NEIGHBOURS: [(&str, &str); 3] =
    [("1319999951", "架空市民病院"), ("1319999969", "架空皮膚科クリニック"), ("1319999977", "架空整形外科医院")];

const CORE: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS";
const INFECTION: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_InfectionLabo_CS";
const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem/condition-clinical";
const TAG: &str = "http://jpfhir.jp/fhir/clins/CodeSystem/BundleResourceType_CS";
const INSTANCE: &str = "http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier";

/// Somebody of whom the neighbours know.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// 被保険者個人識別子
    pub insured: String,
    /// Day of birth, `yyyy-MM-dd`.
    pub birth: String,
    /// `male` or `female`.
    pub sex: String,
}

/// Makes what one institution says.
struct Teller<'t> {
    code: &'static str,
    person: &'t Neighbour,
    now: Timestamp,
    seed: String,
}

impl Teller<'_> {
    fn day(&self, back: i64) -> String {
        self.now.plus_ms(-back * 86_400_000).day_in_japan().to_string()
    }

    fn resource(&self, kind: &str, name: &str, more: Value) -> Value {
        let mut made = json!({
            "resourceType": kind,
            "identifier": [{ "system": INSTANCE, "value": format!("{}-{name}", self.code) }],
        });
        if let (Some(made), Value::Object(more)) = (made.as_object_mut(), more) {
            made.extend(more);
        }
        made
    }

    fn disease(&self, name: &str, since: i64, until: Option<i64>) -> Value {
        let status = if until.is_some() { "resolved" } else { "active" };
        let mut made = self.resource(
            "Condition",
            name,
            json!({
                "clinicalStatus": { "coding": [{ "system": CLINICAL, "code": status }] },
                "code": { "text": name },
                "onsetDateTime": self.day(since),
            }),
        );
        if let Some(until) = until {
            made["abatementDateTime"] = json!(self.day(until));
        }
        made
    }

    fn allergy(&self, name: &str, category: &str, reaction: &str, since: i64) -> Value {
        self.resource(
            "AllergyIntolerance",
            name,
            json!({
                "clinicalStatus": { "coding": [{ "code": "active" }] },
                "category": [category],
                "criticality": "high",
                "code": { "text": name },
                "onsetDateTime": self.day(since),
                "reaction": [{ "manifestation": [{ "text": reaction }] }],
            }),
        )
    }

    fn value(&self, (name, code): (&str, &str), (number, unit): (f64, &str), flag: &str, back: i64) -> Value {
        let mut made = self.observation(CORE, (name, code), back);
        made["valueQuantity"] = json!({ "value": number, "unit": unit });
        if !flag.is_empty() {
            made["interpretation"] = json!([{ "coding": [{ "code": flag }] }]);
        }
        made
    }

    fn infection(&self, (name, code): (&str, &str), word: &str, back: i64) -> Value {
        let mut made = self.observation(INFECTION, (name, code), back);
        made["valueCodeableConcept"] = json!({ "text": word });
        made
    }

    fn observation(&self, system: &str, (name, code): (&str, &str), back: i64) -> Value {
        self.resource(
            "Observation",
            &format!("{code}-{back}"),
            json!({
                "status": "final",
                "code": { "coding": [{ "system": system, "code": code, "display": name }], "text": name },
                "effectiveDateTime": format!("{}T09:00:00+09:00", self.day(back)),
            }),
        )
    }

    fn drug(&self, name: &str, usage: &str, days: u32, back: i64) -> Value {
        self.resource(
            "MedicationRequest",
            &format!("rx-{back}-{name}"),
            json!({
                "status": "completed",
                "intent": "order",
                "medicationCodeableConcept": { "text": name },
                "authoredOn": self.day(back),
                "dosageInstruction": [{ "text": usage }],
                "dispenseRequest": { "expectedSupplyDuration": { "value": days, "unit": "日" } },
            }),
        )
    }

    fn target(&self, kind: &str) -> Target {
        let local: String = self.seed.chars().take(20).collect();
        let year = self.now.day_in_japan().year();
        Target {
            insured: self.person.insured.clone(),
            system: BUNDLE_ID.to_owned(),
            value: format!("{}^{year:04}^{kind}-{local}", self.code),
        }
    }

    fn patient(&self) -> Value {
        json!({
            "resourceType": "Patient", "gender": self.person.sex, "birthDate": self.person.birth,
            "identifier": [{ "system": MEMBER_ID, "value": self.person.insured }],
        })
    }

    fn unit(&self, (kind, letters): (&str, &str), resources: Vec<Value>) -> Vec<u8> {
        let mut entries = vec![json!({ "fullUrl": format!("urn:uuid:{letters}"), "resource": self.patient() })];
        entries.extend(resources.into_iter().map(|resource| json!({ "resource": resource })));
        json!({
            "resourceType": "Bundle", "type": "collection",
            "meta": { "lastUpdated": self.now.to_fhir(), "tag": [{ "system": TAG, "code": kind }] },
            "identifier": { "system": BUNDLE_ID, "value": self.target(letters).value },
            "timestamp": self.now.to_fhir(), "entry": entries,
        })
        .to_string()
        .into_bytes()
    }
}

impl Service {
    /// The neighbours take part and have registered something of this person.
    ///
    /// # Errors
    /// When the person's number cannot stand in a unit.
    pub fn neighbours_know(&self, person: &Neighbour, now: Timestamp) -> Result<(), ContentError> {
        let seed = sha256(person.insured.as_bytes()).to_hex().to_ascii_uppercase();
        for (code, name) in NEIGHBOURS {
            self.takes_part(code, name);
        }
        let teller = |at: usize| Teller { code: NEIGHBOURS[at].0, person, now, seed: seed.clone() };
        let (hospital, skin, bones) = (teller(0), teller(1), teller(2));
        let hba1c = ("HbA1c-NGSP", "3D046000001906202");
        let units = [
            hospital.unit(
                ("Condition", "CD"),
                vec![hospital.disease("発作性心房細動", 420, None), hospital.disease("大腸ポリープ", 900, Some(640))],
            ),
            hospital.unit(
                ("AllergyIntolerance", "AL"),
                vec![hospital.allergy("ヨード造影剤", "medication", "蕁麻疹", 640)],
            ),
            hospital.unit(
                ("Observation", "LB"),
                vec![
                    hospital.value(hba1c, (7.4, "%"), "H", 34),
                    hospital.value(("Cre", "3C015000002327101"), (1.12, "mg/dL"), "H", 34),
                    hospital.value(("K", "3H015000002326101"), (4.6, "mmol/L"), "", 34),
                    hospital.value(("BNP", "4Z271000002305101"), (88.4, "pg/mL"), "H", 34),
                    hospital.value(hba1c, (7.1, "%"), "H", 125),
                    hospital.value(("PT-INR", "2B030000002231157"), (1.9, ""), "", 34),
                    hospital.infection(("HBs抗原", "5F016141002306201"), "陰性", 640),
                    hospital.infection(("HCV抗体", "5F360149502306201"), "陽性", 640),
                    hospital.infection(("梅毒TP抗体", "5E075000002306201"), "陰性", 640),
                ],
            ),
            skin.unit(("Condition", "CD"), vec![skin.disease("アトピー性皮膚炎", 1_500, None)]),
            skin.unit(
                ("AllergyIntolerance", "AL"),
                vec![
                    skin.allergy("セファクロル", "medication", "薬疹", 700),
                    skin.allergy("そば", "food", "口腔の違和感", 2_000),
                ],
            ),
            bones.unit(
                ("Condition", "CD"),
                vec![bones.disease("変形性膝関節症", 300, None), bones.disease("腰部脊柱管狭窄症", 800, None)],
            ),
            bones.unit(
                ("Observation", "LB"),
                vec![
                    bones.value(("CRP", "5C070000002306201"), (0.12, "mg/dL"), "", 61),
                    bones.value(("UA", "3C020000002327101"), (7.8, "mg/dL"), "H", 61),
                ],
            ),
        ];
        for unit in units {
            self.holds(unit, now)?;
        }
        self.prescribed(
            &hospital,
            vec![
                hospital.drug("エドキサバン錠30mg", "1回1錠 1日1回 朝食後", 28, 20),
                hospital.drug("ビソプロロールフマル酸塩錠2.5mg", "1回1錠 1日1回 朝食後", 28, 20),
            ],
        );
        self.prescribed(
            &bones,
            vec![
                bones.drug("ロキソプロフェン錠60mg", "1回1錠 1日2回 朝夕食後", 14, 12),
                bones.drug("レバミピド錠100mg", "1回1錠 1日2回 朝夕食後", 14, 12),
            ],
        );
        Ok(())
    }

    /// A document that somebody received long ago, with prescriptions in it.
    fn prescribed(&self, teller: &Teller<'_>, drugs: Vec<Value>) {
        let entries: Vec<Value> = std::iter::once(json!({ "resource": teller.patient() }))
            .chain(drugs.into_iter().map(|drug| json!({ "resource": drug })))
            .collect();
        let document =
            json!({ "resourceType": "Bundle", "type": "document", "entry": entries }).to_string().into_bytes();
        let mut world = crate::lock(&self.world);
        if world.documents.len() >= MAX_HELD {
            return;
        }
        let held = Held {
            key: format!("DK{:010}", world.number()),
            kind: Kind::Referral,
            sender: teller.code.to_owned(),
            destination: NEIGHBOURS[0].0.to_owned(),
            consent: true,
            envelope: Vec::new(),
            document,
            birth: teller.person.birth.clone(),
            sex: String::new(),
            kana: String::new(),
            files: BTreeMap::new(),
            registered: teller.now,
            state: ServiceState::Received,
            ready: teller.now,
            found: Vec::new(),
            supersedes: None,
            fetched: Some(teller.now),
            answered: true,
        };
        world.documents.insert(teller.target("RF"), held);
    }
}
