//! People of an institution.
use crate::practitioner::{self, Described};
use crate::store::{self, CREDENTIAL, CredentialDoc, FAILURES, FailuresDoc, LOGIN, LoginDoc};
use crate::{Identity, IdentityError, Profession};
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_ledger::{Access, Action, Change, Commit, Doc, Expect, LedgerError, Lookup, Tenant};

/// `Practitioner.identifier.system` of the login.
pub const LOGIN_SYSTEM: &str = "urn:karute:login";
/// `PractitionerRole.code.coding.system` of the profession code.
pub const PROFESSION_SYSTEM: &str = "urn:karute:profession";

/// People of one institution that a list holds at most.
const MAX_PEOPLE: u32 = 1_000;

/// A person to create.
#[derive(Clone)]
pub struct NewPerson {
    /// Login: 2 to 40 of `a-z 0-9 . _ -`, unique in the institution, never reused.
    pub login: String,
    /// Name as written, family and given name separated by a space.
    pub name: String,
    /// The same in katakana.
    pub kana: String,
    /// At least one.
    pub professions: Vec<Profession>,
    /// First password.
    pub password: String,
    /// Whether the person must change it at the first sign-in; false only when they chose it themselves.
    pub must_change_password: bool,
}

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// `Practitioner` id.
    pub id: String,
    /// Login.
    pub login: String,
    /// Name as written.
    pub name: String,
    /// In katakana.
    pub kana: String,
    /// Professions.
    pub professions: Vec<Profession>,
    /// Whether sign-in is allowed at all.
    pub enabled: bool,
    /// Whether the login is locked by failures right now.
    pub locked: bool,
}

/// Checks the form of a login.
pub(crate) fn login_is_well_formed(login: &str) -> bool {
    (2..=40).contains(&login.len())
        && login.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'_' | b'-'))
}

impl Identity {
    /// Creates a person with a first password and a TOTP secret, which is returned once (base32).
    /// Returns the `Practitioner` id and the secret.
    pub fn create_person<'a>(
        &'a self,
        by: &'a Access,
        new: NewPerson,
    ) -> BoxFuture<'a, Result<(String, String), IdentityError>> {
        Box::pin(async move {
            let tenant = self.tenant(by).await?;
            if !login_is_well_formed(&new.login) {
                return Err(IdentityError::LoginMalformed);
            }
            for (what, text) in [("氏名", &new.name), ("フリガナ", &new.kana)] {
                if text.trim().is_empty() || text.chars().count() > 100 {
                    return Err(IdentityError::Invalid(format!("{what}を1〜100文字で入力してください。")));
                }
            }
            let professions = distinct(&new.professions)?;
            self.check_new_password(&tenant, &new.login, &new.name, &new.kana, &new.password)?;
            let password = self.hash(by, &new.password).await?;
            let id = self.new_id()?;
            let totp = self.new_totp()?;
            let credential = CredentialDoc {
                login: new.login.clone(),
                enabled: true,
                password,
                earlier: Vec::new(),
                must_change: new.must_change_password,
                totp: self.seal_totp(by, &id, &totp),
                last_step: 0,
            };
            let institution = (tenant.institution_code.as_str(), tenant.display_name.as_str());
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some("person created".to_owned());
            commit.changes = vec![
                Change::Put {
                    resource_type: practitioner::practitioner_type()?,
                    id: id.clone(),
                    body: practitioner::practitioner(&new),
                    expect: Expect::Absent,
                },
                Change::Put {
                    resource_type: practitioner::role_type()?,
                    id: id.clone(),
                    body: practitioner::role(id.as_str(), &professions, institution),
                    expect: Expect::Absent,
                },
            ];
            commit.docs = vec![
                store::insert(LOGIN, &new.login, &LoginDoc { person: id.to_string() }, None)?,
                store::insert(CREDENTIAL, id.as_str(), &credential, None)?,
            ];
            match by.commit(commit).await {
                Ok(_) => Ok((id.to_string(), totp.to_base32())),
                Err(LedgerError::Exists) => Err(IdentityError::LoginTaken(new.login)),
                Err(e) => Err(e.into()),
            }
        })
    }

    /// All people, by login.
    pub fn people<'a>(&'a self, by: &'a Access) -> BoxFuture<'a, Result<Vec<Person>, IdentityError>> {
        Box::pin(async move {
            let mut logins = Vec::new();
            for (login, text) in by.docs(LOGIN, "", MAX_PEOPLE).await? {
                logins.push((login, person_id(&store::parse::<LoginDoc>(&text)?.person)?));
            }
            let ids: Vec<Id> = logins.iter().map(|(_, id)| id.clone()).collect();
            let described = self.described_all(by, &ids).await?;
            let mut people = Vec::with_capacity(logins.len());
            for ((login, id), described) in logins.into_iter().zip(described) {
                people.push(self.person_from(by, login, &id, described).await?);
            }
            Ok(people)
        })
    }

    /// A person by login.
    pub fn person<'a>(&'a self, by: &'a Access, login: &'a str) -> BoxFuture<'a, Result<Person, IdentityError>> {
        Box::pin(async move {
            let (id, _) = self.credential(by, login).await?;
            let described = self.described(by, &id).await?;
            self.person_from(by, login.to_owned(), &id, described).await
        })
    }

    /// Gives a person other professions; ends their sessions.
    pub fn set_professions<'a>(
        &'a self,
        by: &'a Access,
        login: &'a str,
        professions: Vec<Profession>,
    ) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let professions = distinct(&professions)?;
            let (id, _) = self.credential(by, login).await?;
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some("professions changed".to_owned());
            commit.changes.push(
                self.edit(by, false, &id, |role| role.insert("code", practitioner::profession_codes(&professions)))
                    .await?,
            );
            commit.docs = self.ended_sessions(by, id.as_str(), None).await?;
            by.commit(commit).await?;
            Ok(())
        })
    }

    /// Allows or forbids sign-in (leaving, returning); forbidding ends their sessions.
    pub fn set_enabled<'a>(
        &'a self,
        by: &'a Access,
        login: &'a str,
        enabled: bool,
    ) -> BoxFuture<'a, Result<(), IdentityError>> {
        Box::pin(async move {
            let (id, stored) = self.credential(by, login).await?;
            let mut credential = stored.value.clone();
            credential.enabled = enabled;
            let mut commit = Commit::new(Action::Administer);
            commit.detail = Some(if enabled { "person enabled" } else { "person disabled" }.to_owned());
            for role in [false, true] {
                commit.changes.push(self.edit(by, !role, &id, |r| r.insert("active", enabled.into())).await?);
            }
            commit.docs = self.ended_sessions(by, id.as_str(), None).await?;
            commit.docs.push(store::swap(CREDENTIAL, id.as_str(), &stored.text, &credential, None)?);
            by.commit(commit).await?;
            Ok(())
        })
    }

    pub(crate) fn check_new_password(
        &self,
        tenant: &Tenant,
        login: &str,
        name: &str,
        kana: &str,
        password: &str,
    ) -> Result<(), IdentityError> {
        let faults = self.settings().password.check(password, &[login, name, kana, &tenant.name, &tenant.display_name]);
        if faults.is_empty() { Ok(()) } else { Err(IdentityError::Password(faults)) }
    }

    /// The next version of the person's `Practitioner` (or `PractitionerRole`) after `edit`.
    async fn edit(
        &self,
        by: &Access,
        practitioner: bool,
        id: &Id,
        edit: impl FnOnce(&mut karute_json::Object<'static>),
    ) -> Result<Change, IdentityError> {
        let resource_type = if practitioner { practitioner::practitioner_type()? } else { practitioner::role_type()? };
        let Lookup::Found(version) = by.read(resource_type, id).await? else {
            return Err(IdentityError::NotFound("職員"));
        };
        let mut body = practitioner::read_body(&version.body)?.into_owned();
        if let Some(object) = body.as_object_mut() {
            edit(object);
        }
        Ok(Change::Put { resource_type, id: id.clone(), body, expect: Expect::Version(version.version) })
    }

    /// What the record says of a person.
    pub(crate) async fn described(&self, by: &Access, id: &Id) -> Result<Described, IdentityError> {
        self.described_all(by, std::slice::from_ref(id)).await?.pop().ok_or(IdentityError::NotFound("職員"))
    }

    /// The same of several, in order, as one audit event.
    async fn described_all(&self, by: &Access, ids: &[Id]) -> Result<Vec<Described>, IdentityError> {
        let (practitioner, role) = (practitioner::practitioner_type()?, practitioner::role_type()?);
        let wanted: Vec<_> = ids.iter().flat_map(|id| [(practitioner, id.clone()), (role, id.clone())]).collect();
        let reader = by.reader(Action::Read);
        let versions = reader.read_many(&wanted).await?;
        let versions = reader.release(versions).await?;
        let body = |resource_type, id: &Id| {
            let found = versions.iter().find(|v| v.resource_type == resource_type && v.id == *id);
            found.map(|v| &*v.body).ok_or(IdentityError::NotFound("職員"))
        };
        ids.iter()
            .map(|id| {
                let mut described = practitioner::describe(&practitioner::read_body(body(practitioner, id)?)?);
                described.professions = practitioner::professions(&practitioner::read_body(body(role, id)?)?);
                Ok(described)
            })
            .collect()
    }

    async fn person_from(
        &self,
        by: &Access,
        login: String,
        id: &Id,
        described: Described,
    ) -> Result<Person, IdentityError> {
        let failures = store::load::<FailuresDoc>(by, FAILURES, &login).await?;
        Ok(Person {
            id: id.to_string(),
            login,
            name: described.name,
            kana: described.kana,
            professions: described.professions,
            enabled: described.active,
            locked: failures.is_some_and(|f| self.is_locked(&f.value)),
        })
    }

    pub(crate) async fn tenant(&self, by: &Access) -> Result<Tenant, IdentityError> {
        self.inner.ledger.tenant(by.tenant()).await?.ok_or(IdentityError::NotFound("施設"))
    }

    /// A new logical id (UUID version 7).
    fn new_id(&self) -> Result<Id, IdentityError> {
        let id = karute_crypto::uuid_v7(self.now().as_millis(), &*self.inner.entropy);
        Id::new(&id).map_err(|_| IdentityError::Internal("no id"))
    }

    /// Deletions of a person's sessions, but for the one with the handle `keep`.
    pub(crate) async fn ended_sessions(
        &self,
        by: &Access,
        person: &str,
        keep: Option<&str>,
    ) -> Result<Vec<Doc>, IdentityError> {
        let sessions = self.session_docs(by, "").await?;
        let ended = |key: &str| keep.is_none_or(|k| !key.starts_with(k));
        Ok(sessions
            .into_iter()
            .filter(|(key, session)| session.person == person && ended(key))
            .map(|(key, _)| store::delete(store::SESSION, &key))
            .collect())
    }
}

/// A stored person id.
pub(crate) fn person_id(text: &str) -> Result<Id, IdentityError> {
    Id::new(text).map_err(|_| IdentityError::Internal("a stored person id is malformed"))
}

/// Professions without repetition, at least one.
fn distinct(professions: &[Profession]) -> Result<Vec<Profession>, IdentityError> {
    let mut distinct = Vec::new();
    for p in professions {
        if !distinct.contains(p) {
            distinct.push(*p);
        }
    }
    if distinct.is_empty() {
        return Err(IdentityError::Invalid("職種を1つ以上選んでください。".to_owned()));
    }
    Ok(distinct)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logins_are_plain_and_bounded() {
        for good in ["ab", "h.yamamoto", "dr_1-a", &"x".repeat(40)] {
            assert!(login_is_well_formed(good), "{good}");
        }
        for bad in ["", "a", "H.Yamamoto", "山本", "a b", "a@b", "ａｂ", &"x".repeat(41)] {
            assert!(!login_is_well_formed(bad), "{bad}");
        }
    }
}
