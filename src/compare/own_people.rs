//! From which volume on a shop should take people of its own.

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OwnPeople {
    /// An in-house set-up is cheapest from so many interactions a day on.
    From(f64),
    /// It is at every volume tried.
    Always,
    /// It is not at the largest volume tried.
    Never,
    /// At some volumes it is, at larger ones not: more often than not from so many on, where there is such a volume.
    Mixed(Option<f64>),
}

impl OwnPeople {
    /// The answer in words, held against a set-up or all partners.
    pub fn words(self, against: &str, largest: f64) -> String {
        match self {
            Self::From(volume) => format!(
                "Rather than {against} a shop should take people of its own from about {volume:.0} interactions a day."
            ),
            Self::Always => {
                format!("People of one's own cost less than {against} at every volume tried.")
            }
            Self::Never => format!(
                "People of one's own cost more than {against} at every volume tried, up to {largest:.0} interactions a day of a shop."
            ),
            Self::Mixed(from) => format!(
                "People of one's own cost less than {against} at some of the volumes tried and more at larger ones, by the steps of whole people{}.",
                from.map_or(String::new(), |volume| format!(
                    "; mostly less from about {volume:.0} interactions a day"
                ))
            ),
        }
    }
}

/// The cut with the fewest volumes that gain below and that lose above it; between two volumes where what is gained
/// passes nought.
pub(super) fn threshold(found: &[(f64, f64)]) -> OwnPeople {
    let wrong = |cut: usize| {
        let below = found[..cut].iter().filter(|(_, gain)| *gain > 0.0).count();
        let above = found[cut..].iter().filter(|(_, gain)| *gain <= 0.0).count();
        below + above
    };
    // Of equal cuts the highest: who doubts does not hire.
    let cut = (0..=found.len()).rev().min_by_key(|&cut| wrong(cut));
    if let Some(cut) = cut.filter(|&cut| wrong(cut) > 0) {
        let inside = (1..found.len()).contains(&cut);
        return OwnPeople::Mixed(inside.then(|| between(found[cut - 1], found[cut])));
    }
    match cut {
        Some(0) if !found.is_empty() => OwnPeople::Always,
        Some(cut) if cut < found.len() => OwnPeople::From(between(found[cut - 1], found[cut])),
        _ => OwnPeople::Never,
    }
}

/// The volume between two at which what is gained of one interaction passes nought: totals are taken to run evenly over
/// the volume. Of a set-up that wins for its promises, not its price, the upper.
pub(super) fn between((low, before): (f64, f64), (high, after): (f64, f64)) -> f64 {
    let (before, after) = (before * low, after * high);
    let part = if before < 0.0 && after > 0.0 && (before - after).is_finite() {
        before / (before - after)
    } else {
        1.0
    };
    low + (high - low) * part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_volume_to_hire_at_tells_own_from_others_best() {
        let own = |labels: &[bool]| {
            let points = labels.iter().enumerate();
            let points: Vec<(f64, f64)> = points
                .map(|(k, &own)| (10.0 * 2f64.powi(k as i32), if own { 1.0 } else { -1.0 }))
                .collect();
            threshold(&points)
        };
        let from = |volume: f64| match own(&[false, false, true, true]) {
            OwnPeople::From(found) => (found - volume).abs() < 1e-9,
            _ => false,
        };
        // 20 lost at 20 a day, 40 gained at 40.
        assert!(from(20.0 + 20.0 / 3.0));
        assert_eq!(own(&[true, true]), OwnPeople::Always);
        assert_eq!(own(&[false, false]), OwnPeople::Never);
        assert_eq!(own(&[]), OwnPeople::Never);
        // One shop by the way is said.
        let OwnPeople::From(volume) = own(&[false, false, false, true, true]) else {
            panic!("a volume");
        };
        let mixed = own(&[false, true, false, true, true]);
        assert_eq!(mixed, OwnPeople::Mixed(Some(volume)));
        assert!(
            mixed
                .words("others", 100.0)
                .contains(&format!("from about {volume:.0} "))
        );
        assert_eq!(own(&[false, true, false]), OwnPeople::Mixed(None));
    }
}
