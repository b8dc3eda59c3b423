//! Memory: a value whose last reader is done gives its buffer to a later one, so that a block stays in cache.

use super::program::{Buffer, BufferRole, Program, Sink, Source, Statement};

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
    let reads = |source: &Source| *source == Source::Buffer(buffer);
    match statement {
        Statement::Pack { from, .. } => reads(from),
        Statement::Product { a, out, .. } | Statement::Transpose { a, out } => reads(a) || *out == buffer,
        Statement::ProductT { a, b, out } => reads(a) || reads(b) || *out == buffer,
        Statement::Dots { a, w, out } => reads(a) || reads(w) || *out == buffer,
        Statement::ScaledRows { a, e, out } => reads(a) || reads(e) || *out == buffer,
        Statement::Trace { a, .. } => reads(a),
        Statement::Identity { out, .. } => *out == buffer,
        Statement::Scalar { .. } | Statement::ScalarGradient { .. } => false,
        Statement::Map(map) => {
            map.sources.iter().any(|(_, source, _)| reads(source))
                || map.results.iter().any(|(_, sink)| match sink {
                    Sink::Store(out) | Sink::ColumnSums(out) | Sink::RowSums(out) => *out == buffer,
                    Sink::Gradient(_) | Sink::Sum(_) => false,
                })
        }
    }
}
