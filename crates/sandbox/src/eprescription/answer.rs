//! One request, one result.
use super::held::{Held, MAX_HELD, World, same};
use super::{Service, accept, check, copy, in_house};
use karute_eprescription::wire::message::{
    Answer, Finding, Found, Function, Ids, Outcome, Received, Reply, Request, Row, ServiceStatus, StatusReport,
};
use karute_japan::{Date, Timestamp};

/// Why a request is not done: name of the result code in the profile, words, and the faults of envelope and CSV.
pub(super) struct Refusal {
    pub(super) code: &'static str,
    pub(super) words: &'static str,
    pub(super) xml: Vec<Finding>,
    pub(super) csv: Vec<Finding>,
}

impl Refusal {
    pub(super) fn new(code: &'static str, words: &'static str) -> Refusal {
        Refusal { code, words, xml: Vec::new(), csv: Vec::new() }
    }
}

const NOT_FOUND: (&str, &str) = ("prescription_not_found", "処方箋が見つかりません。");
const RECEIVED: (&str, &str) = ("already_received", "薬局で受付済みです。");

impl Service {
    /// Reads the request, does it, writes the result.
    pub(super) fn answer(
        &self,
        world: &mut World,
        api: &str,
        body: &[u8],
        institution: Option<&str>,
        now: Timestamp,
    ) -> Vec<u8> {
        let profile = &self.settings.profile;
        let Ok(received) = Request::read(api, body, profile) else {
            let function = self.function(api).unwrap_or(Function::Cancel);
            let refusal = Refusal::new("malformed", "電文の形式が正しくありません。");
            return self.write(function, &echoed(body), Err(refusal));
        };
        let belongs = institution.is_none_or(|own| own == received.institution);
        let done = if belongs {
            self.carry_out(world, &received, now)
        } else {
            Err(Refusal::new("institution_mismatch", "医療機関コードが一致しません。"))
        };
        self.write(received.function, &received.file_id, done)
    }

    /// An injected error, without effect.
    pub(super) fn injected(&self, api: &str, body: &[u8]) -> Vec<u8> {
        let function = self.function(api).unwrap_or(Function::Cancel);
        self.write(function, &echoed(body), Err(Refusal::new("injected", "模擬環境が起こしたエラーです。")))
    }

    fn write(&self, function: Function, file_id: &str, done: Result<Answer, Refusal>) -> Vec<u8> {
        let profile = &self.settings.profile;
        let reply = match done {
            Ok(answer) => Reply { outcome: Outcome { done: true, ..Outcome::default() }, answer: Some(answer) },
            Err(refusal) => Reply {
                outcome: Outcome {
                    code: profile.result_code(refusal.code).to_owned(),
                    message: refusal.words.to_owned(),
                    xml: refusal.xml,
                    csv: refusal.csv,
                    ..Outcome::default()
                },
                answer: None,
            },
        };
        // The profile was checked to be whole.
        reply.write(function, file_id, profile).unwrap_or_default()
    }

    fn carry_out(&self, world: &mut World, asked: &Received, now: Timestamp) -> Result<Answer, Refusal> {
        let own = asked.institution.as_str();
        match asked.function {
            Function::Precheck => {
                let (person, date) = (asked.insured(), asked.get("date").to_owned());
                accept::known_person(world, &person)?;
                let known = world.prepared.iter().any(|(one, on)| *on == date && same(one, &person));
                if !known && world.prepared.len() < MAX_HELD {
                    world.prepared.push((person, date));
                }
                Ok(Answer::Done)
            }
            Function::Check => check::check(self, world, asked, now).map(Answer::Check),
            Function::Register => accept::register(self, world, asked, now).map(Answer::Ids),
            Function::Change => accept::change(self, world, asked, now).map(Answer::Ids),
            Function::Cancel => {
                let nothing = || Refusal::new("nothing_to_cancel", "取消の対象がないか、取消済みです。");
                let held = find(world, asked.get("id"), own).map_err(|_| nothing())?;
                if !held.stands() {
                    return Err(nothing());
                }
                waiting(held)?;
                held.status = ServiceStatus::Cancelled;
                held.updated = now;
                Ok(Answer::Done)
            }
            Function::UndoCancel => undo_cancel(world, asked, now).map(Answer::Ids),
            Function::UndoChange => undo_change(world, asked, now).map(Answer::Ids),
            Function::Copy => {
                let held = find(world, asked.get("id"), own)?;
                if !held.electronic || !held.stands() {
                    return Err(Refusal::new(NOT_FOUND.0, "控えを取得できる処方箋ではありません。"));
                }
                Ok(Answer::Copy(copy::pdf(&held.what, &held.access_code)))
            }
            Function::Status => {
                let held = find(world, asked.get("id"), own)?;
                Ok(Answer::Status(StatusReport {
                    status: shown(held),
                    pharmacy_code: held.pharmacy.as_ref().map(|shop| shop.code.clone()).unwrap_or_default(),
                    pharmacy_name: held.pharmacy.as_ref().map(|shop| shop.name.clone()).unwrap_or_default(),
                    message: held.dispensed.iter().any(|result| result.message),
                    dispensing: held.dispensed.last().map(|result| result.envelope.clone()),
                }))
            }
            Function::ByDispensing => {
                let id = asked.get("dispensing");
                let results =
                    world.held.values().filter(|held| held.institution == own).flat_map(|held| &held.dispensed);
                let result = results.into_iter().find(|result| result.id == id);
                let result = result.ok_or_else(|| Refusal::new(NOT_FOUND.0, "調剤結果が見つかりません。"))?;
                Ok(Answer::Dispensing(result.envelope.clone(), result.message))
            }
            Function::List => self.list(world, asked).map(Answer::Rows),
            Function::Search => search(world, asked).map(Answer::Found),
            Function::InHouseRegister | Function::InHouseCancel | Function::InHouseChange | Function::InHouseSearch => {
                in_house::carry_out(self, world, asked, now)
            }
        }
    }

    /// Rows whose last change lies in the days asked for; a prescription without a result has one, too.
    fn list(&self, world: &World, asked: &Received) -> Result<Vec<Row>, Refusal> {
        let (from, to) = (day(asked.get("from")), day(asked.get("to")));
        let outside = || Refusal::new("issue_date_outside", "期間が正しくありません。");
        let (Some(from), Some(to)) = (from, to) else { return Err(outside()) };
        let window = i64::try_from(self.settings.profile.timing("list_window_days")).unwrap_or(i64::MAX);
        let days = i64::from(from.until(to).map_or(-1, |span| span.get_days()));
        if days < 0 || days >= window {
            return Err(outside());
        }
        let mut rows = Vec::new();
        let ours = world.held.values().filter(|held| held.institution == asked.institution);
        for held in ours.filter(|held| (from..=to).contains(&held.updated.day_in_japan())) {
            let row = |dispensing: Option<&super::held::Result>| Row {
                id: held.id.clone(),
                dispensing: dispensing.map(|result| result.id.clone()),
                status: shown(held),
                date: dispensing.map(|result| result.date),
                pharmacy_code: held.pharmacy.as_ref().map(|shop| shop.code.clone()).unwrap_or_default(),
                pharmacy_name: held.pharmacy.as_ref().map(|shop| shop.name.clone()).unwrap_or_default(),
                message: dispensing.is_some_and(|result| result.message),
                updated: Some(held.updated),
            };
            if held.dispensed.is_empty() {
                rows.push(row(None));
            }
            rows.extend(held.dispensed.iter().map(|result| row(Some(result))));
        }
        Ok(rows)
    }
}

/// The state that is told: a replaced prescription reads as cancelled.
pub(super) fn shown(held: &Held) -> ServiceStatus {
    if held.replaced_by.is_some() { ServiceStatus::Cancelled } else { held.status }
}

/// A prescription of the institution that asks.
pub(super) fn find<'w>(world: &'w mut World, id: &str, institution: &str) -> Result<&'w mut Held, Refusal> {
    let held = world.held.get_mut(id).filter(|held| held.institution == institution);
    held.ok_or_else(|| Refusal::new(NOT_FOUND.0, NOT_FOUND.1))
}

/// No pharmacy has accepted it.
pub(super) fn waiting(held: &Held) -> Result<(), Refusal> {
    match held.status {
        ServiceStatus::Issued if held.dispensed.is_empty() => Ok(()),
        ServiceStatus::Cancelled => Err(Refusal::new(NOT_FOUND.0, NOT_FOUND.1)),
        _ => Err(Refusal::new(RECEIVED.0, RECEIVED.1)),
    }
}

fn undo_cancel(world: &mut World, asked: &Received, now: Timestamp) -> Result<Ids, Refusal> {
    let held = find(world, asked.get("id"), &asked.institution)?;
    if held.status != ServiceStatus::Cancelled || held.replaced_by.is_some() {
        return Err(Refusal::new("nothing_to_cancel", "取消されていません。"));
    }
    held.status = ServiceStatus::Issued;
    held.updated = now;
    Ok(Ids { id: held.id.clone(), access_code: held.access_code.clone() })
}

/// The new one dies, the old one lives again.
fn undo_change(world: &mut World, asked: &Received, now: Timestamp) -> Result<Ids, Refusal> {
    let held = find(world, asked.get("id"), &asked.institution)?;
    let Some(old) = held.replaces.clone().filter(|_| held.stands()) else {
        return Err(Refusal::new("nothing_to_cancel", "変更された処方箋ではありません。"));
    };
    waiting(held)?;
    held.status = ServiceStatus::Cancelled;
    held.updated = now;
    let before = find(world, &old, &asked.institution)?;
    before.replaced_by = None;
    before.status = ServiceStatus::Issued;
    before.updated = now;
    Ok(Ids { id: before.id.clone(), access_code: before.access_code.clone() })
}

fn search(world: &World, asked: &Received) -> Result<Vec<Found>, Refusal> {
    let person = asked.insured();
    accept::known_person(world, &person)?;
    let (from, to) = (day(asked.get("from")), day(asked.get("to")));
    let found = world.held.values().filter(|held| {
        let issued = held.what.issued;
        held.institution == asked.institution
            && held.stands()
            && same(&held.insured(), &person)
            && from.is_none_or(|from| issued >= from)
            && to.is_none_or(|to| issued <= to)
    });
    Ok(found
        .map(|held| Found {
            ids: Ids { id: held.id.clone(), access_code: held.access_code.clone() },
            created: Some(held.created),
        })
        .collect())
}

/// `yyyyMMdd`; the request was checked to have days there.
pub(super) fn day(text: &str) -> Option<Date> {
    let part = |range: std::ops::Range<usize>| text.get(range);
    Date::new(part(0..4)?.parse().ok()?, part(4..6)?.parse().ok()?, part(6..8)?.parse().ok()?).ok()
}

/// The identifier of a request that cannot be read, as far as it can be told.
fn echoed(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body.get(..body.len().min(4_096)).unwrap_or_default()).into_owned();
    let inner = text.split_once("<ArbitraryFileIdentifier>").and_then(|(_, rest)| rest.split_once('<'));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    inner.map(|(id, _)| id.chars().filter(|c| plain(*c)).take(50).collect()).unwrap_or_default()
}
