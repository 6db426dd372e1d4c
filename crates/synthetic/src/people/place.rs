//! Addresses and telephone numbers that cannot be anybody's: the town does not exist, and the numbers lie in ranges
//! that are never given out (an exchange cannot begin with 0; 090-0 is not in use).
use crate::random::Random;

const TOWNS: [(&str, &str); 14] = [
    ("本町", "0001"),
    ("中央", "0002"),
    ("緑町", "0003"),
    ("栄町", "0004"),
    ("旭町", "0005"),
    ("若葉台", "0011"),
    ("桜木", "0012"),
    ("南が丘", "0013"),
    ("霞ヶ丘", "0014"),
    ("上野原", "0021"),
    ("下川原", "0022"),
    ("大字北谷", "0031"),
    ("大字東塩", "0032"),
    ("曙町", "0006"),
];
const BUILDINGS: [&str; 6] =
    ["みどりハイツ", "コーポ若葉", "グリーンコート", "第二さくら荘", "県営緑町住宅", "パークサイド緑"];

/// An address.
#[derive(Clone, Debug)]
pub(crate) struct Address {
    pub(crate) postal_code: String,
    pub(crate) prefecture: &'static str,
    pub(crate) city: &'static str,
    pub(crate) line: String,
}

impl Address {
    /// All in one line, as it is printed.
    pub(crate) fn text(&self) -> String {
        format!("{}{}{}", self.prefecture, self.city, self.line)
    }
}

/// The city of the clinic and of its patients.
pub(crate) const CITY: &str = "みどり野市";

/// An address in the clinic's city.
pub(crate) fn address(random: &mut Random, prefecture: &'static str) -> Address {
    let (town, local) = *random.pick(&TOWNS);
    let block = random.between(1, 30);
    let house = random.between(1, 20);
    let mut line = if town.starts_with("大字") {
        format!("{town}{}番地", block * 37 + house)
    } else {
        format!("{town}{}丁目{block}番{house}号", random.between(1, 6))
    };
    if random.chance(0.35) {
        let building = *random.pick(&BUILDINGS);
        let room = random.between(1, 9) * 100 + random.between(1, 12);
        line = format!("{line} {building}{room}");
    }
    Address { postal_code: format!("999-{local}"), prefecture, city: CITY, line }
}

/// A telephone number: mobile for most, a landline for many of the old.
pub(crate) fn phone(random: &mut Random, birth_year: i16) -> String {
    let (middle, last) = (random.between(100, 999), random.between(0, 9999));
    let landline = random.chance(if birth_year < 1950 { 0.6 } else { 0.1 });
    if landline { format!("0999-0{}-{last:04}", middle % 10) } else { format!("090-0{middle}-{last:04}") }
}
