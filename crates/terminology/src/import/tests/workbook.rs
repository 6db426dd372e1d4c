//! Workbooks, written here as the office programs do: a ZIP of XML.
use super::*;
use crate::column as c;
use flate2::Crc;

/// A ZIP whose files are stored as they are.
fn zip(files: &[(String, String)]) -> Vec<u8> {
    let (mut body, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let offset = u32::try_from(body.len()).unwrap();
        let size = u32::try_from(text.len()).unwrap().to_le_bytes();
        let name_length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let common =
            [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc.sum().to_le_bytes(), &size, &size, &name_length, &[0, 0]]
                .concat();
        body.extend([b"PK\x03\x04", &common[..], name.as_bytes(), text.as_bytes()].concat());
        let rest = [&[0; 10][..], &offset.to_le_bytes(), name.as_bytes()].concat();
        directory.extend([b"PK\x01\x02\x14\x00", &common[..], &rest].concat());
    }
    let count = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (length, offset) = (u32::try_from(directory.len()).unwrap(), u32::try_from(body.len()).unwrap());
    let end =
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &length.to_le_bytes(), &offset.to_le_bytes(), &[0, 0]].concat();
    [body, directory, end].concat()
}

/// A workbook of sheets by name; cells beginning with `#` are numbers.
fn xlsx(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let mut files = vec![("[Content_Types].xml".to_owned(), "<Types/>".to_owned())];
    let link = |id: usize, kind: &str, target: &str| {
        format!(r#"<Relationship Id="r{id}" Type="{relations}/{kind}" Target="{target}"/>"#)
    };
    files.push((
        "_rels/.rels".into(),
        format!(r#"<Relationships xmlns="{package}">{}</Relationships>"#, link(1, "officeDocument", "xl/workbook.xml")),
    ));
    let (mut names, mut links) = (String::new(), String::new());
    for (number, (name, rows)) in sheets.iter().enumerate() {
        let number = number + 1;
        names += &format!(r#"<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>"#);
        links += &link(number, "worksheet", &format!("worksheets/sheet{number}.xml"));
        let cell = |(column, text): (usize, &&str), row: usize| {
            let letter = char::from(b'A' + u8::try_from(column).unwrap());
            match text.strip_prefix('#') {
                _ if text.is_empty() => String::new(),
                Some(value) => format!(r#"<c r="{letter}{row}"><v>{value}</v></c>"#),
                None => format!(r#"<c r="{letter}{row}" t="inlineStr"><is><t>{text}</t></is></c>"#),
            }
        };
        let row = |(index, cells): (usize, &&[&str])| {
            let cells: String = cells.iter().enumerate().map(|at| cell(at, index + 1)).collect();
            format!(r#"<row r="{}">{cells}</row>"#, index + 1)
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        let text = format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#);
        files.push((format!("xl/worksheets/sheet{number}.xml"), text));
    }
    let book = format!(r#"<workbook xmlns="{main}" xmlns:r="{relations}"><sheets>{names}</sheets></workbook>"#);
    files.push(("xl/workbook.xml".into(), book));
    files.push((
        "xl/_rels/workbook.xml.rels".into(),
        format!(r#"<Relationships xmlns="{package}">{links}</Relationships>"#),
    ));
    zip(&files)
}

const NAMES: &[&[&str]] = &[
    &["一般名処方マスタ"],
    &["令和8年4月1日適用"],
    &[
        "区分",
        "一般名コード",
        "一般名処方の標準的な記載",
        "成分名",
        "規格",
        "一般名処方加算対象",
        "例外コード",
        "同一剤形・規格内の最低薬価",
        "備考",
    ],
    &[
        "内用薬",
        "2171022F2ZZZ",
        "【般】アムロジピン錠５ｍｇ",
        "アムロジピンベシル酸塩",
        "５ｍｇ１錠",
        "加算1,2",
        "",
        "#10.1",
    ],
    &["内用薬", "2149039F1ZZZ", "【般】見本錠２５ｍｇ", "成分", "２５ｍｇ", "加算1", "○", "#12"],
];
const PRODUCTS: &[&[&str]] = &[
    &["例外コード品目対照表"],
    &[],
    &[
        "区分",
        "一般名コード",
        "標準的な記載",
        "成分名",
        "規格",
        "薬価基準収載医薬品コード",
        "品名",
        "",
        "",
        "",
        "メーカー名",
    ],
    &["内用薬", "2149039F1ZZZ", "【般】見本錠２５ｍｇ", "成分", "２５ｍｇ", "2149039F1031", "甲錠", "", "", "", "甲"],
    &["", "", "", "", "", "2149039F1040", "乙錠"],
];

#[test]
fn the_workbook_of_generic_names_is_read_with_both_sheets() {
    let bytes = xlsx(&[
        ("一般名処方マスタ（R8.4.1版） 全体", NAMES),
        ("例外コード品目対照表（R8.4.1版）", PRODUCTS),
        ("注意", &[&["読むこと"]]),
    ]);
    let parsed = read(Kind::GenericName, "ippan.xlsx", &bytes).unwrap();
    assert_eq!((parsed.read, parsed.rows.len(), parsed.date), (4, 4, Some(day("2026-04-01"))));
    let table = import(&Table::empty(Kind::GenericName), "ippan.xlsx", &bytes, &options("a")).unwrap().merged.table;
    for (key, column, value) in [
        ("2171022F2ZZZ", c::generic_name::LOWEST_PRICE, "10.1"),
        ("2149039F1ZZZ", c::generic_name::EXCEPTION, "○"),
        ("E2149039F1040", c::generic_name::PRODUCT, "乙錠"),
        ("E2149039F1040", c::generic_name::NAME, "【般】見本錠２５ｍｇ"),
    ] {
        assert_eq!(table.newest(key).unwrap().get(column), value, "{key}");
    }
}

#[test]
fn the_workbooks_of_prices_are_one_for_each_class() {
    let sheet = |class: &'static str, code: &'static str| -> Vec<Vec<&'static str>> {
        vec![
            vec![
                "区分",
                "薬価基準収載医薬品コード",
                "成分名",
                "規格",
                "",
                "",
                "",
                "品名",
                "メーカー名",
                "薬価",
                "備考",
            ],
            vec![class, code, "成分", "１錠", "局", "麻", "", "見本", "製薬", "#10.4", "R7.5.21収載"],
        ]
    };
    let book = |class: &'static str, code: &'static str| {
        let rows = sheet(class, code);
        let rows: Vec<&[&str]> = rows.iter().map(Vec::as_slice).collect();
        xlsx(&[("Sheet1", &rows)])
    };
    let mut table = Table::empty(Kind::NhiPrice);
    for (class, code) in [("内用薬", "2171022F2025"), ("外用薬", "2649735S3020")] {
        let merged = import(&table, "tp20260401.xlsx", &book(class, code), &options(class)).unwrap().merged;
        assert_eq!((merged.added, merged.vanished), (1, 0));
        table = merged.table;
    }
    let inner = table.newest("2171022F2025").unwrap();
    assert_eq!((inner.get(c::nhi_price::PHARMACOPOEIA), inner.get(c::nhi_price::NARCOTIC)), ("局", "麻"));
    assert_eq!((inner.get(c::nhi_price::PRICE), inner.from()), ("10.4", Some(day("2025-05-21"))));
}

#[test]
fn lists_with_headings_are_found_behind_sheets_of_notes() {
    let notes: &[&[&str]] = &[&["改訂履歴"], &["2026-04-01", "初版"]];
    let usages: &[&[&str]] = &[
        &["電子処方箋用法マスタ"],
        &["用法コード", "用法名称", "部位要否", "適用開始日"],
        &["1013044400000000", "１日３回　毎食後", "", "#20230126"],
    ];
    let bytes = xlsx(&[("履歴", notes), ("用法", usages)]);
    let table = import(&Table::empty(Kind::Usage), "yoho.xlsx", &bytes, &options("a")).unwrap().merged.table;
    let usage = table.newest("1013044400000000").unwrap();
    assert_eq!((usage.get(c::usage::NAME), usage.from()), ("１日３回　毎食後", Some(day("2023-01-26"))));
}

#[test]
fn a_broken_workbook_is_refused_and_a_strange_one_is_named() {
    let bytes = xlsx(&[("一般名処方マスタ", NAMES)]);
    let refusal = read(Kind::GenericName, "a.xlsx", &bytes[..bytes.len() / 2]).unwrap_err();
    assert_eq!(refusal.reason, Reason::Encoding);
    let refusal = read(Kind::NhiPrice, "a.xlsx", &bytes).unwrap_err();
    assert_eq!(refusal.reason, Reason::OtherKind);
    assert!(refusal.expected.contains("generic-name"), "{refusal}");
    for at in (0..bytes.len()).step_by(7) {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        let _ = read(Kind::GenericName, "a.xlsx", &broken);
    }
}
