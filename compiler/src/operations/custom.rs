//! Operators of the user's own that are not elementwise: a type of theirs with `apply`, `jvp` and `vjp`, on each row or
//! on a whole matrix. The compiler knows no more of one than its name, and that D h(Z)* is the adjoint of D h(Z).

use rustc_hash::FxHashMap as HashMap;
use std::sync::{Mutex, PoisonError};

use super::routine::ROUTINE;
use super::{Custom, CustomMethod, Domain, Kind, Operation, Reach, Routine};
use crate::base::Symbol;
use crate::graph::{Graph, NodeId};

impl Domain {
    pub(crate) const ALL: [Self; 2] = [Self::Rows, Self::Matrix];

    /// The name and the signature of the function that applies an operator to this.
    pub(crate) fn signature(self) -> (&'static str, &'static str) {
        match self {
            Self::Rows => ("row_operator", "row_operator(Operator, z: Matrix<R, C>) -> Matrix<R, C>"),
            Self::Matrix => ("matrix_operator", "matrix_operator(Operator, z: Matrix<R, C>) -> Matrix<R, C>"),
        }
    }
}

impl Custom {
    pub(crate) fn apply(name: Symbol, domain: Domain) -> Self {
        Self { name, domain, method: CustomMethod::Apply }
    }

    /// The operation that calls this method: one for each, which lives as long as the compiler.
    pub(crate) fn operation(self) -> &'static dyn Operation {
        static ROWS: Mutex<Option<HashMap<Custom, &'static Routine>>> = Mutex::new(None);
        let mut rows = ROWS.lock().unwrap_or_else(PoisonError::into_inner);
        *rows.get_or_insert_with(HashMap::default).entry(self).or_insert_with(|| self.row())
    }

    fn row(self) -> &'static Routine {
        let Self { name, domain, method } = self;
        let leak = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
        let (function, _) = domain.signature();
        let (what, operands, notation, runs): (_, &'static [&'static [u8; 2]], _, _) = match (method, domain) {
            (CustomMethod::Apply, Domain::Rows) => ("", &[b"ij"], format!("{name}({{0}})"), "row_apply"),
            (CustomMethod::Apply, Domain::Matrix) => ("", &[b"ij"], format!("{name}({{0}})"), "matrix_apply"),
            (CustomMethod::Jvp, Domain::Rows) => {
                (" jvp", &[b"ij", b"ij"], format!("D {name}({{0}})[{{1}}]"), "row_jvp")
            }
            (CustomMethod::Jvp, Domain::Matrix) => {
                (" jvp", &[b"ij", b"ij"], format!("D {name}({{0}})[{{1}}]"), "matrix_jvp")
            }
            (CustomMethod::Vjp, Domain::Rows) => {
                (" vjp", &[b"ij", b"ij"], format!("D {name}({{0}})*[{{1}}]"), "row_vjp")
            }
            (CustomMethod::Vjp, Domain::Matrix) => {
                (" vjp", &[b"ij", b"ij"], format!("D {name}({{0}})*[{{1}}]"), "matrix_vjp")
            }
        };
        Box::leak(Box::new(Routine {
            name: leak(format!("{function} {name}{what}")),
            is_function: false,
            operands,
            result: b"ij",
            reach: if domain == Domain::Rows { Reach::Rows } else { Reach::Whole },
            linear: if method == CustomMethod::Apply { &[] } else { &[1] },
            adjoint,
            // The compiler can't run the user's code: whoever interprets it sees that.
            evaluate: |_, out| out.values.fill(crate::dual::Dual::NAN),
            notation: Some(leak(notation)),
            runs,
            custom: Some(self),
            ..ROUTINE
        }))
    }
}

/// ⟨G, D h(Z)[dZ]⟩ = ⟨D h(Z)*\[G\], dZ⟩, and the other way round.
fn adjoint(graph: &mut Graph, node: NodeId, k: usize, g: NodeId) -> Option<NodeId> {
    let Kind::Routine(Routine { custom: Some(custom), .. }) = graph.kind(node)? else { return None };
    let z = graph.operands(node)[0];
    let method = match (custom.method, k) {
        (CustomMethod::Apply, _) | (CustomMethod::Jvp, 1) => CustomMethod::Vjp,
        (CustomMethod::Vjp, 1) => CustomMethod::Jvp,
        // A second derivative, which nobody has stated: NaN, and never a silent zero.
        _ => {
            let unknown = graph.constant(f64::NAN);
            return Some(graph.broadcast(unknown, graph.shape(z)));
        }
    };
    Some(graph.call(Custom { method, ..*custom }.operation(), [z, g]))
}
