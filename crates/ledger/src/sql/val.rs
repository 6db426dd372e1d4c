//! Parameters.
use bytes::{BufMut, BytesMut};
use std::sync::Arc;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// A parameter of a statement. NULLs carry their type because PostgreSQL wants to know it. Lists serve
/// [`crate::sql::Tx::bulk_insert`] (one per column, all of one length) and `{in:n}` (integers and texts).
#[derive(Clone, Debug)]
#[allow(dead_code)]
pub(crate) enum Val {
    Int(i64),
    Real(f64),
    Text(String),
    /// Text that is shared with others, such as a body.
    Str(Arc<str>),
    Bytes(Vec<u8>),
    NullInt,
    NullReal,
    NullText,
    NullBytes,
    IntList(Vec<i64>),
    OptIntList(Vec<Option<i64>>),
    RealList(Vec<f64>),
    TextList(Vec<String>),
    StrList(Vec<Arc<str>>),
    OptTextList(Vec<Option<String>>),
    BytesList(Vec<Vec<u8>>),
}

impl Val {
    /// Number of elements when it is a list.
    pub(crate) fn len(&self) -> Option<usize> {
        Some(match self {
            Val::IntList(l) => l.len(),
            Val::OptIntList(l) => l.len(),
            Val::RealList(l) => l.len(),
            Val::TextList(l) => l.len(),
            Val::StrList(l) => l.len(),
            Val::OptTextList(l) => l.len(),
            Val::BytesList(l) => l.len(),
            _ => return None,
        })
    }
}

impl From<i64> for Val {
    fn from(v: i64) -> Val {
        Val::Int(v)
    }
}
impl From<u64> for Val {
    /// Positions and sizes; beyond 2^63 − 1 they cannot exist in either database.
    fn from(v: u64) -> Val {
        Val::Int(i64::try_from(v).unwrap_or(i64::MAX))
    }
}
impl From<u32> for Val {
    fn from(v: u32) -> Val {
        Val::Int(i64::from(v))
    }
}
impl From<f64> for Val {
    fn from(v: f64) -> Val {
        Val::Real(v)
    }
}
impl From<&str> for Val {
    fn from(v: &str) -> Val {
        Val::Text(v.to_owned())
    }
}
impl From<String> for Val {
    fn from(v: String) -> Val {
        Val::Text(v)
    }
}
impl From<Option<i64>> for Val {
    fn from(v: Option<i64>) -> Val {
        v.map_or(Val::NullInt, Val::Int)
    }
}
impl From<Option<String>> for Val {
    fn from(v: Option<String>) -> Val {
        v.map_or(Val::NullText, Val::Text)
    }
}

type SqlResult = Result<IsNull, Box<dyn std::error::Error + Sync + Send>>;

/// Integers go into whatever integer type the column has.
fn int(v: i64, ty: &Type, out: &mut BytesMut) -> SqlResult {
    match *ty {
        Type::INT2 | Type::INT2_ARRAY => out.put_i16(i16::try_from(v)?),
        Type::INT4 | Type::INT4_ARRAY => out.put_i32(i32::try_from(v)?),
        Type::FLOAT8 | Type::FLOAT8_ARRAY => out.put_f64(v as f64),
        _ => out.put_i64(v),
    }
    Ok(IsNull::No)
}

/// The integer type an array parameter's elements are written as.
#[derive(Debug)]
struct Elem(Option<i64>);
impl ToSql for Elem {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> SqlResult {
        self.0.map_or(Ok(IsNull::Yes), |v| int(v, ty, out))
    }
    fn accepts(ty: &Type) -> bool {
        matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8)
    }
    to_sql_checked!();
}

impl ToSql for Val {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> SqlResult {
        match self {
            Val::Int(v) => int(*v, ty, out),
            Val::Real(v) => v.to_sql(ty, out),
            Val::Text(v) => v.to_sql(ty, out),
            Val::Str(v) => v.as_ref().to_sql(ty, out),
            Val::Bytes(v) => v.to_sql(ty, out),
            Val::NullInt | Val::NullReal | Val::NullText | Val::NullBytes => Ok(IsNull::Yes),
            Val::IntList(v) => v.iter().map(|v| Elem(Some(*v))).collect::<Vec<_>>().to_sql(ty, out),
            Val::OptIntList(v) => v.iter().map(|v| Elem(*v)).collect::<Vec<_>>().to_sql(ty, out),
            Val::RealList(v) => v.to_sql(ty, out),
            Val::TextList(v) => v.to_sql(ty, out),
            Val::StrList(v) => v.iter().map(AsRef::as_ref).collect::<Vec<&str>>().to_sql(ty, out),
            Val::OptTextList(v) => v.to_sql(ty, out),
            Val::BytesList(v) => v.to_sql(ty, out),
        }
    }

    fn accepts(ty: &Type) -> bool {
        matches!(
            *ty,
            Type::INT2
                | Type::INT4
                | Type::INT8
                | Type::FLOAT8
                | Type::TEXT
                | Type::BYTEA
                | Type::INT2_ARRAY
                | Type::INT4_ARRAY
                | Type::INT8_ARRAY
                | Type::FLOAT8_ARRAY
                | Type::TEXT_ARRAY
                | Type::BYTEA_ARRAY
        )
    }

    fn to_sql_checked(&self, ty: &Type, out: &mut BytesMut) -> SqlResult {
        // `accepts` is about the type alone; whether this value fits it is decided here.
        let fits = match self {
            Val::Int(_) => matches!(*ty, Type::INT2 | Type::INT4 | Type::INT8 | Type::FLOAT8),
            Val::Real(_) => *ty == Type::FLOAT8,
            Val::Text(_) | Val::Str(_) => *ty == Type::TEXT,
            Val::Bytes(_) => *ty == Type::BYTEA,
            Val::NullInt | Val::NullReal | Val::NullText | Val::NullBytes => true,
            Val::IntList(_) | Val::OptIntList(_) => {
                matches!(*ty, Type::INT2_ARRAY | Type::INT4_ARRAY | Type::INT8_ARRAY)
            }
            Val::RealList(_) => *ty == Type::FLOAT8_ARRAY,
            Val::TextList(_) | Val::StrList(_) | Val::OptTextList(_) => *ty == Type::TEXT_ARRAY,
            Val::BytesList(_) => *ty == Type::BYTEA_ARRAY,
        };
        if fits { self.to_sql(ty, out) } else { Err(format!("a parameter does not fit the type {ty}").into()) }
    }
}
