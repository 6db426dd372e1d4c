//! Settings: by which way the service is reached is one switch, and nothing leaves while anything is assumed.
use crate::on_both;
use crate::sample::{A, B};
use crate::stage::{Line, Wire, institution, key, ledger};
use crate::units::Record;
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_sandbox::Sandbox;
use karute_sandbox::sharing::ROBOT;
use karute_sharing::office::{Connection, Office, OfficeError, Parts, Way, connection, set_connection};
use karute_sharing::profile::Profile;
use karute_sharing::wire::Kind;
use karute_transport::CloudKey;
use karute_transport::way::WayError;
use std::sync::Arc;

async fn one_switch_and_off_by_default(postgres: bool) {
    let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-15T10:00:00+09:00").unwrap()));
    let (ledger, dir) = ledger(postgres, Arc::clone(&clock) as Arc<dyn Clock>).await;
    let access = institution(&ledger, "kakuu-a", A).await;
    let elsewhere = institution(&ledger, "kakuu-b", B).await;
    let sandbox = Sandbox::new(Arc::clone(&clock) as Arc<dyn Clock>).unwrap();
    let wire = Wire::new(sandbox.clone());
    let office = Office::new(Parts {
        ledger: ledger.clone(),
        profile: Profile::built_in(),
        clock: clock as Arc<dyn Clock>,
        key: key(),
        dial: Box::new(move |_| Ok(Arc::new(Line(Arc::clone(&wire))))),
        units: Some(Arc::new(Record::default())),
    });
    assert!(connection(&access).await.unwrap().is_none() && office.reach(&access).await.unwrap().is_none());
    let set = async |way: Way, sandbox: bool| {
        let wanted = Connection { way, sandbox, units: vec![Kind::Conditions] };
        set_connection(&access, Some(&wanted)).await.unwrap();
        office.reach(&access).await.map(Option::unwrap)
    };
    let web = |password: &str| Way::WebApi {
        base: "http://127.0.0.1:8081/sharing".into(),
        user: "karute".into(),
        password: password.into(),
        trust: None,
        certificate: None,
    };
    let sealed = office.seal(access.tenant(), b"sandbox");
    assert!(!sealed.contains("sandbox"));
    // The real service is refused, by every way.
    assert!(matches!(set(web(&sealed), false).await, Err(OfficeError::Profile(_))));
    let reached = set(web(&sealed), true).await.unwrap();
    assert!(reached.client.participation(ROBOT, "a1").await.unwrap().is_some());
    assert!(Arc::ptr_eq(&reached, &office.reach(&access).await.unwrap().unwrap()), "made once");
    // The same by the link between clouds: only the setting changes.
    let der = CloudKey::generate().unwrap();
    sandbox.gateway().register("karute", CloudKey::from_pkcs8(&der).unwrap().public());
    sandbox.gateway().grant("g-1", "karute", A);
    let cloud = |key: String, gateway: &str| Way::Cloud {
        gateway: gateway.into(),
        client: "karute".into(),
        grant: "g-1".into(),
        key,
        trust: None,
        certificate: None,
    };
    let local = "http://127.0.0.1:8081/gateway";
    let reached = set(cloud(office.seal(access.tenant(), &der), local), true).await.unwrap();
    assert!(reached.client.participation(ROBOT, "a2").await.unwrap().is_some());
    assert_eq!(reached.connection.units, [Kind::Conditions]);
    // And by the folders of a terminal.
    let folder = Way::Folder { requests: dir.path().join("req"), results: dir.path().join("res") };
    assert!(set(folder, true).await.is_ok());
    // What is not ours to open, no key, an address in the clear over a network.
    let damaged = |result: Result<_, OfficeError>| matches!(result, Err(OfficeError::Way(WayError::Damaged)));
    assert!(damaged(set(web("open"), true).await.map(drop)));
    let other = office.seal(elsewhere.tenant(), b"sandbox");
    assert!(damaged(set(web(&other), true).await.map(drop)), "sealed for another institution");
    assert!(damaged(set(cloud(office.seal(access.tenant(), b"no key"), local), true).await.map(drop)));
    let clear = set(cloud(office.seal(access.tenant(), &der), "http://service.example"), true).await.map(drop);
    assert!(matches!(clear, Err(OfficeError::Way(WayError::Address(_)))));
    // Nothing of this is another institution's.
    assert!(office.reach(&elsewhere).await.unwrap().is_none());
    set_connection(&access, None).await.unwrap();
    assert!(office.reach(&access).await.unwrap().is_none());
}

on_both!(one_switch_and_off_by_default);
