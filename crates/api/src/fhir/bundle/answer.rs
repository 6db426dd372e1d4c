//! The response Bundle.
use crate::fhir::create::Written;
use crate::fhir::write_bundle::string;
use crate::http::etag::etag;
use crate::http::prefer::{Prefer, Return};
use crate::outcome::{Failure, Issue, outcome};
use crate::reply::version_url;
use crate::request::{Base, Ctx};
use http::StatusCode;
use karute_identity::Interaction;
use karute_japan::Timestamp;
use karute_ledger::Version;

/// The answer to one entry.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) location: Option<String>,
    pub(super) etag: Option<String>,
    pub(super) modified: Option<Timestamp>,
    pub(super) resource: Option<String>,
    pub(super) outcome: Option<String>,
}

impl Answer {
    pub(super) fn status(status: StatusCode) -> Answer {
        Answer { status, ..Answer::default() }
    }

    pub(super) fn resource(body: String) -> Answer {
        Answer { resource: Some(body), ..Answer::status(StatusCode::OK) }
    }

    pub(super) fn failure(failure: &Failure) -> Answer {
        Answer { outcome: Some(failure.body()), ..Answer::status(failure.status) }
    }

    /// Of a write; the resource itself only when the caller prefers it and may see it.
    pub(super) fn written(ctx: &Ctx, written: &Written, prefer: Prefer) -> Answer {
        let version = &written.version;
        let mut answer = Answer {
            location: Some(version_url(&ctx.base, version)),
            etag: Some(etag(version.version)),
            modified: Some(version.updated),
            ..Answer::status(written.status)
        };
        match prefer.returns {
            Some(Return::Representation) if ctx.may(version.resource_type, Interaction::Read) => {
                answer.resource = Some(version.body.to_string());
            }
            Some(Return::OperationOutcome) => {
                answer.outcome = Some(outcome(&[Issue::information("保存しました。")]).to_json());
            }
            _ => {}
        }
        answer
    }

    /// Of a deletion.
    pub(super) fn deleted(version: Option<&Version>) -> Answer {
        Answer {
            etag: version.map(|v| etag(v.version)),
            modified: version.map(|v| v.updated),
            ..Answer::status(StatusCode::NO_CONTENT)
        }
    }
}

/// The Bundle of all answers, in the order of the entries.
pub(super) fn bundle(base: &Base, kind: &str, answers: &[Answer]) -> String {
    let resources: usize = answers.iter().map(|a| a.resource.as_deref().map_or(0, str::len) + 256).sum();
    let mut out = String::with_capacity(resources + 256);
    out.push_str("{\"resourceType\":\"Bundle\",\"type\":");
    string(&mut out, kind);
    out.push_str(",\"link\":[{\"relation\":\"self\",\"url\":");
    string(&mut out, base.fhir());
    out.push_str("}]");
    for (index, answer) in answers.iter().enumerate() {
        out.push_str(if index == 0 { ",\"entry\":[{" } else { ",{" });
        if let Some(resource) = &answer.resource {
            out.push_str("\"resource\":");
            out.push_str(resource);
            out.push(',');
        }
        out.push_str("\"response\":{\"status\":");
        string(&mut out, answer.status.as_str());
        let texts = [
            ("location", answer.location.clone()),
            ("etag", answer.etag.clone()),
            ("lastModified", answer.modified.map(Timestamp::to_fhir)),
        ];
        for (name, text) in texts.into_iter().filter_map(|(name, text)| Some((name, text?))) {
            out.push_str(",\"");
            out.push_str(name);
            out.push_str("\":");
            string(&mut out, &text);
        }
        if let Some(outcome) = &answer.outcome {
            out.push_str(",\"outcome\":");
            out.push_str(outcome);
        }
        out.push_str("}}");
    }
    out.push_str(if answers.is_empty() { "}" } else { "]}" });
    out
}
