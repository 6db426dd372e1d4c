//! From what a person filled in to a line: every field is read by itself, so that each mistake is told where it is.
use super::usage::{tidy, worded};
use super::{Amount, Choice, Dispensing, Drug, Form, Preparation, Prescribed, Substitution, Written};
use karute_japan::Date;
use karute_terminology::Masters;

/// Most days a line may be given for.
const MOST_DAYS: u16 = 999;
/// Most doses of a drug taken as needed.
const MOST_COUNT: u16 = 999;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// 1回量
    Dose,
    /// 単位
    Unit,
    /// 用法
    Usage,
    /// 日数
    Days,
    /// 回数
    Count,
    /// 全量
    Total,
    /// 不均等
    Uneven,
    /// 使う目的
    Purpose,
}

impl Field {
    /// Name of the control.
    pub const fn name(self) -> &'static str {
        match self {
            Field::Dose => "dose",
            Field::Unit => "unit",
            Field::Usage => "usage",
            Field::Days => "days",
            Field::Count => "count",
            Field::Total => "total",
            Field::Uneven => "uneven",
            Field::Purpose => "purpose",
        }
    }
}

/// What is wrong with a field, and how to mend it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub field: Field,
    /// For people.
    pub words: &'static str,
}

/// The form as it was filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// Code of [`Form`]; empty: by drug and words.
    pub form: String,
    /// 1回量
    pub dose: String,
    /// 単位
    pub unit: String,
    /// 用法
    pub usage: String,
    /// 日数
    pub days: String,
    /// 回数
    pub count: String,
    /// 全量
    pub total: String,
    /// 部位
    pub site: String,
    /// 不均等: `2-1-1`.
    pub uneven: String,
    /// 一包化
    pub one_pack: bool,
    /// 粉砕
    pub crushed: bool,
    /// Code of [`Substitution`].
    pub substitution: String,
    /// コメント
    pub comment: String,
    /// 使う目的
    pub purpose: String,
    /// Code of [`Dispensing`]; empty: 院外.
    pub dispensing: String,
}

impl Filled {
    /// The form of a line as it is.
    pub fn of(what: &Prescribed) -> Filled {
        let amount = |amount: Option<Amount>| amount.map(Amount::plain).unwrap_or_default();
        let number = |number: Option<u16>| number.map(|n| n.to_string()).unwrap_or_default();
        Filled {
            form: what.form.code().to_owned(),
            dose: amount(what.dose),
            unit: what.unit.clone(),
            usage: what.usage.text.clone(),
            days: number(what.days),
            count: number(what.count),
            total: amount(what.total),
            site: what.usage.site.clone().unwrap_or_default(),
            uneven: what.usage.uneven.iter().map(|each| each.plain()).collect::<Vec<_>>().join("-"),
            one_pack: what.preparation.one_pack,
            crushed: what.preparation.crushed,
            substitution: what.preparation.substitution.code().to_owned(),
            comment: what.comment.clone().unwrap_or_default(),
            purpose: what.purpose.clone().unwrap_or_default(),
            dispensing: what.dispensing.code().to_owned(),
        }
    }

    /// What to begin with for a drug that was chosen: what was typed, over how this patient took it last, over how the
    /// clinic usually prescribes it, over one unit a dose (SRCH-15).
    pub fn begin(
        masters: &Masters,
        choice: &Choice,
        written: &Written,
        last: Option<&Prescribed>,
        day: Date,
    ) -> Filled {
        let mut filled = last.map_or_else(|| Filled::first(choice), Filled::of);
        // A comment belonged to the day it was written.
        filled.comment.clear();
        if let (Some(sig), Some(worded)) = (&written.sig, written.usage(masters, day)) {
            let form = worded.form.unwrap_or(choice.form);
            form.code().clone_into(&mut filled.form);
            filled.usage = worded.usage.text;
            filled.uneven.clear();
            filled.site = written.site.clone().unwrap_or_default();
            let is_total = matches!(form, Form::External | Form::Injection);
            if let Some(dose) = sig.dose.map(|dose| Amount::thousandths(dose.0).plain()) {
                sig.unit.clone_into(&mut filled.unit);
                (filled.dose, filled.total) = if is_total { (String::new(), dose) } else { (dose, String::new()) };
            }
            let number = |said: Option<u16>, before: &str| said.map_or_else(|| before.to_owned(), |n| n.to_string());
            filled.days = number(sig.days, &filled.days);
            filled.count = number(sig.count, &filled.count);
        }
        if let Some((amount, unit)) = &written.amount {
            filled.unit.clone_from(unit);
            *(if choice.form == Form::Internal { &mut filled.dose } else { &mut filled.total }) = amount.plain();
        }
        if written.is_injection {
            Form::Injection.code().clone_into(&mut filled.form);
        }
        filled.one_pack |= written.preparation.one_pack;
        filled.crushed |= written.preparation.crushed;
        if written.preparation.substitution != Substitution::Allowed {
            written.preparation.substitution.code().clone_into(&mut filled.substitution);
        }
        if let Some(dispensing) = written.dispensing {
            dispensing.code().clone_into(&mut filled.dispensing);
        }
        filled
    }

    /// Of a drug nobody here has taken: one unit a dose, nothing else.
    fn first(choice: &Choice) -> Filled {
        let one = if choice.form == Form::Internal { "1" } else { "" };
        Filled {
            form: choice.form.code().to_owned(),
            dose: one.to_owned(),
            unit: choice.unit.clone(),
            ..Filled::default()
        }
    }

    /// Reads the form for a drug on a day.
    pub fn read(&self, masters: &Masters, drug: Drug, day: Date) -> Result<Prescribed, Vec<Fault>> {
        let mut faults = Vec::new();
        let worded = worded(masters, &self.usage, day);
        // Words say 頓用 or 外用 more surely than what the drug usually is.
        let form = match (Form::parse(&self.form), worded.form) {
            (Some(Form::Internal) | None, Some(told)) => told,
            (Some(chosen), _) => chosen,
            (None, None) => Form::Internal,
        };
        let mut usage = worded.usage;
        usage.site = Some(tidy(&self.site)).filter(|site| !site.is_empty());
        if usage.text.is_empty() {
            faults.push(Fault {
                field: Field::Usage, words: "用法を書いてください。例：1日1回 朝食後"
            });
        }
        let by_total = matches!(form, Form::External | Form::Injection);
        usage.uneven = self.uneven(form, usage.times, &mut faults);
        let needs_dose = !by_total && usage.uneven.is_empty();
        let dose = amount(&self.dose, Field::Dose, needs_dose, &mut faults).filter(|_| usage.uneven.is_empty());
        let total = amount(&self.total, Field::Total, by_total, &mut faults).filter(|_| by_total);
        let days = whole(&self.days, Field::Days, form == Form::Internal, MOST_DAYS, &mut faults);
        let count = whole(&self.count, Field::Count, form == Form::AsNeeded, MOST_COUNT, &mut faults);
        let unit: String = tidy(&self.unit).chars().take(12).collect();
        if unit.is_empty() {
            faults.push(Fault { field: Field::Unit, words: "単位を書いてください。例：錠、g、枚" });
        }
        let what = Prescribed {
            drug,
            form,
            dose,
            unit,
            usage,
            days: days.filter(|_| form != Form::AsNeeded),
            count: count.filter(|_| form == Form::AsNeeded),
            total,
            preparation: Preparation {
                one_pack: self.one_pack,
                crushed: self.crushed,
                substitution: Substitution::parse(&self.substitution).unwrap_or_default(),
            },
            comment: Some(tidy(&self.comment)).filter(|words| !words.is_empty()),
            purpose: Some(tidy(&self.purpose)).filter(|words| !words.is_empty()),
            dispensing: Dispensing::parse(&self.dispensing).unwrap_or_default(),
        };
        if faults.is_empty() && form != Form::Internal && what.all().is_none() {
            faults.push(Fault {
                field: Field::Dose, words: "全部の量が大きすぎます。1回量と回数を確かめてください。"
            });
        }
        if faults.is_empty() { Ok(what) } else { Err(faults) }
    }

    fn uneven(&self, form: Form, times: Option<u8>, faults: &mut Vec<Fault>) -> Vec<Amount> {
        let words = tidy(&self.uneven);
        if words.is_empty() || form != Form::Internal {
            return Vec::new();
        }
        let split = |c: char| matches!(c, '-' | '－' | '−' | 'ー' | '、' | ' ');
        let each: Option<Vec<Amount>> = words.split(split).map(Amount::parse).collect();
        let each = each.filter(|each| (2..=5).contains(&each.len()) && !each.iter().all(|a| a.is_zero()));
        match each {
            None => faults
                .push(Fault {
                    field: Field::Uneven, words: "朝から順に「2-1-1」のように書いてください（5回まで）。"
                }),
            Some(each) if times.is_some_and(|times| usize::from(times) != each.len()) => {
                faults.push(Fault {
                    field: Field::Uneven, words: "1日の回数と、書いた量の数が合いません。"
                });
            }
            Some(each) => return each,
        }
        Vec::new()
    }
}

fn amount(text: &str, field: Field, is_needed: bool, faults: &mut Vec<Fault>) -> Option<Amount> {
    if text.trim().is_empty() {
        if is_needed {
            let words = match field {
                Field::Total => "全量を書いてください。例：50",
                _ => "1回量を書いてください。例：1、0.5",
            };
            faults.push(Fault { field, words });
        }
        return None;
    }
    let read = Amount::parse(text).filter(|amount| !amount.is_zero());
    if read.is_none() {
        faults.push(Fault { field, words: "量は 0 より大きい数で書いてください。例：1、0.5" });
    }
    read
}

fn whole(text: &str, field: Field, is_needed: bool, most: u16, faults: &mut Vec<Fault>) -> Option<u16> {
    if text.trim().is_empty() {
        if is_needed {
            let words = match field {
                Field::Count => "回数を書いてください。例：10",
                _ => "日数を書いてください。例：28",
            };
            faults.push(Fault { field, words });
        }
        return None;
    }
    let read = days(text).filter(|number| *number <= most);
    if read.is_none() {
        faults.push(Fault { field, words: "1 から 999 までの整数で書いてください。" });
    }
    read
}

/// A number of days or doses as typed: `28`, `28日`, `28日分`.
pub fn days(text: &str) -> Option<u16> {
    let plain: String = text.trim().chars().map(super::amount::half_width).collect();
    let bare = ["日分", "日間", "日", "回分", "回"].iter().find_map(|word| plain.strip_suffix(word)).unwrap_or(&plain);
    bare.trim().parse().ok().filter(|number| (1..=MOST_DAYS).contains(number))
}

/// Whether a line was typed so completely that it needs no form: how much, when, and for how long, without doubt.
/// What is written in another unit than the drug has is not.
pub fn is_complete(written: &Written, filled: &Filled, choice: &Choice) -> bool {
    let Some(sig) = written.sig.as_ref().filter(|_| written.fits(&choice.unit)) else { return false };
    let form = Form::parse(&filled.form).unwrap_or(Form::Internal);
    let supplied = match form {
        Form::Internal => sig.days.is_some() && !filled.dose.is_empty(),
        Form::AsNeeded => sig.count.is_some() && !filled.dose.is_empty(),
        Form::External | Form::Injection => !filled.total.is_empty() && sig.dose.is_some(),
    };
    supplied && sig.doubt.is_none()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::sample::prescribed;
    use super::super::{Naming, choice, entry};
    use super::*;

    const DAY: Date = Date::constant(2026, 11, 20);

    fn read(filled: &Filled) -> Result<Prescribed, Vec<Fault>> {
        filled.read(&Masters::starter(), prescribed("A錠5mg", "2171022F2ZZZ").drug, DAY)
    }

    #[test]
    fn the_form_of_a_line_reads_back_as_the_line() {
        let mut what = prescribed("A錠5mg", "2171022F2ZZZ");
        what.usage = worded(&Masters::starter(), "1日3回 毎食後", DAY).usage;
        what.comment = Some("残薬確認".to_owned());
        what.preparation = Preparation { one_pack: true, crushed: true, substitution: Substitution::Refused };
        assert_eq!(read(&Filled::of(&what)).unwrap(), what);
        what.dose = None;
        what.usage.uneven = vec![Amount::whole(2), Amount::parse("0.5").unwrap(), Amount::whole(1)];
        assert_eq!(read(&Filled::of(&what)).unwrap(), what);
    }

    type Case = (fn(&mut Filled), &'static [Field]);

    #[test]
    fn every_mistake_is_told_at_its_field() {
        let good = || Filled {
            dose: "1".into(),
            unit: "錠".into(),
            usage: "1日2回 朝夕食後".into(),
            days: "28".into(),
            ..Filled::default()
        };
        assert!(read(&good()).is_ok());
        let cases: [Case; 11] = [
            (|f| f.dose.clear(), &[Field::Dose]),
            (|f| f.dose = "0".into(), &[Field::Dose]),
            (|f| f.dose = "たくさん".into(), &[Field::Dose]),
            (|f| f.days = "1000".into(), &[Field::Days]),
            (|f| f.days = "0".into(), &[Field::Days]),
            (|f| f.days.clear(), &[Field::Days]),
            (|f| f.usage = "　".into(), &[Field::Usage]),
            (|f| f.unit.clear(), &[Field::Unit]),
            (|f| f.uneven = "1-1-1".into(), &[Field::Uneven]),
            (|f| f.usage = "発熱時".into(), &[Field::Count]),
            (|f| f.usage = "1日2回 塗布".into(), &[Field::Total]),
        ];
        for (spoil, expected) in cases {
            let mut filled = good();
            spoil(&mut filled);
            let fields: Vec<Field> = read(&filled).unwrap_err().iter().map(|fault| fault.field).collect();
            assert_eq!(fields, expected, "{filled:?}");
        }
    }

    #[test]
    fn srch_15_what_was_typed_stands_over_the_last_time_over_the_usual() {
        let masters = Masters::starter();

        let loxoprofen = choice(&masters, "1149019F1560", DAY, Naming::General).unwrap();

        let mut last = prescribed("ロキソプロフェンNa錠60mg", "1149019F1ZZZ");
        last.usage.text = "1日3回 毎食後".to_owned();
        last.days = Some(7);
        last.comment = Some("前回だけ".to_owned());
        let begin = |line: &str, last: Option<&Prescribed>| {
            let written = entry(line).written;
            let filled = Filled::begin(&masters, &loxoprofen, &written, last, DAY);
            let complete = is_complete(&written, &filled, &loxoprofen);
            (filled.dose, filled.usage, filled.days, filled.count, filled.comment, complete)
        };
        let of = |dose: &str, usage: &str, days: &str, count: &str, complete| {
            (dose.to_owned(), usage.to_owned(), days.to_owned(), count.to_owned(), String::new(), complete)
        };
        assert_eq!(begin("ろき", None), of("1", "", "", "", false));
        assert_eq!(begin("ろき", Some(&last)), of("1", "1日3回 毎食後", "7", "", false));
        assert_eq!(begin("ろき 2t 朝 14", Some(&last)), of("2", "1日1回 朝食後", "14", "", true));
        assert_eq!(begin("ろき 朝", Some(&last)), of("1", "1日1回 朝食後", "7", "", false));
        assert_eq!(begin("ろき 1T 疼痛時 10", None), of("1", "頓用 疼痛時", "", "10", true));
        assert!(!begin("ろき 1t3x 7", None).5, "it does not divide");
        assert!(!begin("ろき 3c3x 7", None).5, "capsules of a tablet");
        assert!(!begin("ろき 2枚 毎食後 7", None).5, "sheets of a tablet");
    }
}
