//! 送り方: whether the addressee uses the service is asked when it is chosen; a letter that cannot go that way leaves on
//! paper and says why.
use crate::{WebState, error::WebError, guard::Signed, input::NamedTwo};
use karute_chart::ChartError;
use karute_chart::letter::{self, Draft, HeadChange, Of, Route};
use karute_ledger::LedgerError;
use karute_sharing::joint::Against;
use std::time::Duration;

/// How long somebody waits for the service before the letter is taken for one on paper.
const PATIENCE: Duration = Duration::from_secs(5);

/// The addressee is an institution without a code, or none.
const NO_CODE: &str = "宛先に医療機関コードがないため、情報共有サービスでは送れません";
const NOT_THERE: &str = "宛先は情報共有サービスを利用していません";
const AWAY: &str = "情報共有サービスに確認できません。つながってから「情報共有サービスで送る」を押してください";
const OFF: &str = "情報共有サービスの接続が設定されていません";

/// Why the letter cannot go by the service; none when it can.
pub(super) async fn hindrance(state: &WebState, signed: &Signed, code: &str) -> Result<Option<&'static str>, WebError> {
    if code.is_empty() {
        return Ok(Some(NO_CODE));
    }
    let access = state.access(&signed.caller);
    let reached = match state.sharing().reach(&access).await {
        Ok(Some(reached)) => reached,
        Ok(None) => return Ok(Some(OFF)),
        Err(error) => {
            tracing::warn!(%error, "record sharing cannot be reached");
            return Ok(Some(AWAY));
        }
    };
    let file = format!("{}-p", state.new_id()?).replace('-', "");
    let asked = tokio::time::timeout(PATIENCE, reached.client.participation(code, &file)).await;
    Ok(match asked {
        Ok(Ok(Some(found))) if found.takes_part => None,
        Ok(Ok(_)) => Some(NOT_THERE),
        Ok(Err(error)) => {
            tracing::info!(%error, "participation not told");
            Some(AWAY)
        }
        Err(_) => Some(AWAY),
    })
}

/// Sets the way of a draft by its addressee: by the service where it can, else on paper with the reason.
pub(super) async fn settle(state: &WebState, signed: &Signed, of: Of<'_>, draft: &Draft) -> Result<(), WebError> {
    let code = draft.head.to.as_ref().map(|to| to.code.clone());
    let change = match code {
        _ if !signed.shares => HeadChange::Route(Route::Paper, None),
        // Nobody is chosen yet: decided then.
        None => HeadChange::Route(Route::Paper, None),
        Some(code) => match hindrance(state, signed, &code).await? {
            None => HeadChange::Route(Route::Service, None),
            Some(why) => HeadChange::Route(Route::Paper, Some(why.to_owned())),
        },
    };
    let by = signed.author()?;
    letter::change(&state.access(&signed.caller), of, change, &by, state.now()).await?;
    Ok(())
}

/// What would speak against the document if it were made now; nothing of a letter on paper.
pub(super) async fn against(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    draft: &Draft,
) -> Result<Against, ChartError> {
    if draft.head.route != Route::Service {
        return Ok(Against::default());
    }
    let by = signed.author().map_err(|_| ChartError::Invalid)?;
    let mut preview = letter::preview(draft, &by, state.now())?;
    // Their contents are read when it is sent.
    preview.files.clear();
    let access = state.access(&signed.caller);
    match state.sharing().against(&access, &named.0, &preview, state.now()).await {
        Ok(found) => Ok(found),
        Err(ChartError::Ledger(LedgerError::NotFound)) => Err(ChartError::NotFound),
        Err(other) => Err(other),
    }
}
