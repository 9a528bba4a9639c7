//! The shifts of an earlier plan, found again among today's.

use chrono::TimeDelta;

use super::instance::{Choice, Plan};
use super::stage::Crew;

/// Agents of a team on a shift of an earlier plan.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlierShift {
    pub team: String,
    /// Since the earlier horizon began.
    pub start: TimeDelta,
    pub end: TimeDelta,
    pub agents: u32,
}

/// A plan made earlier, of one set-up.
#[derive(Debug, Clone, PartialEq)]
pub struct Earlier {
    /// Name of the set-up.
    pub setup: String,
    pub shifts: Vec<EarlierShift>,
}

/// A shift that begins and ends so near to an earlier one, together, may stand for it.
const NEAR: TimeDelta = TimeDelta::hours(2);

impl Crew<'_> {
    /// The earlier shifts of its teams as a plan of today's candidates; none where the teams had no shifts,
    /// or half of them are not found again.
    pub fn recognised(&self, earlier: &[EarlierShift]) -> Option<Plan> {
        let began = self.scenario.horizon.start;
        let (mut plan, mut found, mut all) = (Plan::new(), 0, 0);
        for shift in earlier {
            let Some(team) = self.teams.iter().position(|team| team.name == shift.team) else {
                continue;
            };
            all += shift.agents;
            let distance = |number: u32| {
                let candidate = &self.candidates[number as usize];
                (candidate.start - began - shift.start).abs()
                    + (candidate.end - began - shift.end).abs()
            };
            let nearest = self
                .shifts_of(self.teams[team].group)
                .min_by_key(|&number| distance(number))
                .filter(|&number| distance(number) <= NEAR);
            if let Some(number) = nearest {
                found += shift.agents;
                let choice = Choice {
                    group: team as u32,
                    shift: number,
                };
                *plan.entry(choice).or_insert(0) += shift.agents;
            }
        }
        (all > 0 && 2 * found >= all).then_some(plan)
    }
}
