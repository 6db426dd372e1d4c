//! With what doctors sign: a key file per person, sealed under the installation's key; or a signer that lives as long
//! as the process (a session, the demonstration's simulated card).
use super::{Office, OfficeError};
use crate::signature::{Hpki, Signer, rules};
use karute_ledger::{Access, Action, Commit, Doc, TenantId};
use karute_signing::{KeySigner, LocalKey};
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
        self.lent().insert((tenant, person.to_owned()), signer);
    }

    /// The signer of a person; `None` where there is none.
    ///
    /// # Errors
    /// When the ledger cannot be read, or what is kept cannot be opened.
    pub async fn signer(&self, access: &Access, person: &str) -> Result<Option<Arc<dyn Signer>>, OfficeError> {
        let tenant = access.tenant();
        if let Some(signer) = self.lent().get(&(tenant, person.to_owned())) {
            return Ok(Some(Arc::clone(signer)));
        }
        let Some(sealed) = access.doc(SPACE, person).await? else { return Ok(None) };
        let opened = self.sealer(SPACE, tenant).open(&sealed, person).map_err(|_| OfficeError::Damaged)?;
        let opened = Zeroizing::new(opened);
        let kept: KeyFile = serde_json::from_slice(&opened).map_err(|_| OfficeError::Damaged)?;
        Ok(Some(Arc::new(self.signer_of(&kept)?)))
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

    fn signer_of(&self, kept: &KeyFile) -> Result<Hpki, OfficeError> {
        let key = LocalKey::from_pkcs12(&kept.file, &kept.password)?;
        let signer = KeySigner::new(key, rules()).map_err(karute_signing::SignError::from)?;
        Ok(Hpki::new(Arc::new(signer), Arc::clone(self.profile())))
    }
}
