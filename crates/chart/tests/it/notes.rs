//! Writing, confirming and correcting the record of a visit.
use crate::clinic::{Clinic, KAZUO};
use karute_chart::ChartError;
use karute_chart::author::{Author, Standing};
use karute_chart::finish::{Finish, Finished, IDS, finish};
use karute_chart::note::{self, Amendment, Change, Choice, Copied, Edit, Place, Saved, Section, Seen};
use karute_chart::view::VisitState;
use karute_fhir::Id;
use karute_ledger::{Action, HistoryScope, Lookup};

pub(crate) fn doctor() -> Author {
    Author { person: Id::new("dr-mori").unwrap(), name: "森 さやか".to_owned(), standing: Standing::Own }
}
fn nurse() -> Author {
    Author { person: Id::new("ns-ota").unwrap(), name: "太田 恵".to_owned(), standing: Standing::Own }
}
pub(crate) fn scribe() -> Author {
    Author { person: Id::new("mc-abe").unwrap(), name: "阿部 翔".to_owned(), standing: Standing::Proxy }
}

pub(crate) struct Consultation {
    pub(crate) clinic: Clinic,
    pub(crate) patient: Id,
    pub(crate) visit: Id,
}

impl Consultation {
    pub(crate) async fn open() -> Consultation {
        Consultation::at(Clinic::open().await).await
    }
    pub(crate) async fn at(clinic: Clinic) -> Consultation {
        let patient = clinic.patient(&KAZUO, "1958-03-14", "0312345678").await;
        let visit = clinic.visit(&patient, VisitState::InConsultation, "2026-11-20T10:06:00+09:00", 14).await;
        Consultation { clinic, patient, visit }
    }
    pub(crate) fn place(&self) -> Place<'_> {
        Place { patient: &self.patient, visit: &self.visit }
    }
    pub(crate) async fn write(&self, by: &Author, section: Section, base: &str, text: &str) -> Saved {
        let edit = Edit { section, text: text.to_owned(), base: base.to_owned(), copied: Copied::No };
        note::save(&self.clinic.access, self.place(), &[edit], by, self.clinic.now()).await.unwrap()
    }
    pub(crate) async fn record(&self) -> note::Record {
        let reader = self.clinic.access.reader(Action::View);
        let record = note::record(&self.clinic.access, &reader, self.place(), &doctor().person).await.unwrap();
        reader.release(record).await.unwrap()
    }
    pub(crate) async fn finish(&self, by: &Author) -> Finished {
        let seen = Seen::parse(&note::seen(&self.record().await.drafts));
        self.finish_seen(by, seen).await
    }
    async fn finish_seen(&self, author: &Author, seen: Seen) -> Finished {
        let ids = (0..IDS).map(|_| self.clinic.id()).collect();
        let asked = Finish { place: self.place(), seen, author, ids, now: self.clinic.now() };
        finish(&self.clinic.access, asked).await.unwrap()
    }
    async fn history(&self) -> Vec<note::Past> {
        let reader = self.clinic.access.reader(Action::History);
        let found = note::history(&reader, self.place()).await.unwrap();
        reader.release(found).await.unwrap()
    }
}

#[tokio::test]
async fn autosave_does_not_grow_the_legal_record_and_confirming_makes_one_version() {
    let v = Consultation::open().await;
    let mut base = String::new();
    for text in ["咳", "咳 2週間", "咳 2週間\n夜に強い"] {
        let saved = v.write(&doctor(), Section::Subjective, &base, text).await;
        base = saved.draft(Section::Subjective).unwrap().text.clone();
    }
    v.write(&nurse(), Section::Nursing, "", "採血済").await;
    v.write(&doctor(), Section::Vitals, "", "138/82 72 71.2 36.5").await;
    let record = v.record().await;
    assert!(record.is_open() && record.note.is_none());
    assert_eq!(record.draft(Section::Subjective).unwrap().revision, 3);
    assert!(matches!(v.finish(&doctor()).await, Finished::Done));

    let record = v.record().await;
    let note = record.note.clone().unwrap();
    assert!(!record.is_open() && record.drafts.is_empty());
    assert_eq!((note.status.as_str(), note.version), ("final", Some(1)));
    assert_eq!(note.section("S"), Some("咳 2週間\n夜に強い"));
    let hands: Vec<_> = note.hands.iter().flatten().map(|(name, _)| name.as_str()).collect();
    assert_eq!(hands, ["森 さやか", "太田 恵"], "who entered each part");
    assert_eq!(note.confirmed.unwrap().name, "森 さやか", "who confirmed");
    assert_eq!(record.visit.state, Some(VisitState::AwaitingPayment));
    let reader = v.clinic.access.reader(Action::View);
    let page = reader.compartment(&v.patient, &[], None, 50, None).await.unwrap();
    reader.release(()).await.unwrap();
    let vitals = page.matches.iter().filter(|m| m.resource_type.name() == "Observation").count();
    assert_eq!(vitals, 4, "pressure, pulse, weight, temperature");
}

#[tokio::test]
async fn confirming_twice_shows_the_first_result() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Plan, "", "処方は継続").await;
    let seen = Seen::parse(&note::seen(&v.record().await.drafts));
    assert!(matches!(v.finish_seen(&doctor(), seen.clone()).await, Finished::Done));
    assert!(matches!(v.finish_seen(&doctor(), seen).await, Finished::Already));
    assert_eq!(v.history().await.len(), 1);
    // What was on its way when the record was confirmed is refused, not lost in silence.
    let edit = Edit { section: Section::Plan, text: "増量".to_owned(), base: String::new(), copied: Copied::No };
    let refused = note::save(&v.clinic.access, v.place(), &[edit], &nurse(), v.clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Step)));
}

#[tokio::test]
async fn nothing_is_confirmed_that_is_empty_unread_unreadable_or_undecided() {
    let v = Consultation::open().await;
    let open = |found| match found {
        Finished::Open(points) => points.into_iter().map(|p| p.message).collect::<Vec<_>>().join("／"),
        other => panic!("{other:?}"),
    };
    assert!(open(v.finish(&doctor()).await).contains("まだ書かれていません"));
    v.write(&doctor(), Section::Subjective, "", "変わりない").await;
    let seen = Seen::parse(&note::seen(&v.record().await.drafts));
    v.write(&nurse(), Section::Nursing, "", "転倒あり").await;
    assert!(open(v.finish_seen(&doctor(), seen).await).contains("看護記録 を太田 恵さんが書きました"));
    v.write(&doctor(), Section::Vitals, "", "36.5").await;
    let words = open(v.finish(&doctor()).await);
    assert!(words.contains("バイタル：36.5 は体重・体温のどれか"), "{words}");
    v.write(&doctor(), Section::Vitals, "36.5", "BT36.5").await;
    v.write(&doctor(), Section::Plan, "", "eGFR {前回eGFR} を確認").await;
    assert!(open(v.finish(&doctor()).await).contains("P に、埋まっていない「{前回eGFR}」"));
    v.write(&doctor(), Section::Plan, "eGFR {前回eGFR} を確認", "eGFR 52 を確認").await;
    v.write(&doctor(), Section::Subjective, "別の始まり", "別の文").await;
    assert!(open(v.finish(&doctor()).await).contains("食い違った"));
    assert_eq!(v.history().await.len(), 0);
    assert_eq!(v.record().await.visit.state, Some(VisitState::InConsultation), "nothing moved");
}

#[tokio::test]
async fn two_people_in_different_sections_or_lines_never_notice_each_other() {
    let v = Consultation::open().await;
    let access = &v.clinic.access;
    let edit = |section, text: &str| Edit { section, text: text.to_owned(), base: String::new(), copied: Copied::No };
    let (dr, ns) = (doctor(), nurse());
    let (first, second) = ([edit(Section::Subjective, "咳")], [edit(Section::Objective, "体温 37.8")]);
    let (a, b) = tokio::join!(
        note::save(access, v.place(), &first, &dr, v.clinic.now()),
        note::save(access, v.place(), &second, &ns, v.clinic.now()),
    );
    assert!(a.unwrap().clashes.is_empty() && b.unwrap().clashes.is_empty());
    let base = "胸部 清\n腹部 平坦\n下腿 浮腫なし";
    v.write(&dr, Section::Objective, "体温 37.8", base).await;
    v.write(&ns, Section::Objective, base, "胸部 清\n腹部 平坦\n下腿 浮腫あり").await;
    let saved = v.write(&dr, Section::Objective, base, "胸部 喘鳴\n腹部 平坦\n下腿 浮腫なし").await;
    assert!(saved.clashes.is_empty());
    assert_eq!(saved.draft(Section::Objective).unwrap().text, "胸部 喘鳴\n腹部 平坦\n下腿 浮腫あり");
    assert_eq!(v.record().await.text(Section::Subjective), "咳");
}

#[tokio::test]
async fn many_saves_of_one_section_at_once_lose_nobodys_line() {
    let v = Consultation::open().await;
    let lines: Vec<String> = (0..6).map(|n| format!("行{n}")).collect();
    let base = lines.join("\n\n");
    v.write(&doctor(), Section::Plan, "", &base).await;
    let writes = (0..6).map(|n| {
        let mine = base.replace(&lines[n], &format!("行{n} 記入済"));
        let v = &v;
        let base = base.clone();
        async move { v.write(&doctor(), Section::Plan, &base, &mine).await }
    });
    for saved in futures_join(writes).await {
        assert!(saved.clashes.is_empty());
    }
    let text = v.record().await.text(Section::Plan).to_owned();
    for n in 0..6 {
        assert!(text.contains(&format!("行{n} 記入済")), "{text}");
    }
}

/// Awaits everything together.
async fn futures_join<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = all.map(Box::pin).collect();
    let mut done: Vec<Option<F::Output>> = running.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, slot) in running.iter_mut().zip(&mut done) {
            if slot.is_none()
                && let std::task::Poll::Ready(value) = future.as_mut().poll(context)
            {
                *slot = Some(value);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_real_conflict_keeps_both_until_somebody_chooses() {
    for (choice, expected) in
        [(Choice::Mine, "増量する"), (Choice::Theirs, "減量する"), (Choice::Both, "減量する\n増量する")]
    {
        let v = Consultation::open().await;
        v.write(&doctor(), Section::Plan, "", "継続").await;
        v.write(&nurse(), Section::Plan, "継続", "減量する").await;
        let saved = v.write(&doctor(), Section::Plan, "継続", "増量する").await;
        assert_eq!(saved.clashes.len(), 1);
        // A new page, another browser: both are still there.
        let record = v.record().await;
        assert_eq!((record.text(Section::Plan), record.clashes[0].1.mine.as_str()), ("減量する", "増量する"));
        let revision = record.draft(Section::Plan).unwrap().revision;
        let (access, now) = (&v.clinic.access, v.clinic.now());
        let stale = note::resolve(access, v.place(), Section::Plan, choice, revision - 1, &doctor(), now).await;
        assert!(matches!(stale, Err(ChartError::Conflict)), "the other text moved on since it was shown");
        note::resolve(access, v.place(), Section::Plan, choice, revision, &doctor(), now).await.unwrap();
        let record = v.record().await;
        assert_eq!(record.text(Section::Plan), expected);
        assert!(record.clashes.is_empty());
    }
}

#[tokio::test]
async fn a_correction_keeps_the_old_text_with_who_when_and_why() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Subjective, "", "右膝痛\n歩行可").await;
    v.write(&doctor(), Section::Plan, "", "経過をみる").await;
    v.finish(&doctor()).await;
    let (access, now) = (&v.clinic.access, v.clinic.now());
    let amendment = |seen, text: &str, reason: &str| Amendment {
        seen,
        sections: vec![(Section::Subjective, text.to_owned())],
        reason: reason.to_owned(),
    };
    let without_reason = note::amend(access, v.place(), &amendment(1, "左膝痛", "  "), &doctor(), true, now).await;
    assert!(matches!(without_reason, Err(ChartError::Invalid)));
    let unchanged = note::amend(access, v.place(), &amendment(1, "右膝痛\n歩行可", "理由"), &doctor(), true, now).await;
    assert!(matches!(unchanged, Err(ChartError::Step)));
    note::amend(access, v.place(), &amendment(1, "左膝痛\n歩行可", "左右の書き誤り"), &doctor(), true, now)
        .await
        .unwrap();
    let late = note::amend(access, v.place(), &amendment(1, "両膝痛", "x"), &doctor(), true, now).await;
    assert!(matches!(late, Err(ChartError::Conflict)));

    let history = v.history().await;
    let [new, old] = history.as_slice() else { panic!("{history:?}") };
    assert_eq!((new.note.status.as_str(), old.note.status.as_str()), ("amended", "final"));
    let revision = new.note.revision.clone().unwrap();
    assert_eq!((revision.reason.as_str(), revision.by.as_deref()), ("左右の書き誤り", Some("森 さやか")));
    let lines: Vec<_> = new.sections[0].1.iter().map(|l| (l.change, l.text.as_str())).collect();
    assert_eq!(lines, [(Change::Out, "右膝痛"), (Change::In, "左膝痛"), (Change::Same, "歩行可")]);
    assert_eq!(old.note.section("S"), Some("右膝痛\n歩行可"));
}

#[tokio::test]
async fn somebody_who_may_not_confirm_corrects_subject_to_approval() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Subjective, "", "咳").await;
    v.finish(&doctor()).await;
    let amendment = Amendment {
        seen: 1,
        sections: vec![(Section::Nursing, "採血 2回目".to_owned())],
        reason: "書き落とし".to_owned(),
    };
    note::amend(&v.clinic.access, v.place(), &amendment, &nurse(), false, v.clinic.now()).await.unwrap();
    let note = v.record().await.note.unwrap();
    assert!(note.awaiting && note.confirmed.is_none() && note.is_amended());
}

#[tokio::test]
async fn a_reopened_record_becomes_an_amended_version_with_its_reason() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Subjective, "", "咳").await;
    v.write(&doctor(), Section::Vitals, "", "BW71.2 P72").await;
    v.finish(&doctor()).await;
    let (access, now) = (&v.clinic.access, v.clinic.now());
    assert!(matches!(note::reopen(access, v.place(), 1, "", &doctor(), now).await, Err(ChartError::Invalid)));
    note::reopen(access, v.place(), 1, "追加の診察", &doctor(), now).await.unwrap();
    let again = note::reopen(access, v.place(), 1, "追加の診察", &doctor(), now).await;
    assert!(matches!(again, Err(ChartError::Conflict)));
    let record = v.record().await;
    assert!(record.is_open());
    assert_eq!((record.text(Section::Subjective), record.text(Section::Vitals)), ("咳", "P72 BW71.2"));
    assert_eq!(record.visit.state, Some(VisitState::InConsultation));
    v.write(&doctor(), Section::Subjective, "咳", "咳と痰").await;
    v.write(&doctor(), Section::Vitals, "P72 BW71.2", "BW70.9").await;
    assert!(matches!(v.finish(&doctor()).await, Finished::Done));
    let note = v.record().await.note.unwrap();
    assert_eq!((note.status.as_str(), note.version, note.section("S")), ("amended", Some(2), Some("咳と痰")));
    assert_eq!(note.revision.unwrap().reason, "追加の診察");
    let reader = access.reader(Action::View);
    let page = reader.compartment(&v.patient, &[], None, 50, None).await.unwrap();
    reader.release(()).await.unwrap();
    let bodies: Vec<_> = page.matches.iter().filter(|m| m.resource_type.name() == "Observation").collect();
    assert_eq!(bodies.len(), 2, "changed, never doubled");
    assert!(bodies.iter().any(|b| b.body.contains("70.9") && b.body.contains("\"amended\"")));
    assert!(bodies.iter().any(|b| b.body.contains("8867-4") && b.body.contains("\"entered-in-error\"")));
}

#[tokio::test]
async fn a_deleted_record_no_longer_counts_and_stays_readable() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Subjective, "", "別の患者の話").await;
    v.finish(&doctor()).await;
    let (access, now) = (&v.clinic.access, v.clinic.now());
    note::delete(access, v.place(), 1, "患者の取り違え", &doctor(), now).await.unwrap();
    let record = v.record().await;
    assert!(record.note.as_ref().unwrap().is_deleted() && record.is_open());
    let history = v.history().await;
    assert_eq!(history.len(), 2);
    assert_eq!(history[0].note.revision.clone().unwrap().reason, "患者の取り違え");
    assert_eq!(history[1].note.section("S"), Some("別の患者の話"));
    // A new record of the same visit stands beside it.
    v.write(&doctor(), Section::Subjective, "", "本人の話").await;
    assert!(matches!(v.finish(&doctor()).await, Finished::Done));
    assert_eq!(v.record().await.note.unwrap().section("S"), Some("本人の話"));
    assert_eq!(v.history().await.len(), 3);
}

#[tokio::test]
async fn another_patients_visit_is_no_place_to_write() {
    let v = Consultation::open().await;
    let other = v.clinic.patient(&crate::clinic::MAYUMI, "1981-05-02", "0").await;
    let place = Place { patient: &other, visit: &v.visit };
    let edit = Edit { section: Section::Plan, text: "x".to_owned(), base: String::new(), copied: Copied::No };
    let refused = note::save(&v.clinic.access, place, std::slice::from_ref(&edit), &doctor(), v.clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::NotFound)));
    let foreign = note::save(&v.clinic.other, v.place(), &[edit], &doctor(), v.clinic.now()).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)));
    let long =
        Edit { section: Section::Plan, text: "長".repeat(note::LONGEST + 1), base: String::new(), copied: Copied::No };
    let refused = note::save(&v.clinic.access, v.place(), &[long], &doctor(), v.clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::TooMany)));
}

#[tokio::test]
async fn who_else_is_here_is_known_for_a_while() {
    let v = Consultation::open().await;
    let access = &v.clinic.access;
    assert!(note::here(access, v.place(), &doctor(), v.clinic.now()).await.unwrap().is_empty());
    assert_eq!(note::here(access, v.place(), &nurse(), v.clinic.now()).await.unwrap(), ["森 さやか"]);
    v.clinic.clock.advance_ms(note::PRESENCE_MS + 1);
    assert!(note::here(access, v.place(), &nurse(), v.clinic.now()).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_confirmed_version_in_the_store_names_its_author_and_its_attester() {
    let v = Consultation::open().await;
    v.write(&doctor(), Section::Assessment, "", "上気道炎").await;
    v.finish(&doctor()).await;
    let id = v.record().await.note.unwrap().id.unwrap();
    let composition = karute_fhir::ResourceType::parse("Composition").unwrap();
    let Lookup::Found(version) = v.clinic.access.read(composition, &id).await.unwrap() else { panic!() };
    for part in ["\"attester\":[{\"mode\":\"legal\"", "Practitioner/dr-mori", "51848-0", "11506-3"] {
        assert!(version.body.contains(part), "{part}: {}", version.body);
    }
    let reader = v.clinic.access.reader(Action::History);
    let all = reader.history(HistoryScope::Instance(composition, id), 10, None, None).await.unwrap();
    reader.release(()).await.unwrap();
    assert_eq!(all.matches.len(), 1);
}
