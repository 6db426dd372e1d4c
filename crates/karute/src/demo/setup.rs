//! Setting a demonstration up, step by step.
use super::clinic;
use super::state::{DemoState, DemoTenant, DemoUser};
use crate::cli::DemoArgs;
use crate::out;
use crate::problem::Problem;
use crate::storage::Storage;
use karute_chart::clinic::{Contact, contact, set_contact};
use karute_identity::random_password;
use karute_identity::{IdentityError, NewPerson, NewToken, Profession, Scopes};
use karute_japan::identifier::InstitutionCode;
use karute_ledger::{Access, LedgerError, NewTenant, Tenant};

/// Life of the demonstration's tokens in milliseconds; renewed when less than half is left.
const TOKEN_MS: i64 = 365 * 24 * 3_600_000;

/// A person of the demonstration: role, professions, login, name, kana.
type Cast = (&'static str, &'static [Profession], &'static str, &'static str, &'static str);

/// An institution of the demonstration.
struct Plan {
    name: &'static str,
    display_name: &'static str,
    /// 郡市区 99 does not exist: the code belongs to nobody.
    institution: &'static str,
    /// 所在地 and 電話, of places and numbers that do not exist.
    address: &'static str,
    phone: &'static str,
    people: &'static [Cast],
}

const PLANS: [Plan; 2] = [
    Plan {
        name: "midori",
        display_name: "みどり内科クリニック",
        institution: "990001",
        address: "東京都千代田区架空町１－２－３",
        phone: "03-0000-0001",
        people: &[
            ("doctor", &[Profession::Doctor], "sato", "佐藤 健一", "サトウ ケンイチ"),
            ("nurse", &[Profession::Nurse], "suzuki", "鈴木 由美", "スズキ ユミ"),
            ("clerk", &[Profession::Clerk], "takahashi", "高橋 恵", "タカハシ メグミ"),
            ("admin", &[Profession::Admin], "ito", "伊藤 誠", "イトウ マコト"),
            ("auditor", &[Profession::Auditor], "kato", "加藤 仁", "カトウ ヒトシ"),
        ],
    },
    Plan {
        name: "aoba",
        display_name: "あおば整形外科",
        institution: "990002",
        address: "東京都千代田区架空町２－１０",
        phone: "03-0000-0002",
        people: &[("doctor", &[Profession::Doctor], "mori", "森 直樹", "モリ ナオキ")],
    },
];

/// Does what is not done yet.
pub(super) async fn prepare(storage: &Storage, args: &DemoArgs) -> Result<DemoState, Problem> {
    let mut state = if let Some(state) = DemoState::load(&args.data)? { state } else { begin(storage, args).await? };
    if state.seed != args.seed || state.patients != args.patients {
        out::say(&format!(
            "このデータは --seed {} --patients {} で作られたものです。そのまま続けます（作り直すには別の --data を指定してください）。",
            state.seed, state.patients
        ));
    }
    for (index, plan) in PLANS.iter().enumerate() {
        let tenant = tenant(storage, plan).await?;
        let access = storage.access(&tenant);
        people(storage, &access, plan, &mut state, index).await?;
        token(storage, &access, &mut state, index).await?;
        place(&access, plan).await?;
        clinic::fill(storage, &tenant, &access, &mut state, index).await?;
    }
    Ok(state)
}

/// A new demonstration, in a directory without other data.
async fn begin(storage: &Storage, args: &DemoArgs) -> Result<DemoState, Problem> {
    if !storage.ledger.tenants().await?.is_empty() {
        return Err(Problem::new(format!(
            "{} には既に別のデータがあります。demo には空のディレクトリを --data で指定してください。",
            args.data.display()
        )));
    }
    let tenants = PLANS.iter().map(|p| plan(storage, p)).collect();
    let state = DemoState::new(&args.data, args.seed, args.patients, tenants);
    state.save()?;
    Ok(state)
}

/// Passwords are drawn and saved before the people are made, so that an interrupted set-up knows them.
fn plan(storage: &Storage, plan: &Plan) -> DemoTenant {
    let user = |cast: &Cast| DemoUser {
        role: cast.0.to_owned(),
        login: cast.2.to_owned(),
        password: random_password(&*storage.entropy),
        totp_secret: String::new(),
    };
    DemoTenant {
        name: plan.name.to_owned(),
        users: plan.people.iter().map(user).collect(),
        token: String::new(),
        token_expires: 0,
        made: 0,
        filled: false,
        day: String::new(),
    }
}

async fn tenant(storage: &Storage, plan: &Plan) -> Result<Tenant, Problem> {
    if let Some(tenant) = storage.ledger.tenant_by_name(plan.name).await? {
        return Ok(tenant);
    }
    let code = InstitutionCode::medical(13, plan.institution).map_err(|e| Problem::new(e.to_string()))?;
    let new = NewTenant {
        name: plan.name.to_owned(),
        display_name: plan.display_name.to_owned(),
        institution_code: code.as_str().to_owned(),
    };
    match storage.ledger.create_tenant(new).await {
        Err(LedgerError::Exists) => storage.tenant(plan.name).await,
        other => Ok(other?),
    }
}

/// What stands on the papers of the institution, unless somebody entered it.
async fn place(access: &Access, plan: &Plan) -> Result<(), Problem> {
    let unusable = |_| Problem::new("架空の施設の所在地を登録できません。".to_owned());
    if contact(access).await.map_err(unusable)?.is_some() {
        return Ok(());
    }
    let new = Contact { address: plan.address.to_owned(), phone: plan.phone.to_owned(), ..Contact::default() };
    set_contact(access, &new).await.map_err(unusable)
}

async fn people(
    storage: &Storage,
    access: &Access,
    plan: &Plan,
    state: &mut DemoState,
    index: usize,
) -> Result<(), Problem> {
    let Some(users) = state.tenants.get_mut(index).map(|t| &mut t.users) else { return Ok(()) };
    let mut changed = false;
    for user in users {
        let Some(cast) = plan.people.iter().find(|c| c.2 == user.login) else { continue };
        if !user.totp_secret.is_empty() {
            continue;
        }
        let new = NewPerson {
            login: user.login.clone(),
            name: cast.3.to_owned(),
            kana: cast.4.to_owned(),
            professions: cast.1.to_vec(),
            password: user.password.clone(),
            must_change_password: false,
        };
        user.totp_secret = match storage.identity.create_person(access, new).await {
            Ok((_, totp_secret)) => totp_secret,
            // Made, but stopped before it was saved: the password is known, the second factor is not.
            Err(IdentityError::LoginTaken(_)) => storage.identity.reset_totp(access, &user.login).await?,
            Err(e) => return Err(e.into()),
        };
        changed = true;
    }
    if changed { state.save() } else { Ok(()) }
}

async fn token(storage: &Storage, access: &Access, state: &mut DemoState, index: usize) -> Result<(), Problem> {
    let now = storage.clock.now();
    let Some(tenant) = state.tenants.get_mut(index) else { return Ok(()) };
    if tenant.token_expires > now.plus_ms(TOKEN_MS / 2).as_micros() {
        return Ok(());
    }
    let expires = now.plus_ms(TOKEN_MS);
    let new = NewToken { label: "デモ".to_owned(), scopes: Scopes::full(), expires };
    tenant.token = storage.identity.create_token(access, new).await?.1;
    tenant.token_expires = expires.as_micros();
    state.save()
}
