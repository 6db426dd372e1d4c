//! A search over the masters as this person: with the clinic's adopted drugs and what the doctor uses. Both are read
//! once and kept for a while, because a search is asked per key.
use crate::preferences::Preferences;
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    terms::{TermAnswer, TermKind, TermQuestion},
};
use karute_chart::{adopted, clinic::Mode, habits};
use karute_fhir::Id;
use karute_identity::Profession;
use karute_japan::Timestamp;
use karute_ledger::TenantId;
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// How long adopted drugs are kept, in milliseconds: what another process changed is seen after this time.
const ADOPTED_MS: i64 = 60_000;
/// How long a doctor's counts are kept, in milliseconds.
const COUNTS_MS: i64 = 15 * 60_000;
/// How long the preferences of a person are kept, in milliseconds.
const PREFERENCES_MS: i64 = 60_000;
/// Entries kept of each; more people than that do not type at once.
const MOST: usize = 2_000;
/// Longest text searched, in characters.
const LONGEST: usize = 100;

/// What was read lately.
#[derive(Default)]
pub(crate) struct Kept {
    adopted: Shelf<TenantId, HashSet<String>>,
    doctors: Shelf<(TenantId, String), habits::Counts>,
    preferences: Shelf<(TenantId, String), Preferences>,
    modes: Shelf<TenantId, Mode>,
    owed: Shelf<(TenantId, String), bool>,
}

impl Kept {
    /// The preferences of a person, when they were read lately.
    pub(crate) fn preferences(&self, person: &(TenantId, String), now: Timestamp) -> Option<Arc<Preferences>> {
        self.preferences.get(person, now, PREFERENCES_MS)
    }
    /// Keeps them.
    pub(crate) fn keep_preferences(&self, person: (TenantId, String), found: Preferences, now: Timestamp) {
        self.preferences.put(person, Arc::new(found), now);
    }
    /// The mode of a clinic, when it was read lately.
    pub(crate) fn mode(&self, tenant: TenantId, now: Timestamp) -> Option<Mode> {
        self.modes.get(&tenant, now, PREFERENCES_MS).map(|mode| *mode)
    }
    /// Keeps it.
    pub(crate) fn keep_mode(&self, tenant: TenantId, mode: Mode, now: Timestamp) {
        self.modes.put(tenant, Arc::new(mode), now);
    }
    /// Whether a person owes a reason for an emergency, when it was read lately.
    pub(crate) fn owed(&self, person: &(TenantId, String), now: Timestamp) -> Option<bool> {
        self.owed.get(person, now, PREFERENCES_MS).map(|owed| *owed)
    }
    /// Keeps it.
    pub(crate) fn keep_owed(&self, person: (TenantId, String), owed: bool, now: Timestamp) {
        self.owed.put(person, Arc::new(owed), now);
    }
    /// The adopted drugs as this process has just changed them.
    pub(crate) fn changed(&self, tenant: TenantId, list: &adopted::Adopted, now: Timestamp) {
        self.adopted.put(tenant, Arc::new(list.codes()), now);
    }
}

struct Shelf<K, V>(Mutex<HashMap<K, (Timestamp, Arc<V>)>>);

impl<K, V> Default for Shelf<K, V> {
    fn default() -> Shelf<K, V> {
        Shelf(Mutex::default())
    }
}

impl<K: Eq + Hash, V> Shelf<K, V> {
    fn get(&self, key: &K, now: Timestamp, fresh_ms: i64) -> Option<Arc<V>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, value) = kept.get(key)?;
        (0..fresh_ms).contains(&(now.as_millis() - since.as_millis())).then(|| Arc::clone(value))
    }

    fn put(&self, key: K, value: Arc<V>, now: Timestamp) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, (now, value));
    }
}

/// Searches as this person.
pub(crate) async fn find(
    state: &WebState,
    signed: &Signed,
    kind: TermKind,
    text: &str,
    limit: usize,
) -> Result<Option<TermAnswer>, WebError> {
    let text: String = text.chars().take(LONGEST).collect();
    let adopted = adopted_codes(state, signed).await?;
    let by_doctor = counts(state, signed, kind).await?;
    let question =
        TermQuestion { kind, text: &text, day: state.today(), limit, adopted: &adopted, by_doctor: &by_doctor };
    Ok(state.find_terms(&question))
}

async fn adopted_codes(state: &WebState, signed: &Signed) -> Result<Arc<HashSet<String>>, WebError> {
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().adopted.get(&tenant, now, ADOPTED_MS) {
        return Ok(kept);
    }
    let codes = Arc::new(adopted::adopted(&state.access(&signed.caller)).await?.codes());
    state.kept().adopted.put(tenant, Arc::clone(&codes), now);
    Ok(codes)
}

/// What a doctor used; nothing for others, who choose for no patient of theirs.
async fn counts(state: &WebState, signed: &Signed, kind: TermKind) -> Result<Arc<habits::Counts>, WebError> {
    let asks =
        matches!(kind, TermKind::Drug | TermKind::Disease) && signed.info.professions.contains(&Profession::Doctor);
    let Some(person) = Id::new(&signed.info.person).ok().filter(|_| asks) else { return Ok(Arc::default()) };
    let (key, now) = ((signed.caller.tenant, signed.info.person.clone()), state.now());
    if let Some(kept) = state.kept().doctors.get(&key, now, COUNTS_MS) {
        return Ok(kept);
    }
    let counts = Arc::new(habits::of_doctor(&state.access(&signed.caller), &person).await?);
    state.kept().doctors.put(key, Arc::clone(&counts), now);
    Ok(counts)
}
