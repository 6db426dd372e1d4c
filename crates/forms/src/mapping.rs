//! From the chart to a form. Pure: what is read, is read by the caller (`karute_chart::prescription::on_paper`).
use crate::{
    Addressee, Drug, Group, Institution, Insurance, Letter, Mark, Narcotic, OfPart, Patient, Prescriber, Prescription,
    PublicPayer, Residual, Sex, Substitution, Supply,
};
use karute_chart::clinic::Contact;
use karute_chart::letter::{self, PaperBox, Section};
use karute_chart::prescription::{self as chart, Form, Line, OnPaper};
use karute_chart::registration::{Kept, Kind};
use karute_chart::view;
use karute_japan::{Date, Timestamp, age};

/// The institution as its tenant and its settings know it.
#[derive(Clone, Copy, Debug)]
pub struct Clinic<'c> {
    /// Name as it writes itself.
    pub name: &'c str,
    /// 医療機関コード, 10 digits.
    pub code: &'c str,
    /// Address and telephone, where they were entered.
    pub contact: Option<&'c Contact>,
}

/// What is decided when a prescription is issued and does not stand in its lines.
#[derive(Clone, Debug, Default)]
pub struct Issue {
    /// 使用期間: its last day, where it is not the usual four days.
    pub valid_until: Option<Date>,
    /// リフィル: total of uses.
    pub refill: Option<u8>,
    /// 分割: number of parts.
    pub parts: Option<u8>,
    /// What each part carries of its own, where the parts were registered with the service.
    pub each: Vec<OfPart>,
    /// 残薬への対応
    pub residual: Option<Residual>,
    /// Remarks beside those that follow from the patient.
    pub remarks: Vec<String>,
    /// Of a prescription with 麻薬: 免許番号 of the doctor.
    pub narcotic_licence: Option<String>,
    /// 引換番号
    pub exchange_number: Option<String>,
    /// Contents of the 2-D symbols.
    pub symbols: Vec<Vec<u8>>,
    /// Printed once more.
    pub is_reprint: bool,
}

/// The form of a prescription. What is not confirmed becomes a 見本. What is missing is told when it is printed.
pub fn prescription(found: &OnPaper, clinic: &Clinic<'_>, issue: Issue) -> Prescription {
    let person = &found.person;
    let mut remarks: Vec<String> = found.card.iter().filter_map(payer_remark).map(str::to_owned).collect();
    remarks.extend(age_remark(found).map(str::to_owned));
    remarks.extend(issue.remarks);
    Prescription {
        issued: found.date,
        valid_until: issue.valid_until,
        institution: institution(clinic),
        prescriber: Prescriber { name: found.doctor.clone().unwrap_or_default() },
        patient: patient(person),
        insurance: found.card.as_ref().and_then(insurance),
        public: publics(found),
        groups: chart::groups(&found.lines).iter().map(|group| one(&group.lines, issue.parts)).collect(),
        refill: issue.refill,
        parts: issue.parts,
        each: issue.each,
        residual: issue.residual,
        remarks,
        narcotic: (found.has_narcotic || issue.narcotic_licence.is_some()).then(|| Narcotic {
            licence: issue.narcotic_licence.unwrap_or_default(),
            address: found.address.clone(),
            phone: person.phone.clone(),
        }),
        exchange_number: issue.exchange_number,
        symbols: issue.symbols,
        mark: match (found.is_confirmed, issue.is_reprint) {
            (false, _) => Mark::Sample,
            (true, true) => Mark::Reprint,
            (true, false) => Mark::None,
        },
    }
}

/// What a letter on paper says beside its text: who the patient is.
#[derive(Clone, Copy, Debug)]
pub struct About<'p> {
    /// Who.
    pub person: &'p view::Person,
    /// Address; empty when none is known.
    pub address: &'p str,
    /// 職業
    pub occupation: Option<&'p str>,
}

/// 診療情報提供書 of a letter on record. What was taken back is a 見本; `reprint` marks it as printed once more.
pub fn letter(found: &letter::Letter, about: &About<'_>, clinic: &Clinic<'_>, reprint: bool, now: Timestamp) -> Letter {
    let mark = match (found.status.as_str(), reprint) {
        ("entered-in-error", _) => Mark::Sample,
        (_, true) => Mark::Reprint,
        (_, false) => Mark::None,
    };
    let text = |section| found.text(section);
    let head = Head { to: &found.to, doctor: &found.doctor, files: &found.files, mark };
    sheet(head, &text, about, clinic, found.signed.unwrap_or(now).day_in_japan())
}

/// 診療情報提供書 of a draft, as a 見本: what it will look like.
pub fn letter_draft(
    draft: &letter::Draft,
    about: &About<'_>,
    clinic: &Clinic<'_>,
    doctor: &str,
    today: Date,
) -> Letter {
    let to = draft.head.to.clone().unwrap_or_default();
    let text = |section| draft.text(section);
    let head = Head { to: &to, doctor, files: &draft.head.files, mark: Mark::Sample };
    sheet(head, &text, about, clinic, today)
}

#[derive(Clone, Copy)]
struct Head<'h> {
    to: &'h letter::Destination,
    doctor: &'h str,
    files: &'h [letter::File],
    mark: Mark,
}

fn sheet<'t>(
    head: Head<'_>,
    text: &dyn Fn(Section) -> &'t str,
    about: &About<'_>,
    clinic: &Clinic<'_>,
    issued: Date,
) -> Letter {
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let mut remarks = boxed(text, PaperBox::Remarks);
    if !head.files.is_empty() {
        let titles: Vec<&str> = head.files.iter().map(|file| file.title.as_str()).collect();
        let attached = format!("添付：{}", titles.join("、"));
        remarks = if remarks.is_empty() { attached } else { format!("{remarks}\n{attached}") };
    }
    Letter {
        issued,
        to: Addressee {
            institution: head.to.name.clone(),
            department: filled(&head.to.department),
            doctor: filled(&head.to.doctor),
            is_medical: !head.to.is_other,
        },
        from: institution(clinic),
        doctor: head.doctor.to_owned(),
        patient: patient(about.person),
        address: filled(about.address),
        phone: about.person.phone.clone(),
        occupation: about.occupation.and_then(filled),
        diseases: boxed(text, PaperBox::Diseases),
        purpose: boxed(text, PaperBox::Purpose),
        history: boxed(text, PaperBox::History),
        course: boxed(text, PaperBox::Course),
        treatment: boxed(text, PaperBox::Treatment),
        drugs: boxed(text, PaperBox::Drugs),
        remarks,
        mark: head.mark,
    }
}

/// The sections of a box, each with its name where the box holds several kinds.
fn boxed<'t>(text: &dyn Fn(Section) -> &'t str, wanted: PaperBox) -> String {
    let own = |section: Section| matches!(section, Section::PresentIllness | Section::Course | Section::Remarks);
    let parts: Vec<String> = Section::ALL
        .into_iter()
        .filter(|section| section.on_paper() == wanted && !text(*section).trim().is_empty())
        .map(|section| {
            let words = text(section).trim();
            let alone = matches!(wanted, PaperBox::Diseases | PaperBox::Purpose | PaperBox::Drugs) || own(section);
            if alone {
                words.to_owned()
            } else if words.contains('\n') {
                format!("【{}】\n{words}", section.word())
            } else {
                format!("【{}】{words}", section.word())
            }
        })
        .collect();
    parts.join("\n")
}

fn patient(person: &view::Person) -> Patient {
    Patient {
        name: person.name.clone(),
        kana: person.kana.clone(),
        birth: person.birth,
        sex: match person.sex {
            view::Sex::Male => Some(Sex::Male),
            view::Sex::Female => Some(Sex::Female),
            view::Sex::Unknown => None,
        },
        number: person.number.clone(),
    }
}

fn institution(clinic: &Clinic<'_>) -> Institution {
    let part = |range: std::ops::Range<usize>| clinic.code.get(range).unwrap_or_default().to_owned();
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Institution {
        name: clinic.name.to_owned(),
        postal: clinic.contact.and_then(|contact| filled(&contact.postal)),
        address: clinic.contact.map(|contact| contact.address.clone()).unwrap_or_default(),
        phone: clinic.contact.and_then(|contact| filled(&contact.phone)),
        fax: clinic.contact.and_then(|contact| filled(&contact.fax)),
        prefecture: part(0..2),
        table: part(2..3),
        code: part(3..10),
    }
}

fn kind(card: &Kept) -> Option<Kind> {
    Kind::parse(&card.form.card_kind)
}

/// 医療保険; 生活保護 and what is no insurance have none.
fn insurance(card: &Kept) -> Option<Insurance> {
    let form = &card.form;
    let kind = kind(card);
    if kind.is_some_and(|kind| !kind.has_numbers() || kind == Kind::Welfare) || form.card_insurer.is_empty() {
        return None;
    }
    let filled = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Some(Insurance {
        insurer: form.card_insurer.clone(),
        symbol: filled(&form.card_symbol),
        number: form.card_number.clone(),
        branch: filled(&form.card_branch),
        // 後期高齢者医療 knows no dependants.
        own: match kind {
            Some(Kind::LateElderly) => None,
            _ => Some(form.card_relation != "family"),
        },
    })
}

/// 公費 in their order, 生活保護 that was registered as the main card first.
fn publics(found: &OnPaper) -> Vec<PublicPayer> {
    let welfare = found.card.iter().filter(|card| kind(card) == Some(Kind::Welfare)).map(|card| PublicPayer {
        payer: card.form.card_insurer.clone(),
        recipient: Some(card.form.card_number.clone()).filter(|number| !number.is_empty()),
    });
    let others = found.publics.iter().map(|public| PublicPayer {
        payer: public.form.public_payer.clone(),
        recipient: Some(public.form.public_recipient.clone()).filter(|number| !number.is_empty()),
    });
    welfare.chain(others).take(4).collect()
}

/// Who pays, where it is no insurance.
fn payer_remark(card: &Kept) -> Option<&'static str> {
    match kind(card)? {
        Kind::WorkAccident => Some("労災"),
        Kind::CarAccident => Some("自賠責"),
        Kind::SelfPay => Some("自費"),
        _ => None,
    }
}

/// 「６歳」 before school age; 「高一」「高８」「高７」 of the elderly by what they pay (診療報酬請求書等の記載要領 第5 10).
fn age_remark(found: &OnPaper) -> Option<&'static str> {
    let day = found.date;
    let birth = found.person.birth?;
    if age::last_day_before_school(birth).is_some_and(|last| day <= last) {
        return Some("６歳");
    }
    let card = found.card.as_ref()?;
    let is_late = kind(card) == Some(Kind::LateElderly);
    let is_seventy = age::first_day_of_70s_share(birth).is_some_and(|first| first <= day);
    match (is_late, card.form.card_share.as_str()) {
        (true, "1") => Some("高一"),
        (true, "2") => Some("高８"),
        (true, "3") => Some("高７"),
        // 高齢受給者 of 70 to 74 years: two tenths is what is usual for them.
        (false, "1" | "2") if is_seventy && kind(card).is_some_and(Kind::has_numbers) => Some("高一"),
        (false, "3") if is_seventy && kind(card).is_some_and(Kind::has_numbers) => Some("高７"),
        _ => None,
    }
}

fn one(lines: &[&Line], parts: Option<u8>) -> Group {
    let Some(first) = lines.first().map(|line| &line.what) else { return Group::default() };
    let site = first.usage.site.as_ref().map(|site| format!("　{site}")).unwrap_or_default();
    let supply = match (first.form, first.days, first.count) {
        (Form::Internal, Some(days), _) => Supply::Days(days),
        (Form::AsNeeded, _, Some(count)) => Supply::Times(count),
        _ => Supply::Total,
    };
    Group {
        usage: format!("{}{site}", first.usage.text),
        parts: match (supply, parts) {
            (Supply::Days(days), Some(parts)) => chart::divided(days, parts),
            _ => Vec::new(),
        },
        supply,
        drugs: lines.iter().map(|line| drug(line)).collect(),
    }
}

fn drug(line: &Line) -> Drug {
    let what = &line.what;
    let amount = match what.form {
        Form::Internal | Form::AsNeeded => what.amounts(),
        Form::External | Form::Injection => what.supply(),
    };
    let prepared = [("一包化", what.preparation.one_pack), ("粉砕", what.preparation.crushed)];
    let mut notes: Vec<String> =
        prepared.into_iter().filter(|(_, wanted)| *wanted).map(|(words, _)| words.to_owned()).collect();
    if !what.usage.uneven.is_empty() {
        notes.push("不均等（朝から順に）".to_owned());
    }
    // Where the total is prescribed, the amount of one use stands with it.
    if let (Form::External | Form::Injection, Some(dose)) = (what.form, what.dose) {
        notes.push(format!("1回 {dose}{}", what.unit));
    }
    if what.form == Form::Injection {
        notes.push("自己注射".to_owned());
    }
    notes.extend(what.purpose.iter().map(|purpose| format!("目的 {purpose}")));
    notes.extend(what.comment.clone());
    Drug {
        name: what.drug.name.clone(),
        amount,
        substitution: match what.preparation.substitution {
            chart::Substitution::Allowed => Substitution::Allowed,
            chart::Substitution::Refused => Substitution::Refused,
            chart::Substitution::Wished => Substitution::Wished,
        },
        notes,
    }
}
