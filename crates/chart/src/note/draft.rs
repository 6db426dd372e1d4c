//! Drafts: one document a section, swapped against what was read, so that nothing is overwritten unseen.
use super::{LONGEST, Merged, Section, both, clean, merge, read};
use crate::ChartError;
use crate::author::{Author, Standing};
use futures_util::future::BoxFuture;
use karute_fhir::{Id, search::Query};
use karute_japan::{Date, Timestamp};
use karute_ledger::{Access, Action, Commit, Doc, Guard, LedgerError};
use serde::{Deserialize, Serialize};

/// Where drafts lie; keys are `visit/section`, `visit/section!person` (a conflict) and `visit/reopened`.
pub(crate) const SPACE: &str = "chart.note";
/// Documents of one visit at most.
const MOST: u32 = 60;
/// How often somebody else may be faster before we give up.
const TRIES: usize = 6;

/// A section as it stands, not yet confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Visit.
    pub visit: String,
    /// Patient.
    pub patient: String,
    /// Day of the visit.
    #[serde(with = "iso_day")]
    pub day: Date,
    /// Text.
    pub text: String,
    /// Counts up with every save.
    pub revision: u32,
    /// Who saved it last: `Practitioner` id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// Whether they wrote for somebody else (代行).
    pub proxy: bool,
    /// When, in microseconds.
    pub at: i64,
    /// The text as it was copied from an earlier visit; tinted while it is still the same (SAFE-11).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copied: Option<String>,
    /// The last text of another person, kept when this one replaced it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced: Option<String>,
}

/// A day as `2026-11-20`.
mod iso_day {
    use karute_japan::Date;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
    pub(super) fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl Draft {
    /// Whether it is still exactly what was copied from an earlier visit.
    pub fn is_copied(&self) -> bool {
        self.copied.as_deref() == Some(self.text.as_str()) && !self.text.is_empty()
    }
    /// When it was saved.
    pub fn saved(&self) -> Timestamp {
        Timestamp::from_micros(self.at)
    }
}

/// Two edits of the same lines; both are kept until somebody chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clash {
    /// What this person wrote.
    pub mine: String,
    /// From where both began.
    pub base: String,
    /// When, in microseconds.
    pub at: i64,
}

/// A confirmed record that was opened again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reopened {
    /// Composition id.
    pub composition: String,
    /// The version that was opened.
    pub version: u32,
    /// Why.
    pub reason: String,
    /// Who.
    pub name: String,
    /// When, in microseconds.
    pub at: i64,
}

/// Whether an edit was taken over from an earlier visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// Typed.
    No,
    /// 前回を写す
    Yes,
}

/// What a person wrote in a section.
#[derive(Clone, Debug)]
pub struct Edit {
    /// Where.
    pub section: Section,
    /// Text.
    pub text: String,
    /// The text they began with.
    pub base: String,
    /// Whether it is a copy.
    pub copied: Copied,
}

/// What became of saving.
#[derive(Clone, Debug, Default)]
pub struct Saved {
    /// The sections as they stand now.
    pub drafts: Vec<(Section, Draft)>,
    /// Sections in which a person must choose.
    pub clashes: Vec<(Section, Clash)>,
}

impl Saved {
    /// The draft of a section.
    pub fn draft(&self, section: Section) -> Option<&Draft> {
        self.drafts.iter().find(|(s, _)| *s == section).map(|(_, d)| d)
    }
}

/// Everything kept for a visit: drafts, this person's conflicts, whether it was reopened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) drafts: Vec<(Section, Draft, String)>,
    pub(crate) clashes: Vec<(Section, Clash)>,
    pub(crate) reopened: Option<(Reopened, String)>,
    /// Keys of everything.
    pub(crate) keys: Vec<String>,
}

/// Reads what is kept for a visit; conflicts of `person` only.
pub(crate) async fn drafts_in(access: &Access, visit: &Id, person: &Id) -> Result<Kept, ChartError> {
    let mut kept = Kept::default();
    for (key, value) in access.docs(SPACE, &format!("{visit}/"), MOST).await? {
        let rest = key.split_once('/').map_or("", |(_, rest)| rest).to_owned();
        kept.keys.push(key);
        if rest == "reopened" {
            kept.reopened = Some((kept_as(&value)?, value));
        } else if let Some((code, whose)) = rest.split_once('!') {
            if let (Some(section), true) = (Section::parse(code), whose == person.as_str()) {
                kept.clashes.push((section, kept_as(&value)?));
            }
        } else if let Some(section) = Section::parse(&rest) {
            kept.drafts.push((section, kept_as(&value)?, value));
        }
    }
    kept.drafts.sort_by_key(|(section, ..)| Section::ALL.iter().position(|s| s == section));
    Ok(kept)
}

pub(crate) fn kept_as<T: serde::de::DeserializeOwned>(value: &str) -> Result<T, ChartError> {
    serde_json::from_str(value).map_err(|e| ChartError::Ledger(LedgerError::Integrity(format!("a draft: {e}"))))
}

pub(super) fn stored<T: Serialize>(value: &T) -> Result<String, ChartError> {
    serde_json::to_string(value).map_err(|e| ChartError::Ledger(LedgerError::Integrity(format!("a draft: {e}"))))
}

/// The visit a note belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Patient.
    pub patient: &'a Id,
    /// Visit.
    pub visit: &'a Id,
}

/// Which revision of which section somebody saw: `S3.O2`. Confirming names it, so that nothing is confirmed unseen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(Vec<(Section, u32)>);

impl Seen {
    /// Reads it; what makes no sense was not seen.
    pub fn parse(text: &str) -> Seen {
        let one = |part: &str| {
            let (code, number) = part.split_at_checked(1)?;
            Some((Section::parse(code)?, number.parse().ok()?))
        };
        Seen(text.split('.').take(24).filter_map(one).collect())
    }
    /// Whether a section was seen as it is.
    pub fn is(&self, section: Section, revision: u32) -> bool {
        self.0.contains(&(section, revision))
    }
}

/// What a page shows of these drafts, for [`Seen::parse`].
pub fn seen(drafts: &[(Section, Draft)]) -> String {
    drafts.iter().map(|(s, d)| format!("{}{}", s.code(), d.revision)).collect::<Vec<_>>().join(".")
}

/// Saves edits. Different sections never meet; edits of different lines of one section go together; edits of the same
/// lines are kept both until this person chooses. A confirmed record refuses with [`ChartError::Step`]: it is corrected
/// or reopened first.
pub fn save<'a>(
    access: &'a Access,
    place: Place<'a>,
    edits: &'a [Edit],
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Saved, ChartError>> {
    Box::pin(async move {
        if edits.iter().any(|e| e.text.chars().count() > LONGEST || e.base.chars().count() > LONGEST) {
            return Err(ChartError::TooMany);
        }
        let day = read::visit_day(access, place).await?;
        for _ in 0..TRIES {
            let kept = drafts_in(access, place.visit, &author.person).await?;
            let mut commit = Commit::new(Action::Update);
            commit.detail = Some(format!("記録の下書き Encounter/{}", place.visit));
            let mut saved = Saved {
                drafts: kept.drafts.iter().map(|(s, d, _)| (*s, d.clone())).collect(),
                clashes: kept.clashes.clone(),
            };
            for edit in edits {
                apply(edit, &kept, &mut saved, &mut commit, (place, day, author, now))?;
            }
            if commit.docs.is_empty() {
                return Ok(saved);
            }
            commit.docs.push(crate::opened::works(&author.person, place.patient, place.visit, now));
            still_open(&kept, place.visit, &mut commit)?;
            match access.commit(commit).await {
                Ok(_) => return Ok(saved),
                Err(LedgerError::Conflict { .. } | LedgerError::Exists) => {}
                Err(LedgerError::Guard(_)) => return Err(ChartError::Step),
                Err(other) => return Err(other.into()),
            }
        }
        Err(ChartError::Conflict)
    })
}

type By<'a> = (Place<'a>, Date, &'a Author, Timestamp);

fn apply(edit: &Edit, kept: &Kept, saved: &mut Saved, commit: &mut Commit, by: By<'_>) -> Result<(), ChartError> {
    let (place, _, author, now) = by;
    let (text, base) = (clean(&edit.text), clean(&edit.base));
    let present = kept.drafts.iter().find(|(s, ..)| *s == edit.section);
    let standing = present.map_or("", |(_, d, _)| d.text.as_str());
    if text == standing {
        return Ok(());
    }
    match merge(&base, standing, &text) {
        Merged::Text(merged) if merged == standing => Ok(()),
        Merged::Text(merged) => put(edit.section, merged, edit.copied, present, saved, commit, by),
        Merged::Conflict => {
            let clash = Clash { mine: text, base, at: now.as_micros() };
            commit.docs.push(Doc::Put {
                space: SPACE,
                key: clash_key(place.visit, edit.section, author),
                value: stored(&clash)?,
                expires: None,
            });
            saved.clashes.retain(|(s, _)| *s != edit.section);
            saved.clashes.push((edit.section, clash));
            Ok(())
        }
    }
}

fn put(
    section: Section,
    text: String,
    copied: Copied,
    present: Option<&(Section, Draft, String)>,
    saved: &mut Saved,
    commit: &mut Commit,
    (place, day, author, now): By<'_>,
) -> Result<(), ChartError> {
    let before = present.map(|(_, draft, _)| draft);
    let another = before.filter(|d| d.person != author.person.as_str() && !d.text.is_empty());
    let draft = Draft {
        visit: place.visit.to_string(),
        patient: place.patient.to_string(),
        day,
        revision: before.map_or(0, |d| d.revision).saturating_add(1),
        person: author.person.to_string(),
        name: author.name.clone(),
        proxy: author.standing == Standing::Proxy,
        at: now.as_micros(),
        copied: match copied {
            Copied::Yes => Some(text.clone()),
            Copied::No => before.and_then(|d| d.copied.clone()),
        },
        replaced: another.map(|d| d.text.clone()).or_else(|| before.and_then(|d| d.replaced.clone())),
        text,
    };
    let (key, value) = (format!("{}/{}", place.visit, section.code()), stored(&draft)?);
    commit.docs.push(match present {
        Some((.., was)) => Doc::Swap { space: SPACE, key, was: was.clone(), value, expires: None },
        None => Doc::Insert { space: SPACE, key, value, expires: None },
    });
    saved.drafts.retain(|(s, _)| *s != section);
    saved.drafts.push((section, draft));
    saved.drafts.sort_by_key(|(section, _)| Section::ALL.iter().position(|s| s == section));
    Ok(())
}

fn clash_key(visit: &Id, section: Section, author: &Author) -> String {
    format!("{visit}/{}!{}", section.code(), author.person)
}

/// What a person chose for a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// あなた
    Mine,
    /// 相手
    Theirs,
    /// 合わせる
    Both,
}

impl Choice {
    /// By its number on the screen.
    pub fn parse(text: &str) -> Option<Choice> {
        Some(match text {
            "1" => Choice::Mine,
            "2" => Choice::Theirs,
            "3" => Choice::Both,
            _ => return None,
        })
    }
}

/// Settles a conflict. `revision` is that of the other text as it was shown; when it moved on, nothing happens.
pub fn resolve<'a>(
    access: &'a Access,
    place: Place<'a>,
    section: Section,
    choice: Choice,
    revision: u32,
    author: &'a Author,
    now: Timestamp,
) -> BoxFuture<'a, Result<Saved, ChartError>> {
    Box::pin(async move {
        let day = read::visit_day(access, place).await?;
        let kept = drafts_in(access, place.visit, &author.person).await?;
        let mut saved = Saved {
            drafts: kept.drafts.iter().map(|(s, d, _)| (*s, d.clone())).collect(),
            clashes: kept.clashes.clone(),
        };
        let Some((_, clash)) = kept.clashes.iter().find(|(s, _)| *s == section) else { return Ok(saved) };
        let present = kept.drafts.iter().find(|(s, ..)| *s == section);
        let theirs = present.map_or("", |(_, d, _)| d.text.as_str());
        if present.map_or(0, |(_, d, _)| d.revision) != revision {
            return Err(ChartError::Conflict);
        }
        let text = match choice {
            Choice::Mine => clash.mine.clone(),
            Choice::Theirs => theirs.to_owned(),
            Choice::Both => both(theirs, &clash.mine),
        };
        if text.chars().count() > LONGEST {
            return Err(ChartError::TooMany);
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("記録の食い違いを決める Encounter/{}", place.visit));
        still_open(&kept, place.visit, &mut commit)?;
        if text != theirs {
            put(section, text, Copied::No, present, &mut saved, &mut commit, (place, day, author, now))?;
        }
        commit.docs.push(Doc::Delete { space: SPACE, key: clash_key(place.visit, section, author) });
        saved.clashes.retain(|(s, _)| *s != section);
        access.commit(commit).await.map_err(|e| match e {
            LedgerError::Guard(_) => ChartError::Step,
            other => other.into(),
        })?;
        Ok(saved)
    })
}

/// What must still hold when drafts are written: nothing is confirmed yet, or it is still opened again.
fn still_open(kept: &Kept, visit: &Id, commit: &mut Commit) -> Result<(), ChartError> {
    match &kept.reopened {
        None => commit.guards.push(Guard::NoMatch(confirmed(visit)?)),
        Some((_, value)) => commit.docs.push(Doc::Swap {
            space: SPACE,
            key: format!("{visit}/reopened"),
            was: value.clone(),
            value: value.clone(),
            expires: None,
        }),
    }
    Ok(())
}

/// Matches when the visit has a record that is confirmed or waits for approval.
pub(crate) fn confirmed(visit: &Id) -> Result<Query, ChartError> {
    let encounter = format!("Encounter/{visit}");
    crate::query::query("Composition", &[("encounter", &encounter), ("status", "preliminary,final,amended")])
}

/// The documents that go when a record is confirmed.
pub(crate) fn without(keys: &[String]) -> impl Iterator<Item = Doc> {
    keys.iter().map(|key| Doc::Delete { space: SPACE, key: key.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_reads_back_and_nonsense_was_not_seen() {
        let seen = Seen::parse("S3.O12.N1");
        assert!(seen.is(Section::Subjective, 3) && seen.is(Section::Objective, 12) && seen.is(Section::Nursing, 1));
        assert!(!seen.is(Section::Subjective, 4) && !seen.is(Section::Plan, 0));
        assert_eq!(Seen::parse("あ.X1.S"), Seen::default());
    }
}
