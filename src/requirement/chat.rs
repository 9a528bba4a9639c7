//! Chat: agents who hold several contacts at once, spread evenly, as a birth–death process.
//!
//! With j chats on n agents of limit k, j mod n agents hold one more than the rest; an agent who holds
//! i chats completes them at rate i ÷ aht(i). Above n k chats wait and the wait is that of [`Delay`].
//!
//! [`Delay`]: super::delay::Delay

use super::service::{Below, Traffic};

/// Weight of the states in which another chat may still be taken, over that of the last of them, and
/// the mean number of agents with at least one chat in them.
pub(super) fn below(agents: u64, traffic: &Traffic) -> Below {
    let places = agents * traffic.pace.len() as u64;
    let busy_agents = |chats: u64| chats.min(agents) as f64;
    let (mut weight, mut busy) = (1.0f64, 0.0f64);
    for chats in 1..places {
        // π(j−1)/π(j) = completions at j ÷ arrivals.
        weight = 1.0 + weight * completions(agents, chats, traffic) / traffic.rate;
        busy += (busy_agents(chats) - busy) / weight;
        if !weight.is_finite() {
            // So seldom full that nobody waits: the mean so far is that of the states that matter.
            break;
        }
    }
    Below {
        weight,
        busy: Some(busy),
    }
}

/// Chats completed per second when `agents` hold `chats` between them.
fn completions(agents: u64, chats: u64, traffic: &Traffic) -> f64 {
    let each = (chats / agents) as usize;
    let more = chats % agents;
    let of_agent = |held: usize| match held {
        0 => 0.0,
        held => held as f64 / (traffic.aht * traffic.pace[held - 1]),
    };
    let rest = (agents - more) as f64 * of_agent(each);
    if more == 0 {
        rest
    } else {
        rest + more as f64 * of_agent(each + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::patience::Patience;
    use super::*;

    #[test]
    fn one_chat_at_a_time_is_the_phone() {
        let phone = Traffic::new(0.1, 200.0);
        let service = phone.served_by(24.0);
        let chat = below(24, &phone);
        let by_chat = 1.0 / (1.0 + chat.weight * (24.0 / 200.0 - 0.1) / 0.1);
        assert!((service.p_wait - by_chat).abs() < 1e-12);
        let busy = chat.busy.unwrap() * (1.0 - by_chat) + 24.0 * by_chat;
        assert!((busy - 20.0).abs() < 1e-9);
    }

    #[test]
    fn chats_answered_and_abandoned_are_all() {
        let chat = Traffic {
            pace: vec![1.0, 8.0 / 6.0, 1.75],
            ..Traffic::new(60.0 / 3600.0, 360.0)
                .with_patience(Patience::Exponential { mean: 180.0 })
        };
        for agents in [0.0, 1.0, 2.0, 4.0, 9.0, 200.0] {
            let service = chat.served_by(agents);
            assert!((service.answered_within(1e9) + service.p_abandon - 1.0).abs() < 1e-7);
            assert!((0.0..=1.0).contains(&service.occupancy));
        }
    }
}
