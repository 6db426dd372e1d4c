//! The chart as documents and back, on real ledgers.
#![allow(clippy::unwrap_used, missing_docs)]

/// Each test on both databases.
macro_rules! on_both {
    ($($name:ident $on_postgres:ident $test:ident;)*) => {$(
        #[tokio::test]
        async fn $name() {
            $test(Stage::sqlite().await).await;
        }
        #[tokio::test(flavor = "multi_thread")]
        async fn $on_postgres() {
            $test(Stage::postgres().await).await;
        }
    )*};
}

mod connector;
mod examples;
mod golden;
mod joint;
mod judged;
mod letters;
mod rules;
mod stage;
mod units;
mod viewing;
