//! Somebody with the database in hand.
use crate::stage::Stage;
use rusqlite::Connection;
use std::fmt::Write as _;
use tokio_postgres::{Client, NoTls};

/// A session of PostgreSQL outside the product.
pub async fn session(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl Stage {
    /// The file of the first tenant.
    pub fn file(&self) -> Connection {
        Connection::open(self.dir.path().join("data/tenants/1.db")).unwrap()
    }

    /// Runs SQL as who owns the database.
    pub async fn alter(&self, sql: &str) {
        match &self.urls {
            None => self.file().execute_batch(sql).unwrap(),
            Some(urls) => session(&urls.superuser).await.batch_execute(sql).await.unwrap(),
        }
    }

    /// Runs SQL as the role that migrates.
    pub async fn as_owner(&self, sql: &str) {
        match &self.urls {
            None => self.alter(sql).await,
            Some(urls) => session(&urls.owner).await.batch_execute(sql).await.unwrap(),
        }
    }

    /// The first column of an answer.
    pub async fn blobs(&self, sql: &str) -> Vec<Vec<u8>> {
        match &self.urls {
            None => {
                let file = self.file();
                let mut statement = file.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Some(urls) => {
                let rows = session(&urls.superuser).await.query(sql, &[]).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// The first column of an answer.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match &self.urls {
            None => {
                let file = self.file();
                let mut statement = file.prepare(sql).unwrap();
                let rows = statement.query_map([], |row| row.get(0)).unwrap();
                rows.map(Result::unwrap).collect()
            }
            Some(urls) => {
                let rows = session(&urls.superuser).await.query(sql, &[]).await.unwrap();
                rows.iter().map(|row| row.get(0)).collect()
            }
        }
    }

    /// An entry once more, at another position.
    pub async fn copy_entry(&self, table: &str, from: u64, to: u64) {
        let tenant = if self.urls.is_some() { "tenant, " } else { "" };
        self.alter(&format!(
            "INSERT INTO {table} ({tenant}seq, at, body, link) SELECT {tenant}{to}, at, body, link FROM {table} WHERE seq = {from}"
        ))
        .await;
    }

    /// Bytes as SQL writes them.
    pub fn literal(&self, bytes: &[u8]) -> String {
        let mut hex = String::new();
        for byte in bytes {
            write!(hex, "{byte:02x}").unwrap();
        }
        if self.urls.is_some() { format!("'\\x{hex}'::bytea") } else { format!("x'{hex}'") }
    }
}

impl Stage {
    /// Makes the database refuse a resource called `poison`.
    pub fn trap(&self) -> &'static str {
        if self.urls.is_some() {
            "ALTER TABLE version ADD CONSTRAINT trap CHECK (id <> 'poison')"
        } else {
            "CREATE TRIGGER trap BEFORE INSERT ON version WHEN new.id = 'poison'
             BEGIN SELECT RAISE(ABORT, 'refused'); END"
        }
    }
}
