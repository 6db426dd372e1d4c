//! The life of what is sent, as pure state machines (digest 10.4): a [`letter`] and an information [`unit`]. An event
//! and a life make another life and what is to be done.
//!
//! The rule above all: what leaves may have had its effect whenever it is not known that it had none. A letter is never
//! sent again before the service was asked for its key; a unit is a whole replacement under one key, so that sending it
//! again is harmless, and is sent once more after its fate was unknown, so that no late older one stays.
pub mod letter;
pub mod unit;

use serde::{Deserialize, Serialize};

/// Why the service did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The insured person is not valid at the service: the card must be confirmed again.
    Insured,
    /// The addressee does not take part.
    Addressee,
    /// The addressee has it already.
    AlreadyReceived,
    /// What stands under this key is there already.
    AlreadyThere,
    /// Nothing stands under this key.
    NotFound,
    /// Its checks found something; the findings say what.
    Other,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// The service did not do it.
    Declined(Reason),
    /// The connection is refused, or the request cannot be written.
    Refused,
    /// Certainly not received.
    NotSent,
    /// Nobody knows.
    Unknown,
}

/// Why something is not at the service, and a person must look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The service was away for longer than anybody waits.
    Away,
    /// The connection is refused.
    Refused,
    /// The insured person is not valid at the service.
    Insured,
    /// The addressee does not take part.
    Addressee,
    /// The service does not take it as it is.
    Declined,
    /// The service took it and its checks failed later.
    Failed,
    /// It cannot be made or sent from what the record has; the findings say why.
    Content,
}

impl Why {
    /// For the person who must act.
    pub fn words(self) -> &'static str {
        match self {
            Why::Away => "サービスにつながらず、送信できませんでした。もう一度送るか、紙で渡してください。",
            Why::Refused => "サービスへの接続が拒否されました。管理者に連絡してください。",
            Why::Insured => {
                "保険者番号・記号・番号・枝番がサービスの資格情報と一致しません。保険資格を確認し直してから、もう一度送ってください。"
            }
            Why::Addressee => "宛先の医療機関はこのサービスを利用していません。紙またはFAXで送ってください。",
            Why::Declined => "サービスが受け付けませんでした。指摘された項目を直してください。",
            Why::Failed => "受け付けられたあとの検証でエラーになりました。指摘された項目を直してください。",
            Why::Content => "カルテの内容から送信できる形を作れませんでした。指摘された項目を直してください。",
        }
    }

    fn of(reason: Reason) -> Why {
        match reason {
            Reason::Insured => Why::Insured,
            Reason::Addressee => Why::Addressee,
            _ => Why::Declined,
        }
    }
}
