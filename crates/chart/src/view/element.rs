//! Small steps through FHIR elements.
use karute_fhir::Id;
use karute_japan::Date;
use karute_japan::Timestamp;
use karute_json::Value;

/// Longest text taken over into a view, in characters; what a screen shows is bounded whatever the record holds.
const MAX_TEXT: usize = 4_000;

/// Text at a path.
pub(crate) fn text(value: &Value<'_>, path: &[&str]) -> Option<String> {
    let found = value.at(path)?.as_str()?;
    let trimmed = found.trim();
    if trimmed.is_empty() { None } else { Some(trimmed.chars().take(MAX_TEXT).collect()) }
}

/// What a CodeableConcept says: its text, else the display of its first coding, else that code.
pub(crate) fn display(concept: &Value<'_>) -> Option<String> {
    text(concept, &["text"]).or_else(|| {
        let codings = concept.get("coding")?.items();
        codings.iter().find_map(|c| text(c, &["display"])).or_else(|| codings.iter().find_map(|c| text(c, &["code"])))
    })
}

/// The code of a CodeableConcept in a system.
pub(crate) fn code(concept: &Value<'_>, system: &str) -> Option<String> {
    concept
        .get("coding")?
        .items()
        .iter()
        .find(|c| text(c, &["system"]).as_deref() == Some(system))
        .and_then(|c| text(c, &["code"]))
}

/// The first extension of an address.
pub(crate) fn extension<'v, 'a>(value: &'v Value<'a>, url: &str) -> Option<&'v Value<'a>> {
    value.get("extension")?.items().iter().find(|e| text(e, &["url"]).as_deref() == Some(url))
}

/// Id in a reference such as `Patient/abc` of the wanted type.
pub(crate) fn reference(value: &Value<'_>, path: &[&str], wanted: &str) -> Option<Id> {
    let found = text(value, path)?;
    let mut parts = found.split('/');
    if parts.next()? != wanted {
        return None;
    }
    Id::new(parts.next()?).ok()
}

/// Date of a FHIR `date` or `dateTime`, in Japan, when at least the day is known.
pub(crate) fn date(value: &Value<'_>, path: &[&str]) -> Option<Date> {
    let found = text(value, path)?;
    if found.len() > 10 {
        return Timestamp::parse(&found).map(Timestamp::day_in_japan);
    }
    found.parse().ok()
}

/// Instant of a FHIR `dateTime` or `instant`.
pub(crate) fn instant(value: &Value<'_>, path: &[&str]) -> Option<Timestamp> {
    Timestamp::parse(&text(value, path)?)
}

/// A number as it was written.
pub(crate) fn number(value: &Value<'_>, path: &[&str]) -> Option<String> {
    Some(value.at(path)?.as_number()?.as_str().to_owned())
}

/// Text of a narrative `div` without its tags, in full; `<br/>` and paragraph ends become line breaks, so that lines
/// and empty lines come back as they were written.
pub(crate) fn plain(div: &str) -> String {
    let mut out = String::with_capacity(div.len());
    let mut rest = div;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open]);
        let after = &rest[open..];
        let Some(close) = after.find('>') else { break };
        let tag = after[..close].trim_start_matches(['<', '/']).to_ascii_lowercase();
        if ["br", "p", "li", "tr"]
            .iter()
            .any(|t| tag == *t || tag.starts_with(&format!("{t} ")) || tag == format!("{t}/"))
            && !out.is_empty()
            && (tag.starts_with("br") || !out.ends_with('\n'))
        {
            out.push('\n');
        }
        rest = &after[close + 1..];
    }
    if !rest.starts_with('<') {
        out.push_str(rest);
    }
    out.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&apos;", "'")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .trim()
        .to_owned()
}
