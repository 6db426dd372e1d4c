//! Taking in: read, judged, kept in the record with the job that registers it, moved.
use super::addressee::addressee;
use super::kept::{Intake, IntakeState};
use super::place::{Laid, MOST_BYTES, Part, Place};
use super::result::{Outcome, Reason, at, document_name};
use super::{Connector, ConnectorError, Round, units};
use crate::client::Client;
use crate::desk::{Desk, DeskError, NewDocument, NewLetter};
use crate::jobs::kept::{Letter, Unit};
use crate::jobs::record::{Kept, Which, binary, find, id, kind as resource_type};
use crate::jobs::{UnitKey, short, unit_task, units_job};
use crate::profile::Profile;
use crate::wire::content::{Content, Shape};
use crate::wire::message::Group;
use crate::wire::target::{BUNDLE_ID, TargetError, has_branch};
use karute_crypto::sha256;
use karute_fhir::Id;
use karute_fhir::profile::{self, ProfileSet, Severity};
use karute_japan::Timestamp;
use karute_json::{Limits, Value, parse};
use karute_ledger::{Access, Action, Change, Commit, Expect, LedgerError};

/// Reasons told of one file at most.
const MOST_REASONS: usize = 500;

/// A file that may be registered.
struct Judged {
    content: Content,
    shape: String,
    patient: (Id, Value<'static>),
    /// Code and name of a letter's addressee.
    to: Option<(String, String)>,
}

impl Connector {
    pub(super) async fn take_in(
        &mut self,
        access: &Access,
        client: &Client,
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), ConnectorError> {
        let mut doubtful = std::mem::take(&mut self.doubtful);
        for laid in self.place.laid()? {
            let before = doubtful.remove(&laid.path);
            if laid.size > MOST_BYTES {
                let hash = Place::name_of_large(&laid)?;
                let reason = Reason::own("SIZE", "ファイルが大きすぎます（1回10MBまで）。");
                self.refuse(&laid, (&hash, None), &[reason], now, round)?;
                continue;
            }
            // Gone or changed meanwhile: the next round sees it.
            let Some(bytes) = Place::read(&laid)? else { continue };
            let hash = sha256(&bytes).to_hex();
            let task = id(&format!("cx-{}", hash.get(..40).unwrap_or_default()))?;
            if let Some(kept) = find::<Intake>(access, &task).await? {
                // Taken before: the step that moves it was interrupted, or the same content was laid there again.
                let state = self.once_more(access, client, kept, now).await?;
                self.place.moved(&laid.path, Part::Taken, &document_name(&hash))?;
                if state != IntakeState::Taken {
                    self.place.passed_on(Part::Taken, Part::Accepted, &document_name(&hash))?;
                }
                continue;
            }
            match judge(&bytes, &laid, client) {
                Ok(judged) => {
                    let task = Taking { task, hash: hash.clone(), bytes, laid: &laid };
                    keep(access, client, task, judged, now).await?;
                    self.place.moved(&laid.path, Part::Taken, &document_name(&hash))?;
                    round.taken += 1;
                }
                Err(refused) => {
                    let seen = (laid.size, laid.modified);
                    // It may be half written: refused when it is the same at the next look.
                    if refused.unreadable && before != Some(seen) {
                        self.doubtful.insert(laid.path.clone(), seen);
                        continue;
                    }
                    let value = refused.content.as_deref();
                    self.refuse(&laid, (&hash, value), &refused.reasons, now, round)?;
                }
            }
        }
        Ok(())
    }

    /// The result first, then the document: who sees the document has the result.
    fn refuse(
        &self,
        laid: &Laid,
        (hash, content): (&str, Option<&Content>),
        reasons: &[Reason],
        now: Timestamp,
        round: &mut Round,
    ) -> Result<(), ConnectorError> {
        let outcome = Outcome {
            state: "rejected",
            file: &laid.name,
            sha256: hash,
            kind: content.map(|content| content.kind),
            bundle_id: content.map(|content| content.target.value.as_str()),
            at: at(now),
            receipt: None,
            reasons,
        };
        self.place.written(Part::Rejected, &Outcome::name(hash), &outcome.bytes())?;
        self.place.moved(&laid.path, Part::Rejected, &document_name(hash))?;
        tracing::info!(hash = short(hash), reasons = reasons.len(), "a file of the folder was refused");
        round.refused += 1;
        Ok(())
    }

    /// The same content again: what the service has is there; what it refused is tried once more, for somebody mended
    /// what was in the way; what was replaced meanwhile is registered again.
    async fn once_more(
        &self,
        access: &Access,
        client: &Client,
        mut kept: Kept<Intake>,
        now: Timestamp,
    ) -> Result<IntakeState, ConnectorError> {
        let state = kept.stored.state;
        if state == IntakeState::Taken {
            return Ok(state);
        }
        let number = Some((BUNDLE_ID, kept.stored.value.as_str()));
        let all = units::all(access, &Which { number, ..Which::default() }).await?;
        let last = all.iter().map(|other| other.stored.turn).max().unwrap_or_default();
        // Another content took its place since: the set is again what it was.
        let replaced = Group::of(kept.stored.kind) == Group::Unit && last > kept.stored.turn;
        if state != IntakeState::Rejected && !replaced {
            return Ok(state);
        }
        if replaced {
            kept.stored.turn = last.saturating_add(1);
        }
        kept.stored.state = IntakeState::Taken;
        let carrier = id(&kept.stored.carrier)?;
        let mut commit = Commit::new(Action::Update);
        commit.detail = Some("電子カルテ情報共有: 連携フォルダーから再受け付け".to_owned());
        commit.changes.push(kept.change(now)?);
        if let (Group::Unit, Some(patient)) = (Group::of(kept.stored.kind), &kept.patient) {
            // What was said of it was said of the last try.
            if let Some(mut unit) = find::<Unit>(access, &carrier).await? {
                unit.stored.tried.clear();
                commit.changes.push(unit.change(now)?);
            }
            commit.jobs.push(units_job(patient, now));
            access.commit(commit).await?;
            return Ok(kept.stored.state);
        }
        access.commit(commit).await?;
        if let Some(letter) = find::<Letter>(access, &carrier).await? {
            let desk = Desk { access, profile: client.profile(), institution: client.institution(), now, undo: false };
            match desk.retry(letter).await {
                Ok(_) | Err(DeskError::NotNow(_)) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(kept.stored.state)
    }
}

/// Why a file is refused.
struct Refused {
    reasons: Vec<Reason>,
    /// It cannot be read at all: it may be half written.
    unreadable: bool,
    content: Option<Box<Content>>,
}

impl Refused {
    fn one(reason: Reason) -> Refused {
        Refused { reasons: vec![reason], unreadable: false, content: None }
    }
}

fn judge(bytes: &[u8], laid: &Laid, client: &Client) -> Result<Judged, Refused> {
    if !laid.name.to_ascii_lowercase().ends_with(".json") {
        let words = "扱えるのはFHIRのBundle（JSON、拡張子 .json）だけです。SS-MIX2（HL7）などの形式は取り込めません。";
        return Err(Refused::one(Reason::own("FORMAT", words)));
    }
    let limits = Limits { max_bytes: usize::try_from(MOST_BYTES).unwrap_or(usize::MAX), ..Limits::FHIR };
    let Ok(bundle) = parse(bytes, &limits) else {
        let reason = Reason::own("JSON", "JSONとして読めません。書き終えてから名前を変えて置いてください。");
        return Err(Refused { unreadable: true, ..Refused::one(reason) });
    };
    let content = Content::read(bytes).map_err(|error| Refused::one(Reason::own("CONTENT", error)))?;
    let mut reasons = Vec::new();
    if !content.is_of(client.institution()) {
        reasons.push(Reason::own("INSTITUTION", "Bundle-IDの医療機関コードがこの施設のものではありません。"));
    }
    if !has_branch(&content.target.insured) {
        reasons.push(Reason::own("BRANCH", TargetError::Branch));
    }
    if Profile::weight(bytes.len()) > client.profile().limits().max_message_bytes {
        reasons.push(Reason::own("SIZE", "登録する内容が大きすぎます（1回10MBまで）。"));
    }
    let found = profile::validate(&bundle, ProfileSet::own());
    // The patient alone takes everything away.
    let empty = |rule: &str| content.others == 0 && rule == "R02143";
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error && !empty(&finding.rule));
    reasons.extend(errors.map(|error| Reason {
        code: error.rule.clone(),
        message: error.message.clone(),
        location: error.location.clone(),
    }));
    let to = match Group::of(content.kind) {
        Group::Unit => None,
        Group::Document => {
            let to = addressee(bytes);
            if to.as_ref().is_none_or(|(code, _)| code == client.institution()) {
                let words = "紹介先情報（910）に、宛先の医療機関コード（10桁）がありません。";
                reasons.push(Reason::own("ADDRESSEE", words));
            }
            to
        }
        Group::Checkup | Group::Summary => {
            let words = "連携フォルダーから登録できるのは、診療情報提供書と、傷病名・アレルギー等・検査・感染症です。";
            reasons.push(Reason::own("KIND", words));
            None
        }
    };
    reasons.truncate(MOST_REASONS);
    if !reasons.is_empty() {
        return Err(Refused { reasons, unreadable: false, content: Some(Box::new(content)) });
    }
    let shape = Shape::of(bytes).map_err(|error| Refused::one(Reason::own("CONTENT", error)))?.0.to_hex();
    let patient =
        patient(&bundle, &content).ok_or_else(|| Refused::one(Reason::own("PATIENT", "患者を読み取れません。")))?;
    Ok(Judged { content, shape, patient, to })
}

/// The patient of a document under an id of ours: the same for the same insured number.
fn patient(bundle: &Value<'_>, content: &Content) -> Option<(Id, Value<'static>)> {
    let entries = bundle.get("entry").map_or(&[][..], Value::items);
    let resources = entries.iter().filter_map(|entry| entry.get("resource"));
    let is = |resource: &&Value<'_>| {
        resource.get("resourceType").and_then(Value::as_str).is_some_and(|kind| kind == "Patient")
    };
    let mut body = resources.into_iter().find(is)?.clone().into_owned();
    let object = body.as_object_mut()?;
    object.remove("id");
    object.remove("meta");
    let id = id(&format!("cx-pt-{}", short(&content.target.insured))).ok()?;
    Some((id, body))
}

/// A file on its way into the record.
struct Taking<'t> {
    task: Id,
    hash: String,
    bytes: Vec<u8>,
    laid: &'t Laid,
}

/// Keeps it with the job that registers it, in one write.
async fn keep(
    access: &Access,
    client: &Client,
    taking: Taking<'_>,
    judged: Judged,
    now: Timestamp,
) -> Result<(), ConnectorError> {
    let Taking { task, hash, bytes, laid } = taking;
    let Judged { content, shape, patient: (patient, body), to } = judged;
    let number = Some((BUNDLE_ID, content.target.value.as_str()));
    let before = units::all(access, &Which { number, ..Which::default() }).await?;
    let turn = before.iter().map(|kept| kept.stored.turn).max().unwrap_or_default().saturating_add(1);
    let unit = Group::of(content.kind) == Group::Unit;
    let carrier = if unit {
        unit_task(&patient, &UnitKey { kind: content.kind, report: Some(units::report(&content.target.value)?) })?
    } else {
        id(&format!("cxl-{}", short(&hash)))?
    };
    let document = id(&format!("{task}-doc"))?;
    let stored = Intake {
        state: IntakeState::Taken,
        file: laid.name.clone(),
        sha256: hash,
        kind: content.kind,
        value: content.target.value.clone(),
        turn,
        binary: if unit { document.to_string() } else { String::new() },
        shape,
        empty: unit && content.others == 0,
        carrier: carrier.to_string(),
    };
    let whose =
        Change::Put { resource_type: resource_type("Patient")?, id: patient.clone(), body, expect: Expect::Any };
    let kept = Kept::new(task, Some(patient.clone()), stored);
    if let Some((code, name)) = to {
        let desk = Desk { access, profile: client.profile(), institution: client.institution(), now, undo: false };
        let new = NewLetter {
            patient,
            addressee: code,
            addressee_name: name,
            consent: laid.consented,
            reply_to: None,
            document: NewDocument { bundle: bytes, files: Vec::new() },
            with: vec![whose, kept.change(now)?],
        };
        return match desk.send(carrier, new).await {
            // Another worker was quicker with the same file.
            Ok(_) | Err(DeskError::Ledger(LedgerError::Exists)) => Ok(()),
            Err(other) => Err(other.into()),
        };
    }
    let mut commit = Commit::new(Action::Create);
    commit.detail = Some("電子カルテ情報共有: 連携フォルダーから受け付け".to_owned());
    commit.changes.push(whose);
    commit.changes.push(binary(document, Some(&patient), "application/fhir+json", &bytes)?);
    commit.changes.push(kept.change(now)?);
    commit.jobs.push(units_job(&patient, now));
    match access.commit(commit).await {
        Ok(_) | Err(LedgerError::Exists) => Ok(()),
        Err(other) => Err(other.into()),
    }
}
