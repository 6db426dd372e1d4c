//! Form fields with their label, hint and error.
use maud::{Markup, html};

/// A text field as people fill it in.
pub(crate) struct Field<'a> {
    /// `name` of the control; also its id.
    pub(crate) name: &'a str,
    /// Label.
    pub(crate) label: &'a str,
    /// `type` of the control.
    pub(crate) kind: &'a str,
    /// Value to show again.
    pub(crate) value: &'a str,
    /// `autocomplete`
    pub(crate) autocomplete: &'a str,
    /// What to write, under the label.
    pub(crate) hint: Option<&'a str>,
    /// What is wrong and how to mend it.
    pub(crate) error: Option<&'a str>,
    /// Longest text accepted.
    pub(crate) max_length: u32,
    /// Whether it takes the focus when the page opens.
    pub(crate) focus: bool,
}

impl Field<'_> {
    /// Draws it.
    pub(crate) fn draw(&self) -> Markup {
        let hint = format!("{}-hint", self.name);
        let error = format!("{}-error", self.name);
        let described = match (self.hint, self.error) {
            (Some(_), Some(_)) => Some(format!("{hint} {error}")),
            (Some(_), None) => Some(hint.clone()),
            (None, Some(_)) => Some(error.clone()),
            (None, None) => None,
        };
        let numeric = self.autocomplete == "one-time-code";
        html! {
            div class="fld" {
                label for=(self.name) { (self.label) }
                @if let Some(words) = self.hint { p class="t-12 t-mute" id=(hint) { (words) } }
                input id=(self.name) name=(self.name) type=(self.kind) value=(self.value)
                    autocomplete=(self.autocomplete) maxlength=(self.max_length) required
                    autocapitalize="none" spellcheck="false" inputmode=[numeric.then_some("numeric")]
                    aria-describedby=[described] aria-invalid=[self.error.map(|_| "true")]
                    autofocus[self.focus];
                @if let Some(words) = self.error { p class="t-13 t-danger" id=(error) { (words) } }
            }
        }
    }
}

/// A hidden value of a form.
pub(crate) fn hidden(name: &str, value: &str) -> Markup {
    html! { input type="hidden" name=(name) value=(value); }
}

/// A key cap beside the word of a button, as a reminder.
pub(crate) fn key(word: &str) -> Markup {
    html! { span class="kbd" aria-hidden="true" { (word) } }
}

/// A field of a small form: label, control, what is wrong.
pub(crate) fn line(name: &str, label: &str, value: &str, hint: &str, error: Option<&str>) -> Markup {
    let told = format!("{name}-told");
    html! {
        div class="fld" {
            label for=(name) { (label) }
            input id=(name) name=(name) type="text" value=(value) autocomplete="off" maxlength="120" placeholder=(hint)
                aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| told.as_str())] autofocus[error.is_some()];
            @if let Some(words) = error { p class="t-13 t-danger" id=(told) { (words) } }
        }
    }
}

/// Radio buttons: value, word, whether it is chosen.
pub(crate) fn radios<'a>(name: &str, label: &str, options: impl Iterator<Item = (&'a str, &'a str, bool)>) -> Markup {
    html! {
        fieldset class="fs" {
            legend { (label) }
            div class="row row-w" {
                @for (value, word, chosen) in options {
                    label class="check" { input type="radio" name=(name) value=(value) checked[chosen]; (word) }
                }
            }
        }
    }
}
