//! Patients and cards of the registration.
use super::Lacking;
use super::width::{half_width_kana, wide};
use crate::wire::prescription::{Insurance, InsuranceKind, Patient, Payer, Sex};
use karute_chart::registration::{Card, Details, Kind, Public};

/// The patient; `number` is 患者番号 of the institution.
///
/// # Errors
/// The first thing the service needs and the registration does not say.
pub fn patient(details: &Details, number: &str) -> Result<Patient, Lacking> {
    let joined = |family: &str, given: Option<&str>, blank: &str| match given {
        Some(given) => format!("{family}{blank}{given}"),
        None => family.to_owned(),
    };
    let kana = joined(&details.family_kana, details.given_kana.as_deref(), " ");
    let kana = half_width_kana(&kana);
    Ok(Patient {
        code: number.to_owned(),
        name: wide(&joined(&details.family, details.given.as_deref(), "　")),
        kana: if kana.is_empty() { return Err(Lacking::Kana) } else { kana },
        sex: match details.sex {
            karute_chart::view::Sex::Male => Sex::Male,
            karute_chart::view::Sex::Female => Sex::Female,
            karute_chart::view::Sex::Unknown => return Err(Lacking::Sex),
        },
        birth: details.birth.ok_or(Lacking::Birth)?,
        share: None,
    })
}

/// The insurance of a card; none for 生活保護 alone, whose payer is [`payer`]'s.
///
/// # Errors
/// When the card is none of the service's kinds, or lacks a number.
pub fn insurance(card: &Card) -> Result<Option<Insurance>, Lacking> {
    let kind = match card.kind {
        Kind::Association | Kind::Society | Kind::MutualAid => InsuranceKind::Employees,
        Kind::National => InsuranceKind::National,
        Kind::LateElderly => InsuranceKind::Elderly,
        Kind::Welfare => return Ok(None),
        Kind::WorkAccident | Kind::CarAccident | Kind::SelfPay => return Err(Lacking::NotInsured),
    };
    let share = card.share.saturating_mul(10).min(100);
    Ok(Some(Insurance {
        kind,
        insurer: card.insurer.clone().ok_or(Lacking::InsuredNumber)?,
        symbol: card.symbol.as_deref().map(wide).unwrap_or_default(),
        number: card.number.clone().ok_or(Lacking::InsuredNumber)?,
        dependant: !card.own,
        branch: card.branch.clone().unwrap_or_default(),
        rates: Some((share, 100 - share)),
        duty: None,
    }))
}

/// A public payer.
pub fn payer(public: &Public) -> Payer {
    Payer { number: public.payer.clone(), beneficiary: public.recipient.clone() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use karute_chart::registration::PersonForm;
    use karute_japan::Date;

    #[test]
    fn a_registered_patient_is_the_services() {
        let form = PersonForm {
            family: "試験".into(),
            given: "花子".into(),
            family_kana: "シケン".into(),
            given_kana: "ハナコ".into(),
            birth: "1960-04-01".into(),
            sex: "female".into(),
            ..PersonForm::default()
        };
        let details = form.read(Date::constant(2026, 6, 15)).unwrap();
        let made = patient(&details, "000123").unwrap();
        assert_eq!((made.name.as_str(), made.kana.as_str()), ("試験　花子", "ｼｹﾝ ﾊﾅｺ"));
        assert_eq!((made.sex, made.birth), (Sex::Female, Date::constant(1960, 4, 1)));
        let unknown = Details { sex: karute_chart::view::Sex::Unknown, ..details.clone() };
        assert_eq!(patient(&unknown, "").map(drop), Err(Lacking::Sex));
        let nameless = Details { birth: None, ..details };
        assert_eq!(patient(&nameless, "").map(drop), Err(Lacking::Birth));
    }

    fn card(kind: Kind) -> Card {
        Card {
            kind,
            insurer: Some("01139997".into()),
            insurer_name: None,
            symbol: Some("12345678".into()),
            number: Some("9001".into()),
            branch: Some("01".into()),
            own: true,
            share: 3,
            elderly: false,
            from: None,
            until: None,
            ceiling: None,
            doubt: None,
        }
    }

    #[test]
    fn cards_are_insurance_or_go_on_paper() {
        let made = insurance(&card(Kind::Association)).unwrap().unwrap();
        assert_eq!(
            (made.kind, made.symbol.as_str(), made.rates),
            (InsuranceKind::Employees, "１２３４５６７８", Some((30, 70)))
        );
        assert!(insurance(&card(Kind::Welfare)).unwrap().is_none());
        for kind in [Kind::WorkAccident, Kind::CarAccident, Kind::SelfPay] {
            assert_eq!(insurance(&card(kind)).map(drop), Err(Lacking::NotInsured));
        }
        let numberless = Card { number: None, ..card(Kind::National) };
        assert_eq!(insurance(&numberless).map(drop), Err(Lacking::InsuredNumber));
    }
}
