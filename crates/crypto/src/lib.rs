//! Hashing, chain links, signed checkpoints, sealed tokens, keys: the one crypto provider (aws-lc-rs).
//! Knows neither FHIR nor SQL.

mod entropy;
mod hash;
mod keys;
mod link;
mod provider;
mod seal;
mod sign;

pub use entropy::{Entropy, SeededEntropy, SystemEntropy, token, uuid_v7};
pub use hash::{Digest, Hasher, ct_eq, sha256};
pub use keys::{KeyError, MasterKey};
pub use link::{EntryKind, LinkInput, link};
pub use provider::install_provider;
pub use seal::{SealError, Sealer};
pub use sign::{Signer, VerifyingKey};
