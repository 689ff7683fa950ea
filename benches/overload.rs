//! `make overload`: a gateway in a control group with little memory, under twice the load that fits into it.
//!
//! Hundreds of clients send more than slow servers read, or read nothing of what they get. The kernel must not kill Envoy
//! meanwhile, and requests must be answered again once the load has ended. Then the same without a limit that Envoy knows
//! of: the kernel kills it. It takes root, for the control group.
//!
//! The arguments are the seconds under load (600), the limit in MiB (256) and the number of clients (480).
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that talks")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};
use std::sync::atomic::Ordering;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use support::consul::{Consul, free_address};
use support::flood::{Does, Flood, Slow};
use support::gateway::Gateway;
use support::mesh::MeshClient;
use support::monitor;
use support::origin::Origin;
use support::process::children_of;
use support::program;
use support::tools::Tool;
use support::world::{World, answered_by};

/// How long the gateway may take to answer again once the load has ended.
const RECOVERY: Duration = Duration::from_secs(60);

/// How long the kernel may take to kill an Envoy that does not know the limit.
const UNTIL_KILLED: Duration = Duration::from_secs(300);

fn main() -> ExitCode {
    let numbers: Vec<u64> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let number = |place: usize, default| numbers.get(place).copied().unwrap_or(default);
    let (seconds, mebibytes, clients) = (number(0, 600), number(1, 256), number(2, 480));
    program::ended(program::with(&[Tool::Consul, Tool::Envoy], || {
        let mut stage = Stage::new(mebibytes, clients)?;
        stage.with_limit(Duration::from_secs(seconds))?;
        stage.without_limit()
    }))
}

/// A group whose processes share a limit of memory; removed when dropped.
struct Group {
    path: PathBuf,
    is_first_version: bool,
    /// Where this program belongs.
    own: PathBuf,
}

impl Group {
    fn new(limit: u64) -> Result<Self> {
        let groups = fs::read_to_string("/proc/self/cgroup")?;
        let of = |start: &str, mount: &str| {
            let line = groups
                .lines()
                .find(|line| line.split_once(':').is_some_and(|(_, rest)| rest.starts_with(start)))?;
            Some(Path::new(mount).join(line.rsplit_once(':')?.1.trim_start_matches('/')))
        };
        let (own, parent, is_first_version) = match of("memory:", "/sys/fs/cgroup/memory") {
            Some(own) => (own.clone(), own, true),
            // A group of version 2 that has processes has no groups below it.
            None => (of(":", "/sys/fs/cgroup").context("no control group")?, "/sys/fs/cgroup".into(), false),
        };
        let path = parent.join(format!("termgate-overload-{}", process::id()));
        fs::create_dir(&path).with_context(|| format!("cannot create {} (not root?)", path.display()))?;
        let group = Self { path, is_first_version, own };
        let (file, swap) = if is_first_version {
            ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes")
        } else {
            ("memory.max", "memory.swap.max")
        };
        fs::write(group.path.join(file), limit.to_string())
            .context("the controller of memory is not there")?;
        // Absent where there is no swap.
        drop(fs::write(
            group.path.join(swap),
            if is_first_version { limit.to_string() } else { "0".to_owned() },
        ));
        Ok(group)
    }

    /// Does something in the group: what is started then stays in it.
    fn inside<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let own = process::id().to_string();
        fs::write(self.path.join("cgroup.procs"), &own)?;
        let done = work();
        fs::write(self.own.join("cgroup.procs"), &own)?;
        done
    }

    fn number(&self, first: &str, second: &str) -> u64 {
        let file = self.path.join(if self.is_first_version { first } else { second });
        fs::read_to_string(file).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)
    }

    /// What its processes take now, and took at most, in MiB.
    fn usage(&self) -> (u64, u64) {
        let now = self.number("memory.usage_in_bytes", "memory.current");
        (now >> 20, self.number("memory.max_usage_in_bytes", "memory.peak") >> 20)
    }

    /// How many of its processes the kernel has killed.
    fn killed(&self) -> u64 {
        let file = if self.is_first_version { "memory.oom_control" } else { "memory.events" };
        let text = fs::read_to_string(self.path.join(file)).unwrap_or_default();
        text.lines().find_map(|line| line.strip_prefix("oom_kill ")?.trim().parse().ok()).unwrap_or(0)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        let end = Instant::now() + Duration::from_secs(10);
        while fs::remove_dir(&self.path).is_err() && Instant::now() < end {
            thread::sleep(Duration::from_millis(100));
        }
    }
}

struct Stage {
    world: World<Consul>,
    limit: u64,
    clients: u64,
    frontend: MeshClient,
    /// The service that answers, whose requests are counted.
    quick: String,
    flooded: Vec<(String, Does)>,
    _origin: Origin,
    _slow: [Slow; 2],
}

impl Stage {
    fn new(mebibytes: u64, clients: u64) -> Result<Self> {
        let mut world = World::of(Consul::start()?)?;
        let (origin, reader, writer) = (Origin::plain("quick")?, Slow::reader()?, Slow::writer()?);
        let quick = world.allowed("quick", &origin)?;
        let mut flooded = Vec::new();
        for (name, slow, does) in [
            ("sent", &reader, Does::Send),
            ("ignored", &writer, Does::Ignore),
            ("posted", &reader, Does::Post),
            ("posted-streams", &reader, Does::PostStreams),
        ] {
            let service = world.allowed_with(name, slow.address(), serde_json::json!({}))?;
            if matches!(does, Does::Post | Does::PostStreams) {
                world.consul.set_protocol(&service, "http")?;
            }
            flooded.push((service, does));
        }
        world.write_entry()?;
        let (frontend, slow) = (world.frontend()?, [reader, writer]);
        Ok(Self { world, limit: mebibytes, clients, frontend, quick, flooded, _origin: origin, _slow: slow })
    }

    fn start(&self, group: &Group, limit: &str) -> Result<(Gateway, std::net::SocketAddr)> {
        let metrics = free_address()?;
        let run = self.world.run()?.args(["--metrics-bind", &metrics.to_string(), "--memory-limit", limit]);
        let run = run.args(["--ready-bind", &free_address()?.to_string()]);
        let mut gateway = group.inside(|| self.world.launch(run))?;
        answered_by(&mut gateway, &self.frontend, &self.quick, "quick")?;
        Ok((gateway, metrics))
    }

    fn flood(&self, gateway: &Gateway) -> Result<Flood> {
        let each = usize::try_from(self.clients)? / self.flooded.len();
        let clients: Vec<_> = self.flooded.iter().map(|(name, does)| (name.as_str(), *does, each)).collect();
        Flood::start(&self.frontend, gateway.address, &clients)
    }

    fn answers(&self, gateway: &Gateway) -> bool {
        self.frontend.get(gateway.address, &self.quick, "/").is_ok_and(|outcome| outcome.answer().is_ok())
    }

    fn with_limit(&mut self, load: Duration) -> Result<()> {
        let group = Group::new(self.limit << 20)?;
        let (mut gateway, metrics) = self.start(&group, "auto")?;
        println!(
            "{} clients for {} s at {} MiB, with --memory-limit auto",
            self.clients,
            load.as_secs(),
            self.limit
        );
        println!(
            "| second | group, MiB (at most) | heap, MiB | connections taken | refused | closed | requests answered |"
        );
        println!("|---|---|---|---|---|---|---|");
        let flood = self.flood(&gateway)?;
        let (start, mut next, mut asked, mut answered) = (Instant::now(), Duration::ZERO, 0_u64, 0_u64);
        while start.elapsed() < load {
            asked += 1;
            answered += u64::from(self.answers(&gateway));
            if start.elapsed() >= next {
                next += load / 20;
                let heap = monitor::count(metrics, "termgate_envoy_heap_bytes").unwrap_or(0) >> 20;
                let (now, most) = group.usage();
                let counts = [&flood.counts.taken, &flood.counts.refused, &flood.counts.closed];
                let [taken, refused, closed] = counts.map(|count| count.load(Ordering::Relaxed));
                println!(
                    "| {} | {now} ({most}) | {heap} | {taken} | {refused} | {closed} | {answered} of {asked} |",
                    start.elapsed().as_secs()
                );
            }
            ensure!(
                group.killed() == 0,
                "the kernel killed a process of the gateway\n{}",
                gateway.process.output()
            );
            thread::sleep(Duration::from_millis(200));
        }
        ensure!(monitor::get(metrics, "/metrics")?.status == 200, "termgate's metrics are not there");
        drop(flood);
        let ended = Instant::now();
        while !self.answers(&gateway) {
            ensure!(ended.elapsed() < RECOVERY, "no answer after the load\n{}", gateway.process.output());
            thread::sleep(Duration::from_millis(200));
        }
        println!("answered {:.1} s after the load ended", ended.elapsed().as_secs_f64());
        gateway.says("resolved: Envoy sheds load")?;
        ensure!(group.killed() == 0, "the kernel killed a process of the gateway");
        let (_, most) = group.usage();
        println!("nothing was killed; the group took {most} MiB at most");
        gateway.stop()?;
        Ok(())
    }

    fn without_limit(&mut self) -> Result<()> {
        let group = Group::new(self.limit << 20)?;
        let (gateway, _) = self.start(&group, "off")?;
        println!("the same with --memory-limit off");
        let flood = self.flood(&gateway)?;
        let start = Instant::now();
        while group.killed() == 0 {
            if start.elapsed() > UNTIL_KILLED {
                bail!(
                    "nothing was killed without the limit, at {:?} MiB: this load proves nothing",
                    group.usage()
                );
            }
            thread::sleep(Duration::from_millis(200));
        }
        println!("killed after {:.1} s", start.elapsed().as_secs_f64());
        drop(flood);
        drop(children_of(gateway.process.id()));
        Ok(())
    }
}
