//! Levels of the JP-CLINS guide.

/// A release of the guide whose rules are asked for. The definitions change between releases, and no public source says
/// which one the service judges by; so the level is an argument, and old documents can be judged by the rules of
/// their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 1.5.3 (2024-10), the level of the guide's examples.
    V1_5_3,
    /// 1.7 (2024-12).
    V1_7,
    /// 1.10 (2025-01).
    V1_10,
    /// 1.11 (2025-07).
    V1_11,
    /// 1.12 (2026-02).
    #[default]
    V1_12,
}

impl Level {
    /// All, in order.
    pub const ALL: [Level; 5] = [Level::V1_5_3, Level::V1_7, Level::V1_10, Level::V1_11, Level::V1_12];

    /// As people write it.
    pub const fn name(self) -> &'static str {
        match self {
            Level::V1_5_3 => "1.5.3",
            Level::V1_7 => "1.7",
            Level::V1_10 => "1.10",
            Level::V1_11 => "1.11",
            Level::V1_12 => "1.12",
        }
    }

    /// The level of a name.
    pub fn parse(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }
}
