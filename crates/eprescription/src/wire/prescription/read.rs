//! Records as a prescription. The sheet was checked against the layout before: what is read here has its type.
use super::{
    CodeKind, Department, Doctor, DosageForm, Drug, DrugKind, DrugSupplement, DrugSupplementKind, Duty, Group,
    Institution, Insurance, InsuranceKind, Leftover, Narcotic, Note, Patient, Payer, Payers, Prescription, Remark,
    RemarkKind, Sex, Single, Split, Uneven, UsageSupplement, UsageSupplementKind,
};
use crate::profile::{ItemError, Layout, item_day};
use crate::wire::csv::{CsvFault, CsvFaults, FaultKind, Record, Sheet};
use karute_japan::Date;
use rust_decimal::Decimal;

/// The items of one record.
struct Reading<'s> {
    layout: &'s Layout,
    record: &'s Record,
}

impl<'s> Reading<'s> {
    fn text(&self, key: &str) -> &'s str {
        self.record.get(self.layout, key)
    }
    fn owned(&self, key: &str) -> String {
        self.text(key).to_owned()
    }
    fn wrong(&self, key: &str, error: ItemError) -> CsvFaults {
        let spec = self.layout.record(self.record.number);
        let label = spec.and_then(|spec| spec.items.iter().find(|item| item.key == key)).map(|item| item.label.clone());
        CsvFaults::one(CsvFault {
            place: spec.and_then(|spec| self.record.place(spec)),
            item: label.unwrap_or_default(),
            ..CsvFault::record(self.record.line, self.record.number, FaultKind::Item(error))
        })
    }
    fn some<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Option<T>, CsvFaults> {
        match self.text(key) {
            "" => Ok(None),
            text => parse(text).map(Some).ok_or_else(|| self.wrong(key, ItemError::Code)),
        }
    }
    fn must<T>(&self, key: &str, parse: impl Fn(&str) -> Option<T>) -> Result<T, CsvFaults> {
        self.some(key, parse)?.ok_or_else(|| self.wrong(key, ItemError::Missing))
    }
    fn number<T: std::str::FromStr>(&self, key: &str) -> Result<T, CsvFaults> {
        self.must(key, |text| text.parse().ok())
    }
}

pub(super) fn prescription(sheet: &Sheet, layout: &Layout) -> Result<Prescription, CsvFaults> {
    let first = |number: u16| sheet.first(number).map(|record| Reading { layout, record });
    let must = |number: u16| {
        first(number).ok_or_else(|| CsvFaults::one(CsvFault::record(0, number, FaultKind::MissingRecord)))
    };
    let all = |number: u16| sheet.all(number).map(move |record| Reading { layout, record });
    let payer =
        |reading: Reading<'_>| Payer { number: reading.owned("payer"), beneficiary: reading.owned("beneficiary") };
    let (place, address, contact, doctor) = (must(1)?, must(2)?, must(3)?, must(5)?);
    let (name, sex, birth) = (must(11)?, must(12)?, must(13)?);
    Ok(Prescription {
        institution: Institution {
            table: place.owned("table"),
            code: place.owned("code"),
            prefecture: place.owned("prefecture"),
            name: place.owned("name"),
            postal: address.owned("postal"),
            address: address.owned("address"),
            phone: contact.owned("phone"),
            fax: contact.owned("fax"),
            other: contact.owned("other"),
        },
        department: first(4).map(|r| department(&r)).transpose()?,
        doctor: Doctor { code: doctor.owned("code"), kana: doctor.owned("kana"), name: doctor.owned("name") },
        patient: Patient {
            code: name.owned("code"),
            name: name.owned("name"),
            kana: name.owned("kana"),
            sex: sex.must("sex", Sex::parse)?,
            birth: birth.must("birth", item_day)?,
            share: first(14).map(|r| r.owned("share")),
        },
        insurance: insurance(&first)?,
        payers: payers(&first)?.into_iter().map(payer).collect(),
        special_payer: first(30).map(payer),
        receipt_kind: first(31).map(|r| r.owned("kind")),
        issued: must(51)?.must("issued", item_day)?,
        until: day_of(first(52), "until")?,
        narcotic: first(61).map(|r| Narcotic {
            licence: r.owned("licence"),
            address: r.owned("address"),
            phone: r.owned("phone"),
        }),
        leftover: first(62).map(|r| r.must("leftover", Leftover::parse)).transpose()?,
        split: first(63).map(|r| Ok(Split { total: r.number("total")?, this: r.number("this")? })).transpose()?,
        refill: first(64).map(|r| r.number("total")).transpose()?,
        remarks: all(81)
            .map(|r| Ok(Remark { kind: r.some("kind", RemarkKind::parse)?, text: r.owned("text") }))
            .collect::<Result<_, CsvFaults>>()?,
        exchange_number: first(82).map(|r| r.owned("number")),
        groups: groups(sheet, layout)?,
        notes: all(301).map(|r| Note { drug: r.owned("drug"), comment: r.owned("comment") }).collect(),
        findings: all(302).map(|r| r.owned("value")).collect(),
    })
}

fn day_of(reading: Option<Reading<'_>>, key: &str) -> Result<Option<Date>, CsvFaults> {
    reading.map(|reading| reading.must(key, item_day)).transpose()
}

/// 1 says that only the name is told, 2 that there is a code.
fn department(reading: &Reading<'_>) -> Result<Department, CsvFaults> {
    let code = Some(reading.owned("code")).filter(|code| !code.is_empty());
    match (reading.text("kind"), &code) {
        ("1", None) | ("2", Some(_)) => Ok(Department { code, name: reading.owned("name") }),
        ("1", Some(_)) => Err(reading.wrong("code", ItemError::Code)),
        _ => Err(reading.wrong("code", ItemError::Missing)),
    }
}

/// 21, 22 and 23 stand together; 24 and 25 only with them.
fn insurance<'s>(first: &impl Fn(u16) -> Option<Reading<'s>>) -> Result<Option<Insurance>, CsvFaults> {
    let (kind, insurer, card) = match (first(21), first(22), first(23)) {
        (Some(kind), Some(insurer), Some(card)) => (kind, insurer, card),
        (None, None, None) => {
            return match first(24).or_else(|| first(25)) {
                None => Ok(None),
                Some(lone) => Err(lone.wrong("", ItemError::Missing)),
            };
        }
        (kind, insurer, _) => {
            let lacking = if kind.is_none() {
                21
            } else if insurer.is_none() {
                22
            } else {
                23
            };
            return Err(CsvFaults::one(CsvFault::record(0, lacking, FaultKind::MissingRecord)));
        }
    };
    Ok(Some(Insurance {
        kind: kind.must("kind", InsuranceKind::parse)?,
        insurer: insurer.owned("insurer"),
        symbol: card.owned("symbol"),
        number: card.owned("number"),
        dependant: card.text("relation") == "2",
        branch: card.owned("branch"),
        rates: first(24)
            .map(|r| {
                let percent = |text: &str| text.parse::<u8>().ok().filter(|percent| *percent <= 100);
                Ok((r.must("share", percent)?, r.must("benefit", percent)?))
            })
            .transpose()?,
        duty: first(25).map(|r| r.must("duty", Duty::parse)).transpose()?,
    }))
}

/// The public payers; none may be left out before a later one.
fn payers<'s>(first: &impl Fn(u16) -> Option<Reading<'s>>) -> Result<Vec<Reading<'s>>, CsvFaults> {
    let found = [first(27), first(28), first(29)];
    let there: Vec<bool> = found.iter().map(Option::is_some).collect();
    if let Some(gap) = there.windows(2).position(|pair| pair == [false, true]) {
        let number = 27 + u16::try_from(gap).unwrap_or_default();
        return Err(CsvFaults::one(CsvFault::record(0, number, FaultKind::MissingRecord)));
    }
    Ok(found.into_iter().flatten().collect())
}

fn groups(sheet: &Sheet, layout: &Layout) -> Result<Vec<Group>, CsvFaults> {
    let mut groups: Vec<Group> = Vec::new();
    for record in &sheet.records {
        let r = Reading { layout, record };
        if record.number == 101 {
            groups.push(Group {
                form: r.must("form", DosageForm::parse)?,
                form_name: r.owned("form-name"),
                quantity: r.number("quantity")?,
                split_quantity: None,
                usage_code: String::new(),
                usage_name: String::new(),
                times: None,
                supplements: Vec::new(),
                drugs: Vec::new(),
            });
            continue;
        }
        let Some(group) = groups.last_mut() else { continue };
        match record.number {
            102 => group.split_quantity = Some((r.number("this")?, r.number("total")?)),
            111 => {
                group.usage_code = r.owned("code");
                group.usage_name = r.owned("name");
                group.times = r.some("times", |text| text.parse().ok())?;
            }
            181 => group.supplements.push(UsageSupplement {
                kind: r.some("kind", UsageSupplementKind::parse)?,
                text: r.owned("text"),
                code: r.owned("code"),
                site: r.owned("site"),
            }),
            201 => group.drugs.push(drug(&r)?),
            _ => {
                if let Some(drug) = group.drugs.last_mut() {
                    about_drug(drug, &r)?;
                }
            }
        }
    }
    Ok(groups)
}

fn drug(r: &Reading<'_>) -> Result<Drug, CsvFaults> {
    Ok(Drug {
        kind: r.must("kind", DrugKind::parse)?,
        code_kind: r.must("code-kind", CodeKind::parse)?,
        code: r.owned("code"),
        name: r.owned("name"),
        amount: r.must("amount", amount)?,
        potency: r.text("potency") == "2",
        unit: r.owned("unit"),
        conversion: None,
        uneven: None,
        payers: None,
        single: None,
        supplements: Vec::new(),
    })
}

fn about_drug(drug: &mut Drug, r: &Reading<'_>) -> Result<(), CsvFaults> {
    match r.record.number {
        211 => drug.conversion = Some(r.must("factor", amount)?),
        221 => drug.uneven = Some(uneven(r)?),
        231 => {
            let flag = |key| r.some(key, |text| Some(text == "1"));
            drug.payers = Some(Payers {
                first: flag("first")?,
                second: flag("second")?,
                third: flag("third")?,
                special: flag("special")?,
            });
        }
        241 => {
            let times = r.some("times", |text| text.parse().ok())?;
            drug.single = Some(Single { amount: r.must("amount", amount)?, times });
        }
        281 => drug.supplements.push(DrugSupplement {
            kind: r.some("kind", DrugSupplementKind::parse)?,
            text: r.owned("text"),
            code: r.owned("code"),
        }),
        _ => {}
    }
    Ok(())
}

/// Amounts run from the first without a gap; a code only stands with its amount.
fn uneven(r: &Reading<'_>) -> Result<Uneven, CsvFaults> {
    let mut times = Vec::new();
    for (index, (key, code)) in
        [("amount1", "code1"), ("amount2", "code2"), ("amount3", "code3"), ("amount4", "code4"), ("amount5", "code5")]
            .into_iter()
            .enumerate()
    {
        match r.some(key, amount)? {
            Some(each) if times.len() == index => times.push((each, r.owned(code))),
            None if r.text(code).is_empty() => {}
            Some(_) | None => return Err(r.wrong(key, ItemError::Missing)),
        }
    }
    Ok(Uneven { times })
}

fn amount(text: &str) -> Option<Decimal> {
    text.parse().ok()
}
