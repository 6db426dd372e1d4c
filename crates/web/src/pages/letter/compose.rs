//! The composer: what the chart has on the left, the paper in the middle, how it leaves on the right.
use super::{kept, material, paper, side, way};
use crate::{WebState, error::WebError, guard::Signed, input::NamedTwo};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use karute_chart::ChartError;
use karute_chart::attachment::{self, Attached, Content};
use karute_chart::clinic::{self, Contact};
use karute_chart::letter::{self, Finding, Known, Page, Route, Standing};
use karute_chart::summary::{Face, face};
use karute_ledger::Action;
use karute_sharing::joint::Against;
use maud::{Markup, html};

/// Everything the composer is drawn from.
pub(super) struct View {
    pub(super) page: Page,
    pub(super) face: Face,
    /// Documents of the patient that have a file.
    pub(super) files: Vec<Attached>,
    pub(super) contact: Option<Contact>,
    pub(super) findings: Vec<Finding>,
    /// Whether the document was made and judged for this; what was found before stays on the screen otherwise.
    pub(super) judged: bool,
    /// Address of the letter.
    pub(super) base: String,
}

impl View {
    /// Whether a piece of the chart stands in the letter.
    pub(super) fn holds(&self, key: &str) -> bool {
        self.page.draft.parts.iter().any(|(_, part)| part.marks.iter().any(|mark| mark.key == key))
    }
}

/// Whether the document itself is made and judged: that reads the whole record of the patient, and is left out while
/// somebody types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Judging {
    /// Somebody opened the letter, left a field, pressed something, or sends it.
    Now,
    /// A pause of the typing.
    Later,
}

/// What is known beside the draft.
pub(super) fn known(signed: &Signed, page: &Page, against: Against) -> Known {
    Known {
        own_code: signed.info.institution_code.clone(),
        // Asked when the addressee was chosen; what takes no part leaves on paper.
        takes_part: (page.draft.head.route == Route::Service).then_some(true),
        reachable: !page.address.is_empty() && page.person.phone.is_some(),
        lacking: against.lacking,
        judged: against.judged,
    }
}

/// Reads it: one audit event.
pub(super) async fn read(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    judging: Judging,
) -> Result<View, ChartError> {
    let access = state.access(&signed.caller);
    let person = signed.author().map_err(|_| ChartError::Invalid)?.person;
    let of = named.of();
    // A letter that is no draft any more costs nothing further.
    letter::draft(&access, of, &person).await?;
    let contact = clinic::contact(&access).await?;
    let reader = access.reader(Action::View);
    reader.describe("診療情報提供書の作成");
    let face = face(&reader, of.patient, state.today()).await?;
    let page = Box::pin(letter::page(&access, &reader, of, &person, state.today())).await?;
    let files = attachment::list(&reader, of.patient).await?;
    let (face, page, mut files) = reader.release((face, page, files)).await?;
    files.retain(|file| file.content(Content::Original).is_some());
    let against = match judging {
        Judging::Now => Box::pin(way::against(state, signed, named, &page.draft)).await?,
        Judging::Later => Against::default(),
    };
    let findings = letter::check(&page.draft, &page.material, &known(signed, &page, against));
    let judged = judging == Judging::Now;
    Ok(View { page, face, files, contact, findings, judged, base: named.base() })
}

/// The draft, or the letter as it was signed.
pub(crate) async fn show(State(state): State<WebState>, signed: Signed, named: NamedTwo) -> Result<Response, WebError> {
    if signed.rights.writes {
        match Box::pin(read(&state, &signed, &named, Judging::Now)).await {
            Ok(view) => return Ok(whole(&view, &signed, None).into_response()),
            Err(ChartError::NotFound) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Box::pin(kept::show(&state, &signed, &named, None)).await
}

/// The composer with why something was not done.
pub(super) async fn again(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    (status, told): (StatusCode, &str),
) -> Result<Response, WebError> {
    match Box::pin(read(state, signed, named, Judging::Now)).await {
        Ok(view) => Ok((status, whole(&view, signed, Some(told))).into_response()),
        Err(ChartError::NotFound) => Box::pin(kept::show(state, signed, named, Some((status, told)))).await,
        Err(other) => Err(other.into()),
    }
}

fn whole(view: &View, signed: &Signed, told: Option<&str>) -> Markup {
    let body = html! {
        h1 class="vh" { "診療情報提供書の作成" }
        (material::column(view))
        (paper::editor(view, signed, told))
        (side::column(view, signed))
    };
    super::framed(signed, &view.face, "診療情報提供書の作成", "rl", body)
}

/// The parts of the composer for the script, as they are now.
pub(super) fn parts(view: &View, signed: &Signed) -> Markup {
    html! {
        (material::list(view))
        (side::column(view, signed))
        (paper::heads(view, signed))
        (paper::stands(view))
    }
}

/// How the pieces of a section stand.
pub(super) fn standings(view: &View, section: letter::Section) -> Vec<(String, Standing)> {
    letter::standings(&view.page.draft, section, &view.page.material)
}
