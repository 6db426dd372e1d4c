//! `karute sandbox`
use crate::cli::SandboxArgs;
use crate::problem::Problem;
use crate::{out, serve};
use karute_japan::SystemClock;
use karute_japan::identifier::InstitutionCode;
use karute_sandbox::eprescription::{self, Folders};
use karute_sandbox::{Sandbox, sharing};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How often the terminal looks into its folder.
const SWEEP: Duration = Duration::from_millis(500);

pub(super) async fn run(args: &SandboxArgs) -> Result<(), Problem> {
    crate::logging::start("warn")?;
    let stopped = serve::stop::on_signal()?;
    let listener = serve::bind(args.listen).await?;
    let sandbox = Sandbox::of(Arc::new(SystemClock), eprescription::Settings::default(), sharing::Settings::strict())
        .map_err(|e| Problem::new(format!("模擬の認証局を作れません（{e}）。")))?;
    if let (Some(dir), Some(institution)) = (&args.terminal, &args.institution) {
        let folders = terminal(dir, institution)?;
        let (world, mut ended) = (sandbox.clone(), stopped.clone());
        tokio::spawn(async move {
            while !*ended.borrow() {
                if let Err(error) = folders.sweep(&world).await {
                    tracing::warn!(%error, "the terminal's folders cannot be used");
                }
                tokio::select! {
                    () = tokio::time::sleep(SWEEP) => {}
                    _ = ended.changed() => {}
                }
            }
        });
        out::say(&format!("資格確認端末（模擬）: {} の req と res", dir.display()));
    }
    out::say(&format!("karute sandbox: http://{}/sim で待ち受けています。", listener.local_addr()?));
    serve::plain(listener, sandbox.router(), stopped).await;
    Ok(())
}

/// The folders of a simulated terminal.
fn terminal(dir: &Path, institution: &str) -> Result<Folders, Problem> {
    let (code, _) = InstitutionCode::accept(institution)
        .map_err(|error| Problem::new(format!("医療機関コード {institution} を使えません。{error}")))?;
    let (requests, results) = (dir.join("req"), dir.join("res"));
    for folder in [&requests, &results] {
        std::fs::create_dir_all(folder)
            .map_err(|error| Problem::new(format!("{} を作れません（{error}）。", folder.display())))?;
    }
    Ok(Folders::new(requests, results, code.as_str()))
}
