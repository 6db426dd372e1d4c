//! A prescription as records.
use super::{Drug, Group, Prescription};
use crate::profile::Layout;
use crate::wire::csv::{CsvFault, CsvFaults, FaultKind, Record, RecordError, Sheet};
use karute_japan::Date;
use rust_decimal::Decimal;

struct Writer<'p> {
    layout: &'p Layout,
    records: Vec<Record>,
}

impl Writer<'_> {
    fn put(&mut self, number: u16, items: &[(&str, &str)]) -> Result<(), RecordError> {
        self.records.push(Record::new(self.layout, number, items)?);
        Ok(())
    }
}

pub(super) fn sheet(given: &Prescription, layout: &Layout) -> Result<Sheet, CsvFaults> {
    let mut writer = Writer { layout, records: Vec::new() };
    let too_many = |number| CsvFaults::one(CsvFault::record(0, number, FaultKind::Repeated));
    if given.payers.len() > 3 {
        return Err(too_many(29));
    }
    if given
        .groups
        .iter()
        .flat_map(|group| &group.drugs)
        .any(|drug| drug.uneven.as_ref().is_some_and(|u| u.times.len() > 5))
    {
        return Err(too_many(221));
    }
    let written = head(&mut writer, given)
        .and_then(|()| management(&mut writer, given))
        .and_then(|()| (1..).zip(&given.groups).try_for_each(|(rp, group)| one_group(&mut writer, rp, group)))
        .and_then(|()| tail(&mut writer, given));
    written.map_err(|error| error.fault())?;
    Ok(Sheet { records: writer.records })
}

fn head(w: &mut Writer<'_>, given: &Prescription) -> Result<(), RecordError> {
    let place = &given.institution;
    w.put(
        1,
        &[("table", &place.table), ("code", &place.code), ("prefecture", &place.prefecture), ("name", &place.name)],
    )?;
    w.put(2, &[("postal", &place.postal), ("address", &place.address)])?;
    w.put(3, &[("phone", &place.phone), ("fax", &place.fax), ("other", &place.other)])?;
    if let Some(department) = &given.department {
        let (kind, code) = department.code.as_ref().map_or(("1", ""), |code| ("2", code));
        w.put(4, &[("kind", kind), ("code", code), ("name", &department.name)])?;
    }
    let doctor = &given.doctor;
    w.put(5, &[("code", &doctor.code), ("kana", &doctor.kana), ("name", &doctor.name)])?;
    let patient = &given.patient;
    w.put(11, &[("code", &patient.code), ("name", &patient.name), ("kana", &patient.kana)])?;
    w.put(12, &[("sex", patient.sex.code())])?;
    w.put(13, &[("birth", &date(patient.birth))])?;
    if let Some(share) = &patient.share {
        w.put(14, &[("share", share)])?;
    }
    if let Some(insurance) = &given.insurance {
        w.put(21, &[("kind", insurance.kind.code())])?;
        w.put(22, &[("insurer", &insurance.insurer)])?;
        let relation = if insurance.dependant { "2" } else { "1" };
        w.put(
            23,
            &[
                ("symbol", &insurance.symbol),
                ("number", &insurance.number),
                ("relation", relation),
                ("branch", &insurance.branch),
            ],
        )?;
        if let Some((share, benefit)) = insurance.rates {
            w.put(24, &[("share", &format!("{share:03}")), ("benefit", &format!("{benefit:03}"))])?;
        }
        if let Some(duty) = insurance.duty {
            w.put(25, &[("duty", duty.code())])?;
        }
    }
    for (number, payer) in (27..).zip(&given.payers) {
        w.put(number, &[("payer", &payer.number), ("beneficiary", &payer.beneficiary)])?;
    }
    if let Some(payer) = &given.special_payer {
        w.put(30, &[("payer", &payer.number), ("beneficiary", &payer.beneficiary)])?;
    }
    match &given.receipt_kind {
        Some(kind) => w.put(31, &[("kind", kind)]),
        None => Ok(()),
    }
}

fn management(w: &mut Writer<'_>, given: &Prescription) -> Result<(), RecordError> {
    w.put(51, &[("issued", &date(given.issued))])?;
    if let Some(until) = given.until {
        w.put(52, &[("until", &date(until))])?;
    }
    if let Some(narcotic) = &given.narcotic {
        let items =
            [("licence", narcotic.licence.as_str()), ("address", &narcotic.address), ("phone", &narcotic.phone)];
        w.put(61, &items)?;
    }
    if let Some(leftover) = given.leftover {
        w.put(62, &[("leftover", leftover.code())])?;
    }
    if let Some(split) = given.split {
        w.put(63, &[("total", &split.total.to_string()), ("this", &split.this.to_string())])?;
    }
    if let Some(total) = given.refill {
        w.put(64, &[("total", &total.to_string())])?;
    }
    for (number, remark) in (1_usize..).zip(&given.remarks) {
        let kind = remark.kind.map_or("", super::RemarkKind::code);
        w.put(81, &[("number", &number.to_string()), ("kind", kind), ("text", &remark.text)])?;
    }
    match &given.exchange_number {
        Some(number) => w.put(82, &[("kind", "1"), ("number", number)]),
        None => Ok(()),
    }
}

fn one_group(w: &mut Writer<'_>, rp: usize, group: &Group) -> Result<(), RecordError> {
    let rp = rp.to_string();
    let quantity = group.quantity.to_string();
    w.put(101, &[("rp", &rp), ("form", group.form.code()), ("form-name", &group.form_name), ("quantity", &quantity)])?;
    if let Some((this, total)) = group.split_quantity {
        w.put(102, &[("rp", &rp), ("this", &this.to_string()), ("total", &total.to_string())])?;
    }
    let times = group.times.map(|times| times.to_string()).unwrap_or_default();
    w.put(
        111,
        &[("rp", &rp), ("code-kind", "3"), ("code", &group.usage_code), ("name", &group.usage_name), ("times", &times)],
    )?;
    for (number, supplement) in (1_usize..).zip(&group.supplements) {
        let kind = supplement.kind.map_or("", super::UsageSupplementKind::code);
        w.put(
            181,
            &[
                ("rp", &rp),
                ("number", &number.to_string()),
                ("kind", kind),
                ("text", &supplement.text),
                ("code", &supplement.code),
                ("site", &supplement.site),
            ],
        )?;
    }
    (1_usize..).zip(&group.drugs).try_for_each(|(number, drug)| one_drug(w, &rp, &number.to_string(), drug))
}

fn one_drug(w: &mut Writer<'_>, rp: &str, number: &str, drug: &Drug) -> Result<(), RecordError> {
    let place = [("rp", rp), ("number", number)];
    let with = |items: &[(&'static str, String)]| -> Vec<(&'static str, String)> {
        place.iter().map(|(key, value)| (*key, (*value).to_owned())).chain(items.iter().cloned()).collect()
    };
    let mut put = |record: u16, items: &[(&'static str, String)]| {
        let items = with(items);
        let items: Vec<(&str, &str)> = items.iter().map(|(key, value)| (*key, value.as_str())).collect();
        w.put(record, &items)
    };
    put(
        201,
        &[
            ("kind", drug.kind.code().to_owned()),
            ("code-kind", drug.code_kind.code().to_owned()),
            ("code", drug.code.clone()),
            ("name", drug.name.clone()),
            ("amount", amount(drug.amount)),
            ("potency", if drug.potency { "2" } else { "1" }.to_owned()),
            ("unit", drug.unit.clone()),
        ],
    )?;
    if let Some(factor) = drug.conversion {
        put(211, &[("factor", amount(factor))])?;
    }
    if let Some(uneven) = &drug.uneven {
        const AMOUNTS: [&str; 5] = ["amount1", "amount2", "amount3", "amount4", "amount5"];
        const CODES: [&str; 5] = ["code1", "code2", "code3", "code4", "code5"];
        let amounts = AMOUNTS.into_iter().zip(&uneven.times).map(|(key, (each, _))| (key, amount(*each)));
        let codes = CODES.into_iter().zip(&uneven.times).map(|(key, (_, code))| (key, code.clone()));
        put(221, &amounts.chain(codes).collect::<Vec<_>>())?;
    }
    if let Some(payers) = drug.payers {
        let flag = |value: Option<bool>| value.map_or("", |applies| if applies { "1" } else { "0" }).to_owned();
        put(
            231,
            &[
                ("first", flag(payers.first)),
                ("second", flag(payers.second)),
                ("third", flag(payers.third)),
                ("special", flag(payers.special)),
            ],
        )?;
    }
    if let Some(single) = drug.single {
        let times = single.times.map(|times| times.to_string()).unwrap_or_default();
        put(241, &[("amount", amount(single.amount)), ("times", times)])?;
    }
    (1_usize..).zip(&drug.supplements).try_for_each(|(index, supplement)| {
        put(
            281,
            &[
                ("index", index.to_string()),
                ("kind", supplement.kind.map_or("", super::DrugSupplementKind::code).to_owned()),
                ("text", supplement.text.clone()),
                ("code", supplement.code.clone()),
            ],
        )
    })
}

fn tail(w: &mut Writer<'_>, given: &Prescription) -> Result<(), RecordError> {
    for (number, note) in (1_usize..).zip(&given.notes) {
        w.put(301, &[("number", &number.to_string()), ("drug", &note.drug), ("comment", &note.comment)])?;
    }
    (1_usize..)
        .zip(&given.findings)
        .try_for_each(|(number, value)| w.put(302, &[("number", &number.to_string()), ("value", value)]))
}

/// `yyyyMMdd`.
pub(crate) fn date(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), date.month(), date.day())
}

/// Without zeros at the end of the fraction.
pub(crate) fn amount(amount: Decimal) -> String {
    amount.normalize().to_string()
}
