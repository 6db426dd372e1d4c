//! Moving a visit on: from the door to the desk, to the doctor, to the till, and out.

mod accept;
mod cancel;
mod change;
mod moved;
mod order;
mod resource;
mod step;

pub(crate) use accept::kind;
pub use accept::{Arrival, KINDS, accept, accept_with};
pub use cancel::{cancel, restore};
pub use change::{assign, set_tag};
pub(crate) use moved::moved;
pub use order::{Shift, reorder};
pub use step::{Moved, Step, next_step, other_steps, take, undo_of};
