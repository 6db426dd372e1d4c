//! What an installation may set.
use crate::PasswordPolicy;

/// Settings of identity. The defaults are those of the security guideline (SEC-A3, A5, A10).
#[derive(Clone, Debug)]
pub struct Settings {
    /// Rules for new passwords.
    pub password: PasswordPolicy,
    /// Idle time after which a session is locked, in minutes: 1 to 30.
    pub idle_minutes: u32,
    /// Longest life of a session in hours.
    pub absolute_hours: u32,
    /// Failures in a row after which a login is locked.
    pub lock_after: u32,
    /// How long it stays locked, in minutes.
    pub lock_minutes: u32,
    /// Whether sign-in links may be made (demonstrations only).
    pub demo: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            password: PasswordPolicy::default(),
            idle_minutes: 10,
            absolute_hours: 12,
            lock_after: 5,
            lock_minutes: 15,
            demo: false,
        }
    }
}

impl Settings {
    pub(crate) fn idle_ms(&self) -> i64 {
        i64::from(self.idle_minutes.clamp(1, 30)) * 60_000
    }
    pub(crate) fn absolute_ms(&self) -> i64 {
        i64::from(self.absolute_hours.clamp(1, 24)) * 3_600_000
    }
    pub(crate) fn lock_ms(&self) -> i64 {
        i64::from(self.lock_minutes.clamp(1, 24 * 60)) * 60_000
    }
}
