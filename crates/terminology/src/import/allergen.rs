//! JFAGY allergens: FHIR CodeSystems (food; neither food nor drug; drug), or lists with headings.
use super::code_system::CodeSystem;
use super::header::{Columns, Heading, optional, required};
use super::refusal::{Reason, Refusal};
use super::source::File;
use super::taking::{Fault, Fields, Taking};
use crate::{Extent, Row, column};
use csv::StringRecord;
use karute_japan::full_width_kana;
use std::collections::BTreeSet;

#[rustfmt::skip]
pub(super) const ALLERGENS: [Heading; 6] = [
    required(&["JFAGYコード", "コード", "アレルゲンコード", "code"]),
    required(&["アレルゲン名", "アレルゲン名称", "名称", "name", "display"]),
    optional(&["カナ", "読み", "よみ", "kana"]),
    optional(&["分類", "区分", "種別", "class"]),
    optional(&["上位コード", "親コード", "parent"]),
    optional(&["別名", "同義語", "aliases"]),
];

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let classes = match CodeSystem::of(file)? {
        Some(system) => system_of(file, &system, taking)?,
        None => list(file, taking)?,
    };
    let part = classes.iter().copied().collect::<Vec<_>>().join("・");
    let spared = std::mem::take(&mut taking.extent.spared);
    let covers = move |record: &crate::Record<'_>| classes.contains(record.get(column::allergen::CLASS));
    taking.extent = Extent { spared, ..Extent::part(part, covers) };
    Ok(())
}

fn system_of(file: &File<'_>, system: &CodeSystem<'_>, taking: &mut Taking) -> Result<BTreeSet<&'static str>, Refusal> {
    let url = system.url();
    let class = match &*url {
        url if !url.contains("Jfagy") => {
            let text = format!("JFAGY ではない CodeSystem（{url}）です。");
            return Err(Refusal::new(&file.name, Reason::Layout, text));
        }
        url if url.contains("NonFood") => "non-food",
        url if url.contains("Food") => "food",
        _ => "drug",
    };
    taking.date = taking.date.or_else(|| system.date());
    for (number, concept) in system.concepts().iter().enumerate() {
        let key = concept.text("code").into_owned();
        let name = concept.text("display").trim().to_owned();
        let row = if key.is_empty() {
            Err(Fault::new(1, "コードが空です"))
        } else if name.is_empty() {
            Err(Fault::new(2, "名称が空です"))
        } else {
            let aliases = concept.designations().into_iter().filter(|alias| *alias != name).collect::<Vec<_>>();
            let values = vec![name, String::new(), class.to_owned(), concept.parent.clone(), aliases.join("|")];
            Ok(Some(Row { key: key.clone(), values, ..Row::default() }))
        };
        taking.take(u32::try_from(number + 1).unwrap_or(u32::MAX), &key, row);
    }
    Ok(BTreeSet::from([class]))
}

fn list(file: &File<'_>, taking: &mut Taking) -> Result<BTreeSet<&'static str>, Refusal> {
    let (columns, mut rows) = Columns::find_sheet(file, taking.kind, &ALLERGENS)?;
    let at = columns.at();
    let mut record = StringRecord::new();
    let mut classes = BTreeSet::new();
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let key = fields.code(at[0]).into_owned();
        let mut row = || {
            fields.needed(at[0], "コード")?;
            if !(2..=20).contains(&key.len()) || !key.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
                return Err(Fault::new(at[0], format!("コード「{}」が英数字ではありません", fields.text(at[0]))));
            }
            let name = fields.needed(at[1], "名称")?.to_owned();
            let class = class(fields.text(at[3]), &key);
            classes.insert(class);
            let kana = full_width_kana(fields.text(at[2])).into_owned();
            let [parent, aliases] = [fields.code(at[4]).into_owned(), fields.text(at[5]).replace(['、', ','], "|")];
            Ok(Some(Row {
                key: key.clone(),
                values: vec![name, kana, class.to_owned(), parent, aliases],
                ..Row::default()
            }))
        };
        taking.take(line, &key, row());
    }
    Ok(classes)
}

/// By its word, else by the code: `J9F…` food, `J9N…` neither, all others drugs.
fn class(word: &str, code: &str) -> &'static str {
    match word {
        "food" | "食品" => "food",
        "non-food" | "非食品・非医薬品" | "環境" | "その他" => "non-food",
        "drug" | "医薬品" | "薬剤" => "drug",
        _ if code.starts_with("J9F") || code == "00F" => "food",
        _ if code.starts_with("J9N") || code == "00N" => "non-food",
        _ => "drug",
    }
}
