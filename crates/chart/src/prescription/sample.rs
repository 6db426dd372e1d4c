//! Lines for the tests of this room.
#![allow(clippy::unwrap_used)]
use super::{Amount, Coding, Dispensing, Drug, Form, Line, Preparation, Prescribed, Status, Usage};
use karute_fhir::Id;

/// One tablet after breakfast for 28 days.
pub(super) fn prescribed(name: &str, code: &str) -> Prescribed {
    let coding = Coding {
        system: "http://capstandard.jp/CodeSystem/KikakubetsuYakuzaiSeibun".to_owned(),
        code: code.to_owned(),
        display: name.to_owned(),
    };
    Prescribed {
        drug: Drug { name: format!("【般】{name}"), codes: vec![coding] },
        form: Form::Internal,
        dose: Some(Amount::whole(1)),
        unit: "錠".to_owned(),
        usage: Usage { text: "1日1回 朝食後".to_owned(), times: Some(1), ..Usage::default() },
        days: Some(28),
        count: None,
        total: None,
        preparation: Preparation::default(),
        comment: None,
        purpose: None,
        dispensing: Dispensing::Outside,
    }
}

/// A draft of another drug for each id.
pub(super) fn line(id: &str, usage: &str, days: u16) -> Line {
    let mut what = prescribed(&format!("{id}錠5mg"), &format!("{:0>9}ZZZ", id.to_uppercase()));
    what.usage.text = usage.to_owned();
    what.days = Some(days);
    Line {
        id: Id::new(id).unwrap(),
        version: 1,
        status: Status::Draft,
        rp: 0,
        order: 0,
        what,
        written: None,
        prior: None,
        visit: None,
        by: None,
        awaits_approval: false,
    }
}
