//! Where the codes of each system stand in the tables.
use super::{CodeSystem, without_point};
use crate::kind::Column;
use crate::{Kind, Record, column};
use std::borrow::Cow;

/// Where in a record.
#[derive(Clone, Copy)]
pub(crate) enum Place {
    /// The key.
    Key,
    /// The key behind this letter; records with other keys have none.
    KeyAfter(char),
    /// A column.
    Column(Column),
    /// An ICD-10 column, with or without the point.
    Icd10(Column),
    /// A column with codes separated by spaces.
    List(Column),
    /// The first nine characters of a column.
    Nine(Column),
}

/// One column of one master as the bearer of the codes of one system. The order of [`FACETS`] is the order of
/// preference between masters.
pub(crate) struct Facet {
    pub(crate) system: CodeSystem,
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    /// Whether these are the codes of the system with their names, or only mentions of them.
    pub(crate) defines: bool,
    /// Records that count; others have no such code.
    pub(crate) only: Option<fn(&Record<'_>) -> bool>,
    /// What the codes are called: values joined by a space; nothing: the masters have no name for them.
    pub(crate) display: &'static [Column],
    pub(crate) kana: Option<Column>,
    /// Further names.
    pub(crate) names: &'static [Column],
    /// What the reader of a mapping should know.
    pub(crate) rule: &'static str,
}

impl Facet {
    const fn new(system: CodeSystem, kind: Kind, place: Place) -> Facet {
        let (only, display, names): (_, &'static [Column], &'static [Column]) = (None, &[], &[]);
        Facet { system, kind, place, defines: false, only, display, kana: None, names, rule: "" }
    }

    const fn named(self, display: &'static [Column]) -> Facet {
        Facet { defines: true, display, ..self }
    }

    const fn kana(self, kana: Column) -> Facet {
        Facet { kana: Some(kana), ..self }
    }

    const fn names(self, names: &'static [Column]) -> Facet {
        Facet { names, ..self }
    }

    const fn only(self, only: fn(&Record<'_>) -> bool) -> Facet {
        Facet { only: Some(only), ..self }
    }

    const fn rule(self, rule: &'static str) -> Facet {
        Facet { rule, ..self }
    }

    /// Number of places within the record, and the code at one of them; `None` behind the last.
    pub(crate) fn code<'t>(&self, record: &Record<'t>, slot: u16) -> Option<Cow<'t, str>> {
        if let Place::List(column) = self.place {
            return record.get(column).split(' ').filter(|c| !c.is_empty()).nth(slot.into()).map(Cow::Borrowed);
        }
        if slot > 0 {
            return None;
        }
        let code = match self.place {
            Place::Key => Cow::Borrowed(record.key()),
            Place::KeyAfter(letter) => Cow::Borrowed(record.key().strip_prefix(letter)?),
            Place::Column(column) | Place::List(column) => Cow::Borrowed(record.get(column)),
            Place::Icd10(column) => without_point(record.get(column)),
            Place::Nine(column) => Cow::Borrowed(record.get(column).get(..9)?),
        };
        (!code.is_empty()).then_some(code)
    }

    /// All codes of a record.
    pub(crate) fn codes<'t>(&self, record: Record<'t>) -> impl Iterator<Item = (u16, Cow<'t, str>)> {
        let counts = self.only.is_none_or(|only| only(&record));
        let end = if counts { u16::MAX } else { 0 };
        (0..end).map_while(move |slot| Some((slot, self.code(&record, slot)?)))
    }
}

/// 収載方式等識別 0: listed under its brand name, so that the code of the price list is the product's own (YJ).
fn brand_listed(record: &Record<'_>) -> bool {
    record.get(column::ssk_drug::LISTING) == "0"
}

/// Items listed under a common name (統一名収載) have no maker in the price list.
fn has_maker(record: &Record<'_>) -> bool {
    !record.get(column::nhi_price::MAKER).is_empty()
}

fn is_exception(record: &Record<'_>) -> bool {
    record.key().starts_with('E')
}

fn is_generic_name(record: &Record<'_>) -> bool {
    !is_exception(record)
}

fn is_disease(record: &Record<'_>) -> bool {
    record.key().starts_with('D')
}

fn is_modifier(record: &Record<'_>) -> bool {
    record.key().starts_with('M')
}

fn is_core(record: &Record<'_>) -> bool {
    record.get(column::clins_lab::GROUP) == "core"
}

fn is_infection(record: &Record<'_>) -> bool {
    record.get(column::clins_lab::GROUP) == "infection"
}

fn is_jami(record: &Record<'_>) -> bool {
    is_whole_usage(record) && record.get(column::usage::LISTS).split(' ').any(|list| list == "JAMI")
}

fn is_e_prescription(record: &Record<'_>) -> bool {
    is_whole_usage(record) && record.get(column::usage::LISTS).split(' ').any(|list| list == "eP")
}

fn is_whole_usage(record: &Record<'_>) -> bool {
    record.key().len() == 16
}

fn is_supplement(record: &Record<'_>) -> bool {
    record.key().len() == 8
}

fn is_food(record: &Record<'_>) -> bool {
    record.get(column::allergen::CLASS) == "food"
}

fn is_other_allergen(record: &Record<'_>) -> bool {
    record.get(column::allergen::CLASS) == "non-food"
}

const BRAND: &str = "銘柄別収載の品目では、薬価基準収載医薬品コードを個別医薬品コードとする";
const NINE: &str = "個別医薬品コードの先頭9桁＋ZZZ";
const EXCEPTION: &str = "例外コード品目対照表";
const STATED: &str = "検査マスターの対応コード欄";
const SHARED: &str = "共有検査項目のコード一覧";

/// All places where codes stand.
pub(crate) static FACETS: &[Facet] = {
    use CodeSystem as S;
    use Place::{Column as C, Icd10, Key, KeyAfter, List, Nine};
    use column::{
        allergen, clins_lab, generic_name, hot, jlac10, jlac11, medis_disease, nhi_price, ssk_act, ssk_comment,
        ssk_disease, ssk_drug, ssk_material, ssk_modifier, usage,
    };
    &[
        Facet::new(S::Yj, Kind::Hot, C(hot::YJ)).named(&[hot::NAME]).names(&[hot::NOTICE_NAME, hot::RECEIPT_NAME]),
        Facet::new(S::NhiDrug, Kind::Hot, C(hot::NHI_CODE)),
        Facet::new(S::ReceiptDrug, Kind::Hot, C(hot::RECEIPT_CODE)),
        Facet::new(S::ReceiptDrug, Kind::Hot, C(hot::RECEIPT_CODE_SECOND)),
        Facet::new(S::Hot7, Kind::Hot, C(hot::HOT7)).named(&[hot::NOTICE_NAME]),
        Facet::new(S::Hot9, Kind::Hot, Key).named(&[hot::NAME]).names(&[hot::NOTICE_NAME, hot::RECEIPT_NAME]),
        Facet::new(S::Hot13, Kind::Hot, List(hot::HOT13)).named(&[hot::NAME]),
        Facet::new(S::Ingredient, Kind::Hot, Nine(hot::YJ)).rule(NINE),
        Facet::new(S::DrugAllergen, Kind::Hot, C(hot::YJ)).named(&[hot::NAME]),
        Facet::new(S::IngredientAllergen, Kind::Hot, Nine(hot::YJ)).rule(NINE),
        Facet::new(S::NhiDrug, Kind::GenericName, KeyAfter('E')).only(is_exception).rule(EXCEPTION),
        Facet::new(S::GenericName, Kind::GenericName, C(generic_name::CODE)).only(is_exception).rule(EXCEPTION),
        Facet::new(S::GenericName, Kind::GenericName, C(generic_name::CODE))
            .only(is_generic_name)
            .named(&[generic_name::NAME])
            .names(&[generic_name::INGREDIENT]),
        Facet::new(S::NhiDrug, Kind::NhiPrice, C(nhi_price::CODE)).named(&[nhi_price::NAME]),
        Facet::new(S::ReceiptDrug, Kind::SskDrug, Key)
            .named(&[ssk_drug::NAME])
            .kana(ssk_drug::KANA)
            .names(&[ssk_drug::FULL_NAME]),
        Facet::new(S::NhiDrug, Kind::SskDrug, C(ssk_drug::NHI_CODE))
            .named(&[ssk_drug::FULL_NAME])
            .kana(ssk_drug::KANA)
            .names(&[ssk_drug::NAME]),
        Facet::new(S::GenericName, Kind::SskDrug, C(ssk_drug::GENERIC_CODE)).named(&[ssk_drug::GENERIC_NAME]),
        Facet::new(S::Yj, Kind::SskDrug, C(ssk_drug::NHI_CODE))
            .only(brand_listed)
            .rule(BRAND)
            .named(&[ssk_drug::FULL_NAME])
            .kana(ssk_drug::KANA)
            .names(&[ssk_drug::NAME]),
        Facet::new(S::Yj, Kind::NhiPrice, C(nhi_price::CODE)).only(has_maker).rule(BRAND).named(&[nhi_price::NAME]),
        Facet::new(S::DrugAllergen, Kind::SskDrug, C(ssk_drug::NHI_CODE))
            .only(brand_listed)
            .rule(BRAND)
            .named(&[ssk_drug::FULL_NAME])
            .kana(ssk_drug::KANA),
        Facet::new(S::DrugAllergen, Kind::NhiPrice, C(nhi_price::CODE))
            .only(has_maker)
            .rule(BRAND)
            .named(&[nhi_price::NAME]),
        Facet::new(S::Ingredient, Kind::NhiPrice, Nine(nhi_price::CODE))
            .rule(NINE)
            .named(&[nhi_price::INGREDIENT, nhi_price::STRENGTH]),
        Facet::new(S::IngredientAllergen, Kind::NhiPrice, Nine(nhi_price::CODE))
            .rule(NINE)
            .named(&[nhi_price::INGREDIENT, nhi_price::STRENGTH]),
        Facet::new(S::Ingredient, Kind::SskDrug, Nine(ssk_drug::NHI_CODE)).rule(NINE),
        Facet::new(S::ReceiptDisease, Kind::SskDisease, Key)
            .named(&[ssk_disease::NAME])
            .kana(ssk_disease::KANA)
            .names(&[ssk_disease::SHORT_NAME]),
        Facet::new(S::DiseaseKey, Kind::SskDisease, C(ssk_disease::KEY_NUMBER))
            .named(&[ssk_disease::NAME])
            .kana(ssk_disease::KANA)
            .names(&[ssk_disease::SHORT_NAME]),
        Facet::new(S::DiseaseExchange, Kind::SskDisease, C(ssk_disease::EXCHANGE_CODE))
            .named(&[ssk_disease::NAME])
            .kana(ssk_disease::KANA)
            .names(&[ssk_disease::SHORT_NAME]),
        Facet::new(S::Icd10, Kind::SskDisease, Icd10(ssk_disease::ICD10)).named(&[]),
        Facet::new(S::Icd10, Kind::SskDisease, Icd10(ssk_disease::ICD10_SECOND)).named(&[]),
        Facet::new(S::Icd10Who, Kind::SskDisease, Icd10(ssk_disease::ICD10)).named(&[]),
        Facet::new(S::Icd10Who, Kind::SskDisease, Icd10(ssk_disease::ICD10_SECOND)).named(&[]),
        Facet::new(S::DiseaseKey, Kind::MedisDisease, KeyAfter('D'))
            .named(&[medis_disease::NAME])
            .kana(medis_disease::KANA),
        Facet::new(S::DiseaseExchange, Kind::MedisDisease, C(medis_disease::EXCHANGE_CODE))
            .only(is_disease)
            .named(&[medis_disease::NAME])
            .kana(medis_disease::KANA),
        Facet::new(S::ReceiptDisease, Kind::MedisDisease, C(medis_disease::RECEIPT_CODE))
            .only(is_disease)
            .named(&[medis_disease::NAME])
            .kana(medis_disease::KANA),
        Facet::new(S::Icd10, Kind::MedisDisease, Icd10(medis_disease::ICD10)).only(is_disease).named(&[]),
        Facet::new(S::Icd10, Kind::MedisDisease, Icd10(medis_disease::ICD10_SECOND)).only(is_disease).named(&[]),
        Facet::new(S::Icd10Who, Kind::MedisDisease, Icd10(medis_disease::ICD10)).only(is_disease).named(&[]),
        Facet::new(S::Icd10Who, Kind::MedisDisease, Icd10(medis_disease::ICD10_SECOND)).only(is_disease).named(&[]),
        Facet::new(S::ReceiptModifier, Kind::SskModifier, Key).named(&[ssk_modifier::NAME]).kana(ssk_modifier::KANA),
        Facet::new(S::ModifierKey, Kind::SskModifier, C(ssk_modifier::KEY_NUMBER))
            .named(&[ssk_modifier::NAME])
            .kana(ssk_modifier::KANA),
        Facet::new(S::ModifierExchange, Kind::SskModifier, C(ssk_modifier::EXCHANGE_CODE))
            .named(&[ssk_modifier::NAME])
            .kana(ssk_modifier::KANA),
        Facet::new(S::ModifierKey, Kind::MedisDisease, KeyAfter('M'))
            .named(&[medis_disease::NAME])
            .kana(medis_disease::KANA),
        Facet::new(S::ModifierExchange, Kind::MedisDisease, C(medis_disease::EXCHANGE_CODE))
            .only(is_modifier)
            .named(&[medis_disease::NAME])
            .kana(medis_disease::KANA),
        Facet::new(S::ReceiptModifier, Kind::MedisDisease, C(medis_disease::RECEIPT_CODE))
            .only(is_modifier)
            .named(&[medis_disease::NAME])
            .kana(medis_disease::KANA),
        Facet::new(S::Jlac10, Kind::Jlac10, Key).named(&[jlac10::NAME]).names(&[jlac10::SHORT_NAME]),
        Facet::new(S::Jlac11, Kind::Jlac10, List(jlac10::JLAC11)).rule(STATED),
        Facet::new(S::ClinsItem, Kind::Jlac10, C(jlac10::CLINS_ITEM)).rule(STATED),
        Facet::new(S::Act, Kind::Jlac10, List(jlac10::ACT_CODE)).rule(STATED),
        Facet::new(S::Jlac11, Kind::Jlac11, Key).named(&[jlac11::NAME]).names(&[jlac11::SHORT_NAME]),
        Facet::new(S::Jlac10, Kind::Jlac11, List(jlac11::JLAC10)).rule(STATED),
        Facet::new(S::ClinsItem, Kind::Jlac11, C(jlac11::CLINS_ITEM)).rule(STATED),
        Facet::new(S::ClinsItem, Kind::ClinsLab, Key).named(&[clins_lab::DISPLAY]).names(&[clins_lab::NAME]),
        Facet::new(S::Jlac10, Kind::ClinsLab, List(clins_lab::JLAC10)).named(&[clins_lab::NAME]).rule(SHARED),
        Facet::new(S::Jlac11, Kind::ClinsLab, List(clins_lab::JLAC11)).named(&[clins_lab::NAME]).rule(SHARED),
        Facet::new(S::ClinsCore10, Kind::ClinsLab, List(clins_lab::JLAC10))
            .only(is_core)
            .named(&[clins_lab::DISPLAY])
            .rule(SHARED),
        Facet::new(S::ClinsCore11, Kind::ClinsLab, List(clins_lab::JLAC11))
            .only(is_core)
            .named(&[clins_lab::DISPLAY])
            .rule(SHARED),
        Facet::new(S::ClinsInfection10, Kind::ClinsLab, List(clins_lab::JLAC10))
            .only(is_infection)
            .named(&[clins_lab::DISPLAY])
            .rule(SHARED),
        Facet::new(S::ClinsInfection11, Kind::ClinsLab, List(clins_lab::JLAC11))
            .only(is_infection)
            .named(&[clins_lab::DISPLAY])
            .rule(SHARED),
        Facet::new(S::Usage, Kind::Usage, Key).only(is_jami).named(&[usage::NAME]),
        Facet::new(S::EPrescriptionUsage, Kind::Usage, Key).only(is_e_prescription).named(&[usage::NAME]),
        Facet::new(S::UsageSupplement, Kind::Usage, Key).only(is_supplement).named(&[usage::NAME]),
        Facet::new(S::Act, Kind::SskAct, Key).named(&[ssk_act::NAME]).kana(ssk_act::KANA).names(&[ssk_act::FULL_NAME]),
        Facet::new(S::Material, Kind::SskMaterial, Key)
            .named(&[ssk_material::NAME])
            .kana(ssk_material::KANA)
            .names(&[ssk_material::FULL_NAME]),
        Facet::new(S::Comment, Kind::SskComment, Key).named(&[ssk_comment::NAME]).kana(ssk_comment::KANA),
        Facet::new(S::FoodAllergen, Kind::Allergen, Key).only(is_food).named(&[allergen::NAME]).kana(allergen::KANA),
        Facet::new(S::OtherAllergen, Kind::Allergen, Key)
            .only(is_other_allergen)
            .named(&[allergen::NAME])
            .kana(allergen::KANA),
    ]
};
