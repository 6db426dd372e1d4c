//! 送る前の確認: what speaks against sending a letter, each at the place where it is mended. Pure.
use super::draft::Draft;
use super::head::{Choice, MAX_BYTES, Route, fits};
use super::material::Material;
use super::section::{LONGEST, Section};

/// How much it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It cannot be sent so.
    Stop,
    /// Somebody should look; it can be sent.
    Warn,
    /// To know.
    Hint,
}

/// Where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum At {
    /// 紹介先
    To,
    /// 送り方
    Route,
    /// 患者の同意
    Consent,
    /// 添付
    Files,
    /// The patient's own data.
    Patient,
    /// The institution's own data (設定).
    Institution,
    /// A section.
    Section(Section),
    /// Words of a section.
    Words(Section, String),
}

/// Something found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its name, for tests and links.
    pub code: &'static str,
    /// How much it matters.
    pub level: Level,
    /// Where.
    pub at: At,
    /// What is wrong and how to mend it.
    pub words: String,
}

/// What else is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Own 医療機関コード.
    pub own_code: String,
    /// Whether the addressee uses the service, where somebody asked it.
    pub takes_part: Option<bool>,
    /// Whether address and telephone of the patient are known (別紙様式11 備考3).
    pub reachable: bool,
    /// What a document would lack of patient and institution, where somebody tried to make it: words that name what to
    /// mend and where.
    pub lacking: Vec<(At, String)>,
    /// What profiles and numbered rules find in the document, where somebody made and judged it.
    pub judged: Vec<Finding>,
}

/// What became of a piece that the chart put into a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It stands and is still so.
    Same,
    /// The chart says something else now.
    Changed(String),
    /// The chart no longer says it.
    Gone,
}

/// How the pieces of a section stand now: words in the letter, and what the chart says today.
pub fn standings(draft: &Draft, section: Section, material: &[Material]) -> Vec<(String, Standing)> {
    let marks = draft.part(section).map_or(&[][..], |part| part.marks.as_slice());
    let standing = |key: &str, text: &str| match material.iter().find(|each| each.key == key) {
        None => Standing::Gone,
        Some(now) if now.text == text => Standing::Same,
        Some(now) => Standing::Changed(now.text.clone()),
    };
    marks.iter().map(|mark| (mark.text.clone(), standing(&mark.key, &mark.text))).collect()
}

/// Everything that speaks against it, worst first.
pub fn check(draft: &Draft, material: &[Material], known: &Known) -> Vec<Finding> {
    let mut found = Vec::new();
    addressee(draft, known, &mut found);
    consent(draft, &mut found);
    sections(draft, &mut found);
    sources(draft, material, &mut found);
    size(draft, &mut found);
    for (at, words) in &known.lacking {
        let level = if draft.head.route == Route::Service { Level::Stop } else { Level::Hint };
        found.push(Finding { code: "document", level, at: at.clone(), words: words.clone() });
    }
    // On paper nobody judges it.
    found.extend(known.judged.iter().filter(|_| draft.head.route == Route::Service).cloned());
    found.sort_by_key(|finding| finding.level);
    found
}

fn push(found: &mut Vec<Finding>, code: &'static str, level: Level, at: At, words: impl Into<String>) {
    found.push(Finding { code, level, at, words: words.into() });
}

fn addressee(draft: &Draft, known: &Known, found: &mut Vec<Finding>) {
    let service = draft.head.route == Route::Service;
    let Some(to) = &draft.head.to else {
        push(found, "no-addressee", Level::Stop, At::To, "紹介先を選んでください。");
        return;
    };
    if service && to.code.is_empty() {
        let words = "紹介先の医療機関コード（10桁）がありません。宛先を編集するか、送り方を紙にしてください。";
        push(found, "no-code", Level::Stop, At::To, words);
    } else if service && to.code == known.own_code {
        push(found, "own-code", Level::Stop, At::To, "宛先が当院です。紹介先を選び直してください。");
    } else if service && !fits(&to.code) {
        let words = "紹介先の医療機関コードの検査数字が合いません。宛先を確かめてください。";
        push(found, "doubtful-code", Level::Warn, At::To, words);
    }
    if service && known.takes_part == Some(false) {
        let words = "紹介先は情報共有サービスを利用していません。送り方を紙にしてください。";
        push(found, "takes-no-part", Level::Stop, At::Route, words);
    }
    if to.is_other && !known.reachable {
        let words = "保険医療機関以外への提供には、患者の住所と電話番号が必要です（患者情報）。";
        push(found, "unreachable", Level::Stop, At::Patient, words);
    }
}

fn consent(draft: &Draft, found: &mut Vec<Finding>) {
    match &draft.head.consent {
        None if draft.head.route == Route::Service => {
            push(found, "no-consent", Level::Stop, At::Consent, "患者の同意を選んでください。");
        }
        Some(consent) if consent.choice == Choice::Later && draft.head.route == Route::Paper => {
            let words = "紙の場合、患者が持参することで同意になります。";
            push(found, "consent-on-paper", Level::Hint, At::Consent, words);
        }
        _ => {}
    }
}

fn sections(draft: &Draft, found: &mut Vec<Finding>) {
    let service = draft.head.route == Route::Service;
    for section in Section::ALL {
        let length = draft.text(section).trim().chars().count();
        let needed = section.is_required() && (service || section != Section::PresentIllness);
        if needed && length == 0 {
            let words = format!("「{}」が書かれていません。", section.word());
            push(found, "empty", Level::Stop, At::Section(section), words);
        }
        if length > LONGEST {
            let words = format!("「{}」は{LONGEST}文字までです。", section.word());
            push(found, "too-long", Level::Stop, At::Section(section), words);
        }
    }
    for (section, _) in &draft.clashes {
        let words = format!("「{}」に、ほかの人と食い違う編集があります。どちらかを選んでください。", section.word());
        push(found, "clash", Level::Stop, At::Section(*section), words);
    }
}

fn sources(draft: &Draft, material: &[Material], found: &mut Vec<Finding>) {
    for section in Section::ALL {
        for (text, standing) in standings(draft, section, material) {
            let at = At::Words(section, text.clone());
            match standing {
                Standing::Same => {}
                Standing::Changed(now) => {
                    push(found, "changed", Level::Warn, at, format!("元の記録が変わりました。今は「{now}」です。"));
                }
                Standing::Gone => {
                    let words = format!("元の記録がなくなりました（「{text}」）。残すか消すかを確かめてください。");
                    push(found, "gone", Level::Warn, at, words);
                }
            }
        }
        let marks = draft.part(section).map_or(&[][..], |part| part.marks.as_slice());
        for mark in marks {
            let of = material.iter().find(|each| each.key == mark.key && each.uncoded);
            if draft.head.route == Route::Service && of.is_some() {
                let words = format!("「{}」には標準コードがありません。文字として送られます。", mark.text);
                push(found, "uncoded", Level::Warn, At::Words(section, mark.text.clone()), words);
            }
        }
    }
    for new in material.iter().filter(|each| each.prefilled && !draft.head.offered.contains(&each.key)) {
        let stands = draft.part(new.section).is_some_and(|part| part.marks.iter().any(|mark| mark.key == new.key));
        if !stands {
            let words = format!("書き始めた後に記録されました：{}", new.label);
            push(found, "new", Level::Hint, At::Section(new.section), words);
        }
    }
}

fn size(draft: &Draft, found: &mut Vec<Finding>) {
    let bytes = draft.head.bytes();
    if bytes > MAX_BYTES {
        let words = format!(
            "添付が大きすぎます（{:.1} MB）。全体で10 MBまでです。ファイルを減らしてください。",
            bytes as f64 / 1_000_000.0
        );
        push(found, "too-large", Level::Stop, At::Files, words);
    } else if bytes > MAX_BYTES / 10 * 9 {
        push(found, "nearly-too-large", Level::Warn, At::Files, "添付が10 MBに近づいています。");
    }
}
