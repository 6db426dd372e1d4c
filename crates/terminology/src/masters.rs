//! One set of masters that a whole process shares.
use crate::{Kind, Mapping, Table, starter};
use arc_swap::ArcSwap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The tables of one moment and what is built from them. Immutable.
#[derive(Debug, Default)]
pub struct Masters {
    tables: BTreeMap<Kind, Arc<Table>>,
    mapping: Mapping,
}

impl Masters {
    /// The product's own small set, for a beginning without official files.
    pub fn starter() -> Masters {
        Masters::new(starter::tables().into_iter().map(Arc::new))
    }

    /// Of these tables, one a kind.
    pub fn new(tables: impl IntoIterator<Item = Arc<Table>>) -> Masters {
        let tables: BTreeMap<Kind, Arc<Table>> = tables.into_iter().map(|table| (table.kind(), table)).collect();
        let mapping = Mapping::build(tables.values());
        Masters { tables, mapping }
    }

    /// A table, where one of that kind is there.
    pub fn table(&self, kind: Kind) -> Option<&Arc<Table>> {
        self.tables.get(&kind)
    }

    /// What is loaded of each kind, in the order of [`Kind::ALL`].
    pub fn status(&self) -> Vec<Status<'_>> {
        let of = |kind| {
            let table = self.tables.get(&kind).filter(|table| !table.is_empty()).map(Arc::as_ref);
            let starter_only = table.is_some_and(starter::is_starter);
            Status { kind, table, starter_only, needed_for: needed_for(kind) }
        };
        Kind::ALL.into_iter().map(of).collect()
    }

    /// Look-ups and translations of codes.
    pub fn mapping(&self) -> &Mapping {
        &self.mapping
    }
}

/// What is loaded of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Status<'m> {
    /// The kind.
    pub kind: Kind,
    /// Its table; `None`: nothing is loaded.
    pub table: Option<&'m Table>,
    /// Only the product's own small set is there, which nobody can work with.
    pub starter_only: bool,
    /// In Japanese: what does not work without it.
    pub needed_for: &'static [&'static str],
}

/// What does not work without a kind.
const fn needed_for(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::NhiPrice => &["薬の検索", "薬価の表示"],
        Kind::NhiGeneric => &["先発品・後発品の区別"],
        Kind::SskDisease => &["病名の検索", "レセプトの傷病名コード"],
        Kind::SskModifier => &["病名の修飾語"],
        Kind::SskDrug => &["レセプトの医薬品コード", "薬のカナ検索"],
        Kind::SskAct => &["診療行為の検索"],
        Kind::SskMaterial => &["特定器材の検索"],
        Kind::SskComment => &["レセプトのコメント"],
        Kind::MedisDisease => &["病名の同義語での検索", "病名の交換用コード"],
        Kind::Hot => &["個別医薬品コード（YJ）・HOT コードへの変換", "共有サービスと電子処方箋の薬のコード"],
        Kind::GenericName => &["一般名処方"],
        Kind::Jlac10 => &["検査項目の検索"],
        Kind::Jlac11 => &["JLAC11 での検査結果の受け取り"],
        Kind::ClinsLab => &["電子カルテ情報共有サービスへの検査結果の登録"],
        Kind::Usage => &["用法の検索", "電子処方箋の用法コード"],
        Kind::Allergen => &["アレルゲンの検索"],
        Kind::Postal => &["郵便番号からの住所入力"],
    }
}

/// Where a process holds its masters. Clones hold the same; who has taken [`MastersHandle::current`] keeps what it has
/// while others are put in its place.
#[derive(Clone, Debug, Default)]
pub struct MastersHandle {
    current: Arc<ArcSwap<Masters>>,
}

impl MastersHandle {
    /// Holding these.
    pub fn new(masters: Masters) -> MastersHandle {
        MastersHandle { current: Arc::new(ArcSwap::from_pointee(masters)) }
    }

    /// The masters of now.
    pub fn current(&self) -> Arc<Masters> {
        self.current.load_full()
    }

    /// Puts newer masters in their place, for all clones at once.
    pub fn replace(&self, masters: Masters) {
        self.current.store(Arc::new(masters));
    }
}
