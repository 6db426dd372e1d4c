//! Running the executable.
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// How long a process may take to become ready or to end, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// The executable without any configuration from outside.
pub(crate) fn karute() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karute"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("KARUTE_")) {
        command.env_remove(name);
    }
    command
}

/// Runs a command to its end.
pub(crate) fn run(args: &[&str]) -> Output {
    karute().args(args).output().unwrap()
}

/// Runs a command that must succeed; its standard output.
pub(crate) fn ok(args: &[&str]) -> String {
    let output = run(args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The same, read as JSON.
pub(crate) fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&ok(args)).unwrap()
}

/// A data directory with one institution, `midori`.
pub(crate) fn clinic(dir: &Path) -> String {
    let data = dir.join("data").display().to_string();
    ok(&["migrate", "--data", &data]);
    ok(&["tenant", "create", "--data", &data, "--name", "midori", "--display-name", "みどり", "--code", "1319900010"]);
    data
}

/// A token with every right.
pub(crate) fn token(data: &str) -> String {
    ok(&["token", "create", "--data", data, "--tenant", "midori", "--scope", "system/*.cruds"]).trim().to_owned()
}

/// A process that goes on until it is stopped.
pub(crate) struct Running {
    child: Child,
    _stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    said: Vec<String>,
}

impl Running {
    pub(crate) fn start(args: &[&str]) -> Running {
        Running::start_with(args, &[])
    }

    pub(crate) fn start_with(args: &[&str], environment: &[(&str, String)]) -> Running {
        let mut child = karute()
            .args(args)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = lines(child.stdout.take().unwrap());
        let stderr = lines(child.stderr.take().unwrap());
        Running { _stdin: child.stdin.take(), child, stdout, stderr, said: Vec::new() }
    }

    /// The first line on standard output, as JSON.
    pub(crate) fn ready(&mut self) -> serde_json::Value {
        match self.stdout.recv_timeout(PATIENCE) {
            Ok(line) => serde_json::from_str(&line).unwrap(),
            Err(error) => panic!("not ready ({error}): {}", self.stderr().join("\n")),
        }
    }

    /// The addresses that `serve` names on standard error: the faces' and the operations listener's.
    pub(crate) fn addresses(&mut self) -> (String, String) {
        loop {
            let line = self.stderr.recv_timeout(PATIENCE).expect("serve names its addresses");
            self.said.push(line.clone());
            if let Some(rest) = line.strip_prefix("karute: ") {
                let url = rest.split_whitespace().next().unwrap().to_owned();
                let ops = rest.split("http://").last().unwrap().trim_end_matches("）。").to_owned();
                return (url, ops);
            }
        }
    }

    /// The next line on standard error.
    pub(crate) fn said(&mut self) -> String {
        self.stderr.recv_timeout(PATIENCE).expect("it says something")
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Asks it to stop and waits until it did: how it ended, what else it said on standard output and error.
    pub(crate) fn stop(mut self) -> (ExitStatus, Vec<String>, Vec<String>) {
        self.signal("TERM");
        let status = self.wait();
        let stdout = self.stdout.iter().collect();
        let stderr = self.stderr();
        (status, stdout, stderr)
    }

    pub(crate) fn wait(&mut self) -> ExitStatus {
        let began = std::time::Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < PATIENCE, "did not end");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn stderr(&mut self) -> Vec<String> {
        self.said.extend(self.stderr.try_iter());
        self.said.clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lines of a pipe, read by a thread of their own so that the process never waits for us.
fn lines(pipe: impl std::io::Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if sender.send(text).is_err() {
                break;
            }
            line.clear();
        }
        let _ = reader.read_to_end(&mut line);
    });
    receiver
}
