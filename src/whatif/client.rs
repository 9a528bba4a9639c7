//! One client's part of a set-up.

use crate::ids::{ClientId, SetupId};
use crate::scenario::{PriceForm, Scenario};

/// The scenario with the costs of `client` alone counted under `setup`.
///
/// What a set-up pays once for all its clients (fees, minimum, contacts included, the owner's and borrowed
/// hours) falls evenly on them, unless each stands alone.
pub fn for_client(scenario: &Scenario, setup: SetupId, client: ClientId) -> Scenario {
    let mut scenario = scenario.clone();
    let borne = scenario
        .clients
        .ids()
        .filter(|&other| scenario.setups[setup].bears(other))
        .count();
    let part = 1.0 / borne.max(1) as f64;
    let terms = &mut scenario.setups[setup];
    terms.bearers = Some(vec![client]);
    if terms.per_client {
        return scenario;
    }
    let costs = &mut terms.in_house;
    costs.owner_hours = costs.owner_hours * part;
    for helper in &mut costs.borrowed {
        helper.hours = helper.hours * part;
    }
    if let Some(tariff) = &mut terms.tariff {
        for amount in [
            &mut tariff.setup_fee,
            &mut tariff.monthly_fee,
            &mut tariff.minimum_per_month,
            &mut tariff.exit_fee,
        ] {
            *amount = amount.times(part);
        }
        match &mut tariff.form {
            PriceForm::Flat { fee, included, .. } => {
                *fee = fee.times(part);
                *included *= part;
            }
            PriceForm::Anchored { fee, baseline, .. } => {
                *fee = fee.times(part);
                *baseline *= part;
            }
            _ => {}
        }
    }
    scenario
}
