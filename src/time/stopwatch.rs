//! Elapsed time: for limits of a solve and for the seconds a proof reports. The one clock below the
//! door; it never says what time of day it is, and no answer depends on it unless the user set a limit.

use std::time::Instant;

/// Seconds since it was started.
#[derive(Debug, Clone, Copy)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts it.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds since the start.
    pub fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
