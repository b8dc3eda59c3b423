use frobenius::loss;

#[loss]
fn f(x: Matrix<N, D>, #[param] w: Matrix<D, K>) -> Scalar {
    let f0 = |z| tanh(z) * 2;
    let f1 = |z| f0(f0(z));
    let f2 = |z| f1(f1(z));
    let f3 = |z| f2(f2(z));
    let f4 = |z| f3(f3(z));
    let f5 = |z| f4(f4(z));
    let f6 = |z| f5(f5(z));
    let f7 = |z| f6(f6(z));
    let f8 = |z| f7(f7(z));
    let f9 = |z| f8(f8(z));
    let f10 = |z| f9(f9(z));
    let f11 = |z| f10(f10(z));
    let f12 = |z| f11(f11(z));
    let f13 = |z| f12(f12(z));
    let f14 = |z| f13(f13(z));
    let f15 = |z| f14(f14(z));
    let f16 = |z| f15(f15(z));
    let f17 = |z| f16(f16(z));
    let f18 = |z| f17(f17(z));
    let f19 = |z| f18(f18(z));
    let f20 = |z| f19(f19(z));
    let f21 = |z| f20(f20(z));
    let f22 = |z| f21(f21(z));
    let f23 = |z| f22(f22(z));
    let f24 = |z| f23(f23(z));
    let f25 = |z| f24(f24(z));
    let f26 = |z| f25(f25(z));
    let f27 = |z| f26(f26(z));
    let f28 = |z| f27(f27(z));
    let f29 = |z| f28(f28(z));
    norm_sq(f29(x * w))
}

fn main() {}
