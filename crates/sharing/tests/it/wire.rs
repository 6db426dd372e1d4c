//! The wire: golden messages, round trips of whatever can be said.
use crate::sample::{A, B, INSURED, letter};
use karute_japan::{Date, Timestamp};
use karute_sharing::profile::Profile;
use karute_sharing::wire::content::{Content, Shape, entry_of};
use karute_sharing::wire::{
    Answer, Consent, Envelope, File, Finding, Function, Group, Kind, ListQuery, Outcome, Participant, Question, Reply,
    Request, Row, ServiceState, Target,
};
use proptest::prelude::*;

pub(crate) fn target() -> Target {
    Target {
        insured: INSURED.into(),
        system: "http://jpfhir.jp/fhir/clins/bundle-identifier".into(),
        value: format!("{A}^2026^RF-01J0ABCDEF"),
    }
}

fn envelope() -> Envelope {
    Envelope {
        kind: Kind::Referral,
        target: target(),
        destination: Some(B.into()),
        consent: Some(Consent { given: true, at: "20260615100000".into() }),
        supersedes: Some(Target { value: format!("{A}^2026^RF-0"), ..target() }),
        document: b"{\"resourceType\":\"Bundle\"}".to_vec(),
        signed: false,
    }
}

#[test]
fn the_envelope_is_as_the_profile_has_it() {
    let written = String::from_utf8(envelope().write(&Profile::built_in())).unwrap();
    assert_eq!(written, include_str!("../fixtures/envelope.xml").trim_end());
}

#[test]
fn requests_and_results_are_as_the_profile_has_them() {
    let profile = Profile::built_in();
    let golden = [
        (Question::Status(target()), "CISsiDOC04req", include_str!("../fixtures/status-request.xml")),
        (
            Question::List(ListQuery { from: Date::constant(2026, 6, 1), to: Date::constant(2026, 6, 15), page: 2 }),
            "CISsiDOC05req",
            include_str!("../fixtures/list-request.xml"),
        ),
        (Question::Participation(B.into()), "OQSsicis01req", include_str!("../fixtures/participation-request.xml")),
    ];
    for (question, api, expected) in golden {
        let request = Request::new(&question, A, "f-1", &profile).unwrap();
        assert_eq!(request.api, api);
        assert_eq!(String::from_utf8(request.body).unwrap(), expected.trim_end());
    }
    let reply = Reply {
        outcome: Outcome {
            code: "CISB9010E".into(),
            message: "検証エラー".into(),
            findings: vec![Finding {
                code: "R9015C".into(),
                message: "開始日がありません。".into(),
                location: "Bundle.entry[1].resource.onsetDateTime".into(),
                entry: String::new(),
            }],
            ..Outcome::default()
        },
        answer: None,
    };
    let written = reply.write(Function::Register(Group::Unit), "f-1", &profile).unwrap();
    assert_eq!(String::from_utf8(written).unwrap(), include_str!("../fixtures/refusal.xml").trim_end());
}

#[test]
fn what_the_connector_must_know_of_a_document() {
    let document = letter(&target().value, INSURED, "本文");
    let content = Content::read(&document).unwrap();
    assert_eq!((content.kind, content.others, &content.target), (Kind::Referral, 1, &target()));
    assert_eq!((content.birth.as_str(), content.sex.as_str()), ("1960-04-01", "female"));
    assert!(content.is_of(A) && !content.is_of(B));
    assert_eq!(entry_of("Bundle.entry[1].resource.name", &document).as_deref(), Some("Patient/"));
    for nowhere in ["Bundle", "Bundle.entry[9]", "Bundle.entry[x]", "entry[99999999999999999999]"] {
        assert_eq!(entry_of(nowhere, &document), None, "{nowhere}");
    }
    // The shape is what it says: not when it was made, nor the numbers of its entries.
    let shape = |text: &str| Shape::of(text.as_bytes()).unwrap().0;
    let one = r#"{"timestamp":"1","meta":{"lastUpdated":"1"},"entry":[{"fullUrl":"urn:uuid:a","x":"urn:uuid:b"},"urn:uuid:a"]}"#;
    let same = r#"{"timestamp":"2","meta":{"lastUpdated":"2"},"entry":[{"fullUrl":"urn:uuid:c","x":"urn:uuid:d"},"urn:uuid:c"]}"#;
    let other = r#"{"timestamp":"1","meta":{"lastUpdated":"1"},"entry":[{"fullUrl":"urn:uuid:a","x":"urn:uuid:b"},"urn:uuid:b"]}"#;
    assert_eq!(shape(one), shape(same));
    assert_ne!(shape(one), shape(other));
    assert_ne!(shape(r#"{"a":"1"}"#), shape(r#"{"a":1}"#));
    assert_ne!(shape(r#"{"a":["b","c"]}"#), shape(r#"{"a":["b,c"]}"#));
}

fn word() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![Just('あ'), Just('&'), Just('<'), Just('"'), Just('a'), Just('１'), Just('\''), Just('>')],
        1..12,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

fn targets() -> impl Strategy<Value = Target> {
    (
        "[0-9]{8}",
        word(),
        word(),
        prop_oneof![Just(String::new()), "[0-9]{2}".prop_map(String::from)],
        "[A-Za-z0-9-]{1,36}",
    )
        .prop_map(|(insurer, symbol, number, branch, local)| Target {
            insured: format!("{insurer}:{symbol}:{number}:{branch}"),
            system: "http://jpfhir.jp/fhir/clins/bundle-identifier".into(),
            value: format!("{A}^2026^{local}"),
        })
}

fn envelopes() -> impl Strategy<Value = Envelope> {
    let consent = prop_oneof![
        Just(None),
        Just(Some(Consent { given: false, at: String::new() })),
        "[0-9]{14}".prop_map(|at| Some(Consent { given: true, at })),
    ];
    let kind = proptest::sample::select(Kind::ALL.to_vec());
    let destination = proptest::option::of("[0-9]{10}".prop_map(String::from));
    (
        kind,
        targets(),
        destination,
        consent,
        proptest::option::of(targets()),
        proptest::collection::vec(any::<u8>(), 1..200),
    )
        .prop_map(|(kind, target, destination, consent, supersedes, document)| Envelope {
            kind,
            target,
            destination,
            consent,
            supersedes,
            document,
            signed: false,
        })
}

fn rows() -> impl Strategy<Value = Row> {
    (
        "[A-Z0-9]{1,30}",
        "[0-9]{10}",
        word(),
        targets(),
        proptest::sample::select(Kind::ALL.to_vec()),
        any::<bool>(),
        0..50u32,
    )
        .prop_map(|(key, sender, name, target, kind, flag, count)| Row {
            key,
            sender,
            sender_name: name.clone(),
            kana: name,
            birth: Some(Date::constant(1960, 4, 1)),
            sex: "2".into(),
            insured: target.insured,
            kind,
            at: Timestamp::parse("2026-06-15T10:00:00+09:00"),
            consent: flag,
            received: !flag,
            attachments: count,
            size: u64::from(count) * 1_000,
        })
}

/// A result with the question it answers.
fn answers() -> impl Strategy<Value = (Question, Answer)> {
    let file = || {
        let data = proptest::collection::vec(any::<u8>(), 1..100);
        (word(), data).prop_map(|(name, data)| File { content_type: "application/pdf".into(), name, data })
    };
    let list = Question::List(ListQuery { from: Date::constant(2026, 6, 1), to: Date::constant(2026, 6, 2), page: 1 });
    prop_oneof![
        (envelopes(), "[A-Z0-9]{1,40}")
            .prop_map(|(envelope, receipt)| (Question::Register(envelope), Answer::Accepted(receipt))),
        (envelopes(), "[A-Z0-9]{1,40}")
            .prop_map(|(envelope, receipt)| (Question::Change(envelope), Answer::Accepted(receipt))),
        targets().prop_map(|target| (Question::Cancel(Group::Unit, target), Answer::Done)),
        (targets(), proptest::sample::select(ServiceState::ALL.to_vec()))
            .prop_map(|(target, state)| (Question::Status(target), Answer::State(state))),
        (proptest::collection::vec(rows(), 0..5), 1..9u32)
            .prop_map(move |(rows, pages)| (list.clone(), Answer::Rows(rows, pages))),
        proptest::collection::vec(any::<u8>(), 1..300)
            .prop_map(|bytes| (Question::Get("K1".into()), Answer::Document(bytes))),
        (targets(), file()).prop_map(|(target, file)| (Question::Attach(target, file, 3), Answer::Done)),
        file().prop_map(|file| (Question::Attachment("K1".into(), 2), Answer::File(file))),
        (word(), any::<bool>()).prop_map(|(name, takes_part)| {
            let found = Participant { code: B.into(), name: name.clone(), takes_part };
            (Question::Find(name), Answer::Facilities(vec![found]))
        }),
        proptest::option::of(proptest::collection::vec(any::<u8>(), 1..50)).prop_map(|file| {
            (Question::Masters("JLAC".into(), "20260101".into()), Answer::Master("20260601".into(), file))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn envelopes_come_back_as_they_were(envelope in envelopes()) {
        let profile = Profile::built_in();
        prop_assert_eq!(Envelope::read(&envelope.write(&profile), &profile).unwrap(), envelope);
    }

    #[test]
    fn requests_and_results_come_back_as_they_were((question, answer) in answers()) {
        let profile = Profile::built_in();
        let request = Request::new(&question, A, "file-1", &profile).unwrap();
        let received = Request::read(&request.api, &request.body, &profile).unwrap();
        prop_assert_eq!(received.function, question.function());
        prop_assert_eq!((received.taken.institution.as_str(), received.taken.file_id.as_str()), (A, "file-1"));
        match &question {
            Question::Register(envelope) | Question::Change(envelope) => {
                let info = received.decoded("info").unwrap();
                prop_assert_eq!(&Envelope::read(&info, &profile).unwrap(), envelope);
            }
            Question::Cancel(_, target) | Question::Status(target) => prop_assert_eq!(&received.target(), target),
            Question::Attach(target, file, number) => {
                prop_assert_eq!(&received.target(), target);
                prop_assert_eq!(&received.decoded("data").unwrap(), &file.data);
                prop_assert_eq!(received.get("number"), number.to_string());
            }
            _ => {}
        }
        let reply = Reply { outcome: Outcome { done: true, ..Outcome::default() }, answer: Some(answer) };
        let written = reply.write(question.function(), "file-1", &profile).unwrap();
        prop_assert_eq!(Reply::read(&request, &written, &profile).unwrap(), reply);
    }

    #[test]
    fn no_bytes_break_a_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let profile = Profile::built_in();
        let _ = Envelope::read(&bytes, &profile);
        let _ = Content::read(&bytes);
        let _ = Shape::of(&bytes);
        let _ = Request::read("CISsiDOC01req", &bytes, &profile);
        let request = Request::new(&Question::Status(target()), A, "f", &profile).unwrap();
        let _ = Reply::read(&request, &bytes, &profile);
    }
}
