//! Identifiers of what is sent (digest clins-service §5).
use super::json::{Json, items, text};
use super::{Lacking, LevelSwitches, Source};
use karute_chart::letter::is_code;
use karute_japan::insured::{branch, insurer_number_8, member_id, symbol};
use karute_japan::{Date, half_width_code};
use karute_json::Value;

const SYMBOL: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSymbol";
const NUMBER: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonNumber";
const BRANCH: &str = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPersonSubNumber";
const INSURER: &str = "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber";

/// Kind of a unit or document, in its Bundle-ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// 傷病名
    Conditions,
    /// アレルギー
    Allergies,
    /// 検査, 感染症
    Laboratory,
    /// 診療情報提供書
    Referral,
    /// 退院時サマリー
    Discharge,
    /// 健診結果報告書
    Checkup,
    /// 患者サマリー
    Plan,
}

impl UnitKind {
    /// Two letters.
    pub const fn code(self) -> &'static str {
        match self {
            UnitKind::Conditions => "CD",
            UnitKind::Allergies => "AL",
            UnitKind::Laboratory => "LB",
            UnitKind::Referral => "RF",
            UnitKind::Discharge => "DS",
            UnitKind::Checkup => "HC",
            UnitKind::Plan => "PS",
        }
    }
}

/// Bundle-ID: `機関10桁^西暦^種別-ULID`. The year is that of the first issue and stays; so does the whole of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BundleId(String);

impl BundleId {
    /// A new one. `unique` is a ULID (26 characters) or any letters, digits and hyphens up to 33.
    ///
    /// # Errors
    /// [`Lacking::InstitutionCode`] when the institution's code or the unique part has no form for it.
    pub fn new(institution: &str, year: i16, kind: UnitKind, unique: &str) -> Result<BundleId, Lacking> {
        let plain = unique.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !is_code(institution) || !(2020..=2039).contains(&year) || !plain || !(1..=33).contains(&unique.len()) {
            return Err(Lacking::InstitutionCode);
        }
        Ok(BundleId(format!("{institution}^{year}^{}-{unique}", kind.code())))
    }

    /// One that was given out before (R2152).
    pub fn parse(text: &str) -> Option<BundleId> {
        let mut parts = text.split('^');
        let (institution, year, local) = (parts.next()?, parts.next()?, parts.next()?);
        let is_year = year.len() == 4 && (year.starts_with("202") || year.starts_with("203"));
        let is_local = (1..=36).contains(&local.len()) && local.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let whole = parts.next().is_none() && is_code(institution) && is_year && is_local;
        (whole && year.bytes().all(|b| b.is_ascii_digit())).then(|| BundleId(text.to_owned()))
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 文書ID of the Composition: the same with a number of at most 32 characters ([ASSUMED] joined by `^`, §5.4).
    pub(super) fn document(&self) -> String {
        let (head, local) = self.0.rsplit_once('^').unwrap_or(("", &self.0));
        format!("{head}^{}", local.get(..32).unwrap_or(local))
    }
}

/// リソース一意識別ID: `機関10桁-種別-our id`, at most 64 characters, the same for the same resource forever.
pub(super) fn instance(source: &Source, kind: &str, id: &str) -> String {
    let whole = format!("{}-{kind}-{id}", source.institution.code);
    if whole.len() <= 64 {
        return whole;
    }
    let hash = karute_crypto::sha256(id.as_bytes()).to_hex();
    format!("{}-{kind}-{}", source.institution.code, hash.get(..40).unwrap_or_default())
}

/// The identifier of the insured person with its system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberId {
    /// Address of the system.
    pub system: &'static str,
    /// Value.
    pub value: String,
}

/// 被保険者個人識別子 of the main card on a day (digest clins-service §5.2). 保険者番号 is padded with zeros to 8 digits,
/// 記号 and 番号 are all half or all full width, 枝番 is two digits; a card of 後期高齢者医療 has none, every other has one.
pub(super) fn member(source: &Source, on: Date) -> Result<MemberId, Lacking> {
    member_among(&source.coverages, source.level, on)
}

/// The same among these cards, the main one first.
pub(super) fn member_among(coverages: &[Json], level: LevelSwitches, on: Date) -> Result<MemberId, Lacking> {
    let valid: Vec<&Value<'static>> = coverages.iter().filter(|coverage| is_valid(coverage, on)).collect();
    let insurer = |coverage: &Value<'_>| {
        let system = text(coverage, &["payor", "0", "identifier", "system"]);
        text(coverage, &["payor", "0", "identifier", "value"])
            .filter(|_| system.as_deref().is_none_or(|s| s == INSURER))
    };
    let mut main = valid.iter().filter_map(|coverage| Some((*coverage, insurer(coverage)?)));
    let Some((coverage, insurer)) = main.next() else {
        return Err(if valid.is_empty() { Lacking::InsuredNumber } else { Lacking::NotInsured });
    };
    let insurer = half_width_code(&insurer).into_owned();
    let part = |url: &str| {
        let all = items(coverage, "extension");
        let found = all.iter().find(|e| text(e, &["url"]).as_deref() == Some(url));
        found.and_then(|e| text(e, &["valueString"])).unwrap_or_default()
    };
    let eight = insurer_number_8(&insurer);
    if eight.len() != 8 || !eight.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Lacking::InsuredForm);
    }
    let number = symbol(&part(NUMBER)).map_err(|_| Lacking::InsuredForm)?.ok_or(Lacking::InsuredNumber)?;
    if eight.starts_with("12") && insurer.len() == 8 {
        if !level.welfare {
            return Err(Lacking::Welfare);
        }
        return Ok(MemberId { system: super::names::WELFARE_MEMBER, value: format!("{eight}::{number}:") });
    }
    let symbol = symbol(&part(SYMBOL)).map_err(|_| Lacking::InsuredForm)?;
    let branch = branch(&part(BRANCH)).map_err(|_| Lacking::InsuredForm)?;
    if branch.is_none() && !eight.starts_with("39") && level.branch_required {
        return Err(Lacking::Branch);
    }
    let value = member_id(&insurer, symbol.as_deref(), &number, branch.as_deref());
    Ok(MemberId { system: super::names::MEMBER, value })
}

fn is_valid(coverage: &Value<'_>, on: Date) -> bool {
    let bound = |name| super::json::day(coverage, &["period", name]);
    let public =
        text(coverage, &["payor", "0", "identifier", "system"]).is_some_and(|s| s.ends_with("PublicPayerNumber"));
    text(coverage, &["status"]).as_deref() == Some("active")
        && !public
        && bound("start").is_none_or(|from| from <= on)
        && bound("end").is_none_or(|until| on <= until)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn bundle_ids_have_their_form_and_read_back() {
        let ulid = "01JD3Z8Q4W5RX2M6N7P8Q9S0TV";
        let id = BundleId::new("1310000011", 2026, UnitKind::Conditions, ulid).unwrap();
        assert_eq!(id.as_str(), format!("1310000011^2026^CD-{ulid}"));
        assert_eq!(BundleId::parse(id.as_str()), Some(id.clone()));
        assert!(id.document().rsplit('^').next().unwrap().len() <= 32);
        for wrong in
            ["1310000011^2026^CD_1", "131000001^2026^CD-1", "1340000011^2026^CD-1", "1310000011^1999^CD-1", "x"]
        {
            let known = wrong == "1340000011^2026^CD-1";
            assert_eq!(BundleId::parse(wrong).is_some(), known && is_code("1340000011"), "{wrong}");
        }
        assert_eq!(BundleId::new("131", 2026, UnitKind::Plan, ulid), Err(Lacking::InstitutionCode));
        assert!(BundleId::new("1310000011", 2026, UnitKind::Plan, "あ").is_err());
    }
}
