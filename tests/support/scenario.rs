//! The scenario of a plan made by hand.

use super::*;

pub fn scenario(shape: &Shape) -> Scenario {
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
            learning: Hours(16.0),
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
            contract: ContractWeek {
                hours: Hours(40.0),
                days: 5,
                start_band: None,
            },
            max_agents: None,
            overflow_after: Seconds::ZERO,
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
            informational: true,
            deflectable: Share(0.5),
            ..ContactType::named("order status")
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
        retrial: Share::ZERO,
        retrial_after: Seconds(600.0),
        reserve: 0,
        min_agents: 1,
        demand: DemandSource {
            history: Some(History {
                source: format!("contacts.csv, series {tag}-{}", channel.name()),
                slot_minutes: 30,
                first_day: "2025-12-01".parse().unwrap(),
                days: vec![Some(vec![0.0; 48]); 364],
                came: Vec::new(),
                until: None,
                handled: None,
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
            charges: None,
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
            weekly_rest: Hours(35.0),
            max_week: Hours(48.0),
            full_time: Hours(40.0),
            max_days: 5,
            night: None,
            free_sundays: 0,
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
            empty_groups: Vec::new(),
            companions: 0,
            bearers: None,
            sharers: None,
            per_client: false,
            in_house: InHouseCosts::default(),
            tariff,
        })
        .collect()
}
