//! With what doctors sign: a key file per person, sealed under the installation's key; or a signer that lives as long
//! as the process (a session, the demonstration's simulated card).
use super::signing::Lent;
use super::{Office, OfficeError};
use crate::signature::{Hpki, Signer, rules};
use karute_ledger::{Access, Action, Commit, Doc, TenantId};
use karute_signing::{Certificate, KeySigner, LocalKey, SigningKey as _};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use zeroize::{Zeroize as _, Zeroizing};

const SPACE: &str = "eprescription.key";
/// Largest PKCS#12 file taken.
const MAX_FILE_BYTES: usize = 64 << 10;

/// A key file as it is sealed.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    /// PKCS#12.
    file: Vec<u8>,
    password: String,
}

impl Drop for KeyFile {
    fn drop(&mut self) {
        self.file.zeroize();
        self.password.zeroize();
    }
}

impl Office {
    /// A signer for a person, for as long as this process lives.
    pub fn lend(&self, tenant: TenantId, person: &str, signer: Arc<dyn Signer>) {
        self.lent().insert((tenant, person.to_owned()), Lent { signer, until: None });
    }

    /// The signer of a person; `None` where there is none, or they must sign in first.
    ///
    /// # Errors
    /// When the ledger cannot be read, or what is kept cannot be opened.
    pub async fn signer(&self, access: &Access, person: &str) -> Result<Option<Arc<dyn Signer>>, OfficeError> {
        Ok(self.signing(access, person).await?.signer)
    }

    /// Whether a person has a key file.
    pub(super) async fn has_key(&self, access: &Access, person: &str) -> Result<bool, OfficeError> {
        Ok(access.doc(SPACE, person).await?.is_some())
    }

    pub(super) async fn signer_of_file(
        &self,
        access: &Access,
        person: &str,
    ) -> Result<Option<(Arc<dyn Signer>, Certificate)>, OfficeError> {
        let tenant = access.tenant();
        let Some(sealed) = access.doc(SPACE, person).await? else { return Ok(None) };
        let opened = self.sealer(SPACE, tenant).open(&sealed, person).map_err(|_| OfficeError::Damaged)?;
        let opened = Zeroizing::new(opened);
        let kept: KeyFile = serde_json::from_slice(&opened).map_err(|_| OfficeError::Damaged)?;
        let (signer, certificate) = self.signer_of(&kept)?;
        Ok(Some((Arc::new(signer), certificate)))
    }

    /// Keeps a person's key file. It is opened first: what cannot sign a prescription is not kept.
    ///
    /// # Errors
    /// When file or password are wrong, the certificate is no doctor's, or it cannot be written.
    pub async fn keep_key(
        &self,
        access: &Access,
        person: &str,
        file: Vec<u8>,
        password: String,
    ) -> Result<(), OfficeError> {
        if file.len() > MAX_FILE_BYTES {
            return Err(OfficeError::Damaged);
        }
        let kept = KeyFile { file, password };
        self.signer_of(&kept)?;
        let plain = Zeroizing::new(serde_json::to_vec(&kept).map_err(|_| OfficeError::Damaged)?);
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some(format!("署名用の鍵を登録: {person}"));
        commit.docs.push(Doc::Put {
            space: SPACE,
            key: person.to_owned(),
            value: self.sealer(SPACE, access.tenant()).seal(&plain, person),
            expires: None,
        });
        access.commit(commit).await?;
        Ok(())
    }

    fn signer_of(&self, kept: &KeyFile) -> Result<(Hpki, Certificate), OfficeError> {
        let key = LocalKey::from_pkcs12(&kept.file, &kept.password)?;
        let signer = KeySigner::new(key, rules()).map_err(karute_signing::SignError::from)?;
        let certificate = signer.key().certificate().clone();
        Ok((Hpki::new(Arc::new(signer), Arc::clone(self.profile())), certificate))
    }
}
