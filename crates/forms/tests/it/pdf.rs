use crate::fixture;
use karute_forms::{Forms, Paper, Prescription, Printed};
use karute_japan::Date;
use std::path::Path;
use std::process::Command;
use std::sync::LazyLock;

static FORMS: LazyLock<Forms> = LazyLock::new(|| Forms::new(None));

fn printed(form: &Prescription) -> Printed {
    FORMS.prescription(form, Paper::A5, fixture::made()).unwrap()
}

/// What a program says of a file.
fn asked(program: &str, before: &[&str], pdf: &[u8], after: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("form.pdf");
    std::fs::write(&file, pdf).unwrap();
    let output = Command::new(program)
        .args(before)
        .arg(&file)
        .args(after)
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}. cargo xtask test installs it."));
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {said}");
    said
}

/// All text, spaces and line ends taken away.
fn text(pdf: &[u8]) -> String {
    asked("pdftotext", &["-raw"], pdf, &["-"]).chars().filter(|c| !c.is_whitespace()).collect()
}

#[track_caller]
fn holds(text: &str, words: &[&str]) {
    for word in words {
        let bare: String = word.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(text.contains(&bare), "「{word}」 is missing in {text}");
    }
}

/// 療担規則 様式第二号, 医師法施行規則 21条.
#[test]
fn a_prescription_says_what_the_law_asks_for() {
    holds(
        &text(&printed(&fixture::usual()).pdf),
        &[
            "処　方　箋",
            "どの保険薬局でも有効です",
            "公費負担者番号",
            "01139997",
            "12345678・9001（枝番）01",
            "渡邊 真弓",
            "昭和33年3月14日",
            "被保険者",
            "被扶養者",
            "東京都千代田区架空町１－２－３",
            "みどり内科クリニック",
            "03-0000-0001",
            "佐藤 健一",
            "都道府県",
            "点数表",
            "1234566",
            "令和8年11月20日",
            "交付の日を含めて４日以内に保険薬局に提出すること",
            "変更不可",
            "患者希望",
            "【般】アムロジピン錠5mg",
            "1回1錠（1日3錠）",
            "1日3回 毎食後",
            "28日分",
            "10回分",
            "50g",
            "両下腿",
            "以下余白",
            "リフィル可",
            "保険医署名",
            "保険薬局が調剤時に残薬を確認した場合の対応",
            "保険医療機関へ疑義照会した上で調剤",
            "調剤する薬剤を減量した上で保険医療機関へ情報提供",
            "調剤実施回数",
            "次回調剤予定日",
            "調剤済年月日",
            "保険薬剤師氏名",
            "Ａ列５番を標準とする",
        ],
    );
}

#[test]
fn what_is_special_stands_where_it_is_looked_for() {
    let text = text(&printed(&fixture::rich()).pdf);
    let words = ["482913", "令和8年12月3日", "（3回）", "54139993", "21139991", "第3公費80139999", "138057"];
    holds(&text, &words);
    holds(&text, &["麻薬施用者免許番号 第12345号", "東京都新宿区架空１－１－１", "高一", "65枚を処方"]);
}

#[test]
fn the_form_is_that_of_the_day_of_issue() {
    let on = |issued| text(&printed(&Prescription { issued, ..fixture::usual() }).pdf);
    let old = on(Date::constant(2024, 9, 30));
    assert!(!old.contains("患者希望") && !old.contains("減量した上で"));
    holds(&old, &["被保険者証・被保険", "保険医療機関へ情報提供"]);
    let now = on(Date::constant(2024, 10, 1));
    holds(&now, &["患者希望", "医療上必要", "保険医療機関へ情報提供"]);
    assert!(!now.contains("減量した上で"));
}

#[test]
fn the_copy_says_that_it_is_none() {
    let made = FORMS.slip(&fixture::rich(), Paper::A5, fixture::made()).unwrap();
    holds(
        &text(&made.pdf),
        &[
            "処方内容（控え）",
            "この用紙は処方箋ではありません",
            "引換番号",
            "482913",
            "渡邊 真弓",
            "138057",
            "【般】アムロジピン錠5mg",
            "令和8年12月3日まで",
            "佐藤 健一",
            "みどり内科クリニック",
            "以下余白",
        ],
    );
}

/// 別紙様式11.
#[test]
fn a_letter_has_every_field_of_its_form() {
    let made = FORMS.letter(&fixture::letter(), fixture::made()).unwrap();
    holds(
        &text(&made.pdf),
        &[
            "診療情報提供書",
            "令和8年11月20日",
            "架空総合病院",
            "循環器内科 担当医 山田 一郎 殿",
            "みどり内科クリニック",
            "東京都千代田区架空町１－２－３",
            "03-0000-0001",
            "佐藤 健一",
            "渡邊 真弓",
            "東京都新宿区架空１－１－１",
            "03-0000-0009",
            "昭和33年3月14日（68歳）",
            "会社員",
            "労作性狭心症の疑い",
            "精査・加療をお願いいたします",
            "虫垂切除術",
            "V4–V6",
            "硝酸薬は処方していません",
            "【般】メトホルミン塩酸塩錠250mg",
            "検査結果（2026年11月13日）を添付",
            "以下余白",
        ],
    );
    assert_eq!((made.pages, made.missing.len()), (1, 0));
}

#[test]
fn the_file_is_pdf_a_2u_with_every_font_in_it() {
    for form in [fixture::usual(), fixture::rich(), fixture::divided()] {
        let pdf = printed(&form).pdf;
        assert!(pdf.starts_with(b"%PDF-1.7"));
        let said = asked("qpdf", &["--check"], &pdf, &[]);
        assert!(said.contains("No syntax or stream encoding errors found"), "{said}");
        let metadata = String::from_utf8_lossy(&pdf).into_owned();
        for part in ["<pdfaid:part>2</pdfaid:part>", "<pdfaid:conformance>U</pdfaid:conformance>", "/OutputIntents"] {
            assert!(metadata.contains(part), "{part}");
        }
        assert!(!metadata.contains("渡邊"), "no patient data among the metadata");
        let fonts = asked("pdffonts", &[], &pdf, &[]);
        let rows: Vec<&str> = fonts.lines().skip(2).collect();
        assert!(!rows.is_empty(), "{fonts}");
        for row in rows {
            let marks: Vec<&str> = row.split_whitespace().filter(|word| ["yes", "no"].contains(word)).collect();
            assert_eq!(marks, ["yes", "yes", "yes"], "embedded, reduced, with characters: {row}");
        }
    }
}

#[test]
fn pages_have_the_size_of_the_paper() {
    let size = |pdf: &[u8]| -> String {
        let said = asked("pdfinfo", &[], pdf, &[]);
        said.lines().find_map(|line| line.strip_prefix("Page size:")).unwrap().trim().to_owned()
    };
    let points = |text: &str| -> Vec<f32> { text.split_whitespace().filter_map(|word| word.parse().ok()).collect() };
    let near = |pdf: &[u8], width: f32, height: f32| {
        let found = points(&size(pdf));
        assert!((found[0] - width).abs() < 0.5 && (found[1] - height).abs() < 0.5, "{found:?}");
    };
    near(&printed(&fixture::usual()).pdf, 419.53, 595.28);
    let wide = FORMS.prescription(&fixture::usual(), Paper::A4, fixture::made()).unwrap();
    near(&wide.pdf, 841.89, 595.28);
    let copy = FORMS.slip(&fixture::rich(), Paper::A4, fixture::made()).unwrap();
    near(&copy.pdf, 595.28, 841.89);
}

#[test]
fn the_same_input_and_moment_give_the_same_bytes() {
    let (first, second) = (printed(&fixture::rich()), Forms::new(None));
    let again = second.prescription(&fixture::rich(), Paper::A5, fixture::made()).unwrap();
    assert_eq!(first.pdf, again.pdf);
    let later = FORMS.prescription(&fixture::rich(), Paper::A5, fixture::made().plus_ms(1_000)).unwrap();
    assert_ne!(first.pdf, later.pdf, "the moment stands in the file");
}

#[test]
fn a_rare_kanji_comes_out_as_it_was_written() {
    let mut form = fixture::usual();
    form.patient.name = "𠮷野 髙﨑".into();
    let made = printed(&form);
    holds(&text(&made.pdf), &["𠮷野", "髙﨑"]);
    assert!(made.missing.is_empty());
    form.patient.name = "\u{E123}子".into();
    let made = printed(&form);
    assert_eq!(made.missing, ['\u{E123}']);
    holds(&text(&made.pdf), &["〓子", "手書きで補ってください"]);
}

#[test]
fn an_operators_folder_of_fonts_is_read_and_a_broken_file_is_named() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("readme.txt"), "no font").unwrap();
    assert!(Forms::new(Some(dir.path().to_owned())).ready().is_ok());
    std::fs::write(dir.path().join("broken.ttf"), "no font").unwrap();
    let error = Forms::new(Some(dir.path().to_owned())).ready().unwrap_err().to_string();
    assert!(error.contains("broken.ttf"), "{error}");
    assert!(Forms::new(Some(Path::new("/does/not/exist").to_owned())).ready().is_ok());
}
