//! What a person may do on the screens that exist (ux §2.3), from the table of `identity` and, where a screen needs a
//! finer step, from the professions.
use karute_chart::note::Section;
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
    /// 予約を取る・変える
    pub(crate) book: bool,
    /// 問診票を渡す
    pub(crate) questionnaire: bool,
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
    /// 記録を書く
    pub(crate) writes: bool,
    /// Every section of the record, not only findings and nursing notes.
    pub(crate) writes_all: bool,
    /// 確定・承認
    pub(crate) confirms: bool,
    /// オーダーを出す
    pub(crate) orders: bool,
    /// 診療録の印刷
    pub(crate) prints: bool,
    /// 病名を登録・変更する
    pub(crate) problems: bool,
    /// 病名をレセプト用に並べる
    pub(crate) billing: bool,
    /// アレルギーを登録する
    pub(crate) allergies: bool,
    /// 文書・画像を添付する
    pub(crate) attach: bool,
    /// シェーマを描く
    pub(crate) draw: bool,
    /// 目標値を決める
    pub(crate) targets: bool,
    /// 全カルテを検索する
    pub(crate) search_records: bool,
    /// 受信箱
    pub(crate) inbox: bool,
    /// 届いた文書を確認し、取り込む
    pub(crate) reviews: bool,
    /// 届いた文書の患者を確認する
    pub(crate) matches: bool,
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
            book: caller.may(Capability::Book),
            // 問診 (ux §2.3): doctors, nurses, reception, scribes; they are those who register patients.
            questionnaire: caller.may(Capability::RegisterPatients),
            jobs: caller.may(Capability::ManageJobs),
            audit: caller.may(Capability::ViewAudit),
            drugs: any(sees_drugs),
            settings: caller.may(Capability::ManagePeople),
            internal: caller.may(Capability::ManagePeople),
            writes: caller.may(Capability::WriteNotes),
            writes_all: caller.may(Capability::WriteNotes) && any(writes_all),
            confirms: caller.may(Capability::ConfirmNotes),
            orders: caller.may(Capability::Order),
            prints: caller.may(Capability::PrintRecords),
            // The desk orders the list for billing and says nothing of diseases.
            problems: caller.may(Capability::EnterProblems) && caller.may(Capability::Order),
            billing: caller.may(Capability::EnterProblems),
            allergies: caller.may(Capability::EnterAllergies),
            // Who writes, registers (papers are scanned at the desk) or carries something out.
            attach: [Capability::WriteNotes, Capability::RegisterPatients, Capability::Perform]
                .into_iter()
                .any(|capability| caller.may(capability)),
            draw: caller.may(Capability::WriteNotes),
            targets: caller.may(Capability::ConfirmNotes),
            search_records: caller.may(Capability::SearchRecords),
            inbox: chart,
            // Clinical staff in their own name: a scribe enters nothing from outside.
            reviews: caller.may(Capability::WriteNotes) && any(reviews),
            matches: chart && caller.may(Capability::RegisterPatients),
        }
    }
    /// Whether the person may write a section.
    pub(crate) fn writes(self, section: Section) -> bool {
        let findings = matches!(section, Section::Objective | Section::Nursing | Section::Vitals);
        self.writes && (self.writes_all || findings)
    }
    /// Whether the person may keep sets: the clinic's, or their own to order with.
    pub(crate) fn sets(self) -> bool {
        self.settings || self.orders
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

/// SOAP ●: doctors, and scribes for them; nurses write findings and 看護記録.
fn writes_all(profession: Profession) -> bool {
    matches!(profession, Profession::Doctor | Profession::Scribe)
}

/// 受信箱 ●: doctors and nurses.
fn reviews(profession: Profession) -> bool {
    matches!(profession, Profession::Doctor | Profession::Nurse | Profession::AssociateNurse)
}

/// 経過・SOAP: not for reception, which sees the outline.
fn reads_notes(profession: Profession) -> bool {
    !matches!(profession, Profession::Clerk | Profession::Admin | Profession::Auditor)
}
