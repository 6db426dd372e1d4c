//! `karute print`
use crate::cli::PrintChartArgs;
use crate::out;
use crate::problem::Problem;
use crate::storage::{Storage, operator};
use karute_chart::ChartError;
use karute_chart::legal::{Span, find_patient, legal_record};
use karute_web::{Printed, chart_document};

pub(super) async fn chart(args: &PrintChartArgs) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| print(args, &storage).await).await
}

async fn print(args: &PrintChartArgs, storage: &Storage) -> Result<(), Problem> {
    let (tenant, access) = storage.within(&args.tenant).await?;
    let id = find_patient(&access, &args.patient).await.map_err(|error| problem(error, &args.patient))?;
    let span = Span { from: args.from, to: args.to };
    let record =
        legal_record(&access, &id, span, args.versions).await.map_err(|error| problem(error, &args.patient))?;
    let printed = Printed {
        institution: tenant.display_name.clone(),
        code: tenant.institution_code.clone(),
        by: operator(),
        at: storage.clock.now(),
    };
    let page = chart_document(&record, &printed, args.versions);
    std::fs::write(&args.out, page).map_err(|error| {
        Problem::new(format!("{} に書けません（{error}）。書ける場所を --out で指定してください。", args.out.display()))
    })?;
    let line = format!("受診 {} 日分を {} に書きました。", record.sheets.len(), args.out.display());
    if args.json {
        out::json(&serde_json::json!({
            "out": args.out, "patient": id.as_str(), "visits": record.sheets.len(), "complete": !record.cut,
        }));
    } else {
        out::line(&line);
    }
    if record.cut {
        return Err(Problem::new(
            "件数が多いため一部を書いていません。--from と --to で期間を分けてください。".to_owned(),
        ));
    }
    Ok(())
}

fn problem(error: ChartError, patient: &str) -> Problem {
    match error {
        ChartError::NotFound => Problem::new(format!(
            "患者「{patient}」は見つかりません。画面の患者番号か、住所の /p/ のあとの文字を指定してください。"
        )),
        ChartError::Ledger(error) => error.into(),
        other => Problem::new(format!("診療録を読めません（{other}）。")),
    }
}
