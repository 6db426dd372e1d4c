//! GET entries of a batch or transaction.
use super::answer::Answer;
use super::entry::Read;
use crate::fhir::{audit_event, history, search};
use crate::http::etag::{etag, parse_etag};
use crate::outcome::Failure;
use crate::request::Ctx;
use http::StatusCode;
use karute_identity::Interaction;
use karute_ledger::{Action, HistoryScope, Lookup};

/// 403 or 405 unless this may be read by this caller.
pub(super) fn allowed(ctx: &Ctx, read: &Read) -> Result<(), Failure> {
    match read {
        Read::Search(kind, _) => ctx.require(*kind, Interaction::Search),
        Read::Instance(kind, _) => ctx.require(*kind, Interaction::Read),
        Read::Version(kind, ..) | Read::HistoryOf(kind, ..) => {
            serves(*kind, "vread")?;
            ctx.require(*kind, Interaction::Read)
        }
        Read::HistoryOfType(kind, _) => {
            serves(*kind, "history-type")?;
            ctx.require(*kind, Interaction::Search)?;
            ctx.require(*kind, Interaction::Read)
        }
    }
}

fn serves(kind: karute_fhir::ResourceType, interaction: &str) -> Result<(), Failure> {
    if crate::route::serves(kind, interaction) {
        return Ok(());
    }
    Err(Failure::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", "監査の記録に版はありません。"))
}

/// Carries out a read that [`allowed`] let pass.
pub(super) async fn read(ctx: &Ctx, read: &Read, if_none_match: Option<&str>) -> Result<Answer, Failure> {
    let lookup = match read {
        Read::Search(kind, query) => {
            return Ok(Answer::resource(search::search(ctx, *kind, query, false).await?));
        }
        Read::HistoryOf(kind, id, query) => {
            let scope = HistoryScope::Instance(*kind, id.clone());
            return Ok(Answer::resource(history::history(ctx, scope, query).await?));
        }
        Read::HistoryOfType(kind, query) => {
            return Ok(Answer::resource(history::history(ctx, HistoryScope::Type(*kind), query).await?));
        }
        Read::Instance(kind, id) if kind.name() == "AuditEvent" => {
            return Ok(Answer::resource(audit_event::find(ctx, id).await?.body));
        }
        Read::Instance(kind, id) => ctx.access.read(*kind, id).await?,
        Read::Version(kind, id, number) => {
            let reader = ctx.reader(Action::Read);
            let lookup = reader.vread(*kind, id, *number).await?;
            reader.release(lookup).await?
        }
    };
    match lookup {
        Lookup::Found(version) => {
            let same =
                if_none_match.is_some_and(|tags| tags.split(',').any(|t| parse_etag(t) == Some(version.version)));
            if same {
                return Ok(Answer { etag: Some(etag(version.version)), ..Answer::status(StatusCode::NOT_MODIFIED) });
            }
            Ok(Answer {
                resource: Some(version.body.to_string()),
                etag: Some(etag(version.version)),
                modified: Some(version.updated),
                ..Answer::status(StatusCode::OK)
            })
        }
        Lookup::Gone(_) => Err(Failure::gone()),
        Lookup::Missing => Err(Failure::not_found()),
    }
}
