//! Measured values: the number with its H or L.
use karute_chart::view::{Flag, Measurement};
use maud::{Markup, html};

/// A value with its letter, without name or unit.
pub(crate) fn value(shown: &str, flag: Flag) -> Markup {
    html! {
        @match flag {
            Flag::High => { span class="v-h" { (shown) } }
            Flag::Low => { span class="v-l" { (shown) } }
            Flag::None => { span { (shown) } }
        }
    }
}

/// Name and value, as in a line of results.
pub(crate) fn pair(measured: &Measurement) -> Markup {
    html! { span class="lv" { (measured.name) " " (value(&measured.value, measured.flag)) } }
}
