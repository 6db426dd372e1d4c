//! A patient.
use super::allergy::{self, Allergen, Allergy};
use super::cast::{CAST, Role};
use super::insurance::{self, Insurance};
use super::names;
use super::place::{self, Address};
use crate::Params;
use crate::clinic::chronic::{CHRONIC, Chronic, Kind, Whom};
use crate::clinic::drugs::Drug;
use crate::random::Random;
use jiff::ToSpan;
use karute_japan::{Date, age};

/// A name in one script.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    pub(crate) family: String,
    pub(crate) given: String,
}

impl Written {
    /// `山田 太郎`
    pub(crate) fn full(&self) -> String {
        format!("{} {}", self.family, self.given)
    }
}

/// Somebody of the clinic's patients. Everything follows from seed and number.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// From 0.
    pub(crate) index: u32,
    pub(crate) id: String,
    /// The clinic's own number, 6 digits.
    pub(crate) number: String,
    /// As written, and how it is read.
    pub(crate) name: Written,
    pub(crate) kana: Written,
    /// An earlier family name.
    pub(crate) former: Option<Written>,
    /// Language, for those from abroad: their name stands in Latin letters.
    pub(crate) language: Option<&'static str>,
    pub(crate) male: bool,
    pub(crate) birth: Date,
    pub(crate) address: Address,
    pub(crate) phone: String,
    pub(crate) insurance: Insurance,
    /// An insurance that ended when the present one began.
    pub(crate) earlier_insurance: Option<Insurance>,
    pub(crate) allergies: Vec<&'static Allergy>,
    /// Whether somebody has asked about allergies.
    pub(crate) allergy_asked: bool,
    /// Chronic problems with the day they began.
    pub(crate) problems: Vec<(&'static Chronic, Date)>,
    /// First visit here.
    pub(crate) since: Date,
}

impl Person {
    /// The patient with this number.
    pub(crate) fn of(params: &Params, index: u32) -> Person {
        let mut random = Random::stream(params.seed, "person", u64::from(index));
        let today = params.today();
        let role = CAST.get(index as usize);
        let male = role.map_or_else(|| random.chance(0.43), |role| role.male);
        let birth = role.and_then(born).unwrap_or_else(|| birth(&mut random, today));
        let mut family = names::family(&mut random);
        let mut given = names::given(&mut random, male, birth.year());
        let mut latin = None;
        let mut language = None;
        if let Some(role) = role {
            (family, given) = (role.family, role.given);
            if let Some((tongue, last, first)) = role.foreign {
                language = Some(tongue);
                latin = Some(written(last, first));
            }
        } else if random.chance(0.005) {
            let (letters, sounds, tongue, _) = random.pick(&names::FOREIGN);
            language = Some(*tongue);
            latin = Some(written(letters[0], letters[1]));
            (family, given) = ((sounds[0], sounds[0]), (sounds[1], sounds[1]));
        }
        let years = age::years_on(birth, today).unwrap_or(0);
        let former = (!male && years > 25 && language.is_none() && random.chance(0.05)).then(|| {
            let (kanji, _) = names::family(&mut random);
            written(kanji, given.0)
        });
        let prefecture = params.prefecture();
        let insurance = insurance::draw(&mut random, birth, prefecture, today);
        let earlier_insurance =
            random.chance(0.12).then(|| earlier(&mut random, birth, prefecture, &insurance)).flatten();
        let mut allergies = allergy::draw(&mut random);
        if role.is_some_and(|role| role.penicillin) {
            allergies = vec![allergy::penicillin()];
        }
        let problems = problems(&mut random, role, birth, male, today);
        let history = params.history_begins();
        let first = problems.iter().map(|(_, begun)| *begun).min().unwrap_or(history).max(history);
        let stays = role.is_some() || random.chance(0.6);
        let spread = first.until(today).map_or(0, |span| i64::from(span.get_days()));
        let since =
            if problems.is_empty() || !stays { later(first, random.between(0, spread * 9 / 10)) } else { first };
        let gap = Random::stream(params.seed, "number", u64::from(index / 12)).between(0, 11) as u32;
        Person {
            index,
            id: params.id("patient", u64::from(index), 0, since),
            // One number in a dozen is left out, as by people who never came.
            number: format!("{:06}", index + index / 12 + u32::from(index % 12 >= gap) + 1),
            name: latin.unwrap_or_else(|| written(family.0, given.0)),
            kana: written(family.1, given.1),
            former,
            language,
            male,
            birth,
            address: place::address(&mut random, prefecture.1),
            phone: place::phone(&mut random, birth.year()),
            insurance,
            earlier_insurance,
            allergy_asked: role.is_some() || random.chance(0.85),
            allergies,
            problems,
            since,
        }
    }
    /// The role of today, when the person belongs to the cast.
    pub(crate) fn role(&self) -> Option<&'static Role> {
        CAST.get(self.index as usize)
    }
    /// Complete years on a day.
    pub(crate) fn years_on(&self, day: Date) -> u16 {
        age::years_on(self.birth, day).unwrap_or(0)
    }
    /// Whether the problem is among the person's, known or not.
    pub(crate) fn has(&self, kind: Kind) -> bool {
        self.problems.iter().any(|(problem, _)| problem.kind == kind)
    }
    /// Whether the problem was known on a day.
    pub(crate) fn had(&self, kind: Kind, day: Date) -> bool {
        self.problems.iter().any(|(problem, begun)| problem.kind == kind && *begun <= day)
    }
    /// Whether the person bears a drug.
    pub(crate) fn bears(&self, drug: &Drug) -> bool {
        self.allergies
            .iter()
            .all(|allergy| allergy.kind != Allergen::Medication || !drug.name.starts_with(allergy.name))
    }
}

fn written(family: &str, given: &str) -> Written {
    Written { family: family.to_owned(), given: given.to_owned() }
}

/// A day some days later; the same day when that leaves the calendar.
pub(crate) fn later(day: Date, days: i64) -> Date {
    day.checked_add(days.days()).unwrap_or(day)
}

fn born(role: &Role) -> Option<Date> {
    Date::new(role.birth.0, role.birth.1, role.birth.2).ok()
}

/// A birth date: ages as among the visits of a general clinic.
fn birth(random: &mut Random, today: Date) -> Date {
    let bands = [((0, 14), 12.0), ((15, 34), 14.0), ((35, 64), 36.0), ((65, 74), 17.0), ((75, 97), 21.0)];
    let (low, high) = random.weighted(&bands, |band| band.1).map_or((35, 64), |band| band.0);
    let days = random.between(low * 365 + low / 4, high * 365 + high / 4 + 364);
    later(today, -days)
}

/// Among the patients of a year, most come once or twice for something acute; the shares of [`CHRONIC`] are those of
/// the chronically ill of an age.
const CHRONIC_SHARE: f64 = 0.8;

/// Chronic problems by age and sex. Diabetes and lipids come with hypertension more often than alone.
fn problems(
    random: &mut Random,
    role: Option<&Role>,
    birth: Date,
    male: bool,
    today: Date,
) -> Vec<(&'static Chronic, Date)> {
    let years = f64::from(age::years_on(birth, today).unwrap_or(0));
    let mut found: Vec<(&'static Chronic, Date)> = Vec::new();
    let onset = |random: &mut Random, row: &Chronic| {
        let room = (years - f64::from(row.ages.0)).clamp(0.5, 18.0);
        later(today, -((random.unit() * room * 365.0) as i64).max(60))
    };
    if let Some(role) = role {
        for kind in role.problems {
            if let Some(row) = Chronic::of(*kind) {
                let day = onset(random, row);
                found.push((row, day));
            }
        }
        return found;
    }
    for row in &CHRONIC {
        let (from, to) = (f64::from(row.ages.0), f64::from(row.ages.1));
        let fits = match row.whom {
            Whom::Anyone => true,
            Whom::Men => male,
            Whom::Women => !male,
        };
        if !fits || years < from || years > to + 5.0 {
            continue;
        }
        // Risk grows over the first third of the span of ages and then stays.
        let grown = ((years - from) / ((to - from) / 3.0)).clamp(0.15, 1.0);
        let with_pressure = found.iter().any(|(have, _)| have.kind == Kind::Hypertension);
        let pull = match row.kind {
            Kind::Diabetes | Kind::Lipids | Kind::Kidney if with_pressure => 1.5,
            Kind::Diabetes | Kind::Lipids | Kind::Kidney => 0.6,
            _ => 1.0,
        };
        if found.len() < 6 && random.chance(f64::from(row.share) / 1000.0 * grown * pull * CHRONIC_SHARE) {
            let day = onset(random, row);
            found.push((row, day));
        }
    }
    found
}

/// The insurance before this one: another kind, ended on the eve of the present one.
fn earlier(random: &mut Random, birth: Date, prefecture: (u8, &str), now: &Insurance) -> Option<Insurance> {
    let end = now.from.yesterday().ok()?;
    if end < later(birth, 400) {
        return None;
    }
    let mut before = insurance::draw(random, birth, prefecture, end);
    before.until = Some(end);
    before.from = before.from.min(later(end, -400)).max(birth);
    Some(before)
}
