//! People who are paid whole work whole: a plan made to fit so many heads, with all of their time.

use super::contract::Hired;
use super::greedy::covered;
use super::instance::{Choice, Cover, Instance, Plan};

/// Times as many agents as there are, up to which the time of people paid is filled, step by step.
const MORE: [f64; 5] = [1.1, 1.2, 1.4, 1.8, 3.0];

/// A plan within the most heads of an instance's contracts: what these cannot work is left out, a little of every
/// shift, the least covers are filled, and the rest of their time is spread like that of those who are there.
pub fn worked_within(instance: &Instance, plan: &Plan) -> Plan {
    let mut copies: Vec<(f64, Choice)> = Vec::new();
    for (&choice, &count) in plan {
        let place = |number: u32| (f64::from(number) + 0.5) / f64::from(count);
        copies.extend((0..count).map(|number| (place(number), choice)));
    }
    copies.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut hired = Hired::nobody(instance);
    let mut worked = Plan::new();
    for (_, choice) in copies {
        if hired.has_room(choice) {
            hired.change(choice, 1.0);
            *worked.entry(choice).or_insert(0) += 1;
        }
    }
    worked_out(instance, &covered(instance, &worked))
}

/// A plan with all the time of the most heads of an instance's contracts, spread over the hours like that of those who
/// are there.
pub fn worked_out(instance: &Instance, plan: &Plan) -> Plan {
    let hired: Vec<u32> = instance.contracts.iter().map(|it| it.group).collect();
    let mut asked = instance.clone();
    asked.pledges.clear();
    for (number, group) in asked.groups.iter_mut().enumerate() {
        if !hired.contains(&(number as u32)) {
            group.shifts.clear();
        }
    }
    let agents = instance.on_line(plan);
    MORE.iter().fold(plan.clone(), |plan, more| {
        let cover = |group: &u32| {
            let queues = instance.groups[*group as usize].queues.clone();
            let slots = 0..instance.slots;
            Cover {
                need: slots
                    .map(|slot| more * f64::from(instance.there(&agents, &queues, slot)))
                    .collect(),
                load: vec![0.0; instance.slots],
                shortfall_price: 1.0,
                queues,
            }
        };
        asked.covers = hired.iter().map(cover).collect();
        covered(&asked, &plan)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::staffing::contract::Contract;
    use crate::staffing::duties::{Begin, Capacity};
    use crate::staffing::instance::{Group, Shift};

    /// Two days of four slots, an early and a late shift on each, for so many people of two shifts each.
    fn team(people: f64) -> Instance {
        let shift = |number: u32| Shift {
            begin: Begin {
                day: number / 2,
                ..Begin::default()
            },
            hours: 8.0,
            ..Shift::on_line(vec![2 * number, 2 * number + 1], 1.0)
        };
        Instance {
            slots: 8,
            shifts: (0..4).map(shift).collect(),
            groups: vec![Group {
                queues: vec![0],
                factor: 1.0,
                shifts: (0..4).collect(),
            }],
            contracts: vec![Contract {
                group: 0,
                price: 0.0,
                beside: 0.0,
                of_one: Capacity {
                    shifts: 2.0,
                    hours: 16.0,
                    sundays: f64::INFINITY,
                    band: None,
                },
                least_hours: 8.0,
                most_heads: people,
            }],
            ..Instance::default()
        }
    }

    fn plan(counts: [u32; 4]) -> Plan {
        let there = (0..).zip(counts).filter(|(_, count)| *count > 0);
        there
            .map(|(shift, count)| (Choice { group: 0, shift }, count))
            .collect()
    }

    #[test]
    fn all_of_the_time_paid_is_worked_in_the_hours_of_those_who_are_there() {
        // Two early ones for each late one; on the second day nobody late.
        let worked = worked_out(&team(6.0), &plan([2, 1, 3, 0]));
        assert_eq!(worked, plan([4, 2, 6, 0]));
    }

    #[test]
    fn of_too_many_shifts_each_gives_a_little() {
        let worked = worked_within(&team(6.0), &plan([8, 4, 6, 6]));
        assert_eq!(worked, plan([4, 2, 3, 3]));
    }
}
