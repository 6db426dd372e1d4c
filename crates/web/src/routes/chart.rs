//! The record of a visit: notes, confirmation, correction, printing.
use super::Route;

pub(super) static ROUTES: &[Route] = &[];
