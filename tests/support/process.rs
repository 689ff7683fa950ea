//! Child processes that cannot be left behind, whatever becomes of the program that started them.

use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use rustix::process::{WaitId, WaitIdOptions, waitid};

use super::wait;

/// Ends the process group `$1` once its own standard input closes, that is when its parent is gone.
const GUARD: &str = r#"
trap '' INT HUP TERM
cat >/dev/null
# Envoy has a group of its own.
children=$(cat "/proc/$1/task/$1/children" 2>/dev/null)
kill -s TERM -- "-$1" 2>/dev/null || exit 0
for _ in $(seq 50); do
    kill -s 0 -- "-$1" 2>/dev/null || exit 0
    sleep 0.1
done
kill -s KILL -- "-$1" $children 2>/dev/null
"#;

/// A running program with its output. Dropping it ends it and every process of its group.
///
/// Ctrl-C, a panic or a kill of the program that started it ends it too: a small guard process notices.
pub struct Process {
    name: String,
    /// Not waited for before this is dropped: a zombie keeps its id, and so its group's, from being given anew.
    child: Child,
    guard: Guard,
    output: Arc<ProcessOutput>,
    readers: Vec<JoinHandle<()>>,
}

/// What a process wrote so far, to either of its outputs.
#[derive(Default)]
pub struct ProcessOutput(Mutex<Vec<u8>>);

impl ProcessOutput {
    /// The text so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl Process {
    /// Starts `command` in a process group of its own, without standard input. `name` is for messages.
    pub fn spawn(name: &str, command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()
            .with_context(|| format!("{name} cannot be started: {}", command.get_program().display()))?;
        let guard = Guard::over(child.id()).inspect_err(|_| drop(child.kill()))?;
        let output = Arc::new(ProcessOutput::default());
        let readers = [child.stdout.take().map(collect(&output)), child.stderr.take().map(collect(&output))];
        Ok(Self {
            name: name.to_owned(),
            child,
            guard,
            output,
            readers: readers.into_iter().flatten().collect(),
        })
    }

    /// Its process id, which is its process group's too.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Both its outputs so far, as they came.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// The same, to look at while waiting for the process.
    pub fn shared_output(&self) -> Arc<ProcessOutput> {
        Arc::clone(&self.output)
    }

    /// Adds the last lines of its output to an error: what a person needs to see of a failure.
    pub fn explain(&self, error: &anyhow::Error) -> anyhow::Error {
        let output = self.output();
        let lines: Vec<&str> = output.lines().collect();
        let last = lines[lines.len().saturating_sub(40)..].join("\n    ");
        anyhow!("{error:#}\n  last output of {}:\n    {last}", self.name)
    }

    /// Fails, with its output, if it has ended.
    pub fn check_running(&mut self) -> Result<()> {
        match self.ended()? {
            None => Ok(()),
            Some(status) => Err(self.explain(&anyhow!("{} ended: {status}", self.name))),
        }
    }

    /// Waits for `ready` to succeed; gives up at once if the process ends.
    pub fn wait_until<T>(&mut self, what: &str, mut ready: impl FnMut() -> Result<T>) -> Result<T> {
        let waited = wait::eventually(what, || match self.check_running() {
            Err(ended) => Ok(Err(ended)),
            Ok(()) => ready().map(Ok),
        });
        waited.map_err(|error| self.explain(&error))?
    }

    /// How it ended, if it has; it stays a zombie.
    fn ended(&self) -> Result<Option<ExitStatus>> {
        ended(&self.child)
    }

    /// Sends a signal to the process alone, not to its group.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        send(self.id(), signal).with_context(|| format!("{signal} to {}", self.name))
    }

    /// Waits for its end.
    pub fn wait(&mut self, limit: Duration) -> Result<ExitStatus> {
        let name = self.name.clone();
        let ended = wait::within(limit, &format!("the end of {name}"), || {
            self.ended()?.ok_or_else(|| anyhow!("it is still running"))
        });
        let status = ended.map_err(|error| self.explain(&error))?;
        for reader in self.readers.drain(..) {
            // A grandchild may hold the pipe; what it would still write is not waited for.
            if wait::within(Duration::from_secs(2), "its output", || ready_to_join(&reader)).is_ok() {
                drop(reader.join());
            }
        }
        Ok(status)
    }

    /// Waits until it has written `text`.
    pub fn says(&mut self, text: &str) -> Result<()> {
        let output = self.shared_output();
        self.wait_until(&format!("{text:?} in the output"), || {
            ensure!(output.text().contains(text), "it is not there");
            Ok(())
        })
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    pub fn terminate(&mut self) -> Result<ExitStatus> {
        self.signal(Signal::SIGTERM)?;
        self.wait(wait::PATIENCE)
    }
}

/// Sends a signal to any process.
pub fn send(process: u32, signal: Signal) -> Result<()> {
    Ok(kill(Pid::from_raw(i32::try_from(process)?), signal)?)
}

fn ready_to_join(reader: &JoinHandle<()>) -> Result<()> {
    if reader.is_finished() { Ok(()) } else { bail!("it is still being written") }
}

fn collect<R: Read + Send + 'static>(
    output: &Arc<ProcessOutput>,
) -> impl FnOnce(R) -> JoinHandle<()> + use<R> {
    let output = Arc::clone(output);
    move |mut from| {
        thread::spawn(move || {
            let mut chunk = [0; 8192];
            while let Ok(count @ 1..) = from.read(&mut chunk) {
                let mut output = output.0.lock().unwrap_or_else(PoisonError::into_inner);
                drop(output.write_all(&chunk[..count]));
            }
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let children = match self.ended() {
            Ok(None) => children_of(self.child.id()).unwrap_or_default(),
            _ => Vec::new(),
        };
        let group = i32::try_from(self.child.id()).ok().map(Pid::from_raw);
        if let (Some(group), Ok(None)) = (group, self.ended()) {
            let _ = killpg(group, Signal::SIGTERM);
            drop(wait::within(Duration::from_secs(5), "its end", || {
                self.ended()?.ok_or_else(|| anyhow!("still running"))
            }));
        }
        // The rest of the group too: a child may have outlived its parent.
        if let Some(group) = group {
            let _ = killpg(group, Signal::SIGKILL);
        }
        drop(self.child.kill());
        drop(self.child.wait());
        // A gateway that had no time for its end leaves its Envoy, which has a group of its own.
        for child in children.into_iter().filter(|child| is_alive(*child)) {
            if let Ok(child) = i32::try_from(child) {
                let _ = kill(Pid::from_raw(child), Signal::SIGKILL);
            }
        }
    }
}

/// Ends a process group when the program that made it is gone; nothing more once it is dropped.
struct Guard(Child);

impl Guard {
    fn over(group: u32) -> Result<Self> {
        Command::new("sh")
            .args(["-c", GUARD, "guard", &group.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .map(Self)
            .context("sh cannot be started")
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// How a child ended, if it has, without taking it off the list of processes.
fn ended(child: &Child) -> Result<Option<ExitStatus>> {
    let id = i32::try_from(child.id())?;
    let id = rustix::process::Pid::from_raw(id).context("no process has the id 0")?;
    let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    let Some(status) = waitid(WaitId::Pid(id), look)? else { return Ok(None) };
    let raw = status.exit_status().map(|code| code << 8).or_else(|| status.terminating_signal());
    raw.map(|raw| Some(ExitStatus::from_raw(raw))).context("it ended without a status")
}

/// A process that lost its parent, the leader of a process group. Dropping this ends the group.
pub struct Orphan {
    id: u32,
    _guard: Guard,
}

impl Orphan {
    /// Takes it in; do so before its parent is killed.
    pub fn adopt(id: u32) -> Result<Self> {
        Ok(Self { id, _guard: Guard::over(id)? })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.id
    }
}

impl Drop for Orphan {
    fn drop(&mut self) {
        // It was alive a moment ago, so no other group has its id yet.
        if let (true, Ok(group)) = (is_alive(self.id), i32::try_from(self.id)) {
            let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
        }
    }
}

/// Whether a process with this id runs (a zombie does not).
pub fn is_alive(id: u32) -> bool {
    running().is_ok_and(|processes| processes.iter().any(|(process, _)| *process == id))
}

/// The processes whose parent is `id`.
pub fn children_of(id: u32) -> Result<Vec<u32>> {
    Ok(running()?.into_iter().filter_map(|(process, parent)| (parent == id).then_some(process)).collect())
}

/// Every process with its parent, zombies left out.
fn running() -> Result<Vec<(u32, u32)>> {
    let listing = Command::new("ps").args(["-A", "-o", "pid=,ppid=,stat="]).output();
    let text = match listing {
        Ok(listing) => String::from_utf8_lossy(&listing.stdout).into_owned(),
        // Small images have no ps; Linux has it in a file: "<pid> (<name>) <state> <parent> …", the name may hold anything.
        Err(_) => std::fs::read_dir("/proc")
            .context("neither ps nor /proc is here")?
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
                let mut after_name = stat.rsplit(')').next()?.split_whitespace();
                let (state, parent) = (after_name.next()?, after_name.next()?);
                Some(format!("{} {parent} {state}\n", entry.file_name().display()))
            })
            .collect(),
    };
    Ok(text
        .lines()
        .filter_map(|line| {
            let mut columns = line.split_whitespace();
            let (process, parent) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
            let zombie = columns.next()?.starts_with(['Z', 'X']);
            (!zombie).then_some((process, parent))
        })
        .collect())
}
