//! Masters of 支払基金: fixed columns, マスターファイル仕様説明書 (令和6年度版).
use super::header::check_width;
use super::plain_name;
use super::refusal::{Reason, Refusal};
use super::source::File;
use super::taking::{Fault, Fields, Taking, is_digits};
use crate::column::ssk_disease::SUCCESSOR;
use crate::kind::Column;
use crate::{Extent, Kind, Row};
use csv::StringRecord;
use karute_japan::{Date, full_width_kana};

/// Part of 傷病名 that b is, beside hb.
const CURRENT: &str = "current";

/// Where things stand in the file of a kind. Columns count from 1.
pub(super) struct Layout {
    pub(super) kind: Kind,
    /// マスター種別, column 2.
    pub(super) letter: &'static str,
    pub(super) columns: usize,
    code: usize,
    digits: usize,
    /// First digits of its codes; empty for any.
    first: &'static str,
    name: usize,
    values: &'static [Value],
    changed: usize,
    /// Last usable days: the earliest counts.
    ends: &'static [(usize, &'static str)],
    /// 収載年月日; 0 where there is none.
    listed: usize,
}

#[derive(Clone, Copy)]
enum Value {
    Text(usize),
    Kana(usize),
    Code(usize),
    Number(usize, &'static str),
    /// Columns of so many values from the first.
    Joined(usize, usize),
}

use Value::{Code, Joined, Kana, Number, Text};

#[rustfmt::skip]
pub(super) const LAYOUTS: [Layout; 6] = [
    Layout { kind: Kind::SskDisease, letter: "B", columns: 46, code: 3, digits: 7, first: "", name: 6,
        values: &[Text(6), Text(8), Kana(10), Code(11), Code(13), Code(16), Code(17), Code(19), Code(20), Code(21),
            Code(43), Code(4), Code(22)],
        changed: 23, ends: &[(24, "廃止年月日")], listed: 22 },
    Layout { kind: Kind::SskModifier, letter: "Z", columns: 19, code: 3, digits: 4, first: "", name: 7,
        values: &[Text(7), Kana(10), Code(17), Code(18), Code(19)],
        changed: 15, ends: &[(16, "廃止年月日")], listed: 14 },
    Layout { kind: Kind::SskDrug, letter: "Y", columns: 42, code: 3, digits: 9, first: "6", name: 5,
        values: &[Text(5), Kana(7), Code(8), Text(10), Code(11), Number(12, "新又は現金額"), Code(14), Code(16),
            Code(17), Code(20), Code(21), Code(22), Code(23), Code(28), Code(32), Code(34), Text(35), Code(37),
            Text(38), Code(39), Code(42)],
        changed: 30, ends: &[(31, "廃止年月日"), (34, "経過措置年月日")], listed: 36 },
    Layout { kind: Kind::SskAct, letter: "S", columns: 150, code: 3, digits: 9, first: "1", name: 5,
        values: &[Text(5), Kana(7), Code(8), Text(10), Code(11), Number(12, "新又は現点数"), Code(13), Code(15),
            Code(16), Code(19), Code(25), Code(36), Code(41), Code(42), Code(50), Code(51), Code(56), Code(68),
            Text(113), Text(117)],
        changed: 87, ends: &[(88, "廃止年月日")], listed: 0 },
    Layout { kind: Kind::SskMaterial, letter: "T", columns: 38, code: 3, digits: 9, first: "78", name: 5,
        values: &[Text(5), Kana(7), Code(8), Text(10), Code(11), Number(12, "新又は現金額"), Text(37), Code(27)],
        changed: 28, ends: &[(30, "廃止年月日"), (29, "経過措置年月日")], listed: 0 },
    Layout { kind: Kind::SskComment, letter: "C", columns: 30, code: 23, digits: 9, first: "8", name: 7,
        values: &[Code(4), Text(7), Kana(9), Joined(10, 8), Code(20)],
        changed: 21, ends: &[(22, "廃止年月日")], listed: 0 },
];

/// Reads a file of its kind.
pub(super) fn read(file: &File<'_>, taking: &mut Taking) -> Result<(), Refusal> {
    let Some(layout) = LAYOUTS.iter().find(|layout| layout.kind == taking.kind) else { return Ok(()) };
    let (mut rows, mut record) = (file.rows(0), StringRecord::new());
    let (mut all_retired, mut heading) = (true, true);
    while let Some(line) = rows.next(&file.name, &mut record)? {
        let fields = Fields(&record);
        if fields.is_blank() || (std::mem::take(&mut heading) && fields.text(1).contains("変更区分")) {
            continue;
        }
        check_width(file, &mut rows, &record, line, layout.columns)?;
        if fields.code(2) != layout.letter {
            let found = fields.text(2);
            let expected =
                format!("マスター種別が「{found}」です。「{}」（{}）のはずです。", layout.letter, layout.kind.label());
            return Err(Refusal::new(&file.name, Reason::Layout, expected).at(line, Some(2)));
        }
        all_retired &= fields.code(1) == "9";
        let key = layout.key(&fields);
        taking.take(line, &key, layout.row(&fields, &key).map(Some));
    }
    // These files end every line; one that does not was cut, perhaps within its last value.
    if !file.is_closed() {
        return Err(file.cut());
    }
    if layout.kind == Kind::SskDisease {
        // 旧傷病名 (hb) holds what was retired from b: it says nothing about the codes of b, and neither b about it.
        let name = plain_name(&file.name).to_ascii_lowercase();
        let retired = all_retired || name.starts_with("hb");
        let spared = std::mem::take(&mut taking.extent.spared);
        taking.extent = if retired {
            // It leaves ICD-10 and exchange codes empty, which b had while the disease was current.
            let known = (0..taking.kind.columns().len()).map(Column).filter(|column| *column != SUCCESSOR).collect();
            Extent { yields: Some((CURRENT, known)), spared, ..Extent::part("retired", |_| false) }
        } else {
            Extent { part: CURRENT.to_owned(), spared, ..Extent::default() }
        };
    }
    Ok(())
}

impl Layout {
    /// The code with its leading zeros. Column 23 of c was added late: pattern and number make the same.
    fn key(&self, fields: &Fields<'_>) -> String {
        let code = fields.code(self.code);
        let width = self.digits;
        match &*code {
            "" if self.kind == Kind::SskComment => format!("8{:0>2}{:0>6}", fields.code(4), fields.code(5)),
            "" => String::new(),
            code => format!("{code:0>width$}"),
        }
    }

    fn row(&self, fields: &Fields<'_>, key: &str) -> Result<Row, Fault> {
        if !is_digits(key, self.digits) || (!self.first.is_empty() && !key.starts_with(|c| self.first.contains(c))) {
            let begin =
                if self.first.is_empty() { String::new() } else { format!("（{} で始まる）", self.first) };
            let text = fields.text(self.code);
            let reason = format!("コード「{text}」が数字{}桁{begin}ではありません", self.digits);
            return Err(Fault::new(self.code, reason));
        }
        // Comments of free text have no name.
        if self.kind != Kind::SskComment {
            fields.needed(self.name, "名称")?;
        }
        let changed = fields.day(self.changed, "変更年月日")?;
        let mut until: Option<Date> = None;
        for (column, name) in self.ends {
            let end = fields.day(*column, name)?;
            until = [until, end].into_iter().flatten().min();
        }
        let change = fields.code(1);
        match &*change {
            "0" | "2" | "3" | "5" => {}
            // 抹消 and 廃止 without a last day ended when they were changed.
            "1" | "9" => match until.or(changed) {
                None => return Err(Fault::new(self.ends.first().map_or(1, |end| end.0), "廃止年月日がありません")),
                ended => until = ended,
            },
            other => {
                return Err(Fault::new(1, format!("変更区分「{other}」は 0、1、2、3、5、9 のいずれでもありません")));
            }
        }
        let listed = if self.listed > 0 { fields.day(self.listed, "収載年月日")? } else { None };
        let new = changed.filter(|_| change == "3");
        let values: Result<_, Fault> = self.values.iter().map(|value| value.of(fields)).collect();
        Ok(Row { key: key.to_owned(), from: changed, since: listed.or(new), until, values: values?, ..Row::default() })
    }
}

impl Value {
    fn of(self, fields: &Fields<'_>) -> Result<String, Fault> {
        Ok(match self {
            Text(column) => fields.text(column).to_owned(),
            Kana(column) => full_width_kana(fields.text(column)).into_owned(),
            Code(column) => fields.code(column).into_owned(),
            Number(column, name) => fields.number(column, name)?,
            Joined(first, count) => {
                let values: Vec<_> = (first..first + count).map(|column| fields.code(column)).collect();
                values.join(" ")
            }
        })
    }
}
