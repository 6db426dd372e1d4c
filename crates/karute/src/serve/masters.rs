//! The masters of this process: loaded beside the start, followed while it runs.
use crate::storage::Storage;
use karute_operations::masters::{MasterRefresh, MasterState};
use karute_terminology::{Domain, Extra, Group, Habits, Item, Kind, Masters, MastersHandle, Question, starter};
use karute_web::{FindTerms, TermAnswer, TermKind, TermLine, TermQuestion};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often it is looked whether another process took something in: one small query.
const LOOK: Duration = Duration::from_secs(3);
/// How long the first request may wait for the first tables. Small ones are there sooner; full-size ones are built beside
/// the service, which says so at `/readyz` until they are in place.
const PATIENCE: Duration = Duration::from_millis(250);

/// Masters that follow the database.
pub(crate) struct Following {
    pub handle: MastersHandle,
    pub state: Arc<MasterState>,
    task: JoinHandle<()>,
}

impl Following {
    /// Begins, and waits a moment for the first tables.
    pub(crate) async fn begin(storage: &Storage, stopped: watch::Receiver<bool>) -> Following {
        let handle = MastersHandle::default();
        let place = handle.clone();
        let publish = Arc::new(move |tables| place.replace(Masters::new(tables)));
        let refresh = MasterRefresh::new(storage.ledger.clone(), starter::tables, publish);
        let state = refresh.state();
        let task = tokio::spawn(refresh.run(LOOK, stopped));
        state.until_ready(PATIENCE).await;
        Following { handle, state, task }
    }

    /// Ends after the process was asked to stop.
    pub(crate) async fn end(self) {
        if self.task.await.is_err() {
            tracing::error!("following the masters stopped unexpectedly");
        }
    }
}

/// The search over the masters, for the screens.
pub(crate) fn finder(handle: &MastersHandle) -> FindTerms {
    let handle = handle.clone();
    Arc::new(move |question: &TermQuestion<'_>| {
        let masters = handle.current();
        // Before the first tables are in place there is none at all, not even an empty one.
        masters.table(Kind::SskDrug)?;
        let asked = Question {
            domain: domain(question.kind),
            text: question.text,
            day: question.day,
            limit: question.limit,
            habits: Habits {
                adopted: Some(question.adopted),
                used_by_patient: None,
                used_by_doctor: Some(question.by_doctor),
            },
            include_ended: false,
        };
        let answer = masters.catalogue().search(&asked);
        let lines = answer.items.into_iter().map(|item| line(item, asked.domain)).collect();
        Some(TermAnswer { lines, total: answer.total })
    })
}

fn domain(kind: TermKind) -> Domain {
    match kind {
        TermKind::Drug => Domain::Drug,
        TermKind::Disease => Domain::Disease,
        TermKind::Lab => Domain::Lab,
        TermKind::Usage => Domain::Usage,
        TermKind::Act => Domain::Act,
        TermKind::Allergen => Domain::Allergen,
    }
}

fn line(item: Item, domain: Domain) -> TermLine {
    let nhi_code = match &item.extra {
        Extra::Drug(facts) if !facts.nhi_code.is_empty() => Some(facts.nhi_code.clone()),
        _ => None,
    };
    let modifiers = match &item.extra {
        Extra::Disease(parts) => parts.modifiers.iter().map(|modifier| modifier.code.clone()).collect(),
        _ => Vec::new(),
    };
    let group = match (domain, item.group) {
        (_, Group::LookAlike) => "名前が似ています。薬効を確かめる",
        (Domain::Drug, group) => group.drug_heading(),
        _ => "",
    };
    TermLine {
        system: item.system.to_owned(),
        code: item.code,
        display: item.display,
        detail: item.detail,
        group: group.to_owned(),
        look_alike: item.group == Group::LookAlike,
        class_tag: item.class_tag,
        high_risk: item.high_risk,
        enter: item.selectable_by_enter,
        matched: item.matched,
        nhi_code,
        modifiers,
    }
}
