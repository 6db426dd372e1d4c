//! The table of faults as people read it: `docs/prescription-faults.md` is what the walk found, or this fails. Written anew
//! with `KARUTE_WRITE_DOCS=1`.
use crate::fault_table::{World, registered, signed};
use karute_eprescription::flow::{Event, Form, State};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

/// What is no fault, but is noted on the way.
const CHOICES: [&str; 2] = ["the person chose", "declined by the service"];

/// Faults on a way, in the words of the table.
fn in_words(fault: &str) -> &'static str {
    match fault {
        "" => "何も起きない",
        "declined" => "サービスが内容を受け付けない",
        "not sent" => "回線が切れていて送れない",
        "refused" => "医療機関の接続が拒否される（証明書の期限切れ・失効、メンテナンス）",
        "answer lost" => "応答が届かない（登録はされた）",
        "request lost" => "要求が届かない",
        "late effect" => "応答がなく、登録はあとから有効になる",
        "request doubled" => "要求が二重に届く",
        "answer doubled" => "応答が二重に届く",
        "garbage" => "応答が壊れている",
        "killed before sending" => "送る直前にプロセスが止まる",
        "killed after sending" => "送った直後にプロセスが止まる",
        "search failed" => "確かめる検索が失敗する",
        "late search failed" => "5分後の検索が失敗する",
        "surplus not cancelled" => "余分な登録の取消が失敗する",
        "answer of the surplus' cancel lost" => "余分な登録の取消の応答が届かない",
        "status not told" => "状態の照会が失敗する",
        "gave up" => "待たずに紙にする、または送る回数が尽きる",
        other => panic!("{other} has no words"),
    }
}

fn end_of(world: &World) -> &'static str {
    match world.life.state {
        State::Registered => "登録済",
        State::Unregistered { .. } => "未登録（画面に出る）",
        State::OnPaper => "紙で発行",
        State::Cancelled => "取消済",
        State::Draft => "登録をやめた",
        state => panic!("no end: {state:?}"),
    }
}

/// Every way with up to `faults` faults: how many there are, and by the one fault (with one) how they end.
fn walked(mut start: World, faults: u32) -> (usize, BTreeMap<&'static str, BTreeSet<&'static str>>) {
    start.faults = faults;
    let (mut ways, mut ends) = (0, BTreeMap::<_, BTreeSet<_>>::new());
    let mut open = vec![start];
    while let Some(world) = open.pop() {
        if !world.todo.is_empty() {
            open.extend(world.next());
            continue;
        }
        world.check();
        ways += 1;
        let fault = world.way.iter().find(|step| !CHOICES.contains(step)).copied().unwrap_or_default();
        ends.entry(fault).or_default().insert(end_of(&world));
    }
    (ways, ends)
}

fn after(mut world: World, event: &Event) -> World {
    world.happens(event);
    world
}

fn undone() -> World {
    let mut world = after(registered(), &Event::CancelAsked);
    world.faults = 0;
    while !world.todo.is_empty() {
        world = world.next().pop().unwrap();
    }
    after(world, &Event::UndoAsked)
}

fn report() -> String {
    let starts = [
        ("電子で発行", signed(Form::Electronic)),
        ("紙（引換番号つき）で発行", signed(Form::Paper)),
        ("取消", after(registered(), &Event::CancelAsked)),
        ("変更", after(registered(), &Event::ChangeAsked(Form::Electronic))),
        ("取消を元に戻す", undone()),
        ("院内処方の登録", signed(Form::InHouse)),
    ];
    let mut text = String::from(
        "# Faults of electronic prescriptions\n\nMade by `cargo test` (`crates/eprescription/tests/it/fault_report.rs`) from the walk over every step between the press and the 引換番号, each combined with everything that can go wrong there, against a model of the service. After every way the prescription is registered exactly once, or is not registered and says so on screen with its way on paper; the test fails otherwise. The same faults are injected into the simulated service over the wire in `transport.rs` and `jobs.rs`.\n\n## Ways walked, up to three faults on one\n\n| Act | Ways | Ends |\n| --- | --- | --- |\n",
    );
    for (act, start) in &starts {
        let (ways, ends) = walked(start.clone(), 3);
        let all: BTreeSet<&str> = ends.values().flatten().copied().collect();
        writeln!(text, "| {act} | {ways} | {} |", all.into_iter().collect::<Vec<_>>().join("、")).unwrap();
    }
    text.push_str("\n## One fault\n\n| Act | Fault | Ends |\n| --- | --- | --- |\n");
    for (act, start) in &starts {
        for (fault, ends) in walked(start.clone(), 1).1 {
            let ends = ends.into_iter().collect::<Vec<_>>().join("、");
            writeln!(text, "| {act} | {} | {ends} |", in_words(fault)).unwrap();
        }
    }
    text
}

#[test]
fn the_documented_table_of_faults_is_what_the_walk_finds() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/prescription-faults.md");
    let report = report();
    if std::env::var_os("KARUTE_WRITE_DOCS").is_some() {
        std::fs::write(&path, &report).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == report,
        "docs/prescription-faults.md is not what the walk finds; KARUTE_WRITE_DOCS=1 writes it anew"
    );
}
