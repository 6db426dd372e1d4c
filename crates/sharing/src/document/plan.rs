//! 患者サマリー（療養計画書）, ePCS (digest jp-fhir 5.4).
use super::bundle::{Entries, Made, Stamp};
use super::condition::{Way, condition, set};
use super::json::{Json, coding, concept, extension, has_tag, identifier, list, meta, reference, word};
use super::people::{class, doctor, institution_lacking, organization, patient, practitioner};
use super::referral::titled;
use super::{Lacking, Source, ids, names};
use karute_fhir::Id;
use karute_japan::Date;
use karute_json::{Object, Value};
use karute_terminology::Masters;

const PLAN_CATEGORY: &str = "http://jpfhir.jp/fhir/CarePlan/CodeSystem/category";

/// A plan of treatment as the doctor tells the patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Id that stays, of ours.
    pub id: Id,
    /// What is planned, in the doctor's words.
    pub text: String,
    /// From when.
    pub from: Date,
    /// The visit in which it was made.
    pub visit: Option<Id>,
    /// The doctor: `Practitioner` id and name.
    pub doctor: (Id, String),
    /// Conditions it is about (`Condition` ids); none: all active ones.
    pub conditions: Vec<Id>,
}

/// 患者サマリー: plan and diseases. The service shows it beside results and prescriptions of the same doctor.
///
/// # Errors
/// Everything that is missing.
pub fn patient_summary(
    source: &Source,
    masters: &Masters,
    plan: &Plan,
    stamp: Stamp<'_>,
) -> Result<Made, Vec<Lacking>> {
    let mut lacking = institution_lacking(source, true);
    let today = stamp.at.day_in_japan();
    let member = ids::member(source, today).map_err(|error| lacking.push(error)).ok();
    let placeholder = ids::MemberId { system: names::MEMBER, value: String::new() };
    let about = patient(source, member.as_ref().unwrap_or(&placeholder), stamp.at);
    let about = about.map_err(|errors| lacking.extend(errors)).ok();
    let wanted: Vec<_> = set(source, today)
        .into_iter()
        .filter(|stored| stored.body.get("abatementDateTime").is_none())
        .filter(|stored| plan.conditions.is_empty() || plan.conditions.contains(&stored.id))
        // The patient reads it: what nobody has told them, or what is for nobody else, is left out.
        .filter(|stored| !["UNINFORMED", "UNDELIVERED"].iter().any(|f| has_tag(&stored.body, names::FLAGS, Some(f))))
        .collect();
    if wanted.is_empty() || plan.text.trim().is_empty() {
        lacking.push(Lacking::Empty);
    }
    if plan.doctor.1.trim().is_empty() {
        lacking.push(Lacking::Doctor);
    }
    let (Some(member), Some(about), true) = (member, about, lacking.is_empty()) else { return Err(lacking) };
    let at = stamp.at;
    let mut entries = Entries::new(&stamp);
    let patient = entries.add(about);
    let author = entries.add(practitioner(source, &doctor(source, plan.doctor.0.as_str(), &plan.doctor.1), at));
    let from = entries.add(organization(source, at));
    let class = class(source, plan.visit.as_ref().map(Id::as_str));
    let visit = entries.add(Value::object([
        ("resourceType", word("Encounter")),
        ("meta", meta(names::ENCOUNTER, at)),
        ("status", word("finished")),
        ("class", coding(names::ACT, class.0, class.1)),
    ]));
    let own = ids::instance(source, "PS", plan.id.as_str());
    let care = entries.add(Value::object([
        ("resourceType", word("CarePlan")),
        ("meta", meta(names::CARE_PLAN, at)),
        ("identifier", list([identifier(names::INSTANCE, &own)])),
        ("status", word("active")),
        ("intent", word("plan")),
        ("category", list([concept(PLAN_CATEGORY, "followup-plan", "外来診療経過中プラン")])),
        ("title", word("療養計画")),
        ("description", word(plan.text.trim())),
        ("subject", reference(&patient, "")),
        ("period", Value::object([("start", word(plan.from.to_string()))])),
        ("created", word(plan.from.to_string())),
    ]));
    let way = Way { source, masters, patient: &patient, unit: true, today, at };
    let mut listed: Vec<Json> = vec![reference(&care, "療養計画")];
    for stored in wanted {
        match condition(way, stored) {
            Ok(made) => listed.push(reference(&entries.add(made), "傷病名")),
            Err(error) => lacking.push(error),
        }
    }
    if !lacking.is_empty() {
        return Err(lacking);
    }
    let count = listed.len() - 1;
    let mut section: Object<'static> = titled("422", "計画サマリー");
    section.insert("entry", list(listed));
    let composition = Value::object([
        ("resourceType", word("Composition")),
        ("meta", meta(names::COMPOSITION_PLAN, at)),
        ("extension", list([extension(names::VERSION, "valueString", word("1"))])),
        ("identifier", identifier(names::INSTANCE, &stamp.id.document())),
        ("status", word("final")),
        ("type", concept(names::DOCUMENT_TYPES, "56447-6", "計画書")),
        ("category", list([concept(names::DOCUMENT_KINDS, "OUTPATIENT", "外来文書")])),
        ("subject", reference(&patient, "")),
        ("encounter", reference(&visit, "")),
        ("date", word(at.to_fhir())),
        ("author", list([reference(&author, ""), reference(&from, "")])),
        ("title", word("患者サマリー（療養計画書）")),
        ("section", list([Value::Object(section)])),
    ]);
    entries.first(composition);
    entries.finish(names::BUNDLE_PLAN, "document", None, (member.value, count)).map_err(|error| vec![error])
}
