//! `FROBENIUS_SIMD` forces an instruction set; CI runs this with `scalar` as well.

use frobenius::Isa;

#[test]
fn the_environment_chooses_the_instruction_set() {
    match std::env::var("FROBENIUS_SIMD") {
        Ok(asked) => assert_eq!(Isa::detect().name(), asked),
        Err(_) => assert_eq!(Some(Isa::detect()), Isa::available().pop()),
    }
}

#[test]
fn plain_rust_is_always_there() {
    assert_eq!(Isa::available()[0], Isa::Scalar);
}
