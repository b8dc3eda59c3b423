//! Every word that expansions use, as a name of the user's in every role: each is refused by name, or compiled by rustc, in
//! `tests/tests/words.rs`. `FROBENIUS_BLESS=1 cargo test -p frobenius-compiler words` rewrites the losses there.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};

use crate::compile::compile;

/// Losses that between them have all that an expansion may have: options and specs.
const SPECS: [(&str, &str); 5] = [
    (
        "outputs(z, all), bench, test, jvp, hvp, hessian, hessian_diagonal, line_search, ggn = z, data_gradient(x, xs)",
        "fn all<const K: usize>(x: Matrix<N, D>, xs: [Vector<N>; 2], y: Matrix<N, { K + 1 }>, s: Scalar,
            #[param] w: Matrix<D, { K + 1 }>, #[param] b: RowVector<{ K + 1 }>, #[param] c: Scalar, #[param] q: Vector<Q>)
        -> Scalar {
            let z = x * w + b;
            let all = norm(w);
            norm_sq(tanh(z) - y) + c * s * sum(hadamard(xs[0], xs[1])) + norm_sq(q)
        }",
    ),
    (
        "sample_norms, test",
        "fn labelled(x: Matrix<N, D>, y: Labels<N, 3>, #[param] w: Matrix<D, 3>) -> Scalar { mean(cross_entropy(x * w, y)) }",
    ),
    (
        "test",
        "fn passes(x: Matrix<N, D>, #[param] w: Matrix<D, K>, #[param] v: Vector<K>) -> Scalar {
            let h = tanh(x * w);
            let m = softmax_columns(h);
            let o = row_operator(Op, h);
            norm_sq(m * v) + norm_sq(h.t() * h) + norm_sq(o) + norm_sq(x.t() * h) + logdet(h.t() * h)
        }",
    ),
    (
        "",
        "fn long(x: Matrix<N, D>, #[param] w: Matrix<N, D>) -> Scalar {
            let mut h = hadamard(x, w);
            for i in 0..100 { h = tanh(h + x) * 0.5; }
            sum(h)
        }",
    ),
    ("stream = none", "fn whole(#[param] w: Matrix<D, D>, x: Matrix<D, D>) -> Scalar { norm(w * x.t() * w) }"),
];

/// The words of expansions that stand for something by themselves: not for what is in a path, or a method.
fn words() -> Vec<String> {
    fn collect(tokens: TokenStream, words: &mut BTreeSet<String>) {
        let mut before = [' '; 2];
        for token in tokens {
            let mut last = ' ';
            match token {
                TokenTree::Ident(word) if before != [':'; 2] && before[1] != '.' => {
                    words.insert(word.to_string());
                }
                TokenTree::Group(group) => collect(group.stream(), words),
                TokenTree::Punct(punct) => last = punct.as_char(),
                TokenTree::Ident(_) | TokenTree::Literal(_) => {}
            }
            before = [before[1], last];
        }
    }
    let mut words = BTreeSet::new();
    for (options, spec) in SPECS {
        let expansion = expand(options, spec);
        assert_eq!(refusal(&expansion), None, "{spec}");
        collect(expansion, &mut words);
    }
    // Of those that are numbered, or that each kernel has, one stands for all.
    let family = |word: &str| {
        let ends = ["Block", "Pass", "Sums", "_DERIVATION", "_LATEX", "_plan"];
        let end = ends.into_iter().find(|end| word.ends_with(end));
        end.unwrap_or_else(|| word.trim_end_matches(char::is_numeric)).to_owned()
    };
    let mut families = BTreeSet::new();
    words.retain(|word| syn::parse_str::<syn::Ident>(word).is_ok() && families.insert(family(word)));
    words.into_iter().collect()
}

fn expand(options: &str, spec: &str) -> TokenStream {
    compile(options.parse().expect("tokens"), spec.parse().expect("tokens"))
}

/// The messages that stand in place of an expansion.
fn refusal(expansion: &TokenStream) -> Option<String> {
    let text = expansion.to_string();
    text.contains("compile_error").then_some(text)
}

/// A role: its name, and a loss that is called `name` and has `words` in this role, with its options, and what stands before it.
struct Role {
    name: &'static str,
    may_be: fn(&str) -> bool,
    spec: fn(&str, &[String]) -> [String; 3],
}

fn each(words: &[String], text: impl Fn(usize, &str) -> String) -> String {
    words.iter().enumerate().map(|(i, word)| text(i, word)).collect()
}

/// The sum of terms, as statements: a long expression is refused.
fn sum(words: &[String], text: impl Fn(usize, &str) -> String) -> String {
    format!("let mut zz_all = 0.0; {} zz_all", each(words, |i, word| format!("zz_all = zz_all + {}; ", text(i, word))))
}

fn any(_: &str) -> bool {
    true
}

fn is_type(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_uppercase())
}

/// Words that paths of expansions begin with.
fn is_module(word: &str) -> bool {
    ["core", "frobenius", "outer", "rt", "std", "unfused", "cost", "mem", "Loss", "Params", "Value"].contains(&word)
}

const ROLES: [Role; 12] = [
    Role {
        name: "data",
        may_be: any,
        spec: |name, words| {
            let arguments = each(words, |_, word| format!("{word}: Matrix<ZzN, ZzD>, "));
            let body = sum(words, |_, word| {
                if word.len() % 4 == 0 {
                    format!("norm_sq({word} * zz_p) + norm_sq({word}.t() * zz_q)")
                } else {
                    format!("norm_sq({word} * zz_p)")
                }
            });
            let spec = format!(
                "fn {name}({arguments}#[param] zz_p: Vector<ZzD>, #[param] zz_q: Vector<ZzN>) -> Scalar {{ {body} + norm_sq(zz_q) }}"
            );
            ["test".to_owned(), String::new(), spec]
        },
    },
    Role {
        name: "differentiated",
        may_be: any,
        spec: |name, words| {
            let arguments = each(words, |_, word| format!("{word}: Vector<ZzN>, "));
            let body = sum(words, |_, word| format!("norm_sq(hadamard({word}, zz_p))"));
            let spec = format!("fn {name}({arguments}#[param] zz_p: Vector<ZzN>) -> Scalar {{ {body} }}");
            [format!("data_gradient({})", words.join(", ")), String::new(), spec]
        },
    },
    Role {
        name: "parameter",
        may_be: any,
        spec: |name, words| {
            let arguments = each(words, |_, word| format!(", #[param] {word}: Matrix<ZzD, ZzK>"));
            let body = sum(words, |_, word| format!("norm_sq(zz_x * {word})"));
            let spec = format!("fn {name}(zz_x: Matrix<ZzN, ZzD>{arguments}) -> Scalar {{ {body} }}");
            ["hvp, test".to_owned(), String::new(), spec]
        },
    },
    Role {
        name: "array",
        may_be: any,
        spec: |name, words| {
            let arguments = each(words, |i, word| {
                let param = if i % 2 == 0 { "#[param] " } else { "" };
                format!(", {param}{word}: [Vector<ZzN>; 2]")
            });
            let body = sum(words, |_, word| format!("sum(hadamard(zz_p, hadamard({word}[0], {word}[1])))"));
            let spec = format!("fn {name}(#[param] zz_p: Vector<ZzN>{arguments}) -> Scalar {{ {body} }}");
            ["test".to_owned(), String::new(), spec]
        },
    },
    Role {
        name: "binding",
        may_be: any,
        spec: |name, words| {
            let lets = each(words, |i, word| format!("let {word} = tanh(zz_p * {i}.5); "));
            let body = sum(words, |_, word| {
                if word.len() % 4 == 0 { format!("norm_sq(zz_x * {word})") } else { format!("sum({word})") }
            });
            let spec = format!(
                "fn {name}(zz_x: Matrix<ZzN, ZzD>, #[param] zz_p: Vector<ZzD>) -> Scalar {{ {lets}{body} + norm_sq(zz_x * zz_p) }}"
            );
            ["bench".to_owned(), String::new(), spec]
        },
    },
    Role {
        name: "output",
        may_be: |word| is_type(word) || is_module(word) || ["data", "dims", "params", "w"].contains(&word),
        spec: |name, words| {
            let lets = each(words, |i, word| format!("let {word} = {i}.5 * norm_sq(zz_p); "));
            let spec =
                format!("fn {name}(#[param] zz_p: Vector<{{ crate::TWO }}>) -> Scalar {{ {lets}norm_sq(zz_p) }}");
            [format!("outputs({})", words.join(", ")), String::new(), spec]
        },
    },
    Role {
        name: "closure",
        may_be: any,
        spec: |name, words| {
            let lets = each(words, |i, word| format!("let {word} = |zz_z| tanh(zz_z) * {i}.5; "));
            let body = sum(words, |_, word| format!("{word}(zz_p)"));
            let spec = format!("fn {name}(#[param] zz_p: Scalar) -> Scalar {{ {lets}{body} }}");
            [String::new(), String::new(), spec]
        },
    },
    Role {
        name: "of_closure",
        may_be: any,
        spec: |name, words| {
            let lets = each(words, |i, word| {
                format!("let zz_{i} = |{word}| {{ let zz_i = exp({word}); zz_i * {word} * {i}.5 }}; ")
            });
            let body = sum(words, |i, _| format!("zz_{i}(zz_p)"));
            let spec = format!("fn {name}(#[param] zz_p: Scalar) -> Scalar {{ {lets}{body} }}");
            [String::new(), String::new(), spec]
        },
    },
    Role {
        name: "const_generic",
        may_be: any,
        spec: |name, words| {
            let generics = each(words, |_, word| format!("const {word}: usize, "));
            let arguments =
                each(words, |i, word| format!(", zz_x{i}: Matrix<ZzN, {word}>, #[param] zz_w{i}: Vector<{word}>"));
            let body = sum(words, |i, _| format!("norm_sq(zz_x{i} * zz_w{i})"));
            let spec = format!("fn {name}<{generics}>(#[param] zz_p: Scalar{arguments}) -> Scalar {{ {body} + zz_p }}");
            ["bench, test".to_owned(), String::new(), spec]
        },
    },
    Role {
        name: "dimension",
        may_be: is_type,
        spec: |name, words| {
            let arguments = each(words, |i, word| format!(", #[param] zz_w{i}: Vector<{word}>"));
            let body = sum(words, |i, _| format!("norm_sq(zz_w{i})"));
            let spec = format!("fn {name}(#[param] zz_p: Scalar{arguments}) -> Scalar {{ {body} + zz_p }}");
            ["test".to_owned(), String::new(), spec]
        },
    },
    Role {
        name: "operator",
        may_be: is_type,
        spec: |name, words| {
            let types = each(words, |_, word| format!("crate::identity! {{ {word} }} "));
            let body = sum(words, |_, word| format!("norm_sq(row_operator({word}, zz_x * zz_p))"));
            let spec =
                format!("fn {name}(zz_x: Matrix<ZzN, ZzD>, #[param] zz_p: Matrix<ZzD, ZzD>) -> Scalar {{ {body} }}");
            ["bench".to_owned(), types, spec]
        },
    },
    Role {
        name: "loss",
        may_be: is_module,
        spec: |_, words| {
            let name = words.first().map_or("zz", String::as_str);
            let spec = format!("fn {name}(#[param] zz_p: Vector<{{ crate::TWO }}>) -> Scalar {{ norm_sq(zz_p) }}");
            [String::new(), String::new(), spec]
        },
    },
];

/// Words of a loss: loops of more operands are tables, which have no names.
const TOGETHER: usize = 24;

/// Splits `words` into those that the role refuses, each with what is said of it, and groups of others that go together.
fn sorted(role: &Role, words: &[String], refused: &mut Vec<(String, String)>, taken: &mut Vec<Vec<String>>) {
    let [options, _, spec] = (role.spec)("zz_loss", words);
    match (refusal(&expand(&options, &spec)), words) {
        (None, _) => taken.push(words.to_vec()),
        (Some(message), [word]) => refused.push((word.clone(), message)),
        (Some(_), words) => {
            let (left, right) = words.split_at(words.len() / 2);
            sorted(role, left, refused, taken);
            sorted(role, right, refused, taken);
        }
    }
}

#[test]
fn words_of_expansions_are_names_as_others_are() {
    let words = words();
    assert!(words.len() > 100, "{words:?}");
    let mut file = String::new();
    for role in &ROLES {
        let possible: Vec<String> = words.iter().filter(|word| (role.may_be)(word)).cloned().collect();
        let (mut refused, mut single) = (Vec::new(), Vec::new());
        let together = if role.name == "loss" { 1 } else { TOGETHER };
        for words in possible.chunks(together) {
            sorted(role, words, &mut refused, &mut single);
        }
        // An accessor and what it gives access to do not stand in one loss.
        let (accessors, others): (Vec<_>, Vec<_>) =
            single.into_iter().flatten().partition(|word: &String| word.ends_with("_mut"));
        let mut taken = Vec::new();
        for words in others.chunks(together).chain(accessors.chunks(together)) {
            sorted(role, words, &mut refused, &mut taken);
        }
        for (word, message) in &refused {
            assert!(message.contains(&format!("`{word}`")), "{word} as {}: {message}", role.name);
        }
        let refused: Vec<_> = refused.iter().map(|(word, _)| word.as_str()).collect();
        writeln!(file, "// Refused as {}: {}", role.name, refused.join(" ")).expect("memory");
        writeln!(file, "mod {}_ {{\n    use ::frobenius::loss;", role.name).expect("memory");
        for (i, words) in taken.iter().enumerate() {
            let [options, before, spec] = (role.spec)(&format!("losses_{i}"), words);
            // More kernels have no more names, and take rustc most of its time: one loss of a role has them.
            let is_bare = options.is_empty() || (i > 0 && !["differentiated", "output"].contains(&role.name));
            let options = if is_bare { String::new() } else { format!("({options})") };
            writeln!(file, "    {before}\n    #[loss{options}]\n    {spec}").expect("memory");
        }
        writeln!(file, "}}").expect("memory");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/tests/words/losses.in");
    if std::env::var_os("FROBENIUS_BLESS").is_some() {
        std::fs::write(&path, &file).expect("a file that can be written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(found == file, "FROBENIUS_BLESS=1 rewrites tests/tests/words/losses.in");
}
