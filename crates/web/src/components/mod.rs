//! Components: each exists once, with its states. The page `/internal/components` shows them; class names are those
//! of the style sheets.

pub(crate) mod banner;
pub(crate) mod field;
pub(crate) mod frame;
pub(crate) mod graph;
pub(crate) mod icon;
pub(crate) mod lab;
pub(crate) mod medication;
pub(crate) mod notice;
pub(crate) mod patient;
pub(crate) mod sparkline;
pub(crate) mod tag;
pub(crate) mod terms;
pub(crate) mod timeline;
