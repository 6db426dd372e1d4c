//! 予約
use super::Form;

pub(super) fn form(_path: &str) -> Option<Form> {
    None
}
