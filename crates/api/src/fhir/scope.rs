//! A search must not tell of types that the token may not see.
use crate::outcome::Failure;
use crate::request::Ctx;
use karute_fhir::search::{Filter, Query};
use karute_identity::Interaction;

/// 403 when the query asks about the content of types outside the token's scopes; includes of such types are left
/// out silently, as the specification asks of includes that find nothing.
pub(crate) fn restrict(ctx: &Ctx, query: &mut Query) -> Result<(), Failure> {
    ctx.require(query.target, Interaction::Search)?;
    query.filters.iter().try_for_each(|filter| filter_allowed(ctx, filter))?;
    query.includes.retain(|include| {
        let source = !include.reverse || ctx.may(include.source, Interaction::Search);
        source && include.target.is_none_or(|t| include.reverse || ctx.may(t, Interaction::Read))
    });
    Ok(())
}

fn filter_allowed(ctx: &Ctx, filter: &Filter) -> Result<(), Failure> {
    match filter {
        Filter::Chain { any, .. } => any.iter().try_for_each(|(target, inner)| {
            ctx.require(*target, Interaction::Search)?;
            filter_allowed(ctx, inner)
        }),
        Filter::Has { source, filter, .. } => {
            ctx.require(*source, Interaction::Search)?;
            filter_allowed(ctx, filter)
        }
        _ => Ok(()),
    }
}
