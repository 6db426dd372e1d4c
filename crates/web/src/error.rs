//! What goes wrong, as a page in Japanese: what happened, what is safe, what to press.
use crate::components::{
    frame::{document, mark},
    icon::Icon,
    notice::empty,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_fhir::Id;
use karute_identity::IdentityError;
use karute_ledger::LedgerError;
use maud::{Markup, html};

/// Why a screen cannot be shown.
#[derive(Debug)]
pub(crate) enum WebError {
    /// Nobody signed in, or the session is over.
    SignIn,
    /// Signed in, but this is not for them.
    Forbidden,
    /// A POST that did not come from our own pages.
    Foreign,
    /// Nothing here (or it belongs to another institution: the same answer).
    NotFound,
    /// The form or the address makes no sense.
    BadRequest,
    /// Somebody else was faster.
    Conflict,
    /// The step does not follow from the present state.
    Step,
    /// The record was merged into another, which is used instead.
    Merged(Id),
    /// Our fault.
    Internal,
    /// The record store cannot be reached.
    Unavailable,
}

impl From<ChartError> for WebError {
    fn from(error: ChartError) -> WebError {
        match error {
            ChartError::NotFound => WebError::NotFound,
            ChartError::Conflict => WebError::Conflict,
            ChartError::Step => WebError::Step,
            ChartError::Merged(kept) => WebError::Merged(kept),
            ChartError::Invalid | ChartError::TooMany => WebError::BadRequest,
            ChartError::Ledger(inner) => inner.into(),
            _ => WebError::Internal,
        }
    }
}

impl From<LedgerError> for WebError {
    fn from(error: LedgerError) -> WebError {
        match &error {
            LedgerError::NotFound => return WebError::NotFound,
            LedgerError::Conflict { .. } | LedgerError::Exists | LedgerError::Guard(_) => return WebError::Conflict,
            LedgerError::Cursor | LedgerError::Limit(_) => return WebError::BadRequest,
            LedgerError::Suspended => return WebError::SignIn,
            _ => {}
        }
        // The words of ledger errors are for operators and hold no patient data.
        tracing::error!(%error, "a screen could not be shown");
        match error {
            LedgerError::Storage(_) | LedgerError::Closed => WebError::Unavailable,
            _ => WebError::Internal,
        }
    }
}

impl From<IdentityError> for WebError {
    fn from(error: IdentityError) -> WebError {
        match error {
            IdentityError::Forbidden => WebError::Forbidden,
            IdentityError::NotFound(_) => WebError::NotFound,
            IdentityError::Conflict => WebError::Conflict,
            IdentityError::Suspended => WebError::SignIn,
            IdentityError::Ledger(inner) => inner.into(),
            other => {
                tracing::error!(error = %other, "identity failed");
                WebError::Internal
            }
        }
    }
}

struct Words {
    status: StatusCode,
    title: &'static str,
    advice: &'static str,
    back: (&'static str, &'static str),
}

impl WebError {
    fn words(&self) -> Words {
        let home = ("/", "はじめの画面へ");
        match self {
            WebError::SignIn => Words {
                status: StatusCode::UNAUTHORIZED,
                title: "サインインが必要です",
                advice: "しばらく操作がなかったため終了したか、まだサインインしていません。",
                back: ("/sign-in", "サインインする"),
            },
            WebError::Forbidden => Words {
                status: StatusCode::FORBIDDEN,
                title: "この画面を開く権限がありません",
                advice: "必要なときは、管理者に職種の設定を相談してください。この操作は監査記録に残りました。",
                back: home,
            },
            WebError::Foreign => Words {
                status: StatusCode::FORBIDDEN,
                title: "この操作は受け付けられません",
                advice: "Karute の画面以外から送られた操作です。安全のため何も変えていません。画面を開き直してください。",
                back: home,
            },
            WebError::NotFound => Words {
                status: StatusCode::NOT_FOUND,
                title: "見つかりません",
                advice: "アドレスが違うか、削除されたか、この医療機関の記録ではありません。",
                back: home,
            },
            WebError::BadRequest => Words {
                status: StatusCode::BAD_REQUEST,
                title: "内容を読み取れません",
                advice: "送られた内容の形が正しくありません。前の画面に戻って、もう一度お試しください。",
                back: home,
            },
            WebError::Conflict => Words {
                status: StatusCode::CONFLICT,
                title: "ほかの端末で先に変わりました",
                advice: "何も変えていません。新しい状態を確かめてから、もう一度操作してください。",
                back: ("/reception", "受付一覧を開く"),
            },
            WebError::Step => Words {
                status: StatusCode::CONFLICT,
                title: "今の状態からはできない操作です",
                advice: "すでに受付が済んでいるか、状態が変わっています。何も変えていません。",
                back: ("/reception", "受付一覧を開く"),
            },
            WebError::Merged(_) => Words {
                status: StatusCode::GONE,
                title: "この記録は別の記録に統合されました",
                advice: "同じ方の記録を1つにまとめたため、この患者番号は使いません。診療には統合先の記録を使ってください。",
                back: ("/", "統合先を開く"),
            },
            WebError::Internal => Words {
                status: StatusCode::INTERNAL_SERVER_ERROR,
                title: "画面を出せませんでした",
                advice: "プログラムの誤りです。保存済みの記録は失われていません。続くときは管理者に時刻を伝えてください。",
                back: home,
            },
            WebError::Unavailable => Words {
                status: StatusCode::SERVICE_UNAVAILABLE,
                title: "記録の保存先に届きません",
                advice: "保存済みの記録は失われていません。少し待ってから、もう一度開いてください。",
                back: home,
            },
        }
    }
}

fn page(words: &Words, to: &str) -> Markup {
    document(
        words.title,
        &html! {
            main id="main" class="alone" {
                span class="alone-mark" { (mark()) }
                h1 class="vh" { (words.title) }
                (empty(Icon::Info, words.title, words.advice, Some(html! { a class="btn btn-p" href=(to) { (words.back.1) } })))
            }
        },
    )
}

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let words = self.words();
        let to = match &self {
            WebError::Merged(kept) => crate::links::patient(kept),
            _ => words.back.0.to_owned(),
        };
        (words.status, page(&words, &to)).into_response()
    }
}

/// The answer to somebody who has not signed in: the sign-in page for a person following a link, a plain refusal for
/// a script.
pub(crate) fn anonymous(fragment: bool, get: bool) -> Response {
    if get && !fragment { Redirect::to("/sign-in").into_response() } else { WebError::SignIn.into_response() }
}

/// The answer to a page of another person than the one signed in now; only scripts say whose page they are.
pub(crate) fn somebody_else() -> Response {
    let words = "この端末では、ほかの人がサインインしています。何も変えていません。画面を開き直してください。\n";
    (StatusCode::CONFLICT, [("x-somebody-else", "1")], words).into_response()
}

/// The page for addresses that do not exist.
pub(crate) async fn not_found() -> Response {
    WebError::NotFound.into_response()
}
