//! Calling the service: a typed client over any transport.
//!
//! What matters most about a call that went wrong is whether it may have had an effect: a registration whose answer is
//! lost is never sent again blindly (digest 9.3). [`TransportError`] and [`ClientError`] keep the two apart.
pub use karute_transport::{
    AddressError, Call, Credentials, DirectoryRelay, FolderTransport, HttpNetwork, HttpNetworkError, Network,
    NetworkError, Transport, TransportError, WebApi,
};

use crate::profile::{Profile, ProfileError, Target};
use crate::wire::envelope::Envelope;
use crate::wire::message::{
    Answer, CheckResult, Consent, DateRange, Found, Ids, Insured, MessageError, Outcome, Question, Reply, Request, Row,
    StatusReport,
};
use karute_japan::Date;
use std::sync::Arc;

/// Why a call did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// See [`TransportError`].
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The request cannot be written.
    #[error("要求を作成できません: {0}")]
    Request(MessageError),
    /// The answer cannot be understood; a request that changes something may have had its effect.
    #[error("応答を解釈できません: {0}")]
    Answer(MessageError),
    /// The service answered that it did not do it.
    #[error("電子処方箋管理サービスが受け付けませんでした（{}）。", .0.code)]
    Declined(Box<Outcome>),
}

impl ClientError {
    /// Whether the request may have had its effect all the same.
    pub fn may_have_happened(&self) -> bool {
        matches!(self, ClientError::Transport(TransportError::Unknown(_)) | ClientError::Answer(_))
    }

    /// The result code of the service; empty when there is none.
    pub fn code(&self) -> &str {
        match self {
            ClientError::Declined(outcome) => &outcome.code,
            _ => "",
        }
    }
}

/// The service as one institution sees it.
#[derive(Clone)]
pub struct Client {
    transport: Arc<dyn Transport>,
    profile: Arc<Profile>,
    institution: String,
}

impl Client {
    /// A client for an institution (10 digits).
    ///
    /// # Errors
    /// When assumed entries are left in the profile and `target` is the real service.
    pub fn new(
        transport: Arc<dyn Transport>,
        profile: Arc<Profile>,
        institution: &str,
        target: Target,
    ) -> Result<Client, ProfileError> {
        profile.permits(target)?;
        Ok(Client { transport, profile, institution: institution.to_owned() })
    }

    /// The wire profile.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// Asks. `file_id` (letters, digits, `-`, `_`; at most 50) is what ties the answer to the request; a new one for
    /// each sending.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn ask(&self, question: &Question, file_id: &str) -> Result<Answer, ClientError> {
        let request =
            Request::new(question, &self.institution, file_id, &self.profile).map_err(ClientError::Request)?;
        let body = self.transport.exchange(request.call(&self.profile)).await?;
        let Reply { outcome, answer } = Reply::read(&request, &body, &self.profile).map_err(ClientError::Answer)?;
        match answer {
            Some(answer) => Ok(answer),
            None if outcome.in_progress => Err(TransportError::Unknown("処理中").into()),
            None if !outcome.code.is_empty() && outcome.code == self.profile.result_code("maintenance") => {
                Err(TransportError::Maintenance { retry_after_s: None }.into())
            }
            None => Err(ClientError::Declined(Box::new(outcome))),
        }
    }

    /// 処方箋登録; of 院内処方 its registration, which brings no 引換番号.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn register(&self, envelope: Envelope, file_id: &str) -> Result<Ids, ClientError> {
        self.ids(Question::Register(envelope), file_id).await
    }
    /// 処方箋変更: the old 処方箋ID dies, a new one comes.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn change(&self, id: &str, envelope: Envelope, file_id: &str) -> Result<Ids, ClientError> {
        self.ids(Question::Change { id: id.to_owned(), envelope }, file_id).await
    }
    /// 取消UNDO
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn undo_cancel(&self, id: &str, file_id: &str) -> Result<Ids, ClientError> {
        self.ids(Question::UndoCancel(id.to_owned()), file_id).await
    }
    /// 変更UNDO
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn undo_change(&self, id: &str, file_id: &str) -> Result<Ids, ClientError> {
        self.ids(Question::UndoChange(id.to_owned()), file_id).await
    }
    /// 処方箋取消
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn cancel(&self, id: &str, file_id: &str) -> Result<(), ClientError> {
        self.ask(&Question::Cancel(id.to_owned()), file_id).await.and_then(|answer| match answer {
            Answer::Done => Ok(()),
            _ => Err(other()),
        })
    }
    /// 処方内容（控え）: a PDF.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn copy(&self, id: &str, file_id: &str) -> Result<Vec<u8>, ClientError> {
        self.ask(&Question::Copy(id.to_owned()), file_id).await.and_then(|answer| match answer {
            Answer::Copy(pdf) => Ok(pdf),
            _ => Err(other()),
        })
    }
    /// Status of a prescription.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn status(&self, id: &str, file_id: &str) -> Result<StatusReport, ClientError> {
        self.ask(&Question::Status(id.to_owned()), file_id).await.and_then(|answer| match answer {
            Answer::Status(report) => Ok(report),
            _ => Err(other()),
        })
    }
    /// A dispensing result by its id: envelope, and whether the pharmacy left a message.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn dispensing(&self, id: &str, file_id: &str) -> Result<(Vec<u8>, bool), ClientError> {
        self.ask(&Question::ByDispensing(id.to_owned()), file_id).await.and_then(|answer| match answer {
            Answer::Dispensing(envelope, message) => Ok((envelope, message)),
            _ => Err(other()),
        })
    }
    /// States and results of some days.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn list(&self, range: DateRange, file_id: &str) -> Result<Vec<Row>, ClientError> {
        self.ask(&Question::List(range), file_id).await.and_then(|answer| match answer {
            Answer::Rows(rows) => Ok(rows),
            _ => Err(other()),
        })
    }
    /// 処方箋ID検索
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn search(
        &self,
        insured: Insured,
        range: Option<DateRange>,
        file_id: &str,
    ) -> Result<Vec<Found>, ClientError> {
        self.ask(&Question::Search { insured, range }, file_id).await.and_then(|answer| match answer {
            Answer::Found(found) => Ok(found),
            _ => Err(other()),
        })
    }
    /// 院内処方等 取消
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn cancel_in_house(&self, id: &str, file_id: &str) -> Result<(), ClientError> {
        self.ask(&Question::CancelInHouse(id.to_owned()), file_id).await.and_then(|answer| match answer {
            Answer::Done => Ok(()),
            _ => Err(other()),
        })
    }
    /// 院内処方等ID検索
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn search_in_house(
        &self,
        insured: Insured,
        range: Option<DateRange>,
        file_id: &str,
    ) -> Result<Vec<Found>, ClientError> {
        self.ask(&Question::SearchInHouse { insured, range }, file_id).await.and_then(|answer| match answer {
            Answer::Found(found) => Ok(found),
            _ => Err(other()),
        })
    }
    /// 重複投薬等チェック事前処理
    ///
    /// # Errors
    /// See [`ClientError`]; whoever calls may ignore them (digest 4.10).
    pub async fn precheck(&self, insured: Insured, date: Date, file_id: &str) -> Result<(), ClientError> {
        self.ask(&Question::Precheck { insured, date }, file_id).await.map(drop)
    }
    /// 重複投薬等チェック
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn check(
        &self,
        csv: Vec<u8>,
        own_too: bool,
        consent: Consent,
        file_id: &str,
    ) -> Result<CheckResult, ClientError> {
        self.ask(&Question::Check { csv, own_too, consent }, file_id).await.and_then(|answer| match answer {
            Answer::Check(result) => Ok(result),
            _ => Err(other()),
        })
    }

    async fn ids(&self, question: Question, file_id: &str) -> Result<Ids, ClientError> {
        self.ask(&question, file_id).await.and_then(|answer| match answer {
            Answer::Ids(ids) => Ok(ids),
            _ => Err(other()),
        })
    }
}

/// The answer is of another kind than the question; the reader makes this impossible.
fn other() -> ClientError {
    ClientError::Answer(MessageError::Unknown)
}
