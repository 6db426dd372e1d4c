//! Columns of each kind. The key of a record ([`Record::key`](crate::Record::key)) is not among them.
//!
//! Texts are as published, without the spaces around; numbers and flags too. Column numbers in the notes are those of
//! the published layout (マスターファイル仕様説明書 for the files of 支払基金).
use super::Column;

macro_rules! columns {
    (@number $number:expr;) => {};
    (@number $number:expr; $(#[$doc:meta])* $name:ident $(, $($rest:tt)*)?) => {
        $(#[$doc])*
        pub const $name: Column = Column($number);
        $(columns!(@number $number + 1; $($rest)*);)?
    };
    (@names [$($names:expr,)*]) => {
        /// Names of all columns, in order.
        pub(crate) const ALL: &[&str] = &[$($names,)*];
    };
    (@names [$($names:expr,)*] $(#[$doc:meta])* $name:ident $(, $($rest:tt)*)?) => {
        columns!(@names [$($names,)* stringify!($name),] $($($rest)*)?);
    };
    ($(#[$doc:meta])* $module:ident: $($columns:tt)*) => {
        $(#[$doc])*
        pub mod $module {
            use super::Column;
            columns!(@number 0; $($columns)*);
            columns!(@names [] $($columns)*);
        }
    };
}

columns! {
    /// 薬価基準収載品目リスト. Key: 薬価基準収載医薬品コード of 12 characters; where several products share it (統一名
    /// and 局方 items), code, `|` and 品名.
    nhi_price:
    /// 区分: 内用薬, 外用薬, 注射薬, 歯科用薬剤.
    CLASS,
    /// 薬価基準収載医薬品コード.
    CODE,
    /// 成分名.
    INGREDIENT,
    /// 規格.
    STRENGTH,
    /// 局 when in 日本薬局方.
    PHARMACOPOEIA,
    /// 麻 when a narcotic.
    NARCOTIC,
    /// 品名.
    NAME,
    /// メーカー名.
    MAKER,
    /// 後発品 when the addition for generics counts it.
    GENERIC,
    /// 先発品, 準先発品.
    BRAND,
    /// ○ when a generic of the same form and strength exists.
    HAS_GENERIC,
    /// 薬価 in yen per unit of the strength.
    PRICE,
    /// End of transition as published.
    USABLE_UNTIL,
}
columns! {
    /// 後発医薬品に関する情報. Key as in [`nhi_price`].
    nhi_generic:
    /// 薬価基準収載医薬品コード.
    CODE,
    /// 成分名.
    INGREDIENT,
    /// 品名.
    NAME,
    /// 1 brand without generics, 2 brand with generics, 3 generic, ★ generic priced like the brand; empty others.
    STATE,
    /// 収載年月日 as published.
    LISTED,
    /// 経過措置による使用期限 as published.
    USABLE_UNTIL,
}
columns! {
    /// 傷病名マスター. Key: 傷病名コード of 7 digits.
    ssk_disease:
    /// 6 傷病名基本名称.
    NAME,
    /// 8 傷病名省略名称.
    SHORT_NAME,
    /// 10 傷病名カナ名称.
    KANA,
    /// 11 病名管理番号.
    KEY_NUMBER,
    /// 13 病名交換用コード.
    EXCHANGE_CODE,
    /// 16 ICD-10-1 (2013), without the point.
    ICD10,
    /// 17 ICD-10-2 (2013).
    ICD10_SECOND,
    /// 19 単独使用禁止区分: 01 needs a modifier.
    NEEDS_MODIFIER,
    /// 20 保険請求外区分.
    NOT_CLAIMABLE,
    /// 21 特定疾患等対象区分.
    SPECIFIC,
    /// 43 難病外来対象区分.
    INTRACTABLE,
    /// 4 移行先コード.
    SUCCESSOR,
    /// 22 収載年月日.
    LISTED,
}
columns! {
    /// 修飾語マスター. Key: 修飾語コード of 4 digits.
    ssk_modifier:
    /// 7 修飾語名称.
    NAME,
    /// 10 修飾語カナ名称.
    KANA,
    /// 17 修飾語管理番号.
    KEY_NUMBER,
    /// 18 修飾語交換用コード.
    EXCHANGE_CODE,
    /// 19 修飾語区分.
    CLASS,
}
columns! {
    /// 医薬品マスター. Key: 医薬品コード of 9 digits.
    ssk_drug:
    /// 5 漢字名称.
    NAME,
    /// 7 カナ名称 (half-width as published, kept in full width).
    KANA,
    /// 8 単位コード (別紙4-1).
    UNIT_CODE,
    /// 10 単位 漢字名称.
    UNIT,
    /// 11 金額種別.
    PRICE_KIND,
    /// 12 新又は現金額 in yen.
    PRICE,
    /// 14 麻薬・毒薬・覚醒剤原料・向精神薬: 0 none, 1 narcotic, 2 poison, 3 stimulant precursor, 5 psychotropic.
    CONTROLLED,
    /// 16 生物学的製剤.
    BIOLOGIC,
    /// 17 後発品.
    GENERIC,
    /// 20 造影剤.
    CONTRAST,
    /// 21 注射容量 in mL.
    VOLUME,
    /// 22 収載方式等識別.
    LISTING,
    /// 23 商品名等関連.
    RELATED,
    /// 28 剤形: 1 内用, 3 その他, 4 注射, 6 外用, 8 歯科.
    FORM,
    /// 32 薬価基準収載医薬品コード.
    NHI_CODE,
    /// 34 経過措置年月日又は商品名医薬品コード使用期限.
    USABLE_UNTIL,
    /// 35 基本漢字名称.
    FULL_NAME,
    /// 37 一般名コード.
    GENERIC_CODE,
    /// 38 一般名処方の標準的な記載.
    GENERIC_NAME,
    /// 39 一般名処方加算対象区分.
    GENERIC_ADDITION,
    /// 42 選定療養区分.
    SELECTIVE,
}
columns! {
    /// 医科診療行為マスター. Key: 診療行為コード of 9 digits.
    ssk_act:
    /// 5 省略漢字名称.
    NAME,
    /// 7 省略カナ名称.
    KANA,
    /// 8 データ規格コード.
    UNIT_CODE,
    /// 10 単位 漢字名称.
    UNIT,
    /// 11 点数識別.
    POINTS_KIND,
    /// 12 新又は現点数.
    POINTS,
    /// 13 入外適用区分.
    IN_OUT,
    /// 15 点数欄集計先識別(入院外).
    SECTION,
    /// 16 包括対象検査.
    BUNDLE,
    /// 19 病院・診療所区分.
    PLACE,
    /// 25 傷病名関連区分.
    DISEASE_RELATED,
    /// 36 上限回数.
    LIMIT,
    /// 41 下限年齢.
    AGE_FROM,
    /// 42 上限年齢.
    AGE_TO,
    /// 50 検査等実施判断区分.
    JUDGEMENT,
    /// 51 検査等実施判断グループ区分.
    JUDGEMENT_GROUP,
    /// 56 外来管理加算区分.
    OUTPATIENT_CARE,
    /// 68 告示等識別区分(1).
    NOTICE,
    /// 113 基本漢字名称.
    FULL_NAME,
    /// 117 点数表区分番号.
    TABLE_NUMBER,
}
columns! {
    /// 特定器材マスター. Key: 特定器材コード of 9 digits.
    ssk_material:
    /// 5 漢字名称.
    NAME,
    /// 7 カナ名称.
    KANA,
    /// 8 単位コード.
    UNIT_CODE,
    /// 10 単位 漢字名称.
    UNIT,
    /// 11 金額種別.
    PRICE_KIND,
    /// 12 新又は現金額.
    PRICE,
    /// 37 基本漢字名称.
    FULL_NAME,
    /// 27 廃止・新設関連.
    SUCCESSOR,
}
columns! {
    /// コメントマスター. Key: コメントコード of 9 digits.
    ssk_comment:
    /// 4 パターン.
    PATTERN,
    /// 7 漢字名称.
    NAME,
    /// 9 カナ名称.
    KANA,
    /// 10–17 レセプト編集情報, joined by spaces.
    EDITING,
    /// 20 選択式コメント識別.
    CHOICE,
}
columns! {
    /// 標準病名マスター. Key: `D` + 病名管理番号 (basic), `M` + 修飾語管理番号 (modifiers), `X` + index term + `|` + code.
    medis_disease:
    /// 病名表記, 修飾語表記, 索引用語.
    NAME,
    /// カナ.
    KANA,
    /// 病名管理番号 or 修飾語管理番号.
    KEY_NUMBER,
    /// 交換用コード.
    EXCHANGE_CODE,
    /// ICD-10.
    ICD10,
    /// ICD-10 複数分類.
    ICD10_SECOND,
    /// レセ電算コード.
    RECEIPT_CODE,
    /// 単独使用禁止区分.
    NEEDS_MODIFIER,
    /// 保険請求外区分.
    NOT_CLAIMABLE,
    /// 移行先病名管理番号.
    SUCCESSOR,
    /// 修飾語区分 and 接続位置区分 of modifiers; 病名修飾語区分 of index terms.
    CLASS,
}
columns! {
    /// HOTコードマスター. Key: HOT9 of 9 digits (of a HOT13 file its lines are gathered).
    hot:
    /// HOT7.
    HOT7,
    /// 薬価基準収載医薬品コード.
    NHI_CODE,
    /// 個別医薬品コード (YJ).
    YJ,
    /// レセ電コード1.
    RECEIPT_CODE,
    /// レセ電コード2.
    RECEIPT_CODE_SECOND,
    /// 告示名称.
    NOTICE_NAME,
    /// 販売名.
    NAME,
    /// レセ電医薬品名.
    RECEIPT_NAME,
    /// 規格単位.
    STRENGTH,
    /// 区分: 内, 外, 注, 歯.
    FORM,
    /// 製造会社.
    MAKER,
    /// 販売会社.
    SELLER,
    /// HOT13 codes of the packages, separated by spaces.
    HOT13,
    /// JAN codes of the packages, separated by spaces.
    JAN,
}
columns! {
    /// 一般名処方マスタ. Key: 一般名コード of 12 characters; lines of the 例外コード品目対照表: `E` + 薬価基準収載医薬品コード.
    generic_name:
    /// 区分: 内用薬, 外用薬 ….
    CLASS,
    /// 一般名コード.
    CODE,
    /// 一般名処方の標準的な記載.
    NAME,
    /// 成分名.
    INGREDIENT,
    /// 規格.
    STRENGTH,
    /// 一般名処方加算対象: 加算1,2 / 加算1 / empty.
    ADDITION,
    /// 例外コード: `○` or as published.
    EXCEPTION,
    /// 最低薬価 in yen.
    LOWEST_PRICE,
    /// 品名 of a line of the 例外コード品目対照表.
    PRODUCT,
}
columns! {
    /// JLAC10. Key: code of 17 characters (or 15 without result part, as published).
    jlac10:
    /// 標準検査名称.
    NAME,
    /// Short name.
    SHORT_NAME,
    /// 材料.
    SPECIMEN,
    /// 測定法.
    METHOD,
    /// Unit.
    UNIT,
    /// 診療行為コード; several are separated by spaces.
    ACT_CODE,
    /// CLINS item this code belongs to, where the source says so.
    CLINS_ITEM,
    /// JLAC11 codes, separated by spaces, where the source says so.
    JLAC11,
}
columns! {
    /// JLAC11. Key: code of 17 characters.
    jlac11:
    /// 検査名称.
    NAME,
    /// Short name.
    SHORT_NAME,
    /// 材料.
    SPECIMEN,
    /// 測定法.
    METHOD,
    /// Unit.
    UNIT,
    /// CLINS item this code belongs to, where the source says so.
    CLINS_ITEM,
    /// JLAC10 codes, separated by spaces, where the source says so.
    JLAC10,
}
columns! {
    /// Items of the sharing service. Key: code of the item (`ALB`, `TP-QUANT`), under which its CodeSystems of JLAC10
    /// and JLAC11 list the codes.
    clins_lab:
    /// Group: core (救急・生活習慣病) or infection (感染症).
    GROUP,
    /// 項目名称.
    NAME,
    /// Display of the FHIR code.
    DISPLAY,
    /// 分類.
    CATEGORY,
    /// データ型: 数値型, コード型, 順序型 ….
    DATA_TYPE,
    /// Units, separated by `|`, best first.
    UNITS,
    /// JLAC10 codes, separated by spaces.
    JLAC10,
    /// JLAC11 codes, separated by spaces.
    JLAC11,
}
columns! {
    /// 用法. Key: code of 16 characters, or 8 of supplements, as published; for parts of codes (condition, route,
    /// method), which are one or two characters: class, `|`, code.
    usage:
    /// Text as published.
    NAME,
    /// `usage16`, `additional8`, `as_needed_condition2`, `basic_method1`, `detail_method2`, or class of the 電子処方箋用法マスタ.
    CLASS,
    /// Times a day, where known.
    TIMES,
    /// 1 where a 用法補足 must be given.
    NEEDS_SUPPLEMENT,
    /// 1 where a site must be given.
    NEEDS_SITE,
    /// `JAMI`, `eP` or both separated by a space: which lists carry the code.
    LISTS,
}
columns! {
    /// JFAGY allergens. Key: JFAGY code.
    allergen:
    /// Name.
    NAME,
    /// Kana, where the source has it.
    KANA,
    /// `food`, `non-food`, `drug`.
    CLASS,
    /// Code of the group above.
    PARENT,
    /// Other names, separated by `|`.
    ALIASES,
}
columns! {
    /// 郵便番号. Key: seven digits, `|`, number within the postal code.
    postal:
    /// 全国地方公共団体コード, five digits.
    MUNICIPALITY_CODE,
    /// 都道府県名.
    PREFECTURE,
    /// 市区町村名.
    CITY,
    /// 町域名, empty for 以下に掲載がない場合; without notes in brackets.
    TOWN,
    /// 都道府県名カナ.
    PREFECTURE_KANA,
    /// 市区町村名カナ.
    CITY_KANA,
    /// 町域名カナ.
    TOWN_KANA,
}
