//! Iterative sizing of one queue whose load changes while contacts are in hand: long handle times, short
//! nights, steep mornings.
//!
//! After Feldman, Mandelbaum, Massey & Whitt 2008 (the iterative staffing algorithm): size, simulate, mend
//! each slot by what was seen, again. By the square-root rule agents are load + z √load, with z the normal
//! quantile of the share in time, so that a slot seen at share s where p is wanted needs
//! (z(p) − z(s)) √load more.

use statrs::distribution::{ContinuousCDF, Normal};

use super::engine::{Judge, Network};
use crate::requirement::load::lagged;

/// Part of the mending that is done at once: what one slot lacks also burdens the next.
const DAMPING: f64 = 0.7;

/// The agents per slot that answer a share `share` of each slot's contacts in time, for a network of one queue
/// on one group. Stops when nothing changes, or after `rounds`. What is unsound in words.
pub fn iterate(
    network: &Network,
    share: f64,
    rounds: usize,
    replications: usize,
    seed: u64,
) -> Result<Vec<u32>, Vec<String>> {
    let judge = Judge::new(network.clone(), replications, seed)?;
    let ([queue], [_]) = (&network.queues[..], &network.groups[..]) else {
        return Err(vec![
            "iterative sizing takes one queue on one group".to_owned(),
        ]);
    };
    let normal = Normal::standard();
    let quantile = |share: f64| normal.inverse_cdf(share.clamp(0.001, 0.999));
    let load = lagged(
        &queue.rate,
        queue.handle[0].mean(),
        network.slot_seconds,
        true,
    );
    let wanted = quantile(share);
    let mut agents: Vec<u32> = load
        .iter()
        .map(|load| (load + wanted * load.sqrt()).ceil().max(0.0) as u32)
        .collect();
    for _ in 0..rounds {
        let seen = judge.measure_counts(std::slice::from_ref(&agents));
        let mut changed = false;
        for (slot, agents) in agents.iter_mut().enumerate() {
            let Some(level) = seen.queues[0].level_in([slot]) else {
                continue;
            };
            let spread = load[slot].max(1.0).sqrt();
            let step = (DAMPING * (wanted - quantile(level)) * spread).round();
            changed |= step != 0.0;
            *agents = (f64::from(*agents) + step).max(0.0) as u32;
        }
        if !changed {
            break;
        }
    }
    Ok(agents)
}
