//! Failed attempts: counted before they are looked at, slowed down, locked.
//!
//! An attempt is counted *before* password or code are compared, and taken back after success, so that a burst of
//! parallel attempts cannot be looked at before the first of them counts. The count belongs to the login as typed,
//! whether or not it exists, so that waiting tells nothing about which logins there are.
use crate::store::{self, FAILURES, FailuresDoc};
use crate::{Identity, IdentityError, Settings, SignInError};
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Commit, Doc, LedgerError};

/// Tries to count an attempt against somebody else's.
const TRIES: u32 = 8;

/// A counted attempt.
pub(crate) struct Attempt {
    login: String,
    /// What stands in the store now.
    now: String,
    /// What stood there before.
    before: FailuresDoc,
    /// Which attempt in a row this is, from 1.
    pub number: u32,
}

/// How long after failure `count` the next attempt is looked at, in milliseconds: two typing errors are free.
pub(crate) fn pause_ms(count: u32, settings: &Settings) -> i64 {
    if count >= settings.lock_after.max(1) {
        return settings.lock_ms();
    }
    match count {
        0..=2 => 0,
        n => 5_000 * 3_i64.pow((n - 3).min(4)),
    }
}

impl Identity {
    /// Counts an attempt, or refuses it because earlier ones failed.
    pub(crate) async fn attempt(&self, access: &Access, login: &str) -> Result<Attempt, SignInError> {
        for _ in 0..TRIES {
            let now = self.now();
            let stored = store::load::<FailuresDoc>(access, FAILURES, login).await?;
            let before = stored.as_ref().map(|s| s.value.clone()).unwrap_or_default();
            if let Some(seconds) = seconds_until(before.next, now) {
                return Err(SignInError::Wait { seconds });
            }
            let number = before.count.saturating_add(1);
            let pause = pause_ms(number, self.settings());
            let after = FailuresDoc { count: number, next: now.plus_ms(pause).as_micros() };
            let expires = Some(now.plus_ms(pause.max(self.settings().lock_ms())));
            let doc = match &stored {
                None => store::insert(FAILURES, login, &after, expires)?,
                Some(s) => store::swap(FAILURES, login, &s.text, &after, expires)?,
            };
            match record(access, "attempt", vec![doc]).await {
                Ok(()) => {
                    return Ok(Attempt { login: login.to_owned(), now: store::text(&after)?, before, number });
                }
                Err(e) if store::lost_race(&e) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(SignInError::Wait { seconds: 1 })
    }

    /// Writes `docs` and takes a counted attempt back: it was right, but the sign-in is not complete. When another
    /// attempt was counted meanwhile, this one stays counted; that errs on the safe side.
    pub(crate) async fn take_back(
        &self,
        access: &Access,
        attempt: &Attempt,
        detail: &str,
        docs: Vec<Doc>,
    ) -> Result<(), IdentityError> {
        let expires = Some(self.now().plus_ms(self.settings().lock_ms()));
        let back = store::swap(FAILURES, &attempt.login, &attempt.now, &attempt.before, expires)?;
        let mut with_back = docs.clone();
        with_back.push(back);
        match record(access, detail, with_back).await {
            Err(e) if store::lost_race(&e) => Ok(record(access, detail, docs).await?),
            other => Ok(other?),
        }
    }

    /// Whether a login is locked right now.
    pub(crate) fn is_locked(&self, failures: &FailuresDoc) -> bool {
        failures.count >= self.settings().lock_after && seconds_until(failures.next, self.now()).is_some()
    }
}

/// Writes documents of a sign-in under way.
pub(crate) async fn record(access: &Access, detail: &str, docs: Vec<Doc>) -> Result<(), LedgerError> {
    let mut commit = Commit::new(Action::SignIn);
    commit.detail = Some(detail.to_owned());
    commit.docs = docs;
    access.commit(commit).await.map(|_| ())
}

fn seconds_until(next: i64, now: Timestamp) -> Option<u32> {
    let micros = next - now.as_micros();
    (micros > 0)
        .then(|| u32::try_from(micros.div_euclid(1_000_000) + i64::from(micros % 1_000_000 != 0)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_errors_are_free_then_it_slows_down_and_locks() {
        let settings = Settings::default();
        let pauses: Vec<i64> = (0..=7).map(|n| pause_ms(n, &settings)).collect();
        assert_eq!(pauses, [0, 0, 0, 5_000, 15_000, 900_000, 900_000, 900_000]);
    }

    #[test]
    fn a_stricter_lock_wins_over_the_slow_down() {
        let settings = Settings { lock_after: 3, lock_minutes: 30, ..Settings::default() };
        assert_eq!(pause_ms(2, &settings), 0);
        assert_eq!(pause_ms(3, &settings), 1_800_000);
    }

    #[test]
    fn waiting_is_told_in_whole_seconds_never_zero() {
        let now = Timestamp::from_micros(1_000_000);
        assert_eq!(seconds_until(1_000_000, now), None);
        assert_eq!(seconds_until(1_000_001, now), Some(1));
        assert_eq!(seconds_until(901_000_000, now), Some(900));
    }
}
