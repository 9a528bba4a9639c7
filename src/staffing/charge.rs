//! What a partner asks for its people's hours where it is paid for people: the price by which shifts of theirs are
//! chosen, since it is what the set-up pays. Whoever is paid by the contact, or at cost, is planned by the pay.

use std::collections::BTreeMap;

use super::candidates::Candidate;
use crate::ids::{GroupId, MarketId, SetupId};
use crate::scenario::{PriceForm, Scenario};

/// Part of the pay that counts beside: of two shifts at one charge the partner takes the cheaper.
const PAY: f64 = 0.01;

/// The charge for the hours of a group.
pub(super) struct Charge {
    /// By the hour, night and weekend apart.
    price: f64,
    /// Whether hours on the line are charged, or those logged in.
    on_line: bool,
    /// By slot: 1 and the uplifts of the hour, the mean over the markets served.
    uplift: Vec<f64>,
}

impl Charge {
    /// Nothing where the set-up does not pay for the group's hours.
    pub fn of(scenario: &Scenario, setup: SetupId, group: GroupId) -> Option<Self> {
        let terms = &scenario.setups[setup];
        let people = &scenario.groups[group];
        let tariff = terms
            .tariff
            .as_ref()
            .filter(|_| terms.pays_by_tariff(people))?;
        let price = tariff
            .form
            .an_hour(scenario.sites[people.site].rules.full_time)?;
        let queues = scenario.queues_of(group);
        // Hundreds of queues share a few markets.
        let mut markets: BTreeMap<MarketId, f64> = BTreeMap::new();
        for &queue in &queues {
            *markets.entry(scenario.queues[queue].market).or_default() += 1.0;
        }
        let uplifts = &tariff.uplifts;
        let uplift = |slot: usize| {
            let of_market = markets.iter().map(|(&id, queues)| {
                let market = &scenario.markets[id];
                let at = scenario.horizon.local(slot, market.zone);
                let night = f64::from(u8::from(uplifts.is_night(at)));
                let weekend = f64::from(u8::from(market.is_weekend(at.date())));
                queues * (night * uplifts.night.value() + weekend * uplifts.weekend.value())
            });
            1.0 + of_market.sum::<f64>() / queues.len().max(1) as f64
        };
        let charge = Self {
            price,
            on_line: matches!(tariff.form, PriceForm::PerProductiveHour { .. }),
            uplift: (0..scenario.horizon.slots).map(uplift).collect(),
        };
        (price > 0.0).then_some(charge)
    }

    /// The charge for a shift, whose `pay` counts a little.
    pub fn for_shift(&self, shift: &Candidate, pay: f64) -> f64 {
        let slots = shift.cover.iter();
        let uplifted: f64 = slots.map(|&slot| self.uplift[slot as usize]).sum();
        let hours = if self.on_line {
            shift.line_hours
        } else {
            shift.paid_hours
        };
        let uplift = uplifted / shift.cover.len().max(1) as f64;
        self.price * uplift * hours + PAY * pay
    }
}
