//! What is said when an appointment cannot be made so.
use crate::error::WebError;
use axum::http::StatusCode;
use karute_chart::ChartError;
use karute_chart::booking::{BookingError, Refusal};

/// Words for a refusal: what is wrong, what to do.
pub(super) fn refusal(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Full => ("この枠は満員です", "ほかの端末で先に埋まったかもしれません。空いている枠を選んでください。"),
        Refusal::NoSlot => ("この時刻に予約枠はありません", "診療時間の外か、休診です。空いている枠を選んでください。"),
        Refusal::Past => ("過ぎた時刻です", "これからの枠を選んでください。"),
        Refusal::TooFar => ("先すぎる日付です", "5年先までの日を選んでください。"),
        Refusal::Elsewhere => {
            ("この方には同じ時間に別の予約があります", "時刻を変えるか、先にある予約を移してください。")
        }
        Refusal::Dead => {
            ("亡くなった方として登録されています", "患者を確かめてください。誤りのときは患者情報を直してください。")
        }
        Refusal::NotOffered => ("使っていない予約枠です", "ほかの予約枠を選んでください。"),
    }
}

/// Words and status for what can be mended on the page; everything else is an error page.
pub(super) fn told(error: BookingError) -> Result<(StatusCode, &'static str, &'static str), WebError> {
    match error {
        BookingError::Refused(refused) => {
            let (title, words) = refusal(refused);
            Ok((StatusCode::UNPROCESSABLE_ENTITY, title, words))
        }
        BookingError::Chart(ChartError::Conflict) => Ok((
            StatusCode::CONFLICT,
            "ほかの端末で先に変わりました",
            "何も変えていません。新しい状態を確かめて、もう一度操作してください。",
        )),
        BookingError::Chart(ChartError::Step) => Ok((
            StatusCode::CONFLICT,
            "今の状態からはできない操作です",
            "すでに来院したか、取り消されています。何も変えていません。",
        )),
        BookingError::Chart(other) => Err(other.into()),
    }
}
