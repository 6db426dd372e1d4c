use crate::stage::{Stage, origin, tenant};
use karute_fhir::ResourceType;
use karute_identity::{Capability, IdentityError, Interaction, NewToken, Scopes, Settings, tenant_of_token};
use karute_japan::Clock;

fn new_token(stage: &Stage, scopes: &str, minutes: i64) -> NewToken {
    NewToken {
        label: "検査システム".into(),
        scopes: Scopes::parse(scopes).unwrap(),
        expires: stage.clock.now().plus_ms(minutes * 60_000),
    }
}

pub(crate) async fn a_token_grants_its_scopes_until_it_ends(stage: Stage) {
    let new = new_token(&stage, "system/Patient.rs", 60);
    let (view, token) = stage.identity.create_token(&stage.admin(), new).await.unwrap();
    assert!(token.starts_with(&format!("karute_{}_", stage.tenant.id.0)), "{token}");
    assert_eq!(token.rsplit_once('_').map(|(_, s)| s.len() <= 43), Some(true));
    assert_eq!(tenant_of_token(&token), Some(stage.tenant.id));
    let caller = stage.identity.token(&token, origin()).await.unwrap().unwrap();
    assert_eq!(caller.tenant, stage.tenant.id);
    assert_eq!((caller.actor.name.as_str(), caller.actor.role.as_str()), ("検査システム", "client"));
    let (patient, observation) = (ResourceType::parse("Patient").unwrap(), ResourceType::parse("Observation").unwrap());
    assert!(caller.allows(patient, Interaction::Read) && caller.allows(patient, Interaction::Search));
    assert!(!caller.allows(patient, Interaction::Create) && !caller.allows(observation, Interaction::Read));
    assert!(Capability::ALL.iter().all(|c| !caller.may(*c)), "clients have no capabilities of persons");
    assert!(stage.session(&token).await.is_none());
    let listed = stage.identity.tokens(&stage.admin()).await.unwrap();
    assert_eq!((listed.len(), listed[0].id.as_str()), (1, view.id.as_str()));
    stage.minutes(60);
    assert!(stage.identity.token(&token, origin()).await.unwrap().is_none());
    assert!(stage.identity.tokens(&stage.admin()).await.unwrap().is_empty());
}

pub(crate) async fn a_revoked_token_stops_at_once_here_and_soon_elsewhere(stage: Stage) {
    let new = new_token(&stage, "system/*.cruds", 60);
    let (view, token) = stage.identity.create_token(&stage.admin(), new).await.unwrap();
    let elsewhere = stage.elsewhere(Settings::default());
    assert!(stage.identity.token(&token, origin()).await.unwrap().is_some());
    assert!(elsewhere.token(&token, origin()).await.unwrap().is_some());
    let wrong = stage.identity.revoke_token(&stage.admin(), "0000000000000000").await;
    assert!(matches!(wrong, Err(IdentityError::NotFound(_))));
    stage.identity.revoke_token(&stage.admin(), &view.id).await.unwrap();
    assert!(stage.identity.token(&token, origin()).await.unwrap().is_none());
    stage.clock.advance_ms(5_000);
    assert!(elsewhere.token(&token, origin()).await.unwrap().is_none());
}

pub(crate) async fn a_token_of_one_institution_is_nothing_in_another(stage: Stage) {
    let other = tenant(&stage.ledger, "aoba").await;
    let new = new_token(&stage, "system/*.cruds", 60);
    let (view, token) = stage.identity.create_token(&stage.admin(), new).await.unwrap();
    assert!(stage.identity.token(&token, origin()).await.unwrap().is_some());
    let secret = &token[token.len() - 43..];
    let moved = format!("karute_{}_{secret}", other.id.0);
    assert!(stage.identity.token(&moved, origin()).await.unwrap().is_none(), "even while it is cached");
    assert!(stage.identity.revoke_token(&stage.admin_of(&other), &view.id).await.is_err());
    assert!(stage.identity.tokens(&stage.admin_of(&other)).await.unwrap().is_empty());
    for bad in ["", "karute_", "karute_1_", &token[1..], &format!("{token}x"), &token.replace("karute_", "KARUTE_")] {
        assert!(stage.identity.token(bad, origin()).await.unwrap().is_none(), "{bad}");
    }
}

pub(crate) async fn a_token_that_lives_too_long_is_refused(stage: Stage) {
    for minutes in [0, -1, 3 * 366 * 24 * 60] {
        let result = stage.identity.create_token(&stage.admin(), new_token(&stage, "system/*.r", minutes)).await;
        assert!(matches!(result, Err(IdentityError::Invalid(_))), "{minutes}");
    }
    let unnamed = NewToken { label: " ".into(), ..new_token(&stage, "system/*.r", 60) };
    assert!(stage.identity.create_token(&stage.admin(), unnamed).await.is_err());
}
