//! Memory: a value whose last reader is done gives its buffer to a later one, so that a block stays in cache.

use super::program::{Buffer, BufferRole, Program, Source, Statement};

/// Lets row-local buffers of one shape share memory where their values don't live together (P4).
pub(crate) fn share(program: &mut Program) {
    let lives: Vec<_> = (0..program.buffers.len()).map(|buffer| life(&program.rows, buffer)).collect();
    let mut last_use: Vec<(usize, usize)> = Vec::new();
    for (i, life) in lives.into_iter().enumerate() {
        let Buffer { role, shape, .. } = program.buffers[i];
        let (BufferRole::RowLocal, Some((first, last))) = (role, life) else { continue };
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

/// The first and the last statement that touch `buffer`.
fn life(statements: &[Statement], buffer: usize) -> Option<(usize, usize)> {
    let mut touched = statements.iter().enumerate().filter(|(_, statement)| touches(statement, buffer));
    let (first, _) = touched.next()?;
    Some((first, touched.next_back().map_or(first, |(last, _)| last)))
}

fn touches(statement: &Statement, buffer: usize) -> bool {
    statement.reads().contains(&Source::Buffer(buffer)) || statement.writes().contains(&buffer)
}
