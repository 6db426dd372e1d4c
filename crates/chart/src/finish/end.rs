//! The act itself.
use super::{Finishing, OpenPoint};
use crate::author::{Author, Standing, doctor_of, set_principal};
use crate::note::{self, Place, Section, Seen, Written};
use crate::query::{parse, resource_type};
use crate::view::{Encounter, Note, VisitState};
use crate::vitals::{self, Unreadable};
use crate::{ChartError, opened, prescription, request, visit};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, Guard, LedgerError, Reader};

/// Ids [`finish`] may need: one record and each vital sign.
pub const IDS: usize = 12;

/// What finishing did.
#[derive(Debug)]
pub enum Finished {
    /// Confirmed; the visit moved on.
    Done,
    /// It had been confirmed already: a second press shows the first result (SAFE-14).
    Already,
    /// Something is open; nothing was changed.
    Open(Vec<OpenPoint>),
}

/// Who finishes what, having seen what.
#[derive(Debug)]
pub struct Finish<'a> {
    /// The visit.
    pub place: Place<'a>,
    /// Revisions of the drafts that were on the screen.
    pub seen: Seen,
    /// The person; a proxy hands the record in for approval instead.
    pub author: &'a Author,
    /// [`IDS`] new ids.
    pub ids: Vec<Id>,
    /// When.
    pub now: Timestamp,
}

/// 診察を終える. One commit confirms the note, puts vital signs and orders on record and moves the visit on; when
/// anything is open, nothing happens and the points are listed. Entered by a proxy, the record waits for the doctor's
/// approval and the visit stays where it is.
pub fn finish<'a>(access: &'a Access, asked: Finish<'a>) -> BoxFuture<'a, Result<Finished, ChartError>> {
    finish_with(access, asked, &|_| ())
}

/// The same, with what else follows when the doctor confirms, for its commit: jobs of a connector.
pub fn finish_with<'a>(
    access: &'a Access,
    asked: Finish<'a>,
    beside: &'a (dyn Fn(&mut Commit) + Sync),
) -> BoxFuture<'a, Result<Finished, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::View);
        reader.describe("診察を終える");
        let (place, now) = (asked.place, asked.now);
        let encounter = note::visit_of(&reader, place).await?;
        let kept = note::drafts_in(access, place.visit, &asked.author.person).await?;
        let standing = note::composition_of(&reader, place.visit).await?;
        let on_record = match &standing {
            Some(version) => Note::of(&parse(version)?).filter(|n| !n.is_deleted()),
            None => None,
        };
        if let (Some(note), None) = (&on_record, &kept.reopened) {
            // A proxy's entry is confirmed by approving it.
            let waits = note.awaiting && asked.author.standing == Standing::Own;
            reader.release(()).await?;
            if waits {
                let link = format!("/p/{}/v/{}", place.patient, place.visit);
                let message = "代行で書かれた記録の承認が済んでいません".to_owned();
                return Ok(Finished::Open(vec![OpenPoint { message, link }]));
            }
            return Ok(Finished::Already);
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("記録の確定 Encounter/{}", place.visit));
        let mut ids = asked.ids.clone().into_iter();
        let mut all = note_part(&asked, &kept, standing.filter(|_| on_record.is_some()), &encounter, &mut ids)?;
        // The other parts of a visit join here, each with its own open points and changes.
        all.join(vitals_part(&reader, &asked, &kept, &mut ids).await?);
        // What a proxy entered stays as it is until the doctor approves it.
        if asked.author.standing == Standing::Own {
            all.join(prescription::finishing(&reader, place.visit).await?);
            all.join(request::finishing(&reader, place.visit).await?);
        }
        if !all.open.is_empty() {
            reader.release(()).await?;
            return Ok(Finished::Open(all.open));
        }
        let moved = match asked.author.standing {
            Standing::Own => visit::moved(access, &reader, place.visit, VisitState::AwaitingPayment, now).await?,
            Standing::Proxy => None,
        };
        reader.release(()).await?;

        if kept.reopened.is_none() {
            commit.guards.push(Guard::NoMatch(note::confirmed(place.visit)?));
        }
        // Whatever was saved meanwhile makes the swaps fail: nothing is confirmed that was not looked at.
        for (section, _, value) in &kept.drafts {
            let key = format!("{}/{}", place.visit, section.code());
            commit.docs.push(Doc::Swap {
                space: note::SPACE,
                key,
                was: value.clone(),
                value: value.clone(),
                expires: None,
            });
        }
        commit.docs.extend(note::without(&kept.keys));
        // Whoever wrote has no work left here.
        let mut hands: Vec<&str> = kept.drafts.iter().map(|(_, draft, _)| draft.person.as_str()).collect();
        hands.push(asked.author.person.as_str());
        hands.sort_unstable();
        hands.dedup();
        commit.docs.extend(hands.into_iter().map(|by| opened::done(by, place.visit)));
        commit.changes.extend(all.changes);
        if let Some((change, told)) = moved {
            commit.changes.push(change);
            commit.docs.extend(told);
        }
        if asked.author.standing == Standing::Own {
            beside(&mut commit);
        }
        match access.commit(commit).await {
            Ok(_) => Ok(Finished::Done),
            // Two presses, or two doctors: the first one stands.
            Err(LedgerError::Guard(_)) => Ok(Finished::Already),
            Err(other) => Err(other.into()),
        }
    })
}

fn link(place: Place<'_>, section: Section) -> String {
    format!("/p/{}/v/{}#{}", place.patient, place.visit, section.code())
}

/// The note: what keeps it from being confirmed, and the version that confirms it.
fn note_part(
    asked: &Finish<'_>,
    kept: &note::Kept,
    standing: Option<karute_ledger::Version>,
    encounter: &Encounter,
    ids: &mut std::vec::IntoIter<Id>,
) -> Result<Finishing, ChartError> {
    let (place, now) = (asked.place, asked.now);
    let mut part = Finishing::default();
    let mut say = |message: String, section| part.open.push(OpenPoint { message, link: link(place, section) });
    for (section, _) in &kept.clashes {
        say(format!("{} に、二人の書いた文が食い違ったまま残っています", section.title()), *section);
    }
    for (section, draft, _) in &kept.drafts {
        if !asked.seen.is(*section, draft.revision) {
            say(format!("{} を{}さんが書きました。読んでから終えてください", section.title(), draft.name), *section);
        }
    }
    for (section, draft, _) in &kept.drafts {
        if let Some(name) = note::unfilled(&draft.text) {
            say(format!("{} に、埋まっていない「{{{name}}}」が残っています", section.title()), *section);
        }
    }
    let written: Vec<Written> = kept
        .drafts
        .iter()
        .filter(|(section, ..)| *section != Section::Vitals)
        .filter_map(|(section, draft, _)| {
            let standing = if draft.proxy { Standing::Proxy } else { Standing::Own };
            let author = Author { person: Id::new(&draft.person).ok()?, name: draft.name.clone(), standing };
            Some(Written { section: *section, text: draft.text.clone(), author })
        })
        .collect();
    if written.iter().all(|w| w.text.trim().is_empty()) {
        say("今日の記録がまだ書かれていません".to_owned(), Section::Subjective);
    }
    if !part.open.is_empty() {
        return Ok(part);
    }
    let composition = resource_type("Composition")?;
    let (id, mut body, expect) = if let (Some(version), Some((reopened, _))) = (standing, &kept.reopened) {
        let mut body = parse(&version)?.into_owned();
        if version.version != reopened.version {
            return Err(ChartError::Conflict);
        }
        note::revise(&mut body, &written);
        if let Some(object) = body.as_object_mut() {
            object.insert("status", karute_json::Value::string("amended"));
        }
        note::because(&mut body, &reopened.reason, asked.author, now);
        (version.id, body, Expect::Version(reopened.version))
    } else {
        let id = ids.next().ok_or(ChartError::TooMany)?;
        (id, note::compose(place.patient, place.visit, &written, now), Expect::Absent)
    };
    match asked.author.standing {
        Standing::Own => note::approve_note(&mut body, asked.author, now),
        Standing::Proxy => crate::author::set_awaiting(&mut body, true),
    }
    set_principal(&mut body, asked.author, doctor_of(encounter));
    part.changes.push(Change::Put { resource_type: composition, id, body, expect });
    Ok(part)
}

/// Vital signs of the line.
async fn vitals_part(
    reader: &Reader,
    asked: &Finish<'_>,
    kept: &note::Kept,
    ids: &mut std::vec::IntoIter<Id>,
) -> Result<Finishing, ChartError> {
    let place = asked.place;
    let line = kept.drafts.iter().find(|(section, ..)| *section == Section::Vitals);
    let Some((_, draft, _)) = line else { return Ok(Finishing::default()) };
    match vitals::parse(&draft.text) {
        Ok(read) => {
            let hand = Author {
                person: Id::new(&draft.person).unwrap_or_else(|_| asked.author.person.clone()),
                name: draft.name.clone(),
                standing: if draft.proxy { Standing::Proxy } else { Standing::Own },
            };
            let measured = vitals::Measured { vitals: &read, by: &hand, awaits: asked.author.standing };
            let changes = vitals::changes(reader, (place.patient, place.visit), measured, ids, asked.now).await?;
            Ok(Finishing { open: Vec::new(), changes })
        }
        Err(Unreadable(words)) => {
            let open =
                vec![OpenPoint { message: format!("バイタル：{words}"), link: link(place, Section::Vitals) }];
            Ok(Finishing { open, changes: Vec::new() })
        }
    }
}
