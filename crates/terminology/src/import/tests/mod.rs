//! Small files of our own in the published layouts.
mod fuzz;
mod kinds;
mod refusals;
mod workbook;

use super::*;
use encoding_rs::SHIFT_JIS;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A line of a master of 支払基金: values at their columns, all others empty, every one quoted.
fn ssk(width: usize, values: &[(usize, &str)]) -> String {
    let value = |column| values.iter().find(|(at, _)| *at == column).map_or("", |(_, value)| *value);
    let line: Vec<String> = (1..=width).map(|column| format!("\"{}\"", value(column))).collect();
    line.join(",") + "\r\n"
}

fn cp932(text: &str) -> Vec<u8> {
    let (bytes, _, unmappable) = SHIFT_JIS.encode(text);
    assert!(!unmappable, "{text}");
    bytes.into_owned()
}

/// Lines of a few drugs.
fn drugs(codes: &[&str]) -> String {
    let drug = |code: &&str| {
        ssk(
            42,
            &[
                (1, "0"),
                (2, "Y"),
                (3, code),
                (4, "10"),
                (5, "見本錠５ｍｇ"),
                (6, "8"),
                (7, "ﾐﾎﾝｼﾞｮｳ"),
                (8, "16"),
                (10, "錠"),
                (11, "1"),
                (12, "10.40"),
                (14, "0"),
                (28, "1"),
                (30, "20240401"),
                (31, "99999999"),
                (32, "2171022F2025"),
                (34, "0"),
                (35, "見本錠５ｍｇ"),
            ],
        )
    };
    codes.iter().map(drug).collect()
}

fn options(digest: &str) -> ImportOptions {
    let merge = MergeOptions::default();
    ImportOptions { date: None, today: day("2026-04-01"), merge, digest: digest.to_owned() }
}
