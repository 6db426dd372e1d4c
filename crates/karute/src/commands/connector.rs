//! `karute connector`: the folder of an institution whose chart another system keeps.
use crate::cli::ConnectorArgs;
use crate::problem::Problem;
use crate::storage::Storage;
use crate::{out, serve};
use karute_ledger::Access;
use karute_operations::sharing;
use karute_operations::worker::{Tally, Worker};
use karute_sharing::connector::{Connector, Round};
use karute_sharing::joint::Chart;
use karute_sharing::office::{is_fed_by_folder, set_fed_by_folder};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// How long running jobs may take to finish after stop was asked; what is handed back goes on with the next start.
const GRACE: Duration = Duration::from_secs(5);
/// Between two rounds at the service: documents addressed to the institution.
const ROUNDS: Duration = Duration::from_mins(5);
/// Jobs at the same time.
const PARALLEL: u32 = 2;
/// Between two looks while `--once` waits for the service.
const ONCE: Duration = Duration::from_secs(1);

pub(super) async fn run(args: &ConnectorArgs) -> Result<(), Problem> {
    crate::logging::start("warn")?;
    let stopped = serve::stop::on_signal()?;
    super::with_storage(&args.tenant.source, async |storage| {
        let (tenant, access) = storage.within(&args.tenant.tenant).await?;
        if !is_fed_by_folder(&access).await? {
            if !args.begin {
                return Err(Problem::new(format!(
                    "{}はまだ連携フォルダーを使う施設ではありません。ほかの電子カルテの記録を登録する施設なら、最初に一度だけ --begin を付けてください（この製品のカルテからの登録は止まります）。",
                    tenant.display_name
                )));
            }
            set_fed_by_folder(&access, true).await?;
        }
        let (stop, ended) = watch::channel(false);
        // Jobs of other institutions that the worker meets are carried out as `karute serve` does it.
        let following = serve::masters::Following::begin(&storage, ended.clone()).await;
        storage.sharing.serve_charts(Chart::new(
            storage.ledger.clone(),
            following.handle.clone(),
            following.profiles.clone(),
            Arc::clone(&storage.entropy),
        ));
        let mut set = workers(&storage, &ended);
        let result = serve_folder(args, &storage, &access, stopped.clone()).await;
        // Nobody listening means that the workers have ended by themselves.
        let _ = stop.send(true);
        while set.join_next().await.is_some() {}
        following.end().await;
        let round = result?;
        let told = json!({
            "taken": round.taken, "refused": round.refused, "told": round.told, "laid_out": round.laid_out,
            "open": round.open,
        });
        if args.tenant.json {
            out::json(&told);
        } else {
            out::line(&words(round));
        }
        if args.once && round.open > 0 {
            return Err(Problem::new(format!(
                "{}件はまだサービスの応答待ちです。もう一度実行すると続きから進みます。",
                round.open
            )));
        }
        Ok(())
    })
    .await
}

/// The jobs of record sharing and its rounds, as the worker of `karute serve` has them.
fn workers(storage: &Storage, ended: &watch::Receiver<bool>) -> JoinSet<()> {
    let worker = Worker {
        ledger: storage.ledger.clone(),
        name: format!("connector-{}-{}", std::process::id(), karute_crypto::token(&*storage.entropy)),
        handlers: sharing::handlers(&storage.sharing),
        parallel: PARALLEL,
        tally: Arc::new(Tally::default()),
        grace: GRACE,
    };
    let rounds =
        sharing::Rounds { office: Arc::clone(&storage.sharing), clock: Arc::clone(&storage.clock), every: ROUNDS };
    let mut set = JoinSet::new();
    set.spawn(worker.run(ended.clone()));
    set.spawn(rounds.run(ended.clone()));
    set
}

/// Rounds until stopped; with `--once` until nothing is open, or its patience ends.
async fn serve_folder(
    args: &ConnectorArgs,
    storage: &Storage,
    access: &Access,
    mut stopped: watch::Receiver<bool>,
) -> Result<Round, Problem> {
    let folder = &args.folder;
    let mut connector =
        Connector::open(folder).map_err(|error| Problem::new(format!("{error}（{}）", folder.display())))?;
    let mut sum = Round::default();
    let (every, mut left) = if args.once { (ONCE, args.wait) } else { (Duration::from_secs(args.every), 0) };
    loop {
        let problem = |error: &dyn std::fmt::Display| Problem::new(error.to_string());
        let reached = storage.sharing.reach(access).await.map_err(|error| problem(&error))?.ok_or_else(|| {
            Problem::new("この施設は電子カルテ情報共有サービスの接続が設定されていません。karute tenant sharing で設定してください。")
        })?;
        match connector.round(&reached.client, access, storage.clock.now()).await {
            Ok(round) => {
                sum.taken += round.taken;
                sum.refused += round.refused;
                sum.told += round.told;
                sum.laid_out += round.laid_out;
                sum.open = round.open;
                if !args.once && round != (Round { open: round.open, ..Round::default() }) {
                    out::say(&words(round));
                }
            }
            // A service of its own goes on: the folder or the database may come back.
            Err(error) if !args.once => tracing::warn!(%error, "the round of the connector"),
            Err(error) => return Err(problem(&error)),
        }
        // The second look tells what is half written from what cannot be read.
        let done = args.once && sum.open == 0 && left < args.wait;
        if *stopped.borrow() || done || (args.once && left == 0) {
            return Ok(sum);
        }
        left = left.saturating_sub(1);
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stopped.changed() => {}
        }
    }
}

fn words(round: Round) -> String {
    format!(
        "受け付け {}件・受け付けず {}件・結果 {}件・受信文書 {}件・応答待ち {}件",
        round.taken, round.refused, round.told, round.laid_out, round.open
    )
}
