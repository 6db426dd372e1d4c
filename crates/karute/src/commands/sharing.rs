//! `karute tenant sharing`: how an institution reaches the record sharing service.
use super::secret::{secret, unreadable, whole};
use crate::cli::SharingArgs;
use crate::out;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_ledger::TenantId;
use karute_sharing::office::{Connection, Way, set_connection};
use karute_sharing::wire::Kind;
use std::path::PathBuf;

/// Keeps the setting; running services follow it by themselves.
pub(super) async fn connect(args: &SharingArgs) -> Result<(), Problem> {
    super::with_storage(&args.tenant.source, async |storage| {
        let (tenant, access) = storage.within(&args.tenant.tenant).await?;
        let units = Kind::ALL.into_iter().filter(|kind| args.units.iter().any(|name| name == kind.name())).collect();
        let connection = way(args, &storage, tenant.id)?.map(|way| Connection { way, sandbox: args.simulated, units });
        set_connection(&access, connection.as_ref()).await?;
        // What cannot be used is said now and not to a doctor.
        let usable = storage
            .sharing
            .reach(&access)
            .await
            .map_err(|error| Problem::new(format!("設定は保存しましたが、このままでは使えません。{error}")))?;
        let words = match (usable.is_some(), args.simulated) {
            (false, _) => "電子カルテ情報共有サービスを使いません。",
            (true, true) => "電子カルテ情報共有サービスの模擬環境につなぎます。",
            (true, false) => "電子カルテ情報共有サービスにつなぎます。",
        };
        out::line(&format!("{}: {words}", tenant.display_name));
        Ok(())
    })
    .await
}

fn way(args: &SharingArgs, storage: &Storage, tenant: TenantId) -> Result<Option<Way>, Problem> {
    let trust = || args.trust.as_deref().map(whole).transpose();
    let certificate = || -> Result<Option<(PathBuf, PathBuf)>, Problem> {
        match (&args.certificate, &args.certificate_key) {
            (Some(certificate), Some(key)) => Ok(Some((whole(certificate)?, whole(key)?))),
            _ => Ok(None),
        }
    };
    if let (Some(requests), Some(results)) = (&args.requests, &args.results) {
        return Ok(Some(Way::Folder { requests: whole(requests)?, results: whole(results)? }));
    }
    if let (Some(base), Some(user), Some(file)) = (&args.web_api, &args.user, &args.password_file) {
        let password = storage.sharing.seal(tenant, secret(file)?.as_bytes());
        let (base, user) = (base.clone(), user.clone());
        return Ok(Some(Way::WebApi { base, user, password, trust: trust()?, certificate: certificate()? }));
    }
    if let (Some(gateway), Some(client), Some(grant), Some(file)) =
        (&args.cloud, &args.client, &args.grant, &args.client_key)
    {
        let key = std::fs::read(file).map_err(|error| unreadable(file, &error))?;
        return Ok(Some(Way::Cloud {
            gateway: gateway.clone(),
            client: client.clone(),
            grant: grant.clone(),
            key: storage.sharing.seal(tenant, &key),
            trust: trust()?,
            certificate: certificate()?,
        }));
    }
    Ok(None)
}
