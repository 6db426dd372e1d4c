//! One unit to the byte, of a patient written by hand: what changes here changes at the service.
use crate::stage::{Stage, stamped};
use karute_fhir::Id;
use karute_sharing::document::{UnitKind, allergy_unit};
use karute_terminology::Masters;
use serde_json::json;
use std::path::Path;

#[tokio::test]
async fn a_unit_of_allergies_is_the_same_to_the_byte() {
    let mut stage = Stage::sqlite().await;
    stage.patient = Id::new("kakuu-hanako").unwrap();
    let patient = json!({"reference": "Patient/kakuu-hanako"});
    let name = |script: &str, family: &str, given: &str| {
        json!({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": script}],
            "use": "official", "family": family, "given": [given]})
    };
    let insured = |part: &str, value: &str| json!({"url": format!("http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPerson{part}"), "valueString": value});
    for body in [
        json!({"resourceType": "Patient", "id": "kakuu-hanako", "gender": "female", "birthDate": "1971-02-28",
            "identifier": [{"system": "urn:oid:1.2.392.100495.20.3.51.11419990015", "value": "000012"}],
            "name": [name("IDE", "架空", "花子"), name("SYL", "カクウ", "ハナコ")],
            "address": [{"text": "架空県みどり野市本町1-2-3", "city": "みどり野市", "state": "架空県", "postalCode": "999-0001"}]}),
        json!({"resourceType": "Coverage", "id": "card", "status": "active", "beneficiary": patient, "order": 1,
            "extension": [insured("Symbol", "12"), insured("Number", "345"), insured("SubNumber", "1")],
            "payor": [{"identifier": {"system": "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber", "value": "138057"}}]}),
        json!({"resourceType": "AllergyIntolerance", "id": "penicillin", "patient": patient, "category": ["medication"],
            "clinicalStatus": {"coding": [{"code": "active"}]}, "verificationStatus": {"coding": [{"code": "confirmed"}]},
            "code": {"coding": [{"system": "http://jpfhir.jp/fhir/core/CodeSystem/GCM/JP_JfagyMedicationAllergen_CS",
                "code": "GCM6131001M1ZZZ", "display": "アモキシシリン水和物"}], "text": "ペニシリン系"},
            "onsetDateTime": "2019", "recordedDate": "2019-05-20", "reaction": [{"manifestation": [{"text": "皮疹"}], "severity": "mild"}]}),
        json!({"resourceType": "AllergyIntolerance", "id": "soba", "patient": patient, "category": ["food"],
            "clinicalStatus": {"coding": [{"code": "active"}]}, "code": {"text": "そば"}, "recordedDate": "2020-01-06"}),
    ] {
        stage.put(&body).await;
    }
    let source = stage.source().await;
    let made = stamped(UnitKind::Allergies, |stamp| allergy_unit(&source, &Masters::starter(), stamp)).unwrap();
    crate::rules::hold(&made.bundle);
    // An entry a line, otherwise to the byte.
    let shown = format!("{}\n", made.text.replace(",{\"fullUrl\"", ",\n{\"fullUrl\""));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/document/golden/allergies.json");
    if std::env::var_os("KARUTE_WRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &shown).unwrap();
    }
    let golden = std::fs::read_to_string(&path).expect("KARUTE_WRITE_GOLDEN=1 writes it");
    assert_eq!(shown, golden);
}
