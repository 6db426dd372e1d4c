//! What is pressed in the composer besides signing: the way, the consent, files, what the chart has; throwing it away.
//! What was typed is kept first, so that every press works without script.
use super::compose::{self, Judging};
use super::{save, way};
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    input::{Filled, NamedTwo},
    links,
};
use axum::{
    extract::State,
    response::{IntoResponse, Redirect, Response},
};
use karute_chart::ChartError;
use karute_chart::attachment::{self, Content};
use karute_chart::letter::{self, Choice, Edit, File, HeadChange, Route, Section};
use karute_fhir::Id;
use karute_ledger::Action;

/// Carries it out.
pub(crate) async fn act(
    State(state): State<WebState>,
    signed: Signed,
    Fragment(fragment): Fragment,
    named: NamedTwo,
    Filled(form): Filled<save::Form>,
) -> Result<Response, WebError> {
    let act = form.get("act").cloned().ok_or(WebError::BadRequest)?;
    if act == "discard" {
        let person = signed.author()?.person;
        letter::discard(&state.access(&signed.caller), named.of(), &person).await?;
        return Ok(Redirect::to(&links::letters(&named.0)).into_response());
    }
    let done = match Box::pin(save::kept(&state, &signed, &named, &form)).await {
        Ok(_) if act == "to" => return Ok(Redirect::to(&format!("{}/to", named.base())).into_response()),
        Ok(_) => Box::pin(carry_out(&state, &signed, &named, &act)).await?,
        Err(error) => Err(error),
    };
    save::answered(&state, &signed, &named, (fragment, Judging::Now), done).await
}

async fn carry_out(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    act: &str,
) -> Result<Result<(), ChartError>, WebError> {
    let (word, what) = act.split_once('.').unwrap_or((act, ""));
    let change = match (word, what) {
        // The kind goes with every press; looking at the document does, too.
        ("kind" | "check", _) => return Ok(Ok(())),
        ("route", "paper") => HeadChange::Route(Route::Paper, None),
        ("route", "service") if signed.shares => return service(state, signed, named).await,
        ("consent", "none") => HeadChange::ConsentWithdrawn,
        ("consent", code) => HeadChange::Consent(Choice::parse(code).ok_or(WebError::BadRequest)?),
        ("attach", document) => HeadChange::Attach(file(state, signed, named, document).await?),
        ("detach", document) => HeadChange::Detach(document.to_owned()),
        ("insert", key) => return Ok(insert(state, signed, named, key).await),
        ("renew", what) => {
            let (code, key) = what.split_once('.').ok_or(WebError::BadRequest)?;
            let section = Section::parse(code).ok_or(WebError::BadRequest)?;
            return Ok(renew(state, signed, named, section, key).await);
        }
        _ => return Err(WebError::BadRequest),
    };
    let (access, by) = (state.access(&signed.caller), signed.author()?);
    Ok(letter::change(&access, named.of(), change, &by, state.now()).await.map(drop))
}

/// By the service, where the addressee can be reached by it now.
async fn service(state: &WebState, signed: &Signed, named: &NamedTwo) -> Result<Result<(), ChartError>, WebError> {
    let access = state.access(&signed.caller);
    let person = signed.author()?.person;
    match letter::draft(&access, named.of(), &person).await {
        Ok(draft) => Box::pin(way::settle(state, signed, named.of(), &draft)).await.map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

/// A document of this patient as a file of the letter.
async fn file(state: &WebState, signed: &Signed, named: &NamedTwo, document: &str) -> Result<File, WebError> {
    let id = Id::new(document).map_err(|_| WebError::BadRequest)?;
    let reader = state.access(&signed.caller).reader(Action::View);
    reader.describe("紹介状の添付");
    let found = attachment::one(&reader, &named.0, &id).await?;
    let found = reader.release(found).await?;
    let (_, binary, media, bytes) = found.content(Content::Original).cloned().ok_or(WebError::NotFound)?;
    Ok(File { document: id.to_string(), title: found.title, media, bytes, binary: binary.to_string() })
}

/// Puts a piece of the chart at the end of its section; the script puts it at the cursor.
async fn insert(state: &WebState, signed: &Signed, named: &NamedTwo, key: &str) -> Result<(), ChartError> {
    let view = Box::pin(compose::read(state, signed, named, Judging::Later)).await?;
    let piece = view.page.material.iter().find(|each| each.key == key).ok_or(ChartError::Conflict)?;
    let base = view.page.draft.text(piece.section).to_owned();
    let text = match base.trim_end() {
        "" => piece.text.clone(),
        before => format!("{before}{}{}", piece.section.joint(), piece.text),
    };
    edit(state, signed, named, Edit { section: piece.section, text, base, taken: vec![piece.mark()] }).await
}

/// Puts what the chart says now in the place of what it said.
async fn renew(
    state: &WebState,
    signed: &Signed,
    named: &NamedTwo,
    section: Section,
    key: &str,
) -> Result<(), ChartError> {
    let view = Box::pin(compose::read(state, signed, named, Judging::Later)).await?;
    let draft = &view.page.draft;
    let old = draft.part(section).and_then(|part| part.marks.iter().find(|mark| mark.key == key));
    let new = view.page.material.iter().find(|each| each.key == key);
    let (old, new) = old.zip(new).ok_or(ChartError::Conflict)?;
    let base = draft.text(section).to_owned();
    let text = base.replacen(&old.text, &new.text, 1);
    edit(state, signed, named, Edit { section, text, base, taken: vec![new.mark()] }).await
}

async fn edit(state: &WebState, signed: &Signed, named: &NamedTwo, edit: Edit) -> Result<(), ChartError> {
    let by = signed.author().map_err(|_| ChartError::Invalid)?;
    letter::save(&state.access(&signed.caller), named.of(), &[edit], &by, state.now()).await.map(drop)
}
