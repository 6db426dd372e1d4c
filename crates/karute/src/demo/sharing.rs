//! Record sharing of a demonstration: its institutions and a robot hospital take part in the simulated service, over its
//! Web API. A letter to the robot hospital is answered a while after it was sent; three institutions of the neighbourhood have
//! registered something of those who are here today. All of it ends with the process.
use super::state::DemoState;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_chart::ChartError;
use karute_chart::clinic::{self, Department};
use karute_chart::letter::{self, Destination};
use karute_chart::reception;
use karute_chart::view::Sex;
use karute_fhir::Id;
use karute_ledger::{Access, Action, LedgerError, Tenant};
use karute_sandbox::Sandbox;
use karute_sandbox::sharing::{Neighbour, ROBOT, ROBOT_NAME};
use karute_sharing::document::{LevelSwitches, insured};
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
    neighbours(storage, state, sandbox).await
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

/// Institutions of the neighbourhood know those who are here today at the first institution, and whoever is asked at the
/// card reader (there is none) says yes.
async fn neighbours(storage: &Storage, state: &DemoState, sandbox: &Sandbox) -> Result<(), Problem> {
    let Some(first) = state.tenants.first() else { return Ok(()) };
    let (_, access) = storage.within(&first.name).await?;
    let now = storage.clock.now();
    let today = now.day_in_japan();
    sandbox.sharing().reader_says_yes();
    let reception = reception::today(&access, today, now).await.map_err(unknown)?;
    let reader = access.reader(Action::Read);
    reader.describe("デモの近隣の医療機関");
    for visit in &reception.visits {
        let level = LevelSwitches::default();
        let Ok(member) = insured(&reader, &visit.person.id, level, today).await? else { continue };
        let Some(birth) = visit.person.birth else { continue };
        let sex = if visit.person.sex == Sex::Male { "male" } else { "female" };
        let person = Neighbour { insured: member.value, birth: birth.to_string(), sex: sex.to_owned() };
        sandbox.sharing().neighbours_know(&person, now).map_err(unknown)?;
    }
    reader.release(()).await?;
    Ok(())
}

fn unknown(error: impl std::fmt::Display) -> Problem {
    Problem::new(format!("デモの近隣の医療機関を用意できません（{error}）。"))
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
