//! `karute print`
use crate::cli::{PrintChartArgs, PrintPrescriptionArgs};
use crate::out;
use crate::problem::Problem;
use crate::storage::{Storage, operator};
use karute_chart::ChartError;
use karute_chart::clinic::contact;
use karute_chart::legal::{Span, find_patient, legal_record};
use karute_chart::prescription::{newest_on_paper, on_paper};
use karute_eprescription::jobs::record::{Kept, of_patient};
use karute_fhir::Id;
use karute_forms::Forms;
use karute_forms::mapping::{self, Clinic, Issue};
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

pub(super) async fn prescription(args: &PrintPrescriptionArgs) -> Result<(), Problem> {
    let fonts = args.fonts.clone().or(super::data_config(&args.source)?.fonts);
    super::with_storage(&args.source, async |storage| pdf(args, Forms::new(fonts), &storage).await).await
}

async fn pdf(args: &PrintPrescriptionArgs, forms: Forms, storage: &Storage) -> Result<(), Problem> {
    let (tenant, access) = storage.within(&args.tenant).await?;
    let told = |error| problem(error, &args.patient);
    let patient = find_patient(&access, &args.patient).await.map_err(told)?;
    let none = || {
        Problem::new(format!(
            "患者「{}」の院外処方が見つかりません。--visit には、画面の住所の /v/ のあとの文字を指定してください。",
            args.patient
        ))
    };
    let found = |error| if matches!(error, ChartError::NotFound) { none() } else { told(error) };
    let visit = match &args.visit {
        Some(text) => Id::new(text).map_err(|_| none())?,
        None => newest_on_paper(&access, &patient).await.map_err(found)?,
    };
    let contact = contact(&access).await.map_err(told)?;
    let (masters, unread) = super::masters::load(storage).await;
    if let Some(unread) = unread {
        // Whether a drug is a 麻薬 stands in them.
        return Err(Problem::new(format!("読めないマスターがあるため、処方箋を作れません（{unread}）。")));
    }
    let paper = on_paper(&access, &masters, &patient, &visit).await.map_err(found)?;
    let clinic = Clinic { name: &tenant.display_name, code: &tenant.institution_code, contact: contact.as_ref() };
    // An electronic original stands alone.
    let kept = of_patient(&access, &patient).await?;
    if kept.iter().filter(|kept| kept.visit == visit).any(Kept::is_electronic_original) {
        return Err(Problem::new("電子処方箋が原本です。紙の処方箋を並べて出すことはできません。".to_owned()));
    }
    let form = mapping::prescription(&paper, &clinic, Issue::default());
    let printed = forms
        .prescription(&form, args.paper, storage.clock.now())
        .map_err(|error| Problem::new(format!("処方箋を作れません。{error}")))?;
    std::fs::write(&args.out, &printed.pdf).map_err(|error| {
        Problem::new(format!("{} に書けません（{error}）。書ける場所を --out で指定してください。", args.out.display()))
    })?;
    let missing: String = printed.missing.iter().collect();
    if args.json {
        out::json(&serde_json::json!({
            "out": args.out, "patient": patient.as_str(), "visit": visit.as_str(), "pages": printed.pages,
            "confirmed": paper.is_confirmed, "missing": missing, "plain": printed.plain.iter().collect::<String>(),
        }));
    } else {
        let mark = if paper.is_confirmed { "" } else { "（確定していないため、見本です）" };
        out::line(&format!("処方箋 {} ページを {} に書きました{mark}。", printed.pages, args.out.display()));
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Problem::new(format!(
        "フォントにない文字 {} 種類を〓で印刷しました。手書きで補うか、その文字のあるフォントを --fonts で指定してください。",
        printed.missing.len()
    )))
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
