//! What a letter is for.
use serde::{Deserialize, Serialize};

/// What a letter is for: its category as a document (文書サブ区分, JP-CLINS 5.2) and its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// 紹介
    #[default]
    Referral,
    /// 返書: the answer to a letter that came.
    Reply,
    /// 逆紹介: back to who sent the patient.
    Return,
    /// 退院時
    Discharge,
    /// 入院の依頼
    Admission,
    /// 要精査
    Examination,
    /// セカンドオピニオン
    SecondOpinion,
    /// 他科コンサルト
    Consult,
}

impl Kind {
    /// All, in the order shown.
    pub const ALL: [Kind; 8] = [
        Kind::Referral,
        Kind::Reply,
        Kind::Return,
        Kind::Discharge,
        Kind::Admission,
        Kind::Examination,
        Kind::SecondOpinion,
        Kind::Consult,
    ];

    /// Code of forms and of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Kind::Referral => "referral",
            Kind::Reply => "reply",
            Kind::Return => "return",
            Kind::Discharge => "discharge",
            Kind::Admission => "admission",
            Kind::Examination => "examination",
            Kind::SecondOpinion => "second-opinion",
            Kind::Consult => "consult",
        }
    }

    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Kind::Referral => "紹介",
            Kind::Reply => "返書",
            Kind::Return => "逆紹介",
            Kind::Discharge => "退院時",
            Kind::Admission => "入院の依頼",
            Kind::Examination => "精査の依頼",
            Kind::SecondOpinion => "セカンドオピニオン",
            Kind::Consult => "他科への相談",
        }
    }

    /// Code and display of `doc-subtypecodes`.
    pub const fn category(self) -> (&'static str, &'static str) {
        match self {
            Kind::Referral | Kind::Reply | Kind::Return => ("OUTPATIENT", "外来文書"),
            Kind::Discharge => ("DISCHARGE", "退院時文書"),
            Kind::Admission => ("ADMISSION", "入院時文書"),
            Kind::Examination => ("EXAMIN", "要精査依頼文書"),
            Kind::SecondOpinion => ("SECONDOP", "セカンドオピニオン文書"),
            Kind::Consult => ("CONSULT", "他科コンサルト"),
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}
