//! What a demonstration says when it is ready: one line for programs, some words for people.
use super::state::{DemoState, DemoTenant, DemoUser};
use crate::out;
use crate::problem::Problem;
use crate::storage::Storage;
use serde_json::json;

/// Sign-in links of the people of every institution, in their order.
pub(super) async fn links(storage: &Storage, state: &DemoState, url: &str) -> Result<Vec<Vec<String>>, Problem> {
    let mut all = Vec::new();
    for tenant in &state.tenants {
        let (_, access) = storage.within(&tenant.name).await?;
        let mut links = Vec::new();
        for user in &tenant.users {
            let token = storage.identity.demo_link(&access, &user.login).await?;
            links.push(format!("{url}/demo/sign-in?token={token}"));
        }
        all.push(links);
    }
    Ok(all)
}

/// The ready line of the outer contract.
pub(super) fn line(state: &DemoState, links: &[Vec<String>], url: &str, sandbox: &str) -> Result<String, Problem> {
    let [first, second, ..] = state.tenants.as_slice() else {
        return Err(Problem::new("デモの状態に施設がありません。別の --data を指定してください。"));
    };
    let users = |tenant: &DemoTenant, links: Option<&Vec<String>>| -> Vec<serde_json::Value> {
        let links = links.map_or(&[][..], Vec::as_slice);
        let told = |(user, link): (&DemoUser, &String)| {
            json!({
                "role": user.role, "login": user.login, "password": user.password,
                "totp_secret": user.totp_secret, "sign_in_link": link,
            })
        };
        tenant.users.iter().zip(links).map(told).collect()
    };
    Ok(json!({
        "ready": true,
        "url": url,
        "fhir": format!("{url}/fhir"),
        "sandbox": sandbox,
        "tenant": first.name,
        "token": first.token,
        "other_tenant": second.name,
        "other_token": second.token,
        "users": users(first, links.first()),
        "other_users": users(second, links.get(1)),
    })
    .to_string())
}

/// The same for people, on standard error.
pub(super) fn tell(state: &DemoState, links: &[Vec<String>], url: &str, sandbox: &str) {
    out::say(&format!("\nKarute のデモを {url} で動かしています。患者も職員もすべて架空です。"));
    out::say("役割ごとのサインイン用リンク（1日有効）:");
    for (index, (tenant, links)) in state.tenants.iter().zip(links).enumerate() {
        if index > 0 {
            out::say(&format!("紹介状をやり取りできる、もう一つの施設（{}）:", tenant.name));
        }
        for (user, link) in tenant.users.iter().zip(links) {
            let label = karute_identity::Profession::parse(&user.role).map_or(user.role.as_str(), |p| p.label());
            out::say(&format!("  {label}（{}）\n    {link}", user.login));
        }
    }
    out::say(&format!("\n外部サービスの模擬環境: {sandbox}/sim\nFHIR: {url}/fhir/metadata\n止めるには Ctrl+C。"));
}
