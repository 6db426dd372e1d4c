//! 重複投薬等チェック: asked after the dialog is painted, once for each content and consent.
use super::View;
use crate::{WebState, guard::Signed};
use karute_crypto::{Digest, sha256};
use karute_eprescription::client::{ClientError, TransportError};
use karute_eprescription::mapping::Choices;
use karute_eprescription::wire::message::{CheckDetail, Consent};
use karute_japan::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// How long an answer counts for the same content, in milliseconds: between the look and the press.
pub(crate) const FRESH_MS: i64 = 10 * 60_000;
/// Longest wait for the service while a person looks on.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of asking.
#[derive(Clone, Debug)]
pub(crate) enum Asked {
    /// The service answered.
    Answered {
        /// What it found.
        details: Arc<Vec<CheckDetail>>,
        /// When.
        at: Timestamp,
        /// How long it took, in milliseconds.
        took_ms: i64,
    },
    /// It could not be asked, in words for the person.
    Away(String),
    /// The content cannot be written in the service's words.
    Unwritable(Vec<String>),
}

/// Whether an answer of a moment ago will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fresh {
    /// The dialog is opened: the service is asked.
    Asked,
    /// Between the look and the press the same content is not asked about twice.
    Lately,
}

/// Asks.
pub(crate) async fn ask(state: &WebState, signed: &Signed, view: &View, fresh: Fresh) -> Asked {
    let Some(reached) = &view.reached else {
        let words = view.away.clone();
        return Asked::Away(words.unwrap_or_else(|| "電子処方箋を使う設定になっていません。".to_owned()));
    };
    // Refill, remarks and the like are no matter for the check.
    let licence = view.paper.as_ref().filter(|paper| paper.has_narcotic).map(|_| "-".to_owned());
    let what = match view.drafted(signed, &Choices { licence, ..Choices::default() }) {
        Ok(what) => what,
        Err(missing) => return Asked::Unwritable(missing),
    };
    let csv = match what.to_csv(reached.client.profile()) {
        Ok(csv) => csv,
        Err(faults) => return Asked::Unwritable(faults.list().iter().map(ToString::to_string).collect()),
    };
    let oral = view.consent.is_some();
    let key = (signed.caller.tenant, digest(&csv, oral));
    let began = state.now();
    match state.kept().checked(&key, began) {
        Some(kept) if fresh == Fresh::Lately => return Asked::clone(&kept),
        // Should it not answer now, what it said before does not count either.
        Some(_) => state.kept().forget_checked(&key),
        None => {}
    }
    let Ok(id) = state.new_id() else { return Asked::Away("もう一度お試しください。".to_owned()) };
    let file_id = format!("CK-{}", id.as_str().replace('-', ""));
    let call = reached.client.check(csv, false, Consent { online: false, oral }, &file_id);
    let asked = match tokio::time::timeout(PATIENCE, call).await {
        Ok(Ok(result)) => {
            let at = state.now();
            let took_ms = at.as_millis() - began.as_millis();
            Asked::Answered { details: Arc::new(result.details), at, took_ms }
        }
        Ok(Err(error)) => return Asked::Away(words(&error)),
        Err(_) => return Asked::Away("10秒待っても応答がありません。".to_owned()),
    };
    state.kept().keep_checked(key, asked.clone(), began);
    asked
}

/// What was asked, as a key: the content is a patient's.
fn digest(csv: &[u8], oral: bool) -> Digest {
    sha256(&[csv, &[u8::from(oral)]].concat())
}

fn words(error: &ClientError) -> String {
    match error {
        ClientError::Transport(TransportError::Maintenance { .. }) => {
            "サービスは停止中です（メンテナンス）。".to_owned()
        }
        ClientError::Declined(outcome) => {
            let findings = outcome.csv.iter().chain(&outcome.xml).take(5);
            let told: Vec<String> = findings.map(|finding| format!("{} {}", finding.code, finding.message)).collect();
            if told.is_empty() {
                return format!("サービスが照会を受け付けませんでした（{} {}）。", outcome.code, outcome.message);
            }
            format!("サービスが照会を受け付けませんでした（{}）。", told.join("、"))
        }
        other => other.to_string(),
    }
}
