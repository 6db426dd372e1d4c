//! One patient's visits, from the first to yesterday and, for the cast, today.
use super::body::{self, Body};
use super::note;
use super::schedule::{Planned, Purpose, arrival, plan};
use super::treatment::{Effect, Stage};
use crate::clinic::acute::Acute;
use crate::clinic::chronic::{Chronic, Kind};
use crate::clinic::drugs::{self, Drug};
use crate::clinic::labs::{self, Test, Vital};
use crate::people::{Person, later};
use crate::random::Random;
use crate::{Params, Profile};
use karute_japan::{Date, Timestamp};

/// A disease found at a visit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Disease {
    pub(crate) code: &'static str,
    pub(crate) name: &'static str,
    pub(crate) icd10: &'static str,
    /// When it was over.
    pub(crate) until: Option<Date>,
}

/// A prescribed drug.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Prescription {
    pub(crate) drug: Drug,
    pub(crate) days: u16,
    /// Number of the group with the same usage, from 1.
    pub(crate) group: u16,
}

/// A laboratory value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) test: Test,
    pub(crate) value: f64,
}

/// A letter to another institution.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Letter {
    pub(crate) to: &'static str,
    pub(crate) about: &'static str,
}

/// Everything of one visit.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// From 0, per patient.
    pub(crate) index: u32,
    pub(crate) day: Date,
    pub(crate) arrived: Timestamp,
    pub(crate) left: Timestamp,
    /// 初診, 再診, 予防接種.
    pub(crate) kind: &'static str,
    pub(crate) reason: String,
    pub(crate) vitals: Vec<(Vital, f64)>,
    /// Systolic and diastolic pressure.
    pub(crate) pressure: Option<(f64, f64)>,
    pub(crate) labs: Vec<Measured>,
    pub(crate) disease: Option<Disease>,
    pub(crate) prescriptions: Vec<Prescription>,
    /// Subjective, objective, assessment, plan; empty where nothing was written.
    pub(crate) note: [String; 4],
    pub(crate) vaccinated: bool,
    pub(crate) letter: Option<Letter>,
    /// Who saw the patient: number among the clinic's doctors.
    pub(crate) doctor: u32,
}

/// What a step of the course leaves behind for the next.
pub(super) struct Course {
    pub(super) body: Body,
    /// The body at the visit before.
    pub(super) previous: Body,
    pub(super) stages: Vec<Stage>,
    pub(super) last: Date,
    last_panel: Option<Date>,
    seen: u32,
}

/// All visits of a patient in order. The last one is of today when the patient belongs to the cast and has arrived.
pub(crate) fn history(params: &Params, person: &Person) -> Vec<Visit> {
    let mut random = Random::stream(params.seed, "course", u64::from(person.index));
    let planned = plan(params, person, &mut random);
    let mut course = begin(person, &mut random);
    let mut visits: Vec<Visit> = Vec::with_capacity(planned.len() + 1);
    for one in planned {
        let visit = course.visit(params, person, one, &mut random);
        visits.push(visit);
    }
    if let Some(role) = person.role()
        && role.status != "booked"
    {
        visits.push(course.today(params, person, role.kind, role.reason, &mut random));
    }
    visits
}

/// The state at the first visit here: problems that are older have been treated elsewhere, half a year at a time.
fn begin(person: &Person, random: &mut Random) -> Course {
    let day = person.since;
    let mut body = Body::of(person, day, random);
    let mut stages: Vec<Stage> =
        person.problems.iter().map(|(problem, begun)| Stage { problem, step: 0, begun: *begun, misses: 0 }).collect();
    let halves = |begun: Date| begun.until(day).map_or(0, |span| span.get_days() / 182).clamp(0, 16);
    let longest = person.problems.iter().map(|(_, begun)| halves(*begun)).max().unwrap_or(0);
    for left in (0..longest).rev() {
        let all: Vec<Drug> = stages
            .iter()
            .filter(|stage| halves(stage.begun) > left)
            .flat_map(Stage::drugs)
            .filter(|drug| person.bears(drug))
            .copied()
            .collect();
        body.live(182, day.month(), &Effect::of(&all), random);
        for stage in stages.iter_mut().filter(|stage| halves(stage.begun) > left) {
            stage.review(&body);
        }
    }
    Course { previous: body.clone(), body, stages, last: day, last_panel: None, seen: 0 }
}

impl Course {
    /// The problems known on a day.
    pub(super) fn known(&self, day: Date) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.begun <= day)
    }
    /// What is taken on a day.
    fn drugs(&self, person: &Person, day: Date) -> Vec<Drug> {
        self.known(day).flat_map(Stage::drugs).filter(|drug| person.bears(drug)).copied().collect()
    }
    fn visit(&mut self, params: &Params, person: &Person, planned: Planned, random: &mut Random) -> Visit {
        let away = self.last.until(planned.day).map_or(0, |span| span.get_days());
        let mut visit = self.arrive(params, person, planned.day, arrival(planned.day, random), random);
        // Something new after a long time, with nothing under treatment, is 初診 again.
        if away > 90 && person.problems.is_empty() {
            visit.kind = "初診";
        }
        match planned.purpose {
            Purpose::Chronic => self.follow_up(params, person, &mut visit, planned.interval, random),
            Purpose::Acute(illness) => acute(params, person, &mut visit, illness, random),
            Purpose::Vaccination => vaccinate(&mut visit, random),
        }
        visit
    }
    /// The visit that today's list shows.
    fn today(
        &mut self,
        params: &Params,
        person: &Person,
        kind: &'static str,
        reason: &str,
        random: &mut Random,
    ) -> Visit {
        let mut visit = self.arrive(params, person, params.today(), params.now, random);
        if kind == "予防接種" {
            vaccinate(&mut visit, random);
        } else if person.problems.is_empty() {
            let fever = reason.contains("発熱");
            let fits = |row: &Acute| match (fever, reason) {
                (true, _) => row.name == "急性上気道炎",
                (_, reason) if reason.contains("咳") => row.name == "急性気管支炎",
                (_, reason) if reason.contains("腹痛") => row.name == "急性胃腸炎",
                (_, reason) if reason.contains("花粉") => row.name == "花粉症",
                _ => row.name == "急性咽頭炎",
            };
            if let Some(illness) = crate::clinic::acute::ACUTE.iter().find(|row| fits(row)) {
                acute(params, person, &mut visit, illness, random);
            }
            if fever && let Some((_, value)) = visit.vitals.iter_mut().find(|(vital, _)| vital.0 == labs::TEMPERATURE.0)
            {
                *value = 38.6;
            }
        } else {
            self.follow_up(params, person, &mut visit, 28, random);
        }
        visit.kind = kind;
        reason.clone_into(&mut visit.reason);
        visit
    }
    fn arrive(
        &mut self,
        params: &Params,
        person: &Person,
        day: Date,
        arrived: Timestamp,
        random: &mut Random,
    ) -> Visit {
        let days = self.last.until(day).map_or(0, |span| i64::from(span.get_days()));
        self.previous = self.body.clone();
        self.body.live(days, day.month(), &Effect::of(&self.drugs(person, self.last)), random);
        let first = self.seen == 0;
        let index = self.seen;
        self.seen += 1;
        self.last = day;
        let wait = random.lognormal(18.0, 0.5).clamp(3.0, 80.0);
        let talk = random.lognormal(if first { 9.0 } else { 5.0 }, 0.4);
        let stay = ((wait + talk + 9.0) * 60_000.0) as i64;
        let doctors = params.authors.len().max(2) as i64;
        Visit {
            index,
            day,
            arrived,
            left: arrived.plus_ms(stay),
            kind: if first { "初診" } else { "再診" },
            reason: String::new(),
            vitals: Vec::new(),
            pressure: None,
            labs: Vec::new(),
            disease: None,
            prescriptions: Vec::new(),
            note: Default::default(),
            vaccinated: false,
            letter: None,
            // Most patients stay with one doctor.
            doctor: if random.chance(0.85) {
                person.index % doctors as u32
            } else {
                random.between(0, doctors - 1) as u32
            },
        }
    }
    fn follow_up(&mut self, params: &Params, person: &Person, visit: &mut Visit, interval: i64, random: &mut Random) {
        visit.pressure = Some((self.body.systolic, self.body.diastolic));
        visit.vitals.push((labs::PULSE, self.body.pulse));
        if random.chance(0.6) {
            visit.vitals.push((labs::WEIGHT, self.body.weight));
        }
        if visit.index == 0 {
            visit.vitals.push((labs::HEIGHT, self.body.height));
        }
        let due = self.last_panel.is_none_or(|last| later(last, 78) <= visit.day);
        if due {
            visit.labs = self.panel(person, visit.day);
            self.last_panel = Some(visit.day);
        } else if person.had(Kind::Diabetes, visit.day) && params.profile == Profile::Typical {
            let glucose = glucose(self.body.hba1c, random);
            visit.labs = vec![measured(labs::HBA1C, self.body.hba1c), measured(labs::GLUCOSE, glucose)];
        }
        let mut changed: Vec<&'static Chronic> = Vec::new();
        for stage in self.stages.iter_mut().filter(|stage| stage.begun <= visit.day) {
            if stage.review(&self.body) {
                changed.push(stage.problem);
            }
        }
        visit.reason =
            self.known(visit.day).next().map(|stage| format!("{} 定期", stage.problem.name)).unwrap_or_default();
        let days = interval.clamp(14, 90) as u16;
        visit.prescriptions = grouped(&self.drugs(person, visit.day), days);
        visit.note = note::follow_up(self, visit, &changed, interval, random);
        visit.letter = letter(self.known(visit.day).next(), random);
    }
    /// The regular blood test.
    fn panel(&self, person: &Person, day: Date) -> Vec<Measured> {
        let body = &self.body;
        let years = person.years_on(day);
        let had = |kind| person.had(kind, day);
        let creatinine = round(body.creatinine(person.male, years), 2);
        let mut rows = vec![
            measured(labs::CREATININE, creatinine),
            measured(labs::EGFR, body::egfr(creatinine, person.male, years)),
            measured(labs::BUN, 14.0 + (70.0 - body.egfr).max(-20.0) * 0.18),
        ];
        let kidneys = had(Kind::Kidney) || had(Kind::Diabetes) || had(Kind::Heart);
        if kidneys || had(Kind::Hypertension) {
            rows.push(measured(labs::SODIUM, 140.5 + (body.pulse - 72.0) * 0.05));
            rows.push(measured(labs::POTASSIUM, 4.2 + (60.0 - body.egfr).max(0.0) * 0.014));
            rows.push(measured(labs::CHLORIDE, 104.0 + (body.pulse - 72.0) * 0.04));
        }
        if had(Kind::Diabetes) {
            rows.push(measured(labs::HBA1C, body.hba1c));
            rows.push(measured(labs::GLUCOSE, 28.7 * body.hba1c - 46.7));
            rows.push(measured(labs::URINE_ALBUMIN, body.albuminuria));
        }
        if had(Kind::Lipids) || had(Kind::Diabetes) || had(Kind::Liver) {
            rows.push(measured(labs::LDL, body.ldl));
            rows.push(measured(labs::HDL, body.hdl));
            rows.push(measured(labs::TG, body.triglycerides));
            rows.push(measured(labs::AST, 10.0 + body.alt * 0.6));
            rows.push(measured(labs::ALT, body.alt));
            rows.push(measured(labs::GGT, 8.0 + body.alt * 1.1));
        }
        if had(Kind::UricAcid) || had(Kind::Kidney) {
            rows.push(measured(labs::UREA, body.urate));
        }
        if had(Kind::Anaemia) || had(Kind::Kidney) {
            rows.push(measured(labs::HB, body.haemoglobin));
            rows.push(measured(labs::RBC, body.haemoglobin / 3.05));
            rows.push(measured(labs::HT, body.haemoglobin * 3.0));
            rows.push(measured(labs::PLT, 180.0 + body.hdl));
        }
        if had(Kind::Thyroid) {
            rows.push(measured(labs::TSH, body.tsh));
            rows.push(measured(labs::FT4, (1.45 - body.tsh * 0.045).max(0.3)));
        }
        if had(Kind::Heart) {
            rows.push(measured(labs::NT_PRO_BNP, body.bnp));
        }
        rows
    }
}

fn glucose(hba1c: f64, random: &mut Random) -> f64 {
    // Mean glucose by HbA1c (ADAG equation), with the hour of the day.
    random.normal(28.7 * hba1c - 46.7, 14.0).max(62.0)
}

fn measured(test: Test, value: f64) -> Measured {
    Measured { test, value: round(value.max(0.0), test.decimals) }
}

fn round(value: f64, decimals: usize) -> f64 {
    let scale = 10f64.powi(decimals as i32);
    (value * scale).round() / scale
}

fn acute(params: &Params, person: &Person, visit: &mut Visit, illness: &'static Acute, random: &mut Random) {
    let temperature = random.normal(illness.temperature, 0.35).clamp(35.8, 40.2);
    visit.vitals.push((labs::TEMPERATURE, temperature));
    visit.vitals.push((labs::SPO2, random.normal(97.6, 0.7).clamp(93.0, 99.0)));
    if person.years_on(visit.day) >= 15 {
        let systolic = random.normal(122.0, 12.0);
        visit.pressure = Some((systolic, systolic * 0.6));
    }
    if temperature >= 38.0 && random.chance(if params.profile == Profile::Busy { 0.1 } else { 0.25 }) {
        visit.labs =
            vec![measured(labs::WBC, random.lognormal(9.2, 0.3)), measured(labs::CRP, random.lognormal(1.6, 0.8))];
    }
    let over = later(visit.day, random.between(4, 14));
    let until = (over < params.today()).then_some(over);
    visit.disease = Some(Disease { code: illness.code, name: illness.name, icd10: illness.icd10, until });
    let child = person.years_on(visit.day) < 12;
    let chosen: Vec<Drug> =
        illness.drugs.iter().copied().filter(|drug| person.bears(drug) && (!child || suits_children(drug))).collect();
    if visit.kind != "予防接種" && random.chance(0.9) {
        visit.prescriptions = grouped(&chosen, illness.days.max(1));
    }
    let subjective = *random.pick(illness.subjective);
    visit.reason = subjective.split('。').next().unwrap_or(subjective).to_owned();
    visit.note = note::acute(illness, subjective, visit, temperature, random);
}

/// Tablets for adults are not given to children: what remains are suppositories, ointments and syrups of the table.
fn suits_children(drug: &Drug) -> bool {
    matches!(drug.usage, drugs::Usage::External(_)) || drug.name.contains("小児")
}

fn vaccinate(visit: &mut Visit, random: &mut Random) {
    visit.kind = "予防接種";
    "インフルエンザワクチン".clone_into(&mut visit.reason);
    visit.vitals.push((labs::TEMPERATURE, random.normal(36.4, 0.2)));
    visit.vaccinated = true;
    visit.note = [
        String::new(),
        "予診票を確認。咽頭・胸部 異常なし。".to_owned(),
        "接種可。".to_owned(),
        "インフルエンザHAワクチン 0.5mL 皮下注。15分院内で待機。".to_owned(),
    ];
}

/// Groups drugs of the same usage, as a prescription does.
fn grouped(drugs: &[Drug], days: u16) -> Vec<Prescription> {
    let mut out: Vec<Prescription> = Vec::with_capacity(drugs.len());
    let mut groups = 0;
    for drug in drugs {
        let same = out.iter().find(|have| have.drug.usage == drug.usage).map(|have| have.group);
        let group = same.unwrap_or_else(|| {
            groups += 1;
            groups
        });
        if !out.iter().any(|have| have.drug.code9 == drug.code9) {
            out.push(Prescription { drug: *drug, days, group });
        }
    }
    out.sort_by_key(|one| one.group);
    out
}

fn letter(main: Option<&Stage>, random: &mut Random) -> Option<Letter> {
    if !random.chance(0.02) {
        return None;
    }
    let kind = main?.problem.kind;
    let (to, about) = match kind {
        Kind::Diabetes => ("県立みどり野病院 眼科", "糖尿病網膜症の有無の精査"),
        Kind::Kidney => ("県立みどり野病院 腎臓内科", "腎機能低下の精査"),
        Kind::Heart => ("みどり野循環器病院", "心エコーとホルター心電図"),
        Kind::Thyroid => ("県立みどり野病院 内分泌内科", "甲状腺腫大の精査"),
        _ => ("県立みどり野病院 内科", "精査加療"),
    };
    Some(Letter { to, about })
}
