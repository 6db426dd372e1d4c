//! Chronic problems: whom they meet, which drugs follow one another, which tests they need.
//!
//! Disease codes are those of the 傷病名マスター (receipt code, 7 digits) with ICD-10 for grouping. Weights are
//! assumptions.
use super::drugs::{self as d, Drug};

/// Who can have a disease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    Anyone,
    Men,
    Women,
}

/// A chronic problem.
#[derive(Debug)]
pub(crate) struct Chronic {
    pub(crate) kind: Kind,
    /// Receipt code.
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) icd10: &'static str,
    /// Share among those of `ages` at their age of highest risk, in thousandths.
    pub(crate) share: u16,
    pub(crate) whom: Whom,
    /// From which age to which age it begins.
    pub(crate) ages: (u16, u16),
    /// What is prescribed, step by step: a step is what is taken at that stage.
    pub(crate) steps: &'static [&'static [Drug]],
    /// Words of the plan.
    pub(crate) plan: &'static str,
}

/// What the course of a problem measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Hypertension,
    Diabetes,
    Lipids,
    UricAcid,
    Kidney,
    Thyroid,
    Anaemia,
    Heart,
    Liver,
    Other,
}

macro_rules! chronic {
    ($kind:ident, $code:literal, $name:literal, $icd:literal, $share:literal, $whom:ident, $from:literal..$to:literal, $steps:expr, $plan:literal) => {
        Chronic {
            kind: Kind::$kind,
            code: $code,
            name: $name,
            icd10: $icd,
            share: $share,
            whom: Whom::$whom,
            ages: ($from, $to),
            steps: $steps,
            plan: $plan,
        }
    };
}

#[rustfmt::skip]
pub(crate) const CHRONIC: [Chronic; 30] = [
    chronic!(Hypertension, "8833421", "高血圧症", "I10", 520, Anyone, 38..90, &[
        &[d::AMLODIPINE_2_5], &[d::AMLODIPINE_5], &[d::AMLODIPINE_5, d::TELMISARTAN_40], &[d::AMLODIPINE_5, d::AZILSARTAN_20], &[d::AMLODIPINE_5, d::AZILSARTAN_20, d::BISOPROLOL_2_5]],
        "家庭血圧を続けて記録。減塩6g未満"),
    chronic!(Diabetes, "2500015", "２型糖尿病", "E11", 190, Anyone, 42..85, &[
        &[], &[d::METFORMIN_250], &[d::METFORMIN_500], &[d::METFORMIN_500, d::SITAGLIPTIN_50], &[d::METFORMIN_500, d::SITAGLIPTIN_50, d::DAPAGLIFLOZIN_5], &[d::METFORMIN_500, d::LINAGLIPTIN_5, d::EMPAGLIFLOZIN_10]],
        "食事療法と運動を続ける。次回HbA1c"),
    chronic!(Lipids, "8844446", "脂質異常症", "E785", 330, Anyone, 38..85, &[
        &[], &[d::ROSUVASTATIN_2_5], &[d::ATORVASTATIN_10], &[d::ATORVASTATIN_10, d::EZETIMIBE_10]],
        "LDL-C目標120未満。食事は脂質を控えめに"),
    chronic!(UricAcid, "7906015", "高尿酸血症", "E790", 110, Men, 32..80, &[&[d::FEBUXOSTAT_10], &[d::FEBUXOSTAT_20]], "水分を十分にとり、ビールを控える"),
    chronic!(Kidney, "8844106", "慢性腎臓病", "N289", 110, Anyone, 62..95, &[&[]], "腎機能を3か月ごとに確認。鎮痛薬は控える"),
    chronic!(Thyroid, "8833504", "甲状腺機能低下症", "E039", 45, Women, 32..85, &[&[d::LEVOTHYROXINE_50]], "TSHを半年ごとに確認"),
    chronic!(Anaemia, "2809009", "鉄欠乏性貧血", "D509", 70, Women, 16..52, &[&[d::IRON_50]], "鉄剤を続ける。便が黒くなることを説明"),
    chronic!(Heart, "4273006", "心房細動", "I48", 70, Anyone, 62..95, &[&[d::EDOXABAN_30, d::BISOPROLOL_2_5]], "抗凝固薬を飲み忘れないこと。出血に注意"),
    chronic!(Heart, "4289018", "慢性心不全", "I509", 55, Anyone, 70..98, &[&[d::FUROSEMIDE_20, d::CANDESARTAN_8]], "毎朝体重を測る。3日で2kg増えたら連絡"),
    chronic!(Liver, "5718008", "脂肪肝", "K760", 80, Anyone, 36..78, &[&[]], "体重を3%減らすことを目標に"),
    chronic!(Other, "8840549", "めまい症", "R42", 40, Anyone, 45..92, &[&[d::BETAHISTINE_6]], "急に立ち上がらない"),
    chronic!(Other, "5301002", "逆流性食道炎", "K210", 130, Anyone, 28..88, &[&[d::LANSOPRAZOLE_15], &[d::VONOPRAZAN_10]], "就寝前2時間は食べない"),
    chronic!(Other, "5351003", "慢性胃炎", "K295", 130, Anyone, 35..90, &[&[d::REBAMIPIDE_100]], "症状が続けば内視鏡"),
    chronic!(Other, "8840042", "便秘症", "K590", 140, Anyone, 55..98, &[&[d::MAGNESIUM_OXIDE], &[d::ELOBIXIBAT_5]], "水分と食物繊維"),
    chronic!(Other, "4779004", "アレルギー性鼻炎", "J304", 210, Anyone, 6..70, &[&[d::FEXOFENADINE_60], &[d::BILASTINE_20], &[d::BILASTINE_20, d::MOMETASONE_NASAL]], "花粉の多い日はマスク"),
    chronic!(Other, "4939008", "気管支喘息", "J459", 60, Anyone, 5..80, &[&[d::ICS_LABA], &[d::ICS_LABA, d::MONTELUKAST_10]], "吸入手技を確認。発作時は受診"),
    chronic!(Other, "8839792", "不眠症", "G470", 160, Anyone, 40..98, &[&[d::LEMBOREXANT_5], &[d::ZOLPIDEM_5]], "就寝前のスマートフォンを控える。転倒に注意"),
    chronic!(Other, "7153018", "変形性膝関節症", "M179", 200, Women, 55..95, &[&[d::LOXOPROFEN_TAPE]], "大腿四頭筋訓練を続ける"),
    chronic!(Other, "8840829", "腰痛症", "M5456", 110, Anyone, 30..92, &[&[d::LOXOPROFEN_TAPE], &[d::LOXOPROFEN_TAPE, d::LOXOPROFEN_PRN]], "腰痛体操。しびれが出たら連絡"),
    chronic!(Other, "7330006", "骨粗鬆症", "M8199", 260, Women, 62..98, &[&[d::ELDECALCITOL], &[d::ALENDRONATE_35, d::ELDECALCITOL]], "骨密度を年1回。服用後30分は横にならない"),
    chronic!(Other, "8836591", "前立腺肥大症", "N40", 200, Men, 58..95, &[&[d::TAMSULOSIN_0_2]], "立ちくらみに注意"),
    chronic!(Other, "8843031", "過活動膀胱", "N328", 80, Anyone, 55..95, &[&[d::MIRABEGRON_50]], "排尿日誌"),
    chronic!(Other, "8842549", "アルツハイマー型認知症", "G309", 90, Anyone, 74..100, &[&[d::DONEPEZIL_5]], "家族から様子を聞く。介護保険の利用を確認"),
    chronic!(Other, "3000010", "不安神経症", "F411", 45, Anyone, 20..75, &[&[d::ESCITALOPRAM_10]], "睡眠と生活リズムを整える"),
    chronic!(Other, "3469004", "片頭痛", "G439", 60, Women, 16..55, &[&[d::LOXOPROFEN_PRN]], "頭痛日記。月10回を超えて鎮痛薬を使わない"),
    chronic!(Other, "6918002", "アトピー性皮膚炎", "L209", 60, Anyone, 1..50, &[&[d::HEPARINOID], &[d::HEPARINOID, d::HYDROCORTISONE_OINTMENT]], "保湿を毎日"),
    chronic!(Other, "8836770", "足白癬", "B353", 60, Anyone, 25..88, &[&[d::LULICONAZOLE]], "足を乾かす。4週は続けて塗る"),
    chronic!(Other, "4389014", "脳梗塞後遺症", "I693", 50, Anyone, 62..98, &[&[d::CLOPIDOGREL_75]], "血圧と禁煙。新しい麻痺があれば救急へ"),
    chronic!(Other, "8840255", "末梢神経障害", "G629", 40, Anyone, 50..92, &[&[d::PREGABALIN_75]], "眠気とふらつきに注意"),
    chronic!(Other, "3721002", "アレルギー性結膜炎", "H101", 40, Anyone, 8..70, &[&[d::OLOPATADINE_EYE, d::LEVOCETIRIZINE_5]], "目をこすらない"),
];

impl Chronic {
    /// The row with this kind, for those courses that name one.
    pub(crate) fn of(kind: Kind) -> Option<&'static Chronic> {
        CHRONIC.iter().find(|row| row.kind == kind)
    }
}
