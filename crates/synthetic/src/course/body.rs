//! What goes on in the body: values that wander around a target, targets that drugs move.
use super::treatment::Effect;
use crate::clinic::chronic::Kind;
use crate::people::Person;
use crate::random::Random;
use karute_japan::Date;

/// One patient's values. Each follows an autoregressive path: three quarters of where it was, one quarter of where
/// disease and drugs pull it, and chance.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pub(crate) height: f64,
    pub(crate) weight: f64,
    pub(crate) systolic: f64,
    pub(crate) diastolic: f64,
    pub(crate) pulse: f64,
    pub(crate) hba1c: f64,
    pub(crate) ldl: f64,
    pub(crate) hdl: f64,
    pub(crate) triglycerides: f64,
    pub(crate) egfr: f64,
    pub(crate) urate: f64,
    pub(crate) haemoglobin: f64,
    pub(crate) tsh: f64,
    pub(crate) alt: f64,
    pub(crate) albuminuria: f64,
    pub(crate) bnp: f64,
    untreated: Untreated,
}

/// Where the values would go without treatment.
#[derive(Clone, Debug)]
struct Untreated {
    systolic: f64,
    hba1c: f64,
    ldl: f64,
    urate: f64,
    haemoglobin: f64,
    tsh: f64,
    egfr_loss_a_year: f64,
    weight: f64,
}

impl Body {
    pub(crate) fn of(person: &Person, day: Date, random: &mut Random) -> Body {
        let years = f64::from(person.years_on(day));
        let grown = ((years + 1.0) / 17.0).min(1.0);
        let adult = if person.male { 170.0 } else { 157.0 } - (years - 40.0).max(0.0) * 0.12;
        let height = random.normal(adult * (0.42 + 0.58 * grown), 5.0 * grown.max(0.4));
        let stout = if person.has(Kind::Diabetes) || person.has(Kind::Liver) { 26.0 } else { 22.5 };
        let index = random.normal(stout - (1.0 - grown) * 6.5, 2.2).clamp(13.5, 38.0);
        let weight = index * (height / 100.0) * (height / 100.0);
        let pressure = if person.has(Kind::Hypertension) { 156.0 } else { 104.0 + years.min(80.0) * 0.28 };
        let kidney = if person.has(Kind::Kidney) {
            random.normal(50.0, 7.0)
        } else {
            random.normal(108.0 - (years - 30.0).max(0.0) * 0.62, 8.0)
        };
        let untreated = Untreated {
            systolic: random.normal(pressure, 7.0),
            hba1c: if person.has(Kind::Diabetes) { random.normal(8.1, 0.7).max(6.8) } else { random.normal(5.5, 0.2) },
            ldl: if person.has(Kind::Lipids) { random.normal(172.0, 16.0) } else { random.normal(115.0, 17.0) },
            urate: if person.has(Kind::UricAcid) {
                random.normal(8.6, 0.6)
            } else {
                random.normal(if person.male { 5.8 } else { 4.4 }, 0.7)
            },
            haemoglobin: if person.has(Kind::Anaemia) {
                random.normal(9.8, 0.7)
            } else {
                random.normal(if person.male { 14.9 } else { 13.1 }, 0.7)
            },
            tsh: if person.has(Kind::Thyroid) {
                random.normal(14.0, 3.0).max(7.0)
            } else {
                random.normal(1.9, 0.6).max(0.6)
            },
            egfr_loss_a_year: if person.has(Kind::Kidney) || person.has(Kind::Diabetes) {
                random.normal(2.2, 0.8).max(0.3)
            } else {
                0.6
            },
            weight,
        };
        Body {
            height,
            weight,
            systolic: untreated.systolic,
            diastolic: untreated.systolic * 0.56,
            pulse: random.normal(if years < 8.0 { 98.0 } else { 72.0 }, 7.0),
            hba1c: untreated.hba1c,
            ldl: untreated.ldl,
            hdl: random.normal(if person.male { 54.0 } else { 64.0 }, 9.0).max(32.0),
            triglycerides: random.lognormal(if person.has(Kind::Lipids) { 165.0 } else { 95.0 }, 0.3),
            egfr: kidney.clamp(18.0, 125.0),
            urate: untreated.urate,
            haemoglobin: untreated.haemoglobin,
            tsh: untreated.tsh,
            alt: random.lognormal(if person.has(Kind::Liver) { 58.0 } else { 19.0 }, 0.25),
            albuminuria: random.lognormal(if person.has(Kind::Diabetes) { 32.0 } else { 9.0 }, 0.5),
            bnp: random.lognormal(if person.has(Kind::Heart) { 480.0 } else { 60.0 }, 0.3),
            untreated,
        }
    }
    /// Moves on by some days under treatment.
    pub(crate) fn live(&mut self, days: i64, month: i8, effect: &Effect, random: &mut Random) {
        let share = 1.0 - 0.75f64.powf(days as f64 / 28.0);
        let mut pull = |value: &mut f64, target: f64, noise: f64| {
            *value = random.normal(*value + (target - *value) * share, noise);
        };
        let u = &self.untreated;
        // Pressure is higher in winter.
        let winter = if matches!(month, 12 | 1 | 2) { 5.0 } else { 0.0 };
        pull(&mut self.systolic, u.systolic + winter - effect.systolic, 4.5);
        pull(&mut self.hba1c, (u.hba1c - effect.hba1c).max(5.4), 0.13);
        pull(&mut self.ldl, u.ldl * effect.ldl_factor, 7.0);
        pull(&mut self.urate, (u.urate - effect.urate).max(3.6), 0.25);
        pull(&mut self.haemoglobin, u.haemoglobin + effect.haemoglobin, 0.2);
        pull(&mut self.tsh, (u.tsh - effect.tsh).max(1.2), 0.35);
        pull(&mut self.weight, u.weight - effect.weight, 0.35);
        pull(&mut self.pulse, 72.0 - effect.pulse, 4.0);
        let (alt, bnp) = (self.alt, self.bnp);
        pull(&mut self.alt, alt, 3.0);
        pull(&mut self.bnp, bnp, bnp * 0.07);
        self.diastolic = random.normal(self.systolic * 0.57, 3.0);
        self.egfr = random.normal(self.egfr - u.egfr_loss_a_year * days as f64 / 365.0, 0.8).clamp(12.0, 125.0);
        self.triglycerides = random.normal(self.triglycerides, 9.0).clamp(35.0, 600.0);
        self.hdl = random.normal(self.hdl, 1.2).clamp(30.0, 105.0);
        self.albuminuria = (self.albuminuria * random.normal(1.01, 0.08)).clamp(3.0, 900.0);
        self.alt = self.alt.clamp(8.0, 220.0);
        self.bnp = self.bnp.clamp(12.0, 4000.0);
        self.hba1c = self.hba1c.max(4.9);
        self.tsh = self.tsh.max(0.3);
        self.urate = self.urate.max(2.2);
        self.pulse = self.pulse.clamp(48.0, 130.0);
    }
    /// Serum creatinine that gives this eGFR (Japanese equation of 2009: 194 × Cr^-1.094 × age^-0.287, × 0.739 for
    /// women), in mg/dL.
    pub(crate) fn creatinine(&self, male: bool, years: u16) -> f64 {
        (factor(male, years) / self.egfr).powf(1.0 / 1.094)
    }
}

fn factor(male: bool, years: u16) -> f64 {
    194.0 * f64::from(years.max(18)).powf(-0.287) * if male { 1.0 } else { 0.739 }
}

/// eGFR of a creatinine as it is printed on the report.
pub(crate) fn egfr(creatinine: f64, male: bool, years: u16) -> f64 {
    factor(male, years) * creatinine.powf(-1.094)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_equation_gives_the_values_of_its_published_table() {
        // 日本腎臓学会: man of 50 with 1.0 mg/dL 63.1 mL/min/1.73 m²; woman of 70 with 0.8 mg/dL 54.1.
        assert!((egfr(1.0, true, 50) - 63.1).abs() < 0.2, "{}", egfr(1.0, true, 50));
        assert!((egfr(0.8, false, 70) - 54.1).abs() < 0.5, "{}", egfr(0.8, false, 70));
    }
}
