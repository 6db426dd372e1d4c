//! The versions of 様式第二号. The form changes with the revisions of the fee schedule; which one is printed follows from
//! the day of issue. What is uncertain stands here, so that a notice changes this table and nothing else.
use super::Residual;
use karute_japan::Date;

/// A version of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Name of the form.
    pub form: &'static str,
    /// First day of issue it is for.
    pub from: Date,
    /// Last day of issue it is for; none while it lasts.
    pub until: Option<Date>,
    /// Where it comes from.
    pub basis: &'static str,
    /// Label of the field of 記号・番号.
    pub insured: &'static str,
    /// Heading of the column 変更不可.
    pub refused: &'static str,
    /// Whether it has the column 患者希望.
    pub has_wish: bool,
    /// What is said over the drugs.
    pub notice: &'static str,
    /// The choices for drugs left over, in order.
    pub residual: &'static [(Residual, &'static str)],
}

const BEFORE: &str = "個々の処方薬について、後発医薬品（ジェネリック医薬品）への変更に差し支えがあると判断した場合には、「変更不可」欄に「レ」又は「×」を記載し、「保険医署名」欄に署名又は記名・押印すること。";
const SINCE_2024: &str = "個々の処方薬について、医療上の必要性があるため、後発医薬品（ジェネリック医薬品）への変更に差し支えがあると判断した場合には、「変更不可」欄に「レ」又は「×」を記載し、「保険医署名」欄に署名又は記名・押印すること。また、患者の希望を踏まえ、先発医薬品を処方した場合には、「患者希望」欄に「レ」又は「×」を記載すること。";

const OF_CARDS: &str = "被保険者証・被保険\n者手帳の記号・番号";

const INQUIRE: (Residual, &str) = (Residual::Inquire, "保険医療機関へ疑義照会した上で調剤");

/// Oldest first; no day between them is left out.
static VERSIONS: [Version; 3] = [
    Version {
        form: "様式第二号",
        from: Date::constant(2022, 4, 1),
        until: Some(Date::constant(2024, 9, 30)),
        basis: "令和4年度診療報酬改定（リフィル処方箋、令和4年4月1日施行）",
        insured: OF_CARDS,
        refused: "変更不可",
        has_wish: false,
        notice: BEFORE,
        residual: &[INQUIRE, (Residual::Inform, "保険医療機関へ情報提供")],
    },
    Version {
        form: "様式第二号",
        from: Date::constant(2024, 10, 1),
        until: Some(Date::constant(2026, 5, 31)),
        basis: "長期収載品の選定療養（令和6年10月1日施行）",
        insured: OF_CARDS,
        refused: "変更不可\n（医療上必要）",
        has_wish: true,
        notice: SINCE_2024,
        residual: &[INQUIRE, (Residual::Inform, "保険医療機関へ情報提供")],
    },
    // The words of the second choice are those of 中央社会保険医療協議会 総-2 of 23 January 2026; to be compared with the
    // ordinance before a clinic prints on them.
    Version {
        form: "様式第二号",
        from: Date::constant(2026, 6, 1),
        until: None,
        basis: "令和8年度診療報酬改定（残薬への対応、令和8年6月1日施行）",
        insured: "被保険者等\n記号・番号",
        refused: "変更不可\n（医療上必要）",
        has_wish: true,
        notice: SINCE_2024,
        residual: &[INQUIRE, (Residual::Inform, "調剤する薬剤を減量した上で保険医療機関へ情報提供")],
    },
];

/// All versions, oldest first.
pub fn versions() -> &'static [Version] {
    &VERSIONS
}

/// The version for a day of issue. What is older than all of them is printed on the oldest.
pub fn version(issued: Date) -> &'static Version {
    let found = VERSIONS.iter().rev().find(|version| version.from <= issued);
    found.unwrap_or(&VERSIONS[0])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_one_version_and_the_borders_are_those_of_the_notices() {
        for (day, has_wish, words) in [
            (Date::constant(2020, 1, 1), false, "保険医療機関へ情報提供"),
            (Date::constant(2024, 9, 30), false, "保険医療機関へ情報提供"),
            (Date::constant(2024, 10, 1), true, "保険医療機関へ情報提供"),
            (Date::constant(2026, 5, 31), true, "保険医療機関へ情報提供"),
            (Date::constant(2026, 6, 1), true, "調剤する薬剤を減量した上で保険医療機関へ情報提供"),
            (Date::constant(2030, 1, 1), true, "調剤する薬剤を減量した上で保険医療機関へ情報提供"),
        ] {
            let found = version(day);
            assert_eq!((found.has_wish, found.residual[1].1), (has_wish, words), "{day}");
        }
        for pair in versions().windows(2) {
            assert_eq!(pair[0].until.unwrap().tomorrow().unwrap(), pair[1].from, "no gap and no overlap");
        }
    }
}
