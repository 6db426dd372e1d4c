//! A visit.
use super::element::{display, extension, instant, reference, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;

/// Identifier system of the number called at reception.
pub(crate) const QUEUE_SYSTEM: &str = "urn:karute:queue-number";
/// Tag system of what reception must know at a glance.
pub(crate) const TAG_SYSTEM: &str = "https://karute.example/fhir/visit-tag";

/// Extension of the moment of arrival by which a visit is queued.
pub(crate) const PLACE: &str = "urn:karute:queue-place";
/// Extension of the reason for which an arrival was cancelled.
pub(crate) const CANCELLED: &str = "urn:karute:cancel-reason";

/// Where a visit stands. The FHIR code follows in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VisitState {
    /// 診察待ち (`arrived`)
    Waiting,
    /// 診察中 (`in-progress`)
    InConsultation,
    /// 検査・処置中 (`triaged`)
    InTreatment,
    /// 会計待ち (`onleave`)
    AwaitingPayment,
    /// 終了 (`finished`)
    Finished,
    /// 取り消し (`cancelled`, `entered-in-error`)
    Cancelled,
}

impl VisitState {
    /// From `Encounter.status`.
    pub fn from_status(status: &str) -> Option<VisitState> {
        Some(match status {
            "arrived" => VisitState::Waiting,
            "in-progress" => VisitState::InConsultation,
            "triaged" => VisitState::InTreatment,
            "onleave" => VisitState::AwaitingPayment,
            "finished" => VisitState::Finished,
            "cancelled" | "entered-in-error" => VisitState::Cancelled,
            _ => return None,
        })
    }
    /// `Encounter.status`.
    pub fn status(self) -> &'static str {
        match self {
            VisitState::Waiting => "arrived",
            VisitState::InConsultation => "in-progress",
            VisitState::InTreatment => "triaged",
            VisitState::AwaitingPayment => "onleave",
            VisitState::Finished => "finished",
            VisitState::Cancelled => "cancelled",
        }
    }
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            VisitState::Waiting => "診察待ち",
            VisitState::InConsultation => "診察中",
            VisitState::InTreatment => "検査・処置中",
            VisitState::AwaitingPayment => "会計待ち",
            VisitState::Finished => "終了",
            VisitState::Cancelled => "取り消し",
        }
    }
}

/// Something reception must know at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tag {
    /// 発熱
    Fever,
    /// 通訳
    Interpreter,
    /// 車椅子
    Wheelchair,
    /// 隔離
    Isolation,
    /// 問診 済
    QuestionnaireDone,
    /// 問診 未記入
    QuestionnaireMissing,
}

impl Tag {
    /// All of them.
    pub const ALL: [Tag; 6] = [
        Tag::Fever,
        Tag::Interpreter,
        Tag::Wheelchair,
        Tag::Isolation,
        Tag::QuestionnaireDone,
        Tag::QuestionnaireMissing,
    ];
    /// What the desk itself switches on and off.
    pub const BY_HAND: [Tag; 4] = [Tag::Fever, Tag::Interpreter, Tag::Wheelchair, Tag::Isolation];

    /// Code in `meta.tag`.
    pub fn code(self) -> &'static str {
        match self {
            Tag::Fever => "fever",
            Tag::Interpreter => "interpreter",
            Tag::Wheelchair => "wheelchair",
            Tag::Isolation => "isolation",
            Tag::QuestionnaireDone => "questionnaire-done",
            Tag::QuestionnaireMissing => "questionnaire-missing",
        }
    }
    /// The word shown.
    pub fn word(self) -> &'static str {
        match self {
            Tag::Fever => "発熱",
            Tag::Interpreter => "通訳",
            Tag::Wheelchair => "車椅子",
            Tag::Isolation => "隔離",
            Tag::QuestionnaireDone => "問診 済",
            Tag::QuestionnaireMissing => "問診 未",
        }
    }
    /// By its code.
    pub fn from_code(code: &str) -> Option<Tag> {
        Tag::ALL.into_iter().find(|tag| tag.code() == code)
    }
    /// Those in `meta.tag` of a visit, or of a patient whom they always concern.
    pub fn read(resource: &Value<'_>) -> Vec<Tag> {
        let tags = resource.get("meta").and_then(|m| m.get("tag")).map_or(&[][..], Value::items);
        tags.iter()
            .filter(|t| text(t, &["system"]).as_deref() == Some(TAG_SYSTEM))
            .filter_map(|t| Tag::from_code(&text(t, &["code"])?))
            .collect()
    }
}

/// A visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encounter {
    /// Opaque id.
    pub id: Id,
    /// Version, for `If-Match`.
    pub version: u32,
    /// Whose.
    pub patient: Option<Id>,
    /// Where it stands.
    pub state: Option<VisitState>,
    /// Number called at reception.
    pub queue_number: Option<u32>,
    /// When the patient arrived.
    pub arrived: Option<Timestamp>,
    /// When the present state began.
    pub since: Option<Timestamp>,
    /// 初診, 再診, 予防接種 …
    pub kind: Option<String>,
    /// Why the patient came.
    pub reason: Option<String>,
    /// Who sees the patient.
    pub practitioner: Option<String>,
    /// `Practitioner` id of who sees the patient.
    pub doctor: Option<Id>,
    /// Room the patient is called to.
    pub room: Option<String>,
    /// The moment of arrival by which the visit is queued, when somebody changed its place (順番を変える).
    pub place: Option<Timestamp>,
    /// The state before the present one.
    pub before: Option<VisitState>,
    /// Why the visit was cancelled.
    pub cancelled: Option<String>,
    /// The appointment this visit keeps.
    pub appointment: Option<Id>,
    /// What reception must know.
    pub tags: Vec<Tag>,
}

impl Encounter {
    /// Reads an Encounter.
    pub fn read(id: Id, version: u32, encounter: &Value<'_>) -> Encounter {
        let arrived = instant(encounter, &["period", "start"]);
        let history = encounter.get("statusHistory").map_or(&[][..], Value::items);
        let since = history.iter().filter_map(|h| instant(h, &["period", "end"])).max();
        Encounter {
            id,
            version,
            patient: reference(encounter, &["subject", "reference"], "Patient"),
            state: text(encounter, &["status"]).as_deref().and_then(VisitState::from_status),
            queue_number: encounter
                .get("identifier")
                .and_then(|i| i.items().iter().find(|i| text(i, &["system"]).as_deref() == Some(QUEUE_SYSTEM)))
                .and_then(|i| text(i, &["value"]))
                .and_then(|n| n.parse().ok()),
            arrived,
            since: since.or(arrived),
            kind: encounter.at(&["type", "0"]).and_then(display),
            reason: encounter.at(&["reasonCode", "0"]).and_then(display),
            practitioner: encounter
                .get("participant")
                .and_then(|p| p.items().iter().find_map(|p| text(p, &["individual", "display"]))),
            doctor: encounter.get("participant").and_then(|p| {
                p.items().iter().find_map(|p| reference(p, &["individual", "reference"], "Practitioner"))
            }),
            room: text(encounter, &["location", "0", "location", "display"]),
            place: extension(encounter, PLACE).and_then(|e| instant(e, &["valueInstant"])),
            before: history.last().and_then(|h| text(h, &["status"])).as_deref().and_then(VisitState::from_status),
            cancelled: extension(encounter, CANCELLED).and_then(|e| text(e, &["valueString"])),
            appointment: reference(encounter, &["appointment", "0", "reference"], "Appointment"),
            tags: Tag::read(encounter),
        }
    }
    /// Whether it was marked so.
    pub fn has(&self, tag: Tag) -> bool {
        self.tags.contains(&tag)
    }
}
