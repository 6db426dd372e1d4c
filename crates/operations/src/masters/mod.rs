//! The master tables of the installation: taking official files in, and keeping the tables of a running process at
//! the newest edition without a restart. What is loaded and what is missing is told by `karute_chart::masters`.

mod packages;
mod profiles;
mod refresh;
mod state;
mod take_in;

pub use packages::{PACKAGE_KIND, PackageReport, PackageSource, Packages, take_in_package};
pub use profiles::ProfileRefresh;
pub use refresh::{MasterRefresh, Publish, Starter};
pub use state::{Figures, MasterState};
pub use take_in::{TakeInError, Taken, take_in};
