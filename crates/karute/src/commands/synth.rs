//! `karute synth`
use crate::cli::SynthArgs;
use crate::problem::Problem;

pub(super) async fn run(args: &SynthArgs) -> Result<(), Problem> {
    let _ = args;
    Ok(())
}
