//! Examples of the guide in `docs/`, compiled and run as tests of documentation: `cargo test -p frobenius-tests --doc`.

#[doc = include_str!("../../docs/src/coming-from.md")]
pub mod coming_from {}
#[doc = include_str!("../../docs/src/language.md")]
pub mod language {}
#[doc = include_str!("../../docs/src/loss.md")]
pub mod loss {}
#[doc = include_str!("../../docs/src/outputs.md")]
pub mod outputs {}
#[doc = include_str!("../../docs/src/requests.md")]
pub mod requests {}
#[doc = include_str!("../../docs/src/tour.md")]
pub mod tour {}
#[doc = include_str!("../../docs/src/time.md")]
pub mod time {}
