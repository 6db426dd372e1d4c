//! A search over the masters as this person: with the clinic's adopted drugs and sets, what the doctor uses and what
//! the patient was given. Each is read once and kept for a while, because a search is asked per key. What every page
//! asks anew (preferences, the clinic's mode) is kept the same way.
use crate::pages::issue::{FRESH_MS, NationalAnswer};
use crate::preferences::Preferences;
use crate::{WebState, error::WebError, guard::Signed};
use karute_chart::{adopted, clinic::Mode, habits, sets};
use karute_crypto::Digest;
use karute_fhir::Id;
use karute_identity::Profession;
use karute_japan::Timestamp;
use karute_ledger::TenantId;
use karute_terminology::{Answer, Domain, Habits, Kind, LabSets, Question};
use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// How long adopted drugs and sets are kept, in milliseconds: what another process changed is seen after this time.
const CLINIC_MS: i64 = 60_000;
/// How long a doctor's counts are kept, in milliseconds.
const COUNTS_MS: i64 = 15 * 60_000;
/// How long the preferences of a person are kept, in milliseconds.
const PREFERENCES_MS: i64 = 60_000;
/// How long the number of entries that wait for approval is kept, in milliseconds: a badge may lag a moment.
const AWAITING_MS: i64 = 20_000;
/// How long the number of unregistered prescriptions is kept, in milliseconds: a badge may lag a moment.
const UNREGISTERED_MS: i64 = 10_000;
/// How long the number of what waits in the inbox is kept, in milliseconds: a badge may lag a moment.
const WAITING_MS: i64 = 20_000;
/// How long a patient's counts are kept, in milliseconds: one visit asks for many keys.
const PATIENT_MS: i64 = 60_000;
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
    lab_sets: Shelf<TenantId, LabSets>,
    awaiting: Shelf<TenantId, u64>,
    patients: Shelf<(TenantId, String, Id), habits::Counts>,
    /// Whether a clinic issues electronic prescriptions.
    issues: Shelf<TenantId, bool>,
    /// Whether a clinic sends letters by the record sharing service.
    shares: Shelf<TenantId, bool>,
    unregistered: Shelf<TenantId, u64>,
    /// What waits in the inbox: for all of it, and for who only says whose it is.
    waiting: Shelf<(TenantId, bool), u64>,
    /// What the prescription service answered, by a digest of what it was asked.
    checked: Shelf<(TenantId, Digest), NationalAnswer>,
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
    /// How many entries wait for approval, when they were counted lately.
    pub(crate) fn awaiting(&self, tenant: TenantId, now: Timestamp) -> Option<u64> {
        self.awaiting.get(&tenant, now, AWAITING_MS).map(|count| *count)
    }
    /// Keeps it.
    pub(crate) fn keep_awaiting(&self, tenant: TenantId, count: u64, now: Timestamp) {
        self.awaiting.put(tenant, Arc::new(count), now);
    }
    /// Something was approved or handed in: the next page counts again.
    pub(crate) fn awaiting_changed(&self, tenant: TenantId) {
        self.awaiting.drop(&tenant);
    }
    /// Whether a clinic issues electronic prescriptions, when it was read lately.
    pub(crate) fn issues(&self, tenant: TenantId, now: Timestamp) -> Option<bool> {
        self.issues.get(&tenant, now, PREFERENCES_MS).map(|issues| *issues)
    }
    /// Keeps it.
    pub(crate) fn keep_issues(&self, tenant: TenantId, issues: bool, now: Timestamp) {
        self.issues.put(tenant, Arc::new(issues), now);
    }
    /// Whether a clinic sends letters by the record sharing service, when it was read lately.
    pub(crate) fn shares(&self, tenant: TenantId, now: Timestamp) -> Option<bool> {
        self.shares.get(&tenant, now, PREFERENCES_MS).map(|shares| *shares)
    }
    /// Keeps it.
    pub(crate) fn keep_shares(&self, tenant: TenantId, shares: bool, now: Timestamp) {
        self.shares.put(tenant, Arc::new(shares), now);
    }
    /// How many prescriptions are not registered, when they were counted lately.
    pub(crate) fn unregistered(&self, tenant: TenantId, now: Timestamp) -> Option<u64> {
        self.unregistered.get(&tenant, now, UNREGISTERED_MS).map(|count| *count)
    }
    /// Keeps it.
    pub(crate) fn keep_unregistered(&self, tenant: TenantId, count: u64, now: Timestamp) {
        self.unregistered.put(tenant, Arc::new(count), now);
    }
    /// A prescription was issued or acted on: the next page counts again.
    pub(crate) fn unregistered_changed(&self, tenant: TenantId) {
        self.unregistered.drop(&tenant);
    }
    /// How much of the inbox waits, when it was counted lately.
    pub(crate) fn waiting(&self, key: (TenantId, bool), now: Timestamp) -> Option<u64> {
        self.waiting.get(&key, now, WAITING_MS).map(|count| *count)
    }
    /// Keeps it.
    pub(crate) fn keep_waiting(&self, key: (TenantId, bool), count: u64, now: Timestamp) {
        self.waiting.put(key, Arc::new(count), now);
    }
    /// Something of the inbox was dealt with: the next page counts again.
    pub(crate) fn waiting_changed(&self, tenant: TenantId) {
        self.waiting.drop(&(tenant, true));
        self.waiting.drop(&(tenant, false));
    }
    /// What the prescription service answered lately to the same question.
    pub(crate) fn checked(&self, question: &(TenantId, Digest), now: Timestamp) -> Option<Arc<NationalAnswer>> {
        self.checked.get(question, now, FRESH_MS)
    }
    /// Keeps it.
    pub(crate) fn keep_checked(&self, question: (TenantId, Digest), answer: NationalAnswer, now: Timestamp) {
        self.checked.put(question, Arc::new(answer), now);
    }
    /// It is asked anew.
    pub(crate) fn forget_checked(&self, question: &(TenantId, Digest)) {
        self.checked.drop(question);
    }
    /// The adopted drugs as this process has just changed them.
    pub(crate) fn changed(&self, tenant: TenantId, list: &adopted::Adopted, now: Timestamp) {
        self.adopted.put(tenant, Arc::new(list.codes()), now);
    }

    /// This process has just changed a set: the next search reads them again.
    pub(crate) fn sets_changed(&self, tenant: TenantId) {
        self.lab_sets.drop(&tenant);
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

    fn drop(&self, key: &K) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Searches as this person; the only way from a screen to the masters' words. `patient`: for whom something is chosen,
/// whose own drugs and diseases then come first where the person may see them. `None`: no masters are loaded yet.
pub(crate) async fn find(
    state: &WebState,
    signed: &Signed,
    domain: Domain,
    text: &str,
    patient: Option<&Id>,
    limit: usize,
) -> Result<Option<Answer>, WebError> {
    let text: String = text.chars().take(LONGEST).collect();
    let masters = state.masters();
    // Before the first tables are in place there is none at all, not even an empty one.
    if masters.table(Kind::SskDrug).is_none() {
        return Ok(None);
    }
    let adopted = adopted_codes(state, signed).await?;
    let by_doctor = of_doctor(state, signed, domain).await?;
    let by_patient = of_patient(state, signed, domain, patient).await?;
    let lab_sets = lab_sets(state, signed, domain).await?;
    let habits = Habits {
        adopted: Some(&adopted),
        used_by_patient: Some(&by_patient),
        used_by_doctor: Some(&by_doctor),
        lab_sets: Some(&lab_sets),
    };
    let question = Question { domain, text: &text, day: state.today(), limit, habits, include_ended: false };
    Ok(Some(masters.catalogue().search(&question)))
}

async fn adopted_codes(state: &WebState, signed: &Signed) -> Result<Arc<HashSet<String>>, WebError> {
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().adopted.get(&tenant, now, CLINIC_MS) {
        return Ok(kept);
    }
    let codes = Arc::new(adopted::adopted(&state.access(&signed.caller)).await?.codes());
    state.kept().adopted.put(tenant, Arc::clone(&codes), now);
    Ok(codes)
}

/// The clinic's sets, which stand among laboratory items.
async fn lab_sets(state: &WebState, signed: &Signed, domain: Domain) -> Result<Arc<LabSets>, WebError> {
    if domain != Domain::Lab {
        return Ok(Arc::default());
    }
    let (tenant, now) = (signed.caller.tenant, state.now());
    if let Some(kept) = state.kept().lab_sets.get(&tenant, now, CLINIC_MS) {
        return Ok(kept);
    }
    let found = Arc::new(sets::lab_sets(&state.access(&signed.caller)).await?);
    state.kept().lab_sets.put(tenant, Arc::clone(&found), now);
    Ok(found)
}

/// What a doctor used; nothing for others, who choose for no patient of theirs.
async fn of_doctor(state: &WebState, signed: &Signed, domain: Domain) -> Result<Arc<habits::Counts>, WebError> {
    let asks = is_counted(domain) && signed.info.professions.contains(&Profession::Doctor);
    let Some(person) = Id::new(&signed.info.person).ok().filter(|_| asks) else { return Ok(Arc::default()) };
    let (key, now) = ((signed.caller.tenant, signed.info.person.clone()), state.now());
    if let Some(kept) = state.kept().doctors.get(&key, now, COUNTS_MS) {
        return Ok(kept);
    }
    let counts = Arc::new(habits::of_doctor(&state.access(&signed.caller), &person).await?);
    state.kept().doctors.put(key, Arc::clone(&counts), now);
    Ok(counts)
}

/// What was used for a patient; nothing for who may not open charts. Kept for each person apart, so that everybody's
/// first look leaves its own audit event.
async fn of_patient(
    state: &WebState,
    signed: &Signed,
    domain: Domain,
    patient: Option<&Id>,
) -> Result<Arc<habits::Counts>, WebError> {
    let asks = is_counted(domain) && signed.rights.chart;
    let Some(patient) = patient.filter(|_| asks) else { return Ok(Arc::default()) };
    let (key, now) = ((signed.caller.tenant, signed.info.person.clone(), patient.clone()), state.now());
    if let Some(kept) = state.kept().patients.get(&key, now, PATIENT_MS) {
        return Ok(kept);
    }
    let counts = Arc::new(habits::of_patient(&state.access(&signed.caller), patient).await?);
    state.kept().patients.put(key, Arc::clone(&counts), now);
    Ok(counts)
}

/// Whether a record tells how often something was used.
const fn is_counted(domain: Domain) -> bool {
    matches!(domain, Domain::Drug | Domain::Disease)
}
