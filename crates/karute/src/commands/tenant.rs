//! `karute tenant …`
use crate::cli::{TenantArgs, TenantCommand};
use crate::out;
use crate::problem::Problem;
use karute_ledger::{NewTenant, Tenant, TenantState};
use serde_json::{Value, json};

pub(super) async fn run(command: TenantCommand) -> Result<(), Problem> {
    match command {
        TenantCommand::Create { source, name, display_name, code, json } => {
            let new = checked(name, display_name, code)?;
            super::with_storage(&source, async |storage| {
                let tenant = storage.ledger.create_tenant(new.clone()).await.map_err(|e| match e {
                    karute_ledger::LedgerError::Exists => {
                        Problem::new(format!("施設「{}」は既にあります。別の名前にしてください。", new.name))
                    }
                    other => other.into(),
                })?;
                print(&tenant, json);
                Ok(())
            })
            .await
        }
        TenantCommand::List { source, json } => {
            super::with_storage(&source, async |storage| {
                let tenants = storage.ledger.tenants().await?;
                if json {
                    out::json(&Value::Array(tenants.iter().map(as_json).collect()));
                } else {
                    for tenant in &tenants {
                        out::line(&as_line(tenant));
                    }
                }
                Ok(())
            })
            .await
        }
        TenantCommand::Show(args) => {
            super::with_storage(&args.source, async |storage| {
                print(&storage.tenant(&args.tenant).await?, args.json);
                Ok(())
            })
            .await
        }
        TenantCommand::Suspend(args) => set_state(&args, TenantState::Suspended).await,
        TenantCommand::Resume(args) => set_state(&args, TenantState::Active).await,
        TenantCommand::Set { tenant: args, idle_minutes } => {
            super::with_storage(&args.source, async |storage| {
                let (tenant, access) = storage.within(&args.tenant).await?;
                storage.identity.set_idle_minutes(&access, idle_minutes).await?;
                print(&tenant, args.json);
                Ok(())
            })
            .await
        }
    }
}

/// What is wrong with the arguments is said before the database is opened.
fn checked(name: String, display_name: String, institution_code: String) -> Result<NewTenant, Problem> {
    let plain = (3..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain {
        return Err(Problem::usage("--name は英小文字・数字・ハイフンの3〜40文字にしてください。"));
    }
    if display_name.trim().is_empty() || display_name.chars().count() > 100 {
        return Err(Problem::usage("--display-name は1〜100文字にしてください。"));
    }
    karute_japan::identifier::InstitutionCode::parse(&institution_code)
        .map_err(|e| Problem::usage(format!("--code: {e}")))?;
    Ok(NewTenant { name, display_name, institution_code })
}

async fn set_state(args: &TenantArgs, state: TenantState) -> Result<(), Problem> {
    super::with_storage(&args.source, async |storage| {
        let mut tenant = storage.tenant(&args.tenant).await?;
        storage.ledger.set_tenant_state(tenant.id, state).await?;
        tenant.state = state;
        print(&tenant, args.json);
        Ok(())
    })
    .await
}

fn state_code(state: TenantState) -> &'static str {
    match state {
        TenantState::Active => "active",
        TenantState::Suspended => "suspended",
    }
}

fn as_json(tenant: &Tenant) -> Value {
    json!({
        "number": tenant.id.0,
        "name": tenant.name,
        "display_name": tenant.display_name,
        "institution_code": tenant.institution_code,
        "state": state_code(tenant.state),
        "created": tenant.created.to_fhir(),
    })
}

fn as_line(tenant: &Tenant) -> String {
    let state = match tenant.state {
        TenantState::Active => "利用中",
        TenantState::Suspended => "停止中",
    };
    format!("{}\t{}\t{}\t{}\t{state}", tenant.id.0, tenant.name, tenant.institution_code, tenant.display_name)
}

fn print(tenant: &Tenant, json: bool) {
    if json { out::json(&as_json(tenant)) } else { out::line(&as_line(tenant)) }
}
