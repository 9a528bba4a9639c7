//! The value of each stage of a plan made by hand.

use super::*;

pub fn demand(shape: &Shape, scenario: &Scenario) -> Demand {
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
            week_variance: 0.0,
            level_variance: 0.0,
            today: None,
            resolution: queue.first_contact_resolution,
            spared: Vec::new(),
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
    Demand::new(horizon, queues)
}

pub fn requirement(scenario: &Scenario, demand: &Demand) -> Requirement {
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

pub fn staffing(
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
                queues: Vec::new(),
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

pub fn observed(scenario: &Scenario, demand: &Demand, staffing: &Staffing, good: bool) -> Observed {
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
            let reached_interval = Interval {
                mean: reached,
                low: reached - 0.021,
                high: (reached + 0.021).min(1.0),
            };
            let within = queue.promised_within().value();
            QueueService {
                offered,
                answered: offered * 0.97,
                abandoned: offered * 0.03,
                unanswered: 0.0,
                at_close: 0.0,
                reached: reached_interval,
                promised,
                risk: Some(if good { 0.06 } else { 0.97 }),
                mean_wait: Interval {
                    mean: 14.2,
                    low: 13.0,
                    high: 15.4,
                },
                parts: vec![Part {
                    kind: PartKind::InTime { within },
                    promised,
                    seen: reached_interval,
                }],
                wait_p50: 0.0,
                wait_p90: 41.0,
                wait_p95: 63.0,
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

pub fn costing(
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

pub fn break_even() -> BreakEven {
    let points = [5.0, 10.0, 20.0, 35.0, 60.0, 100.0, 180.0, 320.0, 600.0];
    BreakEven {
        by_shop: Vec::new(),
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

pub fn roster(scenario: &Scenario, staffing: &Staffing) -> Roster {
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
    Roster {
        agents,
        backups: Vec::new(),
    }
}

/// A plan in hand and two for busier weeks.
pub fn certainty() -> Vec<Certainty> {
    [(None, 100.0), (Some(0.8), 112.0), (Some(0.95), 131.0)]
        .map(|(weeks, hours)| Certainty {
            weeks,
            interactions_per_day: 4.0 * hours,
            paid_hours: hours,
            cost: 250.0 * hours,
            kept: if weeks.is_none() { 4 } else { 2 },
            promises: 4,
            reached: 0.8,
        })
        .to_vec()
}
