//! Taking documents and units in: form, key, size, rules, person, addressee, consent.
use super::Service;
use super::world::{Held, MAX_HELD, Unit, World, stands};
use karute_japan::Timestamp;
use karute_sharing::wire::content::Content;
use karute_sharing::wire::envelope::{Envelope, Kind};
use karute_sharing::wire::message::{Answer, File, Finding, Group, Received, ServiceState};
use karute_sharing::wire::target::{Target, has_branch};
use std::collections::BTreeMap;

/// Why a request is not done: name of the result code in the profile, words, findings.
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) words: &'static str,
    pub(super) found: Vec<Finding>,
}

impl Refusal {
    pub(super) fn new(code: &'static str, words: &'static str) -> Refusal {
        Refusal { code, words, found: Vec::new() }
    }
}

/// What was sent, opened.
struct Opened {
    bytes: Vec<u8>,
    envelope: Envelope,
    content: Content,
}

fn open(service: &Service, world: &World, asked: &Received, group: Group) -> Result<Opened, Refusal> {
    let profile = &service.settings.profile;
    let malformed = || Refusal::new("malformed", "送信ファイルの形式が正しくありません。");
    let bytes = asked.decoded("info").map_err(|_| malformed())?;
    let envelope = Envelope::read(&bytes, profile).map_err(|_| malformed())?;
    if Group::of(envelope.kind) != group {
        return Err(malformed());
    }
    if envelope.target.institution() != asked.taken.institution {
        return Err(Refusal::new("institution_mismatch", "Bundle-IDの医療機関コードが送信元と一致しません。"));
    }
    let content =
        Content::read(&envelope.document).map_err(|_| Refusal::new("unreadable", "FHIR文書を解釈できません。"))?;
    if content.target != envelope.target || content.kind != envelope.kind {
        return Err(Refusal::new("invalid", "送信ファイルとFHIR文書の内容が一致しません。"));
    }
    let found = service.settings.judge.findings(envelope.kind, &envelope.document);
    if !found.is_empty() {
        let mixed = found.iter().any(|finding| finding.code == profile.text("result_codes.mixed"));
        let code = if mixed { "mixed" } else { "invalid" };
        return Err(Refusal { code, words: "FHIR文書の検証でエラーが見つかりました。", found });
    }
    person(world, &content)?;
    Ok(Opened { bytes, envelope, content })
}

/// Whether the insured person is valid. One without branch number never is.
fn person(world: &World, content: &Content) -> Result<(), Refusal> {
    let insured = &content.target.insured;
    let other_birth = world.persons.get(insured).is_some_and(|person| person.birth != content.birth);
    if !has_branch(insured) || world.unknown.contains(insured) || other_birth {
        return Err(Refusal::new("person", "被保険者番号等または生年月日が資格情報と一致しません。"));
    }
    Ok(())
}

fn room(world: &World) -> Result<(), Refusal> {
    if world.documents.len() + world.units.len() >= MAX_HELD {
        return Err(Refusal::new("injected", "模擬環境の上限に達しました。"));
    }
    Ok(())
}

/// A document: registered, or in the place of another.
pub(super) fn document(
    service: &Service,
    world: &mut World,
    asked: &Received,
    group: Group,
    change: bool,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let Opened { bytes, envelope, content } = open(service, world, asked, group)?;
    room(world)?;
    let letter = envelope.kind == Kind::Referral;
    let destination = match (&envelope.destination, letter) {
        (Some(code), true) if world.participants.contains_key(code) => code.clone(),
        (Some(_), true) => return Err(Refusal::new("addressee", "宛先の医療機関はこのサービスを利用していません。")),
        (None, false) => String::new(),
        _ => return Err(Refusal::new("malformed", "宛先の指定が正しくありません。")),
    };
    let consent = match (&envelope.consent, letter) {
        (Some(consent), true) => consent.given,
        (None, true) => return Err(Refusal::new("consent", "同意の状態がありません。")),
        (_, false) => true,
    };
    // A key is used once, unless its document never came to stand.
    let used = world.documents.get(&content.target).is_some_and(|held| held.state != ServiceState::Failed);
    if used {
        return Err(Refusal::new("already_there", "同じBundle-IDの文書が登録されています。"));
    }
    let supersedes = match (change, envelope.supersedes) {
        (false, None) => None,
        (true, Some(old)) => {
            replaceable(world, &old, &asked.taken.institution)?;
            Some(old)
        }
        _ => return Err(Refusal::new("malformed", "変更元の指定が正しくありません。")),
    };
    let number = world.number();
    let found = if world.fail_later > 0 {
        world.fail_later -= 1;
        vec![super::judge::finding("検証で指摘があります（模擬）。", "Bundle.entry[0].resource", "R0213")]
    } else {
        Vec::new()
    };
    let sex = match content.sex.as_str() {
        "male" => "1",
        "female" => "2",
        _ => "",
    };
    let held = Held {
        key: format!("DK{number:010}"),
        kind: envelope.kind,
        sender: asked.taken.institution.clone(),
        destination,
        consent,
        envelope: bytes,
        document: envelope.document,
        birth: content.birth,
        sex: sex.to_owned(),
        kana: content.names.last().cloned().unwrap_or_default(),
        files: BTreeMap::new(),
        registered: now,
        state: ServiceState::Checking,
        ready: now.plus_ms(service.settings.checks_ms),
        found,
        supersedes,
        fetched: None,
        answered: false,
    };
    world.documents.insert(content.target, held);
    world.ripen(now);
    Ok(Answer::Accepted(format!("R{number:010}")))
}

/// The document of an institution that can still be replaced or cancelled.
fn replaceable(world: &World, target: &Target, institution: &str) -> Result<(), Refusal> {
    match world.documents.get(target).filter(|held| held.sender == institution) {
        Some(held) if stands(held.state) => Ok(()),
        Some(held) if held.state == ServiceState::Received => {
            Err(Refusal::new("already_received", "宛先の医療機関が受領済です。"))
        }
        _ => Err(Refusal::new("not_found", "対象の文書がありません。")),
    }
}

/// Takes a document back.
pub(super) fn cancel_document(world: &mut World, asked: &Received) -> Result<Answer, Refusal> {
    let target = asked.target();
    replaceable(world, &target, &asked.taken.institution)?;
    if let Some(held) = world.documents.get_mut(&target) {
        held.state = ServiceState::Cancelled;
    }
    Ok(Answer::Done)
}

/// An information unit: the whole set under its key.
pub(super) fn unit(
    service: &Service,
    world: &mut World,
    asked: &Received,
    change: bool,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    let Opened { envelope, content, .. } = open(service, world, asked, Group::Unit)?;
    room(world)?;
    if envelope.destination.is_some() || envelope.consent.is_some() || change != envelope.supersedes.is_some() {
        return Err(Refusal::new("malformed", "臨床情報の指定が正しくありません。"));
    }
    let before = world.units.get(&content.target).map(|unit| unit.puts);
    match (change, before) {
        (false, Some(_)) => {
            return Err(Refusal::new("already_there", "同じBundle-IDの臨床情報が登録されています。"));
        }
        (true, None) => return Err(Refusal::new("not_found", "変更元の臨床情報がありません。")),
        _ => {}
    }
    if envelope.supersedes.is_some_and(|old| old != content.target) {
        return Err(Refusal::new("not_found", "変更元の臨床情報がありません。"));
    }
    let puts = before.unwrap_or_default().saturating_add(1);
    let (kind, document, others) = (envelope.kind, envelope.document, content.others);
    world.units.insert(content.target, Unit { kind, document, others, puts, registered: now });
    Ok(Answer::Accepted(String::new()))
}

/// Takes a unit away.
pub(super) fn cancel_unit(world: &mut World, asked: &Received) -> Result<Answer, Refusal> {
    let target = asked.target();
    let own = target.institution() == asked.taken.institution;
    if own && world.units.remove(&target).is_some() {
        Ok(Answer::Done)
    } else {
        Err(Refusal::new("not_found", "対象の臨床情報がありません。"))
    }
}

/// A file beside a letter; the same number again replaces it.
pub(super) fn attach(service: &Service, world: &mut World, asked: &Received) -> Result<Answer, Refusal> {
    let target = asked.target();
    replaceable(world, &target, &asked.taken.institution)?;
    let data = asked.decoded("data").map_err(|_| Refusal::new("malformed", "添付のBase64が正しくありません。"))?;
    let number: u32 = asked.get("number").parse().unwrap_or_default();
    let known = ["application/pdf", "image/jpeg", "image/png"].contains(&asked.get("type"));
    if !known || number == 0 || number > service.settings.profile.limits().max_attachments {
        return Err(Refusal::new("invalid", "添付の種類または番号が正しくありません。"));
    }
    if let Some(held) = world.documents.get_mut(&target) {
        let file = File { content_type: asked.get("type").to_owned(), name: asked.get("name").to_owned(), data };
        held.files.insert(number, file);
    }
    Ok(Answer::Done)
}
