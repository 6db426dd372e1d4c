//! Messages that nobody should send.
use crate::sample::{A, INSURED, letter};
use crate::wire::target;
use karute_sharing::profile::Profile;
use karute_sharing::wire::content::{Content, ContentError};
use karute_sharing::wire::{
    Envelope, EnvelopeError, Function, Group, Kind, MessageError, Outcome, Question, Reply, Request, TargetError,
};

fn good() -> String {
    let envelope = Envelope {
        kind: Kind::Conditions,
        target: target(),
        destination: None,
        consent: None,
        supersedes: None,
        document: b"{}".to_vec(),
        signed: false,
    };
    String::from_utf8(envelope.write(&Profile::built_in())).unwrap()
}

#[test]
fn envelopes_that_are_not_whole_are_refused() {
    let profile = Profile::built_in();
    assert!(Envelope::read(good().as_bytes(), &profile).is_ok());
    for (from, to) in [
        ("<Document ", "<Dokument "),
        ("CI.xsd", "XX.xsd"),
        ("Value=\"CIS1.0\"", "Value=\"CIS9.9\""),
        ("Value=\"21\"", "Value=\"99\""),
        ("<TargetIdentifier>", "<TargetIdentifier><Extra/>"),
        ("id=\"ClinicalDocument\"", "id=\"ClinicalManagement\""),
        ("id=\"ClinicalDocument\"", "id=\"Document\""),
        (">e30=<", ">e30=\n<"),
        (">e30=<", ">e3 0=<"),
        (">e30=<", ">e30<"),
        ("<ClinicalDocument", "<ClinicalDocument id=\"x\"/><ClinicalDocument"),
        (
            "</ClinicalManagement>",
            "<Destination><MedicalInstitutionCode Value=\"12\"/></Destination></ClinicalManagement>",
        ),
        ("</ClinicalManagement>", "<Consent><ConsentFlg Value=\"1\"/></Consent></ClinicalManagement>"),
        ("</ClinicalManagement>", "<Consent><ConsentFlg Value=\"2\"/></Consent></ClinicalManagement>"),
        ("<?xml", "<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><?xml"),
        (":01\"", ":1\""),
    ] {
        let spoilt = good().replacen(from, to, 1);
        assert_ne!(spoilt, good(), "{from}");
        assert!(Envelope::read(spoilt.as_bytes(), &profile).is_err(), "{from} → {to}");
    }
    let wrong = good().replacen("^2026^", "-2026-", 1);
    let refused = Envelope::read(wrong.as_bytes(), &profile);
    assert_eq!(refused.unwrap_err(), EnvelopeError::Target(TargetError::Value));
    let entity = good().replacen("試験", "x", 1).replacen(">e30=<", ">&x;<", 1);
    assert!(Envelope::read(entity.as_bytes(), &profile).is_err());
    // A signature is told, not believed.
    let signed = good().replacen("</ClinicalInformation>", "<ClinicalSign/></ClinicalInformation>", 1);
    assert!(Envelope::read(signed.as_bytes(), &profile).unwrap().signed);
}

#[test]
fn messages_that_are_not_whole_are_refused() {
    let profile = Profile::built_in();
    let request = Request::new(&Question::Status(target()), A, "f-1", &profile).unwrap();
    let body = String::from_utf8(request.body.clone()).unwrap();
    for (api, body) in [
        ("CISsiDOC99req", body.clone()),
        ("CISsiDOC04res", body.clone()),
        ("CISsiDOC04req", body.replace("XmlMsg", "Message")),
        ("CISsiDOC04req", body.replace("</MessageBody>", "<Extra>1</Extra></MessageBody>")),
        ("CISsiDOC04req", body.replace("</MessageBody>", "<Value>x</Value></MessageBody>")),
        ("CISsiDOC04req", body.replace("<MessageBody>", "")),
        ("CISsiDOC04req", String::new()),
    ] {
        assert!(Request::read(api, body.as_bytes(), &profile).is_err(), "{api} {body}");
    }
    for (institution, file_id) in [("131123456", "f"), ("131123456x", "f"), (A, ""), (A, "f/1"), (A, &*"f".repeat(51))]
    {
        assert!(Request::new(&Question::Status(target()), institution, file_id, &profile).is_err(), "{institution}");
    }
    let reply = Reply { outcome: Outcome { done: true, ..Outcome::default() }, answer: None };
    let told = |file_id: &str| reply.write(Function::Cancel(Group::Document), file_id, &profile).unwrap();
    // A done status without state; the answer of another request.
    assert!(Reply::read(&request, &told("f-1"), &profile).is_err());
    assert_eq!(Reply::read(&request, &told("f-2"), &profile).unwrap_err(), MessageError::Foreign);
    let cancel = Request::new(&Question::Cancel(Group::Document, target()), A, "f-1", &profile).unwrap();
    assert!(Reply::read(&cancel, &told("f-1"), &profile).unwrap().answer.is_some());
    // A document needs a number until it is checked; a unit does not.
    let text = String::from_utf8(told("f-1")).unwrap();
    assert!(!text.contains("ReceptionNumber"));
}

#[test]
fn documents_of_nobody_or_of_two_are_refused() {
    let value = target().value;
    let text = String::from_utf8(letter(&value, INSURED, "x")).unwrap();
    let read = |text: &str| Content::read(text.as_bytes());
    assert!(read(&text).is_ok());
    assert_eq!(read(&text.replace("\"Patient\"", "\"Person\"")), Err(ContentError::Patient));
    assert_eq!(read(&text.replace("\"Composition\"", "\"Patient\"")), Err(ContentError::Patient));
    assert_eq!(read(&text.replace("57133-1", "00000-0")), Err(ContentError::Kind));
    assert_eq!(read(&text.replace("\"Bundle\"", "\"Parameters\"")), Err(ContentError::Kind));
    assert_eq!(read(&text.replace("JP_Insurance_memberID", "other")), Err(TargetError::Insured.into()));
    assert_eq!(read(&text.replace(INSURED, "1:2:3")), Err(TargetError::Insured.into()));
    assert_eq!(read(&text.replace(&value, "1")), Err(TargetError::Value.into()));
    assert_eq!(read(&text[..text.len() - 1]), Err(ContentError::Json));
    let deep = format!("{}{}", "[".repeat(2_000), "]".repeat(2_000));
    assert_eq!(read(&deep), Err(ContentError::Json));
    // Two keys that JSON readers see differently.
    let twice = text.replacen("\"type\":\"document\"", "\"type\":\"document\",\"type\":\"collection\"", 1);
    assert!(read(&twice).is_err(), "a name that stands twice");
}
