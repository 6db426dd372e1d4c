//! What a search answers is what `karute_fhir::search::matches` says, on both databases, for every kind of
//! parameter, modifier and prefix.
use crate::search_world::{CODES, DATES, Dice, FAMILY, GIVEN, KANA, NUMBERS, SYSTEMS, UNITS, URIS, World, ids, page, query, try_query};
use crate::stage::Stage;
use std::collections::BTreeSet;

const PREFIXES: [&str; 10] = ["", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"];

async fn check(world: &World, type_name: &str, text: &str) -> usize {
    let mut query = query(type_name, text);
    query.count = 500;
    query.total = karute_fhir::search::Total::Accurate;
    let right = world.answer(&query);
    let page = page(&world.access, &query, None).await;
    assert_eq!(ids(&page), right, "{type_name}?{text}");
    assert_eq!(page.total, Some(right.len() as u64), "{type_name}?{text}");
    assert!(page.next.is_none());
    right.len()
}

/// Checks all texts, and that the list as a whole is able to tell right from wrong: some find something.
async fn check_all(world: &World, type_name: &str, texts: Vec<String>) {
    let mut found = 0;
    let mut asked = 0;
    for text in texts {
        // Combinations that R4 does not allow (for example `missing` with another value) are the parser's matter.
        if try_query(type_name, &text).is_err() {
            continue;
        }
        asked += 1;
        found += usize::from(check(world, type_name, &text).await > 0);
    }
    assert!(asked > 0 && found * 5 > asked, "{type_name}: {found} of {asked} searches found something");
}

pub async fn strings_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 1).await;
    let mut texts = Vec::new();
    let long = "長".repeat(60);
    let values = FAMILY.iter().chain(&KANA).chain(&GIVEN).copied().chain(["山", "や", "だ", "郎", "田太", "ー", "x", "%", "_", &long]);
    for value in values {
        for modifier in ["", ":exact", ":contains"] {
            for param in ["name", "family", "given", "phonetic"] {
                texts.push(format!("{param}{modifier}={value}"));
            }
        }
    }
    texts.extend(["name=山田,佐藤", "name:contains=藤,邉", "family=山&given=太郎", "name:missing=true", "family:missing=false"].map(String::from));
    check_all(&world, "Patient", texts).await;
    check_all(&world, "Organization", ["name=山", "name:contains=クリ", "name:contains=ック"].map(String::from).to_vec()).await;
}

/// Patient and code together go by a table of their own.
pub async fn codes_of_a_patient_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 9).await;
    let mut texts = Vec::new();
    for patient in ["p1", "Patient/p2", "p1,p2,p3,p4,p5,p6", "nobody"] {
        for code in CODES.map(|c| c.replace('|', "\\|")) {
            for rest in ["", "&date=ge2020", "&code:not=a", "&status=final", "&code=a,b"] {
                texts.push(format!("patient={patient}&code={code}{rest}"));
            }
            for system in SYSTEMS {
                texts.push(format!("patient={patient}&code={system}|{code}"));
            }
        }
        texts.push(format!("patient={patient}&code=a,http://s/1|b,|A"));
        texts.push(format!("patient={patient}&code=http://s/1|"));
        texts.push(format!("patient={patient}&patient=p1&code=a,b,A"));
    }
    check_all(&world, "Observation", texts).await;
}

pub async fn tokens_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 2).await;
    let mut texts = Vec::new();
    for code in CODES.map(|c| c.replace('|', "\\|")) {
        for param in ["code", "combo-code", "value-concept", "component-code", "_tag"] {
            texts.push(format!("{param}={code}"));
            texts.push(format!("{param}=|{code}"));
            texts.push(format!("{param}:not={code}"));
            for system in SYSTEMS.iter().filter(|s| !s.is_empty()) {
                texts.push(format!("{param}={system}|{code}"));
                texts.push(format!("{param}:not={system}|{code}"));
                texts.push(format!("{param}={system}|"));
            }
        }
    }
    for param in ["code", "value-concept", "status", "_tag", "subject", "date", "value-quantity", "code-value-quantity", "_profile"] {
        texts.push(format!("{param}:missing=true"));
        texts.push(format!("{param}:missing=false"));
    }
    texts.extend(["code=a,b", "code=http://s/1|a,b,|A", "code:not=a,b", "status=final&code=a", "code=a&code=b"].map(String::from));
    check_all(&world, "Observation", texts).await;
    check_all(&world, "Patient", ["gender=male", "gender:not=male", "identifier=7", "identifier=http://s/1|7", "identifier=http://s/1|"].map(String::from).to_vec()).await;
}

pub async fn dates_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 3).await;
    let dates = DATES.map(String::from).into_iter().chain(["2026-11-22T10:25".into(), "2027".into()]);
    let texts: Vec<String> = dates.flat_map(|date| PREFIXES.map(|prefix| format!("date={prefix}{date}"))).collect();
    check_all(&world, "Observation", texts).await;
    check_all(&world, "Observation", ["date=ge2026-11-01&date=lt2026-12-01", "date=2025,2026-11-22"].map(String::from).to_vec()).await;
    let texts: Vec<String> = ["1954", "1954-03", "1954-03-01"].into_iter().flat_map(|d| PREFIXES.map(|p| format!("birthdate={p}{d}"))).collect();
    check_all(&world, "Patient", texts).await;
}

pub async fn numbers_and_quantities_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 4).await;
    let mut texts = Vec::new();
    for number in NUMBERS {
        for prefix in PREFIXES {
            for param in ["value-quantity", "combo-value-quantity"] {
                texts.push(format!("{param}={prefix}{number}"));
            }
            for unit in UNITS {
                texts.push(format!("value-quantity={prefix}{number}|http://unitsofmeasure.org|{unit}"));
                texts.push(format!("value-quantity={prefix}{number}||{unit}"));
            }
        }
    }
    check_all(&world, "Observation", texts).await;
    let texts = NUMBERS.iter().flat_map(|n| PREFIXES.map(|p| format!("probability={p}{n}"))).collect();
    check_all(&world, "RiskAssessment", texts).await;
}

pub async fn references_and_uris_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 5).await;
    let mut texts = Vec::new();
    for n in 0..20 {
        texts.push(format!("subject=Patient/p{n}"));
        texts.push(format!("patient=p{n}"));
        texts.push(format!("subject:Patient=p{n}"));
    }
    texts.push("subject=Patient/p1,Patient/p2".into());
    texts.push("subject=http://elsewhere.example/fhir/Patient/p1".into());
    texts.push("subject:identifier=http://s/1|7".into());
    texts.push("subject=Group/p1".into());
    texts.push("subject:missing=true".into());
    check_all(&world, "Observation", texts).await;
    let texts = URIS.iter().flat_map(|uri| ["", ":below", ":above"].map(|modifier| format!("url{modifier}={uri}"))).collect();
    check_all(&world, "ValueSet", texts).await;
    let texts = URIS.iter().flat_map(|uri| ["", ":below"].map(|modifier| format!("_profile{modifier}={uri}"))).collect();
    check_all(&world, "Observation", texts).await;
}

pub async fn composites_match_within_one_element(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 6).await;
    let mut texts = Vec::new();
    for code in ["a", "b", "http://s/1|a", "|A"] {
        for number in ["5", "100", "0"] {
            for prefix in ["", "gt", "le", "ne", "sa"] {
                for param in ["code-value-quantity", "combo-code-value-quantity", "component-code-value-quantity"] {
                    texts.push(format!("{param}={code}${prefix}{number}"));
                }
            }
            texts.push(format!("code-value-quantity={code}${number}|http://unitsofmeasure.org|mg"));
        }
        for value in ["a", "http://s/2|b"] {
            texts.push(format!("code-value-concept={code}${value}"));
        }
    }
    check_all(&world, "Observation", texts).await;
}

pub async fn chains_and_has_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 7).await;
    let texts = [
        "subject:Patient.name=山",
        "patient.name=山田",
        "patient.gender=male",
        "patient.gender:not=male",
        "patient.birthdate=lt1960",
        "patient.name:contains=太",
        "patient.identifier=http://s/1|7",
        "patient._id=p3,p4",
        "patient.name:missing=true",
        "patient.name=山&code=a",
        "patient.gender=female&date=ge2026-01-01",
    ];
    check_all(&world, "Observation", texts.map(String::from).to_vec()).await;
    let texts = [
        "_has:Observation:patient:code=a",
        "_has:Observation:subject:code=http://s/1|b",
        "_has:Observation:patient:date=ge2026-11-22",
        "_has:Observation:patient:status=final&gender=male",
        "_has:Observation:patient:value-quantity=gt4",
        "_has:Observation:patient:code:not=a",
        "_has:RiskAssessment:patient:probability=gt1",
        "organization.name=山",
        "organization=Organization/o1",
    ];
    check_all(&world, "Patient", texts.map(String::from).to_vec()).await;
}

pub async fn ids_and_times_of_change_match_as_defined(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 8).await;
    let mut texts: Vec<String> = ["_id=b1", "_id=b1,b2,b3,p1", "_id=nobody", "_id=b5&code=a", ""].map(String::from).to_vec();
    let times: BTreeSet<String> = world.things.values().map(|t| t.updated.to_fhir()).collect();
    for time in times.iter().step_by(5) {
        texts.extend(PREFIXES.map(|prefix| format!("_lastUpdated={prefix}{time}")));
    }
    texts.push("_lastUpdated=ge2026-11-22&_lastUpdated=lt2026-11-23".into());
    texts.push(format!("_lastUpdated={},{}", times.first().unwrap(), times.last().unwrap()));
    texts.push(format!("_lastUpdated=gt{}&code=a", times.iter().nth(times.len() / 2).unwrap()));
    texts.push(format!("patient._lastUpdated=lt{}", times.last().unwrap()));
    check_all(&world, "Observation", texts).await;
}

pub async fn random_combinations_match(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let world = World::random(&stage, access, 9).await;
    let mut dice = Dice::new(99);
    let mut texts = Vec::new();
    for _ in 0..300 {
        let mut parts = Vec::new();
        for _ in 0..=dice.below(3) {
            parts.push(match dice.below(10) {
                0 => format!("code={}", dice.one(&["a", "b", "http://s/1|a", "|A"])),
                1 => format!("code:not={}", dice.one(&["a", "b"])),
                2 => format!("date={}{}", dice.one(&PREFIXES), dice.one(&DATES)),
                3 => format!("patient=p{}", dice.below(20)),
                4 => format!("value-quantity={}{}", dice.one(&PREFIXES), dice.one(&NUMBERS)),
                5 => format!("status={}", dice.one(&["final", "preliminary"])),
                6 => format!("value-concept:missing={}", dice.one(&["true", "false"])),
                7 => format!("patient.gender={}", dice.one(&["male", "female"])),
                8 => format!("_profile:below={}", dice.one(&URIS)),
                _ => format!("combo-code={}", dice.one(&["a", "b", "c\\|d"])),
            });
        }
        texts.push(parts.join("&"));
    }
    check_all(&world, "Observation", texts).await;
}

pub async fn what_postgresql_cannot_store_is_found_all_the_same(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let mut world = World { access, things: std::collections::BTreeMap::new() };
    let odd = [
        r#"{"resourceType":"Patient","name":[{"family":"a\u0000b"}],"identifier":[{"value":"x\u0000y"}]}"#,
        r#"{"resourceType":"Patient","name":[{"family":"a\u00010b"}],"identifier":[{"value":"x\u00010y"}]}"#,
        r#"{"resourceType":"Patient","name":[{"family":"ab"},{"family":"AB"},{"family":"Ab"}]}"#,
    ];
    for (n, text) in odd.iter().enumerate() {
        world.write("Patient", &[(format!("p{n}"), Some((*text).to_owned()))]).await;
    }
    for value in ["ab", "AB", "Ab", "a", "b"] {
        for modifier in ["", ":exact", ":contains"] {
            check(&world, "Patient", &format!("family{modifier}={value}")).await;
        }
    }
    // Values that a client could only send by percent-encoding.
    for filter in [
        karute_fhir::search::Match::Text { mode: karute_fhir::search::TextMode::Exact, value: "a\0b".into() },
        karute_fhir::search::Match::Text { mode: karute_fhir::search::TextMode::Contains, value: "\0".into() },
        karute_fhir::search::Match::Text { mode: karute_fhir::search::TextMode::StartsWith, value: "a\u{1}".into() },
    ] {
        let mut wanted = query("Patient", "");
        wanted.filters = vec![karute_fhir::search::Filter::Any {
            param: karute_fhir::search::ParamKey::of("Patient.family"),
            any: vec![filter],
        }];
        assert_eq!(ids(&page(&world.access, &wanted, None).await), world.answer(&wanted));
    }
}

pub async fn very_long_values_are_told_apart(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let mut world = World { access, things: std::collections::BTreeMap::new() };
    let base = "長".repeat(400);
    for (n, end) in ["あ", "い", "あい"].iter().enumerate() {
        let text = format!(
            r#"{{"resourceType":"Patient","name":[{{"family":"{base}{end}"}}],"identifier":[{{"value":"{base}{end}"}}],"meta":{{"profile":["http://p/{base}/{end}"]}}}}"#
        );
        world.write("Patient", &[(format!("p{n}"), Some(text))]).await;
    }
    for text in [
        format!("family={base}"),
        format!("family={base}あ"),
        format!("family:exact={base}あ"),
        format!("family:contains={base}い"),
        "family:contains=長長長あ".into(),
        "family:contains=あい".into(),
        "family=長".into(),
        format!("identifier={base}あ"),
        format!("_profile=http://p/{base}/い"),
        format!("_profile:below=http://p/{base}"),
        format!("_profile:below=http://p/{base}/あ"),
    ] {
        if try_query("Patient", &text).is_ok() {
            check(&world, "Patient", &text).await;
        }
    }
}
