//! 診療科, as letters and information units name it; and whether the clinic uses the record sharing service.
use super::Told;
use super::clinic::redrawn;
use crate::{WebState, error::WebError, guard::Signed, input::Filled};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use karute_chart::ChartError;
use karute_chart::clinic::{self, DEPARTMENTS, Department};
use karute_sharing::office::connection;
use maud::{Markup, html};
use serde::Deserialize;

/// What was typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Typed {
    name: String,
    #[serde(default)]
    code: String,
}

/// Keeps it.
pub(crate) async fn set(
    State(state): State<WebState>,
    signed: Signed,
    Filled(typed): Filled<Typed>,
) -> Result<Response, WebError> {
    let wanted = Department { name: typed.name, code: typed.code };
    match clinic::set_department(&state.access(&signed.caller), &wanted).await {
        Ok(kept) => {
            let told = Told::Done(format!("診療科を「{}」にしました", kept.name), None);
            Ok(redrawn(&state, &signed, &told).await?.into_response())
        }
        Err(ChartError::Invalid) => {
            let told =
                Told::Refused("登録していません", "診療科の名前を入力し、標準の診療科を一覧から選んでください。");
            Ok((StatusCode::UNPROCESSABLE_ENTITY, redrawn(&state, &signed, &told).await?).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// The part of the page.
pub(super) async fn part(state: &WebState, signed: &Signed) -> Result<Markup, WebError> {
    let access = state.access(&signed.caller);
    let known = clinic::department(&access).await?.unwrap_or(Department { name: String::new(), code: String::new() });
    let connected = connection(&access).await?;
    Ok(html! {
        section class="panel pn-card" aria-labelledby="department-h" {
            h2 id="department-h" { "診療科" }
            p class="t-13" { "紹介状と、電子カルテ情報共有サービスに登録する情報に書かれます。" }
            form method="post" action="/settings/clinic/department" class="stack-3" {
                div class="fld" {
                    label for="department-name" { "名前 " span class="need" { "必須" } }
                    input id="department-name" name="name" value=(known.name) maxlength="20" autocomplete="off" required;
                }
                div class="fld" {
                    label for="department-code" { "標準の診療科" }
                    select id="department-code" name="code" class="sel" {
                        option value="" selected[known.code.is_empty()] { "あてはまるものがない" }
                        @for (code, name) in DEPARTMENTS { option value=(code) selected[known.code == code] { (name) } }
                    }
                }
                div { button type="submit" class="btn" { "診療科を登録する" } }
            }
            p class="t-13 t-sub" {
                "電子カルテ情報共有サービス："
                @match connected {
                    None => "使っていません（接続は運用担当者が設定します）",
                    Some(connection) if connection.sandbox => "模擬環境に接続しています",
                    Some(_) => "接続しています",
                }
            }
        }
    })
}
