//! Recording and withdrawing. Each command that changes something names the version the person saw.
use super::state::{Breastfeeding, Pregnancy};
use super::{Kind, Severity, Substance, resource};
use crate::ChartError;
use crate::author::{Author, principal, set_principal};
use crate::parts::{clean, clean_line};
use crate::query::{parse, resource_type, search_all};
use crate::view::element::{reference, text};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::era_partial::PartialDate;
use karute_japan::{Date, Timestamp};
use karute_json::{Object, Value};
use karute_ledger::{Access, Action, Change, Commit, Expect, Lookup, Version};

/// Longest words kept, in characters.
const WORDS: usize = 120;

/// An allergy or contraindication to record.
#[derive(Clone, Debug)]
pub struct New {
    /// Id of the new resource; the same id twice is the same press twice (SAFE-14).
    pub id: Id,
    /// Whose.
    pub patient: Id,
    /// What kind.
    pub kind: Kind,
    /// To what.
    pub substance: Substance,
    /// What happened.
    pub reaction: Option<String>,
    /// How bad.
    pub severity: Option<Severity>,
    /// When it happened, as far as is known.
    pub when: Option<PartialDate>,
}

/// Records one. A statement that there is none, if somebody made one, ends in the same write.
pub fn add<'a>(
    access: &'a Access,
    author: &'a Author,
    mut new: New,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        if let Substance::Words(told) = &mut new.substance {
            *told = clean_line(told, WORDS).ok_or(ChartError::Invalid)?;
        }
        if let Substance::Coded { system, code, display } = &new.substance
            && (system.is_empty()
                || code.is_empty()
                || display.trim().is_empty()
                || display.chars().count() > 2 * WORDS)
        {
            return Err(ChartError::Invalid);
        }
        new.reaction = new.reaction.as_deref().and_then(|told| clean_line(told, WORDS));
        if new.when.is_some_and(|when| when.bounds().is_none_or(|(first, _)| first > now.day_in_japan())) {
            return Err(ChartError::Invalid);
        }
        let standing = all(access, &new.patient).await?;
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some(format!("{}を登録", new.kind.word()));
        let mut body = resource::entry(&new, author, now);
        set_principal(&mut body, author, principal(access, author, &new.patient, now.day_in_japan()).await?);
        commit.changes.push(put("AllergyIntolerance", &new.id, body, Expect::Absent)?);
        for version in &standing {
            let body = parse(version)?;
            let active = text(&body, &["clinicalStatus", "coding", "0", "code"]).as_deref() == Some("active");
            if active && resource::is_none_known(&body) {
                let Value::Object(mut body) = body.into_owned() else { continue };
                resource::set_inactive(&mut body);
                let (id, expect) = (&version.id, Expect::Version(version.version));
                commit.changes.push(put("AllergyIntolerance", id, Value::Object(body), expect)?);
            }
        }
        access.commit(commit).await?;
        Ok(())
    })
}

/// なし: this person asked and there is none. Not while an allergy stands.
pub fn confirm_none<'a>(
    access: &'a Access,
    author: &'a Author,
    patient: &'a Id,
    new: &'a Id,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let mut earlier = None;
        for version in &all(access, patient).await? {
            let body = parse(version)?;
            let wrong = text(&body, &["verificationStatus", "coding", "0", "code"]);
            let status = text(&body, &["clinicalStatus", "coding", "0", "code"]);
            if matches!(wrong.as_deref(), Some("entered-in-error" | "refuted")) || status.as_deref() != Some("active") {
                continue;
            }
            if !resource::is_none_known(&body) {
                return Err(ChartError::Step);
            }
            earlier = Some((version.id.clone(), version.version));
        }
        let mut body = resource::none_known(patient, author, now);
        set_principal(&mut body, author, principal(access, author, patient, now.day_in_japan()).await?);
        let (id, expect) = match &earlier {
            Some((id, version)) => (id, Expect::Version(*version)),
            None => (new, Expect::Absent),
        };
        let mut commit = Commit::new(if earlier.is_some() { Action::Update } else { Action::Create });
        commit.detail = Some("アレルギーなしを確認".to_owned());
        commit.changes.push(put("AllergyIntolerance", id, body, expect)?);
        access.commit(commit).await?;
        Ok(())
    })
}

/// What is said anew of an entry; to what somebody is allergic stays, unless it was written in words.
#[derive(Clone, Debug, Default)]
pub struct Edit {
    /// What kind.
    pub kind: Option<Kind>,
    /// To what, of an entry in words only.
    pub words: Option<String>,
    /// What happened.
    pub reaction: Option<String>,
    /// How bad.
    pub severity: Option<Severity>,
    /// When it happened, as far as is known.
    pub when: Option<PartialDate>,
}

/// Says something else of an entry. The old text stays in its history.
pub fn edit<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    edit: &'a Edit,
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        if edit.when.is_some_and(|when| when.bounds().is_none_or(|(first, _)| first > now.day_in_japan())) {
            return Err(ChartError::Invalid);
        }
        let said = Edit {
            words: edit.words.as_deref().and_then(|told| clean_line(told, WORDS)),
            reaction: edit.reaction.as_deref().and_then(|told| clean_line(told, WORDS)),
            ..edit.clone()
        };
        change(access, author, ("AllergyIntolerance", "patient"), target, ("アレルギーを変更", now), |body| {
            resource::edited(body, &said);
        })
        .await
    })
}

/// It no longer holds (a test showed so, the patient outgrew it): stays readable, no longer warns.
pub fn end<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        let reason = clean(reason, WORDS).ok_or(ChartError::Invalid)?;
        change(access, author, ("AllergyIntolerance", "patient"), target, ("アレルギーを終了", now), |body| {
            resource::set_inactive(body);
            resource::add_note(body, &format!("終了の理由：{reason}"), author, now);
        })
        .await
    })
}

/// It was never so. Stays in the record with the reason.
pub fn delete<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    reason: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        let reason = clean(reason, WORDS).ok_or(ChartError::Invalid)?;
        change(access, author, ("AllergyIntolerance", "patient"), target, ("アレルギーを削除", now), |body| {
            resource::set_error(body, &reason, author, now);
        })
        .await
    })
}

/// Takes an ending or a deletion back.
pub fn restore<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        let kind = ("AllergyIntolerance", "patient");
        change(access, author, kind, target, ("アレルギーを有効に戻す", now), resource::set_active).await
    })
}

/// Notes an infection to mind.
pub fn note_infection<'a>(
    access: &'a Access,
    author: &'a Author,
    (patient, new): (&'a Id, &'a Id),
    told: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let told = clean_line(told, WORDS).ok_or(ChartError::Invalid)?;
        exists(access, patient).await?;
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some("感染症の注意を登録".to_owned());
        let mut body = resource::infection(patient, &told, author, now);
        set_principal(&mut body, author, principal(access, author, patient, now.day_in_japan()).await?);
        commit.changes.push(put("Flag", new, body, Expect::Absent)?);
        access.commit(commit).await?;
        Ok(())
    })
}

/// The infection need not be minded any longer.
pub fn withdraw_infection<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        change(access, author, ("Flag", "subject"), target, ("感染症の注意を外す", now), |body| {
            body.insert("status", Value::string("inactive"));
            if let Some(period) = body.get_mut("period").and_then(Value::as_object_mut) {
                period.insert("end", Value::string(now.day_in_japan().to_string()));
            }
        })
        .await
    })
}

/// Takes [`withdraw_infection`] back.
pub fn mind_again<'a>(
    access: &'a Access,
    author: &'a Author,
    target: (&'a Id, &'a Id, u32),
    now: Timestamp,
) -> BoxFuture<'a, Result<u32, ChartError>> {
    Box::pin(async move {
        change(access, author, ("Flag", "subject"), target, ("感染症の注意を戻す", now), |body| {
            body.insert("status", Value::string("active"));
            if let Some(period) = body.get_mut("period").and_then(Value::as_object_mut) {
                period.remove("end");
            }
        })
        .await
    })
}

/// What is said of pregnancy and breast-feeding today; each said thing is an observation of its own.
pub fn set_state<'a>(
    access: &'a Access,
    author: &'a Author,
    (patient, ids): (&'a Id, [&'a Id; 2]),
    pregnancy: Option<(Pregnancy, Option<Date>)>,
    breastfeeding: Option<Breastfeeding>,
    now: Timestamp,
) -> BoxFuture<'a, Result<(), ChartError>> {
    Box::pin(async move {
        let day = now.day_in_japan();
        if let Some((value, Some(due))) = pregnancy {
            // A due date belongs to a pregnancy, and none lies further away than one lasts.
            let days = due.since(day).map_or(i32::MAX, |span| span.get_days());
            if value != Pregnancy::Pregnant || !(-30..=300).contains(&days) {
                return Err(ChartError::Invalid);
            }
        }
        if pregnancy.is_none() && breastfeeding.is_none() {
            return Err(ChartError::Invalid);
        }
        exists(access, patient).await?;
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some("妊娠・授乳の状態を記録".to_owned());
        if let Some(said) = pregnancy {
            commit.changes.push(put(
                "Observation",
                ids[0],
                resource::pregnancy(patient, said, author, now),
                Expect::Absent,
            )?);
        }
        if let Some(said) = breastfeeding {
            let body = resource::breastfeeding(patient, said, author, now);
            commit.changes.push(put("Observation", ids[1], body, Expect::Absent)?);
        }
        access.commit(commit).await?;
        Ok(())
    })
}

async fn exists(access: &Access, patient: &Id) -> Result<(), ChartError> {
    match access.read(resource_type("Patient")?, patient).await? {
        Lookup::Found(_) => Ok(()),
        _ => Err(ChartError::NotFound),
    }
}

/// All statements of a patient, who must exist.
async fn all(access: &Access, patient: &Id) -> Result<Vec<Version>, ChartError> {
    let reader = access.reader(Action::Read);
    reader.describe("アレルギーの一覧");
    let known = matches!(reader.read(resource_type("Patient")?, patient).await?, Lookup::Found(_));
    let pairs = [("patient", patient.as_str()), ("_count", "100")];
    let found = search_all(&reader, "AllergyIntolerance", &pairs, 200).await?;
    let found = reader.release(found).await?;
    if known { Ok(found) } else { Err(ChartError::NotFound) }
}

async fn change(
    access: &Access,
    author: &Author,
    (kind, owner): (&'static str, &str),
    (patient, id, seen): (&Id, &Id, u32),
    (detail, now): (&str, Timestamp),
    apply: impl FnOnce(&mut Object<'static>),
) -> Result<u32, ChartError> {
    let Lookup::Found(version) = access.read(resource_type(kind)?, id).await? else { return Err(ChartError::NotFound) };
    let whole = parse(&version)?.into_owned();
    if reference(&whole, &[owner, "reference"], "Patient").as_ref() != Some(patient) {
        return Err(ChartError::NotFound);
    }
    if version.version != seen {
        return Err(ChartError::Conflict);
    }
    let Value::Object(mut body) = whole else { return Err(ChartError::NotFound) };
    apply(&mut body);
    let mut body = Value::Object(body);
    author.mark(&mut body);
    set_principal(&mut body, author, principal(access, author, patient, now.day_in_japan()).await?);
    let mut commit = Commit::new(Action::Update);
    commit.detail = Some(detail.to_owned());
    commit.changes.push(put(kind, id, body, Expect::Version(seen))?);
    let made = access.commit(commit).await?;
    Ok(made.versions.first().map_or(seen + 1, |version| version.version))
}

fn put(kind: &'static str, id: &Id, body: Value<'static>, expect: Expect) -> Result<Change, ChartError> {
    Ok(Change::Put { resource_type: resource_type(kind)?, id: id.clone(), body, expect })
}
