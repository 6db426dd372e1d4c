//! The patient's screens, drawn.
use crate::components::{
    frame::document_in,
    icon::{Icon, small},
};
use karute_chart::questionnaire::{Answer, Fault, Kind, LONGEST_ANSWER, Language, Question, Sheet, Words, asked};
use maud::{Markup, html};

/// What was given and not accepted, to be shown again.
pub(super) struct Given {
    pub(super) chosen: Vec<String>,
    pub(super) text: String,
    pub(super) fault: Fault,
}

fn screen(language: Language, title: &str, body: &Markup) -> Markup {
    document_in(&language.words().html, title, &html! { main id="main" class="in" { (body) } })
}

fn address(text: &str) -> String {
    format!("/intake/{text}")
}

/// Choosing the language: each in its own words.
pub(super) fn languages(text: &str) -> Markup {
    let japanese = Language::Japanese.words();
    screen(
        Language::Japanese,
        japanese.ui("title"),
        &html! {
            h1 { (japanese.ui("language")) }
            p lang="en" { (Language::English.words().ui("language")) }
            form method="post" action=(address(text)) class="in-o" {
                @for language in Language::ALL {
                    @let words = language.words();
                    button class="btn in-b" type="submit" name="language" value=(words.code) lang=(words.html) { (words.name) }
                }
            }
        },
    )
}

/// One question; when it is corrected from the summary, the next screen is the summary again.
pub(super) fn question(
    text: &str,
    language: Language,
    sheet: &Sheet,
    id: &str,
    correcting: bool,
    given: Option<&Given>,
) -> Markup {
    let words = language.words();
    let questions = asked(sheet.about);
    let Some((place, question)) = questions.iter().enumerate().find(|(_, q)| q.id == id) else { return closed() };
    let (n, all) = ((place + 1).to_string(), questions.len().to_string());
    let stored = sheet.answers.get(id).cloned().unwrap_or_default();
    let answer = given.map_or(stored, |g| Answer { codes: g.chosen.clone(), text: Some(g.text.clone()) });
    let fault = given.map(|g| words.ui(g.fault.key()));
    let body = html! {
        div class="in-h" {
            span { (words.ui("title")) }
            span class="end" { (words.ui("step").replace("{n}", &n).replace("{all}", &all)) }
        }
        progress class="in-p" value=(n) max=(all) aria-label=(words.ui("step").replace("{n}", &n).replace("{all}", &all)) {}
        @if place == 0 { p class="t-sub" { (words.ui("start_words")) } }
        form method="post" action=(address(text)) class="in-f" {
            input type="hidden" name="question" value=(question.id);
            @if correcting { input type="hidden" name="from" value="check"; }
            (asking(question, words, &answer, fault))
            div class="in-n" {
                button class="btn btn-p in-b" type="submit" name="go" value="next" { (words.ui("next")) }
                button class="btn in-b" type="submit" name="go" value="back" formnovalidate { (words.ui("back")) }
            }
        }
    };
    let title = if fault.is_some() {
        format!("{}：{}", words.ui("fault_title"), words.ui("title"))
    } else {
        words.ui("title").to_owned()
    };
    screen(language, &title, &body)
}

fn asking(question: &Question, words: &Words, answer: &Answer, fault: Option<&str>) -> Markup {
    let hint = words.hint(question);
    let mut described: Vec<&str> = hint.iter().map(|_| "hint").collect();
    described.extend(fault.map(|_| "fault"));
    let described = (!described.is_empty()).then(|| described.join(" "));
    let notes = html! {
        @if let Some(hint) = hint { p id="hint" class="t-sub" { (hint) } }
        @if !question.required { p class="t-mute" { (words.ui("optional")) } }
        @if let Some(fault) = fault { p id="fault" class="t-danger t-b in-x" role="alert" { (small(Icon::Octagon)) (fault) } }
    };
    let typed = answer.text.as_deref().unwrap_or_default();
    match question.kind {
        Kind::Text => html! {
            h1 { label for="text" { (words.ask(question)) } }
            (notes)
            textarea id="text" name="text" rows="5" maxlength=(LONGEST_ANSWER) aria-describedby=[described]
                aria-invalid=[fault.map(|_| "true")] autofocus[fault.is_some()] { (typed) }
        },
        Kind::Weight => html! {
            h1 { label for="text" { (words.ask(question)) } }
            (notes)
            div class="row" {
                input id="text" class="in-w" name="text" type="text" inputmode="decimal" maxlength="10" autocomplete="off" value=(typed)
                    aria-describedby=[described] aria-invalid=[fault.map(|_| "true")] autofocus[fault.is_some()];
                (words.ui("kg"))
            }
        },
        Kind::One { options, details } => html! {
            fieldset aria-describedby=[described] aria-invalid=[fault.map(|_| "true")] {
                legend { h1 { (words.ask(question)) } }
                (notes)
                div class="in-o" { @for (n, code) in options.iter().enumerate() { (option("radio", question, words, code, answer, fault.is_some() && n == 0)) } }
            }
            @if details { (more(words, typed)) }
        },
        Kind::Many { options } => html! {
            fieldset aria-describedby=[described] aria-invalid=[fault.map(|_| "true")] {
                legend { h1 { (words.ask(question)) } }
                (notes)
                div class="in-o in-2" { @for (n, code) in options.iter().enumerate() { (option("checkbox", question, words, code, answer, fault.is_some() && n == 0)) } }
            }
            (more(words, typed))
        },
    }
}

fn option(kind: &str, question: &Question, words: &Words, code: &str, answer: &Answer, focus: bool) -> Markup {
    html! {
        label class="in-c" {
            input type=(kind) name="choice" value=(code) checked[answer.has(code)] autofocus[focus];
            span { (words.option(question, code)) }
        }
    }
}

fn more(words: &Words, typed: &str) -> Markup {
    html! {
        label class="in-m" { (words.ui("details"))
            textarea name="text" rows="3" maxlength=(LONGEST_ANSWER) { (typed) }
        }
    }
}

/// All answers together, before they are sent.
pub(super) fn check(text: &str, language: Language, sheet: &Sheet) -> Markup {
    let words = language.words();
    let open = sheet.first_open();
    let body = html! {
        div class="in-h" { span { (words.ui("title")) } }
        h1 { (words.ui("check")) }
        p class="t-sub" { (words.ui("check_words")) }
        dl class="in-l" {
            @for (place, question) in asked(sheet.about).iter().enumerate() {
                div {
                    dt { (words.ask(question)) }
                    dd { (given(question, words, sheet.answers.get(question.id))) @if open == Some(place) { p class="t-danger t-b" { (words.ui("fault_missing")) } } }
                    dd { a href={ (address(text)) "?q=" (question.id) "&from=check" } { (words.ui("change")) span class="vh" { "：" (words.ask(question)) } } }
                }
            }
        }
        form method="post" action=(address(text)) class="in-n" {
            @if open.is_none() { button class="btn btn-p in-b" type="submit" name="send" value="yes" { (words.ui("send")) } }
        }
    };
    screen(language, words.ui("check"), &body)
}

fn given(question: &Question, words: &Words, answer: Option<&Answer>) -> Markup {
    html! {
        @match answer {
            Some(answer) => {
                @for code in &answer.codes { p { (words.option(question, code)) } }
                @if let Some(text) = &answer.text { p class="in-t" { (text) @if question.kind == Kind::Weight { " " (words.ui("kg")) } } }
            }
            None => { p class="t-mute" { (words.ui("no_answer")) } }
        }
    }
}

/// The answers were sent.
pub(super) fn sent(language: Language) -> Markup {
    let words = language.words();
    screen(
        language,
        words.ui("thanks"),
        &html! {
            h1 { (small(Icon::Check)) (words.ui("thanks")) }
            p { (words.ui("thanks_words")) }
            p class="t-sub" { (words.ui("private")) }
            details { summary { (words.ui("used")) } p { (words.ui("used_words")) } }
        },
    )
}

/// Nothing opens: in every language, since none is known.
pub(super) fn closed() -> Markup {
    every("closed", "closed_words")
}

/// Too many wrong knocks.
pub(super) fn busy() -> Markup {
    every("busy", "busy_words")
}

fn every(title: &str, text: &str) -> Markup {
    let japanese = Language::Japanese.words();
    screen(
        Language::Japanese,
        japanese.ui(title),
        &html! {
            h1 { (japanese.ui(title)) }
            @for language in Language::ALL {
                @let words = language.words();
                div lang=(words.html) { @if language != Language::Japanese { h2 { (words.ui(title)) } } p { (words.ui(text)) } }
            }
        },
    )
}
