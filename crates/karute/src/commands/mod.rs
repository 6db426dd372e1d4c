//! Commands, one file each.

mod bench;
mod checkpoint;
mod config_check;
mod connector;
mod doctor;
mod eprescription;
pub(crate) mod masters;
mod migrate;
mod packages;
mod print;
mod reindex;
mod sandbox;
mod secret;
mod sharing;
mod synth;
mod tenant;
mod token;
mod totp;
mod user;
mod verify;

use crate::cli::{Command, ConfigCommand, PrintCommand};
use crate::config::{Config, ServeOverrides, SourceArgs};
use crate::problem::Problem;
use crate::storage::Storage;

/// Carries out a command.
pub(crate) async fn run(command: Command) -> Result<(), Problem> {
    match command {
        Command::Demo(args) => crate::demo::run(&args).await,
        Command::Serve(args) => crate::serve::run(&args).await,
        Command::Sandbox(args) => sandbox::run(&args).await,
        Command::Migrate(args) => migrate::run(&args).await,
        Command::Tenant(command) => tenant::run(command).await,
        Command::User(command) => user::run(command).await,
        Command::Token(command) => token::run(command).await,
        Command::Masters(command) => masters::run(command).await,
        Command::Synth(args) => synth::run(&args).await,
        Command::Connector(args) => connector::run(&args).await,
        Command::Print(PrintCommand::Chart(args)) => print::chart(&args).await,
        Command::Print(PrintCommand::Prescription(args)) => print::prescription(&args).await,
        Command::Verify(args) => verify::run(&args).await,
        Command::Checkpoint(args) => checkpoint::run(&args).await,
        Command::Reindex(args) => reindex::run(&args).await,
        Command::Doctor(args) => doctor::run(&args).await,
        Command::Config(ConfigCommand::Check { source, serve, json }) => config_check::run(&source, &serve, json),
        Command::Totp(args) => totp::run(&args),
        Command::Bench(args) => bench::run(&args).await,
    }
}

/// The configuration of a command that only touches data.
fn data_config(source: &SourceArgs) -> Result<Config, Problem> {
    Config::resolve(source, &ServeOverrides::default())
}

/// Opens the data of a command, runs it, and closes them whatever came of it.
async fn with_storage<T, F>(source: &SourceArgs, work: impl FnOnce(Storage) -> F) -> Result<T, Problem>
where
    F: Future<Output = Result<T, Problem>>,
{
    let storage = Storage::open(&data_config(source)?, false).await?;
    let ledger = storage.ledger.clone();
    let result = work(storage).await;
    ledger.close().await;
    result
}
