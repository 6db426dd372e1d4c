//! Domains whose lines are records of one table each: laboratory items, acts, allergens.
use super::Tables;
use super::spans::spans;
use crate::kind::Column;
use crate::search::index::{Builder, Face, Index};
use crate::{Kind, column};

/// From which list a line comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Items of the sharing service.
    Clins,
    Jlac10,
    Jlac11,
    Act,
    Allergen,
}

/// A line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SimpleEntry {
    pub(crate) source: Source,
    /// Record of the source's table.
    pub(crate) record: u32,
}

/// All lines of a domain.
#[derive(Debug, Default)]
pub(crate) struct Simple {
    pub(crate) index: Index,
    pub(crate) entries: Box<[SimpleEntry]>,
}

impl Source {
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Source::Clins => Kind::ClinsLab,
            Source::Jlac10 => Kind::Jlac10,
            Source::Jlac11 => Kind::Jlac11,
            Source::Act => Kind::SskAct,
            Source::Allergen => Kind::Allergen,
        }
    }

    /// Columns that are searched, with what they are; `|` separates several names where `is_list`.
    const fn faces(self) -> &'static [(Face, Column)] {
        match self {
            Source::Clins => &[
                (Face::Name, column::clins_lab::DISPLAY),
                (Face::Alias, column::clins_lab::NAME),
                (Face::Detail, column::clins_lab::CATEGORY),
                (Face::Code, column::clins_lab::JLAC10),
            ],
            Source::Jlac10 => &[
                (Face::Name, column::jlac10::NAME),
                (Face::Alias, column::jlac10::SHORT_NAME),
                (Face::General, column::jlac10::CLINS_ITEM),
                (Face::Detail, column::jlac10::SPECIMEN),
                (Face::Detail, column::jlac10::METHOD),
            ],
            Source::Jlac11 => &[
                (Face::Name, column::jlac11::NAME),
                (Face::Alias, column::jlac11::SHORT_NAME),
                (Face::General, column::jlac11::CLINS_ITEM),
                (Face::Detail, column::jlac11::SPECIMEN),
                (Face::Detail, column::jlac11::METHOD),
            ],
            Source::Act => &[
                (Face::Name, column::ssk_act::NAME),
                (Face::Kana, column::ssk_act::KANA),
                (Face::Alias, column::ssk_act::FULL_NAME),
                (Face::Code, column::ssk_act::TABLE_NUMBER),
            ],
            Source::Allergen => &[
                (Face::Name, column::allergen::NAME),
                (Face::Kana, column::allergen::KANA),
                (Face::Alias, column::allergen::ALIASES),
            ],
        }
    }

    /// Groups before single members, items of the sharing service before the whole of JLAC10 before JLAC11, 基本項目
    /// before 加算.
    fn hint(self, record: &crate::Record<'_>) -> u8 {
        match self {
            Source::Jlac10 => 1,
            Source::Jlac11 => 2,
            Source::Act => u8::from(!matches!(record.get(column::ssk_act::NOTICE), "" | "1")),
            Source::Clins | Source::Allergen => 0,
        }
    }
}

impl Simple {
    pub(crate) fn labs(tables: &Tables<'_>) -> Simple {
        Simple::build(tables, &[Source::Clins, Source::Jlac10, Source::Jlac11])
    }

    pub(crate) fn acts(tables: &Tables<'_>) -> Simple {
        Simple::build(tables, &[Source::Act])
    }

    pub(crate) fn allergens(tables: &Tables<'_>) -> Simple {
        Simple::build(tables, &[Source::Allergen])
    }

    fn build(tables: &Tables<'_>, sources: &[Source]) -> Simple {
        let mut builder = Builder::default();
        let mut entries = Vec::new();
        for source in sources {
            let columns: Vec<Column> = source.faces().iter().map(|(_, column)| *column).collect();
            for span in spans(tables.get(source.kind()), &columns) {
                let key = [(Face::Code, span.record.key())];
                let named = source.faces().iter().flat_map(|(face, column)| {
                    let value = span.record.get(*column);
                    // Codes of several items stand apart by spaces, other names by bars.
                    let by = if *face == Face::Code { ' ' } else { '|' };
                    value.split(by).map(|one| (*face, one))
                });
                builder.add(span.life, source.hint(&span.record), named.chain(key));
                entries.push(SimpleEntry { source: *source, record: span.number });
            }
        }
        Simple { index: builder.build(), entries: entries.into() }
    }
}
