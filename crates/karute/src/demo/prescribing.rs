//! Electronic prescriptions of a demonstration: the simulated service over its Web API, a simulated HPKI with a key for
//! each doctor, a pharmacy that dispenses with generics a while after a prescription was issued. All of it ends with
//! the process.
use super::state::DemoState;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_eprescription::flow::Form;
use karute_eprescription::office::{
    Connection, RemoteSetting, SigningSetting, Way, set_connection, set_in_house, set_signing,
};
use karute_eprescription::{Hpki, signature};
use karute_identity::Profession;
use karute_japan::{Clock, Timestamp};
use karute_sandbox::Sandbox;
use karute_sandbox::eprescription::{Hpki as Verifier, Settings};
use karute_sandbox::hpki::KeyService;
use karute_signing::KeySigner;
use karute_signing::authority::{Holder, TestAuthority};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Life of the simulated certificates around now, in milliseconds.
const LIFE_MS: i64 = 365 * 24 * 3_600_000;
/// How often the pharmacy looks whether somebody came.
const LOOK: Duration = Duration::from_secs(5);
/// A patient needs this long to the pharmacy, and there it takes as long again, in milliseconds.
const WALK_MS: i64 = 120_000;

const UNUSABLE: &str = "模擬の電子処方箋を準備できません";

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(format!("{UNUSABLE}（{error}）。"))
}

/// The simulated HPKI and the world that trusts it and nothing else.
pub(super) fn world(clock: Arc<dyn Clock>) -> Result<(TestAuthority, Sandbox), Problem> {
    let authority = TestAuthority::new(life(clock.now())).map_err(failed)?;
    let trust = authority.trust(&[]).map_err(failed)?;
    let settings = Settings { signatures: Arc::new(Verifier::new(trust)), ..Settings::default() };
    let sandbox = Sandbox::of(clock, settings, karute_sandbox::sharing::Settings::strict()).map_err(failed)?;
    Ok((authority, sandbox))
}

fn life(now: Timestamp) -> (Timestamp, Timestamp) {
    (now.plus_ms(-LIFE_MS), now.plus_ms(LIFE_MS))
}

/// Connects the institutions with the simulated service and gives their doctors keys.
pub(super) async fn prepare(
    storage: &Storage,
    state: &DemoState,
    (authority, sandbox): (&TestAuthority, &Sandbox),
    (sandbox_url, own_url): (&str, &str),
) -> Result<(), Problem> {
    let office = &storage.eprescription;
    for demo in &state.tenants {
        let (tenant, access) = storage.within(&demo.name).await?;
        let connection = Connection {
            way: Way::WebApi {
                base: format!("{sandbox_url}/eprescription"),
                user: "karute".to_owned(),
                password: office.seal_password(tenant.id, "sandbox"),
                trust: None,
                certificate: None,
            },
            sandbox: true,
            form: Form::Electronic,
        };
        set_connection(&access, Some(&connection)).await?;
        set_in_house(&access, true).await?;
        // Beside the keys that are lent below, each doctor may choose cardless signing.
        let setting = SigningSetting {
            remote: Some(RemoteSetting {
                profile: KeyService::profile(sandbox_url, &format!("{own_url}/signing/callback")),
                sandbox: true,
                trust: None,
            }),
            ..SigningSetting::default()
        };
        set_signing(&access, &setting).await.map_err(failed)?;
        for person in storage.identity.people(&access).await? {
            if !person.professions.contains(&Profession::Doctor) {
                continue;
            }
            let holder = Holder::doctor("SIM DOCTOR", &person.name, life(storage.clock.now()));
            let issued = authority.issue(&holder).map_err(failed)?;
            let remote = issued.local_key().map_err(failed)?;
            sandbox.hpki().enroll(&format!("{}（{}）", person.name, tenant.display_name), remote).map_err(failed)?;
            let key = issued.local_key().map_err(failed)?;
            let signer = KeySigner::new(key, signature::rules()).map_err(failed)?;
            let signer = Hpki::new(Arc::new(signer), Arc::clone(office.profile()));
            office.lend(tenant.id, &person.id, Arc::new(signer));
        }
    }
    Ok(())
}

/// The pharmacy at work, until stopped.
pub(super) async fn pharmacy(sandbox: Sandbox, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        sandbox.eprescription().serve_waiting(sandbox.now(), WALK_MS);
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
}
