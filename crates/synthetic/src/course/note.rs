//! What is written: S, O, A, P in the clinic's words, from the same values as everything else.
use super::body::Body;
use super::simulate::{Course, Visit};
use super::treatment::{Stage, out_of_goal};
use crate::clinic::acute::Acute;
use crate::clinic::chronic::{Chronic, Kind};
use crate::random::Random;
use std::fmt::Write as _;

const STEADY: [&str; 6] = [
    "変わりない。",
    "調子はよい。",
    "特に困っていることはない。",
    "食欲あり、よく眠れている。",
    "薬は飲めている。",
    "疲れやすいがいつもと同じ。",
];

fn said(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Hypertension => {
            &["塩分は控えている。", "めまい、動悸なし。", "朝の血圧が高めの日がある。", "血圧手帳を持参。"]
        }
        Kind::Diabetes => {
            &["外食が週2回。", "夕食後に歩いている。", "間食が増えた。", "低血糖症状なし。", "薬の飲み忘れが週1回。"]
        }
        Kind::Lipids => &["肉を魚に替えている。", "筋肉痛なし。", "卵と揚げ物を減らした。"],
        Kind::UricAcid => &["ビールは休日だけ。", "足の痛みなし。"],
        Kind::Kidney => &["むくみなし。", "鎮痛薬は飲んでいない。", "夜間尿が2回。"],
        Kind::Thyroid => &["動悸なし。", "寒がりは変わらない。", "体重は変わらない。"],
        Kind::Anaemia => &["立ちくらみが減った。", "階段で息が切れることはなくなった。"],
        Kind::Heart => &["坂道で少し息切れ。", "夜は平らに寝られる。", "出血なし。"],
        Kind::Liver => &["酒は週3回。", "体重が減らない。"],
        Kind::Other => &["痛みは変わらない。", "症状は落ち着いている。", "薬で楽になる。"],
    }
}

/// The note of a follow-up visit.
pub(super) fn follow_up(
    course: &Course,
    visit: &Visit,
    changed: &[&'static Chronic],
    interval: i64,
    random: &mut Random,
) -> [String; 4] {
    let (body, before) = (&course.body, &course.previous);
    let mut subjective = (*random.pick(&STEADY)).to_owned();
    for stage in course.known(visit.day).take(3) {
        if random.chance(0.7) {
            let sentence = *random.pick(said(stage.problem.kind));
            if !subjective.contains(sentence) {
                subjective.push_str(sentence);
            }
        }
    }
    if course.known(visit.day).any(|stage| stage.problem.kind == Kind::Hypertension) && random.chance(0.7) {
        let home = body.systolic - random.normal(9.0, 3.0);
        let _ = write!(subjective, "家の血圧は {:.0}/{:.0} 前後。", home, home * 0.58);
    }
    let mut objective = String::new();
    if let Some((systolic, diastolic)) = visit.pressure {
        let _ = write!(objective, "血圧 {systolic:.0}/{diastolic:.0} 脈 {:.0} 整。", body.pulse);
    }
    if visit.vitals.iter().any(|(vital, _)| vital.1 == "体重") {
        let _ = write!(objective, "体重 {:.1} kg。", body.weight);
    }
    objective.push_str(if random.chance(0.85) {
        "心音 整、呼吸音 清。下腿浮腫なし。"
    } else {
        "下腿に軽い浮腫あり。呼吸音 清。"
    });
    if let Some(first) = visit.labs.first() {
        let _ = write!(objective, "採血（{}ほか{}項目）。", first.test.name, visit.labs.len());
    }
    let mut assessment = String::new();
    for (number, stage) in course.known(visit.day).enumerate() {
        let _ =
            write!(assessment, "#{} {} {}", number + 1, stage.problem.name, judged(stage.problem.kind, before, body));
        assessment.push('\n');
    }
    let mut plan = String::new();
    for problem in changed {
        let now = course.stages.iter().find(|stage| stage.problem.code == problem.code).map(Stage::drugs);
        if let Some(drug) = now.and_then(|drugs| drugs.last()) {
            let _ = writeln!(plan, "{}の治療を強化：{}。", problem.name, drug.name);
        }
    }
    if changed.is_empty() && !visit.prescriptions.is_empty() {
        plan.push_str("処方は継続。");
    }
    if let Some(stage) = course.known(visit.day).next() {
        let _ = write!(plan, "{}。", stage.problem.plan);
    }
    let _ = write!(plan, "{}週後。", interval / 7);
    lived([subjective, objective, assessment.trim_end().to_owned(), plan], random)
}

fn judged(kind: Kind, before: &Body, body: &Body) -> String {
    let goal = if out_of_goal(kind, body) { "目標に届かず" } else { "目標内" };
    match kind {
        Kind::Hypertension => format!("{:.0}/{:.0} {goal}", body.systolic, body.diastolic),
        Kind::Diabetes if (body.hba1c - before.hba1c).abs() < 0.05 => format!("HbA1c {:.1} {goal}", body.hba1c),
        Kind::Diabetes => format!("HbA1c {:.1} → {:.1} {goal}", before.hba1c, body.hba1c),
        Kind::Lipids => format!("LDL {:.0} {goal}", body.ldl),
        Kind::UricAcid => format!("尿酸 {:.1} {goal}", body.urate),
        Kind::Kidney => format!("eGFR {:.0}", body.egfr),
        Kind::Thyroid => format!("TSH {:.1}", body.tsh),
        Kind::Anaemia => format!("Hb {:.1}", body.haemoglobin),
        Kind::Heart | Kind::Liver | Kind::Other => "安定".to_owned(),
    }
}

/// The note of an acute visit.
pub(super) fn acute(
    illness: &Acute,
    subjective: &str,
    visit: &Visit,
    temperature: f64,
    random: &mut Random,
) -> [String; 4] {
    let spo2 = visit.vitals.iter().find(|(vital, _)| vital.1 == "SpO2").map_or(98.0, |(_, value)| *value);
    let more = random.pick(&[
        "既往に特記なし。",
        "周囲に同じ症状の人はいない。",
        "水分はとれている。",
        "市販薬を飲んだが変わらない。",
    ]);
    let objective = format!("体温 {temperature:.1}℃ SpO2 {spo2:.0}%。{}", illness.objective);
    let assessment = format!("{}。重症感なし。", illness.name);
    lived([format!("{subjective}{more}"), objective, assessment, illness.plan.to_owned()], random)
}

/// 5 of 100 notes have a slip of the keyboard, 1 of 100 something pasted from elsewhere.
fn lived(mut note: [String; 4], random: &mut Random) -> [String; 4] {
    if random.chance(0.05) {
        let slipped = note[0].replacen("ない", "んい", 1);
        note[0] = slipped;
    }
    if random.chance(0.01) {
        note[1].push_str(" ｶﾃｲｹﾂｱﾂ ﾃﾞｰﾀ取込👍");
    }
    note
}
