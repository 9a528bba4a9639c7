//! What if: other volumes, other numbers, other levers, other shops in the pod.

mod client;
mod companions;
mod lever;
mod patch;
mod pulled;
mod set;
mod unheard;
mod volume;

pub use client::for_client;
pub use companions::with_companions;
pub use lever::{Lever, levers};
pub use patch::{Patch, PatchUnit, patches};
pub use pulled::{Pulled, with_levers, without_levers};
pub use set::{apply, apply_all, values};
pub use unheard::unheard;
pub use volume::{scaled_demand, scaled_queue};
