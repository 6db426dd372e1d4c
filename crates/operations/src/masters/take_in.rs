//! Taking a file in: the newest table of its kind, the file merged into it, the result appended as a new edition.
use karute_ledger::{Ledger, LedgerError, NewMaster};
use karute_terminology::{Kind, Table};

/// What came of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A new edition of this number.
    Stored(u32),
    /// This very file was taken in before; nothing happened.
    Known,
    /// It could be taken in; nothing was stored because it was only to be tried.
    Tried,
}

/// Why a file was not taken in. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum TakeInError<E> {
    /// The file, or what it would change, is refused.
    #[error("{0}")]
    Refused(E),
    /// Another import of the same kind came between.
    #[error("同じ種類の取り込みが同時に行われたため、何も変えていません。もう一度実行してください")]
    Between,
    /// The table cannot be kept.
    #[error("取り込んだ表を保存できる形にできません（{0}）")]
    Encoding(std::io::Error),
    /// The packages that are stored cannot be read.
    #[error("保存されているパッケージを読めません（{0}）")]
    Unreadable(std::io::Error),
    /// What is stored cannot be read.
    #[error("保存されている表を読めません（{0}）")]
    Damaged(#[from] karute_terminology::Damaged),
    /// The record store failed.
    #[error(transparent)]
    Ledger(LedgerError),
    /// The work ended without an answer.
    #[error("取り込みの処理が異常終了しました")]
    Stopped,
}

impl<E> From<LedgerError> for TakeInError<E> {
    fn from(error: LedgerError) -> TakeInError<E> {
        match error {
            LedgerError::Conflict { .. } => TakeInError::Between,
            other => TakeInError::Ledger(other),
        }
    }
}

/// Takes a file in. `merge` gets the newest table of the kind (an empty one the first time: official files never mix
/// with the starter set) and answers the table with the file in it, whether the file was known already, and what to
/// report; it runs in a blocking thread. `report` makes the JSON text that is kept with the edition.
pub async fn take_in<R, E, M>(
    ledger: &Ledger,
    kind: Kind,
    by: &str,
    dry_run: bool,
    merge: M,
    report: impl FnOnce(&R) -> String,
) -> Result<(Taken, R), TakeInError<E>>
where
    R: Send + 'static,
    E: Send + 'static,
    M: FnOnce(&Table) -> Result<(Table, bool, R), E> + Send + 'static,
{
    let newest = ledger.read_master(kind.name()).await?;
    let expected = newest.as_ref().map(|n| n.edition.number);
    let work = move || -> Result<_, TakeInError<E>> {
        let base = match newest {
            Some(found) => Table::decode(kind, &found.content)?,
            None => Table::empty(kind),
        };
        let (table, known, words) = merge(&base).map_err(TakeInError::Refused)?;
        let content = if known || dry_run { Vec::new() } else { table.encode().map_err(TakeInError::Encoding)? };
        Ok((known, words, content))
    };
    let (known, words, content) = tokio::task::spawn_blocking(work).await.map_err(|_| TakeInError::Stopped)??;
    if known {
        return Ok((Taken::Known, words));
    }
    if dry_run {
        return Ok((Taken::Tried, words));
    }
    let new = NewMaster { kind: kind.name().to_owned(), expected, content, report: report(&words), by: by.to_owned() };
    let number = ledger.put_master(new).await?;
    Ok((Taken::Stored(number), words))
}
