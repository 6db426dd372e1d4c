//! The data set: fictitious patients with 49 laboratory observations each, the same for the same number. The answers
//! every search must give follow from the same functions, so each answer can be checked.

/// Observations of one patient.
pub(crate) const OBSERVATIONS: u32 = 49;

const FAMILIES: &[(&str, &str)] = &[
    ("渡邊", "ワタナベ"),
    ("渡辺", "ワタナベ"),
    ("佐藤", "サトウ"),
    ("鈴木", "スズキ"),
    ("高橋", "タカハシ"),
    ("田中", "タナカ"),
    ("伊藤", "イトウ"),
    ("山本", "ヤマモト"),
    ("中村", "ナカムラ"),
    ("小林", "コバヤシ"),
    ("加藤", "カトウ"),
    ("吉田", "ヨシダ"),
    ("山田", "ヤマダ"),
    ("佐々木", "ササキ"),
    ("山口", "ヤマグチ"),
    ("松本", "マツモト"),
    ("井上", "イノウエ"),
    ("木村", "キムラ"),
    ("斎藤", "サイトウ"),
    ("齋藤", "サイトウ"),
    ("清水", "シミズ"),
    ("髙田", "タカダ"),
    ("山﨑", "ヤマザキ"),
];

const GIVEN: &[(&str, &str)] = &[
    ("和夫", "カズオ"),
    ("真弓", "マユミ"),
    ("陽菜", "ヒナ"),
    ("誠", "マコト"),
    ("清", "キヨシ"),
    ("美咲", "ミサキ"),
    ("健一", "ケンイチ"),
    ("修", "オサム"),
    ("由紀", "ユキ"),
    ("勇", "イサム"),
    ("恵子", "ケイコ"),
    ("聡", "サトシ"),
    ("直樹", "ナオキ"),
    ("幸子", "サチコ"),
    ("翔太", "ショウタ"),
    ("結衣", "ユイ"),
    ("隆", "タカシ"),
];

const CODES: &[(&str, &str, &str)] = &[
    ("4548-4", "HbA1c", "%"),
    ("2160-0", "Cre", "mg/dL"),
    ("2823-3", "K", "mmol/L"),
    ("13457-7", "LDL-C", "mg/dL"),
    ("1742-6", "ALT", "U/L"),
    ("718-7", "Hb", "g/dL"),
    ("3084-1", "UA", "mg/dL"),
];

/// Scrambles a number (splitmix64), so that neighbours differ.
fn scramble(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn pick<T>(table: &[T], seed: u64) -> &T {
    &table[usize::try_from(seed % table.len() as u64).unwrap_or(0)]
}

fn family(patient: u32) -> &'static (&'static str, &'static str) {
    pick(FAMILIES, scramble(u64::from(patient)))
}

fn given(patient: u32) -> &'static (&'static str, &'static str) {
    pick(GIVEN, scramble(u64::from(patient) ^ 0x5555_0000))
}

/// A name search and the patients it must find.
pub(crate) fn name_search(index: u32, patients: u32) -> (String, Vec<u32>) {
    let seed = scramble(u64::from(index) ^ 0xaaaa_0000);
    let who = u32::try_from(seed % u64::from(patients)).unwrap_or(0);
    let ((kanji, kana), (given_kanji, given_kana)) = (*family(who), *given(who));
    let same = |other: u32| (family(other).1, given(other).1) == (kana, given_kana);
    // By reading, every writing of the name is found; by kanji, its variants are.
    if seed >> 32 & 1 == 0 {
        return (format!("{kana}{given_kana}"), (0..patients).filter(|other| same(*other)).collect());
    }
    let variant = |name: &str| name.replace('邊', "辺").replace('髙', "高").replace('﨑', "崎").replace('齋', "斎");
    let wanted = (variant(kanji), given_kanji);
    let found = (0..patients).filter(|other| (variant(family(*other).0), given(*other).0) == wanted).collect();
    (format!("{kanji}{given_kanji}"), found)
}

pub(crate) fn patient(number: u32) -> String {
    let ((kanji, kana), (given_kanji, given_kana)) = (*family(number), *given(number));
    let seed = scramble(u64::from(number) ^ 0x1234);
    let representation = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
    format!(
        r#"{{"resourceType":"Patient","id":"bench-{number}","identifier":[{{"system":"urn:oid:1.2.392.100495.20.3.51.11312345670","value":"{number:08}"}}],"active":true,"name":[{{"extension":[{{"url":"{representation}","valueCode":"IDE"}}],"use":"official","text":"{kanji} {given_kanji}","family":"{kanji}","given":["{given_kanji}"]}},{{"extension":[{{"url":"{representation}","valueCode":"SYL"}}],"use":"official","text":"{kana} {given_kana}","family":"{kana}","given":["{given_kana}"]}}],"telecom":[{{"system":"phone","value":"03-{:04}-{:04}","use":"home"}}],"gender":"{}","birthDate":"{:04}-{:02}-{:02}","address":[{{"text":"東京都千代田区架空町{}-{}","postalCode":"100-{:04}","country":"JP"}}]}}"#,
        seed % 10_000,
        seed >> 16 & 0xfff,
        if seed & 1 == 0 { "female" } else { "male" },
        1930 + seed % 90,
        1 + seed % 12,
        1 + seed % 28,
        1 + seed % 9,
        1 + seed % 30,
        seed % 10_000,
    )
}

/// Code of the observation `index` of a patient.
pub(crate) fn code(index: u32) -> &'static str {
    pick(CODES, u64::from(index)).0
}

/// Date of the observation `index` of a patient: later ones have larger indices.
fn date(patient: u32, index: u32) -> String {
    let day = u32::try_from(scramble(u64::from(patient)) % 28).unwrap_or(0) + 1;
    format!("{:04}-{:02}-{day:02}T09:{:02}:00+09:00", 2020 + index / 12, 1 + index % 12, index % 60)
}

pub(crate) fn observation(patient: u32, index: u32) -> String {
    let (code, name, unit) = pick(CODES, u64::from(index));
    let value = 40 + scramble(u64::from(patient) << 8 | u64::from(index)) % 120;
    format!(
        r#"{{"resourceType":"Observation","id":"bench-{patient}-{index}","status":"final","category":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory","display":"Laboratory"}}]}}],"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}","display":"{name}"}}],"text":"{name}"}},"subject":{{"reference":"Patient/bench-{patient}"}},"effectiveDateTime":"{}","issued":"{}","valueQuantity":{{"value":{}.{},"unit":"{unit}","system":"http://unitsofmeasure.org","code":"{unit}"}},"interpretation":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}}]}}],"referenceRange":[{{"low":{{"value":4.60,"unit":"{unit}"}},"high":{{"value":6.20,"unit":"{unit}"}}}}]}}"#,
        date(patient, index),
        date(patient, index),
        value / 10,
        value % 10,
    )
}

/// The search for one code of one patient since 2021, newest first, and the ids it must give in order.
pub(crate) fn observation_search(number: u32, patients: u32) -> (String, Vec<String>) {
    let seed = scramble(u64::from(number) ^ 0x7777_0000);
    let patient = u32::try_from(seed % u64::from(patients)).unwrap_or(0);
    let wanted = code(u32::try_from(seed >> 40 & 0xff).unwrap_or(0));
    let ids = (12..OBSERVATIONS)
        .rev()
        .filter(|index| code(*index) == wanted)
        .map(|index| format!("bench-{patient}-{index}"))
        .collect();
    let path = format!(
        "Observation?patient=bench-{patient}&code=http%3A%2F%2Floinc.org%7C{wanted}&date=ge2021-01-01&_sort=-date&_count=50"
    );
    (path, ids)
}

/// One patient with all observations as a transaction: 50 resources.
pub(crate) fn transaction(patient_number: u32) -> String {
    let mut out = String::with_capacity(50_000);
    out.push_str(r#"{"resourceType":"Bundle","type":"transaction","entry":["#);
    let mut entry = |resource: &str, url: String, last: bool| {
        out.push_str(r#"{"resource":"#);
        out.push_str(resource);
        out.push_str(r#","request":{"method":"PUT","url":""#);
        out.push_str(&url);
        out.push_str(if last { r#""}}"# } else { r#""}},"# });
    };
    entry(&patient(patient_number), format!("Patient/bench-{patient_number}"), false);
    for index in 0..OBSERVATIONS {
        let url = format!("Observation/bench-{patient_number}-{index}");
        entry(&observation(patient_number, index), url, index + 1 == OBSERVATIONS);
    }
    out.push_str("]}");
    out
}

/// A single new observation without id, of a patient beyond those of the data set, whose answers stay as they were.
pub(crate) fn new_observation(patients: u32, number: u32) -> String {
    let patient = patients + number % patients;
    let index = number % OBSERVATIONS;
    observation(patient, index).replace(&format!(r#""id":"bench-{patient}-{index}","#), "")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_transaction_holds_fifty_resources_and_is_the_same_each_time() {
        let text = transaction(7);
        let bundle: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(bundle["entry"].as_array().unwrap().len(), 50);
        assert_eq!(text, transaction(7));
        assert_ne!(text, transaction(8));
    }

    #[test]
    fn a_search_must_give_the_newest_first_and_none_before_2021() {
        let (path, ids) = observation_search(3, 10);
        let wanted = path.split("%7C").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let indices: Vec<u32> = ids.iter().map(|id| id.rsplit('-').next().unwrap().parse().unwrap()).collect();
        assert!(!indices.is_empty() && indices.is_sorted_by(|a, b| a > b));
        assert!(indices.iter().all(|index| *index >= 12 && code(*index) == wanted));
    }

    #[test]
    fn a_name_search_finds_at_least_the_patient_it_was_made_from() {
        for index in 0..50 {
            let (name, found) = name_search(index, 100);
            assert!(!found.is_empty() && !name.is_empty());
        }
    }

    #[test]
    fn a_new_observation_has_no_id() {
        let resource: serde_json::Value = serde_json::from_str(&new_observation(10, 123)).unwrap();
        assert!(resource.get("id").is_none() && resource["subject"]["reference"] == "Patient/bench-13");
    }
}
