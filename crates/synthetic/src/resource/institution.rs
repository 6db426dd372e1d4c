//! Organization, Practitioner, PractitionerRole.
use super::build::{Json, identifier, list, object, reference, shown, text, word, words};
use super::patient::human_name;
use crate::people::Written;
use crate::{Author, Params};
use karute_json::Value;

const DOCTORS: [(&str, &str, &str, &str); 2] = [("森", "モリ", "健吾", "ケンゴ"), ("水野", "ミズノ", "佳子", "ケイコ")];

/// Id of the clinic's `Organization`.
pub(crate) fn organization_id(params: &Params) -> String {
    params.id("organization", 0, 0, params.history_begins())
}

pub(super) fn organization_reference(params: &Params) -> Json {
    reference("Organization", &organization_id(params))
}

/// The doctors who sign: those the caller named, or the clinic's own.
pub(crate) fn doctors(params: &Params) -> Vec<Author> {
    if !params.authors.is_empty() {
        return params.authors.clone();
    }
    let own = DOCTORS.iter().enumerate();
    own.map(|(index, (family, _, given, _))| Author {
        id: params.id("practitioner", index as u64, 0, params.history_begins()),
        name: format!("{family} {given}"),
    })
    .collect()
}

/// The clinic and, unless the caller brought doctors, its own.
pub(crate) fn institution(params: &Params) -> Vec<Json> {
    let (_, prefecture) = params.prefecture();
    let organization = object([
        ("resourceType", word("Organization")),
        ("id", text(organization_id(params))),
        (
            "identifier",
            list([identifier(
                "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no",
                params.institution_code.clone(),
            )]),
        ),
        ("active", Value::Bool(true)),
        ("type", list([words("診療所")])),
        ("name", text(params.institution_name.clone())),
        (
            "telecom",
            list([object([("system", word("phone")), ("value", word("0999-00-0001")), ("use", word("work"))])]),
        ),
        (
            "address",
            list([object([
                ("text", text(format!("{prefecture}みどり野市本町1丁目1番1号"))),
                ("line", list([word("本町1丁目1番1号")])),
                ("city", word("みどり野市")),
                ("state", word(prefecture)),
                ("postalCode", word("999-0001")),
                ("country", word("JP")),
            ])]),
        ),
    ]);
    let mut all = vec![organization];
    if params.authors.is_empty() {
        for (doctor, (family, family_kana, given, given_kana)) in doctors(params).iter().zip(&DOCTORS) {
            let written = |family: &str, given: &str| Written { family: family.to_owned(), given: given.to_owned() };
            all.push(object([
                ("resourceType", word("Practitioner")),
                ("id", text(doctor.id.clone())),
                ("active", Value::Bool(true)),
                (
                    "name",
                    list([
                        human_name("official", "IDE", &written(family, given)),
                        human_name("official", "SYL", &written(family_kana, given_kana)),
                    ]),
                ),
            ]));
            all.push(object([
                ("resourceType", word("PractitionerRole")),
                ("id", text(doctor.id.clone())),
                ("active", Value::Bool(true)),
                ("practitioner", shown("Practitioner", &doctor.id, &doctor.name)),
                ("organization", organization_reference(params)),
                ("code", list([words("医師")])),
                ("specialty", list([words("内科")])),
            ]));
        }
    }
    all
}
