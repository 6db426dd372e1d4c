//! `karute tenant eprescription` and `karute user signing-key`: how an institution reaches the prescription service, and
//! with what its doctors sign.
use super::secret::{secret, unreadable, whole};
use crate::cli::{EprescriptionArgs, SigningArgs, SigningKeyArgs};
use crate::out;
use crate::problem::Problem;
use karute_eprescription::flow::Form;
use karute_eprescription::office::{
    Connection, RemoteSetting, RevocationSetting, SigningSetting, Way, set_connection, set_in_house, set_signing,
};

/// Keeps the setting; running services follow it by themselves.
pub(super) async fn connect(args: &EprescriptionArgs) -> Result<(), Problem> {
    let password = match &args.password_file {
        Some(file) => Some(secret(file)?),
        None => None,
    };
    super::with_storage(&args.tenant.source, async |storage| {
        let (tenant, access) = storage.within(&args.tenant.tenant).await?;
        let way = match (&args.requests, &args.results, &args.web_api, &args.user, &password) {
            (Some(requests), Some(results), None, ..) => {
                Some(Way::Folder { requests: whole(requests)?, results: whole(results)? })
            }
            (_, _, Some(base), Some(user), Some(password)) => Some(Way::WebApi {
                base: base.clone(),
                user: user.clone(),
                password: storage.eprescription.seal_password(tenant.id, password),
                trust: args.trust.as_deref().map(whole).transpose()?,
                certificate: match (&args.certificate, &args.certificate_key) {
                    (Some(certificate), Some(key)) => Some((whole(certificate)?, whole(key)?)),
                    _ => None,
                },
            }),
            _ => None,
        };
        let form = if args.paper { Form::Paper } else { Form::Electronic };
        let connection = way.map(|way| Connection { way, sandbox: args.simulated, form });
        set_connection(&access, connection.as_ref()).await?;
        set_in_house(&access, args.in_house).await?;
        // What cannot be used is said now and not to a doctor.
        let usable = storage
            .eprescription
            .reach(&access)
            .await
            .map_err(|error| Problem::new(format!("設定は保存しましたが、このままでは使えません。{error}")))?;
        let words = match (usable.is_some(), args.simulated) {
            (false, _) => "電子処方箋を使いません。",
            (true, true) => "電子処方箋を模擬環境につなぎます。",
            (true, false) => "電子処方箋管理サービスにつなぎます。",
        };
        out::line(&format!("{}: {words}", tenant.display_name));
        Ok(())
    })
    .await
}

/// Keeps what an institution offers its doctors to sign with, beside key files.
pub(super) async fn signing(args: &SigningArgs) -> Result<(), Problem> {
    let remote = match &args.remote {
        Some(file) => Some(RemoteSetting {
            profile: std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))?,
            sandbox: args.simulated,
            trust: args.trust.as_deref().map(whole).transpose()?,
        }),
        None => None,
    };
    let revocation = match &args.authorities {
        Some(file) => Some(RevocationSetting { authorities: whole(file)?, lists: args.crl.clone() }),
        None => None,
    };
    let card = args.card_library.as_deref().map(whole).transpose()?;
    let setting = SigningSetting { remote, card, revocation };
    super::with_storage(&args.tenant.source, async |storage| {
        let (tenant, access) = storage.within(&args.tenant.tenant).await?;
        set_signing(&access, &setting).await.map_err(|error| Problem::new(error.to_string()))?;
        let offered = [setting.remote.as_ref().map(|_| "カードレス署名"), setting.card.as_ref().map(|_| "HPKIカード")];
        let words: Vec<&str> = offered.into_iter().flatten().chain(["証明書ファイル"]).collect();
        out::line(&format!("{}: 電子署名は{}で行えます。", tenant.display_name, words.join("・")));
        Ok(())
    })
    .await
}

/// Keeps a doctor's key file, sealed under the master key.
pub(super) async fn signing_key(args: &SigningKeyArgs) -> Result<(), Problem> {
    let password = secret(&args.password_file)?;
    let file = std::fs::read(&args.pkcs12).map_err(|error| unreadable(&args.pkcs12, &error))?;
    super::with_storage(&args.user.tenant.source, async |storage| {
        let (_, access) = storage.within(&args.user.tenant.tenant).await?;
        let people = storage.identity.people(&access).await?;
        let person = people.iter().find(|person| person.login == args.user.login).ok_or_else(|| {
            Problem::new(format!("職員「{}」はいません。karute user list で確かめてください。", args.user.login))
        })?;
        let kept = storage.eprescription.keep_key(&access, &person.id, file.clone(), password.clone()).await;
        kept.map_err(|error| Problem::new(format!("この鍵は使えません。{error}")))?;
        out::line(&format!("{}の署名用の鍵を登録しました。", person.name));
        Ok(())
    })
    .await
}
