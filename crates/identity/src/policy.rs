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
    /// Make, move and cancel appointments.
    Book,
    /// Register patients, change their master data and insurance.
    RegisterPatients,
    /// Merge two records of one person, and undo it.
    MergePatients,
    /// Write in the record of a visit: doctors all of it, nurses findings, scribes as proxy (代行).
    WriteNotes,
    /// Confirm (確定), correct, reopen a record; approve what was entered by proxy.
    ConfirmNotes,
    /// Add, change and end disease names; the desk only orders them for billing.
    EnterProblems,
    /// Record allergies, contraindications and their absence.
    EnterAllergies,
    /// Order drugs, tests and treatments; scribes as proxy (代行).
    Order,
    /// Record that something ordered was done (実施入力).
    Perform,
    /// Print the medical record (診療録).
    PrintRecords,
    /// Search the text of all charts of the clinic.
    SearchRecords,
    /// Open the notes of a chart in an emergency (緊急閲覧), without having [`Capability::ReadNotes`].
    OpenInEmergency,
}

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 21] = [
        Capability::ViewReception,
        Capability::MoveVisits,
        Capability::SearchPatients,
        Capability::ViewChart,
        Capability::ReadNotes,
        Capability::ManageJobs,
        Capability::ManagePeople,
        Capability::ManageClients,
        Capability::ViewAudit,
        Capability::Book,
        Capability::RegisterPatients,
        Capability::MergePatients,
        Capability::WriteNotes,
        Capability::ConfirmNotes,
        Capability::EnterProblems,
        Capability::EnterAllergies,
        Capability::Order,
        Capability::Perform,
        Capability::PrintRecords,
        Capability::SearchRecords,
        Capability::OpenInEmergency,
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
            Capability::Book => "予約を取る・変える",
            Capability::RegisterPatients => "患者の登録・変更",
            Capability::MergePatients => "患者の統合・統合の取り消し",
            Capability::WriteNotes => "経過記録を書く",
            Capability::ConfirmNotes => "診療記録の確定・承認",
            Capability::EnterProblems => "病名の登録・変更",
            Capability::EnterAllergies => "アレルギーの登録",
            Capability::Order => "オーダーを出す",
            Capability::Perform => "実施を記録する",
            Capability::PrintRecords => "診療録を印刷する",
            Capability::OpenInEmergency => "緊急閲覧",
            Capability::SearchRecords => "全カルテの文章を検索する",
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
        C::Book => !matches!(profession, P::Auditor | P::Admin),
        C::RegisterPatients => matches!(profession, P::Doctor | P::Nurse | P::AssociateNurse | P::Clerk | P::Scribe),
        C::MergePatients => matches!(profession, P::Doctor | P::Clerk),
        C::WriteNotes => matches!(profession, P::Doctor | P::Nurse | P::AssociateNurse | P::Scribe),
        C::OpenInEmergency => matches!(profession, P::Clerk),
        C::ConfirmNotes | C::SearchRecords => matches!(profession, P::Doctor),
        C::EnterProblems => matches!(profession, P::Doctor | P::Scribe | P::Clerk),
        C::EnterAllergies => matches!(profession, P::Doctor | P::Nurse | P::AssociateNurse | P::Pharmacist | P::Scribe),
        C::Order => matches!(profession, P::Doctor | P::Scribe),
        C::Perform => matches!(
            profession,
            P::Doctor | P::Nurse | P::AssociateNurse | P::Technician | P::Radiographer | P::Therapist
        ),
        C::PrintRecords => matches!(profession, P::Doctor | P::Nurse | P::AssociateNurse | P::Clerk),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table as a person reviews it. Columns in the order of [`Capability::ALL`].
    const TABLE: [(Profession, &str); 12] = [
        // reception, move visits, search, chart, notes, jobs, people, clients, audit; book, register, merge, write, confirm,
        // problems, allergies, order, perform, print, search records, emergency
        (Profession::Doctor, "yyyyyy--- yyyyyyyyyyy-"),
        (Profession::Nurse, "yyyyy---- yy-y--y-yy--"),
        (Profession::AssociateNurse, "yyyyy---- yy-y--y-yy--"),
        (Profession::Pharmacist, "y-yyy---- y-----y-----"),
        (Profession::Technician, "y-yyy---- y-------y---"),
        (Profession::Radiographer, "y-yyy---- y-------y---"),
        (Profession::Therapist, "y-yyy---- y-------y---"),
        (Profession::Dietitian, "y-yyy---- y-----------"),
        (Profession::Clerk, "yyyy-y--- yyy--y---y-y"),
        (Profession::Scribe, "y-yyy---- yy-y-yyy----"),
        (Profession::Admin, "y-y--yyy- ------------"),
        (Profession::Auditor, "--------y ------------"),
    ];

    #[test]
    fn every_profession_and_capability_is_decided_as_the_table_says() {
        assert_eq!(TABLE.len(), Profession::ALL.len());
        for (profession, row) in TABLE {
            let decided: String = Capability::ALL.iter().map(|c| if may(profession, *c) { 'y' } else { '-' }).collect();
            assert_eq!(decided, row.replace(' ', ""), "{profession:?}");
        }
    }
}
