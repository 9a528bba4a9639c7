//! What more certainty costs: the week planned for more contacts than expected, and what the plan in hand
//! would do in such a week.
//!
//! The plan keeps its promises on average over the weeks that the forecast thinks likely. Who wants them kept
//! in four weeks of five plans for a volume that only one week in five exceeds.

use super::break_even::{grown, own_volume};
use super::drafts::{Drafts, Worked, draft};
use super::quantiles::volume_quantiles;
use super::{Settled, SetupResult, each};
use crate::demand::Demand;
use crate::ids::SetupId;
use crate::scenario::Scenario;
use crate::simulation::{Observed, replay};
use crate::whatif;

/// A plan made for a busier week.
#[derive(Debug, Clone, PartialEq)]
pub struct Certainty {
    /// Share of weeks that are no busier; none: the plan in hand, made for what is expected.
    pub weeks: Option<f64>,
    pub interactions_per_day: f64,
    /// Hours paid for the horizon, and what they cost whoever employs the agents.
    pub paid_hours: f64,
    pub cost: f64,
    /// Promises that the plan in hand keeps in such a week, of all.
    pub kept: usize,
    pub promises: usize,
    /// Contacts answered in time by the plan in hand in such a week, as a share of all.
    pub reached: f64,
}

/// Shares of weeks planned for, and the one that tells enough where agents are many.
const WEEKS: [f64; 3] = [0.8, 0.9, 0.95];
const OF_MANY: f64 = 0.9;

/// Plans that [`certainty`] makes.
pub fn plans_for_busier_weeks(many: bool) -> usize {
    let weeks = WEEKS.into_iter();
    weeks.filter(|weeks| is_planned(*weeks, many)).count()
}

fn is_planned(weeks: f64, many: bool) -> bool {
    !many || weeks == OF_MANY
}

/// The plan in hand, then plans for busier weeks. `many`: whether only one of them is worth the time.
pub fn certainty<F>(base: &SetupResult, drafts: &Drafts, many: bool, settle: F) -> Vec<Certainty>
where
    F: Fn(&Scenario, SetupId, &Demand) -> Settled + Sync,
{
    let busier = WEEKS.into_iter().zip(volume_quantiles(base, WEEKS));
    let busier = busier.filter(|(weeks, _)| is_planned(*weeks, many));
    let busier = busier.map(|(weeks, factor)| (Some(weeks), factor.max(1.0)));
    let points: Vec<(Option<f64>, f64)> = std::iter::once((None, 1.0)).chain(busier).collect();
    let in_turn = base.scenario.policy.in_turn;
    let drafted = each(in_turn, &points, |&(weeks, factor)| {
        // The week as it is may have been drafted before.
        let known = drafts.worked(base).filter(|_| weeks.is_none());
        known.unwrap_or_else(|| {
            let scenario = grown(&base.scenario, factor);
            let demand = whatif::scaled_demand(&base.demand, factor);
            let kept = base.keeps_promises;
            Worked::of(&draft(&scenario, base.setup, demand, kept, &settle))
        })
    });
    // Drafts are dearer than full plans: only what one moves against another counts.
    let (full, as_it_is) = (Worked::of(base), drafted[0]);
    let own = own_volume(base);
    let mut curve: Vec<Certainty> = Vec::new();
    for ((weeks, factor), busier) in points.into_iter().zip(drafted) {
        let (kept, promises, reached) = match weeks {
            None => service(base, &base.observed),
            Some(_) => service(base, &in_hand(base, factor)),
        };
        // Plans are within a gap of the best: a busier week may seem cheaper by a hair.
        let least = curve
            .last()
            .map_or((full.hours, full.cost), |c| (c.paid_hours, c.cost));
        curve.push(Certainty {
            weeks,
            interactions_per_day: own * factor,
            paid_hours: (full.hours + busier.hours - as_it_is.hours).max(least.0),
            cost: (full.cost + busier.cost - as_it_is.cost).max(least.1),
            kept,
            promises,
            reached,
        });
    }
    curve
}

/// The plan in hand in a week of so many times the contacts.
fn in_hand(base: &SetupResult, factor: f64) -> Observed {
    let demand = whatif::scaled_demand(&base.demand, factor);
    // As many customers as the verdict on the plan saw: its intervals are those of the promise.
    let mut scenario = base.scenario.clone();
    scenario.policy.replications = base.observed.replications;
    let (teams, shifts) = (&base.staffing.teams, &base.staffing.shifts);
    replay(&scenario, &demand, teams, shifts, scenario.seed)
}

/// Promises kept, of how many, and the share of contacts in time.
fn service(base: &SetupResult, observed: &Observed) -> (usize, usize, f64) {
    let (mut kept, mut promises, mut offered, mut reached) = (0, 0, 0.0, 0.0);
    let ours = observed
        .queues
        .iter()
        .filter(|(queue, _)| base.bears(*queue));
    for (_, seen) in ours {
        promises += 1;
        kept += usize::from(seen.keeps_promise());
        offered += seen.offered;
        reached += seen.offered * seen.reached.mean;
    }
    let share = if offered > 0.0 {
        reached / offered
    } else {
        1.0
    };
    (kept, promises, share)
}
