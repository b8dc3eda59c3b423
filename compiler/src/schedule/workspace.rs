//! Memory: a value whose last reader is done gives its buffer to a later one, so that a block stays in cache.

use super::program::{Buffer, BufferRole, From, Program, Statement};

/// Lets row-local buffers of one shape share memory where their values don't live together (P4).
pub(crate) fn share(program: &mut Program) {
    let lives: Vec<_> = (0..program.buffers.len()).map(|buffer| life(program, buffer)).collect();
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
                program.buffers[i].memory = *memory;
                *until = last;
            }
            None => last_use.push((i, last)),
        }
    }
}

/// The first and the last statement that touch `buffer`. A pass is done before the next one begins, so that row-local
/// values of different passes never live together.
fn life(program: &Program, buffer: usize) -> Option<(usize, usize)> {
    let mut touched = program.statements().enumerate().filter(|(_, statement)| touches(statement, buffer));
    let (first, _) = touched.next()?;
    Some((first, touched.last().map_or(first, |(last, _)| last)))
}

fn touches(statement: &Statement, buffer: usize) -> bool {
    statement.reads().iter().any(|source| source.from == From::Buffer(buffer)) || statement.writes().contains(&buffer)
}
