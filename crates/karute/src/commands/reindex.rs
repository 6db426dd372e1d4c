//! `karute reindex`
use crate::cli::TenantArgs;
use crate::out;
use crate::problem::Problem;

pub(super) async fn run(args: &TenantArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let tenant = storage.tenant(&args.tenant).await?;
        let resources = storage.ledger.reindex(tenant.id).await?;
        if args.json {
            out::json(&serde_json::json!({"tenant": tenant.name, "resources": resources}));
        } else {
            out::line(&format!("{}: {resources} 件の索引を作り直しました。", tenant.name));
        }
        Ok(())
    })
    .await
}
