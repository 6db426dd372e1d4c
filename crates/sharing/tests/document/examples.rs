//! Documents of others: the official examples and hostile ones.
use karute_chart::inbox::{Block, Kind};
use karute_sharing::document::received::{self, Unreadable};

fn example(path: &str) -> Option<Vec<u8>> {
    let shared = karute_testkit::shared()?.join("fhir/examples").join(path);
    Some(std::fs::read(shared).unwrap())
}

#[test]
fn the_official_examples_are_read_in_the_senders_order_and_wording() {
    for (path, kind, institution, sections, least) in [
        ("jp-clins/Bundle-Bundle-CLINS-Referral-Example-01.json", Kind::Referral, "港診療所", 11, 8),
        ("jp-clins/Bundle-Bundle-CLINS-PCS-Example-01.json", Kind::Plan, "みなと診療所", 1, 2),
        ("jp-clins/Bundle-Bundle-CLINS-Observations-Example-01.json", Kind::Laboratory, "", 0, 2),
        ("jp-echeckup/Bundle-Bundle-eCheckupReport-Sample-01-with-VersionOfProfile.json", Kind::Checkup, "", 2, 20),
        ("own-1.12/Bundle-own-eDischargeSummary.json", Kind::Discharge, "", 8, 3),
        ("own-1.12/Bundle-own-5info-Condition.json", Kind::Information, "医療機関 2717654321", 0, 2),
        ("own-1.12/Bundle-own-5info-AllergyIntolerance.json", Kind::Information, "", 0, 1),
    ] {
        let Some(bytes) = example(path) else {
            return karute_testkit::skipped("official examples", "no shared folder");
        };
        let read = received::read(&bytes).unwrap_or_else(|e| panic!("{path}: {e}"));
        assert_eq!(read.kind, kind, "{path}");
        assert!(institution.is_empty() || read.sender.institution == institution, "{path}: {:?}", read.sender);
        assert!(!read.sender.institution.is_empty(), "{path}");
        assert!(read.sections.len() >= sections, "{path}: {} sections", read.sections.len());
        assert!(read.items.len() >= least, "{path}: {} items", read.items.len());
        assert!(!read.who.name.is_empty() && read.who.birth.is_some(), "{path}");
    }
    let Some(bytes) = example("jp-clins/Bundle-Bundle-CLINS-Referral-Example-01.json") else { return };
    let read = received::read(&bytes).unwrap();
    assert_eq!(read.who.member, "00012345:あいう:１８７:05");
    let purpose = read.sections.iter().find(|s| s.code == "950").unwrap();
    assert_eq!((purpose.depth, &purpose.blocks[..]), (1, &[Block::Text("腹痛精査お願いします。".to_owned())][..]));
    let names: Vec<String> = read.items.iter().map(karute_chart::outside::Item::name).collect();
    assert!(names.iter().any(|name| name == "上腹部痛"), "{names:?}");
}

fn document(div: &str, title: &str) -> Vec<u8> {
    serde_json::json!({
        "resourceType": "Bundle", "type": "document",
        "entry": [
            {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Composition", "title": title,
                "type": {"coding": [{"code": "57133-1"}]}, "subject": {"reference": "urn:uuid:2"},
                "author": [{"display": "<b>架空</b>病院"}],
                "section": [{"title": title, "text": {"div": div}, "entry": [{"reference": "urn:uuid:404"}]},
                    {"title": "アレルギー", "emptyReason": {"coding": [{"code": "nilknown"}]}},
                    {"title": "添付", "code": {"coding": [{"code": "210"}]}, "entry": [{"reference": "urn:uuid:3"}]}]}},
            {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Patient", "name": [{"text": "架空\u{202E} 太郎"}], "birthDate": "1971-02-28"}},
            {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "DocumentReference", "content": [
                {"attachment": {"url": "https://evil.example/x.pdf", "title": "外のファイル"}},
                {"attachment": {"contentType": "text/html", "data": "PHNjcmlwdD4=", "title": "ページ"}},
                {"attachment": {"contentType": "application/pdf", "data": "%%%", "title": "壊れた"}}]}},
        ]
    })
    .to_string()
    .into_bytes()
}

#[test]
fn nothing_hostile_comes_through() {
    let div = "<div>本文<script>alert(1)</script><a href='javascript:x'>リンク</a><img src=x onerror=alert(1)></div>";
    let read = received::read(&document(div, "表題")).unwrap();
    assert_eq!(read.sections[0].blocks, [Block::Text("本文リンク".to_owned())]);
    assert_eq!(read.sections[1].empty.as_deref(), Some("特になし"));
    assert_eq!(read.who.name, "架空 太郎");
    assert_eq!(read.files.len(), 1, "only what is inside and whole");
    assert_eq!(read.files[0].content, b"<script>");
    assert_eq!(read.gaps.len(), 3, "{:?}", read.gaps);
}

#[test]
fn what_is_no_document_is_told_apart() {
    for (bytes, error) in [
        (&b"not json"[..], Unreadable::NotJson),
        (b"{\"resourceType\":\"Patient\"}", Unreadable::NotABundle),
        (b"{\"resourceType\":\"Bundle\",\"entry\":[]}", Unreadable::NoPatient),
        (b"", Unreadable::NotJson),
    ] {
        assert_eq!(received::read(bytes).unwrap_err(), error);
        assert!(!error.words().is_empty());
    }
    assert_eq!(received::read(&vec![b' '; 21_000_000]).unwrap_err(), Unreadable::TooLarge);
}
