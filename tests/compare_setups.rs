//! Set-ups compared on the same demand: invariants, not a solver's choice.

mod cost_fixture;

use cost_fixture::*;
use crewcast::compare::{self, Comparison, Drafts};
use crewcast::cost;
use crewcast::demand::Demand;
use crewcast::ids::{ClientId, QueueId, SetupId, ShiftId};
use crewcast::scenario::*;
use crewcast::staffing::Staffing;
use crewcast::units::Share;
use crewcast::whatif;

fn per_interaction(price: f64) -> Tariff {
    Tariff::of(PriceForm::PerInteraction {
        prices: Vec::new(),
        other: money(price),
    })
}

/// In-house at 200 an hour, by the hour at 390, by the interaction at 60 with a minimum.
fn three_ways() -> (Scenario, Demand) {
    let mut scenario = scenario(week(), 200.0, setup("in-house", OWN, None));
    scenario.setups[SETUP].in_house.whole_contracts = true;
    scenario.setups[SETUP].in_house.attrition = Share(0.3);
    scenario.setups[SETUP].in_house.recruiting = money(25_000.0);
    let hourly = Tariff::of(PriceForm::PerLoggedHour {
        price: money(390.0),
    });
    scenario.setups.push(setup("hourly", PARTNER, Some(hourly)));
    let mut each = per_interaction(60.0);
    each.minimum_per_month = money(5_000.0);
    let mut shared = setup("per-interaction", PARTNER, Some(each));
    shared.companions = 3;
    scenario.setups.push(shared);
    let demand = demand(&scenario, 210.0);
    (scenario, demand)
}

fn drafts(comparison: &Comparison) -> Drafts {
    Drafts::of(comparison, rule_of_thumb)
}

#[test]
fn the_cheapest_is_the_least_cost_per_interaction_and_savings_are_differences() {
    let (scenario, demand) = three_ways();
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let costs: Vec<f64> = comparison
        .setups
        .iter()
        .map(|result| result.costing.per_interaction().unwrap())
        .collect();
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min);
    assert_eq!(costs[comparison.cheapest], least);
    let (own, best) = (
        comparison.in_house().unwrap(),
        comparison.best_partner().unwrap(),
    );
    let way = compare::waterfall(own, best);
    assert_eq!(way.savings(), own.costing.total() - best.costing.total());
    let steps: Money = way.steps.iter().map(|step| step.amount).sum();
    assert_eq!(way.start + steps, way.end);
}

#[test]
fn a_shop_in_a_pod_bears_its_share_and_no_more() {
    let (scenario, demand) = three_ways();
    let shared = SetupId(2);
    let (wide, all) = whatif::with_companions(&scenario, &demand, shared);
    assert_eq!((wide.clients.len(), wide.queues.len()), (4, 4));
    assert_eq!(all.contacts(), 4.0 * demand.contacts());
    assert_eq!(wide.queues_of(PARTNER).len(), 4);
    assert_eq!(wide.queues_of(OWN).len(), 1);
    // By the interaction: its own contacts.
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let costing = &comparison.setups[2].costing;
    assert!((costing.interactions - 210.0).abs() < 1e-9);
    assert_eq!(costing.total(), money(210.0 * 60.0));
    // By the hour: a quarter of the pod.
    let mut hourly = scenario.clone();
    hourly.setups[shared].tariff = Some(Tariff::of(PriceForm::PerLoggedHour {
        price: money(390.0),
    }));
    let comparison = compare::setups(&hourly, &demand, rule_of_thumb);
    let agents = (840.0_f64 * 300.0 / 3600.0 / 40.0 / 0.6).ceil();
    let pod = agents * 40.0 * 390.0;
    let total = comparison.setups[2].costing.total().to_f64();
    assert!((total - pod / 4.0).abs() < 0.01, "{total} of {pod}");
}

#[test]
fn break_even_finds_where_people_of_ones_own_begin_to_pay() {
    let (scenario, demand) = three_ways();
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let volumes = compare::volumes(30.0, 9);
    let curve = compare::break_even(&comparison, &drafts(&comparison), &volumes, rule_of_thumb);
    // One more where the order flips.
    assert_eq!(curve.points.len(), 10);
    // Few contacts: one full-timer costs more than the contacts do; many: the other way round.
    assert_eq!(curve.points[0].cheapest, 2);
    assert_eq!(curve.points[9].cheapest, 0);
    assert_eq!(curve.crossings.len(), 1);
    let crossing = curve.crossings[0];
    assert_eq!((crossing.from, crossing.to), (2, 0));
    // At the crossing the two really cost about the same.
    let there = compare::break_even(
        &comparison,
        &drafts(&comparison),
        &[crossing.interactions_per_day],
        rule_of_thumb,
    );
    let costs = &there.points[0].per_interaction;
    assert!((costs[0] / costs[2] - 1.0).abs() < 0.15, "{costs:?}");
    // The scenario's own volume keeps the comparison's figures.
    let own = curve
        .points
        .iter()
        .find(|point| point.interactions_per_day == 30.0)
        .unwrap();
    for (cost, result) in own.per_interaction.iter().zip(&comparison.setups) {
        assert_eq!(Some(*cost), result.costing.per_interaction());
    }
}

#[test]
fn the_tornado_names_what_moves_the_answer_widest_first() {
    let (scenario, demand) = three_ways();
    let demand = whatif::scaled_demand(&demand, 4.0);
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let swings = compare::tornado(&comparison, &drafts(&comparison), 10, rule_of_thumb);
    assert!(swings.len() >= 5);
    assert!(
        swings
            .windows(2)
            .all(|pair| pair[0].width() >= pair[1].width())
    );
    let wage = swings.iter().find(|swing| swing.input == "wage").unwrap();
    assert_eq!(wage.setup, SETUP);
    assert!(wage.per_interaction_low < wage.per_interaction);
    assert!(wage.per_interaction < wage.per_interaction_high);
    let names: Vec<&str> = swings.iter().map(|swing| swing.input.as_str()).collect();
    for input in ["volume", "handle time", "partner's price"] {
        assert!(names.contains(&input), "{input} in {names:?}");
    }
}

#[test]
fn more_uncertain_volume_costs_more() {
    let (scenario, demand) = three_ways();
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    for quantiles in compare::cost_quantiles(&comparison, &drafts(&comparison), rule_of_thumb) {
        assert!(quantiles.p50 <= quantiles.p80 && quantiles.p80 <= quantiles.p95);
        assert!(quantiles.volumes[0] < quantiles.volumes[1]);
        assert!((quantiles.volumes[0] / 30.0 - 1.0).abs() < 0.05);
    }
    let by_contact = &compare::cost_quantiles(&comparison, &drafts(&comparison), rule_of_thumb)[2];
    assert!(by_contact.p95 > by_contact.p50);
}

#[test]
fn a_set_up_that_breaks_its_promise_is_not_the_cheapest() {
    let (scenario, demand) = three_ways();
    let comparison = compare::setups(&scenario, &demand, |scenario, setup, demand| {
        let mut settled = rule_of_thumb(scenario, setup, demand);
        if setup == SetupId(2) {
            settled.observed = observed(demand, 0.5);
        }
        settled
    });
    assert!(!comparison.setups[2].keeps_promises);
    assert_ne!(comparison.cheapest, 2);
}

/// A split: own agents in the morning, the partner in the afternoon; each is billed for its part.
#[test]
fn a_split_bills_each_side_for_what_it_took() {
    let (mut scenario, demand) = three_ways();
    let mut split = setup("split", OWN, Some(per_interaction(60.0)));
    split.kind = SetupKind::Split;
    split.groups = vec![OWN, PARTNER];
    let id = scenario.setups.push(split);
    let settle = |scenario: &Scenario, _: SetupId, demand: &Demand| {
        let mut settled = rule_of_thumb(scenario, SETUP, demand);
        let mornings: Vec<_> = mornings(scenario.horizon, 5);
        let afternoons: Vec<_> = mornings
            .iter()
            .map(|start| *start + chrono::Duration::hours(8))
            .collect();
        let own = staffing(scenario, OWN, &mornings, 8, 1);
        let partner = staffing(scenario, PARTNER, &afternoons, 4, 1);
        settled.staffing = own.clone();
        settled.staffing.teams.extend(partner.teams);
        settled.staffing.on_line.extend(partner.on_line);
        settled
            .staffing
            .shifts
            .extend(partner.shifts.into_iter().map(|mut shift| {
                shift.team = 1;
                shift
            }));
        settled
    };
    let settled = settle(&scenario, id, &demand);
    let costing =
        crewcast::cost::price(&scenario, id, &demand, &settled.staffing, &settled.observed);
    let amount = |name: &str| {
        let line = costing.lines.iter().find(|line| line.line == name);
        line.map_or(0.0, |line| line.amount.to_f64())
    };
    let rostered = amount("Pay, time with contacts") + amount("Idle time, paid and not used");
    assert!((rostered - 8_000.0).abs() < 0.01);
    // Of the even arrivals those of slots staffed by the partner alone, and a third of those when no one
    // is there (20 h against 40 h on the line): 210 × (20 + 108 ÷ 3) ÷ 168.
    let taken = 210.0 * (20.0 + 108.0 / 3.0) / 168.0;
    assert!((amount("Per interaction, phone") - 60.0 * taken).abs() < 0.01);
}

/// Two shops, one three times the other: by the interaction each pays its own, and what is paid once is
/// shared evenly; the parts sum to the whole.
#[test]
fn the_parts_of_the_clients_sum_to_the_whole() {
    let (mut scenario, _) = three_ways();
    let mut second = scenario.clients[crewcast::ids::ClientId(0)].clone();
    second.name = "second".to_owned();
    let second = scenario.clients.push(second);
    let mut queue = scenario.queues[QUEUE].clone();
    queue.name = "second-phone".to_owned();
    queue.client = second;
    let queue = scenario.queues.push(queue);
    scenario.groups[PARTNER].clients.push(second);
    scenario.groups[OWN].clients.push(second);
    scenario.setups[SetupId(2)].companions = 0;
    let terms = &mut scenario.setups[SetupId(2)].tariff;
    if let Some(tariff) = terms {
        tariff.monthly_fee = money(1_000.0);
    }
    let mut demand = demand(&scenario, 210.0);
    demand.queues[queue] = whatif::scaled_queue(&demand.queues[queue], 3.0);
    let comparison = compare::setups(&scenario, &demand, rule_of_thumb);
    let clients = compare::by_client(&comparison);
    assert_eq!(clients.len(), 2);
    assert!((clients[1].interactions_per_day / clients[0].interactions_per_day - 3.0).abs() < 1e-9);
    for (index, result) in comparison.setups.iter().enumerate() {
        let sum: f64 = clients
            .iter()
            .map(|costs| costs.per_interaction[index] * costs.interactions_per_day * 7.0)
            .sum();
        let whole = result.costing.total().to_f64();
        assert!((sum - whole).abs() < 0.1, "{index}: {sum} of {whole}");
    }
}

/// Each shop starts as its own size asks: two small ones do not become a mid-size one by sharing a set-up.
#[test]
fn shops_of_one_set_up_go_live_by_their_own_size() {
    let (scenario, _) = three_ways();
    let hotline = |contacts: f64, shops: usize| {
        let mut scenario = scenario.clone();
        scenario.queues[QUEUE].contact_type.product = true;
        scenario.setups[SetupId(2)].in_house.owner_hour = money(600.0);
        scenario.setups[SetupId(2)].companions = 0;
        for _ in 1..shops {
            let client = scenario.clients.push(scenario.clients[ClientId(0)].clone());
            let mut queue = scenario.queues[QUEUE].clone();
            queue.client = client;
            scenario.queues.push(queue);
            scenario.groups[PARTNER].clients.push(client);
        }
        let demand = demand(&scenario, contacts);
        let settled = rule_of_thumb(&scenario, SetupId(2), &demand);
        let (staffing, observed) = (&settled.staffing, &settled.observed);
        let costing = cost::price(&scenario, SetupId(2), &demand, staffing, observed);
        let line = |line: &&cost::CostLine| line.line.starts_with("Go-live");
        let amount = costing.lines.iter().find(line).unwrap().amount.to_f64();
        (amount, costing.detail.go_live.unwrap().days)
    };
    // 30 a day each: live in two days, and a hotline of two weeks for each.
    let ((one, days), (two, both_days)) = (hotline(210.0, 1), hotline(210.0, 2));
    assert_eq!((days, both_days), (2.0, 2.0));
    assert!((two - 2.0 * one).abs() < 0.02, "{two} of {one}");
    assert_eq!(hotline(420.0, 1).1, 5.0);
}

/// The same people at the same wages in another currency work the same shifts, at the same cost.
#[test]
fn a_plan_is_the_same_in_any_currency() {
    let at = |rate: f64| {
        let mut scenario = scenario(week(), 187.0 / rate, setup("in-house", OWN, None));
        scenario.policy.shortfall_per_hour /= rate;
        let shift = &mut scenario.shifts[ShiftId(0)];
        (shift.earliest, shift.latest, shift.step_minutes) = (0, 1_380, 60);
        let demand = demand(&scenario, 700.0);
        planned(&scenario, SETUP, &demand).staffing
    };
    let (crowns, euros) = (at(1.0), at(24.315));
    let worked = |staffing: &Staffing| {
        let shifts = staffing.shifts.iter();
        let worked = shifts.map(|shift| (shift.start, shift.end, shift.agents));
        worked.collect::<Vec<_>>()
    };
    assert_eq!(worked(&crowns), worked(&euros));
    for (crowns, euros) in [
        (crowns.proof.objective, euros.proof.objective),
        (crowns.proof.bound, euros.proof.bound),
    ] {
        assert!(
            (crowns / 24.315 - euros).abs() < 1e-6 * euros,
            "{crowns}, {euros}"
        );
    }
}

/// Phones at 200 an hour and chats at 60 by others are two parts: no plan of both costs less than the least of each.
#[test]
fn the_bound_of_parts_is_the_sum_of_their_bounds() {
    let mut scenario = scenario(week(), 200.0, setup("in-house", OWN, None));
    scenario.setups[SETUP].groups.push(PARTNER);
    let mut chat = scenario.queues[QUEUE].clone();
    chat.channel = Channel::Chat;
    let chat = scenario.queues.push(chat);
    (
        scenario.groups[OWN].channels,
        scenario.groups[PARTNER].channels,
    ) = (vec![Channel::Phone], vec![Channel::Chat]);
    scenario.groups[PARTNER].wage = 60.0;
    for queue in [QUEUE, chat] {
        scenario.queues[queue].min_agents = 0;
    }
    let shift = &mut scenario.shifts[ShiftId(0)];
    (shift.earliest, shift.latest, shift.step_minutes) = (0, 1_380, 60);
    let bound = |queues: &[QueueId]| {
        let mut demand = demand(&scenario, 700.0);
        for queue in [QUEUE, chat].into_iter().filter(|q| !queues.contains(q)) {
            demand.queues[queue] = whatif::scaled_queue(&demand.queues[queue], 0.0);
        }
        planned(&scenario, SETUP, &demand).staffing.proof.bound
    };
    let (phone, chats) = (bound(&[QUEUE]), bound(&[chat]));
    let both = bound(&[QUEUE, chat]);
    assert!(phone > 2.0 * chats, "{phone}, {chats}");
    assert!(
        (both / (phone + chats) - 1.0).abs() < 1e-3,
        "{both} of {phone} and {chats}"
    );
}

#[test]
fn volumes_are_as_many_as_there_is_time_to_solve() {
    // The scenario's own is known; of five, three more may be solved where the order flips.
    for (drafts, volumes) in [(0.5, 0), (1.0, 2), (3.0, 4), (6.9, 4), (7.0, 5), (99.0, 5)] {
        assert_eq!(compare::affordable(5, drafts), volumes, "{drafts} drafts");
    }
    assert_eq!(compare::affordable(3, 99.0), 3);
    assert_eq!(compare::affordable(0, 99.0), 0);
}
