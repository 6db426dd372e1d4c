//! 院内処方 (digest section 11): what is prescribed and handed out in the house, as CSV and in its envelope. There is no
//! signature. What is assumed stands in the profile (E-5).
use super::csv::{CsvFaults, Sheet};
use super::envelope::EnvelopeError;
use super::prescription::{Prescription, date_text};
use crate::profile::{Profile, item_day};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::Date;
use karute_transport::xml::{Element, read};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// 区分 (record 53).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// 外来（院内）
    Outpatient,
    /// 入院
    Inpatient,
    /// 退院
    Discharge,
    /// 受診時の注射
    Injection,
}

impl Setting {
    const CODES: [(Setting, &'static str); 4] =
        [(Setting::Outpatient, "1"), (Setting::Inpatient, "2"), (Setting::Discharge, "3"), (Setting::Injection, "4")];

    /// Its code.
    pub fn code(self) -> &'static str {
        Setting::CODES.iter().find(|(known, _)| *known == self).map_or("", |(_, code)| code)
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Setting> {
        Setting::CODES.iter().find(|(_, known)| *known == code).map(|(setting, _)| *setting)
    }
}

/// 実施・投薬 (record 401): an RP that was handed out or given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Number of the RP, from 1.
    pub rp: u16,
    /// The day.
    pub on: Date,
    /// 数量: days, times, or 1.
    pub quantity: u16,
}

/// What is prescribed in the house, and what of it was handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InHouse {
    /// Institution, patient, insurance, drugs; `issued` is 処方等年月日. What only leaves with a prescription (使用期限,
    /// 麻薬施用, 残薬, 分割, リフィル, 備考, words to the pharmacy) has no place here.
    pub what: Prescription,
    /// 区分
    pub setting: Setting,
    /// What was handed out.
    pub given: Vec<Given>,
}

impl InHouse {
    /// What was handed out on the day it was prescribed, all of it.
    pub fn handed_out(what: Prescription, setting: Setting) -> InHouse {
        let on = what.issued;
        let given = (1..).zip(&what.groups).map(|(rp, group)| Given { rp, on, quantity: group.quantity }).collect();
        InHouse { what, setting, given }
    }

    /// Writes the CSV (院内処方編): UTF-8, LF, no LF at the end.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn to_csv(&self, profile: &Profile) -> Result<Vec<u8>, CsvFaults> {
        let layout = profile.in_house();
        let mut sheet = self.what.to_sheet(layout)?;
        let behind = sheet.records.iter().position(|record| record.number > 51).unwrap_or(sheet.records.len());
        sheet.insert(behind, layout, 53, &[("setting", self.setting.code())])?;
        for given in &self.given {
            let (rp, on, quantity) = (given.rp.to_string(), date_text(given.on), given.quantity.to_string());
            let end = sheet.records.len();
            sheet.insert(end, layout, 401, &[("rp", &rp), ("date", &on), ("quantity", &quantity)])?;
        }
        sheet.write(layout, profile)
    }

    /// Reads a CSV.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn from_csv(bytes: &[u8], profile: &Profile) -> Result<InHouse, CsvFaults> {
        let layout = profile.in_house();
        let sheet = Sheet::read(bytes, layout, profile)?;
        let what = Prescription::of_sheet(&sheet, layout)?;
        // The sheet was checked against the layout: what is read here has its type.
        let setting = sheet.first(53).and_then(|record| Setting::parse(record.get(layout, "setting")));
        let given = sheet.all(401).filter_map(|record| {
            Some(Given {
                rp: record.get(layout, "rp").parse().ok()?,
                on: item_day(record.get(layout, "date"))?,
                quantity: record.get(layout, "quantity").parse().ok()?,
            })
        });
        Ok(InHouse { what, setting: setting.unwrap_or(Setting::Outpatient), given: given.collect() })
    }
}

/// The envelope of 院内処方 (EH.xsd), to the byte.
#[derive(Clone, PartialEq, Eq)]
pub struct InHouseEnvelope(Vec<u8>);

impl std::fmt::Debug for InHouseEnvelope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InHouseEnvelope({} bytes)", self.0.len())
    }
}

impl InHouseEnvelope {
    /// Wraps the CSV.
    pub fn new(csv: &[u8], profile: &Profile) -> InHouseEnvelope {
        let names = profile.envelope();
        let text = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns:xsi=\"{XSI}\" id=\"Document\" \
             xsi:noNamespaceSchemaLocation=\"{}\"><InHospital><InHospitalManagement id=\"InHospitalManagement\">\
             <Version Value=\"{}\"/></InHospitalManagement><InHospitalDocument id=\"InHospitalDocument\">{}\
             </InHospitalDocument></InHospital></Document>",
            names.in_house_schema.value(),
            names.in_house_version.value(),
            STANDARD.encode(csv),
        );
        InHouseEnvelope(text.into_bytes())
    }

    /// The document, to the byte.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Opens an envelope: its CSV.
    ///
    /// # Errors
    /// See [`EnvelopeError`].
    pub fn read(bytes: &[u8], profile: &Profile) -> Result<Vec<u8>, EnvelopeError> {
        let root = read(bytes, &profile.bounds())?;
        let names = profile.envelope();
        let fits = root.name == "Document"
            && root.attribute("id") == Some("Document")
            && root.attribute("xsi:noNamespaceSchemaLocation") == Some(names.in_house_schema.value())
            && root.holds_only(&["InHospital"])
            && root.ids_are_unique();
        let holder = root.only("InHospital")?;
        if !fits || !holder.holds_only(&["InHospitalManagement", "InHospitalDocument"]) {
            return Err(EnvelopeError::Structure);
        }
        let named = |name: &str| -> Result<&Element, EnvelopeError> {
            let element = holder.only(name)?;
            if element.attribute("id") == Some(name) { Ok(element) } else { Err(EnvelopeError::Structure) }
        };
        if named("InHospitalManagement")?.only("Version")?.attribute("Value")
            != Some(names.in_house_version.value().as_str())
        {
            return Err(EnvelopeError::Version);
        }
        let document = named("InHospitalDocument")?;
        if !document.children.is_empty() {
            return Err(EnvelopeError::Structure);
        }
        STANDARD.decode(&document.text).map_err(|_| EnvelopeError::Base64)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sample(profile: &Profile) -> InHouse {
        let csv = include_bytes!("../../tests/fixtures/prescription-1.csv");
        let mut what = Prescription::from_csv(csv, profile).unwrap();
        (what.leftover, what.remarks, what.until) = (None, Vec::new(), None);
        InHouse::handed_out(what, Setting::Outpatient)
    }

    #[test]
    fn what_was_handed_out_is_written_and_read_back() {
        let profile = Profile::built_in();
        let given = sample(&profile);
        let csv = given.to_csv(&profile).unwrap();
        let text = String::from_utf8(csv.clone()).unwrap();
        assert!(text.starts_with("HJ1\n1,1,1234566,13,"), "{text}");
        assert!(text.contains("\n51,20260615\n53,1\n101,1,1,,14\n"), "{text}");
        assert!(text.ends_with("\n401,1,20260615,14\n401,2,20260615,10\n401,3,20260615,1"), "{text}");
        assert_eq!(InHouse::from_csv(&csv, &profile).unwrap(), given);
        let envelope = InHouseEnvelope::new(&csv, &profile);
        assert_eq!(InHouseEnvelope::read(envelope.bytes(), &profile).unwrap(), csv);
    }

    #[test]
    fn what_has_no_place_here_is_refused() {
        let profile = Profile::built_in();
        let mut given = sample(&profile);
        given.what.refill = Some(2);
        assert!(given.to_csv(&profile).is_err());
        let text = String::from_utf8(sample(&profile).to_csv(&profile).unwrap()).unwrap();
        for (from, to) in [("\n53,1\n", "\n"), ("HJ1", "SJ1"), ("\n53,1\n", "\n53,9\n"), (",14\n401,2", ",14\n401,x")] {
            let spoilt = text.replacen(from, to, 1);
            assert_ne!(spoilt, text);
            assert!(InHouse::from_csv(spoilt.as_bytes(), &profile).is_err(), "{to}");
        }
        let envelope = InHouseEnvelope::new(b"HJ1", &profile);
        let envelope = String::from_utf8(envelope.bytes().to_vec()).unwrap();
        for (from, to) in [
            ("EH.xsd", "EP.xsd"),
            ("EPH1.0", "EPH9.9"),
            ("id=\"InHospitalDocument\"", "id=\"Document\""),
            ("</InHospital>", "<PrescriptionSign/></InHospital>"),
            (">SEox<", ">SEo\nx<"),
        ] {
            let spoilt = envelope.replacen(from, to, 1);
            assert_ne!(spoilt, envelope, "{from}");
            assert!(InHouseEnvelope::read(spoilt.as_bytes(), &profile).is_err(), "{to}");
        }
    }
}
