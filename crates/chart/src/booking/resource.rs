//! Schedules as FHIR `Schedule`, the clinic's calendar as one `HealthcareService`. Weekly rules and exceptions, for which
//! R4 has no elements in a Schedule, are extensions.
use super::schedule::{
    Calendar, Effect, Exception, MOST_EXCEPTIONS, MOST_RULES, Rule, Schedule, ScheduleKind, TimeOfDay,
};
use crate::view::element::{date, reference, text};
use jiff::civil::Weekday;
use karute_fhir::Id;
use karute_json::{Number, Object, Value};

const KIND_SYSTEM: &str = "urn:karute:schedule-kind";
const WEEKLY: &str = "urn:karute:schedule:weekly";
const EXCEPTION: &str = "urn:karute:schedule:exception";
const HOLIDAYS: &str = "urn:karute:schedule:closed-on-holidays";

/// Monday first, as FHIR writes days of the week.
const WEEKDAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "mon"),
    (Weekday::Tuesday, "tue"),
    (Weekday::Wednesday, "wed"),
    (Weekday::Thursday, "thu"),
    (Weekday::Friday, "fri"),
    (Weekday::Saturday, "sat"),
    (Weekday::Sunday, "sun"),
];

/// FHIR code of a day of the week.
pub fn weekday_code(weekday: Weekday) -> &'static str {
    WEEKDAYS.iter().find(|(w, _)| *w == weekday).map_or("mon", |(_, code)| code)
}

/// A day of the week by its FHIR code.
pub fn weekday_parse(code: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(_, c)| *c == code).map(|(w, _)| *w)
}

fn parts<'v>(body: &'v Value<'_>, url: &'static str) -> impl Iterator<Item = &'v Value<'v>> {
    let all = body.get("extension").map_or(&[][..], Value::items);
    all.iter().filter(move |e| text(e, &["url"]).as_deref() == Some(url))
}

fn part<'v>(extension: &'v Value<'_>, url: &str) -> Option<&'v Value<'v>> {
    extension.get("extension")?.items().iter().find(|e| text(e, &["url"]).as_deref() == Some(url))
}

fn whole(extension: &Value<'_>, url: &str) -> Option<u16> {
    let found = part(extension, url)?.get("valuePositiveInt")?.as_number()?.as_i64()?;
    u16::try_from(found).ok()
}

fn rule(extension: &Value<'_>) -> Option<Rule> {
    let time = |url| TimeOfDay::parse(&text(part(extension, url)?, &["valueTime"])?);
    Some(Rule {
        weekday: weekday_parse(&text(part(extension, "weekday")?, &["valueCode"])?)?,
        from: time("from")?,
        until: time("until")?,
        minutes: whole(extension, "minutes")?,
        capacity: whole(extension, "capacity")?,
        label: part(extension, "label").and_then(|e| text(e, &["valueString"])),
    })
}

fn exception(extension: &Value<'_>) -> Option<Exception> {
    Some(Exception {
        from: date(part(extension, "from")?, &["valueDate"])?,
        until: date(part(extension, "until")?, &["valueDate"])?,
        effect: Effect::parse(&text(part(extension, "effect")?, &["valueCode"])?)?,
        words: part(extension, "words").and_then(|e| text(e, &["valueString"])),
    })
}

fn exceptions(body: &Value<'_>) -> Vec<Exception> {
    parts(body, EXCEPTION).filter_map(exception).take(MOST_EXCEPTIONS).collect()
}

/// Reads a Schedule, ours or one that came in by the FHIR face: then it has no rules.
pub(super) fn schedule(id: Id, version: u32, body: &Value<'_>) -> Schedule {
    let actors = body.get("actor").map_or(&[][..], Value::items);
    let categories = body.get("serviceCategory").map_or(&[][..], Value::items);
    let kind = categories.iter().find_map(|c| crate::view::element::code(c, KIND_SYSTEM));
    Schedule {
        id,
        version,
        active: body.get("active").and_then(Value::as_bool).unwrap_or(true),
        title: actors.iter().find_map(|a| text(a, &["display"])).unwrap_or_else(|| "名前のない枠".to_owned()),
        kind: kind.as_deref().and_then(ScheduleKind::parse).unwrap_or(ScheduleKind::Room),
        practitioner: actors.iter().find_map(|a| reference(a, &["reference"], "Practitioner")),
        rules: parts(body, WEEKLY).filter_map(rule).take(MOST_RULES).collect(),
        exceptions: exceptions(body),
    }
}

/// Reads the calendar.
pub(super) fn calendar(version: u32, body: &Value<'_>) -> Calendar {
    let closed = parts(body, HOLIDAYS).find_map(|e| e.get("valueBoolean").and_then(Value::as_bool));
    Calendar { version: Some(version), closed_on_holidays: closed.unwrap_or(true), exceptions: exceptions(body) }
}

fn valued(url: &'static str, kind: &'static str, value: Value<'static>) -> Value<'static> {
    Value::object([("url", Value::string(url)), (kind, value)])
}

fn number(value: u16) -> Value<'static> {
    Value::Number(Number::from_i64(i64::from(value)))
}

fn time(value: TimeOfDay) -> Value<'static> {
    // FHIR knows no 24:00.
    let minutes = value.minutes().min(1439);
    Value::string(format!("{:02}:{:02}:00", minutes / 60, minutes % 60))
}

fn rule_extension(rule: &Rule) -> Value<'static> {
    let mut inner = vec![
        valued("weekday", "valueCode", Value::string(weekday_code(rule.weekday))),
        valued("from", "valueTime", time(rule.from)),
        valued("until", "valueTime", time(rule.until)),
        valued("minutes", "valuePositiveInt", number(rule.minutes)),
        valued("capacity", "valuePositiveInt", number(rule.capacity)),
    ];
    inner.extend(rule.label.clone().map(|label| valued("label", "valueString", Value::string(label))));
    Value::object([("url", Value::string(WEEKLY)), ("extension", Value::Array(inner))])
}

fn exception_extension(exception: &Exception) -> Value<'static> {
    let mut inner = vec![
        valued("from", "valueDate", Value::string(exception.from.to_string())),
        valued("until", "valueDate", Value::string(exception.until.to_string())),
        valued("effect", "valueCode", Value::string(exception.effect.code())),
    ];
    inner.extend(exception.words.clone().map(|words| valued("words", "valueString", Value::string(words))));
    Value::object([("url", Value::string(EXCEPTION)), ("extension", Value::Array(inner))])
}

/// Puts our extensions in the place of the old ones; others stay.
fn set_extensions(object: &mut Object<'static>, ours: Vec<Value<'static>>) {
    let mut all: Vec<Value<'static>> = match object.remove("extension") {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    all.retain(|e| ![WEEKLY, EXCEPTION, HOLIDAYS].iter().any(|url| text(e, &["url"]).as_deref() == Some(*url)));
    all.extend(ours);
    if !all.is_empty() {
        object.insert("extension", Value::Array(all));
    }
}

/// The resource of a schedule; what else stood in it stays.
pub(super) fn schedule_body(before: Option<Value<'static>>, schedule: &Schedule) -> Value<'static> {
    let mut object = match before {
        Some(Value::Object(object)) => object,
        _ => Object::new().with("resourceType", Value::string("Schedule")),
    };
    let ours = schedule.rules.iter().map(rule_extension).chain(schedule.exceptions.iter().map(exception_extension));
    set_extensions(&mut object, ours.collect());
    object.insert("active", Value::Bool(schedule.active));
    let kind = Value::object([
        ("system", Value::string(KIND_SYSTEM)),
        ("code", Value::string(schedule.kind.code())),
        ("display", Value::string(schedule.kind.word())),
    ]);
    let category = Value::object([("coding", Value::Array(vec![kind]))]);
    object.insert("serviceCategory", Value::Array(vec![category]));
    let mut actor = Object::new();
    if let Some(practitioner) = &schedule.practitioner {
        actor.insert("reference", Value::string(format!("Practitioner/{practitioner}")));
    }
    actor.insert("display", Value::string(schedule.title.clone()));
    object.insert("actor", Value::Array(vec![Value::Object(actor)]));
    Value::Object(object)
}

/// The resource of the calendar; what else stood in it stays.
pub(super) fn calendar_body(before: Option<Value<'static>>, calendar: &Calendar) -> Value<'static> {
    let mut object = match before {
        Some(Value::Object(object)) => object,
        _ => Object::new()
            .with("resourceType", Value::string("HealthcareService"))
            .with("active", Value::Bool(true))
            .with("name", Value::string("診療日")),
    };
    let mut ours = vec![valued(HOLIDAYS, "valueBoolean", Value::Bool(calendar.closed_on_holidays))];
    ours.extend(calendar.exceptions.iter().map(exception_extension));
    set_extensions(&mut object, ours);
    Value::Object(object)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn schedules_and_the_calendar_read_back_as_they_were_written_and_foreign_parts_stay() {
        let exception = Exception {
            from: "2026-12-29".parse().unwrap(),
            until: "2027-01-03".parse().unwrap(),
            effect: Effect::Closed,
            words: Some("年末年始".to_owned()),
        };
        let given = Schedule {
            id: Id::new("s-1").unwrap(),
            version: 3,
            active: false,
            title: "森 一郎".to_owned(),
            kind: ScheduleKind::Doctor,
            practitioner: Id::new("dr-1").ok(),
            rules: vec![Rule {
                weekday: Weekday::Sunday,
                from: TimeOfDay::parse("9:00").unwrap(),
                until: TimeOfDay::parse("12:30").unwrap(),
                minutes: 15,
                capacity: 2,
                label: Some("発熱枠".to_owned()),
            }],
            exceptions: vec![exception.clone()],
        };
        let foreign = r#"{"resourceType":"Schedule","comment":"x","extension":[{"url":"urn:other","valueCode":"y"}]}"#;
        let before = karute_json::parse(foreign.as_bytes(), &karute_json::Limits::FHIR).unwrap().into_owned();
        let once = schedule_body(Some(before), &given);
        let twice = schedule_body(Some(once), &given);
        assert_eq!(schedule(given.id.clone(), 3, &twice), given);
        assert_eq!(twice.get("comment").unwrap().as_str().unwrap(), "x");
        assert_eq!(twice.get("extension").unwrap().items().len(), 3);
        let given = Calendar { version: Some(2), closed_on_holidays: false, exceptions: vec![exception] };
        assert_eq!(calendar(2, &calendar_body(None, &given)), given);
    }
}
