//! A plan that keeps every promise, soon: sizes between together and apart, moved queue by queue by what the verdict
//! says of the plans made of them.
//!
//! Sized all apart every queue keeps its promise, at the price of agents who are idle for each other. A verdict and a
//! plan cost as much as a few slopes: where the time does not reach for rounds of these, this is what keeps promises.

use super::Calibrated;
use super::mend::Judged;
use super::setting_out::{APART, Sizes};
use crate::staffing::{Instance, Plan, covered};

/// How much further apart a queue is sized for each share that it is short, and at least.
const FURTHER: f64 = 3.0;
const LEAST_FURTHER: f64 = 0.06;
/// A share kept beyond the promise that is more than chance, and how much nearer a queue is sized for what is above it.
const AMPLE: f64 = 0.02;
const NEARER: f64 = 1.0;
/// Apart, and further: queues sized apart that still fall short wait for agents who are busy with others.
const WHOLLY: f64 = 1.0;
const MOST: f64 = 2.0;
/// Verdicts at most, and those without a cheaper plan after which the search ends.
const VERDICTS: usize = 16;
const PATIENCE: usize = 3;
/// Times as long as one took that must be left to make another; plans for which time must be left to look for a cheap
/// way to keep promises, and to spare the queues that keep them.
const ANOTHER: f64 = 1.3;
const CAREFULLY: f64 = 4.2;
const SPARING: f64 = 2.2;

/// What plans an instance, and the seconds that it takes.
pub type Anew<'a> = (&'a mut dyn FnMut(&Instance) -> Plan, f64);

/// The cheapest plan found that the `verdict` says keeps every promise, else the nearest to it.
///
/// `solve` plans an instance in about so many seconds; without it, or the time for it, shifts are added to the plan in
/// hand alone. `left` are the seconds left, infinite where no clock runs; one plan is tried beyond them.
pub fn secure(
    instance: &Instance,
    start: Plan,
    mut solve: Option<Anew>,
    verdict: &mut dyn FnMut(&Plan) -> Vec<f64>,
    left: &dyn Fn() -> f64,
) -> Calibrated {
    let mut plan = start;
    let mut apart: Vec<f64> = Vec::new();
    let mut chosen: Option<Judged> = None;
    let (mut judged_in, mut filling) = (0.0_f64, 0.0_f64);
    let (mut idle, mut verdicts) = (0, 0);
    loop {
        let began = left();
        let shortages = verdict(&plan);
        judged_in = judged_in.max(began - left());
        let judging = judged_in + filling;
        verdicts += 1;
        apart.resize(shortages.len(), APART);
        let judged = Judged { plan, shortages };
        let shortages = judged.shortages.clone();
        plan = judged.plan.clone();
        let better = chosen.as_ref().is_none_or(|best| {
            let cost = |judged: &Judged| instance.cost(&judged.plan);
            match (judged.keeps(), best.keeps()) {
                (true, true) => cost(&judged) < cost(best),
                (keeps, kept) => keeps || (!kept && judged.short() < best.short()),
            }
        });
        if better {
            chosen = Some(judged);
            idle = 0;
        } else {
            idle += 1;
        }
        let kept = chosen.as_ref().is_some_and(Judged::keeps);
        // Without a model to plan anew nothing becomes cheaper.
        let patience = if kept { PATIENCE } else { 2 * PATIENCE };
        let done = kept && solve.is_none() || idle >= patience;
        let enough = if kept { VERDICTS } else { 2 * VERDICTS };
        if done || verdicts >= enough {
            break;
        }
        let another = ANOTHER * (judging + solve.as_ref().map_or(0.0, |solve| solve.1));
        let spare = if kept { 0.0 } else { CAREFULLY * judging };
        let anew = solve.as_mut().filter(|_| left() >= another + spare);
        if anew.is_none() && (kept || verdicts > 1 && left() < ANOTHER * judging) {
            break;
        }
        move_apart(&mut apart, &shortages);
        // There may be few more verdicts, or one only.
        let hurry = anew.is_none() && left() < spare;
        let all = hurry && left() < SPARING * judging;
        for (apart, short) in apart.iter_mut().zip(&shortages) {
            if all || hurry && *short > 0.0 {
                *apart = apart.max(WHOLLY);
            }
        }
        let sizes = Sizes::of(instance, &|queue| apart[queue as usize]);
        let asked = sizes.asked();
        let from = match anew {
            Some((solve, seconds)) => {
                let began = left();
                let plan = solve(&asked);
                *seconds = seconds.max(began - left());
                plan
            }
            // Agents who were to be shared are of less use to queues sized apart than others.
            None if all => covered(&asked, &Plan::new()),
            None => plan,
        };
        let began = left();
        plan = sizes.filled(asked, from);
        filling = filling.max(began - left());
    }
    let chosen = chosen.unwrap_or(Judged {
        plan: Plan::new(),
        shortages: Vec::new(),
    });
    Calibrated {
        kept: chosen.keeps(),
        plan: chosen.plan,
        rounds: verdicts,
        extra: Vec::new(),
    }
}

/// Queues short of their promise further apart, those with more than enough nearer.
fn move_apart(apart: &mut [f64], shortages: &[f64]) {
    for (apart, &short) in apart.iter_mut().zip(shortages) {
        if short > 0.0 {
            *apart = (*apart + LEAST_FURTHER.max(FURTHER * short)).min(MOST);
        } else if short.is_finite() && -short > AMPLE {
            *apart = (*apart - NEARER * (-short - AMPLE)).max(0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::{Choice, Cover, Group, Shift};

    #[test]
    fn a_queue_short_of_its_promise_gets_agents_of_its_own() {
        let group = |queues: &[u32]| Group {
            queues: queues.to_vec(),
            factor: 1.0,
            shifts: vec![0],
        };
        let cover = |queue| Cover {
            queues: vec![queue],
            need: vec![9.0],
            load: vec![4.0],
            shortfall_price: 100.0,
        };
        let instance = Instance {
            slots: 1,
            shifts: vec![Shift::on_line(vec![0], 1.0)],
            groups: vec![group(&[0, 1]), group(&[1])],
            covers: vec![cover(0), cover(1)],
            ..Instance::default()
        };
        // Either queue is content with sixteen agents between them.
        let mut verdict = |plan: &Plan| {
            let agents: u32 = plan.values().sum();
            let short = (16.0 - f64::from(agents)) / 50.0;
            vec![short; 2]
        };
        let start = Plan::from([(Choice { group: 0, shift: 0 }, 10)]);
        let forever = || f64::INFINITY;
        let secured = secure(&instance, start, None, &mut verdict, &forever);
        assert!(secured.kept);
        let agents: u32 = secured.plan.values().sum();
        assert!((16..=18).contains(&agents), "{agents}");
    }
}
