//! A server on a fresh database, and two institutions with a token each.
use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use karute_api::{ApiConfig, ApiState, RequestId, router};
use karute_crypto::{MasterKey, SystemEntropy};
use karute_identity::{Identity, NewToken, Scopes, Settings, system_actor};
use karute_japan::{Clock as _, ManualClock, Timestamp};
use karute_ledger::{Access, Backend, Ledger, LedgerConfig, NewTenant, Origin, TenantId, migrate};
use karute_terminology::MastersHandle;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tower::ServiceExt as _;

/// 2026-11-22T19:25:28+09:00
const NOW: i64 = 1_795_343_128_000_000;
static NEXT: AtomicU32 = AtomicU32::new(0);

pub(crate) struct Server {
    pub(crate) app: Router,
    pub(crate) state: ApiState,
    pub(crate) ledger: Ledger,
    pub(crate) identity: Identity,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: TenantId,
    pub(crate) token: String,
    pub(crate) other_tenant: TenantId,
    pub(crate) other_token: String,
    _dir: tempfile::TempDir,
}

/// An answer, taken apart.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes).unwrap()
    }
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|e| panic!("{e}: {}", self.text()))
    }
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
    /// The id in `Location`.
    pub(crate) fn id(&self) -> String {
        self.header("location").split('/').rev().nth(2).unwrap_or_default().to_owned()
    }
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }
    /// Asserts that this is a refusal: the status, and an outcome whose issues have codes and Japanese words.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, code: &str) -> Reply {
        let reply = self.expect(status);
        let outcome = reply.json();
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{outcome}");
        let issue = &outcome["issue"][0];
        assert_eq!(issue["code"], code, "{outcome}");
        assert!(issue["details"]["text"].as_str().is_some_and(|t| !t.is_ascii()), "{outcome}");
        reply
    }
    /// Ids of the resources of a Bundle, by the search mode.
    pub(crate) fn ids(&self, mode: &str) -> Vec<String> {
        let bundle = self.json();
        let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
        let of_mode = entries.iter().filter(|e| e["search"]["mode"] == mode);
        of_mode.map(|e| e["resource"]["id"].as_str().unwrap().to_owned()).collect()
    }
    pub(crate) fn link(&self, relation: &str) -> Option<String> {
        let bundle = self.json();
        let links = bundle["link"].as_array()?;
        links.iter().find(|l| l["relation"] == relation).map(|l| l["url"].as_str().unwrap().to_owned())
    }
}

/// A request in the making.
pub(crate) struct Ask<'s> {
    server: &'s Server,
    token: Option<String>,
    builder: http::request::Builder,
    body: Body,
}

impl Ask<'_> {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }
    pub(crate) fn token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }
    pub(crate) fn anonymous(mut self) -> Self {
        self.token = None;
        self
    }
    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }
    /// A FHIR JSON body.
    pub(crate) fn fhir(self, body: impl Into<Body>) -> Self {
        self.header("content-type", "application/fhir+json").body(body)
    }
    pub(crate) async fn send(self) -> Reply {
        let mut request = self.builder.body(self.body).unwrap();
        if let Some(token) = self.token {
            let value = format!("Bearer {token}").parse().unwrap();
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        request.extensions_mut().insert(RequestId("request-1".into()));
        let response = self.server.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }
}

impl Server {
    pub(crate) async fn sqlite() -> Server {
        let dir = tempfile::tempdir().unwrap();
        let backend = Backend::Sqlite { dir: dir.path().to_owned() };
        Server::on(backend, None, dir).await
    }

    pub(crate) async fn postgres() -> Server {
        Server::in_database(karute_testkit::shared_postgres()).await
    }

    /// With a database of its own: for tests that claim jobs, which belong to whichever worker comes first.
    pub(crate) async fn postgres_alone() -> Server {
        Server::in_database(karute_testkit::postgres()).await
    }

    async fn in_database(urls: karute_testkit::PgUrls) -> Server {
        let backend = Backend::Postgres { url: urls.login, max_connections: 4 };
        Server::on(backend, Some(urls.owner), tempfile::tempdir().unwrap()).await
    }

    async fn on(backend: Backend, owner: Option<String>, dir: tempfile::TempDir) -> Server {
        let clock = Arc::new(ManualClock::new(Timestamp::from_micros(NOW)));
        let (key, entropy) = (MasterKey::from_bytes([7; 32]), Arc::new(SystemEntropy));
        let config = LedgerConfig {
            backend,
            key: key.clone(),
            clock: clock.clone(),
            entropy: entropy.clone(),
            checkpoint_dir: None,
            checkpoint_every: 1_000,
            max_blob_bytes: 1 << 20,
        };
        migrate(&config, owner.as_deref()).await.unwrap();
        let ledger = Ledger::open(config).await.unwrap();
        let identity = Identity::new(ledger.clone(), key.clone(), clock.clone(), entropy.clone(), Settings::default());
        let state = ApiState::new(ApiConfig {
            ledger: ledger.clone(),
            identity: identity.clone(),
            masters: MastersHandle::new(crate::masters::masters()),
            profiles: karute_fhir::profile::ProfilesHandle::default(),
            key,
            clock: clock.clone(),
            entropy,
            public_url: Some("https://karute.example".to_owned()),
            max_body_bytes: 1 << 20,
            max_blob_bytes: 1 << 20,
        });
        let (tenant, other_tenant) = (institution(&ledger).await, institution(&ledger).await);
        let mut server = Server {
            app: router(state.clone()),
            state,
            ledger,
            identity,
            clock,
            tenant,
            token: String::new(),
            other_tenant,
            other_token: String::new(),
            _dir: dir,
        };
        server.token = server.new_token(tenant, "system/*.cruds").await;
        server.other_token = server.new_token(other_tenant, "system/*.cruds").await;
        server
    }

    /// A token of an institution with these scopes.
    pub(crate) async fn new_token(&self, tenant: TenantId, scopes: &str) -> String {
        let expires = self.clock.now().plus_ms(30 * 86_400_000);
        let new = NewToken { label: "試験".to_owned(), scopes: Scopes::parse(scopes).unwrap(), expires };
        self.identity.create_token(&self.system(tenant), new).await.unwrap().1
    }

    pub(crate) fn system(&self, tenant: TenantId) -> Access {
        self.ledger.access(tenant, system_actor("test", Origin::default()))
    }

    /// A request with the token of the first institution; an address of our own is cut to its path.
    pub(crate) fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let path = path.strip_prefix("https://karute.example").unwrap_or(path);
        let builder = Request::builder().method(Method::from_bytes(method.as_bytes()).unwrap()).uri(path);
        Ask { server: self, token: Some(self.token.clone()), builder, body: Body::empty() }
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask("GET", path).send().await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.ask("POST", path).fhir(body).send().await
    }

    pub(crate) async fn put(&self, path: &str, body: impl Into<Body>) -> Reply {
        self.ask("PUT", path).fhir(body).send().await
    }

    /// A patient with this id.
    pub(crate) async fn patient(&self, id: &str) {
        self.put(&format!("/fhir/Patient/{id}"), patient(id)).await.expect(201);
    }
}

async fn institution(ledger: &Ledger) -> TenantId {
    let name = format!("clinic-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let new = NewTenant { name, display_name: "試験医院".to_owned(), institution_code: "1310000001".to_owned() };
    ledger.create_tenant(new).await.unwrap().id
}

/// A small valid patient.
pub(crate) fn patient(id: &str) -> String {
    format!(
        r#"{{"resourceType":"Patient","id":"{id}","identifier":[{{"system":"urn:test","value":"{id}"}}],"name":[{{"family":"山田","given":["花子"]}}],"gender":"female","birthDate":"1980-04-01"}}"#
    )
}

/// A small valid observation of a patient.
pub(crate) fn observation(patient: &str, value: &str) -> String {
    format!(
        r#"{{"resourceType":"Observation","status":"final","code":{{"coding":[{{"system":"http://loinc.org","code":"29463-7"}}]}},"subject":{{"reference":"Patient/{patient}"}},"effectiveDateTime":"2026-11-22T10:00:00+09:00","valueQuantity":{{"value":{value},"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}}}"#
    )
}

/// Runs each case on SQLite and on PostgreSQL: in the database that all share, or with `alone:` in one of its own.
macro_rules! on_both {
    (alone: $($case:ident),+ $(,)?) => { $crate::support::on_both!(postgres_alone => $($case),+); };
    ($($case:ident),+ $(,)?) => { $crate::support::on_both!(postgres => $($case),+); };
    ($postgres:ident => $($case:ident),+) => {
        mod sqlite {
            $(#[tokio::test] async fn $case() { super::$case(&crate::support::Server::sqlite().await).await; })+
        }
        mod postgres {
            $(#[tokio::test] async fn $case() { super::$case(&crate::support::Server::$postgres().await).await; })+
        }
    };
}
pub(crate) use on_both;
