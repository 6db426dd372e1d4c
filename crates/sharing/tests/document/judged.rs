//! A document judged before it leaves: what fits, and what is said of what does not.
use crate::stage::{Stage, stamped};
use karute_chart::letter::{At, Level, Section};
use karute_fhir::profile::{Level as ProfileLevel, Package, ProfileSet};
use karute_json::{Limits, parse};
use karute_sharing::document::{Made, Part, UnitKind, condition_unit, findings, judge, laboratory_unit, reports};
use karute_terminology::Masters;
use serde_json::Value;

/// Loaded definitions that ask the patient of every document for one more member.
pub(crate) fn demanding(member: &str) -> ProfileSet {
    let definition = format!(
        r#"{{"resourceType":"StructureDefinition","name":"JP_Patient_eCS","type":"Patient","derivation":"constraint",
        "url":"http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Patient_eCS",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","differential":{{"element":[
        {{"id":"Patient","path":"Patient"}},{{"id":"Patient.{member}","path":"Patient.{member}","min":1}}]}}}}"#
    );
    let mut package = Package::new();
    assert_eq!(package.add("package/StructureDefinition-a.json", definition.as_bytes()), Ok(true));
    ProfileSet::with_packages(&[package], ProfileLevel::default())
}

/// What is said of a document once something in it was changed.
fn changed(made: &Made, change: impl FnOnce(&mut Value)) -> Vec<(Level, At, String)> {
    let mut bundle: Value = serde_json::from_str(&made.text).unwrap();
    change(&mut bundle);
    let text = bundle.to_string();
    let bundle = parse(text.as_bytes(), &Limits::FHIR).unwrap().into_owned();
    let found = findings(&judge(&bundle, ProfileSet::own()));
    found.into_iter().map(|finding| (finding.level, finding.at, finding.words)).collect()
}

/// Place of the first entry of a type.
fn first(bundle: &Value, kind: &str) -> usize {
    let entries = bundle["entry"].as_array().unwrap();
    entries.iter().position(|entry| entry["resource"]["resourceType"] == kind).unwrap()
}

#[tokio::test]
async fn what_the_rules_refuse_is_said_where_it_is_mended() {
    let stage = Stage::sqlite().await;
    let source = stage.source().await.with_file("bin-1", b"%PDF-".to_vec());
    let letter = crate::letters::signed(&stage).await;
    let made = crate::letters::made(&source, &letter).unwrap();
    let stops = |found: Vec<(Level, At, String)>| -> Vec<(At, String)> {
        found.into_iter().filter(|(level, ..)| *level == Level::Stop).map(|(_, at, words)| (at, words)).collect()
    };
    assert_eq!(stops(changed(&made, |_| {})), []);
    let wide = stops(changed(&made, |bundle| {
        let at = first(bundle, "Patient");
        bundle["entry"][at]["resource"]["name"][0]["text"] = "試験\u{3000}花子".into();
    }));
    assert!(
        wide[0].0 == At::Patient && wide[0].1.contains("R1113") && wide[0].1.contains("患者情報の氏名"),
        "{wide:?}"
    );
    assert!(!wide[0].1.contains("花子"), "no value of the record");
    let kana = stops(changed(&made, |bundle| {
        let entries = bundle["entry"].as_array_mut().unwrap();
        let result = entries.iter_mut().find(|entry| entry["resource"]["specimen"].is_object()).unwrap();
        result["resource"]["code"]["text"] = "ｸﾞﾙｺｰｽ".into();
    }));
    assert!(kana[0].0 == At::Section(Section::Results) && kana[0].1.starts_with("「ｸﾞﾙｺｰｽ」："), "{kana:?}");
    let ours = stops(changed(&made, |bundle| drop(bundle["identifier"].as_object_mut().unwrap().remove("system"))));
    assert!(ours[0].0 == At::Route && ours[0].1.contains("不具合") && ours[0].1.contains("紙で渡す"), "{ours:?}");
}

#[tokio::test]
async fn units_are_judged_like_letters() {
    let stage = Stage::sqlite().await;
    let (source, masters) = (stage.source().await, Masters::starter());
    let set = demanding("photo");
    let made = stamped(UnitKind::Conditions, |stamp| condition_unit(&source, &masters, stamp)).unwrap();
    assert!(judge(&made.bundle, ProfileSet::own()).iter().all(|found| !found.stops));
    let refused = judge(&made.bundle, &set);
    let refused: Vec<_> = refused.iter().filter(|found| found.stops).collect();
    assert_eq!(refused.len(), 1, "{refused:#?}");
    assert_eq!(refused[0].rule, "JP_Patient_eCS#photo:min");
    assert!(refused[0].location.starts_with("Bundle.entry[0].resource"), "{refused:?}");
    let report = reports(&source).remove(0);
    let part = Part::Whole;
    let made = stamped(UnitKind::Laboratory, |stamp| laboratory_unit(&source, &masters, &report, part, stamp)).unwrap();
    assert!(judge(&made.bundle, ProfileSet::own()).iter().all(|found| !found.stops));
}
