//! Who may do what: one table, pure, without exceptions elsewhere.
use crate::Profession;

/// What a signed-in person may do. Grows with the product; [`may`] then does not compile until it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// See who is in the clinic today.
    ViewReception,
    /// Find patients by name, number, birth date.
    SearchPatients,
    /// See a patient's clinical record.
    ViewChart,
    /// See and retry what has not reached the outside.
    ManageJobs,
    /// Create people, change their professions, unlock them, reset their factors, end their sessions.
    ManagePeople,
    /// Create and revoke API tokens.
    ManageClients,
    /// Read the audit trail (SEC-L3: a role of its own).
    ViewAudit,
}

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 7] = [
        Capability::ViewReception,
        Capability::SearchPatients,
        Capability::ViewChart,
        Capability::ManageJobs,
        Capability::ManagePeople,
        Capability::ManageClients,
        Capability::ViewAudit,
    ];

    /// As shown to people when it is refused.
    pub const fn label(self) -> &'static str {
        match self {
            Capability::ViewReception => "受付一覧を見る",
            Capability::SearchPatients => "患者を検索する",
            Capability::ViewChart => "診療記録を見る",
            Capability::ManageJobs => "未送信の確認と再送",
            Capability::ManagePeople => "職員の管理",
            Capability::ManageClients => "連携用トークンの管理",
            Capability::ViewAudit => "監査記録を見る",
        }
    }
}

/// Whether someone of `profession` has `capability`. A person has what any of their professions has.
pub const fn may(profession: Profession, capability: Capability) -> bool {
    use Capability as C;
    use Profession as P;
    match capability {
        C::ViewReception | C::SearchPatients => !matches!(profession, P::Auditor),
        C::ViewChart => !matches!(profession, P::Admin | P::Auditor),
        C::ManageJobs => matches!(profession, P::Doctor | P::Clerk | P::Admin),
        C::ManagePeople | C::ManageClients => matches!(profession, P::Admin),
        C::ViewAudit => matches!(profession, P::Auditor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table as a person reviews it. Columns in the order of [`Capability::ALL`].
    const TABLE: [(Profession, &str); 12] = [
        //                       reception search chart jobs people clients audit
        (Profession::Doctor, "yyyy---"),
        (Profession::Nurse, "yyy----"),
        (Profession::AssociateNurse, "yyy----"),
        (Profession::Pharmacist, "yyy----"),
        (Profession::Technician, "yyy----"),
        (Profession::Radiographer, "yyy----"),
        (Profession::Therapist, "yyy----"),
        (Profession::Dietitian, "yyy----"),
        (Profession::Clerk, "yyyy---"),
        (Profession::Scribe, "yyy----"),
        (Profession::Admin, "yy-yyy-"),
        (Profession::Auditor, "------y"),
    ];

    #[test]
    fn every_profession_and_capability_is_decided_as_the_table_says() {
        assert_eq!(TABLE.len(), Profession::ALL.len());
        for (profession, row) in TABLE {
            let decided: String = Capability::ALL.iter().map(|c| if may(profession, *c) { 'y' } else { '-' }).collect();
            assert_eq!(decided, row, "{profession:?}");
        }
    }
}
