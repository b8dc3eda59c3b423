//! temporary
use super::testing::{Function, Random, apply};
use crate::simd::{Element, Isa, Lanes, Simd};
use std::time::Instant;
fn best(mut f: impl FnMut()) -> f64 {
    let mut b = f64::MAX;
    for _ in 0..15 {
        let t = Instant::now();
        for _ in 0..20 {
            f();
        }
        b = b.min(t.elapsed().as_secs_f64() / 20.0);
    }
    b
}
macro_rules! run { ($($n:ident, $lo:literal, $hi:literal, $std32:expr, $std64:expr;)*) => {
  #[test] #[ignore="x"] fn throughput() { $({
    struct F; impl Function for F { #[inline(always)] fn of<T: Element, S: Simd>(x: Lanes<T,S>)->Lanes<T,S>{ x.$n() } }
    let mut r=Random(3);
    let x64: Vec<f64> = (0..4096).map(|_| r.between($lo,$hi)).collect();
    let x32: Vec<f32> = x64.iter().map(|&x| x as f32).collect();
    let mut y64=vec![0.0f64;4096]; let mut y32=vec![0.0f32;4096];
    let n=4096.0;
    let f64std: fn(f64)->f64=$std64; let f32std: fn(f32)->f32=$std32;
    let s32=best(|| for (y,&x) in y32.iter_mut().zip(std::hint::black_box(&x32)) { *y=f32std(x); })/n*1e9;
    let s64=best(|| for (y,&x) in y64.iter_mut().zip(std::hint::black_box(&x64)) { *y=f64std(x); })/n*1e9;
    print!("{:9} std f32 {s32:6.2} ns f64 {s64:6.2} ns |", stringify!($n));
    for isa in Isa::available() {
      let a=best(|| { apply::<F,f32>(isa, std::hint::black_box(&x32), &mut y32); })/n*1e9;
      let b=best(|| { apply::<F,f64>(isa, std::hint::black_box(&x64), &mut y64); })/n*1e9;
      print!(" {} f32 {a:.2} ({:.1}x) f64 {b:.2} ({:.1}x) |", isa.name(), s32/a, s64/b);
    }
    println!();
  })* } } }
run! {
 exp, -20.0, 20.0, f32::exp, f64::exp;
 expm1, -10.0, 10.0, f32::exp_m1, f64::exp_m1;
 ln, 0.01, 100.0, f32::ln, f64::ln;
 log1p, -0.9, 50.0, f32::ln_1p, f64::ln_1p;
 tanh, -5.0, 5.0, f32::tanh, f64::tanh;
 sigmoid, -10.0, 10.0, |x| 1.0/(1.0+(-x).exp()), |x| 1.0/(1.0+(-x).exp());
 softplus, -10.0, 10.0, |x| x.max(0.0)+(-x.abs()).exp().ln_1p(), |x| x.max(0.0)+(-x.abs()).exp().ln_1p();
 sin, -100.0, 100.0, f32::sin, f64::sin;
 cos, -100.0, 100.0, f32::cos, f64::cos;
}
