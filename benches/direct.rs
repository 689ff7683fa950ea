//! `make bench-direct`: direct mode on the real Consul and the real Envoy, for growing numbers of linked services.
//!
//! Every moment is seen from outside: a client of the mesh opens connections to the gateway, Envoy's admin API counts.
//! Beside it, in the same run, Envoy alone loads the same configuration from one static file.
//!
//! Numbers of services as arguments; 10, 100 and 1,000 without any.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "a program that talks")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use support::command::Termgate;
use support::consul::{Consul, free_address};
use support::envoy::Envoy;
use support::gateway::Gateway;
use support::mesh::MeshClient;
use support::origin::Origin;
use support::program::median;
use support::tools::Tool;
use support::world::World;
use support::{monitor, program, wait};

/// Where the catalog's changes are counted off.
const CHANGES: usize = 100;

/// How long an idle gateway is watched.
const IDLE: Duration = Duration::from_secs(20);

/// Between two tries of the client: the processors are there for what is measured, not for the stopwatch.
const BETWEEN_TRIES: Duration = Duration::from_millis(1);

/// The cluster through which Envoy reaches termgate.
const XDS_CLUSTER: &str = "local_agent";

fn main() -> ExitCode {
    let arguments: Vec<usize> = std::env::args().skip(1).filter_map(|text| text.parse().ok()).collect();
    let sizes = if arguments.is_empty() { vec![10, 100, 1_000] } else { arguments };
    let measure = || sizes.into_iter().try_for_each(|size| Stage::new(size)?.measure());
    program::ended(program::with(&[Tool::Consul, Tool::Envoy], measure))
}

/// A mesh with external services that one gateway is linked to, all of them at one of two servers.
struct Stage {
    world: World<Consul>,
    services: Vec<String>,
    here: Origin,
    there: Origin,
    frontend: MeshClient,
    /// Where termgate serves its metrics.
    metrics: SocketAddr,
}

impl Stage {
    fn new(size: usize) -> Result<Self> {
        let world = World::of(Consul::start_server()?)?;
        let (here, there) = (Origin::plain("here")?, Origin::plain("there")?);
        // One more, which is not linked at first.
        let services: Vec<String> = (0..=size).map(|number| format!("service-{number}")).collect();
        for service in &services {
            world.consul.register_external(service, here.address())?;
        }
        world.consul.allow(&world.frontend, "*")?;
        let frontend = world.frontend()?;
        let metrics = free_address()?;
        let stage = Self { world, services, here, there, frontend, metrics };
        stage.link(size)?;
        Ok(stage)
    }

    /// How many services are linked for good.
    fn size(&self) -> usize {
        self.services.len().saturating_sub(1)
    }

    /// Links the first services.
    fn link(&self, count: usize) -> Result<()> {
        let linked = self.services.iter().take(count).map(|name| (name.as_str(), json!({})));
        self.world.consul.link(&self.world.gateway, linked)
    }

    fn measure(&self) -> Result<()> {
        let size = self.size();
        println!("\n{size} linked services\n\n| what | measured |\n|---|---|");
        let (cold, first, gateway) = self.start()?;
        row(
            "start until all are served, leaf certificates cold",
            format_args!("{} (first after {})", seconds(cold), seconds(first)),
        );
        drop(gateway);
        let (mut warm, mut plain) = (Vec::new(), Vec::new());
        let mut running = None;
        for _ in 0..3 {
            drop(running.take());
            plain.push(self.start_static()?);
            let (all, _, gateway) = self.start()?;
            warm.push(all);
            running = Some(gateway);
        }
        let mut gateway = running.context("no gateway runs")?;
        let (warm, plain) = (median(&mut warm), median(&mut plain));
        row(
            "start until all are served, leaf certificates warm",
            format_args!(
                "{}; Envoy alone with the same as one static file {}: {:.2} ×",
                seconds(warm),
                seconds(plain),
                warm.as_secs_f64() / plain.as_secs_f64()
            ),
        );
        self.idle(&gateway)?;
        self.endpoint_changes(&gateway)?;
        self.links(&mut gateway)?;
        row("peak memory of termgate", format_args!("{:.1} MiB", peak_mebibytes(gateway.process.id())?));
        gateway.stop()?;
        Ok(())
    }

    /// Starts the gateway; the times until everything is served and until the first service is.
    fn start(&self) -> Result<(Duration, Duration, Gateway)> {
        // It stays registered, for the rendering that Envoy alone starts with.
        let command = Termgate::new(["run", "--service", &self.world.gateway, "--config-source", "direct"])?
            .args(["--metrics-bind", &self.metrics.to_string()])
            .consul(&self.world.consul);
        let start = Instant::now();
        let gateway = Gateway::launch(&self.world.gateway, command)?;
        let (all, first) = self.served(start, gateway.address)?;
        Ok((all, first, gateway))
    }

    /// Starts Envoy alone with everything in one file; the time until it serves all of it.
    fn start_static(&self) -> Result<Duration> {
        let rendered = Termgate::new(["render", "--service", &self.world.gateway, "--with-secrets"])?
            .consul(&self.world.consul)
            .succeeds()?;
        let mut config = rendered.json()?;
        let bound = "/static_resources/listeners/0/address/socket_address";
        let bound = config.pointer_mut(bound).context("the configuration has no listener")?;
        let address = free_address()?;
        *bound = json!({"address": address.ip().to_string(), "port_value": address.port()});
        let envoy = Envoy::launch(&config, &["--disable-hot-restart"])?;
        Ok(self.served(envoy.started, address)?.0)
    }

    /// Waits until a gateway takes connections for every linked service; the times until the last and the first did.
    fn served(&self, start: Instant, gateway: SocketAddr) -> Result<(Duration, Duration)> {
        let limit = Duration::from_secs(60 + self.size() as u64 / 10);
        let mut first = None;
        let mut wait_for = |mut waiting: Vec<&String>| -> Result<Duration> {
            while !waiting.is_empty() {
                waiting.retain(|service| {
                    let is_served = self.frontend.connect(gateway, service).is_ok();
                    if is_served {
                        first.get_or_insert_with(|| start.elapsed());
                    }
                    !is_served
                });
                ensure!(start.elapsed() < limit, "{} services are not served after {limit:?}", waiting.len());
                thread::sleep(5 * BETWEEN_TRIES);
            }
            Ok(start.elapsed())
        };
        let linked = self.services.get(..self.size()).unwrap_or_default();
        // To ask for all of them takes longer than it takes Envoy: a sample says when, the rest whether.
        let sample = linked.iter().step_by((self.size() / 20).max(1)).chain(linked.last());
        let mut all = wait_for(sample.collect())?;
        let late: Vec<&String> =
            linked.iter().filter(|service| self.frontend.connect(gateway, service).is_err()).collect();
        if !late.is_empty() {
            all = wait_for(late)?;
        }
        Ok((all, first.unwrap_or(all)))
    }

    /// The work of a gateway to which nothing happens, and its connections to the agent.
    fn idle(&self, gateway: &Gateway) -> Result<()> {
        let id = gateway.process.id();
        let before = cpu_time(id)?;
        // The time is the measure here.
        thread::sleep(IDLE);
        let used = cpu_time(id)?.saturating_sub(before);
        row(
            "idle",
            format_args!("{:.2} % of a core over {IDLE:?}", 100.0 * used.as_secs_f64() / IDLE.as_secs_f64()),
        );
        row("connections to the agent", format_args!("{}", connections(id, self.world.consul.http())?));
        Ok(())
    }

    /// How many changes of endpoints Envoy has acknowledged.
    fn acknowledged(&self) -> Result<u64> {
        monitor::count(self.metrics, "termgate_acks_total{kind=\"endpoint\"}")
    }

    /// From the catalog's answer to Envoy's acknowledgement, and to a request that reaches the new instance.
    ///
    /// Requests come only after the acknowledgement: a client that tries again and again takes a processor.
    fn endpoint_changes(&self, gateway: &Gateway) -> Result<()> {
        let (mut acknowledgements, mut times) = (Vec::new(), Vec::new());
        let mut moved = BTreeSet::new();
        let pushed = || gateway.admin.stat(&format!("cluster.{XDS_CLUSTER}.upstream_cx_rx_bytes_total"));
        let before = pushed()?;
        for change in 0..CHANGES {
            let number = (change * 7) % self.size();
            let service = self.services.get(number).context("no such service")?;
            // Each time to the server where it is not.
            let (target, name) =
                if moved.remove(&number) { (&self.here, "here") } else { (&self.there, "there") };
            if name == "there" {
                moved.insert(number);
            }
            let acknowledged = self.acknowledged()?;
            self.world.consul.register_external(service, target.address())?;
            let start = Instant::now();
            while self.acknowledged()? == acknowledged {
                ensure!(start.elapsed() < wait::PATIENCE, "nothing is heard of the change of {service}");
                thread::sleep(2 * BETWEEN_TRIES);
            }
            acknowledgements.push(start.elapsed());
            loop {
                let answer = self.frontend.get(gateway.address, service, "/")?.answer()?;
                if answer["instance"] == name {
                    break;
                }
                ensure!(start.elapsed() < wait::PATIENCE, "{service} stays where it was");
                thread::sleep(BETWEEN_TRIES);
            }
            times.push(start.elapsed());
        }
        let bytes = pushed()?.saturating_sub(before) / CHANGES as u64;
        acknowledgements.sort();
        times.sort();
        row("instance moved → Envoy acknowledges it", spread(&acknowledgements));
        row("instance moved → requests reach the new one", spread(&times));
        row("bytes from termgate to Envoy for it", format_args!("{bytes}"));
        Ok(())
    }

    /// A service more and a service less.
    fn links(&self, gateway: &mut Gateway) -> Result<()> {
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        let last = self.services.last().context("no services")?;
        let until = |times: &mut Vec<Duration>, served: bool| -> Result<()> {
            let start = Instant::now();
            while self.frontend.get(gateway.address, last, "/")?.answer().is_ok() != served {
                ensure!(start.elapsed() < wait::PATIENCE, "{last} does not come or go");
                thread::sleep(BETWEEN_TRIES);
            }
            times.push(start.elapsed());
            Ok(())
        };
        for _ in 0..10 {
            self.link(self.size() + 1)?;
            until(&mut added, true)?;
            self.link(self.size())?;
            until(&mut removed, false)?;
        }
        added.sort();
        removed.sort();
        row("service linked → first request answered", spread(&added));
        row("service unlinked → refused", spread(&removed));
        Ok(())
    }
}

fn row(what: &str, value: impl std::fmt::Display) {
    println!("| {what} | {value} |");
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

/// Sorted times, in short.
fn spread(times: &[Duration]) -> String {
    let at = |share: usize| {
        let place = (times.len() * share).div_ceil(100).max(1) - 1;
        times.get(place).copied().unwrap_or_default().as_secs_f64() * 1000.0
    };
    format!("p50 {:.0} ms, p99 {:.0} ms, most {:.0} ms", at(50), at(99), at(100))
}

/// The highest memory use so far.
fn peak_mebibytes(process: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))
        .context("Linux tells the peak of a running process")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("no VmHWM")?;
    Ok(line.trim().trim_end_matches(" kB").trim().parse::<f64>()? / 1024.0)
}

/// User and system time so far.
fn cpu_time(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))
        .context("Linux tells the time of a running process")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        |place: usize| fields.get(place).and_then(|text| text.parse::<u32>().ok()).context("no such field");
    let hertz = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK)?.context("no clock")?;
    Ok(Duration::from_secs(1) * (ticks(11)? + ticks(12)?) / u32::try_from(hertz)?)
}

/// Open connections of a process to an address.
fn connections(process: u32, address: SocketAddr) -> Result<usize> {
    let own: Vec<String> = fs::read_dir(format!("/proc/{process}/fd"))?
        .filter_map(|entry| {
            let target = fs::read_link(entry.ok()?.path()).ok()?;
            Some(target.to_str()?.strip_prefix("socket:[")?.trim_end_matches(']').to_owned())
        })
        .collect();
    // The remote address is the third column, the inode the tenth.
    let remote = format!("0100007F:{:04X}", address.port());
    let table = fs::read_to_string(format!("/proc/{process}/net/tcp"))?;
    let to_agent = table.lines().filter(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        columns.get(2) == Some(&remote.as_str())
            && columns.get(9).is_some_and(|inode| own.iter().any(|one| one == inode))
    });
    Ok(to_agent.count())
}
