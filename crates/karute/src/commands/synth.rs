//! `karute synth`
use crate::cli::SynthArgs;
use crate::out;
use crate::problem::Problem;
use crate::progress::Progress;
use karute_identity::Profession;
use karute_synthetic::{Author, Clinic, Params};

pub(super) async fn run(args: &SynthArgs) -> Result<(), Problem> {
    let of = &args.tenant;
    super::with_storage(&of.source, async |storage| {
        let (tenant, access) = storage.within(&of.tenant).await?;
        let people = storage.identity.people(&access).await?;
        let doctors = people.iter().filter(|p| p.professions.contains(&Profession::Doctor));
        let clinic = Clinic::new(Params {
            authors: doctors.map(|p| Author { id: p.id.clone(), name: p.name.clone() }).collect(),
            ..Params::new(
                args.seed,
                args.patients,
                args.years,
                storage.clock.now(),
                &tenant.institution_code,
                &tenant.display_name,
            )
        });
        let mut progress = Progress::new(&format!("{} に架空の記録を作っています", tenant.name), None);
        let loaded = karute_synthetic::load(&access, &clinic, |done| progress.at(done)).await;
        progress.end();
        let loaded = loaded?;
        if of.json {
            out::json(&serde_json::json!({
                "tenant": tenant.name, "written": loaded.written, "present": loaded.present,
            }));
        } else {
            out::line(&format!(
                "{}: {} 件を書き、{} 件は既にありました。",
                tenant.name, loaded.written, loaded.present
            ));
        }
        Ok(())
    })
    .await
}
