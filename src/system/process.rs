//! Processes that this one did not start: identified for certain, watched and signalled.

use std::io;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

/// What distinguishes a process from every other that has, had or will have its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Process id.
    pub pid: u32,
    /// When it started, in the kernel's clock ticks since the boot.
    pub start_time: u64,
    /// Which boot that was.
    pub boot_id: String,
    /// What its arguments end with; a script in between may have put others before them.
    pub arguments: Vec<String>,
}

impl Identity {
    /// The process id.
    pub const fn pid(&self) -> u32 {
        self.pid
    }
}

/// The signals by which a shell stops a program and continues it.
pub const JOB_CONTROL: [i32; 2] = [Signal::SIGTSTP as i32, Signal::SIGCONT as i32];

/// Whether this process leads its session: then no shell can continue it.
pub fn leads_session() -> bool {
    nix::unistd::getsid(None).is_ok_and(|session| session == nix::unistd::getpid())
}

/// Stops this process until it is continued.
pub fn stop_self() -> io::Result<()> {
    Ok(nix::sys::signal::raise(Signal::SIGSTOP)?)
}

/// What the first thread of a process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// Whether a signal or a debugger stopped it.
    pub is_stopped: bool,
    /// How much processor time it has had or waited for: a host may have too little for all.
    pub busy: Duration,
}

#[cfg(target_os = "linux")]
mod platform {
    use std::fs;
    use std::os::fd::OwnedFd;
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::process::{Pid, PidfdFlags, pidfd_open, pidfd_send_signal};
    use tokio::sync::watch;

    use super::{Activity, Identity, Signal, io};

    impl Identity {
        /// Of a running process (a zombie is none) that was started with these arguments.
        pub fn of(pid: u32, arguments: Vec<String>) -> io::Result<Self> {
            let broken = || io::Error::other(format!("/proc/{pid}/stat has an unexpected form"));
            let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
            // "<pid> (<name>) <state> …", and the name may hold anything; the start time is field 22.
            let fields: Vec<&str> =
                stat.rsplit_once(')').ok_or_else(broken)?.1.split_ascii_whitespace().collect();
            if matches!(fields.first(), Some(&("Z" | "X"))) {
                return Err(io::ErrorKind::NotFound.into());
            }
            let start_time = fields.get(19).and_then(|field| field.parse().ok()).ok_or_else(broken)?;
            Ok(Self {
                pid,
                start_time,
                boot_id: fs::read_to_string("/proc/sys/kernel/random/boot_id")?.trim().to_owned(),
                arguments,
            })
        }

        /// Whether the process with this id is this one.
        fn is_there(&self) -> io::Result<bool> {
            let found = Self::of(self.pid, self.arguments.clone())?;
            // Read now, not when the process was started: it takes its arguments a moment later.
            let arguments = fs::read(format!("/proc/{}/cmdline", self.pid))?;
            let arguments: Vec<_> = arguments.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
            let arguments = arguments.strip_suffix(&["".into()]).unwrap_or(&arguments);
            Ok(found == *self
                && arguments.ends_with(&self.arguments.iter().map(Into::into).collect::<Vec<_>>()))
        }
    }

    /// What the first thread of a process does; `None` where that cannot be known.
    pub fn activity(pid: u32) -> Option<Activity> {
        let thread = format!("/proc/{pid}/task/{pid}");
        let stat = fs::read_to_string(format!("{thread}/stat")).ok()?;
        let state = stat.rsplit_once(')')?.1.split_ascii_whitespace().next()?;
        // Nanoseconds on a processor, and in the queue for one.
        let times = fs::read_to_string(format!("{thread}/schedstat")).unwrap_or_default();
        let times = times.split_ascii_whitespace().take(2).filter_map(|time| time.parse::<u64>().ok());
        let busy = Duration::from_nanos(times.sum());
        Some(Activity { is_stopped: matches!(state, "T" | "t"), busy })
    }

    /// Whether a process that has SIGTERM blocked has got one.
    pub fn has_pending_sigterm(pid: u32) -> bool {
        const SIGTERM: u64 = 1 << (Signal::SIGTERM as u64 - 1);
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let pending = status.lines().find_map(|line| line.strip_prefix("ShdPnd:"));
        let pending = pending.and_then(|pending| u64::from_str_radix(pending.trim(), 16).ok());
        pending.is_some_and(|pending| pending & SIGTERM != 0)
    }

    /// A running process of another parent. Its id may be used anew without harm: this stays the process it was.
    #[derive(Debug)]
    pub struct Stranger {
        process: OwnedFd,
        ended: watch::Receiver<bool>,
    }

    impl Stranger {
        /// Opens the process with this `identity`; `None` if it has ended.
        pub fn open(identity: &Identity) -> io::Result<Option<Self>> {
            let pid = i32::try_from(identity.pid).ok().and_then(Pid::from_raw);
            let Some(pid) = pid else { return Ok(None) };
            let opened = match pidfd_open(pid, PidfdFlags::empty()) {
                Ok(opened) => opened,
                Err(rustix::io::Errno::SRCH) => return Ok(None),
                Err(errno) => return Err(errno.into()),
            };
            // Looked at after it was opened: what is opened and what is looked at can only differ if it has ended.
            match identity.is_there() {
                Ok(true) => {
                    let ended = notice_end(opened.try_clone()?)?;
                    Ok(Some(Self { process: opened, ended }))
                }
                Ok(false) => Ok(None),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            }
        }

        /// Waits until it has ended. How it ended only its parent can know.
        pub async fn ended(&mut self) -> io::Result<()> {
            let ended = self.ended.wait_for(|ended| *ended).await;
            ended.map(drop).map_err(|_| io::Error::other("the process can no longer be watched"))
        }

        /// Sends a signal; it is not an error if the process has ended meanwhile.
        pub fn signal(&self, signal: Signal) {
            if let Some(signal) = rustix::process::Signal::from_named_raw(signal as i32) {
                let _ = pidfd_send_signal(&self.process, signal);
            }
        }
    }

    /// A thread of its own waits: the event loop takes only descriptors of types it knows.
    fn notice_end(process: OwnedFd) -> io::Result<watch::Receiver<bool>> {
        let (sender, receiver) = watch::channel(false);
        std::thread::Builder::new().name("envoy".to_owned()).stack_size(64 << 10).spawn(move || {
            loop {
                match poll(&mut [PollFd::new(&process, PollFlags::IN)], None) {
                    Ok(1..) => break sender.send_replace(true),
                    Ok(0) | Err(rustix::io::Errno::INTR) => {}
                    // The sender is dropped, and with it the receiver's hope.
                    Err(_) => break false,
                }
            }
        })?;
        Ok(receiver)
    }

    /// Takes the zombies that this process inherited, as the first process of a container does; all but
    /// `own`, whose status is awaited elsewhere.
    pub fn reap_orphans(own: &[Option<u32>]) {
        use nix::sys::wait::{Id, WaitPidFlag, waitid};

        let look = WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG | WaitPidFlag::WNOWAIT;
        while let Ok(Some(ended)) = waitid(Id::All, look).map(|status| status.pid()) {
            if own.contains(&u32::try_from(ended.as_raw()).ok()) {
                return;
            }
            if waitid(Id::Pid(ended), WaitPidFlag::WEXITED | WaitPidFlag::WNOHANG).is_err() {
                return;
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    use super::{Activity, Identity, Signal, io};

    /// Not possible on this system.
    pub fn activity(_pid: u32) -> Option<Activity> {
        None
    }

    /// Not possible on this system.
    pub fn has_pending_sigterm(_pid: u32) -> bool {
        false
    }

    impl Identity {
        /// Not reliably possible on this system.
        pub fn of(_pid: u32, _arguments: Vec<String>) -> io::Result<Self> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    /// A running process of another parent; there is none here.
    #[derive(Debug)]
    pub enum Stranger {}

    impl Stranger {
        /// Finds none.
        pub fn open(_identity: &Identity) -> io::Result<Option<Self>> {
            Ok(None)
        }

        /// Cannot be called.
        pub async fn ended(&mut self) -> io::Result<()> {
            match *self {}
        }

        /// Cannot be called.
        pub fn signal(&self, _signal: Signal) {
            match *self {}
        }
    }

    /// Containers are Linux.
    pub fn reap_orphans(_own: &[Option<u32>]) {}
}

pub use platform::{Stranger, activity, has_pending_sigterm, reap_orphans};

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::fs;
    use std::process::{Child, Command, Stdio};

    use super::*;

    fn child() -> io::Result<Child> {
        let child = Command::new("sleep").arg("0").arg("60").stdin(Stdio::null()).spawn()?;
        // It takes its arguments a moment after it is there.
        while fs::read(format!("/proc/{}/cmdline", child.id()))?.is_empty() {}
        Ok(child)
    }

    #[tokio::test]
    async fn a_process_is_watched_and_signalled_until_it_ends() {
        let mut child = child().unwrap();
        let identity = Identity::of(child.id(), vec!["60".to_owned()]).unwrap();
        let mut stranger = Stranger::open(&identity).unwrap().unwrap();
        stranger.signal(Signal::SIGTERM);
        stranger.ended().await.unwrap();
        // A zombie does not count as running, and neither does a process that is gone.
        assert!(Stranger::open(&identity).unwrap().is_none());
        child.wait().unwrap();
        assert!(Stranger::open(&identity).unwrap().is_none());
        stranger.ended().await.unwrap();
    }

    #[test]
    fn a_stopped_process_is_seen_as_such() {
        let mut child = child().unwrap();
        assert!(!activity(child.id()).unwrap().is_stopped);
        // Looking at itself, this process is busy.
        while activity(std::process::id()).unwrap().busy.is_zero() {}
        let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
        nix::sys::signal::kill(pid, Signal::SIGSTOP).unwrap();
        while !activity(child.id()).unwrap().is_stopped {}
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(activity(child.id()), None);
    }

    #[tokio::test]
    async fn another_process_with_the_same_id_is_not_mistaken_for_it() {
        let mut child = child().unwrap();
        let identity = Identity::of(child.id(), vec!["60".to_owned()]).unwrap();
        let others = [
            Identity { start_time: identity.start_time - 1, ..identity.clone() },
            Identity { boot_id: "another".to_owned(), ..identity.clone() },
            Identity { arguments: vec!["61".to_owned()], ..identity.clone() },
        ];
        for other in others {
            assert!(Stranger::open(&other).unwrap().is_none(), "{other:?}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
