//! Values, units and ranges of results. Exact decimals; a unit is converted only by a power of ten.
use super::json::{Json, coding, display, items, list, text, word};
use super::lab_item::Item;
use super::names;
use karute_json::{Number, Object, Value};

const POS_NEG: &str = "http://jpfhir.jp/fhir/LaboResult/CodeSystem/JP_PosNegHold_CS";
const URINE: &str = "http://jpfhir.jp/fhir/LaboResult/CodeSystem/JP_Urine_Code_CS";
const ABO: &str = "http://jpfhir.jp/fhir/LaboResult/CodeSystem/JP_BldABO_CS";
const RH: &str = "http://jpfhir.jp/fhir/LaboResult/CodeSystem/JP_BldRh_CS";

/// A value as it is sent.
pub(super) struct Found {
    /// `valueQuantity`, `valueCodeableConcept`, `valueString`.
    pub(super) name: &'static str,
    pub(super) value: Json,
    pub(super) unit: Option<Unit>,
}

/// A unit: as written, by UCUM where it is known, and the power of ten by which values are multiplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    shown: String,
    ucum: Option<&'static str>,
    shift: i32,
}

/// How units are written: as the masters do, other ways, UCUM, and the counts of ten per microlitre.
const UNITS: [(&str, &[&str], &str); 24] = [
    ("g/dL", &[], "g/dL"),
    ("g/L", &[], "g/L"),
    ("mg/dL", &[], "mg/dL"),
    ("mg/L", &[], "mg/L"),
    ("μg/dL", &["ug/dL", "μg/dl"], "ug/dL"),
    ("ng/mL", &[], "ng/mL"),
    ("pg/mL", &[], "pg/mL"),
    ("μmol/L", &["umol/L"], "umol/L"),
    ("mmol/L", &[], "mmol/L"),
    ("mEq/L", &[], "meq/L"),
    ("U/L", &["IU/L", "IU/l", "U/l"], "U/L"),
    ("U/mL", &["IU/mL"], "U/mL"),
    ("mU/mL", &["mIU/mL"], "mU/mL"),
    ("%", &[], "%"),
    ("s", &["秒", "sec"], "s"),
    ("mmol/mol", &[], "mmol/mol"),
    ("mg/g･Cr", &["mg/gCr", "mg/g・Cr", "mg/g･Cre", "mg/gCre", "mg/g{creat}"], "mg/g{creat}"),
    ("g/g･Cr", &["g/gCr", "g/g・Cr", "g/g{creat}"], "g/g{creat}"),
    ("X10*2/μL", &["10^2/μL", "×10^2/μL", "10*2/uL", "10^2/uL"], "10*2/uL"),
    ("X10*3/μL", &["10^3/μL", "×10^3/μL", "10*3/uL", "10^3/uL", "千/μL"], "10*3/uL"),
    ("X10*4/μL", &["10^4/μL", "×10^4/μL", "10*4/uL", "10^4/uL", "万/μL"], "10*4/uL"),
    ("X10*6/μL", &["10^6/μL", "×10^6/μL", "10*6/uL", "10^6/uL"], "10*6/uL"),
    ("mL/min/1.73m²", &["mL/min/1.73m2", "mL/分/1.73m2", "mL/min/1.73m^2"], "mL/min/{1.73_m2}"),
    ("INR", &[], "{INR}"),
];

fn narrow(text: &str) -> String {
    let one = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{B5}' => 'μ',
        other => other,
    };
    text.chars().filter(|c| !c.is_whitespace()).map(one).collect()
}

fn known(text: &str) -> Option<&'static (&'static str, &'static [&'static str], &'static str)> {
    let plain = narrow(text);
    let is = |each: &str| each.eq_ignore_ascii_case(&plain);
    UNITS
        .iter()
        .find(|(shown, others, ucum)| *shown == plain || *ucum == plain || others.iter().any(|o| *o == plain))
        .or_else(|| UNITS.iter().find(|(shown, others, _)| is(shown) || others.iter().any(|o| is(o))))
}

/// The power of ten in a count: `X10*3/μL` is 3.
fn power(shown: &str) -> Option<i32> {
    shown.strip_prefix("X10*")?.split_once('/').filter(|(_, per)| *per == "μL")?.0.parse().ok()
}

/// The unit for an item: as measured where the item takes it; a count per microlitre in another power of ten becomes the
/// item's first such unit.
fn unit(text: &str, item: Option<&Item>) -> Unit {
    let Some((shown, _, ucum)) = known(text) else {
        return Unit { shown: narrow(text), ucum: None, shift: 0 };
    };
    let allowed = item.map_or(&[][..], |item| item.units.as_slice());
    if allowed.is_empty() || allowed.iter().any(|each| each == shown) {
        return Unit { shown: (*shown).to_owned(), ucum: Some(ucum), shift: 0 };
    }
    let target = allowed.iter().find_map(|each| {
        let (have, want) = (power(shown)?, power(each)?);
        let ucum = UNITS.iter().find(|(shown, ..)| shown == each)?.2;
        Some(Unit { shown: each.clone(), ucum: Some(ucum), shift: have - want })
    });
    target.unwrap_or(Unit { shown: (*shown).to_owned(), ucum: Some(ucum), shift: 0 })
}

/// A decimal moved by a power of ten; digits stay as they are.
fn shifted(number: &str, by: i32) -> Option<String> {
    if by == 0 {
        return Some(number.to_owned());
    }
    let (sign, plain) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, rest) = plain.split_once('.').unwrap_or((plain, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(whole) || !all_digits(rest) || whole.is_empty() {
        return None;
    }
    let digits = format!("{whole}{rest}");
    let point = i32::try_from(whole.len()).ok()? + by;
    let moved = if point <= 0 {
        format!("0.{}{digits}", "0".repeat(usize::try_from(-point).ok()?))
    } else {
        let point = usize::try_from(point).ok()?;
        if point >= digits.len() {
            format!("{digits}{}", "0".repeat(point - digits.len()))
        } else {
            format!("{}.{}", digits.get(..point)?, digits.get(point..)?)
        }
    };
    let trimmed = moved.trim_start_matches('0');
    let trimmed =
        if trimmed.is_empty() || trimmed.starts_with('.') { format!("0{trimmed}") } else { trimmed.to_owned() };
    Some(format!("{sign}{trimmed}"))
}

fn quantity(number: &str, comparator: Option<&str>, unit: &Unit) -> Option<Json> {
    let lexeme = Number::from_lexeme(&shifted(number, unit.shift)?)?;
    let mut made = Object::new().with("value", Value::Number(lexeme));
    if let Some(comparator) = comparator.filter(|c| matches!(*c, "<" | "<=" | ">" | ">=")) {
        made.insert("comparator", word(comparator));
    }
    if !unit.shown.is_empty() {
        made.insert("unit", word(unit.shown.clone()));
    }
    if let Some(ucum) = unit.ucum {
        made.insert("system", word(names::UCUM));
        made.insert("code", word(ucum));
    }
    Some(Value::Object(made))
}

/// The value of an observation; none where it has none.
pub(super) fn value(body: &Value<'_>, item: Option<&Item>) -> Option<Found> {
    if let Some(given) = body.get("valueQuantity") {
        let number = given.get("value")?.as_number()?.as_str().to_owned();
        let written = text(given, &["unit"]).or_else(|| text(given, &["code"])).unwrap_or_default();
        let unit = unit(&written, item);
        let comparator = text(given, &["comparator"]);
        let value = quantity(&number, comparator.as_deref(), &unit)?;
        return Some(Found { name: "valueQuantity", value, unit: Some(unit) });
    }
    let told = text(body, &["valueString"]).or_else(|| body.get("valueCodeableConcept").and_then(display))?;
    if let Some((system, code, shown)) = coded(&told, item) {
        let value = Value::object([("coding", list([coding(system, code, shown)])), ("text", word(told))]);
        return Some(Found { name: "valueCodeableConcept", value, unit: None });
    }
    // Codes of other lists go with it as they are, where it has one with a name.
    if let Some(given) = body.get("valueCodeableConcept") {
        let codings: Vec<Json> = items(given, "coding")
            .iter()
            .filter_map(|c| Some(coding(&text(c, &["system"])?, &text(c, &["code"])?, &text(c, &["display"])?)))
            .collect();
        if !codings.is_empty() {
            let value = Value::object([("coding", list(codings)), ("text", word(told))]);
            return Some(Found { name: "valueCodeableConcept", value, unit: None });
        }
    }
    Some(Found { name: "valueString", value: word(told), unit: None })
}

type Coded = (&'static str, &'static str, &'static str);

/// What words say in the code list of the item: 陽性, （±）, Ａ.
fn coded(told: &str, item: Option<&Item>) -> Option<Coded> {
    let item = item?;
    let plain = narrow(told).replace(['(', ')', '（', '）'], "").replace(['−', '－'], "-");
    let of = |system, pairs: &[(&[&str], &'static str, &'static str)]| -> Option<Coded> {
        let found = pairs.iter().find(|(words, ..)| words.iter().any(|w| w.eq_ignore_ascii_case(&plain)))?;
        Some((system, found.1, found.2))
    };
    if item.key.starts_with("U-") && !item.key.contains("/C") {
        let levels: [(&[&str], _, _); 7] = [
            (&["-", "陰性"], "1", "－"),
            (&["±", "+-", "+/-"], "2", "±"),
            (&["+", "1+", "陽性"], "3", "＋"),
            (&["2+", "++"], "4", "２＋"),
            (&["3+", "+++"], "5", "３＋"),
            (&["4+", "++++"], "6", "４＋"),
            (&["5+", "+++++"], "7", "５＋"),
        ];
        return of(URINE, &levels);
    }
    if item.key == "BLD-ABO" {
        let groups: [(&[&str], _, _); 4] = [
            (&["A", "A型"], "1", "Ａ"),
            (&["B", "B型"], "2", "Ｂ"),
            (&["AB", "AB型"], "3", "ＡＢ"),
            (&["O", "O型"], "4", "Ｏ"),
        ];
        return of(ABO, &groups);
    }
    if item.key == "BLD-Rh" {
        let groups: [(&[&str], _, _); 2] = [(&["+", "陽性", "Rh+"], "1", "＋"), (&["-", "陰性", "Rh-"], "2", "－")];
        return of(RH, &groups);
    }
    if item.infection && item.key.ends_with("RESULT") {
        let results: [(&[&str], _, _); 3] = [
            (&["陽性", "+", "1+", "positive"], "1", "陽性"),
            (&["陰性", "-", "negative"], "2", "陰性"),
            (&["判定保留", "保留", "±"], "3", "判定保留"),
        ];
        return of(POS_NEG, &results);
    }
    None
}

/// The reference range in the unit of the value.
pub(super) fn range(body: &Value<'_>, unit: Option<&Unit>) -> Option<Json> {
    let unit = unit?;
    let given = items(body, "referenceRange").first()?;
    let bound = |name: &'static str| -> Option<(&'static str, Json)> {
        let number = given.at(&[name, "value"])?.as_number()?.as_str().to_owned();
        Some((name, quantity(&number, None, unit)?))
    };
    let bounds: Vec<_> = [bound("low"), bound("high")].into_iter().flatten().collect();
    if bounds.is_empty() {
        return text(given, &["text"]).map(|told| super::json::words(&told));
    }
    let mut made = Object::new();
    for (name, value) in bounds {
        made.insert(name, value);
    }
    Some(Value::Object(made))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(key: &str, units: &[&str], infection: bool) -> Item {
        let (system, code, display) = ("", String::new(), String::new());
        let units = units.iter().map(|u| (*u).to_owned()).collect();
        Item { system, code, display, key: key.to_owned(), infection, units }
    }

    #[test]
    fn counts_move_by_powers_of_ten_and_digits_stay() {
        for (number, by, moved) in [
            ("5.6", 1, "56"),
            ("5.60", 1, "56.0"),
            ("56", -1, "5.6"),
            ("0.56", 1, "5.6"),
            ("6500", -3, "6.500"),
            ("5", -2, "0.05"),
            ("-5", 1, "-50"),
            ("22.4", 1, "224"),
        ] {
            assert_eq!(shifted(number, by).as_deref(), Some(moved), "{number} {by}");
        }
        let wbc = item("WBC", &["X10*2/μL", "X10*3/μL"], false);
        assert_eq!(unit("10^3/μL", Some(&wbc)).shift, 0);
        let plt = item("PLT", &["X10*4/μL"], false);
        let found = unit("10^3/μL", Some(&plt));
        assert_eq!((found.shown.as_str(), found.shift, found.ucum), ("X10*4/μL", -1, Some("10*4/uL")));
        assert_eq!(unit("mg/dL", Some(&item("Cre", &["mg/dL", "μmol/L"], false))).ucum, Some("mg/dL"));
        assert_eq!(unit("IU/L", None).shown, "U/L");
        assert_eq!(unit("架空単位", None).ucum, None);
    }

    #[test]
    fn words_become_the_codes_of_their_item_and_nothing_else() {
        let urine = item("U-TP", &[], false);
        for (told, code) in [("（±）", Some("2")), ("(-)", Some("1")), ("２＋", Some("4")), ("微量", None)] {
            assert_eq!(coded(told, Some(&urine)).map(|(_, code, _)| code), code, "{told}");
        }
        let hbs = item("HBs-AG-RESULT", &[], true);
        assert_eq!(coded("陰性", Some(&hbs)).map(|(_, code, _)| code), Some("2"));
        assert_eq!(coded("陰性", None), None);
    }
}
