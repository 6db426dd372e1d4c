//! Keys for what a browser keeps of a person while the server cannot be reached (ux §6 "Offline").
//!
//! What was typed and not sent lies in the browser encrypted. The key is the person's and the half-day's, derived from
//! the master key: it travels with each page of a signed-in session, lives in the memory of that page alone, and the
//! next session of the same person receives the same one, so that text survives the browser being closed. It is never
//! stored beside the text. A half-day later the server gives it out once more as the one before, and then never again:
//! whatever a browser failed to delete can then be read by nobody.
use crate::{Caller, Identity};
use karute_crypto::ct_eq;
use zeroize::Zeroizing;

/// Length of a period in milliseconds: 12 hours.
pub const BROWSER_KEY_PERIOD_MS: i64 = 12 * 3_600_000;
/// Bytes of the name under which a browser files what is whose.
const OWNER_BYTES: usize = 8;

/// The keys of one person. Zeroed on drop.
#[derive(Clone)]
pub struct BrowserKeys {
    /// Name of the owner in the browser: 16 hexadecimal characters that say nothing about the person.
    pub owner: String,
    /// Number of the present period since 1970.
    pub period: i64,
    /// AES-256 key of the present period.
    pub now: Zeroizing<[u8; 32]>,
    /// AES-256 key of the period before, to read with.
    pub before: Zeroizing<[u8; 32]>,
}

impl std::fmt::Debug for BrowserKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BrowserKeys").field("period", &self.period).finish_non_exhaustive()
    }
}

impl Identity {
    /// The keys of the caller's browser; `None` for API clients and while the screen is locked.
    pub fn browser_keys(&self, caller: &Caller) -> Option<BrowserKeys> {
        let session = caller.session().filter(|session| !session.locked)?;
        let period = self.now().as_millis().div_euclid(BROWSER_KEY_PERIOD_MS);
        let key = |period: i64| {
            let purpose = format!("browser store {period} {}", session.person);
            Zeroizing::new(self.inner.key.derive(&purpose, Some(caller.tenant.0)))
        };
        Some(BrowserKeys { owner: self.owner(caller)?, period, now: key(period), before: key(period - 1) })
    }

    /// Whether `owner`, as a page sent it back, names the caller: the page may have been opened by somebody else who
    /// signed in before in the same browser.
    pub fn is_browser_owner(&self, caller: &Caller, owner: &str) -> bool {
        self.owner(caller).is_some_and(|own| ct_eq(own.as_bytes(), owner.as_bytes()))
    }

    fn owner(&self, caller: &Caller) -> Option<String> {
        let session = caller.session()?;
        let bytes = self.inner.key.derive(&format!("browser owner {}", session.person), Some(caller.tenant.0));
        Some(bytes.iter().take(OWNER_BYTES).map(|byte| format!("{byte:02x}")).collect())
    }
}
