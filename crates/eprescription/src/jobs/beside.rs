//! What is kept beside the task of a prescription: its document, the results of pharmacies, the copy.
use super::record::{Kept, kind};
use crate::profile::Profile;
use crate::wire::dispensing::Dispensing;
use crate::wire::envelope::{DispensingEnvelope, Envelope, Opened, SignedXml, UnsignedEnvelope};
use crate::wire::in_house::{InHouse, InHouseEnvelope};
use crate::wire::prescription::Prescription;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_fhir::Id;
use karute_json::{Limits, Value, parse};
use karute_ledger::{Access, Action, LedgerError, Lookup, Reader};

/// A document and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// What is sent.
    pub envelope: Envelope,
    /// What it says.
    pub what: Prescription,
}

/// The bytes of a `Binary`; `None` when it is not there.
async fn bytes(reader: &Reader, id: &Id) -> Result<Option<Vec<u8>>, LedgerError> {
    let Lookup::Found(version) = reader.read(kind("Binary")?, id).await? else { return Ok(None) };
    let damaged = || LedgerError::Integrity(format!("Binary/{id} cannot be read"));
    let body = parse(version.body.as_bytes(), &Limits::FHIR).map_err(|_| damaged())?;
    let data = body.get("data").and_then(Value::as_str).ok_or_else(damaged)?;
    STANDARD.decode(data.as_bytes()).map(Some).map_err(|_| damaged())
}

/// The document of a prescription as it was made: the bytes that are sent.
///
/// # Errors
/// When it is not there or damaged.
pub async fn document(access: &Access, kept: &Kept, profile: &Profile) -> Result<Document, LedgerError> {
    let reader = access.reader(Action::Read);
    let found = read_document(&reader, kept, profile).await?;
    reader.release(found.ok_or(LedgerError::NotFound)?).await
}

/// The same through the caller's reader; `None` when it is not there.
///
/// # Errors
/// When it is damaged.
pub async fn read_document(reader: &Reader, kept: &Kept, profile: &Profile) -> Result<Option<Document>, LedgerError> {
    let damaged = || LedgerError::Integrity(format!("Binary/{} is no prescription", kept.id));
    let Some(bytes) = bytes(reader, &kept.id).await? else { return Ok(None) };
    if kept.is_in_house() {
        let csv = InHouseEnvelope::read(&bytes, profile).map_err(|_| damaged())?;
        let what = InHouse::from_csv(&csv, profile).map_err(|_| damaged())?.what;
        let envelope = InHouseEnvelope::new(&csv, profile);
        let same = envelope.bytes() == bytes;
        return if same { Ok(Some(Document { envelope: Envelope::InHouse(envelope), what })) } else { Err(damaged()) };
    }
    let opened = Opened::read(&bytes, profile).map_err(|_| damaged())?;
    let what = Prescription::from_csv(&opened.csv, profile).map_err(|_| damaged())?;
    let envelope = if opened.signature.is_some() {
        Envelope::Electronic(SignedXml::new(bytes, profile).map_err(|_| damaged())?)
    } else {
        let unsigned = UnsignedEnvelope::new(&opened.csv, profile);
        if unsigned.bytes() != bytes {
            return Err(damaged());
        }
        Envelope::Paper(unsigned)
    };
    Ok(Some(Document { envelope, what }))
}

/// What a pharmacy dispensed, by 調剤結果ID; `None` when it is not kept.
///
/// # Errors
/// When it is damaged.
pub async fn read_result(reader: &Reader, id: &str, profile: &Profile) -> Result<Option<Dispensing>, LedgerError> {
    let damaged = || LedgerError::Integrity("a dispensing result cannot be read".to_owned());
    let id = Id::new(id).map_err(|_| damaged())?;
    let Some(bytes) = bytes(reader, &id).await? else { return Ok(None) };
    let envelope = DispensingEnvelope::read(&bytes, profile).map_err(|_| damaged())?;
    Dispensing::from_csv(&envelope.csv, profile).map(Some).map_err(|_| damaged())
}

/// Id of 処方内容（控え）.
///
/// # Errors
/// When the id of the task is too long for it.
pub(super) fn copy_id(task: &Id) -> Result<Id, LedgerError> {
    Id::new(&format!("{task}-copy")).map_err(|_| LedgerError::Limit("id"))
}

/// 処方内容（控え） as the service made it; `None` while it is not there.
///
/// # Errors
/// When it is damaged.
pub async fn read_copy(reader: &Reader, kept: &Kept) -> Result<Option<Vec<u8>>, LedgerError> {
    if !kept.stored.copy {
        return Ok(None);
    }
    bytes(reader, &copy_id(&kept.id)?).await
}
