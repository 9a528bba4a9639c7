//! The whole way of the data on one screen.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::audit::{self, Finding};
use crate::compare::{self, BreakEven, Certainty, Comparison, Settled};
use crate::cost::{self, TeamLearning};
use crate::demand::{self, Demand};
use crate::ids::{Id, SetupId};
use crate::requirement::{self, OwnTeam, Requirement};
use crate::roster::{self, Roster};
use crate::scenario::Scenario;
use crate::simulation::{self, Missed};
use crate::staffing::{Earlier, EarlierTeam, Limits};
use crate::time::Stopwatch;

/// A finished plan: every stage's value. The scenario, demand and requirement are the user's own; those
/// of the chosen set-up, companions included, lie in `comparison.setups[chosen]`.
#[derive(Debug, Clone)]
pub struct Plan {
    pub scenario: Scenario,
    pub demand: Demand,
    pub requirement: Requirement,
    pub comparison: Comparison,
    /// Index into `comparison.setups`: the set-up whose shifts and roster are handed on.
    pub chosen: usize,
    pub roster: Roster,
    pub findings: Vec<Finding>,
    /// Promises that the chosen set-up misses, and what would keep them.
    pub missed: Missed,
    /// What people have to learn since an earlier plan, where one is known with its teams.
    pub learning: Option<Vec<TeamLearning>>,
    pub break_even: BreakEven,
    /// Per client and language, from which volume on it deserves a team of its own.
    pub own_teams: Vec<OwnTeam>,
    /// What plans of the chosen set-up for busier weeks cost; empty where no volumes are compared.
    pub certainty: Vec<Certainty>,
}

/// How hard to try, and for which set-up.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The set-up whose roster is wanted, instead of the scenario's choice or the cheapest.
    pub setup: Option<SetupId>,
    /// Relative gap at which a solve may stop, instead of the scenario's.
    pub gap: Option<f64>,
    /// Wall-clock seconds for all of it; without them the answer is repeatable to the bit.
    pub seconds: Option<f64>,
    /// A plan to set out from and stay near, for set-ups of its people.
    pub earlier: Option<&'a Earlier>,
    /// Teams of a plan made before: who has to learn which clients since?
    pub since: &'a [EarlierTeam],
    /// Volumes at which the set-ups are compared; 0 leaves the break-even out.
    pub volumes: usize,
}

/// Interactions a day from which on fewer volumes are compared.
const MANY: f64 = 500.0;

/// Shares of the seconds allowed that are gone when the set-ups are staffed (with volumes to compare, and
/// without) and when the last what-if ends; and of those left, the share that drafts of all set-ups take.
const STAFFED: (f64, f64) = (0.75, 0.9);
const WHAT_IFS: f64 = 0.9;
const DRAFTED: f64 = 0.3;
/// Seconds without which no draft of a set-up is worth beginning.
const LEAST_DRAFT: f64 = 0.2;
/// A what-if takes so many times what its draft at today's volume did.
const DEARER: f64 = 1.5;

/// Plans a scenario: forecast, size, staff, simulate, price, compare, roster, audit. `say` hears how far
/// it is.
///
/// Where seconds are limited the set-ups share them, and volumes are compared for as long as they last.
pub fn plan(mut scenario: Scenario, options: &Options, say: &(dyn Fn(&str) + Sync)) -> Plan {
    let watch = Stopwatch::start();
    scenario.policy.in_turn = options.seconds.is_some();
    // Seconds until this share of them is gone.
    let left = |share: f64| {
        options
            .seconds
            .map(|all| (share * all - watch.seconds()).max(0.0))
    };
    say("forecasting demand");
    let demand = demand::forecast(&scenario);
    let requirement = requirement::size(&scenario, &demand);
    let settle_within = |seconds: Option<f64>,
                         earlier: Option<&Earlier>,
                         scenario: &Scenario,
                         setup,
                         demand: &Demand| {
        say(&format!("staffing {}", scenario.setups[setup].name));
        let options = Options {
            seconds,
            earlier,
            ..*options
        };
        settle(scenario, setup, demand, &options, say)
    };
    let staffed = if options.volumes > 1 {
        STAFFED.0
    } else {
        STAFFED.1
    };
    let waiting = AtomicUsize::new(compare::staffed_apart(&scenario).len());
    let comparison = compare::setups(&scenario, &demand, |scenario, setup, demand| {
        let among = waiting.fetch_sub(1, Ordering::Relaxed).max(1) as f64;
        let seconds = left(staffed).map(|seconds| seconds / among);
        settle_within(seconds, options.earlier, scenario, setup, demand)
    });
    let setups = comparison.setups.len() as f64;
    let a_setup = watch.seconds() / setups;
    let chosen = options
        .setup
        .or(scenario.plan_setup)
        .map_or(comparison.cheapest, Id::index);
    let result = &comparison.setups[chosen];
    let roster = roster::assign(&result.scenario, &result.staffing);
    let findings = audit::check(&result.scenario, &result.requirement, &roster);
    let own = scenario.queues.len();
    let missed = simulation::missed(
        &result.scenario,
        own,
        &result.demand,
        &result.staffing,
        &result.observed,
        || left(1.0).is_none_or(|seconds| seconds > 0.0),
    );
    let teams = &result.staffing.teams;
    let learning = (!options.since.is_empty()).then(|| {
        cost::since(
            &result.scenario,
            result.setup,
            teams,
            &roster,
            options.since,
        )
    });
    let a_day = demand.contacts() / scenario.horizon.weeks() / 7.0;
    // The steps of whole people are small where there are many: fewer volumes tell as much.
    let is_large = a_day > MANY;
    let count = if is_large {
        options.volumes.min(3)
    } else {
        options.volumes
    };
    let each = left(WHAT_IFS).map(|seconds| DRAFTED * seconds / setups);
    let fresh = |scenario: &Scenario, setup, demand: &Demand| {
        settle_within(each, None, scenario, setup, demand)
    };
    // What-ifs are not begun that could not be ended: a draft takes no longer than its plan did.
    let late = left(WHAT_IFS).is_some_and(|seconds| seconds < a_setup.max(setups * LEAST_DRAFT));
    let mut volumes = compare::volumes(a_day, if late { 0 } else { count });
    let mut drafts = compare::Drafts::default();
    if volumes.len() > 1 {
        say("comparing volumes");
        let before = watch.seconds();
        let has_time = || left(WHAT_IFS).is_none_or(|seconds| seconds > LEAST_DRAFT);
        drafts = compare::Drafts::in_time(&comparison, fresh, has_time);
        if let Some(seconds) = left(WHAT_IFS) {
            let took = DEARER * (watch.seconds() - before).max(1e-3);
            let busier_weeks = compare::plans_for_busier_weeks(is_large) as f64 / setups;
            let drafts = seconds / took - busier_weeks;
            volumes = compare::volumes(a_day, compare::affordable(count, drafts));
        }
    }
    let break_even = compare::break_even(&comparison, &drafts, &volumes, fresh);
    let certainty = if volumes.len() > 1 {
        say("planning for busier weeks");
        compare::certainty(&comparison.setups[chosen], &drafts, is_large, fresh)
    } else {
        Vec::new()
    };
    let own_teams = match left(WHAT_IFS) {
        Some(0.0) => Vec::new(),
        _ => requirement::own_teams(&scenario, &demand),
    };
    Plan {
        own_teams,
        scenario,
        demand,
        requirement,
        comparison,
        chosen,
        roster,
        findings,
        missed,
        learning,
        break_even,
        certainty,
    }
}

/// Sizes, staffs and simulates one set-up until its promises hold.
pub fn settle(
    scenario: &Scenario,
    setup: SetupId,
    demand: &Demand,
    options: &Options,
    say: &(dyn Fn(&str) + Sync),
) -> Settled {
    let limits = Limits {
        gap: options.gap.unwrap_or(scenario.policy.gap),
        seconds: options.seconds,
        seed: scenario.seed,
    };
    let people = |name: &str| {
        let setups = scenario.setups.values();
        let named = setups.filter(|setup| setup.name == name);
        named.map(|setup| &setup.groups).next()
    };
    let earlier = options.earlier;
    let earlier = earlier.filter(|it| people(&it.setup) == Some(&scenario.setups[setup].groups));
    crate::settle::settle(scenario, setup, demand, &limits, earlier, say)
}
