//! National qualifications in health care as certificates of the HPKI state them: the attribute `hcRole` of
//! ISO 17090-2 with the Japanese coding scheme (保健医療福祉分野PKI認証局 証明書ポリシ 7.1.2, table of `hcRole`).

/// A qualification.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Role {
    /// 医師
    Doctor,
    /// 歯科医師
    Dentist,
    /// 薬剤師
    Pharmacist,
    /// 看護師
    Nurse,
    /// 保健師
    PublicHealthNurse,
    /// 助産師
    Midwife,
    /// 臨床検査技師
    MedicalTechnologist,
    /// 診療放射線技師
    RadiologicalTechnologist,
    /// Any other text, at most 100 characters of it.
    Other(String),
}

const NAMES: &[(&str, Role, &str)] = &[
    ("Medical Doctor", Role::Doctor, "医師"),
    ("Dentist", Role::Dentist, "歯科医師"),
    ("Pharmacist", Role::Pharmacist, "薬剤師"),
    ("General Nurse", Role::Nurse, "看護師"),
    ("Public Health Nurse", Role::PublicHealthNurse, "保健師"),
    ("Midwife", Role::Midwife, "助産師"),
    ("Medical Technologist", Role::MedicalTechnologist, "臨床検査技師"),
    ("Radiological Technologist", Role::RadiologicalTechnologist, "診療放射線技師"),
];

impl Role {
    /// From the text in a certificate.
    pub fn from_text(text: &str) -> Role {
        NAMES
            .iter()
            .find(|(name, ..)| *name == text)
            .map_or_else(|| Role::Other(crate::Refusal::quote(text)), |(_, role, _)| role.clone())
    }
    /// The text in a certificate.
    pub fn text(&self) -> &str {
        match self {
            Role::Other(text) => text,
            known => NAMES.iter().find(|(_, role, _)| role == known).map_or("", |(name, ..)| name),
        }
    }
    /// As it is called in Japan.
    pub fn name(&self) -> &str {
        match self {
            Role::Other(text) => text,
            known => NAMES.iter().find(|(_, role, _)| role == known).map_or("", |(.., name)| name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for (text, role, name) in NAMES {
            assert_eq!(Role::from_text(text), *role);
            assert_eq!((role.text(), role.name()), (*text, *name));
        }
        assert_eq!(Role::from_text("medical doctor"), Role::Other("medical doctor".into()));
    }
}
