//! The peers of peers.py: a process that is told, a line of JSON at a time, what to make and what to time.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use frobenius_benches::cases::Case;
use frobenius_benches::inputs::Kind;
use serde_json::{Value, json};

use super::{Failure, Peer, Real};

struct Process {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
}

impl Process {
    fn ask(&mut self, question: &Value) -> Result<Value, Failure> {
        writeln!(self.to, "{question}")?;
        self.to.flush()?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Value, Failure> {
        let mut line = String::new();
        if self.from.read_line(&mut line)? == 0 {
            return Err("peers.py has ended".into());
        }
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It ends when it has no more questions, and is not waited for if it does not.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) struct Python {
    process: Arc<Mutex<Process>>,
    names: Vec<String>,
    /// Peers that are left out, and why.
    pub(crate) notes: Vec<String>,
}

impl Python {
    /// Starts `python3`, or what the environment variable `PYTHON` names.
    pub(crate) fn start(threads: usize) -> Result<Self, Failure> {
        let program = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/peers.py");
        let mut child = Command::new(program)
            .args([script, &threads.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (to, from) = (child.stdin.take().ok_or("no input")?, child.stdout.take().ok_or("no output")?);
        let mut process = Process { child, to, from: BufReader::new(from) };
        let hello = process.answer()?;
        let texts = |name: &str| {
            let texts = hello[name].as_array().into_iter().flatten();
            texts.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let process = Arc::new(Mutex::new(process));
        Ok(Self { process, names: texts("peers"), notes: texts("notes") })
    }

    /// Makes the inputs of a case there, by the same generator, and the loss in each framework.
    pub(crate) fn open<T: Real>(&mut self, case: &Case) -> Result<Vec<Remote>, Failure> {
        let inputs: Vec<_> = case
            .inputs
            .iter()
            .map(|input| {
                let (kind, scale) = match input.kind {
                    Kind::Uniform(scale) => ("uniform", scale),
                    Kind::Whole(end) => ("whole", end.into()),
                    Kind::Labels(end) => ("labels", end.into()),
                };
                json!({
                    "rows": input.rows,
                    "columns": input.columns,
                    "kind": kind,
                    "scale": scale,
                    "is_parameter": input.is_parameter,
                })
            })
            .collect();
        ask(&self.process, &json!({ "open": case.family.name(), "inputs": inputs, "precision": T::NAME }))?;
        let peers = self.names.iter().map(|name| {
            let gradient = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("gradient_of_a_peer");
            Remote { process: Arc::clone(&self.process), name: name.clone(), gradient }
        });
        Ok(peers.collect())
    }
}

fn ask(process: &Mutex<Process>, question: &Value) -> Result<Value, Failure> {
    let answer = process.lock().unwrap_or_else(PoisonError::into_inner).ask(question)?;
    match answer["error"].as_str() {
        Some(error) => Err(format!("peers.py: {error}").into()),
        None => Ok(answer),
    }
}

/// One of its peers, for the case that was opened last.
pub(crate) struct Remote {
    process: Arc<Mutex<Process>>,
    name: String,
    /// The file through which gradients come.
    gradient: PathBuf,
}

impl Remote {
    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }
}

impl<T: Real> Peer<T> for Remote {
    fn evaluate(&mut self) -> Result<f64, Failure> {
        let question = json!({ "evaluate": self.name, "gradient": self.gradient });
        ask(&self.process, &question)?["value"].as_f64().ok_or_else(|| "no value".into())
    }

    fn gradient(&mut self) -> Result<Vec<T>, Failure> {
        let bytes = std::fs::read(&self.gradient)?;
        let number = |chunk: &[u8]| <[u8; 8]>::try_from(chunk).map_or(f64::NAN, f64::from_le_bytes);
        Ok(bytes.chunks(8).map(|chunk| frobenius::Scalar::from_f64(number(chunk))).collect())
    }

    fn time(&mut self, calls: u32) -> Result<f64, Failure> {
        let answer = ask(&self.process, &json!({ "time": self.name, "calls": calls }))?;
        answer["seconds"].as_f64().ok_or_else(|| "no time".into())
    }
}
