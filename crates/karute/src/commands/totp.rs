//! `karute totp`
use crate::cli::TotpArgs;
use crate::out;
use crate::problem::Problem;
use karute_identity::TotpSecret;
use karute_japan::{Clock as _, SystemClock};

pub(super) fn run(args: &TotpArgs) -> Result<(), Problem> {
    let secret = TotpSecret::from_base32(&args.secret).map_err(|e| Problem::usage(e.to_string()))?;
    let seconds = u64::try_from(SystemClock.now().as_micros() / 1_000_000).unwrap_or_default();
    out::line(&secret.code(seconds));
    Ok(())
}
