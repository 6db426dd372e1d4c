//! Usages: 標準用法 and 電子処方箋用法 codes of 16 characters.
use super::Tables;
use super::spans::spans;
use crate::search::index::{Builder, Face, Index};
use crate::{Kind, column};

/// All usages that can be ordered.
#[derive(Debug, Default)]
pub(crate) struct Usages {
    pub(crate) index: Index,
    /// Record of the table for each entry.
    pub(crate) entries: Box<[u32]>,
}

impl Usages {
    pub(crate) fn build(tables: &Tables<'_>) -> Usages {
        let mut builder = Builder::default();
        let mut entries = Vec::new();
        for span in spans(tables.get(Kind::Usage), &[column::usage::NAME]) {
            if span.record.key().len() != 16 {
                continue;
            }
            let name = span.record.get(column::usage::NAME);
            // Before the last ・ stands the route, which nobody types first.
            let short = name.rsplit('・').next().unwrap_or(name);
            let faces = [(Face::Name, short), (Face::Alias, name), (Face::Code, span.record.key())];
            builder.add(span.life, 0, faces.into_iter());
            entries.push(span.number);
        }
        Usages { index: builder.build(), entries: entries.into() }
    }
}
