//! The differences between the two databases' SQL, all in one place.
use std::fmt::Write as _;

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// SQLite, one file per tenant.
    Sqlite,
    /// PostgreSQL, `tenant` first in every key.
    Postgres,
}

/// Number of the highest `$n` in `sql`.
fn parameters(sql: &str) -> usize {
    let mut highest = 0;
    let mut rest = sql;
    while let Some((_, after)) = rest.split_once('$') {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        highest = highest.max(after.get(..digits).and_then(|n| n.parse().ok()).unwrap_or(0));
        rest = after;
    }
    let mut rest = sql;
    while let Some((_, after)) = rest.split_once("{in:") {
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        highest = highest.max(after.get(..digits).and_then(|n| n.parse().ok()).unwrap_or(0));
        rest = after;
    }
    highest
}

/// Turns the common text into this dialect's; the marks are listed in the module's documentation one level up.
pub(crate) fn expand(dialect: Dialect, sql: &str) -> String {
    let tenant = parameters(sql) + 1;
    let mut out = String::with_capacity(sql.len() + 64);
    let mut rest = sql;
    while let Some(at) = rest.find('{') {
        plain(dialect, rest.get(..at).unwrap_or_default(), &mut out);
        let inside = rest.get(at + 1..).unwrap_or_default();
        let end = inside.find('}').unwrap_or(inside.len());
        mark(dialect, inside.get(..end).unwrap_or_default(), tenant, &mut out);
        rest = inside.get(end + 1..).unwrap_or_default();
    }
    plain(dialect, rest, &mut out);
    out
}

fn plain(dialect: Dialect, text: &str, out: &mut String) {
    match dialect {
        Dialect::Postgres => out.push_str(text),
        // In SQLite `$1` is a name, numbered by first appearance; `?1` is the number one.
        Dialect::Sqlite => out.extend(text.chars().map(|c| if c == '$' { '?' } else { c })),
    }
}

fn mark(dialect: Dialect, mark: &str, tenant: usize, out: &mut String) {
    let (name, argument) = mark.split_once(':').unwrap_or((mark, ""));
    // Writing to a String cannot fail.
    let _ = match (dialect, name) {
        (Dialect::Postgres, "t") if argument.is_empty() => write!(out, "tenant = ${tenant} AND "),
        (Dialect::Postgres, "t") => write!(out, "{argument}.tenant = ${tenant} AND "),
        (Dialect::Postgres, "tc") => write!(out, "tenant, "),
        (Dialect::Postgres, "tv") => write!(out, "${tenant}::integer, "),
        (Dialect::Postgres, "in") => write!(out, "= ANY(${argument})"),
        (Dialect::Sqlite, "in") => write!(out, "IN (SELECT value FROM json_each(?{argument}))"),
        (Dialect::Postgres, "pg") | (Dialect::Sqlite, "lite") => {
            plain(dialect, argument, out);
            Ok(())
        }
        _ => Ok(()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_stands_in_the_sql_of_postgres_and_nowhere_in_sqlite() {
        let sql =
            "SELECT v.body FROM head h JOIN version v ON {t:v} v.seq = h.seq WHERE {t:h} h.type = $1 AND h.id = $2";
        assert_eq!(
            expand(Dialect::Postgres, sql),
            "SELECT v.body FROM head h JOIN version v ON v.tenant = $3 AND  v.seq = h.seq \
             WHERE h.tenant = $3 AND  h.type = $1 AND h.id = $2"
        );
        assert_eq!(
            expand(Dialect::Sqlite, sql),
            "SELECT v.body FROM head h JOIN version v ON  v.seq = h.seq WHERE  h.type = ?1 AND h.id = ?2"
        );
    }

    #[test]
    fn lists_and_inserts_differ_only_where_they_must() {
        let sql = "INSERT INTO doc ({tc}space) VALUES ({tv}$1); DELETE FROM doc WHERE {t} key {in:2}{pg: /* p */}{lite: /* l */}";
        assert_eq!(
            expand(Dialect::Postgres, sql),
            "INSERT INTO doc (tenant, space) VALUES ($3::integer, $1); DELETE FROM doc WHERE tenant = $3 AND  key = ANY($2) /* p */"
        );
        assert_eq!(
            expand(Dialect::Sqlite, sql),
            "INSERT INTO doc (space) VALUES (?1); DELETE FROM doc WHERE  key IN (SELECT value FROM json_each(?2)) /* l */"
        );
    }
}
