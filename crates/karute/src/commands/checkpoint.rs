//! `karute checkpoint`
use crate::cli::CheckpointArgs;
use crate::out;
use crate::problem::Problem;
use std::io::Write as _;

pub(super) async fn run(args: &CheckpointArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let mut lines = String::new();
        for tenant in storage.tenants(args.tenant.as_deref()).await? {
            lines.push_str(&storage.ledger.checkpoint(tenant.id).await?.to_line());
            lines.push('\n');
        }
        match &args.out {
            None => out::line(lines.trim_end()),
            Some(path) => {
                let unwritable = |e| Problem::new(format!("{} に書けません（{e}）。", path.display()));
                let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).map_err(unwritable)?;
                file.write_all(lines.as_bytes()).and_then(|()| file.sync_all()).map_err(unwritable)?;
            }
        }
        Ok(())
    })
    .await
}
