//! A whole prescription, from what the chart holds and what the doctor decides when it is issued.
use super::Lacking;
use super::division::Division;
use super::lines::{Mapped, groups};
use super::people::{insurance, payer};
use super::width::{half_width_kana, wide};
use crate::wire::in_house::{InHouse, Setting};
use crate::wire::message::Insured as Person;
use crate::wire::prescription::{
    Doctor, DosageForm, Institution, Leftover, Narcotic, Note, Patient, Payer, Prescription, Remark, Sex,
};
use karute_chart::clinic::Contact;
use karute_chart::prescription::{Dispensing, OnPaper};
use karute_chart::registration::{Kept, KeptPublic, Kind};
use karute_chart::view;
use karute_fhir::Id;
use karute_japan::Date;

/// The institution as its tenant and its settings know it.
#[derive(Clone, Copy, Debug)]
pub struct Clinic<'c> {
    /// Name as it writes itself.
    pub name: &'c str,
    /// 医療機関コード, 10 digits.
    pub code: &'c str,
    /// Address and telephone, where they were entered.
    pub contact: Option<&'c Contact>,
}

/// What is decided when it is issued.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// 使用期間: its last day, where it is not the usual four days.
    pub until: Option<Date>,
    /// リフィル: total of uses, 2 or 3.
    pub refill: Option<u8>,
    /// 分割指示: which part this is.
    pub division: Option<Division>,
    /// 残薬確認欄
    pub leftover: Option<Leftover>,
    /// 備考
    pub remarks: Vec<String>,
    /// Why a drug is prescribed in spite of a finding, by its name: told to the pharmacy (record 301).
    pub reasons: Vec<(String, String)>,
    /// 麻薬施用者免許番号
    pub licence: Option<String>,
}

/// What is missing, of a line or of the whole.
pub type Missing = (Option<Id>, Lacking);

/// The prescription of a visit in the service's words; `doctor` issues it on the day `issued`.
///
/// # Errors
/// Everything the service needs and the chart does not say.
pub fn prescription(
    found: &OnPaper,
    clinic: &Clinic<'_>,
    doctor: &str,
    issued: Date,
    choices: &Choices,
) -> Result<Prescription, Vec<Missing>> {
    whole(found, clinic, doctor, (issued, Dispensing::Outside), choices)
}

/// 院内処方 of a visit in the service's words: prescribed and handed out on the day of the visit. What is said to a
/// pharmacy has no place in it.
///
/// # Errors
/// Everything the service needs and the chart does not say.
pub fn in_house(found: &OnPaper, clinic: &Clinic<'_>) -> Result<InHouse, Vec<Missing>> {
    let doctor = found.doctor.as_deref().unwrap_or_default();
    let whole = whole(found, clinic, doctor, (found.date, Dispensing::InHouse), &Choices::default())?;
    let injected = whole.groups.iter().all(|group| group.form == DosageForm::Injection);
    let setting = if injected { Setting::Injection } else { Setting::Outpatient };
    Ok(InHouse::handed_out(Prescription { notes: Vec::new(), ..whole }, setting))
}

fn whole(
    found: &OnPaper,
    clinic: &Clinic<'_>,
    doctor: &str,
    (issued, at): (Date, Dispensing),
    choices: &Choices,
) -> Result<Prescription, Vec<Missing>> {
    let mut missing: Vec<Missing> = Vec::new();
    let mapped = groups(&found.lines, at).map_err(|faults| {
        missing.extend(faults.into_iter().map(|(line, lacking)| (Some(line), lacking)));
    });
    let patient = patient(found).map_err(|lacking| missing.push((None, lacking)));
    let institution = institution(clinic).map_err(|lacking| missing.push((None, lacking)));
    let insured = insured(found).map_err(|lacking| missing.push((None, lacking)));
    let narcotic = narcotic(found, choices).map_err(|lacking| missing.push((None, lacking)));
    let (Ok(mapped), Ok(patient), Ok(institution), Ok((insurance, payers)), Ok(narcotic)) =
        (mapped, patient, institution, insured, narcotic)
    else {
        return Err(missing);
    };
    let Mapped { groups, mut notes } = mapped;
    let reasons = choices.reasons.iter();
    notes.extend(reasons.map(|(drug, words)| Note { drug: wide(drug), comment: wide(words) }));
    let whole = Prescription {
        institution,
        department: None,
        doctor: Doctor { code: String::new(), kana: String::new(), name: wide(doctor) },
        patient,
        insurance,
        payers,
        special_payer: None,
        receipt_kind: None,
        issued,
        until: choices.until,
        narcotic,
        leftover: choices.leftover,
        split: None,
        refill: choices.refill,
        remarks: choices.remarks.iter().map(|text| Remark { kind: None, text: wide(text) }).collect(),
        exchange_number: None,
        groups,
        notes,
        findings: Vec::new(),
    };
    match choices.division {
        Some(division) => division.apply(whole).ok_or_else(|| vec![(None, Lacking::NotDivisible)]),
        None => Ok(whole),
    }
}

fn institution(clinic: &Clinic<'_>) -> Result<Institution, Lacking> {
    let contact = clinic.contact.filter(|contact| !contact.address.is_empty() && !contact.phone.is_empty());
    let contact = contact.ok_or(Lacking::Contact)?;
    let part = |range: std::ops::Range<usize>| clinic.code.get(range).unwrap_or_default().to_owned();
    Ok(Institution {
        table: part(2..3),
        code: part(3..10),
        prefecture: part(0..2),
        name: wide(clinic.name),
        postal: contact.postal.clone(),
        address: wide(&contact.address),
        phone: contact.phone.clone(),
        fax: contact.fax.clone(),
        other: String::new(),
    })
}

fn patient(found: &OnPaper) -> Result<Patient, Lacking> {
    let person = &found.person;
    let kana = half_width_kana(person.kana.as_deref().unwrap_or_default());
    Ok(Patient {
        code: person.number.clone().unwrap_or_default(),
        name: wide(&person.name),
        kana: if kana.is_empty() { return Err(Lacking::Kana) } else { kana },
        sex: match person.sex {
            view::Sex::Male => Sex::Male,
            view::Sex::Female => Sex::Female,
            view::Sex::Unknown => return Err(Lacking::Sex),
        },
        birth: person.birth.ok_or(Lacking::Birth)?,
        share: None,
    })
}

type Insured = (Option<crate::wire::prescription::Insurance>, Vec<Payer>);

/// The insurance and the public payers; 生活保護 as the main card is the first payer.
fn insured(found: &OnPaper) -> Result<Insured, Lacking> {
    let publics: Vec<&KeptPublic> = found.publics.iter().collect();
    of_cards(found.card.as_ref(), &publics, found.person.birth, found.date)
}

/// The person as the service knows them by the cards of a day; `None` when it does not.
pub fn insured_person(card: Option<&Kept>, publics: &[&KeptPublic], birth: Option<Date>, on: Date) -> Option<Person> {
    let (insurance, payers) = of_cards(card, publics, birth, on).ok()?;
    Person::of(insurance.as_ref(), &payers)
}

fn of_cards(card: Option<&Kept>, publics: &[&KeptPublic], birth: Option<Date>, on: Date) -> Result<Insured, Lacking> {
    let mut payers = Vec::new();
    let insurance = match card {
        Some(kept) => {
            let card = kept.form.read(birth, on).map_err(|_| Lacking::InsuredNumber)?;
            if card.kind == Kind::Welfare {
                payers.push(Payer {
                    number: card.insurer.clone().ok_or(Lacking::InsuredNumber)?,
                    beneficiary: card.number.clone().unwrap_or_default(),
                });
            }
            insurance(&card)?
        }
        None => None,
    };
    for public in publics {
        payers.push(payer(&public.form.read().map_err(|_| Lacking::InsuredNumber)?));
    }
    payers.truncate(3);
    if insurance.is_none() && payers.is_empty() { Err(Lacking::NotInsured) } else { Ok((insurance, payers)) }
}

/// 麻薬 asks for the licence of the doctor and the address of the patient (record 61).
fn narcotic(found: &OnPaper, choices: &Choices) -> Result<Option<Narcotic>, Lacking> {
    if !found.has_narcotic {
        return Ok(None);
    }
    let phone = found.person.phone.clone().filter(|phone| !phone.is_empty());
    let licence = choices.licence.clone().filter(|licence| !licence.is_empty());
    match (licence, phone) {
        (Some(licence), Some(phone)) if !found.address.is_empty() => {
            Ok(Some(Narcotic { licence, address: wide(&found.address), phone }))
        }
        _ => Err(Lacking::Narcotic),
    }
}
