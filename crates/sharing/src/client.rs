//! Calling the service: a typed client over any transport (digest section 15).
//!
//! What matters most about a call that went wrong is whether it may have had an effect. [`TransportError`] and
//! [`ClientError`] keep the two apart.
pub use karute_transport::{Call, Network, NetworkError, Transport, TransportError};

use crate::profile::{Profile, ProfileError, Target as Leads};
use crate::wire::envelope::Envelope;
use crate::wire::message::{
    Answer, File, Finding, Group, ListQuery, MessageError, Outcome, Participant, Question, Reply, Request, Row,
    ServiceState, Told, ViewQuery,
};
use crate::wire::target::Target;
use std::sync::Arc;

/// Why a call did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// See [`TransportError`].
    #[error("電子カルテ情報共有サービス: {0}")]
    Transport(#[from] TransportError),
    /// The request cannot be written.
    #[error("要求を作成できません: {0}")]
    Request(MessageError),
    /// The answer cannot be understood; a request that changes something may have had its effect.
    #[error("応答を解釈できません: {0}")]
    Answer(MessageError),
    /// The service answered that it did not do it.
    #[error("電子カルテ情報共有サービスが受け付けませんでした（{}）。", .0.code)]
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

/// State of a document, with what the service found when it checked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// State.
    pub state: ServiceState,
    /// Findings; told with [`ServiceState::Failed`].
    pub findings: Vec<Finding>,
    /// Result code beside it; empty when there is none.
    pub code: String,
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
    /// When assumed entries are left in the profile and the connection leads to the real service.
    pub fn new(
        transport: Arc<dyn Transport>,
        profile: Arc<Profile>,
        institution: &str,
        leads: Leads,
    ) -> Result<Client, ProfileError> {
        profile.permits(leads)?;
        Ok(Client { transport, profile, institution: institution.to_owned() })
    }

    /// The wire profile.
    pub fn profile(&self) -> &Arc<Profile> {
        &self.profile
    }

    /// 医療機関コード of the institution.
    pub fn institution(&self) -> &str {
        &self.institution
    }

    /// Asks. `file_id` (letters, digits, `-`, `_`; at most 50) is what ties the answer to the request; a new one for
    /// each sending.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn ask(&self, question: &Question, file_id: &str) -> Result<(Answer, Outcome), ClientError> {
        self.asked(question, file_id).await.map(|(answer, outcome, _)| (answer, outcome))
    }

    /// The same with the answer as it came, to the byte.
    async fn asked(&self, question: &Question, file_id: &str) -> Result<(Answer, Outcome, Vec<u8>), ClientError> {
        let request =
            Request::new(question, &self.institution, file_id, &self.profile).map_err(ClientError::Request)?;
        let body = self.transport.exchange(request.call(&self.profile)).await?;
        let Reply { outcome, answer } = Reply::read(&request, &body, &self.profile).map_err(ClientError::Answer)?;
        match answer {
            Some(answer) => Ok((answer, outcome, body.to_vec())),
            None if outcome.in_progress => Err(TransportError::Unknown("処理中").into()),
            None if !outcome.code.is_empty() && outcome.code == self.profile.text("result_codes.maintenance") => {
                Err(TransportError::Maintenance { retry_after_s: None }.into())
            }
            None => Err(ClientError::Declined(Box::new(outcome))),
        }
    }

    /// 登録; answers 受付番号 where the service checks it later.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn register(&self, envelope: Envelope, file_id: &str) -> Result<String, ClientError> {
        self.accepted(Question::Register(envelope), file_id).await
    }
    /// 変更: what is superseded dies with the registration of the new one, or neither happens.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn change(&self, envelope: Envelope, file_id: &str) -> Result<String, ClientError> {
        self.accepted(Question::Change(envelope), file_id).await
    }
    /// 取消
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn cancel(&self, group: Group, target: &Target, file_id: &str) -> Result<(), ClientError> {
        self.ask(&Question::Cancel(group, target.clone()), file_id).await.map(drop)
    }
    /// State of a document.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn status(&self, target: &Target, file_id: &str) -> Result<Standing, ClientError> {
        match self.ask(&Question::Status(target.clone()), file_id).await? {
            (Answer::State(state), Outcome { findings, code, .. }) => Ok(Standing { state, findings, code }),
            _ => Err(other()),
        }
    }
    /// One page of the documents addressed to us, and how many pages there are.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn list(&self, query: ListQuery, file_id: &str) -> Result<(Vec<Row>, u32), ClientError> {
        match self.ask(&Question::List(query), file_id).await? {
            (Answer::Rows(rows, pages), _) => Ok((rows, pages)),
            _ => Err(other()),
        }
    }
    /// The envelope of a document addressed to us; the service sets it to 受領.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn get(&self, key: &str, file_id: &str) -> Result<Vec<u8>, ClientError> {
        match self.ask(&Question::Get(key.to_owned()), file_id).await? {
            (Answer::Document(envelope), _) => Ok(envelope),
            _ => Err(other()),
        }
    }
    /// Puts a file beside a letter; the same number again replaces it.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn attach(&self, target: &Target, file: File, number: u32, file_id: &str) -> Result<(), ClientError> {
        self.ask(&Question::Attach(target.clone(), file, number), file_id).await.map(drop)
    }
    /// A file beside a document addressed to us.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn attachment(&self, key: &str, number: u32, file_id: &str) -> Result<File, ClientError> {
        match self.ask(&Question::Attachment(key.to_owned(), number), file_id).await? {
            (Answer::File(file), _) => Ok(file),
            _ => Err(other()),
        }
    }
    /// Whether an institution takes part; `None` when the service does not know the code.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn participation(&self, code: &str, file_id: &str) -> Result<Option<Participant>, ClientError> {
        let found = self.facilities(Question::Participation(code.to_owned()), file_id).await?;
        Ok(found.into_iter().find(|one| one.code == code))
    }
    /// Institutions by a part of their name, for choosing an addressee.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn find(&self, name: &str, file_id: &str) -> Result<Vec<Participant>, ClientError> {
        self.facilities(Question::Find(name.to_owned()), file_id).await
    }
    /// What institutions registered of a person who consented, and the answer as it came.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn view(&self, query: ViewQuery, file_id: &str) -> Result<(Vec<Told>, Vec<u8>), ClientError> {
        match self.asked(&Question::View(query), file_id).await? {
            (Answer::Viewed(told), _, raw) => Ok((told, raw)),
            _ => Err(other()),
        }
    }
    /// A master file: the version at the service, and its content (ZIP) where that is newer than `since`.
    ///
    /// # Errors
    /// See [`ClientError`].
    pub async fn masters(
        &self,
        kind: &str,
        since: &str,
        file_id: &str,
    ) -> Result<(String, Option<Vec<u8>>), ClientError> {
        match self.ask(&Question::Masters(kind.to_owned(), since.to_owned()), file_id).await? {
            (Answer::Master(version, file), _) => Ok((version, file)),
            _ => Err(other()),
        }
    }

    async fn accepted(&self, question: Question, file_id: &str) -> Result<String, ClientError> {
        match self.ask(&question, file_id).await? {
            (Answer::Accepted(receipt), _) => Ok(receipt),
            _ => Err(other()),
        }
    }

    async fn facilities(&self, question: Question, file_id: &str) -> Result<Vec<Participant>, ClientError> {
        match self.ask(&question, file_id).await? {
            (Answer::Facilities(found), _) => Ok(found),
            _ => Err(other()),
        }
    }
}

/// The answer is of another kind than the question; the reader makes this impossible.
fn other() -> ClientError {
    ClientError::Answer(MessageError::Unknown)
}
