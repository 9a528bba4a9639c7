//! Rows and flows that the same teams serve, joined: small models are solved in seconds.

use std::collections::{BTreeMap, BTreeSet};

use super::instance::Cover;
use super::task::Task;
use crate::ids::Id;

/// Joins covers that the same teams count towards into the widest of them: the same row, so the highest
/// need of all rules.
pub(super) fn join_alike(task: &mut Task, serving: &[Vec<usize>]) {
    let covers = std::mem::take(&mut task.instance.covers);
    let names = std::mem::take(&mut task.names);
    let mut rows: Vec<(String, Cover)> = names.into_iter().zip(covers).collect();
    rows.sort_by_key(|(_, cover)| std::cmp::Reverse(cover.queues.len()));
    let mut widest: BTreeMap<BTreeSet<usize>, Vec<usize>> = BTreeMap::new();
    for (name, cover) in rows {
        let teams = |&queue: &u32| serving[queue as usize].iter().copied();
        let teams: BTreeSet<usize> = cover.queues.iter().flat_map(teams).collect();
        let known = widest.entry(teams).or_default();
        let covers = &mut task.instance.covers;
        let within = |wide: &&usize| {
            let wide: &Cover = &covers[**wide];
            cover.queues.iter().all(|queue| wide.queues.contains(queue))
        };
        if let Some(&wide) = known.iter().find(within) {
            let highest = |wide: &mut Vec<f64>, other: &[f64]| {
                for (wide, other) in wide.iter_mut().zip(other) {
                    *wide = wide.max(*other);
                }
            };
            highest(&mut covers[wide].need, &cover.need);
            highest(&mut covers[wide].load, &cover.load);
        } else {
            known.push(covers.len());
            covers.push(cover);
            task.names.push(name);
        }
    }
}

/// Joins work that may wait and that the same teams do: one flow for all of it.
pub(super) fn join_work(task: &mut Task, serving: &[Vec<usize>]) {
    let alone = std::mem::take(&mut task.instance.deferrables);
    let queues = std::mem::take(&mut task.deferred);
    let mut flows: BTreeMap<&[usize], usize> = BTreeMap::new();
    for (queue, work) in queues.into_iter().zip(alone) {
        let joined = &mut task.instance.deferrables;
        let flow = *flows.entry(&serving[queue.index()]).or_insert(joined.len());
        if let Some(known) = joined.get_mut(flow) {
            for (sum, more) in known.work.iter_mut().zip(&work.work) {
                *sum += more;
            }
            for (sum, more) in known.open_allowed.iter_mut().zip(&work.open_allowed) {
                *sum += more;
            }
        } else {
            joined.push(work);
            task.deferred.push(queue);
        }
    }
}
