//! Files that are refused: where, why, and what was expected.
use super::*;

/// Kind, bytes, reason, line, column, words of the message.
type Case = (Kind, Vec<u8>, Reason, Option<u32>, Option<u32>, &'static str);

fn many(count: u32) -> String {
    (0..count).map(|number| drugs(&[format!("6{number:08}").as_str()])).collect()
}

#[test]
fn broken_files_are_refused_with_their_place() {
    let whole = many(3);
    let comma = drugs(&["699999999"]).replacen("\"Y\",", "", 1);
    let without_end = whole.trim_end().to_owned();
    let in_value = whole[..whole.len() - 20].to_owned();
    let material = ssk(38, &[(1, "0"), (2, "T"), (3, "700010000"), (5, "半切"), (28, "20240601"), (30, "99999999")]);
    let price = "区分,薬価基準収載医薬品コード,成分名,規格,品名,薬価\n内用薬,2171022F2025,成分,規格,品名,10\n";
    let short_price = price.to_owned() + "内用薬,2171022F1029,成分\n";
    let wrong = many(30).replace("20240401", "20241301");
    let mut half = cp932(&many(2));
    let last = half.iter().rposition(|byte| *byte > 0x80).unwrap();
    half.truncate(last);
    let cases: Vec<Case> = vec![
        (Kind::SskDrug, vec![0xFF, 0xFE, 0x30, 0x00], Reason::Encoding, None, None, "UTF-16"),
        (
            Kind::SskDrug,
            [cp932(&many(2)), vec![0xFF, 0xFF, b'\r', b'\n']].concat(),
            Reason::Encoding,
            Some(3),
            None,
            "Shift_JIS（CP932）",
        ),
        (Kind::SskDrug, encoding_rs::EUC_JP.encode(&many(2)).0.into_owned(), Reason::Encoding, Some(1), None, "EUC-JP"),
        (Kind::SskDrug, many(2).replace('錠', "\0").into_bytes(), Reason::Encoding, Some(1), None, "文字ではない"),
        (Kind::SskDrug, b"PK\x03\x04 no workbook".to_vec(), Reason::Encoding, None, None, "Excel"),
        (Kind::SskDrug, vec![0xD0, 0xCF, 0x11, 0xE0, 0xA1], Reason::Encoding, None, None, ".xls"),
        (Kind::SskDrug, without_end.into_bytes(), Reason::Truncated, Some(3), None, "途中で切れています"),
        (Kind::SskDrug, in_value.into_bytes(), Reason::Truncated, Some(3), None, "途中で切れています"),
        (Kind::SskDrug, half, Reason::Truncated, Some(2), None, "途中で切れています"),
        (
            Kind::NhiPrice,
            short_price.trim_end().as_bytes().to_vec(),
            Reason::Truncated,
            Some(3),
            None,
            "途中で切れています",
        ),
        (Kind::NhiPrice, short_price.clone().into_bytes(), Reason::Columns, Some(3), Some(4), "6 列のはず"),
        (Kind::SskDrug, (whole.clone() + &comma).into_bytes(), Reason::Columns, Some(4), Some(42), "42 列のはず"),
        (Kind::SskDrug, material.into_bytes(), Reason::OtherKind, None, None, "特定器材マスター（ssk-material）"),
        (Kind::SskMaterial, whole.clone().into_bytes(), Reason::OtherKind, None, None, "医薬品マスター（ssk-drug）"),
        (Kind::Jlac10, price.as_bytes().to_vec(), Reason::OtherKind, None, None, "薬価基準収載品目リスト（nhi-price）"),
        (Kind::NhiPrice, b"a,b,c\n1,2,3\n".to_vec(), Reason::Layout, Some(1), None, "見出し「区分」"),
        (Kind::Usage, br#"{"resourceType":"Patient"}"#.to_vec(), Reason::Layout, None, None, "CSV または .xlsx"),
        (Kind::Allergen, br#"{"resourceType":"Patient"}"#.to_vec(), Reason::Layout, None, None, "CodeSystem"),
        (Kind::Allergen, br#"{"resourceType":"CodeSys"#.to_vec(), Reason::Truncated, None, None, "JSON"),
        (Kind::SskDrug, wrong.into_bytes(), Reason::Rejected, Some(1), Some(30), "30行中30行"),
        (Kind::SskDrug, Vec::new(), Reason::Empty, None, None, "ひとつもありません"),
        (Kind::Postal, b"\r\n\r\n".to_vec(), Reason::Empty, None, None, "ひとつもありません"),
    ];
    for (kind, bytes, reason, line, column, words) in cases {
        let Err(refusal) = read(kind, "folder/file.csv", &bytes) else { panic!("{reason:?} {words}") };
        let place = (refusal.reason, refusal.line, refusal.column);
        assert_eq!(place, (reason, line, column), "{refusal}");
        assert!(refusal.expected.contains(words) && refusal.file == "file.csv", "{refusal}");
    }
}

#[test]
fn a_refused_file_leaves_the_table_as_it_was() {
    let table = import(&Table::empty(Kind::SskDrug), "y_20260401.csv", many(3).as_bytes(), &options("a")).unwrap();
    let table = table.merged.table;
    for (text, file, reason, line, words) in [
        (many(3) + &drugs(&["600000001"]), "y_20260501.csv", Reason::Duplicate, Some(4), "2行目にもあります"),
        (many(2), "y_20260501.csv", Reason::Vanished, None, "600000002"),
        (many(4), "y_20260301.csv", Reason::Older, None, "2026-03-01"),
    ] {
        let refusal = import(&table, file, text.as_bytes(), &options("b")).unwrap_err();
        assert_eq!((refusal.reason, refusal.line), (reason, line), "{refusal}");
        assert!(refusal.to_string().contains(words), "{refusal}");
    }
    assert_eq!((table.len(), table.editions().len()), (3, 1));
}

#[test]
fn a_few_wrong_rows_are_left_out_and_named() {
    let bad = |from: &str, to: &str| drugs(&["699999999"]).replacen(from, to, 1);
    for (row, column, reason) in [
        (bad("699999999", "69999"), 3, "コード「69999」"),
        (bad("699999999", "199999999"), 3, "6 で始まる"),
        (bad("699999999", ""), 3, "コード「」"),
        (bad("見本錠５ｍｇ", ""), 5, "名称が空です"),
        (bad("20240401", "20240231"), 30, "変更年月日「20240231」"),
        (bad("\"99999999\"", "\"2026-13-1\""), 31, "廃止年月日「2026-13-1」"),
        (bad("10.40", "10円"), 12, "新又は現金額「10円」"),
        (bad("\"0\",\"Y\"", "\"7\",\"Y\""), 1, "変更区分「7」"),
    ] {
        let text = many(3) + &row;
        let parsed = read(Kind::SskDrug, "y.csv", text.as_bytes()).unwrap();
        let [rejected] = parsed.rejected.as_slice() else { panic!("{row}") };
        assert_eq!((rejected.line, rejected.column, parsed.read, parsed.rows.len()), (4, column, 4, 3), "{rejected}");
        assert!(rejected.reason.contains(reason), "{rejected}");
    }
}

#[test]
fn one_row_in_a_hundred_may_be_wrong() {
    let wrong = |count: usize| drugs(&["6x"]).repeat(count);
    for (rows, bad, fits) in [(100, 20, true), (100, 21, false), (3000, 30, true), (2900, 30, false), (0, 1, false)] {
        let text = many(rows) + &wrong(bad);
        assert_eq!(read(Kind::SskDrug, "y.csv", text.as_bytes()).is_ok(), fits, "{rows} {bad}");
    }
}
