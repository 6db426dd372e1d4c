//! Acts that can be found by their name (ux §7): where they lead or which button of the screen they press, how they
//! read, their key. The palette and the list of keys are drawn from this one table, so that they teach the same keys.
use crate::components::{
    field::key,
    icon::{Icon, small},
};
use crate::rights::Rights;
use karute_fhir::Id;
use karute_identity::{Caller, Capability};
use karute_japan::{romaji_to_hiragana, search_key};
use maud::{Markup, html};

/// What an act does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    /// Opens a screen.
    Open(&'static str),
    /// Opens a screen of the patient whose chart is open; the text follows `/p/{patient}`.
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
    With(Capability),
    By(fn(Rights) -> bool),
}

const fn act(word: &'static str, reading: &'static str, key: &'static str, go: Go, who: May) -> Act {
    Act { word, reading, key, go, who }
}

/// All of them; in each group the order shown.
pub(crate) static ACTS: &[Act] = &[
    act("受付する", "うけつけする", "N", Go::Press, May::With(Capability::MoveVisits)),
    act("この患者のカルテを開き直す", "かるて ひらきなおす", "", Go::OfPatient(""), May::With(Capability::ViewChart)),
    act("受付一覧", "うけつけ いちらん", "g r", Go::Open("/reception"), May::With(Capability::ViewReception)),
    act("患者を探す", "かんじゃ さがす けんさく", "/", Go::Open("/patients"), May::With(Capability::SearchPatients)),
    act("検査・処置の一覧", "けんさ しょち じっし いちらん", "", Go::Open("/worklist"), May::With(Capability::Perform)),
    act("送信できていないもの", "そうしん みそうしん", "", Go::Open("/outgoing"), May::With(Capability::ManageJobs)),
    act("監査記録", "かんさ きろく", "", Go::Open("/audit"), May::With(Capability::ViewAudit)),
    act("設定", "せってい", "", Go::Open("/settings"), May::By(|rights| rights.drugs)),
    act("自分の設定・パスワード", "じぶん ぱすわーど", "", Go::Open("/me"), May::All),
];

/// Acts that fit what was typed: every word begins a reading or stands in the words of the act, or in the name of the
/// patient whose chart is open (`たか しょ`).
pub(crate) fn fitting(typed: &str, open_patient: &str, caller: &Caller, rights: Rights) -> Vec<&'static Act> {
    let words: Vec<String> = typed.split_whitespace().map(search_key).filter(|w| !w.is_empty()).collect();
    let patient: Vec<String> = open_patient.split_whitespace().map(search_key).collect();
    let of_patient = |word: &str| patient.iter().any(|name| begins(name, word));
    ACTS.iter()
        .filter(|act| match act.who {
            May::All => true,
            May::With(capability) => caller.may(capability),
            May::By(may) => may(rights),
        })
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

    /// Where it leads with this patient's chart open; `None` when it needs one and none is open.
    pub(crate) fn address(&self, patient: Option<&Id>) -> Option<String> {
        match self.go {
            Go::Open(path) => Some(path.to_owned()),
            Go::OfPatient(rest) => patient.map(|id| format!("/p/{id}{rest}")),
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
                    @for act in ACTS.iter().filter(|act| !act.key.is_empty() && act.go != Go::Press) {
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
        assert!(found("zzz").is_empty());
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
