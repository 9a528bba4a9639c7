//! A list as it was at an instant: many instants of one that changes little take hardly more room than one.

use std::sync::Arc;

/// Items of a page.
const PAGE: usize = 128;

/// A list in pages; those in which nothing changed are the pages of the list before.
#[derive(Debug, Clone)]
pub(super) struct Pages<T>(Vec<Arc<[T]>>);

impl<T: Clone + PartialEq> Pages<T> {
    pub(super) fn of(list: &[T], before: Option<&Self>) -> Self {
        let pages = list.chunks(PAGE).enumerate().map(|(number, page)| {
            let old = before.and_then(|before| before.0.get(number));
            let unchanged = old.filter(|old| old[..] == *page);
            unchanged.cloned().unwrap_or_else(|| page.into())
        });
        Self(pages.collect())
    }

    pub(super) fn get(&self, index: usize) -> Option<&T> {
        self.0.get(index / PAGE)?.get(index % PAGE)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flat_map(|page| page.iter())
    }

    /// Makes a list what it was.
    pub(super) fn restore(&self, list: &mut Vec<T>) {
        list.clear();
        self.0.iter().for_each(|page| list.extend_from_slice(page));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_kept_anew() {
        let mut list: Vec<usize> = (0..1000).collect();
        let first = Pages::of(&list, None);
        list[300] = 7;
        list.push(1000);
        let second = Pages::of(&list, Some(&first));
        let shared = first.0.iter().zip(&second.0);
        let shared = shared.filter(|(a, b)| Arc::ptr_eq(a, b)).count();
        assert_eq!(shared, first.0.len() - 2);
        assert_eq!((second.get(300), second.get(1001)), (Some(&7), None));
        let mut again = vec![5];
        second.restore(&mut again);
        assert_eq!(again, list);
        first.restore(&mut again);
        assert_eq!(again, (0..1000).collect::<Vec<_>>());
    }
}
