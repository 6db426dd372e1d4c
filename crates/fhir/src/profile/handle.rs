//! The profiles of a running process.
use super::ProfileSet;
use arc_swap::ArcSwapOption;
use std::ops::Deref;
use std::sync::Arc;

/// Where a process holds its profiles: those of the packages an operator loaded over the own rules, or the own rules
/// alone. Clones hold the same; who has taken [`ProfilesHandle::current`] keeps it while others are put in its place.
#[derive(Clone, Debug, Default)]
pub struct ProfilesHandle {
    loaded: Arc<ArcSwapOption<ProfileSet>>,
}

/// The profiles of a moment.
#[derive(Clone, Debug)]
pub struct Profiles(Option<Arc<ProfileSet>>);

impl ProfilesHandle {
    /// The profiles of now.
    pub fn current(&self) -> Profiles {
        Profiles(self.loaded.load_full())
    }

    /// Puts others in their place, for all clones at once.
    pub fn replace(&self, set: ProfileSet) {
        self.loaded.store(Some(Arc::new(set)));
    }
}

impl Deref for Profiles {
    type Target = ProfileSet;
    fn deref(&self) -> &ProfileSet {
        self.0.as_deref().unwrap_or_else(|| ProfileSet::own())
    }
}
