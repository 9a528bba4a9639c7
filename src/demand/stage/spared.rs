//! What each lever spares the agents of a queue: contacts that it handles before they reach one, and repeats that
//! do not come.

use chrono::NaiveDate;

use crate::demand::Spared;
use crate::demand::change::{Change, Changed};

/// Adds up, day by day, what levers spare.
pub struct Tally<'a> {
    levers: Vec<(&'a Change<'a>, Spared)>,
}

impl<'a> Tally<'a> {
    pub fn of(changes: impl IntoIterator<Item = &'a Change<'a>>) -> Self {
        let levers = changes
            .into_iter()
            .filter(|change| matches!(change, Change::Lever(_)));
        let nothing = |lever: &'a Change<'a>| Spared {
            lever: lever.name().to_owned(),
            deflected: 0.0,
            repeats: 0.0,
        };
        Self {
            levers: levers.map(|lever| (lever, nothing(lever))).collect(),
        }
    }

    /// Of `contacts` on a day that neither events nor growth nor levers have changed yet: first what is deflected,
    /// then what of the rest need not come again. Where several levers share in it, each by its own strength.
    pub fn add(&mut self, day: NaiveDate, contacts: f64, changed: &Changed) {
        let due = contacts * changed.others;
        let deflected = due * (1.0 - changed.kept);
        let repeats = due * changed.kept * (1.0 - changed.repeats);
        let strength = |change: &Change| match change {
            Change::Lever(lever) => {
                [lever.deflection, lever.resolution].map(|share| share.value() * lever.grown(day))
            }
            Change::Event(..) | Change::Growth(_) => [0.0; 2],
        };
        let strengths: Vec<[f64; 2]> = self.levers.iter().map(|(c, _)| strength(c)).collect();
        let all = |part: usize| strengths.iter().map(|s| s[part]).sum::<f64>().max(1e-12);
        let (deflecting, settling) = (all(0), all(1));
        for ((_, spared), [deflects, settles]) in self.levers.iter_mut().zip(&strengths) {
            spared.deflected += deflected * deflects / deflecting;
            spared.repeats += repeats * settles / settling;
        }
    }

    /// Those that spare any.
    pub fn told(self) -> Vec<Spared> {
        let all = self.levers.into_iter().map(|(_, spared)| spared);
        all.filter(|spared| spared.deflected + spared.repeats > 0.0)
            .collect()
    }
}
