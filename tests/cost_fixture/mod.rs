//! One shop in Czechia with one phone queue, an own and a partner's group, and a month of exactly
//! 365.25 ÷ 12 days, so that monthly prices are paid once.
#![allow(dead_code)]

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::Tz;
use crewcast::compare::{self, Comparison, Settled};
use crewcast::cost::{self, Costing};
use crewcast::demand::{self, Demand, QueueDemand};
use crewcast::ids::{
    ClientId, GroupId, Id, LanguageId, MarketId, QueueId, SetupId, ShiftId, SiteId,
};
use crewcast::requirement::Requirement;
use crewcast::scenario::*;
use crewcast::settle;
use crewcast::simulation::{Interval, Observed, QueueService};
use crewcast::staffing::{PlannedShift, Proof, Staffing, Team};
use crewcast::table::Table;
use crewcast::time::{Calendar, Horizon, OpeningHours};
use crewcast::units::{Hours, Seconds, Share};

pub const SETUP: SetupId = SetupId(0);
pub const QUEUE: QueueId = QueueId(0);
pub const OWN: GroupId = GroupId(0);
pub const PARTNER: GroupId = GroupId(1);

pub fn money(amount: f64) -> Money {
    Money::from_f64(amount)
}

pub fn utc(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .unwrap()
        .and_utc()
}

pub fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// A month of 365.25 ÷ 12 days from 1 January 2026: 2,922 quarters of an hour.
pub fn month() -> Horizon {
    Horizon {
        start: utc("2026-01-01 00:00"),
        slot_minutes: 15,
        slots: 2922,
    }
}

pub fn week() -> Horizon {
    Horizon {
        start: utc("2026-01-05 00:00"),
        slot_minutes: 15,
        slots: 672,
    }
}

pub fn site(zone: Tz, premiums: Vec<Premium>, stacking: Stacking) -> Site {
    Site {
        name: "site".to_owned(),
        zone,
        calendar: Calendar::default(),
        hours: OpeningHours::always(),
        seats: None,
        rules: LabourRules {
            name: "test".to_owned(),
            charges: None,
            premiums,
            stacking,
            daily_rest: Hours(11.0),
            weekly_rest: Hours(35.0),
            max_week: Hours(48.0),
            full_time: Hours(40.0),
            max_days: 5,
            night: None,
            free_sundays: 0,
            source: "test".to_owned(),
        },
    }
}

fn group(name: &str, employer: Employer, wage: f64) -> AgentGroup {
    AgentGroup {
        name: name.to_owned(),
        site: SiteId::new(0),
        employer,
        kind: match employer {
            Employer::Own => GroupKind::Dedicated,
            Employer::Partner => GroupKind::Shared { max_clients: 4 },
        },
        clients: vec![ClientId::new(0)],
        languages: vec![Speaks {
            language: LanguageId::new(0),
            level: LanguageLevel::Native,
        }],
        channels: Channel::ALL.to_vec(),
        wage,
        charges: Share(0.338),
        shrinkage: Vec::new(),
        contract: ContractWeek {
            hours: Hours(40.0),
            days: 5,
            start_band: None,
        },
        max_agents: None,
        overflow_after: Seconds::ZERO,
        shifts: vec![ShiftId::new(0)],
    }
}

pub fn setup(name: &str, group: GroupId, tariff: Option<Tariff>) -> Setup {
    Setup {
        name: name.to_owned(),
        title: name.to_owned(),
        kind: if tariff.is_some() {
            SetupKind::OutsourcedShared
        } else {
            SetupKind::InHouse
        },
        groups: vec![group],
        empty_groups: Vec::new(),
        companions: 0,
        bearers: None,
        sharers: None,
        per_client: false,
        in_house: InHouseCosts {
            whole_contracts: false,
            ..InHouseCosts::default()
        },
        tariff,
    }
}

/// A shop at `wage` an hour with one set-up.
pub fn scenario(horizon: Horizon, wage: f64, setup: Setup) -> Scenario {
    let prague = chrono_tz::Europe::Prague;
    Scenario {
        name: "shop".to_owned(),
        title: "shop".to_owned(),
        currency: Currency::CZK,
        seed: 1,
        horizon,
        zone: prague,
        policy: Policy::default(),
        clients: Table::new(vec![Client {
            name: "shop".to_owned(),
            title: "Shop".to_owned(),
            orders_per_day: Some(100.0),
            learning: Hours(16.0),
        }]),
        markets: Table::new(vec![Market {
            name: "cz".to_owned(),
            zone: prague,
            calendar: Calendar::default(),
        }]),
        languages: Table::new(vec![Language {
            tag: "cs".to_owned(),
            title: "Czech".to_owned(),
        }]),
        queues: Table::new(vec![Queue {
            name: "cs-phone".to_owned(),
            client: ClientId::new(0),
            market: MarketId::new(0),
            language: LanguageId::new(0),
            native_only: false,
            channel: Channel::Phone,
            contact_type: ContactType {
                informational: true,
                deflectable: Share(0.5),
                ..ContactType::named("order-status")
            },
            hours: OpeningHours::always(),
            service: Service::RealTime {
                target: ServiceTarget {
                    answered_within: Some((Share(0.8), Seconds(20.0))),
                    definition: ServiceDefinition::Offered,
                    mean_wait: None,
                    wait_quantile: None,
                    max_abandoned: None,
                },
                patience: Some(Seconds(120.0)),
                concurrency: 1,
            },
            handle_time: HandleTime {
                mean: Seconds(300.0),
                cv: 1.0,
            },
            first_contact_resolution: Share(0.8),
            recontact: Share(0.5),
            retrial: Share::ZERO,
            retrial_after: Seconds(600.0),
            reserve: 0,
            min_agents: 1,
            demand: DemandSource {
                history: None,
                orders: None,
            },
        }]),
        sites: Table::new(vec![site(prague, Vec::new(), Stacking::Add)]),
        shifts: Table::new(vec![ShiftTemplate {
            name: "day".to_owned(),
            length_minutes: 480,
            earliest: 540,
            latest: 540,
            step_minutes: 15,
            days: [true; 7],
            breaks: Vec::new(),
        }]),
        groups: Table::new(vec![
            group("own", Employer::Own, wage),
            group("partner", Employer::Partner, wage),
        ]),
        setups: Table::new(vec![setup]),
        events: Vec::new(),
        levers: Vec::new(),
        growths: Vec::new(),
        overrides: Vec::new(),
        without: Vec::new(),
        plan_setup: None,
        inputs: Default::default(),
        assumed: Vec::new(),
        doubts: Vec::new(),
        impossible: Vec::new(),
    }
}

/// `contacts` over the horizon, `even`ly in every slot.
pub fn demand(scenario: &Scenario, contacts: f64) -> Demand {
    let slots = scenario.horizon.slots;
    let even = vec![contacts / slots as f64; slots];
    let queues = scenario.queues.map(|_, _| QueueDemand {
        model: "test".to_owned(),
        mean: even.clone(),
        p10: even.clone(),
        p50: even.clone(),
        p80: even.clone(),
        p95: even.clone(),
        day_variance: 0.04,
        slot_variance: 0.0,
        week_variance: 0.0,
        level_variance: 0.0,
        today: None,
        resolution: Share(0.8),
        spared: Vec::new(),
        accuracy: None,
        factors: Vec::new(),
    });
    Demand::new(scenario.horizon, queues)
}

/// One team of `group` with a shift of `hours` from each of `starts`, `agents` in each.
pub fn staffing(
    scenario: &Scenario,
    group: GroupId,
    starts: &[DateTime<Utc>],
    hours: i64,
    agents: u32,
) -> Staffing {
    let horizon = scenario.horizon;
    let mut on_line = vec![0; horizon.slots];
    let shifts = starts
        .iter()
        .map(|&start| {
            let end = start + Duration::hours(hours);
            for (slot, there) in on_line.iter_mut().enumerate() {
                if (start..end).contains(&horizon.slot_start(slot)) {
                    *there += agents;
                }
            }
            PlannedShift {
                team: 0,
                template: ShiftId::new(0),
                start,
                end,
                breaks: Vec::new(),
                agents,
                pay: 0.0,
                premium: 0.0,
                paid_hours: hours as f64,
            }
        })
        .collect();
    Staffing {
        teams: vec![Team {
            name: scenario.groups[group].name.clone(),
            group,
            clients: scenario.clients.ids().collect(),
            queues: scenario.queues.ids().collect(),
        }],
        shifts,
        on_line: vec![on_line],
        cover: Vec::new(),
        shortfall: Vec::new(),
        proof: Proof {
            status: "optimal".to_owned(),
            objective: 0.0,
            bound: 0.0,
            gap: 0.0,
            seconds: 0.0,
        },
    }
}

/// `count` starts at 09:00 UTC, one a day from the horizon's first day.
pub fn mornings(horizon: Horizon, count: i64) -> Vec<DateTime<Utc>> {
    (0..count)
        .map(|day| horizon.start + Duration::days(day) + Duration::hours(9))
        .collect()
}

/// Everyone answered, `reached` of them in time.
pub fn observed(demand: &Demand, reached: f64) -> Observed {
    Observed {
        seed: 1,
        replications: 1,
        queues: demand.queues.map(|_, queue| QueueService {
            offered: queue.contacts(),
            answered: queue.contacts(),
            abandoned: 0.0,
            unanswered: 0.0,
            at_close: 0.0,
            reached: Interval {
                mean: reached,
                low: reached,
                high: reached,
            },
            promised: 0.8,
            risk: None,
            mean_wait: Interval::default(),
            parts: Vec::new(),
            wait_p50: 0.0,
            wait_p90: 0.0,
            wait_p95: 0.0,
            by_day: Vec::new(),
        }),
        occupancy: Vec::new(),
    }
}

/// The set-up priced where nine in ten are answered in time.
pub fn priced(scenario: &Scenario, demand: &Demand, staffing: &Staffing) -> Costing {
    cost::price(scenario, SETUP, demand, staffing, &observed(demand, 0.9))
}

/// A scenario written out, or all its problems.
pub fn read(text: &str) -> Scenario {
    crewcast::input::read_text(text, None).unwrap_or_else(|problems| {
        let said: Vec<String> = problems.iter().map(ToString::to_string).collect();
        panic!("{}", said.join("\n"))
    })
}

/// A set-up settled as the program does.
pub fn planned(scenario: &Scenario, setup: SetupId, demand: &Demand) -> Settled {
    settle::settle_plainly(scenario, setup, demand)
}

/// The set-ups of a scenario text, forecast, planned and simulated.
pub fn compared(text: &str) -> Comparison {
    let scenario = read(text);
    compare::setups(&scenario, &demand::forecast(&scenario), planned)
}

/// Agent-hours of a demand.
pub fn work(scenario: &Scenario, demand: &Demand) -> f64 {
    let queues = demand.queues.iter();
    let hours = queues.map(|(queue, rows)| {
        rows.contacts() * scenario.queues[queue].handle_time.mean.hours().value()
    });
    hours.sum()
}

/// A rule of thumb in place of the solver: as many agents as the work needs at 60 % busy, at least one,
/// from 09:00 on five days.
pub fn rule_of_thumb(scenario: &Scenario, setup: SetupId, demand: &Demand) -> Settled {
    let agents = (work(scenario, demand) / 40.0 / 0.6).ceil().max(1.0) as u32;
    settled(scenario, setup, demand, agents)
}

/// So many agents from 09:00 on five days, in place of the solver.
pub fn settled(scenario: &Scenario, setup: SetupId, demand: &Demand, agents: u32) -> Settled {
    let group = scenario.setups[setup].groups[0];
    Settled {
        requirement: Requirement {
            pools: Vec::new(),
            deferrable: Vec::new(),
            load: Table::default(),
            alone: Table::default(),
            minimum: Table::default(),
        },
        staffing: staffing(scenario, group, &mornings(scenario.horizon, 5), 8, agents),
        observed: observed(demand, 0.9),
    }
}

/// In-house at `wage`: 21 days of 8 hours in the month, 217 contacts (10 on each of 21.7 days).
pub fn in_house(wage: f64) -> Costing {
    let scenario = scenario(month(), wage, setup("in-house", OWN, None));
    let demand = demand(&scenario, 217.0);
    let staffing = staffing(&scenario, OWN, &mornings(month(), 21), 8, 1);
    priced(&scenario, &demand, &staffing)
}

/// A partner under `tariff`: `contacts` in the month, `hours` a day on 21 days.
pub fn partner(tariff: Tariff, contacts: f64) -> Costing {
    partner_with(tariff, contacts, |_| {})
}

pub fn partner_with(tariff: Tariff, contacts: f64, change: impl Fn(&mut Scenario)) -> Costing {
    let mut scenario = scenario(month(), 200.0, setup("partner", PARTNER, Some(tariff)));
    change(&mut scenario);
    let demand = demand(&scenario, contacts);
    let staffing = staffing(&scenario, PARTNER, &mornings(month(), 21), 8, 1);
    priced(&scenario, &demand, &staffing)
}

pub fn line<'a>(costing: &'a Costing, name: &str) -> &'a cost::CostLine {
    let found = costing.lines.iter().find(|line| line.line == name);
    found.unwrap_or_else(|| panic!("no line {name} in {:#?}", costing.lines))
}

pub fn flat(fee: f64) -> Tariff {
    Tariff::of(PriceForm::Flat {
        fee: money(fee),
        included: 217.0,
        overage: money(134.0),
    })
}
