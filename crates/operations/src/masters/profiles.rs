//! The profiles of a running process follow the packages in the database.
use super::packages::{PACKAGE_KIND, Packages};
use karute_fhir::profile::{Level, ProfileSet, ProfilesHandle};
use karute_ledger::{Ledger, LedgerError};
use std::time::Duration;
use tokio::sync::watch;

/// Keeps the profiles of this process at the newest edition. Until there is one, the product's own rules serve. What
/// cannot be read changes nothing: the profiles in place stay, it is logged once, and tried again at the next look.
pub struct ProfileRefresh {
    ledger: Ledger,
    handle: ProfilesHandle,
    /// Version of the database at the last look that succeeded.
    seen: Option<u64>,
    /// Number of the edition in place.
    placed: Option<u32>,
    problem: Option<String>,
}

impl ProfileRefresh {
    /// Nothing is read yet.
    pub fn new(ledger: Ledger, handle: ProfilesHandle) -> ProfileRefresh {
        ProfileRefresh { ledger, handle, seen: None, placed: None, problem: None }
    }

    /// Looks every `interval` until `stop` becomes true; the first time at once.
    pub async fn run(mut self, interval: Duration, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            self.once().await;
            tokio::select! {
                () = tokio::time::sleep(interval) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Looks once; whether other profiles were put in place.
    pub async fn once(&mut self) -> bool {
        match self.look().await {
            Ok(placed) => {
                self.problem = None;
                placed
            }
            Err(problem) => {
                if self.problem.as_ref() != Some(&problem) {
                    tracing::error!(problem = problem.as_str(), "profiles not refreshed; those in place stay");
                    self.problem = Some(problem);
                }
                false
            }
        }
    }

    /// What hinders newer profiles now.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    async fn look(&mut self) -> Result<bool, String> {
        let told = |error: LedgerError| error.to_string();
        let version = self.ledger.masters_version().await.map_err(told)?;
        if self.seen == Some(version) {
            return Ok(false);
        }
        let editions = self.ledger.master_editions().await.map_err(told)?;
        let newest = editions.iter().filter(|edition| edition.kind == PACKAGE_KIND).map(|edition| edition.number).max();
        if newest == self.placed {
            self.seen = Some(version);
            return Ok(false);
        }
        let Some(found) = self.ledger.read_master(PACKAGE_KIND).await.map_err(told)? else { return Ok(false) };
        let number = found.edition.number;
        let build = move || -> Result<ProfileSet, String> {
            let packages = Packages::decode(&found.content).map_err(|error| error.to_string())?;
            let packages = packages.read().map_err(|error| error.to_string())?;
            Ok(ProfileSet::with_packages(&packages, Level::default()))
        };
        let set =
            tokio::task::spawn_blocking(build).await.map_err(|_| "building stopped unexpectedly".to_owned())??;
        tracing::info!(edition = number, profiles = set.urls().count(), "profiles in place");
        self.handle.replace(set);
        self.placed = Some(number);
        self.seen = Some(version);
        Ok(true)
    }
}
