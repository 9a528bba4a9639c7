//! Plans made by hand for the tests of the edges: plausible in shape, not planned by anything.

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Timelike, Utc};

use crewcast::audit::Finding;
use crewcast::compare::{BreakEven, BreakEvenPoint, Comparison, Crossing, SetupResult};
use crewcast::cost::{CostDetail, CostLine, Costing};
use crewcast::demand::{Accuracy, Demand, Factor, QueueDemand};
use crewcast::ids::{
    ClientId, GroupId, Id, LanguageId, MarketId, QueueId, SetupId, ShiftId, SiteId,
};
use crewcast::plan::Plan;
use crewcast::requirement::{DeferrableWork, Pool, Requirement};
use crewcast::roster::{Duty, Pause, Roster, RosteredAgent};
use crewcast::scenario::*;
use crewcast::simulation::{Interval, Observed, QueueService};
use crewcast::staffing::{PlannedBreak, PlannedShift, Proof, Shortfall, Staffing, Team};
use crewcast::table::Table;
use crewcast::time::{Calendar, Horizon, OpeningHours};
use crewcast::units::{Hours, Seconds, Share};

/// What kind of plan to make.
pub struct Shape {
    pub clients: usize,
    /// Tags and names.
    pub languages: Vec<(&'static str, &'static str)>,
    /// Sites: name, zone, whether open at night.
    pub sites: Vec<(&'static str, chrono_tz::Tz)>,
    pub always_open: bool,
    /// Contacts of a queue in its busiest hour.
    pub busiest: f64,
}

impl Shape {
    /// One shop, two languages, one town.
    pub fn shop() -> Self {
        Self {
            clients: 1,
            languages: vec![("cs", "Czech"), ("sk", "Slovak")],
            sites: vec![("brno", chrono_tz::Europe::Prague)],
            always_open: false,
            busiest: 2.4,
        }
    }

    /// Three sites round the world.
    pub fn world() -> Self {
        Self {
            clients: 5,
            languages: vec![
                ("en", "English"),
                ("es", "Spanish"),
                ("pt-BR", "Portuguese"),
            ],
            sites: vec![
                ("warsaw", chrono_tz::Europe::Warsaw),
                ("bogota", chrono_tz::America::Bogota),
                ("manila", chrono_tz::Asia::Manila),
            ],
            always_open: true,
            busiest: 14.0,
        }
    }
}

/// A plan of that shape.
pub fn plan(shape: &Shape) -> Plan {
    let scenario = scenario(shape);
    let demand = demand(shape, &scenario);
    let requirement = requirement(&scenario, &demand);
    let roster_of = |staffing: &Staffing| roster(&scenario, staffing);
    let factors = [1.0, 0.78, 0.52, 0.61];
    let setups: Vec<SetupResult> = scenario
        .setups
        .iter()
        .map(|(id, setup)| {
            let staffing = staffing(shape, &scenario, &requirement, id);
            let observed = observed(&scenario, &demand, &staffing, id.index() != 3);
            let costing = costing(&scenario, &demand, &staffing, id, factors[id.index()]);
            SetupResult {
                setup: id,
                scenario: scenario.clone(),
                demand: demand.clone(),
                requirement: requirement.clone(),
                keeps_promises: setup.kind != SetupKind::PerInteraction,
                staffing,
                observed,
                costing,
            }
        })
        .collect();
    let roster = roster_of(&setups[2].staffing);
    Plan {
        break_even: break_even(),
        comparison: Comparison {
            setups,
            cheapest: 2,
        },
        chosen: 2,
        roster,
        findings: Vec::new(),
        scenario,
        demand,
        requirement,
    }
}

/// A plan with nothing in any list.
#[allow(dead_code)]
pub fn empty() -> Plan {
    let mut plan = plan(&Shape::shop());
    plan.scenario.queues = Table::default();
    plan.scenario.setups = Table::default();
    plan.scenario.groups = Table::default();
    plan.demand.queues = Table::default();
    plan.requirement = Requirement {
        pools: Vec::new(),
        deferrable: Vec::new(),
        load: Table::default(),
        alone: Table::default(),
        minimum: Table::default(),
    };
    plan.comparison.setups.clear();
    plan.comparison.cheapest = 0;
    plan.roster = Roster::default();
    plan.break_even.points.clear();
    plan
}

/// A name that breaks whatever does not escape.
#[allow(dead_code)]
pub const HOSTILE: &str =
    "a\"b'c,d;e<script>alert(1)</script>&amp;\nline\u{1} %s =1+1 ]]> --> 名前";

/// A plan in which every name is hostile.
#[allow(dead_code)]
pub fn hostile() -> Plan {
    let mut plan = plan(&Shape::world());
    let long = format!("{HOSTILE} {}", "very long ".repeat(60));
    plan.scenario.title = long.clone();
    plan.scenario.name = HOSTILE.to_owned();
    let poison = |scenario: &mut Scenario| {
        for (index, id) in scenario
            .queues
            .ids()
            .collect::<Vec<_>>()
            .into_iter()
            .enumerate()
        {
            scenario.queues[id].name = format!("{HOSTILE} {index}");
            scenario.queues[id].contact_type.name = HOSTILE.to_owned();
        }
        for id in scenario.clients.ids().collect::<Vec<_>>() {
            scenario.clients[id].name = HOSTILE.to_owned();
            scenario.clients[id].title = long.clone();
        }
        for id in scenario.sites.ids().collect::<Vec<_>>() {
            scenario.sites[id].name = HOSTILE.to_owned();
            scenario.sites[id].rules.source = long.clone();
        }
        for id in scenario.setups.ids().collect::<Vec<_>>() {
            scenario.setups[id].title = HOSTILE.to_owned();
            scenario.setups[id].name = format!("{HOSTILE} {}", id.index());
        }
        for id in scenario.languages.ids().collect::<Vec<_>>() {
            scenario.languages[id].title = HOSTILE.to_owned();
        }
        for id in scenario.groups.ids().collect::<Vec<_>>() {
            scenario.groups[id].name = HOSTILE.to_owned();
        }
    };
    poison(&mut plan.scenario);
    for result in &mut plan.comparison.setups {
        poison(&mut result.scenario);
        for line in &mut result.costing.lines {
            line.line = format!("{HOSTILE} {}", line.line);
            line.basis = long.clone();
        }
        for team in &mut result.staffing.teams {
            team.name = format!("{HOSTILE} {}", team.name);
        }
        result.staffing.shortfall = vec![Shortfall {
            pool: HOSTILE.to_owned(),
            slot: 3,
            slots: 2,
            agent_hours: 1.0,
            reason: long.clone(),
        }];
        for pool in &mut result.requirement.pools {
            pool.name = format!("language {HOSTILE} {}", pool.name);
        }
    }
    for agent in &mut plan.roster.agents {
        agent.name = format!("{HOSTILE} {}", agent.name);
    }
    plan.findings = vec![Finding {
        rule: "rest",
        detail: long,
    }];
    plan
}

fn scenario(shape: &Shape) -> Scenario {
    let zone = shape.sites[0].1;
    let start: NaiveDate = "2026-11-30".parse().unwrap();
    let start = zone
        .from_local_datetime(&start.and_hms_opt(0, 0, 0).unwrap())
        .unwrap()
        .with_timezone(&Utc);
    let names = ["Lumo", "Brava", "Kettle & Co", "Norden", "Pikola"];
    let clients: Table<ClientId, Client> = (0..shape.clients)
        .map(|index| Client {
            name: names[index % 5].to_lowercase().replace(" & ", "-"),
            title: names[index % 5].to_owned(),
            orders_per_day: Some(320.0),
        })
        .collect();
    let languages: Table<LanguageId, Language> = shape
        .languages
        .iter()
        .map(|(tag, title)| Language {
            tag: (*tag).to_owned(),
            title: (*title).to_owned(),
        })
        .collect();
    let hours = if shape.always_open {
        OpeningHours::always()
    } else {
        OpeningHours {
            week: std::array::from_fn(|day| match day {
                0..5 => vec![(480, 1080)],
                5 => vec![(540, 840)],
                _ => vec![],
            }),
            holidays: Some(Vec::new()),
        }
    };
    let mut queues: Table<QueueId, Queue> = Table::default();
    for client in clients.ids() {
        for (language, tag) in languages.iter().map(|(id, language)| (id, &language.tag)) {
            for channel in [Channel::Phone, Channel::Chat, Channel::Email] {
                queues.push(queue(shape, client, language, tag, channel, &hours));
            }
        }
    }
    let sites: Table<SiteId, Site> = shape
        .sites
        .iter()
        .map(|(name, zone)| site(name, *zone, shape.always_open))
        .collect();
    let shifts: Table<ShiftId, ShiftTemplate> = Table::new(vec![ShiftTemplate {
        name: "day".to_owned(),
        length_minutes: 510,
        earliest: 0,
        latest: 1439,
        step_minutes: 30,
        days: [true; 7],
        breaks: vec![BreakRule {
            minutes: 30,
            paid: false,
            earliest: 180,
            latest: 300,
        }],
    }]);
    let groups: Table<GroupId, AgentGroup> = sites
        .iter()
        .map(|(site, place)| AgentGroup {
            name: format!("{}-shared", place.name),
            site,
            employer: if site.index() == 0 && shape.sites.len() == 1 {
                Employer::Own
            } else {
                Employer::Partner
            },
            kind: GroupKind::Shared { max_clients: 4 },
            clients: clients.ids().collect(),
            languages: languages
                .ids()
                .map(|language| Speaks {
                    language,
                    level: LanguageLevel::C1,
                })
                .collect(),
            channels: Channel::ALL.to_vec(),
            wage: 215.0,
            charges: Share(0.338),
            shrinkage: vec![
                Shrinkage {
                    kind: "leave".to_owned(),
                    share: Share(0.08),
                },
                Shrinkage {
                    kind: "training".to_owned(),
                    share: Share(0.03),
                },
            ],
            max_agents: None,
            shifts: vec![ShiftId(0)],
        })
        .collect();
    let setups = setups(&groups);
    Scenario {
        name: "mid-shop".to_owned(),
        title: "Should Lumo outsource its customer service?".to_owned(),
        currency: Currency::CZK,
        seed: 7,
        horizon: Horizon {
            start,
            slot_minutes: 30,
            slots: 336,
        },
        zone,
        policy: Policy::default(),
        markets: Table::new(vec![Market {
            name: "CZ".to_owned(),
            zone,
            calendar: Calendar::default(),
        }]),
        clients,
        languages,
        queues,
        sites,
        shifts,
        groups,
        setups,
        events: Vec::new(),
        levers: Vec::new(),
        plan_setup: None,
    }
}

fn queue(
    shape: &Shape,
    client: ClientId,
    language: LanguageId,
    tag: &str,
    channel: Channel,
    hours: &OpeningHours,
) -> Queue {
    let prefix = if shape.clients > 1 {
        format!("c{}-", client.index() + 1)
    } else {
        String::new()
    };
    Queue {
        name: format!("{prefix}{tag}-{}", channel.name()),
        client,
        market: MarketId(0),
        language,
        native_only: false,
        channel,
        contact_type: ContactType {
            name: "order status".to_owned(),
            informational: true,
            product: false,
            deflectable: Share(0.5),
        },
        hours: hours.clone(),
        service: if channel == Channel::Email {
            Service::Deferrable {
                deadline: Deadline {
                    within: Seconds(8.0 * 3600.0),
                    clock: DeadlineClock::Business,
                    share: Share(0.9),
                },
            }
        } else {
            Service::RealTime {
                target: ServiceTarget {
                    answered_within: Some((Share(0.8), Seconds(20.0))),
                    definition: ServiceDefinition::Offered,
                    mean_wait: None,
                    wait_quantile: None,
                    max_abandoned: None,
                },
                patience: Some(Seconds(90.0)),
                concurrency: 1,
            }
        },
        handle_time: HandleTime {
            mean: Seconds(if channel == Channel::Phone {
                240.0
            } else {
                360.0
            }),
            cv: 0.7,
        },
        first_contact_resolution: Share(0.74),
        recontact: Share(0.5),
        min_agents: 1,
        demand: DemandSource {
            history: Some(History {
                source: format!("contacts.csv, series {tag}-{}", channel.name()),
                slot_minutes: 30,
                first_day: "2025-12-01".parse().unwrap(),
                days: vec![Some(vec![0.0; 48]); 364],
                mean_handle_time: None,
            }),
            orders: None,
        },
    }
}

fn site(name: &str, zone: chrono_tz::Tz, always: bool) -> Site {
    Site {
        name: name.to_owned(),
        zone,
        calendar: Calendar::default(),
        hours: OpeningHours::always(),
        seats: Some(40),
        rules: LabourRules {
            name: "CZ".to_owned(),
            premiums: if always {
                vec![Premium {
                    time: PremiumTime::Night {
                        from: 1320,
                        to: 360,
                    },
                    rate: 0.1,
                    base: PremiumBase::OwnPay,
                    valid_from: None,
                    least_hours: Hours::ZERO,
                    floor: 0.0,
                }]
            } else {
                Vec::new()
            },
            stacking: Stacking::Add,
            daily_rest: Hours(11.0),
            max_week: Hours(48.0),
            full_time: Hours(40.0),
            max_days: 5,
            source: "Labour Code 262/2006, sections 79, 90, 116".to_owned(),
        },
    }
}

fn setups(groups: &Table<GroupId, AgentGroup>) -> Table<SetupId, Setup> {
    let tariff = |form| Tariff {
        setup_fee: Money::from_f64(15_000.0),
        term_months: 24,
        minimum_per_month: Money::from_f64(12_000.0),
        vat: Share(0.21),
        notice_days: 90,
        go_live_days: 14,
        ..Tariff::of(form)
    };
    let hour = |price| PriceForm::PerProductiveHour {
        price: Money::from_f64(price),
    };
    let kinds = [
        ("in-house", "In-house team", SetupKind::InHouse, None),
        (
            "outsourced-dedicated",
            "Outsourced, dedicated agents",
            SetupKind::OutsourcedDedicated,
            Some(tariff(hour(390.0))),
        ),
        (
            "outsourced-shared",
            "Outsourced, shared pod of four shops",
            SetupKind::OutsourcedShared,
            Some(tariff(hour(420.0))),
        ),
        (
            "per-interaction",
            "Pay per interaction",
            SetupKind::PerInteraction,
            Some(tariff(PriceForm::PerInteraction {
                prices: vec![InteractionPrice {
                    channel: Some(Channel::Phone),
                    contact_type: None,
                    language: None,
                    price: Money::from_f64(95.0),
                }],
                other: Money::from_f64(80.0),
            })),
        ),
    ];
    kinds
        .into_iter()
        .map(|(name, title, kind, tariff)| Setup {
            name: name.to_owned(),
            title: title.to_owned(),
            kind,
            groups: groups.ids().collect(),
            companions: 0,
            bearers: None,
            in_house: InHouseCosts::default(),
            tariff,
        })
        .collect()
}

fn demand(shape: &Shape, scenario: &Scenario) -> Demand {
    let horizon = scenario.horizon;
    let queues = scenario.queues.map(|id, queue| {
        let open = scenario.open_share(id);
        let size = shape.busiest * (1.0 + 0.35 * ((id.index() * 7) % 5) as f64) / 1.7;
        let mean: Vec<f64> = (0..horizon.slots)
            .map(|slot| {
                let local = horizon.local(slot, scenario.markets[queue.market].zone);
                let hour = f64::from(local.hour()) + f64::from(local.minute()) / 60.0;
                let wave = (-((hour - 10.5) / 2.6).powi(2)).exp()
                    + 0.7 * (-((hour - 15.5) / 2.4).powi(2)).exp()
                    + 0.08;
                size * wave * open[slot] * horizon.slot_hours()
            })
            .collect();
        let spread = |z: f64| -> Vec<f64> {
            mean.iter()
                .map(|mean| (mean + z * (mean + 0.04 * mean * mean).sqrt()).max(0.0))
                .collect()
        };
        QueueDemand {
            model: "weekly profile × level, negative binomial".to_owned(),
            p10: spread(-1.28),
            p50: spread(-0.1),
            p80: spread(0.84),
            p95: spread(1.7),
            mean,
            day_variance: 0.02,
            slot_variance: 0.02,
            accuracy: (queue.channel != Channel::Email).then_some(Accuracy {
                wape: 0.461,
                naive_wape: 0.583,
                mase: 0.82,
                wql: 0.37,
                coverage80: 0.812,
                origins: 8,
            }),
            factors: vec![
                Factor {
                    name: "Black Friday weeks".to_owned(),
                    factor: 1.32,
                },
                Factor {
                    name: "tracking page".to_owned(),
                    factor: 0.91,
                },
            ],
        }
    });
    Demand { horizon, queues }
}

fn requirement(scenario: &Scenario, demand: &Demand) -> Requirement {
    let hours = scenario.horizon.slot_hours();
    let load: Table<QueueId, Vec<f64>> = scenario.queues.map(|id, queue| {
        let demand = &demand.queues[id];
        let aht = queue.handle_time.mean.value();
        demand
            .mean
            .iter()
            .map(|mean| mean * aht / (3600.0 * hours))
            .collect()
    });
    let agents = |load: f64| {
        if load > 0.0 {
            (load + 1.2 * load.sqrt()).ceil().max(1.0) as u32
        } else {
            0
        }
    };
    let pool = |name: String, queues: Vec<QueueId>| {
        let offered_load: Vec<f64> = (0..scenario.horizon.slots)
            .map(|slot| queues.iter().map(|queue| load[*queue][slot]).sum())
            .collect();
        Pool {
            name,
            agents: offered_load.iter().copied().map(agents).collect(),
            offered_load,
            queues,
        }
    };
    let real: Vec<QueueId> = scenario
        .queues
        .iter()
        .filter(|(_, queue)| queue.is_real_time())
        .map(|(id, _)| id)
        .collect();
    let mut pools: Vec<Pool> = real
        .iter()
        .map(|id| pool(scenario.queues[*id].name.clone(), vec![*id]))
        .collect();
    for (language, it) in scenario.languages.iter() {
        let queues = real
            .iter()
            .copied()
            .filter(|id| scenario.queues[*id].language == language)
            .collect();
        pools.push(pool(format!("language {}", it.tag), queues));
    }
    pools.push(pool("all".to_owned(), real));
    let deferrable = scenario
        .queues
        .iter()
        .filter(|(_, queue)| !queue.is_real_time())
        .map(|(queue, _)| DeferrableWork {
            queue,
            arriving: load[queue].iter().map(|load| load * hours).collect(),
            due: (0..scenario.horizon.slots)
                .map(|slot| (slot + 16).min(scenario.horizon.slots))
                .collect(),
            workable: vec![true; scenario.horizon.slots],
        })
        .collect();
    Requirement {
        alone: scenario
            .queues
            .map(|id, _| load[id].iter().copied().map(agents).collect()),
        minimum: scenario.queues.map(|_, _| vec![0; scenario.horizon.slots]),
        pools,
        deferrable,
        load,
    }
}

fn staffing(
    shape: &Shape,
    scenario: &Scenario,
    requirement: &Requirement,
    id: SetupId,
) -> Staffing {
    let horizon = scenario.horizon;
    let all = requirement.pools.last().unwrap();
    let teams: Vec<Team> = scenario
        .groups
        .iter()
        .flat_map(|(group, it)| {
            let clients: Vec<ClientId> = scenario.clients.ids().collect();
            let pods: Vec<Vec<ClientId>> = clients.chunks(4).map(<[ClientId]>::to_vec).collect();
            pods.into_iter()
                .enumerate()
                .map(move |(pod, clients)| Team {
                    name: format!("{}-pod-{}", it.name, pod + 1),
                    group,
                    queues: scenario
                        .queues_of(group)
                        .into_iter()
                        .filter(|queue| clients.contains(&scenario.queues[*queue].client))
                        .collect(),
                    clients,
                })
        })
        .collect();
    let starts: &[i64] = if shape.always_open {
        &[6, 9, 13]
    } else {
        &[8, 9]
    };
    let days: i64 = if shape.always_open { 7 } else { 6 };
    let mut shifts = Vec::new();
    let mut on_line = vec![vec![0_u32; horizon.slots]; teams.len()];
    for (index, team) in teams.iter().enumerate() {
        let zone = scenario.sites[scenario.groups[team.group].site].zone;
        for day in 0..days {
            for (number, hour) in starts.iter().enumerate() {
                let date = NaiveDate::from_ymd_opt(2026, 11, 30).unwrap() + Duration::days(day);
                let wall = date.and_time(chrono::NaiveTime::MIN) + Duration::hours(*hour);
                let start = crewcast::time::zone::instant(zone, wall);
                let length = if day == 5 && !shape.always_open {
                    330
                } else {
                    510
                };
                let end = start + Duration::minutes(length);
                let pause = start + Duration::minutes(210 + 30 * number as i64);
                let rest = PlannedBreak {
                    start: pause,
                    end: pause + Duration::minutes(30),
                    paid: false,
                };
                let peak = all.agents.iter().copied().max().unwrap_or(1);
                let agents = (peak / (teams.len() * 2) as u32).max(1);
                fill(&mut on_line[index], &horizon, start, end, &rest, agents);
                shifts.push(PlannedShift {
                    team: index,
                    template: ShiftId(0),
                    start,
                    end,
                    breaks: vec![rest],
                    agents,
                    pay: 8.0 * 215.0,
                    premium: 0.0,
                    paid_hours: (length - 30) as f64 / 60.0,
                });
            }
        }
    }
    let cover = requirement
        .pools
        .iter()
        .map(|pool| {
            (0..horizon.slots)
                .map(|slot| {
                    teams
                        .iter()
                        .zip(&on_line)
                        .filter(|(team, _)| team.queues.iter().any(|it| pool.queues.contains(it)))
                        .map(|(_, line)| line[slot])
                        .sum()
                })
                .collect()
        })
        .collect();
    Staffing {
        teams,
        shifts,
        on_line,
        cover,
        shortfall: if id.index() == 2 {
            vec![Shortfall {
                pool: "sk-phone".to_owned(),
                slot: 34,
                slots: 3,
                agent_hours: 1.5,
                reason: "nobody who speaks sk may start before 08:00; open the shift “early” to \
                         brno-shared"
                    .to_owned(),
            }]
        } else {
            Vec::new()
        },
        proof: Proof {
            status: "within gap".to_owned(),
            objective: 48_211.35,
            bound: 48_055.2,
            gap: 0.00324,
            seconds: 0.84,
        },
    }
}

fn fill(
    line: &mut [u32],
    horizon: &Horizon,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    rest: &PlannedBreak,
    agents: u32,
) {
    for (slot, count) in line.iter_mut().enumerate() {
        let at = horizon.slot_start(slot);
        if at >= start && at < end && !(at >= rest.start && at < rest.end) {
            *count += agents;
        }
    }
}

fn observed(scenario: &Scenario, demand: &Demand, staffing: &Staffing, good: bool) -> Observed {
    Observed {
        seed: scenario.seed,
        replications: 40,
        queues: scenario.queues.map(|id, queue| {
            let offered = demand.queues[id].contacts();
            let promised = queue.promised_share().value();
            let reached = if good {
                promised + 0.05
            } else {
                promised - 0.08
            };
            QueueService {
                offered,
                answered: offered * 0.97,
                abandoned: offered * 0.03,
                unanswered: 0.0,
                reached: Interval {
                    mean: reached,
                    low: reached - 0.021,
                    high: (reached + 0.021).min(1.0),
                },
                promised,
                mean_wait: Interval {
                    mean: 14.2,
                    low: 13.0,
                    high: 15.4,
                },
                wait_p90: 41.0,
                by_day: vec![reached; 7],
            }
        }),
        occupancy: vec![
            Interval {
                mean: 0.68,
                low: 0.66,
                high: 0.7,
            };
            staffing.teams.len()
        ],
    }
}

fn costing(
    scenario: &Scenario,
    demand: &Demand,
    staffing: &Staffing,
    setup: SetupId,
    factor: f64,
) -> Costing {
    let line = |name: &str, amount: f64, basis: &str| CostLine {
        line: name.to_owned(),
        amount: Money::from_f64(amount * factor).rounded(),
        basis: basis.to_owned(),
    };
    let hours = staffing.paid_hours();
    let lines = if setup.index() == 0 {
        vec![
            line("pay", hours * 215.0, "paid hours × wage"),
            line(
                "employer's charges",
                hours * 72.67,
                "33.8 % of pay (CZ 2026)",
            ),
            line("shrinkage", hours * 35.0, "paid time not on the line, 11 %"),
            line("team lead", 11_040.0, "one lead per 12 agents"),
            line("tools", 2_320.0, "licences per seat and month"),
            line("space", 1_800.0, "per seat and month"),
            line("recruiting and training", 1_544.12, "attrition 30 % a year"),
            line("telephony", 300.5, "per minute of talk"),
            line("owner's hours", 2_500.0, "5 h a week at CZK 500"),
        ]
    } else {
        vec![
            line(
                "partner's price",
                hours * 390.0,
                "hours on the line × price",
            ),
            line("setting up", 144.23, "15 000 over 24 months"),
            line("owner's hours", 500.0, "1 h a week at CZK 500"),
        ]
    };
    Costing {
        setup,
        lines,
        interactions: demand.contacts(),
        orders: Some(320.0 * 7.0 * scenario.clients.len() as f64),
        weeks: 1.0,
        detail: CostDetail {
            weeks_without_cover: 2.5,
            lock_in: Money::from_f64(61_000.0),
            lock_in_basis: "90 days of notice".to_owned(),
            ..CostDetail::default()
        },
    }
}

fn break_even() -> BreakEven {
    let points = [5.0, 10.0, 20.0, 35.0, 60.0, 100.0, 180.0, 320.0, 600.0];
    BreakEven {
        points: points
            .into_iter()
            .map(|volume: f64| {
                let people = (volume / 55.0).ceil().max(1.0);
                let per_interaction = vec![
                    (people + 0.4) * 2_150.0 / volume,
                    people * 1_900.0 / volume + 6.0,
                    820.0 / volume + 44.0,
                    88.0_f64.max(390.0 / volume),
                ];
                let cheapest = (0..4)
                    .min_by(|a, b| per_interaction[*a].total_cmp(&per_interaction[*b]))
                    .unwrap();
                BreakEvenPoint {
                    interactions_per_day: volume,
                    per_interaction,
                    cheapest,
                }
            })
            .collect(),
        crossings: vec![
            Crossing {
                interactions_per_day: 18.6,
                from: 3,
                to: 2,
            },
            Crossing {
                interactions_per_day: 84.0,
                from: 2,
                to: 1,
            },
        ],
    }
}

fn roster(scenario: &Scenario, staffing: &Staffing) -> Roster {
    let mut agents: Vec<RosteredAgent> = Vec::new();
    for (index, team) in staffing.teams.iter().enumerate() {
        // One person per start time and agent: enough for a picture.
        let shifts: Vec<&PlannedShift> = staffing
            .shifts
            .iter()
            .filter(|shift| shift.team == index)
            .collect();
        let mut starts: Vec<u32> = Vec::new();
        for shift in &shifts {
            let minute = shift.start.hour() * 60 + shift.start.minute();
            if !starts.contains(&minute) {
                starts.push(minute);
            }
        }
        for minute in starts {
            let duties: Vec<Duty> = shifts
                .iter()
                .filter(|shift| shift.start.hour() * 60 + shift.start.minute() == minute)
                .map(|shift| Duty {
                    start: shift.start,
                    end: shift.end,
                    breaks: shift
                        .breaks
                        .iter()
                        .map(|rest| Pause {
                            start: rest.start,
                            end: rest.end,
                            paid: rest.paid,
                        })
                        .collect(),
                })
                .collect();
            for _ in 0..shifts[0].agents {
                agents.push(RosteredAgent {
                    name: format!("{} {:02}", team.name, agents.len() + 1),
                    team: index,
                    group: team.group,
                    clients: team.clients.clone(),
                    queues: team.queues.clone(),
                    duties: duties.clone(),
                });
            }
        }
    }
    debug_assert!(!scenario.groups.is_empty());
    Roster { agents }
}
