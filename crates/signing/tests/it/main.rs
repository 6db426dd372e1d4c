//! Signing and verifying from outside: against `xmlsec1`, `libxml2`, OpenSSL and SoftHSM, with forged and broken
//! documents, and with a remote service that misbehaves.
#![allow(clippy::unwrap_used, missing_docs)]

mod canonical;
mod forgery;
mod levels;
mod pkcs11;
mod pkcs12;
mod remote;
mod setting;
mod vectors;
mod xmlsec;
