//! The fields of an insurance card and of 公費.
use super::form::{Draw, With, check};
use crate::components::notice::{Severity, notice};
use karute_chart::registration::{CEILINGS, Card, CardForm, Kind, Public, PublicForm};
use karute_japan::identifier::IdentifierError;
use maud::{Markup, html};

/// The main insurance.
pub(super) fn card(draw: &Draw<'_>, form: &CardForm) -> Markup {
    let plain = With::default();
    let number = With { numeric: true, ..plain };
    let kinds: Vec<(&str, &str)> =
        [("", "番号から決める")].into_iter().chain(Kind::ALL.iter().map(|k| (k.code(), k.word()))).collect();
    let ceilings: Vec<(&str, &str)> = [("", "なし")].into_iter().chain(CEILINGS).collect();
    let shares = [("", "年齢から決める"), ("3", "3割"), ("2", "2割"), ("1", "1割"), ("0", "なし（0割）")];
    html! {
        div class="fs-g" {
            (draw.line("card_insurer", "保険者番号", &form.card_insurer, 20, number))
            (draw.choice("card_kind", "種別", &form.card_kind, &kinds))
            (draw.line("card_insurer_name", "保険者名", &form.card_insurer_name, 60, plain))
            (draw.line("card_symbol", "記号", &form.card_symbol, 40, plain))
            (draw.line("card_number", "番号", &form.card_number, 40, plain))
            (draw.line("card_branch", "枝番", &form.card_branch, 4, number))
            (draw.choice("card_relation", "本人・家族", &form.card_relation, &[("self", "本人"), ("family", "家族")]))
            (draw.choice("card_share", "負担割合", &form.card_share, &shares))
            (check("card_elderly", "高齢受給者証あり", &form.card_elderly))
            (draw.line("card_from", "資格取得日", &form.card_from, 30, plain))
            (draw.line("card_until", "有効期限", &form.card_until, 30, plain))
        }
        details class="fs-d" open[!form.ceiling_class.is_empty()] {
            summary { "限度額適用認定証" }
            div class="fs-g" {
                (draw.choice("ceiling_class", "適用区分", &form.ceiling_class, &ceilings))
                (draw.line("ceiling_from", "限度額の有効開始日", &form.ceiling_from, 30, plain))
                (draw.line("ceiling_until", "限度額の有効期限", &form.ceiling_until, 30, plain))
            }
        }
    }
}

/// 公費.
pub(super) fn public(draw: &Draw<'_>, form: &PublicForm) -> Markup {
    let plain = With::default();
    html! {
        div class="fs-g" {
            (draw.line("public_payer", "公費の負担者番号", &form.public_payer, 24, plain))
            (draw.line("public_recipient", "公費の受給者番号", &form.public_recipient, 24, plain))
            (draw.line("public_from", "公費の有効開始日", &form.public_from, 30, plain))
            (draw.line("public_until", "公費の有効期限", &form.public_until, 30, plain))
        }
    }
}

fn doubt(error: IdentifierError) -> &'static str {
    match error {
        IdentifierError::CheckDigit => "検証番号（最後の1桁）が合いません",
        IdentifierError::Prefecture => "都道府県の2桁が01〜47ではありません",
        _ => "法律で決まった桁数ではありません",
    }
}

/// What speaks against the numbers of a card or of 公費.
pub(super) fn doubts(card: Option<&Card>, public: Option<&Public>) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(error) = card.and_then(|c| c.doubt) {
        words.push(format!("保険者番号：{}", doubt(error)));
    }
    for (field, error) in public.iter().flat_map(|p| &p.doubts) {
        let name = if *field == "public_payer" { "公費の負担者番号" } else { "公費の受給者番号" };
        words.push(format!("{name}：{}", doubt(*error)));
    }
    words
}

/// Asks to compare with the card; the number is kept as it stands when that was done.
pub(super) fn confirm(words: &[String], answer: &str) -> Markup {
    let lines: Vec<&str> = words.iter().map(String::as_str).collect();
    html! {
        div role="alert" { (notice(Severity::Warn, "番号をもう一度、券面と見くらべてください", &lines)) }
        label class="check" { input type="checkbox" name="sure" value=(answer) autofocus; "券面のとおりです（このまま登録する）" }
    }
}
