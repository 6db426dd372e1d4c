//! Acute illnesses: season, age, complaint, findings, drugs.
use super::drugs::{self as d, Drug};

/// When in the year an illness is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Season {
    All,
    Winter,
    Spring,
    Summer,
}

impl Season {
    /// Multiplier of its frequency in a month.
    pub(crate) fn factor(self, month: i8) -> f64 {
        match (self, month) {
            (Season::Winter, 12 | 1 | 2) => 1.6,
            (Season::Winter, 8) => 0.6,
            (Season::Spring, 2..=4) => 3.0,
            (Season::Spring, _) => 0.3,
            (Season::Summer, 6..=9) => 1.3,
            (Season::Summer, _) => 0.9,
            _ => 1.0,
        }
    }
}

/// An acute illness.
#[derive(Debug)]
pub(crate) struct Acute {
    /// Receipt code.
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) icd10: &'static str,
    /// Relative frequency.
    pub(crate) weight: f64,
    pub(crate) season: Season,
    pub(crate) ages: (u16, u16),
    /// Body temperature at the visit, mean; 36.5 = none.
    pub(crate) temperature: f64,
    /// What the patient says, what is found, what is done.
    pub(crate) subjective: &'static [&'static str],
    pub(crate) objective: &'static str,
    pub(crate) plan: &'static str,
    /// Drugs for adults, with days.
    pub(crate) drugs: &'static [Drug],
    pub(crate) days: u16,
}

macro_rules! acute {
    ($code:literal, $name:literal, $icd:literal, $weight:literal, $season:ident, $from:literal..$to:literal, $temperature:literal, [$($says:literal),+], $finds:literal, $plan:literal, $drugs:expr, $days:literal) => {
        Acute {
            code: $code,
            name: $name,
            icd10: $icd,
            weight: $weight,
            season: Season::$season,
            ages: ($from, $to),
            temperature: $temperature,
            subjective: &[$($says),+],
            objective: $finds,
            plan: $plan,
            drugs: $drugs,
            days: $days,
        }
    };
}

#[rustfmt::skip]
pub(crate) const ACUTE: [Acute; 22] = [
    acute!("4659007", "急性上気道炎", "J069", 70.0, Winter, 0..95, 37.4, ["昨日からのどの痛みと鼻水。", "3日前から鼻水と咳。食事はとれている。", "今朝から寒気とのどの違和感。"], "咽頭軽度発赤。呼吸音 清。", "対症療法。水分をとって休む。高熱が続けば再診。", &[d::CARBOCISTEINE_500, d::TRANEXAMIC_250, d::ACETAMINOPHEN_200], 5),
    acute!("8832280", "急性咽頭炎", "J029", 28.0, Winter, 2..80, 37.9, ["のどの痛みが強く、つばを飲むのもつらい。", "2日前から咽頭痛と発熱。"], "咽頭発赤著明。白苔なし。頸部リンパ節 軽度圧痛。", "うがい。飲み込めないときは再診。", &[d::TRANEXAMIC_250, d::ACETAMINOPHEN_200], 5),
    acute!("4660009", "急性気管支炎", "J209", 34.0, Winter, 0..95, 37.2, ["咳が2週間続く。夜に強い。", "黄色い痰がからむ咳。", "かぜの後、咳だけ残っている。"], "呼吸音 粗、ラ音なし。", "2週で改善なければ胸部X線。", &[d::CARBOCISTEINE_500, d::DEXTROMETHORPHAN_15, d::AMBROXOL_15], 7),
    acute!("0091009", "急性胃腸炎", "A09", 22.0, Winter, 0..90, 37.3, ["昨夜から嘔吐3回と水様便。", "朝から下痢5回。家族にも同じ症状。"], "腹部 平坦・軟、心窩部に軽い圧痛。腸蠕動音 亢進。", "少量ずつ水分。血便や尿の減少があれば再診。", &[d::PROBIOTIC, d::DOMPERIDONE_10], 5),
    acute!("8842080", "インフルエンザＡ型", "J101", 16.0, Winter, 1..80, 38.8, ["昨夜から急に39度の発熱と関節痛。", "学校で流行。今朝から38度台の熱と頭痛。"], "咽頭発赤。インフルエンザ抗原 A(+)。", "発症後5日かつ解熱後2日は休む。異常行動に注意。", &[d::OSELTAMIVIR_75, d::ACETAMINOPHEN_200], 5),
    acute!("8850104", "ＣＯＶＩＤ－１９", "U071", 12.0, All, 1..95, 38.1, ["2日前から発熱とのどの痛み。同居家族が陽性。", "昨日から悪寒、咳、だるさ。"], "SpO2 良好。SARS-CoV-2 抗原 (+)。", "自宅療養。息苦しさがあれば連絡。", &[d::ACETAMINOPHEN_200, d::CARBOCISTEINE_500, d::TRANEXAMIC_250], 5),
    acute!("4619004", "急性副鼻腔炎", "J019", 8.0, Spring, 6..75, 36.9, ["かぜの後から膿性の鼻水と頬の痛み。"], "後鼻漏あり。頬部に圧痛。", "鼻をかむ。2週で改善なければ耳鼻科へ。", &[d::CLARITHROMYCIN_200, d::CARBOCISTEINE_500], 7),
    acute!("4639021", "急性扁桃炎", "J039", 8.0, All, 3..55, 38.5, ["38.5度の熱と強い咽頭痛。"], "扁桃腫大、白苔付着。開口障害なし。", "抗菌薬を飲みきる。水分が飲めなければ再診。", &[d::AMOXICILLIN_250, d::ACETAMINOPHEN_200], 7),
    acute!("0410002", "溶連菌感染症", "A491", 3.0, Winter, 3..16, 38.4, ["昨日から発熱とのどの痛み、体に赤い発疹。"], "咽頭発赤、いちご舌。A群溶連菌迅速 (+)。", "10日分を飲みきる。2週後に尿検査。", &[d::AMOXICILLIN_250], 10),
    acute!("3829027", "急性中耳炎", "H669", 5.0, Winter, 1..10, 38.0, ["昨夜から右耳を痛がる。鼻水が続いていた。"], "右鼓膜 発赤・膨隆。", "3日で改善なければ耳鼻科へ。", &[d::AMOXICILLIN_250, d::ACETAMINOPHEN_SUPPOSITORY], 5),
    acute!("0743002", "手足口病", "B084", 3.0, Summer, 1..7, 37.6, ["手のひらと足の裏に発疹、口を痛がる。"], "手掌・足底に小水疱、口腔内にアフタ。", "水分を冷たくして少しずつ。", &[d::ACETAMINOPHEN_SUPPOSITORY], 3),
    acute!("6923002", "湿疹", "L309", 20.0, Summer, 0..95, 36.5, ["1週間前から前腕がかゆい。", "首のまわりに赤いぶつぶつ。"], "紅斑と丘疹、掻破痕あり。感染徴候なし。", "こすらない。1週で改善なければ皮膚科へ。", &[d::HYDROCORTISONE_OINTMENT, d::LEVOCETIRIZINE_5], 7),
    acute!("8841304", "じんま疹", "L509", 10.0, All, 2..80, 36.5, ["昨夜から全身に膨らんだ発疹が出たり消えたりする。"], "体幹・四肢に膨疹。呼吸苦なし。", "息苦しさがあれば救急へ。", &[d::BILASTINE_20], 7),
    acute!("4770002", "花粉症", "J301", 16.0, Spring, 6..75, 36.5, ["くしゃみと水っぽい鼻水、目のかゆみ。毎年この時期。"], "鼻粘膜 蒼白・浮腫。結膜充血。", "外出時はマスクと眼鏡。", &[d::BILASTINE_20, d::OLOPATADINE_EYE], 28),
    acute!("5950005", "急性膀胱炎", "N300", 10.0, All, 16..90, 36.6, ["昨日から排尿時の痛みと残尿感。"], "CVA叩打痛なし。尿 白血球(2+) 潜血(1+)。", "水分を多めに。発熱があれば再診。", &[d::LEVOFLOXACIN_500], 3),
    acute!("0539013", "帯状疱疹", "B029", 4.0, All, 40..90, 36.7, ["3日前から左の胸がぴりぴり痛み、赤い発疹が出た。"], "左胸部に帯状の紅斑と小水疱。", "早期に抗ウイルス薬。痛みが残れば再診。", &[d::VALACICLOVIR_500, d::LOXOPROFEN_60], 7),
    acute!("7291015", "筋肉痛", "M7919", 4.0, All, 16..85, 36.5, ["庭仕事の後から背中が痛む。"], "傍脊柱筋に圧痛。神経症状なし。", "温めて安静。", &[d::LOXOPROFEN_TAPE, d::LOXOPROFEN_PRN], 7),
    acute!("8450012", "足関節捻挫", "S934", 3.0, All, 8..65, 36.5, ["階段で右足をひねった。歩けるが痛い。"], "右足関節外果 腫脹・圧痛。骨の圧痛なし。", "RICE。3日で荷重できなければX線。", &[d::LOXOPROFEN_TAPE, d::LOXOPROFEN_PRN], 7),
    acute!("3723001", "結膜炎", "H109", 5.0, All, 1..80, 36.5, ["右目が赤く、朝に目やにが多い。"], "結膜充血、眼脂あり。視力低下なし。", "手洗い。痛みや見えにくさがあれば眼科へ。", &[d::OLOPATADINE_EYE], 7),
    acute!("8841035", "良性発作性頭位めまい症", "H811", 4.0, All, 35..90, 36.5, ["寝返りで回るめまい。1分ほどで止まる。"], "頭位で眼振。神経学的異常なし。", "頭を動かす体操。手足の麻痺があれば救急へ。", &[d::BETAHISTINE_6], 7),
    acute!("7840024", "頭痛", "R51", 8.0, All, 10..85, 36.5, ["昨日から頭全体が重い。吐き気はない。"], "項部硬直なし。神経学的異常なし。", "突然の激しい頭痛なら救急へ。", &[d::LOXOPROFEN_PRN], 5),
    acute!("8844801", "熱中症", "T678", 4.0, Summer, 8..95, 37.8, ["畑仕事の後から頭痛とだるさ、足がつる。"], "皮膚乾燥。意識清明。", "涼しい場所で水分と塩分。", &[], 0),
];
