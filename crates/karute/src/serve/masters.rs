//! The masters of this process: loaded beside the start, followed while it runs.
use crate::storage::Storage;
use karute_fhir::profile::ProfilesHandle;
use karute_operations::masters::{MasterRefresh, MasterState, ProfileRefresh};
use karute_terminology::{Masters, MastersHandle, starter};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether another process took something in: one small query.
const LOOK: Duration = Duration::from_secs(3);
/// How long the first request may wait for the first tables. Small ones are there sooner; full-size ones are built beside
/// the service, which says so at `/readyz` until they are in place.
const PATIENCE: Duration = Duration::from_millis(250);

/// Masters that follow the database.
pub(crate) struct Following {
    pub handle: MastersHandle,
    pub state: Arc<MasterState>,
    /// Profiles that resources are judged by.
    pub profiles: ProfilesHandle,
    profiles_task: JoinHandle<()>,
    task: JoinHandle<()>,
}

impl Following {
    /// Begins, and waits a moment for the first tables.
    pub(crate) async fn begin(storage: &Storage, stopped: watch::Receiver<bool>) -> Following {
        let handle = MastersHandle::default();
        let place = handle.clone();
        let publish = Arc::new(move |tables| place.replace(Masters::new(tables)));
        let refresh = MasterRefresh::new(storage.ledger.clone(), starter::tables, publish);
        let state = refresh.state();
        let profiles = ProfilesHandle::default();
        let refresh_profiles = ProfileRefresh::new(storage.ledger.clone(), profiles.clone());
        let profiles_task = tokio::spawn(refresh_profiles.run(LOOK, stopped.clone()));
        let task = tokio::spawn(refresh.run(LOOK, stopped));
        state.until_ready(PATIENCE).await;
        Following { handle, state, profiles, profiles_task, task }
    }

    /// What hinders newer masters now, for the screens.
    pub(crate) fn problem(&self) -> Arc<dyn Fn() -> Option<String> + Send + Sync> {
        let state = Arc::clone(&self.state);
        Arc::new(move || state.figures().problem)
    }

    /// Ends after the process was asked to stop.
    pub(crate) async fn end(self) {
        for task in [self.task, self.profiles_task] {
            if task.await.is_err() {
                tracing::error!("following the masters stopped unexpectedly");
            }
        }
    }
}
