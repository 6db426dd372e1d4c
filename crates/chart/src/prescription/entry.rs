//! One line of typing: a drug and, behind it, what is written in shorthand (SRCH-15).
//!
//! `あむ5 1T 朝 28`, `ロキソ 3t3x 7`, `カロナール 2T 頓 発熱時 10回`, `ヒルドイド 50g 1日2回 塗布 両下腿`.
use super::usage::{of_sig, tidy};
use super::{Amount, Dispensing, Form, Preparation, Substitution, Worded};
use karute_japan::Date;
use karute_terminology::Masters;
use karute_terminology::search::shorthand::{self, Sig};

/// Longest line read, in characters.
const LONGEST: usize = 100;

/// What was typed behind the drug.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// The usage, as far as it was written.
    pub sig: Option<Sig>,
    /// An amount that stands alone: the total of an external drug.
    pub amount: Option<(Amount, String)>,
    /// 部位
    pub site: Option<String>,
    /// 一包化, 粉砕, 変更不可, 患者希望
    pub preparation: Preparation,
    /// 院内
    pub dispensing: Option<Dispensing>,
    /// 自己注射
    pub is_injection: bool,
}

impl Written {
    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        *self == Written::default()
    }

    /// What is doubtful about it, for people.
    pub fn doubt(&self) -> Option<&'static str> {
        self.sig.as_ref().and_then(|sig| sig.doubt)
    }

    /// The unit that was written, where one was.
    pub fn unit(&self) -> Option<&str> {
        let said = self.sig.as_ref().map(|sig| sig.unit).filter(|unit| !unit.is_empty());
        said.or(self.amount.as_ref().map(|(_, unit)| unit.as_str()))
    }

    /// Whether what was written can be meant of a drug: tablets are not ordered of a tape. Nothing is said where either
    /// names no unit.
    pub fn fits(&self, unit: &str) -> bool {
        unit.is_empty() || self.unit().is_none_or(|written| written == unit)
    }

    /// The usage alone, with its code on the day.
    pub(super) fn usage(&self, masters: &Masters, day: Date) -> Option<Worded> {
        let mut worded = of_sig(masters, self.sig.as_ref()?, day);
        worded.usage.site.clone_from(&self.site);
        Some(worded)
    }

    /// For people, before Enter keeps it: `1日1回朝食後 1回1錠 28日分`.
    pub fn echo(&self) -> String {
        let external = self.sig.as_ref().is_some_and(|sig| sig.method.starts_with('2'));
        let usage = self.sig.as_ref().map(|sig| {
            let total = sig.dose.filter(|_| external).map(|dose| format!("全量 {dose}{}", sig.unit));
            let shown = if external { Sig { dose: None, daily: None, ..sig.clone() } } else { sig.clone() };
            total.into_iter().chain([shown.display()]).collect::<Vec<_>>().join(" ")
        });
        let amount = self.amount.as_ref().map(|(amount, unit)| format!("{amount}{unit}"));
        let injection = self.is_injection.then(|| Form::Injection.word().to_owned());
        let prepared = self.preparation.words().map(str::to_owned);
        let place = self.dispensing.map(|place| format!("{}処方", place.word()));
        let parts = usage.into_iter().chain(amount).chain(self.site.clone()).chain(injection).chain(prepared);
        parts.chain(place).collect::<Vec<_>>().join(" ")
    }
}

/// A line as it was meant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Words to search the drug by.
    pub drug: String,
    /// What stands behind it.
    pub written: Written,
}

/// Reads a line. The drug is as few words from the left as leave something behind them that is wholly understood; when
/// nothing is, all of it names the drug.
pub fn entry(line: &str) -> Entry {
    let plain: String = tidy(line).chars().take(LONGEST).collect();
    let words: Vec<&str> = plain.split(' ').filter(|word| !word.is_empty()).collect();
    let found = (1..words.len()).find_map(|at| {
        let (drug, rest) = words.split_at_checked(at)?;
        Some(Entry { drug: drug.join(" "), written: written(rest)? })
    });
    found.unwrap_or(Entry { drug: plain, written: Written::default() })
}

/// Reads what stands behind the drug; `None` when a part of it is not understood.
fn written(words: &[&str]) -> Option<Written> {
    let mut found = Written::default();
    let mut usage: Vec<String> = Vec::new();
    let mut site: Vec<&str> = Vec::new();
    let is_as_needed = words.iter().any(|word| is_as_needed(word));
    for word in words {
        match *word {
            "一包化" => found.preparation.one_pack = true,
            "粉砕" => found.preparation.crushed = true,
            "変更不可" => found.preparation.substitution = Substitution::Refused,
            "患者希望" | "先発希望" => found.preparation.substitution = Substitution::Wished,
            "院内" => found.dispensing = Some(Dispensing::InHouse),
            "院外" => found.dispensing = Some(Dispensing::Outside),
            "自己注射" | "自己注" => found.is_injection = true,
            "頓" => usage.push("頓用".to_owned()),
            // 10回 of something taken as needed are ten doses, not ten times a day.
            word if is_as_needed && counted(word) => usage.push(format!("{word}分")),
            word if is_usage(word) => usage.push(word.to_owned()),
            // What is no usage names the place an external drug goes to; it stands behind.
            word if !usage.is_empty() => site.push(word),
            _ => return None,
        }
    }
    let line = usage.join(" ");
    found.sig = shorthand::parse(&line);
    match (&found.sig, usage.as_slice()) {
        (Some(_), _) | (None, []) => {}
        (None, [only]) => found.amount = Some(amount(only)?),
        (None, _) => return None,
    }
    let is_external = found.sig.as_ref().is_some_and(|sig| sig.method.starts_with('2')) || found.amount.is_some();
    if !site.is_empty() {
        found.site = Some(site.join(" ")).filter(|_| is_external);
        found.site.as_ref()?;
    }
    (!found.is_empty()).then_some(found)
}

/// Whether a word belongs to a usage, alone or with another.
fn is_usage(word: &str) -> bool {
    ["", "毎食後 ", "1日1回 ", "頓用 "].iter().any(|before| shorthand::parse(&format!("{before}{word}")).is_some())
}

fn is_as_needed(word: &str) -> bool {
    word == "頓" || shorthand::parse(word).is_some_and(|sig| matches!(sig.timing, shorthand::Timing::AsNeeded { .. }))
}

/// `10回`
fn counted(word: &str) -> bool {
    let plain: String = word.chars().map(super::amount::half_width).collect();
    plain.strip_suffix('回').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

/// `50g`
fn amount(word: &str) -> Option<(Amount, String)> {
    let sig = shorthand::parse(&format!("毎食後 {word}"))?;
    Some((Amount::thousandths(sig.dose?.0), sig.unit.to_owned())).filter(|(_, unit)| !unit.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn srch_15_one_line_is_a_drug_and_what_is_written_behind_it() {
        for (typed, drug, echo) in [
            ("あむ5 1T 朝 28", "あむ5", "1日1回朝食後 1回1錠 28日分"),
            ("あむ 5 1T 朝 28", "あむ 5", "1日1回朝食後 1回1錠 28日分"),
            ("ロキソ 3t3x 7", "ロキソ", "1日3回毎食後 1回1錠 7日分"),
            ("カロナール 2T 頓 発熱時 10回", "カロナール", "頓用 発熱時 1回2錠 10回分"),
            ("ロキソニン 1T 疼痛時 10", "ロキソニン", "頓用 疼痛時 1回1錠 10回分"),
            ("ヒルドイド 50g 1日2回 塗布 両下腿", "ヒルドイド", "全量 50g 1日2回 塗布 両下腿"),
            ("ヒルドイド ソフト 50g 1日2回 塗布 両下腿", "ヒルドイド ソフト", "全量 50g 1日2回 塗布 両下腿"),
            ("ヒルドイド 50g", "ヒルドイド", "50g"),
            ("メトホルミン 2錠 分2 朝夕食後 28 一包化", "メトホルミン", "1日2回朝夕食後 1回1錠 28日分 一包化"),
            ("ゾルピデム 1T 眠前 14 院内", "ゾルピデム", "1日1回就寝前 1回1錠 14日分 院内処方"),
            ("あむろ 1T 朝 28 変更不可", "あむろ", "1日1回朝食後 1回1錠 28日分 変更不可（医療上必要）"),
            ("あむろ", "あむろ", ""),
            ("あむろ 5", "あむろ 5", ""),
            ("あむろ 朝 たくさん", "あむろ 朝 たくさん", ""),
            ("　あむろ　１Ｔ　朝　２８　", "あむろ", "1日1回朝食後 1回1錠 28日分"),
            ("", "", ""),
        ] {
            let found = entry(typed);
            assert_eq!((found.drug.as_str(), found.written.echo().as_str()), (drug, echo), "{typed}");
        }
    }

    #[test]
    fn what_does_not_agree_is_told_and_not_kept() {
        assert!(entry("あむろ 1t3x 7").written.doubt().is_some());
        assert!(entry("あむろ 3t3x 7").written.doubt().is_none());
    }
}
