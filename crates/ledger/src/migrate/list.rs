//! What there is to apply. Each part of the ledger adds its files and tables here.

/// One step. Texts are empty where a step concerns only the other database.
pub(crate) struct Migration {
    /// Name, also of the files.
    pub(crate) name: &'static str,
    /// For SQLite's list of tenants.
    pub(crate) system: &'static str,
    /// For every tenant's SQLite file.
    pub(crate) sqlite: &'static str,
    /// For PostgreSQL.
    pub(crate) postgres: &'static str,
}

macro_rules! migration {
    ($name:literal) => {
        Migration {
            name: $name,
            system: "",
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }
    };
}

/// All steps, in order.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_tenants",
        system: include_str!("../../migrations/system/0001_tenants.sql"),
        sqlite: "",
        postgres: "",
    },
    migration!("0001_ledger"),
    migration!("0002_index"),
    migration!("0003_jobs"),
    Migration {
        name: "0004_masters",
        system: include_str!("../../migrations/system/0004_masters.sql"),
        sqlite: "",
        postgres: include_str!("../../migrations/postgres/0004_masters.sql"),
    },
    Migration {
        name: "0005_masters_head",
        system: include_str!("../../migrations/system/0005_masters_head.sql"),
        sqlite: "",
        postgres: include_str!("../../migrations/postgres/0005_masters_head.sql"),
    },
    migration!("0006_newest"),
];

/// What PostgreSQL's login role may do with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rights {
    /// Nothing is overwritten: read and append only.
    Append,
    /// Read, append, change, remove.
    Change,
    /// Without tenant column, hence without row-level security: read, append, change.
    Global,
    /// Without tenant column, and nothing is overwritten: read and append only.
    Shared,
}

/// Every table of PostgreSQL. Those with a tenant get row-level security.
pub(crate) const TABLES: &[(&str, Rights)] = &[
    ("tenant", Rights::Global),
    ("chain", Rights::Change),
    ("version", Rights::Append),
    ("head", Rights::Change),
    ("audit", Rights::Append),
    ("audit_entity", Rights::Append),
    ("checkpoint", Rights::Append),
    ("doc", Rights::Change),
    ("blob", Rights::Append),
    ("blob_upload", Rights::Change),
    ("blob_chunk", Rights::Change),
    ("job", Rights::Change),
    ("job_due_tenant", Rights::Global),
    ("master_edition", Rights::Shared),
    ("master_head", Rights::Shared),
    ("ix_token", Rights::Change),
    ("ix_patient_code", Rights::Change),
    ("ix_text", Rights::Change),
    ("ix_part", Rights::Change),
    ("ix_reference", Rights::Change),
    ("ix_uri", Rights::Change),
    ("ix_date", Rights::Change),
    ("ix_quantity", Rights::Change),
    ("ix_composite", Rights::Change),
];
