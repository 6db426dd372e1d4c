//! Argon2id hashes of passwords.
use crate::IdentityError;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use karute_crypto::Entropy;
use std::sync::Arc;
use tokio::sync::{Semaphore, SemaphorePermit};
use zeroize::Zeroizing;

/// Argon2id with 19 MiB, two passes, one lane (OWASP's first recommendation).
fn params() -> Result<Params, IdentityError> {
    Params::new(19 * 1024, 2, 1, None).map_err(|_| IdentityError::Internal("argon2 parameters refused"))
}

/// Verified in place of the hash of a login that does not exist, so that it takes as long.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes and verifies on the blocking pool, two at a time: a storm of sign-ins takes no more than 38 MiB and leaves
/// the other requests their processors.
pub(crate) struct Hasher {
    slots: Arc<Semaphore>,
    /// Sign-ins that are let in at the same time; more would only wait for each other.
    places: Semaphore,
}

/// Sign-ins under way at most.
const PLACES: usize = 64;

/// A key mixed into every hash, so that a stolen database alone cannot be tried out.
pub(crate) type Pepper = [u8; 32];

impl Hasher {
    pub(crate) fn new() -> Hasher {
        Hasher { slots: Arc::new(Semaphore::new(2)), places: Semaphore::new(PLACES) }
    }

    /// Lets a sign-in in, or turns it away before anything is counted or written.
    pub(crate) fn admit(&self) -> Result<SemaphorePermit<'_>, IdentityError> {
        self.places.try_acquire().map_err(|_| IdentityError::Busy)
    }

    /// PHC string of a password with a fresh salt.
    pub(crate) async fn hash(
        &self,
        password: &str,
        pepper: Pepper,
        entropy: &dyn Entropy,
    ) -> Result<String, IdentityError> {
        let mut salt = [0_u8; 16];
        entropy.fill(&mut salt);
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let argon = argon(&pepper)?;
            argon
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|_| IdentityError::Internal("argon2 failed"))
        })
        .await?
    }

    /// Which of `hashes` is this password's, if one. Without hashes it takes as long as with one.
    pub(crate) async fn matches(
        &self,
        password: &str,
        pepper: Pepper,
        hashes: Vec<String>,
    ) -> Result<Option<usize>, IdentityError> {
        let password = Zeroizing::new(password.to_owned());
        self.run(move || {
            let argon = argon(&pepper)?;
            let verify = |hash: &str| {
                PasswordHash::new(hash).is_ok_and(|h| argon.verify_password(password.as_bytes(), &h).is_ok())
            };
            if hashes.is_empty() {
                verify(NOBODY);
                return Ok(None);
            }
            Ok(hashes.iter().position(|hash| verify(hash)))
        })
        .await?
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, IdentityError> {
        let stopped = || IdentityError::Internal("the password hasher stopped");
        let permit = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| stopped())?;
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(|_| stopped())
    }
}

fn argon(pepper: &Pepper) -> Result<Argon2<'_>, IdentityError> {
    Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params()?)
        .map_err(|_| IdentityError::Internal("argon2 parameters refused"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use karute_crypto::SystemEntropy;

    #[tokio::test]
    async fn a_hash_names_its_parameters_and_matches_only_its_password_under_its_pepper() {
        let hasher = Hasher::new();
        let pepper = [1; 32];
        let hash = hasher.hash("kaze7fuku-nami3", pepper, &SystemEntropy).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let other = hasher.hash("kaze7fuku-nami4", pepper, &SystemEntropy).await.unwrap();
        let both = vec![other.clone(), hash.clone()];
        assert_eq!(hasher.matches("kaze7fuku-nami3", pepper, both).await.unwrap(), Some(1));
        assert_eq!(hasher.matches("kaze7fuku-nami3", pepper, vec![other]).await.unwrap(), None);
        assert_eq!(hasher.matches("kaze7fuku-nami3", [2; 32], vec![hash]).await.unwrap(), None);
        assert_eq!(hasher.matches("kaze7fuku-nami3", pepper, Vec::new()).await.unwrap(), None);
    }

    #[test]
    fn a_storm_of_sign_ins_is_turned_away_at_the_door() {
        let hasher = Hasher::new();
        let inside: Vec<_> = (0..PLACES).map(|_| hasher.admit().unwrap()).collect();
        assert!(matches!(hasher.admit(), Err(IdentityError::Busy)));
        drop(inside);
        assert!(hasher.admit().is_ok());
    }

    #[test]
    fn the_stand_in_hash_costs_what_a_real_one_costs() {
        let hash = PasswordHash::new(NOBODY).unwrap();
        assert_eq!(Params::try_from(&hash).unwrap().m_cost(), params().unwrap().m_cost());
        assert_eq!(Params::try_from(&hash).unwrap().t_cost(), params().unwrap().t_cost());
        assert_eq!(Params::try_from(&hash).unwrap().p_cost(), params().unwrap().p_cost());
    }
}
