//! Times, repetitions and medians.

use std::time::{Duration, Instant};

/// A clock that stands still while the thread waits for a processor that others use; with several threads in rayon's
/// current pool, which wait for each other, or where the system does not tell, an ordinary one.
pub struct Clock {
    begin: Instant,
    waited: Option<Duration>,
}

impl Clock {
    /// From now on.
    #[must_use]
    pub fn start() -> Self {
        let waited = waited();
        Self { begin: Instant::now(), waited }
    }

    /// Seconds since the start.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        let elapsed = self.begin.elapsed();
        let waited = self.waited.and_then(|before| waited()?.checked_sub(before)).unwrap_or_default();
        elapsed.saturating_sub(waited).as_secs_f64()
    }
}

/// How long this thread has been ready and not running.
fn waited() -> Option<Duration> {
    if rayon::current_num_threads() > 1 {
        return None;
    }
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().nth(1)?.parse().ok().map(Duration::from_nanos)
}

/// How long one call of `work` takes, of `calls` in a row, in seconds.
///
/// # Errors
/// That of a call.
pub fn time<E>(calls: u32, mut work: impl FnMut() -> Result<(), E>) -> Result<f64, E> {
    let clock = Clock::start();
    for _ in 0..calls {
        work()?;
    }
    Ok(clock.seconds() / f64::from(calls))
}

/// How many calls, each of which takes so long, make a repetition that a clock can tell: about two milliseconds.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
pub fn calls(seconds: f64) -> u32 {
    (2e-3 / seconds).clamp(1.0, 100_000.0) as u32
}

/// The middle of `values`.
#[must_use]
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A size as a number.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "no size here has 2^53 elements")]
pub fn count(size: usize) -> f64 {
    size as f64
}

/// Seconds, in the unit that fits.
#[must_use]
pub fn seconds(time: f64) -> String {
    let (scale, unit) = match time {
        t if t < 1e-3 => (1e6, "µs"),
        t if t < 1.0 => (1e3, "ms"),
        _ => (1.0, "s"),
    };
    format!("{:.4} {unit}", Rounded(time * scale))
}

/// A number with as many digits in all as the precision says, but its whole part in full.
struct Rounded(f64);

impl std::fmt::Display for Rounded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let digits = f.precision().unwrap_or(3);
        let whole = format!("{:.0}", self.0.abs().floor()).len();
        write!(f, "{:.*}", digits.saturating_sub(whole), self.0)
    }
}
