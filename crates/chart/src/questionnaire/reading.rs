//! What the answers say to the staff: always in Japanese; own words in the original, with their language.
use super::answers::Answers;
use super::definition::{Kind, QUESTIONS, Question};
use super::language::Language;
use super::resource;
use crate::ChartError;
use crate::query::{parse, search};
use crate::view::element::instant;
use futures_util::future::BoxFuture;
use karute_fhir::Id;
use karute_japan::Timestamp;
use karute_json::Value;
use karute_ledger::{Reader, Version};

/// One answer in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// 主訴, 薬 …
    pub label: &'static str,
    /// What was chosen, in Japanese.
    pub chosen: Option<String>,
    /// What was written, as it was written.
    pub written: Option<String>,
}

/// Something the doctor must not overlook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The words of the tag: 動悸, 妊娠の可能性.
    pub words: &'static str,
}

/// An allergy as the patient reports it. Never recorded without somebody of the staff who confirms it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportedAllergy {
    /// As it was written, one substance a line.
    pub text: String,
}

/// A questionnaire as the staff reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The response.
    pub id: Id,
    /// The visit.
    pub visit: Option<Id>,
    /// Whose.
    pub patient: Option<Id>,
    /// When it was sent.
    pub at: Option<Timestamp>,
    /// The language answered in.
    pub language: Language,
    /// What must not be overlooked.
    pub warnings: Vec<Warning>,
    /// All answers, in the order asked.
    pub lines: Vec<Line>,
    /// Allergies reported.
    pub allergies: Vec<ReportedAllergy>,
    /// A sentence for S, in Japanese; own words in other languages stay as they are, in 「」.
    pub summary: String,
}

/// Codes that warn, in the order shown.
const WARNINGS: [(&str, &str, &str); 10] = [
    ("symptoms", "chest-pain", "胸の痛み"),
    ("symptoms", "short-breath", "息苦しさ"),
    ("symptoms", "palpitations", "動悸"),
    ("symptoms", "numbness", "しびれ・脱力"),
    ("fever", "39", "39℃以上"),
    ("fever", "38", "38℃台"),
    ("pregnancy", "yes", "妊娠中"),
    ("pregnancy", "maybe", "妊娠の可能性"),
    ("breastfeeding", "yes", "授乳中"),
    ("allergies", "yes", "アレルギーの申告"),
];

fn label(id: &str) -> &'static str {
    match id {
        "complaint" => "主訴",
        "since" => "いつから",
        "symptoms" => "症状",
        "fever" => "熱",
        "weight" => "体重",
        "drugs" => "薬",
        "allergies" => "アレルギー",
        "history" => "既往",
        "pregnancy" => "妊娠",
        "breastfeeding" => "授乳",
        "smoking" => "たばこ",
        "alcohol" => "酒",
        _ => "伝言",
    }
}

/// The newest questionnaire of a visit. The caller releases the reader.
pub fn reading<'a>(
    reader: &'a karute_ledger::Reader,
    visit: &'a Id,
) -> BoxFuture<'a, Result<Option<Reading>, ChartError>> {
    Box::pin(async move {
        let pairs = [("encounter", visit.as_str()), ("_sort", "-authored"), ("_count", "1")];
        let page = search(reader, "QuestionnaireResponse", &pairs).await?;
        page.matches.first().map(of_version).transpose()
    })
}

/// Questionnaires of a patient, newest first, at most `most`. The caller releases the reader.
pub fn readings<'a>(
    reader: &'a Reader,
    patient: &'a Id,
    most: usize,
) -> BoxFuture<'a, Result<Vec<Reading>, ChartError>> {
    Box::pin(async move {
        let count = most.to_string();
        let pairs = [("patient", patient.as_str()), ("_sort", "-authored"), ("_count", count.as_str())];
        search(reader, "QuestionnaireResponse", &pairs).await?.matches.iter().map(of_version).collect()
    })
}

fn of_version(version: &Version) -> Result<Reading, ChartError> {
    Ok(Reading::read(version.id.clone(), &parse(version)?))
}

impl Reading {
    /// Reads a response.
    pub fn read(id: Id, response: &Value<'_>) -> Reading {
        use crate::view::element::reference;
        let (answers, language) = resource::answers(response);
        Reading {
            id,
            visit: reference(response, &["encounter", "reference"], "Encounter"),
            patient: reference(response, &["subject", "reference"], "Patient"),
            at: instant(response, &["authored"]),
            language,
            warnings: warnings(&answers),
            lines: QUESTIONS.iter().filter_map(|q| line(q, &answers)).collect(),
            allergies: allergies(&answers),
            summary: summary(&answers, language),
        }
    }
}

fn warnings(answers: &Answers) -> Vec<Warning> {
    let found = WARNINGS.iter().filter(|(id, code, _)| answers.chose(id, code));
    found.map(|(_, _, words)| Warning { words }).collect()
}

fn chosen(question: &Question, answers: &Answers) -> Option<String> {
    let answer = answers.get(question.id)?;
    let words = Language::Japanese.words();
    let all: Vec<&str> = answer.codes.iter().map(|c| words.option(question, c)).collect();
    (!all.is_empty()).then(|| all.join("、"))
}

fn line(question: &Question, answers: &Answers) -> Option<Line> {
    let answer = answers.get(question.id)?;
    let written = answer.text.clone().map(|t| if question.kind == Kind::Weight { format!("{t} kg") } else { t });
    Some(Line { label: label(question.id), chosen: chosen(question, answers), written })
}

/// One substance a line, or separated by 、.
fn allergies(answers: &Answers) -> Vec<ReportedAllergy> {
    if !answers.chose("allergies", "yes") {
        return Vec::new();
    }
    let written = answers.get("allergies").and_then(|a| a.text.clone()).unwrap_or_default();
    let parts = written.split(['\n', '、', '，', ';', '；']).map(str::trim).filter(|p| !p.is_empty());
    parts.take(10).map(|p| ReportedAllergy { text: p.to_owned() }).collect()
}

/// A summary a doctor would write: 「咳が出る」（1〜2週間前から）。ほかに…。
fn summary(answers: &Answers, language: Language) -> String {
    let said = |id: &str| answers.get(id).and_then(|a| a.text.as_deref()).map(|t| t.replace('\n', " "));
    let of = |id: &str| Question::by_id(id).and_then(|q| chosen(q, answers));
    let quoted = |text: String| {
        if language.is_japanese() { text } else { format!("「{text}」（{}）", language.japanese_name()) }
    };
    let mut out = Vec::new();
    if let Some(complaint) = said("complaint") {
        let complaint = complaint.trim_end_matches(['。', '.']).to_owned();
        let since = of("since").map(|s| format!("（{s}{}）", if s.ends_with('前') { "から" } else { "〜" }));
        out.push(format!("{}{}", quoted(complaint), since.unwrap_or_default()));
    }
    let listed = |id: &str, head: &str, none: &str| {
        let codes = (!answers.chose(id, "none")).then(|| of(id)).flatten();
        let own = said(id).map(quoted);
        match (codes, own) {
            (None, None) => answers.has(id).then(|| none.to_owned()),
            (codes, own) => Some(format!("{head}{}", codes.into_iter().chain(own).collect::<Vec<_>>().join("、"))),
        }
    };
    out.extend(listed("symptoms", "随伴症状：", "随伴症状なし"));
    out.extend(
        of("fever")
            .map(|f| if answers.chose("fever", "none") { "発熱なし".to_owned() } else { format!("体温：{f}") }),
    );
    out.extend(said("weight").map(|w| format!("体重：{w}kg")));
    let yes = |id: &str, head: &str, none: &str| {
        of(id)?;
        let own = said(id).map(quoted);
        Some(match (answers.chose(id, "yes"), answers.chose(id, "no"), own) {
            (true, _, Some(own)) => format!("{head}：{own}"),
            (true, _, None) => format!("{head}：あり（詳細の記載なし）"),
            (false, true, Some(own)) => format!("{none}（{own}）"),
            (false, true, None) => none.to_owned(),
            (false, false, own) => format!("{head}：不明{}", own.map(|o| format!("（{o}）")).unwrap_or_default()),
        })
    };
    out.extend(yes("drugs", "内服中", "常用薬なし"));
    out.extend(yes("allergies", "アレルギーの申告", "アレルギーの申告なし"));
    out.extend(listed("history", "既往：", "特記すべき既往なし"));
    let pregnancy = [("no", "妊娠なし"), ("maybe", "妊娠の可能性あり"), ("yes", "妊娠中")];
    out.extend(pregnancy.iter().find(|(c, _)| answers.chose("pregnancy", c)).map(|(_, w)| (*w).to_owned()));
    if answers.chose("breastfeeding", "yes") {
        out.push("授乳中".to_owned());
    }
    out.extend(of("smoking").map(|s| format!("喫煙：{s}")));
    out.extend(of("alcohol").map(|s| format!("飲酒：{s}")));
    out.extend(said("message").map(|m| format!("希望：{}", quoted(m))));
    let mut text = out.join("。");
    if !text.is_empty() {
        text.push('。');
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::answers::check;
    use super::super::definition::About;
    use super::*;
    use crate::view::Sex;

    fn answered(given: &[(&str, &[&str], &str)]) -> Answers {
        let mut answers = Answers::default();
        for (id, codes, text) in given {
            let question = Question::by_id(id).unwrap();
            let codes: Vec<String> = codes.iter().map(|c| (*c).to_owned()).collect();
            answers.set(question, check(question, &codes, text).unwrap());
        }
        answers
    }

    fn read(answers: &Answers, language: Language) -> Reading {
        let id = |text| Id::new(text).unwrap();
        let about = About { age: Some(45), sex: Sex::Female };
        let now = Timestamp::parse("2026-11-20T10:12:00+09:00").unwrap();
        let body = resource::response(&id("v-1"), &id("pt-1"), about, language, answers, now);
        let text = body.to_json();
        let parsed = karute_json::parse(text.as_bytes(), &karute_json::Limits::FHIR).unwrap();
        Reading::read(id("q-1"), &parsed)
    }

    #[test]
    fn the_reading_is_japanese_whatever_the_language_and_own_words_stay() {
        let answers = answered(&[
            ("complaint", &[], "Ho nhiều về đêm"),
            ("since", &["weeks"], ""),
            ("symptoms", &["palpitations", "cough"], ""),
            ("fever", &["none"], ""),
            ("drugs", &["yes"], "amlodipine"),
            ("allergies", &["yes"], "tôm: nổi mề đay\nthuốc X"),
            ("history", &["none"], ""),
            ("pregnancy", &["maybe"], ""),
            ("smoking", &["never"], ""),
        ]);
        let reading = read(&answers, Language::Vietnamese);
        assert_eq!(reading.language, Language::Vietnamese);
        let warned: Vec<&str> = reading.warnings.iter().map(|w| w.words).collect();
        assert_eq!(warned, ["動悸", "妊娠の可能性", "アレルギーの申告"]);
        let reported: Vec<&str> = reading.allergies.iter().map(|a| a.text.as_str()).collect();
        assert_eq!(reported, ["tôm: nổi mề đay", "thuốc X"]);
        assert_eq!(
            reading.lines[2],
            Line {
                label: "症状", chosen: Some("せき、動悸（胸がどきどきする）".to_owned()), written: None
            }
        );
        assert_eq!(
            reading.summary,
            "「Ho nhiều về đêm」（ベトナム語）（1〜2週間前から）。随伴症状：せき、動悸（胸がどきどきする）。発熱なし。\
             内服中：「amlodipine」（ベトナム語）。アレルギーの申告：「tôm: nổi mề đay thuốc X」（ベトナム語）。特記すべき既往なし。\
             妊娠の可能性あり。喫煙：吸わない。"
        );
    }

    #[test]
    fn a_calm_questionnaire_warns_of_nothing() {
        let answers = answered(&[
            ("complaint", &[], "血圧の薬がほしい。"),
            ("since", &["today"], ""),
            ("symptoms", &["none"], ""),
            ("fever", &["unknown"], ""),
            ("drugs", &["no"], ""),
            ("allergies", &["unknown"], ""),
            ("history", &["hypertension"], "虫垂炎の手術"),
            ("breastfeeding", &["no"], ""),
            ("message", &[], "早く帰りたい"),
        ]);
        let reading = read(&answers, Language::EasyJapanese);
        assert_eq!((reading.warnings.len(), reading.allergies.len()), (0, 0));
        assert_eq!(
            reading.summary,
            "血圧の薬がほしい（今日〜）。随伴症状なし。体温：測っていない。常用薬なし。アレルギーの申告：不明。既往：高血圧、虫垂炎の手術。希望：早く帰りたい。"
        );
        assert_eq!(read(&Answers::default(), Language::Japanese).summary, "");
    }
}
