//! What comes with a request, read once; anything unreadable is one kind of refusal.
use crate::error::WebError;
use axum::extract::{Form, FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use karute_fhir::Id;
use serde::de::DeserializeOwned;

/// The query of the address.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Asked<T>, WebError> {
        let Query(found) = Query::from_request_parts(parts, state).await.map_err(|_| WebError::BadRequest)?;
        Ok(Asked(found))
    }
}

/// A form that was filled in.
pub(crate) struct Filled<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Filled<T> {
    type Rejection = WebError;
    async fn from_request(request: Request, state: &S) -> Result<Filled<T>, WebError> {
        let Form(found) = Form::from_request(request, state).await.map_err(|_| WebError::BadRequest)?;
        Ok(Filled(found))
    }
}

/// One line that was typed to search by.
#[derive(serde::Deserialize)]
pub(crate) struct Typed {
    pub(crate) q: String,
}

/// The id in the address. What is no id names nothing.
pub(crate) struct Named(pub(crate) Id);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Named, WebError> {
        let Path(text) = Path::<String>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        Ok(Named(Id::new(&text).map_err(|_| WebError::NotFound)?))
    }
}

/// A patient and a visit in the address. What is no id names nothing.
pub(crate) struct Visited {
    pub(crate) patient: Id,
    pub(crate) visit: Id,
}

impl<S: Send + Sync> FromRequestParts<S> for Visited {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Visited, WebError> {
        let Path((patient, visit)) =
            Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        let id = |text: &str| Id::new(text).map_err(|_| WebError::NotFound);
        Ok(Visited { patient: id(&patient)?, visit: id(&visit)? })
    }
}

/// The number in the address.
pub(crate) struct Numbered(pub(crate) u64);

impl<S: Send + Sync> FromRequestParts<S> for Numbered {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Numbered, WebError> {
        let Path(number) = Path::<u64>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        Ok(Numbered(number))
    }
}

/// A patient and a visit in the address, perhaps with something of that visit. What is no id names nothing.
pub(crate) struct OfVisit {
    pub(crate) patient: Id,
    pub(crate) visit: Id,
    pub(crate) thing: Option<Id>,
}

impl<S: Send + Sync> FromRequestParts<S> for OfVisit {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<OfVisit, WebError> {
        let Path(found) =
            Path::<Vec<(String, String)>>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        let mut ids = found.iter().map(|(_, text)| Id::new(text).map_err(|_| WebError::NotFound));
        let mut next = || ids.next().ok_or(WebError::NotFound)?;
        let (patient, visit) = (next()?, next()?);
        Ok(OfVisit { patient, visit, thing: next().ok() })
    }
}

/// Two ids in the address: whose, and what of theirs.
pub(crate) struct NamedTwo(pub(crate) Id, pub(crate) Id);

impl<S: Send + Sync> FromRequestParts<S> for NamedTwo {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<NamedTwo, WebError> {
        let Path((first, second)) =
            Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| WebError::NotFound)?;
        let id = |text: &str| Id::new(text).map_err(|_| WebError::NotFound);
        Ok(NamedTwo(id(&first)?, id(&second)?))
    }
}
