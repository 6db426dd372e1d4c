//! What the simulated national services have in common: how they misbehave, the doors to them (folders of a terminal, Web
//! API, the gateway of the link between clouds). All doors lead to the same core of a service.
mod faults;
mod folder;
mod gateway;
mod web;

pub use faults::ServiceFaults;
pub use folder::Folders;
pub use gateway::{ClientCertificate, Gateway, GatewayFaults};

pub(crate) use faults::Fate;
pub(crate) use gateway::routes as gateway_routes;
pub(crate) use web::routes;

use karute_crypto::SeededEntropy;
use karute_japan::Timestamp;
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What leaves a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// A result.
    Answer(Vec<u8>),
    /// The answer is lost; what it was, where there was one.
    Lost(Option<Vec<u8>>),
    /// The answer comes when the clock has reached this.
    Late(Timestamp, Vec<u8>),
    /// The same answer twice.
    Twice(Vec<u8>),
    /// Something that is no answer.
    Garbage(Vec<u8>),
    /// Maintenance.
    Unavailable,
    /// Failed without effect.
    Failed,
}

impl Delivery {
    /// Its word in the journal.
    pub(crate) fn outcome(&self) -> &'static str {
        match self {
            Delivery::Answer(_) => "answered",
            Delivery::Lost(_) => "answer-lost",
            Delivery::Late(..) => "answer-late",
            Delivery::Twice(_) => "answer-doubled",
            Delivery::Garbage(_) => "answer-garbage",
            Delivery::Unavailable => "maintenance",
            Delivery::Failed => "failed",
        }
    }
}

/// How late a late answer or effect is, in milliseconds (digest `e-prescription` section 14).
const LATE_MS: i64 = 120_000;

/// A request as it came in.
#[derive(Clone)]
pub(crate) struct Asked {
    /// API識別ID of the request.
    pub(crate) api: String,
    /// The XML.
    pub(crate) body: Vec<u8>,
    /// The institution that signed in.
    pub(crate) institution: Option<String>,
}

impl Asked {
    pub(crate) fn new(api: &str, body: &[u8], institution: Option<&str>) -> Asked {
        Asked { api: api.to_owned(), body: body.to_vec(), institution: institution.map(str::to_owned) }
    }
}

/// How a service misbehaves now, and requests that take effect later.
#[derive(Default)]
pub(crate) struct Weather {
    pub(crate) faults: ServiceFaults,
    ripening: Vec<(Timestamp, Asked)>,
}

/// Lets requests take effect whose time has come.
pub(crate) fn ripen<W>(
    world: &mut W,
    weather: fn(&mut W) -> &mut Weather,
    now: Timestamp,
    answer: &dyn Fn(&mut W, &Asked, Timestamp) -> Vec<u8>,
) {
    while let Some(at) = weather(world).ripening.iter().position(|(due, _)| *due <= now) {
        let (due, ripe) = weather(world).ripening.remove(at);
        answer(world, &ripe, due);
    }
}

/// Deals with a request as the weather has it: `answer` carries it out, `injected` refuses it without effect.
pub(crate) fn deal<W>(
    world: &mut W,
    weather: fn(&mut W) -> &mut Weather,
    (asked, now): (&Asked, Timestamp),
    answer: &dyn Fn(&mut W, &Asked, Timestamp) -> Vec<u8>,
    injected: &dyn Fn(&Asked) -> Vec<u8>,
) -> Delivery {
    ripen(world, weather, now, answer);
    match weather(world).faults.next() {
        Fate::Maintenance => Delivery::Unavailable,
        Fate::Failed => Delivery::Failed,
        Fate::Error => Delivery::Answer(injected(asked)),
        Fate::Served => Delivery::Answer(answer(world, asked, now)),
        Fate::AnswerLost => Delivery::Lost(Some(answer(world, asked, now))),
        Fate::RequestLost => Delivery::Lost(None),
        Fate::LateAnswer => Delivery::Late(now.plus_ms(LATE_MS), answer(world, asked, now)),
        Fate::LateEffect => {
            weather(world).ripening.push((now.plus_ms(LATE_MS), asked.clone()));
            Delivery::Lost(None)
        }
        Fate::RequestDoubled => {
            let first = answer(world, asked, now);
            answer(world, asked, now);
            Delivery::Answer(first)
        }
        Fate::AnswerDoubled => Delivery::Twice(answer(world, asked, now)),
        Fate::Garbage => {
            answer(world, asked, now);
            Delivery::Garbage(b"<html><body>502 Bad Gateway</body></html>".to_vec())
        }
    }
}

/// Most tokens kept; the first by name fall out.
const MAX_TOKENS: usize = 1_000;

/// Who has signed in by the Web API: token and institution.
#[derive(Default)]
pub(crate) struct Door(Mutex<BTreeMap<String, String>>);

impl Door {
    fn open(&self, token: String, institution: String) {
        let mut tokens = crate::lock(&self.0);
        if tokens.len() >= MAX_TOKENS {
            tokens.pop_first();
        }
        tokens.insert(token, institution);
    }

    fn institution(&self, token: &str) -> Option<String> {
        crate::lock(&self.0).get(token).cloned()
    }
}

/// A simulated service of the nation.
pub(crate) trait National: Send + Sync {
    /// Its name in journal and paths.
    fn name(&self) -> &'static str;
    /// Whether this is an API id of its requests.
    fn knows(&self, api: &str) -> bool;
    /// Who has signed in.
    fn door(&self) -> &Door;
    /// Its numbers.
    fn entropy(&self) -> &SeededEntropy;
    /// Looks at or changes how it misbehaves.
    fn weather(&self, look: &mut dyn FnMut(&mut Weather) -> bool) -> bool;
    /// Takes a request; `now` is the service's time.
    fn take(&self, api: &str, body: &[u8], institution: Option<&str>, now: Timestamp) -> Delivery;
}
