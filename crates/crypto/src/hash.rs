//! SHA-256.

/// A SHA-256 value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Lower-case hexadecimal.
    pub fn to_hex(&self) -> String {
        todo!()
    }
    /// From 64 hexadecimal characters.
    pub fn from_hex(hex: &str) -> Option<Digest> {
        let _ = hex;
        todo!()
    }
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_hex())
    }
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> Digest {
    let _ = bytes;
    todo!()
}

/// Incremental SHA-256, for streams.
pub struct Hasher(());

impl Hasher {
    /// A new computation.
    pub fn new() -> Hasher {
        todo!()
    }
    /// Adds bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let _ = bytes;
        todo!()
    }
    /// The value.
    pub fn finish(self) -> Digest {
        todo!()
    }
}
