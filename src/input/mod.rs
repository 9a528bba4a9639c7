//! To be written.
pub mod history;
