//! Attachments.
use crate::stage::Stage;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use karute_crypto::{Digest, sha256};
use karute_ledger::{Access, BlobInfo, LedgerError};

async fn store(access: &Access, content: &[u8], piece: usize) -> Result<BlobInfo, LedgerError> {
    let mut writer = access.blob_writer().await?;
    for piece in content.chunks(piece) {
        writer.write(Bytes::copy_from_slice(piece)).await?;
    }
    writer.finish().await
}

async fn load(access: &Access, hash: Digest) -> Option<Vec<u8>> {
    let (info, stream) = access.blob(hash).await.unwrap()?;
    let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
    assert!(pieces.iter().all(|piece| piece.len() <= 256 << 10));
    let content = pieces.concat();
    assert_eq!(content.len() as u64, info.size);
    Some(content)
}

fn content(size: usize) -> Vec<u8> {
    (0..size).map(|i| (i * 31 % 251) as u8).collect()
}

pub async fn attachments_of_every_size_come_back_by_their_hash(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let chunk = 256 << 10;
    for (size, piece) in [(0, 1), (1, 1), (chunk, 1000), (chunk + 1, chunk * 2), (3 * chunk - 1, 77_777)] {
        let content = content(size);
        let info = store(&access, &content, piece).await.unwrap();
        assert_eq!(info, BlobInfo { hash: sha256(&content), size: size as u64 });
        assert_eq!(load(&access, info.hash).await.unwrap(), content);
    }
    assert!(load(&access, Digest([1; 32])).await.is_none());
}

pub async fn the_same_content_is_kept_once(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let content = content(600_000);
    for _ in 0..3 {
        store(&access, &content, 100_000).await.unwrap();
    }
    assert_eq!(stage.texts("SELECT CAST(count(*) AS text) FROM blob_chunk").await, ["3"]);
    assert_eq!(stage.texts("SELECT CAST(count(*) AS text) FROM blob_upload").await, ["0"]);
    assert_eq!(ledger.verify(access.tenant()).await.unwrap().attachments, 1);
}

pub async fn too_large_an_attachment_is_refused_and_swept(stage: Stage) {
    let (ledger, access) = stage.clinic().await;
    let limit = usize::try_from(stage.config.max_blob_bytes).unwrap();
    store(&access, &content(limit), 1 << 20).await.unwrap();
    let refused = store(&access, &content(limit + 1), 1 << 20).await;
    assert!(matches!(refused, Err(LedgerError::Limit(_))));
    let unfinished = access.blob_writer().await.unwrap();
    drop(unfinished);
    let uploads = "SELECT CAST(count(*) AS text) FROM blob_upload";
    ledger.sweep(access.tenant()).await.unwrap();
    assert_eq!(stage.texts(uploads).await, ["1"], "it might still be under way");
    stage.clock.advance_ms(25 * 3600 * 1000);
    ledger.sweep(access.tenant()).await.unwrap();
    assert_eq!(stage.texts(uploads).await, ["0"]);
    assert_eq!(stage.texts("SELECT CAST(count(*) AS text) FROM blob_chunk").await, ["12"]);
    assert_eq!(ledger.verify(access.tenant()).await.unwrap().bad, None);
}

pub async fn an_altered_attachment_never_leaves_whole(stage: Stage) {
    let (_ledger, access) = stage.clinic().await;
    let info = store(&access, &content(300_000), 300_000).await.unwrap();
    let zeros = stage.literal(&vec![0; 300_000 - (256 << 10)]);
    stage.alter(&format!("UPDATE blob_chunk SET data = {zeros} WHERE n = 1")).await;
    let (_, stream) = access.blob(info.hash).await.unwrap().unwrap();
    let answer: Result<Vec<Bytes>, _> = stream.try_collect().await;
    assert!(matches!(answer, Err(LedgerError::Integrity(_))));
}
