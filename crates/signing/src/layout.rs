//! Where in a document the signed element and its signature stand. The room knows no kind of document: whoever signs
//! or verifies one names its places.

/// The places of one signature. Elements are named by their local names from the root on; they have no namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The element that is signed with all that is in it.
    pub signed: &'static [&'static str],
    /// Its `id`.
    pub signed_id: &'static str,
    /// The element that holds the signature and nothing else. It must not stand inside the signed element.
    pub container: &'static [&'static str],
    /// The `Id` of the signature.
    pub signature_id: &'static str,
}

impl Layout {
    /// The container's name and the path of the element in which it stands.
    pub(crate) fn parent(&self) -> Option<(&'static str, &'static [&'static str])> {
        self.container.split_last().map(|(name, path)| (*name, path))
    }
    /// The name of the signed element.
    pub(crate) fn signed_name(&self) -> String {
        self.signed.last().map(|name| (*name).to_owned()).unwrap_or_default()
    }
}
