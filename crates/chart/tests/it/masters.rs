use karute_chart::adopted::{DrugFact, facts};
use karute_chart::masters::status;
use karute_crypto::{MasterKey, SystemEntropy};
use karute_japan::{Clock, ManualClock, Timestamp};
use karute_ledger::{Backend, Ledger, LedgerConfig, NewMaster, migrate};
use karute_terminology::{Edition, Kind, Masters, MergeOptions, Row, Table};
use std::collections::HashMap;
use std::sync::Arc;

fn table(kind: Kind, file: &str) -> Table {
    let row = Row { key: "1".into(), values: vec![String::new(); kind.columns().len()], ..Row::default() };
    let edition = Edition {
        date: "2026-10-01".parse().unwrap(),
        file: file.into(),
        digest: "d".into(),
        rows: 0,
        part: String::new(),
    };
    Table::empty(kind).merge(vec![row], &edition, MergeOptions::default()).unwrap().table
}

#[tokio::test]
async fn the_status_says_what_is_loaded_and_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-11-20T10:42:00+09:00").unwrap()));
    let config = LedgerConfig {
        backend: Backend::Sqlite { dir: dir.path().to_owned() },
        key: MasterKey::from_bytes([5; 32]),
        clock: clock as Arc<dyn Clock>,
        entropy: Arc::new(SystemEntropy),
        checkpoint_dir: None,
        checkpoint_every: 10_000,
        max_blob_bytes: 1 << 20,
    };
    migrate(&config, None).await.unwrap();
    let ledger = Ledger::open(config).await.unwrap();
    // The starter set alone.
    let masters = Masters::new([Arc::new(table(Kind::Postal, "starter"))]);
    let now = status(&ledger, &masters).await.unwrap();
    assert!(now.starter_only);
    let of = |now: &karute_chart::masters::MastersStatus, kind: &str| {
        now.kinds.iter().find(|k| k.kind == kind).unwrap().clone()
    };
    let postal = of(&now, "postal");
    assert_eq!((postal.rows, postal.number, postal.edition, postal.file), (1, None, None, None));
    assert_eq!(of(&now, "hot").rows, 0);

    let official = table(Kind::Postal, "utf_ken_all.csv");
    let new = NewMaster {
        kind: "postal".into(),
        expected: None,
        content: official.encode().unwrap(),
        report: r#"{"file":"utf_ken_all.csv","edition":"2026-10-01","added":1}"#.into(),
        by: "保守 太郎".into(),
    };
    ledger.put_master(new).await.unwrap();
    let now = status(&ledger, &Masters::new([Arc::new(official)])).await.unwrap();
    assert!(!now.starter_only);
    let postal = of(&now, "postal");
    assert_eq!((postal.number, postal.edition.as_deref(), postal.rows), (Some(1), Some("2026-10-01"), 1));
    assert_eq!(postal.file.as_deref(), Some("utf_ken_all.csv"));
    assert_eq!(postal.imported_at.as_deref(), Some("2026-11-20T10:42:00.000+09:00"));
    assert_eq!(postal.report.unwrap()["added"], 1);
    let lack = |name: &str| now.functions.iter().find(|f| f.function == name).unwrap().missing.clone();
    assert_eq!(lack("addresses"), Vec::<&str>::new());
    assert_eq!(lack("prescription"), ["ssk-drug", "generic-name", "usage"]);
}

#[test]
fn adopted_drugs_are_named_by_the_masters_and_marked_when_they_have_ended() {
    let row = |kind: Kind, key: &str, until: Option<&str>, fill: &[(&str, &str)]| {
        let mut values = vec![String::new(); kind.columns().len()];
        for (name, value) in fill {
            let at = kind.columns().iter().position(|column| column == name).unwrap();
            (*value).clone_into(&mut values[at]);
        }
        Row { key: key.into(), until: until.map(|day| day.parse().unwrap()), values, ..Row::default() }
    };
    let tables = [
        (Kind::NhiPrice, vec![row(Kind::NhiPrice, "2171022F1274", None, &[("NAME", "アムロジピン錠5mg「薬価」")])]),
        (
            Kind::SskDrug,
            vec![
                row(Kind::SskDrug, "1", None, &[("NHI_CODE", "2171022F1274"), ("NAME", "アムロジピン錠5mg")]),
                row(Kind::SskDrug, "2", Some("2026-03-31"), &[("NHI_CODE", "3962002F3035"), ("NAME", "旧")]),
                row(Kind::SskDrug, "3", None, &[("NHI_CODE", "3962002F3035"), ("FULL_NAME", "新 正式")]),
                row(Kind::SskDrug, "4", Some("2026-03-31"), &[("NHI_CODE", "1149019F1560"), ("NAME", "終了")]),
            ],
        ),
    ];
    let edition = |file: &str| Edition {
        date: "2026-01-01".parse().unwrap(),
        file: file.into(),
        digest: "d".into(),
        rows: 0,
        part: String::new(),
    };
    let masters = Masters::new(tables.map(|(kind, rows)| {
        Arc::new(Table::empty(kind).merge(rows, &edition("f"), MergeOptions::default()).unwrap().table)
    }));
    let codes = ["2171022F1274", "3962002F3035", "1149019F1560", "9999999X9999"];
    let found = facts(&masters, codes.into_iter(), "2026-11-20".parse().unwrap());
    let expected = [
        ("2171022F1274", "アムロジピン錠5mg「薬価」", true),
        ("3962002F3035", "新 正式", true),
        ("1149019F1560", "終了", false),
    ];
    let expected: HashMap<String, DrugFact> =
        expected.map(|(code, name, usable)| (code.to_owned(), DrugFact { name: name.to_owned(), usable })).into();
    assert_eq!(found, expected);
    assert!(facts(&Masters::default(), codes.into_iter(), "2026-11-20".parse().unwrap()).is_empty());
}
