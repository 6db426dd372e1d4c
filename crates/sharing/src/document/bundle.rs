//! A Bundle, put together: entries with addresses of their own, canonical order, and its size.
use super::json::{Json, identifier, list, word};
use super::names;
use super::{BundleId, Lacking};
use karute_crypto::Entropy;
use karute_japan::Timestamp;
use karute_json::{Object, Value};

/// Bytes of a document or unit at most (digest jp-fhir §4: 10 MB per upload).
pub const MAX_BYTES: usize = 10_000_000;

/// When it is made and under which id; where new addresses come from.
#[derive(Clone, Copy)]
pub struct Stamp<'a> {
    /// Its Bundle-ID, the same for every version of it.
    pub id: &'a BundleId,
    /// Now.
    pub at: Timestamp,
    /// For `fullUrl`: new for every send.
    pub entropy: &'a dyn Entropy,
}

impl Stamp<'_> {
    /// A new `urn:uuid:` (version 4).
    pub(super) fn address(&self) -> String {
        let mut bytes = [0u8; 16];
        self.entropy.fill(&mut bytes);
        let value = (u128::from_be_bytes(bytes) & !(0xF << 76) & !(0x3 << 62)) | (0x4 << 76) | (0x2 << 62);
        let hex = format!("{value:032x}");
        let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
        format!("urn:uuid:{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
    }
}

/// Something made, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The Bundle.
    pub bundle: Json,
    /// Its bytes, canonical: the same facts, id, moment and randomness give the same bytes.
    pub text: String,
    /// 被保険者個人識別子 under which it goes: needed to change or delete it later (§5.3).
    pub member: String,
    /// Resources of the unit's kind in it; 0 of an emptied unit, for which the delete request is preferred (§4).
    pub count: usize,
}

/// Entries under construction.
pub(super) struct Entries<'s> {
    stamp: &'s Stamp<'s>,
    all: Vec<(String, Json)>,
}

impl<'s> Entries<'s> {
    pub(super) fn new(stamp: &'s Stamp<'s>) -> Entries<'s> {
        Entries { stamp, all: Vec::new() }
    }

    /// Adds a resource; answers its address.
    pub(super) fn add(&mut self, resource: Json) -> String {
        let address = self.stamp.address();
        self.all.push((address.clone(), resource));
        address
    }

    /// Puts a resource in front of all others.
    pub(super) fn first(&mut self, resource: Json) {
        let address = self.stamp.address();
        self.all.insert(0, (address, resource));
    }

    pub(super) fn finish(
        self,
        profile: &str,
        kind: &str,
        tag: Option<&str>,
        (member, count): (String, usize),
    ) -> Result<Made, Lacking> {
        let at = self.stamp.at.to_fhir();
        let mut meta = Object::new().with("lastUpdated", word(at.clone())).with("profile", list([word(profile)]));
        if let Some(tag) = tag {
            let tag = Value::object([("system", word(names::RESOURCE_TAG)), ("code", word(tag))]);
            meta.insert("tag", list([tag]));
        }
        let entry =
            |(address, resource): (String, Json)| Value::object([("fullUrl", word(address)), ("resource", resource)]);
        let bundle = Value::object([
            ("resourceType", word("Bundle")),
            ("meta", Value::Object(meta)),
            ("identifier", identifier(names::BUNDLE_ID, self.stamp.id.as_str())),
            ("type", word(kind)),
            ("timestamp", word(at)),
            ("entry", list(self.all.into_iter().map(entry))),
        ]);
        let text = bundle.to_json();
        if text.len() > MAX_BYTES {
            return Err(Lacking::TooLarge(text.len() as u64));
        }
        Ok(Made { bundle, text, member, count })
    }
}
