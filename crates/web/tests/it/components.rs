//! The page of components.
use crate::clinic::Clinic;
use karute_identity::Profession;
use std::collections::BTreeSet;

#[tokio::test]
async fn every_component_of_the_folder_is_shown_on_the_page() {
    let clinic = Clinic::open().await;
    let admin = clinic.signed_in(Profession::Admin).await;
    let page = admin.get("/internal/components").await.expect(200).text;
    let shown: BTreeSet<&str> = page
        .split("data-component=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .flat_map(|names| names.split(' '))
        .collect();
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/components");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .filter(|name| name != "mod")
        .collect();
    assert!(files.len() >= 13, "{files:?}");
    assert_eq!(files.iter().map(String::as_str).collect::<BTreeSet<_>>(), shown);
    for state in
        ["is-hover", "is-focus", "is-active", "aria-busy", "aria-disabled", "aria-invalid", "readonly", "class=\"pr\""]
    {
        assert!(page.contains(state), "no sample of {state}");
    }
}
