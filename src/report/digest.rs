//! What all forms of a report say, computed once from a plan: the answer, heads, service in all.

use crate::compare::SetupResult;
use crate::cost::{self, Hiring, Learning};
use crate::demand::QueueDemand;
use crate::ids::{Id, QueueId};
use crate::plan::Plan;
use crate::report::{Memo, promised, words};
use crate::roster::Backup;
use crate::scenario::{Queue, Setup, SetupKind};
use crate::simulation::QueueService;
use crate::staffing::{CUT_SHORT, Proof};

/// A plan with the numbers that reports ask of it again and again.
pub(crate) struct Digest<'a> {
    pub plan: &'a Plan,
    /// The set-up whose shifts and roster are handed on.
    pub chosen: Option<&'a SetupResult>,
    pub cheapest: Option<&'a SetupResult>,
}

/// A team with what it works.
pub(crate) struct TeamWork<'a> {
    pub name: &'a str,
    /// People on its roster; where none was made, the most that work on one day.
    pub heads: usize,
    pub paid_hours: f64,
}

/// A word or two beside a set-up's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Badge {
    pub said: &'static str,
    pub good: bool,
}

impl<'a> Digest<'a> {
    /// Looks a plan over.
    pub(crate) fn of(plan: &'a Plan) -> Self {
        let setups = &plan.comparison.setups;
        Self {
            plan,
            chosen: setups.get(plan.chosen),
            cheapest: setups.get(plan.comparison.cheapest),
        }
    }

    /// What the owner's memo is made from: a plan turns no inputs.
    pub(crate) fn memo(&self) -> Memo<'a> {
        Memo {
            scenario: &self.plan.scenario,
            comparison: &self.plan.comparison,
            break_even: &self.plan.break_even,
            tornado: &[],
            quantiles: &[],
            levers: &[],
            year: None,
            split: None,
        }
    }

    /// The set-up of a result.
    pub(crate) fn setup(&self, result: &SetupResult) -> Option<&'a Setup> {
        let index = result.setup.index();
        self.plan.scenario.setups.values().nth(index)
    }

    /// The set-up's name, as scenarios spell it.
    pub(crate) fn setup_name(&self, result: &SetupResult) -> &'a str {
        self.setup(result).map_or("?", |setup| setup.name.as_str())
    }

    /// The set-up's title, or its name where it has none.
    pub(crate) fn setup_title(&self, result: &SetupResult) -> &'a str {
        self.setup(result)
            .map_or("?", |setup| words::titled(&setup.title, &setup.name))
    }

    /// Contacts a day over the horizon.
    pub(crate) fn contacts_per_day(&self) -> f64 {
        let days = self.plan.scenario.horizon.weeks() * 7.0;
        if days > 0.0 {
            self.plan.demand.contacts() / days
        } else {
            0.0
        }
    }

    /// A mean over the user's queues, each weighed by its contacts.
    pub(crate) fn mean_over_contacts(&self, value: impl Fn(&QueueDemand) -> f64) -> Option<f64> {
        let (mut sum, mut weight) = (0.0, 0.0);
        for queue in self.plan.demand.queues.values() {
            sum += value(queue) * queue.contacts();
            weight += queue.contacts();
        }
        (weight > 0.0).then(|| sum / weight)
    }

    /// Contacts of a queue over the horizon.
    pub(crate) fn contacts(&self, queue: QueueId) -> f64 {
        self.plan.demand.queues[queue].contacts()
    }

    /// The user's own queues with the service that the simulation saw in a set-up.
    pub(crate) fn service(
        &self,
        result: &'a SetupResult,
    ) -> impl Iterator<Item = (&'a Queue, &'a QueueService)> + use<'a> {
        self.plan
            .scenario
            .queues
            .values()
            .zip(result.observed.queues.values())
    }

    /// Who stands in, for the scenario's own clients, and what it takes them to learn it first.
    pub(crate) fn backups(&self) -> Vec<(&'a Backup, Learning)> {
        let Some(chosen) = self.chosen else {
            return Vec::new();
        };
        let roster = &self.plan.roster;
        let learning = cost::pre_learning(&chosen.scenario, chosen.setup, roster);
        let own = self.plan.scenario.clients.len();
        let backups = roster.backups.iter().zip(learning);
        backups
            .filter(|(backup, _)| backup.client.index() < own)
            .collect()
    }

    /// What it would take to hire the backups that are missing.
    pub(crate) fn hiring(&self, backups: &[(&Backup, Learning)]) -> Hiring {
        let missing = backups.iter().map(|(backup, _)| *backup);
        let agents = &self.plan.roster.agents;
        self.chosen.map_or(Hiring::default(), |chosen| {
            cost::hiring(&chosen.scenario, chosen.setup, agents, missing)
        })
    }

    /// Teams of the chosen set-up with their heads and paid hours.
    pub(crate) fn teams(&self) -> Vec<TeamWork<'a>> {
        let Some(chosen) = self.chosen else {
            return Vec::new();
        };
        let staffing = &chosen.staffing;
        let rostered = !self.plan.roster.agents.is_empty();
        staffing
            .teams
            .iter()
            .enumerate()
            .map(|(index, team)| {
                let shifts = || {
                    staffing
                        .shifts
                        .iter()
                        .filter(move |shift| shift.team == index)
                };
                let heads = if rostered {
                    let on_team = |agent: &&crate::roster::RosteredAgent| agent.team == index;
                    self.plan.roster.agents.iter().filter(on_team).count()
                } else {
                    let mut days = std::collections::BTreeMap::new();
                    for shift in shifts() {
                        *days.entry(shift.start.date_naive()).or_insert(0) += shift.agents as usize;
                    }
                    days.into_values().max().unwrap_or(0)
                };
                TeamWork {
                    name: &team.name,
                    heads,
                    paid_hours: shifts()
                        .map(|shift| shift.paid_hours * f64::from(shift.agents))
                        .sum(),
                }
            })
            .collect()
    }

    /// Agents in all.
    pub(crate) fn heads(&self) -> usize {
        self.teams().iter().map(|team| team.heads).sum()
    }

    /// People whom the cost counts as employed for the teams that no tariff pays, where they are more than those on
    /// the roster: some are away at any time, and others stand in.
    pub(crate) fn employed(&self) -> Option<f64> {
        let chosen = self.chosen?;
        let setup = &chosen.scenario.setups[chosen.setup];
        let teams = chosen.staffing.teams.iter().zip(self.teams());
        let own =
            teams.filter(|(team, _)| !setup.pays_by_tariff(&chosen.scenario.groups[team.group]));
        let rostered: usize = own.map(|(_, work)| work.heads).sum();
        let employed = chosen.costing.detail.own_people;
        (employed > rostered as f64 + 1e-6).then_some(employed)
    }

    /// Other shops that the people of a set-up serve beside the user's.
    pub(crate) fn companions(&self, result: &SetupResult) -> Option<u32> {
        self.setup(result)
            .map(|setup| setup.companions)
            .filter(|others| *others > 0)
    }

    /// What the cheapest set-up is held against: the in-house one where that is dearer, one that keeps its promises
    /// before one that does not, else the next dearer one that keeps them; and the share saved.
    pub(crate) fn saving(&self) -> Option<(&'a SetupResult, f64)> {
        let price = self.cheapest?.costing.per_interaction()?;
        let foreign = |result: &SetupResult| {
            self.setup(result)
                .is_none_or(|setup| setup.kind != SetupKind::InHouse)
        };
        let (against, other) = self
            .priced()
            .filter(|(result, other)| *other > price && (result.keeps_promises || !foreign(result)))
            .min_by(|a, b| {
                let rank = |result| (foreign(result), !result.keeps_promises);
                rank(a.0).cmp(&rank(b.0)).then(a.1.total_cmp(&b.1))
            })?;
        Some((against, 1.0 - price / other))
    }

    /// The least of the prices below that of the set-up called cheapest: it breaks a promise.
    pub(crate) fn undercut(&self) -> Option<(&'a SetupResult, f64)> {
        let price = self.cheapest?.costing.per_interaction()?;
        self.priced()
            .filter(|(_, other)| *other < price)
            .min_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// The one badge of a set-up: "cheapest" is said of what keeps its promises alone.
    pub(crate) fn badge(&self, result: &SetupResult) -> Option<Badge> {
        let fault = self.fault(result);
        let said = self.tag(result).or(fault)?;
        let good = fault.is_none();
        Some(Badge { said, good })
    }

    /// What is said of the set-up called cheapest.
    pub(crate) fn tag(&self, result: &SetupResult) -> Option<&'static str> {
        self.cheapest.filter(|it| it.setup == result.setup)?;
        let (kept, all) = result.promises_kept();
        Some(match result.keeps_promises {
            true => "cheapest",
            false if kept == 0 && all > 0 => "costs least",
            false if kept < all => "keeps most, not all",
            false => "leaves least open",
        })
    }

    /// What a set-up does not do that it should.
    fn fault(&self, result: &SetupResult) -> Option<&'static str> {
        let (kept, all) = result.promises_kept();
        if kept < all {
            Some("breaks a promise")
        } else {
            (!result.keeps_promises).then_some("leaves hours open")
        }
    }

    /// The set-ups of which no plan that keeps every promise was found before the time was up.
    fn cut_short(&self) -> Vec<&'a str> {
        let results = self.plan.comparison.setups.iter();
        results
            .filter(|result| result.staffing.proof.status == CUT_SHORT)
            .map(|result| self.setup_name(result))
            .collect()
    }

    /// Set-ups with the cost of an interaction.
    fn priced(&self) -> impl Iterator<Item = (&'a SetupResult, f64)> {
        let results = self.plan.comparison.setups.iter();
        results.filter_map(|result| Some((result, result.costing.per_interaction()?)))
    }
}

/// The answer in a sentence, and what stands beside it.
pub(crate) fn answer(digest: &Digest) -> (String, String) {
    let plan = digest.plan;
    let currency = plan.scenario.currency;
    let Some(cheapest) = digest.cheapest else {
        return (
            "No set-up was planned.".to_owned(),
            "Name at least one set-up in the scenario.".to_owned(),
        );
    };
    let title = words::clean(digest.setup_title(cheapest));
    let price = cheapest.costing.per_interaction().map_or_else(
        || {
            let month = words::money_short(currency, cheapest.costing.per_month());
            format!("{month} a month, without an interaction to price")
        },
        |price| format!("{} an interaction", words::money(currency, price)),
    );
    let rank = match digest.undercut() {
        // Who is cheaper might keep them, had it had more time.
        Some(_) if plan.scenario.policy.in_turn => {
            "is the cheapest found in the time given that keeps every promise"
        }
        Some(_) => "is the cheapest that keeps every promise",
        None => "is cheapest",
    };
    let headline = match digest.saving() {
        _ if !cheapest.keeps_promises => {
            let misses = match cheapest.promises_kept() {
                (kept, all) if kept < all => "No set-up keeps every promise",
                _ => "Every set-up leaves hours open",
            };
            let rank = if digest.undercut().is_some() {
                "keeps most at the least cost"
            } else {
                "costs least"
            };
            format!("{misses}. “{title}” {rank}: {price}.")
        }
        Some((against, share)) => format!(
            "“{title}” {rank}: {price}, {} less than “{}” ({}).",
            words::percent(share),
            words::clean(digest.setup_title(against)),
            words::money(currency, against.costing.per_interaction().unwrap_or(0.0)),
        ),
        None if digest.plan.comparison.setups.len() > 1 => {
            format!("“{title}” {rank}: {price}.")
        }
        None => format!("“{title}”: {price}."),
    };
    (headline, caveat(digest, cheapest))
}

fn caveat(digest: &Digest, cheapest: &SetupResult) -> String {
    let kept = "Every promise of service is kept in simulation";
    let mut text = if cheapest.keeps_promises {
        format!("{kept}.")
    } else {
        match cheapest.promises_kept() {
            (kept, all) if kept < all => format!(
                "It keeps {kept} of {all}; the shortfalls below say where the others fail, and why."
            ),
            _ => format!(
                "{kept}, but it {}; the shortfalls below say which, and why.",
                leaves_open(cheapest)
            ),
        }
    };
    if let Some((other, price)) = digest.undercut() {
        let failing = match other.promises_kept() {
            (kept, all) if kept < all => format!("keeps {kept} of {all}"),
            _ => leaves_open(other),
        };
        text.push_str(&format!(
            " “{}” would cost {}, but {failing}.",
            words::clean(digest.setup_title(other)),
            words::money(digest.plan.scenario.currency, price),
        ));
    }
    if let Some(chosen) = digest.chosen
        && chosen.setup != cheapest.setup
    {
        text.push_str(&format!(
            " The shifts and the roster are those of “{}”.",
            words::clean(digest.setup_title(chosen))
        ));
    }
    let cut_short = digest.cut_short();
    if !cut_short.is_empty() {
        text.push_str(&format!(
            " Within the time limit no plan was found that keeps every promise of {}: with more time there may be \
             one, and another answer.",
            words::some_of(&cut_short)
        ));
    }
    text
}

/// How far a plan may be from the best; none where no bound was found before the time was up.
pub(crate) fn gap(proof: &Proof) -> Option<f64> {
    (proof.bound > 0.0 || proof.objective <= 0.0).then_some(proof.gap)
}

fn leaves_open(result: &SetupResult) -> String {
    format!(
        "leaves {}",
        promised::open(result.staffing.shortfall_hours())
    )
}
