//! Signed XML documents: signatures (XAdES), certificates (HPKI), time stamps, revocation, and the keys that sign.
//! Knows no kind of document: whoever signs or verifies one names its places in a [`Layout`].
//!
//! * [`verify`] judges a document that came in, and [`Verified::explain`] says in Japanese what was found.
//! * [`Signer`] makes signatures of level ES: [`KeySigner`] with a key in a file ([`LocalKey`]) or on a card
//!   (`TokenKey`, feature `pkcs11`), [`RemoteSigner`] with a remote service. Each comes with a [`SigningRecord`].
//! * [`extend`] raises the level: time stamp, certificates, revocation lists, archive time stamp. That is the work of
//!   the service that receives documents, not of a workplace.
//! * `TestAuthority` (feature `test-authority`) is the simulated HPKI.
//!
//! Sources: e-prescription.md sections 6, 7 and 12; W3C XML Signature 1.1, Canonical XML 1.0, Exclusive XML
//! Canonicalization 1.0; ETSI TS 101 903 v1.3.2 and v1.4.1; RFC 3161, 5280, 5652, 7292, 8018.
//!
//! # Why these libraries, and what is ours
//!
//! * `roxmltree` reads (no dependencies but `memchr`, no unsafe code, refuses document types); nothing needs writing but
//!   one fixed template.
//! * Canonicalisation is ours (`c14n`, two hundred lines). The library that offers it together with XML-DSig brings a
//!   second XML parser and 41 crates (144 CPU seconds), refuses XAdES in its strict mode, and knows dozens of algorithms
//!   and transforms that a verifier of this one profile must refuse. The tests compare ours with libxml2 and `xmlsec1`
//!   over generated documents, both ways.
//! * `x509-cert` reads certificates and lists (it is in the build already), the path check is ours: no library knows the
//!   policy and the `hcRole` of the HPKI, and `rustls-webpki` judges only TLS. Signatures are always checked over the
//!   bytes that came in.
//! * Time stamp tokens and PKCS#12 are read with `der` item by item; the crates for them decode strictly what
//!   authorities and Windows do not write strictly, or bring a second family of ciphers.
//! * All cryptography is the one provider's, aws-lc-rs. `cryptoki` speaks to cards.

mod algorithm;
mod asn1;
#[cfg(feature = "test-authority")]
pub mod authority;
mod bes;
pub mod c14n;
mod certificate;
mod chain;
pub mod extend;
mod layout;
mod names;
mod refusal;
mod role;
pub mod signer;
pub mod stamp;
mod verify;
mod xml;

#[cfg(feature = "test-authority")]
pub use authority::TestAuthority;
pub use bes::{Unsigned, prepare};
pub use certificate::{Certificate, MAX_CERTIFICATE_BYTES};
pub use chain::{Chain, Crl, HPKI_SIGNING_POLICY, MAX_CRL_BYTES, Revocation, Rules, Trust};
pub use layout::Layout;
pub use refusal::{Part, Refusal};
pub use role::Role;
pub use signer::local::LocalKey;
pub use signer::remote::RemoteSigner;
pub use signer::{KeySigner, SignError, Signed, Signer, SignerKind, Signing, SigningKey, SigningRecord};
pub use verify::{Level, Verified, verify};
pub use xml::MAX_DOCUMENT_BYTES;
