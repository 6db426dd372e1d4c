//! Tables as bulk inserts see them.

/// A table to insert many rows into at once. The tenant column is not listed.
#[derive(Debug)]
pub(crate) struct Table {
    /// Name.
    pub(crate) name: &'static str,
    /// Columns with their PostgreSQL types, in the order of the values: `("seq", "bigint")`.
    pub(crate) columns: &'static [(&'static str, &'static str)],
    /// What follows: empty, or for example `ON CONFLICT DO NOTHING`; may hold marks such as `{tc}`.
    pub(crate) tail: &'static str,
}

impl Table {
    /// The statement that takes one array per column.
    pub(crate) fn insert_arrays(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|c| c.0).collect();
        let names = names.join(", ");
        let arrays: Vec<String> =
            self.columns.iter().enumerate().map(|(i, c)| format!("${}::{}[]", i + 1, c.1)).collect();
        format!(
            "INSERT INTO {}({{tc}}{names}) SELECT {{tv}}{names} FROM UNNEST({}) AS u({names}) {}",
            self.name,
            arrays.join(", "),
            self.tail
        )
    }

    /// The statement that takes one row.
    pub(crate) fn insert_row(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|c| c.0).collect();
        let values: Vec<String> = (1..=self.columns.len()).map(|i| format!("${i}")).collect();
        format!("INSERT INTO {}({}) VALUES ({}) {}", self.name, names.join(", "), values.join(", "), self.tail)
    }
}
