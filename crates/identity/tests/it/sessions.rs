use crate::stage::{PASSWORD, Stage, origin, tenant};
use karute_identity::{Caller, Capability, IdentityError, Profession, SignInError};
use karute_ledger::{LedgerError, TenantState};

const NURSE: &[Profession] = &[Profession::Nurse];

fn locked(caller: Option<Caller>) -> bool {
    let caller = caller.expect("the session is still there");
    let locked = caller.session().unwrap().locked;
    assert_eq!(caller.may(Capability::ViewChart), !locked, "a locked session may do nothing");
    locked
}

pub(crate) async fn an_idle_session_is_locked_and_use_keeps_it_open(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let cookie = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap().cookie;
    for _ in 0..5 {
        stage.minutes(9);
        assert!(!locked(stage.session(&cookie).await));
    }
    stage.minutes(10);
    assert!(locked(stage.session(&cookie).await));
    stage.minutes(1);
    assert!(locked(stage.session(&cookie).await), "asking does not open it");
}

pub(crate) async fn what_a_screen_asks_by_itself_keeps_no_session_open(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let cookie = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap().cookie;
    for minute in 1..=10 {
        stage.minutes(1);
        let caller = stage.identity.session_in_background(&cookie, origin()).await.unwrap();
        assert_eq!(locked(caller), minute == 10);
    }
}

pub(crate) async fn a_locked_screen_opens_with_the_password_or_the_code_and_a_code_works_once(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    stage.identity.lock_screen(&made.caller).await.unwrap();
    assert!(locked(stage.session(&made.cookie).await));
    for wrong in ["", "000000", "not-the-password", &stage.code(&secret)] {
        let refused = stage.identity.unlock_screen(&made.cookie, wrong, origin()).await;
        assert!(refused.is_err(), "{wrong}: the code of the sign-in was used already");
        stage.minutes(15);
        assert!(locked(stage.session(&made.cookie).await));
    }
    let opened = stage.identity.unlock_screen(&made.cookie, PASSWORD, origin()).await.unwrap();
    assert!(opened.may(Capability::ViewChart));
    assert!(!locked(stage.session(&made.cookie).await));
    stage.minutes(10);
    assert!(locked(stage.session(&made.cookie).await));
    let code = stage.code(&secret);
    stage.identity.unlock_screen(&made.cookie, &code, origin()).await.unwrap();
    stage.identity.lock_screen(&made.caller).await.unwrap();
    assert!(stage.identity.unlock_screen(&made.cookie, &code, origin()).await.is_err());
}

pub(crate) async fn guessing_at_a_locked_screen_locks_the_login(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    stage.identity.lock_screen(&made.caller).await.unwrap();
    for _ in 0..5 {
        assert!(stage.identity.unlock_screen(&made.cookie, "wrong-password", origin()).await.is_err());
        stage.clock.advance_ms(20_000);
    }
    let right = stage.identity.unlock_screen(&made.cookie, PASSWORD, origin()).await;
    assert!(matches!(right, Err(SignInError::Wait { .. })), "{right:?}");
    stage.minutes(15);
    stage.identity.unlock_screen(&made.cookie, PASSWORD, origin()).await.unwrap();
}

pub(crate) async fn a_session_ends_after_its_longest_life(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let cookie = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap().cookie;
    for _ in 0..(12 * 60 / 5 - 1) {
        stage.minutes(5);
        assert!(!locked(stage.session(&cookie).await));
    }
    stage.minutes(5);
    assert!(stage.session(&cookie).await.is_none());
}

pub(crate) async fn signing_out_ends_exactly_this_session(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let one = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    let two = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    assert_eq!(stage.identity.sessions(&stage.admin(), Some("yamamoto")).await.unwrap().len(), 2);
    assert_eq!(stage.identity.sessions(&stage.admin(), Some("other")).await.unwrap().len(), 0);
    stage.identity.sign_out(&one.caller).await.unwrap();
    assert!(stage.session(&one.cookie).await.is_none());
    assert!(stage.session(&two.cookie).await.is_some());
}

pub(crate) async fn an_administrator_ends_a_session_by_its_handle(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    let handle = made.caller.session().unwrap().handle.clone();
    assert_eq!(stage.identity.sessions(&stage.admin(), None).await.unwrap()[0].handle, handle);
    for wrong in ["", "0", &handle[..15], "0000000000000000"] {
        let error = stage.identity.revoke_session(&stage.admin(), wrong).await.unwrap_err();
        assert!(matches!(error, IdentityError::NotFound(_)), "{error:?}");
    }
    stage.identity.revoke_session(&stage.admin(), &handle).await.unwrap();
    assert!(stage.session(&made.cookie).await.is_none());
}

pub(crate) async fn a_session_of_one_institution_is_nothing_in_another(stage: Stage) {
    let other = tenant(&stage.ledger, "aoba").await;
    let secret = stage.person("yamamoto", NURSE).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    let (_, key) = made.cookie.split_once('.').unwrap();
    assert!(stage.session(&format!("{}.{key}", other.id.0)).await.is_none());
    assert!(stage.session(&format!("{}.{key}", u32::MAX)).await.is_none());
    let handle = made.caller.session().unwrap().handle.clone();
    assert!(stage.identity.revoke_session(&stage.admin_of(&other), &handle).await.is_err());
    assert!(stage.identity.sessions(&stage.admin_of(&other), None).await.unwrap().is_empty());
    let begun = stage.identity.begin("aoba", "yamamoto", PASSWORD, origin()).await;
    assert!(begun.is_err(), "the login is unknown there");
    let pending = stage.begin("yamamoto", PASSWORD).await.unwrap();
    let (_, key) = pending.token.split_once('.').unwrap();
    stage.clock.advance_ms(30_000);
    let moved = format!("{}.{key}", other.id.0);
    assert!(stage.identity.finish(&moved, &stage.code(&secret), origin()).await.is_err());
}

pub(crate) async fn suspending_the_institution_ends_what_its_sessions_can_do(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    stage.ledger.set_tenant_state(stage.tenant.id, TenantState::Suspended).await.unwrap();
    // The ledger remembers a tenant for a second.
    stage.clock.advance_ms(1_000);
    assert!(stage.session(&made.cookie).await.is_none());
    assert!(stage.sign_in("yamamoto", PASSWORD, &secret).await.is_err());
    let practitioner = karute_fhir::ResourceType::parse("Practitioner").unwrap();
    let id = karute_fhir::Id::new(&made.caller.actor.id).unwrap();
    let read = made.caller.access(&stage.ledger).read(practitioner, &id).await;
    assert!(matches!(read, Err(LedgerError::Suspended)));
    stage.ledger.set_tenant_state(stage.tenant.id, TenantState::Active).await.unwrap();
    stage.clock.advance_ms(1_000);
    assert!(stage.session(&made.cookie).await.is_some());
}

pub(crate) async fn an_institution_sets_its_own_idle_time(stage: Stage) {
    let secret = stage.person("yamamoto", NURSE).await;
    for wrong in [0, 31] {
        assert!(stage.identity.set_idle_minutes(&stage.admin(), wrong).await.is_err());
    }
    stage.identity.set_idle_minutes(&stage.admin(), 2).await.unwrap();
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    assert_eq!(made.caller.session().unwrap().idle_ms, 120_000);
    stage.minutes(2);
    assert!(locked(stage.session(&made.cookie).await));
}
