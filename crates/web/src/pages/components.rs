//! 部品と状態: every component once, with its states, for those who work on the screens.
use crate::components::{
    banner::banner,
    field::{Field, key},
    frame::{Page, Place, head},
    icon::{Icon, icon, small},
    lab, medication,
    notice::{Severity, empty, notice, toast},
    sparkline::sparkline,
    tag::{Tone, tag},
    terms::{TermField, listbox},
};
use crate::guard::Signed;
use karute_chart::summary::{DrugGroup, Series};
use karute_chart::view::{Allergy, AllergyEntry, Flag, Insurance, Measurement, Medication, Person, Sex};
use karute_fhir::Id;
use karute_japan::Date;
use karute_terminology::{Answer, Domain, Extra, Group, Item};
use maud::{Markup, html};

/// The page. Everything on it is made up here; it reads nothing.
pub(crate) async fn show(signed: Signed) -> Markup {
    let body = html! {
        div class="sh" {
            (section("操作", true, &buttons()))
            (section("札", false, &tags()))
            (section("検査値", false, &values()))
            (section("患者の見出し（常に最上部・隠さない）", true, &banners()))
            (section("知らせの強さ", false, &notices()))
            (section("薬", false, &drugs()))
            (section("入力", false, &fields()))
            (section("薬の検索（似た名前）", false, &searching()))
            (section("推移", false, &graphs()))
            (section("空", false, &html! { div class="panel" { (empty(Icon::Letter, "未送信はありません", "外部へ送れなかったものがあると、ここに出ます。", None)) } }))
            (section("元に戻す（確認の代わり）", false, &toast("渡邊 真弓さんを呼び出しました", Some(html! { button type="button" class="btn btn-sm" { (small(Icon::Undo)) "元に戻す" } }))))
            (section("アイコン", true, &html! { div class="row row-w" { @for mark in Icon::ALL { (icon(mark)) } } }))
        }
    };
    let header = head("部品と状態", &html! { p class="t-13 t-mute" { "患者の名前と値は架空です。" } });
    Page { title: "部品", place: Place::Elsewhere, header, class: "pane scroll", body }.draw(&signed.viewer())
}

fn section(title: &str, wide: bool, body: &Markup) -> Markup {
    html! { section class=[wide.then_some("w2")] { h2 { (title) } (body) } }
}

fn buttons() -> Markup {
    html! {
        div class="row row-w" {
            button type="button" class="btn btn-p btn-lg" { "主な操作 " (key("Enter")) }
            button type="button" class="btn btn-lg" { "ほかの操作" }
            button type="button" class="btn btn-p" { "主" }
            button type="button" class="btn btn-s" { "一覧の次の操作" }
            button type="button" class="btn" { "標準" }
            button type="button" class="btn btn-g" { "文字だけ" }
            button type="button" class="btn is-focus" { "フォーカス中" }
            button type="button" class="btn" aria-disabled="true" { "まだ押せない" }
            button type="button" class="btn is-busy" aria-busy="true" { "処理中" }
        }
    }
}

fn tags() -> Markup {
    html! {
        div class="row row-w" {
            (tag(Tone::Line, None, "札")) (tag(Tone::Ai, None, "選択"))
            (tag(Tone::Ok, Some(Icon::Check), "確認済")) (tag(Tone::Warn, Some(Icon::Triangle), "判断が必要"))
            (tag(Tone::Danger, Some(Icon::Triangle), "異常")) (tag(Tone::Fuji, Some(Icon::Link), "院外"))
        }
    }
}

fn measured(name: &str, value: &str, month: i8, flag: Flag, range: (Option<f64>, Option<f64>)) -> Measurement {
    Measurement {
        code: name.to_owned(),
        name: name.to_owned(),
        value: value.to_owned(),
        numeric: value.parse().ok(),
        unit: Some("%".to_owned()),
        flag,
        range,
        date: Date::new(2026, month, 13).ok(),
        source: None,
    }
}

fn values() -> Markup {
    html! {
        p class="lvs" {
            (lab::pair(&measured("HbA1c", "7.4", 11, Flag::High, (None, None))))
            (lab::pair(&measured("TSH", "0.02", 11, Flag::Low, (None, None))))
            (lab::pair(&measured("K", "4.6", 11, Flag::None, (None, None))))
        }
    }
}

fn person(name: &str, kana: &str, sex: Sex, birth: Option<Date>, number: &str) -> Option<Person> {
    Some(Person {
        id: Id::new("example").ok()?,
        name: name.to_owned(),
        kana: Some(kana.to_owned()),
        family: name.split(' ').next().unwrap_or_default().to_owned(),
        sex,
        birth,
        number: Some(number.to_owned()),
        phone: None,
        language: None,
        died: None,
        dead: false,
        caution: None,
    })
}

fn insured(short: &str) -> Vec<Insurance> {
    vec![Insurance {
        patient: None,
        short: short.to_owned(),
        payer_number: None,
        from: None,
        until: None,
        active: true,
        order: 1,
    }]
}

fn banners() -> Markup {
    let today = Date::new(2026, 11, 20).unwrap_or_default();
    let penicillin = AllergyEntry {
        substance: "ペニシリン系".to_owned(),
        reaction: Some("皮疹".to_owned()),
        when: None,
        year: Some("2019".to_owned()),
        coded: true,
    };
    let none = Allergy::NoneKnown { confirmed: Date::new(2026, 6, 1).ok(), by: Some("井上".to_owned()) };
    let birth = |y, m, d| Date::new(y, m, d).ok();
    let shown = [
        (
            person("高橋 和夫", "タカハシ カズオ", Sex::Male, birth(1958, 3, 14), "004821"),
            "国保 3割",
            Allergy::Present(vec![penicillin]),
        ),
        (
            person("中村 陽菜", "ナカムラ ヒナ", Sex::Female, birth(2020, 7, 3), "005510"),
            "社保 家族 2割",
            Allergy::Unconfirmed,
        ),
        (person("伊藤 誠", "イトウ マコト", Sex::Male, birth(1974, 2, 20), "002215"), "社保 本人 3割", none),
    ];
    html! {
        div class="stack bx" {
            @for (person, short, allergy) in &shown {
                @if let Some(person) = person { (banner(person, &insured(short), allergy, today, &html! { span {} })) }
            }
        }
    }
}

fn notices() -> Markup {
    html! {
        div class="stack" {
            (notice(Severity::Danger, "禁止", &["このままでは進めません。理由と、できることをここに書きます。"]))
            (notice(Severity::Warn, "判断が必要", &["似た氏名の方が院内にいます。"]))
            (notice(Severity::Info, "注意", &["その場に出すだけで、手は止めません。"]))
            (notice(Severity::Ok, "できました", &["確認済みの内容です。"]))
        }
    }
}

/// The list stands open here; on a screen it is under the field.
fn searching() -> Markup {
    let line = |display: &str, detail: &str, group: Group, class_tag: &str| Item {
        system: "",
        code: String::new(),
        display: display.to_owned(),
        kana: String::new(),
        detail: detail.to_owned(),
        group,
        high_risk: group == Group::LookAlike,
        class_tag: class_tag.to_owned(),
        selectable_by_enter: false,
        matched: std::iter::once(0..9).collect(),
        kana_matched: Vec::new(),
        is_ended: false,
        extra: Extra::None,
    };
    let amlodipine = "アムロジピンベシル酸塩";
    let items = vec![
        line("ノルバスク錠2.5mg", amlodipine, Group::Patient, "降圧薬"),
        line("ノルバスク錠5mg", amlodipine, Group::Adopted, "降圧薬"),
        line("ノルバデックス錠10mg", "タモキシフェンクエン酸塩", Group::LookAlike, "抗がん薬"),
    ];
    let field = TermField {
        action: "/terminology/search",
        kinds: &[Domain::Drug],
        kind: Domain::Drug,
        typed: "のるば",
        example: "薬を探す",
        take: "none",
        patient: None,
    };
    html! { (field.draw()) (listbox(Domain::Drug, Some(&Answer { items, total: 7 }))) }
}

fn drugs() -> Markup {
    let today = Date::new(2026, 11, 20).unwrap_or_default();
    let drug = |name: &str, dose: &str| Medication {
        name: name.to_owned(),
        code: None,
        dose: Some(dose.to_owned()),
        sig: None,
        supply: None,
        rp: None,
        written: None,
        until: None,
        status: "active".to_owned(),
        encounter: None,
    };
    let group = DrugGroup {
        drugs: vec![drug("【般】アムロジピンOD錠5mg", "1錠"), drug("【般】テルミサルタン錠40mg", "1錠")],
        sig: Some("1日1回 朝食後".to_owned()),
        supply: Some("28日分".to_owned()),
        written: Date::new(2026, 10, 23).ok(),
        until: Date::new(2026, 11, 19).ok(),
    };
    html! { ol class="panel" { (medication::group(1, &group, today)) } }
}

fn fields() -> Markup {
    let field = |name, hint, error| Field {
        name,
        label: "認証コード（6桁）",
        kind: "text",
        value: "",
        autocomplete: "off",
        hint,
        error,
        max_length: 12,
        focus: false,
    };
    html! {
        div class="stack-3" {
            (field("example-hint", Some("認証アプリに表示されている数字"), None).draw())
            (field("example-error", None, Some("6桁の数字を入れてください。")).draw())
        }
    }
}

fn graphs() -> Markup {
    let series = |values: &[(&str, Flag)], range| {
        let months = 6..;
        let points = values.iter().zip(months).map(|((v, f), m)| measured("HbA1c", v, m, *f, range)).collect();
        Series { name: "HbA1c".to_owned(), unit: Some("%".to_owned()), points, second: Vec::new(), target: None }
    };
    let band = (Some(4.6), Some(6.2));
    html! {
        div class="row row-w" {
            (sparkline(&series(&[("6.9", Flag::High), ("7.1", Flag::High), ("7.9", Flag::High), ("7.4", Flag::High)], band)))
            (sparkline(&series(&[("6.4", Flag::High), ("6.1", Flag::None), ("5.9", Flag::None)], band)))
            (sparkline(&series(&[("5.2", Flag::None), ("4.9", Flag::None), ("4.4", Flag::Low)], band)))
        }
    }
}
