//! Memory: a value whose last reader is done gives its buffer to a later one, so that a block stays in cache.

use super::program::{Buffer, BufferRole, Location, Program};

/// Lets row-local buffers of one shape share memory where their values don't live together (P4).
pub(crate) fn share(program: &mut Program) {
    let lives = lives(program);
    let mut order: Vec<usize> = (0..lives.len()).collect();
    order.sort_by_key(|&i| lives[i]);
    let mut last_use: Vec<(usize, usize)> = Vec::new();
    for i in order {
        let Buffer { role, shape, .. } = program.buffers[i];
        let (BufferRole::RowLocal(_), Some((first, last))) = (role, lives[i]) else { continue };
        let free =
            last_use.iter_mut().find(|(memory, until)| *until < first && program.buffers[*memory].shape == shape);
        match free {
            Some((memory, until)) => {
                program.buffers[i].memory = Some(*memory);
                *until = last;
            }
            None => last_use.push((i, last)),
        }
    }
}

/// The first and the last statement that touch each buffer. A pass is done before the next one begins, so that row-local
/// values of different passes never live together.
fn lives(program: &Program) -> Vec<Option<(usize, usize)>> {
    let mut lives: Vec<Option<(usize, usize)>> = vec![None; program.buffers.len()];
    for (i, statement) in program.statements().enumerate() {
        let read = statement.reads().into_iter().filter_map(|source| match source.from {
            Location::Buffer(buffer) => Some(buffer),
            _ => None,
        });
        for buffer in read.chain(statement.writes()) {
            if let Some(life) = lives.get_mut(buffer) {
                *life = Some((life.map_or(i, |(first, _)| first), i));
            }
        }
    }
    lives
}
