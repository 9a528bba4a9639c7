//! The load that counts in a slot: contacts in hand lag behind arrivals by about one handle time.
//!
//! With exponential handling and rates constant within a slot, the mean number in hand with unlimited
//! agents follows m' = λ − m/h exactly (Eick, Massey & Whitt 1993); sizing on m instead of λ h is the
//! modified-offered-load approximation (Jennings et al. 1996), good for long handle times, short nights
//! and steep mornings alike.

/// The load of each slot in erlangs of contacts of mean handle time `aht` seconds, `volume` of which
/// arrive in each slot of `slot` seconds: its mean, or that at its end where it rises. `cyclic`: the last
/// slot comes before the first; else it starts empty.
pub fn lagged(volume: &[f64], aht: f64, slot: f64, cyclic: bool) -> Vec<f64> {
    if aht <= 0.0 || slot <= 0.0 {
        return vec![0.0; volume.len()];
    }
    let keep = (-slot / aht).exp();
    // Mean of e^(−t/h) over the slot.
    let average = -(-slot / aht).exp_m1() * aht / slot;
    let step = |start: f64, calls: f64| {
        let goal = calls * aht / slot;
        (
            goal + (start - goal) * average,
            goal + (start - goal) * keep,
        )
    };
    let mut start = 0.0;
    if cyclic {
        // A round from empty ends at e; with s at the start it ends at e + s keep^n: solve s for itself.
        let end = volume
            .iter()
            .fold(0.0, |start, &calls| step(start, calls).1);
        let kept = (-slot / aht * volume.len() as f64).exp();
        if kept < 1.0 {
            start = end / (1.0 - kept);
        }
    }
    volume
        .iter()
        .map(|&calls| {
            let (mean, end) = step(start, calls);
            start = end;
            mean.max(end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_stream_has_its_offered_load() {
        for load in lagged(&[10.0; 48], 900.0, 1800.0, true) {
            assert!((load - 5.0).abs() < 1e-12);
        }
        let cold = lagged(&[10.0; 48], 900.0, 1800.0, false);
        assert!(cold[0] < 4.5 && (cold[47] - 5.0).abs() < 1e-9);
    }

    #[test]
    fn load_lags_by_a_handle_time_and_is_not_lost() {
        let volume: Vec<f64> = (0..96)
            .map(|slot| 50.0 + 40.0 * (f64::from(slot) * std::f64::consts::TAU / 96.0).sin())
            .collect();
        // An hour and a half on slots of a quarter of an hour: six slots late.
        let load = lagged(&volume, 5400.0, 900.0, true);
        let peak = |series: &[f64]| {
            (0..96)
                .max_by(|&a, &b| series[a].total_cmp(&series[b]))
                .unwrap() as i64
        };
        assert!((4..=7).contains(&(peak(&load) - peak(&volume))));
        let (sum, work): (f64, f64) = (load.iter().sum(), volume.iter().sum::<f64>() * 6.0);
        assert!((1.0..1.05).contains(&(sum / work)), "{sum} {work}");
    }
}
