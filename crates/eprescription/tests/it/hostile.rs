//! Hostile and broken input is refused with its reason.
use crate::sample::{FIRST, INSTITUTION, pretended};
use karute_eprescription::profile::{ItemError, Profile};
use karute_eprescription::wire::csv::FaultKind;
use karute_eprescription::wire::dispensing::Dispensing;
use karute_eprescription::wire::envelope::{DispensingEnvelope, EnvelopeError, Opened, SignedXml, UnsignedEnvelope};
use karute_eprescription::wire::message::{Function, MessageError, Reply, Request};
use karute_eprescription::wire::prescription::Prescription;
use karute_transport::xml::{XmlError, read};

fn xml(text: &str) -> Result<(), XmlError> {
    read(text.as_bytes(), &Profile::built_in().bounds()).map(drop)
}

#[test]
fn entities_dtds_instructions_depth_and_size_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(65), "</a>".repeat(65));
    let many = format!("<a>{}</a>", "<b/>".repeat(50_001));
    let attributes: String = (0..100).map(|n| format!(" a{n}=\"x\"")).collect();
    for (text, expected) in [
        ("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", XmlError::Dtd),
        ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>", XmlError::Dtd),
        ("<!DOCTYPE a [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><a>&b;</a>", XmlError::Dtd),
        ("<a>&e;</a>", XmlError::Entity),
        ("<a b=\"&e;\"/>", XmlError::Entity),
        ("<a>&#0;</a>", XmlError::Entity),
        ("<?evil do?><a/>", XmlError::Instruction),
        ("<a><?evil do?></a>", XmlError::Instruction),
        (deep.as_str(), XmlError::TooDeep),
        (many.as_str(), XmlError::TooMany),
        (format!("<a{attributes}/>").as_str(), XmlError::TooMany),
        ("<?xml version=\"1.0\" encoding=\"Shift_JIS\"?><a/>", XmlError::Encoding),
        ("<a/><?xml version=\"1.0\"?>", XmlError::Malformed),
        ("<a>", XmlError::Malformed),
        ("<a></b>", XmlError::Malformed),
        ("<a/><a/>", XmlError::Malformed),
        ("x<a/>", XmlError::Malformed),
        ("", XmlError::Malformed),
        ("<a b=\"1\" b=\"2\"/>", XmlError::Malformed),
    ] {
        assert_eq!(xml(text), Err(expected), "{}", text.chars().take(60).collect::<String>());
    }
    assert_eq!(read(&[b'<', 0xFF, b'>'], &Profile::built_in().bounds()).map(drop), Err(XmlError::Encoding));
    let huge = vec![b' '; Profile::built_in().limits().max_message_bytes + 1];
    assert_eq!(read(&huge, &Profile::built_in().bounds()).map(drop), Err(XmlError::TooLarge));
    // The five entities, character references, CDATA and comments are XML's own.
    let root = read("<a>&lt;&amp;&#x8A66;<!-- c --><![CDATA[<x>]]></a>".as_bytes(), &Profile::built_in().bounds());
    assert_eq!(root.unwrap().text, "<&試<x>");
}

#[test]
fn envelopes_with_anything_else_in_them_are_refused() {
    let profile = Profile::built_in();
    let unsigned = UnsignedEnvelope::new(FIRST.as_bytes(), &profile);
    let signed = pretended(&unsigned);
    let text = String::from_utf8(signed.bytes().to_vec()).unwrap();
    let document = "<PrescriptionDocument id=\"PrescriptionDocument\">";
    for (from, to, expected) in [
        // Signature wrapping: a second document under the same id, beside or elsewhere.
        (
            document,
            "<PrescriptionDocument id=\"PrescriptionDocument\">U0oxCg==</PrescriptionDocument><PrescriptionDocument id=\"PrescriptionDocument\">",
            EnvelopeError::Xml(XmlError::Structure),
        ),
        (
            "<xs:SignedInfo",
            "<xs:Object><PrescriptionDocument id=\"PrescriptionDocument\">U0oxCg==</PrescriptionDocument></xs:Object><xs:SignedInfo",
            EnvelopeError::Structure,
        ),
        ("<PrescriptionSign>", "<PrescriptionSign></PrescriptionSign><PrescriptionSign>", EnvelopeError::Structure),
        ("id=\"Document\"", "id=\"Other\"", EnvelopeError::Structure),
        ("Id=\"PrescriptionSign\"", "Id=\"Other\"", EnvelopeError::Structure),
        ("EP.xsd", "ED.xsd", EnvelopeError::Structure),
        ("EPS1.0", "EPS9.9", EnvelopeError::Version),
        ("</Prescription>", "<Extra/></Prescription>", EnvelopeError::Structure),
        (document, "<PrescriptionDocument id=\"PrescriptionDocument\">!", EnvelopeError::Base64),
        (document, "<PrescriptionDocument id=\"PrescriptionDocument\">\n", EnvelopeError::Base64),
    ] {
        let spoilt = text.replacen(from, to, 1);
        assert_ne!(spoilt, text, "{from}");
        assert_eq!(Opened::read(spoilt.as_bytes(), &profile).map(drop), Err(expected), "{from} → {to}");
    }
    // What the service adds may not stand in what is to be sent.
    let added =
        text.replacen("<Version Value=\"EPS1.0\"/>", "<Version Value=\"EPS1.0\"/><PrescriptionId Value=\"x\"/>", 1);
    assert!(Opened::read(added.as_bytes(), &profile).is_ok());
    assert_eq!(SignedXml::new(added.into_bytes(), &profile), Err(EnvelopeError::Foreign));
    assert_eq!(SignedXml::new(unsigned.bytes().to_vec(), &profile), Err(EnvelopeError::Structure));
    // A signer that gives back another document than it was given is found out.
    let other = UnsignedEnvelope::new(b"SJ1\n1", &profile);
    assert!(signed.signs(&unsigned) && !signed.signs(&other));
    assert!(DispensingEnvelope::read(text.as_bytes(), &profile).is_err());
}

#[test]
fn every_fault_of_a_csv_is_named_with_its_place() {
    let profile = Profile::built_in();
    let cases: [(&str, &str, u16, FaultKind); 20] = [
        ("SJ1\n", "SJ2\n", 0, FaultKind::FirstLine),
        ("SJ1\n", "\u{FEFF}SJ1\n", 0, FaultKind::Encoding),
        ("\n12,2\n", "\r\n12,2\n", 0, FaultKind::LineEnd),
        ("\n12,2\n", "\n\n12,2\n", 0, FaultKind::EmptyLine),
        ("\n12,2\n", "\n", 12, FaultKind::MissingRecord),
        ("\n12,2\n", "\n12,2\n12,2\n", 12, FaultKind::Repeated),
        ("\n12,2\n13,19600401\n", "\n13,19600401\n12,2\n", 12, FaultKind::Order),
        ("\n12,2\n", "\n12,3\n", 12, FaultKind::Item(ItemError::Code)),
        ("\n12,2\n", "\n12,\n", 12, FaultKind::Item(ItemError::Missing)),
        ("\n12,2\n", "\n12,2,\n", 12, FaultKind::ItemCount),
        ("\n12,2\n", "\n99,2\n", 0, FaultKind::UnknownRecord),
        ("\n12,2\n", "\n012,2\n", 0, FaultKind::UnknownRecord),
        ("13,19600401", "13,19600431", 13, FaultKind::Item(ItemError::Day)),
        ("試験　花子", "試験　花子ABC", 11, FaultKind::Item(ItemError::Mixed)),
        ("試験　花子", "髙橋　花子", 11, FaultKind::Item(ItemError::PlatformDependent)),
        (
            "架空内科クリニック\n2,",
            "架空内科クリニック架空内科クリニック架空内科クリニック架空内科クリニック架空内科クリニック架空内科クリニック架空内科クリニック\n2,",
            1,
            FaultKind::Item(ItemError::TooLong),
        ),
        ("\n201,1,2,", "\n201,1,3,", 201, FaultKind::Numbering),
        ("\n101,2,2,,10", "\n101,4,2,,10", 101, FaultKind::Numbering),
        ("\n51,20260615\n", "\n51,20260615\n301,1,,早すぎる\n", 301, FaultKind::Order),
        ("\n201,3,1,1,2,662640683,アルメタ軟膏　０．１％,10,1,ｇ", "", 201, FaultKind::MissingRecord),
    ];
    for (from, to, record, kind) in cases {
        let spoilt = FIRST.replacen(from, to, 1);
        assert_ne!(spoilt, FIRST, "{from:?}");
        let faults = Prescription::from_csv(spoilt.as_bytes(), &profile).unwrap_err();
        let found = faults.list().iter().any(|fault| fault.record == record && fault.kind == kind);
        assert!(found, "{from:?} → {to:?}: {:?}", faults.list());
        // Words name the place, never the text.
        assert!(!faults.to_string().contains("花子"), "{faults}");
    }
    let large = format!("SJ1\n{}", "81,1,1,あ\n".repeat(100_000));
    let faults = Prescription::from_csv(large.as_bytes(), &profile).unwrap_err();
    assert_eq!(faults.list().first().unwrap().kind, FaultKind::TooLarge);
    let many = format!("SJ1\n{}", "12,x\n".repeat(3_000));
    assert_eq!(Prescription::from_csv(many.as_bytes(), &profile).unwrap_err().list().len(), 100);
    assert!(Dispensing::from_csv(FIRST.as_bytes(), &profile).is_err());
}

#[test]
fn answers_that_contradict_themselves_are_not_believed() {
    let profile = Profile::built_in();
    let request = |function: Function| Request {
        function,
        api: format!("{}req", profile.message(function.name()).unwrap().id),
        institution: INSTITUTION.to_owned(),
        file_id: "T-1".to_owned(),
        body: Vec::new(),
    };
    let message = |segment: &str, body: &str| {
        format!(
            "<XmlMsg><MessageHeader><ArbitraryFileIdentifier>T-1</ArbitraryFileIdentifier>\
             <SegmentOfResult>{segment}</SegmentOfResult></MessageHeader>{body}</XmlMsg>"
        )
    };
    let body = |inner: &str| {
        message("1", &format!("<MessageBody><ProcessingResultStatus>1</ProcessingResultStatus>{inner}</MessageBody>"))
    };
    let read = |function: Function, text: &str| Reply::read(&request(function), text.as_bytes(), &profile);
    // A registration without its numbers, a check whose outcome and details differ, a status nobody knows.
    for (function, inner) in [
        (Function::Register, ""),
        (Function::Register, "<PrescriptionId>0f3c1b52-6a0e-4c55-9a77-2d1f5b7e9c01</PrescriptionId>"),
        (Function::Register, "<PrescriptionId>x</PrescriptionId><AccessCode>1</AccessCode>"),
        (Function::Check, ""),
        (Function::Check, "<CheckResult>0</CheckResult>"),
        (Function::Check, "<CheckResult>1</CheckResult>"),
        (
            Function::Check,
            "<CheckResult>2</CheckResult><CheckDetailList><CheckDetail><MessageId>1</MessageId></CheckDetail></CheckDetailList>",
        ),
        (Function::Status, "<PrescriptionStatus>不明です。</PrescriptionStatus>"),
        (Function::Status, "<PrescriptionStatus>調剤中で取消です。</PrescriptionStatus>"),
        (Function::Copy, "<PrescriptionReferenceInformationFile>!</PrescriptionReferenceInformationFile>"),
    ] {
        assert!(read(function, &body(inner)).is_err(), "{function:?} {inner}");
    }
    assert_eq!(read(Function::Cancel, "<html/>"), Err(MessageError::Xml(XmlError::Structure)));
    assert!(read(Function::Cancel, &message("7", "<MessageBody/>")).is_err());
    assert!(read(Function::Cancel, &message("1", "")).is_err());
    assert!(read(Function::Cancel, &message("1", "<MessageBody/><MessageBody/>")).is_err());
    // An abnormal end may have no body: it is no success.
    let reply = read(Function::Cancel, &message("9", "")).unwrap();
    assert!(!reply.outcome.done && reply.answer.is_none());
    let reply = read(Function::Register, &message("2", "<MessageBody/>")).unwrap();
    assert!(reply.outcome.in_progress && reply.answer.is_none());
}
