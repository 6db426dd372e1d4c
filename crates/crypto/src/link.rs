//! The links of a tenant's chain.
use crate::{Digest, Hasher};

/// What an entry of the chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum EntryKind {
    /// A version of a resource.
    Version = 1,
    /// An audit event.
    Audit = 2,
}

/// Everything a link covers. Each field is hashed with its length, so no two inputs share an encoding.
#[derive(Clone, Copy, Debug)]
pub struct LinkInput<'a> {
    /// The tenant's number.
    pub tenant: u32,
    /// Position in the chain, from 1.
    pub seq: u64,
    /// Kind of entry.
    pub kind: EntryKind,
    /// Every column of the entry that has meaning, in a fixed order, as bytes.
    pub fields: &'a [&'a [u8]],
}

/// Keeps these hashes apart from every other use of SHA-256, and names the version of the encoding.
const DOMAIN: &[u8] = b"karute chain link 1\0";

/// SHA-256 over the previous link and the entry: domain, previous link, tenant (4 bytes), position (8), kind (1),
/// number of fields (4), then each field as length (8) and bytes; all numbers big-endian.
pub fn link(previous: &Digest, input: &LinkInput<'_>) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(DOMAIN);
    hasher.update(&previous.0);
    hasher.update(&input.tenant.to_be_bytes());
    hasher.update(&input.seq.to_be_bytes());
    hasher.update(&[input.kind as u8]);
    hasher.update(&(input.fields.len() as u32).to_be_bytes());
    for field in input.fields {
        hasher.update(&(field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sha256;

    const INPUT: LinkInput<'_> =
        LinkInput { tenant: 1, seq: 2, kind: EntryKind::Version, fields: &[b"Patient", b"", b"{}"] };

    #[test]
    fn the_encoding_is_what_the_documentation_says() {
        let mut bytes = b"karute chain link 1\0".to_vec();
        bytes.extend([7u8; 32]);
        bytes.extend([0, 0, 0, 1]);
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 2]);
        bytes.push(1);
        bytes.extend([0, 0, 0, 3]);
        for (length, field) in [(7u8, &b"Patient"[..]), (0, b""), (2, b"{}")] {
            bytes.extend([0, 0, 0, 0, 0, 0, 0, length]);
            bytes.extend(field);
        }
        assert_eq!(link(&Digest([7; 32]), &INPUT), sha256(&bytes));
    }

    #[test]
    fn every_part_of_an_entry_changes_its_link() {
        let previous = Digest([7; 32]);
        let variants = [
            link(&previous, &INPUT),
            link(&Digest([8; 32]), &INPUT),
            link(&previous, &LinkInput { tenant: 2, ..INPUT }),
            link(&previous, &LinkInput { seq: 3, ..INPUT }),
            link(&previous, &LinkInput { kind: EntryKind::Audit, ..INPUT }),
            link(&previous, &LinkInput { fields: &[b"Patient", b"{}", b""], ..INPUT }),
            link(&previous, &LinkInput { fields: &[b"Patient{}"], ..INPUT }),
            link(&previous, &LinkInput { fields: &[b"Patien", b"t", b"{}"], ..INPUT }),
            link(&previous, &LinkInput { fields: &[b"Patient", b"", b"{}", b""], ..INPUT }),
        ];
        for (index, one) in variants.iter().enumerate() {
            assert!(!variants.iter().skip(index + 1).any(|other| other == one), "variant {index}");
        }
    }
}
