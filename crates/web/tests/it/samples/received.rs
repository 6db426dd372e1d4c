//! Documents that were sent to us, and what is done with them.
use super::Form;
use karute_crypto::sha256;
use karute_sharing::jobs::kept::{Inbox, InboxState};
use karute_sharing::wire::{Envelope, Kind, Target};
use serde_json::{Value, json};

/// What arrived in a clinic of the tests.
pub(crate) const NAMES: [&str; 4] = ["received", "taken", "looked", "unmatched"];
/// What could not be laid into the inbox, each once.
pub(crate) const HELD: [&str; 3] = ["held", "tried", "aside"];
/// 医療機関コード of the sender.
const SENDER: &str = "1310000029";

/// A letter with an allergy, a disease, a drug, two values and a file. What is written in it is hostile on purpose.
pub(crate) fn bundle(name: &str) -> String {
    document(name, &json!({"text": "渡邊 真弓", "kana": "ワタナベ マユミ", "birth": "1981-05-02"})).to_string()
}

/// The same about somebody else.
pub(crate) fn document(name: &str, who: &Value) -> Value {
    let script = |value: &str| json!([{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": value}]);
    let entry = |id: &str, resource: Value| json!({"fullUrl": format!("urn:uuid:{id}"), "resource": resource});
    let section = |code: &str, title: &str, words: &str, entries: &[&str]| {
        let entries: Vec<Value> = entries.iter().map(|id| json!({"reference": format!("urn:uuid:{id}")})).collect();
        json!({"title": title, "code": {"coding": [{"system": "http://jpfhir.jp/fhir/clins/CodeSystem/document-section", "code": code}]},
            "text": {"status": "generated", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{words}</div>")}, "entry": entries})
    };
    let value = |name: &str, code: &str, number: f64, unit: &str| {
        json!({"resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-11-18T09:00:00+09:00",
            "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": code}], "text": name},
            "valueQuantity": {"value": number, "unit": unit}})
    };
    let active =
        json!({"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]});
    let hostile =
        "<p>術後経過良好です。<script>alert(1)</script><b onclick=\"x()\">抗凝固薬の継続をお願いします。</b></p>";
    json!({"resourceType": "Bundle", "type": "document", "timestamp": "2026-11-18T10:00:00+09:00",
    "identifier": {"system": "http://jpfhir.jp/fhir/clins/bundle-identifier", "value": format!("{SENDER}^2026^RF-{name}")},
    "entry": [
        entry("c", json!({"resourceType": "Composition", "status": "final", "title": "診療情報提供書（逆紹介）", "date": "2026-11-18T10:00:00+09:00",
            "type": {"coding": [{"system": "http://loinc.org", "code": "57133-1"}]}, "subject": {"reference": "urn:uuid:p"},
            "author": [{"reference": "urn:uuid:d"}, {"reference": "urn:uuid:o"}],
            "section": [
                section("950", "紹介目的", hostile, &[]),
                section("510", "アレルギー・不耐性反応", "ヨード造影剤　蕁麻疹", &["a"]),
                section("340", "傷病名・主訴", "発作性心房細動", &["x"]),
                section("430", "投薬指示", "エドキサバン錠30mg", &["m"]),
                section("210", "添付情報", "", &["f"]),
            ]})),
        entry("p", json!({"resourceType": "Patient", "gender": "female", "birthDate": who["birth"],
            "name": [{"extension": script("IDE"), "text": who["text"]}, {"extension": script("SYL"), "text": who["kana"]}]})),
        entry("d", json!({"resourceType": "Practitioner", "name": [{"extension": script("IDE"), "text": "大野 健"}]})),
        entry("o", json!({"resourceType": "Organization", "name": "県立みどり野病院",
            "identifier": [{"system": "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no", "value": SENDER}]})),
        entry("a", json!({"resourceType": "AllergyIntolerance", "category": ["medication"], "clinicalStatus": {"coding": [{"code": "active"}]},
            "code": {"text": "ヨード造影剤"}, "reaction": [{"manifestation": [{"text": "蕁麻疹"}]}]})),
        entry("x", json!({"resourceType": "Condition", "clinicalStatus": active, "onsetDateTime": "2026-10-01",
            "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-disease-keyNumber", "code": "20058923"}], "text": "発作性心房細動"}})),
        entry("m", json!({"resourceType": "MedicationRequest", "status": "completed", "intent": "order", "authoredOn": "2026-11-18",
            "medicationCodeableConcept": {"text": "エドキサバン錠30mg"}, "dosageInstruction": [{"text": "1日1回 朝食後"}]})),
        entry("v1", value("eGFR", "8A065000002391901", 55.6, "mL/min/1.73m²")),
        entry("v2", value("BNP", "4Z271000002305101", 88.4, "pg/mL")),
        entry("f", json!({"resourceType": "DocumentReference", "status": "current", "description": "心電図",
            "content": [{"attachment": {"contentType": "text/html", "title": "心電図", "data": "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="}}]})),
    ]})
}

/// The id under which a document of [`bundle`] is taken in.
pub(crate) fn id(name: &str) -> String {
    let hash = sha256(bundle(name).as_bytes()).to_hex();
    let named = format!("{SENDER}|{SENDER}^2026^RF-{name}|{hash}");
    format!("rx-{}", &sha256(named.as_bytes()).to_hex()[..40])
}

/// A document as the service's list tells it.
pub(crate) fn held(state: InboxState) -> Inbox {
    Inbox {
        state,
        key: "DK1".to_owned(),
        sender: SENDER.to_owned(),
        sender_name: "架空総合病院".to_owned(),
        kana: "ヒミツ タロウ".to_owned(),
        birth: "1960-04-01".to_owned(),
        sex: "1".to_owned(),
        insured: "01139997:1:2:01".to_owned(),
        kind: Kind::Referral,
        registered: String::new(),
        attachments: 0,
        binary: String::new(),
        sha256: String::new(),
        document_sha256: String::new(),
        target: None,
        files: Vec::new(),
        signed: false,
        supersedes: None,
        remarks: Vec::new(),
        fetches: 0,
    }
}

/// An envelope for an institution, with a document of another kind than [`held`] says. Hostile words on purpose.
pub(crate) fn envelope(destination: &str) -> Envelope {
    let system = "http://jpfhir.jp/fhir/clins/bundle-identifier".to_owned();
    let target = Target { insured: "01139997:1:2:01".to_owned(), system, value: format!("{SENDER}^2026^HC-1") };
    Envelope {
        kind: Kind::Checkup,
        target,
        destination: Some(destination.to_owned()),
        consent: None,
        supersedes: None,
        document: b"{\"resourceType\":\"Bundle\",\"note\":\"<script>alert(1)</script>\"}".to_vec(),
        signed: false,
    }
}

pub(super) fn named(path: &str) -> String {
    let path = path.replace("{errand}", "er-1").replace("{asked}", "er-2");
    let path = HELD.iter().fold(path, |path, name| path.replace(&format!("{{{name}}}"), &format!("in-{name}")));
    NAMES.iter().fold(path, |path, name| path.replace(&format!("{{{name}}}"), &id(name)))
}

pub(super) fn form(path: &str) -> Option<Form> {
    Some(match path {
        "/inbox/{taken}/import" => vec![("seen", "2"), ("item", "0"), ("item", "3,4")],
        "/inbox/{looked}/review" => vec![("seen", "2")],
        "/inbox/{received}/reply" => vec![("seen", "2"), ("new", "lt-reply")],
        "/inbox/{unmatched}/link" => vec![("seen", "1"), ("patient", "pt-1")],
        "/p/{patient}/outside" => vec![("act", "withdraw")],
        "/inbox/{unmatched}/search" => vec![("q", "わたなべ")],
        "/inbox/{received}/errand" => vec![("errand", "電話で受診を勧めてください"), ("new", "er-new")],
        "/inbox/errands/{errand}/withdraw" => vec![("version", "1"), ("document", "doc-1")],
        "/worklist/errands/{asked}/answer" => vec![("seen", "1"), ("words", "電話しました")],
        "/inbox/find" => vec![("q", "エドキサバン")],
        "/inbox/held/{tried}/again" => vec![("seen", "1")],
        "/inbox/held/{aside}/review" => vec![("seen", "1"), ("reason", "窓口へ連絡した")],
        _ => return None,
    })
}
