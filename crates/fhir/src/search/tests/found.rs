//! What is found: searches against entries, by the rules of R4.
use super::{entries, parsed};
use crate::search::matches;

/// Whether a resource fulfils all conditions of a search.
fn found(resource: &str, query: &str) -> bool {
    let name = super::json(resource).get("resourceType").unwrap().as_str().unwrap().into_owned();
    let entries = entries(resource);
    let query = parsed(&name, query).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    query.filters.iter().all(|filter| matches(filter, &entries).unwrap())
}

fn check(resource: &str, cases: &[(&str, bool)]) {
    for (query, expected) in cases {
        assert_eq!(found(resource, query), *expected, "{query} in {resource}");
    }
}

#[test]
fn names_are_found_as_people_write_and_speak_them() {
    check(
        r#"{"resourceType":"Patient","name":[
            {"family":"渡邊","given":["健一"]},{"family":"ワタナベ","given":["ケンイチ"]},{"text":"Kenichi WATANABE"}]}"#,
        &[
            ("name=渡辺", true),
            ("name=渡邉健一", true),
            ("name=渡邊 健一", true),
            ("name=わたなべ", true),
            ("name=ﾜﾀﾅﾍﾞ", true),
            ("name=ワタナベケンイチ", true),
            ("name=kenichi", true),
            ("name=ＫＥＮＩＣＨＩ", true),
            ("name=健一", true),
            ("name=一", false),
            ("name:contains=一", true),
            ("name=なべ", false),
            ("name:contains=なべ", true),
            ("name:exact=渡邊", true),
            ("name:exact=渡辺", false),
            ("name:exact=ワタナベ", true),
            ("name:exact=わたなべ", false),
            ("phonetic=わたなべけんいち", true),
            ("family=けんいち", false),
            ("given=けんいち", true),
            ("name=佐藤,渡辺", true),
            ("name=佐藤", false),
            ("name=渡辺&name=健一", true),
            ("name=渡辺&name=健二", false),
        ],
    );
}

#[test]
fn addresses_are_found_in_part_and_as_a_whole() {
    check(
        r#"{"resourceType":"Patient","address":[{"state":"東京都","city":"港区","line":["芝公園4-2-8"],"postalCode":"105-0011"}]}"#,
        &[
            ("address=東京都港区", true),
            ("address=東京都港区芝公園4丁目", false),
            ("address=港区", true),
            ("address=1050011", true),
            ("address-postalcode=105-0011", true),
            ("address-city=港区", true),
            ("address-city=東京都", false),
        ],
    );
}

#[test]
fn tokens_by_system_and_code() {
    check(
        r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8480-6"},{"code":"local"}]},
            "method":{"text":"手動"},"identifier":[{"system":"urn:i","value":"1","type":{"coding":[{"system":"urn:t","code":"MR"}]}}],
            "subject":{"identifier":{"system":"urn:p","value":"9"}}}"#,
        &[
            ("code=8480-6", true),
            ("code=8480-", false),
            ("code=LOCAL", false),
            ("code=http://loinc.org|8480-6", true),
            ("code=http://loinc.org|local", false),
            ("code=|local", true),
            ("code=|8480-6", false),
            ("code=http://loinc.org|", true),
            ("code=urn:x|", false),
            ("code:not=8480-6", false),
            ("code:not=other", true),
            ("category:not=other", true),
            ("code:missing=false", true),
            ("category:missing=true", true),
            ("method:missing=false", true),
            ("method:missing=true", false),
            ("method:not=a", true),
            ("subject:missing=false", true),
            ("subject:identifier=urn:p|9", true),
            ("subject:identifier=urn:q|9", false),
            ("identifier:of-type=urn:t|MR|1", true),
            ("identifier:of-type=urn:t|MR|2", false),
            ("identifier:of-type=urn:u|MR|1", false),
            ("status=final", true),
            ("status=http://hl7.org/fhir/observation-status|final", true),
            ("status=http://hl7.org/fhir/observation-status|amended", false),
            ("status=http://hl7.org/fhir/observation-status|", true),
            ("status=urn:other|final", false),
            ("status=|final", true),
            ("status:not=http://hl7.org/fhir/observation-status|final", false),
        ],
    );
}

#[test]
fn telephone_numbers_are_found_however_they_are_written() {
    check(
        r#"{"resourceType":"Patient","telecom":[{"system":"phone","value":"03-1234-5678"},{"system":"email","value":"a-1@example.jp"}]}"#,
        &[
            ("phone=03-1234-5678", true),
            ("phone=0312345678", true),
            ("telecom=0312345678", true),
            ("email=0312345678", false),
            ("email=a-1@example.jp", true),
            ("telecom=1", false),
        ],
    );
}

/// (resource value, search, found)
#[test]
fn dates_by_every_prefix() {
    let period = |start: &str, end: &str| {
        let part = |name: &str, date: &str| {
            if date.is_empty() { None } else { Some(format!(r#""{name}":"{date}""#)) }
        };
        let parts: Vec<String> = [part("start", start), part("end", end)].into_iter().flatten().collect();
        format!(r#"{{"resourceType":"Encounter","period":{{{}}}}}"#, parts.join(","))
    };
    let day = period("2013-01-14", "2013-01-14");
    check(
        &day,
        &[
            ("date=2013-01-14", true),
            ("date=2013-01", true),
            ("date=2013", true),
            ("date=2013-01-14T10:00", false),
            ("date=2013-01-15", false),
            ("date=ne2013-01-14", false),
            ("date=ne2013-01-15", true),
            ("date=gt2013-01-14", false),
            ("date=gt2013-01-13", true),
            ("date=gt2013-01-14T12:00", true),
            ("date=lt2013-01-14", false),
            ("date=lt2013-01-15", true),
            ("date=ge2013-01-14", true),
            ("date=ge2013-01-15", false),
            ("date=le2013-01-14", true),
            ("date=le2013-01-13", false),
            ("date=sa2013-01-13", true),
            ("date=sa2013-01-14", false),
            ("date=eb2013-01-15", true),
            ("date=eb2013-01-14", false),
            ("date=ap2013-01-14", true),
            ("date=ap2013-03-14", true),
            ("date=ap2020-03-14", false),
            ("date=ge2013-01-01&date=lt2013-02-01", true),
            ("date=2012,2013", true),
        ],
    );
    let stay = period("2013-01-10", "2013-01-20");
    check(
        &stay,
        &[
            ("date=2013-01-14", false),
            ("date=2013-01", true),
            ("date=gt2013-01-19", true),
            ("date=gt2013-01-20", false),
            ("date=ge2013-01-20", true),
            ("date=ge2013-01-21", false),
            ("date=lt2013-01-11", true),
            ("date=le2013-01-10", true),
            ("date=lt2013-01-10", false),
            ("date=sa2013-01-09", true),
            ("date=sa2013-01-10", false),
            ("date=eb2013-01-21", true),
            ("date=eb2013-01-20", false),
        ],
    );
    let open = period("2013-01-10", "");
    check(
        &open,
        &[
            ("date=gt2999", true),
            ("date=ge2013-01-10", true),
            ("date=2013", false),
            ("date=lt2013-01-10", false),
            ("date=sa2013-01-09", true),
            ("date=eb2999", false),
            ("date=ne2013", true),
        ],
    );
    check(
        &period("", "2013-01-10"),
        &[("date=lt1000", true), ("date=gt2013-01-10", false), ("date=eb2013-01-11", true)],
    );
    check(r#"{"resourceType":"Encounter"}"#, &[("date=ne2013", false), ("date:missing=true", true)]);
}

#[test]
fn an_instant_is_found_in_the_day_of_japan() {
    check(
        r#"{"resourceType":"Observation","effectiveDateTime":"2026-11-22T23:30:00Z"}"#,
        &[
            ("date=2026-11-23", true),
            ("date=2026-11-22", false),
            ("date=2026-11-22T23:30:00Z", true),
            ("date=2026-11-23T08:30", true),
            ("date=2026-11-23T08:30:00+09:00", true),
            ("date=ge2026-11-23", true),
        ],
    );
}

#[test]
fn numbers_and_quantities_by_precision_unit_and_prefix() {
    let risk =
        |value: &str| format!(r#"{{"resourceType":"RiskAssessment","prediction":[{{"probabilityDecimal":{value}}}]}}"#);
    for (value, query, expected) in [
        ("100", "probability=100", true),
        ("99.5", "probability=100", true),
        ("100.5", "probability=100", false),
        ("100.49", "probability=100", true),
        ("100.49", "probability=100.0", false),
        ("5.4", "probability=5.40", true),
        ("5.40", "probability=5.4", true),
        ("5.44", "probability=5.4", true),
        ("5.44", "probability=5.40", false),
        ("100.4", "probability=gt100", true),
        ("100", "probability=gt100", false),
        ("100", "probability=ge100", true),
        ("99.9", "probability=ge100", false),
        ("99.9", "probability=lt100", true),
        ("100", "probability=le100", true),
        ("100.1", "probability=le100", false),
        ("100.1", "probability=sa100", true),
        ("99.9", "probability=eb100", true),
        ("90", "probability=ap100", true),
        ("110", "probability=ap100", true),
        ("111", "probability=ap100", false),
        ("-5.4", "probability=-5.4", true),
        ("1.00E-2", "probability=0.01", true),
        ("101", "probability=ne100", true),
        ("100", "probability=ne100", false),
    ] {
        assert_eq!(found(&risk(value), query), expected, "{query} in {value}");
    }
    check(
        r#"{"resourceType":"Observation","code":{"coding":[{"system":"urn:c","code":"w"}]},
            "valueQuantity":{"value":60.2,"unit":"キロ","system":"http://unitsofmeasure.org","code":"kg"}}"#,
        &[
            ("value-quantity=60.2", true),
            ("value-quantity=60", true),
            ("value-quantity=60.2|http://unitsofmeasure.org|kg", true),
            ("value-quantity=60.2|http://unitsofmeasure.org|g", false),
            ("value-quantity=60.2|urn:x|kg", false),
            ("value-quantity=60.2|http://unitsofmeasure.org|", true),
            ("value-quantity=60.2|http://unitsofmeasure.org|キロ", false),
            ("value-quantity=60.2||kg", true),
            ("value-quantity=60.2||キロ", true),
            ("value-quantity=gt60||kg", true),
            ("code-value-quantity=urn:c|w$gt60", true),
            ("code-value-quantity=w$60.2||kg", true),
            ("code-value-quantity=v$gt60", false),
            ("code-value-quantity=w$gt61", false),
        ],
    );
    check(
        r#"{"resourceType":"Observation","valueQuantity":{"value":5,"comparator":"<","unit":"IU"}}"#,
        &[
            ("value-quantity=lt5", true),
            ("value-quantity=le4", true),
            ("value-quantity=gt4.9", true),
            ("value-quantity=gt5", false),
            ("value-quantity=ge5", false),
            ("value-quantity=5", false),
            ("value-quantity=eb5", true),
        ],
    );
}

#[test]
fn the_parts_of_a_composite_belong_together() {
    let blood_pressure = r#"{"resourceType":"Observation","component":[
        {"code":{"coding":[{"code":"sys"}]},"valueQuantity":{"value":120}},
        {"code":{"coding":[{"code":"dia"}]},"valueQuantity":{"value":80}}]}"#;
    check(
        blood_pressure,
        &[
            ("component-code-value-quantity=sys$gt100", true),
            ("component-code-value-quantity=dia$gt100", false),
            ("component-code-value-quantity=dia$gt100,dia$lt90", true),
            ("combo-code-value-quantity=sys$120", true),
            ("component-code=dia&component-value-quantity=gt100", true),
        ],
    );
}

#[test]
fn references_and_uris() {
    check(
        r#"{"resourceType":"Observation","subject":{"reference":"Patient/p1"},"performer":[{"reference":"https://x.example/fhir/Practitioner/1"}],
            "derivedFrom":[{"reference":"urn:uuid:5"}]}"#,
        &[
            ("subject=Patient/p1", true),
            ("subject=p1", true),
            ("patient=p1", true),
            ("subject=https://karute.example/fhir/Patient/p1", true),
            ("subject:Patient=p1", true),
            ("subject:Group=p1", false),
            ("subject=Group/p1", false),
            ("subject=p2", false),
            ("subject=P1", false),
            ("performer=https://x.example/fhir/Practitioner/1", true),
            ("performer=Practitioner/1", false),
            ("derived-from=urn:uuid:5", true),
            ("derived-from:missing=false", true),
        ],
    );
    check(
        r#"{"resourceType":"ValueSet","url":"http://x.example/fhir/ValueSet/a"}"#,
        &[
            ("url=http://x.example/fhir/ValueSet/a", true),
            ("url=http://x.example/fhir/ValueSet/A", false),
            ("url=http://x.example/fhir", false),
            ("url:below=http://x.example/fhir", true),
            ("url:below=http://x.example/fhir/", true),
            ("url:below=http://x.example/fh", false),
            ("url:below=http://x.example/fhir/ValueSet/a", true),
            ("url:above=http://x.example/fhir/ValueSet/a/_history/5", true),
            ("url:above=http://x.example/fhir/ValueSet/ab", false),
            ("url:above=http://x.example/fhir", false),
        ],
    );
    check(
        r#"{"resourceType":"CarePlan","instantiatesCanonical":["http://x.example/p|1.0"]}"#,
        &[
            ("instantiates-canonical=http://x.example/p", true),
            ("instantiates-canonical=http://x.example/p|1.0", true),
            ("instantiates-canonical=http://x.example/p|2.0", false),
        ],
    );
}

#[test]
fn labels_of_meta() {
    check(
        r#"{"resourceType":"Basic","meta":{"tag":[{"system":"urn:t","code":"a"}],"profile":["http://x.example/p|2"],"source":"urn:s#1"}}"#,
        &[
            ("_tag=a", true),
            ("_tag=urn:t|a", true),
            ("_tag:not=a", false),
            ("_tag:missing=false", true),
            ("_security:missing=true", true),
            ("_profile=http://x.example/p", true),
            ("_profile=http://x.example/p|2", true),
            ("_profile:below=http://x.example", true),
            ("_source=urn:s#1", true),
        ],
    );
}
