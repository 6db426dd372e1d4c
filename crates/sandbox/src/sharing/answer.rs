//! What the service answers.
use super::Service;
use super::accept::{self, Refusal};
use super::view;
use super::world::{Held, World};
use crate::national::Asked;
use karute_japan::Timestamp;
use karute_sharing::wire::message::{
    Answer, Finding, Function, Group, Outcome, Participant, Received, Reply, Request, Row, ServiceState,
};
use karute_sharing::wire::target::Target;
use karute_transport::profile::day;

/// Rows of a page.
const PAGE: usize = 100;

impl Service {
    /// Carries a request out.
    pub(super) fn answer(&self, world: &mut World, asked: &Asked, now: Timestamp) -> Vec<u8> {
        let profile = &self.settings.profile;
        let function = Function::by_api(&asked.api, profile).unwrap_or(Function::Status);
        let Ok(received) = Request::read(&asked.api, &asked.body, profile) else {
            let refusal = Refusal::new("malformed", "電文の形式が正しくありません。");
            return self.written(function, &file_id(&asked.body), Err(refusal));
        };
        let result = if asked.institution.as_deref().is_some_and(|code| code != received.taken.institution) {
            Err(Refusal::new("institution_mismatch", "電文の医療機関コードが接続元と一致しません。"))
        } else {
            self.carry_out(world, &received, now)
        };
        self.written(received.function, &received.taken.file_id, result)
    }

    /// The answer to a request that is refused without effect.
    pub(super) fn injected(&self, asked: &Asked) -> Vec<u8> {
        let function = Function::by_api(&asked.api, &self.settings.profile).unwrap_or(Function::Status);
        self.written(function, &file_id(&asked.body), Err(Refusal::new("injected", "模擬環境で指定されたエラーです。")))
    }

    fn written(&self, function: Function, file_id: &str, result: Result<(Answer, Vec<Finding>), Refusal>) -> Vec<u8> {
        let profile = &self.settings.profile;
        let reply = match result {
            Ok((answer, findings)) => {
                Reply { outcome: Outcome { done: true, findings, ..Outcome::default() }, answer: Some(answer) }
            }
            Err(refusal) => Reply {
                outcome: Outcome {
                    code: profile.text(&format!("result_codes.{}", refusal.code)).to_owned(),
                    message: refusal.words.to_owned(),
                    findings: refusal.found,
                    ..Outcome::default()
                },
                answer: None,
            },
        };
        // The profile was checked to be whole.
        reply.write(function, file_id, profile).unwrap_or_default()
    }

    fn carry_out(
        &self,
        world: &mut World,
        asked: &Received,
        now: Timestamp,
    ) -> Result<(Answer, Vec<Finding>), Refusal> {
        let own = asked.taken.institution.as_str();
        let plain = |answer: Answer| (answer, Vec::new());
        match asked.function {
            Function::Register(Group::Unit) => accept::unit(self, world, asked, false, now).map(plain),
            Function::Change(Group::Unit) => accept::unit(self, world, asked, true, now).map(plain),
            Function::Cancel(Group::Unit) => accept::cancel_unit(world, asked).map(plain),
            Function::Register(group) => accept::document(self, world, asked, group, false, now).map(plain),
            Function::Change(group) => accept::document(self, world, asked, group, true, now).map(plain),
            Function::Cancel(_) => accept::cancel_document(world, asked).map(plain),
            Function::Attach => accept::attach(self, world, asked).map(plain),
            Function::Status => {
                let target = asked.target();
                let held = world.documents.get(&target).filter(|held| held.sender == own);
                let held = held.ok_or_else(|| Refusal::new("not_found", "対象の文書がありません。"))?;
                let findings = if held.state == ServiceState::Failed { held.found.clone() } else { Vec::new() };
                Ok((Answer::State(held.state), findings))
            }
            Function::List => Ok(plain(list(world, asked, own))),
            Function::Get => {
                let held = addressed(world, asked.get("key"), own)?;
                held.state = ServiceState::Received;
                held.fetched = Some(now);
                Ok(plain(Answer::Document(held.envelope.clone())))
            }
            Function::Attachment => {
                let held = addressed(world, asked.get("key"), own)?;
                let number: u32 = asked.get("number").parse().unwrap_or_default();
                let file = held.files.get(&number).cloned();
                Ok(plain(Answer::File(file.ok_or_else(|| Refusal::new("not_found", "添付がありません。"))?)))
            }
            Function::Participation => {
                let (code, name) = (asked.get("code"), asked.get("name"));
                let fits = |known: &str, called: &str| {
                    if code.is_empty() { !name.is_empty() && called.contains(name) } else { known == code }
                };
                let found = world.participants.iter().filter(|(known, called)| fits(known, called)).take(PAGE);
                let found =
                    found.map(|(code, name)| Participant { code: code.clone(), name: name.clone(), takes_part: true });
                Ok(plain(Answer::Facilities(found.collect())))
            }
            Function::View => view::told(world, asked, now).map(plain),
            Function::Masters => Ok(plain(Answer::Master("20260601".to_owned(), None))),
        }
    }
}

/// A document that this institution may fetch.
fn addressed<'w>(world: &'w mut World, key: &str, own: &str) -> Result<&'w mut Held, Refusal> {
    let held = world.documents.values_mut().find(|held| held.key == key && held.destination == own);
    let there = |held: &&mut Held| matches!(held.state, ServiceState::Registered | ServiceState::Received);
    let held = held.filter(there).ok_or_else(|| Refusal::new("not_found", "対象の文書がありません。"))?;
    if held.consent { Ok(held) } else { Err(Refusal::new("consent", "患者の同意がありません。")) }
}

fn list(world: &World, asked: &Received, own: &str) -> Answer {
    let (from, to) = (day(asked.get("from")), day(asked.get("to")));
    let within = |at: Timestamp| {
        let on = at.day_in_japan();
        from.is_none_or(|from| from <= on) && to.is_none_or(|to| on <= to)
    };
    let mine = |held: &Held| {
        held.destination == own
            && matches!(held.state, ServiceState::Registered | ServiceState::Received)
            && within(held.registered)
    };
    let all: Vec<(&Target, &Held)> = world.documents.iter().filter(|(_, held)| mine(held)).collect();
    let page: usize = asked.get("page").parse().unwrap_or(1);
    let rows = all.iter().skip(page.saturating_sub(1) * PAGE).take(PAGE).map(|(target, held)| Row {
        key: held.key.clone(),
        sender: held.sender.clone(),
        sender_name: world.participants.get(&held.sender).cloned().unwrap_or_default(),
        kana: held.kana.clone(),
        birth: held.birth.parse().ok(),
        sex: held.sex.clone(),
        insured: target.insured.clone(),
        kind: held.kind,
        at: Some(held.registered),
        consent: held.consent,
        received: held.fetched.is_some(),
        attachments: u32::try_from(held.files.len()).unwrap_or(u32::MAX),
        size: held.document.len() as u64,
    });
    Answer::Rows(rows.collect(), u32::try_from(all.len().div_ceil(PAGE).max(1)).unwrap_or(1))
}

/// The identifier of a request that may not be whole, to be echoed.
fn file_id(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let inner = text.split_once("<ArbitraryFileIdentifier>").and_then(|(_, rest)| rest.split_once("</"));
    inner.map(|(id, _)| id.chars().take(50).filter(|c| c.is_ascii_graphic() && *c != '<').collect()).unwrap_or_default()
}
