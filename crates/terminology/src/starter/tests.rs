use super::*;
use crate::column;
use karute_japan::Date;
use std::collections::BTreeSet;
use std::path::Path;

fn table(kind: Kind) -> Table {
    read(kind).unwrap_or_else(|damaged| panic!("{damaged}"))
}

#[test]
fn every_kind_has_its_starter_table() {
    for kind in Kind::ALL {
        let table = table(kind);
        assert_eq!((table.kind(), is_starter(&table)), (kind, true));
        let edition = table.editions().first().unwrap();
        assert_eq!(edition.rows as usize, table.len(), "{}", kind.name());
        let keys: BTreeSet<&str> = table.records().map(|(_, record)| record.key()).collect();
        assert_eq!(keys.len(), table.len(), "{}: one revision of each code", kind.name());
        assert!(!is_starter(&Table::empty(kind)));
    }
    assert_eq!(tables().len(), Kind::ALL.len());
}

#[test]
fn there_is_enough_of_each_for_the_demo() {
    for (kind, least) in [
        (Kind::NhiPrice, 210),
        (Kind::SskDrug, 100),
        (Kind::SskDisease, 150),
        (Kind::SskModifier, 80),
        (Kind::Jlac10, 60),
        (Kind::Usage, 100),
        (Kind::SskAct, 60),
        (Kind::Allergen, 60),
        (Kind::ClinsLab, 93),
        (Kind::GenericName, 40),
        (Kind::Postal, 5),
    ] {
        assert!(table(kind).len() >= least, "{} has {}", kind.name(), table(kind).len());
    }
}

/// Texts in quotes of the sources of the synthetic clinic.
fn quoted(folder: &str) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../synthetic/src").join(folder);
    let files = std::fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path());
    let texts = files.filter(|path| path.is_file()).map(|path| std::fs::read_to_string(path).unwrap());
    texts.flat_map(|text| text.split('"').map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn codes_of_the_synthetic_clinic_are_all_known() {
    let (words, people) = (quoted("clinic"), quoted("people"));
    let ascii = |length: usize| {
        move |word: &&String| word.len() == length && word.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    };
    let prices = table(Kind::NhiPrice);
    let nines: BTreeSet<&str> = prices.records().filter_map(|(_, record)| record.key().get(..9)).collect();
    let drugs: Vec<_> = words.iter().filter(ascii(9)).collect();
    assert!(drugs.len() > 50, "{drugs:?}");
    for drug in drugs {
        assert!(nines.contains(drug.as_str()), "{drug}");
    }
    for (kind, codes, least) in [
        (Kind::SskDisease, words.iter().filter(ascii(7)).collect::<Vec<_>>(), 50),
        (Kind::Jlac10, words.iter().filter(ascii(17)).collect(), 20),
        (Kind::Usage, words.iter().filter(ascii(16)).collect(), 6),
        (Kind::Allergen, people.iter().filter(|word| word.starts_with("J9") || word.starts_with("GCM")).collect(), 12),
    ] {
        let table = table(kind);
        assert!(codes.len() >= least, "{} {codes:?}", kind.name());
        for code in codes {
            assert!(table.newest(code).is_some(), "{} {code}", kind.name());
        }
    }
}

#[test]
fn readings_are_kana() {
    let kana = |c: char| matches!(c, 'ァ'..='ヶ' | 'ー' | '・' | '、' | '（' | '）' | '－' | '０'..='９' | 'Ａ'..='Ｚ');
    let drug = |c: char| {
        kana(c)
            || c.is_ascii_digit()
            || c.is_ascii_uppercase()
            || matches!(c, '.' | '%' | '-' | '(' | ')' | '「' | '」')
    };
    for (kind, column, fits) in [
        (Kind::SskDisease, column::ssk_disease::KANA, &kana as &dyn Fn(char) -> bool),
        (Kind::SskModifier, column::ssk_modifier::KANA, &kana),
        (Kind::SskAct, column::ssk_act::KANA, &kana),
        (Kind::Allergen, column::allergen::KANA, &kana),
        (Kind::SskDrug, column::ssk_drug::KANA, &drug),
    ] {
        for (_, record) in table(kind).records() {
            let reading = record.get(column);
            assert!(!reading.is_empty() && reading.chars().all(fits), "{} {reading}", record.key());
        }
    }
}

#[test]
fn codes_agree_with_one_another() {
    let on = Date::constant(2026, 4, 1);
    let prices = table(Kind::NhiPrice);
    for (_, drug) in table(Kind::SskDrug).records() {
        assert!(drug.key().starts_with('6') && drug.key().len() == 9, "{}", drug.key());
        let code = drug.get(column::ssk_drug::NHI_CODE);
        if let Some(price) = prices.newest(code) {
            let yen = |text: &str| text.parse::<f64>().unwrap();
            assert!((yen(price.get(column::nhi_price::PRICE)) - yen(drug.get(column::ssk_drug::PRICE))).abs() < 0.005);
            assert!(price.is_usable(on), "{code}");
        }
    }
    let items = table(Kind::ClinsLab);
    for (_, lab) in table(Kind::Jlac10).records() {
        assert_eq!(lab.key().len(), 17);
        let item = lab.get(column::jlac10::CLINS_ITEM);
        if !item.is_empty() {
            let codes = items.newest(item).unwrap().get(column::clins_lab::JLAC10);
            assert!(codes.split(' ').any(|code| code == lab.key()), "{item} {codes}");
        }
    }
}
