//! 禁忌 with a disease of the patient.
//!
//! Source: 添付文書 禁忌, in `diseases.tsv`.
use super::Checked;
use crate::check::finding::{Finding, Side};
use crate::check::table::{lines, text};
use crate::check::{Diagnosis, Facts, RuleId};

/// Findings of diseases that speak against a drug; one for each disease.
pub(in crate::check) fn find(facts: &Facts, one: &Checked<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    for row in lines(text("diseases")).filter(|f| one.known.is(f.text(0))) {
        for problem in facts.problems.iter().filter(|p| p.matches(&row.list(1), &row.list(2))) {
            let side = Side {
                label: "病名".to_owned(),
                what: problem.name.clone(),
                detail: if problem.suspected { "疑い".to_owned() } else { String::new() },
            };
            let finding = Finding::new(RuleId::DiseaseForbidden, one.line, row.text(3).to_owned());
            let finding = finding.against(&problem.name, side);
            if !found.iter().any(|f| f.key == finding.key) {
                found.push(finding);
            }
        }
    }
    found
}

impl Diagnosis {
    /// Whether its ICD-10 begins with one of these, or its name holds one of these words. A classification that is
    /// known decides alone; words stand in where there is none.
    pub(in crate::check) fn matches(&self, icd10: &[&str], words: &[&str]) -> bool {
        let by_word = || words.iter().any(|w| self.name.contains(w));
        match &self.icd10 {
            Some(code) => icd10.iter().any(|begin| code.starts_with(begin)) || by_word(),
            None => by_word(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{facts, fired, problem, tablet};
    use crate::check::Facts;

    #[test]
    fn diseases_speak_against_drugs() {
        let cases: [(&str, &str, &str, &str, &[&str]); 8] = [
            ("胃潰瘍", "K259", "ロキソニン錠60mg", "1149019F1560", &["disease-forbidden"]),
            ("気管支喘息", "J459", "アーチスト錠10mg", "2149032F1021", &["disease-forbidden"]),
            ("気管支喘息", "J459", "メインテート錠2.5mg", "2123016F1107", &[]),
            ("アスピリン喘息", "", "ロキソニンテープ100mg", "2649735S3020", &["disease-forbidden"]),
            ("慢性心不全", "I500", "アクトス錠15mg", "3969007F1024", &["disease-forbidden"]),
            ("高血圧症", "I10", "ロキソニン錠60mg", "1149019F1560", &[]),
            ("前立腺肥大症", "N40", "PL配合顆粒", "1180107D1131", &["disease-forbidden"]),
            ("狭心症", "I209", "スマトリプタン錠50mg", "2160003F1020", &["disease-forbidden"]),
        ];
        for (name, icd10, drug, code, expected) in cases {
            let facts = Facts { problems: vec![problem(name, icd10)], ..facts() };
            assert_eq!(fired(&facts, &[tablet(drug, code)], "disease"), expected, "{name} {drug}");
        }
    }
}
