//! Institutions.
use karute_japan::Timestamp;

/// Number of a tenant inside this installation. Never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(pub u32);

/// An institution.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Number.
    pub id: TenantId,
    /// Short name used in commands and at sign-in: 3 to 40 of `a-z 0-9 -`, unique, exact (nothing folds).
    pub name: String,
    /// Name as the institution writes it.
    pub display_name: String,
    /// 医療機関コード, 10 digits (都道府県 2, 点数表 1, 機関 7 with check digit).
    pub institution_code: String,
    /// Whether its people may sign in.
    pub state: TenantState,
    /// When it was created.
    pub created: Timestamp,
}

/// State of a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantState {
    /// In use.
    Active,
    /// Nobody may sign in, nothing is sent; data stay.
    Suspended,
}

/// A tenant to create. The caller has verified the check digit of the code.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// See [`Tenant::name`].
    pub name: String,
    /// See [`Tenant::display_name`].
    pub display_name: String,
    /// See [`Tenant::institution_code`].
    pub institution_code: String,
}
