//! The first patients of every clinic: invented people whose day shows what a reception list can hold.
use super::names::Name;
use crate::clinic::chronic::Kind;

/// What stands out about a visit of today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    Fever,
    Interpreter,
    Wheelchair,
    QuestionnaireMissing,
}

/// One of the cast.
#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) family: Name,
    pub(crate) given: Name,
    pub(crate) male: bool,
    /// Birth date; ages move on with the years.
    pub(crate) birth: (i16, i8, i8),
    /// Language and Latin name, for those from abroad.
    pub(crate) foreign: Option<(&'static str, &'static str, &'static str)>,
    pub(crate) problems: &'static [Kind],
    pub(crate) penicillin: bool,
    /// Today: FHIR Encounter status (`booked` = has not arrived), minutes since arrival, minutes in this state.
    pub(crate) status: &'static str,
    pub(crate) arrived: i64,
    pub(crate) since: i64,
    pub(crate) kind: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) booked: bool,
    pub(crate) marks: &'static [Mark],
}

macro_rules! role {
    ($fk:literal $fr:literal, $gk:literal $gr:literal, $male:literal, $birth:expr, $problems:expr, $status:literal, $arrived:literal, $since:literal, $kind:literal, $reason:literal, $booked:literal, $marks:expr) => {
        Role {
            family: ($fk, $fr),
            given: ($gk, $gr),
            male: $male,
            birth: $birth,
            foreign: None,
            problems: $problems,
            penicillin: false,
            status: $status,
            arrived: $arrived,
            since: $since,
            kind: $kind,
            reason: $reason,
            booked: $booked,
            marks: $marks,
        }
    };
}

use Kind::{Anaemia, Diabetes, Heart, Hypertension, Kidney, Lipids, Thyroid, UricAcid};
use Mark::{Fever, Interpreter, QuestionnaireMissing, Wheelchair};

#[rustfmt::skip]
pub(crate) const CAST: [Role; 22] = [
    Role { penicillin: true, ..role!("藤田" "フジタ", "和彦" "カズヒコ", true, (1958, 4, 21), &[Diabetes, Hypertension, Lipids], "in-progress", 47, 11, "再診", "糖尿病 定期／採血結果の説明", true, &[]) },
    role!("渡邊" "ワタナベ", "真由美" "マユミ", false, (1981, 6, 12), &[Thyroid], "arrived", 36, 36, "再診", "甲状腺 定期。検査結果あり", true, &[]),
    role!("渡辺" "ワタナベ", "麻由美" "マユミ", false, (1979, 9, 3), &[], "arrived", 14, 14, "再診", "花粉症の薬希望", true, &[]),
    role!("中野" "ナカノ", "陽向" "ヒナタ", false, (2020, 7, 14), &[], "arrived", 31, 31, "初診", "昨夜から発熱 38.6℃", false, &[Fever]),
    role!("伊藤" "イトウ", "直人" "ナオト", true, (1974, 2, 8), &[], "arrived", 27, 27, "再診", "咳が2週間続く", false, &[QuestionnaireMissing]),
    role!("小川" "オガワ", "トミ" "トミ", false, (1935, 1, 19), &[Hypertension, Heart], "arrived", 21, 21, "再診", "血圧 定期。付添：長女", true, &[Wheelchair]),
    Role { foreign: Some(("vi", "NGUYEN", "THI HOA")), ..role!("グエン" "グエン", "ティ ホア" "ティ ホア", false, (1997, 3, 30), &[], "arrived", 7, 7, "初診", "腹痛", false, &[Interpreter]) },
    role!("斎藤" "サイトウ", "勇一" "ユウイチ", true, (1953, 8, 25), &[Kidney, Hypertension, UricAcid], "triaged", 58, 8, "再診", "採血（腎機能 再検）", true, &[]),
    role!("松田" "マツダ", "由紀" "ユキ", false, (1988, 10, 2), &[], "triaged", 44, 3, "予防接種", "インフルエンザワクチン", true, &[]),
    role!("木下" "キノシタ", "健二" "ケンジ", true, (1966, 5, 17), &[Hypertension, Lipids], "onleave", 82, 6, "再診", "血圧 定期", true, &[]),
    role!("林" "ハヤシ", "美香" "ミカ", false, (1993, 12, 9), &[Anaemia], "onleave", 71, 4, "再診", "貧血 鉄剤の続き", false, &[]),
    role!("清水" "シミズ", "正雄" "マサオ", true, (1947, 3, 3), &[Heart, Hypertension], "onleave", 66, 1, "再診", "動悸。紹介状を希望", false, &[]),
    role!("森田" "モリタ", "節子" "セツコ", false, (1950, 11, 28), &[Hypertension, Lipids], "finished", 122, 70, "再診", "血圧 定期", true, &[]),
    role!("青木" "アオキ", "大輔" "ダイスケ", true, (1984, 1, 5), &[], "finished", 115, 66, "初診", "のどの痛み", false, &[]),
    role!("𠮷田" "ヨシダ", "幸雄" "ユキオ", true, (1949, 6, 30), &[Diabetes, Lipids], "finished", 108, 58, "再診", "糖尿病 定期", true, &[]),
    role!("髙橋" "タカハシ", "美代子" "ミヨコ", false, (1944, 2, 14), &[Hypertension, Kidney], "finished", 96, 44, "再診", "血圧 定期", true, &[]),
    role!("近藤" "コンドウ", "悟" "サトル", true, (1961, 7, 21), &[UricAcid, Hypertension], "finished", 91, 39, "再診", "痛風 定期", true, &[]),
    role!("石井" "イシイ", "香織" "カオリ", false, (1976, 4, 11), &[Thyroid, Lipids], "booked", -18, 0, "再診", "甲状腺 定期", true, &[]),
    role!("福田" "フクダ", "隆" "タカシ", true, (1956, 9, 9), &[Diabetes, Hypertension, Kidney], "booked", -33, 0, "再診", "糖尿病 定期", true, &[]),
    role!("村上" "ムラカミ", "千鶴" "チヅル", false, (1948, 12, 1), &[Hypertension], "booked", -48, 0, "再診", "血圧 定期", true, &[]),
    role!("岡本" "オカモト", "翔太" "ショウタ", true, (1991, 8, 8), &[], "booked", -63, 0, "予防接種", "インフルエンザワクチン", true, &[]),
    role!("谷口" "タニグチ", "文子" "フミコ", false, (1939, 5, 23), &[Heart, Hypertension, Kidney], "booked", -78, 0, "再診", "心不全 定期", true, &[]),
];
