//! Hashing, chain links, signed checkpoints, sealed tokens, keys: the one crypto provider (aws-lc-rs).
//! Knows neither FHIR nor SQL.

mod entropy;
mod hash;
mod keys;
mod link;
mod seal;
mod sign;

pub use entropy::{Entropy, SystemEntropy};
pub use hash::{Digest, Hasher, sha256};
pub use keys::{KeyError, MasterKey};
pub use link::{EntryKind, LinkInput, link};
pub use seal::{SealError, Sealer};
pub use sign::{Signer, VerifyingKey};
