//! Runs the termgate binary hermetically: nothing of the caller's environment, a home folder of its own, a time limit.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};
use serde_json::Value;
use tempfile::TempDir;

use super::consul::{self, Consul, free_address};
use super::fake_consul::FakeConsul;
use super::faulty_agent::FaultyAgent;
use super::tools::{self, Tool};
use super::wait;

/// One run of `termgate`, not started yet.
#[must_use = "call `.run()`, or one of the methods that also say what is expected"]
pub struct Termgate {
    args: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    stdin: Vec<u8>,
    directory: TempDir,
    limit: Duration,
}

/// How a run ended. Its `Display` shows everything about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    command: String,
    /// The exit status; `None` if a signal ended it.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Termgate {
    /// `termgate ARGS…`; its environment has `PATH` and folders of its own, and a gateway that ends waits for no callers that
    /// might still come.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(args: I) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        fs::create_dir(directory.path().join("tmp"))?;
        let environment = [
            ("PATH", OsString::from("/usr/bin:/bin")),
            ("HOME", directory.path().into()),
            ("TMPDIR", directory.path().join("tmp").into()),
            ("XDG_RUNTIME_DIR", directory.path().join("tmp").into()),
            ("TERMGATE_DRAIN_MIN", "0s".into()),
        ];
        Ok(Self {
            args: args.into_iter().map(|arg| arg.as_ref().to_owned()).collect(),
            environment: environment.map(|(name, value)| (name.into(), value)).into(),
            stdin: Vec::new(),
            directory,
            limit: Duration::from_secs(60),
        })
    }

    /// One more argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    /// More arguments.
    pub fn args<I: IntoIterator<Item = S>, S: AsRef<OsStr>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.environment.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// Points it at an agent, with the management token.
    pub fn consul(self, consul: &Consul) -> Self {
        self.env("CONSUL_HTTP_ADDR", consul.http().to_string())
            .env("CONSUL_HTTP_TOKEN", consul::MANAGEMENT_TOKEN)
    }

    /// Points it at a scripted agent.
    pub fn fake_consul(self, consul: &FakeConsul) -> Self {
        self.env("CONSUL_HTTP_ADDR", consul.address().to_string())
    }

    /// Points it at a failing agent, with the management token.
    pub fn faulty_agent(self, agent: &FaultyAgent) -> Result<Self> {
        Ok(self
            .env("CONSUL_HTTP_ADDR", agent.address()?.to_string())
            .env("CONSUL_HTTP_TOKEN", consul::MANAGEMENT_TOKEN))
    }

    /// The flags for the gateway's address and for Envoy's admin API, at free ports.
    pub fn at_free_addresses(self) -> Result<Self> {
        let (address, admin) = (free_address()?, free_address()?);
        Ok(self.args(["--address", &address.to_string(), "--admin-bind", &admin.to_string()]))
    }

    /// The flag for the Envoy that the tests use, unless it has one for another.
    pub fn real_envoy(self) -> Result<Self> {
        if self.args.iter().any(|arg| arg == "--envoy-binary") {
            return Ok(self);
        }
        Ok(self.arg("--envoy-binary").arg(Tool::Envoy.path()?))
    }

    /// Puts a script into its working folder.
    pub fn script(self, name: &str, content: &str) -> Result<Self> {
        let command = self.file(name, content)?;
        fs::set_permissions(command.directory().join(name), fs::Permissions::from_mode(0o755))?;
        Ok(command)
    }

    /// What it reads from its standard input.
    pub fn stdin(mut self, text: impl AsRef<[u8]>) -> Self {
        text.as_ref().clone_into(&mut self.stdin);
        self
    }

    /// Gives up on it after this time, instead of a minute.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Puts a file into its working folder.
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Result<Self> {
        let path = self.directory.path().join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, content).with_context(|| path.display().to_string())?;
        Ok(self)
    }

    /// Its working folder, which is also its home.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The command as the standard library takes it, for [`super::process::Process::spawn`]. Keep `self` alive: its folder is the working folder.
    pub fn to_command(&self) -> Result<Command> {
        let mut command = Command::new(tools::termgate()?);
        command.args(&self.args).env_clear().envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.directory.path());
        Ok(command)
    }

    /// Runs it to its end.
    pub fn run(&self) -> Result<Output> {
        let mut command = self.to_command()?;
        let shown = format!("termgate {}", shown(&self.args));
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| shown.clone())?;
        let (mut stdin, text) = (child.stdin.take(), self.stdin.clone());
        let writer = std::thread::spawn(move || {
            // A program that does not read its input closes the pipe: no failure.
            if let Some(stdin) = stdin.as_mut() {
                drop(stdin.write_all(&text));
            }
        });
        let id = child.id();
        let waiter = std::thread::spawn(move || child.wait_with_output());
        let ended = wait::within(self.limit, &format!("the end of `{shown}`"), || {
            if waiter.is_finished() { Ok(()) } else { Err(anyhow!("it is still running")) }
        });
        if ended.is_err() {
            let id = nix::unistd::Pid::from_raw(i32::try_from(id)?);
            // It may have ended just now.
            let _ = nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGKILL);
        }
        let output = waiter.join().map_err(|_| anyhow!("waiting for `{shown}` panicked"))??;
        drop(writer.join());
        let output = Output {
            command: shown,
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        };
        ended.with_context(|| output.to_string())?;
        Ok(output)
    }

    /// Runs it; anything but exit status 0 is an error that shows the whole run.
    pub fn succeeds(&self) -> Result<Output> {
        self.exits(0)
    }

    /// Runs it; any other exit status than this is an error that shows the whole run.
    pub fn exits(&self, code: i32) -> Result<Output> {
        let output = self.run()?;
        if output.code == Some(code) {
            return Ok(output);
        }
        Err(anyhow!("expected exit status {code}\n{output}"))
    }
}

impl Output {
    /// Standard output as JSON.
    pub fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.stdout).map_err(|error| anyhow!("stdout is not JSON: {error}\n{self}"))
    }

    /// Fails, showing the whole run, unless stderr contains each of these texts.
    pub fn says(&self, texts: &[&str]) -> Result<()> {
        match texts.iter().find(|text| !self.stderr.contains(**text)) {
            None => Ok(()),
            Some(text) => Err(anyhow!("stderr does not say {text:?}\n{self}")),
        }
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or_else(|| "signal".to_owned(), |code| code.to_string());
        writeln!(f, "$ {}\nexit: {code}", self.command)?;
        writeln!(f, "----- stdout -----\n{}", self.stdout.trim_end())?;
        write!(f, "----- stderr -----\n{}", self.stderr.trim_end())
    }
}

/// A command line as it could be typed into a shell.
pub fn shown(args: &[OsString]) -> String {
    let quoted = args.iter().map(|arg| {
        let arg = arg.to_string_lossy();
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./:,@+%".contains(c);
        if !arg.is_empty() && arg.chars().all(plain) {
            arg.into_owned()
        } else {
            format!("'{}'", arg.replace('\'', r"'\''"))
        }
    });
    quoted.collect::<Vec<_>>().join(" ")
}
