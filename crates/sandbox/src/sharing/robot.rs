//! The robot hospital: it fetches letters addressed to it and answers each with a letter of its own, always the same for
//! the same letter.
use super::Service;
use super::world::{Held, World};
use karute_crypto::sha256;
use karute_japan::Timestamp;
use karute_sharing::wire::content::Content;
use karute_sharing::wire::envelope::{Consent, Envelope, Kind};
use karute_sharing::wire::message::ServiceState;
use karute_sharing::wire::target::{BUNDLE_ID, MEMBER_ID, Target};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// 医療機関コード of the robot hospital.
pub const ROBOT: &str = "1319999993";
/// Its name.
pub const ROBOT_NAME: &str = "架空総合病院（模擬）";

/// Fetches and answers what reached it long enough ago.
pub(super) fn answer_letters(service: &Service, world: &mut World, now: Timestamp, walk_ms: i64) {
    let due: Vec<Target> = world
        .documents
        .iter()
        .filter(|(_, held)| {
            let there = matches!(held.state, ServiceState::Registered | ServiceState::Received);
            let rested = held.registered.plus_ms(walk_ms) <= now;
            held.destination == ROBOT && held.consent && there && !held.answered && rested
        })
        .map(|(target, _)| target.clone())
        .collect();
    for target in due {
        let Some(held) = world.documents.get_mut(&target) else { continue };
        held.state = ServiceState::Received;
        held.fetched = Some(now);
        held.answered = true;
        let (sender, document) = (held.sender.clone(), held.document.clone());
        let Ok(content) = Content::read(&document) else { continue };
        let sender_name = world.participants.get(&sender).cloned().unwrap_or_default();
        let reply = reply(&content, (&sender, &sender_name), &document, now);
        let number = world.number();
        let envelope = Envelope {
            kind: Kind::Referral,
            target: reply.target.clone(),
            destination: Some(sender.clone()),
            consent: Some(Consent { given: true, at: "20260101000000".to_owned() }),
            supersedes: None,
            document: reply.document.clone(),
            signed: false,
        };
        let held = Held {
            key: format!("DK{number:010}"),
            kind: Kind::Referral,
            sender: ROBOT.to_owned(),
            destination: sender,
            consent: true,
            envelope: envelope.write(&service.settings.profile),
            document: reply.document,
            birth: content.birth,
            sex: match content.sex.as_str() {
                "male" => "1".to_owned(),
                "female" => "2".to_owned(),
                _ => String::new(),
            },
            kana: content.names.last().cloned().unwrap_or_default(),
            files: BTreeMap::new(),
            registered: now,
            state: ServiceState::Registered,
            ready: now,
            found: Vec::new(),
            supersedes: None,
            fetched: None,
            answered: true,
        };
        world.documents.insert(reply.target, held);
    }
}

struct ReplyLetter {
    target: Target,
    document: Vec<u8>,
}

/// A UUID that follows from a text.
fn uuid(seed: &str) -> String {
    let hex = sha256(seed.as_bytes()).to_hex();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default().to_owned();
    format!("urn:uuid:{}-{}-4{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

fn section(code: &str, title: &str, text: &str) -> Value {
    json!({
        "title": title,
        "code": { "coding": [{
            "system": "http://jpfhir.jp/fhir/clins/CodeSystem/document-section", "code": code, "display": title,
        }] },
        "text": { "status": "additional", "div": format!("<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>") },
    })
}

fn reply(content: &Content, (sender, sender_name): (&str, &str), letter: &[u8], now: Timestamp) -> ReplyLetter {
    let seed = sha256(letter).to_hex();
    let local = seed.get(..20).unwrap_or_default().to_ascii_uppercase();
    let target = Target {
        insured: content.target.insured.clone(),
        system: BUNDLE_ID.to_owned(),
        value: format!("{ROBOT}^{:04}^RF-{local}", now.day_in_japan().year()),
    };
    let at = now.to_fhir();
    let place = |what: &str| uuid(&format!("{seed}/{what}"));
    let (patient, doctor, own, other) = (place("patient"), place("doctor"), place("own"), place("other"));
    let institution = |code: &str, name: &str| {
        json!({
            "resourceType": "Organization",
            "identifier": [{
                "system": "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no", "value": code,
            }],
            "name": name,
        })
    };
    let reference = |to: &str| json!({ "reference": to });
    // The patient as the letter has it: nothing is made up about a person.
    let sent: Value = serde_json::from_slice(letter).unwrap_or_default();
    let entries = sent["entry"].as_array().map_or(&[][..], Vec::as_slice);
    let person = entries.iter().map(|entry| &entry["resource"]).find(|one| one["resourceType"] == "Patient");
    let person = person.cloned().unwrap_or_else(|| {
        json!({
            "resourceType": "Patient", "identifier": [{ "system": MEMBER_ID, "value": content.target.insured }],
            "birthDate": content.birth, "gender": content.sex,
        })
    });
    let to = section("910", "紹介先情報", sender_name);
    let from = section("920", "紹介元情報", ROBOT_NAME);
    let structured = json!({
        "title": "構造情報",
        "code": { "coding": [{
            "system": "http://jpfhir.jp/fhir/clins/CodeSystem/document-section", "code": "300", "display": "構造情報",
        }] },
        "section": [
            section("950", "紹介目的", "ご紹介いただいた患者様の診療結果のご報告"),
            section("340", "傷病名・主訴", "ご紹介の傷病名のとおり"),
            section("360", "現病歴", "外来で診察しました。追加の検査で新たな異常は認めませんでした。引き続き貴院での診療をお願いいたします。"),
        ],
    });
    let composition = json!({
        "resourceType": "Composition",
        "meta": { "lastUpdated": at },
        "identifier": {
            "system": "http://jpfhir.jp/fhir/core/IdSystem/resourceInstance-identifier", "value": target.value,
        },
        "status": "final",
        "type": { "coding": [{
            "system": "http://jpfhir.jp/fhir/Common/CodeSystem/doc-typecodes", "code": "57133-1",
            "display": "診療情報提供書",
        }] },
        "category": [{ "coding": [{
            "system": "http://jpfhir.jp/fhir/Common/CodeSystem/doc-subtypecodes", "code": "CONSULT",
        }] }],
        "subject": reference(&patient),
        "date": at,
        "author": [reference(&doctor), reference(&own)],
        "custodian": reference(&own),
        "title": "診療情報提供書",
        "event": [{ "code": [{ "text": "診療情報提供書発行" }], "period": { "start": at } }],
        "section": [to, from, structured],
    });
    let entry = |url: &str, resource: Value| json!({ "fullUrl": url, "resource": resource });
    let bundle = json!({
        "resourceType": "Bundle",
        "meta": {
            "lastUpdated": at,
            "profile": ["http://jpfhir.jp/fhir/clins/StructureDefinition/JP_Bundle_eReferral|1"],
        },
        "identifier": { "system": target.system, "value": target.value },
        "type": "document",
        "timestamp": at,
        "entry": [
            entry(&place("composition"), composition),
            entry(&patient, person),
            entry(&doctor, json!({
                "resourceType": "Practitioner",
                "identifier": [{
                    "system": format!("urn:oid:1.2.392.100495.20.3.41.1{ROBOT}"), "value": "D001",
                }],
                "name": [{ "text": "架空 三郎", "family": "架空", "given": ["三郎"] }],
            })),
            entry(&own, institution(ROBOT, ROBOT_NAME)),
            entry(&other, institution(sender, sender_name)),
        ],
    });
    ReplyLetter { target, document: bundle.to_string().into_bytes() }
}
