//! Moving a visit on: from the door to the desk, to the doctor, to the till, and out.

mod accept;
mod moved;
mod resource;
mod step;

pub use accept::{Arrival, accept};
pub(crate) use moved::moved;
pub use step::{Moved, Step, next_step, other_steps, take, undo_of};
