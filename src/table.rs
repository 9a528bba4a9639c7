//! Dense tables indexed by typed ids.

use std::marker::PhantomData;
use std::ops::{Index, IndexMut};

use serde::Serialize;

use crate::ids::Id;

/// One value per id of a kind, in the order of the ids.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Table<I, T> {
    rows: Vec<T>,
    #[serde(skip)]
    kind: PhantomData<I>,
}

impl<I: Id, T> Table<I, T> {
    /// A table of the given rows; the first row belongs to id 0.
    pub fn new(rows: Vec<T>) -> Self {
        Self {
            rows,
            kind: PhantomData,
        }
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no id at all.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Every id.
    pub fn ids(&self) -> impl ExactSizeIterator<Item = I> + use<I, T> {
        (0..self.rows.len()).map(I::new)
    }

    /// Every id with its value.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (I, &T)> {
        self.rows
            .iter()
            .enumerate()
            .map(|(index, row)| (I::new(index), row))
    }

    /// Every value.
    pub fn values(&self) -> std::slice::Iter<'_, T> {
        self.rows.iter()
    }

    /// A table of the same ids with other values.
    pub fn map<U>(&self, mut f: impl FnMut(I, &T) -> U) -> Table<I, U> {
        Table::new(self.iter().map(|(id, row)| f(id, row)).collect())
    }

    /// Adds a row and answers its id.
    pub fn push(&mut self, row: T) -> I {
        self.rows.push(row);
        I::new(self.rows.len() - 1)
    }
}

impl<I, T> Default for Table<I, T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            kind: PhantomData,
        }
    }
}

impl<I: Id, T> Index<I> for Table<I, T> {
    type Output = T;
    fn index(&self, id: I) -> &T {
        &self.rows[id.index()]
    }
}

impl<I: Id, T> IndexMut<I> for Table<I, T> {
    fn index_mut(&mut self, id: I) -> &mut T {
        &mut self.rows[id.index()]
    }
}

impl<I: Id, T> FromIterator<T> for Table<I, T> {
    fn from_iter<F: IntoIterator<Item = T>>(iter: F) -> Self {
        Self::new(iter.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::QueueId;

    #[test]
    fn rows_are_found_by_the_id_that_push_answers() {
        let mut table = Table::default();
        let first: QueueId = table.push("phone");
        let second = table.push("mail");
        assert_eq!((table[first], table[second]), ("phone", "mail"));
        assert_eq!(table.ids().collect::<Vec<_>>(), [first, second]);
    }
}
