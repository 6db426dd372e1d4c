//! Acts that can be found by their name (ux §7): where they lead or which button of the screen they press, how they
//! read, their key. The palette and the list of keys are drawn from this one table, so that they teach the same keys.
use crate::components::{
    field::key,
    icon::{Icon, small},
};
use crate::rights::Rights;
use karute_chart::clinic::Mode;
use karute_fhir::Id;
use karute_identity::{Caller, Capability as C};
use karute_japan::{romaji_to_hiragana, search_key};
use maud::{Markup, html};

/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// Opens a screen.
    Open(&'static str),
    /// Opens a screen of the patient whose chart is open: an address with `{patient}`.
    OfPatient(&'static str),
    /// Presses the button of this screen that has the key. Nothing leaves the building from here (PAL-02): buttons
    /// that issue or send only open their dialogs.
    Press,
}

/// One act.
pub(crate) struct Act {
    /// As the button says it.
    pub(crate) word: &'static str,
    /// How it reads, in hiragana; several readings stand with a space between.
    reading: &'static str,
    /// Key as shown; empty for none.
    pub(crate) key: &'static str,
    pub(crate) go: Go,
    /// Who may.
    who: May,
}

#[derive(Clone, Copy)]
enum May {
    All,
    With(C),
    By(fn(Rights) -> bool),
}

const fn act(word: &'static str, reading: &'static str, key: &'static str, go: Go, who: May) -> Act {
    Act { word, reading, key, go, who }
}

/// All of them; in each group the order shown.
pub(crate) static ACTS: &[Act] = &[
    // buttons of the record and the orders, while they are on the screen
    act("前回の記録を写す", "ぜんかい きろく うつす", "Alt+Z", Go::Press, May::With(C::WriteNotes)),
    act("定型文を入れる", "ていけいぶん いれる", "Alt+;", Go::Press, May::With(C::WriteNotes)),
    act("前回の薬を Do", "ぜんかい くすり どぅ", "Alt+Y", Go::Press, May::With(C::Order)),
    act("セットから出す", "せっと", "Alt+S", Go::Press, May::With(C::Order)),
    act("薬を追加", "くすり しょほう ついか", "R", Go::Press, May::With(C::Order)),
    act("検査・処置を追加", "けんさ しょち ちゅうしゃ おーだー ついか", "T", Go::Press, May::With(C::Order)),
    act("病名を追加", "びょうめい ついか", "D", Go::Press, May::By(|rights| rights.problems)),
    act("処方箋を発行", "しょほうせん はっこう でんし", "F8", Go::Press, May::With(C::ConfirmNotes)),
    act("診察を終える", "しんさつ おえる かくてい", "Ctrl+Enter", Go::Press, May::With(C::ConfirmNotes)),
    // screens of the patient whose chart is open
    act("この患者のカルテを開き直す", "かるて ひらきなおす", "", of("/p/{patient}"), May::With(C::ViewChart)),
    act("病名の一覧", "びょうめい いちらん", "", of("/p/{patient}/problems"), May::With(C::ViewChart)),
    act("アレルギー・注意", "あれるぎー ちゅうい", "", of("/p/{patient}/allergies"), May::With(C::ViewChart)),
    act("結果とグラフ", "けっか ぐらふ けんさ", "", of("/p/{patient}/results"), May::With(C::ViewChart)),
    act("文書・画像・シェーマ", "ぶんしょ がぞう しぇーま", "", of("/p/{patient}/documents"), May::With(C::ViewChart)),
    act(
        "電子処方箋の状態",
        "でんし しょほうせん じょうたい",
        "",
        of("/p/{patient}/prescriptions"),
        May::With(C::ViewChart),
    ),
    act("紹介状の一覧", "しょうかいじょう へんしょ いちらん", "", of("/p/{patient}/letters"), May::With(C::ViewChart)),
    act("紹介状を書く", "しょうかいじょう かく", "L", of("/p/{patient}/letters/new"), May::With(C::WriteNotes)),
    act("次回の予約を取る", "じかい よやく", "", of("/p/{patient}/next-visit"), May::With(C::Book)),
    act("この患者を受付する", "うけつけする", "", of("/p/{patient}/arrive"), May::With(C::MoveVisits)),
    act(
        "患者情報・保険を直す",
        "かんじゃじょうほう ほけん なおす",
        "",
        of("/p/{patient}/edit"),
        May::With(C::RegisterPatients),
    ),
    act(
        "重複した患者をまとめる",
        "ちょうふく まとめる とうごう",
        "",
        of("/p/{patient}/merge"),
        May::With(C::MergePatients),
    ),
    act("診療録を印刷する", "しんりょうろく いんさつ", "", of("/print/chart/{patient}"), May::With(C::PrintRecords)),
    // screens
    act("受付する", "うけつけする", "N", open("/reception/arrivals/new"), May::With(C::MoveVisits)),
    act("受付一覧", "うけつけ いちらん", "g r", open("/reception"), May::With(C::ViewReception)),
    act("受信箱", "じゅしん うけとる とどいた", "g i", open("/inbox"), May::With(C::ViewChart)),
    act("待合の表示", "まちあい ひょうじ よびだし", "", open("/reception/board"), May::With(C::ViewReception)),
    act("患者を探す", "かんじゃ さがす けんさく", "/", open("/patients"), May::With(C::SearchPatients)),
    act("新しい患者", "あたらしい かんじゃ しんき とうろく", "", open("/patients/new"), May::With(C::RegisterPatients)),
    act("予約", "よやく", "g a", open("/appointments"), May::With(C::Book)),
    act("予約を取る", "よやく とる", "", open("/appointments/new"), May::With(C::Book)),
    act("電話の一覧", "でんわ れんらく よやく", "", open("/appointments/calls"), May::With(C::Book)),
    act("検査・処置の一覧", "けんさ しょち じっし いちらん", "", open("/worklist"), May::With(C::Perform)),
    act("承認待ち", "しょうにん だいこう", "", open("/approvals"), May::With(C::ConfirmNotes)),
    act("全カルテを探す", "ぜんかるて さがす けんさく", "", open("/records"), May::With(C::SearchRecords)),
    act(
        "今日の処方箋・署名待ち",
        "しょほうせん きょう しょめい まち",
        "",
        open("/prescriptions"),
        May::With(C::ViewChart),
    ),
    act("未登録の処方箋", "みとうろく しょほうせん でんし", "", open("/unregistered"), May::With(C::ViewReception)),
    act("送信できていないもの", "そうしん みそうしん", "", open("/outgoing"), May::With(C::ManageJobs)),
    act("緊急閲覧の理由を書く", "きんきゅう えつらん りゆう", "", open("/me/emergency"), May::With(C::OpenInEmergency)),
    act("監査記録", "かんさ きろく", "", open("/audit"), May::With(C::ViewAudit)),
    act("設定：採用薬", "せってい さいようやく", "", open("/settings/drugs"), May::By(|rights| rights.drugs)),
    act("設定：定型文", "せってい ていけいぶん", "", open("/settings/phrases"), May::With(C::WriteNotes)),
    act("設定：マスター", "せってい ますたー", "", open("/settings/masters"), May::With(C::ManagePeople)),
    act("設定：セット", "せってい せっと", "", open("/settings/sets"), May::By(Rights::sets)),
    act("設定：予約枠", "せってい よやくわく", "", open("/settings/booking"), May::With(C::ManagePeople)),
    act("設定：患者番号", "せってい かんじゃばんごう", "", open("/settings/patients"), May::With(C::ManagePeople)),
    act("設定：院内", "せってい いんない", "", open("/settings/clinic"), May::With(C::ManagePeople)),
    act("設定：職員", "せってい しょくいん けんげん", "", open("/settings/people"), May::With(C::ManagePeople)),
    act(
        "設定：職員を加える",
        "せってい しょくいん くわえる",
        "",
        open("/settings/people/new"),
        May::With(C::ManagePeople),
    ),
    act("部品の見本", "ぶひん みほん", "", open("/internal/components"), May::With(C::ManagePeople)),
    act("電子署名の準備", "でんししょめい じゅんび さいんいん", "", open("/me/signing"), May::With(C::ConfirmNotes)),
    act("自分の設定・パスワード", "じぶん ぱすわーど", "", open("/me"), May::All),
];

const fn open(path: &'static str) -> Go {
    Go::Open(path)
}

const fn of(path: &'static str) -> Go {
    Go::OfPatient(path)
}

/// Screens that a clinic keeping paper charts does not use (ux §1, 導入版).
const NOT_BESIDE_PAPER: [&str; 4] = ["/appointments", "/worklist", "/approvals", "/p/{patient}/next-visit"];

/// Acts that fit what was typed: every word begins a reading or stands in the words of the act, or in the name of the
/// patient whose chart is open (`たか しょ`).
pub(crate) fn fitting(
    typed: &str,
    open_patient: &str,
    caller: &Caller,
    rights: Rights,
    mode: Mode,
) -> Vec<&'static Act> {
    let words: Vec<String> = typed.split_whitespace().map(search_key).filter(|w| !w.is_empty()).collect();
    let patient: Vec<String> = open_patient.split_whitespace().map(search_key).collect();
    let of_patient = |word: &str| patient.iter().any(|name| begins(name, word));
    ACTS.iter()
        .filter(|act| match act.who {
            May::All => true,
            May::With(capability) => caller.may(capability),
            May::By(may) => may(rights),
        })
        .filter(|act| mode == Mode::Full || !act.is_beside_full_charts())
        .filter(|act| words.iter().all(|word| act.fits(word) || (act.is_of_patient() && of_patient(word))))
        // A name alone asks for the patient, not for every act there is.
        .filter(|act| words.is_empty() || words.iter().any(|word| act.fits(word)))
        .collect()
}

/// Whether a reading begins with what was typed, in kana or ローマ字.
fn begins(reading: &str, word: &str) -> bool {
    let kana = romaji_to_hiragana(word).map(|kana| search_key(&kana)).filter(|kana| !kana.is_empty());
    reading.starts_with(word) || kana.is_some_and(|kana| reading.starts_with(&kana))
}

impl Act {
    fn fits(&self, word: &str) -> bool {
        self.reading.split(' ').any(|part| begins(&search_key(part), word)) || search_key(self.word).contains(word)
    }

    fn is_of_patient(&self) -> bool {
        !matches!(self.go, Go::Open(_))
    }

    /// Whether its key works on every screen; keys of one letter belong to the screen that shows them.
    fn works_everywhere(&self) -> bool {
        matches!(self.go, Go::Open(_)) && (self.key == "/" || self.key.len() > 1)
    }

    fn is_beside_full_charts(&self) -> bool {
        let (Go::Open(path) | Go::OfPatient(path)) = self.go else { return false };
        NOT_BESIDE_PAPER.iter().any(|screen| path.starts_with(screen))
    }

    /// Where it leads with this patient's chart open; `None` when it needs one and none is open.
    pub(crate) fn address(&self, patient: Option<&Id>) -> Option<String> {
        match self.go {
            Go::Open(path) => Some(path.to_owned()),
            Go::OfPatient(path) => patient.map(|id| path.replace("{patient}", id.as_str())),
            Go::Press => None,
        }
    }
}

/// The palette, empty and closed; it fills itself when it is opened.
pub(crate) fn palette() -> Markup {
    html! {
        dialog id="palette" class="pal" aria-label="コマンド" {
            form method="post" action="/palette" data-palette {
                input type="hidden" name="patient" value="";
                input type="hidden" name="who" value="";
                div class="field" {
                    (small(Icon::Search))
                    input type="text" name="q" maxlength="60" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" aria-controls="pal-list" aria-autocomplete="list"
                        placeholder="患者・画面・操作（例 たか、うけつけ、たか しょ）" aria-label="患者、画面、操作を探す";
                    (key("Esc"))
                }
                div data-answer {}
            }
        }
    }
}

/// The list of keys, opened by `?`: those that every screen has; the script adds what this screen offers.
pub(crate) fn key_list() -> Markup {
    html! {
        dialog id="keys" class="pal pal-keys" aria-labelledby="keys-h" {
            h2 id="keys-h" { "キーの一覧" }
            table class="keys" {
                thead { tr { th scope="col" { "キー" } th scope="col" { "操作" } } }
                tbody {
                    tr { td { (key("Ctrl+K")) } td { "患者・画面・操作を探す" } }
                    tr { td { (key("?")) } td { "この一覧" } }
                    @for act in ACTS.iter().filter(|act| act.works_everywhere()) {
                        tr { td { (key(act.key)) } td { (act.word) } }
                    }
                    tr { td { (key("↑↓")) } td { "一覧の行を移る（J K も同じ）" } }
                    tr { td { (key("Enter")) } td { "選んだ行の次の操作" } }
                    tr { td { (key("Ctrl+Z")) } td { "直前の操作を元に戻す" } }
                    tr { td { (key("Esc")) } td { "いちばん上の窓を閉じる" } }
                }
                tbody data-here {}
            }
            form method="dialog" { button class="btn" { "閉じる" } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_found_by_kana_romaji_and_the_words_themselves() {
        let found = |word: &str| -> Vec<&str> {
            ACTS.iter().filter(|act| act.fits(&search_key(word))).map(|act| act.word).collect()
        };
        for word in ["うけ", "ウケツケ", "uketsu", "受付", "いちらん"] {
            assert!(found(word).contains(&"受付一覧"), "{word}");
        }
        assert_eq!(found("かんさ"), ["監査記録"]);
        for word in ["よやく", "yoyaku", "予約"] {
            assert!(found(word).contains(&"予約") && found(word).contains(&"次回の予約を取る"), "{word}");
        }
        assert!(found("zzz").is_empty());
    }

    #[test]
    fn every_capability_can_be_found_by_its_name() {
        // Tokens for programs are made on the command line, and patients are called from the reception list.
        let elsewhere = [C::ManageClients];
        let by_rights = [C::EnterProblems];
        // Done on a screen that is found: notes are read in the chart, allergies entered on their page.
        let within = [C::ReadNotes, C::EnterAllergies];
        for capability in C::ALL {
            let named = ACTS.iter().any(|act| matches!(act.who, May::With(with) if with == capability));
            let known =
                elsewhere.contains(&capability) || by_rights.contains(&capability) || within.contains(&capability);
            assert!(named != known, "{capability:?}");
        }
    }

    #[test]
    fn every_reading_is_hiragana_so_that_it_can_be_typed() {
        for act in ACTS {
            assert!(
                act.reading.chars().all(|c| matches!(c, 'ぁ'..='ゖ' | 'ー' | ' ')),
                "{}: {}",
                act.word,
                act.reading
            );
        }
    }
}
