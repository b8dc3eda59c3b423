//! Writes the tests of random losses. `FROBENIUS_RANDOM_PROGRAMS` says how many, `FROBENIUS_RANDOM_SEED` which.

#[path = "src/random.rs"]
mod random;

fn main() {
    let number = |name: &str, default: u64| {
        println!("cargo::rerun-if-env-changed={name}");
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let count = number("FROBENIUS_RANDOM_PROGRAMS", 16);
    let seed = number("FROBENIUS_RANDOM_SEED", 1);
    println!("cargo::rerun-if-changed=src/random.rs");
    let folder = std::env::var("OUT_DIR").expect("cargo says where");
    let tests = random::tests(usize::try_from(count).expect("a number of tests"), seed);
    std::fs::write(std::path::Path::new(&folder).join("random.rs"), tests).expect("a file of tests");
}
