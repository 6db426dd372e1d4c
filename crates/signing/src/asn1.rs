//! Small helpers over the `der` crate for structures that no crate of ours describes: items of a constructed value
//! with their raw bytes, and wrapping of encoded pieces.
use der::{Header, Length, Reader, SliceReader, Tag};

/// One item: its tag, its content, and its whole encoding.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item<'a> {
    pub(crate) tag: Tag,
    pub(crate) value: &'a [u8],
    pub(crate) whole: &'a [u8],
}

impl<'a> Item<'a> {
    /// The items of a constructed value.
    pub(crate) fn items(&self) -> der::Result<Vec<Item<'a>>> {
        items(self.value)
    }
    /// The number of a context-specific tag.
    pub(crate) fn context(&self) -> Option<u8> {
        match self.tag {
            Tag::ContextSpecific { number, .. } => Some(number.value()),
            _ => None,
        }
    }
    /// The items of a value that must have this tag.
    pub(crate) fn expect(&self, tag: Tag) -> der::Result<Vec<Item<'a>>> {
        self.tag.assert_eq(tag)?;
        self.items()
    }
    /// The text of an object identifier.
    pub(crate) fn oid(&self) -> der::Result<der::asn1::ObjectIdentifier> {
        self.tag.assert_eq(Tag::ObjectIdentifier)?;
        der::asn1::ObjectIdentifier::from_bytes(self.value).map_err(|_| Tag::ObjectIdentifier.value_error())
    }
}

/// Most items of one constructed value that are looked at.
const MAX_ITEMS: usize = 10_000;

/// Splits the content of a constructed value.
pub(crate) fn items(content: &[u8]) -> der::Result<Vec<Item<'_>>> {
    let mut out = Vec::new();
    let mut rest = content;
    while !rest.is_empty() {
        let mut reader = SliceReader::new(rest)?;
        let header: Header = reader.decode()?;
        let start = usize::try_from(reader.position())?;
        let end = start.saturating_add(usize::try_from(header.length)?);
        let (Some(value), Some(whole)) = (rest.get(start..end), rest.get(..end)) else {
            return Err(header.tag.length_error());
        };
        out.push(Item { tag: header.tag, value, whole });
        if out.len() > MAX_ITEMS {
            return Err(der::ErrorKind::Overflow.into());
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    Ok(out)
}

/// The only item of some bytes.
pub(crate) fn single(bytes: &[u8]) -> der::Result<Item<'_>> {
    match items(bytes)?.as_slice() {
        [item] => Ok(*item),
        _ => Err(der::ErrorKind::Length { tag: Tag::Sequence }.into()),
    }
}

/// Puts encoded pieces into a value with this tag byte.
///
/// # Panics
/// Never: the pieces are far smaller than the largest length of DER that the `der` crate knows (256 MiB).
pub(crate) fn wrap(tag: u8, pieces: &[&[u8]]) -> Vec<u8> {
    let content = pieces.concat();
    let mut out = vec![tag];
    let length = Length::try_from(content.len()).and_then(|length| der::Encode::to_der(&length)).unwrap_or_default();
    out.extend_from_slice(&length);
    out.extend_from_slice(&content);
    out
}

/// A positive number without the zero byte that only tells its sign.
pub(crate) fn without_sign(bytes: &[u8]) -> &[u8] {
    match bytes {
        [0, rest @ ..] if !rest.is_empty() => rest,
        all => all,
    }
}

/// Tag bytes of constructed types.
pub(crate) const SEQUENCE: u8 = 0x30;
/// A set.
pub(crate) const SET: u8 = 0x31;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_apart_with_their_own_bytes() {
        let inner = wrap(0x04, &[&[1, 2, 3]]);
        let outer = wrap(SEQUENCE, &[&inner, &wrap(0xA0, &[&inner])]);
        let top = single(&outer).unwrap_or_else(|e| panic!("{e}"));
        let parts = top.expect(Tag::Sequence).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(parts.len(), 2);
        assert_eq!((parts[0].value, parts[0].whole), (&[1u8, 2, 3][..], inner.as_slice()));
        assert_eq!(parts[1].context(), Some(0));
        assert_eq!(parts[1].value, inner.as_slice());
    }

    #[test]
    fn lengths_beyond_the_end_and_trailing_bytes_are_errors() {
        assert!(single(&[0x04, 0x05, 1]).is_err());
        assert!(single(&[0x04, 0x01, 1, 0x05]).is_err());
        assert!(single(&[]).is_err());
        assert!(single(&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]).is_err());
        let long = wrap(0x04, &[&[7; 300]]);
        assert_eq!(long.get(..4), Some(&[0x04, 0x82, 0x01, 0x2C][..]));
    }
}
