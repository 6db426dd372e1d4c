//! 院内処方 (digest section 11): taken in as strictly as prescriptions, and counted by the duplicate check of others.
use super::Service;
use super::accept::{csv_refusal, known_person};
use super::answer::{Refusal, day};
use super::held::{InHouseHeld, MAX_HELD, World, of, same};
use karute_crypto::uuid_v7;
use karute_eprescription::wire::in_house::{InHouse, InHouseEnvelope};
use karute_eprescription::wire::message::{Answer, Finding, Found, Function, Ids, Received};
use karute_eprescription::wire::rules;
use karute_japan::Timestamp;

pub(super) fn carry_out(
    service: &Service,
    world: &mut World,
    asked: &Received,
    now: Timestamp,
) -> Result<Answer, Refusal> {
    match asked.function {
        Function::InHouseRegister => register(service, world, asked, now).map(Answer::Ids),
        Function::InHouseChange => change(service, world, asked, now).map(Answer::Ids),
        Function::InHouseCancel => cancel(world, asked),
        _ => search(world, asked).map(Answer::Found),
    }
}

/// What a registration or change brings, checked.
fn incoming(service: &Service, world: &World, asked: &Received, now: Timestamp) -> Result<InHouse, Refusal> {
    let profile = &service.settings.profile;
    let malformed = |message: String| Refusal {
        xml: vec![Finding { code: profile.result_code("malformed").to_owned(), message }],
        ..Refusal::new("malformed", "院内処方ファイルの形式が正しくありません。")
    };
    let envelope = asked.decoded("prescription").map_err(|error| malformed(error.to_string()))?;
    let csv = InHouseEnvelope::read(&envelope, profile).map_err(|error| malformed(error.to_string()))?;
    let given = InHouse::from_csv(&csv, profile).map_err(|faults| csv_refusal(service, &faults))?;
    rules::check_in_house(&given.what, &service.settings.book).map_err(|faults| csv_refusal(service, &faults))?;
    let groups = given.what.groups.len();
    if given.given.iter().any(|one| one.rp == 0 || usize::from(one.rp) > groups) {
        return Err(Refusal::new("item_wrong", "実施・投薬のRP番号が処方にありません。"));
    }
    if given.what.institution.ten_digits() != asked.institution {
        return Err(Refusal::new("institution_mismatch", "医療機関コードが一致しません。"));
    }
    if given.what.issued > now.day_in_japan() {
        return Err(Refusal::new("issue_date_outside", "処方等年月日が未来の日付です。"));
    }
    known_person(world, &of(&given.what))?;
    if world.in_house.len() >= MAX_HELD {
        return Err(Refusal::new("injected", "模擬環境の保存件数が上限に達しました。"));
    }
    Ok(given)
}

fn register(service: &Service, world: &mut World, asked: &Received, now: Timestamp) -> Result<Ids, Refusal> {
    let given = incoming(service, world, asked, now)?;
    let id = uuid_v7(now.as_millis(), &service.entropy);
    let held = InHouseHeld { institution: asked.institution.clone(), given, created: now, stands: true };
    world.in_house.insert(id.clone(), held);
    Ok(Ids { id, access_code: String::new() })
}

/// One that stands, of the institution that asks.
fn standing<'w>(world: &'w mut World, asked: &Received) -> Option<&'w mut InHouseHeld> {
    let held = world.in_house.get_mut(asked.get("id"))?;
    (held.stands && held.institution == asked.institution).then_some(held)
}

/// The old one dies, a new one comes.
fn change(service: &Service, world: &mut World, asked: &Received, now: Timestamp) -> Result<Ids, Refusal> {
    let missing = || Refusal::new("prescription_not_found", "院内処方が見つかりません。");
    let before = of(&standing(world, asked).ok_or_else(missing)?.given.what);
    let given = incoming(service, world, asked, now)?;
    if !same(&before, &of(&given.what)) {
        return Err(Refusal::new("person_not_found", "変更前の院内処方と被保険者が異なります。"));
    }
    standing(world, asked).ok_or_else(missing)?.stands = false;
    register(service, world, asked, now)
}

fn cancel(world: &mut World, asked: &Received) -> Result<Answer, Refusal> {
    let nothing = || Refusal::new("nothing_to_cancel", "取消の対象がないか、取消済みです。");
    standing(world, asked).ok_or_else(nothing)?.stands = false;
    Ok(Answer::Done)
}

fn search(world: &World, asked: &Received) -> Result<Vec<Found>, Refusal> {
    let person = asked.insured();
    known_person(world, &person)?;
    let (from, to) = (day(asked.get("from")), day(asked.get("to")));
    let found = world.in_house.iter().filter(|(_, held)| {
        let on = held.given.what.issued;
        held.stands
            && held.institution == asked.institution
            && same(&of(&held.given.what), &person)
            && from.is_none_or(|from| on >= from)
            && to.is_none_or(|to| on <= to)
    });
    let ids = |id: &String| Ids { id: id.clone(), access_code: String::new() };
    Ok(found.map(|(id, held)| Found { ids: ids(id), created: Some(held.created) }).collect())
}
