//! Simulation fitted to the traffic and to the time there is: how many weeks a plan is judged by, and whether there is
//! time for rounds of slopes.

use std::time::Instant;

use super::super::file::{LEAD_IN_DAYS, ManySkills, ROUNDS};
use crate::calibrate;
use crate::simulation::engine::{Judge, Network};

/// Replications by which a plan is judged, and those of the final word; and the fewest that tell anything.
const REPLICATIONS: usize = 30;
const FRESH: usize = 4 * REPLICATIONS;
const FEWEST: usize = 6;
const FEWEST_FRESH: usize = 8;
/// Share of the time that the final word may take, and the fewest replications in long runs for it: else runs of a
/// single week are more of them.
const FINAL: f64 = 0.06;
const FEW: usize = 32;
/// Runs of the search's customers to a round besides its slopes, and the least replications of a slope.
const STEPS: usize = 8;
const LEAST_SLOPE: usize = 2;
/// Tests of a set of groups to a round: an agent more and one less, in every other block each.
const TESTS: usize = 4;
/// With time for fewer rounds than this groups are not tested one by one.
const ENOUGH_ROUNDS: f64 = 10.0;
/// Part of a day that a run takes longer than its weeks.
const CLOSING: f64 = 0.2;

/// How plans are simulated.
pub(super) struct Fit {
    pub network: Network,
    /// Replications of the search, and of the final word.
    pub replications: usize,
    pub fresh: usize,
    /// Whether slopes of groups that share no queue are measured at once, so that there is time for rounds.
    pub together: bool,
    /// Seconds of one round of the search, and of the final word; 0 where no clock runs.
    pub round: f64,
    pub verdict: f64,
}

impl Fit {
    /// What is simulated where time is no matter.
    pub fn whole(many: &ManySkills) -> Self {
        Self {
            network: many.network(LEAD_IN_DAYS, ROUNDS),
            replications: REPLICATIONS,
            fresh: FRESH,
            together: false,
            round: 0.0,
            verdict: 0.0,
        }
    }

    /// What `seconds` in all leave time for: a short run of each core with these agents on the line,
    /// `counts[group][slot]`, tells what a day costs.
    pub fn within(
        seconds: f64,
        many: &ManySkills,
        counts: &[Vec<u32>],
        seed: u64,
    ) -> Result<Self, Vec<String>> {
        let short = many.network(1, 1);
        let began = Instant::now();
        let cores = rayon::current_num_threads();
        Judge::new(short.clone(), cores, seed)?.measure_counts(counts);
        let day = began.elapsed().as_secs_f64() / days(1, 1) / cores as f64;
        let long = day * days(LEAD_IN_DAYS, ROUNDS) / ROUNDS as f64;
        let replications = |each: f64| (FINAL * seconds / each) as usize;
        let (network, each, fewest) = match replications(long) {
            FEW.. => (many.network(LEAD_IN_DAYS, ROUNDS), long, FEW),
            _ => (short, day * days(1, 1), FEWEST_FRESH),
        };
        let fresh = replications(each).clamp(fewest, FRESH);
        let fitted = (fresh * REPLICATIONS / FRESH).max(FEWEST);
        let round = |sets: usize| {
            let slopes = TESTS * sets * LEAST_SLOPE.max(fitted / 8);
            each * (slopes + STEPS * fitted) as f64
        };
        let [alone, at_once] = [many.groups(), calibrate::test_sets(&network)].map(round);
        let together = seconds < ENOUGH_ROUNDS * alone;
        Ok(Self {
            network,
            replications: fitted,
            fresh,
            together,
            round: if together { at_once } else { alone },
            verdict: each * fresh as f64,
        })
    }
}

/// Days of a run.
fn days(lead_in: usize, rounds: usize) -> f64 {
    (lead_in + 7 * rounds) as f64 + CLOSING
}
