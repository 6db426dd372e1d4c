//! No bytes make an importer panic.
use super::*;
use proptest::prelude::*;

fn file() -> impl Strategy<Value = Vec<u8>> {
    let cell = "[ -~あｱﾟ０（]{0,8}";
    let row = proptest::collection::vec(cell, 1..48).prop_map(|cells| cells.join(","));
    let rows = proptest::collection::vec(row, 0..4).prop_map(|rows| rows.join("\r\n").into_bytes());
    let bytes = proptest::collection::vec(any::<u8>(), 0..300);
    let headed = ("[\"'{PK]{0,2}", proptest::collection::vec(any::<u8>(), 0..100))
        .prop_map(|(head, rest)| [head.as_bytes(), &rest].concat());
    prop_oneof![rows, bytes, headed]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_of_any_kind(bytes in file(), name in "\\PC{0,12}") {
        for kind in Kind::ALL {
            if let Ok(imported) = import(&Table::empty(kind), &name, &bytes, &options("x")) {
                prop_assert!(!imported.report.text().is_empty());
            }
        }
    }

    #[test]
    fn real_layouts_that_were_cut_or_changed(
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<proptest::sample::Index>(),
    ) {
        let whole = cp932(&drugs(&["612170709", "612170710"]));
        let part = &whole[..cut.index(whole.len() - 2)];
        // Cut between its lines it is a shorter file, and nothing shows.
        prop_assert!(read(Kind::SskDrug, "y.csv", part).is_err() || part.ends_with(b"\n") || part.ends_with(b"\r"));
        let mut changed = whole;
        let place = at.index(changed.len());
        changed[place] = byte;
        for kind in Kind::ALL {
            let _ = read(kind, "y.csv", &changed);
        }
    }
}
