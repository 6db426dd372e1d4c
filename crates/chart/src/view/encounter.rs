//! A visit.
use super::element::{display, instant, reference, text};
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;

/// Identifier system of the number called at reception.
pub(crate) const QUEUE_SYSTEM: &str = "urn:karute:queue-number";
/// Tag system of what reception must know at a glance.
pub(crate) const TAG_SYSTEM: &str = "https://karute.example/fhir/visit-tag";

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
    /// 問診 済
    QuestionnaireDone,
    /// 問診 未記入
    QuestionnaireMissing,
}

impl Tag {
    fn from_code(code: &str) -> Option<Tag> {
        Some(match code {
            "fever" => Tag::Fever,
            "interpreter" => Tag::Interpreter,
            "wheelchair" => Tag::Wheelchair,
            "questionnaire-done" => Tag::QuestionnaireDone,
            "questionnaire-missing" => Tag::QuestionnaireMissing,
            _ => return None,
        })
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
        let tags = encounter.get("meta").and_then(|m| m.get("tag")).map_or(&[][..], Value::items);
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
            appointment: reference(encounter, &["appointment", "0", "reference"], "Appointment"),
            tags: tags
                .iter()
                .filter(|t| text(t, &["system"]).as_deref() == Some(TAG_SYSTEM))
                .filter_map(|t| Tag::from_code(&text(t, &["code"])?))
                .collect(),
        }
    }
    /// Whether it was marked so.
    pub fn has(&self, tag: Tag) -> bool {
        self.tags.contains(&tag)
    }
}
