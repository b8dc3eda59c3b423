//! Every kernel against its definition in `naive`, on every instruction set of this machine; and their speed.

use std::hint::black_box;
use std::time::Instant;

use super::map::{Column, ColumnSums, Map, ProductPiece, RowSums, Store, Sum, map, product_map};
use super::{Packed, Transposed, naive};
use crate::buffer::Buffer;
use crate::element::Element;
use crate::random::Random;
use crate::simd::{Isa, Lanes, Simd, Vectorized};
use crate::view::{View, ViewMut};

// An interpreter, a thousand times as slow, has a few of each kind.
const ROWS: &[usize] = if cfg!(miri) { &[0, 1, 7, 13] } else { &[0, 1, 2, 5, 6, 7, 63, 64, 65, 130] };
const COLUMNS: &[usize] =
    if cfg!(miri) { &[1, 5, 9, 17] } else { &[1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 100] };

/// True if a product of this shape is tested: an interpreter takes long.
fn is_tested((rows, d, k): (usize, usize, usize)) -> bool {
    !cfg!(miri) || rows * d * k <= 12_000
}

/// How the rows of a matrix lie in memory.
#[derive(Clone, Copy, Debug)]
enum Layout {
    /// One after the other, from an address that is no multiple of a vector's.
    Dense,
    /// In a buffer whose padding is NaN.
    Padded,
    /// From the last to the first.
    Reversed,
    /// Each is the same row.
    Repeated,
}

const LAYOUTS: [Layout; 4] = [Layout::Dense, Layout::Padded, Layout::Reversed, Layout::Repeated];

/// Kinds of elements.
#[derive(Clone, Copy, Debug)]
enum Values {
    /// Small integers: every sum of products is exact, in whatever order.
    Integers,
    /// Small integers, and one in a hundred is NaN or infinite.
    Special,
    /// Anything between -1 and 1.
    Fractions,
}

const VALUES: [Values; 3] = [Values::Integers, Values::Special, Values::Fractions];

impl Random {
    fn pick<X: Copy>(&mut self, from: &[X]) -> X {
        from[self.below(from.len())]
    }

    fn value<T: Element>(&mut self, values: Values) -> T {
        let integer = f64::from(u32::try_from(self.below(9)).unwrap()) - 4.0;
        T::from_f64(match values {
            Values::Integers => integer,
            Values::Special => match self.below(200) {
                0 => f64::NAN,
                1 => f64::INFINITY,
                _ => integer,
            },
            Values::Fractions => f64::from(u32::try_from(self.bits() >> 33).unwrap()) / f64::from(1 << 30) - 1.0,
        })
    }
}

/// A matrix that owns its rows, in some layout.
struct Matrix<T> {
    memory: Buffer<T>,
    rows: usize,
    columns: usize,
    layout: Layout,
}

impl<T: Element> Matrix<T> {
    fn new(random: &mut Random, values: Values, layout: Layout, rows: usize, columns: usize) -> Self {
        let nan = T::from_f64(f64::NAN);
        let mut memory = match layout {
            Layout::Padded => Buffer::padded(rows, columns).unwrap(),
            Layout::Dense | Layout::Reversed | Layout::Repeated => Buffer::new(1, rows * columns + 2).unwrap(),
        };
        memory.as_mut_slice().fill(nan);
        if let Layout::Padded = layout {
            for i in 0..rows {
                memory.view_mut().row_mut(i).fill_with(|| random.value(values));
            }
        } else {
            memory.as_mut_slice()[1..=rows * columns].fill_with(|| random.value(values));
        }
        Self { memory, rows, columns, layout }
    }

    fn view(&self) -> View<'_, T> {
        let (rows, columns) = (self.rows, self.columns);
        let dense = || &self.memory.as_slice()[1..];
        match self.layout {
            Layout::Padded => self.memory.view(),
            Layout::Dense => View::new(dense(), rows, columns),
            Layout::Reversed => {
                let last = &dense()[columns * rows.saturating_sub(1)..];
                // SAFETY: the rows are the `rows` * `columns` elements of `dense`, from the last on.
                unsafe { View::from_raw(last.as_ptr(), rows, columns, -columns.cast_signed()) }
            }
            // SAFETY: `dense` has at least one row, or there are none.
            Layout::Repeated => unsafe { View::from_raw(dense().as_ptr(), rows, columns, 0) },
        }
    }
}

/// An output in unpadded memory, where nothing before and behind it may change.
fn written<T: Element>(rows: usize, columns: usize, before: &[T], write: impl FnOnce(ViewMut<'_, T>)) -> Vec<T> {
    let guard = T::from_f64(12345.0);
    let mut memory = vec![guard; rows * columns + 40];
    memory[20..20 + rows * columns].copy_from_slice(before);
    write(ViewMut::new(&mut memory[20..20 + rows * columns], rows, columns));
    assert!(memory[..20].iter().chain(&memory[20 + rows * columns..]).all(|x| *x == guard), "wrote outside");
    memory[20..20 + rows * columns].to_vec()
}

/// Like [`written`], with the output in padded memory.
fn written_padded<T: Element>(rows: usize, columns: usize, before: &[T], write: impl FnOnce(ViewMut<'_, T>)) -> Vec<T> {
    let mut memory = Buffer::padded(rows, columns).unwrap();
    memory.as_mut_slice().fill(T::from_f64(f64::NAN));
    for i in 0..rows {
        memory.view_mut().row_mut(i).copy_from_slice(&before[i * columns..][..columns]);
    }
    write(memory.view_mut());
    (0..rows).flat_map(|i| memory.view().row(i).to_vec()).collect()
}

/// True if two ways to add up `terms` products of numbers in [-1, 1], and a first summand in [-1, 1], agree.
///
/// Each of the two has an error below (terms + 1) u (terms + 1), u being half an epsilon, whatever the order
/// (Higham, section 3.1).
#[allow(clippy::float_cmp, reason = "sums of integers are exact")]
fn agree<T: Element>(values: Values, terms: usize, x: T, y: T) -> bool {
    let epsilon = if T::NAME == "f32" { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let (x, y) = (x.to_f64(), y.to_f64());
    match values {
        Values::Integers | Values::Special => x == y || (x.is_nan() && y.is_nan()),
        Values::Fractions => {
            let terms = f64::from(u32::try_from(terms).unwrap()) + 1.0;
            (x - y).abs() <= terms * terms * epsilon
        }
    }
}

/// One case of the kernels that have an output of `shape`: `fast` and `definition` write it.
fn check<T: Element>(
    random: &mut Random,
    (case, values, terms): (&str, Values, usize),
    (rows, columns): (usize, usize),
    fast: &dyn Fn(ViewMut<'_, T>),
    definition: &dyn Fn(ViewMut<'_, T>),
) {
    let mut before = vec![T::default(); rows * columns];
    before.fill_with(|| random.value(values));
    let expected = written(rows, columns, &before, definition);
    let found = [written(rows, columns, &before, fast), written_padded(rows, columns, &before, fast)];
    for (found, padding) in found.iter().zip(["unpadded", "padded"]) {
        for (i, (x, y)) in found.iter().zip(&expected).enumerate() {
            let (row, column) = (i / columns, i % columns);
            assert!(agree(values, terms, *x, *y), "{case}, {padding}: {x} for {y} at ({row}, {column})");
        }
    }
}

/// All kernels on one pair of factors: rows × d, and d × k or rows × k.
fn check_shape<T: Element>(isa: Isa, random: &mut Random, (rows, d, k): (usize, usize, usize)) {
    let values = random.pick(&VALUES);
    let layout = random.pick(&LAYOUTS);
    let other = random.pick(&LAYOUTS);
    let transposed = random.pick(&[Transposed::No, Transposed::Yes]);
    let name = |kernel: &str| {
        format!(
            "{kernel} of {}, {}, ({rows}, {d}, {k}), {values:?}, {layout:?}, {other:?}, {transposed:?}",
            T::NAME,
            isa.name()
        )
    };
    let a = Matrix::<T>::new(random, values, layout, rows, d);

    let b = Matrix::<T>::new(random, values, other, d, k);
    let bt = naive_transpose(b.view());
    let mut packed = Packed::new(d, k).unwrap();
    match transposed {
        Transposed::No => T::pack(isa, b.view(), transposed, &mut packed),
        Transposed::Yes => T::pack(isa, bt.view(), transposed, &mut packed),
    }
    let fast = |c: ViewMut<'_, T>| T::product(isa, a.view(), &packed, c);
    let definition = |c: ViewMut<'_, T>| naive::product(a.view(), b.view(), c);
    check(random, (&name("product"), values, d), (rows, k), &fast, &definition);
    let sources = || ProductPiece::new();
    let fast = |c: ViewMut<'_, T>| {
        product_map(isa, (a.view(), &packed), (rows, k), sources(), Store(c), &Same);
    };
    check(random, (&name("product_map"), values, d), (rows, k), &fast, &definition);

    let b = Matrix::<T>::new(random, values, other, rows, k);
    let fast = |c: ViewMut<'_, T>| T::product_t(isa, a.view(), b.view(), c);
    let definition = |c: ViewMut<'_, T>| naive::product_t(a.view(), b.view(), c);
    check(random, (&name("product_t"), values, rows), (d, k), &fast, &definition);

    let w = Matrix::<T>::new(random, values, other, 1, d);
    let fast = |out: ViewMut<'_, T>| T::dots(isa, a.view(), w.view(), out);
    let definition = |out: ViewMut<'_, T>| naive::dots(a.view(), w.view(), out);
    check(random, (&name("dots"), values, d), (1, rows), &fast, &definition);

    let e = Matrix::<T>::new(random, values, other, 1, rows);
    let fast = |out: ViewMut<'_, T>| T::scaled_rows(isa, a.view(), e.view(), out);
    let definition = |out: ViewMut<'_, T>| naive::scaled_rows(a.view(), e.view(), out);
    check(random, (&name("scaled_rows"), values, rows), (1, d), &fast, &definition);

    let fast = |out: ViewMut<'_, T>| T::transpose(a.view(), out);
    let definition = |out: ViewMut<'_, T>| naive::transpose(a.view(), out);
    check(random, (&name("transpose"), Values::Special, 0), (d, rows), &fast, &definition);
}

fn naive_transpose<T: Element>(a: View<'_, T>) -> Buffer<T> {
    let mut out = Buffer::new(a.columns(), a.rows()).unwrap();
    out.as_mut_slice().fill(T::from_f64(f64::NAN));
    naive::transpose(a, out.view_mut());
    out
}

fn check_all<T: Element>() {
    for isa in Isa::available() {
        let mut random = Random(1);
        for &rows in ROWS {
            for &d in COLUMNS {
                for &k in COLUMNS {
                    check_shape::<T>(isa, &mut random, (rows, d, k));
                }
            }
        }
        // More steps than a block of a panel, more rows than a block, and no columns at all.
        for shape in [
            (13, 4100, 70),
            (200, 20, 33),
            (131, 197, 10),
            (150, 130, 11),
            (400, 5, 9),
            // Lines in several groups.
            (13, 700, 7),
            (9, 1000, 9),
            (7, 300, 5),
            (5, 1100, 6),
            (3, 0, 5),
            (3, 5, 0),
            (0, 0, 0),
        ] {
            for _ in 0..if is_tested(shape) { 6 } else { 0 } {
                check_shape::<T>(isa, &mut random, shape);
            }
        }
    }
}

#[test]
fn kernels_of_f32_agree_with_their_definitions() {
    check_all::<f32>();
}

#[test]
fn kernels_of_f64_agree_with_their_definitions() {
    check_all::<f64>();
}

/// The operand itself.
struct Same;

impl<T: Element> Map<T, 1, 1> for Same {
    const PLAIN: bool = false;

    #[inline(always)]
    fn map<S: Simd>(&self, _: S, operands: [Lanes<T, S>; 1]) -> [Lanes<T, S>; 1] {
        operands
    }
}

/// The product of both operands, as often as there are sinks.
struct Times;

impl<T: Element> Map<T, 2, 3> for Times {
    const PLAIN: bool = false;

    #[inline(always)]
    fn map<S: Simd>(&self, _: S, [a, b]: [Lanes<T, S>; 2]) -> [Lanes<T, S>; 3] {
        [a * b; 3]
    }
}

/// The sums of a b, each row of it times a factor, by its pieces: exact, since all are small integers.
fn check_sums_of_pieces<T: Element>(isa: Isa, random: &mut Random, (rows, d, k): (usize, usize, usize)) {
    let matrix = |random: &mut Random, rows, k| Matrix::<T>::new(random, Values::Integers, Layout::Dense, rows, k);
    let (a, b, e) = (matrix(random, rows, d), matrix(random, d, k), matrix(random, 1, rows));
    let mut packed = Packed::new(d, k).unwrap();
    T::pack(isa, b.view(), Transposed::No, &mut packed);
    let mut c = Buffer::<T>::new(rows, k).unwrap();
    naive::product(a.view(), b.view(), c.view_mut());
    let (mut sum, mut of_rows, mut of_columns) = (0.0, vec![T::default(); rows], vec![T::default(); k]);
    for (i, of_row) in of_rows.iter_mut().enumerate() {
        for (&x, of_column) in c.view().row(i).iter().zip(&mut of_columns) {
            let x = e.view().row(0)[i] * x;
            sum += x.to_f64();
            *of_row += x;
            *of_column += x;
        }
    }
    // Sums of rows are replaced, the others are added to.
    let (mut all, mut by_rows, mut by_columns) = (0.0, vec![T::from_f64(7.0); rows], vec![T::default(); k]);
    let sinks = (Sum(&mut all), (RowSums(ViewMut::line(&mut by_rows)), ColumnSums(ViewMut::line(&mut by_columns))));
    let sources = (ProductPiece::new(), Column(e.view()));
    product_map(isa, (a.view(), &packed), (rows, k), sources, sinks, &Times);
    assert_eq!((all, by_rows, by_columns), (sum, of_rows, of_columns), "{isa:?} {} {rows} {d} {k}", T::NAME);
}

#[test]
fn sums_of_a_product_come_from_all_of_its_pieces() {
    for isa in Isa::available() {
        let mut random = Random(3);
        // One piece, several of rows, several panels, and lines.
        let shapes = [
            (5, 3, 4),
            (500, 3, 8),
            (130, 7, 65),
            (700, 5, 16),
            (1000, 100, 10),
            (131, 9, 150),
            (1100, 100, 3),
            (9, 0, 3),
            (9, 3, 0),
            (0, 3, 4),
        ];
        for shape in shapes.into_iter().filter(|shape| is_tested(*shape)) {
            check_sums_of_pieces::<f32>(isa, &mut random, shape);
            check_sums_of_pieces::<f64>(isa, &mut random, shape);
        }
    }
}

/// One more, as often as there are sinks: not 0 where nothing stands.
struct Successor;

impl<T: Element> Map<T, 1, 3> for Successor {
    const PLAIN: bool = false;

    #[inline(always)]
    fn map<S: Simd>(&self, simd: S, [a]: [Lanes<T, S>; 1]) -> [Lanes<T, S>; 3] {
        [a + Lanes::constant(simd, 1.0); 3]
    }
}

/// The sums of the loop are those of its elements, whatever its expression makes of what stands behind a row.
fn check_sums_of_loops<T: Element>(isa: Isa, random: &mut Random, layout: Layout, (rows, columns): (usize, usize)) {
    let a = Matrix::<T>::new(random, Values::Integers, layout, rows, columns);
    let (mut sum, mut of_rows, mut of_columns) = (0.0, vec![T::default(); rows], vec![T::default(); columns]);
    for (i, of_row) in of_rows.iter_mut().enumerate() {
        for (&x, of_column) in a.view().row(i).iter().zip(&mut of_columns) {
            let x = x + T::from_f64(1.0);
            sum += x.to_f64();
            *of_row += x;
            *of_column += x;
        }
    }
    let (mut all, mut by_rows, mut by_columns) = (0.0, vec![T::from_f64(7.0); rows], vec![T::default(); columns]);
    let sinks = (Sum(&mut all), (RowSums(ViewMut::line(&mut by_rows)), ColumnSums(ViewMut::line(&mut by_columns))));
    map(isa, (rows, columns), a.view(), sinks, &Successor);
    assert_eq!(
        (all, by_rows, by_columns),
        (sum, of_rows, of_columns),
        "{isa:?} {} {rows} {columns} {layout:?}",
        T::NAME
    );
}

#[test]
fn what_stands_behind_a_row_is_no_part_of_its_sums() {
    for isa in Isa::available() {
        let mut random = Random(5);
        for &rows in ROWS {
            for &columns in COLUMNS {
                for layout in LAYOUTS {
                    check_sums_of_loops::<f32>(isa, &mut random, layout, (rows, columns));
                    check_sums_of_loops::<f64>(isa, &mut random, layout, (rows, columns));
                }
            }
        }
    }
}

#[test]
fn the_tolerance_rejects_one_missing_term() {
    assert!(agree(Values::Fractions, 100, 1.0_f32, 1.0));
    assert!(!agree(Values::Fractions, 100, 1.0_f32, 1.01));
    assert!(agree(Values::Special, 100, f32::NAN, f32::NAN));
    assert!(!agree(Values::Special, 100, f32::NAN, 1.0));
    assert!(!agree(Values::Integers, 100, 1.0_f32, 2.0));
}

/// Multiplications with additions, ten sums in flight: as many as the machine can do.
struct Peak<T>(T);

impl<T: Element> Vectorized for Peak<T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let x = Lanes::splat(simd, self.0);
        let mut sums = [x; 10];
        for _ in 0..10_000 {
            for sum in &mut sums {
                *sum = x.mul_add(*sum, x);
            }
        }
        for sum in sums {
            black_box(sum);
        }
        2 * 10_000 * sums.len() * Lanes::<T, S>::count()
    }
}

/// Nanoseconds of the fastest of many runs.
fn fastest(mut work: impl FnMut()) -> f64 {
    let (mut best, mut repeats) = (f64::INFINITY, 1);
    let begin = Instant::now();
    while begin.elapsed().as_millis() < 60 {
        let start = Instant::now();
        for _ in 0..repeats {
            work();
        }
        let time = start.elapsed().as_secs_f64() * 1e9;
        best = best.min(time / f64::from(repeats));
        if time < 20_000.0 {
            repeats *= 2;
        }
    }
    best
}

fn print_line(peak: f64, name: &str, shape: &[usize], work: impl FnMut()) {
    let time = fastest(work);
    let steps: f64 = shape.iter().map(|n| f64::from(u32::try_from(*n).unwrap())).product();
    let rate = 2.0 * steps / time;
    let shape = format!("{shape:?}");
    println!("  {name:11} {shape:16} {rate:7.1} GFLOP/s {:5.1} % {time:9.0} ns", 100.0 * rate / peak);
}

fn report_of<T: Element>(isa: Isa) {
    let mut operations = 0.0;
    let time = fastest(|| operations = f64::from(u32::try_from(isa.run(Peak(black_box(T::from_f64(0.5))))).unwrap()));
    let peak = operations / time;
    println!("{} {}: {peak:.1} GFLOP/s of multiplications and additions", T::NAME, isa.name());
    let mut random = Random(2);
    let mut matrix = |layout, rows, columns| Matrix::<T>::new(&mut random, Values::Fractions, layout, rows, columns);
    for (n, d, k) in
        [(128, 784, 128), (512, 784, 128), (128, 128, 16), (256, 64, 32), (64, 10, 64), (32, 8, 16), (7, 4, 3)]
    {
        let (x, w, z) = (matrix(Layout::Dense, n, d), matrix(Layout::Padded, d, k), matrix(Layout::Padded, n, k));
        let wt = naive_transpose(w.view());
        let (mut c, mut dw) = (Buffer::new(n, k).unwrap(), Buffer::new(d, k).unwrap());
        let mut packed = Packed::new(d, k).unwrap();
        print_line(peak, "pack t", &[d, k], || {
            T::pack(isa, wt.view(), Transposed::Yes, &mut packed);
        });
        print_line(peak, "pack", &[d, k], || {
            T::pack(isa, w.view(), Transposed::No, &mut packed);
        });
        print_line(peak, "product", &[n, d, k], || {
            T::product(isa, x.view(), &packed, c.view_mut());
        });
        print_line(peak, "product_t", &[n, d, k], || {
            T::product_t(isa, x.view(), z.view(), dw.view_mut());
        });
    }
    for (n, d) in [(1 << 18, 64), (64, 2000), (256, 64), (256, 32), (256, 8), (32, 8), (7, 4)] {
        let (x, w, e) = (matrix(Layout::Dense, n, d), matrix(Layout::Padded, 1, d), matrix(Layout::Padded, 1, n));
        let (mut z, mut dw, mut xt) =
            (Buffer::new(1, n).unwrap(), Buffer::new(1, d).unwrap(), Buffer::new(d, n).unwrap());
        print_line(peak, "dots", &[n, d], || T::dots(isa, x.view(), w.view(), z.view_mut()));
        print_line(peak, "scaled_rows", &[n, d], || {
            T::scaled_rows(isa, x.view(), e.view(), dw.view_mut());
        });
        print_line(peak, "transpose", &[n, d], || T::transpose(x.view(), xt.view_mut()));
    }
}

/// The speed of every kernel compared with what the machine can do (two operations per element where nothing is multiplied):
/// `cargo test --release -p frobenius-runtime --lib kernels::tests::report -- --ignored --nocapture`
#[test]
#[ignore = "prints, and checks nothing: see the command above"]
fn report() {
    for isa in Isa::available() {
        report_of::<f32>(isa);
        report_of::<f64>(isa);
    }
}
