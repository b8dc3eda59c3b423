//! Tier 1: operations that are linear in each operand. An operation is a row of letters; its shape rule, its
//! adjoints and its definition are read off the letters.
//!
//! A letter of the result survives, a letter of the operands alone is summed, a letter of the result alone is
//! broadcast, a doubled letter is the diagonal, and `1` is an axis of one element.
//!
//! **The exchange rule.** ⟨G, f(…, dX, …)⟩ multiplies the same entries and sums over the same letters as f, so
//! whoever holds G in place of X computes the cotangent of X: the adjoint in an operand is the same signature
//! with the letters of that operand and of the result exchanged.

use super::{Binds, HADAMARD, Kind, Letters, Multilinear, Operation, Primitive, Wanted, shape_by_letters};
use crate::base::{Dim, Shape};
use crate::graph::{Graph, NodeId};

#[rustfmt::skip]
table! { MULTILINEAR: Multilinear;
    MATMUL = Multilinear { name: "matmul", signature: "a * b", is_function: false, operands: &[b"ik", b"kj"], result: b"ij",
        wanted: Wanted::Inner, notation: "{0} {1}", binds: Binds::Product, rules: &["G : A B = G Bᵀ : A", "G : A B = Aᵀ G : B"], primitive: Primitive::Product };
    TRANSPOSE = Multilinear { name: "transpose", signature: "a.t()", is_function: false, operands: &[b"ij"], result: b"ji",
        wanted: Wanted::Same, notation: "{0}ᵀ", binds: Binds::Atom, rules: &["G : Aᵀ = Gᵀ : A"], primitive: Primitive::Transpose };
    DOT = Multilinear { name: "dot", signature: "dot(a: Matrix<R, C>, b: Matrix<R, C>) -> Scalar", is_function: true, operands: &[b"ij", b"ij"], result: b"11",
        wanted: Wanted::Same, notation: "⟨{0}, {1}⟩", binds: Binds::Atom, rules: &["d(A : B) = B : dA + A : dB", "d(A : B) = B : dA + A : dB"], primitive: Primitive::Sum };
    SUM = Multilinear { name: "sum", signature: "sum(a: Matrix<R, C>) -> Scalar", is_function: true, operands: &[b"ij"], result: b"11",
        wanted: Wanted::Same, notation: "sum({0})", binds: Binds::Atom, rules: &["sum(A) = 1 1ᵀ : A"], primitive: Primitive::Sum };
    COLUMN_SUMS = Multilinear { name: "column_sums", signature: "column_sums(a: Matrix<R, C>) -> RowVector<C>", is_function: true, operands: &[b"ij"], result: b"1j",
        wanted: Wanted::Same, notation: "1ᵀ {0}", binds: Binds::Product, rules: &["g : 1ᵀ A = 1 g : A"], primitive: Primitive::ColumnSums };
    ROW_SUMS = Multilinear { name: "row_sums", signature: "row_sums(a: Matrix<R, C>) -> Vector<R>", is_function: true, operands: &[b"ij"], result: b"i1",
        wanted: Wanted::Same, notation: "{0} 1", binds: Binds::Product, rules: &["g : A 1 = g 1ᵀ : A"], primitive: Primitive::RowSums };
    TRACE = Multilinear { name: "trace", signature: "trace(a: Matrix<N, N>) -> Scalar", is_function: true, operands: &[b"ii"], result: b"11",
        wanted: Wanted::Square(0), notation: "tr({0})", binds: Binds::Atom, rules: &["tr(A) = I : A"], primitive: Primitive::Trace };
    SCALE_ROWS = Multilinear { name: "scale_rows", signature: "scale_rows(v: Vector<R>, a: Matrix<R, C>) -> Matrix<R, C>", is_function: true, operands: &[b"i1", b"ij"], result: b"ij",
        wanted: Wanted::Signature, notation: "diag({0}) {1}", binds: Binds::Product, rules: &["G : diag(v) A = (G ⊙ A) 1 : v", "G : diag(v) A = diag(v) G : A"], primitive: Primitive::Entries };
    SCALE_COLUMNS = Multilinear { name: "scale_columns", signature: "scale_columns(a: Matrix<R, C>, v: RowVector<C>) -> Matrix<R, C>", is_function: true, operands: &[b"ij", b"1j"], result: b"ij",
        wanted: Wanted::Signature, notation: "{0} diag({1})", binds: Binds::Product, rules: &["G : A diag(v) = G diag(v) : A", "G : A diag(v) = 1ᵀ (G ⊙ A) : v"], primitive: Primitive::Entries };
    OUTER = Multilinear { name: "outer", signature: "outer(u: Vector<R>, v: Vector<C>) -> Matrix<R, C>", is_function: true, operands: &[b"i1", b"j1"], result: b"ij",
        wanted: Wanted::Signature, notation: "{0} {1}ᵀ", binds: Binds::Product, rules: &["G : u vᵀ = G v : u", "G : u vᵀ = Gᵀ u : v"], primitive: Primitive::Entries };
    BROADCAST = Multilinear { name: "broadcast", signature: "broadcast", is_function: false, operands: &[b"ij"], result: b"ij",
        wanted: Wanted::Same, notation: "{0}", binds: Binds::Product, rules: &["G : (a 1ᵀ) = G 1 : a"], primitive: Primitive::Broadcast };
    IDENTITY = Multilinear { name: "identity", signature: "identity", is_function: false, operands: &[b"11"], result: b"ii",
        wanted: Wanted::Same, notation: "{0} I", binds: Binds::Product, rules: &["G : a I = tr(G) a"], primitive: Primitive::Identity };
}

/// The letters of the operands of a call: those of the row, except for a broadcast, where an axis that the
/// operand lacks has the letter `1`.
pub(crate) fn letters_of(row: &Multilinear, operands: &[Shape], result: Shape) -> Vec<Letters> {
    if row.primitive == Primitive::Broadcast {
        let letter = |has: bool, letter| if has { letter } else { b'1' };
        let a = operands.first().copied().unwrap_or(result);
        return vec![[letter(a.rows == result.rows, b'i'), letter(a.columns == result.columns, b'j')]];
    }
    row.operands.iter().map(|letters| **letters).collect()
}

impl Operation for Multilinear {
    fn name(&self) -> &'static str {
        self.name
    }

    fn signature(&self) -> &'static str {
        self.signature
    }

    fn arity(&self) -> usize {
        self.operands.len()
    }

    fn commutes(&self) -> bool {
        matches!(self.operands, [a, b] if a == b)
    }

    fn is_function(&self) -> bool {
        self.is_function
    }

    fn shape(&self, operands: &[Shape]) -> Result<Shape, Wanted> {
        shape_by_letters(self.operands, *self.result, operands).ok_or(self.wanted)
    }

    fn adjoint(&self, graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
        let nodes = graph.operands(node).to_vec();
        let shapes: Vec<_> = nodes.iter().map(|&operand| graph.shape(operand)).collect();
        let letters = letters_of(self, &shapes, graph.shape(node));
        let mut factors: Vec<_> = letters.iter().copied().zip(nodes).collect();
        let (wanted, _) = *factors.get(k)?;
        *factors.get_mut(k)? = (*self.result, g);
        Some(contract(graph, &factors, wanted, *shapes.get(k)?))
    }

    fn rule(&self, k: usize) -> Option<&'static str> {
        self.rules.get(k).copied()
    }

    fn is_affine(&self, moving: &[usize]) -> bool {
        moving.len() <= 1
    }

    fn kind(&'static self) -> Kind {
        Kind::Multilinear(self)
    }
}

/// One or two factors contracted to the letters `result` and the shape `shape`, in named operations.
fn contract(graph: &mut Graph, factors: &[(Letters, NodeId)], result: Letters, shape: Shape) -> NodeId {
    let mut summed = Vec::new();
    for (i, &(letters, node)) in factors.iter().enumerate() {
        let elsewhere: Vec<u8> = factors
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != i)
            .flat_map(|(_, (letters, _))| letters)
            .chain(&result)
            .copied()
            .collect();
        summed.push(sum_lonely(graph, letters, node, &elsewhere));
    }
    let (letters, node) = match summed[..] {
        [a, b] => pair(graph, a, b, result),
        [a, ..] => a,
        [] => return graph.constant(1.0),
    };
    if result[0] == result[1] && result[0] != b'1' {
        return graph.call_as(IDENTITY, &[node], shape);
    }
    let is_across = (letters[0] != b'1' && letters[0] == result[1]) || (letters[1] != b'1' && letters[1] == result[0]);
    let node = if is_across { graph.transpose(node) } else { node };
    graph.broadcast(node, shape)
}

/// Sums over the letters that stand in no other factor and not in the result.
fn sum_lonely(graph: &mut Graph, letters: Letters, node: NodeId, elsewhere: &[u8]) -> (Letters, NodeId) {
    let lonely = |letter: u8| letter != b'1' && !elsewhere.contains(&letter);
    match letters.map(lonely) {
        [true, true] if letters[0] == letters[1] => (*b"11", graph.call(TRACE, [node])),
        [true, true] => (*b"11", graph.call(SUM, [node])),
        [true, false] => ([b'1', letters[1]], graph.call(COLUMN_SUMS, [node])),
        [false, true] => ([letters[0], b'1'], graph.call(ROW_SUMS, [node])),
        [false, false] => (letters, node),
    }
}

/// The product of two factors, over the letters that they share and the result lacks.
fn pair(graph: &mut Graph, a: (Letters, NodeId), b: (Letters, NodeId), result: Letters) -> (Letters, NodeId) {
    let contracted: Vec<u8> =
        a.0.into_iter().filter(|letter| *letter != b'1' && b.0.contains(letter) && !result.contains(letter)).collect();
    match contracted[..] {
        [] => outer(graph, a, b, result),
        [k] if a.0.into_iter().any(|letter| letter != k && letter != b'1' && b.0.contains(&letter)) => {
            // Row by row: both have the same two letters, and one of them survives.
            let right = if a.0 == b.0 { b.1 } else { graph.transpose(b.1) };
            let product = graph.call(HADAMARD, [a.1, right]);
            sum_lonely(graph, a.0, product, &result)
        }
        [k] => {
            let (i, left) = if a.0[0] == k { (a.0[1], graph.transpose(a.1)) } else { (a.0[0], a.1) };
            let (j, right) = if b.0[1] == k { (b.0[0], graph.transpose(b.1)) } else { (b.0[1], b.1) };
            ([i, j], graph.call(MATMUL, [left, right]))
        }
        _ => {
            let right = if a.0 == b.0 { b.1 } else { graph.transpose(b.1) };
            (*b"11", graph.call(DOT, [a.1, right]))
        }
    }
}

/// The product entry by entry, each factor broadcast to the letters of both.
fn outer(graph: &mut Graph, a: (Letters, NodeId), b: (Letters, NodeId), result: Letters) -> (Letters, NodeId) {
    let has = |letter: u8| letter != b'1' && (a.0.contains(&letter) || b.0.contains(&letter));
    let letters = result.map(|letter| if has(letter) { letter } else { b'1' });
    let mut oriented = Vec::new();
    for (own, node) in [a, b] {
        let is_across = (own[0] != b'1' && own[0] == letters[1]) || (own[1] != b'1' && own[1] == letters[0]);
        oriented.push(if is_across { graph.transpose(node) } else { node });
    }
    let larger = |f: fn(Shape) -> Dim| {
        oriented.iter().map(|&node| f(graph.shape(node))).find(|dim| !dim.is_one()).unwrap_or(Dim::ONE)
    };
    let shape = Shape::new(larger(|s| s.rows), larger(|s| s.columns));
    let factors: Vec<_> = oriented.iter().map(|&node| graph.broadcast(node, shape)).collect();
    (letters, graph.call_slice(HADAMARD, &factors))
}
