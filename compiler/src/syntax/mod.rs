//! The source as the user wrote it, with its places; no shapes beyond the declared ones, no meaning.

mod display;

use std::rc::Rc;

use proc_macro2::TokenStream;
use rustc_hash::FxHashSet as HashSet;

use crate::base::{ArgumentKind, Dim, Place, Role, Shape, Symbol};

pub(crate) use display::tokens as text_of;

/// A loss as it stands in the source.
pub(crate) struct Spec {
    pub(crate) name: syn::Ident,
    pub(crate) visibility: syn::Visibility,
    /// The attributes of the function that go on the module: its documentation, `cfg`, `allow`, …
    pub(crate) attributes: Vec<syn::Attribute>,
    /// Const generics of the function, in order: name and type.
    pub(crate) generics: Vec<(Symbol, syn::Type)>,
    /// The tokens of each dimension in braces, by the text that [`Dim::Const`](crate::base::Dim) holds.
    pub(crate) const_dims: Vec<(Symbol, TokenStream)>,
    pub(crate) options: Options,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) result: Expr,
    /// True if the result is declared as a `Scalar`. If it is not, a mistake has been reported.
    pub(crate) returns_scalar: bool,
    /// The shape that it returns.
    pub(crate) returns: Shape,
    /// The functions of `with(…)`.
    pub(crate) functions: Vec<Function>,
    /// True if it takes `self`: then it most likely stands in an `impl`, where no module can stand.
    pub(crate) has_receiver: bool,
    /// True if the body was read without a mistake.
    pub(crate) body_is_sound: bool,
}

impl Spec {
    /// The numbers of the arguments that are differentiated.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = usize> {
        self.arguments.iter().enumerate().filter(|(_, argument)| argument.role == Role::Param).map(|(i, _)| i)
    }

    /// Data arguments of numbers, in which derivatives may be asked for.
    pub(crate) fn data_numbers(&self) -> impl Iterator<Item = &Argument> {
        self.arguments.iter().filter(|argument| argument.role == Role::Data && !argument.is_labels())
    }

    /// The numbers of the data arguments in which a derivative is asked for.
    pub(crate) fn data_outputs(&self) -> impl Iterator<Item = usize> {
        let is_wanted = |argument: &Argument| self.options.names_data(argument.declared_name());
        let is_data = |argument: &Argument| argument.role == Role::Data && !argument.is_labels();
        let all = self.arguments.iter().enumerate();
        all.filter(move |(_, argument)| is_data(argument) && is_wanted(argument)).map(|(i, _)| i)
    }

    /// True if argument `k` is labels.
    pub(crate) fn takes_labels(&self, k: usize) -> bool {
        self.arguments.get(k).is_some_and(Argument::is_labels)
    }

    /// The names that `name` is made of, as the statements say: those in its value, and those that these are made of. Of two `let`s of
    /// one name, both count.
    pub(crate) fn behind(&self, name: Symbol) -> HashSet<Symbol> {
        let mut made = Vec::new();
        self.statements.iter().for_each(|statement| statement.makes(&mut made));
        let mut behind = HashSet::default();
        let mut next = vec![name];
        while let Some(name) = next.pop() {
            if behind.insert(name) {
                next.extend(made.iter().filter(|(known, _)| *known == name).flat_map(|(_, of)| of));
            }
        }
        behind
    }

    /// The shape that a `let` of this name declares, outside of loops.
    pub(crate) fn declared(&self, name: Symbol) -> Option<Shape> {
        let mut shapes = self.statements.iter().rev().filter_map(|statement| match statement {
            Statement::Let(binding) if binding.name == name => binding.declared.map(|(shape, _)| shape),
            _ => None,
        });
        shapes.next()
    }

    /// The derivative that the option `word` asks for, if it is there.
    pub(crate) fn asked(&self, word: &str) -> Option<&Asked> {
        self.options.asked.iter().find(|asked| asked.option == word)
    }
}

/// Options in `#[loss(…)]`.
pub(crate) struct Options {
    /// The path of the runtime crate; `::frobenius` unless `crate = path` says otherwise.
    pub(crate) krate: syn::Path,
    pub(crate) stream: Stream,
    /// The names of the functions of `with(…)`.
    pub(crate) with: Vec<(Symbol, Place)>,
    /// `bench`: the loss can be measured against an unfused reference.
    pub(crate) bench: bool,
    /// `test`: with the loss comes a test of its derivatives. `test(N = 40, x = 0.5..2.0)` says of what sizes and values.
    pub(crate) test: bool,
    /// Sizes and ranges in `test(…)`, by the names that have them.
    pub(crate) tested_at: Vec<(Symbol, TestedAt, Place)>,
    /// Derivatives that the loss computes besides its value and gradient.
    pub(crate) asked: Vec<Asked>,
    /// The `let`s of `outputs(…)`, whose values can be computed by themselves.
    pub(crate) outputs: Vec<(Symbol, Place)>,
}

/// A size or a range in `test(…)`.
#[derive(Clone, Copy)]
pub(crate) enum TestedAt {
    /// The size of a dimension.
    Size(usize),
    /// The range of an argument's elements.
    Range(f64, f64),
}

/// A derivative on request, as an option asks for it.
pub(crate) struct Asked {
    /// The word of the option.
    pub(crate) option: &'static str,
    /// The names that follow it.
    pub(crate) names: Vec<(Symbol, Place)>,
    /// True if `names` are names of data arguments.
    pub(crate) of_data: bool,
    pub(crate) place: Place,
}

impl Options {
    /// True if a derivative in the data argument `name` is asked for.
    pub(crate) fn names_data(&self, name: Symbol) -> bool {
        let mut names = self.asked.iter().filter(|asked| asked.of_data).flat_map(|asked| &asked.names);
        names.any(|(known, _)| *known == name)
    }
}

/// The axis that is walked block by block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stream {
    /// Chosen by the schedule.
    Chosen,
    /// `stream = N`.
    Along(Symbol),
    /// `stream = none`: nothing is streamed, and every intermediate exists as a whole.
    Nothing,
}

/// `#[param] w: Matrix<D, K>`.
#[derive(Clone)]
pub(crate) struct Argument {
    pub(crate) name: Symbol,
    pub(crate) role: Role,
    pub(crate) shape: Shape,
    pub(crate) kind: ArgumentKind,
    /// Where it stands in an array, if it is declared as one: each element is an argument.
    pub(crate) element: Option<Element>,
    /// The whole argument, with its attribute.
    pub(crate) place: Place,
    pub(crate) name_place: Place,
}

/// `w[3]` of `w: [Matrix<K, K>; 50]`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Element {
    pub(crate) array: Symbol,
    pub(crate) index: usize,
    pub(crate) length: usize,
}

impl Argument {
    /// The name as it is declared: that of the array, for an element.
    pub(crate) fn declared_name(&self) -> Symbol {
        self.element.map_or(self.name, |element| element.array)
    }

    /// The name as it is printed: `w`, `w[3]`.
    pub(crate) fn label(&self) -> Symbol {
        self.element.map_or(self.name, |element| Symbol::new(&format!("{}[{}]", element.array, element.index)))
    }

    /// True if its declaration is to be counted here: it is no further element of an array.
    pub(crate) fn is_first(&self) -> bool {
        self.element.is_none_or(|element| element.index == 0)
    }

    /// The methods that give access to it, to read and to write.
    pub(crate) fn accessors(&self) -> [String; 2] {
        let name = self.declared_name();
        [name.to_string(), format!("{name}_mut")]
    }

    /// The type as it is declared: `Matrix<N, D>`, `[Matrix<K, K>; 50]`.
    pub(crate) fn declared_type(&self) -> String {
        let own = self.type_text();
        self.element.map_or(own.clone(), |element| format!("[{own}; {}]", element.length))
    }

    pub(crate) fn is_labels(&self) -> bool {
        self.kind.classes().is_some()
    }

    /// All dimensions in its type.
    pub(crate) fn dims(&self) -> impl Iterator<Item = Dim> + use<> {
        [self.shape.rows, self.shape.columns].into_iter().chain(self.kind.classes())
    }

    /// True if it has the dimension `dim` as its rows or columns, so that data tell how large that is.
    pub(crate) fn tells(&self, dim: Dim) -> bool {
        self.shape.rows == dim || self.shape.columns == dim
    }

    /// Its type, as the user writes it.
    pub(crate) fn type_text(&self) -> String {
        self.kind.type_text(self.shape)
    }
}

/// A function that `with(…)` names.
pub(crate) struct Function {
    pub(crate) name: Symbol,
    pub(crate) name_place: Place,
    /// Its definition; none if there is a mistake in it, which is reported where it stands.
    pub(crate) definition: Option<Rc<Spec>>,
}

impl Spec {
    /// A function of scalars is one of each element.
    pub(crate) fn as_closure(&self) -> Option<Closure> {
        let scalars = self.arguments.iter().all(|argument| !argument.is_labels() && argument.shape.is_scalar());
        if !scalars || !self.returns.is_scalar() {
            return None;
        }
        let name_place = Place::from(self.name.span());
        let lets = self.statements.iter().map(|statement| match statement {
            Statement::Let(binding) => binding.mutable.is_none().then(|| binding.clone()),
            Statement::Closure(_) | Statement::Assign(_) | Statement::For(_) => None,
        });
        Some(Closure {
            name: Symbol::new(&self.name.to_string()),
            name_place,
            parameters: self.arguments.iter().map(|argument| (argument.name, argument.name_place)).collect(),
            lets: lets.collect::<Option<_>>()?,
            result: self.result.clone(),
            is_sound: self.body_is_sound,
        })
    }

    /// `penalty(w: Matrix<R, C>) -> Scalar`
    pub(crate) fn signature(&self) -> String {
        let arguments = self.arguments.iter().map(|argument| format!("{}: {}", argument.name, argument.type_text()));
        format!("{}({}) -> {}", self.name, arguments.collect::<Vec<_>>().join(", "), self.returns)
    }
}

/// A statement before the result of a body.
pub(crate) enum Statement {
    Let(Let),
    Closure(Closure),
    Assign(Assign),
    For(For),
}

/// `h = tanh(h * w[i]);`
pub(crate) struct Assign {
    pub(crate) name: Symbol,
    pub(crate) name_place: Place,
    pub(crate) value: Expr,
}

/// `for i in 0..49 { … }`, `for w in ws { … }`.
pub(crate) struct For {
    /// None for `_`.
    pub(crate) variable: Option<(Symbol, Place)>,
    pub(crate) over: Over,
    pub(crate) body: Vec<Statement>,
    /// `for` and what the loop runs over.
    pub(crate) place: Place,
}

/// The range or the array that a loop runs over.
pub(crate) enum Over {
    /// From the first number to before the second.
    Numbers(i64, i64),
    /// The elements of an array.
    Array(Symbol, Place),
    /// From the first number to before a size less a number: `1..T`, `0..T - 1`.
    Steps { first: u64, end: Symbol, less: u64, place: Place },
}

impl Statement {
    /// The names that it introduces, and where; those of a loop are gone after it.
    pub(crate) fn introduces(&self) -> Vec<(Symbol, Place)> {
        match self {
            Self::Let(binding) => vec![(binding.name, binding.name_place)],
            Self::Closure(closure) => vec![(closure.name, closure.name_place)],
            Self::Assign(_) => Vec::new(),
            Self::For(it) => it.body.iter().flat_map(Self::introduces).collect(),
        }
    }

    /// The names that it gives another value.
    pub(crate) fn assigns(&self) -> Vec<Symbol> {
        match self {
            Self::Let(_) | Self::Closure(_) => Vec::new(),
            Self::Assign(assign) => vec![assign.name],
            Self::For(it) => it.body.iter().flat_map(Self::assigns).collect(),
        }
    }

    /// The `let mut`s in it.
    pub(crate) fn mutable(&self) -> Vec<(Symbol, Place)> {
        match self {
            Self::Let(binding) => binding.mutable.map(|at| (binding.name, at)).into_iter().collect(),
            Self::Closure(_) | Self::Assign(_) => Vec::new(),
            Self::For(it) => it.body.iter().flat_map(Self::mutable).collect(),
        }
    }

    /// Adds each name that it gives a value, with the names in that value.
    fn makes(&self, made: &mut Vec<(Symbol, Vec<Symbol>)>) {
        match self {
            Self::Let(binding) => made.push((binding.name, binding.value.names())),
            Self::Assign(assign) => made.push((assign.name, assign.value.names())),
            Self::Closure(closure) => {
                let names = self.expressions().into_iter().flat_map(Expr::names);
                made.push((closure.name, names.collect()));
            }
            Self::For(it) => {
                if let (Some((variable, _)), Over::Array(array, _)) = (it.variable, &it.over) {
                    made.push((variable, vec![*array]));
                }
                it.body.iter().for_each(|statement| statement.makes(made));
            }
        }
    }

    /// The expressions in it, in the order of the source.
    pub(crate) fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Let(binding) => vec![&binding.value],
            Self::Closure(closure) => {
                closure.lets.iter().map(|binding| &binding.value).chain([&closure.result]).collect()
            }
            Self::Assign(assign) => vec![&assign.value],
            Self::For(it) => it.body.iter().flat_map(Self::expressions).collect(),
        }
    }
}

/// `let h = |z| z * sigmoid(z);`: a function of each element.
#[derive(Clone)]
pub(crate) struct Closure {
    pub(crate) name: Symbol,
    pub(crate) name_place: Place,
    pub(crate) parameters: Vec<(Symbol, Place)>,
    pub(crate) lets: Vec<Let>,
    pub(crate) result: Expr,
    /// True if it was read without a mistake.
    pub(crate) is_sound: bool,
}

impl Closure {
    /// `h(a, b)`, for messages.
    pub(crate) fn signature(&self) -> String {
        let parameters: Vec<_> = self.parameters.iter().map(|(name, _)| name.as_str()).collect();
        format!("{}({})", self.name, parameters.join(", "))
    }
}

/// `let h = tanh(x * w);`
#[derive(Clone)]
pub(crate) struct Let {
    pub(crate) name: Symbol,
    pub(crate) name_place: Place,
    /// Where `mut` stands.
    pub(crate) mutable: Option<Place>,
    /// The shape of `let h: Matrix<N, K> = …`.
    pub(crate) declared: Option<(Shape, Place)>,
    pub(crate) value: Expr,
}

/// An expression and where it stands.
#[derive(Clone)]
pub(crate) struct Expr {
    pub(crate) kind: ExprKind,
    pub(crate) place: Place,
}

#[derive(Clone)]
pub(crate) enum ExprKind {
    Name(Symbol),
    Number(f64),
    Neg(Box<Expr>),
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    Transpose(Box<Expr>),
    Call {
        function: Symbol,
        function_place: Place,
        arguments: Vec<Expr>,
    },
    /// `w[i + 1]`
    Index(Box<Expr>, Index),
    /// `a.rows(2..5)`
    Part(Box<Expr>, Part),
    /// An expression that could not be read; the mistake has been reported.
    Unknown,
}

/// Some neighbouring rows, or columns.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    pub(crate) of_columns: bool,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let method = if self.of_columns { "columns" } else { "rows" };
        write!(f, ".{method}({}..{})", self.start, self.end)
    }
}

/// An index, as it stands in brackets.
#[derive(Clone)]
pub(crate) struct Index {
    pub(crate) value: IndexValue,
    /// As it is written.
    pub(crate) text: String,
    pub(crate) place: Place,
}

#[derive(Clone)]
pub(crate) enum IndexValue {
    Number(i64),
    /// A loop's variable, most likely.
    Name(Symbol),
    Binary(BinaryOp, Box<IndexValue>, Box<IndexValue>),
    /// `2..5`, `..`: an array has no such index, and a matrix has methods in its place.
    Range(Option<u64>, Option<u64>),
    /// `0, 1`
    Several(Vec<IndexValue>),
    /// Anything else.
    Other,
}

impl IndexValue {
    /// The indices in it for rows, columns and so on.
    pub(crate) fn axes(&self) -> Vec<&Self> {
        match self {
            Self::Several(axes) => axes.iter().flat_map(Self::axes).collect(),
            one => vec![one],
        }
    }

    /// The names in it.
    pub(crate) fn names(&self) -> Vec<Symbol> {
        match self {
            Self::Name(name) => vec![*name],
            Self::Binary(_, left, right) => [left.names(), right.names()].concat(),
            Self::Several(axes) => axes.iter().flat_map(Self::names).collect(),
            Self::Number(_) | Self::Range(..) | Self::Other => Vec::new(),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum BinaryOp {
    Add,
    Sub,
    Mul,
    Div,
    Compare(Comparison),
}

/// `>`, `<`, …: 1 where it holds, and 0 elsewhere.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Comparison {
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Equal,
}

/// For cures: expressions at the place of what they replace.
impl Expr {
    pub(crate) fn name(name: Symbol, place: Place) -> Self {
        Self { kind: ExprKind::Name(name), place }
    }

    pub(crate) fn binary(op: BinaryOp, left: &Self, right: &Self) -> Self {
        let place = left.place.to(right.place);
        Self { kind: ExprKind::Binary(op, Box::new(left.clone()), Box::new(right.clone())), place }
    }

    pub(crate) fn transposed(&self) -> Self {
        match &self.kind {
            ExprKind::Transpose(inner) => (**inner).clone(),
            _ => Self { kind: ExprKind::Transpose(Box::new(self.clone())), place: self.place },
        }
    }

    pub(crate) fn call(function: &str, arguments: &[&Self], place: Place) -> Self {
        let arguments = arguments.iter().map(|&argument| argument.clone()).collect();
        Self { kind: ExprKind::Call { function: Symbol::new(function), function_place: place, arguments }, place }
    }

    /// The names in it, each once, in the order of the source.
    pub(crate) fn names(&self) -> Vec<Symbol> {
        let mut names = Vec::new();
        self.collect_names(&mut names);
        names
    }

    fn collect_names(&self, names: &mut Vec<Symbol>) {
        match &self.kind {
            ExprKind::Name(name) if !names.contains(name) => names.push(*name),
            ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Unknown => {}
            ExprKind::Neg(inner)
            | ExprKind::Transpose(inner)
            | ExprKind::Index(inner, _)
            | ExprKind::Part(inner, _) => inner.collect_names(names),
            ExprKind::Binary(_, left, right) => {
                left.collect_names(names);
                right.collect_names(names);
            }
            ExprKind::Call { arguments, .. } => arguments.iter().for_each(|argument| argument.collect_names(names)),
        }
    }
}
