//! Rows of an answer. Accessors return errors, never panic.
use crate::LedgerError;
use rusqlite::types::Value;
use tokio_postgres::types::{FromSql, Type};

/// One row; columns count from 0.
#[derive(Debug)]
pub(crate) struct Row(Kind);

#[derive(Debug)]
enum Kind {
    Lite(Vec<Value>),
    Pg(tokio_postgres::Row),
}

/// An integer of any width.
struct AnyInt(i64);
impl<'a> FromSql<'a> for AnyInt {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<AnyInt, Box<dyn std::error::Error + Sync + Send>> {
        Ok(AnyInt(match *ty {
            Type::INT2 => i16::from_sql(ty, raw)?.into(),
            Type::INT4 => i32::from_sql(ty, raw)?.into(),
            Type::BOOL => bool::from_sql(ty, raw)?.into(),
            _ => i64::from_sql(ty, raw)?,
        }))
    }
    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8 | Type::BOOL)
    }
}

fn wrong(column: usize) -> LedgerError {
    LedgerError::Storage(format!("column {column} of an answer is missing or of another type"))
}

macro_rules! accessor {
    ($(#[$doc:meta])* $name:ident, $opt:ident, $out:ty, $pg:ty, $from_pg:expr, $($pattern:pat => $value:expr),+) => {
        $(#[$doc])*
        pub(crate) fn $name(&self, column: usize) -> Result<$out, LedgerError> {
            self.$opt(column)?.ok_or_else(|| wrong(column))
        }
        /// The same where NULL is allowed.
        pub(crate) fn $opt(&self, column: usize) -> Result<Option<$out>, LedgerError> {
            match &self.0 {
                Kind::Lite(values) => match values.get(column) {
                    Some(Value::Null) => Ok(None),
                    $(Some($pattern) => Ok(Some($value)),)+
                    _ => Err(wrong(column)),
                },
                Kind::Pg(row) => {
                    row.try_get::<_, Option<$pg>>(column).map(|v| v.map($from_pg)).map_err(|_| wrong(column))
                }
            }
        }
    };
}

#[allow(dead_code)]
impl Row {
    pub(crate) fn lite(values: Vec<Value>) -> Row {
        Row(Kind::Lite(values))
    }
    pub(crate) fn pg(row: tokio_postgres::Row) -> Row {
        Row(Kind::Pg(row))
    }

    accessor!(
        /// An integer of any width, or a boolean as 0 or 1.
        int, opt_int, i64, AnyInt, |v| v.0, Value::Integer(v) => *v);
    accessor!(
        /// A floating point number.
        real, opt_real, f64, f64, |v| v, Value::Real(v) => *v, Value::Integer(v) => *v as f64);
    accessor!(
        /// A text.
        text, opt_text, &str, &str, |v| v, Value::Text(v) => v.as_str());
    accessor!(
        /// Bytes.
        bytes, opt_bytes, &[u8], &[u8], |v| v, Value::Blob(v) => v.as_slice());

    /// An integer that counts or positions something.
    pub(crate) fn count(&self, column: usize) -> Result<u64, LedgerError> {
        u64::try_from(self.int(column)?).map_err(|_| wrong(column))
    }
}
