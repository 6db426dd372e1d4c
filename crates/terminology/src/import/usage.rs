//! JAMI 標準用法 and the 電子処方箋用法マスタ: lists with headings. A code may be in both; the table says in which.
//!
//! The columns of the 電子処方箋用法マスタ are assumed (用法コード, 用法名称, 区分, 用法補足, 部位, 適用開始, 適用終了):
//! its layout was not at hand. They are found by headings, so that another order does no harm.
use super::header::{Columns, Heading, optional, required};
use super::refusal::Refusal;
use super::source::File;
use super::taking::{Fault, Fields, Taking};
use crate::column::usage::{CLASS, LISTS, NAME, NEEDS_SITE, NEEDS_SUPPLEMENT, TIMES};
use crate::{Absent, Extent, Row};
use csv::StringRecord;

#[rustfmt::skip]
pub(super) const USAGES: [Heading; 8] = [
    required(&["用法コード", "code", "コード", "標準用法コード"]),
    required(&["用法名称", "text_ja", "用法名", "名称", "標準用法名称"]),
    optional(&["区分", "kind", "用法区分", "種別"]),
    optional(&["回数", "1日回数", "1日あたり回数", "times"]),
    optional(&["用法補足要否", "用法補足", "補足要否", "needs_supplement"]),
    optional(&["部位要否", "部位フラグ", "部位", "needs_site"]),
    optional(&["適用開始日", "適用開始年月日", "適用開始", "開始日"]),
    optional(&["適用終了日", "適用終了年月日", "適用終了", "終了日"]),
];

const JAMI: &str = "JAMI";
const PRESCRIPTION: &str = "eP";

pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let (columns, mut rows) = Columns::find_sheet(file, taking.kind, &USAGES)?;
    let at = columns.at();
    let mut record = StringRecord::new();
    let mut jami = false;
    while let Some(line) = columns.next(file, &mut rows, &mut record)? {
        let fields = Fields(&record);
        let class = fields.text(at[2]);
        let code = fields.code(at[0]);
        let own = matches!(class, "usage16" | "additional8") || class.ends_with(['1', '2']);
        jami |= own;
        // Parts of codes are short and mean something else in each class.
        let key = if code.len() < 8 { format!("{class}|{code}") } else { code.clone().into_owned() };
        let row = || {
            let known = matches!(code.len(), 1..=3 | 8 | 16) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !known {
                let text = fields.text(at[0]);
                return Err(Fault::new(at[0], format!("用法コード「{text}」が英数字16桁または8桁ではありません")));
            }
            let name = fields.needed(at[1], "用法名称")?.to_owned();
            let since = fields.day(at[6], "適用開始日")?;
            let until = fields.day(at[7], "適用終了日")?;
            let given = fields.code(at[3]);
            let times = if given.is_empty() { times(&code).to_owned() } else { given.into_owned() };
            let [supplement, site] = [at[4], at[5]].map(|column| flag(&fields.code(column)).to_owned());
            let list = if own { JAMI } else { PRESCRIPTION };
            let values = vec![name, class.to_owned(), times, supplement, site, list.to_owned()];
            Ok(Some(Row { key: key.clone(), since, until, values, ..Row::default() }))
        };
        taking.take(line, &key, row());
    }
    let word = if jami { JAMI } else { PRESCRIPTION };
    let keeps = [(2, CLASS), (4, NEEDS_SUPPLEMENT), (5, NEEDS_SITE)];
    let keeps = keeps.iter().filter(|(index, _)| at.get(*index) == Some(&0)).map(|(_, column)| *column).collect();
    taking.extent = Extent {
        absent: Absent::Withdraws(LISTS, word),
        keeps,
        // What is printed on an electronic prescription is the name of its own master.
        yields: jami.then(|| (PRESCRIPTION, vec![NAME, CLASS, TIMES])),
        joins: vec![LISTS],
        spared: std::mem::take(&mut taking.extent.spared),
        ..Extent::part(word, move |record| record.get(LISTS).split(' ').any(|list| list == word))
    };
    Ok(())
}

/// Times a day as the code of 16 says it: its third character is the kind of timing (1 meals and life, 2 every n hours,
/// 3 clock, 4 other), the fourth how often.
fn times(code: &str) -> &str {
    let timed = code.len() == 16 && matches!(code.get(2..3), Some("1" | "2" | "3" | "4"));
    code.get(3..4).filter(|digit| timed && matches!(digit.as_bytes(), [b'1'..=b'9'])).unwrap_or_default()
}

fn flag(text: &str) -> &'static str {
    match text {
        "1" | "○" | "〇" | "要" | "必須" | "有" => "1",
        _ => "",
    }
}
