//! What a person may do on the screens that exist (ux §2.3), from the table of `identity` and, where a screen needs a
//! finer step, from the professions.
use karute_chart::summary::Depth;
use karute_identity::{Caller, Capability, Profession};

/// What the person in front of the screen may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "one answer a screen asks for, each independent of the others")]
pub(crate) struct Rights {
    /// 受付一覧を見る
    pub(crate) reception: bool,
    /// 受付・呼び出し・会計の操作
    pub(crate) move_visits: bool,
    /// 患者を探す
    pub(crate) search: bool,
    /// 患者の要約を開く
    pub(crate) chart: bool,
    /// Notes (S O A P) in the summary.
    pub(crate) notes: bool,
    /// 緊急閲覧
    pub(crate) emergency: bool,
    /// 検査・処置の一覧、実施入力
    pub(crate) perform: bool,
    /// 未送信の一覧
    pub(crate) jobs: bool,
    /// 監査
    pub(crate) audit: bool,
    /// 採用薬を見る
    pub(crate) drugs: bool,
    /// 設定を変える
    pub(crate) settings: bool,
    /// Internal pages.
    pub(crate) internal: bool,
}

impl Rights {
    /// Of a caller.
    pub(crate) fn of(caller: &Caller) -> Rights {
        let professions = caller.session().map_or(&[][..], |s| s.professions.as_slice());
        let any = |wanted: fn(Profession) -> bool| professions.iter().any(|p| wanted(*p));
        let reception = caller.may(Capability::ViewReception);
        let chart = caller.may(Capability::ViewChart);
        Rights {
            reception,
            move_visits: reception && any(moves_visits),
            search: caller.may(Capability::SearchPatients),
            chart,
            notes: chart && any(reads_notes),
            emergency: caller.may(Capability::OpenInEmergency) && !caller.may(Capability::ReadNotes),
            perform: caller.may(Capability::Perform),
            jobs: caller.may(Capability::ManageJobs),
            audit: caller.may(Capability::ViewAudit),
            drugs: any(sees_drugs),
            settings: caller.may(Capability::ManagePeople),
            internal: caller.may(Capability::ManagePeople),
        }
    }
    /// How deep the summary goes.
    pub(crate) fn depth(self) -> Depth {
        if self.notes { Depth::Notes } else { Depth::Outline }
    }
}

/// 採用薬: who prescribes, prepares, enters or bills drugs, and who keeps the list.
fn sees_drugs(profession: Profession) -> bool {
    matches!(
        profession,
        Profession::Doctor
            | Profession::Nurse
            | Profession::AssociateNurse
            | Profession::Pharmacist
            | Profession::Scribe
            | Profession::Clerk
            | Profession::Admin
    )
}

/// 受付一覧 ●: doctors, nurses, reception. Everybody else reads it.
fn moves_visits(profession: Profession) -> bool {
    matches!(profession, Profession::Doctor | Profession::Nurse | Profession::AssociateNurse | Profession::Clerk)
}

/// 経過・SOAP: not for reception, which sees the outline.
fn reads_notes(profession: Profession) -> bool {
    !matches!(profession, Profession::Clerk | Profession::Admin | Profession::Auditor)
}
