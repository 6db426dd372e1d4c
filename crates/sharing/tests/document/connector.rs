//! The folder of an institution whose chart another system keeps, against the simulated service: what is laid there is
//! registered once and told, whatever is killed where; what was sent to the institution lies there to the byte.
use crate::joint::Meeting;
use crate::letters::{made, signed};
use crate::stage::{Stage, stamped};
use karute_ledger::Action;
use karute_sandbox::national::ServiceFaults;
use karute_sandbox::sharing::ROBOT;
use karute_sharing::connector::{Connector, Intake, IntakeState, Round};
use karute_sharing::document::{Made, Part, UnitKind, allergy_unit, condition_unit, laboratory_unit, reports};
use karute_sharing::jobs::list_job;
use karute_sharing::jobs::record::{Kept, Which, all};
use karute_sharing::office::set_fed_by_folder;
use karute_terminology::Masters;
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::pin::Pin;
use std::task::Poll;

/// An institution without users on screen.
struct Hospital {
    meeting: Meeting,
    dir: tempfile::TempDir,
    connector: Connector,
}

/// What its own system has.
struct Documents {
    conditions: Made,
    allergies: Made,
    results: Made,
    letter: Made,
}

impl Hospital {
    async fn of(stage: Stage) -> (Hospital, Documents) {
        let source = stage.source().await;
        let masters = Masters::starter();
        let newest = reports(&source).remove(0);
        let mut letter = signed(&stage).await;
        ROBOT.clone_into(&mut letter.to.code);
        letter.files.clear();
        let documents = Documents {
            conditions: stamped(UnitKind::Conditions, |stamp| condition_unit(&source, &masters, stamp)).unwrap(),
            allergies: stamped(UnitKind::Allergies, |stamp| allergy_unit(&source, &masters, stamp)).unwrap(),
            results: stamped(UnitKind::Laboratory, |stamp| {
                laboratory_unit(&source, &masters, &newest, Part::Whole, stamp).unwrap()
            }),
            letter: made(&source, &letter).unwrap(),
        };
        let meeting = Meeting::of(stage).await;
        set_fed_by_folder(&meeting.stage.access, true).await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        let connector = Connector::open(dir.path()).unwrap();
        (Hospital { meeting, dir, connector }, documents)
    }

    fn path(&self, place: &str) -> PathBuf {
        self.dir.path().join(place)
    }

    fn lay(&self, place: &str, bytes: &[u8]) {
        fs::write(self.path(place), bytes).unwrap();
    }

    async fn round(&mut self) -> Round {
        let reached = self.meeting.office.reach(&self.meeting.stage.access).await.unwrap().unwrap();
        self.connector.round(&reached.client, &self.meeting.stage.access, self.meeting.now()).await.unwrap()
    }

    /// Files of a part with this ending, sorted; what is no longer there does not count.
    fn files(&self, part: &str, ending: &str) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        for entry in fs::read_dir(self.path(part)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            if entry.file_type().unwrap().is_file() && name.ends_with(ending) {
                found.push((name, fs::read(entry.path()).unwrap()));
            }
        }
        found.sort();
        found
    }

    fn results(&self, part: &str) -> Vec<Value> {
        self.files(part, ".result.json").iter().map(|(_, bytes)| serde_json::from_slice(bytes).unwrap()).collect()
    }

    fn documents(&self, part: &str) -> Vec<Vec<u8>> {
        let all = self.files(part, ".json").into_iter();
        all.filter(|(name, _)| !name.contains(".result.") && !name.contains(".receipt.")).map(|(_, b)| b).collect()
    }

    async fn intakes(&self) -> Vec<Kept<Intake>> {
        let reader = self.meeting.stage.access.reader(Action::Search);
        let found = all::<Intake>(&reader, &Which::default()).await.unwrap();
        reader.release(found).await.unwrap()
    }

    /// What stands at the service: Bundle-ID, state, how often it was put.
    fn standing(&self) -> Vec<(String, String, u32)> {
        let all = self.meeting.sandbox.sharing().standing().into_iter();
        all.map(|one| (one.value, one.state, one.puts)).collect()
    }
}

fn codes(result: &Value) -> Vec<&str> {
    result["reasons"].as_array().unwrap().iter().map(|reason| reason["code"].as_str().unwrap()).collect()
}

async fn registered_and_told(stage: Stage) {
    let (mut hospital, documents) = Hospital::of(stage).await;
    // Names of files may be a patient's in the other system; they go no further than the result.
    hospital.lay("in/山田花子-病名.json", documents.conditions.text.as_bytes());
    hospital.lay("in/b.json", documents.allergies.text.as_bytes());
    hospital.lay("in/c.json", documents.results.text.as_bytes());
    hospital.lay("in/consented/letter.json", documents.letter.text.as_bytes());
    let round = hospital.round().await;
    assert_eq!((round.taken, round.refused, round.open), (4, 0, 4));
    assert!(hospital.documents("in").is_empty() && hospital.documents("in/consented").is_empty());
    hospital.meeting.pass(4, 10_000).await;
    let round = hospital.round().await;
    assert_eq!((round.told, round.open), (4, 0), "{:?}", hospital.intakes().await);
    let results = hospital.results("accepted");
    assert_eq!(results.len(), 4);
    for result in &results {
        assert_eq!((result["state"].as_str(), codes(result).len()), (Some("accepted"), 0), "{result}");
    }
    assert!(results.iter().any(|result| result["file"] == "山田花子-病名.json"));
    assert!(hospital.files("accepted", "").iter().all(|(name, _)| name.is_ascii()), "named by their hash");
    // The service has what was laid there, to the byte.
    let sandbox = hospital.meeting.sandbox.clone();
    let service = sandbox.sharing();
    for made in [&documents.conditions, &documents.allergies, &documents.results] {
        let bundle: Value = serde_json::from_str(&made.text).unwrap();
        let value = bundle["identifier"]["value"].as_str().unwrap();
        assert_eq!(service.unit(value).unwrap(), made.text.as_bytes());
    }
    assert_eq!(service.letters(), 1);
    assert!(hospital.standing().iter().all(|(.., puts)| *puts == 1));
    // The same again is nothing new.
    hospital.lay("in/again.json", documents.conditions.text.as_bytes());
    let round = hospital.round().await;
    hospital.meeting.pass(2, 10_000).await;
    assert_eq!((round.taken, hospital.documents("in").len(), hospital.documents("taken").len()), (0, 0, 0));
    assert!(hospital.standing().iter().all(|(.., puts)| *puts == 1));
    // The hospital answers; the answer is laid out as it came, once.
    service.pass(hospital.meeting.sandbox.now(), 0);
    let today = hospital.meeting.now().day_in_japan();
    hospital.meeting.add(vec![list_job(today, today)]).await;
    hospital.meeting.pass(2, 5_000).await;
    assert_eq!(hospital.round().await.laid_out, 1);
    assert_eq!(hospital.round().await.laid_out, 0);
    let receipts = hospital.files("out", ".receipt.json");
    let receipt: Value = serde_json::from_slice(&receipts[0].1).unwrap();
    assert_eq!((receipts.len(), receipt["sender"].as_str()), (1, Some(ROBOT)));
    let [document] = &hospital.documents("out")[..] else { panic!("one document") };
    assert_eq!(karute_crypto::sha256(document).to_hex(), receipt["document_sha256"].as_str().unwrap());
    for name in receipt["files"].as_array().unwrap() {
        assert!(hospital.path("out").join(name.as_str().unwrap()).is_file());
    }
    assert!(!receipt.to_string().contains("birth") && !receipt.to_string().contains("kana"), "nobody's data");
}

async fn refused_with_reasons(stage: Stage) {
    let (mut hospital, documents) = Hospital::of(stage).await;
    let foreign = documents.conditions.text.replace("1419990015^", "1319900028^");
    let mut invalid: Value = serde_json::from_str(&documents.conditions.text).unwrap();
    invalid["entry"][1]["resource"].as_object_mut().unwrap().remove("onsetDateTime");
    let mut nobody: Value = serde_json::from_str(&documents.letter.text).unwrap();
    for entry in nobody["entry"].as_array_mut().unwrap() {
        if entry["resource"]["identifier"][0]["value"] == ROBOT {
            entry["resource"]["identifier"][0]["value"] = "1419990015".into();
        }
    }
    hospital.lay("in/foreign.json", foreign.as_bytes());
    hospital.lay("in/invalid.json", invalid.to_string().as_bytes());
    hospital.lay("in/to-ourselves.json", nobody.to_string().as_bytes());
    hospital.lay("in/ssmix.hl7", b"MSH|^~\\&|");
    hospital.lay("in/empty.json", b"{}");
    let half = &documents.allergies.text.as_bytes()[..documents.allergies.text.len() / 2];
    hospital.lay("in/half.json", half);
    hospital.lay("in/writing.json.tmp", half);
    hospital.lay("in/.hidden.json", half);
    fs::File::create(hospital.path("in/large.json")).unwrap().set_len(11 << 20).unwrap();
    fs::create_dir(hospital.path("in/folder.json")).unwrap();
    let round = hospital.round().await;
    assert_eq!((round.taken, round.refused), (0, 6), "{:?}", hospital.results("rejected"));
    // Half of it is there: it is waited for, and refused when it stays so.
    assert!(hospital.path("in/half.json").is_file());
    let by_file = |hospital: &Hospital, file: &str| {
        let found = hospital.results("rejected").into_iter().find(|result| result["file"] == file);
        found.unwrap_or_else(|| panic!("{file}"))
    };
    assert_eq!(codes(&by_file(&hospital, "foreign.json"))[0], "KARUTE-INSTITUTION");
    assert!(codes(&by_file(&hospital, "invalid.json")).contains(&"R9015C"), "{}", by_file(&hospital, "invalid.json"));
    assert_eq!(codes(&by_file(&hospital, "to-ourselves.json")), ["KARUTE-ADDRESSEE"]);
    assert_eq!(codes(&by_file(&hospital, "ssmix.hl7")), ["KARUTE-FORMAT"]);
    assert_eq!(codes(&by_file(&hospital, "empty.json")), ["KARUTE-CONTENT"]);
    assert_eq!(codes(&by_file(&hospital, "large.json")), ["KARUTE-SIZE"]);
    for result in hospital.results("rejected") {
        for reason in result["reasons"].as_array().unwrap() {
            assert!(!reason["message"].as_str().unwrap().is_ascii(), "in Japanese: {reason}");
        }
    }
    // Its other half comes: then it is whole.
    hospital.lay("in/half.json", documents.allergies.text.as_bytes());
    hospital.lay("in/broken.json", half);
    assert_eq!(hospital.round().await.taken, 1);
    assert_eq!(hospital.round().await.refused, 1);
    assert_eq!(codes(&by_file(&hospital, "broken.json")), ["KARUTE-JSON"]);
    for left in ["in/writing.json.tmp", "in/.hidden.json"] {
        assert!(hospital.path(left).is_file(), "{left}");
    }
    assert!(hospital.meeting.sandbox.journal().iter().all(|entry| !format!("{entry:?}").contains("DOC01")));
}

/// Runs something for so many steps, as a process that is killed then.
async fn killed_after<F: Future>(steps: usize, future: F) -> Option<F::Output> {
    let mut future: Pin<Box<F>> = Box::pin(future);
    let mut left = steps;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

async fn killed_everywhere(stage: Stage) {
    let (mut hospital, documents) = Hospital::of(stage).await;
    hospital.lay("in/a.json", documents.conditions.text.as_bytes());
    hospital.lay("in/b.json", documents.results.text.as_bytes());
    hospital.lay("in/c.json", b"{}");
    hospital.lay("in/consented/letter.json", documents.letter.text.as_bytes());
    let mut whole = 0;
    for steps in 1..400 {
        hospital.connector = Connector::open(hospital.dir.path()).unwrap();
        let reached = hospital.meeting.office.reach(&hospital.meeting.stage.access).await.unwrap().unwrap();
        let (access, at) = (&hospital.meeting.stage.access, hospital.meeting.now());
        let ended = killed_after(steps, hospital.connector.round(&reached.client, access, at)).await;
        hospital.meeting.pass(0, 3_000).await;
        whole += usize::from(ended.is_some());
        if ended.is_some_and(|round| round.unwrap().open == 0) && hospital.results("accepted").len() == 3 {
            break;
        }
    }
    assert!(whole > 0);
    let mut states: Vec<_> = hospital.intakes().await.iter().map(|kept| kept.stored.state).collect();
    states.dedup();
    assert_eq!(states, [IntakeState::Accepted]);
    assert_eq!((hospital.results("accepted").len(), hospital.documents("accepted").len()), (3, 3));
    assert_eq!((hospital.results("rejected").len(), hospital.documents("rejected").len()), (1, 1));
    for part in ["in", "in/consented", "taken"] {
        assert!(hospital.documents(part).is_empty(), "{part}");
    }
    let standing = hospital.standing();
    assert_eq!((standing.len(), standing.iter().all(|(.., puts)| *puts == 1)), (3, true), "{standing:?}");
    assert!(hospital.dir.path().read_dir().unwrap().count() == 5);
}

async fn interrupted_between_files(stage: Stage) {
    let (mut hospital, documents) = Hospital::of(stage).await;
    hospital.lay("in/a.json", documents.conditions.text.as_bytes());
    hospital.lay("in/bad.json", b"{}");
    hospital.round().await;
    // Killed after the record had it, before the file was moved: the file is still where it was laid.
    let [taken] = &hospital.files("taken", ".json")[..] else { panic!("one is taken") };
    let name = taken.0.clone();
    fs::rename(hospital.path("taken").join(&name), hospital.path("in/a.json")).unwrap();
    // Killed after the reasons were written, before the file was moved.
    let [(bad, _)] =
        &hospital.files("rejected", ".json").into_iter().filter(|(n, _)| !n.contains("result")).collect::<Vec<_>>()[..]
    else {
        panic!("one is refused")
    };
    fs::rename(hospital.path("rejected").join(bad), hospital.path("in/bad.json")).unwrap();
    hospital.meeting.pass(2, 10_000).await;
    let round = hospital.round().await;
    assert_eq!((round.taken, round.refused, round.told), (0, 1, 1));
    // Killed after the result was written and the file moved, before the record said that it was told.
    let mut kept = hospital.intakes().await.remove(0);
    kept.stored.state = IntakeState::Taken;
    kept.keep(&hospital.meeting.stage.access, hospital.meeting.now()).await.unwrap();
    assert_eq!(hospital.round().await.told, 1);
    // Killed before it was moved away again.
    fs::rename(hospital.path("accepted").join(&name), hospital.path("taken").join(&name)).unwrap();
    let mut kept = hospital.intakes().await.remove(0);
    kept.stored.state = IntakeState::Taken;
    kept.keep(&hospital.meeting.stage.access, hospital.meeting.now()).await.unwrap();
    assert_eq!(hospital.round().await.told, 1);
    assert_eq!((hospital.results("accepted").len(), hospital.documents("accepted").len()), (1, 1));
    assert_eq!((hospital.results("rejected").len(), hospital.documents("rejected").len()), (1, 1));
    hospital.meeting.pass(2, 10_000).await;
    assert!(hospital.standing().iter().all(|(.., puts)| *puts == 1), "{:?}", hospital.standing());
}

async fn replaced_and_tried_again(stage: Stage) {
    let (mut hospital, documents) = Hospital::of(stage).await;
    let faults = ServiceFaults { error_next: 1, ..ServiceFaults::default() };
    hospital.meeting.sandbox.sharing().set_faults(faults);
    hospital.lay("in/a.json", documents.conditions.text.as_bytes());
    hospital.round().await;
    hospital.meeting.pass(2, 10_000).await;
    assert_eq!(hospital.round().await.told, 1);
    let [refused] = &hospital.results("rejected")[..] else { panic!("one is refused") };
    assert_eq!(codes(refused), ["CISB9099E"]);
    // Mended, the same file is laid there again.
    hospital.lay("in/a.json", documents.conditions.text.as_bytes());
    hospital.round().await;
    assert!(hospital.results("accepted").is_empty(), "nothing is told of the last try");
    hospital.meeting.stage.clock.advance_ms(60_000);
    hospital.meeting.pass(3, 10_000).await;
    assert_eq!(hospital.round().await.told, 1);
    assert_eq!(hospital.results("accepted").len(), 1);
    // A newer set of the same Bundle-ID takes its place; of two that wait only the newer is registered.
    let without = |count: usize| {
        let mut bundle: Value = serde_json::from_str(&documents.conditions.text).unwrap();
        bundle["entry"].as_array_mut().unwrap().truncate(1 + count);
        bundle.to_string()
    };
    hospital.meeting.stage.clock.advance_ms(60_000);
    hospital.lay("in/1.json", without(1).as_bytes());
    hospital.round().await;
    hospital.lay("in/2.json", without(0).as_bytes());
    assert_eq!(hospital.round().await.told, 1, "the older of the two is not sent any more");
    hospital.meeting.pass(3, 10_000).await;
    assert_eq!(hospital.round().await.told, 1);
    let mut states: Vec<String> =
        hospital.results("accepted").iter().map(|result| result["state"].as_str().unwrap().to_owned()).collect();
    states.sort();
    assert_eq!(states, ["accepted", "accepted", "superseded"]);
    assert!(hospital.standing().is_empty(), "the set that is empty takes everything away: {:?}", hospital.standing());
    // And what comes after it is there again.
    hospital.meeting.stage.clock.advance_ms(60_000);
    hospital.lay("in/3.json", without(1).as_bytes());
    hospital.round().await;
    hospital.meeting.pass(3, 10_000).await;
    hospital.round().await;
    assert_eq!(hospital.standing().len(), 1);
}

on_both! {
    what_a_folder_holds_is_registered_and_told folder_on_postgres registered_and_told;
    what_cannot_be_registered_is_refused_with_reasons folder_refuses_on_postgres refused_with_reasons;
    a_connector_that_is_killed_everywhere_registers_once folder_killed_on_postgres killed_everywhere;
    what_was_interrupted_between_files_goes_on folder_interrupted_on_postgres interrupted_between_files;
    a_folder_replaces_and_tries_again folder_replaces_on_postgres replaced_and_tried_again;
}
