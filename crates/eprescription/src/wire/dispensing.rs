//! A dispensing result (調剤編, digest 6.3) as typed values, and its CSV.
use super::csv::{CsvFault, CsvFaults, FaultKind, Record, RecordError, Sheet};
use super::prescription::{Sex, amount_text, date_text};
use crate::profile::{ItemError, Layout, Profile, item_day};
use karute_japan::Date;
use rust_decimal::Decimal;

/// What a pharmacy dispensed.
#[derive(Clone, PartialEq, Eq)]
pub struct Dispensing {
    /// Name with a full-width blank.
    pub patient: String,
    /// Half-width kana; empty when not told.
    pub kana: String,
    /// 性別
    pub sex: Sex,
    /// 生年月日
    pub birth: Date,
    /// 調剤等年月日
    pub date: Date,
    /// Record 6.
    pub insurance: Option<Insured>,
    /// 処方箋ID
    pub prescription: String,
    /// Record 11.
    pub pharmacy: Pharmacy,
    /// Names of the pharmacists (record 15).
    pub pharmacists: Vec<String>,
    /// Record 51.
    pub institution: Option<Prescriber>,
    /// Name and department of the doctors (record 55); the department may be empty.
    pub doctors: Vec<(String, String)>,
    /// RP by RP.
    pub groups: Vec<Dispensed>,
    /// 伝達事項: words and kind (record 411).
    pub messages: Vec<(String, String)>,
    /// 疑義照会結果: kind and words (record 511).
    pub inquiries: Vec<(String, String)>,
    /// 残薬確認 (record 421).
    pub leftovers: Vec<String>,
    /// 備考 (record 501).
    pub remarks: Vec<String>,
    /// Record 521.
    pub refill: Option<Refill>,
}

/// The insured person as the pharmacy wrote it.
#[derive(Clone, PartialEq, Eq)]
pub struct Insured {
    /// 保険種別
    pub kind: String,
    /// 保険者番号
    pub insurer: String,
    /// 記号
    pub symbol: String,
    /// 番号
    pub number: String,
    /// 枝番
    pub branch: String,
}

/// The pharmacy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pharmacy {
    /// Name.
    pub name: String,
    /// 都道府県番号
    pub prefecture: String,
    /// 点数表, 4.
    pub table: String,
    /// The 7 digits of its code.
    pub code: String,
    /// 郵便番号
    pub postal: String,
    /// 住所
    pub address: String,
    /// 電話番号
    pub phone: String,
}

/// The institution that prescribed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prescriber {
    /// Name.
    pub name: String,
    /// 都道府県番号
    pub prefecture: String,
    /// 点数表
    pub table: String,
    /// The 7 digits of its code.
    pub code: String,
}

/// One RP as dispensed.
#[derive(Clone, PartialEq, Eq)]
pub struct Dispensed {
    /// RP番号, from 1.
    pub rp: u16,
    /// Drugs.
    pub drugs: Vec<DispensedDrug>,
    /// 用法名称
    pub usage: String,
    /// 調剤数量
    pub quantity: u16,
    /// 日分, 回分, 調剤.
    pub unit: String,
    /// 剤形コード of this CSV: 1 oral, 2 drops, 3 as needed, 4 injection, 5 external.
    pub form: String,
    /// 用法コード; empty when there is none.
    pub usage_code: String,
    /// 用法補足 (record 311).
    pub supplements: Vec<String>,
}

/// A drug as dispensed.
#[derive(Clone, PartialEq, Eq)]
pub struct DispensedDrug {
    /// Name.
    pub name: String,
    /// 用量
    pub amount: Decimal,
    /// 単位
    pub unit: String,
    /// 2 receipt code, 4 YJ ….
    pub code_kind: String,
    /// Code; empty when there is none.
    pub code: String,
}

/// リフィル情報 (record 521).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refill {
    /// 調剤回数: which dispensing this was.
    pub count: u8,
    /// No further dispensing follows.
    pub over: bool,
    /// 次回予定日
    pub next: Option<Date>,
}

macro_rules! silent {
    ($($name:ident),+) => { $(impl std::fmt::Debug for $name {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str(concat!(stringify!($name), "(…)"))
        }
    })+ };
}
silent!(Dispensing, Insured, Dispensed, DispensedDrug);

impl Dispensing {
    /// Writes the CSV.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn to_csv(&self, profile: &Profile) -> Result<Vec<u8>, CsvFaults> {
        let layout = profile.dispensing();
        let mut records = Vec::new();
        write(self, layout, &mut records).map_err(|error| {
            CsvFaults::one(CsvFault {
                item: error.key.clone(),
                ..CsvFault::record(0, error.number, FaultKind::UnknownRecord)
            })
        })?;
        Sheet { records }.write(layout, profile)
    }

    /// Reads a CSV. Records that this type does not carry (2, 4, 281, 291, 391, 401) are checked and passed over; the
    /// bytes themselves are what is kept.
    ///
    /// # Errors
    /// Everything that does not fit the record table.
    pub fn from_csv(bytes: &[u8], profile: &Profile) -> Result<Dispensing, CsvFaults> {
        let layout = profile.dispensing();
        let sheet = Sheet::read(bytes, layout, profile)?;
        read(&sheet, layout)
    }
}

fn write(given: &Dispensing, layout: &Layout, to: &mut Vec<Record>) -> Result<(), RecordError> {
    let mut put = |number: u16, items: &[(&str, &str)]| -> Result<(), RecordError> {
        to.push(Record::new(layout, number, items)?);
        Ok(())
    };
    put(
        1,
        &[
            ("name", &given.patient),
            ("sex", given.sex.code()),
            ("birth", &date_text(given.birth)),
            ("kana", &given.kana),
        ],
    )?;
    put(5, &[("date", &date_text(given.date))])?;
    if let Some(insured) = &given.insurance {
        put(
            6,
            &[
                ("kind", &insured.kind),
                ("insurer", &insured.insurer),
                ("symbol", &insured.symbol),
                ("number", &insured.number),
                ("branch", &insured.branch),
            ],
        )?;
    }
    put(7, &[("id", &given.prescription)])?;
    let pharmacy = &given.pharmacy;
    put(
        11,
        &[
            ("name", &pharmacy.name),
            ("prefecture", &pharmacy.prefecture),
            ("table", &pharmacy.table),
            ("code", &pharmacy.code),
            ("postal", &pharmacy.postal),
            ("address", &pharmacy.address),
            ("phone", &pharmacy.phone),
        ],
    )?;
    for name in &given.pharmacists {
        put(15, &[("name", name)])?;
    }
    if let Some(place) = &given.institution {
        put(
            51,
            &[("name", &place.name), ("prefecture", &place.prefecture), ("table", &place.table), ("code", &place.code)],
        )?;
    }
    for (name, department) in &given.doctors {
        put(55, &[("name", name), ("department", department)])?;
    }
    for group in &given.groups {
        let rp = group.rp.to_string();
        for drug in &group.drugs {
            put(
                201,
                &[
                    ("rp", &rp),
                    ("name", &drug.name),
                    ("amount", &amount_text(drug.amount)),
                    ("unit", &drug.unit),
                    ("code-kind", &drug.code_kind),
                    ("code", &drug.code),
                ],
            )?;
        }
        put(
            301,
            &[
                ("rp", &rp),
                ("name", &group.usage),
                ("quantity", &group.quantity.to_string()),
                ("unit", &group.unit),
                ("form", &group.form),
                ("code-kind", "3"),
                ("code", &group.usage_code),
            ],
        )?;
        for text in &group.supplements {
            put(311, &[("rp", &rp), ("text", text)])?;
        }
    }
    for (text, kind) in &given.messages {
        put(411, &[("text", text), ("kind", kind)])?;
    }
    for text in &given.leftovers {
        put(421, &[("text", text)])?;
    }
    for text in &given.remarks {
        put(501, &[("text", text)])?;
    }
    for (kind, text) in &given.inquiries {
        put(511, &[("kind", kind), ("text", text)])?;
    }
    match given.refill {
        Some(refill) => put(
            521,
            &[
                ("count", &refill.count.to_string()),
                ("over", if refill.over { "2" } else { "1" }),
                ("next", &refill.next.map(date_text).unwrap_or_default()),
            ],
        ),
        None => Ok(()),
    }
}

fn read(sheet: &Sheet, layout: &Layout) -> Result<Dispensing, CsvFaults> {
    let wrong = |record: &Record, key: &str, error: ItemError| {
        CsvFaults::one(CsvFault {
            item: key.to_owned(),
            ..CsvFault::record(record.line, record.number, FaultKind::Item(error))
        })
    };
    let must = |number: u16| {
        sheet.first(number).ok_or_else(|| CsvFaults::one(CsvFault::record(0, number, FaultKind::MissingRecord)))
    };
    let text = |record: &Record, key: &str| record.get(layout, key).to_owned();
    let day = |record: &Record, key: &str| {
        item_day(record.get(layout, key)).ok_or_else(|| wrong(record, key, ItemError::Day))
    };
    let (patient, dispensed, id, pharmacy) = (must(1)?, must(5)?, must(7)?, must(11)?);
    let refill = |record: &Record| {
        let count = record.get(layout, "count").parse().map_err(|_| wrong(record, "count", ItemError::Characters))?;
        let next = Some(record.get(layout, "next")).filter(|next| !next.is_empty());
        let next = next.map(|_| day(record, "next")).transpose()?;
        Ok::<_, CsvFaults>(Refill { count, over: record.get(layout, "over") == "2", next })
    };
    Ok(Dispensing {
        patient: text(patient, "name"),
        kana: text(patient, "kana"),
        sex: Sex::parse(patient.get(layout, "sex")).ok_or_else(|| wrong(patient, "sex", ItemError::Code))?,
        birth: day(patient, "birth")?,
        date: day(dispensed, "date")?,
        insurance: sheet.first(6).map(|r| Insured {
            kind: text(r, "kind"),
            insurer: text(r, "insurer"),
            symbol: text(r, "symbol"),
            number: text(r, "number"),
            branch: text(r, "branch"),
        }),
        prescription: text(id, "id"),
        pharmacy: Pharmacy {
            name: text(pharmacy, "name"),
            prefecture: text(pharmacy, "prefecture"),
            table: text(pharmacy, "table"),
            code: text(pharmacy, "code"),
            postal: text(pharmacy, "postal"),
            address: text(pharmacy, "address"),
            phone: text(pharmacy, "phone"),
        },
        pharmacists: sheet.all(15).map(|r| text(r, "name")).collect(),
        institution: sheet.first(51).map(|r| Prescriber {
            name: text(r, "name"),
            prefecture: text(r, "prefecture"),
            table: text(r, "table"),
            code: text(r, "code"),
        }),
        doctors: sheet.all(55).map(|r| (text(r, "name"), text(r, "department"))).collect(),
        groups: groups(sheet, layout)?,
        messages: sheet.all(411).map(|r| (text(r, "text"), text(r, "kind"))).collect(),
        inquiries: sheet.all(511).map(|r| (text(r, "kind"), text(r, "text"))).collect(),
        leftovers: sheet.all(421).map(|r| text(r, "text")).collect(),
        remarks: sheet.all(501).map(|r| text(r, "text")).collect(),
        refill: sheet.first(521).map(refill).transpose()?,
    })
}

/// The RPs: one usage each, with the drugs that name its number.
fn groups(sheet: &Sheet, layout: &Layout) -> Result<Vec<Dispensed>, CsvFaults> {
    let wrong = |record: &Record| CsvFaults::one(CsvFault::record(record.line, record.number, FaultKind::Numbering));
    let number = |record: &Record| record.get(layout, "rp").parse::<u16>().map_err(|_| wrong(record));
    let mut groups: Vec<Dispensed> = Vec::new();
    for record in sheet.all(301) {
        let rp = number(record)?;
        if groups.iter().any(|group| group.rp == rp) {
            return Err(wrong(record));
        }
        groups.push(Dispensed {
            rp,
            drugs: Vec::new(),
            usage: record.get(layout, "name").to_owned(),
            quantity: record.get(layout, "quantity").parse().map_err(|_| wrong(record))?,
            unit: record.get(layout, "unit").to_owned(),
            form: record.get(layout, "form").to_owned(),
            usage_code: record.get(layout, "code").to_owned(),
            supplements: Vec::new(),
        });
    }
    for record in sheet.records.iter().filter(|record| matches!(record.number, 201 | 311)) {
        let rp = number(record)?;
        let group = groups.iter_mut().find(|group| group.rp == rp).ok_or_else(|| wrong(record))?;
        if record.number == 311 {
            group.supplements.push(record.get(layout, "text").to_owned());
            continue;
        }
        group.drugs.push(DispensedDrug {
            name: record.get(layout, "name").to_owned(),
            amount: record.get(layout, "amount").parse().map_err(|_| wrong(record))?,
            unit: record.get(layout, "unit").to_owned(),
            code_kind: record.get(layout, "code-kind").to_owned(),
            code: record.get(layout, "code").to_owned(),
        });
    }
    match groups.iter().find(|group| group.drugs.is_empty()) {
        Some(empty) => Err(CsvFaults::one(CsvFault {
            place: Some((empty.rp, None)),
            ..CsvFault::record(0, 201, FaultKind::MissingRecord)
        })),
        None => Ok(groups),
    }
}
