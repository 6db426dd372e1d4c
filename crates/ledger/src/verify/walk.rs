//! From the first entry to the head.
use super::listing::Listing;
use super::page::{self, Content, Entry, Head, Page};
use super::{Stop, VerifyReport, attachments, bad};
use crate::checkpoint::{self, Checkpoint};
use crate::core::Core;
use crate::entry::statement;
use crate::{LedgerError, TenantId};
use karute_crypto::{Digest, VerifyingKey};
use std::collections::VecDeque;
use std::sync::Arc;

/// How far the recomputation has come.
struct Walk {
    tenant: TenantId,
    key: VerifyingKey,
    seq: u64,
    link: Digest,
    /// Checkpoints from outside that lie ahead, by position.
    outside: VecDeque<Checkpoint>,
}

pub(super) async fn chain(core: &Arc<Core>, tenant: TenantId, report: &mut VerifyReport) -> Result<Listing, Stop> {
    let key = core.signer(tenant).verifying_key();
    let outside = exported(core, tenant, &key).await?;
    report.checkpoints += outside.len() as u64;
    let mut walk = Walk { tenant, key, seq: 0, link: Digest::default(), outside };
    let mut listing = Listing::default();
    // Those made before the first entry.
    while let Some(checkpoint) = walk.outside.pop_front_if(|c| c.seq == 0) {
        walk.compare(&checkpoint)?;
    }
    loop {
        let after = i64::try_from(walk.seq).unwrap_or(i64::MAX);
        let page = core.store.read(tenant, move |tx| Box::pin(page::read(tx, after))).await?;
        let before = walk.seq;
        let done = walk.page(&page);
        report.entries = walk.seq;
        report.checkpoints += page.checkpoints.iter().filter(|c| c.seq > before && c.seq <= walk.seq).count() as u64;
        done?;
        for entry in &page.entries {
            if let Content::Audit { body, .. } = &entry.content {
                listing.event(entry.seq.unsigned_abs(), body);
                attachments::mentioned(core, tenant, entry.seq.unsigned_abs(), body).await?;
            }
        }
        if page.last {
            return Ok(listing);
        }
    }
}

/// The checkpoints of the export file, by position, each with a right signature.
pub(crate) async fn exported(core: &Core, tenant: TenantId, key: &VerifyingKey) -> Result<VecDeque<Checkpoint>, Stop> {
    let Some(dir) = &core.config.checkpoint_dir else { return Ok(VecDeque::new()) };
    let path = checkpoint::file(dir, tenant);
    let text = match tokio::fs::read_to_string(&path).await {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(VecDeque::new()),
        Err(error) => return Err(LedgerError::Storage(format!("checkpoint file: {error}")).into()),
    };
    let mut all = Vec::new();
    // A line without an end was being written when the machine stopped; it never counted.
    for line in text.split_inclusive('\n').filter(|line| line.ends_with('\n')) {
        let Ok(checkpoint) = Checkpoint::parse_line(line.trim_end()) else {
            return bad(0, "checkpoint", "書き出されたチェックポイントのファイルに読めない行があります。");
        };
        if checkpoint.tenant != tenant || !checkpoint.verify(key) {
            return bad(checkpoint.seq, "checkpoint", "書き出されたチェックポイントの署名が正しくありません。");
        }
        all.push(checkpoint);
    }
    all.sort_by_key(|checkpoint| checkpoint.seq);
    Ok(all.into())
}

impl Walk {
    fn page(&mut self, page: &Page) -> Result<(), Stop> {
        let Some(head) = &page.head else {
            return bad(self.seq, "chain head", "連鎖の先頭の記録(署名)がありません。");
        };
        let mut checkpoints = page.checkpoints.iter().peekable();
        for entry in &page.entries {
            self.entry(entry, head)?;
            while let Some(checkpoint) = checkpoints.next_if(|c| c.seq <= self.seq) {
                if !checkpoint.verify(&self.key) {
                    return bad(checkpoint.seq, "checkpoint", "チェックポイントの署名が正しくありません。");
                }
                self.compare(checkpoint)?;
            }
            while let Some(checkpoint) = self.outside.pop_front_if(|c| c.seq <= self.seq) {
                self.compare(&checkpoint)?;
            }
        }
        if page.last {
            self.end(head)?;
            if let Some(beyond) = checkpoints.next().or(self.outside.front()) {
                return bad(
                    beyond.seq,
                    "checkpoint",
                    format!(
                        "チェックポイントは{}番までの記録を証明していますが、連鎖は{}番で終わっています。末尾が切り取られました。",
                        beyond.seq, self.seq
                    ),
                );
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Entry, head: &Head) -> Result<(), Stop> {
        let expected = self.seq + 1;
        let found = u64::try_from(entry.seq).unwrap_or(0);
        if found < expected {
            return bad(found, entry.name(), "同じ番号の記録が二つあります。余分な記録が加えられました。");
        }
        if found > expected {
            return bad(
                expected,
                format!("entry {expected}"),
                format!("{expected}番の記録がありません(次にあるのは{found}番の {})。抜き取られました。", entry.name()),
            );
        }
        if found > head.seq {
            return bad(found, entry.name(), "署名された末尾より後に余分な記録があります。");
        }
        let link = entry.expected(&self.link, self.tenant);
        if link.is_none_or(|link| link.0[..] != entry.link[..]) {
            return bad(
                found,
                entry.name(),
                "この記録の内容が書き換えられたか、順序が入れ替えられています(直前の記録がその連鎖値ごと書き換えられた場合もここで見つかります)。",
            );
        }
        self.seq = found;
        self.link = link.unwrap_or_default();
        Ok(())
    }

    fn compare(&self, checkpoint: &Checkpoint) -> Result<(), Stop> {
        if checkpoint.seq == self.seq && checkpoint.link == self.link {
            return Ok(());
        }
        bad(
            checkpoint.seq,
            "checkpoint",
            "チェックポイントの証明する連鎖値と、いまの記録から計算した値が違います。これ以前の記録が作り直されました。",
        )
    }

    fn end(&self, head: &Head) -> Result<(), Stop> {
        if head.seq > self.seq {
            let missing = self.seq + 1;
            return bad(
                missing,
                format!("entry {missing}"),
                format!(
                    "署名された末尾は{}番ですが、{}番より後の記録がありません。末尾が切り取られました。",
                    head.seq, self.seq
                ),
            );
        }
        if head.link[..] != self.link.0[..] {
            return bad(head.seq, "chain head", "末尾の連鎖値が記録から計算した値と違います。");
        }
        let message = statement("head", self.tenant, head.seq, &self.link, head.at);
        if !self.key.verify(&message, &head.signature) {
            return bad(head.seq, "chain head", "末尾の署名が正しくありません。");
        }
        Ok(())
    }
}
