//! Many plans before the same customers: what a staffing loop calls.

use rayon::prelude::*;

use super::arrivals::{self, Contact};
use super::measure::Measured;
use super::network::Network;
use super::on_line::OnLine;

/// A network and the customers of its replications, drawn once: 24 bytes a contact.
#[derive(Debug)]
pub struct Judge {
    network: Network,
    seed: u64,
    contacts: Vec<Vec<Contact>>,
}

impl Judge {
    /// Draws the customers of `replications` replications, in whole runs. The faults of an unsound network in words.
    pub fn new(network: Network, replications: usize, seed: u64) -> Result<Self, Vec<String>> {
        let faults = network.faults();
        if !faults.is_empty() {
            return Err(faults);
        }
        let contacts = (0..network.runs(replications) as u64)
            .into_par_iter()
            .map(|run| {
                let mut contacts = Vec::new();
                arrivals::draw(&network, seed, run, &mut contacts);
                contacts
            })
            .collect();
        Ok(Self {
            network,
            seed,
            contacts,
        })
    }

    /// The network judged.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Replications by which it judges.
    pub fn replications(&self) -> usize {
        self.contacts.len() * self.network.rounds()
    }

    /// Seed of the customers.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub(super) fn contacts(&self) -> &[Vec<Contact>] {
        &self.contacts
    }

    /// The service that agents on the line, `counts[group][slot]`, give.
    pub fn measure_counts(&self, counts: &[Vec<u32>]) -> Measured {
        self.measure(&OnLine::from_counts(&self.network, counts))
    }

    /// The service that these agents on the line give.
    pub fn measure(&self, on_line: &OnLine) -> Measured {
        super::replicate_sound(
            &self.network,
            self.replications(),
            |run, _, number, tally| {
                run.replicate(&self.contacts[number as usize], on_line, tally);
            },
            self.seed,
        )
    }
}
