//! `karute user …`
use crate::cli::{TenantArgs, UserArgs, UserCommand};
use crate::out;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_identity::{IdentityError, NewPerson, Person, Profession};
use karute_ledger::Access;
use serde_json::{Value, json};

pub(super) async fn run(command: UserCommand) -> Result<(), Problem> {
    match command {
        UserCommand::Create { user, name, kana, professions } => create(&user, name, kana, professions).await,
        UserCommand::List(args) => list(&args).await,
        UserCommand::SigningKey(args) => super::eprescription::signing_key(&args).await,
        UserCommand::Unlock(user) => {
            change(&user, "使用停止を解きました。", async |s, by, login| s.identity.unlock(by, login).await).await
        }
        UserCommand::SetProfessions { user, professions } => {
            change(
                &user,
                "職種を変えました。開いていたセッションは終了しました。",
                async |s, by, login| s.identity.set_professions(by, login, professions.clone()).await,
            )
            .await
        }
        UserCommand::Disable(user) => {
            change(
                &user,
                "サインインを止めました。開いていたセッションは終了しました。",
                async |s, by, login| s.identity.set_enabled(by, login, false).await,
            )
            .await
        }
        UserCommand::Enable(user) => {
            change(&user, "サインインを許しました。", async |s, by, login| {
                s.identity.set_enabled(by, login, true).await
            })
            .await
        }
        UserCommand::ResetTotp(user) => {
            super::with_storage(&user.tenant.source, async |storage| {
                let (_, access) = storage.within(&user.tenant.tenant).await?;
                let secret = storage.identity.reset_totp(&access, &user.login).await?;
                shown_once(&user, &[("totp_secret", "TOTP の秘密鍵", &secret)]);
                Ok(())
            })
            .await
        }
        UserCommand::ResetPassword(user) => {
            super::with_storage(&user.tenant.source, async |storage| {
                let (_, access) = storage.within(&user.tenant.tenant).await?;
                let password = with_password(&storage, async |password| {
                    storage.identity.reset_password(&access, &user.login, password).await
                })
                .await?
                .1;
                shown_once(&user, &[("password", "パスワード（次のサインインで変更）", &password)]);
                Ok(())
            })
            .await
        }
        UserCommand::Sessions(args) => sessions(&args).await,
        UserCommand::RevokeSession { tenant: args, session } => {
            super::with_storage(&args.source, async |storage| {
                let (_, access) = storage.within(&args.tenant).await?;
                storage.identity.revoke_session(&access, &session).await?;
                if args.json {
                    out::json(&json!({"revoked": session}));
                } else {
                    out::line("セッションを終わらせました。");
                }
                Ok(())
            })
            .await
        }
    }
}

async fn create(user: &UserArgs, name: String, kana: String, professions: Vec<Profession>) -> Result<(), Problem> {
    super::with_storage(&user.tenant.source, async |storage| {
        let (_, access) = storage.within(&user.tenant.tenant).await?;
        let ((_, totp), password) = with_password(&storage, async |password| {
            let new = NewPerson {
                login: user.login.clone(),
                name: name.clone(),
                kana: kana.clone(),
                professions: professions.clone(),
                password: password.to_owned(),
                must_change_password: true,
            };
            storage.identity.create_person(&access, new).await
        })
        .await?;
        shown_once(
            user,
            &[
                ("password", "初回のパスワード（サインイン後に変更）", &password),
                ("totp_secret", "TOTP の秘密鍵", &totp),
            ],
        );
        Ok(())
    })
    .await
}

/// Runs `act` with a random password that the policy takes; also gives the password.
async fn with_password<T>(
    storage: &Storage,
    act: impl AsyncFn(&str) -> Result<T, IdentityError>,
) -> Result<(T, String), Problem> {
    let mut last = None;
    for _ in 0..5 {
        let password = karute_identity::random_password(&*storage.entropy);
        match act(&password).await {
            Ok(value) => return Ok((value, password)),
            Err(e @ IdentityError::Password(_)) => last = Some(e),
            Err(e) => return Err(e.into()),
        }
    }
    Err(last.map_or_else(|| Problem::new("パスワードを作れませんでした。"), Problem::from))
}

async fn list(args: &TenantArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let (_, access) = storage.within(&args.tenant).await?;
        let people = storage.identity.people(&access).await?;
        if args.json {
            out::json(&Value::Array(people.iter().map(as_json).collect()));
        } else {
            for person in &people {
                out::line(&as_line(person));
            }
        }
        Ok(())
    })
    .await
}

async fn sessions(args: &TenantArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let (_, access) = storage.within(&args.tenant).await?;
        let sessions = storage.identity.sessions(&access, None).await?;
        if args.json {
            let list = sessions.iter().map(|s| {
                json!({
                    "session": s.handle, "login": s.login, "signed_in": s.signed_in.to_fhir(),
                    "seen": s.seen.to_fhir(), "address": s.address, "method": s.method,
                })
            });
            out::json(&Value::Array(list.collect()));
        } else {
            for s in &sessions {
                let address = s.address.as_deref().unwrap_or("-");
                out::line(&format!(
                    "{}\t{}\t{}\t{}\t{address}",
                    s.handle,
                    s.login,
                    s.signed_in.to_fhir(),
                    s.seen.to_fhir()
                ));
            }
        }
        Ok(())
    })
    .await
}

async fn change(
    user: &UserArgs,
    done: &str,
    act: impl AsyncFn(&Storage, &Access, &str) -> Result<(), IdentityError>,
) -> Result<(), Problem> {
    super::with_storage(&user.tenant.source, async |storage| {
        let (_, access) = storage.within(&user.tenant.tenant).await?;
        act(&storage, &access, &user.login).await?;
        let person = storage.identity.person(&access, &user.login).await?;
        if user.tenant.json {
            out::json(&as_json(&person));
        } else {
            out::line(done);
        }
        Ok(())
    })
    .await
}

/// Prints secrets that are not stored in clear anywhere.
fn shown_once(user: &UserArgs, secrets: &[(&str, &str, &str)]) {
    if user.tenant.json {
        let mut object = json!({"login": user.login});
        for (key, _, value) in secrets {
            object[*key] = (*value).into();
        }
        out::json(&object);
    } else {
        out::line(&format!("ログイン名\t{}", user.login));
        for (_, label, value) in secrets {
            out::line(&format!("{label}\t{value}"));
        }
        out::say("この内容は二度と表示されません。本人に安全な方法で渡してください。");
    }
}

fn as_json(person: &Person) -> Value {
    json!({
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "kana": person.kana,
        "professions": person.professions.iter().map(|p| p.code()).collect::<Vec<_>>(),
        "enabled": person.enabled,
        "locked": person.locked,
    })
}

fn as_line(person: &Person) -> String {
    let professions: Vec<&str> = person.professions.iter().map(|p| p.label()).collect();
    let state = match (person.enabled, person.locked) {
        (false, _) => "停止",
        (true, true) => "失敗により使用停止中",
        (true, false) => "有効",
    };
    format!("{}\t{}\t{}\t{state}", person.login, person.name, professions.join("・"))
}
