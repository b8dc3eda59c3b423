//! Random specs, from almost right to random tokens: none makes the front end panic, what it accepts is sound and
//! compiles, and what it refuses has a mistake that points into the source.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;

use crate::base::Shape;
use crate::compile::{self, compile};
use crate::diagnostics::Mistakes;
use crate::graph::verify;
use crate::{emit, lower, parse};

/// `SplitMix64`.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).expect("a usize came in")
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const SOUND: &[&str] = &[
    "fn two_layer ( x : Matrix < N , D > , y : Matrix < N , M > , # [ param ] w : Matrix < D , K > , # [ param ] a : Matrix < K , M > )
     -> Scalar { let e = tanh ( x * w ) * a - y ; norm_sq ( e ) }",
    "pub fn logistic ( x : Matrix < N , D > , y : Vector < N > , l : Scalar , # [ param ] w : Vector < D > , # [ param ] b : Scalar )
     -> Scalar { let z = x * w + b ; sum ( softplus ( z ) - hadamard ( y , z ) ) / size ( y ) + 0.5 * l * norm_sq ( w ) }",
    "fn literal < const K : usize > ( x : Matrix < N , 784 > , y : RowVector < K > , # [ param ] w : Matrix < 784 , K > )
     -> Scalar { let h : Matrix < N , K > = sigmoid ( x * w ) + y ; mean ( h / 2.0 ) - trace ( w . t ( ) * w ) }",
    "fn labelled ( x : Matrix < N , D > , l : Labels < N , C > , # [ param ] w : Matrix < D , C > )
     -> Scalar { let k = l ; norm_sq ( x * w ) + size ( k ) }",
    "fn closures ( x : Matrix < N , D > , s : Scalar , # [ param ] w : Vector < D > )
     -> Scalar { let h = | z | z * sigmoid ( z ) ; let g = | a , b | { let c = a * b ; h ( c ) + s } ; norm_sq ( g ( x * w , 2 ) ) }",
    "fn layers ( x : Matrix < N , K > , y : [ Vector < N > ; 2 ] , # [ param ] w : [ Matrix < K , K > ; 3 ] , # [ param ] b : [ RowVector < K > ; 3 ] )
     -> Scalar { let mut h = x ; for i in 0 .. 2 { let z = h * w [ i ] + b [ i + 1 ] ; h = tanh ( z ) ; for v in w { h += h * v ; } }
     let mut e = dot ( h * b [ 0 ] . t ( ) , y [ 0 ] ) ; for v in y { e = e + norm_sq ( v ) ; } e + norm_sq ( h ) }",
    "# [ doc = \"text\" ] fn braces ( x : Matrix < N , { 2 * WIDTH } > , # [ param ] w : Vector < { 2 * WIDTH } > )
     -> frobenius :: Scalar { let e = - ( x * w ) ; norm ( sq ( e ) ) / ( 1 + dot ( e , e ) ) }",
];

const POOL: &[&str] = &[
    "x",
    "y",
    "w",
    "a",
    "e",
    "N",
    "D",
    "K",
    "n",
    "T",
    "Self",
    "self",
    "r#type",
    "_",
    "_x",
    "zeros",
    "Matrix",
    "Vector",
    "RowVector",
    "Scalar",
    "Labels",
    "f64",
    "Vec",
    "fn",
    "let",
    "mut",
    "ref",
    "for",
    "in",
    "while",
    "loop",
    "if",
    "else",
    "match",
    "return",
    "break",
    "continue",
    "const",
    "static",
    "struct",
    "enum",
    "impl",
    "trait",
    "mod",
    "use",
    "type",
    "async",
    "await",
    "unsafe",
    "move",
    "where",
    "dyn",
    "as",
    "pub",
    "crate",
    "super",
    "extern",
    "tanh",
    "tahn",
    "sum",
    "dot",
    "trace",
    "size",
    "mean",
    "norm_sq",
    "hadamard",
    "0",
    "1",
    "2.5",
    "784",
    "1e999",
    "1u8",
    "99999999999999999999",
    "\"s\"",
    "'c'",
    "b\"s\"",
    "true",
    "+",
    "-",
    "*",
    "/",
    "%",
    "^",
    "&",
    "|",
    "!",
    "=",
    "==",
    "<",
    ">",
    "<=",
    "+=",
    "..",
    "..=",
    "->",
    "=>",
    "::",
    ":",
    ";",
    ",",
    ".",
    "?",
    "#",
    "@",
    "$",
    "'a",
    "( )",
    "[ ]",
    "{ }",
    "( x )",
    "[ i ]",
    "{ x }",
    "( x , w )",
    "# [ param ]",
    "# [ cfg ( x ) ]",
    ". t ( )",
    "println ! ( )",
    "| z | z",
    "let h = | z | z * sigmoid ( z ) ;",
    "let g = | a , b | { let c = a * b ; c + 1 } ;",
    "h ( x )",
    "PI",
    "E",
    "INFINITY",
    "h ( g ( x , w ) )",
    "h",
    "g",
    "z",
    "x . 0",
    "x * w",
    "< N , D >",
    "l",
    "Labels < N , C >",
    "Option < Labels < N , C > >",
    "l : Labels < N , 3 > ,",
    "( l )",
    "[ 0 ]",
    "[ i + 1 ]",
    "w [ i ]",
    "v : [ Vector < D > ; 3 ] ,",
    "let mut h = x ;",
    "h = h * w ;",
    "h += w ;",
    "for v in w { h = h * v ; }",
    "for i in 0 .. 3 { h = tanh ( h * w [ i ] ) ; }",
    "0 .. 2",
];

const OPTIONS: &[&str] = &[
    "",
    "",
    "",
    "stream = N",
    "stream = none",
    "stream = Q",
    "stream",
    "crate = a :: b",
    "crate = 3",
    "strem = N",
    "stream = N , stream = D",
    ", ,",
    "crate = self :: x , stream = N",
    "= =",
    "stream = N D",
    "derivatives = 2",
    "with ( h )",
    "with ( h , g :: k ) , crate = a :: b",
    "with ( )",
    "with ( 3 )",
    "with = h",
];

/// A source with one to four small changes.
fn mutated(random: &mut Random) -> String {
    vary(random, SOUND)
}

fn vary(random: &mut Random, sound: &[&'static str]) -> String {
    let mut tokens: Vec<&str> = random.pick(sound).split_whitespace().collect();
    for _ in 0..=random.below(3) {
        let (i, j) = (random.below(tokens.len()), random.below(tokens.len()));
        match random.below(6) {
            0 => drop(tokens.remove(i)),
            1 => tokens.insert(i, random.pick(POOL)),
            2 => tokens[i] = random.pick(POOL),
            3 => tokens.swap(i, j),
            4 => tokens[i] = tokens[j],
            _ => tokens.insert(i, tokens[j]),
        }
    }
    tokens.join(" ")
}

/// A body of random tokens in a sound function, or nothing but those.
fn random_tokens(random: &mut Random) -> String {
    let mut tokens = Vec::new();
    for _ in 0..random.below(24) {
        tokens.push(random.pick(POOL));
    }
    let text = tokens.join(" ");
    match random.below(4) {
        0 => text,
        1 => format!("fn f ( {text} ) -> Scalar {{ norm_sq ( x ) }}"),
        2 => format!(
            "fn f ( x : Matrix < N , {text} > , # [ param ] w : Vector < N > ) -> Scalar {{ dot ( x * x . t ( ) , w ) }}"
        ),
        _ => format!("fn f ( x : Matrix < N , D > , # [ param ] w : Vector < D > ) -> Scalar {{ {text} }}"),
    }
}

/// True if the front end accepts it; `None` if it has no tokens. Panics if the front end does not keep its promises.
fn check(arguments: &str, source: &str) -> Option<bool> {
    // Text that does not lex does not reach a macro.
    let (arguments, item): (TokenStream, TokenStream) = (arguments.parse().ok()?, source.parse().ok()?);
    let has_tokens = !item.is_empty();
    let mut mistakes = Mistakes::default();
    if let Some(spec) = parse::parse(arguments.clone(), item.clone(), &mut mistakes) {
        let lowered = lower::lower(&spec, &mut mistakes);
        if let (Some(lower::Lowered { graph, loss, .. }), true) = (lowered, mistakes.is_empty()) {
            assert_eq!(verify::verify(&graph, &[]), Ok(()));
            assert_eq!(graph.shape(loss), Shape::SCALAR);
            let expansion = compile(arguments, item);
            assert!(syn::parse2::<syn::File>(expansion.clone()).is_ok(), "not Rust: {expansion}");
        }
        let fallback = emit::fallback(&spec, &[]);
        assert!(syn::parse2::<syn::File>(fallback.clone()).is_ok(), "not Rust: {fallback}");
    } else {
        assert!(!mistakes.is_empty(), "refused without a reason");
    }
    for mistake in mistakes.sorted() {
        let text = mistake.text();
        assert!(text.is_ascii() && !mistake.headline.contains('\n'), "{text}");
        let points = [mistake.at.first, mistake.at.last].iter().all(|span| span.source_text().is_some());
        assert!(points || !has_tokens, "points nowhere: {text}");
    }
    Some(mistakes.is_empty())
}

fn run(cases: usize, seed: u64, source: fn(&mut Random) -> String) -> (usize, usize) {
    let mut random = Random(seed);
    let (mut accepted, mut refused) = (0, 0);
    for _ in 0..cases {
        let (arguments, source) = (random.pick(OPTIONS), source(&mut random));
        let outcome = catch_unwind(AssertUnwindSafe(|| check(arguments, &source)));
        let Ok(outcome) = outcome else { panic!("#[loss({arguments})] {source}") };
        match outcome {
            Some(true) => accepted += 1,
            Some(false) => refused += 1,
            None => {}
        }
    }
    (accepted, refused)
}

#[test]
fn sound_specs_are_accepted() {
    for source in SOUND {
        assert_eq!(check("", source), Some(true), "{source}");
    }
}

#[test]
fn a_clause_of_nothing_has_a_place() {
    assert_eq!(check("", "fn f(x: Vector<N>, #[param] w: Scalar) -> Scalar where { w * sum(x) }"), Some(false));
}

#[test]
fn mutated_specs_do_not_panic() {
    let (accepted, refused) = run(70_000, 1, mutated);
    assert!(accepted > 50 && refused > 12_000, "{accepted} accepted, {refused} refused");
}

#[test]
fn random_tokens_do_not_panic() {
    let (_, refused) = run(40_000, 2, random_tokens);
    assert!(refused > 15_000, "{refused} refused");
}

/// Functions that losses call, from almost right to random tokens.
#[test]
fn functions_do_not_panic() {
    let sound = [
        "pub fn gate ( z : Scalar , s : Scalar ) -> Scalar { let open = sigmoid ( s * z ) ; z * open }",
        "fn affine ( x : Matrix < N , D > , w : Matrix < D , K > , b : RowVector < K > ) -> Matrix < N , K > { x * w + b }",
        "fn kernel ( a : Matrix < D , D > , x : Vector < D > ) -> Scalar { let h = | z | z * z ; x . t ( ) * h ( a ) * x }",
    ];
    let mut random = Random(3);
    let mut accepted = 0;
    for _ in 0..6_000 {
        let source = vary(&mut random, &sound);
        let Ok(item) = source.parse::<TokenStream>() else { continue };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let expansion = compile::function(&TokenStream::new(), item.clone());
            assert!(syn::parse2::<syn::File>(expansion.clone()).is_ok(), "not Rust: {expansion}");
            let accepted = !expansion.to_string().contains("compile_error");
            // The function is called in a loss.
            let name = expansion
                .to_string()
                .split_once("use ")
                .and_then(|(_, rest)| rest.split(' ').next().map(str::to_owned));
            let Some(name) = name.filter(|_| accepted) else { return false };
            let arguments: TokenStream = format!("with({name})").parse().expect("tokens");
            for call in ["(x)", "(x, w)", "(x, w, 2)", "(x * x.t(), w)", "(3)"] {
                let body = format!(
                    "fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {{ sum({name}{call}) + sum(w) }}"
                );
                let answer = format!("{{ {item} }} {{ {arguments} }} {{ {body} }} {{ }}");
                let expansion = compile::resume(answer.parse().expect("tokens"));
                assert!(syn::parse2::<syn::File>(expansion.clone()).is_ok(), "not Rust: {expansion}");
                assert!(!expansion.to_string().contains("internal error"), "{expansion}");
            }
            true
        }));
        let Ok(outcome) = outcome else { panic!("#[function] {source}") };
        accepted += usize::from(outcome);
    }
    assert!(accepted > 20, "{accepted} accepted");
}

/// A stack overflow can't be caught: depth is refused before anything recurses.
#[test]
fn deep_specs_do_not_overflow_the_stack() {
    let with = |value: &str| {
        format!(
            "fn f ( x : Matrix < N , D > , # [ param ] w : Vector < D > ) -> Scalar {{ norm_sq ( x * w ) * {value} }}"
        )
    };
    for count in [30, 60, 200, 450, 30_000] {
        let sources = [
            with(&format!("{}2{}", "(".repeat(count), ")".repeat(count))),
            with(&format!("{}2", "- ".repeat(count))),
            with(&format!("{}2", "& ".repeat(count))),
            with(&format!("2{}", " + 2".repeat(count))),
            with(&format!("2{}", " . t ( )".repeat(count))),
            with(&format!("{}2", "x = ".repeat(count))),
            with(&format!("{}2", "| | ".repeat(count))),
            with(&format!("{}2", "return ".repeat(count))),
            with(&format!("{}1{}", "sq(".repeat(count), ")".repeat(count))),
            with(&format!("{}{{ }}", "if x { } else ".repeat(count))),
            with(&format!("2 as {}u8", "& ".repeat(count))),
            with(&format!("2 as {}u8{}", "Vec < ".repeat(count), " >".repeat(count))),
        ];
        for source in sources {
            check("", &source).expect("it lexes");
        }
    }
}

/// The API beside mistakes, and the functions that options ask for, are read from the same tokens.
#[test]
fn what_is_too_deep_is_not_read_for_what_stands_beside_the_mistake() {
    let around = |open: &str, close: &str| format!("{}x * w{}", open.repeat(700), close.repeat(700));
    let values = [
        around("(", ")"),
        around("[", "]"),
        around("{", "}"),
        around("x + (", ")"),
        around("- ", ""),
        around("! ", ""),
        around("& ", ""),
        around("|z| ", ""),
        around("", ".t()"),
        around("", " + x * w"),
    ];
    let types = ["[", "(", "Vector<"].map(|open| open.repeat(700));
    let arguments = ["with(", "crate = ", "stream = "].map(|option| format!("{option}{}b", "a<".repeat(700)));
    let refused = |expansion: TokenStream, source: &str| {
        let text = expansion.to_string();
        assert!(text.contains("nested too deeply"), "{source}: {text}");
    };
    let tokens = |source: &str| source.parse::<TokenStream>().expect("tokens");
    for value in values {
        let source = format!("fn f(x: Matrix<N, D>, #[param] w: Vector<D>) -> Scalar {{ norm_sq({value}) }}");
        refused(crate::compile(TokenStream::new(), tokens(&source)), &value);
        refused(crate::function(&TokenStream::new(), tokens(&source.replace("#[param]", ""))), &value);
    }
    for open in types {
        let close = open.replace('[', "]").replace('(', ")").replace("Vector<", ">");
        let source = format!("fn f(#[param] w: {open}N{close}) -> Scalar {{ norm_sq(w) }}");
        refused(crate::compile(TokenStream::new(), tokens(&source)), &open);
    }
    for option in arguments {
        let option = if option.starts_with("with(") {
            format!("{option}{})", ">".repeat(700))
        } else {
            format!("{option}{}", ">".repeat(700))
        };
        refused(
            crate::compile(tokens(&option), tokens("fn f(#[param] w: Vector<N>) -> Scalar { norm_sq(w) }")),
            &option,
        );
    }
}
