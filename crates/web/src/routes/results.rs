//! Disease names, allergies, results, attachments, full-text search.
use super::Route;

pub(super) static ROUTES: &[Route] = &[];
