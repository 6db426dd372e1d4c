//! 様式第一号(一)の1.
use crate::format;
use karute_chart::legal::{Disease, LegalRecord, Payer};
use karute_chart::view::Allergy;
use karute_japan::Date;
use maud::{Markup, html};

/// The front sheet.
pub(super) fn cover(record: &LegalRecord, today: Date) -> Markup {
    let cover = &record.cover;
    let person = &record.person;
    html! {
        h2 { "受診者" }
        table class="pr-t" {
            tbody {
                tr { th { "氏名" } td { (person.name) "（" (person.kana.as_deref().unwrap_or("よみ 未登録")) "）" } th { "性別・年齢" } td { (person.sex.word()) "　" (format::age(person, today)) } }
                tr { th { "生年月日" } td { @if let Some(birth) = person.birth { (format::era_long(birth)) "（" (birth.year()) "年）" } @else { "不明" } } th { "電話" } td { (cover.phones.join("、")) } }
                tr { th { "住所" } td { (cover.address.as_deref().unwrap_or("")) } th { "職業" } td { (cover.occupation.as_deref().unwrap_or("")) } }
            }
        }
        h2 { "保険・公費" }
        table class="pr-t" {
            thead { tr { th { "種別" } th { "保険者・公費負担者番号" } th { "記号・番号（枝番）／受給者番号" } th { "被保険者氏名・続柄" } th { "資格取得日" } th { "有効期限" } th { "保険者名称" } } }
            tbody {
                @if cover.payers.is_empty() { tr { td colspan="7" { "この期間に有効な保険の登録はありません" } } }
                @for payer in &cover.payers { (paid(payer)) }
            }
        }
        h2 { "傷病名" }
        table class="pr-t" {
            thead { tr { th { "傷病名" } th { "職務" } th { "開始" } th { "終了" } th { "転帰" } th { "期間満了予定日" } } }
            tbody {
                @for disease in &cover.diseases { (ill(disease)) }
                tr { td colspan="6" class="pr-end" { "以下余白" } }
            }
        }
        h2 { "アレルギー・禁忌" }
        p { (allergy(&record.allergy)) }
        h2 { "傷病手当金・労務不能に関する意見" }
        table class="pr-t" {
            thead { tr { th { "傷病名" } th { "労務不能と認めた期間（自・至・日数）" } th { "意見書交付年月日" } th { "入院期間（自・至・日数）" } } }
            tbody { tr class="pr-blank" { td {} td {} td {} td {} } }
        }
        table class="pr-t" { tbody {
            tr { th { "業務災害・複数業務要因災害・通勤災害の疑い" } td {} }
            tr { th { "備考" } td {} }
        } }
    }
}

fn paid(payer: &Payer) -> Markup {
    let who = [payer.subscriber.as_deref(), payer.relation.as_deref()];
    html! {
        tr {
            td { @if payer.public { "公費" } @else { "保険" } }
            td { (payer.number.as_deref().unwrap_or("")) }
            td { (payer.insured.as_deref().unwrap_or("")) }
            td { (who.into_iter().flatten().collect::<Vec<_>>().join("　")) }
            td { (day(payer.from)) }
            td { (day(payer.until)) }
            td { (payer.name.as_deref().unwrap_or("")) }
        }
    }
}

fn ill(disease: &Disease) -> Markup {
    html! {
        tr {
            td { @if disease.main { "（主）" } (disease.name) }
            td { "上・外" }
            td { (day(disease.start)) }
            td { (day(disease.end)) }
            td { (disease.outcome.unwrap_or("")) }
            td {}
        }
    }
}

fn day(date: Option<Date>) -> String {
    date.map(format::era_long).unwrap_or_default()
}

fn allergy(allergy: &Allergy) -> String {
    match allergy {
        Allergy::Present(entries) => entries
            .iter()
            .map(|e| format!("{}（{}）", e.substance, crate::components::banner::detail(e)))
            .collect::<Vec<_>>()
            .join("、"),
        Allergy::NoneKnown { confirmed, by } => {
            let when = confirmed.map(format::era_long).unwrap_or_default();
            format!("なし（{when} {}確認）", by.as_deref().map(|b| format!("{b}が")).unwrap_or_default())
        }
        Allergy::Unconfirmed => "未確認".to_owned(),
    }
}
