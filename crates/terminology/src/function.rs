//! What the product does with the masters, and which of them each function cannot do without.
use crate::Kind;

/// Something a clinic does that needs official masters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Function {
    /// 病名をつける
    Diagnosis,
    /// 処方と電子処方箋
    Prescription,
    /// 薬価と後発医薬品の表示
    DrugPrices,
    /// 会計（診療報酬の算定に使う項目）
    Billing,
    /// 検査のオーダーと結果
    Laboratory,
    /// 電子カルテ情報共有サービス
    Sharing,
    /// アレルギーの登録
    Allergies,
    /// 郵便番号からの住所入力
    Addresses,
}

impl Function {
    /// All of them, in the order shown.
    pub const ALL: [Function; 8] = [
        Function::Diagnosis,
        Function::Prescription,
        Function::DrugPrices,
        Function::Billing,
        Function::Laboratory,
        Function::Sharing,
        Function::Allergies,
        Function::Addresses,
    ];

    /// The word programs read.
    pub const fn name(self) -> &'static str {
        match self {
            Function::Diagnosis => "diagnosis",
            Function::Prescription => "prescription",
            Function::DrugPrices => "drug-prices",
            Function::Billing => "billing",
            Function::Laboratory => "laboratory",
            Function::Sharing => "sharing",
            Function::Allergies => "allergies",
            Function::Addresses => "addresses",
        }
    }

    /// What people call it.
    pub const fn label(self) -> &'static str {
        match self {
            Function::Diagnosis => "病名",
            Function::Prescription => "処方・電子処方箋",
            Function::DrugPrices => "薬価・後発医薬品",
            Function::Billing => "会計",
            Function::Laboratory => "検査",
            Function::Sharing => "電子カルテ情報共有サービス",
            Function::Allergies => "アレルギー",
            Function::Addresses => "住所入力",
        }
    }

    /// The kinds it cannot do without.
    ///
    /// Sources: 電子処方箋 writes レセプト電算処理 codes or 一般名コード and 電子処方箋用法 (電子処方箋管理サービスの記録条件仕様);
    /// a receipt is written in the codes of 傷病名・修飾語・診療行為・医薬品・特定器材・コメント (オンライン又は光ディスク等による
    /// 請求に係る記録条件仕様); the sharing service takes 病名管理番号, YJ (by HOT), JLAC of its own list and JFAGY codes
    /// (JP-CLINS).
    pub const fn needs(self) -> &'static [Kind] {
        match self {
            Function::Diagnosis => &[Kind::SskDisease, Kind::SskModifier],
            Function::Prescription => &[Kind::SskDrug, Kind::GenericName, Kind::Usage],
            Function::DrugPrices => &[Kind::NhiPrice, Kind::NhiGeneric],
            Function::Billing => {
                &[Kind::SskDisease, Kind::SskModifier, Kind::SskDrug, Kind::SskAct, Kind::SskMaterial, Kind::SskComment]
            }
            Function::Laboratory => &[Kind::Jlac10],
            Function::Sharing => {
                &[Kind::MedisDisease, Kind::Hot, Kind::Jlac10, Kind::Jlac11, Kind::ClinsLab, Kind::Allergen]
            }
            Function::Allergies => &[Kind::Allergen],
            Function::Addresses => &[Kind::Postal],
        }
    }

    /// The kinds it needs and does not have, given which are loaded from official files.
    pub fn missing(self, is_loaded: impl Fn(Kind) -> bool) -> Vec<Kind> {
        self.needs().iter().copied().filter(|kind| !is_loaded(*kind)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_function_says_what_it_misses_as_the_table_says() {
        let all = |_: Kind| true;
        // What is loaded → which functions are complete.
        let table: [(&[Kind], &[Function]); 5] = [
            (&[], &[]),
            (&[Kind::SskDrug, Kind::GenericName, Kind::Usage], &[Function::Prescription]),
            (&[Kind::SskDrug, Kind::GenericName], &[]),
            (&[Kind::SskDisease, Kind::SskModifier, Kind::Postal], &[Function::Diagnosis, Function::Addresses]),
            (
                &[
                    Kind::SskDisease,
                    Kind::SskModifier,
                    Kind::SskDrug,
                    Kind::SskAct,
                    Kind::SskMaterial,
                    Kind::SskComment,
                ],
                &[Function::Diagnosis, Function::Billing],
            ),
        ];
        for (loaded, complete) in table {
            let found: Vec<Function> =
                Function::ALL.into_iter().filter(|f| f.missing(|kind| loaded.contains(&kind)).is_empty()).collect();
            assert_eq!(found, complete, "{loaded:?}");
        }
        assert!(Function::ALL.iter().all(|f| f.missing(all).is_empty()));
        assert_eq!(Function::Prescription.missing(|kind| kind == Kind::Usage), [Kind::SskDrug, Kind::GenericName]);
    }

    #[test]
    fn every_kind_serves_some_function() {
        for kind in Kind::ALL {
            assert!(Function::ALL.iter().any(|f| f.needs().contains(&kind)), "{kind:?}");
        }
    }
}
