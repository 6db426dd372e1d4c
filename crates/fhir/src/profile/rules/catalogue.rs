//! The rules by number: severity, what is wrong, how to mend it.
use super::Rule;
use crate::validate::Severity::{self, Error, Warning};

const fn rule(
    number: &'static str,
    severity: Severity,
    keys: &'static [&'static str],
    message: &'static str,
    remedy: &'static str,
) -> Rule {
    Rule { number, keys, severity, message, remedy }
}

/// The rule of a number.
pub(super) fn by_number(number: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.number == number)
}

/// Whether a constraint of a loaded definition is one of these rules.
pub(in crate::profile) fn is_ours(key: &str) -> bool {
    RULES.iter().any(|rule| rule.keys.contains(&key))
}

/// All, in the order of the list.
pub(super) const RULES: &[Rule] = &[
    rule(
        "R0211",
        Error,
        &["first-bundle-entry-is-Patient"],
        "5情報の最初の entry が Patient ではありません。",
        "患者 (Patient) を entry の先頭に置いてください。",
    ),
    rule(
        "R0212",
        Error,
        &["patients-profile-is-JP-Patient-eCS"],
        "先頭の Patient が JP_Patient_eCS を宣言していません。",
        "Patient の meta.profile に JP_Patient_eCS の URL を入れてください。",
    ),
    rule(
        "R0213",
        Error,
        &["bundle-profile-is-JP-Bundle-CLINS"],
        "5情報の Bundle が JP_Bundle_CLINS を宣言していません。",
        "Bundle の meta.profile に JP_Bundle_CLINS の URL を入れてください。",
    ),
    rule(
        "R02141",
        Error,
        &["bundle-meta-tag-resourceType-exists"],
        "どの情報を送るかを表すタグがありません。",
        "meta.tag に system が BundleResourceType_CS のタグを 1 個入れてください。",
    ),
    rule(
        "R02142",
        Error,
        &["bundle-meta-tag-resourceType-valid"],
        "情報の種類のタグが正しくありません。",
        "タグの code は AllergyIntolerance・Condition・Observation のどれか 1 個にしてください (処方は送れません)。",
    ),
    rule(
        "R02143",
        Error,
        &["mustHaveOneMoreResources-with-designatedResourceType"],
        "タグで示した種類のリソースが 1 件もありません。",
        "その種類のリソースを 1 件以上入れてください。すべて取り消すときは削除の要求を使ってください。",
    ),
    rule(
        "R02151",
        Error,
        &["valid-system-bundleIdenfifier"],
        "Bundle-ID (identifier) がないか、system が違います。",
        "identifier.system を http://jpfhir.jp/fhir/clins/bundle-identifier にしてください。",
    ),
    rule(
        "R2152",
        Error,
        &["valid-value-bundleIdenfifier"],
        "Bundle-ID の値の形が正しくありません。",
        "「医療機関番号10桁^西暦4桁^施設内ID」の形にしてください (施設内IDは英数字とハイフンで36文字まで)。",
    ),
    rule(
        "R1010",
        Error,
        &["valid-system-local-patientID"],
        "施設の患者番号の system が正しくないか、2 個以上あります。",
        "system は urn:oid:1.2.392.100495.20.3.51.1 に医療機関番号10桁を続けたものにし、1 個だけにしてください。",
    ),
    rule(
        "R1011",
        Error,
        &[],
        "施設の患者番号の医療機関番号が、医療機関番号の拡張と違います。",
        "両方を同じ医療機関番号にしてください。",
    ),
    rule(
        "R1012",
        Error,
        &["valid-system-insurance-patientIdentifier", "d-pat-1"],
        "被保険者個人識別子がちょうど 1 個ではありません。",
        "資格確認の結果にある被保険者個人識別子 (生活保護では受給者識別子) を 1 個だけ入れてください。",
    ),
    rule(
        "R1013",
        Error,
        &["valid-value-insurance-patientIdentifier", "d-pat-2", "d-pat-3"],
        "被保険者個人識別子の値の形が正しくありません。",
        "「保険者番号8桁:記号:番号:枝番2桁」の形にしてください。空白は入れず、枝番がなくても最後の「:」は残します。",
    ),
    rule(
        "R1021",
        Error,
        &["valid-value-institutionNumberExtension", "d-inst"],
        "医療機関番号が 10 桁の形になっていません。",
        "都道府県2桁・点数表1桁・医療機関コード7桁を続けた半角数字10桁にしてください。",
    ),
    rule(
        "R1090",
        Error,
        &[],
        "医師の施設内IDの system が正しくありません。",
        "system は urn:oid:1.2.392.100495.20.3.41.1 に医療機関番号10桁を続けたものにしてください。",
    ),
    rule(
        "R1112",
        Error,
        &["either-KanjiName-KanaName-exist"],
        "漢字またはカナと示した氏名がありません。",
        "name に拡張 iso21090-EN-representation (漢字は IDE、カナは SYL) を付けてください。",
    ),
    rule(
        "R1113",
        Error,
        &["kanjiName-kanaName-donot-contain-ZenkakuKuuhaku"],
        "氏名に全角の空白があります。",
        "姓と名の間は半角の空白 1 個にするか、続けて書いてください。",
    ),
    rule(
        "R2011",
        Warning,
        &[],
        "薬剤アレルギーの重篤度 (criticality) が high ではありません。",
        "薬剤アレルギー等・薬剤禁忌として共有するときは criticality を high にしてください。",
    ),
    rule(
        "R3010",
        Warning,
        &["warning-anyOf-YJ-or-KikakubetsuYakuzaiSeibun-medicationCode"],
        "医薬品に YJ コードか規格別薬剤成分コードがちょうど 1 個ありません。",
        "YJ コード (メーカー不明なら規格別薬剤成分コード) を 1 個付けてください。ない薬には NOCODED を付けます。",
    ),
    rule(
        "R5020",
        Error,
        &["validUsage-MedicationUsage-codesystem"],
        "用法に電子処方箋の用法コードもダミー用法コードもありません。",
        "timing.code.coding に電子処方箋用法コードを 1 個、なければダミー用法コードを入れてください。",
    ),
    rule(
        "R5021",
        Error,
        &["invalidUsage-MedicationUsage-codesystem"],
        "用法に電子処方箋の用法コードとダミー用法コードの両方があります。",
        "どちらか一方だけにしてください。",
    ),
    rule(
        "R6021",
        Error,
        &["needs-localCode-observation-laboresult", "warn-localCode-observation-laboresult"],
        "検査に施設固有の項目コードがありません。",
        "code.coding に system が JP_CLINS_ObsLabResult_LocalCode_CS の院内コードを入れてください。",
    ),
    rule(
        "R6031",
        Error,
        &["check-LTS-MemberOf-infectionLabo"],
        "感染症以外の検査に長期保存のタグがあります。",
        "長期保存 (LTS) のタグは、指定感染症の項目コードが付いた検査だけに付けてください。",
    ),
    rule(
        "R6081",
        Error,
        &["observation-has-no-hasMember"],
        "検査に hasMember があります。",
        "検査項目ごとに Observation を分け、hasMember は使わないでください。",
    ),
    rule(
        "R9011",
        Error,
        &["all-entries-needs-extension-of-institutionNumber"],
        "医療機関番号の拡張がありません。",
        "患者以外のリソースの extension に JP_eCS_InstitutionNumber を入れてください。",
    ),
    rule(
        "R9012",
        Error,
        &["all-entries-needs-valid-institutionNumber"],
        "医療機関番号の拡張の値が 10 桁の形になっていません。",
        "都道府県2桁・点数表1桁・医療機関コード7桁を続けた半角数字10桁にしてください。",
    ),
    rule(
        "R9013C",
        Error,
        &["condition-needs-contained-of-Encounter"],
        "病名に入外区分の Encounter が含まれていません。",
        "contained に meta.profile が JP_Encounter (|版 なし) の Encounter を入れてください。",
    ),
    rule(
        "R9013O",
        Error,
        &["observation-needs-contained-of-Encounter"],
        "検査に入外区分の Encounter が含まれていません。",
        "contained に meta.profile が JP_Encounter (|版 なし) の Encounter を入れてください。",
    ),
    rule(
        "R9014C",
        Error,
        &["condition-needs-extension-of-Department"],
        "病名に診療科の拡張がありません。",
        "extension に JP_eCS_Department を入れ、text に診療科名を書いてください。",
    ),
    rule(
        "R9014O",
        Error,
        &["observation-needs-extension-of-Department"],
        "検査に診療科の拡張がありません。",
        "extension に JP_eCS_Department を入れ、text に診療科名を書いてください。",
    ),
    rule(
        "R9015C",
        Error,
        &["condition-needs-onsetDateTime"],
        "病名に開始日がありません。",
        "onsetDateTime に病名の開始日を入れてください。",
    ),
    rule(
        "R9016O",
        Error,
        &["observation-needs-encounter"],
        "検査に入外区分への参照がありません。",
        "encounter に、含めた Encounter への参照 (#id) を入れてください。",
    ),
    rule(
        "R9017O",
        Error,
        &["observation-needs-performer", "needs-performer-on-CLINS"],
        "検査に依頼した医師がありません。",
        "performer に、含めた Practitioner への参照 (#id) を入れてください。",
    ),
    rule(
        "R9019O",
        Error,
        &["observation-needs-contained-of-Practitioner"],
        "検査に医師の Practitioner が含まれていません。",
        "contained に meta.profile が JP_Practitioner (|版 なし) の Practitioner を入れてください。",
    ),
    rule(
        "CLINS-ENTRY-PROFILE",
        Error,
        &[
            "validEntryProfile-AllergyIntolerance",
            "validEntryProfile-Condition",
            "validEntryProfile-ObservationLabResult",
            "validEntryProfile-MedicationRequest",
        ],
        "5情報のリソースが、その種類の eCS プロファイルを宣言していません。",
        "meta.profile に JP_…_eCS の URL を入れてください。",
    ),
    rule(
        "CLINS-MIXED",
        Error,
        &[],
        "タグと違う種類のリソースが混ざっています。",
        "1 個の Bundle には、患者のほかはタグで示した 1 種類だけを入れてください。",
    ),
    rule(
        "CLINS-PATIENT-ONE",
        Error,
        &[],
        "患者が 2 人以上あります。",
        "1 個の Bundle に入れる患者は 1 人だけにしてください。",
    ),
    rule(
        "CLINS-SUBJECT",
        Error,
        &[],
        "患者への参照が、先頭の Patient を指していません。",
        "先頭の Patient の fullUrl (urn:uuid:…) を参照してください。",
    ),
    rule(
        "CLINS-FULLURL",
        Error,
        &[],
        "entry の fullUrl が urn:uuid: の形ではありません。",
        "entry ごとに新しい UUID を作り、urn:uuid: を付けて fullUrl に入れてください。",
    ),
    rule(
        "CLINS-REFERENCE",
        Error,
        &[],
        "参照先が文書の中にありません。",
        "参照先のリソースを entry に入れるか、参照を文書の中の fullUrl に直してください。",
    ),
    rule(
        "CLINS-BINARY",
        Error,
        &[],
        "節から Binary を参照しています。",
        "Binary ではなく DocumentReference を参照し、添付はその content.attachment に入れてください。",
    ),
    rule(
        "CLINS-SECTIONS",
        Error,
        &["checkExist-CDASection-or-structuredSection", "checkExist-CDASection-or-CompositionSection"],
        "CDA参照 (200) と構造情報 (300) の節が、どちらもないか、両方あります。",
        "どちらか一方だけを入れてください。PDF だけの文書は送れません。",
    ),
    rule(
        "CLINS-SECTION-EMPTY",
        Error,
        &[],
        "節に中身がありません。",
        "text・entry・section のどれかを入れるか、emptyReason で理由を示してください。",
    ),
    rule(
        "CLINS-DOCUMENT-ID",
        Error,
        &[],
        "文書IDの形が正しくありません。",
        "「医療機関番号10桁^発行年4桁^番号(32文字まで)」の形にしてください。",
    ),
    rule(
        "CLINS-RANGE-UNIT",
        Error,
        &["referenceRangeLowUnits-isSameAs-resultValueUnits", "referenceRangeHighUnits-isSameAs-resultValueUnits"],
        "基準範囲の単位が、結果の単位と違います。",
        "基準範囲の unit と code は、省くか、結果 (valueQuantity) と同じにしてください。",
    ),
    rule(
        "CLINS-LAB-NAME",
        Error,
        &[],
        "共有項目・感染症の検査の表示名が、FHIR識別名ではありません。",
        "coding.display を、検査項目マスターの FHIR識別名と一字も違わないようにしてください。",
    ),
    rule(
        "CLINS-LAB-CODE",
        Error,
        &[],
        "検査コードの形が正しくありません。",
        "JLAC10 は 17 桁の英数字、コードのない項目は 9 を 17 個並べたものにしてください。",
    ),
    rule(
        "CLINS-LAB-TEXT",
        Error,
        &[],
        "検査項目の名前に、半角カナ・全角の空白・制御文字があります。",
        "カナは全角、空白は半角にしてください。",
    ),
    rule(
        "CLINS-LAB-RESULT",
        Error,
        &[],
        "検査に結果 (value) も、結果がない理由 (dataAbsentReason) もありません。",
        "結果を入れるか、dataAbsentReason.text に理由を書いてください。",
    ),
    rule(
        "CLINS-ABATEMENT",
        Error,
        &[],
        "終了日のある病名の状態が、治癒 (resolved) でも寛解 (remission) でもありません。",
        "clinicalStatus を resolved か remission にするか、終了日を消してください。",
    ),
    rule(
        "CLINS-ALLERGEN",
        Error,
        &[],
        "アレルゲンのコードが、JFAGY のコード体系の形ではありません。",
        "YCM・GCM・J9F・J9N で始まるコードか、その種類の「コードなし」(D9M・D9F・D9N) にしてください。",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn numbers_and_keys_are_unique_and_every_text_is_a_sentence() {
        let mut numbers = HashSet::new();
        let mut keys = HashSet::new();
        for rule in RULES {
            assert!(numbers.insert(rule.number), "{}", rule.number);
            assert!(rule.keys.iter().all(|key| keys.insert(*key)), "{}", rule.number);
            assert!(rule.message.ends_with('。') && rule.remedy.ends_with(['。']), "{}", rule.number);
        }
        assert!(RULES.iter().filter(|rule| rule.number.starts_with('R')).count() >= 33);
    }
}
