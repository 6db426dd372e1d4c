//! What is read of each kind.
use super::*;
use crate::column as c;
use crate::kind::Column;

/// A file and what must stand in it: key, column, value.
struct Case {
    kind: Kind,
    file: &'static str,
    text: String,
    read: u32,
    part: &'static str,
    values: &'static [(&'static str, Column, &'static str)],
}

fn line(width: usize, values: &[(usize, &str)]) -> String {
    ssk(width, values).replace('"', "")
}

fn cases() -> Vec<Case> {
    let case = |kind, file, text: String, read, part, values| Case { kind, file, text, read, part, values };
    let medis = |values: &[(usize, &str)], width: usize| line(width, values);
    let hot = |thirteen: &str, jan: &str, name: &str, state: &str| {
        ssk(
            24,
            &[
                (1, thirteen),
                (2, "1042344"),
                (3, "01"),
                (6, jan),
                (7, "2171022F2025"),
                (8, "2171022F2025"),
                (9, "612170710"),
                (11, "見本錠５ｍｇ"),
                (12, name),
                (13, name),
                (14, "５ｍｇ１錠"),
                (20, "内"),
                (21, "見本製薬"),
                (22, "見本薬品"),
                (23, state),
                (24, "20260401"),
            ],
        )
    };
    vec![
        case(Kind::SskDisease, "b_20260401.txt",
            ssk(46, &[(1, "0"), (2, "B"), (3, "8833421"), (6, "高血圧症"), (8, "高血圧症"), (10, "コウケツアツショウ"),
                (11, "20061572"), (13, "LBFE"), (16, "I10"), (19, "00"), (20, "0"), (21, "05"), (22, "20020601"),
                (23, "20200101"), (24, "99999999"), (43, "00")]),
            1, "current", &[
                ("8833421", c::ssk_disease::NAME, "高血圧症"), ("8833421", c::ssk_disease::KANA, "コウケツアツショウ"),
                ("8833421", c::ssk_disease::KEY_NUMBER, "20061572"), ("8833421", c::ssk_disease::EXCHANGE_CODE, "LBFE"),
                ("8833421", c::ssk_disease::ICD10, "I10"), ("8833421", c::ssk_disease::SPECIFIC, "05"),
            ]),
        case(Kind::SskDisease, "hb_20260101.txt",
            ssk(46, &[(1, "9"), (2, "B"), (3, "91001"), (4, "8837221"), (6, "旧い病名"), (24, "20030531")]),
            1, "retired", &[("0091001", c::ssk_disease::SUCCESSOR, "8837221")]),
        case(Kind::SskModifier, "z.csv",
            ssk(19, &[(1, "0"), (2, "Z"), (3, "8002"), (7, "の疑い"), (10, "ﾉｳﾀｶﾞｲ"), (14, "20020601"), (15, "20020601"),
                (16, "99999999"), (17, "20052392"), (18, "5395"), (19, "08000000")])
                + &ssk(19, &[(1, "0"), (2, "Z"), (3, "12"), (7, "右"), (10, "ミギ"), (16, "99999999")]),
            2, "", &[
                ("8002", c::ssk_modifier::KANA, "ノウタガイ"), ("8002", c::ssk_modifier::EXCHANGE_CODE, "5395"),
                ("0012", c::ssk_modifier::NAME, "右"),
            ]),
        case(Kind::SskDrug, "y_R8.4.1.csv", drugs(&["612170710"]), 1, "", &[
            ("612170710", c::ssk_drug::NAME, "見本錠５ｍｇ"), ("612170710", c::ssk_drug::KANA, "ミホンジョウ"),
            ("612170710", c::ssk_drug::PRICE, "10.40"), ("612170710", c::ssk_drug::UNIT, "錠"),
            ("612170710", c::ssk_drug::NHI_CODE, "2171022F2025"), ("612170710", c::ssk_drug::FORM, "1"),
        ]),
        case(Kind::SskDrug, "y_fullwidth.csv", drugs(&["６１２１７０７１０"]), 1, "", &[
            ("612170710", c::ssk_drug::NAME, "見本錠５ｍｇ"),
        ]),
        case(Kind::SskAct, "s.csv",
            ssk(150, &[(1, "5"), (2, "S"), (3, "112007410"), (5, "再診料"), (7, "ｻｲｼﾝﾘｮｳ"), (11, "3"), (12, "75.00"),
                (13, "0"), (15, "120"), (36, "0"), (50, "0"), (56, "0"), (68, "1"), (87, "20240601"), (88, "99999999"),
                (113, "再診料"), (117, "Ａ００１")]),
            1, "", &[
                ("112007410", c::ssk_act::POINTS, "75.00"), ("112007410", c::ssk_act::SECTION, "120"),
                ("112007410", c::ssk_act::TABLE_NUMBER, "Ａ００１"), ("112007410", c::ssk_act::NOTICE, "1"),
            ]),
        case(Kind::SskMaterial, "t.csv",
            ssk(38, &[(1, "0"), (2, "T"), (3, "700010000"), (5, "半切"), (7, "ﾊﾝｾﾂ"), (8, "6"), (10, "枚"), (11, "1"),
                (12, "120.00"), (27, "0"), (28, "20240601"), (29, "00000000"), (30, "99999999"), (37, "フィルム・半切")]),
            1, "", &[("700010000", c::ssk_material::KANA, "ハンセツ"), ("700010000", c::ssk_material::FULL_NAME, "フィルム・半切")]),
        case(Kind::SskComment, "c.csv",
            ssk(30, &[(1, "0"), (2, "C"), (3, "8"), (4, "40"), (5, "1"), (7, "電話等再診（　　回）"), (9, "ﾃﾞﾝﾜ"), (10, "7"),
                (11, "2"), (12, "0"), (13, "0"), (14, "0"), (15, "0"), (16, "0"), (17, "0"), (20, "0"), (21, "20240601"),
                (22, "99999999")]),
            1, "", &[
                ("840000001", c::ssk_comment::NAME, "電話等再診（　　回）"), ("840000001", c::ssk_comment::EDITING, "7 2 0 0 0 0 0 0"),
            ]),
        case(Kind::NhiPrice, "price.csv",
            "区分,薬価基準収載医薬品コード,成分名,規格,日本薬局方,麻薬,業者名追記,品名,メーカー名,診療報酬において加算等の算定対象となる後発医薬品,先発医薬品,同一剤形・規格の後発医薬品がある先発医薬品,薬価,経過措置による使用期限,備考\n\
             内用薬,2171022F2025,アムロジピンベシル酸塩,５ｍｇ１錠,局,,,見本錠５ｍｇ,見本,,先発品,○,13.7,,\n\
             外用薬,2649735S3020,成分,１枚,,,,見本テープ,見本,後発品,,,17.6,R9.3.31まで,R7.5.21収載\n".into(),
            2, "内用薬・外用薬", &[
                ("2171022F2025", c::nhi_price::PRICE, "13.7"), ("2171022F2025", c::nhi_price::HAS_GENERIC, "○"),
                ("2649735S3020", c::nhi_price::GENERIC, "後発品"), ("2649735S3020", c::nhi_price::USABLE_UNTIL, "R9.3.31まで"),
            ]),
        case(Kind::NhiPrice, "headless.csv",
            "内用薬,1149019F1013,成分,１錠,,,,甲錠,,,,,\"1,234.5\",,\n内用薬,1149019F1013,成分,１錠,,,,乙錠,,,,,10,,\n".into(),
            2, "内用薬", &[
                ("1149019F1013|甲錠", c::nhi_price::PRICE, "1234.5"), ("1149019F1013|乙錠", c::nhi_price::CODE, "1149019F1013"),
            ]),
        case(Kind::NhiGeneric, "generic.csv",
            "薬価基準収載医薬品コード,成分名,品名,各先発医薬品の後発医薬品の有無に関する情報,収載年月日,経過措置による使用期限,備考\n\
             2171022F2025,成分,見本錠,2,20250613,,\n".into(),
            1, "", &[("2171022F2025", c::nhi_generic::STATE, "2"), ("2171022F2025", c::nhi_generic::LISTED, "20250613")]),
        case(Kind::MedisDisease, "nmain517.txt",
            medis(&[(1, "0"), (2, "20061572"), (3, "高血圧症"), (4, "コウケツアツショウ"), (6, "LBFE"), (7, "I10"), (9, "8833421"),
                (13, "20200101"), (15, "00"), (16, "0")], 16),
            1, "basic", &[
                ("D20061572", c::medis_disease::NAME, "高血圧症"), ("D20061572", c::medis_disease::RECEIPT_CODE, "8833421"),
                ("D20061572", c::medis_disease::EXCHANGE_CODE, "LBFE"), ("D20061572", c::medis_disease::NEEDS_MODIFIER, "00"),
            ]),
        case(Kind::MedisDisease, "old.txt",
            medis(&[(1, "0"), (2, "20061572"), (3, "高血圧症"), (4, "コウケツアツショウ"), (6, "LBFE"), (7, "I10"), (11, "8833421"),
                (17, "01"), (18, "0")], 18).replace(',', "\t"),
            1, "basic", &[
                ("D20061572", c::medis_disease::RECEIPT_CODE, "8833421"), ("D20061572", c::medis_disease::NEEDS_MODIFIER, "01"),
            ]),
        case(Kind::MedisDisease, "mdfy517.txt",
            medis(&[(1, "0"), (2, "20052392"), (3, "の疑い"), (4, "ノウタガイ"), (5, "5395"), (6, "02"), (7, "08000000"), (9, "8002")], 10),
            1, "modifiers", &[
                ("M20052392", c::medis_disease::RECEIPT_CODE, "8002"), ("M20052392", c::medis_disease::CLASS, "08000000 02"),
            ]),
        case(Kind::MedisDisease, "index517.txt",
            "ハイブラ,LBFE,1,1,1,0,0,0,0\nﾊｲﾌﾞﾗ,LBFE,1,1,1,0,0,0,0\n本態性高血圧,LBFE,1,0,1,0,0,0,0\n".into(),
            3, "index", &[
                ("Xハイブラ|LBFE", c::medis_disease::KANA, "ハイブラ"), ("X本態性高血圧|LBFE", c::medis_disease::KANA, ""),
                ("X本態性高血圧|LBFE", c::medis_disease::EXCHANGE_CODE, "LBFE"),
            ]),
        case(Kind::Hot, "MEDIS20260331_HOT9.txt", hot("104234401", "", "見本錠５ｍｇ", ""), 1, "", &[
            ("104234401", c::hot::YJ, "2171022F2025"), ("104234401", c::hot::HOT13, ""), ("104234401", c::hot::FORM, "内"),
        ]),
        case(Kind::Hot, "MEDIS20260331.TXT",
            "基準番号（ＨＯＴコード）".to_owned() + &",見出し".repeat(23) + "\r\n"
                + &hot("1042344010101", "4987000000011", "見本錠５ｍｇ", "1") + &hot("1042344010201", "4987000000028", "見本錠５ｍｇ（旧）", "2"),
            2, "", &[
                ("104234401", c::hot::HOT13, "1042344010101 1042344010201"), ("104234401", c::hot::NAME, "見本錠５ｍｇ"),
                ("104234401", c::hot::JAN, "4987000000011 4987000000028"),
            ]),
        case(Kind::GenericName, "ippan.csv",
            "区分,一般名コード,一般名処方の標準的な記載,成分名,規格,一般名処方加算対象,例外コード,同一剤形・規格内の最低薬価,備考\n\
             内用薬,2171022F2ZZZ,【般】アムロジピン錠５ｍｇ,アムロジピンベシル酸塩,５ｍｇ１錠,\"加算1,2\",,10.1,\n".into(),
            1, "list", &[
                ("2171022F2ZZZ", c::generic_name::NAME, "【般】アムロジピン錠５ｍｇ"), ("2171022F2ZZZ", c::generic_name::ADDITION, "加算1,2"),
                ("2171022F2ZZZ", c::generic_name::LOWEST_PRICE, "10.1"),
            ]),
        case(Kind::GenericName, "reigai.csv",
            "例外コード品目対照表\n\n区分,一般名コード,標準的な記載,成分名,規格,薬価基準収載医薬品コード,品名,メーカー名\n\
             内用薬,2149039F1ZZZ,【般】見本錠２５ｍｇ,成分,２５ｍｇ,2149039F1031,甲錠２５ｍｇ,甲\n,,,,,2149039F1040,乙錠２５ｍｇ,乙\n".into(),
            2, "exceptions", &[
                ("E2149039F1031", c::generic_name::PRODUCT, "甲錠２５ｍｇ"), ("E2149039F1040", c::generic_name::CODE, "2149039F1ZZZ"),
            ]),
        case(Kind::Jlac10, "jlac10.csv",
            "診療行為コード,JLAC10コード,標準検査名称,材料,測定法\n160022510,3B035-0000-023-272-01,AST,血清,可視吸光光度法\n160099999,3B035000002327201,AST,血清,可視吸光光度法\n".into(),
            2, "list", &[("3B035000002327201", c::jlac10::ACT_CODE, "160022510 160099999"), ("3B035000002327201", c::jlac10::SPECIMEN, "血清")]),
        case(Kind::Jlac11, "jlac11.csv", "JLAC11,検査名称,JLAC10\nC1002000025000155,総蛋白,3A010000002327101\n".into(),
            1, "list", &[("C1002000025000155", c::jlac11::JLAC10, "3A010000002327101")]),
        case(Kind::Jlac10, "clins.json",
            r#"{"resourceType":"CodeSystem","url":"http://jpfhir.jp/fhir/clins/CodeSystem/JLAC10/JP_CLINS_ObsLabResult_CoreLabo_CS","date":"2024-11-01","concept":[{"code":"AST","concept":[{"code":"3B035000002327201","display":"AST","designation":[{"value":"AST(GOT)"}],"property":[{"code":"specimen","valueString":"血清"}]}]}]}"#.into(),
            1, "clins-core", &[
                ("3B035000002327201", c::jlac10::NAME, "AST(GOT)"), ("3B035000002327201", c::jlac10::CLINS_ITEM, "AST"),
                ("3B035000002327201", c::jlac10::SPECIMEN, "血清"),
            ]),
        case(Kind::ClinsLab, "items.csv", "group,item_name_ja,parent_code,units_in_master,jlac10_codes\ncore,総蛋白(TP),TP,g/dL|g/L,3A010000002327101  3A010000002329101\n".into(),
            1, "core", &[("TP", c::clins_lab::UNITS, "g/dL|g/L"), ("TP", c::clins_lab::JLAC10, "3A010000002327101 3A010000002329101")]),
        case(Kind::Usage, "jami.csv",
            "code,text_ja,kind\n1013044400000000,内服・経口・１日３回朝昼夕食後,usage16\n11,疼痛時,as_needed_condition2\n11,舌下,detail_method2\n".into(),
            3, "JAMI", &[
                ("1013044400000000", c::usage::TIMES, "3"), ("as_needed_condition2|11", c::usage::NAME, "疼痛時"),
                ("detail_method2|11", c::usage::NAME, "舌下"), ("1013044400000000", c::usage::LISTS, "JAMI"),
            ]),
        case(Kind::Usage, "eprescription.csv",
            "用法コード,用法名称,区分,用法補足要否,部位要否,適用開始日,適用終了日\n1013044400000000,１日３回　毎食後,標準,,,20230126,\n2B71000000000000,１日１回　塗布,標準,,1,20230126,20270331\n".into(),
            2, "eP", &[("2B71000000000000", c::usage::NEEDS_SITE, "1"), ("1013044400000000", c::usage::LISTS, "eP")]),
        case(Kind::Allergen, "jfagy.json",
            r#"{"resourceType":"CodeSystem","url":"http://jpfhir.jp/fhir/core/CodeSystem/JP_JfagyFoodAllergen_CS","version":"20250401","concept":[{"code":"00F","display":"食品","concept":[{"code":"J9FA19140000","display":"そば"}]}]}"#.into(),
            2, "food", &[("J9FA19140000", c::allergen::PARENT, "00F"), ("J9FA19140000", c::allergen::CLASS, "food")]),
        case(Kind::Allergen, "allergens.csv", "コード,名称,カナ,分類,上位コード,別名\nJ9NK13320000,スギ,ｽｷﾞ,,J9NK00000000,杉、スギ花粉\n".into(),
            1, "non-food", &[("J9NK13320000", c::allergen::KANA, "スギ"), ("J9NK13320000", c::allergen::ALIASES, "杉|スギ花粉")]),
        case(Kind::Postal, "KEN_ALL.CSV",
            "13101,\"100  \",\"1000001\",\"ﾄｳｷｮｳﾄ\",\"ﾁﾖﾀﾞｸ\",\"ﾁﾖﾀﾞ\",\"東京都\",\"千代田区\",\"千代田\",0,0,0,0,0,0\r\n\
             13101,\"100  \",\"1000000\",\"ﾄｳｷｮｳﾄ\",\"ﾁﾖﾀﾞｸ\",\"ｲｶﾆｹｲｻｲｶﾞﾅｲﾊﾞｱｲ\",\"東京都\",\"千代田区\",\"以下に掲載がない場合\",0,0,0,0,0,0\r\n\
             01104,\"004  \",\"0040000\",\"ﾎｯｶｲﾄﾞｳ\",\"ｻｯﾎﾟﾛｼ\",\"ｱﾂﾍﾞﾂ(1-\",\"北海道\",\"札幌市\",\"厚別（１〜\",0,0,0,0,0,0\r\n\
             01104,\"004  \",\"0040000\",\"ﾎｯｶｲﾄﾞｳ\",\"ｻｯﾎﾟﾛｼ\",\"3ﾁｮｳﾒ)\",\"北海道\",\"札幌市\",\"３丁目）\",0,0,0,0,0,0\r\n\
             01104,\"004  \",\"0040000\",\"ﾎｯｶｲﾄﾞｳ\",\"ｻｯﾎﾟﾛｼ\",\"ｱﾂﾍﾞﾂ\",\"北海道\",\"札幌市\",\"厚別（その他）\",0,0,0,0,0,0\r\n\
             25443,\"522  \",\"5220317\",\"ｼｶﾞｹﾝ\",\"ﾀｶﾞﾁｮｳ\",\"ｲﾁｴﾝ\",\"滋賀県\",\"多賀町\",\"一円\",0,0,0,0,0,0\r\n".replace('〜', "～"),
            6, "", &[
                ("1000001|1", c::postal::TOWN, "千代田"), ("1000001|1", c::postal::PREFECTURE_KANA, "トウキョウト"),
                ("1000000|1", c::postal::TOWN, ""), ("1000000|1", c::postal::TOWN_KANA, ""),
                ("0040000|1", c::postal::TOWN, "厚別"), ("0040000|1", c::postal::TOWN_KANA, "アツベツ"),
                ("5220317|1", c::postal::TOWN, "一円"),
            ]),
    ]
}

fn check(case: &Case, how: &str, bytes: &[u8]) {
    let parsed = read(case.kind, case.file, bytes).unwrap_or_else(|refusal| panic!("{how}: {refusal}"));
    assert_eq!(parsed.rejected, [], "{} {how}", case.file);
    assert_eq!((parsed.read, &*parsed.extent.part), (case.read, case.part), "{} {how}", case.file);
    let table = import(&Table::empty(case.kind), case.file, bytes, &options("one")).unwrap().merged.table;
    for (key, column, value) in case.values {
        let record = table.newest(key).unwrap_or_else(|| panic!("{} {how}: no {key}", case.file));
        assert_eq!(record.get(*column), *value, "{} {how} {key}", case.file);
    }
}

#[test]
fn every_kind_is_read_in_every_character_set_and_line_end() {
    let cases = cases();
    for kind in Kind::ALL {
        assert!(cases.iter().any(|case| case.kind == kind), "{}", kind.name());
    }
    for case in &cases {
        let json = case.text.starts_with('{');
        check(case, "UTF-8", case.text.as_bytes());
        check(case, "UTF-8 with mark", &[b"\xEF\xBB\xBF", case.text.as_bytes()].concat());
        check(case, "LF", case.text.replace("\r\n", "\n").as_bytes());
        check(case, "CRLF", case.text.replace("\r\n", "\n").replace('\n', "\r\n").as_bytes());
        check(case, "empty lines", (case.text.clone() + if json { "\n" } else { "\r\n\r\n" }).as_bytes());
        if !json {
            check(case, "CP932", &cp932(&case.text));
            check(case, "CP932 with control-Z", &[&cp932(&case.text)[..], b"\x1A"].concat());
        }
    }
}

#[test]
fn dates_of_rows_and_editions_are_taken() {
    let drug = |state: &str, changed: &str, ended: &str, usable: &str| {
        drugs(&["612170710"])
            .replacen("\"0\",\"Y\"", &format!("\"{state}\",\"Y\""), 1)
            .replace("20240401", changed)
            .replace("99999999", ended)
            .replace("\"2171022F2025\",\"\",\"0\"", &format!("\"2171022F2025\",\"\",\"{usable}\""))
    };
    let none = None::<&str>;
    for (text, since, until) in [
        (drug("0", "20240401", "99999999", "0"), none, none),
        (drug("3", "20240401", "99999999", "0"), Some("2024-04-01"), none),
        (drug("5", "20240401", "99999999", "20260930"), none, Some("2026-09-30")),
        (drug("9", "20240401", "20260331", "20260930"), none, Some("2026-03-31")),
        (drug("1", "20240401", "99999999", "0"), none, Some("2024-04-01")),
    ] {
        let parsed = read(Kind::SskDrug, "y_20260401.csv", text.as_bytes()).unwrap();
        let row = parsed.rows.first().unwrap();
        assert_eq!((row.since, row.until), (since.map(day), until.map(day)), "{text}");
        assert_eq!((row.from, parsed.date), (Some(day("2024-04-01")), Some(day("2026-04-01"))));
    }
    for (file, date, expected) in [
        ("y_20260401.csv", None, "2026-04-01"),
        ("y.csv", None, "2026-04-01"),
        ("y_20250601.csv", None, "2025-06-01"),
        ("y_20250601.csv", Some("2025-06-15"), "2025-06-15"),
        ("C:\\masters\\y_250601.csv", None, "2025-06-01"),
    ] {
        let options = ImportOptions { date: date.map(day), ..options("x") };
        let empty = Table::empty(Kind::SskDrug);
        let imported = import(&empty, file, drugs(&["612170710"]).as_bytes(), &options).unwrap();
        assert_eq!(imported.report.edition, day(expected), "{file}");
        assert_eq!(imported.merged.table.editions().last().unwrap().date, day(expected));
    }
}

#[test]
fn the_starter_set_gives_way_and_reports_say_what_happened() {
    let starter = starter::tables().into_iter().find(|table| table.kind() == Kind::SskDrug).unwrap();
    let text = drugs(&["699999901", "699999902"]);
    let first = import(&starter, "y_20260401.csv", text.as_bytes(), &options("a")).unwrap();
    assert_eq!((first.report.added, first.report.total), (2, 2));
    assert!(!starter::is_starter(&first.merged.table));
    let known = import(&first.merged.table, "y_20260401.csv", text.as_bytes(), &options("a")).unwrap();
    assert!(known.report.known);
    assert!(known.report.text().contains("取り込み済み"));
    let next = drugs(&["699999901", "699999903", "69999990X"]).replacen("10.40", "9.80", 1);
    let next = next + &drugs(&["699999902"]).replacen("99999999", "20260930", 1);
    let next = import(&first.merged.table, "y_20260701.csv", next.as_bytes(), &options("b")).unwrap();
    let text = next.report.text();
    for part in [
        "医薬品マスター（ssk-drug） y_20260701.csv 2026-07-01 版",
        "読込 4 行、新規 1、変更 1、終了 1、消滅 0、変更なし 0、除外 1",
        "3行目 3列目: コード「69999990X」が数字9桁（6 で始まる）ではありません",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn three_files_make_the_standard_diseases() {
    let find = |file: &str| cases().into_iter().find(|case| case.file == file).unwrap();
    let mut table = Table::empty(Kind::MedisDisease);
    for file in ["nmain517.txt", "mdfy517.txt", "index517.txt"] {
        let merged = import(&table, file, find(file).text.as_bytes(), &options(file)).unwrap().merged;
        assert_eq!(merged.vanished, 0);
        table = merged.table;
    }
    assert_eq!((table.len(), table.editions().len()), (4, 3));
    // An index without a term ends that term and nothing else, once a person has looked.
    let shorter = "ハイブラ,LBFE,1,1,1,0,0,0,0\n";
    let refusal = import(&table, "index518.txt", shorter.as_bytes(), &options("new")).unwrap_err();
    assert_eq!(refusal.reason, Reason::Vanished);
    let merge = MergeOptions { accept_vanished: true, ..MergeOptions::default() };
    let looked = ImportOptions { merge, ..options("new") };
    let merged = import(&table, "index518.txt", shorter.as_bytes(), &looked).unwrap().merged;
    assert_eq!((merged.vanished, merged.table.records().filter(|(_, r)| r.until().is_some()).count()), (1, 1));
}

#[test]
fn retired_and_current_diseases_stand_side_by_side() {
    let cases = cases();
    let [current, retired] =
        ["b_20260401.txt", "hb_20260101.txt"].map(|file| cases.iter().find(|case| case.file == file).unwrap());
    for order in [[current, retired], [retired, current]] {
        let mut table = Table::empty(Kind::SskDisease);
        for case in order {
            table = import(&table, case.file, case.text.as_bytes(), &options(case.file)).unwrap().merged.table;
        }
        assert!(table.newest("8833421").unwrap().is_usable(day("2026-04-01")));
        assert!(!table.newest("0091001").unwrap().is_usable(day("2026-04-01")));
        assert_eq!(table.at("0091001", day("2003-01-01")).unwrap().get(c::ssk_disease::NAME), "旧い病名");
    }
}

#[test]
fn a_disease_that_was_retired_keeps_what_it_was() {
    let b = |codes: &[&str]| -> String {
        let row = |code: &&str| {
            let values =
                [(1, "0"), (2, "B"), (3, *code), (6, "見本病"), (16, "I10"), (22, "20020601"), (24, "99999999")];
            ssk(46, &values)
        };
        codes.iter().map(row).collect()
    };
    let values =
        [(1, "9"), (2, "B"), (3, "8800002"), (4, "8800001"), (6, "見本病"), (23, "20260101"), (24, "20261231")];
    let hb = ssk(46, &values);
    let empty = Table::empty(Kind::SskDisease);
    let first = import(&empty, "b_20250601.txt", b(&["8800001", "8800002"]).as_bytes(), &options("1"));
    let first = first.unwrap().merged.table;
    // b alone: where did it go? hb says so.
    let second = b(&["8800001"]);
    let refusal = import(&first, "b_20260101.txt", second.as_bytes(), &options("2")).unwrap_err();
    assert_eq!(refusal.reason, Reason::Vanished);
    assert!(refusal.expected.contains("hb を先に"), "{refusal}");
    let table = import(&first, "hb_20260101.txt", hb.as_bytes(), &options("3")).unwrap().merged.table;
    let table = import(&table, "b_20260101.txt", second.as_bytes(), &options("2")).unwrap().merged.table;
    for (on, usable, successor) in
        [("2025-12-31", true, ""), ("2026-12-31", true, "8800001"), ("2027-01-01", false, "8800001")]
    {
        let record = table.at("8800002", day(on)).unwrap();
        assert_eq!((record.is_usable(day(on)), record.get(c::ssk_disease::SUCCESSOR)), (usable, successor), "{on}");
        assert_eq!(record.get(c::ssk_disease::ICD10), "I10", "{on}");
    }
}

#[test]
fn a_usage_of_two_lists_has_both_and_loses_one() {
    let cases = cases();
    let find = |file: &str| cases.iter().find(|case| case.file == file).unwrap().text.clone();
    let mut table = Table::empty(Kind::Usage);
    for file in ["jami.csv", "eprescription.csv"] {
        table = import(&table, file, find(file).as_bytes(), &options(file)).unwrap().merged.table;
    }
    let both = table.newest("1013044400000000").unwrap();
    assert_eq!((both.get(c::usage::LISTS), both.get(c::usage::NAME)), ("JAMI eP", "１日３回　毎食後"));
    let later = find("jami.csv").replace("1013044400000000,内服・経口・１日３回朝昼夕食後,usage16\n", "");
    let options = ImportOptions { date: Some(day("2026-06-01")), ..options("later") };
    let merged = import(&table, "jami.csv", later.as_bytes(), &options).unwrap().merged;
    let left = merged.table.newest("1013044400000000").unwrap();
    assert_eq!((left.get(c::usage::LISTS), left.until()), ("eP", None));
}

#[test]
fn a_generic_name_that_is_no_longer_listed_can_still_be_prescribed() {
    let find = |file: &str| cases().into_iter().find(|case| case.file == file).unwrap().text;
    let first = import(&Table::empty(Kind::GenericName), "a.csv", find("ippan.csv").as_bytes(), &options("a")).unwrap();
    let other = find("ippan.csv").replace("2171022F2ZZZ", "2171022F1ZZZ");
    let options = ImportOptions { date: Some(day("2026-10-01")), ..options("b") };
    let table = import(&first.merged.table, "b.csv", other.as_bytes(), &options).unwrap().merged.table;
    for (on, addition) in [("2026-09-30", "加算1,2"), ("2026-10-01", "")] {
        let name = table.at("2171022F2ZZZ", day(on)).unwrap();
        assert!(name.is_usable(day(on)));
        assert_eq!(name.get(c::generic_name::ADDITION), addition, "{on}");
    }
}
