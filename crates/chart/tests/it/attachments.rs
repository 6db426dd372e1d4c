//! Documents kept with a patient.
use crate::clinic::{Clinic, KAZUO};
use bytes::Bytes;
use karute_chart::ChartError;
use karute_chart::attachment::{self, Category, Content, Kept, New};
use karute_chart::author::{Author, Standing};
use karute_fhir::Id;
use karute_ledger::Action;

fn doctor() -> Author {
    Author { person: Id::new("dr-1").unwrap(), name: "森 さやか".to_owned(), standing: Standing::Own }
}

async fn blob(clinic: &Clinic, text: &str) -> Kept {
    let mut writer = clinic.access.blob_writer().await.unwrap();
    writer.write(Bytes::from(text.to_owned())).await.unwrap();
    let info = writer.finish().await.unwrap();
    Kept { id: clinic.id(), content: Content::Original, media: "application/pdf".to_owned(), info }
}

#[tokio::test]
async fn a_document_is_kept_replaced_deleted_with_a_reason_and_brought_back() {
    let clinic = Clinic::open().await;
    let patient = clinic.patient(&KAZUO, "1958-03-14", "").await;
    let id = clinic.id();
    let kept = |replaces, contents| New {
        id: id.clone(),
        replaces,
        patient: patient.clone(),
        visit: None,
        category: Category::Consent,
        title: "手術\n同意書".to_owned(),
        contents,
    };
    let first = kept(None, vec![blob(&clinic, "one").await]);
    assert_eq!(attachment::keep(&clinic.access, &doctor(), first, clinic.now()).await.unwrap(), 1);
    let list = || async {
        let reader = clinic.access.reader(Action::View);
        let found = attachment::list(&reader, &patient).await.unwrap();
        reader.release(found).await.unwrap()
    };
    let found = list().await;
    assert_eq!(
        (found[0].title.as_str(), found[0].category, found[0].contents[0].3),
        ("手術 同意書", Category::Consent, 3)
    );
    let slower = kept(Some(9), vec![blob(&clinic, "two").await]);
    assert!(matches!(
        attachment::keep(&clinic.access, &doctor(), slower, clinic.now()).await,
        Err(ChartError::Conflict)
    ));
    let second = kept(Some(1), vec![blob(&clinic, "two!").await]);
    assert_eq!(attachment::keep(&clinic.access, &doctor(), second, clinic.now()).await.unwrap(), 2);
    assert_eq!(list().await[0].contents[0].3, 4);
    let refused = attachment::delete(&clinic.access, &doctor(), (&patient, &id, 2), " ", clinic.now()).await;
    assert!(matches!(refused, Err(ChartError::Invalid)));
    let somebody = Id::new("somebody").unwrap();
    let foreign = attachment::delete(&clinic.access, &doctor(), (&somebody, &id, 2), "x", clinic.now()).await;
    assert!(matches!(foreign, Err(ChartError::NotFound)));
    let version =
        attachment::delete(&clinic.access, &doctor(), (&patient, &id, 2), "別の患者", clinic.now()).await.unwrap();
    assert!(list().await.is_empty());
    attachment::restore(&clinic.access, (&patient, &id, version)).await.unwrap();
    assert_eq!(list().await.len(), 1);
}
