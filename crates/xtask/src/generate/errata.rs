//! Slips of the published R4 definitions that would make right data wrong or right questions unanswerable, each
//! with its correction. Everything else is taken as published.

/// An expression as published and as it has to be read.
struct Correction {
    /// Search parameter URL suffix or invariant key it applies to.
    subject: &'static str,
    published: &'static str,
    corrected: &'static str,
}

const CORRECTIONS: &[Correction] = &[
    // The type is called `dateTime`.
    Correction {
        subject: "Observation-code-value-date",
        published: "value.as(DateTime)",
        corrected: "value.as(dateTime)",
    },
    // Components swapped: `relatesto` is the reference, `relation` the code.
    Correction { subject: "DocumentReference-relatesto", published: "code", corrected: "target" },
    Correction { subject: "DocumentReference-relation", published: "target", corrected: "code" },
    // The code of the bound value set has no hyphen.
    Correction { subject: "app-4", published: "'no-show'", corrected: "'noshow'" },
    // An entry without fullUrl breaks no rule (corrected so in R4B).
    Correction {
        subject: "bdl-8",
        published: "fullUrl.contains('/_history/').not()",
        corrected: "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    },
    // FHIRPath has no `hasExtension`.
    Correction {
        subject: "questionnaireresponse-extensions-QuestionnaireResponse-item-subject",
        published: "hasExtension('http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject')",
        corrected: "extension('http://hl7.org/fhir/StructureDefinition/questionnaireresponse-isSubject').exists()",
    },
];

/// The expression with the corrections for `subject` (a search parameter URL or an invariant key) applied.
pub(crate) fn corrected(subject: &str, expression: &str) -> String {
    let subject = subject.rsplit('/').next().unwrap_or(subject);
    let mut expression = expression.to_owned();
    for correction in CORRECTIONS.iter().filter(|c| c.subject == subject) {
        expression = expression.replace(correction.published, correction.corrected);
    }
    expression
}
