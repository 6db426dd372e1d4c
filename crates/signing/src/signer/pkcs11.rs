//! A key on a card or token through the PKCS#11 library of its maker (OASIS PKCS #11 2.40): the HPKI card.
//!
//! The card signs a `DigestInfo` with `CKM_RSA_PKCS` (e-prescription.md section 7.3). The library is loaded when it is
//! named, never linked. PINs are wiped when they are no longer needed and appear in no error text.
use super::{SignError, SignerKind, SigningKey};
use crate::certificate::Certificate;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use karute_crypto::sha256;
use std::path::Path;
use std::sync::Mutex;

/// `DigestInfo` of a SHA-256 value up to the value (RFC 8017 section 9.2, note 1).
const DIGEST_INFO: [u8; 19] =
    [0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];

/// The library of a card's maker. Load it once for the life of the process.
#[derive(Clone, Debug)]
pub struct TokenLibrary(Pkcs11);

/// A card or token in a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// The label that its issuer gave it.
    pub label: String,
    /// Its serial number.
    pub serial: String,
    slot: Slot,
}

impl TokenLibrary {
    /// Loads the library at a path.
    ///
    /// # Errors
    /// When it is not there or is no PKCS#11 library.
    pub fn load(path: &Path) -> Result<TokenLibrary, SignError> {
        let library = Pkcs11::new(path).map_err(|_| SignError::TokenLibrary)?;
        match library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(TokenLibrary(library)),
            Err(_) => Err(SignError::TokenLibrary),
        }
    }
    /// The cards that are in readers now.
    ///
    /// # Errors
    /// When the readers cannot be asked.
    pub fn tokens(&self) -> Result<Vec<TokenInfo>, SignError> {
        let slots = self.0.get_slots_with_initialized_token().map_err(|error| failed(&error))?;
        slots
            .into_iter()
            .map(|slot| {
                let info = self.0.get_token_info(slot).map_err(|error| failed(&error))?;
                Ok(TokenInfo {
                    label: info.label().trim_end().to_owned(),
                    serial: info.serial_number().trim_end().to_owned(),
                    slot,
                })
            })
            .collect()
    }
    /// Opens a card with its PIN and finds the key for signing: the one whose certificate is for signing, or the only
    /// one there.
    ///
    /// # Errors
    /// [`SignError::Pin`] and [`SignError::PinLocked`] when the PIN is not taken; [`SignError::TokenEmpty`] when there
    /// is no key with a certificate.
    pub fn open(&self, token: &TokenInfo, pin: &str) -> Result<TokenKey, SignError> {
        let session = self.0.open_ro_session(token.slot).map_err(|error| failed(&error))?;
        let secret = AuthPin::new(pin.into());
        match session.login(UserType::User, Some(&secret)) {
            // Another session of this process is signed in: all sessions of a token share that.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                let info = self.0.get_token_info(token.slot).ok();
                return Err(match info {
                    Some(info) if info.user_pin_locked() => SignError::PinLocked,
                    Some(info) => SignError::Pin { last: info.user_pin_final_try() },
                    None => SignError::Pin { last: false },
                });
            }
            Err(Error::Pkcs11(RvError::PinLocked, _)) => return Err(SignError::PinLocked),
            Err(error) => return Err(failed(&error)),
        }
        let (key, certificate) = signing_pair(&session)?;
        let each_time = session
            .get_attributes(key, &[AttributeType::AlwaysAuthenticate])
            .is_ok_and(|found| found.contains(&Attribute::AlwaysAuthenticate(true)));
        Ok(TokenKey { session: Mutex::new(session), key, certificate, pin: each_time.then_some(secret) })
    }
}

/// The names that PKCS#11 gives errors tell what happened and carry no secrets.
fn failed(error: &Error) -> SignError {
    match error {
        Error::Pkcs11(RvError::TokenNotPresent | RvError::DeviceRemoved | RvError::SlotIdInvalid, _) => {
            SignError::TokenMissing
        }
        Error::Pkcs11(code, _) => SignError::Token { code: format!("{code:?}") },
        _ => SignError::Token { code: "PKCS#11".to_owned() },
    }
}

/// Keys and certificates that belong together carry the same `CKA_ID`.
fn signing_pair(session: &Session) -> Result<(ObjectHandle, Certificate), SignError> {
    let find = |class: ObjectClass| session.find_objects(&[Attribute::Class(class)]).map_err(|error| failed(&error));
    let id = |object: ObjectHandle| -> Option<Vec<u8>> {
        session.get_attributes(object, &[AttributeType::Id]).ok()?.into_iter().find_map(|attribute| match attribute {
            Attribute::Id(id) => Some(id),
            _ => None,
        })
    };
    let keys: Vec<(ObjectHandle, Option<Vec<u8>>)> =
        find(ObjectClass::PRIVATE_KEY)?.into_iter().map(|key| (key, id(key))).collect();
    let mut pairs = Vec::new();
    for object in find(ObjectClass::CERTIFICATE)? {
        let values = session.get_attributes(object, &[AttributeType::Value]).map_err(|error| failed(&error))?;
        let certificate = values.iter().find_map(|attribute| match attribute {
            Attribute::Value(der) => Certificate::from_der(der).ok(),
            _ => None,
        });
        let own = id(object);
        let key = keys.iter().find(|(_, id)| own.is_some() && *id == own).map(|(key, _)| *key);
        if let (Some(certificate), Some(key)) = (certificate, key) {
            pairs.push((key, certificate));
        }
    }
    if pairs.len() > 1 {
        pairs.retain(|(_, certificate)| certificate.is_for_signing());
    }
    pairs.into_iter().next().ok_or(SignError::TokenEmpty)
}

/// An opened card. Closing it (dropping) signs out.
pub struct TokenKey {
    session: Mutex<Session>,
    key: ObjectHandle,
    certificate: Certificate,
    /// Kept only for cards that ask before every signature.
    pin: Option<AuthPin>,
}

impl std::fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenKey({:?}, …)", self.certificate)
    }
}

impl SigningKey for TokenKey {
    fn kind(&self) -> SignerKind {
        SignerKind::Token
    }
    fn certificate(&self) -> &Certificate {
        &self.certificate
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let mut info = DIGEST_INFO.to_vec();
        info.extend_from_slice(&sha256(message).0);
        let session = self.session.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let signed = match &self.pin {
            None => session.sign(&Mechanism::RsaPkcs, self.key, &info),
            // The PIN comes between the start of the operation and the data; `cryptoki` offers that order only in the
            // form for several pieces, of which there is one.
            Some(pin) => session
                .sign_init(&Mechanism::RsaPkcs, self.key)
                .and_then(|()| session.login(UserType::ContextSpecific, Some(pin)))
                .and_then(|()| session.sign_update(&info))
                .and_then(|()| session.sign_final()),
        };
        signed.map_err(|error| failed(&error))
    }
}
