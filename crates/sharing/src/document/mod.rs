//! The chart's content as JP-CLINS documents and information units, and what was received read back.
//!
//! [`read`] reads everything of a patient once ([`Source`]); everything else is a pure function of it, of the masters and
//! of a [`Stamp`] (Bundle-ID, moment, randomness for addresses): the same input gives the same bytes. What is missing is
//! told as [`Lacking`], in words that name what to mend and where.
//!
//! | For | Call |
//! |---|---|
//! | 傷病名, アレルギー, 検査・感染症 | [`condition_unit`], [`allergy_unit`], [`laboratory_unit`] for each of [`reports`] |
//! | 診療情報提供書 | [`referral`] of a `chart::letter::Letter` |
//! | 患者サマリー | [`patient_summary`] |
//! | what came | [`received::read`], for `chart::inbox` |
//! | before it leaves | [`judge`] by the profiles; [`findings`] for the composer |
//!
//! Chosen where the guide leaves a choice: profiles without `|version`; Composition.identifier joined by `^` [ASSUMED];
//! `inactive` diseases (中止, 死亡, 移行) go as resolved, because since 1.10 what has an end must; infections stay in the unit
//! of their report unless [`Part`] says otherwise; units with nothing in them hold the Patient alone (the delete request
//! is preferred: [`Made::count`] is 0).
//!
//! Libraries: `base64` for attachments. Narratives that came are read by a tokenizer of our own that never passes markup
//! on ([`received`]); a sanitizer of HTML would give markup back, which nobody needs here.

mod allergy;
mod bundle;
mod condition;
mod ids;
mod json;
mod judged;
mod lab_item;
mod lab_value;
mod laboratory;
mod lacking;
mod medication;
mod names;
mod narrative;
mod people;
mod plan;
pub mod received;
mod referral;
mod source;
mod unit;

pub use bundle::{MAX_BYTES, Made, Stamp};
pub use ids::{BundleId, MemberId, UnitKind};
pub use judged::{Judged, findings, judge};
pub use laboratory::{Report, reports};
pub use lacking::{Lacking, told};
pub use plan::{Plan, patient_summary};
pub use referral::referral;
pub use source::{Department, Institution, LevelSwitches, Source, Stored, insured, read};
pub use unit::{Part, allergy_unit, condition_unit, laboratory_unit};
