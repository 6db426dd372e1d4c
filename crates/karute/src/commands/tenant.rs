//! `karute tenant …`
use crate::cli::{TenantArgs, TenantCommand, TenantSetArgs};
use crate::out;
use crate::problem::Problem;
use karute_chart::clinic::{Contact, set_contact};
use karute_japan::identifier::InstitutionCode;
use karute_ledger::{NewTenant, Tenant, TenantState};
use serde_json::{Value, json};

pub(super) async fn run(command: TenantCommand) -> Result<(), Problem> {
    match command {
        TenantCommand::Create { source, name, display_name, code, accept_check_digit, json } => {
            let new = checked(name, display_name, &code, accept_check_digit)?;
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
        TenantCommand::Set(args) => set(&args).await,
        TenantCommand::Eprescription(args) => super::eprescription::connect(&args).await,
        TenantCommand::Signing(args) => super::eprescription::signing(&args).await,
        TenantCommand::Sharing(args) => super::sharing::connect(&args).await,
    }
}

async fn set(args: &TenantSetArgs) -> Result<(), Problem> {
    let contact = match (&args.address, &args.phone) {
        (Some(address), Some(phone)) => Some(contact(args, address, phone)?),
        _ => None,
    };
    super::with_storage(&args.tenant.source, async |storage| {
        let (tenant, access) = storage.within(&args.tenant.tenant).await?;
        if let Some(minutes) = args.idle_minutes {
            storage.identity.set_idle_minutes(&access, minutes).await?;
        }
        if let Some(contact) = &contact {
            let failed = |error| Problem::new(format!("所在地を登録できません（{error}）。"));
            set_contact(&access, contact).await.map_err(failed)?;
        }
        print(&tenant, args.tenant.json);
        Ok(())
    })
    .await
}

/// What is wrong with it is said before the database is opened.
fn contact(args: &TenantSetArgs, address: &str, phone: &str) -> Result<Contact, Problem> {
    let typed = Contact {
        postal: args.postal.clone(),
        address: address.to_owned(),
        phone: phone.to_owned(),
        fax: args.fax.clone(),
    };
    typed.read().map_err(|faults| {
        let words: Vec<String> =
            faults.into_iter().map(|fault| format!("--{}: {}", fault.field, fault.words)).collect();
        Problem::usage(words.join(" "))
    })
}

/// What is wrong with the arguments is said before the database is opened.
fn checked(name: String, display_name: String, code: &str, accept_check_digit: bool) -> Result<NewTenant, Problem> {
    let plain = (3..=40).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !plain {
        return Err(Problem::usage("--name は英小文字・数字・ハイフンの3〜40文字にしてください。"));
    }
    if display_name.trim().is_empty() || display_name.chars().count() > 100 {
        return Err(Problem::usage("--display-name は1〜100文字にしてください。"));
    }
    let institution_code = institution_code(code, accept_check_digit)?;
    Ok(NewTenant { name, display_name, institution_code })
}

/// A code whose check digit does not fit is nearly always mistyped, and once in some thousands real: it is taken when
/// somebody says so.
fn institution_code(code: &str, accept_check_digit: bool) -> Result<String, Problem> {
    match InstitutionCode::accept(code) {
        Ok((code, None)) => Ok(code.as_str().to_owned()),
        Ok((code, Some(_))) if accept_check_digit => Ok(code.as_str().to_owned()),
        Ok((code, Some(_))) => Err(Problem::usage(format!(
            "--code: {} は末尾の検証番号が合いません。保険医療機関の指定通知書と1桁ずつ見比べてください。指定通知書のとおりなら（実在するコードにもごくまれにあります）、--accept-check-digit を付けてもう一度実行してください。",
            code.as_str()
        ))),
        Err(error) => Err(Problem::usage(format!("--code: {error}"))),
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_code_whose_check_digit_does_not_fit_is_taken_only_when_somebody_says_so() {
        for (code, accepted, expected) in [
            ("1319900010", false, Ok("1319900010")),
            ("1319900010", true, Ok("1319900010")),
            ("１３１９９０００１０", false, Ok("1319900010")),
            ("1319900011", false, Err("--accept-check-digit")),
            ("1319900011", true, Ok("1319900011")),
            // Nothing else is forgiven.
            ("4819900011", true, Err("都道府県")),
            ("1329900011", true, Err("点数表番号")),
            ("131990001", true, Err("桁数")),
        ] {
            let given = institution_code(code, accepted).map_err(|problem| problem.message);
            match expected {
                Ok(kept) => assert_eq!(given.as_deref(), Ok(kept), "{code}"),
                Err(words) => assert!(given.as_ref().is_err_and(|said| said.contains(words)), "{code}: {given:?}"),
            }
        }
    }
}
