//! What expressions give.
use super::{OBSERVATION, PATIENT, check};

#[test]
fn paths_lead_to_elements() {
    check(
        PATIENT,
        &[
            ("Patient.name.family", "山田, ヤマダ"),
            ("name.given", "太郎, 一郎, タロウ"),
            ("Patient.name[0].given[1]", "一郎"),
            ("name[9].given", ""),
            ("Observation.name", ""),
            ("Resource.id", "p1"),
            ("DomainResource.id", "p1"),
            ("Patient.`name`.`family`", "山田, ヤマダ"),
            ("Patient.deceased", "false"),
            ("Patient.multipleBirth", "2"),
            ("Patient.nothing", ""),
            ("Patient.resourceType", ""),
            ("birthDate.extension.value", "1970-03-30T10:00:00+09:00"),
            ("birthDate.extension('http://example.jp/time').value is dateTime", "true"),
            ("gender", "(no value)"),
            ("gender.exists()", "true"),
            ("gender.hasValue()", "false"),
            ("gender.extension.value", "true"),
            ("name.given.id", "g1"),
            ("extension('http://example.jp/blood').value.text", "A"),
            ("extension('http://example.jp/none').value", ""),
            ("hasExtension('http://example.jp/race')", "true"),
            ("extension.url", "http://example.jp/race, http://example.jp/blood"),
            ("%resource.id", "p1"),
            ("%context.id & %rootResource.id", "p1p1"),
            ("%ucum", "http://unitsofmeasure.org"),
            ("%loinc", "http://loinc.org"),
            ("%sct", "http://snomed.info/sct"),
            ("%`vs-administrative-gender`", "http://hl7.org/fhir/ValueSet/administrative-gender"),
            ("%\"vs-administrative-gender\"", "http://hl7.org/fhir/ValueSet/administrative-gender"),
            ("%'ext-birthPlace'", "http://hl7.org/fhir/StructureDefinition/birthPlace"),
            ("$this.id", "p1"),
            ("text.children().count()", "2"),
            ("contact.children().count()", "2"),
            ("contained.id", "org, dr"),
            ("descendants().where($this is Period).start", "2020"),
            ("{}", ""),
        ],
    );
}

#[test]
fn choices_know_their_type() {
    check(
        OBSERVATION,
        &[
            ("Observation.value.value", "72.50"),
            ("(Observation.value as Quantity).unit", "mmHg"),
            ("Observation.value.as(Quantity).unit", "mmHg"),
            ("Observation.value.ofType(string)", ""),
            ("value is Quantity", "true"),
            ("value is System.Quantity", "true"),
            ("value is FHIR.Range", "false"),
            ("effective is dateTime", "true"),
            ("effective is DateTime", "true"),
            ("issued is instant", "true"),
            ("effective.as(Period)", ""),
            ("component.value.ofType(integer)", "1"),
            ("component.value.ofType(string)", "x"),
            ("component.value.ofType(time)", "10:30:00"),
            ("component.value.ofType(Period).start", "2026-01"),
            ("component.value.count()", "4"),
            ("status is code", "true"),
            ("status is string", "true"),
            ("status is uri", "false"),
            ("nothing is string", ""),
            ("component is string", "error: singleton"),
            ("Observation is Resource", "true"),
            ("$this is Observation and $this is DomainResource", "true"),
            ("1 is Integer", "true"),
            ("'a' is String", "true"),
            ("@2026-01-01 is Date", "true"),
            ("@2026-01-01T10:00 is DateTime", "true"),
            ("@T10:00 is Time", "true"),
            ("true is Boolean", "true"),
            ("1.0 is Decimal", "true"),
        ],
    );
}

#[test]
fn logic_has_three_values() {
    let mut cases = Vec::new();
    let values = ["true", "false", "{}"];
    let tables = [
        ("and", ["true", "false", "", "false", "false", "false", "", "false", ""]),
        ("or", ["true", "true", "true", "true", "false", "", "true", "", ""]),
        ("xor", ["false", "true", "", "true", "false", "", "", "", ""]),
        ("implies", ["true", "false", "", "true", "true", "true", "true", "", ""]),
    ];
    for (operator, expected) in tables {
        for (row, left) in values.iter().enumerate() {
            for (column, right) in values.iter().enumerate() {
                cases.push((format!("{left} {operator} {right}"), expected[row * 3 + column]));
            }
        }
    }
    let cases: Vec<(&str, &str)> = cases.iter().map(|(text, expected)| (text.as_str(), *expected)).collect();
    check(PATIENT, &cases);
    check(
        PATIENT,
        &[
            ("active.not()", "false"),
            ("{}.not()", ""),
            ("name.first() and true", "true"),
            ("name and true", "error: singleton"),
            ("true or name", "true"),
            ("false and name", "false"),
            ("active and deceased", "false"),
            ("true and false or true", "true"),
            ("true or false and false", "true"),
            ("false implies false implies false", "false"),
        ],
    );
}

#[test]
fn equality_and_order() {
    check(
        OBSERVATION,
        &[
            ("1 = 1.0", "true"),
            ("1 != 2", "true"),
            ("{} = 1", ""),
            ("(1 | 2) = (1 | 2)", "true"),
            ("(1 | 2) = (2 | 1)", "false"),
            ("(1 | 2) ~ (2 | 1)", "true"),
            ("{} ~ {}", "true"),
            ("'Ab  c' ~ 'aB C'", "true"),
            ("1.12 ~ 1.1", "true"),
            ("'a' !~ 'b'", "true"),
            ("'a' = 'A'", "false"),
            ("'a' < 'b'", "true"),
            ("value.value = 72.5", "true"),
            ("value.value > 72", "true"),
            ("value.value >= 72.50", "true"),
            ("value.value < 1", "false"),
            ("1 < 'a'", "error: type"),
            ("(1|2) < 3", "error: singleton"),
            ("1 < {}", ""),
            ("status = 'final'", "true"),
            ("status = code", "false"),
            ("@2026-01 < @2026-02-15", "true"),
            ("@2026-02 < @2026-02-15", ""),
            ("@2026-02 = @2026-02-15", ""),
            ("@2026-01 = @2026-02-15", "false"),
            ("@2026-02-15 = @2026-02-15", "true"),
            ("@2026-11-22T10:25:00+09:00 = @2026-11-22T01:25:00Z", "true"),
            ("@2026-11-22T10:25:00.5+09:00 > @2026-11-22T01:25:00Z", "true"),
            ("@2026-11-22T10 < @2026-11-22T11:00", "true"),
            ("@2026-11-22T10 < @2026-11-22T10:30", ""),
            ("effective = issued", "true"),
            ("effective > @2026-11-21", "true"),
            ("effective > @2026-11-22", ""),
            ("@T10:30 < @T10:31", "true"),
            ("@T10:30 = @T10:30:15", ""),
            ("@T10 < @T11:30:15.250", "true"),
            ("component.value.ofType(time) = @T10:30", ""),
            ("component.value.ofType(time) = @T10:30:00", "true"),
            ("@T10:30 = @2026-01-01", ""),
            ("component.value.ofType(Period).select(start <= end)", "true"),
            ("referenceRange.low <= referenceRange.high", "true"),
            ("5 'mg' < 6 'mg'", "true"),
            ("5 'mg' < 6 'g'", ""),
            ("7 days = 7 'd'", "true"),
            ("5 'mg' = 5.0 'mg'", "true"),
            ("value > 70 'mm[Hg]'", "true"),
            ("code.coding.first() = code.coding.last()", "false"),
            ("code.coding.first() = code.coding.first()", "true"),
            ("8 in (1 | 8)", "true"),
            ("8 in {}", "false"),
            ("{} in (1|2)", ""),
            ("(1 | 8) contains 8", "true"),
            ("status in ('final' | 'amended')", "true"),
            ("code.coding.code contains 'bp'", "true"),
            ("(1|2) in (1|2)", "error: singleton"),
        ],
    );
}

#[test]
fn arithmetic_is_exact() {
    check(
        PATIENT,
        &[
            ("1 + 2 * 3", "7"),
            ("(1 + 2) * 3", "9"),
            ("0.1 + 0.2", "0.3"),
            ("5 / 2", "2.5"),
            ("5 div 2", "2"),
            ("5 mod 2", "1"),
            ("5.5 div 2", "2"),
            ("5.5 mod 2", "1.5"),
            ("1 / 0", ""),
            ("1 div 0", ""),
            ("-5 + 3", "-2"),
            ("- - 5", "5"),
            ("1 - -1", "2"),
            ("9223372036854775807 + 1", ""),
            ("'a' + 'b'", "ab"),
            ("'a' & {}", "a"),
            ("'a' + {}", ""),
            ("1 + {}", ""),
            ("1 + 'a'", "error: type"),
            ("multipleBirth * 2", "4"),
            ("-multipleBirth", "-2"),
            ("99999999999999999999", "parse: 0"),
        ],
    );
}

#[test]
fn functions_on_collections() {
    check(
        PATIENT,
        &[
            ("name.count()", "2"),
            ("name.where(use = 'usual').family", "ヤマダ"),
            ("name.where($index = 0).family", "山田"),
            ("name.exists(use = 'old')", "false"),
            ("name.exists()", "true"),
            ("nothing.empty()", "true"),
            ("name.all(family.exists())", "true"),
            ("nothing.all(false)", "true"),
            ("(true | false).allTrue()", "false"),
            ("(false).allFalse()", "true"),
            ("(true | false).anyTrue()", "true"),
            ("(true | false).anyFalse()", "true"),
            ("{}.allTrue()", "true"),
            ("name.first().family & name.last().family", "山田ヤマダ"),
            ("name.tail().family", "ヤマダ"),
            ("name.skip(1).family", "ヤマダ"),
            ("name.take(1).family", "山田"),
            ("name.take(-1)", ""),
            ("name.single()", "error: singleton"),
            ("name.select(given)", "太郎, 一郎, タロウ"),
            ("name.select(given.count())", "2, 1"),
            ("(1 | 2 | 1).count()", "2"),
            ("(1).combine(1).count()", "2"),
            ("(1).combine(1).distinct()", "1"),
            ("(1).combine(1).isDistinct()", "false"),
            ("name.use.isDistinct()", "true"),
            ("(1 | 2).intersect(2 | 3)", "2"),
            ("(1 | 2).exclude(2 | 3)", "1"),
            ("(1 | 2 | 3 | 4 | 5 | 6).exclude(6 | 5 | 4 | 3 | 2)", "1"),
            ("(1 | 2).union(2 | 3)", "1, 2, 3"),
            ("(1).subsetOf(1 | 2)", "true"),
            ("(1 | 3).subsetOf(1 | 2)", "false"),
            ("(1 | 2).supersetOf(1)", "true"),
            ("{}.subsetOf(1)", "true"),
            ("identifier.type.coding.code", "MR"),
            ("identifier.repeat(type | coding).code", "MR"),
            ("(1 | 2 | 3).aggregate($total + $this, 0)", "6"),
            ("iif(active, 'a', 'b')", "a"),
            ("iif(false, 'a')", ""),
            ("name.iif(count() > 1, 'many', 'one')", "many"),
            ("name.trace('names').count()", "2"),
            ("active.hasValue()", "true"),
            ("name.hasValue()", "false"),
            ("text.div.htmlChecks()", ""),
            ("gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')", ""),
            ("name.family.select($this.length())", "2, 3"),
            ("name[0].descendants().count()", "4"),
            ("contact.period.select(start <= end)", "true"),
        ],
    );
}

#[test]
fn references_are_resolved_within_the_resource_and_otherwise_tell_their_type() {
    check(
        PATIENT,
        &[
            ("managingOrganization.resolve().name", "院"),
            ("managingOrganization.resolve() is Organization", "true"),
            (
                "generalPractitioner.where(resolve() is Practitioner).reference",
                "#dr, https://x.example/fhir/Practitioner/7",
            ),
            ("generalPractitioner[1].resolve()", "a Organization"),
            ("generalPractitioner[1].resolve().name", ""),
            ("link.other.resolve() is Patient", "true"),
            ("generalPractitioner.resolve().ofType(Practitioner).exists()", "true"),
            ("nothing.resolve().iif(empty(), true, ofType(Practitioner).exists())", "true"),
        ],
    );
}

#[test]
fn functions_on_texts() {
    check(
        PATIENT,
        &[
            ("'abc'.startsWith('ab')", "true"),
            ("'abc'.endsWith('bc')", "true"),
            ("'abc'.contains('d')", "false"),
            ("{}.contains('d')", ""),
            ("'山田太郎'.substring(2)", "太郎"),
            ("'山田太郎'.substring(1, 2)", "田太"),
            ("'abc'.substring(3)", ""),
            ("'abc'.substring(-1)", ""),
            ("'山田太郎'.indexOf('太')", "2"),
            ("'abc'.indexOf('x')", "-1"),
            ("'山田'.length()", "2"),
            ("'abc'.upper()", "ABC"),
            ("'ABC'.lower()", "abc"),
            ("' a '.trim()", "a"),
            ("'abab'.replace('a', 'x')", "xbxb"),
            ("'a.b.c'.replaceMatches('\\\\..*', '')", "a"),
            ("'abc'.matches('^[a-c]+$')", "true"),
            ("'abc'.matches('^[a-b]+$')", "false"),
            ("'abc'.matches('[')", "error: type"),
            ("name.given.join(' ')", "太郎 一郎 タロウ"),
            ("name.given.join()", "太郎一郎タロウ"),
            ("'a\\'b\\n\\u3042'.length()", "5"),
            ("12.toString()", "12"),
            ("active.toString()", "true"),
            ("birthDate.toString().length() >= 8", "true"),
            ("@2026-01-01.toString()", "2026-01-01"),
            ("'12'.toInteger()", "12"),
            ("'x'.toInteger()", ""),
            ("'1.50'.toDecimal()", "1.50"),
            ("'yes'.toBoolean()", "true"),
            ("'maybe'.toBoolean()", ""),
            ("'12'.convertsToInteger()", "true"),
            ("'x'.convertsToDecimal()", "false"),
            ("name.startsWith('a')", "error: singleton"),
            ("name.first().startsWith('a')", "error: type"),
            ("gender.startsWith('a')", ""),
        ],
    );
}
