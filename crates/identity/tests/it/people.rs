use crate::stage::{PASSWORD, Stage, somebody, tenant};
use karute_fhir::{Id, ResourceType};
use karute_identity::{Capability, IdentityError, NewPerson, PasswordFault, Profession, SignInError, TotpSecret};
use karute_json::{Limits, parse};
use karute_ledger::Lookup;

const CLERK: &[Profession] = &[Profession::Clerk];

pub(crate) async fn a_person_is_a_practitioner_with_a_role(stage: Stage) {
    let new = somebody("yamamoto", &[Profession::Doctor, Profession::Admin, Profession::Doctor]);
    let (id, secret) = stage.identity.create_person(&stage.admin(), new).await.unwrap();
    assert_eq!(secret.len(), 32);
    for (kind, needle) in [("Practitioner", "ヤマモト ハナコ"), ("PractitionerRole", "1310000002")] {
        let read = stage.admin().read(ResourceType::parse(kind).unwrap(), &Id::new(&id).unwrap()).await.unwrap();
        let Lookup::Found(version) = read else { panic!("{kind}") };
        assert!(version.body.contains(needle), "{}", version.body);
        let resource = parse(version.body.as_bytes(), &Limits::FHIR).unwrap();
        assert_eq!(karute_fhir::validate::validate(&resource), []);
    }
    let person = stage.identity.person(&stage.admin(), "yamamoto").await.unwrap();
    assert_eq!(person.id, id);
    assert_eq!(person.professions, [Profession::Doctor, Profession::Admin]);
    assert!(person.enabled && !person.locked);
    assert_eq!(stage.identity.people(&stage.admin()).await.unwrap().len(), 1);
}

pub(crate) async fn logins_are_unique_in_an_institution_and_free_in_another(stage: Stage) {
    stage.person("yamamoto", CLERK).await;
    let again = stage.identity.create_person(&stage.admin(), somebody("yamamoto", CLERK)).await;
    assert!(matches!(again, Err(IdentityError::LoginTaken(login)) if login == "yamamoto"));
    let other = tenant(&stage.ledger, "aoba").await;
    stage.identity.create_person(&stage.admin_of(&other), somebody("yamamoto", CLERK)).await.unwrap();
    assert_eq!(stage.identity.people(&stage.admin()).await.unwrap().len(), 1);
    let malformed = stage.identity.create_person(&stage.admin(), somebody("Yamamoto", CLERK)).await;
    assert!(matches!(malformed, Err(IdentityError::LoginMalformed)));
    let nothing = stage.identity.create_person(&stage.admin(), somebody("suzuki", &[])).await;
    assert!(matches!(nothing, Err(IdentityError::Invalid(_))));
}

pub(crate) async fn a_password_that_breaks_the_rules_is_refused(stage: Stage) {
    for (password, fault) in [
        ("k7fuku", PasswordFault::TooShort(12)),
        ("midori-no-kaze-12", PasswordFault::ContainsName),
        ("yamamoto-kaze-12", PasswordFault::ContainsName),
        ("password123456", PasswordFault::Guessable),
    ] {
        let new = NewPerson { password: password.into(), ..somebody("yamamoto", CLERK) };
        let Err(IdentityError::Password(faults)) = stage.identity.create_person(&stage.admin(), new).await else {
            panic!("{password} was taken")
        };
        assert!(faults.contains(&fault), "{password}: {faults:?}");
    }
    assert!(stage.identity.people(&stage.admin()).await.unwrap().is_empty());
}

pub(crate) async fn a_first_password_must_be_changed_before_anything_else(stage: Stage) {
    let new = NewPerson { must_change_password: true, ..somebody("yamamoto", CLERK) };
    let (_, secret) = stage.identity.create_person(&stage.admin(), new).await.unwrap();
    let secret = TotpSecret::from_base32(&secret).unwrap();
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    let other = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    let caller = stage.session(&made.cookie).await.unwrap();
    assert!(caller.session().unwrap().must_change_password);
    assert!(Capability::ALL.iter().all(|c| !caller.may(*c)));

    let wrong = stage.identity.change_password(&caller, "kaze7fuku-nami4", "hoshi8zora-tsuki5").await;
    assert!(matches!(wrong, Err(IdentityError::Forbidden)));
    stage.identity.change_password(&caller, PASSWORD, "hoshi8zora-tsuki5").await.unwrap();
    let caller = stage.session(&made.cookie).await.unwrap();
    assert!(caller.may(Capability::ViewReception), "this session goes on");
    assert!(stage.session(&other.cookie).await.is_none(), "the others end");
    assert!(matches!(stage.begin("yamamoto", PASSWORD).await, Err(SignInError::Refused)));
    stage.sign_in("yamamoto", "hoshi8zora-tsuki5", &secret).await.unwrap();
}

pub(crate) async fn the_last_five_passwords_do_not_come_back(stage: Stage) {
    let secret = stage.person("yamamoto", CLERK).await;
    let passwords: Vec<String> = (0..6).map(|n| format!("kawa{n}nagare-mori{n}")).collect();
    let mut current = PASSWORD.to_owned();
    for next in &passwords {
        let caller = stage.sign_in("yamamoto", &current, &secret).await.unwrap().caller;
        let same = stage.identity.change_password(&caller, &current, &current).await;
        assert!(matches!(same, Err(IdentityError::Password(f)) if f == [PasswordFault::UsedBefore]));
        stage.identity.change_password(&caller, &current, next).await.unwrap();
        current.clone_from(next);
    }
    let caller = stage.sign_in("yamamoto", &current, &secret).await.unwrap().caller;
    for old in &passwords[1..] {
        let result = stage.identity.change_password(&caller, &current, old).await;
        assert!(matches!(result, Err(IdentityError::Password(_))), "{old}");
    }
    stage.identity.change_password(&caller, &current, &passwords[0]).await.unwrap();
}

pub(crate) async fn other_professions_end_the_sessions_and_hold_at_the_next(stage: Stage) {
    let secret = stage.person("yamamoto", CLERK).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    assert!(!made.caller.may(Capability::ManagePeople));
    stage.identity.set_professions(&stage.admin(), "yamamoto", vec![Profession::Admin]).await.unwrap();
    assert!(stage.session(&made.cookie).await.is_none());
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    assert!(made.caller.may(Capability::ManagePeople));
    assert!(!made.caller.may(Capability::ViewChart));
}

pub(crate) async fn a_disabled_person_cannot_sign_in_and_a_new_factor_replaces_the_old(stage: Stage) {
    let secret = stage.person("yamamoto", CLERK).await;
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    stage.identity.set_enabled(&stage.admin(), "yamamoto", false).await.unwrap();
    assert!(stage.session(&made.cookie).await.is_none());
    assert!(matches!(stage.sign_in("yamamoto", PASSWORD, &secret).await, Err(SignInError::Refused)));
    assert!(!stage.identity.person(&stage.admin(), "yamamoto").await.unwrap().enabled);
    stage.identity.set_enabled(&stage.admin(), "yamamoto", true).await.unwrap();
    stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();

    let fresh = TotpSecret::from_base32(&stage.identity.reset_totp(&stage.admin(), "yamamoto").await.unwrap()).unwrap();
    assert!(matches!(stage.sign_in("yamamoto", PASSWORD, &secret).await, Err(SignInError::Refused)));
    stage.sign_in("yamamoto", PASSWORD, &fresh).await.unwrap();

    stage.identity.reset_password(&stage.admin(), "yamamoto", "hoshi8zora-tsuki5").await.unwrap();
    let made = stage.sign_in("yamamoto", "hoshi8zora-tsuki5", &fresh).await.unwrap();
    assert!(made.caller.session().unwrap().must_change_password);
    let missing = stage.identity.unlock(&stage.admin(), "nobody").await;
    assert!(matches!(missing, Err(IdentityError::NotFound(_))));
}
