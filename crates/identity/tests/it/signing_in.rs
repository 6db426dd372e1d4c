use crate::stage::{PASSWORD, Stage, origin};
use karute_identity::{Capability, IdentityError, Profession, Settings, SignInError};

const DOCTOR: &[Profession] = &[Profession::Doctor];

#[allow(clippy::needless_pass_by_value)]
fn refused<T>(result: Result<T, SignInError>) -> bool {
    matches!(result, Err(SignInError::Refused))
}

pub(crate) async fn a_password_and_the_current_code_open_a_session(stage: Stage) {
    let secret = stage.person("yamamoto", &[Profession::Doctor, Profession::Admin]).await;
    let pending = stage.begin(" Yamamoto ", PASSWORD).await.unwrap();
    let code = stage.code(&secret);
    let typed: String = code.chars().map(|c| char::from_u32(c as u32 - '0' as u32 + '０' as u32).unwrap()).collect();
    let made = stage.identity.finish(&pending.token, &typed, origin()).await.unwrap();
    let caller = stage.session(&made.cookie).await.unwrap();
    assert_eq!(caller.tenant, stage.tenant.id);
    assert_eq!((caller.actor.name.as_str(), caller.actor.role.as_str()), ("山本 花子", "doctor"));
    assert_eq!(caller.actor.origin.method, "password+totp");
    let session = caller.session().unwrap();
    assert_eq!((session.login.as_str(), session.tenant_name.as_str()), ("yamamoto", "midori"));
    assert!(caller.may(Capability::ViewChart) && caller.may(Capability::ManagePeople));
    assert!(!caller.may(Capability::ViewAudit));
    let patient = karute_fhir::ResourceType::parse("Patient").unwrap();
    for interaction in karute_identity::Interaction::ALL {
        assert!(!caller.allows(patient, interaction), "persons have no FHIR interactions");
    }
}

pub(crate) async fn a_password_alone_never_yields_a_session(stage: Stage) {
    stage.person("yamamoto", DOCTOR).await;
    let pending = stage.begin("yamamoto", PASSWORD).await.unwrap();
    assert!(stage.session(&pending.token).await.is_none());
    assert!(stage.identity.token(&pending.token, origin()).await.unwrap().is_none());
    let (number, secret) = pending.token.split_once('.').unwrap();
    assert!(stage.identity.token(&format!("karute_{number}_{secret}"), origin()).await.unwrap().is_none());
    assert!(refused(stage.identity.redeem_link(&pending.token, origin()).await));
    for code in ["", "000000", "12345", "1234567", "abcdef", "      "] {
        assert!(stage.identity.finish(&pending.token, code, origin()).await.is_err(), "{code:?}");
    }
    assert!(stage.identity.sessions(&stage.admin(), None).await.unwrap().is_empty());
}

pub(crate) async fn a_code_works_once_even_for_two_at_the_same_time(stage: Stage) {
    let secret = stage.person("yamamoto", DOCTOR).await;
    let (a, b) = (stage.begin("yamamoto", PASSWORD).await.unwrap(), stage.begin("yamamoto", PASSWORD).await.unwrap());
    let code = stage.code(&secret);
    let (one, two) = tokio::join!(
        stage.identity.finish(&a.token, &code, origin()),
        stage.identity.finish(&b.token, &code, origin())
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
    let again = stage.begin("yamamoto", PASSWORD).await.unwrap();
    assert!(refused(stage.identity.finish(&again.token, &code, origin()).await), "replayed");
    stage.clock.advance_ms(30_000);
    assert!(refused(stage.identity.finish(&again.token, &code, origin()).await), "replayed within the drift");
    // Failures in a row slow down.
    stage.clock.advance_ms(30_000);
    let fresh = stage.code(&secret);
    stage.identity.finish(&again.token, &fresh, origin()).await.unwrap();
    stage.clock.advance_ms(30_000);
    let fresh = stage.code(&secret);
    assert!(refused(stage.identity.finish(&again.token, &fresh, origin()).await), "a first step is used up");
}

pub(crate) async fn a_first_step_expires_after_five_minutes(stage: Stage) {
    let secret = stage.person("yamamoto", DOCTOR).await;
    let pending = stage.begin("yamamoto", PASSWORD).await.unwrap();
    stage.minutes(5);
    assert!(refused(stage.identity.finish(&pending.token, &stage.code(&secret), origin()).await));
}

pub(crate) async fn whatever_is_wrong_the_answer_is_the_same(stage: Stage) {
    let secret = stage.person("yamamoto", DOCTOR).await;
    let identity = &stage.identity;
    let long = "x".repeat(1 << 20);
    for (tenant, login, password) in [
        ("nowhere", "yamamoto", PASSWORD),
        ("Midori", "yamamoto", PASSWORD),
        ("midori", "nobody", PASSWORD),
        ("midori", "山本", PASSWORD),
        ("midori", "", ""),
        ("midori", &long, PASSWORD),
        ("midori", "yamamoto", "kaze7fuku-nami4"),
        (&long, "yamamoto", &long),
    ] {
        let error = identity.begin(tenant, login, password, origin()).await.unwrap_err();
        assert_eq!(error.to_string(), SignInError::Refused.to_string());
    }
    let pending = stage.begin("yamamoto", PASSWORD).await.unwrap();
    let error = identity.finish(&pending.token, "000000", origin()).await.unwrap_err();
    assert_eq!(error.to_string(), SignInError::Refused.to_string());
    for token in ["", "1.x", "999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "1.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let error = identity.finish(token, &stage.code(&secret), origin()).await.unwrap_err();
        assert_eq!(error.to_string(), SignInError::Refused.to_string());
    }
}

pub(crate) async fn a_right_password_does_not_forgive_wrong_codes(stage: Stage) {
    stage.person("yamamoto", DOCTOR).await;
    let mut refusals = 0;
    // A stolen password with guessed codes: the password is right every time, the count still grows.
    loop {
        stage.clock.advance_ms(60_000);
        match stage.begin("yamamoto", PASSWORD).await {
            Ok(pending) => {
                assert!(stage.identity.finish(&pending.token, "000000", origin()).await.is_err());
                refusals += 1;
            }
            Err(SignInError::Wait { seconds }) => {
                assert!(seconds > 600, "{seconds}");
                break;
            }
            Err(other) => panic!("{other:?}"),
        }
        assert!(refusals <= 5);
    }
    assert_eq!(refusals, 5);
}

async fn fail(stage: &Stage, login: &str) {
    stage.clock.advance_ms(60_000);
    assert!(refused(stage.begin(login, "kaze7fuku-nami4").await));
}

pub(crate) async fn five_failures_lock_a_login_until_time_or_an_administrator_unlocks_it(stage: Stage) {
    let secret = stage.person("yamamoto", DOCTOR).await;
    for _ in 0..4 {
        fail(&stage, "yamamoto").await;
    }
    stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    for _ in 0..5 {
        fail(&stage, "yamamoto").await;
    }
    let people = stage.identity.people(&stage.admin()).await.unwrap();
    assert!(people.iter().all(|p| p.locked));
    stage.minutes(14);
    assert!(matches!(stage.sign_in("yamamoto", PASSWORD, &secret).await, Err(SignInError::Wait { .. })));
    stage.minutes(1);
    stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();

    for _ in 0..5 {
        fail(&stage, "yamamoto").await;
    }
    assert!(matches!(stage.sign_in("yamamoto", PASSWORD, &secret).await, Err(SignInError::Wait { .. })));
    stage.identity.unlock(&stage.admin(), "yamamoto").await.unwrap();
    stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    assert!(!stage.identity.person(&stage.admin(), "yamamoto").await.unwrap().locked);
}

pub(crate) async fn parallel_guesses_are_counted_before_they_are_looked_at(stage: Stage) {
    stage.person("yamamoto", DOCTOR).await;
    let guesses: Vec<_> = (0..30)
        .map(|n| {
            let identity = stage.identity.clone();
            tokio::spawn(async move { identity.begin("midori", "yamamoto", &format!("guess-number-{n}"), origin()).await })
        })
        .collect();
    let mut looked_at = 0;
    for guess in guesses {
        match guess.await.unwrap() {
            Err(SignInError::Refused) => looked_at += 1,
            Err(SignInError::Wait { .. }) => {}
            other => panic!("{other:?}"),
        }
    }
    // Two errors are free; the third makes everybody wait.
    assert_eq!(looked_at, 3);
}

pub(crate) async fn waiting_is_the_same_for_logins_that_do_not_exist(stage: Stage) {
    stage.person("yamamoto", DOCTOR).await;
    let mut answers = Vec::new();
    for login in ["yamamoto", "nobody"] {
        let mut of_login = Vec::new();
        for _ in 0..8 {
            of_login.push(stage.begin(login, "kaze7fuku-nami4").await.unwrap_err().to_string());
            stage.clock.advance_ms(16_000);
        }
        answers.push(of_login);
    }
    assert_eq!(answers[0], answers[1]);
    assert!(answers[0].last().unwrap().contains("分はサインインできません"), "{:?}", answers[0]);
}

pub(crate) async fn every_attempt_is_audited_without_what_was_typed(stage: Stage) {
    let secret = stage.person("yamamoto", DOCTOR).await;
    let before = stage.audit(1_000).await.len();
    assert!(refused(stage.begin("himitsu-login", "typed-password-1").await));
    assert!(refused(stage.begin("yamamoto", "typed-password-2").await));
    let pending = stage.begin("yamamoto", PASSWORD).await.unwrap();
    assert!(refused(stage.identity.finish(&pending.token, "918273", origin()).await));
    let code = stage.code(&secret);
    let made = stage.identity.finish(&pending.token, &code, origin()).await;
    // The third attempt in a row slows down; the code is tried again after the pause.
    let made = match made {
        Err(SignInError::Wait { .. }) => {
            stage.clock.advance_ms(30_000);
            stage.identity.finish(&pending.token, &stage.code(&secret), origin()).await
        }
        other => other,
    }
    .unwrap();
    let events = stage.audit(1_000).await;
    assert!(events.len() > before + 5);
    let all = events.join("\n");
    for typed in ["himitsu-login", "typed-password-1", "typed-password-2", "918273", PASSWORD, code.as_str()] {
        assert!(!all.contains(typed), "{typed} stands in the audit trail");
    }
    let secret_part = made.cookie.split_once('.').unwrap().1;
    assert!(!all.contains(secret_part));
    assert!(events.first().unwrap().contains("山本 花子"), "the sign-in names the person: {}", events[0]);
    assert!(events.iter().filter(|e| e.contains("192.0.2.7")).count() >= 5);
}

pub(crate) async fn links_exist_in_demonstrations_only(stage: Stage) {
    stage.person("yamamoto", DOCTOR).await;
    assert!(matches!(stage.identity.demo_link(&stage.admin(), "yamamoto").await, Err(IdentityError::Forbidden)));
    let demo = stage.elsewhere(Settings { demo: true, ..Settings::default() });
    let link = demo.demo_link(&stage.admin(), "yamamoto").await.unwrap();
    assert!(refused(stage.identity.redeem_link(&link, origin()).await), "a real installation takes no links");
    let made = demo.redeem_link(&link, origin()).await.unwrap();
    assert_eq!(made.caller.actor.origin.method, "link");
    assert!(demo.session(&made.cookie, origin()).await.unwrap().is_some());
    assert!(demo.session(&link, origin()).await.unwrap().is_none());
    stage.minutes(24 * 60);
    assert!(refused(demo.redeem_link(&link, origin()).await));
}
