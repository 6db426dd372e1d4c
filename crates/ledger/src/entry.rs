//! What the chain covers, and what is signed.
use crate::TenantId;
use karute_crypto::{Digest, EntryKind, LinkInput, link};
use karute_japan::Timestamp;

/// The columns of a version, as its link covers them.
pub(crate) struct VersionEntry<'a> {
    pub(crate) resource_type: &'a [u8],
    pub(crate) id: &'a [u8],
    pub(crate) version: u32,
    /// As stored.
    pub(crate) operation: u8,
    pub(crate) updated: Timestamp,
    pub(crate) body: &'a [u8],
}

impl VersionEntry<'_> {
    pub(crate) fn link(&self, previous: &Digest, tenant: TenantId, seq: u64) -> Digest {
        let fields: [&[u8]; 6] = [
            self.resource_type,
            self.id,
            &self.version.to_be_bytes(),
            &[self.operation],
            &self.updated.as_micros().to_be_bytes(),
            self.body,
        ];
        link(previous, &LinkInput { tenant: tenant.0, seq, kind: EntryKind::Version, fields: &fields })
    }
}

/// The link of an audit event.
pub(crate) fn audit_link(previous: &Digest, tenant: TenantId, seq: u64, at: Timestamp, body: &[u8]) -> Digest {
    let fields: [&[u8]; 2] = [&at.as_micros().to_be_bytes(), body];
    link(previous, &LinkInput { tenant: tenant.0, seq, kind: EntryKind::Audit, fields: &fields })
}

/// What the signature of a chain head or of a checkpoint is over.
pub(crate) fn statement(purpose: &str, tenant: TenantId, seq: u64, link: &Digest, at: Timestamp) -> Vec<u8> {
    let mut message = format!("karute {purpose} 1\0").into_bytes();
    message.extend(tenant.0.to_be_bytes());
    message.extend(seq.to_be_bytes());
    message.extend(link.0);
    message.extend(at.as_micros().to_be_bytes());
    message
}
