//! Reading scopes: whatever is seen through one becomes an audit event before it leaves.
use crate::audit_event::{Event, Seen};
use crate::sql::Val;
use crate::writer::{Prepared, Writer};
use crate::{Access, Action, Doc, Entity, LedgerError, Lookup, Operation, Outcome, Version, reads, search};
use futures_util::future::BoxFuture;
use karute_fhir::{Id, ResourceType, search::Query};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::OnceCell;

/// What a history covers.
#[derive(Clone, Debug)]
pub enum HistoryScope {
    /// One resource.
    Instance(ResourceType, Id),
    /// All of a type.
    Type(ResourceType),
    /// The whole tenant.
    System,
}

/// One page of versions.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Matches in order.
    pub matches: Vec<Version>,
    /// What `_include` and `_revinclude` added.
    pub included: Vec<Version>,
    /// Number of all matches, when asked for.
    pub total: Option<u64>,
    /// Position after the last match, when there may be more. Plain text: the face seals it before it leaves.
    pub next: Option<String>,
}

/// A reading scope. One that is dropped without release after something was read through it leaves an audit event
/// with a failed outcome.
pub struct Reader {
    access: Access,
    action: Action,
    touched: Mutex<Touched>,
    remembered: Option<Mutex<Vec<Asked>>>,
}

/// A search and its page, empty until it is answered.
struct Asked {
    query: Query,
    after: Option<String>,
    page: Arc<OnceCell<Page>>,
}

#[derive(Default)]
struct Touched {
    /// Something was asked.
    used: bool,
    released: bool,
    seen: Seen,
    /// Positions of the versions noted.
    noted: HashSet<u64>,
    detail: Option<String>,
    docs: Vec<Doc>,
}

impl Touched {
    fn version(&mut self, version: &Version) {
        if self.noted.insert(version.seq) {
            self.seen.touch(version, &version.body);
        }
    }
}

impl Asked {
    /// The place of this search's page; two parts that ask at once share it.
    fn page(asked: &mut Vec<Asked>, query: &Query, after: Option<&str>) -> Arc<OnceCell<Page>> {
        if let Some(known) = asked.iter().find(|a| a.query == *query && a.after.as_deref() == after) {
            return known.page.clone();
        }
        let page = Arc::new(OnceCell::new());
        asked.push(Asked { query: query.clone(), after: after.map(str::to_owned), page: page.clone() });
        page
    }
}

impl Reader {
    pub(crate) fn new(access: Access, action: Action) -> Reader {
        Reader { access, action, touched: Mutex::default(), remembered: None }
    }

    /// Answers a search that is asked again, word for word, with what it found the first time: for a page whose parts
    /// need the same things, and should all show the same.
    #[must_use]
    pub fn remembering(mut self) -> Reader {
        self.remembered = Some(Mutex::default());
        self
    }

    fn touched(&self) -> MutexGuard<'_, Touched> {
        self.touched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn begin(&self) -> Result<(), LedgerError> {
        self.access.allowed().await?;
        self.touched().used = true;
        Ok(())
    }

    fn saw_page(&self, page: Page) -> Page {
        let mut touched = self.touched();
        for version in page.matches.iter().chain(&page.included) {
            touched.version(version);
        }
        drop(touched);
        page
    }

    fn saw(&self, found: Option<Version>, resource_type: ResourceType, id: &Id) -> Lookup {
        let mut touched = self.touched();
        let Some(version) = found else {
            touched.seen.entities.push(Entity { resource_type, id: id.clone(), version: None });
            return Lookup::Missing;
        };
        touched.version(&version);
        if version.operation == Operation::Deleted { Lookup::Gone(version) } else { Lookup::Found(version) }
    }

    /// Current version of a resource.
    pub fn read<'a>(&'a self, resource_type: ResourceType, id: &'a Id) -> BoxFuture<'a, Result<Lookup, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let args = [Val::from(resource_type.name()), id.as_str().into()];
            let found = reads::one(&self.access, reads::CURRENT, &args).await?;
            Ok(self.saw(found, resource_type, id))
        })
    }
    /// Several resources of any types, in the order asked; missing and deleted ones are left out.
    pub fn read_many<'a>(&'a self, ids: &'a [(ResourceType, Id)]) -> BoxFuture<'a, Result<Vec<Version>, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let keys = ids.to_vec();
            let store = &self.access.core().store;
            let found = store
                .read(self.access.tenant(), move |tx| Box::pin(async move { reads::many(tx, &keys).await }))
                .await?;
            let mut touched = self.touched();
            for version in &found {
                touched.version(version);
            }
            drop(touched);
            Ok(found)
        })
    }
    /// A given version.
    pub fn vread<'a>(
        &'a self,
        resource_type: ResourceType,
        id: &'a Id,
        version: u32,
    ) -> BoxFuture<'a, Result<Lookup, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let args = [Val::from(resource_type.name()), id.as_str().into(), i64::from(version).into()];
            let found = reads::one(&self.access, reads::EXACT, &args).await?;
            Ok(self.saw(found, resource_type, id))
        })
    }
    /// History, newest first; `since` in microseconds; `after` is [`Page::next`].
    pub fn history<'a>(
        &'a self,
        scope: HistoryScope,
        count: u32,
        since: Option<i64>,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Page, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let after = reads::position(after)?;
            let store = &self.access.core().store;
            let page = store
                .read(self.access.tenant(), move |tx| {
                    Box::pin(async move { reads::history(tx, scope, count, since, after).await })
                })
                .await?;
            Ok(self.saw_page(page))
        })
    }
    /// One page of a search; `after` is [`Page::next`].
    pub fn search<'a>(&'a self, query: &'a Query, after: Option<&'a str>) -> BoxFuture<'a, Result<Page, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let page = match &self.remembered {
                None => self.run(query, after).await?,
                Some(asked) => {
                    let page = Asked::page(&mut asked.lock().unwrap_or_else(PoisonError::into_inner), query, after);
                    page.get_or_try_init(|| self.run(query, after)).await?.clone()
                }
            };
            Ok(self.saw_page(page))
        })
    }

    async fn run(&self, query: &Query, after: Option<&str>) -> Result<Page, LedgerError> {
        let asked = Arc::new((query.clone(), after.map(str::to_owned)));
        let store = &self.access.core().store;
        store
            .read_lightly(self.access.tenant(), search::is_one_statement(query), move |tx| {
                let asked = Arc::clone(&asked);
                Box::pin(async move { search::run(tx, &asked.0, asked.1.as_deref()).await })
            })
            .await
    }
    /// One page of a search that a program looks through by itself (full-text search): its matches are named in the audit
    /// event only when they are given to [`Reader::shows`]. Nothing of the others may leave.
    pub fn look_through<'a>(
        &'a self,
        query: &'a Query,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Page, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            self.run(query, after).await
        })
    }
    /// Names a version found by [`Reader::look_through`] in the audit event: its content is going to be shown.
    pub fn shows(&self, version: &Version) {
        self.touched().version(version);
    }
    /// Keeps a document together with the audit event, in the same transaction: what is remembered of a look. Documents
    /// of an abandoned reader are not kept.
    pub fn keep(&self, doc: Doc) {
        self.touched().docs.push(doc);
    }
    /// Everything in a patient's compartment including the patient, in chain order; `types` empty = all.
    pub fn compartment<'a>(
        &'a self,
        patient: &'a Id,
        types: &'a [ResourceType],
        since: Option<i64>,
        count: u32,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Page, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let asked = Arc::new((patient.clone(), types.to_vec(), after.map(str::to_owned)));
            let store = &self.access.core().store;
            let page = store
                .read_lightly(self.access.tenant(), since.is_none(), move |tx| {
                    let asked = Arc::clone(&asked);
                    Box::pin(async move {
                        let (patient, types, after) = &*asked;
                        search::compartment(tx, patient, types, since, count, after.as_deref()).await
                    })
                })
                .await?;
            Ok(self.saw_page(page))
        })
    }
    /// All current resources of the given types in chain order (exports); `types` empty = all.
    pub fn scan<'a>(
        &'a self,
        types: &'a [ResourceType],
        since: Option<i64>,
        count: u32,
        after: Option<&'a str>,
    ) -> BoxFuture<'a, Result<Page, LedgerError>> {
        Box::pin(async move {
            self.begin().await?;
            let (types, after) = (types.to_vec(), reads::position(after)?);
            let store = &self.access.core().store;
            let page = store
                .read(self.access.tenant(), move |tx| {
                    Box::pin(async move { reads::scan(tx, &types, since, count, after).await })
                })
                .await?;
            Ok(self.saw_page(page))
        })
    }
    /// Words for the audit event (for example the search as it was asked).
    pub fn describe(&self, detail: impl Into<String>) {
        self.touched().detail = Some(detail.into());
    }

    fn event(&self, outcome: Outcome) -> Event {
        let mut touched = self.touched();
        touched.released = true;
        let mut event = Event::new(self.access.actor(), self.action, outcome);
        event.seen = std::mem::take(&mut touched.seen);
        event.seen.in_order();
        event.detail = touched.detail.take();
        event
    }

    /// Writes the audit event of everything read, durably, then lets `value` go.
    pub async fn release<T>(self, value: T) -> Result<T, LedgerError> {
        self.release_as(Outcome::Success, value).await
    }
    /// The same with an outcome other than success.
    pub async fn release_as<T>(self, outcome: Outcome, value: T) -> Result<T, LedgerError> {
        self.settle(outcome).await.map(|()| value)
    }
    /// Writes the audit event.
    fn settle(self, outcome: Outcome) -> BoxFuture<'static, Result<(), LedgerError>> {
        Box::pin(async move {
            let event = self.event(outcome);
            let docs = std::mem::take(&mut self.touched().docs);
            self.access.write_event(event, docs).await
        })
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let unreleased = {
            let touched = self.touched();
            touched.used && !touched.released
        };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if unreleased {
            let event = self.event(Outcome::Failed);
            let tenant = self.access.tenant();
            // Promised here and now: a ledger that closes right after waits for the event.
            let Some(promise) = Writer::promise(self.access.core()) else {
                tracing::error!(tenant = tenant.0, "the audit event of a read abandoned after closing was lost");
                return;
            };
            runtime.spawn(async move {
                if let Err(error) = promise.submit(tenant, Prepared::event(event)).await {
                    tracing::error!(tenant = tenant.0, %error, "the audit event of an abandoned read was lost");
                }
            });
        }
    }
}
