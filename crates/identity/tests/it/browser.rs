//! Keys for what a browser keeps while the server cannot be reached.
use crate::stage::{PASSWORD, Stage};
use karute_identity::{BROWSER_KEY_PERIOD_MS, BrowserKeys, Profession, Settings};

const DOCTOR: &[Profession] = &[Profession::Doctor];

async fn keys(stage: &Stage, login: &str, secret: &karute_identity::TotpSecret) -> BrowserKeys {
    let made = stage.sign_in(login, PASSWORD, secret).await.unwrap();
    let keys = stage.identity.browser_keys(&made.caller).unwrap();
    // Every process of the installation gives the same.
    let elsewhere = stage.elsewhere(Settings::default()).browser_keys(&made.caller).unwrap();
    assert_eq!((&keys.owner, *keys.now, *keys.before), (&elsewhere.owner, *elsewhere.now, *elsewhere.before));
    keys
}

pub(crate) async fn a_browser_key_is_the_persons_and_the_half_days_and_outlives_the_session(stage: Stage) {
    let (mori, inoue) = (stage.person("mori", DOCTOR).await, stage.person("inoue", DOCTOR).await);
    let first = keys(&stage, "mori", &mori).await;
    assert_ne!(*first.now, *first.before);
    stage.minutes(1);
    let again = keys(&stage, "mori", &mori).await;
    assert_eq!((&again.owner, *again.now), (&first.owner, *first.now), "the next session reads what this one kept");
    let other = keys(&stage, "inoue", &inoue).await;
    assert!(other.owner != first.owner && *other.now != *first.now && *other.before != *first.before);

    let minutes = BROWSER_KEY_PERIOD_MS / 60_000;
    stage.minutes(minutes);
    let later = keys(&stage, "mori", &mori).await;
    assert_eq!((later.period, *later.before), (first.period + 1, *first.now), "the one before is given once more");
    stage.minutes(minutes);
    let last = keys(&stage, "mori", &mori).await;
    assert!(*last.now != *first.now && *last.before != *first.now, "and then never again");
    assert!(!format!("{last:?}").contains(&format!("{:?}", last.now)), "keys are not written to logs");
}

pub(crate) async fn a_page_of_another_person_is_recognised(stage: Stage) {
    let (mori, inoue) = (stage.person("mori", DOCTOR).await, stage.person("inoue", DOCTOR).await);
    let first = stage.sign_in("mori", PASSWORD, &mori).await.unwrap().caller;
    let second = stage.sign_in("inoue", PASSWORD, &inoue).await.unwrap().caller;
    let owner = stage.identity.browser_keys(&first).unwrap().owner;
    assert!(stage.identity.is_browser_owner(&first, &owner));
    assert!(!stage.identity.is_browser_owner(&second, &owner));
    assert!(!stage.identity.is_browser_owner(&first, ""));
}

pub(crate) async fn a_locked_screen_is_given_no_key(stage: Stage) {
    let mori = stage.person("mori", DOCTOR).await;
    let made = stage.sign_in("mori", PASSWORD, &mori).await.unwrap();
    stage.identity.lock_screen(&made.caller).await.unwrap();
    let locked = stage.session(&made.cookie).await.unwrap();
    assert!(stage.identity.browser_keys(&locked).is_none());
    let owner = stage.identity.browser_keys(&made.caller).unwrap().owner;
    assert!(stage.identity.is_browser_owner(&locked, &owner), "whose page it is stays known");
}
