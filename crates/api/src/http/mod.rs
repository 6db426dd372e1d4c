//! The HTTP side: negotiation, bodies, headers, query strings. Knows nothing of single interactions.

pub(crate) mod body;
pub(crate) mod etag;
pub(crate) mod negotiate;
pub(crate) mod prefer;
pub(crate) mod query;
