use crate::stage::Stage;
use karute_operations::verify::verify;

#[tokio::test]
async fn a_sound_chain_is_reported_with_what_was_checked() {
    let stage = Stage::new().await;
    stage.enqueue("k").await;
    let mut told = Vec::new();
    let report =
        verify(&stage.ledger, std::slice::from_ref(&stage.tenant), |t| told.push(t.name.clone())).await.unwrap();
    assert_eq!(told, ["midori"]);
    assert!(report[0].ok && report[0].entries >= 1);
    assert!(report[0].line().starts_with("midori（1）: 正常。"), "{}", report[0].line());
    let json = serde_json::to_value(&report[0]).unwrap();
    assert_eq!((json["ok"].as_bool(), json["name"].as_str()), (Some(true), Some("midori")));
}
