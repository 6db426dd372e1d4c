//! Rounds: something that is done at every institution, again and again.
use futures_util::future::BoxFuture;
use karute_ledger::{Access, Actor, ActorKind, Ledger, LedgerError, Origin, TenantState};
use std::time::Duration;
use tokio::sync::watch;

/// Does a round, waits, does another, until `stop` becomes true.
pub(crate) async fn again<'r>(
    what: &str,
    every: Duration,
    mut stop: watch::Receiver<bool>,
    once: impl Fn() -> BoxFuture<'r, Result<usize, LedgerError>> + Send,
) {
    while !*stop.borrow() {
        if let Err(error) = once().await {
            tracing::warn!(%error, what, "rounds");
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Asks at every active institution, as the worker; answers at how many `ask` said yes. One that fails does not keep
/// the others waiting.
pub(crate) async fn each<'r>(
    ledger: &Ledger,
    ask: impl Fn(Access) -> BoxFuture<'r, Result<bool, LedgerError>> + Send,
) -> Result<usize, LedgerError> {
    let mut asked = 0;
    for tenant in ledger.tenants().await? {
        if tenant.state != TenantState::Active {
            continue;
        }
        let actor = Actor {
            kind: ActorKind::System,
            id: "system:worker".to_owned(),
            name: "システム（送信処理）".to_owned(),
            role: "system".to_owned(),
            origin: Origin { method: "worker", ..Origin::default() },
        };
        match ask(ledger.access(tenant.id, actor)).await {
            Ok(true) => asked += 1,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, tenant = tenant.id.0, "not asked in this round"),
        }
    }
    Ok(asked)
}
