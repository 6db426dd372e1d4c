//! 受信箱: what arrived, looked at in the sender's own order and wording, taken into the chart by one press (ux §4.4).

pub(crate) mod act;
mod detail;
pub(crate) mod errand;
pub(crate) mod held;
mod matching;
mod rows;
pub(crate) mod source;
mod take;

use crate::components::frame::{Page, Place, head};
use crate::components::{icon::Icon, notice::empty};
use crate::{
    WebState,
    error::WebError,
    guard::Signed,
    input::{self, Filled, Named, Typed},
};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use karute_chart::errand::{self as errands, Errand};
use karute_chart::find::Words;
use karute_chart::inbox::{self, Compared, Filter, Kind, Listed, Received, State as At, compare};
use karute_chart::letter::{self, Stuck};
use karute_chart::outside::Item;
use karute_chart::patients::Hit;
use karute_chart::reception;
use karute_chart::view::VisitState;
use karute_crypto::Digest;
use karute_fhir::Id;
use karute_ledger::{Access, Action};
use karute_sharing::desk;
use karute_sharing::document::received;
use karute_sharing::jobs::kept::Inbox as Held;
use karute_sharing::jobs::record::Kept;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::{HashMap, HashSet};

/// Largest original shown, in bytes.
const MOST_BYTES: usize = 24 << 20;

/// Which group of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tab {
    Open,
    ToDo,
    Unmatched,
    Failed,
    All,
}

impl Tab {
    const ALL: [Tab; 5] = [Tab::Open, Tab::ToDo, Tab::Unmatched, Tab::Failed, Tab::All];

    const fn code(self) -> &'static str {
        match self {
            Tab::Open => "open",
            Tab::ToDo => "to-do",
            Tab::Unmatched => "unmatched",
            Tab::Failed => "failed",
            Tab::All => "all",
        }
    }
    const fn word(self) -> &'static str {
        match self {
            Tab::Open => "未確認",
            Tab::ToDo => "要対応",
            Tab::Unmatched => "患者を確認",
            Tab::Failed => "送受信",
            Tab::All => "すべて",
        }
    }
    fn parse(code: &str) -> Tab {
        Tab::ALL.into_iter().find(|tab| tab.code() == code).unwrap_or(Tab::Open)
    }
    fn holds(self, state: At) -> bool {
        match self {
            Tab::Open => matches!(state, At::ToDo | At::Unread | At::Unmatched),
            Tab::ToDo => state == At::ToDo,
            Tab::Unmatched => state == At::Unmatched,
            Tab::Failed => false,
            Tab::All => true,
        }
    }
}

/// Kinds as chips; each stands for several kinds of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chip {
    All,
    Letters,
    Laboratory,
    Checkups,
    Others,
}

impl Chip {
    const ALL: [Chip; 5] = [Chip::All, Chip::Letters, Chip::Laboratory, Chip::Checkups, Chip::Others];

    const fn code(self) -> &'static str {
        match self {
            Chip::All => "all",
            Chip::Letters => "letters",
            Chip::Laboratory => "laboratory",
            Chip::Checkups => "checkups",
            Chip::Others => "others",
        }
    }
    const fn word(self) -> &'static str {
        match self {
            Chip::All => "すべて",
            Chip::Letters => "紹介状",
            Chip::Laboratory => "検査",
            Chip::Checkups => "健診",
            Chip::Others => "ほか",
        }
    }
    fn parse(code: &str) -> Chip {
        Chip::ALL.into_iter().find(|chip| chip.code() == code).unwrap_or(Chip::All)
    }
    const fn of(kind: Kind) -> Chip {
        match kind {
            Kind::Referral | Kind::Discharge => Chip::Letters,
            Kind::Laboratory | Kind::Information => Chip::Laboratory,
            Kind::Checkup => Chip::Checkups,
            Kind::Plan | Kind::Other => Chip::Others,
        }
    }
}

/// Where one is in the list; fixed words and ids only.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct In {
    #[serde(rename = "box")]
    tab: String,
    #[serde(rename = "type")]
    chip: String,
    /// What was just dealt with, to be said.
    done: String,
}

/// The same, understood.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub(super) tab: Tab,
    pub(super) chip: Chip,
}

impl Spot {
    fn read(place: &In) -> Spot {
        Spot { tab: Tab::parse(&place.tab), chip: Chip::parse(&place.chip) }
    }
    /// The address of a document, or of the list, at this spot.
    pub(super) fn link(self, id: Option<&Id>) -> String {
        let id = id.map(|id| format!("/{id}")).unwrap_or_default();
        let mut words = Vec::new();
        if self.tab != Tab::Open {
            words.push(format!("box={}", self.tab.code()));
        }
        if self.chip != Chip::All {
            words.push(format!("type={}", self.chip.code()));
        }
        let query = if words.is_empty() { String::new() } else { format!("?{}", words.join("&")) };
        format!("/inbox{id}{query}")
    }
}

/// The list with its counts.
pub(super) struct Lines {
    pub(super) spot: Spot,
    pub(super) shown: Vec<Listed>,
    pub(super) failed: Vec<Stuck>,
    /// Documents at the service, or from it, that could not be laid into the list.
    pub(super) held: Vec<Kept<Held>>,
    /// In the order of [`Tab::ALL`].
    pub(super) counts: [usize; 5],
    /// Patients who are in the building.
    pub(super) inside: HashSet<Id>,
    /// What was searched for.
    pub(super) words: Option<String>,
    /// Documents about which something was asked of nurses, and where that stands.
    pub(super) errands: HashMap<Id, karute_chart::errand::State>,
}

/// One document with everything its page shows.
pub(super) struct Opened {
    pub(super) page: inbox::Page,
    /// What it says; why it cannot be read otherwise.
    pub(super) received: Result<Received, &'static str>,
    pub(super) items: Vec<Item>,
    pub(super) compared: Vec<Compared>,
    /// Patients found by a search for whose it is.
    pub(super) hits: Vec<Hit>,
    /// What was asked of nurses about it, newest first.
    pub(super) errands: Vec<Errand>,
}

/// What the last press did not do, and what was searched for.
#[derive(Default)]
pub(super) struct Said<'s> {
    pub(super) wrong: Option<&'s str>,
    pub(super) status: StatusCode,
    pub(super) hits: Vec<Hit>,
    /// What was searched for in the list.
    pub(super) typed: Option<&'s str>,
}

/// The list and the first document of it.
pub(crate) async fn show(
    State(state): State<WebState>,
    signed: Signed,
    input::Asked(place): input::Asked<In>,
) -> Result<Response, WebError> {
    drawn(&state, &signed, &place, None, Said::default()).await
}

/// One document beside the list.
pub(crate) async fn one(
    State(state): State<WebState>,
    signed: Signed,
    Named(id): Named,
    input::Asked(place): input::Asked<In>,
) -> Result<Response, WebError> {
    drawn(&state, &signed, &place, Some(&id), Said::default()).await
}

async fn lines(state: &WebState, signed: &Signed, spot: Spot, typed: Option<&str>) -> Result<Lines, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("受信箱");
    let filter = if spot.tab == Tab::All { Filter::All } else { Filter::Open };
    let all = Box::pin(inbox::list(&reader, filter)).await?;
    let failed = if signed.rights.notes { Box::pin(letter::failed(&reader)).await? } else { Vec::new() };
    let mut held = if signed.shares && signed.rights.notes { desk::inbox::open(&reader).await? } else { Vec::new() };
    held.retain(|kept| rows::stands_in_the_way(kept).is_some());
    let documents: Vec<Id> = all.iter().map(|line| line.row.id.clone()).collect();
    let asked = if signed.rights.notes { errands::of_documents(&reader, &documents).await? } else { Vec::new() };
    let (mut all, failed, held, asked) = reader.release((all, failed, held, asked)).await?;
    // The newest counts: asked again, it is open again.
    let mut errands = HashMap::new();
    for one in asked.into_iter().filter(|one| one.state != errands::State::Withdrawn) {
        errands.entry(one.document).or_insert(one.state);
    }
    // Reception says whose a document is and reads none.
    if !signed.rights.notes {
        all.retain(|line| line.row.state == At::Unmatched);
    }
    let mut inside = HashSet::new();
    if signed.rights.reception {
        let list = reception::today(&access, state.today(), state.now()).await?;
        let here =
            list.visits.iter().filter(|visit| !matches!(visit.state, VisitState::Finished | VisitState::Cancelled));
        inside.extend(here.map(|visit| visit.person.id.clone()));
    }
    let count = |tab: Tab| all.iter().filter(|line| tab.holds(line.row.state)).count();
    let counts = [count(Tab::Open), count(Tab::ToDo), count(Tab::Unmatched), failed.len() + held.len(), 0];
    let mut shown = match typed {
        Some(typed) => searched(state, signed, typed).await?,
        None => all,
    };
    shown.retain(|line| {
        spot.tab.holds(line.row.state) && (spot.chip == Chip::All || Chip::of(line.row.kind) == spot.chip)
    });
    // Whoever is in the building comes first, what is critical before everybody.
    let is_inside = |line: &Listed| line.row.patient.as_ref().is_some_and(|id| inside.contains(id));
    shown.sort_by_key(|line| (line.row.state != At::ToDo, line.row.state == At::Reviewed, !is_inside(line)));
    let beside = matches!(spot.tab, Tab::Failed | Tab::All) && typed.is_none();
    let (failed, held) = if beside { (failed, held) } else { (Vec::new(), Vec::new()) };
    Ok(Lines { spot, shown, failed, held, counts, inside, words: typed.map(str::to_owned), errands })
}

/// What holds the words; nothing where they say too little to look for.
async fn searched(state: &WebState, signed: &Signed, typed: &str) -> Result<Vec<Listed>, WebError> {
    let Some(words) = Words::read(typed) else { return Ok(Vec::new()) };
    let reader = state.access(&signed.caller).reader(Action::Search);
    let told: String = typed.trim().chars().take(60).collect();
    reader.describe(format!("受信箱の検索: {told}"));
    let found = inbox::find(&reader, &words).await?;
    Ok(reader.release(found).await?)
}

/// Looks for words in everything that arrived.
pub(crate) async fn find(
    State(state): State<WebState>,
    signed: Signed,
    Filled(typed): Filled<Typed>,
) -> Result<Response, WebError> {
    let place = In { tab: Tab::All.code().to_owned(), ..In::default() };
    let typed = typed.q.trim();
    let typed = (!typed.is_empty()).then_some(typed);
    drawn(&state, &signed, &place, None, Said { typed, ..Said::default() }).await
}

/// The original, to the byte.
pub(super) async fn original(access: &Access, hash: &str) -> Result<Bytes, WebError> {
    let hash = Digest::from_hex(hash).ok_or(WebError::Internal)?;
    let (_, stream) = access.blob(hash).await?.ok_or(WebError::NotFound)?;
    let mut whole = BytesMut::new();
    let mut stream = std::pin::pin!(stream);
    while let Some(part) = stream.try_next().await? {
        if whole.len() + part.len() > MOST_BYTES {
            return Err(WebError::BadRequest);
        }
        whole.extend_from_slice(&part);
    }
    Ok(whole.freeze())
}

/// Reads a document: one audit event.
pub(super) async fn opened(state: &WebState, signed: &Signed, id: &Id) -> Result<Opened, WebError> {
    let access = state.access(&signed.caller);
    let reader = access.reader(Action::View);
    reader.describe("届いた文書");
    let page = Box::pin(inbox::page(&reader, id)).await?;
    let errands = errands::of_documents(&reader, std::slice::from_ref(id)).await?;
    let (page, errands) = reader.release((page, errands)).await?;
    if !signed.rights.notes && page.row.state != At::Unmatched {
        return Err(WebError::NotFound);
    }
    let bytes = original(&access, &page.original).await?;
    let received = received::read(&bytes).map_err(received::Unreadable::words);
    let items = received.as_ref().map_or_else(|_| Vec::new(), Received::all_items);
    let compared = page.own.as_ref().map_or_else(Vec::new, |own| compare(&items, own, state.now()));
    Ok(Opened { page, received, items, compared, hits: Vec::new(), errands })
}

pub(super) async fn drawn(
    state: &WebState,
    signed: &Signed,
    place: &In,
    id: Option<&Id>,
    said: Said<'_>,
) -> Result<Response, WebError> {
    let lines = Box::pin(lines(state, signed, Spot::read(place), said.typed)).await?;
    let first = lines.shown.first().map(|line| line.row.id.clone());
    let opened = match id.cloned().or(first) {
        Some(id) => Some(Box::pin(opened(state, signed, &id)).await?),
        None => None,
    };
    let opened = opened.map(|opened| Opened { hits: said.hits, ..opened });
    let done = Id::new(&place.done).ok();
    let header = head("受信箱", &rows::tabs(&lines, signed));
    let body = html! {
        (rows::list(&lines, opened.as_ref().map(|opened| &opened.page.row.id), signed, state.today()))
        @match &opened {
            Some(opened) => {
                (detail::document(opened, signed, state.today()))
                @if opened.page.row.patient.is_none() { (matching::column(opened, signed, said.wrong, state.today())) }
                @else { (take::column(opened, signed, said.wrong, &state.new_id()?)) }
            }
            None => { section class="ib-doc" aria-label="文書" { (nothing(&lines)) } }
        }
        @if let Some(done) = &done { (toast(done)) }
    };
    let page = Page { title: "受信箱", place: Place::Inbox, header, class: "ib", body };
    Ok((said.status, page.draw(&signed.viewer())).into_response())
}

fn nothing(lines: &Lines) -> Markup {
    let words = match lines.spot.tab {
        _ if lines.words.is_some() => "患者・差出元・文書の言葉の一部で、もう一度お試しください。",
        Tab::Failed => "送れなかった紹介状があると、ここに出ます。",
        _ => "紹介状・検査結果・健診結果などが届くと、左に並びます。",
    };
    empty(Icon::Inbox, "ここには何もありません", words, None)
}

fn toast(done: &Id) -> Markup {
    let open = html! { a class="btn btn-sm" href=(format!("/inbox/{done}?box=all")) { "見直す" } };
    html! { div class="toasts" { (crate::components::notice::toast("確認済みにしました", Some(open))) } }
}
