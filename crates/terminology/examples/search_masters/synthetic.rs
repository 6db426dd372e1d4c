//! Fills what the published lists lack up to full size, always in the same way.
use crate::support::{row, table};
use karute_terminology::{Kind, Row, Table};
use std::sync::Arc;

/// Full sizes.
const SIZES: [(Kind, usize); 6] = [
    (Kind::NhiPrice, 25_000),
    (Kind::SskDisease, 27_000),
    (Kind::SskModifier, 2_400),
    (Kind::SskAct, 10_000),
    (Kind::Jlac10, 12_000),
    (Kind::SskDrug, 25_000),
];

/// Numbers that repeat (xorshift).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }

    fn of<'l>(&mut self, list: &[&'l str]) -> &'l str {
        list[self.below(list.len())]
    }
}

/// The given tables with further rows; receipt records for every drug, so that both masters are joined.
pub(crate) fn fill(real: Vec<Arc<Table>>) -> Vec<Arc<Table>> {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut tables = real;
    for (kind, size) in SIZES {
        let mut rows: Vec<Row> = Vec::with_capacity(size);
        if let Some(table) = tables.iter().find(|table| table.kind() == kind) {
            rows.extend(table.records().map(|(line, record)| {
                let mut values: Vec<String> = record.values().map(str::to_owned).collect();
                if kind == Kind::SskDisease && values[2].is_empty() {
                    values[2] = kana(&mut numbers, 14);
                }
                Row { line, key: record.key().to_owned(), values, ..Row::default() }
            }));
        }
        if kind == Kind::SskDrug {
            let prices = tables.iter().find(|table| table.kind() == Kind::NhiPrice).unwrap();
            rows.extend(prices.records().enumerate().map(|(at, (_, price))| {
                let name = price.values().nth(6).unwrap_or_default();
                let code = price.values().nth(1).unwrap_or_default();
                receipt(at, name, &plain_kana(&mut numbers, 10), code)
            }));
        }
        for at in rows.len()..size {
            rows.push(made(kind, at, &mut numbers));
        }
        rows.truncate(size.max(27_437));
        tables.retain(|table| table.kind() != kind);
        tables.push(table(kind, rows));
    }
    tables
}

fn receipt(at: usize, name: &str, kana: &str, code: &str) -> Row {
    let mut values = vec![""; 22];
    (values[0], values[1], values[3], values[4], values[5]) = (name, kana, "錠", "1", "10.40");
    (values[13], values[14], values[16]) = ("1", code, name);
    row(Kind::SskDrug, at, &format!("62{at:07}"), &values)
}

fn made(kind: Kind, at: usize, numbers: &mut Numbers) -> Row {
    let reading = kana(numbers, 6);
    // A product has several strengths and makers.
    let product = plain_kana(&mut Numbers(0x2545_F491_4F6C_DD1D ^ (at as u64 / 3 * 0x9E37_79B9)), 6);
    match kind {
        Kind::NhiPrice => {
            let strength = numbers.of(&["１ｍｇ", "２．５ｍｇ", "５ｍｇ", "１０ｍｇ", "２０ｍｇ", "１００ｍｇ"]);
            let maker = numbers.of(&["「サワイ」", "「トーワ」", "「日医工」", "「アメル」", ""]);
            let name =
                format!("{}{}{strength}{maker}", katakana(&product), numbers.of(&["錠", "カプセル", "ＯＤ錠", "細粒"]));
            let code = format!("{}{:03}F{}{:03}", 1111 + at % 6000, at % 1000, at % 9, at % 1000);
            let ingredient = katakana(&plain_kana(numbers, 8));
            row(
                kind,
                at,
                &format!("{code}|{at}"),
                &["内用薬", &code, &ingredient, strength, "", "", &name, "製薬", "後発品"],
            )
        }
        Kind::SskDisease => {
            let name = format!("{}{}", numbers.of(&["急性", "慢性", "先天性", "びまん性"]), kanji(numbers, 4));
            row(kind, at, &format!("99{at:05}"), &[&name, &name, &reading])
        }
        Kind::SskModifier => row(kind, at, &format!("X{at:04}"), &[&kanji(numbers, 2), &reading]),
        Kind::SskAct => {
            let name = format!("{}（{}）", kanji(numbers, 5), kanji(numbers, 4));
            let half = reading + &kana(numbers, 4);
            row(
                kind,
                at,
                &format!("19{at:07}"),
                &[
                    &name,
                    &katakana(&half),
                    "",
                    "",
                    "3",
                    "100.00",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    &name,
                    "Ｄ０００",
                ],
            )
        }
        Kind::Jlac10 => {
            let name = format!("{}{}", kanji(numbers, 3), numbers.of(&["抗体", "抗原", "定量", "定性", "検査"]));
            row(
                kind,
                at,
                &format!("5X{at:05}0000023271"),
                &[&name, &katakana(&reading), "血清", "ＥＣＬＩＡ法", "U/mL"],
            )
        }
        _ => receipt(at, &katakana(&product), &product, ""),
    }
}

fn kana(numbers: &mut Numbers, length: usize) -> String {
    plain_kana(numbers, length) + numbers.of(&["しょう", "えん", "びょう", "せいえん", ""])
}

fn plain_kana(numbers: &mut Numbers, length: usize) -> String {
    const KANA: &str =
        "あいうえおかきくけこさしすせそたちつてとなにのはひふへほまみむもやゆよらりるれろんがぎぐげじずでどびぷ";
    let all: Vec<char> = KANA.chars().collect();
    (0..length).map(|_| all[numbers.below(all.len())]).collect()
}

fn kanji(numbers: &mut Numbers, length: usize) -> String {
    const KANJI: &str =
        "胃肺心腎肝脳骨膝関節炎症腫瘍癌出血性慢急感染部位血管筋神経皮膚眼耳鼻咽喉検査処置手術注射試験抗体測定定量";
    let all: Vec<char> = KANJI.chars().collect();
    (0..length).map(|_| all[numbers.below(all.len())]).collect()
}

fn katakana(kana: &str) -> String {
    kana.chars()
        .map(|c| if matches!(c, 'ぁ'..='ゖ') { char::from_u32(u32::from(c) + 0x60).unwrap() } else { c })
        .collect()
}
