//! Professions of the people of a clinic.

/// What a person is by profession or duty (SEC-A8). A person may have several: an owner is doctor and administrator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Profession {
    /// 医師
    Doctor,
    /// 看護師
    Nurse,
    /// 准看護師
    AssociateNurse,
    /// 薬剤師
    Pharmacist,
    /// 臨床検査技師
    Technician,
    /// 診療放射線技師
    Radiographer,
    /// リハビリテーション職
    Therapist,
    /// 管理栄養士
    Dietitian,
    /// 受付・医事
    Clerk,
    /// 医師事務作業補助者
    Scribe,
    /// 管理者
    Admin,
    /// 監査者
    Auditor,
}

impl Profession {
    /// All of them.
    pub const ALL: [Profession; 12] = [
        Profession::Doctor,
        Profession::Nurse,
        Profession::AssociateNurse,
        Profession::Pharmacist,
        Profession::Technician,
        Profession::Radiographer,
        Profession::Therapist,
        Profession::Dietitian,
        Profession::Clerk,
        Profession::Scribe,
        Profession::Admin,
        Profession::Auditor,
    ];

    /// Code as stored, in audit events and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Profession::Doctor => "doctor",
            Profession::Nurse => "nurse",
            Profession::AssociateNurse => "associate-nurse",
            Profession::Pharmacist => "pharmacist",
            Profession::Technician => "technician",
            Profession::Radiographer => "radiographer",
            Profession::Therapist => "therapist",
            Profession::Dietitian => "dietitian",
            Profession::Clerk => "clerk",
            Profession::Scribe => "scribe",
            Profession::Admin => "admin",
            Profession::Auditor => "auditor",
        }
    }

    /// As shown to people.
    pub const fn label(self) -> &'static str {
        match self {
            Profession::Doctor => "医師",
            Profession::Nurse => "看護師",
            Profession::AssociateNurse => "准看護師",
            Profession::Pharmacist => "薬剤師",
            Profession::Technician => "臨床検査技師",
            Profession::Radiographer => "診療放射線技師",
            Profession::Therapist => "リハビリ職",
            Profession::Dietitian => "管理栄養士",
            Profession::Clerk => "受付・医事",
            Profession::Scribe => "医師事務作業補助者",
            Profession::Admin => "管理者",
            Profession::Auditor => "監査者",
        }
    }

    /// By its code.
    pub fn parse(code: &str) -> Option<Profession> {
        Profession::ALL.into_iter().find(|p| p.code() == code)
    }
}

impl std::fmt::Display for Profession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn codes_are_distinct_and_read_back() {
        for p in Profession::ALL {
            assert_eq!(Profession::parse(p.code()), Some(p));
            assert!(!p.label().is_empty());
        }
        assert_eq!(Profession::parse("Doctor"), None);
        assert_eq!(Profession::parse(""), None);
    }
}
