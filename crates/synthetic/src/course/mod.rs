//! A patient's course: when they come, what is measured, what is prescribed, what is written.
mod body;
mod note;
mod schedule;
mod simulate;
mod treatment;

pub(crate) use simulate::{Disease, Letter, Measured, Prescription, Visit, history};
