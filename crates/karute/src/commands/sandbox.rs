//! `karute sandbox`
use crate::cli::SandboxArgs;
use crate::problem::Problem;
use crate::{out, serve};
use karute_japan::SystemClock;
use std::sync::Arc;

pub(super) async fn run(args: &SandboxArgs) -> Result<(), Problem> {
    crate::logging::start("warn")?;
    let stopped = serve::stop::on_signal()?;
    let listener = serve::bind(args.listen).await?;
    let sandbox = karute_sandbox::Sandbox::new(Arc::new(SystemClock))
        .map_err(|e| Problem::new(format!("模擬の認証局を作れません（{e}）。")))?;
    out::say(&format!("karute sandbox: http://{}/sim で待ち受けています。", listener.local_addr()?));
    serve::plain(listener, sandbox.router(), stopped).await;
    Ok(())
}
