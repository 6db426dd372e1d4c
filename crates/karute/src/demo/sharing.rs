//! Record sharing of a demonstration: its institutions and a robot hospital take part in the simulated service, over its
//! Web API. A letter to the robot hospital is answered a while after it was sent. All of it ends with the process.
use super::state::DemoState;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_chart::clinic::{self, Department};
use karute_sandbox::Sandbox;
use karute_sharing::office::{Connection, Way, set_connection};
use std::time::Duration;
use tokio::sync::watch;

/// How often the robot hospital looks into its post.
const LOOK: Duration = Duration::from_secs(5);
/// It answers so long after a letter was registered, in milliseconds.
const ANSWER_MS: i64 = 60_000;

/// Connects the institutions with the simulated service.
pub(super) async fn prepare(
    storage: &Storage,
    state: &DemoState,
    sandbox: &Sandbox,
    sandbox_url: &str,
) -> Result<(), Problem> {
    for demo in &state.tenants {
        let (tenant, access) = storage.within(&demo.name).await?;
        sandbox.sharing().takes_part(&tenant.institution_code, &tenant.display_name);
        let way = Way::WebApi {
            base: format!("{sandbox_url}/sharing"),
            user: "karute".to_owned(),
            password: storage.sharing.seal(tenant.id, b"sandbox"),
            trust: None,
            certificate: None,
        };
        let connection = Connection { way, sandbox: true, units: Vec::new() };
        set_connection(&access, Some(&connection)).await?;
        // Letters name the department that sends them.
        if clinic::department(&access).await.map_err(failed)?.is_none() {
            let department = Department { name: "内科".to_owned(), code: "01".to_owned() };
            clinic::set_department(&access, &department).await.map_err(failed)?;
        }
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(format!("デモの診療科を登録できません（{error}）。"))
}

/// The robot hospital at work, until stopped.
pub(super) async fn robot(sandbox: Sandbox, mut stopped: watch::Receiver<bool>) {
    while !*stopped.borrow() {
        sandbox.sharing().pass(sandbox.now(), ANSWER_MS);
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stopped.changed() => {}
        }
    }
}
