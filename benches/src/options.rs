//! Arguments of the command line after `--`.

use std::path::PathBuf;

/// The options of a run.
#[derive(Clone, Debug)]
pub struct Options {
    /// Only that it runs: few samples, once.
    pub test: bool,
    /// How many threads the cases may use.
    pub threads: usize,
    /// Only cases in whose name and precision this stands.
    pub filter: String,
    /// Where the raw numbers go.
    pub json: PathBuf,
    /// Where the picture goes.
    pub svg: PathBuf,
    /// How often each case and each limit is measured.
    pub repetitions: usize,
    /// The peers of another language, too.
    pub python: bool,
}

impl Options {
    /// Options from the arguments of this process, for the benchmark `name`, whose files go to `folder` if nothing else is
    /// said.
    ///
    /// # Errors
    /// The mistake in the arguments, in words.
    pub fn parse(name: &str, folder: &str) -> Result<Self, String> {
        let folder = PathBuf::from(folder);
        let folder = folder.parent().map(PathBuf::from).unwrap_or(folder);
        let mut options = Self {
            test: false,
            threads: 1,
            filter: String::new(),
            json: folder.join(format!("{name}.json")),
            svg: folder.join(format!("{name}.svg")),
            repetitions: 15,
            python: false,
        };
        let mut arguments = std::env::args().skip(1);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| format!("`{argument}` needs a value"));
            let number = |text: String| text.parse().ok().filter(|n| *n > 0).ok_or(format!("`{text}` is no number"));
            match argument.as_str() {
                // Cargo says so itself.
                "--bench" => {}
                "--test" => options.test = true,
                "--python" => options.python = true,
                "--threads" => {
                    options.threads = match value()? {
                        all if all == "all" => processors(),
                        some => number(some)?,
                    };
                }
                "--filter" => options.filter = value()?,
                "--json" => options.json = value()?.into(),
                "--svg" => options.svg = value()?.into(),
                "--repetitions" => options.repetitions = number(value()?)?,
                other => {
                    return Err(format!(
                        "`{other}`? There are --test, --threads N|all, --filter TEXT, --repetitions N, --json FILE, \
                         --svg FILE and, for peers, --python"
                    ));
                }
            }
        }
        if options.test {
            options.repetitions = 1;
        }
        Ok(options)
    }
}

/// How many threads the machine runs at a time.
#[must_use]
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
