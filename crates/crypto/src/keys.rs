//! Keys and where they come from.
use crate::hash::{from_hex, to_hex};
use crate::{Entropy, Sealer, Signer};
use aws_lc_rs::hkdf;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::Arc;
use zeroize::{Zeroize, Zeroizing};

/// The installation's master key (32 random bytes in a file of mode 0600, outside the database). Every other key
/// is derived from it by HKDF-SHA-256 with a purpose and, where it belongs to one, a tenant. Zeroed on drop.
#[derive(Clone)]
pub struct MasterKey(Arc<Zeroizing<[u8; 32]>>);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// A key file could not be used. The text names the file and what to do, never the key.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct KeyError(pub String);

/// Separates our derivations from those of any other program that might ever see the same key.
const SALT: &[u8] = b"karute master key 1";

impl MasterKey {
    /// From raw bytes (tests).
    pub fn from_bytes(bytes: [u8; 32]) -> MasterKey {
        MasterKey(Arc::new(Zeroizing::new(bytes)))
    }
    /// Reads the key file (64 hex characters); creates it when it does not exist.
    ///
    /// Two processes that start at once agree on one key: it is written aside and linked into place, and whoever
    /// comes second reads the first one's.
    pub fn load_or_create(path: &Path, entropy: &dyn Entropy) -> Result<MasterKey, KeyError> {
        if !path.exists() {
            create(path, entropy)?;
        }
        MasterKey::load(path)
    }
    /// Reads the key file; an error when it does not exist or others may read it.
    pub fn load(path: &Path) -> Result<MasterKey, KeyError> {
        let shown = path.display();
        let failed = |error: std::io::Error| KeyError(format!("鍵ファイル {shown} を読めません（{error}）。"));
        let meta = std::fs::metadata(path).map_err(failed)?;
        if !meta.is_file() || meta.len() > 4096 {
            return Err(KeyError(format!("{shown} は鍵ファイルではありません。")));
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if meta.permissions().mode() & 0o077 != 0 {
                return Err(KeyError(format!(
                    "鍵ファイル {shown} を本人以外が読めます。chmod 600 {shown} を実行してください。"
                )));
            }
        }
        let text = Zeroizing::new(std::fs::read_to_string(path).map_err(failed)?);
        from_hex(text.trim())
            .map(MasterKey::from_bytes)
            .ok_or_else(|| KeyError(format!("鍵ファイル {shown} の内容が64桁の16進数ではありません。")))
    }
    /// 32 bytes for a purpose, bound to a tenant when given.
    pub fn derive(&self, purpose: &str, tenant: Option<u32>) -> [u8; 32] {
        let prk = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(self.0.as_slice());
        let tenant = tenant.map(|number| (number.to_be_bytes(), [1u8])).unwrap_or_default();
        // The purpose comes last, so no two inputs share an encoding.
        let info = [&tenant.1[..], &tenant.0[..], purpose.as_bytes()];
        let mut out = [0u8; 32];
        if prk.expand(&info, hkdf::HKDF_SHA256).and_then(|okm| okm.fill(&mut out)).is_err() {
            unreachable!("HKDF-SHA-256 fails only beyond 8,160 bytes");
        }
        out
    }
    /// An AEAD for a purpose and tenant.
    pub fn sealer(&self, purpose: &str, tenant: u32) -> Sealer {
        let mut key = self.derive(&format!("seal {purpose}"), Some(tenant));
        let sealer = Sealer::new(&key);
        key.zeroize();
        sealer
    }
    /// The Ed25519 key that signs a tenant's chain heads and checkpoints.
    pub fn signer(&self, tenant: u32) -> Signer {
        let mut seed = self.derive("sign chain", Some(tenant));
        let signer = Signer::from_seed(&seed);
        seed.zeroize();
        signer
    }
}

/// Creates the key file, complete or not at all, readable by its owner only.
fn create(path: &Path, entropy: &dyn Entropy) -> Result<(), KeyError> {
    let shown = path.display();
    let failed = |error: std::io::Error| KeyError(format!("鍵ファイル {shown} を作れません（{error}）。"));
    let mut bytes = Zeroizing::new([0u8; 32]);
    entropy.fill(bytes.as_mut_slice());
    let mut text = Zeroizing::new(to_hex(bytes.as_slice()));
    text.push('\n');
    let mut suffix = [0u8; 8];
    entropy.fill(&mut suffix);
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".{}.new", to_hex(&suffix)));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let written = options.open(&aside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    // A hard link never replaces an existing file: the first one wins.
    let linked = written.and_then(|()| std::fs::hard_link(&aside, path));
    // The second name is of no use any more, whatever happened; a left-over is harmless and unreadable to others.
    let _ = std::fs::remove_file(&aside);
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(failed(error)),
        _ => {
            // So that the name survives a power loss as well as the content.
            let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
            std::fs::File::open(parent).and_then(|directory| directory.sync_all()).map_err(failed)
        }
    }
}
