//! Trajectories of recurrences whose steps are programs: rows of states, of which each step reads one and writes the next.

use crate::flat::{Extent, Flat, ends};
use crate::routines::Direction;
use crate::simd::Scalar;
use crate::view::{View, ViewMut};

/// The rows that a recurrence writes, one after the other: `S` states each, and of what else a step keeps so much that they are
/// `M` values.
pub struct Trajectory<'a, T, const S: usize, const M: usize> {
    // Invariant: as many rows as there are steps, and one more, of as many columns as the values of a step have elements.
    out: ViewMut<'a, T>,
    direction: Direction,
    steps: usize,
    /// Steps that have been taken.
    taken: usize,
    states: [Extent; S],
    ends_of_states: [usize; S],
    values: [Extent; M],
    ends_of_values: [usize; M],
}

/// A step: its number, the states before it, and the values that it has to write.
pub(crate) type Turn<'t, T, const S: usize, const M: usize> = (usize, Flat<T, S, &'t [T]>, Flat<T, M, &'t mut [T]>);

impl<'a, T: Scalar, const S: usize, const M: usize> Trajectory<'a, T, S, M> {
    /// A trajectory in `out`, of values of the shapes `values`, that begins with the `initial` states.
    ///
    /// # Panics
    /// If `out` or a state has another shape: a mistake of the expansion, not of its user.
    #[must_use]
    pub fn new(
        direction: Direction,
        steps: usize,
        values: [Extent; M],
        initial: [View<'_, T>; S],
        out: ViewMut<'a, T>,
    ) -> Self {
        let states = core::array::from_fn(|k| values[k]);
        let of_memory = "a trajectory that is in memory";
        let (ends_of_states, ends_of_values) = (ends(states).expect(of_memory), ends(values).expect(of_memory));
        let width = ends_of_values.last().copied().unwrap_or(0);
        // Values of one element each are a line.
        let is_line = width == 1 && out.rows() == 1 && out.columns() == steps + 1;
        let mut out = if is_line { out.as_column() } else { out };
        assert!((out.rows(), out.columns()) == (steps + 1, width), "a trajectory of {steps} steps");
        let begin = if direction == Direction::Forwards { 0 } else { steps };
        let mut rest = out.row_mut(begin);
        for view in initial {
            for i in 0..view.rows() {
                let (part, tail) = rest.split_at_mut(view.columns());
                part.copy_from_slice(view.row(i));
                rest = tail;
            }
        }
        Self { out, direction, steps, taken: 0, states, ends_of_states, values, ends_of_values }
    }

    /// The next step, until all have been taken.
    pub fn turn(&mut self) -> Option<Turn<'_, T, S, M>> {
        if self.taken == self.steps {
            return None;
        }
        let i = self.taken;
        self.taken += 1;
        let (t, (before, after)) = match self.direction {
            Direction::Forwards => (i, self.out.neighbours_mut(i)),
            Direction::Backwards => {
                let t = self.steps - 1 - i;
                let (after, before) = self.out.neighbours_mut(t);
                (t, (before, after))
            }
        };
        let own = self.ends_of_states.last().copied().unwrap_or(0);
        let before = Flat::lent(&before[..own], self.states, self.ends_of_states);
        Some((t, before, Flat::lent(after, self.values, self.ends_of_values)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_read_a_row_and_write_the_next() {
        for direction in [Direction::Forwards, Direction::Backwards] {
            let mut memory = [0.0; 4 * 4];
            let out = ViewMut::new(&mut memory, 4, 4);
            let values = [Extent::line(1, 1), Extent::matrix(2, 1), Extent::line(1, 1)];
            let column = [3.0, 4.0];
            let initial = [View::line(&[1.0]), View::new(&column, 2, 1)];
            let mut rows = Trajectory::<f64, 2, 3>::new(direction, 3, values, initial, out);
            let mut order = Vec::new();
            while let Some((t, before, mut after)) = rows.turn() {
                order.push(t);
                let sum = before.view(1).row(0)[0] + before.view(1).row(1)[0];
                *after.scalar_mut(0) = 2.0 * before.scalar(0);
                after.part_mut(1).copy_from_slice(&[sum, before.scalar(0)]);
                *after.scalar_mut(2) = 10.0 + before.scalar(0);
            }
            let rows = [[1.0, 3.0, 4.0, 0.0], [2.0, 7.0, 1.0, 11.0], [4.0, 8.0, 2.0, 12.0], [8.0, 10.0, 4.0, 14.0]];
            let forwards = direction == Direction::Forwards;
            assert_eq!(order, if forwards { [0, 1, 2] } else { [2, 1, 0] });
            for (i, row) in rows.iter().enumerate() {
                let at = if forwards { i } else { 3 - i };
                assert_eq!(memory[4 * at..][..4], *row, "{direction:?}");
            }
        }
    }
}
