use crate::stage::Stage;
use karute_ledger::{Action, Commit, Doc};
use karute_operations::duties::{Duties, Rhythm};

fn checkpoints(stage: &Stage) -> usize {
    let Ok(entries) = std::fs::read_dir(stage.dir.path().join("checkpoints")) else { return 0 };
    entries.map(|e| std::fs::read_to_string(e.unwrap().path()).unwrap().lines().count()).sum()
}

async fn write(stage: &Stage) {
    let mut commit = Commit::new(Action::Administer);
    commit.docs = vec![Doc::Put { space: "test", key: "k".into(), value: "1".into(), expires: None }];
    stage.access.commit(commit).await.unwrap();
}

#[tokio::test]
async fn duties_are_done_in_their_rhythm_and_not_at_the_start() {
    let stage = Stage::new().await;
    write(&stage).await;
    let rhythm = Rhythm { checkpoint_ms: 60_000, sweep_ms: 150_000 };
    let mut duties = Duties::new(stage.ledger.clone(), stage.clock.clone(), rhythm);
    let before = checkpoints(&stage);
    assert_eq!(duties.once().await, 0, "a start is no reason");
    stage.clock.advance_ms(59_999);
    assert_eq!(duties.once().await, 0);
    stage.clock.advance_ms(1);
    assert_eq!(duties.once().await, 1);
    assert_eq!(checkpoints(&stage), before + 1);
    assert_eq!(duties.once().await, 0, "not twice");
    write(&stage).await;
    stage.clock.advance_ms(90_000);
    assert_eq!(duties.once().await, 2, "checkpoint and sweep");
    assert_eq!(checkpoints(&stage), before + 2);
    assert!(stage.ledger.verify(stage.tenant.id).await.unwrap().bad.is_none());
}
