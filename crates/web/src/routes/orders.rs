//! Orders: prescriptions, tests, treatments.
use super::Route;

pub(super) static ROUTES: &[Route] = &[];
