//! Everything of a patient that documents are made of, read once.
use super::Lacking;
use super::ids::{MemberId, member_among};
use super::json::{Json, has_tag, id_in, items, text};
use karute_chart::clinic::Contact;
use karute_fhir::{Id, ResourceType};
use karute_japan::Date;
use karute_json::Limits;
use karute_ledger::{LedgerError, Lookup, Reader, Version};
use std::collections::{BTreeMap, BTreeSet};

/// Resources of a patient read at most.
const MOST: usize = 20_000;
/// Resources of a page.
const PAGE: u32 = 500;

/// 診療科
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Department {
    /// The institution's own name for it, as short as can be.
    pub name: String,
    /// Code of SS-MIX2, two digits or three, and its name.
    pub code: Option<(String, String)>,
}

/// This institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Institution {
    /// 医療機関コード, 10 digits.
    pub code: String,
    /// Name as it writes itself.
    pub name: String,
    /// Address and telephone, where they were entered.
    pub contact: Option<Contact>,
    /// 診療科, where it was entered.
    pub department: Option<Department>,
}

/// What the level of the guide allows (digest jp-fhir §1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LevelSwitches {
    /// 生活保護受給者識別子 (since 1.11).
    pub welfare: bool,
    /// Whether a card without 枝番 is refused: since 2021 every card but that of 後期高齢者医療 has one, so a missing one was
    /// not entered.
    pub branch_required: bool,
}

impl Default for LevelSwitches {
    fn default() -> Self {
        LevelSwitches { welfare: false, branch_required: true }
    }
}

/// A stored resource.
#[derive(Clone, Debug)]
pub struct Stored {
    /// Id.
    pub id: Id,
    /// The resource.
    pub body: Json,
}

/// What documents are made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// This institution.
    pub institution: Institution,
    /// What the level allows.
    pub level: LevelSwitches,
    /// The patient.
    pub patient: Stored,
    pub(super) coverages: Vec<Json>,
    pub(super) conditions: Vec<Stored>,
    pub(super) allergies: Vec<Stored>,
    pub(super) observations: Vec<Stored>,
    pub(super) prescriptions: Vec<Stored>,
    pub(super) encounters: BTreeMap<String, Json>,
    pub(super) practitioners: BTreeMap<String, Json>,
    /// Contents of files, by `Binary` id, where the caller brings them.
    pub(super) files: BTreeMap<String, Vec<u8>>,
}

/// Reads everything of a patient through the caller's reader, as part of its audit event; `None` when there is no such
/// patient.
///
/// # Errors
/// Those of the ledger.
pub async fn read(
    reader: &Reader,
    patient: &Id,
    institution: Institution,
    level: LevelSwitches,
) -> Result<Option<Source>, LedgerError> {
    let kind = |name: &str| ResourceType::parse(name).ok_or_else(|| LedgerError::Unsupported(name.to_owned()));
    let Lookup::Found(found) = reader.read(kind("Patient")?, patient).await? else { return Ok(None) };
    let mut source = Source {
        institution,
        level,
        patient: stored(&found)?,
        coverages: Vec::new(),
        conditions: Vec::new(),
        allergies: Vec::new(),
        observations: Vec::new(),
        prescriptions: Vec::new(),
        encounters: BTreeMap::new(),
        practitioners: BTreeMap::new(),
        files: BTreeMap::new(),
    };
    let names = ["Coverage", "Condition", "AllergyIntolerance", "Observation", "MedicationRequest", "Encounter"];
    let types = names.into_iter().map(kind).collect::<Result<Vec<_>, _>>()?;
    let (mut after, mut count) = (None::<String>, 0);
    loop {
        let page = reader.compartment(patient, &types, None, PAGE, after.as_deref()).await?;
        count += page.matches.len();
        for version in &page.matches {
            let found = stored(version)?;
            match version.resource_type.name() {
                "Coverage" => source.coverages.push(found.body),
                "Condition" => source.conditions.push(found),
                "AllergyIntolerance" => source.allergies.push(found),
                "Observation" => source.observations.push(found),
                "MedicationRequest" => source.prescriptions.push(found),
                "Encounter" => drop(source.encounters.insert(found.id.to_string(), found.body)),
                _ => {}
            }
        }
        after = page.next;
        if after.is_none() || count >= MOST {
            break;
        }
    }
    main_first(&mut source.coverages);
    let doctors: BTreeSet<String> = source.doctors();
    let practitioner = kind("Practitioner")?;
    let keys: Vec<_> = doctors.iter().filter_map(|id| Some((practitioner, Id::new(id).ok()?))).collect();
    for version in reader.read_many(&keys).await? {
        let found = stored(&version)?;
        source.practitioners.insert(found.id.to_string(), found.body);
    }
    Ok(Some(source))
}

/// The main card comes first: its order, then the newest.
fn main_first(coverages: &mut [Json]) {
    coverages.sort_by_key(|coverage| {
        let order = coverage.get("order").and_then(karute_json::Value::as_number).and_then(karute_json::Number::as_i64);
        (order.unwrap_or(1), std::cmp::Reverse(text(coverage, &["period", "start"])))
    });
}

/// 被保険者個人識別子 of a patient on a day, from the cards alone, through the caller's reader; or what it lacks.
///
/// # Errors
/// Those of the ledger.
pub async fn insured(
    reader: &Reader,
    patient: &Id,
    level: LevelSwitches,
    on: Date,
) -> Result<Result<MemberId, Lacking>, LedgerError> {
    let kind = ResourceType::parse("Coverage").ok_or_else(|| LedgerError::Unsupported("Coverage".to_owned()))?;
    let page = reader.compartment(patient, &[kind], None, PAGE, None).await?;
    let cards = page.matches.iter().map(|version| stored(version).map(|found| found.body));
    let mut cards = cards.collect::<Result<Vec<_>, _>>()?;
    main_first(&mut cards);
    Ok(member_among(&cards, level, on))
}

fn stored(version: &Version) -> Result<Stored, LedgerError> {
    let body = karute_json::parse(version.body.as_bytes(), &Limits::FHIR)
        .map_err(|_| LedgerError::Integrity(format!("{}/{}", version.resource_type, version.id)))?;
    Ok(Stored { id: version.id.clone(), body: body.into_owned() })
}

impl Source {
    /// Adds the content of a file that goes with a letter.
    #[must_use]
    pub fn with_file(mut self, binary: &str, content: Vec<u8>) -> Source {
        self.files.insert(binary.to_owned(), content);
        self
    }

    /// Adds a doctor who is named nowhere in the record of the patient: who signs a letter.
    #[must_use]
    pub fn with_practitioner(mut self, id: &str, body: Json) -> Source {
        self.practitioners.insert(id.to_owned(), body);
        self
    }

    fn doctors(&self) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let own = self.conditions.iter().chain(&self.observations).chain(&self.prescriptions);
        for stored in own {
            for path in [&["recorder", "reference"][..], &["performer", "0", "reference"], &["requester", "reference"]]
            {
                all.extend(id_in(&stored.body, path, "Practitioner"));
            }
        }
        for encounter in self.encounters.values() {
            all.extend(doctor_of(encounter).map(|(id, _)| id));
        }
        all
    }
}

/// The doctor of a visit: id and name.
pub(super) fn doctor_of(encounter: &karute_json::Value<'_>) -> Option<(String, String)> {
    items(encounter, "participant").iter().find_map(|participant| {
        let id = id_in(participant, &["individual", "reference"], "Practitioner")?;
        Some((id, text(participant, &["individual", "display"]).unwrap_or_default()))
    })
}

/// Whether a resource counts: not entered in error, not waiting for approval.
pub(super) fn counts(body: &karute_json::Value<'_>) -> bool {
    let wrong = [text(body, &["verificationStatus", "coding", "0", "code"]), text(body, &["status"])];
    !wrong.into_iter().flatten().any(|word| word == "entered-in-error" || word == "refuted")
        && !has_tag(body, "urn:karute:entry", Some("awaiting-approval"))
}

/// The same day so many years ago; 28 February for 29 February.
pub(super) fn years_before(day: Date, years: i16) -> Date {
    let year = day.year().saturating_sub(years);
    Date::new(year, day.month(), day.day()).or_else(|_| Date::new(year, day.month(), 28)).unwrap_or(day)
}
