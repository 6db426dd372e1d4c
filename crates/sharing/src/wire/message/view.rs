//! 臨床情報の閲覧 (transport digest 7.10): what institutions registered of a person who consented at the card reader. Its
//! result tells how it ended in words of its own (`ResultCode`), and one without identifier is the answer all the same.
use super::MessageError;
use super::answer::{Answer, Reply, decode};
use super::outcome::Outcome;
use crate::profile::{ItemError, Profile};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use karute_japan::Date;
use karute_transport::message::{END, bounded, element, entries, item, items};
use karute_transport::profile::day;
use karute_transport::xml::{Element, XmlError};

/// Of whom, and from when.
#[derive(Clone, PartialEq, Eq)]
pub struct ViewQuery {
    /// 被保険者個人識別子, `保険者番号:記号:番号:枝番`.
    pub insured: String,
    /// First month is that of this day.
    pub from: Date,
    /// Last month is that of this day.
    pub to: Date,
}

impl ViewQuery {
    /// Items by their names in the profile; XML, outpatient.
    pub(super) fn items(&self) -> Vec<(&'static str, String)> {
        let mut parts = self.insured.split(':').map(str::to_owned);
        let mut part = || parts.next().unwrap_or_default();
        let month = |day: Date| format!("{:04}{:02}", day.year(), day.month());
        vec![
            ("insurer", part()),
            ("symbol", part()),
            ("number", part()),
            ("branch", part()),
            ("from", month(self.from)),
            ("to", month(self.to)),
            ("category", "2".to_owned()),
            ("treatment", "1".to_owned()),
        ]
    }
}

/// One of the six kinds of information.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ViewKind {
    /// 傷病名
    Diseases,
    /// 感染症
    Infections,
    /// 薬剤アレルギー等
    DrugAllergies,
    /// その他アレルギー等
    OtherAllergies,
    /// 検査
    Results,
    /// 処方
    Prescriptions,
}

impl ViewKind {
    /// All.
    pub const ALL: [ViewKind; 6] = [
        ViewKind::Diseases,
        ViewKind::Infections,
        ViewKind::DrugAllergies,
        ViewKind::OtherAllergies,
        ViewKind::Results,
        ViewKind::Prescriptions,
    ];

    fn code(self, profile: &Profile) -> &str {
        profile.text(match self {
            ViewKind::Diseases => "view_kinds.diseases",
            ViewKind::Infections => "view_kinds.infections",
            ViewKind::DrugAllergies => "view_kinds.drug_allergies",
            ViewKind::OtherAllergies => "view_kinds.other_allergies",
            ViewKind::Results => "view_kinds.results",
            ViewKind::Prescriptions => "view_kinds.prescriptions",
        })
    }
}

/// What one institution says of one kind.
#[derive(Clone, PartialEq, Eq)]
pub struct Told {
    /// Kind.
    pub kind: ViewKind,
    /// 医療機関コード
    pub code: String,
    /// Its name.
    pub name: String,
    /// 診療科; empty where it is not told.
    pub department: String,
    /// When it was registered.
    pub registered: Option<Date>,
    /// A FHIR Bundle (JSON) that holds entries of this kind.
    pub bundle: Vec<u8>,
}

/// Content is a patient's.
impl std::fmt::Debug for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Told({:?}, {}, {} bytes)", self.kind, self.code, self.bundle.len())
    }
}

/// Reads the result.
pub(super) fn read(root: &Element, file_id: &str, profile: &Profile) -> Result<Reply, MessageError> {
    if root.name != "XmlMsg" {
        return Err(XmlError::Structure.into());
    }
    let text =
        |element: &Element, name: &str| element.text_of(name).map(|text| text.unwrap_or_default().trim().to_owned());
    let mut outcome = Outcome::default();
    if let Some(header) = root.child("MessageHeader") {
        let echoed = text(header, "ArbitraryFileIdentifier")?;
        if !echoed.is_empty() && echoed != file_id {
            return Err(MessageError::Foreign);
        }
        outcome.in_progress = text(header, "SegmentOfResult")? == "2";
        outcome.code = bounded(&text(header, "ErrorCode")?, 20);
        outcome.message = bounded(&text(header, "ErrorMessage")?, 400);
    }
    let Some(body) = root.child("MessageBody") else {
        let told = outcome.in_progress || !outcome.code.is_empty();
        return if told { Ok(Reply { outcome, answer: None }) } else { Err(XmlError::Structure.into()) };
    };
    let message = profile.message("view").ok_or(MessageError::Unknown)?;
    let ending = item(body, &message.result, "ending")?;
    let words = item(body, &message.result, "words")?;
    if outcome.code.is_empty() {
        outcome.code = code_in(&words);
        outcome.message = bounded(&words, 400);
    }
    match ending.as_str() {
        "1" => outcome.done = true,
        // The period holds nothing: an answer, not a refusal.
        "2" if !outcome.code.is_empty() && outcome.code == profile.text("result_codes.view_nothing") => {
            outcome.done = true;
        }
        "2" => {}
        _ if outcome.in_progress || !outcome.code.is_empty() => {}
        _ => return Err(MessageError::Item { element: "ResultCode".to_owned(), error: ItemError::Code }),
    }
    let answer = if outcome.done { Some(Answer::Viewed(told(body, profile)?)) } else { None };
    Ok(Reply { outcome, answer })
}

/// The code at the end of the words: `…。(OQSB9010E)`.
fn code_in(words: &str) -> String {
    let inner = words.rsplit_once(['(', '（']).map(|(_, rest)| rest.trim_end_matches([')', '）']));
    let code = inner.filter(|code| (4..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric()));
    code.unwrap_or_default().to_owned()
}

fn told(body: &Element, profile: &Profile) -> Result<Vec<Told>, MessageError> {
    let list = profile.list("view").ok_or(MessageError::Unknown)?;
    let mut found = Vec::new();
    for entry in entries(body, list, profile.limits().max_list_entries)? {
        let text = |key: &str| item(entry, &list.items, key);
        let kind = text("kind")?;
        let kind = ViewKind::ALL
            .into_iter()
            .find(|known| known.code(profile) == kind)
            .ok_or_else(|| MessageError::Item { element: "InfKind".to_owned(), error: ItemError::Code })?;
        found.push(Told {
            kind,
            code: text("code")?,
            name: text("name")?,
            department: text("department")?,
            registered: day(&text("registered")?),
            bundle: decode(&text("data")?)?,
        });
    }
    Ok(found)
}

/// Writes the result, as the service does.
pub(super) fn write(reply: &Reply, file_id: &str, profile: &Profile) -> Result<Vec<u8>, MessageError> {
    let outcome = &reply.outcome;
    let message = profile.message("view").ok_or(MessageError::Unknown)?;
    let list = profile.list("view").ok_or(MessageError::Unknown)?;
    let mut out =
        format!("<XmlMsg><MessageHeader>{}</MessageHeader><MessageBody>", element("ArbitraryFileIdentifier", file_id));
    let words = if outcome.code.is_empty() {
        outcome.message.clone()
    } else {
        format!("{}({})", outcome.message, outcome.code)
    };
    let ending = if outcome.done { "1" } else { "2" };
    out.push_str(&items(&message.result, &[("ending", ending.to_owned()), ("words", words)]));
    if let (Some(Answer::Viewed(all)), true) = (&reply.answer, outcome.done) {
        for told in all {
            let values = [
                ("kind", told.kind.code(profile).to_owned()),
                ("code", told.code.clone()),
                ("name", told.name.clone()),
                ("department", told.department.clone()),
                ("registered", told.registered.map(|day| day.to_string().replace('-', "")).unwrap_or_default()),
                ("data", STANDARD.encode(&told.bundle)),
            ];
            out.push_str(&element_of(&list.container, &items(&list.items, &values)));
        }
    }
    out.push_str(END);
    Ok(out.into_bytes())
}

/// An element around what is XML already.
fn element_of(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::wire::message::{Question, Request};

    fn request() -> Request {
        let query = ViewQuery {
            insured: "01139997:１２３４５６７８:9001:01".to_owned(),
            from: "2021-06-15".parse().unwrap(),
            to: "2026-06-15".parse().unwrap(),
        };
        Request::new(&Question::View(query), "1311234566", "view-1", &Profile::built_in()).unwrap()
    }

    #[test]
    fn the_header_names_the_person_and_the_body_the_months() {
        let text = String::from_utf8(request().body).unwrap();
        for part in [
            "<InsurerNumber>01139997</InsurerNumber><InsuranceCardSymbol>１２３４５６７８</InsuranceCardSymbol>",
            "<BranchNumber>01</BranchNumber><ArbitraryFileIdentifier>view-1</ArbitraryFileIdentifier></MessageHeader>",
            "<StartDate>202106</StartDate><EndDate>202606</EndDate><FileCategory>2</FileCategory>",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        let read = Request::read("CIPsiquc01req", &request().body, &Profile::built_in()).unwrap();
        assert_eq!((read.get("insurer"), read.get("branch"), read.get("to")), ("01139997", "01", "202606"));
    }

    #[test]
    fn an_answer_reads_as_it_was_written() {
        let profile = Profile::built_in();
        let told = Told {
            kind: ViewKind::Infections,
            code: "1319900028".to_owned(),
            name: "架空＆病院".to_owned(),
            department: "内科".to_owned(),
            registered: Some("2026-06-01".parse().unwrap()),
            bundle: br#"{"resourceType":"Bundle"}"#.to_vec(),
        };
        let answer = Some(Answer::Viewed(vec![told]));
        let reply = Reply { outcome: Outcome { done: true, ..Outcome::default() }, answer };
        let written = write(&reply, "view-1", &profile).unwrap();
        assert_eq!(Reply::read(&request(), &written, &profile).unwrap(), reply);
        assert!(matches!(
            Reply::read(&request(), &write(&reply, "view-2", &profile).unwrap(), &profile),
            Err(MessageError::Foreign)
        ));
    }

    #[test]
    fn refusals_tell_their_code_and_nothing_there_is_an_empty_answer() {
        let profile = Profile::built_in();
        let of = |body: &str| {
            let text = format!("<XmlMsg><MessageHeader/><MessageBody>{body}</MessageBody></XmlMsg>");
            Reply::read(&request(), text.as_bytes(), &profile)
        };
        let late = of(
            "<ResultCode>2</ResultCode><MessageContents>閲覧可能な時間を過ぎています。(OQSB9010E)</MessageContents>",
        );
        let late = late.unwrap();
        assert_eq!((late.outcome.done, late.outcome.code.as_str(), late.answer), (false, "OQSB9010E", None));
        let none = of("<ResultCode>2</ResultCode><MessageContents>該当なし(OQSB9011E)</MessageContents>").unwrap();
        assert_eq!(none.answer, Some(Answer::Viewed(Vec::new())));
        for wrong in [
            "",
            "<ResultCode>7</ResultCode>",
            "<ResultCode>1</ResultCode><ClinicalInf><InfKind>9</InfKind><HCd>1319900028</HCd><FhirData>e30=</FhirData></ClinicalInf>",
            "<ResultCode>1</ResultCode><ClinicalInf><InfKind>1</InfKind><HCd>1319900028</HCd><FhirData>e30</FhirData></ClinicalInf>",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}
