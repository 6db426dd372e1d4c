//! What a clinic decides about the product as a whole.
use futures_util::future::BoxFuture;
mod contact;
mod department;

pub use contact::{Contact, contact, set_contact};
pub use department::{DEPARTMENTS, Department, department, set_department};

use crate::ChartError;
use karute_ledger::{Access, Action, Commit, Doc};

/// Where the decisions lie.
const SPACE: &str = "chart.clinic";
const MODE: &str = "mode";

/// How much of the product a clinic uses (ux §1). The same records in both, so that changing it migrates nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// フルモード: the chart is kept here.
    #[default]
    Full,
    /// 導入版モード: the chart stays on paper; what comes from outside and goes there is here.
    PaperChart,
}

impl Mode {
    /// Both, with their codes.
    pub const ALL: [(Mode, &'static str); 2] = [(Mode::Full, "full"), (Mode::PaperChart, "paper-chart")];

    /// As stored and in forms.
    pub fn code(self) -> &'static str {
        Mode::ALL.iter().find(|(mode, _)| *mode == self).map_or("full", |(_, code)| code)
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Mode> {
        Mode::ALL.iter().find(|(_, each)| *each == code).map(|(mode, _)| *mode)
    }
}

/// The mode of the clinic; full where nobody decided.
pub fn mode(access: &Access) -> BoxFuture<'_, Result<Mode, ChartError>> {
    Box::pin(async move {
        let stored = access.doc(SPACE, MODE).await?;
        Ok(stored.and_then(|text| Mode::parse(text.trim_matches('"'))).unwrap_or_default())
    })
}

/// Decides it.
pub fn set_mode(access: &Access, mode: Mode) -> BoxFuture<'_, Result<(), ChartError>> {
    Box::pin(async move {
        let mut commit = Commit::new(Action::Administer);
        commit.detail = Some(format!("clinic mode: {}", mode.code()));
        commit.docs.push(Doc::Put {
            space: SPACE,
            key: MODE.to_owned(),
            value: format!("\"{}\"", mode.code()),
            expires: None,
        });
        access.commit(commit).await?;
        Ok(())
    })
}
