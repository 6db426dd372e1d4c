//! The fields of a patient, as the desk fills them in: every fault under its field, and all of them on top.
use crate::components::icon::{Icon, icon};
use karute_chart::registration::{Fault, LANGUAGES, PersonForm};
use karute_japan::{Date, age, era};
use maud::{Markup, html};

/// A form with what is wrong in it.
pub(super) struct Draw<'a> {
    pub(super) faults: &'a [Fault],
    /// Set before the ids of the fields, where a page holds several forms.
    pub(super) prefix: &'a str,
    /// The field that has the focus while nothing is wrong.
    pub(super) start: &'a str,
}

/// How wide a field is and what a browser may help with.
#[derive(Clone, Copy, Default)]
pub(super) struct With {
    pub(super) hint: &'static str,
    pub(super) numeric: bool,
    pub(super) required: bool,
    /// Id of an element that says how the field was read.
    pub(super) echo: Option<&'static str>,
}

impl Draw<'_> {
    pub(super) fn fault(&self, name: &str) -> Option<&str> {
        self.faults.iter().find(|f| f.field == name).map(|f| f.words.as_str())
    }
    fn is_first(&self, name: &str) -> bool {
        self.faults.first().map_or(self.start == name, |f| f.field == name)
    }

    /// All faults, each leading to its field.
    pub(super) fn summary(&self) -> Markup {
        html! {
            @if !self.faults.is_empty() {
                div role="alert" class="note note-danger" {
                    (icon(Icon::Octagon))
                    div {
                        b { "登録していません。次のところを直してください" }
                        ul { @for fault in self.faults { li { a href=(format!("#{}{}", self.prefix, fault.field)) { (fault.words) } } } }
                    }
                }
            }
        }
    }

    /// One line of text.
    pub(super) fn line(&self, name: &str, label: &str, value: &str, most: u32, with: With) -> Markup {
        let id = format!("{}{name}", self.prefix);
        let error = self.fault(name);
        let hint = (!with.hint.is_empty()).then(|| format!("{id}-hint"));
        let wrong = error.map(|_| format!("{id}-error"));
        let described = [wrong.clone(), hint.clone(), with.echo.map(str::to_owned)].into_iter().flatten();
        let described = described.collect::<Vec<_>>().join(" ");
        html! {
            div class="fld" {
                label for=(id) { (label) @if with.required { " " span class="need" { "必須" } } }
                input id=(id) name=(name) value=(value) maxlength=(most) autocomplete="off" spellcheck="false"
                    inputmode=[with.numeric.then_some("numeric")] aria-required=[with.required.then_some("true")]
                    aria-invalid=[error.map(|_| "true")] aria-describedby=[(!described.is_empty()).then_some(described)]
                    autofocus[self.is_first(name)];
                @if let Some(words) = error { p class="t-13 t-danger" id=[wrong] { (words) } }
                @if let Some(hint) = hint { p class="t-12 t-mute" id=(hint) { (with.hint) } }
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice(&self, name: &str, label: &str, value: &str, offered: &[(&str, &str)]) -> Markup {
        let id = format!("{}{name}", self.prefix);
        let error = self.fault(name);
        html! {
            div class="fld" {
                label for=(id) { (label) }
                select id=(id) name=(name) class="sel" aria-invalid=[error.map(|_| "true")]
                    aria-describedby=[error.map(|_| format!("{id}-error"))] autofocus[self.is_first(name)] {
                    @for (code, word) in offered { option value=(code) selected[*code == value] { (word) } }
                }
                @if let Some(words) = error { p class="t-13 t-danger" id=(format!("{id}-error")) { (words) } }
            }
        }
    }

    /// The person.
    pub(super) fn person(&self, form: &PersonForm, today: Date) -> Markup {
        let needed = With { required: true, ..With::default() };
        let plain = With::default();
        html! {
            fieldset class="fs" {
                legend { "氏名" }
                div class="fs-g" {
                    (self.line("family", "姓", &form.family, 60, needed))
                    (self.line("given", "名", &form.given, 60, plain))
                    (self.line("family_kana", "姓のよみ", &form.family_kana, 60, With { hint: "ひらがな・半角カナもカナに直します", ..needed }))
                    (self.line("given_kana", "名のよみ", &form.given_kana, 60, plain))
                    (self.line("former", "旧姓・旧名", &form.former, 60, plain))
                    (self.line("called", "希望する呼び方", &form.called, 60, plain))
                }
            }
            fieldset class="fs" {
                legend { "生年月日・性別" }
                div class="fs-g" {
                    div class="fs-2" {
                        (self.line("birth", "生年月日", &form.birth, 30, With { hint: "S33.3.14・3330314・昭和33年3月14日・1958-3-14", required: true, echo: Some("birth-echo"), ..plain }))
                        (birth_echo(&form.birth, today))
                    }
                    (self.choice("sex", "性別（保険証の記載）", &form.sex, &[("", "選んでください"), ("female", "女"), ("male", "男"), ("unknown", "不明")]))
                }
            }
            fieldset class="fs" {
                legend { "住所・電話" }
                div class="fs-g" {
                    div class="row fs-p" {
                        (self.line("postal", "郵便番号", &form.postal, 12, With { numeric: true, ..plain }))
                        button type="submit" class="btn" name="act" value="postal" formnovalidate { "住所を入れる" }
                    }
                    (self.line("state", "都道府県", &form.state, 10, plain))
                    (self.line("city", "市区町村・町", &form.city, 60, plain))
                    div class="fs-2" { (self.line("line", "番地・建物", &form.line, 120, plain)) }
                    (self.line("phone", "電話（先にかける方）", &form.phone, 20, With { numeric: true, ..plain }))
                    (self.line("phone2", "電話（もう1つ）", &form.phone2, 20, With { numeric: true, ..plain }))
                }
                p id="postal-told" class="t-13" role="status" {}
            }
            fieldset class="fs" {
                legend { "緊急連絡先" }
                div class="fs-g" {
                    (self.line("contact_name", "氏名", &form.contact_name, 60, plain))
                    (self.line("contact_relation", "続柄", &form.contact_relation, 20, plain))
                    (self.line("contact_phone", "緊急連絡先の電話", &form.contact_phone, 20, With { numeric: true, ..plain }))
                }
            }
            fieldset class="fs" {
                legend { "受付での配慮" }
                div class="row row-w" {
                    (check("interpreter", "通訳が必要", &form.interpreter))
                    (check("wheelchair", "車椅子", &form.wheelchair))
                    (check("isolation", "隔離して待つ（感染症）", &form.isolation))
                }
                div class="fs-g" {
                    (self.choice("language", "ことば", &form.language, &languages()))
                    div class="fs-2" { (self.line("caution", "気をつけること", &form.caution, 200, With { hint: "受付と診察室に出ます。例 右耳が聞こえにくい、ラテックスを避ける", ..plain })) }
                }
            }
        }
    }
}

fn languages() -> Vec<(&'static str, &'static str)> {
    let mut all = vec![("", "日本語")];
    all.extend(LANGUAGES);
    all
}

/// A checkbox.
pub(super) fn check(name: &str, label: &str, value: &str) -> Markup {
    html! { label class="check" { input type="checkbox" name=(name) value="1" checked[value == "1"]; (label) } }
}

/// How the birth date was read, in both calendars (ux §11).
pub(super) fn birth_echo(typed: &str, today: Date) -> Markup {
    let read = era::parse(typed).ok();
    html! {
        p id="birth-echo" class="t-13 t-b" role="status" {
            @if let Some(date) = read {
                (era::long(date)) "（" (date.year()) "年）　" (age::display(date, today).unwrap_or_else(|| "まだ来ていない日".to_owned()))
            }
        }
    }
}
