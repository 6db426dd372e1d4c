//! 予約
use super::Route;

pub(super) static ROUTES: &[Route] = &[];
