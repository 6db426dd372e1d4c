//! Invitations: a secret of 256 bits that only the holder has, bound to institution and visit. The store keeps its SHA-256
//! and what was answered so far, until the answers are sent or the time is over.
use super::answers::{Answer, Answers};
use super::definition::{About, Question, first_open};
use super::language::Language;
use crate::ChartError;
use crate::query::{parse, resource_type};
use crate::view::{Encounter, Person, Sex, VisitState};
use futures_util::future::BoxFuture;
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_japan::{Timestamp, age};
use karute_ledger::{Access, Action, Commit, Doc, LedgerError, Lookup};
use serde::{Deserialize, Serialize};

/// SHA-256 of a secret → [`Stored`].
pub(super) const SHEET: &str = "chart.questionnaire";
/// Visit → SHA-256 of the secret that holds now.
const OF_VISIT: &str = "chart.questionnaire.visit";
/// How long an invitation holds, in milliseconds: the visit's day, also when it was made in the evening before.
pub(super) const HOLDS_MS: i64 = 12 * 3_600_000;
/// How often another page of the same patient may be faster before we give up.
const TRIES: usize = 5;

/// What is kept under a secret.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) visit: String,
    pub(super) patient: String,
    pub(super) age: Option<u16>,
    pub(super) sex: char,
    pub(super) language: Option<String>,
    pub(super) answers: Answers,
    pub(super) expires: i64,
    /// Sent: then nothing of the answers is left here.
    pub(super) sent: bool,
}

/// A questionnaire being filled in. It names nobody.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The visit.
    pub visit: Id,
    /// What decides which questions are asked.
    pub about: About,
    /// The language chosen.
    pub language: Option<Language>,
    /// Answers so far.
    pub answers: Answers,
    /// The text as stored, to notice changes by others.
    pub(super) was: String,
    pub(super) stored: Stored,
}

impl Sheet {
    /// The first required question that is open, as a position among those asked.
    pub fn first_open(&self) -> Option<usize> {
        first_open(self.about, &self.answers)
    }
}

/// What a secret opens.
#[derive(Clone, Debug)]
pub enum Opened {
    /// A questionnaire to fill in.
    Sheet(Box<Sheet>),
    /// One that was sent, in this language.
    Sent(Option<Language>),
    /// Nothing: never made, replaced by another, or over. The three are not told apart.
    Nothing,
}

/// The key under which a secret is stored.
pub fn of_secret(secret: &str) -> String {
    sha256(secret.as_bytes()).to_hex()
}

/// Invites the patient of a visit by a new secret; the one before it dies. `secret` must hold at least 128 random bits.
/// [`ChartError::Step`] when the visit is over.
pub fn invite<'a>(
    access: &'a Access,
    visit: &'a Id,
    secret: &'a str,
    now: Timestamp,
) -> BoxFuture<'a, Result<Person, ChartError>> {
    Box::pin(async move {
        let reader = access.reader(Action::Read);
        reader.describe("問診票を渡す");
        let Lookup::Found(version) = reader.read(resource_type("Encounter")?, visit).await? else {
            return Err(ChartError::NotFound);
        };
        let encounter = Encounter::read(version.id.clone(), version.version, &parse(&version)?);
        let patient = encounter.patient.ok_or(ChartError::NotFound)?;
        let Lookup::Found(version) = reader.read(resource_type("Patient")?, &patient).await? else {
            return Err(ChartError::NotFound);
        };
        let person = Person::read(version.id.clone(), &parse(&version)?);
        reader.release(()).await?;
        if matches!(encounter.state, None | Some(VisitState::Finished | VisitState::Cancelled)) {
            return Err(ChartError::Step);
        }
        let expires = now.plus_ms(HOLDS_MS);
        let stored = Stored {
            visit: visit.to_string(),
            patient: patient.to_string(),
            age: person.birth.and_then(|b| age::years_on(b, now.day_in_japan())),
            sex: match person.sex {
                Sex::Male => 'm',
                Sex::Female => 'f',
                Sex::Unknown => 'u',
            },
            language: None,
            answers: Answers::default(),
            expires: expires.as_micros(),
            sent: false,
        };
        let key = of_secret(secret);
        let mut commit = Commit::new(Action::Create);
        commit.detail = Some(format!("問診票を渡す Encounter/{visit}"));
        if let Some(old) = access.doc(OF_VISIT, visit.as_str()).await? {
            commit.docs.push(Doc::Delete { space: SHEET, key: old.trim_matches('"').to_owned() });
        }
        commit.docs.push(Doc::Insert { space: SHEET, key: key.clone(), value: text(&stored)?, expires: Some(expires) });
        commit.docs.push(Doc::Put {
            space: OF_VISIT,
            key: visit.to_string(),
            value: format!("\"{key}\""),
            expires: Some(expires),
        });
        access.commit(commit).await?;
        Ok(person)
    })
}

pub(super) fn text(stored: &Stored) -> Result<String, ChartError> {
    let failed = |_| ChartError::Ledger(LedgerError::Integrity("a questionnaire that is no JSON".to_owned()));
    serde_json::to_string(stored).map_err(failed)
}

/// Opens what a secret opens now.
pub fn open<'a>(access: &'a Access, secret: &'a str, now: Timestamp) -> BoxFuture<'a, Result<Opened, ChartError>> {
    Box::pin(async move {
        let Some(was) = access.doc(SHEET, &of_secret(secret)).await? else { return Ok(Opened::Nothing) };
        let Ok(stored) = serde_json::from_str::<Stored>(&was) else { return Ok(Opened::Nothing) };
        if now.as_micros() >= stored.expires {
            return Ok(Opened::Nothing);
        }
        let language = stored.language.as_deref().and_then(Language::parse);
        if stored.sent {
            return Ok(Opened::Sent(language));
        }
        let Ok(visit) = Id::new(&stored.visit) else { return Ok(Opened::Nothing) };
        let sex = match stored.sex {
            'm' => Sex::Male,
            'f' => Sex::Female,
            _ => Sex::Unknown,
        };
        let about = About { age: stored.age, sex };
        let answers = stored.answers.clone();
        Ok(Opened::Sheet(Box::new(Sheet { visit, about, language, answers, was, stored })))
    })
}

/// Chooses the language.
pub fn choose_language<'a>(
    access: &'a Access,
    secret: &'a str,
    language: Language,
    now: Timestamp,
) -> BoxFuture<'a, Result<Opened, ChartError>> {
    Box::pin(
        async move { change(access, secret, now, |stored| stored.language = Some(language.code().to_owned())).await },
    )
}

/// Keeps the answer to a question, so that an interruption loses nothing.
pub fn save<'a>(
    access: &'a Access,
    secret: &'a str,
    question: &'a Question,
    answer: &'a Answer,
    now: Timestamp,
) -> BoxFuture<'a, Result<Opened, ChartError>> {
    Box::pin(async move { change(access, secret, now, |stored| stored.answers.set(question, answer.clone())).await })
}

async fn change(
    access: &Access,
    secret: &str,
    now: Timestamp,
    apply: impl Fn(&mut Stored),
) -> Result<Opened, ChartError> {
    for _ in 0..TRIES {
        let sheet = match open(access, secret, now).await? {
            Opened::Sheet(sheet) => sheet,
            other => return Ok(other),
        };
        let mut stored = sheet.stored.clone();
        apply(&mut stored);
        let value = text(&stored)?;
        if value == sheet.was {
            return Ok(Opened::Sheet(sheet));
        }
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some(format!("問診票の記入 Encounter/{}", sheet.visit));
        commit.docs.push(Doc::Swap {
            space: SHEET,
            key: of_secret(secret),
            was: sheet.was,
            value,
            expires: Some(Timestamp::from_micros(stored.expires)),
        });
        match access.commit(commit).await {
            Ok(_) => return open(access, secret, now).await,
            Err(LedgerError::Conflict { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(ChartError::Conflict)
}
