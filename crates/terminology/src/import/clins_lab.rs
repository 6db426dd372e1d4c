//! Items of the sharing service: a list with headings.
use super::header::{Columns, Heading, optional, required};
use super::refusal::Refusal;
use super::source::File;
use super::taking::{Fault, Fields, Taking};
use crate::{Extent, Row, column};
use csv::StringRecord;
use std::collections::BTreeSet;

#[rustfmt::skip]
pub(super) const ITEMS: [Heading; 9] = [
    required(&["項目コード", "parent_code"]),
    required(&["群", "group"]),
    required(&["項目名称", "item_name_ja"]),
    optional(&["表示名", "fhir_display"]),
    optional(&["分類", "category_ja"]),
    optional(&["データ型", "data_type_ja"]),
    optional(&["単位", "units_in_master"]),
    optional(&["JLAC10", "jlac10_codes"]),
    optional(&["JLAC11", "jlac11_codes"]),
];

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let (columns, mut rows) = Columns::find_sheet(file, taking.kind, &ITEMS)?;
    let at = columns.at();
    let mut record = StringRecord::new();
    let mut groups = BTreeSet::new();
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let key = fields.code(at[0]).into_owned();
        let mut row = || {
            fields.needed(at[0], "項目コード")?;
            let group = match fields.text(at[1]) {
                "core" | "救急・生活習慣病" => "core",
                "infection" | "感染症" => "infection",
                other => {
                    return Err(Fault::new(at[1], format!("群「{other}」は core、infection のいずれでもありません")));
                }
            };
            groups.insert(group);
            let name = fields.needed(at[2], "項目名称")?.to_owned();
            let codes = |column: usize| fields.text(column).split_whitespace().collect::<Vec<_>>().join(" ");
            let [display, category, data_type, units] = [at[3], at[4], at[5], at[6]].map(|c| fields.text(c).to_owned());
            let values = vec![group.to_owned(), name, display, category, data_type, units, codes(at[7]), codes(at[8])];
            Ok(Some(Row { key: key.clone(), values, ..Row::default() }))
        };
        taking.take(line, &key, row());
    }
    let lacks = [(7, column::clins_lab::JLAC10), (8, column::clins_lab::JLAC11)];
    let keeps = lacks.iter().filter(|(index, _)| at.get(*index) == Some(&0)).map(|(_, column)| *column).collect();
    let part = if groups.len() == 2 { String::new() } else { groups.iter().copied().collect() };
    let spared = std::mem::take(&mut taking.extent.spared);
    let covers = move |record: &crate::Record<'_>| groups.contains(record.get(column::clins_lab::GROUP));
    taking.extent = Extent { keeps, spared, ..Extent::part(part, covers) };
    Ok(())
}
