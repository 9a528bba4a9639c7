//! A line that says how far the work is: on a terminal only, and only once it takes over a second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Work that takes less than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);

/// The line.
pub(super) struct Progress {
    started: Instant,
    bar: ProgressBar,
    shown: Mutex<bool>,
}

impl Progress {
    pub(super) fn start() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4}  {msg}") {
            bar.set_style(style);
        }
        Self {
            started: Instant::now(),
            bar,
            shown: Mutex::new(false),
        }
    }

    /// Says what is being done.
    pub(super) fn say(&self, what: &str) {
        self.bar.set_message(what.to_owned());
        let Ok(mut shown) = self.shown.lock() else {
            return;
        };
        if !*shown && self.started.elapsed() > PATIENCE {
            *shown = true;
            // Hidden by itself where the error console is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.enable_steady_tick(Duration::from_millis(120));
        }
    }

    /// Takes the line away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
