use crate::stage::Stage;
use karute_japan::Date;
use karute_ledger::{Ledger, NewMaster};
use karute_operations::masters::{MasterRefresh, Publish, TakeInError, Taken, take_in};
use karute_terminology::{Edition, Kind, Masters, MastersHandle, MergeOptions, Row, Table};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn row(kind: Kind, key: &str, name: &str) -> Row {
    let mut values = vec![String::new(); kind.columns().len()];
    name.clone_into(&mut values[0]);
    Row { line: 1, key: key.to_owned(), values, ..Row::default() }
}

fn with(base: &Table, day: &str, rows: Vec<Row>) -> (Table, bool, u32) {
    let date: Date = day.parse().unwrap();
    let digest = format!("{day}-{}", rows.len());
    let edition = Edition { date, file: format!("f_{day}.csv"), digest, rows: 0, part: String::new() };
    let merged = base.merge(rows, &edition, MergeOptions::default()).unwrap();
    (merged.table, merged.known, merged.added)
}

async fn take(ledger: &Ledger, day: &'static str, names: &[(&str, &str)]) -> Taken {
    let rows = names.iter().map(|(key, name)| row(Kind::Postal, key, name)).collect();
    let merge = move |base: &Table| Ok::<_, String>(with(base, day, rows));
    let report = |added: &u32| format!("{{\"added\":{added}}}");
    take_in(ledger, Kind::Postal, "試験", false, merge, report).await.unwrap().0
}

fn starter() -> Vec<Table> {
    [Kind::Postal, Kind::Usage]
        .map(|kind| with(&Table::empty(kind), "2026-01-01", vec![row(kind, "s", "はじめ")]).0)
        .into()
}

fn publishing() -> (MastersHandle, Publish) {
    let handle = MastersHandle::default();
    let place = handle.clone();
    (handle, Arc::new(move |tables| place.replace(Masters::new(tables))))
}

fn name(handle: &MastersHandle, kind: Kind, key: &str) -> Option<String> {
    handle.current().table(kind)?.newest(key).map(|r| r.values().next().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_running_process_follows_what_another_takes_in() {
    let stage = Stage::new().await;
    let (handle, publish) = publishing();
    let mut refresh = MasterRefresh::new(stage.ledger.clone(), starter, publish);
    let state = refresh.state();
    assert!(!state.is_ready() && !state.until_ready(Duration::ZERO).await);
    assert!(refresh.once().await);
    assert!(state.is_ready() && state.until_ready(Duration::ZERO).await);
    assert_eq!(name(&handle, Kind::Postal, "s").as_deref(), Some("はじめ"));
    assert!(!refresh.once().await, "nothing new");

    let before = handle.current();
    assert_eq!(take(&stage.ledger, "2026-10-01", &[("1000001|1", "千代田")]).await, Taken::Stored(1));
    assert!(refresh.once().await);
    assert_eq!(name(&handle, Kind::Postal, "1000001|1").as_deref(), Some("千代田"));
    assert_eq!(name(&handle, Kind::Postal, "s"), None, "the starter set does not mix with official files");
    assert_eq!(name(&handle, Kind::Usage, "s").as_deref(), Some("はじめ"));
    assert!(before.table(Kind::Postal).unwrap().newest("s").is_some(), "who was searching keeps what they had");
    let figures = state.figures();
    assert_eq!((figures.version, figures.refreshed, figures.failed), (1, 2, 0));
    assert!(figures.rows.contains(&("postal", 1)) && figures.rows.contains(&("hot", 0)), "{:?}", figures.rows);

    assert_eq!(take(&stage.ledger, "2026-10-01", &[("1000001|1", "千代田")]).await, Taken::Known);
    assert!(!refresh.once().await);
}

#[tokio::test]
async fn what_cannot_be_read_or_built_leaves_what_is_in_place_and_is_told() {
    let stage = Stage::new().await;
    let (handle, publish) = publishing();
    let broken = Arc::new(AtomicBool::new(false));
    let breaks = Arc::clone(&broken);
    let publish: Publish = Arc::new(move |tables| {
        assert!(!breaks.load(Ordering::Relaxed), "building fails");
        publish(tables);
    });
    let mut refresh = MasterRefresh::new(stage.ledger.clone(), starter, publish);
    let state = refresh.state();
    take(&stage.ledger, "2026-10-01", &[("1|1", "一")]).await;
    assert!(refresh.once().await);

    broken.store(true, Ordering::Relaxed);
    take(&stage.ledger, "2026-11-01", &[("1|1", "一"), ("2|1", "二")]).await;
    for _ in 0..2 {
        assert!(!refresh.once().await);
    }
    assert_eq!((state.figures().failed, state.is_ready()), (2, true));
    assert_eq!(name(&handle, Kind::Postal, "2|1"), None);
    broken.store(false, Ordering::Relaxed);
    assert!(refresh.once().await);
    assert_eq!(name(&handle, Kind::Postal, "2|1").as_deref(), Some("二"));
    assert_eq!(state.figures().problem, None);

    // A content no release can read: its kind stays as it is, others go on.
    for (kind, expected) in [("postal", Some(2)), ("usage", None)] {
        let new =
            NewMaster { kind: kind.into(), expected, content: b"?".to_vec(), report: "{}".into(), by: "試験".into() };
        stage.ledger.put_master(new).await.unwrap();
    }
    refresh.once().await;
    let problem = state.figures().problem.unwrap();
    assert!(problem.contains("postal") && problem.contains("usage"), "{problem}");
    assert_eq!(name(&handle, Kind::Postal, "2|1").as_deref(), Some("二"));
    assert_eq!(name(&handle, Kind::Usage, "s"), None, "an official table never falls back to the starter set");
    let refreshed = state.figures().refreshed;
    refresh.once().await;
    assert_eq!(state.figures().refreshed, refreshed, "nothing is built again for it");
}

#[tokio::test]
async fn an_import_is_tried_refused_or_overtaken_without_a_trace() {
    let stage = Stage::new().await;
    let ledger = &stage.ledger;
    let rows = || vec![row(Kind::Hot, "1", "あ")];
    let merge = move |base: &Table| Ok::<_, String>(with(base, "2026-10-01", rows()));
    let report = |added: &u32| added.to_string();
    let tried = take_in(ledger, Kind::Hot, "試験", true, merge, report).await.unwrap();
    assert_eq!(tried, (Taken::Tried, 1));
    let refuse = |_: &Table| Err::<(Table, bool, u32), _>("3 行目: 列の数が違います".to_owned());
    let refused = take_in(ledger, Kind::Hot, "試験", false, refuse, report).await.unwrap_err();
    assert_eq!(refused.to_string(), "3 行目: 列の数が違います");
    assert_eq!(ledger.masters_version().await.unwrap(), 0);

    // While the file is being merged, somebody else takes one in.
    let (other, handle) = (ledger.clone(), tokio::runtime::Handle::current());
    let overtaken = move |base: &Table| {
        let put = NewMaster {
            kind: "hot".into(),
            expected: None,
            content: Table::empty(Kind::Hot).encode().unwrap(),
            report: "{}".into(),
            by: "ほか".into(),
        };
        handle.block_on(other.put_master(put)).unwrap();
        Ok::<_, String>(with(base, "2026-10-01", rows()))
    };
    let result = take_in(ledger, Kind::Hot, "試験", false, overtaken, report).await;
    assert!(matches!(result, Err(TakeInError::Between)), "{result:?}");
    assert_eq!(ledger.masters_version().await.unwrap(), 1);
}
