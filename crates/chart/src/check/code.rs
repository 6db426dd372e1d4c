//! Codes of drugs, as far as the checks read them.

/// A drug by its 薬価基準収載医薬品コード or 個別医薬品コード (YJ), or as much of it as is known: 一般名処方 states the first nine
/// characters (`2171022F2ZZZ`), an allergy to an ingredient the first seven or nine.
///
/// Characters 1–4 are the 薬効分類 (日本標準商品分類), 5–7 route and ingredient, 8 form, 9 strength within form.
/// Source: 厚生労働省 薬価基準収載医薬品コード.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DrugCode(String);

impl DrugCode {
    /// Reads a code; a prefix of letters that names a table of ingredients (`GCM`, `YCM`, `D9M`) is taken off. `None` when the rest does
    /// not begin with seven digits.
    pub fn parse(text: &str) -> Option<DrugCode> {
        let text = text.trim();
        let bare = match text.get(..3) {
            Some("GCM" | "YCM" | "D9M") => text.get(3..)?,
            _ => text,
        };
        let seven = bare.get(..7)?;
        let shape = |c: char| c.is_ascii_digit() || c.is_ascii_uppercase();
        // A claims code or HOT code is all digits; a price-list code has the letter of its form at the eighth place.
        let form = bare.chars().nth(7).is_none_or(|c| c.is_ascii_uppercase());
        (seven.bytes().all(|b| b.is_ascii_digit()) && form && bare.chars().all(shape) && bare.len() <= 15)
            .then(|| DrugCode(bare.to_owned()))
    }
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
    /// 薬効分類, four digits.
    pub fn class(&self) -> &str {
        self.0.get(..4).unwrap_or(&self.0)
    }
    /// Route and ingredient, seven digits.
    pub fn ingredient(&self) -> &str {
        self.0.get(..7).unwrap_or(&self.0)
    }
    /// Whether it begins with a key of a table.
    pub fn is(&self, key: &str) -> bool {
        !key.is_empty() && self.0.starts_with(key)
    }
    /// How it gets into the body, by the number of the ingredient: 001–399 by mouth, 400–699 by injection, 700–999 from
    /// outside.
    pub fn route(&self) -> Route {
        match self.0.as_bytes().get(4) {
            Some(b'0'..=b'3') => Route::Oral,
            Some(b'4'..=b'6') => Route::Injection,
            _ => Route::External,
        }
    }
}

/// How a drug gets into the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// 内用
    Oral,
    /// 注射
    Injection,
    /// 外用
    External,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_the_price_list_are_read_and_others_are_not() {
        let cases = [
            ("2171022F2025", Some(("2171", "2171022", Route::Oral))),
            ("2171022F2ZZZ", Some(("2171", "2171022", Route::Oral))),
            ("GCM6131001F2ZZZ", Some(("6131", "6131001", Route::Oral))),
            ("1149019", Some(("1149", "1149019", Route::Oral))),
            ("2649735S3020", Some(("2649", "2649735", Route::External))),
            ("2499416G1029", Some(("2499", "2499416", Route::Injection))),
            ("612170709", None),
            ("J9FA19140000", None),
            ("217102", None),
            ("アムロジピン", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let code = DrugCode::parse(text);
            let found = code.as_ref().map(|c| (c.class(), c.ingredient(), c.route()));
            assert_eq!(found, expected, "{text}");
        }
    }
}
