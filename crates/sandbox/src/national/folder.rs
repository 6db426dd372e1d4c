//! The services behind the folders of a terminal (transport digest section 3): requests are picked up from `req`,
//! results appear in `res`.
use super::Delivery;
use crate::{Sandbox, lock};
use karute_japan::Timestamp;
use std::path::PathBuf;
use std::sync::Mutex;
use tokio::fs;

/// Most files of one sweep.
const MAX_FILES: usize = 1_000;

/// One terminal's folders.
pub struct Folders {
    requests: PathBuf,
    results: PathBuf,
    /// The institution whose terminal it is, 10 digits.
    institution: String,
    /// Results that come later: when, name, content.
    late: Mutex<Vec<(Timestamp, String, Vec<u8>)>>,
}

impl Folders {
    /// A terminal with these folders, which must exist.
    pub fn new(requests: PathBuf, results: PathBuf, institution: &str) -> Folders {
        Folders { requests, results, institution: institution.to_owned(), late: Mutex::default() }
    }

    /// Picks up what is there and leaves what is due; answers how many requests it picked up.
    ///
    /// # Errors
    /// When the folders cannot be read or written.
    pub async fn sweep(&self, sandbox: &Sandbox) -> std::io::Result<usize> {
        let now = sandbox.now();
        let due: Vec<_> = {
            let mut late = lock(&self.late);
            let (due, rest) = std::mem::take(&mut *late).into_iter().partition(|(at, ..)| *at <= now);
            *late = rest;
            due
        };
        for (_, name, bytes) in due {
            self.leave(&name, &bytes).await?;
        }
        let mut names = Vec::new();
        let mut folder = fs::read_dir(&self.requests).await?;
        while let Some(entry) = folder.next_entry().await? {
            let name = entry.file_name().to_string_lossy().into_owned();
            let xml = entry.path().extension().is_some_and(|extension| extension == "xml");
            let request = xml && name.split_once('_').is_some_and(|(api, _)| api.ends_with("req"));
            if request && names.len() < MAX_FILES {
                names.push(name);
            }
        }
        names.sort();
        for name in &names {
            self.pick_up(sandbox, name, now).await?;
        }
        Ok(names.len())
    }

    async fn pick_up(&self, sandbox: &Sandbox, name: &str, now: Timestamp) -> std::io::Result<()> {
        let place = self.requests.join(name);
        let body = fs::read(&place).await?;
        let (api, _) = name.split_once('_').unwrap_or_default();
        let service = sandbox.national(api);
        // A terminal in maintenance does not pick anything up.
        if service.is_some_and(|service| service.weather(&mut |weather| weather.faults.maintenance)) {
            return Ok(());
        }
        fs::remove_file(&place).await?;
        let result = name.replacen("req_", "res_", 1);
        let rejected = format!("{}.err", name.trim_end_matches(".xml"));
        let Some(service) = service.filter(|_| body.len() <= crate::MAX_DELIVERY_BYTES) else {
            return self.leave(&rejected, b"unknown request").await;
        };
        let delivery = service.take(api, &body, Some(&self.institution), now);
        sandbox.inner.journal.write(now, service.name(), name, body.len(), delivery.outcome());
        match delivery {
            Delivery::Answer(bytes) | Delivery::Garbage(bytes) => self.leave(&result, &bytes).await,
            Delivery::Twice(bytes) => {
                self.leave(&result, &bytes).await?;
                self.leave(&result.replacen(".xml", "_2.xml", 1), &bytes).await
            }
            Delivery::Late(at, bytes) => {
                lock(&self.late).push((at, result, bytes));
                Ok(())
            }
            Delivery::Lost(_) => Ok(()),
            Delivery::Unavailable | Delivery::Failed => self.leave(&rejected, b"failed").await,
        }
    }

    /// Complete or not at all.
    async fn leave(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        let aside = self.results.join(format!("{name}.part"));
        fs::write(&aside, bytes).await?;
        fs::rename(&aside, self.results.join(name)).await
    }
}
