//! What every act on the orders of a visit needs, taken from the request in one piece.
use crate::{
    WebState,
    error::WebError,
    guard::{Fragment, Signed},
    input::OfVisit,
};
use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};

/// Who acts, in which visit of whom, and whether a script asks.
pub(crate) struct Here {
    pub(crate) state: WebState,
    pub(crate) signed: Signed,
    pub(crate) at: OfVisit,
    pub(crate) fragment: Fragment,
}

impl FromRequestParts<WebState> for Here {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Here, WebError> {
        let Ok(State(own)) = State::<WebState>::from_request_parts(parts, state).await;
        let Ok(fragment) = Fragment::from_request_parts(parts, state).await;
        let signed = Signed::from_request_parts(parts, state).await?;
        let at = OfVisit::from_request_parts(parts, state).await?;
        Ok(Here { state: own, signed, at, fragment })
    }
}
