//! What stands around the text of a letter: to whom, for what, how, with whose consent, with which files.
use super::{Kind, Place};
use crate::ChartError;
use crate::clean::line;
use karute_fhir::Id;
use karute_japan::{Timestamp, identifier::InstitutionCode};
use serde::{Deserialize, Serialize};

/// Longest name or address, in characters: what the printed form takes.
const LONGEST: usize = 120;
/// Attachments of a letter at most.
const MOST_FILES: usize = 30;
/// Size of a whole document at most, in bytes (clins-service §6.1, §7: 10 MB).
pub const MAX_BYTES: u64 = 10_000_000;

/// To whom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Destination {
    /// Its entry in the address book (`Organization` id); none when it was typed.
    pub book: Option<String>,
    /// 医療機関コード, 10 digits; empty where it is none or unknown.
    pub code: String,
    /// Name.
    pub name: String,
    /// 科
    pub department: String,
    /// 担当医
    pub doctor: String,
    /// 所在地
    pub address: String,
    /// Telephone.
    pub phone: String,
    /// FAX
    pub fax: String,
    /// Whether it is no 保険医療機関: a pharmacy, municipality, school.
    pub is_other: bool,
}

impl Destination {
    /// Made fit for the record. [`ChartError::Invalid`] without a name, or with a code of no form.
    pub fn read(&self) -> Result<Destination, ChartError> {
        let cut = |text: &str| line(text).chars().take(LONGEST).collect::<String>();
        let code = karute_japan::half_width_code(&self.code).into_owned();
        let name = cut(&self.name);
        if name.is_empty() || (!code.is_empty() && !is_code(&code)) {
            return Err(ChartError::Invalid);
        }
        Ok(Destination {
            book: self.book.clone().filter(|id| Id::new(id).is_ok()),
            code,
            name,
            department: cut(&self.department),
            doctor: cut(&self.doctor),
            address: cut(&self.address),
            phone: cut(&self.phone),
            fax: cut(&self.fax),
            is_other: self.is_other,
        })
    }

    /// Whether both mean the same institution.
    pub fn is_same(&self, other: &Destination) -> bool {
        if self.code.is_empty() || other.code.is_empty() { self.name == other.name } else { self.code == other.code }
    }
}

/// Whether a text has the form of a 医療機関コード of 10 digits (JP-CLINS 3.3); its check digit is told as a doubt elsewhere.
pub fn is_code(text: &str) -> bool {
    let of =
        |at: usize, range: std::ops::RangeInclusive<u8>| text.as_bytes().get(at).is_some_and(|b| range.contains(b));
    text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()) && of(0, b'0'..=b'4') && of(2, b'1'..=b'3')
}

/// Whether the check digit of a 医療機関コード fits.
pub fn fits(code: &str) -> bool {
    InstitutionCode::parse(code).is_ok()
}

/// How it leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// 電子カルテ情報共有サービスで送る
    #[default]
    Service,
    /// 紙で渡す・FAX
    Paper,
}

impl Route {
    /// Code of forms and of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Route::Service => "service",
            Route::Paper => "paper",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Route> {
        [Route::Service, Route::Paper].into_iter().find(|route| route.code() == code)
    }
}

/// 患者の同意. Nothing is selected until somebody presses one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// 今、口頭で同意: who receives it can read it at once.
    Oral,
    /// あとで患者が選ぶ: at the card reader of who receives it, or by マイナポータル.
    Later,
}

impl Choice {
    /// Code of forms and of the record.
    pub const fn code(self) -> &'static str {
        match self {
            Choice::Oral => "oral",
            Choice::Later => "later",
        }
    }
    /// The word shown.
    pub const fn word(self) -> &'static str {
        match self {
            Choice::Oral => "口頭で同意",
            Choice::Later => "あとで患者が選ぶ",
        }
    }
    /// By its code.
    pub fn parse(code: &str) -> Option<Choice> {
        [Choice::Oral, Choice::Later].into_iter().find(|choice| choice.code() == code)
    }
}

/// A choice with who made a note of it and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// What.
    pub choice: Choice,
    /// Who asked the patient: `Practitioner` id.
    pub person: String,
    /// Their name.
    pub name: String,
    /// When, in microseconds.
    pub at: i64,
}

impl Consent {
    /// When.
    pub fn given(&self) -> Timestamp {
        Timestamp::from_micros(self.at)
    }
}

/// A file that goes with the letter: a document of the patient's attachments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// `DocumentReference` id.
    pub document: String,
    /// What it is called.
    pub title: String,
    /// Media type.
    pub media: String,
    /// Bytes.
    pub bytes: u64,
    /// `Binary` id of its content.
    pub binary: String,
}

/// The letter that a reply answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    /// `DocumentReference` id of the letter that came.
    pub document: String,
    /// What it was: `県立みどり野病院 11/18 診療情報提供書`.
    pub words: String,
}

/// Everything around the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Letter.
    pub letter: String,
    /// Patient.
    pub patient: String,
    /// The visit in which it is written.
    pub visit: Option<String>,
    /// For what.
    pub kind: Kind,
    /// To whom.
    pub to: Option<Destination>,
    /// How.
    pub route: Route,
    /// Why the route is paper, when that was not chosen but followed.
    pub because: Option<String>,
    /// The patient's consent; none while nothing is selected.
    pub consent: Option<Consent>,
    /// Files.
    pub files: Vec<File>,
    /// The letter it answers.
    pub answers: Option<Answers>,
    /// Version of the letter on record that it replaces (差し替え), and why.
    pub replaces: Option<(u32, String)>,
    /// Keys of the material that was there when the letter was opened; what comes later is told.
    pub offered: Vec<String>,
    /// Counts up with every change.
    pub revision: u32,
    /// Who opened it.
    pub name: String,
    /// When it was opened, in microseconds.
    pub opened: i64,
    /// Records of the same person that were given up for this one while it was written, the last one last.
    #[serde(default)]
    pub came_from: Vec<String>,
}

/// A change of the head. Changes of different things by two people both hold.
#[derive(Clone, Debug)]
pub enum Change {
    /// For what.
    Kind(Kind),
    /// To whom. Another institution makes the consent unselected again: it was given for the other one.
    To(Destination),
    /// How; why, when it follows from something (紹介先が利用していません).
    Route(Route, Option<String>),
    /// The patient's choice.
    Consent(Choice),
    /// Nothing is selected any more.
    ConsentWithdrawn,
    /// Adds a file.
    Attach(File),
    /// Takes one away.
    Detach(String),
}

impl Head {
    pub(super) fn new(letter: &Id, place: Place<'_>, kind: Kind, name: &str, now: Timestamp) -> Head {
        Head {
            letter: letter.to_string(),
            patient: place.patient.to_string(),
            visit: place.visit.map(ToString::to_string),
            kind,
            to: None,
            route: Route::Service,
            because: None,
            consent: None,
            files: Vec::new(),
            answers: None,
            replaces: None,
            offered: Vec::new(),
            revision: 1,
            name: name.to_owned(),
            opened: now.as_micros(),
            came_from: Vec::new(),
        }
    }

    pub(super) fn apply(&mut self, change: Change, person: (&Id, &str), now: Timestamp) -> Result<(), ChartError> {
        match change {
            Change::Kind(kind) => self.kind = kind,
            Change::To(to) => {
                let to = to.read()?;
                if self.to.as_ref().is_some_and(|before| !before.is_same(&to)) {
                    self.consent = None;
                }
                self.to = Some(to);
            }
            Change::Route(route, because) => {
                self.route = route;
                self.because = because.map(|words| line(&words)).filter(|words| !words.is_empty());
            }
            Change::Consent(choice) => {
                let (person, name) = (person.0.to_string(), person.1.to_owned());
                self.consent = Some(Consent { choice, person, name, at: now.as_micros() });
            }
            Change::ConsentWithdrawn => self.consent = None,
            Change::Attach(file) => {
                if self.files.iter().any(|each| each.document == file.document) {
                    return Ok(());
                }
                if self.files.len() >= MOST_FILES {
                    return Err(ChartError::TooMany);
                }
                self.files.push(file);
            }
            Change::Detach(document) => self.files.retain(|file| file.document != document),
        }
        Ok(())
    }

    /// Bytes of the files inside a document, where base64 takes four bytes for three.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes.div_ceil(3) * 4).sum()
    }
}
