//! `karute demo`: the product on its embedded default with a synthetic clinic and the sandbox, in one process.
//!
//! Every step of the set-up is done only if it is not done yet, and recorded when it is, so that a demonstration that
//! was interrupted anywhere goes on where it stopped.

mod book;
mod clinic;
mod prescribing;
mod ready;
mod setup;
mod sharing;
mod state;

use crate::cli::DemoArgs;
use crate::config::{Config, Role};
use crate::problem::Problem;
use crate::serve::{self, Service};
use crate::storage::{self, Storage};
use crate::{logging, out};
use karute_crypto::{MasterKey, SystemEntropy};
use karute_japan::SystemClock;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tokio::net::TcpListener;

/// What is logged when nothing is said: a person reads the terminal.
const LOG: &str = "warn";

/// Runs the command until it is asked to stop.
pub(crate) async fn run(args: &DemoArgs) -> Result<(), Problem> {
    let began = Instant::now();
    logging::start(&std::env::var("KARUTE_LOG").unwrap_or_else(|_| LOG.to_owned()))?;
    let stopped = serve::stop::on_signal()?;
    let dir = &args.data;
    std::fs::create_dir_all(dir).map_err(|e| Problem::new(format!("{} を作れません（{e}）。", dir.display())))?;
    let _lock = lock(dir)?;
    let config = config(args);
    let service = Service::bind(&config).await?;
    let sandbox_listener = bind_sandbox(args).await?;

    let key = MasterKey::load_or_create(&config.key_file, &SystemEntropy)
        .map_err(|e| Problem::new(format!("マスター鍵 {} を使えません（{e}）。", config.key_file.display())))?;
    karute_ledger::migrate(&storage::ledger_config(&config, key.clone()), None).await?;
    let storage = Storage::open_with(&config, key, true).await?;
    let (authority, sandbox) = prescribing::world(Arc::new(SystemClock))?;

    let sandbox_url = format!("http://{}", sandbox_listener.local_addr()?);
    let prepared = tokio::select! {
        prepared = setup::prepare(&storage, args) => prepared,
        () = serve::stop::requested(stopped.clone()) => {
            storage.ledger.close().await;
            return Ok(());
        }
    };
    let state = match prepared {
        Ok(state) => state,
        Err(problem) => {
            storage.ledger.close().await;
            return Err(problem);
        }
    };
    if let Err(problem) =
        prescribing::prepare(&storage, &state, (&authority, &sandbox), (&sandbox_url, &service.url)).await
    {
        storage.ledger.close().await;
        return Err(problem);
    }
    if let Err(problem) = sharing::prepare(&storage, &state, &sandbox, &sandbox_url).await {
        storage.ledger.close().await;
        return Err(problem);
    }
    tokio::spawn(prescribing::pharmacy(sandbox.clone(), stopped.clone()));
    tokio::spawn(sharing::robot(sandbox.clone(), stopped.clone()));
    let links = ready::links(&storage, &state, &service.url).await?;
    let url = service.url.clone();
    let beside = Some((sandbox_listener, sandbox.router()));
    let serving = service.run(storage, &config, stopped, began, true, beside);
    // The listeners are bound: whoever connects from now on is answered.
    out::line(&ready::line(&state, &links, &url, &sandbox_url)?);
    ready::tell(&state, &links, &url, &sandbox_url);
    serving.await;
    Ok(())
}

/// One demonstration in a directory at a time. The lock ends with the process.
fn lock(dir: &Path) -> Result<std::fs::File, Problem> {
    let path = dir.join("demo.lock");
    let file = std::fs::OpenOptions::new()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| Problem::new(format!("{} に書けません（{e}）。", path.display())))?;
    file.try_lock().map_err(|_| {
        Problem::new(format!(
            "{} では別の karute demo が動いています。止めるか、--data で別の場所を指定してください。",
            dir.display()
        ))
    })?;
    Ok(file)
}

fn config(args: &DemoArgs) -> Config {
    Config {
        backend: karute_ledger::Backend::Sqlite { dir: args.data.clone() },
        owner_url: None,
        key_file: args.data.join("master.key"),
        checkpoint_dir: Some(args.data.join("checkpoints")),
        roles: vec![Role::Web, Role::Api, Role::Worker],
        listen: args.listen,
        ops_listen: args.ops_listen,
        public_url: None,
        tls: None,
        max_connections: 1_024,
        trusted_proxies: Vec::new(),
        log: LOG.to_owned(),
        max_body_bytes: 32 << 20,
        max_attachment_bytes: 100 << 20,
        session_idle_minutes: 30,
        password_min_length: 12,
        fonts: None,
    }
}

/// The sandbox's address: the one named, or the next port after the product's; any free one when that is taken.
async fn bind_sandbox(args: &DemoArgs) -> Result<TcpListener, Problem> {
    if let Some(address) = args.sandbox_listen {
        return serve::bind(address).await;
    }
    let next = if args.listen.port() == 0 { None } else { args.listen.port().checked_add(1) };
    let at = |port| std::net::SocketAddr::new(args.listen.ip(), port);
    if let Some(port) = next
        && let Ok(listener) = TcpListener::bind(at(port)).await
    {
        return Ok(listener);
    }
    serve::bind(at(0)).await
}
