//! JLAC10 and JLAC11: lists with headings (MEDIS, a laboratory's own), and the CodeSystems of the sharing service,
//! whose groups are its items.
use super::code_system::CodeSystem;
use super::header::{Columns, Heading, optional, required};
use super::refusal::Refusal;
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_code};
use crate::column::{jlac10, jlac11};
use crate::{Absent, Extent, Kind, Row};
use csv::StringRecord;
use std::collections::{BTreeSet, HashMap};

#[rustfmt::skip]
const CODE10: &[&str] = &["JLAC10", "jlac10_17", "JLAC10コード", "JLAC10コード(17桁)", "JLAC10(17桁)", "JLAC10コード17桁", "検査コード(JLAC10)"];
#[rustfmt::skip]
const CODE11: &[&str] = &["JLAC11", "jlac11_17", "JLAC11コード", "JLAC11コード(17桁)", "JLAC11(17桁)", "JLAC11コード17桁", "検査コード(JLAC11)"];
const NAME: &[&str] =
    &["標準検査名称", "検査名称", "検査項目名", "検査項目名称", "項目名称", "検査名", "name_ja", "名称"];

#[rustfmt::skip]
const fn headings(code: &'static [&'static str], other: &'static [&'static str]) -> [Heading; 9] {
    [
        required(code),
        required(NAME),
        optional(&["略称", "short_name", "省略名称", "項目略称"]),
        optional(&["材料", "材料名称", "検査材料", "specimen"]),
        optional(&["測定法", "測定法名称", "検査方法", "method"]),
        optional(&["単位", "単位名称", "unit"]),
        optional(&["診療行為コード", "診療報酬請求コード", "act_code"]),
        optional(&["CLINS項目", "clins_item"]),
        optional(other),
    ]
}

pub(super) const LIST10: [Heading; 9] = headings(CODE10, CODE11);
pub(super) const LIST11: [Heading; 9] = headings(CODE11, CODE10);

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    match CodeSystem::of(file)? {
        Some(system) => shared(file, &system, taking),
        None => list(file, taking),
    }
}

/// The list of the sharing service.
fn shared(file: &File<'_>, system: &CodeSystem<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let ten = taking.kind == Kind::Jlac10;
    let (word, part) = match &*system.url() {
        url if url.contains("Infection") => (url.contains("/JLAC10/"), "clins-infection"),
        url => (url.contains("/JLAC10/"), "clins-core"),
    };
    if word != ten || !system.url().contains("/JLAC1") {
        let text = format!("{}ではない CodeSystem（{}）です。", taking.kind.label(), system.url());
        return Err(Refusal::new(&file.name, super::Reason::Layout, text));
    }
    taking.date = taking.date.or_else(|| system.date());
    let mut items = BTreeSet::new();
    for (number, concept) in system.concepts().iter().enumerate().filter(|(_, concept)| !concept.is_group()) {
        let key = concept.text("code").into_owned();
        items.insert(concept.parent.clone());
        let display = concept.text("display").trim().to_owned();
        let name = concept.designations().into_iter().next().unwrap_or_else(|| display.clone());
        let [specimen, method, unit] = ["specimen", "method", "unit"].map(|property| concept.property(property));
        let item = concept.parent.clone();
        let row = if !is_code(&key, 17) {
            Err(Fault::new(1, format!("コード「{key}」が英数字17桁ではありません")))
        } else if name.is_empty() {
            Err(Fault::new(2, "名称が空です"))
        } else {
            let mut values = vec![name, display, specimen, method, unit];
            values.extend(if ten { vec![String::new(), item, String::new()] } else { vec![item, String::new()] });
            Ok(Some(Row { key: key.clone(), values, ..Row::default() }))
        };
        taking.take(u32::try_from(number + 1).unwrap_or(u32::MAX), &key, row);
    }
    let item = if ten { jlac10::CLINS_ITEM } else { jlac11::CLINS_ITEM };
    // A longer list may hold these codes too: its names come first, and what only it knows stays.
    let (keeps, named) = if ten {
        let named = vec![jlac10::NAME, jlac10::SHORT_NAME, jlac10::SPECIMEN, jlac10::METHOD, jlac10::UNIT];
        (vec![jlac10::ACT_CODE, jlac10::JLAC11], named)
    } else {
        let named = vec![jlac11::NAME, jlac11::SHORT_NAME, jlac11::SPECIMEN, jlac11::METHOD, jlac11::UNIT];
        (vec![jlac11::JLAC10], named)
    };
    taking.extent = Extent {
        absent: Absent::Clears(item),
        keeps,
        yields: Some(("list", named)),
        spared: std::mem::take(&mut taking.extent.spared),
        ..Extent::part(part, move |record| items.contains(record.get(item)))
    };
    Ok(())
}

/// A list with headings. A code may have several lines, one for each 診療行為.
fn list(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let ten = taking.kind == Kind::Jlac10;
    let headings = if ten { &LIST10 } else { &LIST11 };
    let (columns, mut rows) = Columns::find_sheet(file, taking.kind, headings)?;
    let at = columns.at();
    let mut record = StringRecord::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let key = fields.code(at[0]).replace('-', "").to_ascii_uppercase();
        let row = row(&fields, &at, &key, ten);
        let known = places.get(&key).and_then(|place| taking.rows().get_mut(*place));
        let gathered = match (&row, known) {
            (Ok(row), Some(known)) if known.values.first() == row.values.first() => {
                gather(known, row, ten);
                true
            }
            _ => false,
        };
        if gathered {
            taking.take(line, &key, Ok(None));
        } else {
            if row.is_ok() {
                places.insert(key.clone(), taking.rows().len());
            }
            taking.take(line, &key, row.map(Some));
        }
    }
    let item = if ten { jlac10::CLINS_ITEM } else { jlac11::CLINS_ITEM };
    let kept: &[_] = if ten {
        &[
            (2, jlac10::SHORT_NAME),
            (3, jlac10::SPECIMEN),
            (4, jlac10::METHOD),
            (5, jlac10::UNIT),
            (6, jlac10::ACT_CODE),
            (7, item),
            (8, jlac10::JLAC11),
        ]
    } else {
        &[
            (2, jlac11::SHORT_NAME),
            (3, jlac11::SPECIMEN),
            (4, jlac11::METHOD),
            (5, jlac11::UNIT),
            (7, item),
            (8, jlac11::JLAC10),
        ]
    };
    let lacks = |index: usize| at.get(index).is_some_and(|column| *column == 0);
    let keeps = kept.iter().filter(|(index, _)| lacks(*index)).map(|(_, column)| *column).collect();
    // Codes of the sharing service that the list does not have are not its own to end.
    let covers = move |record: &crate::Record<'_>| record.get(item).is_empty();
    let spared = std::mem::take(&mut taking.extent.spared);
    taking.extent = Extent { keeps, spared, ..Extent::part("list", covers) };
    Ok(())
}

fn row(fields: &Fields<'_>, at: &[usize; 9], key: &str, ten: bool) -> Result<Row, Fault> {
    let fits = is_code(key, 17) || (ten && is_code(key, 15));
    if !fits {
        let digits = if ten { "17桁または15桁" } else { "17桁" };
        return Err(Fault::new(at[0], format!("コード「{}」が英数字{digits}ではありません", fields.text(at[0]))));
    }
    let name = fields.needed(at[1], "名称")?.to_owned();
    let text = |index: usize| fields.text(at.get(index).copied().unwrap_or_default()).to_owned();
    let code = |index: usize| fields.code(at.get(index).copied().unwrap_or_default()).replace('-', "");
    let mut values = vec![name, text(2), text(3), text(4), text(5)];
    if ten {
        values.push(code(6));
    }
    values.push(text(7));
    values.push(code(8));
    Ok(Row { key: key.to_owned(), values, ..Row::default() })
}

/// Adds the codes of another line of the same test.
fn gather(known: &mut Row, other: &Row, ten: bool) {
    let joined = if ten { [jlac10::ACT_CODE, jlac10::JLAC11] } else { [jlac11::JLAC10; 2] };
    for at in joined {
        let word = other.values.get(at.0).map(String::as_str).unwrap_or_default();
        if let Some(value) = known.values.get_mut(at.0)
            && !word.is_empty()
            && !value.split(' ').any(|known| known == word)
        {
            *value = [value.as_str(), word].join(" ").trim_start().into();
        }
    }
}
