//! Units of information of a synthetic patient.
use crate::stage::{Stage, institution, now, resources, stamped, text};
use karute_chart::inbox::{self, Verdict};
use karute_chart::outside::Section;
use karute_json::Value;
use karute_ledger::Action;
use karute_sharing::document::{
    Institution, Lacking, LevelSwitches, Made, Part, Source, UnitKind, allergy_unit, condition_unit, laboratory_unit,
    received, reports,
};
use karute_terminology::Masters;
use serde_json::json;

fn conditions(source: &Source) -> Result<Made, Vec<Lacking>> {
    stamped(UnitKind::Conditions, |stamp| condition_unit(source, &Masters::starter(), stamp))
}

fn valid(made: &Made) {
    let findings = karute_fhir::validate::validate(&made.bundle);
    assert!(findings.is_empty(), "{findings:#?}");
    crate::rules::hold(&made.bundle);
}

async fn all_units(stage: Stage) {
    let source = stage.source().await;
    let masters = Masters::starter();
    let made = conditions(&source).unwrap();
    valid(&made);
    assert!(made.count >= 2);
    assert_eq!(made.text, conditions(&source).unwrap().text, "the same input gives the same bytes");
    assert_eq!(text(&made.bundle, &["identifier", "value"]), format!("1419990015^2026^CD-{}", crate::stage::ULID));
    assert!(
        made.member.split(':').count() == 4 && made.member.split(':').next().unwrap().len() == 8,
        "{}",
        made.member
    );
    for condition in resources(&made.bundle, "Condition") {
        assert_eq!(
            text(condition, &["code", "coding", "0", "system"]),
            "http://medis.or.jp/CodeSystem/master-disease-keyNumber"
        );
        assert!(!text(condition, &["onsetDateTime"]).is_empty());
        assert!(text(condition, &["identifier", "0", "value"]).len() <= 64);
    }

    let made = stamped(UnitKind::Allergies, |stamp| allergy_unit(&source, &masters, stamp)).unwrap();
    valid(&made);
    assert!(made.count >= 1);

    let reports = reports(&source);
    let newest = reports.first().unwrap();
    let made =
        stamped(UnitKind::Laboratory, |stamp| laboratory_unit(&source, &masters, newest, Part::Whole, stamp)).unwrap();
    valid(&made);
    assert_eq!(made.count, newest.observations.len());
    let shared = resources(&made.bundle, "Observation").iter().filter(|o| o.to_json().contains("CoreLabo_CS")).count();
    assert!(shared > 0, "some are items of the service");
    for result in resources(&made.bundle, "Observation") {
        assert!(result.to_json().contains("JP_CLINS_ObsLabResult_LocalCode_CS"), "R6021");
        assert_ne!(text(result, &["specimen", "display"]), "");
    }

    // Read back, everything is as our own record says.
    let mut verdicts = Vec::new();
    for made in [conditions(&source).unwrap(), made] {
        let back = received::read(made.text.as_bytes()).unwrap();
        assert_eq!(back.who.member, made.member);
        assert_eq!(back.sender.code, "1419990015");
        let reader = stage.access.reader(Action::View);
        let own = inbox::own(&reader, &stage.patient).await.unwrap();
        let own = reader.release(own).await.unwrap();
        for compared in inbox::compare(&back.items, &own, now()) {
            verdicts.push((back.items[compared.at].name(), compared.verdict, compared.ours));
        }
    }
    assert!(verdicts.iter().all(|(_, verdict, _)| *verdict == Verdict::Same), "{verdicts:#?}");
}

#[tokio::test]
async fn every_unit_is_made_valid_and_reads_back_the_same() {
    all_units(Stage::sqlite().await).await;
}

#[tokio::test]
async fn every_unit_is_made_valid_and_reads_back_the_same_on_postgres() {
    all_units(Stage::postgres().await).await;
}

/// A disease of the patient, with what a test changes of it.
fn disease(stage: &Stage, id: &str, change: serde_json::Value) -> serde_json::Value {
    let mut body = json!({"resourceType": "Condition", "id": id, "subject": {"reference": format!("Patient/{}", stage.patient)},
        "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "confirmed"}]},
        "code": {"text": id}, "onsetDateTime": "2015-01-10"});
    let serde_json::Value::Object(change) = change else { panic!("an object") };
    for (name, value) in change {
        body[name] = value;
    }
    body
}

#[tokio::test]
async fn flags_go_along_and_what_is_wrong_or_long_over_stays_here() {
    let stage = Stage::sqlite().await;
    let ended = |on: &str| {
        json!({"abatementDateTime": on,
            "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "inactive"}]}})
    };
    let flag =
        |code: &str| json!({"system": "http://jpfhir.jp/fhir/clins/CodeSystem/JP_ehrshrs_indication", "code": code});
    let wrong = json!({"clinicalStatus": null, "verificationStatus": {"coding": [{"code": "entered-in-error"}]}});
    let waiting = json!({"meta": {"tag": [{"system": "urn:karute:entry", "code": "awaiting-approval"}]}});
    stage.put(&disease(&stage, "naisho", json!({"meta": {"tag": [flag("UNINFORMED"), flag("UNDELIVERED")]}}))).await;
    stage.put(&disease(&stage, "just-over", ended("2021-11-20"))).await;
    stage.put(&disease(&stage, "long-over", ended("2021-11-19"))).await;
    stage.put(&disease(&stage, "wrong", wrong)).await;
    stage.put(&disease(&stage, "waiting", waiting)).await;
    let made = conditions(&stage.source().await).unwrap();
    valid(&made);
    let found: Vec<String> = resources(&made.bundle, "Condition").iter().map(|c| text(c, &["code", "text"])).collect();
    for (name, there) in
        [("naisho", true), ("just-over", true), ("long-over", false), ("wrong", false), ("waiting", false)]
    {
        assert_eq!(found.iter().any(|f| f == name), there, "{name}");
    }
    let of = |name: &str| {
        resources(&made.bundle, "Condition").into_iter().find(|c| text(c, &["code", "text"]) == name).unwrap()
    };
    let tags: Vec<String> =
        of("naisho").at(&["meta", "tag"]).map_or(&[][..], Value::items).iter().map(|t| text(t, &["code"])).collect();
    assert_eq!(tags, ["UNINFORMED", "UNDELIVERED"]);
    assert_eq!(text(of("just-over"), &["clinicalStatus", "coding", "0", "code"]), "resolved");
    assert_eq!(text(of("naisho"), &["code", "coding", "0", "code"]), "99999999");
    let back = received::read(made.text.as_bytes()).unwrap();
    assert!(back.items.iter().any(|item| item.name() == "naisho" && item.is_untold()), "the flags survive");
}

#[tokio::test]
async fn what_is_missing_is_told_with_where_to_mend_it() {
    let stage = Stage::sqlite().await;
    let nothing = Institution { code: String::new(), department: None, ..institution() };
    let lacking = conditions(&stage.source_of(nothing, LevelSwitches::default()).await).unwrap_err();
    assert_eq!(lacking[..2], [Lacking::InstitutionCode, Lacking::Department]);
    assert!(lacking.iter().all(|l| l.words().contains('（')), "each says where");

    let cover = |status: &str, branch: Option<&str>, insurer: &str| {
        let mut extensions = vec![
            json!({"url": "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol", "valueString": "あ 12"}),
            json!({"url": "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber", "valueString": "345"}),
        ];
        extensions.extend(branch.map(|b| json!({"url": "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber", "valueString": b})));
        json!({"resourceType": "Coverage", "id": "test-card", "status": status, "order": 0, "extension": extensions,
            "beneficiary": {"reference": format!("Patient/{}", stage.patient)}, "period": {"start": "2026-11-01"},
            "payor": [{"identifier": {"system": "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber", "value": insurer}}]})
    };
    for (branch, insurer, expected) in [
        (Some("5"), "138057", Ok("00138057:あ１２:345:05")),
        (None, "39138016", Ok("39138016:あ１２:345:")),
        (None, "138057", Err(Lacking::Branch)),
        (Some("x"), "138057", Err(Lacking::InsuredForm)),
        (Some("01"), "12131006", Err(Lacking::Welfare)),
    ] {
        stage.put(&cover("active", branch, insurer)).await;
        let found = conditions(&stage.source().await).map(|made| made.member).map_err(|l| l[0].clone());
        assert_eq!(found, expected.map(str::to_owned), "{insurer}");
    }
    let level = LevelSwitches { welfare: true, branch_required: false };
    let made = conditions(&stage.source_of(institution(), level).await).unwrap();
    assert_eq!(made.member, "12131006::345:");
}

#[tokio::test]
async fn rare_letters_go_through_unchanged() {
    let stage = Stage::sqlite().await;
    let name = |script: &str, family: &str, given: &str| {
        json!({"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation", "valueCode": script}],
            "family": family, "given": [given]})
    };
    stage
        .put(&json!({"resourceType": "Patient", "id": stage.patient.as_str(), "gender": "male", "birthDate": "1950-01-02",
            "name": [name("IDE", "𠮷野", "葛\u{E0100}太"), name("SYL", "ヨシノ", "カツタ")],
            "address": [{"state": "架空県", "city": "みどり野市", "line": ["髙﨑町1-2"]}]}))
        .await;
    stage.put(&disease(&stage, "rare", json!({"code": {"text": "𩸽アレルギーの疑い"}}))).await;
    let made = conditions(&stage.source().await).unwrap();
    valid(&made);
    let patient = resources(&made.bundle, "Patient")[0];
    assert_eq!(text(patient, &["name", "0", "text"]), "𠮷野 葛\u{E0100}太");
    assert_eq!(text(patient, &["address", "0", "text"]), "架空県みどり野市髙﨑町1-2");
    let back = received::read(made.text.as_bytes()).unwrap();
    assert_eq!(back.who.name, "𠮷野 葛\u{E0100}太");
    assert!(back.items.iter().any(|item| item.name().starts_with("𩸽")));
}

#[tokio::test]
async fn contraindications_and_infections_of_the_chart_are_registered() {
    let stage = Stage::sqlite().await;
    let whose = json!({"reference": format!("Patient/{}", stage.patient)});
    stage.put(&json!({"resourceType": "Practitioner", "id": "dr-mori", "name": [{"text": "森 健吾"}]})).await;
    let own = &[json!({"url": "urn:karute:contraindication", "valueBoolean": true})];
    stage
        .put(&json!({"resourceType": "AllergyIntolerance", "id": "kinki", "extension": own, "patient": whose,
            "clinicalStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "code": "active"}]},
            "verificationStatus": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification", "code": "confirmed"}]},
            "category": ["medication"], "criticality": "high", "code": {"text": "架空禁忌薬"}, "recordedDate": "2026-11-01T09:00:00+09:00"}))
        .await;
    stage
        .put(&json!({"resourceType": "Observation", "id": "hcv", "status": "final", "subject": whose,
            "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
            "code": {"coding": [{"system": "http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "code": "5F360151002319011"}], "text": "HCV抗体"},
            "performer": [{"reference": "Practitioner/dr-mori", "display": "森 健吾"}],
            "effectiveDateTime": "2026-11-19T09:00:00+09:00", "valueString": "陽性"}))
        .await;
    let source = stage.source().await;
    let masters = Masters::starter();
    let made = stamped(UnitKind::Allergies, |stamp| allergy_unit(&source, &masters, stamp)).unwrap();
    valid(&made);
    let all = resources(&made.bundle, "AllergyIntolerance");
    let kinki = all.iter().find(|one| text(one, &["code", "text"]) == "架空禁忌薬").unwrap();
    assert_eq!((text(kinki, &["category", "0"]), text(kinki, &["criticality"])), ("medication".into(), "high".into()));
    assert!(!kinki.to_json().contains("urn:karute"), "nothing of ours goes out");
    let all = reports(&source);
    let report = all.iter().find(|report| report.observations.iter().any(|id| id == "hcv")).unwrap();
    let made =
        stamped(UnitKind::Laboratory, |stamp| laboratory_unit(&source, &masters, report, Part::Infections, stamp))
            .unwrap();
    valid(&made);
    let back = received::read(made.text.as_bytes()).unwrap();
    assert_eq!((made.count, back.items.len()), (1, 1));
    assert_eq!(Section::of(&back.items[0]), Section::Infections, "whoever views it sees it as what it is");
}
