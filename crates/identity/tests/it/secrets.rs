use crate::stage::{PASSWORD, Stage, somebody};
use karute_identity::{NewToken, Profession, Scopes, Settings, TotpSecret};
use karute_japan::Clock;
use std::path::Path;

/// Every byte the database holds.
fn stored_bytes(stage: &Stage) -> Vec<u8> {
    match &stage.urls {
        None => files(stage.dir.path()),
        Some(urls) => {
            let dump = std::process::Command::new("pg_dump").arg("--inserts").arg(&urls.superuser).output().unwrap();
            assert!(dump.status.success(), "{}", String::from_utf8_lossy(&dump.stderr));
            dump.stdout
        }
    }
}

fn files(dir: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        all.extend(if path.is_dir() { files(&path) } else { std::fs::read(&path).unwrap() });
    }
    all
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|w| w == needle)
}

pub(crate) async fn no_secret_is_stored_in_clear(stage: Stage) {
    let demo = stage.elsewhere(Settings { demo: true, ..Settings::default() });
    let (_, totp) = demo.create_person(&stage.admin(), somebody("yamamoto", &[Profession::Nurse])).await.unwrap();
    let secret = TotpSecret::from_base32(&totp).unwrap();
    let pending = stage.begin("yamamoto", PASSWORD).await.unwrap();
    let made = stage.sign_in("yamamoto", PASSWORD, &secret).await.unwrap();
    let link = demo.demo_link(&stage.admin(), "yamamoto").await.unwrap();
    let new = NewToken {
        label: "x".into(),
        scopes: Scopes::full(),
        expires: stage.clock.now().plus_ms(60_000),
    };
    let (_, token) = demo.create_token(&stage.admin(), new).await.unwrap();
    stage.ledger.close().await;

    let stored = stored_bytes(&stage);
    assert!(holds(&stored, b"$argon2id$"), "the scan sees the credentials");
    let after = |text: &str, mark: char| text.split_once(mark).unwrap().1.to_owned();
    for (what, secret) in [
        ("password", PASSWORD.to_owned()),
        ("TOTP secret", totp),
        ("session", after(&made.cookie, '.')),
        ("pending sign-in", after(&pending.token, '.')),
        ("link", after(&link, '.')),
        ("token", token[token.len() - 43..].to_owned()),
    ] {
        assert!(!holds(&stored, secret.as_bytes()), "{what} is stored in clear");
    }
}
