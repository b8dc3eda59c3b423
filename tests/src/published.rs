//! The published losses: `data/conformance`, and the macro that tests a spec against one of them.

use frobenius::Element;
use serde_json::Value;

use crate::Reference;
use crate::reader::Printed;

/// One file of `data/conformance`.
pub struct Published(Value);

impl Published {
    /// The file of loss `number`.
    ///
    /// # Panics
    /// If there is none, or if it is no JSON.
    #[must_use]
    pub fn read(number: &str) -> Self {
        let path = format!("{}/data/conformance/{number}.json", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        Self(serde_json::from_str(&text).expect("a JSON file"))
    }

    /// The entry that has `name`, in whatever case. A name that Rust has for itself ends in `_` in a spec.
    fn entry(&self, groups: &[&str], name: &str) -> Option<&Value> {
        let all = || groups.iter().filter_map(|group| self.0[group].as_object()).flatten();
        let same = all().find(|(known, _)| *known == name);
        let plain = |name: &str| name.trim_end_matches('_').to_lowercase();
        let alike = || all().find(|(known, _)| plain(known) == plain(name));
        same.or_else(alike).map(|(_, value)| value)
    }

    fn input(&self, name: &str) -> &Value {
        self.entry(&["inputs", "params"], name).unwrap_or_else(|| panic!("no input `{name}`"))
    }

    /// The elements of an input.
    ///
    /// # Panics
    /// As the other functions: if it is not there.
    #[must_use]
    pub fn values<T: Element>(&self, name: &str) -> Vec<T> {
        numbers(self.input(name)).into_iter().map(T::from_f64).collect()
    }

    /// Class indices.
    ///
    /// # Panics
    /// If it is not there.
    #[must_use]
    pub fn labels(&self, name: &str) -> Vec<u32> {
        let class = |x: &Value| u32::try_from(x.as_u64().expect("a class")).expect("a small class");
        self.input(name)["data"].as_array().expect("labels").iter().map(class).collect()
    }

    /// Rows and columns of an input.
    ///
    /// # Panics
    /// If it is not there.
    #[must_use]
    pub fn shape(&self, name: &str) -> (usize, usize) {
        let size =
            |k: usize| self.input(name)["shape"][k].as_u64().map_or(1, |size| usize::try_from(size).expect("a size"));
        (size(0), size(1))
    }

    /// The gradient in a parameter.
    ///
    /// # Panics
    /// If it is not there.
    #[must_use]
    pub fn gradient(&self, name: &str) -> Vec<f64> {
        numbers(self.entry(&["gradient"], name).unwrap_or_else(|| panic!("no gradient in `{name}`")))
    }

    /// Checks that the formulas of a loss, which `source` states, say what is published, except for the gradients in
    /// parameters that are `unread`, which can't be read.
    ///
    /// # Errors
    /// The first formula that is wrong, and how; or one that is `unread` although it can be read.
    pub fn check_printed(
        &self,
        source: &str,
        formula: &str,
        gradients: &[(&str, &str)],
        unread: &[&str],
    ) -> Result<(), String> {
        let written = Reference::parse(source)?;
        let printed = Printed::new(&written, |name| (numbers(self.input(name)), self.shape(name)));
        printed.check_formula(formula, self.value())?;
        for (k, (name, text)) in gradients.iter().enumerate() {
            match printed.check_gradient(k, text, &self.gradient(name)) {
                Ok(()) if unread.contains(name) => return Err(format!("`{text}` can be read")),
                Err(wrong) if !unread.contains(name) => return Err(wrong),
                _ => {}
            }
        }
        Ok(())
    }

    /// The value.
    ///
    /// # Panics
    /// If it is not there.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.0["value"].as_f64().expect("a value")
    }
}

/// The elements of a matrix, or a number by itself.
fn numbers(value: &Value) -> Vec<f64> {
    match value["data"].as_array() {
        Some(data) => data.iter().map(|x| x.as_f64().expect("a number")).collect(),
        None => vec![value.as_f64().or_else(|| value["data"].as_f64()).expect("a number")],
    }
}

/// A loss for each number, tested against its published value and gradients: in f64 to 1e-10, in f32 to 1e-4, on every
/// instruction set; and its derivatives beyond the gradient against the gradient.
/// The gradients that are `unread` have functions that only derivatives have; all else that is printed is read back and
/// evaluated.
#[macro_export]
macro_rules! published {
    ($(
        $number:literal $test:ident
        $(data { $($field:ident: $kind:ident),* })?
        params { $($param:ident),* }
        $(given { $($given:ident: $size:literal),* })?
        $(unread { $($unread:ident),* })?
        $(#[$meta:meta])*
        fn $loss:ident $function:tt -> Scalar $body:tt
    )*) => {$(
        #[::frobenius::loss(jvp, hvp)]
        $(#[$meta])*
        fn $loss $function -> Scalar $body

        #[test]
        fn $test() {
            fn at<T: ::frobenius::Element>(published: &$crate::published::Published, tolerance: f64) {
                $($(let $field = $crate::hold!($kind, $field, published, T);)*)?
                for (isa, cuts) in $crate::ways() {
                    let made = $crate::cut(cuts, || {
                        $loss::Loss::<T>::new(
                            $($loss::Data { $($field: $crate::lend!($kind, $field, published)),* },)?
                            $($loss::Sizes { $($given: $size),* })?
                        )
                    });
                    let mut loss = made.expect("the shapes fit").with_isa(isa);
                    let start = [$(published.values::<T>(stringify!($param))),*].concat();
                    let params = $loss::Params::from_vec(loss.dims(), start).expect("all parameters");
                    let mut gradient = loss.params().expect("a small gradient");
                    let value = loss.value_and_gradient(&params, &mut gradient).expect("the same sizes");
                    let found: Vec<f64> = gradient.as_slice().iter().map(|x| x.to_f64()).collect();
                    let expected = [$(published.gradient(stringify!($param))),*].concat();
                    $crate::close(&[value], &[published.value()], tolerance).unwrap_or_else(|e| panic!("{isa:?}, {cuts:?}, value: {e}"));
                    $crate::close(&found, &expected, tolerance).unwrap_or_else(|e| panic!("{isa:?}, {cuts:?}, gradient: {e}"));
                }
            }
            let published = $crate::published::Published::read($number);
            let source = stringify!(fn $loss $function -> Scalar $body);
            let unread: &[&str] = &[$($(stringify!($unread)),*)?];
            published
                .check_printed(source, $loss::FORMULA, &$loss::GRADIENTS, unread)
                .unwrap_or_else(|wrong| panic!("as it is printed: {wrong}"));
            at::<f64>(&published, 1e-10);
            at::<f32>(&published, 1e-4);
            $($(let $field = $crate::hold!($kind, $field, published, f64);)*)?
            let at = [$(published.values::<f64>(stringify!($param))),*].concat();
            for (isa, cuts) in $crate::ways() {
                let made = |cuts| {
                    let made = $crate::cut(cuts, || {
                        $loss::Loss::<f64>::new(
                            $($loss::Data { $($field: $crate::lend!($kind, $field, published)),* },)?
                            $($loss::Sizes { $($given: $size),* })?
                        )
                    });
                    made.expect("the shapes fit").with_isa(isa)
                };
                let mut whole = made(None);
                if cuts.is_none() {
                    let params = $loss::Params::from_vec(whole.dims(), at.clone()).expect("all parameters");
                    let report = ::frobenius::check::gradient(&mut whole, &params).expect("the same sizes");
                    assert!(report.is_right(), "{isa:?}: {report}");
                }
                $crate::check_second_order!($loss, whole, made(cuts), &at)
                    .unwrap_or_else(|wrong| panic!("{isa:?}, {cuts:?}, {wrong}"));
            }
        }
    )*};
}
