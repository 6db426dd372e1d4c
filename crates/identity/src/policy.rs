//! Who may do what: one table, pure, without exceptions elsewhere.
use crate::Profession;

/// What a signed-in person may do. Grows with the product; [`may`] then does not compile until it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capability {
    /// See who is in the clinic today.
    ViewReception,
    /// Receive patients and move their visits on: arrived, called, in consultation, done.
    MoveVisits,
    /// Find patients by name, number, birth date.
    SearchPatients,
    /// See a patient's clinical record.
    ViewChart,
    /// Read the text of progress notes (SOAP) in it.
    ReadNotes,
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
    pub const ALL: [Capability; 9] = [
        Capability::ViewReception,
        Capability::MoveVisits,
        Capability::SearchPatients,
        Capability::ViewChart,
        Capability::ReadNotes,
        Capability::ManageJobs,
        Capability::ManagePeople,
        Capability::ManageClients,
        Capability::ViewAudit,
    ];

    /// As shown to people when it is refused.
    pub const fn label(self) -> &'static str {
        match self {
            Capability::ViewReception => "受付一覧を見る",
            Capability::MoveVisits => "受付・呼び出し・会計の操作",
            Capability::SearchPatients => "患者を検索する",
            Capability::ViewChart => "診療記録を見る",
            Capability::ReadNotes => "経過記録を読む",
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
        C::MoveVisits => matches!(profession, P::Doctor | P::Nurse | P::AssociateNurse | P::Clerk),
        C::ViewChart => !matches!(profession, P::Admin | P::Auditor),
        C::ReadNotes => !matches!(profession, P::Clerk | P::Admin | P::Auditor),
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
        // reception, move visits, search, chart, notes, jobs, people, clients, audit
        (Profession::Doctor, "yyyyyy---"),
        (Profession::Nurse, "yyyyy----"),
        (Profession::AssociateNurse, "yyyyy----"),
        (Profession::Pharmacist, "y-yyy----"),
        (Profession::Technician, "y-yyy----"),
        (Profession::Radiographer, "y-yyy----"),
        (Profession::Therapist, "y-yyy----"),
        (Profession::Dietitian, "y-yyy----"),
        (Profession::Clerk, "yyyy-y---"),
        (Profession::Scribe, "y-yyy----"),
        (Profession::Admin, "y-y--yyy-"),
        (Profession::Auditor, "--------y"),
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
