//! `karute token …`
use crate::cli::{TenantArgs, TokenCommand};
use crate::out;
use crate::problem::Problem;
use karute_identity::{NewToken, Scopes, TokenView};
use karute_japan::Timestamp;
use serde_json::{Value, json};

pub(super) async fn run(command: TokenCommand) -> Result<(), Problem> {
    match command {
        TokenCommand::Create { tenant: args, scope, label, expires } => create(&args, &scope, label, &expires).await,
        TokenCommand::List(args) => {
            super::with_storage(&args.source, async |storage| {
                let (_, access) = storage.within(&args.tenant).await?;
                let tokens = storage.identity.tokens(&access).await?;
                if args.json {
                    out::json(&Value::Array(tokens.iter().map(as_json).collect()));
                } else {
                    for t in &tokens {
                        out::line(&format!("{}\t{}\t{}\t{}", t.id, t.label, t.scopes, t.expires.to_fhir()));
                    }
                }
                Ok(())
            })
            .await
        }
        TokenCommand::Revoke { tenant: args, id } => {
            super::with_storage(&args.source, async |storage| {
                let (_, access) = storage.within(&args.tenant).await?;
                storage.identity.revoke_token(&access, &id).await?;
                if args.json {
                    out::json(&json!({"revoked": id}));
                } else {
                    out::line("トークンを無効にしました。動作中のサービスには5秒以内に伝わります。");
                }
                Ok(())
            })
            .await
        }
    }
}

async fn create(args: &TenantArgs, scope: &str, label: String, expires: &str) -> Result<(), Problem> {
    let scopes = Scopes::parse(scope).map_err(|e| Problem::usage(format!("--scope: {e}")))?;
    super::with_storage(&args.source, async |storage| {
        let expires = expiry(expires, storage.clock.now()).ok_or_else(|| {
            Problem::usage("--expires は 90d、12h、2027-03-31 のように、今より後の期限を書いてください。")
        })?;
        let (_, access) = storage.within(&args.tenant).await?;
        let (view, token) = storage.identity.create_token(&access, NewToken { label, scopes, expires }).await?;
        if args.json {
            let mut object = as_json(&view);
            object["token"] = token.into();
            out::json(&object);
        } else {
            out::line(&token);
            out::say(&format!(
                "番号 {}、期限 {}。このトークンは二度と表示されません。",
                view.id,
                view.expires.to_fhir()
            ));
        }
        Ok(())
    })
    .await
}

/// `90d`, `12h` from now, or the end of a day in Japan.
fn expiry(text: &str, now: Timestamp) -> Option<Timestamp> {
    const HOUR_MS: i64 = 3_600_000;
    let counted = |suffix: char, ms: i64| {
        let number: i64 = text.strip_suffix(suffix)?.parse().ok().filter(|n| (1..=100_000).contains(n))?;
        Some(now.plus_ms(number * ms))
    };
    let expires = counted('d', 24 * HOUR_MS)
        .or_else(|| counted('h', HOUR_MS))
        .or_else(|| Timestamp::parse(&format!("{text}T23:59:59+09:00")))?;
    (expires > now).then_some(expires)
}

fn as_json(token: &TokenView) -> Value {
    json!({
        "id": token.id,
        "label": token.label,
        "scopes": token.scopes,
        "created": token.created.to_fhir(),
        "expires": token.expires.to_fhir(),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn an_expiry_is_a_span_or_the_end_of_a_day_and_never_past() {
        let now = Timestamp::parse("2026-11-22T19:25:28.000+09:00").unwrap();
        assert_eq!(expiry("2d", now), Some(now.plus_ms(172_800_000)));
        assert_eq!(expiry("12h", now), Some(now.plus_ms(43_200_000)));
        assert_eq!(expiry("2026-11-22", now), Timestamp::parse("2026-11-22T23:59:59+09:00"));
        for bad in ["", "d", "0d", "-1d", "2026-11-21", "2026-13-01", "forever", "1y"] {
            assert_eq!(expiry(bad, now), None, "{bad}");
        }
    }
}
