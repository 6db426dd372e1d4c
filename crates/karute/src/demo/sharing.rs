//! Record sharing of a demonstration: its institutions and a robot hospital take part in the simulated service, over its
//! Web API. A letter to the robot hospital is answered a while after it was sent. All of it ends with the process.
use super::state::DemoState;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_chart::ChartError;
use karute_chart::clinic::{self, Department};
use karute_chart::letter::{self, Destination};
use karute_fhir::Id;
use karute_ledger::{Access, LedgerError, Tenant};
use karute_sandbox::Sandbox;
use karute_sandbox::sharing::{ROBOT, ROBOT_NAME};
use karute_sharing::office::{Connection, Way, connection, set_connection};
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
    let mut tenants = Vec::new();
    for demo in &state.tenants {
        let (tenant, access) = storage.within(&demo.name).await?;
        sandbox.sharing().takes_part(&tenant.institution_code, &tenant.display_name);
        tenants.push((tenant, access));
    }
    for (tenant, access) in &tenants {
        let base = format!("{sandbox_url}/sharing");
        let before = connection(access).await?;
        // The same address as at the last start: nothing to write.
        if before.as_ref().is_some_and(|known| matches!(&known.way, Way::WebApi { base: same, .. } if *same == base)) {
            continue;
        }
        if before.is_none() {
            let others = tenants.iter().filter(|(other, _)| other.id != tenant.id).map(|(other, _)| other);
            address_book(access, others).await?;
        }
        let way = Way::WebApi {
            base,
            user: "karute".to_owned(),
            password: storage.sharing.seal(tenant.id, b"sandbox"),
            trust: None,
            certificate: None,
        };
        let units = before.map(|known| known.units).unwrap_or_default();
        let connection = Connection { way, sandbox: true, units };
        set_connection(access, Some(&connection)).await?;
        // Letters name the department that sends them.
        if clinic::department(access).await.map_err(failed)?.is_none() {
            let department = Department { name: "内科".to_owned(), code: "01".to_owned() };
            clinic::set_department(access, &department).await.map_err(failed)?;
        }
    }
    Ok(())
}

/// The other institutions and the robot hospital, to write to.
async fn address_book(access: &Access, others: impl Iterator<Item = &Tenant>) -> Result<(), Problem> {
    let others = others.map(|tenant| (tenant.institution_code.clone(), tenant.display_name.clone()));
    for (code, name) in others.chain([(ROBOT.to_owned(), ROBOT_NAME.to_owned())]) {
        let id = Id::new(&format!("demo-{code}")).map_err(failed)?;
        match letter::put(access, &id, None, &Destination { code, name, ..Destination::default() }).await {
            // Begun by a start that was interrupted.
            Ok(_) | Err(ChartError::Ledger(LedgerError::Exists) | ChartError::Conflict) => {}
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> Problem {
    Problem::new(format!("デモの診療科と宛先を登録できません（{error}）。"))
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
