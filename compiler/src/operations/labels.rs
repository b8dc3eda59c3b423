//! Operations that labels select by: an element of each row, a row for each label, and cross-entropy. No one-hot
//! matrix is ever built. A row without a label is left out: what is made of it is 0, and it has no gradient.

use super::extrema::first_largest;
use super::routine::ROUTINE;
use super::softmax::{SOFTMAX_ROWS, cross_entropy, softmax};
use super::{EQUAL, HADAMARD, RECIP, ROW_SUMS, SELECT, SUB};
use crate::dual::Dense;
use crate::dual::Dual;
use crate::graph::operation::{Binds, Joint, Reach, Routine};
use crate::graph::{Graph, NodeId};

#[rustfmt::skip]
table! { TABLE: Routine;
    HAS_LABEL = Routine { name: "has_label", signature: "has_label(y: Labels<R, C>) -> Vector<R>",
        operands: &[b"ic"], result: b"i1", reach: Reach::Rows, labels: &[0],
        evaluate: |v, out| for i in 0..v[0].rows { out.values[i] = Dual::from(f64::from(u8::from(class(v[0], i).is_some()))); },
        notation: Some("has_label({0})"), runs: "has_label",
        note: Some("1 where a sample has a label, 0 where it is missing: such a row is in no sum or maximum by labels, and `cross_entropy`, `pick` and `gather` make 0 of it"), ..ROUTINE };
    PICK = Routine { name: "pick", signature: "pick(z: Matrix<R, C>, y: Labels<R, C>) -> Vector<R>",
        operands: &[b"ic", b"ic"], result: b"i1", reach: Reach::Rows, linear: &[0], labels: &[1],
        adjoint: |graph, node, k, g| with_labels(graph, node, k, g, PLACE),
        evaluate: |v, out| for i in 0..v[0].rows {
            if let Some(class) = class(v[1], i) { out.values[i] = v[0].at(i, class); }
        },
        notation: Some("{0}[{1}]"), runs: "pick", note: Some("element `y[i]` of each row i"), ..ROUTINE };
    PLACE = Routine { name: "place", signature: "place(v: Vector<R>, y: Labels<R, C>) -> Matrix<R, C>", is_function: false,
        operands: &[b"i1", b"ic"], result: b"ic", reach: Reach::Rows, linear: &[0], labels: &[1],
        adjoint: |graph, node, k, g| with_labels(graph, node, k, g, PICK),
        evaluate: |v, out| for i in 0..v[0].rows {
            if let Some(class) = class(v[1], i) { out.values[i * out.columns + class] = v[0].values[i]; }
        },
        notation: Some("place({0}, {1})"), runs: "place", ..ROUTINE };
    GATHER = Routine { name: "gather", signature: "gather(w: Matrix<C, K>, y: Labels<R, C>) -> Matrix<R, K>",
        operands: &[b"ck", b"ic"], result: b"ik", reach: Reach::Rows, linear: &[0], labels: &[1],
        adjoint: |graph, node, k, g| {
            let shape = graph.shape(graph.operands(node)[0]);
            let y = graph.operands(node)[1];
            (k == 0).then(|| graph.call_as(SUM_BY, &[g, y], shape))
        },
        evaluate: |v, out| for i in 0..out.rows { for j in 0..out.columns {
            if let Some(class) = class(v[1], i) { out.values[i * out.columns + j] = v[0].at(class, j); }
        } },
        notation: Some("{0}[{1}]"), runs: "gather", note: Some("row `y[i]` of `w` for each i"), ..ROUTINE };
    SUM_BY = Routine { name: "sum_by", signature: "sum_by(z: Matrix<R, K>, y: Labels<R, C>) -> Matrix<C, K>",
        operands: &[b"ik", b"ic"], result: b"ck", reach: Reach::Sums, linear: &[0], labels: &[1],
        adjoint: |graph, node, k, g| with_labels(graph, node, k, g, GATHER),
        evaluate: |v, out| for i in 0..v[0].rows { for j in 0..v[0].columns {
            let Some(class) = class(v[1], i) else { continue };
            let at = class * out.columns + j;
            out.values[at] = out.values[at] + v[0].at(i, j);
        } },
        notation: Some("sum_by({0}, {1})"), runs: "sum_by", note: Some("row c is the sum of the rows of `z` whose label is c"), ..ROUTINE };
    MAX_BY = Routine { name: "max_by", signature: "max_by(z: Matrix<R, K>, y: Labels<R, C>) -> Matrix<C, K>",
        operands: &[b"ik", b"ic"], result: b"ck", reach: Reach::Sums, start: f64::NEG_INFINITY, merge: Some("merge_max"), labels: &[1],
        adjoint: |graph, node, k, g| {
            let &[z, y] = graph.operands(node) else { return None };
            (k == 0).then(|| {
                let largest = graph.call(GATHER, [node, y]);
                let is_largest = graph.call(EQUAL, [z, largest]);
                let ties = graph.call(SUM_BY, [is_largest, y]);
                let share = graph.call(RECIP, [ties]);
                let [share, g] = [share, g].map(|by_class| graph.call(GATHER, [by_class, y]));
                let share = graph.call(HADAMARD, [is_largest, share]);
                let own = graph.call(HADAMARD, [share, g]);
                labelled(graph, own, y)
            })
        },
        evaluate: |v, out| for c in 0..out.rows { for k in 0..out.columns {
            let members = (0..v[0].rows).filter(|&i| class(v[1], i) == Some(c)).map(|i| v[0].at(i, k));
            out.values[c * out.columns + k] = largest_shared(&members.collect::<Vec<_>>());
        } },
        notation: Some("max_by({0}, {1})"), runs: "max_by",
        note: Some("the largest element of each column among the rows whose label is c; where several are, they share the derivative; -inf of no rows"), ..ROUTINE };
    CROSS_ENTROPY = Routine { name: "cross_entropy", signature: "cross_entropy(z: Matrix<R, C>, y: Labels<R, C>) -> Vector<R>",
        operands: &[b"ic", b"ic"], result: b"i1", reach: Reach::Rows, labels: &[1],
        adjoint: |graph, node, k, g| {
            let &[z, y] = graph.operands(node) else { return None };
            (k == 0).then(|| {
                let residual = graph.call(SOFTMAX_RESIDUAL, [z, y]);
                let g = graph.broadcast(g, graph.shape(z));
                let own = graph.call(HADAMARD, [g, residual]);
                labelled(graph, own, y)
            })
        },
        evaluate: |v, out| for i in 0..v[0].rows {
            let row = &v[0].values[i * v[0].columns..][..v[0].columns];
            if let Some(class) = class(v[1], i) { out.values[i] = cross_entropy(row, class); }
        },
        notation: Some("CE({0}, {1})"), runs: "cross_entropy", flops: 20,
        joint: Some(Joint { with: || SOFTMAX_RESIDUAL, runs: "cross_entropy_and_residual" }),
        note: Some("`lse(z) - z[y]` of each row, in a form that loses nothing where the labelled class is nearly certain"), ..ROUTINE };
    SOFTMAX_RESIDUAL = Routine { name: "softmax_residual", signature: "softmax_residual(z: Matrix<R, C>, y: Labels<R, C>) -> Matrix<R, C>",
        is_function: false, operands: &[b"ic", b"ic"], result: b"ic", reach: Reach::Rows, labels: &[1],
        // The labels don't move, so it is that of the softmax.
        adjoint: |graph, node, k, g| {
            let z = graph.operands(node)[0];
            (k == 0).then(|| {
                let softmax = graph.call(SOFTMAX_ROWS, [z]);
                let weighted = graph.call(HADAMARD, [softmax, g]);
                let sums = graph.call(ROW_SUMS, [weighted]);
                let sums = graph.broadcast(sums, graph.shape(z));
                let centred = graph.call(SUB, [g, sums]);
                graph.call(HADAMARD, [softmax, centred])
            })
        },
        evaluate: |v, out| for i in 0..v[0].rows {
            let row = &v[0].values[i * v[0].columns..][..v[0].columns];
            let out = &mut out.values[i * v[0].columns..][..v[0].columns];
            softmax(row, out);
            if let Some(class) = class(v[1], i) { out[class] = out[class] - Dual::from(1.0); }
        },
        notation: Some("softmax({0}) − onehot({1})"), binds: Binds::Sum, runs: "softmax_residual", flops: 20, ..ROUTINE };
}

/// The adjoint of what is linear in its first operand: `operation` of the cotangent, by the same labels.
fn with_labels(
    graph: &mut Graph,
    node: NodeId,
    k: usize,
    g: NodeId,
    operation: &'static dyn super::Operation,
) -> Option<NodeId> {
    let &[_, y] = graph.operands(node) else { return None };
    (k == 0).then(|| {
        let own = graph.call(operation, [g, y]);
        labelled(graph, own, y)
    })
}

/// The rows of `a` that have a label, and zeros for the others. As `select` says, the others have no influence then, be they infinite or NaN.
pub(crate) fn labelled(graph: &mut Graph, a: NodeId, y: NodeId) -> NodeId {
    if !graph.may_miss(y) {
        return a;
    }
    let shape = graph.shape(a);
    let (has_label, zero) = (graph.call(HAS_LABEL, [y]), graph.constant(0.0));
    let [has_label, zero] = [has_label, zero].map(|id| graph.broadcast(id, shape));
    graph.call(SELECT, [has_label, a, zero])
}

/// The largest of some numbers, with the mean slope of those that are.
fn largest_shared(all: &[Dual]) -> Dual {
    let value = first_largest(all).map_or(f64::NEG_INFINITY, |(_, first)| first.value);
    let slopes: Vec<f64> = all.iter().filter(|own| own.value.total_cmp(&value).is_eq()).map(|own| own.slope).collect();
    let slope = if slopes.is_empty() {
        0.0
    } else {
        slopes.iter().sum::<f64>() / f64::from(u32::try_from(slopes.len()).unwrap_or(u32::MAX))
    };
    Dual { value, slope }
}

/// Label `i`; what is below 0 is none.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "class indices")]
fn class(labels: &Dense, i: usize) -> Option<usize> {
    Some(labels.values[i].value).filter(|class| *class >= 0.0).map(|class| class as usize)
}
