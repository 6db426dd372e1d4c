//! Official packages: taken in, followed by a running process, refused when broken.
use crate::stage::Stage;
use karute_fhir::profile::{PackageError, ProfilesHandle, passes, validate_as};
use karute_json::{Limits, parse};
use karute_ledger::NewMaster;
use karute_operations::masters::{
    PACKAGE_KIND, PackageReport, PackageSource, Packages, ProfileRefresh, TakeInError, Taken, take_in_package,
};

const OWN: &str = "http://example.org/StructureDefinition/BornPatient";
const ECS: &str = "http://jpfhir.jp/fhir/eCS/StructureDefinition/JP_Patient_eCS";

/// A profile of Patient that asks for one member.
fn profile(member: &str) -> String {
    format!(
        r#"{{"resourceType":"StructureDefinition","url":"{OWN}","type":"Patient","derivation":"constraint",
        "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","differential":{{"element":[
        {{"id":"Patient","path":"Patient"}},{{"id":"Patient.{member}","path":"Patient.{member}","min":1}}]}}}}"#
    )
}

fn source(version: &str, member: &str) -> PackageSource {
    let about = format!(r#"{{"name":"test.package","version":"{version}"}}"#);
    let files = [
        ("package/package.json", about),
        ("package/StructureDefinition-a.json", profile(member)),
        ("package/README.md", "text".to_owned()),
        ("package/Patient-example.json", r#"{"resourceType":"Patient"}"#.to_owned()),
    ];
    PackageSource {
        file: "test.tgz".to_owned(),
        digest: format!("{version}-{member}"),
        files: files.into_iter().map(|(name, content)| (name.to_owned(), content.into_bytes())).collect(),
    }
}

async fn take(stage: &Stage, source: PackageSource) -> (Taken, PackageReport) {
    take_in_package(&stage.ledger, source, "試験", false).await.unwrap()
}

/// Whether a patient with this member only fits the test profile.
fn fits(handle: &ProfilesHandle, member: &str) -> bool {
    let text = format!(r#"{{"resourceType":"Patient",{member}}}"#);
    let patient = parse(text.as_bytes(), &Limits::FHIR).unwrap();
    passes(&validate_as(&patient, &handle.current(), &[OWN]))
}

#[tokio::test]
async fn a_running_process_judges_by_what_was_taken_in() {
    let stage = Stage::new().await;
    let handle = ProfilesHandle::default();
    let mut refresh = ProfileRefresh::new(stage.ledger.clone(), handle.clone());
    assert!(!refresh.once().await, "nothing was taken in");
    assert!(handle.current().knows(ECS) && !handle.current().knows(OWN));

    let (taken, report) = take(&stage, source("1.0.0", "birthDate")).await;
    assert_eq!(taken, Taken::Stored(1));
    assert_eq!((report.name.as_str(), report.version.as_str(), report.definitions), ("test.package", "1.0.0", 1));
    assert_eq!((report.replaced, report.value_sets, report.systems), (None, 0, 0));
    let before = handle.current();
    assert!(refresh.once().await && !refresh.once().await);
    assert!(!before.knows(OWN), "who was judging keeps what they had");
    assert!(handle.current().knows(ECS), "the own rules stay for what no package defines");
    assert!(fits(&handle, r#""birthDate":"2000-01-01""#) && !fits(&handle, r#""gender":"male""#));

    let (taken, report) = take(&stage, source("1.1.0", "gender")).await;
    assert_eq!((taken, report.replaced.as_deref()), (Taken::Stored(2), Some("1.0.0")));
    assert_eq!(report.all, [("test.package".to_owned(), "1.1.0".to_owned())]);
    assert!(refresh.once().await);
    assert!(!fits(&handle, r#""birthDate":"2000-01-01""#) && fits(&handle, r#""gender":"male""#));

    assert_eq!(take(&stage, source("1.1.0", "gender")).await.0, Taken::Known);
    assert!(!refresh.once().await);
}

#[tokio::test]
async fn trying_stores_nothing_and_broken_packages_are_refused() {
    let stage = Stage::new().await;
    let tried = take_in_package(&stage.ledger, source("1", "gender"), "試験", true).await.unwrap();
    assert_eq!(tried.0, Taken::Tried);
    let mut broken = source("1", "gender");
    broken.files.push(("package/b.json".to_owned(), b"{".to_vec()));
    let refused = take_in_package(&stage.ledger, broken, "試験", false).await;
    assert!(matches!(refused, Err(TakeInError::Refused(PackageError::Json(file))) if file == "b.json"));
    let empty = PackageSource { files: Vec::new(), ..source("1", "gender") };
    let refused = take_in_package(&stage.ledger, empty, "試験", false).await;
    assert!(matches!(refused, Err(TakeInError::Refused(PackageError::Empty))));
    assert!(stage.ledger.read_master(PACKAGE_KIND).await.unwrap().is_none());
}

#[tokio::test]
async fn an_edition_that_cannot_be_read_leaves_what_is_in_place() {
    let stage = Stage::new().await;
    let handle = ProfilesHandle::default();
    let mut refresh = ProfileRefresh::new(stage.ledger.clone(), handle.clone());
    take(&stage, source("1.0.0", "birthDate")).await;
    assert!(refresh.once().await);
    let damaged = NewMaster {
        kind: PACKAGE_KIND.to_owned(),
        expected: Some(1),
        content: b"no package".to_vec(),
        report: "{}".to_owned(),
        by: "試験".to_owned(),
    };
    stage.ledger.put_master(damaged).await.unwrap();
    assert!(!refresh.once().await && refresh.problem().is_some());
    assert!(handle.current().knows(OWN));
}

#[test]
fn what_is_no_edition_is_refused() {
    assert!(Packages::decode(b"").is_err() && Packages::decode(b"x").is_err());
}
