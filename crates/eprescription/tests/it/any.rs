//! Any prescription, any dispensing result, any reply.
use karute_eprescription::wire::dispensing::{
    Dispensed, DispensedDrug, Dispensing, Insured as Holder, Pharmacy, Prescriber, Refill,
};
use karute_eprescription::wire::prescription::{
    Amount, CodeKind, Department, Doctor, DosageForm, Drug, DrugKind, DrugSupplement, DrugSupplementKind, Duty, Group,
    Institution, Insurance, InsuranceKind, Leftover, Narcotic, Note, Patient, Payer, Payers, Prescription, Remark,
    RemarkKind, Sex, Single, Split, Uneven, UsageSupplement, UsageSupplementKind,
};
use karute_japan::Date;
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

/// Full-width text of one to `max` characters.
fn wide(max: usize) -> impl Strategy<Value = String> {
    let letters: Vec<char> =
        "試験花子架空内科錠ｍｇ０１５９アカサ・（）「」％，　あいう東京都千代田区".chars().collect();
    vec(select(letters), 1..=max).prop_map(|chars| chars.into_iter().collect())
}

fn wide_or_empty(max: usize) -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), wide(max)]
}

fn kana(max: usize) -> impl Strategy<Value = String> {
    let letters: Vec<char> = "ｱｲｳｶﾞﾊﾟﾐｼﾞ A-".chars().collect();
    vec(select(letters), 1..=max).prop_map(|chars| chars.into_iter().collect())
}

fn digits(count: usize) -> impl Strategy<Value = String> {
    vec(select("0123456789".chars().collect::<Vec<_>>()), count).prop_map(|chars| chars.into_iter().collect())
}

fn narrow(max: usize) -> impl Strategy<Value = String> {
    let letters: Vec<char> = "0123456789ABCxyz-_.".chars().collect();
    vec(select(letters), 1..=max).prop_map(|chars| chars.into_iter().collect())
}

fn narrow_or_empty(max: usize) -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), narrow(max)]
}

fn date() -> impl Strategy<Value = Date> {
    (1900_i16..=2099, 1_i8..=12, 1_i8..=28).prop_map(|(year, month, day)| Date::new(year, month, day).unwrap())
}

fn amount() -> impl Strategy<Value = Amount> {
    (0_i64..=99_999_999_999, 0_u32..=5).prop_map(|(units, scale)| {
        let most = 10_i64.pow(6 + scale);
        Amount::new(units % most, scale).normalize()
    })
}

fn code<T: Copy + std::fmt::Debug + 'static>(codes: &'static [(T, &'static str)]) -> impl Strategy<Value = T> {
    select(codes).prop_map(|(value, _)| value)
}

fn insurance() -> impl Strategy<Value = Insurance> {
    (
        code(InsuranceKind::CODES),
        prop_oneof![digits(6), digits(8)],
        wide_or_empty(20),
        narrow(20),
        any::<bool>(),
        prop_oneof![Just(String::new()), digits(2)],
        of((0_u8..=100, 0_u8..=100)),
        of(code(Duty::CODES)),
    )
        .prop_map(|(kind, insurer, symbol, number, dependant, branch, rates, duty)| Insurance {
            kind,
            insurer,
            symbol,
            number,
            dependant,
            branch,
            rates,
            duty,
        })
}

fn payer() -> impl Strategy<Value = Payer> {
    (digits(8), prop_oneof![Just(String::new()), digits(7)])
        .prop_map(|(number, beneficiary)| Payer { number, beneficiary })
}

fn uneven() -> impl Strategy<Value = Uneven> {
    vec((amount(), narrow_or_empty(8)), 1..=5).prop_map(|times| Uneven { times })
}

fn flags() -> impl Strategy<Value = Payers> {
    (of(any::<bool>()), of(any::<bool>()), of(any::<bool>()), of(any::<bool>()))
        .prop_map(|(first, second, third, special)| Payers { first, second, third, special })
}

fn drug() -> impl Strategy<Value = Drug> {
    let what = (code(DrugKind::CODES), code(CodeKind::CODES), narrow(13), wide(90), amount(), any::<bool>(), wide(12));
    let more = (
        of(amount()),
        of(uneven()),
        of(flags()),
        of((amount(), of(0_u8..=99)).prop_map(|(amount, times)| Single { amount, times })),
        vec((of(code(DrugSupplementKind::CODES)), wide(50), narrow_or_empty(8)), 0..3),
    );
    (what, more).prop_map(|(what, more)| {
        let (kind, code_kind, code, name, amount, potency, unit) = what;
        let (conversion, uneven, payers, single, supplements) = more;
        let supplements =
            supplements.into_iter().map(|(kind, text, code)| DrugSupplement { kind, text, code }).collect();
        Drug { kind, code_kind, code, name, amount, potency, unit, conversion, uneven, payers, single, supplements }
    })
}

fn group() -> impl Strategy<Value = Group> {
    let forms = [
        DosageForm::Internal,
        DosageForm::AsNeeded,
        DosageForm::External,
        DosageForm::InternalDrops,
        DosageForm::Injection,
        DosageForm::Material,
        DosageForm::Unknown,
    ];
    let supplement = (of(code(UsageSupplementKind::CODES)), wide(50), narrow_or_empty(8), narrow_or_empty(3))
        .prop_map(|(kind, text, code, site)| UsageSupplement { kind, text, code, site });
    (
        (select(forms.to_vec()), wide_or_empty(14), 0_u16..=999, of((0_u16..=999, 0_u16..=999))),
        (narrow(16), wide(150), of(0_u8..=99), vec(supplement, 0..3), vec(drug(), 1..4)),
    )
        .prop_map(
            |((form, form_name, quantity, split_quantity), (usage_code, usage_name, times, supplements, drugs))| {
                Group { form, form_name, quantity, split_quantity, usage_code, usage_name, times, supplements, drugs }
            },
        )
}

fn institution() -> impl Strategy<Value = Institution> {
    (
        (select(vec!["1", "3"]), digits(7), select(vec!["01", "13", "27", "47", "99"]), wide(60)),
        (narrow_or_empty(8), wide(80), narrow(15), narrow_or_empty(15), wide_or_empty(30)),
    )
        .prop_map(|((table, code, prefecture, name), (postal, address, phone, fax, other))| Institution {
            table: table.to_owned(),
            code,
            prefecture: prefecture.to_owned(),
            name,
            postal,
            address,
            phone,
            fax,
            other,
        })
}

fn patient() -> impl Strategy<Value = Patient> {
    (narrow_or_empty(15), wide(60), kana(80), code(Sex::CODES), date(), of(select(vec!["1", "2", "3", "5"]))).prop_map(
        |(code, name, kana, sex, birth, share)| Patient {
            code,
            name,
            kana,
            sex,
            birth,
            share: share.map(str::to_owned),
        },
    )
}

/// Any prescription that the record table can carry.
pub(crate) fn prescription() -> impl Strategy<Value = Prescription> {
    let department = (of(select(vec!["01", "09", "19"])), wide(40))
        .prop_map(|(code, name)| Department { code: code.map(str::to_owned), name });
    let doctor = (narrow_or_empty(15), prop_oneof![Just(String::new()), kana(40)], wide(40))
        .prop_map(|(code, kana, name)| Doctor { code, kana, name });
    let special = (wide(20), wide_or_empty(20)).prop_map(|(number, beneficiary)| Payer { number, beneficiary });
    let narcotic =
        (narrow(20), wide(80), narrow(15)).prop_map(|(licence, address, phone)| Narcotic { licence, address, phone });
    let remark = (of(code(RemarkKind::CODES)), wide(100)).prop_map(|(kind, text)| Remark { kind, text });
    let note = (wide_or_empty(90), wide(300)).prop_map(|(drug, comment)| Note { drug, comment });
    let people = (institution(), of(department), doctor, patient(), of(insurance()), vec(payer(), 0..=3), of(special));
    let management = (
        of(digits(4)),
        date(),
        of(date()),
        of(narcotic),
        of(code(Leftover::CODES)),
        of((0_u8..=9, 0_u8..=9).prop_map(|(total, this)| Split { total, this })),
        of(2_u8..=3),
        vec(remark, 0..3),
        of(digits(16)),
    );
    let body = (vec(group(), 1..4), vec(note, 0..3), vec(wide(300), 0..3));
    (people, management, body).prop_map(|(people, management, body)| {
        let (institution, department, doctor, patient, insurance, payers, special_payer) = people;
        let (receipt_kind, issued, until, narcotic, leftover, split, refill, remarks, exchange_number) = management;
        let (groups, notes, findings) = body;
        Prescription {
            institution,
            department,
            doctor,
            patient,
            insurance,
            payers,
            special_payer,
            receipt_kind,
            issued,
            until,
            narcotic,
            leftover,
            split,
            refill,
            remarks,
            exchange_number,
            groups,
            notes,
            findings,
        }
    })
}

fn dispensed() -> impl Strategy<Value = Dispensed> {
    let drug = (wide(90), amount(), wide(12), select(vec!["2", "4"]), narrow_or_empty(13)).prop_map(
        |(name, amount, unit, code_kind, code)| DispensedDrug {
            name,
            amount,
            unit,
            code_kind: code_kind.to_owned(),
            code,
        },
    );
    (vec(drug, 1..4), wide(150), 0_u16..=999, wide(10), digits(1), narrow_or_empty(16), vec(wide(100), 0..3)).prop_map(
        |(drugs, usage, quantity, unit, form, usage_code, supplements)| Dispensed {
            rp: 0,
            drugs,
            usage,
            quantity,
            unit,
            form,
            usage_code,
            supplements,
        },
    )
}

/// Any dispensing result that the record table can carry.
pub(crate) fn dispensing() -> impl Strategy<Value = Dispensing> {
    let holder = (digits(1), digits(8), wide_or_empty(20), narrow(20), prop_oneof![Just(String::new()), digits(2)])
        .prop_map(|(kind, insurer, symbol, number, branch)| Holder { kind, insurer, symbol, number, branch });
    let pharmacy = (wide(60), digits(7), narrow_or_empty(8), wide_or_empty(80), narrow_or_empty(15)).prop_map(
        |(name, code, postal, address, phone)| Pharmacy {
            name,
            prefecture: "13".to_owned(),
            table: "4".to_owned(),
            code,
            postal,
            address,
            phone,
        },
    );
    let place = (wide(60), digits(7)).prop_map(|(name, code)| Prescriber {
        name,
        prefecture: "27".to_owned(),
        table: "1".to_owned(),
        code,
    });
    let refill = (0_u8..=9, any::<bool>(), of(date())).prop_map(|(count, over, next)| Refill { count, over, next });
    let who = (wide(60), prop_oneof![Just(String::new()), kana(80)], code(Sex::CODES), date(), date(), of(holder));
    let where_from =
        (pharmacy, vec(wide(40), 0..3), of(place), vec((wide(40), wide_or_empty(40)), 0..3), vec(dispensed(), 1..4));
    let words = (
        vec((wide(600), prop_oneof![Just(String::new()), digits(2)]), 0..3),
        vec((digits(3), wide(600)), 0..3),
        vec(wide(600), 0..2),
        vec(wide(600), 0..2),
        of(refill),
    );
    (who, where_from, words).prop_map(|(who, where_from, words)| {
        let (patient, kana, sex, birth, date, insurance) = who;
        let (pharmacy, pharmacists, institution, doctors, groups) = where_from;
        let (messages, inquiries, leftovers, remarks, refill) = words;
        let groups = (1..).zip(groups).map(|(rp, group)| Dispensed { rp, ..group }).collect();
        Dispensing {
            patient,
            kana,
            sex,
            birth,
            date,
            insurance,
            prescription: "0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01".to_owned(),
            pharmacy,
            pharmacists,
            institution,
            doctors,
            groups,
            messages,
            inquiries,
            leftovers,
            remarks,
            refill,
        }
    })
}
