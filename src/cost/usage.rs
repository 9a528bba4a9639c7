//! What was worked, for whom, and which contacts were handled by whom.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::demand::Demand;
use crate::ids::{ClientId, GroupId, Id, QueueId, SetupId};
use crate::scenario::{AgentGroup, PremiumKind, Queue, Scenario, Service, Setup, SetupKind};
use crate::simulation::{Observed, QueueService};
use crate::staffing::{Capacity, Duties, PlannedShift, Staffing, begins};
use crate::table::Table;
use crate::time::{Horizon, MONTHS_PER_WEEK};
use crate::units::Share;

/// What a set-up used over the horizon.
#[derive(Debug, Clone)]
pub struct Usage {
    pub horizon: Horizon,
    pub weeks: f64,
    pub months: f64,
    /// First day of the horizon on the scenario's wall clock: prices and indexation are read on it.
    pub first_day: NaiveDate,
    pub queues: Table<QueueId, QueueUsage>,
    pub teams: Vec<TeamUsage>,
}

/// Contacts of one queue and the partner's part in them.
#[derive(Debug, Clone)]
pub struct QueueUsage {
    /// Whether its cost is the set-up's own (else a companion's).
    pub borne: bool,
    /// Contacts offered per slot.
    pub offered: Vec<f64>,
    /// Share of the contacts that is settled at the first.
    pub resolution: Share,
    /// Share of the contacts offered that is handled.
    pub handled: f64,
    /// Share of the contacts of each slot that the partner takes.
    pub partner: Vec<f64>,
    /// The partner's hours on the line for this queue, per slot.
    pub productive_hours: Vec<f64>,
    /// The same with its paid breaks.
    pub logged_hours: Vec<f64>,
}

/// Work of one team.
#[derive(Debug, Clone)]
pub struct TeamUsage {
    pub name: String,
    pub group: GroupId,
    /// Priced by the tariff (else at cost).
    pub by_tariff: bool,
    /// Share of its work that is for the set-up's own clients.
    pub borne: f64,
    /// Paid hours of its shifts.
    pub rostered: f64,
    /// Agent-hours on the line.
    pub on_line: f64,
    /// Agent-hours busy with contacts.
    pub busy: f64,
    /// People under contract: whole where contracts are whole.
    pub people: f64,
    /// Paid hours with shrinkage, before contracts are rounded up.
    pub needed_hours: f64,
    /// Paid hours by contract: those needed, or full weeks of whole people.
    pub contract_hours: f64,
    /// Most agents at work at once.
    pub seats: u32,
    /// Premium hours and pay by kind, before charges and shrinkage.
    pub premiums: Vec<(PremiumKind, f64, f64)>,
    /// The queues that it serves, each with the share of its hours on the line that falls to it.
    pub queues: BTreeMap<QueueId, f64>,
}

impl Usage {
    /// What a staffed and simulated set-up used.
    pub fn of(
        scenario: &Scenario,
        setup: SetupId,
        demand: &Demand,
        staffing: &Staffing,
        observed: &Observed,
    ) -> Self {
        let terms = &scenario.setups[setup];
        let mut usage = Self::of_demand(scenario, setup, demand).handled_as(scenario, observed);
        let work = scenario
            .queues
            .map(|id, queue| work_hours(queue, &usage.queues[id]));
        usage.teams = staffing
            .teams
            .iter()
            .enumerate()
            .map(|(index, team)| {
                let shifts: Vec<&PlannedShift> = staffing
                    .shifts
                    .iter()
                    .filter(|shift| shift.team == index)
                    .collect();
                let group = &scenario.groups[team.group];
                let mut used = team_usage(scenario, terms, group, &shifts, &usage);
                used.name.clone_from(&team.name);
                used.group = team.group;
                used.queues = team.queues.iter().map(|&queue| (queue, 0.0)).collect();
                used
            })
            .collect();
        usage.share_out(staffing, &work);
        usage
    }

    /// What a demand asks for before anyone is staffed: every contact is handled, by the partner where
    /// the set-up has one. Enough to price a tariff that follows the contacts.
    pub fn of_demand(scenario: &Scenario, setup: SetupId, demand: &Demand) -> Self {
        let terms = &scenario.setups[setup];
        let horizon = demand.horizon;
        let all = if terms.tariff.is_some() && terms.kind != SetupKind::InHouse {
            1.0
        } else {
            0.0
        };
        let weeks = horizon.weeks();
        Self {
            horizon,
            weeks,
            months: weeks * MONTHS_PER_WEEK,
            first_day: horizon.local(0, scenario.zone).date(),
            queues: demand.queues.map(|id, queue| QueueUsage {
                borne: terms.bears(scenario.queues[id].client),
                offered: queue.mean.clone(),
                resolution: queue.resolution,
                handled: 1.0,
                partner: vec![all; horizon.slots],
                productive_hours: vec![0.0; horizon.slots],
                logged_hours: vec![0.0; horizon.slots],
            }),
            teams: Vec::new(),
        }
    }

    /// The same with the shares of the contacts that were handled in a simulation.
    pub fn handled_as(mut self, scenario: &Scenario, observed: &Observed) -> Self {
        for (queue, seen) in observed.queues.iter() {
            self.queues[queue].handled = handled_share(&scenario.queues[queue], seen);
        }
        self
    }

    /// The same through some days from another first one: at so many times the contacts, by as much work a week.
    pub fn through(&self, first_day: NaiveDate, days: u32, volume: f64) -> Self {
        let mut usage = self.clone();
        usage.first_day = first_day;
        usage.weeks = f64::from(days) / 7.0;
        usage.months = usage.weeks * MONTHS_PER_WEEK;
        let longer = usage.weeks / self.weeks.max(1e-9);
        for id in usage.queues.ids().collect::<Vec<_>>() {
            let offered = &mut usage.queues[id].offered;
            offered
                .iter_mut()
                .for_each(|value| *value *= volume * longer);
        }
        usage.worked(longer)
    }

    /// The same contacts by so many times the work.
    pub fn worked(mut self, factor: f64) -> Self {
        let times = |slots: &mut Vec<f64>| slots.iter_mut().for_each(|value| *value *= factor);
        for id in self.queues.ids().collect::<Vec<_>>() {
            let queue = &mut self.queues[id];
            times(&mut queue.productive_hours);
            times(&mut queue.logged_hours);
        }
        for team in &mut self.teams {
            let hours = [
                &mut team.rostered,
                &mut team.on_line,
                &mut team.busy,
                &mut team.needed_hours,
                &mut team.contract_hours,
            ];
            hours.into_iter().for_each(|hours| *hours *= factor);
            for (_, hours, pay) in &mut team.premiums {
                *hours *= factor;
                *pay *= factor;
            }
        }
        self
    }

    /// Contacts of the set-up's own clients that were handled.
    pub fn interactions(&self) -> f64 {
        self.own_queues().map(|(_, queue)| queue.contacts()).sum()
    }

    /// The same with the cost of some clients as the set-up's own, and of no others.
    pub fn for_clients(&self, scenario: &Scenario, clients: &[ClientId]) -> Self {
        let mut usage = self.clone();
        for queue in usage.queues.ids().collect::<Vec<_>>() {
            usage.queues[queue].borne = clients.contains(&scenario.queues[queue].client);
        }
        for team in &mut usage.teams {
            let ours = team.queues.iter();
            let ours = ours.filter(|(queue, _)| usage.queues[**queue].borne);
            team.borne = ours.map(|(_, part)| part).sum();
        }
        usage
    }

    /// The queues whose cost is the set-up's own.
    pub fn own_queues(&self) -> impl Iterator<Item = (QueueId, &QueueUsage)> {
        self.queues.iter().filter(|(_, queue)| queue.borne)
    }

    /// The teams priced at cost.
    pub fn own_teams(&self) -> impl Iterator<Item = &TeamUsage> {
        self.teams.iter().filter(|team| !team.by_tariff)
    }

    /// People of the teams priced at cost, the set-up's share of them.
    pub fn people(&self) -> f64 {
        self.own_teams().map(|team| team.people * team.borne).sum()
    }

    /// Shares out the hours on the line among the queues of each team, slot by slot and by workload:
    /// what falls to companions is theirs.
    fn share_out(&mut self, staffing: &Staffing, work: &Table<QueueId, Vec<f64>>) {
        let slots = self.horizon.slots;
        let total = |queue: QueueId| work[queue].iter().sum::<f64>();
        // Capacity by queue and slot: (the partner's, all).
        let mut partner = self.queues.map(|_, _| vec![0.0; slots]);
        let mut all = self.queues.map(|_, _| vec![0.0; slots]);
        for (index, team) in self.teams.iter_mut().enumerate() {
            let logged_per_productive = if team.on_line > 0.0 {
                team.rostered / team.on_line
            } else {
                1.0
            };
            // A shift or break that ends within a slot is on the line for part of it.
            let agents: u32 = staffing.on_line[index].iter().sum();
            let an_agent = team.on_line / f64::from(agents.max(1));
            let over_all: f64 = team.queues.keys().map(|&queue| total(queue)).sum();
            let even = 1.0 / team.queues.len().max(1) as f64;
            let mut borne = 0.0;
            for (slot, &agents) in staffing.on_line[index].iter().enumerate().take(slots) {
                if agents == 0 {
                    continue;
                }
                let worked = f64::from(agents) * an_agent;
                let in_slot: f64 = team.queues.keys().map(|&queue| work[queue][slot]).sum();
                for (&queue, hours_of_queue) in &mut team.queues {
                    let part = if in_slot > 0.0 {
                        work[queue][slot] / in_slot
                    } else if over_all > 0.0 {
                        total(queue) / over_all
                    } else {
                        even
                    };
                    let used = &mut self.queues[queue];
                    if used.borne {
                        borne += worked * part;
                    }
                    all[queue][slot] += worked * part;
                    *hours_of_queue += worked * part;
                    if team.by_tariff {
                        partner[queue][slot] += worked * part;
                        used.productive_hours[slot] += worked * part;
                        used.logged_hours[slot] += worked * part * logged_per_productive;
                    }
                }
            }
            if team.on_line > 0.0 {
                team.borne = borne / team.on_line;
                team.queues
                    .values_mut()
                    .for_each(|part| *part /= team.on_line);
            }
        }
        for queue in self.queues.ids().collect::<Vec<_>>() {
            let (ours, both) = (&partner[queue], &all[queue]);
            let sum: f64 = both.iter().sum();
            let mean = if sum > 0.0 {
                ours.iter().sum::<f64>() / sum
            } else {
                self.queues[queue].partner.first().copied().unwrap_or(0.0)
            };
            self.queues[queue].partner = ours
                .iter()
                .zip(both)
                .map(|(ours, both)| if *both > 0.0 { ours / both } else { mean })
                .collect();
        }
        // Work that is handled falls to the teams by their capacity for it.
        let busy_share = all.map(|queue, hours| {
            let handled = total(queue) * self.queues[queue].handled;
            handled / hours.iter().sum::<f64>().max(1e-9)
        });
        for team in &mut self.teams {
            let parts = team.queues.iter();
            let busy = parts.map(|(&queue, part)| part * team.on_line * busy_share[queue]);
            team.busy = busy.sum::<f64>().min(team.on_line);
        }
    }
}

impl QueueUsage {
    /// Contacts handled.
    pub fn contacts(&self) -> f64 {
        self.offered.iter().sum::<f64>() * self.handled
    }

    /// Contacts offered that nobody handles.
    pub fn missed(&self) -> f64 {
        self.offered.iter().sum::<f64>() * (1.0 - self.handled)
    }

    /// Contacts offered that fall to the partner.
    pub fn partner_offered(&self) -> f64 {
        self.offered
            .iter()
            .zip(&self.partner)
            .map(|(offered, share)| offered * share)
            .sum()
    }

    /// Contacts handled by one's own.
    pub fn own_contacts(&self) -> f64 {
        self.contacts() - self.partner_offered() * self.handled
    }
}

/// Agent-hours of work that a queue brings in each slot.
pub(super) fn work_hours(queue: &Queue, usage: &QueueUsage) -> Vec<f64> {
    let concurrency = match &queue.service {
        Service::RealTime { concurrency, .. } => f64::from((*concurrency).max(1)),
        Service::Deferrable { .. } => 1.0,
    };
    let per_contact = queue.handle_time.mean.hours().value() / concurrency;
    usage
        .offered
        .iter()
        .map(|contacts| contacts * per_contact)
        .collect()
}

/// Mail still open when the horizon ends is answered after it; a call is not.
fn handled_share(queue: &Queue, seen: &QueueService) -> f64 {
    if seen.offered <= 0.0 {
        return 1.0;
    }
    let share = match queue.service {
        Service::Deferrable { .. } if seen.answered > 0.0 => 1.0 - seen.abandoned / seen.offered,
        _ => seen.answered / seen.offered,
    };
    share.clamp(0.0, 1.0)
}

fn team_usage(
    scenario: &Scenario,
    terms: &Setup,
    group: &AgentGroup,
    shifts: &[&PlannedShift],
    usage: &Usage,
) -> TeamUsage {
    let site = &scenario.sites[group.site];
    let horizon = &usage.horizon;
    let by_tariff = terms.pays_by_tariff(group);
    let rostered: f64 = shifts
        .iter()
        .map(|shift| shift.paid_hours * f64::from(shift.agents))
        .sum();
    let mut premiums: BTreeMap<PremiumKind, (f64, f64)> = BTreeMap::new();
    let of_one = Capacity::of(scenario, group, usage.weeks);
    let first_day = horizon.start.with_timezone(&site.zone);
    let within = horizon.span();
    let mut on_line = 0.0;
    let mut duties = Duties::default();
    let mut present = vec![0_u32; horizon.slots];
    for shift in shifts {
        let unpaid: Vec<_> = shift
            .breaks
            .iter()
            .filter(|pause| !pause.paid)
            .map(|pause| (pause.start, pause.end))
            .collect();
        let (start, end) = (shift.start, shift.end);
        for pay in site.premiums(group.wage, (start, end), &unpaid, &within) {
            let entry = premiums.entry(pay.kind).or_default();
            entry.0 += pay.hours * f64::from(shift.agents);
            entry.1 += pay.amount * f64::from(shift.agents);
        }
        let agents = f64::from(shift.agents);
        on_line += agents * shift.worked(&within).1;
        let (whole, _) = shift.worked(&(start..end));
        let hours = whole * group.paid_per_filled();
        duties.add(&of_one, begins(shift.start, first_day), hours, agents);
        let (start, end) = (start.max(within.start), end.min(within.end));
        if start < end {
            let first = horizon.slot_offset(start).max(0) as usize;
            let last =
                (horizon.slot_offset(end - chrono::Duration::seconds(1)) + 1).max(0) as usize;
            for agents in &mut present[first..last.min(horizon.slots)] {
                *agents += shift.agents;
            }
        }
    }
    let needed_hours = rostered * group.paid_per_filled();
    let (people, contract_hours) = if terms.in_house.whole_contracts {
        let people = duties.heads(&of_one);
        (people, (people * of_one.hours).max(needed_hours))
    } else if of_one.hours > 0.0 {
        (needed_hours / of_one.hours, needed_hours)
    } else {
        (0.0, needed_hours)
    };
    TeamUsage {
        name: String::new(),
        group: GroupId::new(0),
        by_tariff,
        borne: 1.0,
        rostered,
        on_line,
        busy: 0.0,
        people,
        needed_hours,
        contract_hours,
        seats: present.into_iter().max().unwrap_or(0),
        premiums: premiums
            .into_iter()
            .map(|(kind, (hours, amount))| (kind, hours, amount))
            .collect(),
        queues: BTreeMap::new(),
    }
}
