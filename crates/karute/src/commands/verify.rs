//! `karute verify`
use crate::cli::VerifyArgs;
use crate::out;
use crate::problem::Problem;
use std::io::IsTerminal as _;

pub(super) async fn run(args: &VerifyArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let tenants = storage.tenants(args.tenant.as_deref()).await?;
        let talk = std::io::stderr().is_terminal() && !args.json;
        let verified = karute_operations::verify::verify(&storage.ledger, &tenants, |tenant| {
            if talk {
                out::say(&format!("{} を確かめています…", tenant.name));
            }
        })
        .await?;
        let masters = match &args.tenant {
            None => Some(karute_operations::verify::masters(&storage.ledger).await?),
            Some(_) => None,
        };
        if args.json {
            let ok = verified.iter().all(|v| v.ok) && masters.as_ref().is_none_or(|m| m.ok);
            out::json(&serde_json::json!({"ok": ok, "tenants": verified, "masters": masters}));
        } else {
            for v in &verified {
                out::line(&v.line());
            }
            if let Some(masters) = &masters {
                out::line(&masters.line());
            }
        }
        if let Some(bad) = masters.filter(|m| !m.ok) {
            return Err(Problem::new(format!(
                "共通マスターの改ざんまたは欠損が見つかりました。{} 公式のファイルを取り込み直し、バックアップと照合してください。",
                bad.line()
            )));
        }
        match verified.iter().find(|v| !v.ok) {
            None => Ok(()),
            Some(bad) => Err(Problem::new(format!(
                "記録の改ざんまたは欠損が見つかりました。{} このデータベースとチェックポイントを保全し、バックアップと照合してください。",
                bad.line()
            ))),
        }
    })
    .await
}
